"""How much room text takes in a cell, counted: Chinese characters are two wide."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from unicodedata import east_asian_width

LINE_HEIGHT = 15.0
"""Points of one line of 10-point text."""
PADDING = 5.0
"""Points above and below the text of a row together."""
HIGHEST_ROW = 409.0
"""The largest row height a worksheet allows, in points."""


def text_width(text: str) -> int:
    """Return the width of one line of text in characters."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache(maxsize=8192)
def lines(text: str, width: float) -> int:
    """Return how many lines wrapped text takes in a column ``width`` characters wide.

    Column widths count digits of the 11-point default font; 10-point text is a little narrower.
    """
    room = int(max(width * 1.03 - 1.0, 2.0))
    if "\n" not in text and len(text) * 2 <= room:
        return 1
    return sum(_paragraph(paragraph, room) for paragraph in text.split("\n"))


def row_height(texts: list[tuple[str, float]], least: float = 20.0) -> float:
    """Return the height in points of a row whose cells hold (text, column width)."""
    most = max([lines(text, width) for text, width in texts], default=1)
    return min(max(least, most * LINE_HEIGHT + PADDING), HIGHEST_ROW)


@lru_cache(maxsize=8192)
def _width(character: str) -> int:
    return 2 if east_asian_width(character) in "WFA" else 1


@lru_cache(maxsize=8192)
def _separate(character: str) -> int:
    """Return the width of a character that is no part of a word, 0 for a letter of one."""
    width = _width(character)
    return width if width > 1 or character == " " else 0


def _paragraph(text: str, room: int) -> int:
    """Count the lines of one paragraph, breaking between words and Chinese characters."""
    if len(text) <= room and text_width(text) <= room:
        return 1
    count, used, word = 1, 0, 0
    for width, run in groupby(text, _separate):
        number = len(list(run))
        if not width:  # a word longer than a line goes on in the next
            lines_filled, word = divmod(word + number, room + 1)
            if lines_filled:
                count, used = count + lines_filled, room + 1
            continue
        if used and used + word > room:
            count, used = count + 1, 0
        used, word = used + word, 0
        if (rest := number - max((room - used) // width, 0)) > 0:
            more, last = divmod(rest - 1, room // width)
            count, used = count + 1 + more, (last + 1) * width
        else:
            used += number * width
    return count + 1 if used and used + word > room else count
