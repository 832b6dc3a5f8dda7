"""The texts of a sheet's rows, in which every form looks for the words of its header."""

from __future__ import annotations

from functools import lru_cache

from selfeval_xl.workbooks.sheet import Sheet


@lru_cache(maxsize=2)  # the forms ask for a sheet one after the other
def row_texts(sheet: Sheet) -> list[str]:
    """Return the texts of each row in one, a bar between them; what is no text is left out."""
    return ["|".join([value for value in cells if isinstance(value, str)]) for cells in sheet.rows]
