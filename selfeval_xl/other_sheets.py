"""Worksheets that are no form: which of them a person should know were not checked."""

from __future__ import annotations

import re

from selfeval_xl.workbooks.sheet import Sheet

_GUIDE = re.compile("填[表报]说明$")
_RESERVED = "WpsReserved"
"""How the sheets begin in which WPS keeps the pictures of cells."""


def name_to_tell(sheet: Sheet) -> str:
    """Return what a sheet without a form is called in the results, "" for one that needs no word.

    Blank sheets need none, nor do pages that only say how forms are filled in.
    """
    if sheet.name.startswith(_RESERVED) or _GUIDE.search(sheet.name.strip()):
        return ""
    texts = (str(value).strip() for row in sheet.rows for value in row if value is not None)
    first = next((text for text in texts if text), "")
    if not first or _GUIDE.search(first):
        return ""
    return f"{sheet.name}（隐藏）" if sheet.hidden else sheet.name
