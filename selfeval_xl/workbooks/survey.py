"""What a pass over a legacy format tells that calamine does not."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.workbooks.sheet import Cell, Range


@dataclass(slots=True)
class SheetSurvey:
    """Number formats, formulas, errors and merges of one sheet, as ``Sheet`` holds them.

    ``formulas`` tells which cells are formulas; the text is "" where the format stores none.
    """

    number_formats: dict[Cell, str] = field(default_factory=dict)
    formulas: dict[Cell, str] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
