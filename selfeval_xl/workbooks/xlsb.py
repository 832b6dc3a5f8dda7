"""Records of .xlsb files ([MS-XLSB]): how far the sheets reach, formats, formulas and merges.

calamine reads the values. This pass is made before it, because calamine holds the whole rectangle
of a sheet, and because it tells neither number formats, nor formula cells, nor merged ranges.
"""

from __future__ import annotations

import struct

from selfeval_xl.workbooks.container import Container, damaged
from selfeval_xl.workbooks.extent import check_cell, too_many_cells, too_many_merges
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import BUILT_IN, GENERAL
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.survey import ERRORS, SheetSurvey
from selfeval_xl.workbooks.xlsb_package import (
    counts_from_1904,
    records,
    wide_text,
    workbook_parts,
    worksheets,
)

ROW = 0
"""The head of a row: its number, the number of its cell format, height and flags."""

_SHORT_NUMBER, _ERROR, _TRUTH, _NUMBER, _TEXT, _SHARED_TEXT = 2, 3, 4, 5, 6, 7
_TEXT_RESULT, _NUMBER_RESULT, _TRUTH_RESULT, _ERROR_RESULT = 8, 9, 10, 11
VALUED = range(_SHORT_NUMBER, _ERROR_RESULT + 1)
"""Cells with content: the column and the number of the cell format come first."""

_FORMULAS = (_TEXT_RESULT, _NUMBER_RESULT, _TRUTH_RESULT, _ERROR_RESULT)
_NUMBERS = (_SHORT_NUMBER, _NUMBER, _NUMBER_RESULT)
_ERRONEOUS = (_ERROR, _ERROR_RESULT)
_EXTENT, _MERGE = 148, 176
_BEGIN_STRINGS = 159
_TEXTS = "xl/sharedStrings.bin"  # calamine looks for them here, wherever the package says they are
_CODE, _CELL_FORMAT = 44, 47
_BEGIN_CELL_FORMATS, _END_CELL_FORMATS = 617, 618
_SHORTEST = {
    ROW: 4,
    1: 8,  # a blank cell
    _SHORT_NUMBER: 12,
    _ERROR: 9,
    _TRUTH: 9,
    _NUMBER: 16,
    _TEXT: 12,
    _SHARED_TEXT: 12,
    _TEXT_RESULT: 12,
    _NUMBER_RESULT: 16,
    _TRUTH_RESULT: 9,
    _ERROR_RESULT: 9,
    _EXTENT: 16,
    _MERGE: 16,
}
"""Bytes a record needs at least: calamine reads on in what the record before left behind."""


def survey(container: Container, limits: Limits) -> dict[str, SheetSurvey]:
    """Return formats, formulas, errors and merges of the sheets of a package, by name.

    Raises WorkbookProblem when content lies too far out or a record is too short.
    """
    if _TEXTS in container:
        _check_texts(container.read(_TEXTS))
    formats: list[str] = []
    for styles in workbook_parts(container, "styles"):
        formats = _cell_codes(styles)
    found: dict[str, SheetSurvey] = {}
    date_1904 = counts_from_1904(container)
    left = limits.cells
    for name, part in worksheets(container).items():
        found[name], cells = _sheet(container.read(part), name, formats, limits, left)
        found[name].date_1904 = date_1904
        left -= cells
    return found


def place(content: bytes, row: int) -> tuple[Cell, int]:
    """Return where the cell of a record is and the number of its cell format."""
    column, style = struct.unpack_from("<2I", content)
    return (row, column), style & 0xFFFFFF


def cell_formats(data: bytes) -> list[bytes]:
    """Return the records of the cell formats of a styles part, in their order."""
    found: list[bytes] = []
    inside = False  # those of the named styles are outside
    for kind, content in records(data):
        if kind in (_BEGIN_CELL_FORMATS, _END_CELL_FORMATS):
            inside = kind == _BEGIN_CELL_FORMATS
        elif inside and kind == _CELL_FORMAT:
            found.append(content)
    return found


def _cell_codes(data: bytes) -> list[str]:
    """Return the number format code of each cell format of a styles part."""
    codes = dict(BUILT_IN)
    for kind, content in records(data):
        if kind == _CODE and len(content) >= 6:
            text, _ = wide_text(content, 2)
            codes[int.from_bytes(content[:2], "little")] = text or GENERAL
    numbers = (int.from_bytes(content[2:4], "little") for content in cell_formats(data))
    return [codes.get(number, GENERAL) for number in numbers]


def _check_texts(data: bytes) -> None:
    """Refuse a number of shared texts that the part is too short for: room is made for it."""
    for kind, content in records(data):
        if kind == _BEGIN_STRINGS:
            if int.from_bytes(content[4:8], "little") > len(data):
                raise damaged("文字表的长度")
            return


def _sheet(
    data: bytes, name: str, formats: list[str], limits: Limits, most: int
) -> tuple[SheetSurvey, int]:
    """Return what a sheet tells and the number of its cells, of which it may have ``most``."""
    sheet = SheetSurvey()
    row = cells = 0
    for kind, content in records(data):
        if len(content) < _SHORTEST.get(kind, 0):
            raise damaged("记录长度")
        if kind == ROW:
            row = int.from_bytes(content[:4], "little")
        elif kind in VALUED:
            cell, style = place(content, row)
            check_cell(name, cell, limits)
            cells += 1
            if cells > most:
                raise too_many_cells(name, limits)
            _note(sheet, cell, kind, content, formats[style] if style < len(formats) else GENERAL)
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", content)
            if top <= bottom and left <= right and (top, left) != (bottom, right):
                sheet.merges.append((top, left, bottom, right))
            if len(sheet.merges) > limits.cells:
                raise too_many_merges(name)
    return sheet, cells


def _note(sheet: SheetSurvey, cell: Cell, kind: int, content: bytes, code: str) -> None:
    if kind in _NUMBERS and code != GENERAL:
        sheet.number_formats[cell] = code
        sheet.numbers[cell] = _number(kind, content)  # calamine makes dates of some
    if kind in _FORMULAS:
        sheet.formulas[cell] = ""
    if kind in _ERRONEOUS:
        sheet.errors[cell] = ERRORS.get(content[8], "#VALUE!")


def _number(kind: int, content: bytes) -> float:
    if kind != _SHORT_NUMBER:
        return float(struct.unpack_from("<d", content, 8)[0])
    stored = int.from_bytes(content[8:12], "little", signed=True)
    if stored & 2:
        value = float(stored >> 2)
    else:  # the upper half of a number
        value = struct.unpack("<d", bytes(4) + struct.pack("<i", stored & ~3))[0]
    return value / 100 if stored & 1 else value
