"""Tables of one shape: what stands in them is the same but for the figures.

Where a table's rows and columns are is for its texts, blanks and merges to say. Tables filled
from one template have the same, so what was found in one holds for the next. Shapes are kept as
digests: neither a sheet nor its texts stay in memory.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Collection, Container, Iterable
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from selfeval_xl.workbooks.recurring import LONGEST
from selfeval_xl.workbooks.sheet import Range, Sheet

_MOST_ROWS = 300
_MOST_COLUMNS = 60
"""Of a table whose shape is told: a larger one is rarely the only one of its kind."""

_Found = TypeVar("_Found")


def shape_of(
    sheet: Sheet,
    first: int,
    end: int,
    figures: Collection[int],
    typed: Container[int] = (),
    *more: object,
) -> bytes | None:
    """Return the shape of the rows from ``first`` until ``end``, None for what has none.

    Numbers in the columns ``figures`` count as numbers, whichever they are, and percentages typed
    as text in those of them that are ``typed`` as such; everything else counts as it is: texts,
    blanks, the merges of the sheet with what stands in those that begin above, and ``more``. Rows
    with dates have no shape, nor have large tables.
    """
    rows = sheet.rows[first:end]
    if len(rows) > _MOST_ROWS or sheet.width > _MOST_COLUMNS:
        return None
    shown = [_without_figures(cells, figures, typed) for cells in rows]
    above = [sheet.value(merge[:2]) for merge in sheet.merges if merge[0] < first <= merge[2]]
    content: Any = (first, sheet.width, shown, sheet.merges, above, more)
    try:
        written = marshal.dumps(content, 0)  # the oldest version writes nothing but the content
    except ValueError:  # a date
        return None
    return blake2b(written, digest_size=24).digest() if len(written) <= LONGEST else None


def without_names(
    figures: Iterable[int | None], names: Collection[int], merges: Iterable[Range], first: int
) -> set[int]:
    """Return the columns of figures but for those whose numbers may be read as names.

    So they are where a merge in the rows from ``first`` on begins in a column of figures and
    reaches over a column of names.
    """
    kept = {column for column in figures if column is not None}
    for _, left, bottom, right in merges:
        if left in kept and bottom >= first and any(left < name <= right for name in names):
            kept.remove(left)
    return kept


_TYPED = re.compile(r"\d{1,6}(?:\.\d{1,6})?%")
_LARGEST = 1e15


def _without_figures(
    cells: list[object], figures: Collection[int], typed: Container[int]
) -> list[object]:
    """Return a row with 0 for any number, 0% for any percentage in the columns of figures."""
    shown, width = cells.copy(), len(cells)
    for column in figures:
        value = cells[column] if column < width else None
        if value is None:
            continue
        if type(value) is float or type(value) is int:
            if -_LARGEST < value < _LARGEST:
                shown[column] = 0
        elif (
            type(value) is str and value[-1:] == "%" and column in typed and _TYPED.fullmatch(value)
        ):
            shown[column] = "0%"
    return shown


class ByShape(Generic[_Found]):
    """Remembers what was found in tables, by their shapes; the longest unused goes first.

    What was found must not be changed by those who get it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[bytes, _Found] = {}

    def get(self, shape: bytes | None, find: Callable[[], _Found]) -> _Found:
        """Return what was found in a table of this shape, else what is found now."""
        if shape is None:
            return find()
        found = self._known.pop(shape) if shape in self._known else find()
        self._known[shape] = found
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
        return found
