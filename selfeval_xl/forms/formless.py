"""Sheets of texts that hold no form: every workbook made from a template brings the same ones.

Whether a sheet holds a form is for its content alone to say, so instructions once found to hold
none need not be searched again. Only small sheets without a figure are remembered.
"""

from __future__ import annotations

from selfeval_xl.workbooks.sheet import Range, Sheet

_Content = tuple[tuple[tuple[object, ...], ...], tuple[Range, ...]]

_MOST_SHEETS = 64
_MOST_ROWS = 100
_LARGEST = 10_000
"""Cells and characters together."""


class FormlessSheets:
    """Remembers what stood on the sheets last found to hold no form."""

    def __init__(self) -> None:
        self._known: dict[_Content, None] = {}
        self._contents: dict[Sheet, _Content] = {}
        """Of sheets by themselves: the reader gives a page that comes again as the same object."""

    def has(self, sheet: Sheet) -> bool:
        """Tell whether a sheet with the same content was found to hold no form."""
        content = self._contents.get(sheet) or _texts(sheet)
        if content is None or content not in self._known:
            return False
        self._keep(sheet, content)
        return True

    def add(self, sheet: Sheet) -> None:
        """Remember that a sheet holds no form."""
        content = _texts(sheet)
        if content is not None:
            self._keep(sheet, content)

    def _keep(self, sheet: Sheet, content: _Content) -> None:
        self._known.pop(content, None)  # the longest unused is the first to go
        self._known[content] = None
        self._contents[sheet] = content
        if len(self._known) > _MOST_SHEETS:
            del self._known[next(iter(self._known))]
        if len(self._contents) > _MOST_SHEETS:
            del self._contents[next(iter(self._contents))]


def _texts(sheet: Sheet) -> _Content | None:
    """Return the content of a small sheet of nothing but texts, None for any other sheet."""
    if len(sheet.rows) > _MOST_ROWS or sheet.errors:
        return None
    size = 0
    for row in sheet.rows:
        size += len(row)
        for value in row:
            if value is None:
                continue
            if type(value) is not str:
                return None
            size += len(value)
        if size > _LARGEST:
            return None
    return tuple(map(tuple, sheet.rows)), sheet.merges
