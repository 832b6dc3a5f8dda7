"""Values of properties in .ods files as looks hold them: lengths, colours, lines, angles."""

from __future__ import annotations

import re

from lxml import etree

from selfeval_xl.workbooks.looks import Edge
from selfeval_xl.workbooks.style_numbers import BOLD

_LARGEST_FONT = 409.0
_INDENT = 10.5  # points of one step: 9.5 to 11.4 by the usual font
_MOST_INDENT = 250

_LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{0,12})?)(mm|cm|in|pt|pc|px)")
_UNITS = {"mm": 1 / 25.4, "cm": 1 / 2.54, "in": 1.0, "pt": 1 / 72, "pc": 1 / 6, "px": 1 / 96}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ANGLE = re.compile(r"(-?\d{1,3})(?:\.\d*)?(?:deg)?")

_THIN, _MEDIUM, _THICK = 0.7, 1.7, 2.4  # points from which a line is
_KEYWORDS = {"thin": _THIN, "medium": _MEDIUM, "thick": _THICK}
_SOLID = (7, 1, 2, 5)
_LINES = {
    "dotted": (4, 4, 13, 13),
    "dashed": (4, 3, 8, 8),
    "fine-dashed": (3, 3, 13, 13),
    "dash-dot": (3, 9, 10, 10),
    "dash-dot-dot": (3, 11, 12, 12),
    "double": (6, 6, 6, 6),
    "double-thin": (6, 6, 6, 6),
    "none": (0, 0, 0, 0),
    "hidden": (0, 0, 0, 0),
}
"""Excel's numbers of lines below thin, thin, medium and thick, as LibreOffice writes .xlsx."""


def attributes(element: etree._Element) -> dict[str, str]:
    """Return an element's attributes by their names without prefix."""
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}


def inches(text: str) -> float | None:
    """Return a length like ``2.26cm``, None when it is none."""
    match = _LENGTH.fullmatch(text.strip())
    return float(match[1]) * _UNITS[match[2]] if match else None


def font_size(text: str) -> float:
    """Return a font's size in points, 0 when it is none."""
    size = inches(text)
    return min(round(size * 72, 2), _LARGEST_FONT) if size is not None and size > 0 else 0.0


def is_bold(text: str) -> bool:
    """Tell whether a font weight is Excel's bold."""
    return text == "bold" or (text.isdecimal() and len(text) < 5 and int(text) >= BOLD)


def colour(text: str) -> str:
    """Return a colour as RRGGBB, "" for ``transparent`` and whatever is none."""
    return text[1:].upper() if _COLOUR.fullmatch(text) else ""


def edge(text: str) -> Edge:
    """Return a border like ``0.74pt solid #000000``, its parts in any order."""
    width, kind, shown = 0.0, "", ""
    for word in text.split()[:4]:
        if word in _KEYWORDS:
            width = _KEYWORDS[word]
        elif word.startswith("#"):
            shown = colour(word)
        elif (length := inches(word)) is not None:
            width = length * 72
        else:
            kind = word
    if not kind or width <= 0:
        return Edge()
    weight = (width >= _THIN) + (width >= _MEDIUM) + (width >= _THICK)
    style = _LINES.get(kind, _SOLID)[weight]
    return Edge(style, shown) if style else Edge()


def indent(text: str) -> int:
    """Return a margin as steps of Excel's indent."""
    margin = inches(text)
    return 0 if margin is None else min(max(round(margin * 72 / _INDENT), 0), _MOST_INDENT)


def rotation(text: str) -> int:
    """Return an angle as ``Look.rotation`` has it.

    Excel turns no further than upright: what is upside down is shown with its head up.
    """
    match = _ANGLE.fullmatch(text)
    angle = int(match[1]) % 360 if match else 0
    return angle if angle <= 90 else angle - 180 if angle < 270 else angle - 360
