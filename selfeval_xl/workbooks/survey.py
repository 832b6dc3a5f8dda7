"""What a pass over a legacy format tells that calamine does not."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.workbooks.sheet import Cell, Range

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""Errors by the number .xls and .xlsb files store for them."""


@dataclass(slots=True)
class SheetSurvey:
    """Number formats, formulas, errors and merges of one sheet, as ``Sheet`` holds them.

    ``formulas`` tells which cells are formulas; the text is "" where the format stores none.
    ``texts`` and ``numbers`` are contents that calamine does not give as they are stored.
    ``date_1904`` is whether days are counted from 1904, None when calamine needs no help with
    dates.
    """

    number_formats: dict[Cell, str] = field(default_factory=dict)
    formulas: dict[Cell, str] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)
    texts: dict[Cell, str] = field(default_factory=dict)
    numbers: dict[Cell, float] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    date_1904: bool | None = None
