"""The summary workbook as a set of plain tables: looks, print set-up and streamed rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from selfeval_xl.results import style
from selfeval_xl.results.fast_sheet import LONGEST_TEXT, FastSheet
from selfeval_xl.results.links import external

Value = Decimal | int | float | str | None

MOST_ROWS = 1_048_576
"""Rows of a worksheet."""
MOST_LINKS = 65_000
"""Links written on one sheet, kept under the 65,530 a worksheet may have."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNDATED = date(2000, 1, 1)
"""The creation date written when none is given: the same input gives the same bytes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    ``look`` is one of text, wrap, centre, amount, rate, score, mean, count, number, link;
    ``group`` is a heading over neighbouring columns that share it.
    """

    title: str
    width: float
    look: str = "text"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """A text that opens a file given by its path relative to the summary."""

    text: str
    path: str


_LOOKS: dict[str, dict[str, Any]] = {
    "text": {"align": "left"},
    "wrap": {"align": "left", "text_wrap": True},
    "centre": {"align": "center"},
    "amount": {"align": "right", "num_format": "#,##0.00####_ "},
    "rate": {"align": "right", "num_format": "0.00%_ "},
    "score": {"align": "right", "num_format": "0.00##_ "},
    "mean": {"align": "right", "num_format": "0.00_ "},
    "count": {"align": "center", "num_format": '0;-0;"–"'},
    "number": {"align": "right", "num_format": "General"},
    "link": {"align": "left", "font_color": style.rgb(style.LINK), "underline": 1},
}


class Book:
    """An xlsxwriter workbook written row by row, its formats made once."""

    def __init__(
        self, target: str | Path | BinaryIO, created: date | None, scratch: str | None = None
    ) -> None:
        self.workbook = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target,
            {
                "constant_memory": True,
                "tmpdir": scratch,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
                "max_url_length": 2079,
            },
        )
        day = created or _UNDATED
        self.workbook.set_properties(
            {
                "title": "预算绩效自评汇总表",
                "subject": "预算绩效自评核对",
                "created": datetime(day.year, day.month, day.day),
            }
        )
        self.workbook.set_calc_mode("auto")
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def close(self) -> None:
        """Write the file."""
        self.workbook.close()

    def format(self, **properties: Any) -> Any:
        """Return the format with these properties, 10-point and vertically centred."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": style.FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self.workbook.add_format(base | properties)
        return self._formats[key]

    def cell(self, look: str, **properties: Any) -> Any:
        """Return the format of a table cell."""
        line = {"border": 1, "border_color": style.rgb(style.LINE)}
        return self.format(**(line | _LOOKS[look] | properties))

    def sheet(self, name: str, colour: str = style.TITLE) -> Any:
        """Add a worksheet that prints on A4 landscape, one page wide, with page numbers."""
        sheet = self.workbook.add_worksheet(name, FastSheet)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(style.rgb(colour))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.55, bottom=0.6)
        sheet.set_footer("&L&9&A&C&9第 &P 页，共 &N 页&R&9预算绩效自评核对")
        sheet.set_default_row(18)
        return sheet


class Table:
    """A titled table that grows downward and goes on to a further sheet when one is full."""

    def __init__(
        self,
        book: Book,
        name: str,
        title: str,
        columns: Sequence[Column],
        *,
        remark: str = "",
        alarm: str = "",
        frozen: int = 0,
        colour: str = style.TITLE,
        most_rows: int = MOST_ROWS,
        sheet: Any = None,
    ) -> None:
        self.book = book
        self.name = name
        self.title = title
        self.columns = tuple(columns)
        self.remark = remark
        self.alarm = alarm
        self.frozen = frozen
        self.colour = colour
        self.most_rows = most_rows
        self.parts = 0
        self.written = 0
        self._looks = [book.cell(column.look) for column in self.columns]
        self.sheet = sheet or book.sheet(name, colour)
        self._start()

    def _start(self) -> None:
        self.parts += 1
        self.links = 0
        sheet, book, last = self.sheet, self.book, len(self.columns) - 1
        for at, column in enumerate(self.columns):
            sheet.set_column(at, at, column.width)
        heading = book.format(bold=True, font_size=16, font_color=style.rgb(style.TITLE))
        sheet.set_row(0, 32)
        sheet.write_string(0, 0, self.title, heading)
        sheet.set_row(1, 20)
        sheet.write_string(
            1, 0, cell_text(self.remark), book.format(font_color=style.rgb(style.MUTED))
        )
        self.header = 2
        if self.alarm:
            sheet.set_row(2, 24)
            red = {"font_color": style.rgb(style.ROOT.ink), "bg_color": style.rgb(style.ROOT.fill)}
            look = book.format(bold=True, text_wrap=True, **red)
            sheet.merge_range(2, 0, 2, min(last, 12), cell_text(self.alarm), look)
            self.header = 3
        self.grouped = any(column.group for column in self.columns)
        if self.grouped:
            self._group_header()
        sheet.set_row(self.header, 32)
        joined, alone = self._header_look(top=0), self._header_look()
        for at, column in enumerate(self.columns):
            look = joined if self.grouped and not column.group else alone
            sheet.write_string(self.header, at, cell_text(column.title), look)
        sheet.freeze_panes(self.header + 1, self.frozen)
        sheet.repeat_rows(self.header - self.grouped, self.header)
        self.first = self.next = self.header + 1
        self.last_column = last

    def _header_look(self, **properties: Any) -> Any:
        look = {
            "bold": True,
            "align": "center",
            "text_wrap": True,
            "font_color": style.rgb(style.HEADER_INK),
            "bg_color": style.rgb(style.HEADER_FILL),
            "border": 1,
            "border_color": style.rgb(style.LINE),
        }
        return self.book.format(**(look | properties))

    def _group_header(self) -> None:
        look = self._header_look(bottom=0)
        over = self._header_look()
        self.sheet.set_row(self.header, 20)
        at = 0
        while at < len(self.columns):
            group, end = self.columns[at].group, at
            while end + 1 < len(self.columns) and group == self.columns[end + 1].group and group:
                end += 1
            if end > at:
                self.sheet.merge_range(self.header, at, self.header, end, group, over)
            else:
                self.sheet.write_string(self.header, at, group, over if group else look)
            at = end + 1
        self.header += 1

    def row(
        self,
        values: Sequence[Value | Linked],
        *,
        height: float | None = None,
        looks: dict[int, Any] | None = None,
    ) -> int:
        """Write a row, its column formats replaced by ``looks`` where given; return its number."""
        if self.next >= self.most_rows:
            self._finish()
            self.sheet = self.book.sheet(f"{self.name}({self.parts + 1})", self.colour)
            self._start()
        row, own = self.next, self._looks
        cells: list[tuple[Value, Any]] = []
        linked: list[tuple[int, str, str]] = []
        for at, value in enumerate(values):
            look = own[at] if at < len(own) else own[-1]
            if looks and at in looks:
                look = looks[at]
            if isinstance(value, Linked):
                text = cell_text(value.text)
                target = external(cell_text(value.path)) if self.links < MOST_LINKS else None
                if target is None:
                    look = self.book.cell("wrap")
                else:
                    self.links += 1
                    linked.append((at, target, text))
                cells.append((text, look))
            else:
                cells.append((value, look))
        self._write(row, height, cells, linked)
        self.next += 1
        self.written += 1
        return row

    def _write(
        self,
        row: int,
        height: float | None,
        cells: list[tuple[Value, Any]],
        linked: list[tuple[int, str, str]],
    ) -> None:
        sheet = self.sheet
        if sheet.takes_rows():
            sheet.write_cells(row, height, cells)
        else:
            if height is not None:
                sheet.set_row(row, height)
            for at, (value, look) in enumerate(cells):
                self._put(row, at, value, look)
        for at, target, text in linked:
            sheet.add_link(row, at, target, text)
            # Relative targets are written with backslashes; only slashes work everywhere.
            link = sheet.hyperlinks.get(row, {}).get(at)
            if "\\" in getattr(link, "_relationship_link", ""):
                link._relationship_link = link._relationship_link.replace("\\", "/")

    def _put(self, row: int, column: int, value: Value, look: Any) -> None:
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, cell_text(value), look)
        else:
            self.sheet.write_number(row, column, value, look)

    def nothing(self, text: str) -> None:
        """Write a row that says why the table is empty."""
        look = self.book.cell("centre", font_color=style.rgb(style.MUTED))
        self.sheet.set_row(self.next, 28)
        self.sheet.merge_range(self.next, 0, self.next, self.last_column, text, look)
        self.next += 1

    def _finish(self) -> None:
        if self.next > self.first:
            self.sheet.autofilter(self.header, 0, self.next - 1, self.last_column)

    def finish(self, empty: str = "没有数据") -> None:
        """End the table: filter over its rows, or a line that says it is empty."""
        if self.next == self.first:
            self.nothing(empty)
        else:
            self._finish()


def cell_text(text: str) -> str:
    """Return text as a cell can hold it: not too long, without what is no character."""
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    if text.startswith("<r>"):  # the library would take it for its own markup
        text = f"\u200b{text}"
    return text[:LONGEST_TEXT]


def file_name(path: str) -> str:
    """Return the last part of a path written with either slash."""
    return re.split(r"[\\/]", path)[-1]
