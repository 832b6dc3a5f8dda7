"""Formulas as binary workbooks hold them ([MS-XLS], [MS-XLSB], parsed expressions): tokens to text.

A formula comes as a row of operands and operators, each operator after its operands; brackets the
author wrote have a token of their own. What is not understood for certain gives no text at all:
the cell then keeps its result.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from selfeval_xl.workbooks.editing.markup import has_controls
from selfeval_xl.workbooks.formula_functions import (
    ALL_NUMBERED,
    FUNCTIONS,
    GIVING_REFERENCES,
    LONGEST,
    MOST_NESTED,
    NEWER,
    USER_DEFINED,
    Function,
)
from selfeval_xl.workbooks.sheet import Cell, column_letters
from selfeval_xl.workbooks.survey import ERRORS

_MOST_BYTES = 4096

_OPERATORS = ("+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>")
_BINARY = dict(enumerate(_OPERATORS, 0x03)) | {0x11: ":"}
_RANGE = 0x11
_RANKS = {
    **dict.fromkeys((0x03, 0x04), 3),
    **dict.fromkeys((0x05, 0x06), 4),
    0x07: 5,
    0x08: 2,
    **dict.fromkeys(range(0x09, 0x0F), 1),
    _RANGE: 8,
}
"""How tightly operators hold their operands, in Excel's order."""
_SHARE, _SIGNED, _WHOLE = 6, 7, 9
_PLUS, _MINUS, _PERCENT, _BRACKETS, _MISSING = 0x12, 0x13, 0x14, 0x15, 0x16
_TEXT, _ATTRIBUTE, _ERROR, _BOOLEAN, _INTEGER, _NUMBER = 0x17, 0x19, 0x1C, 0x1D, 0x1E, 0x1F
_FUNCTION, _VARIABLE, _NAME, _CELL, _AREA = 0x21, 0x22, 0x23, 0x24, 0x25
_HINT, _LOST_CELL, _LOST_AREA, _NEAR_CELL, _NEAR_AREA = 0x29, 0x2A, 0x2B, 0x2C, 0x2D
_CELL_ELSEWHERE, _AREA_ELSEWHERE = 0x3A, 0x3B
_SUM, _CHOOSE = 0x10, 0x04
_PASSED = (0x01, 0x02, 0x08, 0x40, 0x41, 0x80)  # jumps, also those of IFERROR, and spaces
_SHARED = 0x01
_RELATIVE_COLUMN, _RELATIVE_ROW = 0x4000, 0x8000
_NAMED = "\0"  # begins an operand that is a name
_ADDRESS = re.compile(r"\$?[A-Z]{1,3}\$?[0-9]{1,7}")
_GIVING = tuple(f"{name}(" for name in sorted(GIVING_REFERENCES))
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')


@dataclass(slots=True)
class Book:
    """What formulas refer to besides cells of their own sheet.

    ``places`` are the sheets by the number that references to other sheets give, "" for what is
    outside the workbook or several sheets; ``names`` the defined names in their order. ``room``
    is how many characters of formulas may still be told, of all sheets.
    """

    places: Sequence[str] = ()
    names: Sequence[str] = ()
    room: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """What is not stored alike in all binary workbooks.

    ``cell`` and ``area`` are the layouts of references, the rows before the columns. Lengths of
    texts are stored in two bytes where these are ``wide``, Unicode always.
    """

    cell: str
    area: str
    last_row: int
    last_column: int
    wide: bool
    functions: Mapping[int, Function]


XLS = Layout("<2H", "<4H", 0xFFFF, 0xFF, wide=False, functions=FUNCTIONS)
XLSB = Layout("<IH", "<2I2H", 0xFFFFF, 0x3FFF, wide=True, functions=ALL_NUMBERED)


class _NotUnderstoodError(Exception):
    """A formula holds something that cannot be said for certain."""


def shared_by(tokens: bytes) -> Cell | None:
    """Return the first cell of the group whose shared formula a cell follows, None for its own."""
    if len(tokens) == 5 and tokens[0] == _SHARED:
        row, column = struct.unpack_from("<2H", tokens, 1)
        return row, column
    return None


def formula_text(tokens: bytes, cell: Cell, book: Book, layout: Layout = XLS) -> str:
    """Return the text of a cell's formula without "=", "" when it is not understood for certain.

    ``cell`` is where it stands: shared formulas count from there.
    """
    if len(tokens) > _MOST_BYTES or book.room <= 0:
        return ""
    try:
        text = _Reader(tokens, cell, book, layout).read()
    except (_NotUnderstoodError, IndexError, struct.error, UnicodeDecodeError, KeyError):
        return ""
    book.room -= len(text)
    fits = len(text) <= LONGEST and _nested(text) <= MOST_NESTED
    return text if fits and not has_controls(text) else ""


class _Reader:
    """Goes through the tokens of one formula, the operands so far on a stack."""

    def __init__(self, tokens: bytes, cell: Cell, book: Book, layout: Layout) -> None:
        self.tokens = tokens
        self.at = 0
        self.cell = cell
        self.book = book
        self.layout = layout
        self.stack: list[tuple[str, int]] = []  # with how tightly each holds together

    def read(self) -> str:
        while self.at < len(self.tokens):
            kind = self._take("<B")[0]
            if kind >= 0x20:
                kind = kind & 0x1F | 0x20  # the two bits above only say what a result is used as
            self._token(kind)
        if len(self.stack) != 1:
            raise _NotUnderstoodError
        return self.stack.pop()[0]

    def _take(self, layout: str) -> tuple[int, ...]:
        found = struct.unpack_from(layout, self.tokens, self.at)
        self.at += struct.calcsize(layout)
        return found

    def _token(self, kind: int) -> None:
        if kind in _BINARY:
            self._binary(kind)
        elif kind in (_PLUS, _MINUS):
            self._push("+-"[kind == _MINUS] + self._term(_SHARE), _SIGNED)
        elif kind == _PERCENT:
            self._push(self._term(_SHARE) + "%", _SHARE)
        elif kind == _BRACKETS:
            self._push(f"({self._term()})")
        elif kind == _HINT:  # says only how long the reference is that is worked out next
            self._take("<H")
        elif kind == _ATTRIBUTE:
            self._attribute()
        elif kind in (_FUNCTION, _VARIABLE):
            self._function(kind)
        else:
            self._push(self._operand(kind))

    def _binary(self, kind: int) -> None:
        rank = _RANKS[kind]
        second, first = self._term(rank + 1), self._term(rank)
        if kind == _RANGE and not (_refers(first) and _refers(second)):
            raise _NotUnderstoodError
        self._push(f"{first}{_BINARY[kind]}{second}", rank)

    def _push(self, text: str, rank: int = _WHOLE) -> None:
        self.stack.append((text, rank))

    def _term(self, rank: int = 0) -> str:
        """Take the last operand, in brackets when it holds together less tightly than ``rank``.

        Programs that write brackets as tokens leave nothing to add. Missing arguments are refused.
        """
        text, own = self.stack.pop()
        if not text:
            raise _NotUnderstoodError
        return f"({text})" if own < rank else text

    def _operand(self, kind: int) -> str:
        if kind == _MISSING:
            return ""
        if kind == _TEXT:
            return self._text()
        if kind in (_ERROR, _BOOLEAN):
            value = self._take("<B")[0]
            return ERRORS[value] if kind == _ERROR else str(bool(value)).upper()
        if kind == _INTEGER:
            return str(self._take("<H")[0])
        if kind == _NUMBER:
            return _number(struct.unpack("<d", bytes(self._take("<8B")))[0])
        return self._reference(kind)

    def _text(self) -> str:
        if self.layout.wide:
            length, wide = self._take("<H")[0], True
        else:
            length, flags = self._take("<2B")
            wide = bool(flags & 1)
        characters = bytes(self._take(f"<{length * (1 + wide)}B"))
        text = characters.decode("utf-16-le" if wide else "latin-1")
        return '"{}"'.format(text.replace('"', '""'))

    def _reference(self, kind: int) -> str:
        layout = self.layout
        if kind == _NAME:
            return _NAMED + self.book.names[self._take("<I")[0] - 1]
        if kind in (_LOST_CELL, _LOST_AREA):
            self._take(layout.cell if kind == _LOST_CELL else layout.area)
            return ERRORS[0x17]
        if kind in (_CELL, _NEAR_CELL):
            return self._address(*self._take(layout.cell), near=kind == _NEAR_CELL)
        if kind in (_AREA, _NEAR_AREA):
            return self._range(*self._take(layout.area), near=kind == _NEAR_AREA)
        if kind not in (_CELL_ELSEWHERE, _AREA_ELSEWHERE):
            raise _NotUnderstoodError
        place = self._place(self._take("<H")[0])
        if kind == _CELL_ELSEWHERE:
            return place + self._address(*self._take(layout.cell))
        return place + self._range(*self._take(layout.area))

    def _place(self, number: int) -> str:
        name = self.book.places[number]
        if not name:
            raise _NotUnderstoodError
        return "'{}'!".format(name.replace("'", "''"))

    def _address(self, row: int, column: int, *, near: bool = False) -> str:
        return self._column(column, near) + self._row(row, column, near)

    def _range(self, top: int, bottom: int, left: int, right: int, *, near: bool = False) -> str:
        last_column = self.layout.last_column
        if (top, bottom) == (0, self.layout.last_row) and not near:
            return f"{self._column(left, near)}:{self._column(right, near)}"
        if (left & last_column, right & last_column) == (0, last_column) and not near:
            return f"{self._row(top, left, near)}:{self._row(bottom, right, near)}"
        first = self._column(left, near) + self._row(top, left, near)
        return f"{first}:{self._column(right, near)}{self._row(bottom, right, near)}"

    def _column(self, column: int, near: bool) -> str:
        relative = bool(column & _RELATIVE_COLUMN)
        number = column & self.layout.last_column
        if near and relative:
            number = (number + self.cell[1]) & self.layout.last_column
        return ("" if relative else "$") + column_letters(number)

    def _row(self, row: int, column: int, near: bool) -> str:
        relative = bool(column & _RELATIVE_ROW)
        if near and relative:
            row = (row + self.cell[0]) & self.layout.last_row
        if row > self.layout.last_row:
            raise _NotUnderstoodError
        return f"{'' if relative else '$'}{row + 1}"

    def _attribute(self) -> None:
        kind, size = self._take("<BH")
        if kind == _SUM:
            self._push(f"SUM({self._term()})")
        elif kind == _CHOOSE:
            self._take(f"<{size + 1}H")
        elif kind not in _PASSED:
            raise _NotUnderstoodError

    def _function(self, kind: int) -> None:
        if kind == _FUNCTION:
            number, count = self._take("<H")[0], -1
        else:
            count, number = self._take("<BH")
            count &= 0x7F
        if number == USER_DEFINED:
            name, *values = self._arguments(count)
            function = NEWER[name.removeprefix(_NAMED)]
        else:
            function = self.layout.functions[number]
            values = self._arguments(function.least if count < 0 else count)
        if not function.least <= len(values) <= function.most:
            raise _NotUnderstoodError
        self._push(f"{function.name}({','.join(values)})")

    def _arguments(self, count: int) -> list[str]:
        if count > len(self.stack):
            raise _NotUnderstoodError
        first = len(self.stack) - count
        values = [text for text, _ in self.stack[first:]]
        del self.stack[first:]
        return values


def _refers(operand: str) -> bool:
    """Tell whether an operand is a reference, to one cell or by a function."""
    return bool(_ADDRESS.fullmatch(operand)) or operand.startswith(_GIVING)


def _nested(text: str) -> int:
    """Return how many brackets stand within each other."""
    depth = most = 0
    for char in _QUOTED.sub("", text):
        depth += (char == "(") - (char == ")")
        most = max(most, depth)
    return most


def _number(value: float) -> str:
    """Return a number as Excel writes it in formulas."""
    if not isfinite(value):
        raise _NotUnderstoodError
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).upper()
