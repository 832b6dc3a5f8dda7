"""Runs of like cells and rows in .ods files, cut where they go on far beyond the used area."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.open_document_tables import CELLS, has_content, repeats, rows, spans

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ROW_MARGIN, _COLUMN_MARGIN = 1_000, 100
"""How far from the used area blanks may lie whose look is kept."""


class Area(NamedTuple):
    """The last row and column with content or a merged range, -1 when there is none."""

    bottom: int
    right: int

    def row_is_far(self, row: int) -> bool:
        """Tell whether a row lies beyond all whose look is kept."""
        return row > self.bottom + _ROW_MARGIN

    def column_is_far(self, column: int) -> bool:
        """Tell whether a column lies beyond all whose look is kept."""
        return column > self.right + _COLUMN_MARGIN


class Cells(NamedTuple):
    """Cells of a row alike: first and last column, their style's name ("" for none).

    ``endless`` tells that they were cut. ``content`` is the element of cells that hold anything.
    """

    first: int
    last: int
    style: str
    endless: bool
    content: etree._Element | None
    height: int
    width: int


def used_area(table: etree._Element, limits: Limits) -> Area:
    """Return how far a sheet is used, within the limits."""
    bottom = right = -1
    for element, row, again in rows(table):
        column = 0
        for cell in element.iterchildren(*CELLS):
            many = repeats(cell, "number-columns-repeated")
            height, width = spans(cell)
            if has_content(cell) or height > 1 or width > 1:
                bottom = max(bottom, row + max(again, height) - 1)
                right = max(right, column + max(many, width) - 1)
            column += many
    return Area(min(bottom, limits.rows - 1), min(right, limits.columns - 1))


def cells(row: etree._Element, area: Area) -> Iterator[Cells]:
    """Yield the cells of a row that do not lie far beyond the used area."""
    first = 0
    for cell in row.iterchildren(*CELLS):
        many = repeats(cell, "number-columns-repeated")
        last = first + many - 1
        endless = area.column_is_far(last)
        style = cell.get(f"{_TABLE}style-name") or ""
        content = cell if has_content(cell) else None
        kept = max(area.right, first - 1) if endless else last
        yield Cells(first, kept, style, endless, content, *spans(cell))
        first += many
