"""The rows of a questionnaire: a row per measure, or a row per question."""

from __future__ import annotations

import re

from selfeval_xl.forms.questionnaire_labels import (
    AVERAGES,
    COEFFICIENTS,
    FINAL,
    MEASURES,
    TOTALS,
    Row,
    name_of,
)
from selfeval_xl.forms.questionnaire_places import (
    Block,
    Columns,
    Layout,
    has_figure,
    has_figures,
)
from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

_LARGEST_GAP = 3

_MULTIPLE = re.compile(r"[多复]选(?!举)|不定项|可选多项")
"""A question with several answers each: its counts make up no total."""


def _row_label(sheet: Sheet, row: int, columns: Columns) -> str:
    """Return the row's own label text: the question column's, else one before the options.

    What stands behind the options is a remark and begins no question.
    """
    for column in (columns.question, *columns.leading):
        value = sheet.value((row, column))
        if type(value) is str and (text := value.strip()) and not text.isdigit():
            return text
    return ""


def read_measured(sheet: Sheet, layout: Layout, columns: Columns, end: int) -> None:
    """Read the layout with a row per measure."""
    block: Block | None = None
    gap = 0
    measure_column = columns.measure
    assert measure_column is not None
    for row in range(layout.first_body_row, end):
        label = _row_label(sheet, row, columns)
        raw = sheet.value((row, measure_column))
        measure = MEASURES.get(name_of(raw)) if type(raw) is str else None
        if label and layout.questions and is_final(sheet, layout, row, label):
            take_final(sheet, layout, columns, row, label)
            gap = 0
            continue
        if _is_coefficients(sheet, layout, row, label, raw):
            layout.coefficient_row = row
            continue
        if measure is None:
            gap += 1
            if gap > _LARGEST_GAP:
                break
            continue
        gap = 0
        if block is None or _starts(block, label, measure):
            block = new_block(layout, label)
        _take_measure(sheet, layout, columns, block, (row, measure))
        layout.last_row = row


def is_final(sheet: Sheet, layout: Layout, row: int, label: str) -> bool:
    """Tell whether a row gives the final score; a question may be about 总体满意度, too."""
    name = name_of(label)
    if FINAL.fullmatch(name) is None:
        head, colon, _ = squash(label).partition(":")
        name = name_of(head)
        if not colon or FINAL.fullmatch(name) is None:
            return False
    counted = has_figures(sheet, row, [option.column for option in layout.options])
    return not counted or name.endswith("分")


def _is_coefficients(sheet: Sheet, layout: Layout, row: int, label: str, measure: object) -> bool:
    """Tell whether a row gives the options' coefficients."""
    names = {name_of(text) for text in (label, measure) if isinstance(text, str)}
    if not names & COEFFICIENTS or (layout.questions and not names & (COEFFICIENTS - {"分值"})):
        return False
    if name_of(label) not in COEFFICIENTS and isinstance(measure, str) and label:
        return False
    return has_figures(sheet, row, [option.column for option in layout.options])


def _starts(block: Block, label: str, measure: Row) -> bool:
    if label and squash(label) != squash(block.text):
        return True
    if measure is Row.COUNT:
        return bool(block.counts)
    return bool(block.shares if measure is Row.SHARE else block.scores)


def new_block(layout: Layout, label: str) -> Block:
    block = Block(" ".join(label.split()))
    name = name_of(label)
    if name in TOTALS:
        if layout.totals is None:
            layout.totals = block
    elif name not in AVERAGES and not _MULTIPLE.search(label):
        layout.questions.append(block)
    return block


def _take_measure(
    sheet: Sheet, layout: Layout, columns: Columns, block: Block, place: tuple[int, Row]
) -> None:
    """Take a row of head counts, shares or scores; ``place`` is the row and what it holds."""
    row, measure = place
    own = [own_cell(sheet, row, option.column) for option in layout.options]
    total = own_cell(sheet, row, columns.total)
    if measure is Row.COUNT:
        block.counts, block.total = own, total
    elif measure is Row.SHARE:
        block.shares, block.share_total = own, total
    else:
        block.scores, block.score_total = own, total or block.score_total
    score, rate = own_cell(sheet, row, columns.score), own_cell(sheet, row, columns.rate)
    if score is not None and (sheet.text(score) or measure is Row.SCORE):
        block.score_total = score
    if rate is not None and (sheet.text(rate) or block.rate is None):
        block.rate = rate


def own_cell(sheet: Sheet, row: int, column: int | None) -> Cell | None:
    """Return a row's own cell in a column; None under a merge that starts elsewhere."""
    if column is None:
        return None
    cell = row, column
    return cell if sheet.anchor(cell) == cell else None


def read_rows(sheet: Sheet, layout: Layout, columns: Columns, end: int) -> None:
    """Read the layout with one row per question."""
    gap = 0
    option_columns = [option.column for option in layout.options]
    for row in range(layout.first_body_row, end):
        label = _row_label(sheet, row, columns)
        if label and layout.questions and is_final(sheet, layout, row, label):
            take_final(sheet, layout, columns, row, label)
            continue
        if name_of(label) in COEFFICIENTS and has_figures(sheet, row, option_columns):
            layout.coefficient_row = row
            continue
        figured = any(has_figure(sheet.value((row, column))) for column in option_columns)
        if not label or not figured:
            gap += 1
            if gap > _LARGEST_GAP:
                break
            continue
        gap = 0
        block = new_block(layout, label)
        _take_row(sheet, layout, columns, block, row)
        layout.last_row = row


def _take_row(sheet: Sheet, layout: Layout, columns: Columns, block: Block, row: int) -> None:
    def own(column: int | None) -> Cell | None:
        return own_cell(sheet, row, column)

    figures = [own(option.column) for option in layout.options]
    texts = [sheet.text(cell) for cell in figures if cell is not None]
    if sum("%" in text or "％" in text for text in texts) > len(texts) / 2:
        block.shares = figures
    else:
        block.counts = figures
    if any(option.share_column is not None for option in layout.options):
        block.shares = [own(option.share_column) for option in layout.options]
    if any(option.score_column is not None for option in layout.options):
        block.scores = [own(option.score_column) for option in layout.options]
    block.total, block.score_total = own(columns.total), own(columns.score)
    block.rate = own(columns.rate)


def take_final(sheet: Sheet, layout: Layout, columns: Columns, row: int, label: str) -> None:
    """Take the final score's cell: in the total or score column, else the row's only figure."""
    taken = [
        column for column in (columns.total, columns.score, columns.rate) if column is not None
    ]
    figures = [
        (row, column)
        for column in range(len(sheet.rows[row]))
        if column not in columns.labels
        and sheet.value((row, column)) is not None
        and has_figure(sheet.value((row, column)))
    ]
    preferred = [cell for cell in figures if cell[1] in taken]
    chosen = (preferred or figures[:1] or [sheet.anchor((row, column)) for column in taken])[:1]
    if chosen and chosen[0][0] == row:
        layout.final, layout.final_label = chosen[0], " ".join(label.split())
        layout.last_row = max(layout.last_row, row)
