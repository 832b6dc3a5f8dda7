"""Sheets read through calamine: .xls, .et and .xlsb.

What calamine does not tell, or tells otherwise than it is stored, comes from the pass over the
records before (``survey.py``).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from math import isfinite

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from selfeval_xl.workbooks.biff_text import restored
from selfeval_xl.workbooks.container import too_large
from selfeval_xl.workbooks.extent import check_sheet, far_content, long_text, too_many_cells
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import as_date, is_date
from selfeval_xl.workbooks.sheet import Cell, Range, Sheet
from selfeval_xl.workbooks.survey import SheetSurvey

_EPOCH = datetime(1899, 12, 30)
_EXACT_INTEGER = 2**53
_FROM_1900_TO_1904 = 1462  # days


def calamine_sheets(
    data: bytes, surveyed: dict[str, SheetSurvey], encoding: str, limits: Limits
) -> tuple[Sheet, ...]:
    """Return the worksheets of a file; ``encoding`` is that of texts of which it knows the bytes.

    Raises WorkbookProblem when they reach beyond the limits, and whatever calamine raises.
    """
    sheets: list[Sheet] = []
    cells = 0
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        metadata = workbook.sheets_metadata
        if len(metadata) > limits.sheets:
            raise too_large(f"工作簿有 {len(metadata)} 张工作表")
        for index, meta in enumerate(metadata):
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            source = workbook.get_sheet_by_index(index)
            name = restored(meta.name, encoding)
            told = surveyed.get(name, SheetSurvey())
            rows = _rows(source, name, told, encoding, limits)
            sheet = _sheet(source, name, rows, meta.visible != Visible.Visible, told)
            check_sheet(sheet, limits)
            cells += sum(map(len, sheet.rows))
            if cells > limits.cells:
                raise too_many_cells(name, limits)
            sheets.append(sheet)
    return tuple(sheets)


def _rows(
    source: CalamineSheet, name: str, told: SheetSurvey, encoding: str, limits: Limits
) -> list[list[object]]:
    """Return the values of a sheet as they are stored, error cells blank."""
    end = source.end
    if end and (end[0] + 1) * (end[1] + 1) > limits.area:
        raise far_content(name, end, limits)
    rows = [[_value(value) for value in row] for row in source.to_python(skip_empty_area=False)]
    if encoding:
        for values in rows:
            values[:] = [
                restored(value, encoding) if isinstance(value, str) else value for value in values
            ]
    stored: dict[Cell, object] = {cell: _value(number) for cell, number in told.numbers.items()}
    for cell, value in {**stored, **told.texts, **dict.fromkeys(told.errors)}.items():
        if _is_inside(cell, rows):
            rows[cell[0]][cell[1]] = value
    for number, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, str) and len(value) > limits.text_length:
                raise long_text(name, (number, column), len(value))
    return rows


def _sheet(
    source: CalamineSheet, name: str, rows: list[list[object]], hidden: bool, told: SheetSurvey
) -> Sheet:
    serials: dict[Cell, float] = {}
    if told.date_1904 is not None:
        serials = _date(rows, told.number_formats, told.date_1904)
    return Sheet(
        name=name,
        rows=_trimmed(rows),
        merges=_merges(source) or tuple(told.merges),
        number_formats=told.number_formats,
        formulas=told.formulas,
        errors=told.errors,
        hidden=hidden,
        serials=serials,
    )


def _value(value: object) -> object:
    """Return a calamine value as sheets hold it: None for blank, whole numbers as int.

    Clock times and durations are the fraction of a day they are stored as.
    """
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < _EXACT_INTEGER else value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, time):
        value = datetime.combine(_EPOCH, value) - _EPOCH
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    return None if value == "" else value


def _date(
    rows: list[list[object]], codes: Mapping[Cell, str], date_1904: bool
) -> dict[Cell, float]:
    """Make dates of the numbers shown as such; return the numbers, counted from 1900, by cell."""
    serials: dict[Cell, float] = {}
    for cell, code in codes.items():
        if not is_date(code) or not _is_inside(cell, rows):
            continue
        number, column = cell
        value = rows[number][column]
        if isinstance(value, int | float) and not isinstance(value, bool):
            moment = as_date(value, date_1904)
            if moment is not None:
                rows[number][column] = moment
                serials[cell] = value + (_FROM_1900_TO_1904 if date_1904 else 0)
    return serials


def _is_inside(cell: Cell, rows: list[list[object]]) -> bool:
    return cell[0] < len(rows) and cell[1] < len(rows[cell[0]])


def _trimmed(rows: list[list[object]]) -> list[list[object]]:
    """Cut the blank ends of rows and the blank rows at the end."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _merges(source: CalamineSheet) -> tuple[Range, ...]:
    ranges = source.merged_cell_ranges or []
    return tuple((*first, *last) for first, last in ranges if first != last)
