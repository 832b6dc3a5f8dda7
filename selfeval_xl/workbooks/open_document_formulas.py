"""Formulas of .ods files (OpenFormula) as Excel writes them.

``of:=SUM([.A1:.B2];3)`` is SUM(A1:B2,3). What is not understood for certain, or would not be a
formula to Excel, gives no text at all: the cell then keeps its result.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from lxml import etree

from selfeval_xl.workbooks.editing.markup import has_controls
from selfeval_xl.workbooks.formula_functions import (
    BY_NAME,
    GIVING_REFERENCES,
    LONGEST,
    LONGEST_TEXT,
    MOST_NESTED,
    Function,
)
from selfeval_xl.workbooks.sheet import parse_a1

_START = "of:="
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OF_ADDRESSES = frozenset(("INDIRECT", "ADDRESS"))
_SEARCHING = frozenset(
    (
        *("COUNTIF", "COUNTIFS", "SUMIF", "SUMIFS", "AVERAGEIF", "AVERAGEIFS"),
        *("MATCH", "LOOKUP", "VLOOKUP", "HLOOKUP", "SEARCH"),
    )
)
_TOKEN = re.compile(
    r"\s*(?:"
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?)"
    r"|\[(?P<reference>[^\[\]]*)\]"
    r"|(?P<function>[A-Z][A-Z0-9.]*)\s*\("
    r"|(?P<operator><>|<=|>=|[-+*/^&=<>])"
    r"|(?P<mark>[%():;])"
    r")\s*"
)
_PLACE = r"(\$?[A-Z]{1,3}\$?[0-9]{1,7})"
_REFERENCE = re.compile(rf"(?:\$?('(?:[^']|'')*'|[^'.!:\s]+))?\.{_PLACE}(?::\.{_PLACE})?")
_COLUMNS = re.compile(r"\.(\$?[A-Z]{1,3}):\.(\$?[A-Z]{1,3})")
_ROWS, _COLUMNS_OF_EXCEL = 1_048_576, 16_384
_SIGNS = ("+", "-")


def usable_functions(content: etree._Element) -> Collection[str]:
    """Return the functions that mean in Excel what they mean in a document, given its content.

    None where the document calculates with figures as shown. What texts are found by differs
    unless it is set as in Excel, and addresses in texts are written otherwise.
    """
    told = next(content.iter(f"{_TABLE}calculation-settings"), None)

    def is_set(name: str, usually: str = "false") -> bool:
        return (usually if told is None else told.get(_TABLE + name, usually)) == "true"

    if is_set("precision-as-shown"):
        return ()
    alike = is_set("use-wildcards") and is_set("search-criteria-must-apply-to-whole-cell", "true")
    return BY_NAME.keys() - _OF_ADDRESSES - (frozenset() if alike else _SEARCHING)


def formula_text(
    formula: str, sheets: Collection[str], functions: Collection[str] = BY_NAME.keys()
) -> str:
    """Return a cell's formula without "=", "" when it is not understood for certain.

    ``sheets`` are the names of the workbook's sheets, ``functions`` those that may occur; where
    there are none, no formula is understood.
    """
    usable = functions and formula.startswith(_START) and len(formula) <= LONGEST
    if not usable or has_controls(formula):
        return ""
    try:
        return _Translation(sheets, functions).of(formula[len(_START) :])
    except _NotUnderstoodError:
        return ""


class _NotUnderstoodError(Exception):
    """A formula holds something that cannot be said for certain."""


@dataclass(slots=True)
class _Group:
    """An open bracket: of a function, or None for one around a term."""

    function: Function | None
    arguments: int = 0


class _Translation:
    """Goes from token to token, and knows what may come next."""

    def __init__(self, sheets: Collection[str], functions: Collection[str]) -> None:
        self.sheets, self.functions = sheets, functions
        self.pieces: list[str] = []
        self.open: list[_Group] = []
        self.filled = False  # an operand stands before, an operator may follow
        self.refers = False  # it is a reference, ":" may follow
        self.reference_wanted = False  # ":" stands before

    def of(self, formula: str) -> str:
        position = 0
        while position < len(formula):
            token = _TOKEN.match(formula, position)
            _require(token and token.lastgroup)
            assert token and token.lastgroup
            getattr(self, f"_{token.lastgroup}")(token[token.lastgroup])
            position = token.end()
        _require(self.filled and not self.open)
        return "".join(self.pieces)

    def _operand(self, text: str, *, refers: bool = False) -> None:
        _require(not self.filled and (refers or not self.reference_wanted))
        self.pieces.append(text)
        self.filled, self.refers, self.reference_wanted = True, refers, False

    def _text(self, text: str) -> None:
        _require(len(text) <= LONGEST_TEXT)
        self._operand(text)

    def _number(self, text: str) -> None:
        self._operand(text.upper())

    def _reference(self, inside: str) -> None:
        self._operand(_reference(inside, self.sheets), refers=True)

    def _operator(self, text: str) -> None:
        _require((self.filled or text in _SIGNS) and not self.reference_wanted)
        self.pieces.append(text)
        self.filled = False

    def _function(self, name: str) -> None:
        _require(not self.filled and name in self.functions and len(self.open) < MOST_NESTED)
        _require(not self.reference_wanted or name in GIVING_REFERENCES)
        self.pieces.append(f"{name}(")
        self.open.append(_Group(BY_NAME[name]))
        self.reference_wanted = False

    def _mark(self, mark: str) -> None:
        {"%": self._percent, "(": self._bracket, ")": self._end, ":": self._range, ";": self._next}[
            mark
        ]()

    def _percent(self) -> None:
        _require(self.filled)
        self.pieces.append("%")
        self.refers = False

    def _bracket(self) -> None:
        _require(not self.filled and not self.reference_wanted and len(self.open) < MOST_NESTED)
        self.pieces.append("(")
        self.open.append(_Group(None))

    def _range(self) -> None:
        _require(self.filled and self.refers)
        self.pieces.append(":")
        self.filled, self.reference_wanted = False, True

    def _next(self) -> None:
        _require(self.open and self.open[-1].function and self._argument_ends())
        self.open[-1].arguments += 1
        self.pieces.append(",")
        self.filled = False

    def _argument_ends(self) -> bool:
        """Tell whether an argument may end here; it may be missing altogether."""
        return self.filled or self.pieces[-1].endswith((",", "("))

    def _end(self) -> None:
        _require(self.open)
        group = self.open.pop()
        if group.function is None:
            _require(self.filled)
        else:
            _require(self._argument_ends())
            none = self.pieces[-1].endswith("(") and not self.filled
            count = 0 if none else group.arguments + 1
            _require(group.function.least <= count <= group.function.most)
        self.pieces.append(")")
        self.filled = True
        self.refers = group.function is not None and group.function.name in GIVING_REFERENCES


def _require(condition: object) -> None:
    if not condition:
        raise _NotUnderstoodError


def _reference(inside: str, sheets: Collection[str]) -> str:
    """Return a reference as Excel writes it."""
    if columns := _COLUMNS.fullmatch(inside):
        for column in columns.groups():
            _address(f"{column}1")
        return ":".join(columns.groups())
    found = _REFERENCE.fullmatch(inside)
    _require(found)
    assert found
    sheet, first, second = found.groups()
    text = f"{_address(first)}:{_address(second)}" if second else _address(first)
    if sheet is None:
        return text
    name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    _require(name in sheets)
    return "'{}'!{}".format(name.replace("'", "''"), text)


def _address(place: str) -> str:
    row, column = parse_a1(place.replace("$", ""))
    _require(0 <= row < _ROWS and column < _COLUMNS_OF_EXCEL)
    return place
