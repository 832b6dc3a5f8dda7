"""The marked copy of a workbook whose file cannot be patched (.xls, .et, .ods, .xlsb).

A plain .xlsx is written from what was read — values, merges, number formats, hidden sheets, column
widths estimated from the content — and then marked exactly as any other workbook. Formulas become
their values: their text is not reliable in these formats, and a formula Excel does not accept would
make the whole copy unreadable. What else the original holds (pictures, colours, print set-up) is
not carried over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from selfeval_xl.workbooks.changes import NewCell, NewSheet, SheetChanges
from selfeval_xl.workbooks.editing.markup import MOST_TEXT
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.sheet import Cell, Sheet
from selfeval_xl.workbooks.workbook import Workbook

_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_CREATED = datetime(2000, 1, 1)  # a fixed date: the same input gives the same bytes
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383
_NARROWEST, _WIDEST = 8.0, 40.0
_PADDING = 2


def rebuild(
    workbook: Workbook, changes: Mapping[str, SheetChanges], sheets: Sequence[NewSheet]
) -> bytes:
    """Return an .xlsx with the workbook's content, its marks and new sheets in front.

    ``changes`` are given by sheet name as read. Names Excel does not allow are adapted, and links
    of the new sheets with them. The same input gives the same bytes.
    """
    names = _sheet_names(workbook.sheets)
    plain = _plain(workbook, names, changes)
    renamed = {names[name]: change for name, change in changes.items()}
    return patch(plain, renamed, [_relinked(sheet, names) for sheet in sheets])


def _sheet_names(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Return the name each sheet gets: at most 31 allowed characters, unique without case."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for sheet in sheets:
        base = _FORBIDDEN.sub("_", sheet.name).strip("'")[:_LONGEST_NAME] or "Sheet"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            ending = f"({number})"
            name = base[: _LONGEST_NAME - len(ending)] + ending
        taken.add(name.casefold())
        names[sheet.name] = name
    return names


def _relinked(sheet: NewSheet, names: Mapping[str, str]) -> NewSheet:
    """Point the links of a new sheet to the names the sheets got."""
    moved = {_quoted(old): _quoted(new) for old, new in names.items() if old != new}
    if not moved:
        return sheet

    def relinked(cell: NewCell | None) -> NewCell | None:
        if cell is None or not cell.link:
            return cell
        place, mark, address = cell.link.rpartition("!")
        return cell._replace(link=moved.get(place, place) + mark + address)

    rows = tuple(replace(row, cells=tuple(map(relinked, row.cells))) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _plain(
    workbook: Workbook, names: Mapping[str, str], changes: Mapping[str, SheetChanges]
) -> bytes:
    """Write the content alone."""
    # Imported late: starting it takes longer than marking a workbook.
    import xlsxwriter  # noqa: PLC0415  (few runs need it)

    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    formats = _Formats(book)
    visible = False
    for sheet in workbook.sheets:
        page = book.add_worksheet(names[sheet.name])
        cached = changes[sheet.name].cached if sheet.name in changes else {}
        _write_sheet(page, sheet, formats, cached)
        if sheet.hidden:
            page.hide()
        elif not visible:
            page.activate()
            page.set_first_sheet()
            visible = True
    if not visible:
        # A workbook must show a sheet.
        book.add_worksheet("Sheet").activate()
    book.close()
    return target.getvalue()


class _Formats:
    """Cell formats by number format code and wrapping."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}

    def get(self, code: str, *, wrapped: bool = False) -> Any:
        """Return the format, made once."""
        key = (code, wrapped)
        if key not in self._made:
            look: dict[str, object] = {**_FONT, "text_wrap": wrapped}
            if code:
                look["num_format"] = code
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _write_sheet(
    page: Any, sheet: Sheet, formats: _Formats, cached: Mapping[Cell, Decimal]
) -> None:
    for column, width in enumerate(_widths(sheet)):
        page.set_column(column, column, width)
    _merge(page, sheet, formats)
    for row, values in enumerate(sheet.rows[: _LAST_ROW + 1]):
        for column, value in enumerate(values[: _LAST_COLUMN + 1]):
            cell = (row, column)
            shown = cached.get(cell, value) if cell in sheet.formulas else value
            _write_cell(page, sheet, cell, shown, formats)


def _merge(page: Any, sheet: Sheet, formats: _Formats) -> None:
    """Merge ranges, cut at the used cells; of overlapping ones the first (Excel allows none)."""
    from xlsxwriter.exceptions import (  # noqa: PLC0415  (few runs need it)
        OverlappingRange,
    )

    for top, left, last_row, last_column in sheet.merges:
        bottom = min(last_row, sheet.height - 1, _LAST_ROW)
        right = min(last_column, sheet.width - 1, _LAST_COLUMN)
        if bottom < top or right < left or (top, left) == (bottom, right):
            continue
        with suppress(OverlappingRange):
            page.merge_range(top, left, bottom, right, "", formats.get("", wrapped=True))


def _write_cell(page: Any, sheet: Sheet, cell: Cell, value: object, formats: _Formats) -> None:
    row, column = cell
    code = sheet.number_formats.get(cell, "")
    if cell in sheet.errors and value is None:
        page.write_string(row, column, sheet.errors[cell], formats.get(""))
    elif isinstance(value, str):
        if value:
            page.write_string(row, column, value[:MOST_TEXT], formats.get("", wrapped=True))
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, formats.get(code))
    elif isinstance(value, (int, float, Decimal)):
        page.write_number(row, column, value, formats.get(code))
    elif isinstance(value, (datetime, date, time, timedelta)):
        page.write_datetime(row, column, value, formats.get(code or _date_format(value)))


def _date_format(value: object) -> str:
    if isinstance(value, datetime):
        return "yyyy-mm-dd" if value.time() == time() else "yyyy-mm-dd hh:mm:ss"
    return "yyyy-mm-dd" if isinstance(value, date) else "[h]:mm:ss"


def _units(text: str) -> int:
    """Return the width of the longest line in half-width characters."""
    return max(
        sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)
        for line in text.split("\n")
    )


def _widths(sheet: Sheet) -> list[float]:
    """Return column widths that show most content; cells merged across columns do not count."""
    widths = [_NARROWEST] * min(sheet.width, _LAST_COLUMN + 1)
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values[: len(widths)]):
            merge = sheet.merge((row, column))
            if value is None or merge[1] != merge[3]:
                continue
            wanted = float(_units(str(value)) + _PADDING)
            widths[column] = max(widths[column], min(wanted, _WIDEST))
    return widths
