"""The totals of an indicator table: subtotal rows, the total row and what stands under it."""

from __future__ import annotations

import re

from selfeval_xl.forms.indicator_row_kinds import TOTAL, is_number
from selfeval_xl.forms.indicator_table import IndicatorTable, Subtotal
from selfeval_xl.labels import key, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

_GRADE_LABEL = re.compile(r".{0,6}(?:等级|等次|结论|级别|档次)")
_GRADE = re.compile(r"(?:\(?.{0,4}等级\)?:?)?(优秀?|良好?|中等?|差|较差|合格|不合格)")
_MOST_AFTER = 5


def read_subtotal(sheet: Sheet, row: int, table: IndicatorTable) -> None:
    """Take in a subtotal row; it sums the indicators since the subtotal before it."""
    columns = table.columns
    after = table.subtotals[-1].row if table.subtotals else table.first - 1
    table.subtotals.append(
        Subtotal(
            row,
            key(next((t for c in range(len(sheet.rows[row])) if (t := sheet.text((row, c)))), "")),
            _figure(sheet, row, columns.get("points")),
            _figure(sheet, row, columns.get("score")),
            tuple(one.row for one in table.indicators if one.row > after),
        )
    )


def _figure(sheet: Sheet, row: int, column: int | None) -> Cell | None:
    """Return the cell of a figure in a total row, None where the label covers it."""
    if column is None:
        return None
    cell = sheet.anchor((row, column))
    text = sheet.text(cell)
    return cell if not text or cell[1] == column or is_number(sheet, cell) else None


def read_total(sheet: Sheet, row: int, table: IndicatorTable) -> None:
    """Take in the total row: its points, its score and a grade beside them."""
    table.total_row = row
    columns = table.columns
    points = _figure(sheet, row, columns.get("points"))
    score = _figure(sheet, row, columns.get("score"))
    if points == score and score is not None:
        points = None
    table.total_points, table.total_score = points, score
    table.grade = _grade(sheet, row)


def _grade(sheet: Sheet, row: int) -> Cell | None:
    for column in range(len(sheet.rows[row])):
        if _GRADE.fullmatch(squash(sheet.text((row, column)))):
            return row, column
    return None


def read_below_total(sheet: Sheet, table: IndicatorTable, stop: int) -> None:
    """Read the rows under the total that state the score again or give the grade."""
    if table.total_row is None:
        return
    for row in range(table.total_row + 1, min(table.total_row + _MOST_AFTER, stop, sheet.height)):
        cells = [(c, t) for c in range(len(sheet.rows[row])) if (t := sheet.text((row, c)))]
        if not cells:
            return
        label = key(cells[0][1])
        if TOTAL.fullmatch(label):
            numbers = [(row, c) for c, _ in cells[1:] if is_number(sheet, (row, c))]
            if len(numbers) == 1:
                if table.total_score is None or not sheet.text(table.total_score):
                    table.total_score = numbers[0]
                else:
                    table.further_scores.append(numbers[0])
                table.last = row
        elif not _GRADE_LABEL.fullmatch(label):
            return
        if table.grade is None and (grade := _grade(sheet, row)):
            table.grade = grade
            table.last = row
