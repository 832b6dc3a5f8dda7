"""One sheet of a rebuilt copy: what was read of it, written by xlsxwriter."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW
from selfeval_xl.workbooks.editing.markup import (
    MOST_TEXT,
    has_controls,
    plain_text,
    without_controls,
)
from selfeval_xl.workbooks.formula_functions import LONGEST_TEXT
from selfeval_xl.workbooks.looks import LAST_PAPER, Edge, Look, SheetLooks
from selfeval_xl.workbooks.sheet import Cell, Range, Sheet

_HIGHEST, _WIDEST = 409.0, 1790  # points of a row, pixels of a column: Excel allows no more
_LARGEST = 409.0  # points of a font
_MOST_FORMATS = 60_000  # Excel takes 65,490, with those of the marks
_MOST_PAGES = 1000
_WIDEST_MARGIN = 20.0  # inches
_PLAIN = Look(font="宋体", size=11, vertical="vcenter")
_NOTE = {"author": "原文件", "x_scale": 1.5, "y_scale": 1.5}
_NARROWEST_GUESS, _WIDEST_GUESS = 8.0, 40.0
_PADDING = 2
_EPOCH = datetime(1899, 12, 30)
_FIRST_OF_MARCH = 61  # of 1900: Excel counts a day before it that never was


class Formats:
    """The cell formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, Look], Any] = {}

    def get(self, code: str, look: Look) -> Any:
        """Return the format with a number format code ("" is General) and a look."""
        key = (code, look)
        if key not in self._made and len(self._made) >= _MOST_FORMATS:
            key = ("", _PLAIN)
        if key not in self._made:
            code, look = key
            shown = _properties(look)
            if code and not has_controls(code):
                shown["num_format"] = code
            self._made[key] = self._book.add_format(shown)
        return self._made[key]


def _properties(look: Look) -> dict[str, object]:
    """Return a look in xlsxwriter's words."""
    found: dict[str, object] = {
        "font_name": _font_name(look.font) or _PLAIN.font,
        "font_size": look.size if 1 <= look.size <= _LARGEST else _PLAIN.size,
        "bold": look.bold,
        "italic": look.italic,
        "underline": int(look.underline),
        "font_strikeout": look.struck,
        "align": look.horizontal,
        "valign": look.vertical,
        "text_wrap": look.wrapped,
        "shrink": look.shrunk,
        "indent": look.indent,
        "rotation": look.rotation,
    }
    if look.colour:
        found["font_color"] = "#" + look.colour
    if look.fill:
        found["bg_color"] = "#" + look.fill
    for side in ("left", "right", "top", "bottom"):
        edge: Edge = getattr(look, side)
        found[side] = edge.style
        if edge.style and edge.colour:
            found[f"{side}_color"] = "#" + edge.colour
    return {name: value for name, value in found.items() if value}


def _font_name(name: str) -> str:
    """Return a font's name as Excel takes it: of characters that are shown, at most 31."""
    return without_controls(name)[:31]


def write_sheet(
    page: Any,
    sheet: Sheet,
    merges: Sequence[Range],
    looks: SheetLooks | None,
    formats: Formats,
    cached: Mapping[Cell, Decimal],
) -> None:
    """Write a sheet's content, with its looks as far as they are known, to an empty page.

    ``merges`` are the ranges to merge, each of two cells or more; ``cached`` are the results of
    formulas that differ from those read.
    """
    known = looks or SheetLooks()
    if not (known.columns or known.usual_pixels):
        for column, width in enumerate(_guessed_widths(sheet)):
            page.set_column(column, column, width)
    elif known.usual_pixels and sheet.width:
        page.set_column_pixels(0, sheet.width - 1, min(known.usual_pixels, _WIDEST))
    _lay_out(page, known, formats)
    _merge(page, merges, known, formats)
    for cell, look in known.cells.items():
        if look.is_seen and sheet.value(cell) is None and _is_possible(cell):
            page.write_blank(*cell, None, formats.get("", look))
    for cell, text in known.notes.items():
        if _is_possible(cell) and (plain := _note_text(text)):
            page.write_comment(*cell, plain, _NOTE)
    for row, values in enumerate(sheet.rows[: LAST_ROW + 1]):
        for column, value in enumerate(values[: LAST_COLUMN + 1]):
            cell = (row, column)
            if value is not None:
                stored = sheet.serials.get(cell, value)
                shown = cached.get(cell, stored) if cell in sheet.formulas else stored
                _write_cell(page, sheet, cell, shown, known.cells.get(cell), formats)
    for cell in sorted({*sheet.formulas, *sheet.errors}):
        if sheet.value(cell) is None and _is_possible(cell):
            _write_cell(page, sheet, cell, cached.get(cell), known.cells.get(cell), formats)


def _note_text(text: str) -> str:
    """Return a note's text without what cannot stand in a file."""
    return plain_text(text).strip("\n\t ")


def _is_possible(cell: Cell) -> bool:
    return cell[0] <= LAST_ROW and cell[1] <= LAST_COLUMN


def _lay_out(page: Any, looks: SheetLooks, formats: Formats) -> None:
    """Set widths, heights, what scrolls and how the sheet is printed."""
    for first, last, pixels, hidden, look in looks.columns:
        width = looks.usual_pixels if pixels is None else pixels
        shown = formats.get("", look) if look and look.is_seen else None
        options = {"hidden": hidden}
        width = None if width is None else min(width, _WIDEST)
        page.set_column_pixels(first, min(last, LAST_COLUMN), width, shown, options)
    if looks.usual_points:
        page.set_default_row(min(looks.usual_points, _HIGHEST))
    for row, (points, hidden, look) in looks.rows.items():
        if row <= LAST_ROW:
            shown = formats.get("", look) if look and look.is_seen else None
            height = None if points is None else min(points, _HIGHEST)
            page.set_row(row, height, shown, {"hidden": hidden})
    if looks.frozen and _is_possible(looks.frozen):
        page.freeze_panes(*looks.frozen)
    if not looks.gridlines:
        page.hide_gridlines(2)
    _set_up_printing(page, looks)


def _set_up_printing(page: Any, looks: SheetLooks) -> None:
    if looks.page is None:
        return
    if looks.page.landscape:
        page.set_landscape()
    if 0 < looks.page.paper <= LAST_PAPER:
        page.set_paper(looks.page.paper)
    if looks.page.fit is not None:
        page.fit_to_pages(*(number if number <= _MOST_PAGES else 0 for number in looks.page.fit))
    elif 10 <= looks.page.scale <= 400:
        page.set_print_scale(looks.page.scale)
    margins = looks.page.margins
    if margins and all(0 <= margin <= _WIDEST_MARGIN for margin in margins):
        page.set_margins(*margins)
    if looks.page.centred:
        page.center_horizontally()
    for text, put in ((looks.page.header, page.set_header), (looks.page.footer, page.set_footer)):
        if not has_controls(text) and 0 < len(text) <= LONGEST_TEXT and "&G" not in text.upper():
            put(text)  # &G is a picture, which is not taken over


def _merge(page: Any, merges: Sequence[Range], looks: SheetLooks, formats: Formats) -> None:
    """Merge ranges; of overlapping ones only the first."""
    from xlsxwriter.exceptions import (  # noqa: PLC0415  (few runs need it)
        OverlappingRange,
    )

    for area in merges:
        look = looks.cells.get(area[:2], _PLAIN._replace(wrapped=True))
        with suppress(OverlappingRange):
            page.merge_range(*area, "", formats.get("", look))


def _write_cell(
    page: Any, sheet: Sheet, cell: Cell, value: object, look: Look | None, formats: Formats
) -> None:
    code = sheet.number_formats.get(cell, "") or _date_format(value)
    shown = look or _PLAIN
    if formula := sheet.formulas.get(cell):
        result = sheet.errors.get(cell, "") if value is None else _serial(value)
        page.write_formula(*cell, f"={formula}", formats.get(code, shown), result)
    elif cell in sheet.errors and value is None:
        page.write_string(*cell, sheet.errors[cell], formats.get("", shown))
    elif isinstance(value, str):
        if value:
            shown = look or _PLAIN._replace(wrapped=True)
            page.write_string(*cell, value[:MOST_TEXT], formats.get("", shown))
    elif isinstance(value, bool):
        page.write_boolean(*cell, value, formats.get(code, shown))
    elif isinstance(value, (int, float, Decimal)):
        page.write_number(*cell, value, formats.get(code, shown))
    elif isinstance(value, date):
        page.write_datetime(*cell, value, formats.get(code, shown))


def _serial(value: object) -> object:
    """Return a value as the result of a formula is stored: dates as days since the epoch."""
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        days = (moment - _EPOCH) / timedelta(days=1)
        return days if days >= _FIRST_OF_MARCH else days - 1
    return value


def _date_format(value: object) -> str:
    """Return the code a date is shown with that has none, "" for any other value."""
    if isinstance(value, datetime):
        return "yyyy-mm-dd" if value.time() == time() else "yyyy-mm-dd hh:mm:ss"
    return "yyyy-mm-dd" if isinstance(value, date) else ""


def _units(text: str) -> int:
    """Return the width of the longest line in half-width characters."""
    return max(
        sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)
        for line in text.split("\n")
    )


def _guessed_widths(sheet: Sheet) -> list[float]:
    """Return column widths that show most content; cells merged across columns do not count."""
    widths = [_NARROWEST_GUESS] * min(sheet.width, LAST_COLUMN + 1)
    for row, values in enumerate(sheet.rows):
        for column, value in enumerate(values[: len(widths)]):
            merge = sheet.merge((row, column))
            if value is None or merge[1] != merge[3]:
                continue
            wanted = float(_units(str(value)) + _PADDING)
            widths[column] = max(widths[column], min(wanted, _WIDEST_GUESS))
    return widths
