"""Records of .xlsb sheets ([MS-XLSB]): how far the content reaches, before calamine holds it."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval_xl.workbooks.container import Container, damaged
from selfeval_xl.workbooks.extent import check_cell
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.package import relationships, workbook_part

_ROW = 0
_BEGIN_STRINGS = 159
_VALUED = range(2, 12)  # BrtCellRk … BrtFmlaError
_SHORTEST = {_ROW: 4, 1: 8, **dict.fromkeys(_VALUED, 8), 148: 16, 176: 4, 177: 16}
"""Bytes a record needs at least: calamine reads on in what the record before left behind."""


def check_extent(container: Container, limits: Limits) -> None:
    """Raise WorkbookProblem when a sheet's content lies too far out."""
    for kind, target, external in relationships(container, workbook_part(container)).values():
        if kind == "sharedStrings" and not external and target in container:
            _check_strings(container.read(target))
        if kind != "worksheet" or external or target not in container:
            continue
        name = target.rpartition("/")[2].partition(".")[0]
        row = 0
        for record, content in _records(container.read(target)):
            if len(content) < _SHORTEST.get(record, 0):
                raise damaged("记录长度")
            if record == _ROW:
                row = int.from_bytes(content[:4], "little")
            elif record in _VALUED:
                check_cell(name, (row, int.from_bytes(content[:4], "little")), limits)


def _check_strings(data: bytes) -> None:
    """Refuse a number of shared texts that the part is too short for: room is made for it."""
    for record, content in _records(data):
        if record == _BEGIN_STRINGS:
            if int.from_bytes(content[4:8], "little") > len(data):
                raise damaged("文字表的长度")
            return


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of each record; type and length are stored in 7-bit groups."""
    position = 0
    while position < len(data):
        kind, position = _variable(data, position, 2)
        length, position = _variable(data, position, 4)
        if position + length > len(data):
            raise damaged("记录长度")
        yield kind, data[position : position + length]
        position += length


def _variable(data: bytes, position: int, most: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 7 * most, 7):
        if position >= len(data):
            break
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return number, position
