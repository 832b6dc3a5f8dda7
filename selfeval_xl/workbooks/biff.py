"""Records of .xls files ([MS-XLS]): how far the sheets reach, formats and formula cells.

calamine reads the values. This pass is made before it, because calamine holds the whole rectangle
of a sheet, and because it tells neither number formats nor which cells are formulas (what these
say is read by ``biff_formulas``, how the sheets look by ``biff_looks``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from selfeval_xl.workbooks.biff_text import (
    BYTES_PAGE,
    UNICODE_PAGE,
    LongText,
    page_encoding,
    short_text,
    unicode_text,
)
from selfeval_xl.workbooks.container import damaged
from selfeval_xl.workbooks.extent import check_cell
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import BUILT_IN, GENERAL
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.survey import ERRORS, SheetSurvey

BOF, EOF, BOUNDSHEET, XF, MULRK = 0x0809, 0x000A, 0x0085, 0x00E0, 0x00BD
FILEPASS = 0x002F
"""Tells that the workbook is encrypted, and how."""

FIRST_RECORDS = 200
"""Records of a workbook among which it is."""

_FORMAT = 0x041E
_FORMULA, _NUMBER, _RK, _LABEL, _BOOLERR = 0x0006, 0x0203, 0x027E, 0x0204, 0x0205
_SST, _LABELSST, _RSTRING = 0x00FC, 0x00FD, 0x00D6
_STRING, _CONTINUE = 0x0207, 0x003C
_BETWEEN = (0x04BC, 0x0221, 0x0236)  # come between a formula and the text that came out
_DIMENSIONS, _CODE_PAGE, _DATE_MODE = 0x0200, 0x0042, 0x0022
_NO_DATE = 1  # the number of a number format
_ONE_CELL = {14: struct.pack("<2I3H", 0, 1, 0, 1, 0), 10: struct.pack("<5H", 0, 1, 0, 1, 0)}
VALUED = frozenset((_FORMULA, _NUMBER, _RK, _LABEL, _BOOLERR, _LABELSST, _RSTRING))
"""Records of one cell with content: row, column and number of the cell format come first."""


def records(stream: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of each record; ends where the stream ends or breaks off."""
    position = start
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def own_records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of the sheet that begins at ``start``, without those of its charts."""
    depth = 0  # charts embedded in a sheet have a beginning and an end of their own
    for kind, content in records(stream, start):
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, content


def is_modern(content: bytes) -> bool:
    """Tell of a BOF record whether what follows is as Excel 97 and later write it."""
    # Without a version, the kind of what follows tells: workbooks have a number of their own.
    return content[:2] == b"\x00\x06" or (content[:2] == b"\0\0" and content[2:4] != b"\0\x10")


def text_encoding(stream: bytes) -> str:
    """Return how texts are encoded in a workbook stream, "" for Unicode (Excel 97 and later)."""
    old, page = False, 0
    for kind, content in records(stream):
        if kind == EOF:
            break
        if kind == BOF:
            old = not is_modern(content)
        elif kind == _CODE_PAGE:
            page = int.from_bytes(content[:2], "little")
    return page_encoding(page) if old else ""


def worksheet(content: bytes, encoding: str = "") -> tuple[int, str] | None:
    """Return where a BOUNDSHEET record's worksheet begins and its name; None for other sheets."""
    if len(content) <= 6 or content[5] != 0:
        return None
    return int.from_bytes(content[:4], "little"), short_text(content[6:], encoding)


def several(content: bytes, size: int) -> list[tuple[Cell, int]]:
    """Return the cells of a record of several in a row, each with the number of its format.

    ``size`` is how many bytes each takes, the two of the format's number first.
    """
    row, first = struct.unpack_from("<2H", content)
    count = (len(content) - 6) // size
    return [
        ((row, first + at), int.from_bytes(content[4 + size * at : 6 + size * at], "little"))
        for at in range(count)
    ]


def has_password(stream: bytes) -> bool:
    """Tell whether a workbook stream is encrypted (a FILEPASS record among the first)."""
    for kind, _ in islice(records(stream), FIRST_RECORDS):
        if kind == FILEPASS:
            return True
        if kind in (EOF, BOUNDSHEET):
            return False
    return False


def prepared(stream: bytes) -> bytes:
    """Return a workbook stream of which calamine gives every text and number as it is stored.

    Sheets claim to be one cell large: calamine makes room for what a sheet claims before it reads
    the cells, and a false claim makes it end the whole process. Code pages are those of which
    nothing is lost, whatever a writer claims. No number is shown as a date: what those are that
    calamine makes dates of cannot be told afterwards.
    """
    changed = bytearray(stream)
    page = UNICODE_PAGE
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        position += 4
        there = position + length <= len(stream)
        if kind == BOF:
            page = UNICODE_PAGE if is_modern(stream[position : position + 2]) else BYTES_PAGE
        elif kind == _DIMENSIONS and there and (content := _ONE_CELL.get(length)):
            changed[position : position + length] = content
        elif kind == _CODE_PAGE and there and length >= 2:
            struct.pack_into("<H", changed, position, page)
        elif kind == XF and there and length >= 4:
            struct.pack_into("<H", changed, position + 2, _NO_DATE)
        position += length
    return bytes(changed)


def survey(stream: bytes, limits: Limits) -> dict[str, SheetSurvey]:
    """Return formats, formulas and errors of the worksheets of a workbook stream, by name.

    Raises WorkbookProblem when content lies too far out.
    """
    custom: dict[int, str] = {}
    cell_formats: list[int] = []
    bounds: list[tuple[int, str]] = []
    encoding = text_encoding(stream)
    date_1904 = False
    for kind, content in records(stream):
        if kind == EOF:
            break
        if kind == _SST and int.from_bytes(content[4:8], "little") > len(stream):
            raise damaged("文字表的长度")
        if kind == _DATE_MODE:
            date_1904 = content[:2] == b"\1\0"
        elif kind == XF and len(content) >= 4:
            cell_formats.append(int.from_bytes(content[2:4], "little"))
        elif kind == _FORMAT and len(content) >= 5:
            code = short_text(content[2:], encoding) if encoding else unicode_text(content[2:], 2)
            custom[int.from_bytes(content[:2], "little")] = code
        elif kind == BOUNDSHEET and (found := worksheet(content, encoding)):
            bounds.append(found)
    codes = {**BUILT_IN, **custom}
    formats = [codes.get(number, GENERAL) for number in cell_formats]
    surveyed = {name: _sheet(stream, start, name, formats, limits) for start, name in bounds}
    for told in surveyed.values():
        told.date_1904 = date_1904
    return surveyed


def _sheet(stream: bytes, start: int, name: str, formats: list[str], limits: Limits) -> SheetSurvey:
    sheet = SheetSurvey()
    results = _LongResults(sheet.texts)
    for kind, content in own_records(stream, start):
        results.take(kind, content)
        if len(content) < 6 or not (kind in VALUED or kind == MULRK):
            continue
        row, column, style = struct.unpack_from("<3H", content)
        if kind == MULRK:
            for cell, number in several(content, 6):
                _note(sheet, cell, number, formats)
                column = cell[1]
        elif kind not in (_LABEL, _LABELSST, _RSTRING):
            _note(sheet, (row, column), style, formats)
            _note_content(sheet, (row, column), kind, content)
        check_cell(name, (row, column), limits)
    return sheet


class _LongResults:
    """Puts together the texts that came out of formulas and do not fit one record."""

    def __init__(self, texts: dict[Cell, str]) -> None:
        self._texts = texts
        self._cell: Cell | None = None
        self._result = LongText()

    def take(self, kind: int, content: bytes) -> None:
        """Take the next record of a sheet."""
        if kind == _FORMULA and len(content) >= 4:
            row, column = struct.unpack_from("<2H", content)
            self._cell, self._result = (row, column), LongText()
        elif kind == _STRING and len(content) >= 3:
            self._result = LongText(int.from_bytes(content[:2], "little"), content[2:])
        elif kind == _CONTINUE and content and not self._result.is_complete:
            self._result.take(content)
            if self._cell and self._result.is_complete:
                self._texts[self._cell] = self._result.text
        elif kind not in _BETWEEN:
            self._cell, self._result = None, LongText()


def _note(sheet: SheetSurvey, cell: Cell, style: int, formats: list[str]) -> None:
    code = formats[style] if style < len(formats) else GENERAL
    if code != GENERAL:
        sheet.number_formats[cell] = code


def _note_content(sheet: SheetSurvey, cell: Cell, kind: int, content: bytes) -> None:
    if kind == _FORMULA and len(content) >= 14:
        sheet.formulas[cell] = ""
        if content[12:14] == b"\xff\xff" and content[6] == 2:
            sheet.errors[cell] = ERRORS.get(content[8], "#VALUE!")
    elif kind == _BOOLERR and len(content) >= 8 and content[7]:
        sheet.errors[cell] = ERRORS.get(content[6], "#VALUE!")
