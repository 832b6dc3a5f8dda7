"""Blocks of cells: array formulas over several cells, spills, data tables, rows of tables.

A cell of a block cannot be changed alone. A file with half an array, or with a table whose first or
last row is not what its table part says, is refused or repaired by the program that opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from selfeval_xl.workbooks.sheet import Block, Bond, Cell, Range, parse_range

if TYPE_CHECKING:
    from lxml import etree

KINDS = ("array", "dataTable")
"""Kinds of formulas that may stand for several cells."""


def bond_of(kind: str | None, covers: Range) -> Bond | None:
    """Return what a formula of a kind binds the cells it stands for by, None when nothing.

    A data table of one cell is a block all the same: its cell holds no formula of its own.
    """
    if kind == "dataTable":
        return Bond.DATA_TABLE
    return Bond.ARRAY if kind == "array" and covers[:2] != covers[2:] else None


def of_formula(kind: str | None, area: str | None, cell: Cell) -> Block | None:
    """Return the block of a formula, None when it stands for its own cell only.

    ``kind`` and ``area`` are its attributes ``t`` and ``ref``. Raises ValueError for a wrong area.
    """
    covers = parse_range(area) if area and kind in KINDS else (*cell, *cell)
    bond = bond_of(kind, covers)
    return None if bond is None else Block(bond, covers)


def of_table(table: etree._Element) -> Iterator[Block]:
    """Yield the rows of a table that its own part repeats: the headings, the totals.

    Raises ValueError when its numbers are none.
    """
    top, left, bottom, right = parse_range(table.get("ref", "A1"))
    if table.get("headerRowCount") != "0":
        yield Block(Bond.TABLE_HEADINGS, (top, left, top, right))
    totals = int(table.get("totalsRowCount") or 0)
    if totals > 0:
        yield Block(Bond.TABLE_TOTALS, (bottom - totals + 1, left, bottom, right))


def results(
    blocks: Iterable[Block],
    formulas: Mapping[Cell, str],
    rows: list[list[object]],
    most: int,
) -> dict[Cell, str]:
    """Return the cells whose value is the result of another cell's array, with its formula.

    Of the cells that ``rows`` hold at most so many are looked at: areas may lie over each other.
    """
    found: dict[Cell, str] = {}
    for bond, (top, left, bottom, right) in blocks:
        text = formulas.get((top, left), "") if bond is Bond.ARRAY else ""
        for row in range(top, min(bottom + 1, len(rows))):
            columns = range(left, min(right + 1, len(rows[row])))
            most -= len(columns) + 1
            if most < 0:
                return found
            found.update(((row, column), text) for column in columns)
    return {cell: text for cell, text in found.items() if cell not in formulas}
