"""The sheets, columns, rows and cells of .ods content, with how often each repeats."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from lxml import etree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_AROUND_ROWS = tuple(
    _TABLE + name for name in ("table-row-group", "table-header-rows", "table-rows")
)
_AROUND_COLUMNS = tuple(
    _TABLE + name for name in ("table-column-group", "table-header-columns", "table-columns")
)
_LINKED = re.compile(r"'(?:file|https?|ftp|smb|vnd\.[a-z.-]+):.*'#", re.IGNORECASE | re.DOTALL)


def tables(content: etree._Element) -> list[tuple[str, etree._Element]]:
    """Return the sheets of a document with their names, in their order.

    What LibreOffice keeps of workbooks that are linked is no sheet. A sheet without a name gets
    the one LibreOffice would give it.
    """
    found = [
        (table.get(f"{_TABLE}name") or "", table)
        for body in content.iterchildren(f"{_OFFICE}body")
        for sheets in body.iterchildren(f"{_OFFICE}spreadsheet")
        for table in sheets.iterchildren(f"{_TABLE}table")
    ]
    found = [(name, table) for name, table in found if not _LINKED.match(name)]
    taken = {name.casefold() for name, _ in found}
    return [
        (name or _new_name(place, taken), table) for place, (name, table) in enumerate(found, 1)
    ]


def _new_name(number: int, taken: set[str]) -> str:
    while f"sheet{number}" in taken:
        number += 1
    taken.add(f"sheet{number}")
    return f"Sheet{number}"


def rows(table: etree._Element) -> Iterator[tuple[etree._Element, int, int]]:
    """Yield the row elements of a table with the first row each stands for and how many."""
    row = 0
    for element in _inside(table, f"{_TABLE}table-row", _AROUND_ROWS):
        again = repeats(element, "number-rows-repeated")
        yield element, row, again
        row += again


def columns(table: etree._Element) -> Iterator[tuple[etree._Element, int, int]]:
    """Yield the column elements of a table with the first column of each and how many."""
    column = 0
    for element in _inside(table, f"{_TABLE}table-column", _AROUND_COLUMNS):
        again = repeats(element, "number-columns-repeated")
        yield element, column, again
        column += again


def _inside(
    element: etree._Element, wanted: str, around: Sequence[str]
) -> Iterator[etree._Element]:
    """Yield a table's own rows or columns: not those of tables in its cells and drawings."""
    for child in element.iterchildren(wanted, *around):
        if child.tag == wanted:
            yield child
        else:  # no deeper than the parser lets elements nest
            yield from _inside(child, wanted, around)


class ColumnStyles:
    """The styles a sheet's columns give to cells that name none."""

    def __init__(self, table: etree._Element) -> None:
        self._ends: list[int] = []
        self._names: list[str] = []
        for element, first, again in columns(table):
            self._ends.append(first + again - 1)
            self._names.append(usual_style(element))

    def name(self, column: int) -> str:
        """Return the name of the style of a column's cells, "" for none."""
        place = bisect_left(self._ends, column)
        return self._names[place] if place < len(self._names) else ""


def usual_style(element: etree._Element) -> str:
    """Return the name of the style a row or column gives to its cells, "" for none."""
    return element.get(f"{_TABLE}default-cell-style-name") or ""


def has_content(cell: etree._Element) -> bool:
    """Tell whether a cell holds anything."""
    return bool(cell.get(f"{_OFFICE}value-type") or cell.get(f"{_TABLE}formula") or len(cell))


def spans(cell: etree._Element) -> tuple[int, int]:
    """Return how many rows and columns a cell spans, 1 and 1 for one that is not merged."""
    return repeats(cell, "number-rows-spanned"), repeats(cell, "number-columns-spanned")


def repeats(element: etree._Element, name: str) -> int:
    """Return how often an element repeats or how far it spans, as the attribute says; 1 or more."""
    text = element.get(_TABLE + name)
    if text is None:  # nearly all stand for themselves
        return 1
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1
