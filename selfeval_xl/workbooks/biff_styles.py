"""Fonts, colours and cell formats of .xls files ([MS-XLS]): records to looks."""

from __future__ import annotations

import struct
from typing import NamedTuple

from selfeval_xl.workbooks.biff_text import unicode_text
from selfeval_xl.workbooks.looks import Edge, Look
from selfeval_xl.workbooks.style_numbers import (
    BOLD,
    HORIZONTAL,
    LAST_LINE,
    SOLID,
    USUAL_COLOURS,
    VERTICAL,
    rotation,
)

_FIRST_OF_PALETTE = 8
_FORGOTTEN_FONT = 4  # no font has this number, later ones count from 5


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
        bold=weight >= BOLD,
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
        return Edge(style, colour(place)) if 0 < style <= LAST_LINE else Edge()

    number -= number > _FORGOTTEN_FONT
    letters = fonts[number] if number < len(fonts) else None
    known = Look() if letters is None else _lettered(letters, colour(letters.colour))
    # A solid cell shows the colour of its pattern; of other patterns what lies behind it.
    pattern = more >> 26
    shown = filled & 0x7F if pattern == SOLID else filled >> 7 & 0x7F
    return known._replace(
        fill=colour(shown) if pattern else "",
        left=edge(sides & 0xF, sides >> 16 & 0x7F),
        right=edge(sides >> 4 & 0xF, sides >> 23 & 0x7F),
        top=edge(sides >> 8 & 0xF, more & 0x7F),
        bottom=edge(sides >> 12 & 0xF, more >> 7 & 0x7F),
        horizontal=HORIZONTAL[aligned & 0x7],
        vertical=VERTICAL[min(aligned >> 4 & 0x7, 4)],
        wrapped=bool(aligned & 0x08),
        shrunk=bool(inward & 0x10),
        indent=inward & 0x0F,
        rotation=rotation(turned),
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
