"""Which merged ranges a rebuilt copy gets, and how large: every cell of them is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW
from selfeval_xl.workbooks.looks import SheetLooks
from selfeval_xl.workbooks.sheet import Range, Sheet

_MOST_OF_ONE = 10_000
"""Cells of a merge that is kept whole wherever it ends: less than a whole row or column."""
_MOST_UNUSED = 100_000
"""Cells of all merges of a workbook together that lie where nothing is seen."""


def rebuilt_merges(
    sheets: Sequence[Sheet], looks: Mapping[str, SheetLooks]
) -> dict[str, list[Range]]:
    """Return the merges of each sheet by its name, as read unless they are huge.

    Those are cut where the sheet's content and all that is seen of it end.
    """
    left = _MOST_UNUSED
    merges: dict[str, list[Range]] = {}
    for sheet in sheets:
        last_row, last_column = _last_seen(sheet, looks.get(sheet.name))
        kept = merges[sheet.name] = []
        for area in sheet.merges:
            whole = _within(area, LAST_ROW, LAST_COLUMN)
            used = _within(area, last_row, last_column)
            unused = _cells(whole) - _cells(used)
            if _cells(whole) <= _MOST_OF_ONE and unused <= left:
                left -= unused
                used = whole
            if _cells(used) > 1:
                kept.append(used)
    return merges


def _last_seen(sheet: Sheet, looks: SheetLooks | None) -> tuple[int, int]:
    """Return the last row and the last column with content or a look that shows."""
    cells = looks.cells if looks else {}
    seen = [cell for cell, look in cells.items() if look.is_seen]
    row = max((row for row, _ in seen), default=0)
    column = max((column for _, column in seen), default=0)
    return (
        min(max(row, sheet.height - 1), LAST_ROW),
        min(max(column, sheet.width - 1), LAST_COLUMN),
    )


def _within(area: Range, last_row: int, last_column: int) -> Range:
    top, left, bottom, right = area
    return top, left, min(bottom, last_row), min(right, last_column)


def _cells(area: Range) -> int:
    top, left, bottom, right = area
    return max(bottom + 1 - top, 0) * max(right + 1 - left, 0)
