"""How much room Chinese text needs in a cell."""

from __future__ import annotations

import math
import unicodedata

_LINE = 15.0  # points, for a font of 10.5


def text_width(text: str) -> int:
    """Return the width of a text in half-width characters; a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def text_height(text: str, width: float) -> float:
    """Return the height in points a wrapped text needs in a column of ``width`` characters."""
    room = max(width - 1.5, 2.0)
    lines = sum(max(math.ceil(text_width(line) / room), 1) for line in text.split("\n"))
    return _LINE * lines + 6.0
