"""A worksheet that takes rendered rows: a fraction of the time of cell by cell.

XlsxWriter in its row-by-row mode keeps one row in memory and renders it when the next begins.
Here a row comes rendered and is written where that row would have gone; the many links to one
file share one relationship. Everything else (headings, totals, charts, print set-up) is the
library's.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from selfeval_xl.results.table_rows import cells, height_of
from selfeval_xl.workbooks.sheet import a1

_NEEDED = (
    "fh",
    "previous_row",
    "rel_count",
    "external_hyper_links",
    "_write_hyperlinks",
    "_write_single_row",
)


class FastSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of a workbook in constant-memory mode.

    ``takes_rows`` says whether rendered rows can be written as they are; otherwise they are
    taken apart and given to the library cell by cell.
    """

    def __init__(self) -> None:
        super().__init__()
        self.takes_rows = False
        self._links: list[tuple[int, int, str]] = []

    def has_all_it_needs(self) -> bool:
        """Tell whether this version of the library keeps what this class builds on."""
        return bool(self.constant_memory) and all(hasattr(self, name) for name in _NEEDED)

    def write_rendered(self, row: int, columns: int, xml: str, looks: dict[int, Any]) -> None:
        """Write a placed row of so many cells; ``looks`` are the formats by their number."""
        if not self.takes_rows:
            self._write_values(row, xml, looks)
            return
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, 0)
        self._check_dimensions(row, columns - 1)
        self.fh.write(xml)

    def _write_values(self, row: int, xml: str, looks: dict[int, Any]) -> None:
        height = height_of(xml)
        if height is not None:
            self.set_row(row, height)
        for column, (value, number) in enumerate(cells(xml)):
            look = looks[number]
            if value is None:
                self.write_blank(row, column, None, look)
            elif isinstance(value, str):
                self.write_string(row, column, value, look)
            else:
                self.write_number(row, column, value, look)

    def add_link(self, row: int, column: int, target: str, text: str, look: Any) -> None:
        """Make a cell already written a link to a file beside the workbook."""
        if self.takes_rows:
            self._links.append((row, column, target))
        else:
            self.write_url(row, column, f"external:{target}", look, text)
            # The library turns slashes into backslashes; only slashes work everywhere.
            link = self.hyperlinks.get(row, {}).get(column)
            if "\\" in getattr(link, "_relationship_link", ""):
                link._relationship_link = link._relationship_link.replace("\\", "/")

    def _write_hyperlinks(self) -> None:
        if not self._links:
            super()._write_hyperlinks()
            return
        known: dict[str, int] = {}
        parts = ["<hyperlinks>"]
        for row, column, target in self._links:
            number = known.get(target)
            if number is None:
                self.rel_count += 1
                number = known[target] = self.rel_count
                self.external_hyper_links.append(["/hyperlink", target, "External"])
            parts.append(f'<hyperlink ref="{a1((row, column))}" r:id="rId{number}"/>')
        parts.append("</hyperlinks>")
        self.fh.write("".join(parts))
