"""What a worksheet part holds beside its rows: merges, columns, tables, drawings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from selfeval_xl.workbooks.editing.markup import (
    Element,
    local,
    namespace,
    office_relations,
    parse,
    truthy,
)
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.sheet import Cell, Range, parse_range


class Column(NamedTuple):
    """A stretch of columns, its first and last from zero.

    ``style`` is their format index, ``width`` their width in characters as written ("" for the
    default).
    """

    first: int
    last: int
    style: int
    width: str
    hidden: bool


@dataclass(frozen=True)
class Frame:
    """A worksheet part without its rows. Workbooks of one template share it: nothing changes."""

    root: Element

    @cached_property
    def main(self) -> str:
        """The namespace of its SpreadsheetML elements."""
        return namespace(self.root)

    def child(self, name: str) -> Element | None:
        """Return the first element of a name below the root."""
        return self.root.find(f"{{{self.main}}}{name}")

    def _items(self, listed: str, name: str) -> list[Element]:
        found = self.child(listed)
        return [] if found is None else [item for item in found if local(item) == name]

    @cached_property
    def _merges(self) -> list[Range]:
        """The merged ranges."""
        return [
            parse_range(item.get("ref", "A1")) for item in self._items("mergeCells", "mergeCell")
        ]

    def anchors(self, cells: Collection[Cell]) -> dict[Cell, Cell]:
        """Return the top left cell of the merge for those of some cells that lie in one.

        What is passed over costs next to nothing, so that a sheet may hold very many merges.
        """
        columns = sorted({column for _, column in cells})
        in_row: dict[int, list[int]] = {}
        for row, column in sorted(cells):
            in_row.setdefault(row, []).append(column)
        rows = list(in_row)
        found: dict[Cell, Cell] = {}
        for top, left, bottom, right in self._merges:
            if not _between(columns, left, right):
                continue
            for row in _between(rows, top, bottom):
                for column in _between(in_row[row], left, right):
                    found.setdefault((row, column), (top, left))
        return found

    @cached_property
    def _columns(self) -> list[Column]:
        """The stretches of columns in their order, without those that overlap another."""
        kept: list[Column] = []
        found = [
            Column(
                int(item.get("min", "1")) - 1,
                int(item.get("max", "1")) - 1,
                int(item.get("style", "0")),
                item.get("width", ""),
                truthy(item.get("hidden")),
            )
            for item in self._items("cols", "col")
        ]
        for column in sorted(found, key=lambda column: column.first):
            if column.last >= column.first > (kept[-1].last if kept else -1):
                kept.append(column)
        return kept

    def column(self, number: int) -> Column | None:
        """Return what is said of a column, given from zero; None when nothing is."""
        place = bisect_right(self._columns, number, key=lambda column: column.first) - 1
        if place < 0 or number > self._columns[place].last:
            return None
        return self._columns[place]

    @cached_property
    def relations_prefix(self) -> str:
        """The prefix the root declares for ``r:id``, "" when it declares none."""
        relations = office_relations(self.main)
        found = (prefix for prefix, uri in self.root.nsmap.items() if uri == relations and prefix)
        return next(found, "")

    @property
    def legacy_drawing(self) -> str:
        """The relationship of the part that draws the notes, "" when there is none."""
        item = self.child("legacyDrawing")
        return "" if item is None else item.get(f"{{{office_relations(self.main)}}}id", "")


def _between(numbers: list[int], low: int, high: int) -> list[int]:
    """Return those of some numbers in ascending order that are neither lower nor higher."""
    return numbers[bisect_left(numbers, low) : bisect_right(numbers, high)]


@recurring(64)
def read_frame(text: str, part: str) -> Frame:
    """Return a worksheet part given as text, its rows left out.

    Raises WorkbookProblem (kind ``damaged``) naming the part when it cannot be parsed.
    """
    return Frame(parse(text.encode(), part))
