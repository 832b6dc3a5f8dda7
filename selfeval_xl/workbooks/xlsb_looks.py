"""How the sheets of an .xlsb file look ([MS-XLSB])."""

from __future__ import annotations

import struct
from collections.abc import Callable

from selfeval_xl.workbooks.container import Container
from selfeval_xl.workbooks.looks import (
    LAST_PAPER,
    MOST_STYLED,
    Columns,
    Page,
    Row,
    SheetLooks,
)
from selfeval_xl.workbooks.theme_colours import theme_colours
from selfeval_xl.workbooks.xlsb import ROW, VALUED, place
from selfeval_xl.workbooks.xlsb_package import records, workbook_parts, worksheets
from selfeval_xl.workbooks.xlsb_styles import Styles, read_styles

_BLANK = 1
_COLUMNS, _USUAL_SIZES = 60, 485
_VIEW, _PANE, _PROPERTIES, _SETUP, _MARGINS = 137, 151, 147, 478, 476

_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_TWIPS = 20  # of a point
_HIGHEST = 8190  # twips
_PARTS = 256  # of a digit
_WIDEST = 65_535  # parts
_MOST_DIGITS = 255
_PADDING, _STEP = 5, 8  # pixels: beside a column's digits; the usual width is a multiple
_SCALES = range(10, 401)  # per cent
_MOST_PAGES = 32_767


def looks(container: Container) -> dict[str, SheetLooks]:
    """Return the look of each worksheet of a package, by name.

    Raises WorkbookProblem when a part is damaged.
    """
    theme: tuple[str, ...] = ()
    for data in workbook_parts(container, "theme"):
        theme = theme_colours(data)
    styles = Styles()
    for data in workbook_parts(container, "styles"):
        styles = read_styles(data, theme)
    return {
        name: _sheet(container.read(part), styles) for name, part in worksheets(container).items()
    }


def _sheet(data: bytes, styles: Styles) -> SheetLooks:
    reader = _Reader(styles)
    for kind, content in records(data):
        least, read = reader.readers.get(kind, _UNREAD)
        if read and len(content) >= least:
            read(content)
    return reader.found


_Read = Callable[[bytes], None]
_UNREAD: tuple[int, _Read | None] = (0, None)


class _Reader:
    """Takes the records of one sheet, each by the method for its kind."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.found = SheetLooks()
        self.digit = styles.digit()
        self.fitted = False
        self.views = self.blanks = self.current = 0
        # Each with the bytes a record needs to be understood.
        self.readers: dict[int, tuple[int, _Read | None]] = {
            **dict.fromkeys(VALUED, (8, self.cell)),
            _BLANK: (8, self.blank),
            ROW: (12, self.row),
            _COLUMNS: (18, self.columns),
            _USUAL_SIZES: (8, self.usual_sizes),
            _VIEW: (2, self.view),
            _PANE: (29, self.pane),
            _PROPERTIES: (2, self.properties),
            _SETUP: (34, self.setup),
            _MARGINS: (32, self.margins),
        }

    def cell(self, content: bytes) -> None:
        cell, style = place(content, self.current)
        if look := self.styles.look(style):
            self.found.cells[cell] = look

    def blank(self, content: bytes) -> None:
        self.blanks += 1
        if self.blanks <= MOST_STYLED and int.from_bytes(content[:4], "little") <= _LAST_COLUMN:
            self.cell(content)

    def row(self, content: bytes) -> None:
        self.current, style, height, flags = struct.unpack_from("<2I2H", content)
        if self.current > _LAST_ROW or len(self.found.rows) >= MOST_STYLED:
            return
        # Of a row nobody set the height of, it is what the program found its content to need.
        points = min(height, _HIGHEST) / _TWIPS if height else None
        look = self.styles.look(style) if flags & 0x4000 else None
        self.found.rows[self.current] = Row(points, bool(flags & 0x1000), look)

    def columns(self, content: bytes) -> None:
        first, last, width, style, flags = struct.unpack_from("<4IH", content)
        before = self.found.columns[-1].last if self.found.columns else -1
        last = min(last, _LAST_COLUMN)
        if not before < first <= last:
            return  # they are stored in order, and no more than there are
        pixels = self._pixels(width) if 0 < width <= _WIDEST else None
        hidden = bool(flags & 1) or not width
        self.found.columns.append(Columns(first, last, pixels, hidden, self.styles.look(style)))

    def _pixels(self, width: int) -> int:
        return (width * self.digit + _PARTS // 2) // _PARTS

    def usual_sizes(self, content: bytes) -> None:
        width, digits, height = struct.unpack_from("<I2H", content)
        if width <= _WIDEST:
            self.found.usual_pixels = self._pixels(width)
        elif digits <= _MOST_DIGITS:
            self.found.usual_pixels = -(-(digits * self.digit + _PADDING) // _STEP) * _STEP
        if height:
            self.found.usual_points = min(height, _HIGHEST) / _TWIPS

    def view(self, content: bytes) -> None:
        self.views += 1
        if self.views == 1:  # further ones are those of further windows
            self.found.gridlines = bool(content[0] & 0x04)

    def pane(self, content: bytes) -> None:
        column, row = struct.unpack_from("<2d", content)
        held = content[28] & 0x03 and 0 <= row <= _LAST_ROW and 0 <= column <= _LAST_COLUMN
        if held and self.views == 1 and (row or column):
            self.found.frozen = (int(row), int(column))

    def properties(self, content: bytes) -> None:
        self.fitted = bool(content[1] & 0x01)

    def margins(self, content: bytes) -> None:
        page = self.found.page or Page()
        self.found.page = page._replace(margins=struct.unpack_from("<4d", content))

    def setup(self, content: bytes) -> None:
        paper, scale, wide, high, flags = struct.unpack_from("<2I16x2IH", content)
        landscape = bool(flags & 0x02) and not flags & 0x40
        if flags & 0x04:  # never set up, these are without meaning
            paper, scale, landscape = 0, 100, False
        fit = (wide, high) if self.fitted and max(wide, high) <= _MOST_PAGES else None
        self.found.page = (self.found.page or Page())._replace(
            landscape=landscape,
            paper=paper if paper <= LAST_PAPER else 0,
            scale=scale if scale in _SCALES else 100,
            fit=fit,
        )
