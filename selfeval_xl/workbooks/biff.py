"""Records of .xls files ([MS-XLS]): how far the sheets reach, formats and formula cells.

calamine reads the values. This pass is made before it, because calamine holds the whole rectangle
of a sheet, and because it tells neither number formats nor which cells are formulas (what these
say is read by ``biff_formulas``, how the sheets look by ``biff_looks``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from selfeval_xl.workbooks.container import damaged
from selfeval_xl.workbooks.extent import check_cell
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import BUILT_IN, GENERAL
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.survey import ERRORS, SheetSurvey

BOF, EOF, BOUNDSHEET, XF, MULRK = 0x0809, 0x000A, 0x0085, 0x00E0, 0x00BD
_FILEPASS, _FORMAT = 0x002F, 0x041E
_FORMULA, _NUMBER, _RK, _LABEL, _BOOLERR = 0x0006, 0x0203, 0x027E, 0x0204, 0x0205
_SST, _LABELSST, _RSTRING = 0x00FC, 0x00FD, 0x00D6
_DIMENSIONS = 0x0200
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
    return content[:2] == b"\x00\x06"


def worksheet(content: bytes, *, modern: bool) -> tuple[int, str] | None:
    """Return where a BOUNDSHEET record's worksheet begins and its name; None for other sheets."""
    if len(content) <= 6 or content[5] != 0:
        return None
    return int.from_bytes(content[:4], "little"), _name(content[6:], modern)


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
    for count, (kind, _) in enumerate(records(stream)):
        if kind == _FILEPASS:
            return True
        if kind in (EOF, BOUNDSHEET) or count > 200:
            return False
    return False


def without_dimensions(stream: bytes) -> bytes:
    """Return a workbook stream whose sheets claim to be one cell large.

    calamine makes room for what a sheet claims before it reads the cells; a false claim makes it
    end the whole process. The cells themselves are what counts.
    """
    changed = bytearray(stream)
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        position += 4
        content = _ONE_CELL.get(length)
        if kind == _DIMENSIONS and content and position + length <= len(stream):
            changed[position : position + length] = content
        position += length
    return bytes(changed)


def survey(stream: bytes, limits: Limits) -> dict[str, SheetSurvey]:
    """Return formats, formulas and errors of the worksheets of a workbook stream, by name.

    Raises WorkbookProblem when content lies too far out.
    """
    custom: dict[int, str] = {}
    cell_formats: list[int] = []
    bounds: list[tuple[int, str]] = []
    modern = True
    for kind, content in records(stream):
        if kind == EOF:
            break
        if kind == _SST and int.from_bytes(content[4:8], "little") > len(stream):
            raise damaged("文字表的长度")
        if kind == BOF:
            modern = is_modern(content)
        elif kind == XF and len(content) >= 4:
            cell_formats.append(int.from_bytes(content[2:4], "little"))
        elif kind == _FORMAT and modern and len(content) >= 5:
            custom[int.from_bytes(content[:2], "little")] = unicode_text(content[2:], 2)
        elif kind == BOUNDSHEET and (found := worksheet(content, modern=modern)):
            bounds.append(found)
    codes = {**BUILT_IN, **custom}
    formats = [codes.get(number, GENERAL) for number in cell_formats]
    return {name: _sheet(stream, start, name, formats, limits) for start, name in bounds}


def _name(content: bytes, modern: bool) -> str:
    if modern:
        return unicode_text(content, 1)
    return content[1 : 1 + content[0]].decode("gb18030", "replace")


def unicode_text(content: bytes, width: int) -> str:
    """Return a Unicode string with a length of ``width`` bytes and a flag byte before it."""
    length = int.from_bytes(content[:width], "little")
    wide = content[width] & 1
    characters = content[width + 1 : width + 1 + length * (1 + wide)]
    return characters.decode("utf-16-le" if wide else "latin-1", "replace")


def _sheet(stream: bytes, start: int, name: str, formats: list[str], limits: Limits) -> SheetSurvey:
    sheet = SheetSurvey()
    for kind, content in own_records(stream, start):
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
