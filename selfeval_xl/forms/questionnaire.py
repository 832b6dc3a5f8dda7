"""社会公众满意度调查问卷统计表: head counts per question and option, their shares and scores."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.forms.questionnaire_coefficients import (
    Scale,
    find_scale,
    given_coefficients,
)
from selfeval_xl.forms.questionnaire_heads import (
    NAMES,
    RATES,
    HeadFigure,
    coefficient_cells,
    find_heads,
)
from selfeval_xl.forms.questionnaire_labels import TOTALS, UNSCORED, name_of
from selfeval_xl.forms.questionnaire_layout import (
    Block,
    Layout,
    cells_of,
    find_layouts,
    has_figure,
)
from selfeval_xl.forms.questionnaire_rules import RULES
from selfeval_xl.labels import squash
from selfeval_xl.records import QuestionScore
from selfeval_xl.relations import At, Const, Expression, Product, Ratio, Relation, Sum
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet, column_letters

if TYPE_CHECKING:
    from selfeval_xl.judging import Judgement

__all__ = ["KIND", "RULES", "TITLE", "Questionnaire", "recognise", "record"]

KIND = "questionnaire"
TITLE = "社会公众满意度调查问卷统计表"

_LONGEST_HEAD = 15
_OWN_HEAD = re.compile(r"问卷|系数|选项|赋分|发放|权重")
_REMARK = re.compile(r"备注|注[:：]|说明[:：]|填表|填报人|审核")
_NUMBERING = re.compile(
    r"^(?:第?[\d一二三四五六七八九十]{1,3}题?[.、:：．)）\s]*|[(（]\d{1,2}[)）])"
)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire as read: its places, the coefficients in force, the figures around it."""

    layout: Layout
    scale: Scale
    heads: dict[str, HeadFigure]


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the questionnaires of a sheet with their fields and relations."""
    layouts = find_layouts(sheet)
    forms: list[Form] = []
    for place, layout in enumerate(layouts):
        floor = layouts[place - 1].last_row + 1 if place else 0
        end = layouts[place + 1].header_row if place + 1 < len(layouts) else sheet.height
        first = _first_row(sheet, layout.header_row, floor)
        forms.append(_form(sheet, layout, first, min(end, layout.last_row + 8), settings))
    return forms


def _first_row(sheet: Sheet, header_row: int, floor: int) -> int:
    """Return the first row of the head above a header: no table's rows, no wide gap."""
    row, blanks = header_row, 0
    while row > floor and header_row - row < _LONGEST_HEAD:
        filled = [value for value in sheet.rows[row - 1] if value is not None and value != ""]
        blanks = 0 if filled else blanks + 1
        if blanks > 1 or (filled and _of_another_table(filled)):
            break
        row -= 1
    return row


def _of_another_table(filled: list[object]) -> bool:
    """Tell whether a row above the header belongs to a table or to the remarks under one."""
    texts = [value for value in filled if type(value) is str]
    if any(_OWN_HEAD.search(squash(text)) for text in texts if len(text) < 60):
        return False
    if texts and (name_of(texts[0]) in TOTALS or _REMARK.match(squash(texts[0]))):
        return True
    return sum(has_figure(value) for value in filled) > 1


def _form(sheet: Sheet, layout: Layout, first: int, end: int, settings: Settings) -> Form:
    form = Form(
        kind=KIND,
        sheet=sheet,
        region=(first, layout.columns[0], layout.last_row, layout.columns[1]),
        title=title_of(sheet, first, layout.header_row) or TITLE,
        head=read_head(sheet, first, layout.header_row),
        failure=layout.failure,
    )
    if form.failure:
        form.confidence = 0.5
        form.evidence = (f"选项标题行：第 {layout.header_row + 1} 行", layout.failure)
        return form
    _Builder(form, layout, settings).build(first, end)
    return form


class _Builder:
    """Declares the fields and relations of one questionnaire."""

    def __init__(self, form: Form, layout: Layout, settings: Settings) -> None:
        self.form = form
        self.sheet = form.sheet
        self.formats = form.sheet.number_formats
        self.layout = layout
        self.settings = settings
        self.stated: dict[Cell, Quantity] = {}
        self.raw: dict[Cell, Stated] = {}
        self.at: dict[Cell, At] = {}
        self.names = [option.label for option in layout.options]
        self.whole: Expression | None = None

    def build(self, first: int, end: int) -> None:
        form, layout, settings = self.form, self.layout, self.settings
        blocks = [*layout.questions, *([layout.totals] if layout.totals else [])]
        for block in blocks:
            for cell in cells_of(block):
                self._read(cell)
        if layout.final is not None:
            self._read(layout.final)
        self._scale_rates(blocks)
        self.rate_decimals = self._usual((c for block in layout.questions for c in block.shares), 4)
        self.score_decimals = self._usual(
            (c for block in layout.questions for c in (*block.scores, block.score_total)), 2
        )
        rows = coefficient_cells(self.sheet, first, layout)
        given = given_coefficients(layout, rows, settings)
        self.scale = find_scale(layout, given, self.stated, settings)
        self._coefficients()
        for block in layout.questions:
            self._question(block)
        self._rates()
        if layout.totals is not None:
            self._totals(layout.totals)
        self._final()
        heads = find_heads(form.sheet, first, layout, end)
        self._heads(heads)
        form.body = Questionnaire(layout, self.scale, heads)
        self._name(blocks)

    # --- reading ------------------------------------------------------------------------------

    def _read(self, cell: Cell) -> None:
        row, column = cell
        cells = self.sheet.rows[row]
        value = cells[column] if column < len(cells) else None
        stated: Stated = read_quantity(value, self.formats.get(cell, "General"))
        if stated is None and cell in self.sheet.errors:
            error = self.sheet.errors[cell]
            stated = Unreadable(error, f"单元格为错误值 {error}")
        self.raw[cell] = stated
        if type(stated) is Quantity:
            self.stated[cell] = stated

    def _scale_rates(self, blocks: list[Block]) -> None:
        """Hold shares written without a percent sign (87.5 for 87.5 %) as fractions."""
        cells = [
            cell
            for block in blocks
            for cell in (*block.shares, block.share_total, block.rate)
            if cell is not None and cell in self.stated and not self.stated[cell].percent
        ]
        self.scaled: set[Cell] = set()
        if not any(self.stated[cell].value > Fraction(3, 2) for cell in cells):
            return
        for cell in cells:
            stated = self.stated[cell]
            self.stated[cell] = self.raw[cell] = replace(
                stated,
                value=stated.value / 100,
                decimals=stated.decimals + 2,
                shortest=stated.shortest + 2 if stated.value else 0,
            )
        self.scaled = {
            cell
            for block in blocks
            for cell in (*block.shares, block.share_total, block.rate)
            if cell is not None and (cell not in self.stated or cell in cells)
        }

    def _usual(self, cells: object, default: int) -> int:
        """Return the most frequent number of decimals of figures that people typed."""
        seen = Counter(
            quantity.decimals
            for cell in cells  # type: ignore[attr-defined]
            if (quantity := self.stated.get(cell)) is not None and not quantity.computed
        )
        return seen.most_common(1)[0][0] if seen else default

    def _field(self, cell: Cell, label: str, measure: Measure, decimals: int) -> At:
        at = self.at.get(cell)
        if at is None:
            at = self.at[cell] = At(cell)
            scale = 100 if cell in self.scaled else 1
            self.form.fields[cell] = Field(
                cell, label, measure, self.raw.get(cell), "", decimals, scale
            )
        return at

    # --- relations ----------------------------------------------------------------------------

    def _coefficients(self) -> None:
        """Prepare each option's coefficient as an operand."""
        self.factors: list[Expression | None] = []
        for name, coefficient in zip(self.names, self.scale.coefficients, strict=True):
            if coefficient.value is None:
                self.factors.append(None)
            elif coefficient.cell is not None and not coefficient.implied:
                self._read(coefficient.cell)
                self.factors.append(
                    self._field(coefficient.cell, f"{name}/系数", Measure.POINTS, 2)
                )
            else:
                self.factors.append(Const(coefficient.value))
        self.full = Const(self.scale.full)

    def _question(self, block: Block) -> None:
        self._counts(block, f"第{block.number}题 {_start(block.text)}")
        label = f"第{block.number}题 {_start(block.text)}"
        self._shares(block, label, "Q202", "Q203")
        self._scores(block, label)

    def _counts(self, block: Block, label: str) -> None:
        parts = [
            None if cell is None
            else self._field(cell, f"{label}/人数/{name}", Measure.COUNT, 0)
            for cell, name in zip(block.counts, self.names, strict=False)
        ]  # fmt: skip
        known = tuple(part for part in parts if part is not None)
        self.counts: list[At | None] = list(parts)
        self.whole = Sum(known) if known else None
        if block.total is not None:
            total = self._field(block.total, f"{label}/人数/合计", Measure.COUNT, 0)
            if known and block is not self.layout.totals:
                self._relate("Q201", block.total, Sum(known), 0)
            self.whole = total

    def _shares(self, block: Block, label: str, code: str, sum_code: str) -> None:
        decimals = self.rate_decimals
        parts: list[Expression] = []
        none_missing = self._adds_up(block)
        for place, cell in enumerate(block.shares):
            if cell is None:
                continue
            parts.append(
                self._field(cell, f"{label}/占比/{self.names[place]}", Measure.RATE, decimals)
            )
            count = self.counts[place] if place < len(self.counts) else None
            if count is None or self.whole is None:
                continue
            if count.cell in self.stated:
                self._relate(code, cell, Ratio(count, self.whole), decimals)
            elif none_missing:
                nobody = Ratio(Const(Fraction()), self.whole)
                self._relate(code, cell, nobody, decimals, fill=False)
            else:
                self._relate(code, cell, Ratio(count, self.whole), decimals, fill=False)
        if block.share_total is not None and parts:
            self._field(block.share_total, f"{label}/占比/合计", Measure.RATE, decimals)
            self._relate(
                sum_code, block.share_total, Sum(tuple(parts)), decimals,
                fill=self._any("share_total"),
            )  # fmt: skip

    def _adds_up(self, block: Block) -> bool:
        """Tell whether blank head counts must be zeros: the others make up the stated total."""
        total = self.stated.get(block.total) if block.total is not None else None
        known = [self.stated[c].value for c in block.counts if c is not None and c in self.stated]
        return total is not None and bool(known) and total.value == sum(known)

    def _any(self, name: str) -> bool:
        return any(getattr(block, name) in self.stated for block in self.layout.questions)

    def _scores(self, block: Block, label: str) -> None:
        decimals = self.score_decimals
        parts: list[Expression] = []
        for place, cell in enumerate(block.scores):
            if cell is None:
                continue
            field = self._field(cell, f"{label}/分数/{self.names[place]}", Measure.SCORE, decimals)
            parts.append(field)
            share = self._share(block, place)
            factor = self.factors[place]
            if share is not None and factor is not None and not self.scale.unexplained:
                count = block.counts[place] if place < len(block.counts) else None
                mark = Product(Product(share, factor), self.full)
                self._relate("Q204", cell, mark, decimals, fill=count in self.stated)
        if block.score_total is None:
            return
        self._field(block.score_total, f"{label}/分数/合计", Measure.SCORE, decimals)
        if parts:
            self._relate("Q205", block.score_total, Sum(tuple(parts)), decimals)
        elif (weighted := self._weighted(block)) is not None and not self.scale.unexplained:
            self._relate("Q205", block.score_total, Product(weighted, self.full), decimals)

    def _share(self, block: Block, place: int) -> Expression | None:
        """Return an option's share: its cell, else worked out from the head counts."""
        if place < len(block.shares) and (cell := block.shares[place]) is not None:
            return self.at[cell]
        count = self.counts[place] if place < len(self.counts) else None
        if count is None or self.whole is None:
            return None
        return Ratio(count, self.whole)

    def _weighted(self, block: Block) -> Expression | None:
        """Return Σ 人数·系数 ÷ 合计人数 over the scored options, from shares if there are any."""
        parts: list[Expression] = []
        shares = [cell for cell in block.shares if cell is not None]
        for place, factor in enumerate(self.factors):
            operand: Expression | None = self._share(block, place) if shares else None
            if not shares and place < len(self.counts):
                operand = self.counts[place]
            if operand is None:
                continue
            if factor is None:
                if self.layout.options[place].rank != UNSCORED:
                    return None
                continue
            parts.append(Product(operand, factor))
        if not parts:
            return None
        if shares:
            return Sum(tuple(parts))
        return None if self.whole is None else Ratio(Sum(tuple(parts)), self.whole)

    def _totals(self, block: Block) -> None:
        questions = self.layout.questions
        self._counts(block, "合计")
        for place, cell in enumerate(block.counts):
            column = self._column(place, "counts")
            if cell is not None and column:
                self._relate("Q206", cell, Sum(column), 0)
        if block.total is not None:
            candidates = [
                Sum(tuple(self.at[c] for c in block.counts if c is not None)),
                Sum(tuple(self.at[q.total] for q in questions if q.total in self.at)),
            ]
            self._choose("Q206", block.total, candidates, 0)
        self._shares(block, "合计", "Q207", "Q207")
        decimals = self.score_decimals
        parts: list[Expression] = []
        for place, cell in enumerate(block.scores):
            column = self._column(place, "scores")
            if cell is None:
                continue
            parts.append(
                self._field(cell, f"合计/分数/{self.names[place]}", Measure.SCORE, decimals)
            )
            if column:
                self._choose("Q208", cell, self._averages(Sum(column)), decimals)
        if block.score_total is not None:
            self._field(block.score_total, "合计/分数/合计", Measure.SCORE, decimals)
            sums = [Sum(tuple(parts))] if parts else []
            self._choose("Q208", block.score_total, [*sums, *self._of_questions()], decimals)

    def _column(self, place: int, name: str) -> tuple[At, ...]:
        cells = [getattr(block, name) for block in self.layout.questions]
        return tuple(
            self.at[column[place]]
            for column in cells
            if place < len(column) and column[place] is not None
        )

    def _averages(self, total: Expression) -> list[Expression]:
        """Return the accepted ways to total scores: their average where each counts in full."""
        if not self.scale.averaged:
            return [total]
        count = Fraction(len(self.layout.questions))
        return [Ratio(total, Const(count)), total]

    def _of_questions(self) -> list[Expression]:
        """Return the final score worked out from the questions."""
        parts: list[Expression] = []
        for block in self.layout.questions:
            if block.score_total is not None:
                parts.append(self.at[block.score_total])
            elif scores := [self.at[cell] for cell in block.scores if cell is not None]:
                parts.append(Sum(tuple(scores)))
            else:
                self._counts(block, "")
                weighted = self._weighted(block)
                if weighted is None or self.scale.unexplained:
                    return []
                parts.append(Product(weighted, self.full))
        return self._averages(Sum(tuple(parts)))

    def _final(self) -> None:
        final, totals = self.layout.final, self.layout.totals
        if final is None:
            return
        stated = self.stated.get(final)
        rate = stated is not None and (stated.percent or stated.value <= 1)
        measure = Measure.RATE if rate else Measure.SCORE
        decimals = self.rate_decimals if rate else self.score_decimals
        self._field(final, self.layout.final_label, measure, decimals)
        candidates: list[Expression] = []
        if totals is not None and totals.score_total is not None:
            candidates.append(self.at[totals.score_total])
        candidates.extend(self._of_questions())
        if not candidates and (average := self._average_rate()) is not None:
            self._choose("Q209", final, [average], decimals)
            return
        if rate:
            full = Const(self.settings.full_score)
            candidates = [Ratio(candidate, full) for candidate in candidates]
        self._choose("Q209", final, candidates, decimals)

    def _average_rate(self) -> Expression | None:
        """Return the mean of the questions' satisfaction rates, None without them."""
        rates = [block.rate for block in self.layout.questions if block.rate in self.stated]
        if not rates or len(rates) < len(self.layout.questions):
            return None
        parts = tuple(self.at[cell] for cell in rates if cell is not None)
        return Ratio(Sum(parts), Const(Fraction(len(parts))))

    def _rates(self) -> None:
        """Declare the satisfaction rates by the definition that the printed ones follow."""
        blocks = [*self.layout.questions, *([self.layout.totals] if self.layout.totals else [])]
        rated = [block for block in blocks if block.rate is not None]
        if not rated:
            return
        definitions = self._rate_definitions()
        best: tuple[int, ...] | None = None
        most = 1
        for definition in definitions:
            met = sum(self._meets_rate(block, definition) for block in rated)
            if met > most:
                best, most = definition, met
        stated = sum(block.rate in self.stated for block in rated)
        for block in rated:
            assert block.rate is not None
            label = "合计" if block is self.layout.totals else f"第{block.number}题"
            self._field(block.rate, f"{label}/满意率", Measure.RATE, self.rate_decimals)
            if best is None or most * 3 < stated * 2:
                continue
            self._counts(block, label)
            parts = tuple(p for i in best if (p := self.counts[i]) is not None)
            if parts and self.whole is not None:
                self._relate("Q210", block.rate, Ratio(Sum(parts), self.whole), self.rate_decimals)

    def _rate_definitions(self) -> list[tuple[int, ...]]:
        """Return which options may count as satisfied: the best one, two or three."""
        options = self.layout.options
        order = [i for i, option in enumerate(options) if option.rank != UNSCORED]
        order.sort(key=lambda i: (options[i].letter, options[i].rank or 0))
        return [tuple(order[:size]) for size in (2, 1, 3) if size < len(order)]

    def _meets_rate(self, block: Block, definition: tuple[int, ...]) -> bool:
        stated = self.stated.get(block.rate) if block.rate is not None else None
        counts = [self._value(block.counts, i) for i in range(len(self.names))]
        total = self.stated[block.total].value if block.total in self.stated else sum(counts)
        if stated is None or not total:
            return False
        return agrees(stated, Fraction(sum(counts[i] for i in definition)) / total)

    def _value(self, cells: list[Cell | None], place: int) -> Fraction:
        cell = cells[place] if place < len(cells) else None
        return self.stated[cell].value if cell in self.stated else Fraction()

    def _heads(self, heads: dict[str, HeadFigure]) -> None:
        for name, head in heads.items():
            if name in NAMES and not head.inside and head.cell not in self.at:
                self.raw[head.cell] = head.stated
                self._field(head.cell, NAMES[name], Measure.COUNT, 0)
                self.form.figures[name] = head.cell
        for name, parts in _HEAD_RATES.items():
            head_rate = heads.get(name)
            pairs = [
                Ratio(self.at[heads[a].cell], self.at[heads[b].cell])
                for a, b in parts
                if a in heads
                and b in heads
                and heads[a].cell in self.at
                and heads[b].cell in self.at
            ]
            if head_rate is None or not pairs or head_rate.cell in self.at:
                continue
            if not head_rate.stated.percent and head_rate.stated.value > 1:
                continue
            self.raw[head_rate.cell] = self.stated[head_rate.cell] = head_rate.stated
            self._field(head_rate.cell, RATES[name], Measure.RATE, 4)
            self._choose("Q211", head_rate.cell, pairs, 4)

    def _relate(
        self, code: str, target: Cell, equals: Expression, decimals: int,
        alternatives: tuple[Expression, ...] = (), *, fill: bool = True,
    ) -> None:  # fmt: skip
        if code not in self.settings.disabled_rules:
            self.form.relations.append(Relation(code, target, equals, alternatives, decimals, fill))

    def _choose(self, code: str, target: Cell, candidates: list[Expression], decimals: int) -> None:
        """Relate a cell to the first calculation its stated operands meet, the others accepted."""
        usable = [c for c in candidates if next(c.cells(), None) is not None]
        if not usable:
            return
        stated = self.stated.get(target)
        if stated is not None and len(usable) > 1:
            usable.sort(key=lambda c: not self._agrees(c, stated))
        self._relate(code, target, usable[0], decimals, tuple(usable[1:]))

    def _agrees(self, expression: Expression, stated: Quantity) -> bool:
        def at(cell: Cell) -> Fraction | None:
            found = self.stated.get(cell)
            return None if found is None else found.value

        value = expression.value(at)
        return value is not None and agrees(stated, value)

    # --- names --------------------------------------------------------------------------------

    def _name(self, blocks: list[Block]) -> None:
        form, layout = self.form, self.layout
        if layout.final is not None:
            form.figures["satisfaction"] = layout.final
        elif layout.totals is not None and layout.totals.score_total is not None:
            form.figures["satisfaction"] = layout.totals.score_total
        usual = Counter(
            self.stated[block.total].value
            for block in layout.questions
            if block.total in self.stated
        )
        if usual:
            most = usual.most_common(1)[0][0]
            form.figures["respondents"] = next(
                block.total
                for block in layout.questions
                if block.total is not None
                and block.total in self.stated
                and self.stated[block.total].value == most
            )
        columns = "、".join(f"{o.label}（{column_letters(o.column)}列）" for o in layout.options)
        form.evidence = (
            f"选项标题行：第 {layout.header_row + 1} 行，{columns}",
            f"题目：{len(layout.questions)} 道",
            f"合计行：{'有' if layout.totals else '无'}；最终得分：{layout.final_label or '无'}",
        )
        form.confidence = 1.0 if len(layout.questions) > 1 and layout.final else 0.9


_HEAD_RATES = {
    "return_rate": (("returned", "issued"), ("valid", "issued")),
    "valid_rate": (("valid", "returned"), ("valid", "issued")),
}


def _start(text: str) -> str:
    """Return a question's text without its number, cut to what fits a label."""
    plain = _NUMBERING.sub("", squash(text)) or squash(text)
    return plain if len(plain) <= 14 else f"{plain[:13]}…"


def record(judgement: Judgement) -> dict[str, object]:
    """Return the questions with their stated and recomputed scores, for the summary."""
    body = judgement.form.body
    if not isinstance(body, Questionnaire):
        return {}
    return {
        "questions": tuple(
            _question_score(judgement, body, block) for block in body.layout.questions
        )
    }


def _question_score(judgement: Judgement, body: Questionnaire, block: Block) -> QuestionScore:
    def exact(cell: Cell | None) -> Fraction | None:
        return None if cell is None else judgement.expected.get(cell)

    score, respondents = exact(block.score_total), exact(block.total)
    if score is None and block.scores:
        parts = [value for cell in block.scores if (value := exact(cell)) is not None]
        score = sum(parts, Fraction()) if parts else None
    stated = judgement.stated(block.score_total) if block.score_total is not None else None
    field = judgement.form.fields.get(block.score_total) if block.score_total else None
    decimals = field.decimals if field else 2
    if field and isinstance(field.stated, Quantity) and not field.stated.computed:
        decimals = field.stated.decimals
    text = _NUMBERING.sub("", " ".join(block.text.split())) or block.text
    return QuestionScore(
        number=block.number,
        text=text,
        respondents=None if respondents is None else half_up(respondents, 0),
        stated=None if stated is None else half_up(stated, decimals),
        expected=None if score is None else half_up(score, decimals),
        full=half_up(body.scale.full, 2),
    )
