"""Reading the body of an indicator score table row by row."""

from __future__ import annotations

from typing import TypeGuard

from selfeval_xl.forms.indicator_scores_labels import (
    LONGEST_HEADING,
    LONGEST_NAME,
    REMARK,
    heading_word,
    row_word,
)
from selfeval_xl.forms.indicator_scores_table import Figures, Group, Leaf, Table
from selfeval_xl.labels import key, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

_LARGEST_GAP = 2
GRADE_BELOW = 3
"""Rows under a table in which its grade may stand."""


def read_body(sheet: Sheet, table: Table) -> Table:
    """Read groups, leaves, subtotals and the total down to the first row that is none of them.

    Returns the table, which is not changed any more.
    """
    open_groups: list[Group] = []
    gap = 0
    header = sheet.rows[table.header_row]
    end = body_end(sheet, table.header_row, table.first_body_row)
    total_row = _total_row(sheet, table, end)
    for row in range(table.first_body_row, end):
        if sheet.rows[row] == header:
            continue
        figures = _figures(sheet, table, row)
        kind, column = _kind(sheet, table, open_groups, row)
        if kind == "grade":
            table.grade = table.grade or beside(sheet, row, column)
            table.last_row = row
        elif kind == "total":
            table.total, table.last_row = figures, row
            if table.columns.grade is not None:
                table.grade = sheet.anchor((row, table.columns.grade))
            return _grade_below(sheet, table)
        elif kind == "subtotal":
            _close(table, open_groups, figures, column)
            table.last_row = row
        elif _has_figures(sheet, figures) or (
            row < total_row and _named_leaf(sheet, table, row, figures)
        ):
            gap = 0
            _take(sheet, table, open_groups, row, figures)
            table.last_row = row
        elif REMARK.match(_first_text(sheet, row)) and table.leaves:
            break
        else:
            _open(sheet, table, open_groups, row)
            gap += 1
            if gap > _LARGEST_GAP and row > total_row:
                break
    return _grade_below(sheet, table)


def body_end(sheet: Sheet, header_row: int, first: int) -> int:
    """Return the row where another table starts, the sheet's height when none does."""
    header = sheet.rows[header_row]
    for row in range(first, sheet.height):
        cells = sheet.rows[row]
        heads = {heading_word(value) for value in cells if _short(value)}
        if ("scores" in heads or {"level", "points"} <= heads) and cells != header:
            return row
    return sheet.height


def _short(value: object) -> TypeGuard[str]:
    return type(value) is str and len(value) <= LONGEST_HEADING


def _first_text(sheet: Sheet, row: int) -> str:
    """Return a row's first text, squashed."""
    texts = (value for value in sheet.rows[row] if type(value) is str and value.strip())
    return squash(next(texts, ""))


def _kind(sheet: Sheet, table: Table, open_groups: list[Group], row: int) -> tuple[str, int]:
    """Return whether a row is a total, a subtotal, the grade or "", and the label's column."""
    columns = table.columns
    outermost, last = columns.levels[0].column, columns.levels[-1].column
    for column, value in enumerate(sheet.rows[row]):
        if type(value) is not str or len(value) > LONGEST_NAME:
            continue
        word = row_word(value)
        if word == "number":
            continue
        if word in ("grade", "subtotal"):
            return word, column
        if word == "total":
            inside = column > outermost and table.detailed and bool(open_groups)
            if inside and column < columns.first_figure:
                return "subtotal", column
            return "total", column
        if word == "sum" and open_groups and key(open_groups[0].name) in key(value):
            return "subtotal", column
        if column >= last:
            break
    return "", 0


def _figures(sheet: Sheet, table: Table, row: int) -> Figures:
    columns = table.columns
    cells: dict[int | None, Cell] = {}
    for column in columns.figures:
        if (cell := _own_cell(sheet, row, column)) is not None:
            cells[column] = cell
    figures = Figures(
        cells.get(columns.points),
        [cells[column] for column in columns.scores if column in cells],
        cells.get(columns.deduction),
        cells.get(columns.rate),
        cells.get(columns.reason),
    )
    for place, level in enumerate(columns.levels):
        if level.points is not None or level.score is not None:
            figures.own[place] = (
                None if level.points is None else _own_cell(sheet, row, level.points),
                None if level.score is None else _own_cell(sheet, row, level.score),
            )
    return figures


def _own_cell(sheet: Sheet, row: int, column: int) -> Cell | None:
    """Return the cell of a row and column, None where a merge covers it."""
    cell = (row, column)
    return cell if sheet.anchor(cell) == cell else None


def _has_figures(sheet: Sheet, figures: Figures) -> bool:
    cells = [figures.points, figures.deduction, *figures.scores]
    cells += [cell for pair in figures.own.values() for cell in pair]
    return any(cell is not None and sheet.value(cell) not in (None, "") for cell in cells)


def _named_leaf(sheet: Sheet, table: Table, row: int, figures: Figures) -> bool:
    """Tell whether a row without figures is a leaf still to be scored, as in a blank template."""
    if figures.points is None or not figures.scores:
        return False
    for level in table.columns.levels[-2:]:
        top, left, bottom, right = sheet.merge((row, level.column))
        if left == right and sheet.text((top, left)) and (top == row or bottom >= row):
            return True
    return False


def _total_row(sheet: Sheet, table: Table, end: int) -> int:
    """Return the row of the table's total, -1 when there is none before row ``end``."""
    outermost = table.columns.levels[0].column
    for row in range(table.first_body_row, end):
        for value in sheet.rows[row][: outermost + 1]:
            if _short(value) and row_word(value) == "total":
                return row
    return -1


def _open(sheet: Sheet, table: Table, open_groups: list[Group], row: int) -> None:
    """Open the groups named in a row; those below a newly named one are closed."""
    levels = table.columns.levels
    for place, level in enumerate(levels[:-1]):
        anchor = sheet.anchor((row, level.column))
        current = open_groups[place] if place < len(open_groups) else None
        if current is not None and current.cell == anchor:
            continue
        text = sheet.text(anchor)
        if not text or anchor[1] != level.column:
            continue
        if current is not None and anchor[0] == row and squash(current.name) == squash(text):
            continue
        del open_groups[place:]
        while len(open_groups) < place:
            filler = Group(len(open_groups), "", anchor)
            _attach(table, open_groups, filler)
        _attach(table, open_groups, Group(place, text, anchor))


def _attach(table: Table, open_groups: list[Group], group: Group) -> None:
    (open_groups[-1].children if open_groups else table.groups).append(group)
    open_groups.append(group)
    table.all_groups.append(group)


def _take(sheet: Sheet, table: Table, open_groups: list[Group], row: int, figures: Figures) -> None:
    """Take a scored row: a leaf of its own, or more scores for the merged points above it."""
    _open(sheet, table, open_groups, row)
    for place, (points, score) in figures.own.items():
        if place < len(open_groups):
            group = open_groups[place]
            group.points = _first_filled(sheet, group.points, points)
            group.score = _first_filled(sheet, group.score, score)
    levels = table.columns.levels
    if figures.points is None and table.leaves and table.columns.points is not None:
        anchor = sheet.anchor((row, table.columns.points))
        last = table.leaves[-1]
        if last.figures.points == anchor:
            last.more_scores.extend(figures.scores)
            return
    anchor = sheet.anchor((row, levels[-1].column))
    leaf = Leaf(row, sheet.text(anchor), anchor if anchor[0] == row else None, figures)
    if not leaf.name and open_groups:
        leaf.name = open_groups[-1].name
    table.leaves.append(leaf)
    for group in open_groups:
        group.leaves.append(leaf)


def _first_filled(sheet: Sheet, known: Cell | None, cell: Cell | None) -> Cell | None:
    """Keep a group's first cell; a later one only when the first is blank and it is not."""
    if known is None or (cell is not None and not sheet.text(known) and sheet.text(cell)):
        return cell if cell is not None else known
    return known


def _close(table: Table, open_groups: list[Group], figures: Figures, column: int) -> None:
    """Give a subtotal row to the group it closes: the one left of its label."""
    levels = table.columns.levels
    place = sum(level.column < column for level in levels) - 1
    place = min(max(place, 0), len(open_groups) - 1)
    if place >= 0:
        open_groups[place].subtotal = figures
        del open_groups[place + 1 :]


def beside(sheet: Sheet, row: int, column: int) -> Cell | None:
    """Return the text cell right of a label."""
    for place in range(sheet.merge((row, column))[3] + 1, len(sheet.rows[row])):
        if sheet.text((row, place)):
            return row, place
    return None


def _grade_below(sheet: Sheet, table: Table) -> Table:
    """Look for the grade in the rows under the table, and return the table."""
    if table.grade is not None:
        return table
    for row in range(table.last_row + 1, min(table.last_row + 1 + GRADE_BELOW, sheet.height)):
        for column, value in enumerate(sheet.rows[row]):
            if _short(value) and row_word(value) == "grade":
                table.grade = beside(sheet, row, column)
                if table.grade is not None:
                    table.last_row = row
                    return table
    return table
