"""How sheets of a legacy format look: what their rebuilt copy takes over besides values."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple

from selfeval_xl.workbooks.sheet import Cell

MOST_STYLED = 200_000
"""Cells without content, and rows, of all sheets that are kept for their look."""


LAST_PAPER = 118
"""The last number of a paper size that is the same everywhere; others depend on the printer."""


class Edge(NamedTuple):
    """One side of a cell's border.

    ``style`` is the number all of Excel's formats give it: 0 none, 1 thin, 2 medium, 3 dashed,
    4 dotted, 5 thick, 6 double, 7 hair, 8 medium dashed … 13 slanted dashes. ``colour`` is RRGGBB,
    "" for the program's own.
    """

    style: int = 0
    colour: str = ""


class Look(NamedTuple):
    """The look of a cell without its number format. Colours are RRGGBB, "" the program's own.

    ``size`` is in points, 0 when not told; ``fill`` the background colour shown. ``horizontal``
    is left, center, right, fill, justify, center_across or distributed, ``vertical`` top,
    vcenter, bottom, vjustify or vdistributed, both "" for the program's own. ``rotation`` is in
    degrees, up to 90 counter-clockwise, down to -90 clockwise, 270 for letters below each other.
    """

    font: str = ""
    size: float = 0.0
    bold: bool = False
    italic: bool = False
    underline: bool = False
    struck: bool = False
    colour: str = ""
    fill: str = ""
    left: Edge = Edge()
    right: Edge = Edge()
    top: Edge = Edge()
    bottom: Edge = Edge()
    horizontal: str = ""
    vertical: str = ""
    wrapped: bool = False
    shrunk: bool = False
    indent: int = 0
    rotation: int = 0

    @property
    def is_seen(self) -> bool:
        """Whether it shows on a cell without content."""
        edges = self.left, self.right, self.top, self.bottom
        return bool(self.fill) or any(edge.style for edge in edges)


class Columns(NamedTuple):
    """Columns alike, first and last included: width in pixels, None for the sheet's usual one.

    ``look`` is that of cells of theirs that hold nothing and have no look of their own.
    """

    first: int
    last: int
    pixels: int | None = None
    hidden: bool = False
    look: Look | None = None


class Row(NamedTuple):
    """A row's height in points, None for what its content needs, and the look of its blanks."""

    points: float | None = None
    hidden: bool = False
    look: Look | None = None


class Page(NamedTuple):
    """How a sheet is printed.

    ``paper`` is Excel's number of the size (9 is A4, 0 not told), ``fit`` the pages in width and
    height it is fitted to (0 as many as it takes), None when it is scaled by ``scale`` per cent.
    ``margins`` are left, right, top and bottom in inches, ``centred`` tells that the sheet is put
    into the middle of the page's width, ``header`` and ``footer`` are texts in Excel's notation.
    """

    landscape: bool = False
    paper: int = 0
    scale: int = 100
    fit: tuple[int, int] | None = None
    margins: tuple[float, float, float, float] | None = None
    centred: bool = False
    header: str = ""
    footer: str = ""


@dataclass(slots=True)
class SheetLooks:
    """What is known of one sheet's look.

    ``cells`` has the look of cells with content and of some others (``MOST_STYLED``).
    ``usual_pixels`` is the width of columns not named, ``usual_points`` the height of rows not
    named, None when not told. ``frozen`` is the first cell that scrolls. ``notes`` are the texts
    of the cells' notes.
    """

    cells: dict[Cell, Look] = field(default_factory=dict)
    columns: list[Columns] = field(default_factory=list)
    rows: dict[int, Row] = field(default_factory=dict)
    usual_pixels: int | None = None
    usual_points: float | None = None
    frozen: Cell | None = None
    gridlines: bool = True
    page: Page | None = None
    notes: dict[Cell, str] = field(default_factory=dict)


_DIGITS = {"calibri": 0.507, "arial": 0.556, "times new roman": 0.5}  # of the font's height


def digit_pixels(font: str, size: float) -> int:
    """Return how wide a digit of a font is on the screen; ``size`` is in points.

    Excel counts column widths in digits of the workbook's usual font. Chinese fonts have digits
    of half a character, drawn on whole pixels: 8 for 宋体 of 11 and 12 points.
    """
    height = size * 96 / 72
    share = _DIGITS.get(font.casefold())
    return max(round(height * share) if share else ceil(height / 2), 1)
