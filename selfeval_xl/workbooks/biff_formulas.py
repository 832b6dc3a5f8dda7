"""The formulas of .xls files ([MS-XLS]): the records that hold them, as text by cell."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from selfeval_xl.workbooks import biff
from selfeval_xl.workbooks.biff_text import unicode_text
from selfeval_xl.workbooks.formula_tokens import Book, formula_text, shared_by
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.survey import SheetSurvey

_BOOKS, _PLACES, _NAME = 0x01AE, 0x0017, 0x0018
_FORMULA, _SHARED = 0x0006, 0x04BC
_PRECISION, _AS_SHOWN = 0x000E, b"\0\0"
_THIS_BOOK = b"\x01\x04"
_TOKENS = 20  # where a formula's length stands, its tokens behind it
_SHARED_TOKENS = 8
_NAME_TEXT = 14


@dataclass(slots=True)
class _Found:
    """What the workbook's records say of other sheets and of names."""

    sheets: list[str] = field(default_factory=list)
    own: list[bool] = field(default_factory=list)  # of each book referred to: is it this one?
    places: list[tuple[int, int, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def book(self) -> Book:
        return Book([self._place(*place) for place in self.places], self.names)

    def _place(self, book: int, first: int, last: int) -> str:
        is_here = book < len(self.own) and self.own[book] and first == last
        return self.sheets[first] if is_here and first < len(self.sheets) else ""


def tell(stream: bytes, surveyed: Mapping[str, SheetSurvey]) -> None:
    """Put the texts of formulas into what is known of the sheets of a workbook stream.

    Those not understood for certain stay "", and all in files older than Excel 97 or that
    calculate with figures as shown.
    """
    found = _Found()
    starts: list[tuple[int, str]] = []
    for kind, content in biff.records(stream):
        if kind == biff.EOF:
            break
        if kind == biff.BOF and not biff.is_modern(content):
            return
        if kind == _PRECISION and content[:2] == _AS_SHOWN:
            return  # such a workbook adds what its cells show, the copy what they hold
        if kind == biff.BOUNDSHEET:
            start, name = biff.worksheet(content) or (0, "")
            found.sheets.append(name)  # "" keeps the count: charts are not copied
            starts.append((start, name))
        elif kind == _BOOKS:
            found.own.append(content[2:4] == _THIS_BOOK)
        elif kind == _PLACES:
            count = (len(content) - 2) // 6
            found.places += [struct.unpack_from("<3H", content, 2 + 6 * n) for n in range(count)]
        elif kind == _NAME:
            sized = content[3:4] + content[_NAME_TEXT:]  # the length stands far before the text
            found.names.append(unicode_text(sized, 1) if len(sized) > 1 else "")  # each counts
    book = found.book()
    for start, name in starts:
        if name in surveyed and surveyed[name].formulas:
            _tell_sheet(stream, start, surveyed[name], book)


def _tell_sheet(stream: bytes, start: int, sheet: SheetSurvey, book: Book) -> None:
    own: dict[Cell, bytes] = {}
    shared: dict[Cell, bytes] = {}
    cell: Cell | None = None
    for kind, content in biff.own_records(stream, start):
        if kind == _FORMULA and len(content) > _TOKENS + 2:
            cell = struct.unpack_from("<2H", content)
            own[cell] = _tokens(content, _TOKENS)
            continue
        if kind == _SHARED and cell is not None and len(content) > _SHARED_TOKENS + 2:
            shared[cell] = _tokens(content, _SHARED_TOKENS)
        cell = None  # what several cells share comes right after the formula of the first
    for cell in sheet.formulas:
        tokens = own.get(cell, b"")
        group = shared_by(tokens)
        tokens = shared.get(group, b"") if group else tokens
        sheet.formulas[cell] = formula_text(tokens, cell, book)


def _tokens(content: bytes, at: int) -> bytes:
    length = int.from_bytes(content[at : at + 2], "little")
    return content[at + 2 : at + 2 + length]
