"""Where a form begins when other tables stand above it on the same sheet."""

from __future__ import annotations

import re

from selfeval_xl.forms.fund_block import find_block
from selfeval_xl.labels import squash
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Sheet

_TITLE = re.compile(r"自评.*表(?:\(.*\))?$")
_FEWEST_ROWS = 2
_FEWEST_FIGURES = 2
"""Two rows with two figures each: a head block has no such rows, every other table has."""


def table_start(sheet: Sheet, first: int, header: int) -> int:
    """Return the first row of the self-evaluation whose indicators begin at row ``header``.

    Rows from ``first`` on belong to it unless a table of its own ends among them: figures, then
    an empty row or the form's own title. An empty row between the funds and the indicators of
    one form starts nothing, so below an empty row the funds must be complete.
    """
    for row in range(header - 1, first, -1):
        filled = [value for value in sheet.rows[row] if value is not None and value != ""]
        if len(filled) > 1:
            continue
        title = bool(filled) and _TITLE.search(squash(str(filled[0]))) is not None
        if (filled and not title) or not _tabular(sheet, first, row):
            continue
        funds = None if title else find_block(sheet, row, header)
        if title or (funds is not None and not funds.missing):
            return row
    return first


def _tabular(sheet: Sheet, first: int, stop: int) -> bool:
    """Tell whether rows hold the figures of a table."""
    found = 0
    for row in range(first, stop):
        figures = sum(
            value not in (None, "") and isinstance(read_quantity(value), Quantity)
            for value in sheet.rows[row]
        )
        found += figures >= _FEWEST_FIGURES
        if found >= _FEWEST_ROWS:
            return True
    return False
