"""How the sheets of an .xls file look ([MS-XLS]).

Only of files as Excel 97 and later write them (BIFF8); older ones have other records.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from selfeval_xl.workbooks import biff
from selfeval_xl.workbooks.biff_notes import Notes
from selfeval_xl.workbooks.biff_styles import Font, font, look, own_colours
from selfeval_xl.workbooks.biff_text import unicode_text
from selfeval_xl.workbooks.looks import (
    MOST_STYLED,
    Columns,
    Look,
    Page,
    Row,
    SheetLooks,
    digit_pixels,
)
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.style_numbers import USUAL_COLOURS

_FONT, _PALETTE = 0x0031, 0x0092
_COLUMNS, _USUAL_DIGITS, _USUAL_WIDTH = 0x007D, 0x0055, 0x0099
_ROW, _USUAL_HEIGHT = 0x0208, 0x0225
_BLANK, _BLANKS = 0x0201, 0x00BE
_WINDOW, _PANE, _SETUP, _SHEET_FLAGS = 0x023E, 0x0041, 0x00A1, 0x0081
_MARGINS = (0x0026, 0x0027, 0x0028, 0x0029)  # left, right, top, bottom
_CENTRED, _HEADER, _FOOTER = 0x0083, 0x0014, 0x0015

_LAST_COLUMN = 255
_TWIPS = 20  # of a point
_PARTS = 256  # of a digit
_USUAL_MARGINS = (0.7, 0.7, 0.75, 0.75)  # inches, where none are told
_UNTOLD = Page(margins=_USUAL_MARGINS)
_PADDING, _STEP = 5, 8  # pixels: beside a column's digits; the usual width is a multiple


@dataclass(slots=True)
class _Styles:
    """What the workbook says for all its sheets."""

    fonts: list[Font] = field(default_factory=list)
    colours: tuple[str, ...] = USUAL_COLOURS
    formats: list[bytes] = field(default_factory=list)
    made: dict[int, Look] = field(default_factory=dict)
    room: int = MOST_STYLED

    def take_room(self) -> bool:
        """Tell whether one more blank, row or span of columns may be kept, of all sheets."""
        self.room -= 1
        return self.room >= 0

    def look(self, number: int) -> Look | None:
        """Return the look of a cell format by its number, None when there is none."""
        if number not in self.made:
            if number >= len(self.formats):
                return None
            self.made[number] = look(self.formats[number], self.fonts, self.colours)
        return self.made[number]

    def digit(self) -> int:
        """Return how many pixels wide the digits are that widths are counted in."""
        return digit_pixels(self.fonts[0].name, self.fonts[0].size) if self.fonts else 7


def looks(stream: bytes) -> dict[str, SheetLooks]:
    """Return the look of each worksheet of a workbook stream, by name."""
    styles = _Styles()
    bounds: list[tuple[int, str]] = []
    for kind, content in biff.records(stream):
        if kind == biff.EOF:
            break
        if kind == biff.BOF and not biff.is_modern(content):
            return {}
        if kind == _FONT and len(content) >= 16:
            styles.fonts.append(font(content))
        elif kind == _PALETTE:
            styles.colours = own_colours(content)
        elif kind == biff.XF and len(content) >= 20:
            styles.formats.append(content)
        elif kind == biff.BOUNDSHEET and (found := biff.worksheet(content)):
            bounds.append(found)
    return {name: _sheet(stream, start, styles) for start, name in bounds}


def _sheet(stream: bytes, start: int, styles: _Styles) -> SheetLooks:
    reader = _Reader(styles)
    for kind, content in biff.own_records(stream, start):
        least, read = reader.readers.get(kind, _UNREAD)
        if kind in biff.VALUED:
            least, read = 6, reader.cell
        if read and len(content) >= least:
            read(content)
    reader.found.page = reader.page()
    reader.found.notes = reader.notes.found()
    return reader.found


_Read = Callable[[bytes], None]
_UNREAD: tuple[int, _Read | None] = (0, None)


class _Reader:
    """Takes the records of one sheet, each by the method for its kind."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.found = SheetLooks()
        self.fitted = self.frozen = False
        self.notes = Notes()
        self.printed = Page()
        self.margins = list(_USUAL_MARGINS)
        # Each with the bytes a record needs to be understood.
        self.readers: dict[int, tuple[int, _Read | None]] = {
            **self.notes.readers,
            _BLANK: (6, self.blank),
            _BLANKS: (8, self.several_blanks),
            biff.MULRK: (12, self.several_numbers),
            _ROW: (16, self.row),
            _USUAL_HEIGHT: (4, self.usual_height),
            _COLUMNS: (10, self.columns),
            _USUAL_DIGITS: (2, self.usual_digits),
            _USUAL_WIDTH: (2, self.usual_width),
            _WINDOW: (2, self.window),
            _PANE: (8, self.pane),
            _SHEET_FLAGS: (2, self.flags),
            _SETUP: (12, self.setup),
            _CENTRED: (2, self.centre),
            _HEADER: (4, self.header),
            _FOOTER: (4, self.footer),
            **{kind: (8, partial(self.margin, side)) for side, kind in enumerate(_MARGINS)},
        }

    def cell(self, content: bytes) -> None:
        row, column, style = struct.unpack_from("<3H", content)
        self._note((row, column), style)

    def several_numbers(self, content: bytes) -> None:
        for cell, style in biff.several(content, 6):
            self._note(cell, style)

    def blank(self, content: bytes) -> None:
        row, column, style = struct.unpack_from("<3H", content)
        self._note_blank((row, column), style)

    def several_blanks(self, content: bytes) -> None:
        for cell, style in biff.several(content, 2):
            self._note_blank(cell, style)

    def _note(self, cell: Cell, style: int) -> None:
        if look := self.styles.look(style):
            self.found.cells[cell] = look

    def _note_blank(self, cell: Cell, style: int) -> None:
        if self.styles.take_room():
            self._note(cell, style)

    def row(self, content: bytes) -> None:
        number, height, flags = struct.unpack_from("<H4xH4xI", content)
        styled = flags >> 7 & 1
        look = self.styles.look(flags >> 16 & 0xFFF) if styled else None
        points = None if height & 0x8000 else height / _TWIPS
        if self.styles.take_room():
            self.found.rows[number] = Row(points, bool(flags & 0x20), look)

    def usual_height(self, content: bytes) -> None:
        self.found.usual_points = int.from_bytes(content[2:4], "little") / _TWIPS

    def columns(self, content: bytes) -> None:
        first, last, width, style, flags = struct.unpack_from("<5H", content)
        if first <= last and len(self.found.columns) <= _LAST_COLUMN:
            pixels = self._pixels(width)
            look = self.styles.look(style)
            last = min(last, _LAST_COLUMN)
            self.found.columns.append(Columns(first, last, pixels, bool(flags & 1), look))

    def _pixels(self, width: int) -> int:
        return round(width * self.styles.digit() / _PARTS)

    def usual_digits(self, content: bytes) -> None:
        pixels = int.from_bytes(content[:2], "little") * self.styles.digit() + _PADDING
        self.found.usual_pixels = -(-pixels // _STEP) * _STEP

    def usual_width(self, content: bytes) -> None:
        self.found.usual_pixels = self._pixels(int.from_bytes(content[:2], "little"))

    def window(self, content: bytes) -> None:
        self.found.gridlines = bool(content[0] & 0x02)
        self.frozen = bool(content[0] & 0x08)

    def pane(self, content: bytes) -> None:
        column, row = struct.unpack_from("<2H", content)
        if self.frozen:
            self.found.frozen = (row, column)

    def flags(self, content: bytes) -> None:
        self.fitted = bool(content[1] & 0x01)

    def setup(self, content: bytes) -> None:
        paper, scale, _, wide, high, flags = struct.unpack_from("<6H", content)
        if flags & 0x04:  # never set up, the rest is without meaning
            paper, scale, landscape = 0, 100, False
        else:
            landscape = not flags & 0x02
        fit = (wide, high) if self.fitted else None
        self.printed = self.printed._replace(landscape=landscape, paper=paper, scale=scale, fit=fit)

    def margin(self, side: int, content: bytes) -> None:
        self.margins[side] = struct.unpack_from("<d", content)[0]

    def centre(self, content: bytes) -> None:
        self.printed = self.printed._replace(centred=content[:2] != bytes(2))

    def header(self, content: bytes) -> None:
        self.printed = self.printed._replace(header=unicode_text(content, 2))

    def footer(self, content: bytes) -> None:
        self.printed = self.printed._replace(footer=unicode_text(content, 2))

    def page(self) -> Page | None:
        """Return how the sheet is printed, None when nothing is told."""
        left, right, top, bottom = self.margins
        printed = self.printed._replace(margins=(left, right, top, bottom))
        return None if printed == _UNTOLD else printed
