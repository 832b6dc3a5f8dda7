"""The cells of a sheet as formulas meet them: what stands in them, and the formulas themselves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.workbooks.editing.formulas import moved
from selfeval_xl.workbooks.formula_values import Area, UnknownError, Value, exactly
from selfeval_xl.workbooks.precedents import Precedents, precedents, written
from selfeval_xl.workbooks.sheet import Cell, Sheet


def formula_of(sheet: Sheet, cell: Cell) -> str:
    """Return the formula of a formula cell, "" when its text is not known.

    Followers of a shared formula have it as copying would write it.
    """
    text = sheet.formulas[cell]
    if text or cell not in sheet.shared:
        return text
    shared, (row, column) = sheet.shared[cell]
    return moved(shared, cell[0] - row, cell[1] - column)


def precedents_of(sheet: Sheet, cell: Cell) -> Precedents | None:
    """Return what the formula of a formula cell reads, None when it may read any cell."""
    text, origin = sheet.formulas[cell], cell
    if not text:
        text, origin = sheet.shared.get(cell, ("", cell))
    block = sheet.block(cell)
    alone = block is None or block.area == (*cell, *cell)
    return (precedents if alone else written)(text, origin, cell) if text else None


def as_value(content: object) -> Value:
    """Return what a cell holds as formulas work with it; raises UnknownError for dates."""
    if content is None or isinstance(content, bool | str):
        return content
    if isinstance(content, int | float):
        return exactly(content)
    raise UnknownError


_EXACT_INTEGER = 2**53


def as_content(value: Value) -> object:
    """Return what formulas work with as a cell holds it once it has been read."""
    if not isinstance(value, Fraction):
        return None if value == "" else value
    whole = value.denominator == 1 and abs(value) < _EXACT_INTEGER
    return int(value) if whole else float(value)


def put(rows: list[list[object]], cell: Cell, content: object) -> None:
    """Write a cell's content into rows, which grow as far as that takes."""
    row, column = cell
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = content


def cells_of(area: Area) -> Iterator[Cell]:
    """Yield the cells of an area row by row."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield row, column
