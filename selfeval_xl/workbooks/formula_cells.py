"""The cells of a sheet as formulas meet them: what stands in them, and the formulas themselves."""

from __future__ import annotations

from collections.abc import Iterator

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


def cells_of(area: Area) -> Iterator[Cell]:
    """Yield the cells of an area row by row."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield row, column
