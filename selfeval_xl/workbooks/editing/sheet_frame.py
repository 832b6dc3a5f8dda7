"""What a worksheet part holds beside its rows: merges, columns, tables, drawings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from selfeval_xl.workbooks.editing.markup import (
    Element,
    local,
    namespace,
    office_relations,
    parse,
)
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.sheet import Range, parse_range


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
    def merges(self) -> list[Range]:
        """The merged ranges."""
        return [
            parse_range(item.get("ref", "A1")) for item in self._items("mergeCells", "mergeCell")
        ]

    @cached_property
    def columns(self) -> list[tuple[int, int, int]]:
        """First and last column, from one, and format index of each stretch of columns."""
        return [
            (int(item.get("min", "1")), int(item.get("max", "1")), int(item.get("style", "0")))
            for item in self._items("cols", "col")
        ]

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


@recurring(64)
def read_frame(text: str, part: str) -> Frame:
    """Return a worksheet part given as text, its rows left out.

    Raises WorkbookProblem (kind ``damaged``) naming the part when it cannot be parsed.
    """
    return Frame(parse(text.encode(), part))
