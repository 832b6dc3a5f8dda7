"""Fonts, colours and cell formats of .xls files ([MS-XLS]): records to looks."""

from __future__ import annotations

import struct
from typing import NamedTuple

from selfeval_xl.workbooks.biff import unicode_text
from selfeval_xl.workbooks.looks import Edge, Look

_FIXED = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
_PALETTE = (
    "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 "
    "9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF "
    "00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
    "003366 339966 003300 333300 993300 993366 333399 333333"
)
_FIRST_OF_PALETTE = 8
USUAL_COLOURS: tuple[str, ...] = (*_FIXED.split(), *_PALETTE.split())
"""The colours by their number in a workbook that names none of its own."""

_BOLD = 600  # weight from which a font is drawn bold
_FORGOTTEN_FONT = 4  # no font has this number, later ones count from 5
_SOLID = 1
_HORIZONTAL = ("", "left", "center", "right", "fill", "justify", "center_across", "distributed")
_VERTICAL = ("top", "vcenter", "bottom", "vjustify", "vdistributed")
_BELOW_EACH_OTHER = 255


class Font(NamedTuple):
    """A font as a look holds it; ``colour`` is a colour's number."""

    name: str
    size: float
    bold: bool
    italic: bool
    underline: bool
    struck: bool
    colour: int


def font(content: bytes) -> Font:
    """Return the font of a FONT record (at least 16 bytes)."""
    height, flags, colour, weight = struct.unpack_from("<4H", content)
    return Font(
        name=unicode_text(content[14:], 1),
        size=height / 20,
        bold=weight >= _BOLD,
        italic=bool(flags & 0x02),
        underline=content[10] != 0,
        struck=bool(flags & 0x08),
        colour=colour,
    )


def own_colours(content: bytes) -> tuple[str, ...]:
    """Return all colours by number, with those of a PALETTE record."""
    count = min(int.from_bytes(content[:2], "little"), (len(content) - 2) // 4)
    own = [content[2 + 4 * number : 5 + 4 * number].hex().upper() for number in range(count)]
    named = (*USUAL_COLOURS[:_FIRST_OF_PALETTE], *own)
    return (*named, *USUAL_COLOURS[len(named) :])


def look(content: bytes, fonts: list[Font], colours: tuple[str, ...]) -> Look:
    """Return the look of an XF record of 20 bytes."""
    number, aligned, turned, inward = struct.unpack_from("<H4x3B", content)
    sides, more, filled = struct.unpack_from("<2IH", content, 10)

    def colour(place: int) -> str:
        return colours[place] if place < len(colours) else ""  # 64 and above: the program's own

    def edge(style: int, place: int) -> Edge:
        return Edge(style, colour(place)) if 0 < style <= 13 else Edge()

    number -= number > _FORGOTTEN_FONT
    letters = fonts[number] if number < len(fonts) else None
    known = Look() if letters is None else _lettered(letters, colour(letters.colour))
    # A solid cell shows the colour of its pattern; of other patterns what lies behind it.
    pattern = more >> 26
    shown = filled & 0x7F if pattern == _SOLID else filled >> 7 & 0x7F
    return known._replace(
        fill=colour(shown) if pattern else "",
        left=edge(sides & 0xF, sides >> 16 & 0x7F),
        right=edge(sides >> 4 & 0xF, sides >> 23 & 0x7F),
        top=edge(sides >> 8 & 0xF, more & 0x7F),
        bottom=edge(sides >> 12 & 0xF, more >> 7 & 0x7F),
        horizontal=_HORIZONTAL[aligned & 0x7],
        vertical=_VERTICAL[min(aligned >> 4 & 0x7, 4)],
        wrapped=bool(aligned & 0x08),
        shrunk=bool(inward & 0x10),
        indent=inward & 0x0F,
        rotation=_rotation(turned),
    )


def _lettered(letters: Font, colour: str) -> Look:
    return Look(
        font=letters.name,
        size=letters.size,
        bold=letters.bold,
        italic=letters.italic,
        underline=letters.underline,
        struck=letters.struck,
        colour=colour,
    )


def _rotation(turned: int) -> int:
    """Return degrees: up to 90 are stored as they are, -1 to -90 as 91 to 180."""
    if turned == _BELOW_EACH_OTHER:
        return 270
    return turned if turned <= 90 else max(90 - turned, -90)
