"""What is to change in a copy of a workbook: cells of its sheets, and sheets put before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from selfeval_xl.workbooks.sheet import Cell, Range

NEW_SHEET_PART = "selfeval_review"
"""How the names of new sheets' parts begin.

Programs that save a workbook name its sheets' parts anew (sheet1.xml …): a result without such a
part has been saved by somebody since it was written.
"""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One marked cell.

    ``fill`` is an ARGB colour ("" leaves the fill). ``note`` is added to the cell's notes (an
    existing note is kept, the new text below it). ``value`` is the new value, None leaves the
    cell as it is; a text value is always written as text, never as a formula. With ``formula``
    (no leading "=") the cell becomes a live formula and ``value`` its cached result.
    ``number_format`` replaces the cell's number format when not "".
    """

    cell: Cell
    fill: str = ""
    note: str = ""
    value: Decimal | str | None = None
    formula: str = ""
    number_format: str = ""


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """The marked cells of one sheet.

    ``cached`` are the cached results of formula cells that are not changed themselves but depend,
    or may seem to depend, on changed cells.
    """

    cells: tuple[CellChange, ...] = ()
    cached: Mapping[Cell, Decimal] = field(default_factory=dict)


class Style(NamedTuple):
    """The look of a cell of a new sheet. Colours are ARGB or ""; ``border`` draws thin lines."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    size: float = 10.5
    colour: str = "FF1F2937"
    fill: str = ""
    border: bool = False
    wrap: bool = False
    horizontal: str = ""
    vertical: str = "center"
    number_format: str = ""


class NewCell(NamedTuple):
    """A cell of a new sheet. ``link`` is a place in the same workbook: ``'表 1'!F3``."""

    value: str | Decimal | int | None = None
    style: Style = Style()
    link: str = ""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row of a new sheet; ``outline`` above 0 groups it under the row before it."""

    cells: tuple[NewCell | None, ...]
    height: float | None = None
    outline: int = 0

    __hash__ = object.__hash__  # a row of many sheets is a cache key as the object it is


@dataclass(frozen=True, slots=True)
class Choice:
    """A drop-down over a range of a new sheet."""

    cells: Range
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet put before the workbook's own (its name is made unique when taken).

    ``widths`` are column widths in characters. ``frozen`` is the first cell that scrolls.
    ``repeated`` are the rows printed on top of each page (first, last). Printed A4 landscape,
    fitted to one page in width. Outline summary rows stand above their details.
    """

    name: str
    widths: tuple[float, ...]
    rows: tuple[NewRow, ...]
    merges: tuple[Range, ...] = ()
    frozen: Cell | None = None
    filtered: Range | None = None
    choices: tuple[Choice, ...] = ()
    repeated: tuple[int, int] | None = None
    tab_colour: str = ""
