"""The formulas of .xlsb files ([MS-XLSB]): the records that hold them, as text by cell."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from selfeval_xl.workbooks.container import Container
from selfeval_xl.workbooks.formula_tokens import XLSB, Book, formula_text
from selfeval_xl.workbooks.sheet import Cell, Range
from selfeval_xl.workbooks.survey import SheetSurvey
from selfeval_xl.workbooks.xlsb_package import (
    listed_sheets,
    records,
    wide_text,
    workbook_records,
    worksheets,
)

_ROW, _TEXT_RESULT, _SHARED = 0, 8, 427
_RESULT_ENDS = {9: 16, 10: 9, 11: 9}  # numbers, truth values, errors
_FLAGS = 2  # bytes between a result and its formula
_BOOKS, _PLACES = (355, 357, 358, 667), 362
_THIS_BOOK = 357
_CALCULATION, _PRECISION, _FULL = 157, 24, 0x08
_FOLLOWS = 0x01


@dataclass(slots=True)
class _Formulas:
    """What the records of one sheet hold: of each formula its tokens and what belongs to them."""

    own: dict[Cell, tuple[bytes, bytes]] = field(default_factory=dict)
    shared: dict[Cell, tuple[Range, bytes]] = field(default_factory=dict)

    def tokens(self, cell: Cell) -> bytes:
        """Return the tokens of a cell's formula, b"" when they are not known for certain."""
        tokens, more = self.own.get(cell, (b"", b""))
        if tokens[:1] != bytes([_FOLLOWS]):
            return tokens
        if (len(tokens), len(more)) != (5, 4):
            return b""
        first = int.from_bytes(tokens[1:], "little"), int.from_bytes(more, "little")
        (top, left, bottom, right), tokens = self.shared.get(first, ((0, 0, -1, -1), b""))
        inside = top <= cell[0] <= bottom and left <= cell[1] <= right
        return tokens if inside else b""


def tell(container: Container, surveyed: Mapping[str, SheetSurvey]) -> None:
    """Put the texts of formulas into what is known of the sheets of a package.

    Those not understood for certain stay "", and all where the workbook calculates with figures
    as shown.
    """
    if _calculates_as_shown(container):
        return  # such a workbook adds what its cells show, the copy what they hold
    book = Book(_places(container))
    for name, part in worksheets(container).items():
        if name in surveyed and surveyed[name].formulas:
            found = _formulas(container.read(part))
            for cell in surveyed[name].formulas:
                surveyed[name].formulas[cell] = formula_text(found.tokens(cell), cell, book, XLSB)


def _calculates_as_shown(container: Container) -> bool:
    return any(
        kind == _CALCULATION and len(content) > _PRECISION and not content[_PRECISION] & _FULL
        for kind, content in workbook_records(container)
    )


def _places(container: Container) -> list[str]:
    """Return the sheet each reference to other sheets means, "" where it is no single one here."""
    sheets = [name if kind == "worksheet" else "" for name, kind, _ in listed_sheets(container)]
    own: list[bool] = []  # of each book referred to: is it this one?
    found: list[str] = []
    for kind, content in workbook_records(container):
        if kind in _BOOKS:
            own.append(kind == _THIS_BOOK)
        elif kind == _PLACES:
            whole = content[4 : len(content) - (len(content) - 4) % 12]
            for book, first, last in struct.iter_unpack("<3I", whole):
                is_here = book < len(own) and own[book] and first == last < len(sheets)
                found.append(sheets[first] if is_here else "")
    return found


def _formulas(data: bytes) -> _Formulas:
    found = _Formulas()
    row = 0
    cell: Cell | None = None
    for kind, content in records(data):
        if kind == _ROW:
            row = int.from_bytes(content[:4], "little")
        if kind == _TEXT_RESULT or kind in _RESULT_ENDS:
            cell = row, int.from_bytes(content[:4], "little")
            end = wide_text(content, 8)[1] if kind == _TEXT_RESULT else _RESULT_ENDS[kind]
            found.own[cell] = _parsed(content[end + _FLAGS :])
            continue
        if kind == _SHARED and cell is not None and len(content) > 20:
            top, bottom, left, right = struct.unpack_from("<4I", content)
            found.shared[cell] = (top, left, bottom, right), _parsed(content[16:])[0]
        cell = None  # what several cells share comes right after the formula of the first
    return found


def _parsed(content: bytes) -> tuple[bytes, bytes]:
    """Return a formula's tokens, and what belongs to some of them, each with its length before."""
    length = int.from_bytes(content[:4], "little")
    more = content[4 + length :]
    size = int.from_bytes(more[:4], "little")
    return content[4 : 4 + length], more[4 : 4 + size]
