"""The summary workbook as a set of plain tables: looks, print set-up and streamed rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from selfeval_xl.results import style
from selfeval_xl.results.links import link_target
from selfeval_xl.results.looks import LOOKS, NUMBERS
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_package import assemble
from selfeval_xl.results.table_body import Body, Packing
from selfeval_xl.results.table_rows import Column, Value, cell_text, placed, rendered, restyled

MOST_ROWS = 1_048_576
"""Rows of a worksheet."""
MOST_LINKS = 65_000
"""Links written on one sheet, kept under the 65,530 a worksheet may have."""
_BOLD = 0.93  # the share of a column's width that a bold heading has, its letters being wider
_HIGHEST_HEADER = 95.0
_UNDATED = date(2000, 1, 1)
"""The creation date written when none is given: the same input gives the same bytes."""


@dataclass(frozen=True)
class Linked:
    """A text that opens a file given by its path relative to the summary."""

    text: str
    path: str

    @cached_property
    def target(self) -> str | None:
        """What the link names, None when that is too long to be a link."""
        return link_target(cell_text(self.path))


class Book:
    """An xlsxwriter workbook, its formats made once; the rows of its tables are put in at the end.

    ``as_numbered`` says whether the library numbers formats as rendered rows do.
    """

    def __init__(
        self, target: str | Path | BinaryIO, created: date | None, scratch: str | None = None
    ) -> None:
        self._target = target
        self._skeleton = BytesIO()
        self._packing = Packing()
        self._bodies: dict[str, Body] = {}
        self.workbook = xlsxwriter.Workbook(
            self._skeleton,
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
        self.by_number = {NUMBERS[name]: self.format(**look) for name, look in LOOKS.items()}
        self.as_numbered = all(
            number == look._get_xf_index() for number, look in self.by_number.items()
        )

    def close(self) -> None:
        """Write the file."""
        self.workbook.close()
        self._packing.finish()
        if isinstance(self._target, str | Path):
            with open(self._target, "wb") as file:  # noqa: PTH123  (a long path is text)
                assemble(self._skeleton, self._bodies, file)
        else:
            assemble(self._skeleton, self._bodies, self._target)

    def format(self, **properties: Any) -> Any:
        """Return the format with these properties, 10-point and vertically centred."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": style.FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self.workbook.add_format(base | properties)
        return self._formats[key]

    def cell(self, look: str, **properties: Any) -> Any:
        """Return the format of a table cell."""
        return self.format(**(LOOKS[look] | properties))

    def number(self, look: Any) -> int:
        """Return the number of a format, under which ``by_number`` has it from then on."""
        number: int = look._get_xf_index()
        if not self.as_numbered:  # the library numbers formats in a way of its own
            number += len(LOOKS) + 1
        self.by_number[number] = look
        return number

    def index(self, number: int) -> int:
        """Return the number that the library has for a format."""
        index: int = self.by_number[number]._get_xf_index()
        return index

    def sheet(self, name: str, colour: str = style.TITLE) -> Any:
        """Add a worksheet that prints on A4 landscape, one page wide, with page numbers."""
        sheet = self.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(style.rgb(colour))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.55, bottom=0.6)
        sheet.set_footer("&L&9&A&C&9第 &P 页，共 &N 页&R&9预算绩效自评核对")
        sheet.set_default_row(18)
        return sheet

    def body(self, sheet: Any, first: int) -> Body:
        """Begin the rows of a sheet's table, which go into it from row ``first`` on."""
        number = self.workbook.worksheets().index(sheet) + 1
        body = self._bodies[f"xl/worksheets/sheet{number}.xml"] = Body(first, self._packing)
        return body

    def table(
        self,
        sheet: Any,
        title: str,
        columns: Sequence[Column],
        *,
        remark: str,
        frozen: int,
        link: int,
    ) -> Table:
        """Begin the table of a sheet, its rows to come rendered."""
        return Table(
            self,
            sheet.name,
            title,
            columns,
            remark=remark,
            frozen=frozen,
            sheet=sheet,
            link=link,
        )


class Table:
    """A titled table that grows downward and goes on to a further sheet when one is full.

    ``link`` is the column whose cells open a row's file, for rows that come rendered.
    """

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
        link: int = 0,
    ) -> None:
        self.link = link
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
        self._looks = [NUMBERS[column.look] for column in self.columns]
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
        titles = [(column.title, column.width * _BOLD) for column in self.columns]
        sheet.set_row(self.header, min(row_height(titles, 32), _HIGHEST_HEADER))
        joined, alone = self._header_look(top=0), self._header_look()
        for at, column in enumerate(self.columns):
            look = joined if self.grouped and not column.group else alone
            sheet.write_string(self.header, at, cell_text(column.title), look)
        sheet.freeze_panes(self.header + 1, self.frozen)
        sheet.repeat_rows(self.header - self.grouped, self.header)
        self.first = self.next = self.header + 1
        self.body = book.body(sheet, self.first)
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
        self._make_room()
        numbers = list(self._looks)
        for at, look in (looks or {}).items():
            numbers[at] = self.book.number(look)
        plain: list[Value] = []
        links: list[tuple[int, str]] = []
        for at, value in enumerate(values):
            if not isinstance(value, Linked):
                plain.append(value)
                continue
            plain.append(value.text)
            target = value.target
            if target is not None and self._takes_link():
                links.append((at, target))
            else:
                numbers[at] = NUMBERS["wrap"]
        row = self._put(rendered(plain, numbers, height), NUMBERS["link"])
        for at, target in links:
            self.body.link(at, target)
        return row

    def place(self, rows: Sequence[str], link: Linked | None) -> None:
        """Write the rendered rows of one file, linked to it."""
        target = link.target if link else None
        for row in rows:
            self._make_room()
            if target is not None and self._takes_link():
                self._put(row, NUMBERS["link"])
                self.body.link(self.link, target)
            else:
                self._put(row, NUMBERS["wrap"])

    def _make_room(self) -> None:
        if self.next >= self.most_rows:
            self._finish()
            self.sheet = self.book.sheet(f"{self.name}({self.parts + 1})", self.colour)
            self._start()

    def _takes_link(self) -> bool:
        """Tell whether the sheet takes one more link."""
        if self.links >= MOST_LINKS:
            return False
        self.links += 1
        return True

    def _put(self, xml: str, link_look: int) -> int:
        row = self.next
        if row == self.first:  # the place of the rows in the sheet; it ends the header
            self.sheet.write_blank(row, 0, None, self.book.by_number[self._looks[0]])
        self.next += 1
        self.written += 1
        xml = placed(xml, row + 1, self.written, link_look)
        if not self.book.as_numbered:
            xml = restyled(xml, self.book.index)
        self.body.add(xml)
        return row

    def nothing(self, text: str) -> None:
        """Write a row that says why the table is empty."""
        look = self.book.cell("centre", font_color=style.rgb(style.MUTED))
        self.sheet.set_row(self.next, 28)
        self.sheet.merge_range(self.next, 0, self.next, self.last_column, text, look)
        self.next += 1

    def _finish(self) -> None:
        self.body.finish()
        self.sheet.autofilter(self.header, 0, self.next - 1, self.last_column)

    def finish(self, empty: str = "没有数据") -> None:
        """End the table: filter over its rows, or a line that says it is empty."""
        if self.next > self.first:
            self._finish()
        else:
            self.nothing(empty)
