"""The looks of the sheets of .ods files: cells, columns, rows, borders around merged ranges.

Blanks are kept in and near the used area; repetitions that go on far beyond it are cut where it
ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from selfeval_xl.workbooks.container import Container
from selfeval_xl.workbooks.editing.markup import MOST_TEXT
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.looks import MOST_STYLED, Columns, Edge, Look, Row, SheetLooks
from selfeval_xl.workbooks.open_document import sound_part
from selfeval_xl.workbooks.open_document_cells import note_text
from selfeval_xl.workbooks.open_document_pages import View, pages, views
from selfeval_xl.workbooks.open_document_runs import Cells, cells, used_area
from selfeval_xl.workbooks.open_document_styles import Styles
from selfeval_xl.workbooks.open_document_tables import (
    ColumnStyles,
    columns,
    rows,
    tables,
    usual_style,
)
from selfeval_xl.workbooks.sheet import Cell, Range
from selfeval_xl.workbooks.xml_parts import parse

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HIDDEN = ("collapse", "filter")
_GROUPS = (f"{_TABLE}table-row-group", f"{_TABLE}table-column-group")
_LAST_COLUMN = 16_383
_PLAIN_ROW = Row()
_ASIAN = re.compile("[\u2e80-\uffef\U00020000-\U0003fffd]")
_LETTER = re.compile(r"[^\W\d_]")


def looks(container: Container, limits: Limits) -> dict[str, SheetLooks]:
    """Return how the sheets of an .ods file look, by name.

    Raises WorkbookProblem when the content cannot be read; the other parts may be missing or
    damaged. All sheets together keep no more cells with content and rows than the limits allow, and
    ``MOST_STYLED`` cells without.
    """
    content = parse(container.read("content.xml"), limits.depth)
    common = sound_part(container, "styles.xml", limits)
    styles = Styles(content, common)
    printed, shown = pages(common), views(sound_part(container, "settings.xml", limits))
    left = _Left(limits.cells, MOST_STYLED, limits.rows, limits.area)
    found = {}
    for name, table in tables(content):
        sheet = found[name] = _Reading(table, styles, limits, left).sheet
        sheet.page = printed.get(styles.master_page(table.get(f"{_TABLE}style-name") or ""))
        sheet.frozen, sheet.gridlines = shown.get(name, View())
    return found


@dataclass(slots=True)
class _Left:
    """What may still be kept of a file.

    ``cells`` are those with content, ``blanks`` all others; ``places`` those that may be looked at.
    """

    cells: int
    blanks: int
    rows: int
    places: int


class _Reading:
    """One sheet while its look is read."""

    def __init__(self, table: etree._Element, styles: Styles, limits: Limits, left: _Left) -> None:
        self.sheet = SheetLooks()
        self._styles, self._left = styles, left
        self._plain = styles.looks("")[0]
        self._area = used_area(table, limits)
        self._column_styles = ColumnStyles(table)
        self._merges: list[Range] = []
        self._read_columns(table)
        self._read_rows(table)
        for merge in self._merges:
            self._frame(merge)

    def _read_columns(self, table: etree._Element) -> None:
        """Take the columns over; those that go on to the end of the sheet are its usual ones."""
        found = self.sheet.columns
        for element, first, again in columns(table):
            last = min(first + again - 1, _LAST_COLUMN)
            if last < first:
                break
            pixels = self._styles.pixels(element.get(f"{_TABLE}style-name") or "")
            look = self._visible(usual_style(element))
            found.append(Columns(first, last, pixels, _is_hidden(element), look))
        if found and self._area.column_is_far(found[-1].last) and not found[-1].hidden:
            usual = self.sheet.usual_pixels = found[-1].pixels
            self.sheet.columns = [each for each in found if each[2:] != (usual, False, None)]

    def _read_rows(self, table: etree._Element) -> None:
        for element, first, again in rows(table):
            last = first + again - 1
            points = self._styles.points(element.get(f"{_TABLE}style-name") or "")
            if self._area.row_is_far(last):
                self.sheet.usual_points = self.sheet.usual_points or points
                last = self._area.bottom
            if first <= last:
                self._read_row(element, first, last, points)

    def _read_row(
        self, element: etree._Element, first: int, last: int, points: float | None
    ) -> None:
        usual = usual_style(element)
        runs = list(cells(element, self._area))
        endless = runs[-1].style if runs and runs[-1].endless else ""
        row = Row(points, _is_hidden(element), self._visible(endless or usual))
        styled = list(self._styled(runs, usual, row.look))
        merged = [run for run in runs if run.height > 1 or run.width > 1]
        self._read_notes(runs, first)
        for number in range(first, last + 1):
            self._left.rows -= 1
            self._left.places -= len(styled) + len(merged)
            if self._left.rows < 0 or self._left.places < 0:
                return
            if row != _PLAIN_ROW:
                self.sheet.rows[number] = row
            for column, look, filled in styled:
                self._keep((number, column), look, filled=filled)
            self._merges += [
                (number, run.first, number + run.height - 1, run.first + run.width - 1)
                for run in merged
                if (number, run.first) in self.sheet.cells
            ]

    def _read_notes(self, runs: Sequence[Cells], row: int) -> None:
        """Keep the notes of a row; of cells that repeat, the first has it."""
        for run in runs:
            if run.content is not None and (text := note_text(run.content, MOST_TEXT)):
                self.sheet.notes[row, run.first] = text

    def _styled(
        self, runs: Sequence[Cells], usual: str, row_look: Look | None
    ) -> Iterator[tuple[int, Look, bool]]:
        """Yield the cells of a row that hold anything or have a look of their own.

        Of each: its column, its look and whether it holds anything.
        """
        for run in runs:
            own = run.style or usual
            if run.content is None and not own and row_look is None:
                continue
            self._left.places -= run.last - run.first + 1
            if self._left.places < 0:
                return
            for column in range(run.first, run.last + 1):
                if run.content is not None:
                    yield (
                        column,
                        self._shown(own or self._column_styles.name(column), run.content),
                        True,
                    )
                    continue
                look = self._styles.looks(own or self._column_styles.name(column))[0]
                if look != (row_look or self._column_look(column)):
                    yield column, look, False

    def _shown(self, name: str, cell: etree._Element) -> Look:
        """Return a style's look for the script a cell's text is in."""
        usual, latin = self._styles.looks(name)
        if usual == latin:
            return usual
        text = "".join(map(str, cell.itertext()))
        return latin if _LETTER.search(text) and not _ASIAN.search(text) else usual

    def _keep(self, cell: Cell, look: Look, *, filled: bool = False) -> None:
        if cell not in self.sheet.cells:
            if (self._left.cells if filled else self._left.blanks) <= 0:
                return
            self._left.cells -= filled
            self._left.blanks -= not filled
        self.sheet.cells[cell] = look

    def _frame(self, merge: Range) -> None:
        """Put the borders of a merged range's first cell around it.

        In .ods files they are those of the whole range; Excel draws each cell's own.
        """
        top, left, bottom, right = merge
        bottom, right = min(bottom, self._area.bottom), min(right, self._area.right)
        first = self.sheet.cells[top, left]
        for column in range(left, right + 1):
            if not self._draw((top, column), "top", first.top):
                break
            self._draw((bottom, column), "bottom", first.bottom)
        for row in range(top, bottom + 1):
            if not self._draw((row, left), "left", first.left):
                break
            self._draw((row, right), "right", first.right)

    def _draw(self, cell: Cell, side: str, edge: Edge) -> bool:
        """Give a cell a border where it has none; tell whether more may be done."""
        self._left.places -= 1
        look = self.sheet.cells.get(cell) or self._blank(cell)
        if edge.style and not getattr(look, side).style:
            changed: dict[str, Any] = {side: edge}
            self._keep(cell, look._replace(**changed))
        return self._left.places > 0

    def _blank(self, cell: Cell) -> Look:
        row = self.sheet.rows.get(cell[0], _PLAIN_ROW)
        return row.look or self._column_look(cell[1])

    def _column_look(self, column: int) -> Look:
        return self._styles.looks(self._column_styles.name(column))[0]

    def _visible(self, name: str) -> Look | None:
        """Return a style's look, None when it is the one everything has."""
        look = self._styles.looks(name)[0]
        return None if look == self._plain else look


def _is_hidden(element: etree._Element) -> bool:
    """Tell whether a row or column is hidden, by itself or in a group that is folded."""
    return element.get(f"{_TABLE}visibility") in _HIDDEN or any(
        group.get(f"{_TABLE}display") == "false" for group in element.iterancestors(*_GROUPS)
    )
