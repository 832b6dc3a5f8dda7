"""Fonts, fills, borders and cell formats of .xlsb files ([MS-XLSB]): records to looks."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from selfeval_xl.workbooks.editing.markup import has_controls
from selfeval_xl.workbooks.looks import Edge, Look, digit_pixels
from selfeval_xl.workbooks.style_numbers import (
    BOLD,
    HORIZONTAL,
    LAST_LINE,
    SOLID,
    USUAL_COLOURS,
    VERTICAL,
    rotation,
)
from selfeval_xl.workbooks.theme_colours import tinted
from selfeval_xl.workbooks.xlsb import cell_formats
from selfeval_xl.workbooks.xlsb_package import records, wide_text

_FONT, _FILL, _BORDER, _OWN_COLOUR = 43, 45, 46, 475
_SHORTEST = {_FONT: 25, _FILL: 20, _BORDER: 41, _OWN_COLOUR: 3}
_CELL_FORMAT_BYTES = 16

_LONGEST_NAME = 31
_HEIGHTS = range(20, 8192)  # twips
_MOST_INDENT = 250
_TWIPS = 20  # of a point
_PATTERNED = range(1, 19)  # fills of one or two colours; 40 is a gradient
_BY_NUMBER, _BY_PARTS, _BY_THEME = 1, 2, 3
_FULL_TINT = 0x7FFF


@dataclass(slots=True)
class Styles:
    """The styles part and the theme's colours; what cells refer to is read when it is asked for.

    ``fonts``, ``fills``, ``borders`` and ``formats`` are records by the number they are referred
    to with, ``colours`` the palette.
    """

    theme: tuple[str, ...] = ()
    fonts: list[bytes] = field(default_factory=list)
    fills: list[bytes] = field(default_factory=list)
    borders: list[bytes] = field(default_factory=list)
    formats: list[bytes] = field(default_factory=list)
    colours: tuple[str, ...] = USUAL_COLOURS
    _made: dict[int, Look | None] = field(default_factory=dict)

    def look(self, number: int) -> Look | None:
        """Return the look of a cell format by its number, None when there is none."""
        if number >= len(self.formats):
            return None
        if number not in self._made:
            self._made[number] = self._read(self.formats[number])
        return self._made[number]

    def digit(self) -> int:
        """Return how many pixels wide the digits are that widths are counted in."""
        usual = self._font(0)
        return digit_pixels(usual.font, usual.size)

    def _read(self, content: bytes) -> Look | None:
        if len(content) < _CELL_FORMAT_BYTES:
            return None
        font, fill, border, turned, inward, flags = struct.unpack_from("<3H2BH", content, 4)
        left, right, top, bottom = self._edges(border)
        return self._font(font)._replace(
            fill=self._fill(fill),
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            horizontal=HORIZONTAL[flags & 0x7],
            vertical=VERTICAL[min(flags >> 3 & 0x7, len(VERTICAL) - 1)],
            wrapped=bool(flags & 0x40),
            shrunk=bool(flags & 0x100),
            indent=min(inward, _MOST_INDENT),
            rotation=rotation(turned),
        )

    def _font(self, number: int) -> Look:
        if number >= len(self.fonts):
            return Look()
        content = self.fonts[number]
        height, flags, weight = struct.unpack_from("<3H", content)
        name, _ = wide_text(content, 21)
        return Look(
            font=name if len(name) <= _LONGEST_NAME and not has_controls(name) else "",
            size=height / _TWIPS if height in _HEIGHTS else 0.0,
            bold=weight >= BOLD,
            italic=bool(flags & 0x02),
            underline=content[8] != 0,
            struck=bool(flags & 0x08),
            colour=self._colour(content[12:20]),
        )

    def _fill(self, number: int) -> str:
        if number >= len(self.fills):
            return ""
        content = self.fills[number]
        pattern = int.from_bytes(content[:4], "little")
        if pattern not in _PATTERNED:
            return ""
        # A solid cell shows the colour of its pattern; of other patterns what lies behind it.
        return self._colour(content[4:12] if pattern == SOLID else content[12:20])

    def _edges(self, number: int) -> tuple[Edge, Edge, Edge, Edge]:
        """Return the left, right, top and bottom edge of a border."""
        if number >= len(self.borders):
            return Edge(), Edge(), Edge(), Edge()
        content = self.borders[number]
        top, bottom, left, right = (self._edge(content[at : at + 10]) for at in range(1, 41, 10))
        return left, right, top, bottom

    def _edge(self, content: bytes) -> Edge:
        line = content[0]
        return Edge(line, self._colour(content[2:])) if 0 < line <= LAST_LINE else Edge()

    def _colour(self, content: bytes) -> str:
        """Return a colour as RRGGBB, "" for the program's own."""
        flags, number, tint = struct.unpack_from("<2Bh", content)
        kind, parts = flags >> 1, content[4:7].hex().upper()
        colours = {_BY_NUMBER: self.colours, _BY_THEME: self.theme}.get(kind, ())
        named = colours[number] if number < len(colours) else ""
        if kind == _BY_PARTS or (kind == _BY_THEME and not named and flags & 1 and not tint):
            named = parts  # of a theme's colour they are told as well
        return tinted(named, max(tint / _FULL_TINT, -1.0)) if named else ""


def read_styles(data: bytes, theme: tuple[str, ...]) -> Styles:
    """Return what a styles part holds. Records too short to be understood count as plain ones."""
    styles = Styles(theme=theme, formats=cell_formats(data))
    own: list[str] = []
    lists = {_FONT: styles.fonts, _FILL: styles.fills, _BORDER: styles.borders}
    for kind, content in records(data):
        shortest = _SHORTEST.get(kind)
        if shortest is None:
            continue
        whole = content.ljust(shortest, b"\0")
        if kind == _OWN_COLOUR:
            own.append(whole[:3].hex().upper())
        else:
            lists[kind].append(whole)
    styles.colours = (*own, *USUAL_COLOURS[len(own) :])[: len(USUAL_COLOURS)]
    return styles
