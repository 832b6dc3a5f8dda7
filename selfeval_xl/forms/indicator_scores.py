"""指标体系评分表: points, scores, deductions and score rates of indicators on up to four levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.forms.indicator_scores_labels import REMARK, TOTALS, starts_like_number
from selfeval_xl.forms.indicator_scores_layout import find_tables, grade_above
from selfeval_xl.forms.indicator_scores_rows import Figures, Group, Leaf, Table, all_groups
from selfeval_xl.forms.indicator_scores_rules import RULES
from selfeval_xl.labels import key, label_points, squash
from selfeval_xl.records import LevelScore
from selfeval_xl.relations import At, Difference, Expression, Ratio, Relation, Sum
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1

if TYPE_CHECKING:
    from selfeval_xl.judging import Judgement

__all__ = ["KIND", "RULES", "TITLE", "IndicatorScores", "recognise", "record"]

KIND = "indicator_scores"
TITLE = "指标体系评分表"

_LONGEST_HEAD = 15


@dataclass(frozen=True, slots=True)
class IndicatorScores:
    """The tables of a form, the first-level summary first when the sheet has both."""

    tables: tuple[Table, ...]

    @property
    def main(self) -> Table:
        """The table whose total is the form's: the first one that has a total."""
        return next((table for table in self.tables if table.total is not None), self.tables[0])


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the indicator score forms of a sheet.

    A first-level summary and the detailed table of the same indicators make one form.
    """
    tables = find_tables(sheet)
    forms: list[Form] = []
    floor = 0
    while tables:
        table = tables.pop(0)
        parts = [table]
        if tables and _same_indicators(table, tables[0]):
            parts.append(tables.pop(0))
        forms.append(_form(sheet, parts, floor, settings))
        floor = max(part.last_row for part in parts) + 1
    return forms


def _same_indicators(one: Table, other: Table) -> bool:
    """Tell whether one table is the summary of the other: same first-level names, other depth."""
    if one.failure or other.failure or one.detailed == other.detailed:
        return False
    return set(_first_level(one)) == set(_first_level(other))


def _first_level(table: Table) -> list[str]:
    if table.detailed:
        return [plain_name(group.name) for group in table.groups]
    return [plain_name(leaf.name) for leaf in table.leaves]


def plain_name(name: str) -> str:
    """Return an indicator's name without its letter or number and its points."""
    return key(name).lstrip("ABCDEFabcdef0123456789.、")


def _form(sheet: Sheet, tables: list[Table], floor: int, settings: Settings) -> Form:
    header = min(table.header_row for table in tables)
    first = _first_row(sheet, header, floor)
    form = Form(
        kind=KIND,
        sheet=sheet,
        region=(
            first,
            min(table.extent[0] for table in tables),
            max(table.last_row for table in tables),
            max(table.extent[1] for table in tables),
        ),
        title=title_of(sheet, first, header) or TITLE,
        head=read_head(sheet, first, header),
        failure=tables[0].failure,
    )
    if form.failure:
        form.confidence = 0.5
        form.evidence = (f"标题行：第 {header + 1} 行", form.failure)
        return form
    tables.sort(key=lambda table: table.detailed)
    _Builder(form, tables, settings).build()
    return form


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
    first = filled[0]
    if type(first) is str and (key(first) in TOTALS or REMARK.match(squash(first))):
        return True
    return sum(starts_like_number(value) for value in filled) > 1


class _Builder:
    """Declares the fields and relations of one form."""

    def __init__(self, form: Form, tables: list[Table], settings: Settings) -> None:
        self.form = form
        self.sheet = form.sheet
        self.tables = tables
        self.settings = settings
        self.raw: dict[Cell, Stated] = {}
        self.at: dict[Cell, At] = {}
        self.scaled = False
        self.decimals = 2

    def build(self) -> None:
        form = self.form
        form.body = IndicatorScores(tuple(self.tables))
        self._read_all()
        for table in self.tables:
            self._leaves(table)
            self._groups(table)
            self._total(table)
        if len(self.tables) == 2:
            self._summary(*self.tables)
        main = form.body.main
        if main.total is not None:
            if main.total.scores:
                form.figures["score"] = main.total.scores[0]
            if main.total.points is not None:
                form.figures["points"] = main.total.points
        grade = next((table.grade for table in self.tables if table.grade is not None), None)
        header = min(table.header_row for table in self.tables)
        grade = grade or grade_above(self.sheet, form.region[0], header)
        if grade is not None:
            form.figures["grade"] = grade
        depths = "、".join(f"{len(t.columns.levels)} 级 {len(t.leaves)} 项" for t in self.tables)
        form.evidence = (
            f"标题行：第 {self.tables[0].header_row + 1} 行",
            f"指标：{depths}",
            f"合计行：{'有' if main.total is not None else '无'}",
        )
        form.confidence = 1.0 if main.total is not None else 0.9

    # --- reading ------------------------------------------------------------------------------

    def _read_all(self) -> None:
        """Settle how rates are written and how many decimals scores have."""
        rates: list[Quantity] = []
        scores: Counter[int] = Counter()
        for table in self.tables:
            for figures in _rows(table):
                if figures.rate is not None:
                    stated = self._stated(figures.rate)
                    if isinstance(stated, Quantity) and not stated.percent:
                        rates.append(stated)
                for cell in figures.scores:
                    stated = self._stated(cell)
                    if isinstance(stated, Quantity) and not stated.computed:
                        scores[stated.decimals] += 1
        self.scaled = any(stated.value > Fraction(3, 2) for stated in rates)
        if scores:
            self.decimals = max(scores)

    def _stated(self, cell: Cell) -> Stated:
        if cell not in self.raw:
            error = self.sheet.errors.get(cell)
            self.raw[cell] = (
                Unreadable(error, f"单元格为错误值 {error}")
                if error
                else read_quantity(
                    self.sheet.value(cell), self.sheet.number_formats.get(cell, "General")
                )
            )
        return self.raw[cell]

    def _field(self, cell: Cell, label: str, measure: Measure) -> At:
        if cell in self.at:
            return self.at[cell]
        stated = self._stated(cell)
        scale = 1
        decimals = self.decimals
        if measure is Measure.RATE:
            decimals = 4
            if self.scaled and not (isinstance(stated, Quantity) and stated.percent):
                scale = 100
            if scale == 100 and isinstance(stated, Quantity):
                stated = replace(
                    stated,
                    value=stated.value / 100,
                    decimals=stated.decimals + 2,
                    shortest=stated.shortest + 2 if stated.value else 0,
                )
        elif isinstance(stated, Quantity):
            if stated.percent:
                stated = replace(
                    stated,
                    value=stated.value * 100,
                    decimals=stated.decimals - 2,
                    shortest=max(stated.shortest - 2, 0),
                    unit="",
                    percent=False,
                )
            if measure is Measure.POINTS:
                decimals = stated.decimals
        elif measure is Measure.POINTS:
            decimals = 0
        self.raw[cell] = stated
        self.form.fields[cell] = Field(cell, label, measure, stated, "", decimals, scale)
        at = self.at[cell] = At(cell)
        return at

    # --- relations ----------------------------------------------------------------------------

    def _leaves(self, table: Table) -> None:
        for leaf in table.leaves:
            name = " ".join(leaf.name.split()) or f"第{leaf.row + 1}行"
            self._row(leaf.figures, name, leaf.more_scores)
            if leaf.cell is not None and leaf.figures.points is not None:
                strict = table.detailed
                self._label_points(leaf.cell, leaf.name, self.at[leaf.figures.points], strict)

    def _row(self, figures: Figures, name: str, more: Iterable[Cell] = ()) -> None:
        """Declare a row's own fields and what follows within it: 扣分 and 得分率."""
        points: At | None = None
        if figures.points is not None:
            points = self._field(figures.points, f"{name}/权重", Measure.POINTS)
        scores = [self._field(c, f"{name}/得分", Measure.SCORE) for c in figures.scores]
        further = [self._field(c, f"{name}/得分", Measure.SCORE) for c in more]
        if figures.deduction is not None:
            self._field(figures.deduction, f"{name}/扣分", Measure.SCORE)
        if figures.rate is not None:
            self._field(figures.rate, f"{name}/得分率", Measure.RATE)
        if points is None or not scores or isinstance(self._stated(points.cell), Unreadable):
            return
        score: Expression = Sum((scores[0], *further)) if further else scores[0]
        if figures.deduction is not None and self._comparable(points, score):
            fill = self._kept("deduction")
            self._relate("I201", figures.deduction, [Difference(points, score)], fill=fill)
        if figures.rate is not None:
            self._relate("I202", figures.rate, [Ratio(score, points)], decimals=4)

    def _comparable(self, points: At, score: Expression) -> bool:
        """Tell whether a deduction follows: an indicator with points but no score has none yet."""
        scored = any(isinstance(self._stated(cell), Quantity) for cell in score.cells())
        return scored or self._stated(points.cell) is None

    def _kept(self, name: str) -> bool:
        """Tell whether a column is filled at all; blanks in an unused column stay blank."""
        return any(
            (cell := getattr(figures, name)) is not None
            and isinstance(self._stated(cell), Quantity)
            and self._stated(cell).value != 0  # type: ignore[union-attr]
            for table in self.tables
            for figures in _rows(table)
        )

    def _label_points(self, cell: Cell, text: str, points: Expression, strict: bool) -> None:
        """Compare points inside a label; ``strict`` wants them in brackets (indicator texts)."""
        if cell in self.at or (strict and not (len(text) <= 30 and text.rstrip()[-1:] in ")）")):
            return
        found = label_points(text)
        if found is None:
            return
        self.raw[cell] = found
        self._field(cell, f"{key(text)}/名称中的分值", Measure.POINTS)
        self._relate("I203", cell, [points], correctable=False, fill=False)

    def _groups(self, table: Table) -> None:
        if not table.detailed:
            return
        doubts = self._doubtful_levels(table)
        for group in sorted(all_groups(table.groups), key=lambda group: -group.place):
            if not group.leaves:
                continue
            name = key(group.name) or "分组"
            below = self._below(table, group, "points")
            if group.points is not None:
                self._field(group.points, f"{name}/权重", Measure.POINTS)
                if below:
                    doubt = doubts.get(group.place, "")
                    self._relate("I203", group.points, [Sum(below)], doubt=doubt)
            scores = self._below(table, group, "score")
            if group.score is not None:
                self._field(group.score, f"{name}/得分", Measure.SCORE)
                if scores:
                    self._relate("I203", group.score, [Sum(scores)])
            if group.subtotal is not None:
                self._subtotal(group, group.subtotal, name, below, scores)
            if group.name and group.cell not in self.at:
                target: Expression | None = Sum(below) if below else None
                if group.points is not None:
                    target = self.at[group.points]
                if target is not None:
                    self._label_points(group.cell, group.name, target, group.place > 0)

    def _doubtful_levels(self, table: Table) -> dict[int, str]:
        """Name the levels whose own points make up the full score: they are not to be rewritten."""
        doubts = {}
        for place, level in enumerate(table.columns.levels[:-1]):
            cells = [g.points for g in all_groups(table.groups) if g.place == place]
            values = [s.value for c in cells if c is not None
                      and isinstance(s := self._stated(c), Quantity)]  # fmt: skip
            if len(values) == len(cells) and sum(values) == self.settings.full_score:
                full = half_up(self.settings.full_score, 0)
                doubts[place] = (
                    f"{'一二三四五'[level.depth - 1]}级指标权重之和正好为 {full}，"
                    "差错可能在其下级指标的权重"
                )
        return doubts

    def _below(self, table: Table, group: Group, what: str) -> tuple[At, ...]:
        """Return the figures of the next level below a group that has any."""
        children = group.children
        while children:
            cells = [getattr(child, what) for child in children]
            if all(cell is not None for cell in cells) and any(self._stated(c) for c in cells):
                measure = Measure.POINTS if what == "points" else Measure.SCORE
                heading = "权重" if what == "points" else "得分"
                return tuple(
                    self._field(cell, f"{key(child.name)}/{heading}", measure)
                    for cell, child in zip(cells, children, strict=True)
                )
            children = [grandchild for child in children for grandchild in child.children]
        return self._of_leaves(group.leaves, what)

    def _of_leaves(self, leaves: list[Leaf], what: str, place: int = 0) -> tuple[At, ...]:
        cells: list[Cell] = []
        for leaf in leaves:
            if what == "points":
                cells += [leaf.figures.points] if leaf.figures.points is not None else []
            elif what == "deduction":
                cells += [leaf.figures.deduction] if leaf.figures.deduction is not None else []
            else:
                cells += leaf.figures.scores[place : place + 1]
                cells += leaf.more_scores if place == 0 else []
        return tuple(self.at[cell] for cell in cells)

    def _subtotal(
        self, group: Group, figures: Figures, name: str,
        points: tuple[At, ...], scores: tuple[At, ...],
    ) -> None:  # fmt: skip
        label = f"{name}小计"
        if figures.points is not None and points:
            self._field(figures.points, f"{label}/权重", Measure.POINTS)
            self._relate("I203", figures.points, [Sum(points)])
        for place, cell in enumerate(figures.scores):
            parts = scores if place == 0 else self._of_leaves(group.leaves, "score", place)
            self._field(cell, f"{label}/得分", Measure.SCORE)
            if parts:
                self._relate("I203", cell, [Sum(parts)])
        self._derived(figures, label, self._of_leaves(group.leaves, "deduction"), "I203")

    def _derived(self, figures: Figures, label: str, deductions: tuple[At, ...], code: str) -> None:
        """Declare 扣分 and 得分率 of a subtotal or total row."""
        points = None if figures.points is None else self.at.get(figures.points)
        score = self.at.get(figures.scores[0]) if figures.scores else None
        if figures.deduction is not None:
            self._field(figures.deduction, f"{label}/扣分", Measure.SCORE)
            candidates: list[Expression] = [Sum(deductions)] if deductions else []
            if points is not None and score is not None:
                candidates.append(Difference(points, score))
            if not self._any_stated(deductions):
                candidates.reverse()
            if candidates:
                self._relate(code, figures.deduction, candidates, fill=self._kept("deduction"))
        if figures.rate is not None:
            self._field(figures.rate, f"{label}/得分率", Measure.RATE)
            if points is not None and score is not None:
                self._relate("I202", figures.rate, [Ratio(score, points)], decimals=4)

    def _any_stated(self, cells: tuple[At, ...]) -> bool:
        return any(isinstance(self._stated(at.cell), Quantity) for at in cells)

    def _total(self, table: Table) -> None:
        total = table.total
        if total is None:
            return
        own = self._own_totals(table, total)
        leaves = self._of_leaves(table.leaves, "points")
        if total.points is not None:
            self._field(total.points, "合计/权重", Measure.POINTS)
            sums: list[Expression] = [Sum(leaves)] if leaves else []
            sums += self._level_sums(table, "points")
            doubt, options = self._points_doubt(total.points, sums)
            self._relate("I204", total.points, sums, fill=not own, doubt=doubt, options=options)
        for place, cell in enumerate(total.scores):
            self._field(cell, "合计/得分", Measure.SCORE)
            scores = self._of_leaves(table.leaves, "score", place)
            score_sums: list[Expression] = [Sum(scores)] if scores else []
            if place == 0:
                score_sums += self._level_sums(table, "score")
            self._relate("I204", cell, score_sums)
        self._derived(total, "合计", self._of_leaves(table.leaves, "deduction"), "I204")

    def _own_totals(self, table: Table, total: Figures) -> bool:
        """Declare the totals of levels with columns of their own; tell whether any is stated."""
        stated = False
        for place, (points, score) in total.own.items():
            groups = [group for group in all_groups(table.groups) if group.place == place]
            for cell, what, measure in (
                (points, "points", Measure.POINTS),
                (score, "score", Measure.SCORE),
            ):
                if cell is None or self._stated(cell) is None:
                    continue
                cells = [c for g in groups if (c := getattr(g, what)) is not None]
                if cells:
                    stated = True
                    self._field(cell, f"合计/{'权重' if what == 'points' else '得分'}", measure)
                    self._relate("I204", cell, [Sum(tuple(self.at[c] for c in cells))])
        return stated

    def _level_sums(self, table: Table, what: str) -> list[Expression]:
        """Return the sums over groups and subtotals, as other ways to a total."""
        sums: list[Expression] = []
        groups = table.groups
        subtotals = [group.subtotal for group in groups]
        if groups and all(subtotal is not None for subtotal in subtotals):
            cells = [
                (s.points if what == "points" else next(iter(s.scores), None))
                for s in subtotals
                if s is not None
            ]
            if all(cell is not None and cell in self.at for cell in cells):
                sums.append(Sum(tuple(self.at[c] for c in cells if c is not None)))
        own = [getattr(group, what) for group in groups]
        if own and all(cell is not None and cell in self.at for cell in own):
            sums.append(Sum(tuple(self.at[cell] for cell in own)))
        return sums

    def _points_doubt(self, cell: Cell, sums: list[Expression]) -> tuple[str, tuple[str, ...]]:
        """Doubt a points total of exactly the full score that the points do not make up."""
        stated = self._stated(cell)
        full = self.settings.full_score
        if not isinstance(stated, Quantity) or stated.value != full or not sums:
            return "", ()
        values = [value for one in sums if (value := one.value(self._value)) is not None]
        if not values or any(value == full for value in values):
            return "", ()
        found = _plain(values[0])
        return (
            f"各项权重之和为 {found}，合计栏填报满分 {_plain(full)}，可能是某项权重填错",
            (
                f"如各项权重无误，合计应为 {found}",
                f"如合计无误，应有权重项相差 {_plain(full - values[0])}",
            ),
        )

    def _summary(self, summary: Table, detail: Table) -> None:
        """Relate the first-level summary to the detailed table on the same sheet."""
        groups = {plain_name(group.name): group for group in detail.groups}
        for leaf in summary.leaves:
            group = groups.get(plain_name(leaf.name))
            if group is None:
                continue
            for cell, what in (
                (leaf.figures.points, "points"),
                (next(iter(leaf.figures.scores), None), "score"),
            ):
                parts = self._below(detail, group, what)
                own = getattr(group, what)
                if own is not None and own in self.at:
                    parts = (self.at[own],)
                if cell is not None and parts:
                    equals: Expression = parts[0] if len(parts) == 1 else Sum(parts)
                    self._relate("I203", cell, [equals])

    def _relate(
        self, code: str, target: Cell, candidates: list[Expression], *, decimals: int | None = None,
        fill: bool = True, correctable: bool = True, doubt: str = "", options: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Relate a cell to the first calculation its stated operands meet, the others accepted."""
        if not candidates or code in self.settings.disabled_rules:
            return
        stated = self._stated(target)
        if isinstance(stated, Quantity) and len(candidates) > 1:
            candidates = sorted(candidates, key=lambda one: not self._agrees(one, stated))
        if not doubt:
            broken = next(
                (c for c in candidates[0].cells() if isinstance(self._stated(c), Unreadable)), None
            )
            doubt = f"{a1(broken)} 的内容不是数字，无法复算" if broken is not None else ""
        self.form.relations.append(
            Relation(
                code, target, candidates[0], tuple(candidates[1:]),
                self.form.fields[target].decimals if decimals is None else decimals,
                fill, correctable, doubt, options,
            )
        )  # fmt: skip

    def _value(self, cell: Cell) -> Fraction | None:
        stated = self._stated(cell)
        return stated.value if isinstance(stated, Quantity) else None

    def _agrees(self, expression: Expression, stated: Quantity) -> bool:
        value = expression.value(self._value)
        return value is not None and agrees(stated, value)


def _rows(table: Table) -> Iterable[Figures]:
    for leaf in table.leaves:
        yield leaf.figures
    for group in all_groups(table.groups):
        if group.subtotal is not None:
            yield group.subtotal
    if table.total is not None:
        yield table.total


def _plain(value: Fraction) -> str:
    return format(half_up(value, 4).normalize(), "f")


def record(judgement: Judgement) -> dict[str, object]:
    """Return the first-level indicators with their recomputed points and scores."""
    body = judgement.form.body
    if not isinstance(body, IndicatorScores):
        return {}
    table = body.tables[0]

    def total(cells: Iterable[Cell | None]) -> Fraction | None:
        values = [
            value
            for cell in cells
            if cell is not None and (value := judgement.expected.get(cell)) is not None
        ]
        return sum(values, Fraction()) if values else None

    levels = []
    for name, leaves in _first_levels(table):
        points = total(leaf.figures.points for leaf in leaves)
        score = total(
            cell for leaf in leaves for cell in (*leaf.figures.scores[:1], *leaf.more_scores)
        )
        levels.append(
            LevelScore(
                name=squash(name),
                points=None if points is None else half_up(points, 2),
                score=None if score is None else half_up(score, 2),
            )
        )
    return {"levels": tuple(levels)}


def _first_levels(table: Table) -> list[tuple[str, list[Leaf]]]:
    if table.detailed:
        return [(group.name, group.leaves) for group in table.groups if group.leaves]
    return [(leaf.name, [leaf]) for leaf in table.leaves]
