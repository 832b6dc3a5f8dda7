"""社会公众满意度调查问卷统计表: head counts per question and option, their shares and scores."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.forms.form import Form
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.forms.questionnaire_coefficients import Scale, find_scale, given_coefficients
from selfeval_xl.forms.questionnaire_declaring import NUMBERING, declare, declare_heads
from selfeval_xl.forms.questionnaire_figures import Figures
from selfeval_xl.forms.questionnaire_heads import HeadFigure, coefficient_cells, find_heads
from selfeval_xl.forms.questionnaire_labels import TOTALS, name_of
from selfeval_xl.forms.questionnaire_layout import find_layouts
from selfeval_xl.forms.questionnaire_places import Block, Layout, has_figure
from selfeval_xl.forms.questionnaire_rules import RULES
from selfeval_xl.labels import squash
from selfeval_xl.records import QuestionScore
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.workbooks.sheet import Cell, Sheet, column_letters

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

__all__ = ["KIND", "RULES", "TITLE", "Questionnaire", "recognise", "record"]

KIND = "questionnaire"
TITLE = "社会公众满意度调查问卷统计表"

_LONGEST_HEAD = 15
_OWN_HEAD = re.compile(r"问卷|系数|选项|赋分|发放|权重")
_REMARK = re.compile(r"备注|注[:：]|说明[:：]|填表|填报人|审核")


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
    _declare(form, layout, (first, end), settings)
    return form


def _declare(form: Form, layout: Layout, rows: tuple[int, int], settings: Settings) -> None:
    """Fill a form with its fields, relations and headline figures.

    ``rows`` are the first row of the head block and the end of what belongs to the form.
    """
    figures = Figures(form.sheet, layout)
    given = given_coefficients(layout, coefficient_cells(form.sheet, rows[0], layout), settings)
    scale = find_scale(layout, given, figures.stated, settings)
    declare(form, layout, figures, scale, settings)
    heads = find_heads(form.sheet, rows[0], layout, rows[1])
    declare_heads(form, heads, settings)
    form.body = Questionnaire(layout, scale, heads)
    _headline(form, layout, figures)
    columns = "、".join(f"{o.label}（{column_letters(o.column)}列）" for o in layout.options)
    form.evidence = (
        f"选项标题行：第 {layout.header_row + 1} 行，{columns}",
        f"题目：{len(layout.questions)} 道",
        f"合计行：{'有' if layout.totals else '无'}；最终得分：{layout.final_label or '无'}",
    )
    form.confidence = 1.0 if len(layout.questions) > 1 and layout.final else 0.9


def _headline(form: Form, layout: Layout, figures: Figures) -> None:
    """Name the final score and a question with the usual number of respondents."""
    if layout.final is not None:
        form.figures["satisfaction"] = layout.final
    elif layout.totals is not None and layout.totals.score_total is not None:
        form.figures["satisfaction"] = layout.totals.score_total
    totals = [
        (block.total, value)
        for block in layout.questions
        if block.total is not None and (value := figures.number(block.total)) is not None
    ]
    if totals:
        if not layout.of_places:  # the same people answered every question, see Q301
            valid = form.figures.get("valid")
            answered = [cell for cell, _ in totals]
            form.same = (frozenset([*answered, valid] if valid is not None else answered),)
        usual = Counter(value for _, value in totals).most_common(1)[0][0]
        form.figures["respondents"] = next(cell for cell, value in totals if value == usual)


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
    text = NUMBERING.sub("", " ".join(block.text.split())) or block.text
    return QuestionScore(
        number=block.number,
        text=text,
        respondents=None if respondents is None else half_up(respondents, 0),
        stated=None if stated is None else half_up(stated, decimals),
        expected=None if score is None else half_up(score, decimals),
        full=half_up(body.scale.full, 2),
    )
