"""Tables that stand side by side on a sheet, told apart by the empty columns between them."""

from __future__ import annotations

from dataclasses import replace

from selfeval_xl.workbooks.sheet import Sheet

_FEWEST_COLUMNS = 3
"""A part with fewer columns holds notes, not a form."""


def parts(sheet: Sheet) -> list[Sheet]:
    """Return the parts of a sheet between columns that are empty from top to bottom.

    Each part keeps the sheet's addresses: the columns of the others are blank in it. Rows with a
    single text, a title over everything, separate nothing and stay with the part they start in.
    Returns the sheet itself where nothing separates.
    """
    spans = _spans(sheet)
    if len(spans) < 2 or any(right - left + 1 < _FEWEST_COLUMNS for left, right in spans):
        return [sheet]
    return [_part(sheet, left, right) for left, right in spans]


def _spans(sheet: Sheet) -> list[tuple[int, int]]:
    """Return the first and last column of each run of used columns."""
    empty = set(range(sheet.width))
    titles = set()
    for place, row in enumerate(sheet.rows):
        filled = [column for column, value in enumerate(row) if value is not None and value != ""]
        if len(filled) == 1:
            titles.add(place)
            continue
        empty.difference_update(filled)
        if not empty:
            return []  # most sheets: their header has a text in every column
    for top, left, _, right in sheet.merges:
        covered = range(left, min(right, sheet.width - 1) + 1)
        if top not in titles and not empty.issuperset(covered):
            empty.difference_update(covered)
    spans: list[tuple[int, int]] = []
    for column in range(sheet.width):
        if column in empty:
            continue
        if spans and spans[-1][1] == column - 1:
            spans[-1] = spans[-1][0], column
        else:
            spans.append((column, column))
    return spans


def _part(sheet: Sheet, left: int, right: int) -> Sheet:
    rows = [
        [value if left <= column else None for column, value in enumerate(row[: right + 1])]
        for row in sheet.rows
    ]
    merges = tuple(merge for merge in sheet.merges if left <= merge[1] <= right)
    return replace(sheet, rows=rows, merges=merges)
