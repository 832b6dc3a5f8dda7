"""Which merged ranges a rebuilt copy gets, and how large: every cell of them is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW
from selfeval_xl.workbooks.looks import SheetLooks
from selfeval_xl.workbooks.sheet import Range, Sheet

_MOST_OF_ONE = 10_000
"""Cells of a merge that is kept whole wherever it ends: less than a whole row or column."""
_MOST = 500_000
"""Cells of all merges of a workbook together; those beyond are not merged."""
_MOST_UNUSED = 100_000
"""Cells of all merges of a workbook together that lie beyond its sheets' content."""


def rebuilt_merges(
    sheets: Sequence[Sheet], looks: Mapping[str, SheetLooks]
) -> dict[str, list[Range]]:
    """Return the merges of each sheet by its name, as read unless they are huge.

    Those are cut where all that is seen of the sheet ends, or where its content does.
    """
    left, room = _MOST_UNUSED, _MOST
    merges: dict[str, list[Range]] = {}
    for sheet in sheets:
        last_seen = _last_seen(sheet, looks.get(sheet.name))
        kept = merges[sheet.name] = []
        for area in sheet.merges:
            whole = _within(area, LAST_ROW, LAST_COLUMN)
            chosen = _within(whole, sheet.height - 1, sheet.width - 1)
            small = [whole] if _cells(whole) <= _MOST_OF_ONE else []
            for wish in (*small, _within(whole, *last_seen)):
                unused = _cells(wish) - _cells(chosen)
                if unused <= left:
                    left -= unused
                    chosen = wish
                    break
            room -= _cells(chosen)
            if _cells(chosen) > 1 and room >= 0:
                kept.append(chosen)
    return merges


def _last_seen(sheet: Sheet, looks: SheetLooks | None) -> tuple[int, int]:
    """Return the last row and the last column with content or a look that shows."""
    cells = looks.cells if looks else {}
    seen = [cell for cell, look in cells.items() if look.is_seen]
    row = max((row for row, _ in seen), default=0)
    column = max((column for _, column in seen), default=0)
    return max(row, sheet.height - 1), max(column, sheet.width - 1)


def _within(area: Range, last_row: int, last_column: int) -> Range:
    top, left, bottom, right = area
    return top, left, min(bottom, last_row), min(right, last_column)


def _cells(area: Range) -> int:
    top, left, bottom, right = area
    return max(bottom + 1 - top, 0) * max(right + 1 - left, 0)
