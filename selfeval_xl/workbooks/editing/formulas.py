"""References in formula text: which cells a formula reads, and moving it as a copy would.

Nothing is computed here. What is not understood for certain (INDIRECT, OFFSET, spills, references
through several sheets) makes a formula *opaque*: it may read any cell. A range with INDEX at an end
(``B6:INDEX(B:B,ROW()-1)``, for sums that grow with the rows above them) reads its column at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from selfeval_xl.workbooks.sheet import Range, column_letters

_LONGEST = 32_768  # characters; a spreadsheet program takes 8,192
LAST_ROW, LAST_COLUMN = 1_048_575, 16_383

_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_WORD = r"[\w.\u00b7\\?]"
_RANGE = (
    rf"(?:{_CELL}:{_CELL}|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]+:\$?[0-9]+)(?!{_WORD})"
)
_ARGUMENTS = r'(?>(?:[^()"]++|\([^()"]*+\))*)'
_INDEX = rf"(?i:INDEX)\(\s*(?:{_RANGE}|{_CELL})\s*,{_ARGUMENTS}\)"
_END = re.compile(rf"(?i:INDEX)\(\s*(?P<within>{_RANGE}|{_CELL})\s*,|(?P<cell>{_CELL})")
_TOKEN = re.compile(
    rf"""
    (?P<span>{_CELL}:{_INDEX}|{_INDEX}:(?:{_INDEX}|{_CELL}(?!{_WORD})))
  | (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA))
  | (?P<sheet>'(?:[^']|'')+'!|(?:\[[0-9]+\])?{_WORD}+(?::{_WORD}+)?!|\[[0-9]+\]!)
  | (?P<table>[A-Za-z_\u0080-\uffff]{_WORD}*\[(?:[^\[\]]|\[[^\[\]]*\])*\])
  | (?P<function>[A-Za-z_\u0080-\uffff]{_WORD}*)(?=\s*\()
  | (?P<range>{_RANGE})
  | (?P<cell>{_CELL})(?!{_WORD})
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
  | (?P<name>[A-Za-z_\\\u0080-\uffff]{_WORD}*)
  | (?P<plain>[-+*/^&=<>%(),;{{}}@!\s])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACE = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")
_OPAQUE_FUNCTIONS = frozenset(
    [
        "INDIRECT",
        "OFFSET",
        "EVALUATE",
        "GETPIVOTDATA",
        "CELL",
        "INFO",
        "FORMULATEXT",
        "LAMBDA",
        "LET",
        "_XLFN.LAMBDA",
        "_XLFN.LET",
        "_XLFN.FORMULATEXT",
        "_XLFN.ANCHORARRAY",
    ]
)


@dataclass(frozen=True, slots=True)
class Axis:
    """A row or column of a reference and whether it is fixed by a dollar sign."""

    index: int
    fixed: bool

    def moved(self, by: int) -> int:
        """Return the index after copying the formula ``by`` rows or columns further."""
        return self.index if self.fixed else self.index + by


class Reference(NamedTuple):
    """Cells a formula reads; ``sheet`` is None for the formula's own sheet.

    ``written`` are first row, first column, last row and last column as the formula names them.
    """

    sheet: str | None
    written: Range
    top: Axis
    left: Axis
    bottom: Axis
    right: Axis

    def area(self, down: int, across: int) -> Range:
        """Return the same for a copy of the formula moved so far."""
        if not (down or across):
            return self.written
        return _spanned(
            self.top.moved(down),
            self.left.moved(across),
            self.bottom.moved(down),
            self.right.moved(across),
        )


def _spanned(row: int, column: int, other_row: int, other_column: int) -> Range:
    """Return the range between two corners."""
    top, bottom = (row, other_row) if row <= other_row else (other_row, row)
    left, right = (column, other_column) if column <= other_column else (other_column, column)
    return top, left, bottom, right


def column_index(letters: str) -> int:
    """Return the zero-based column of its letters."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _corner(text: str, last: bool) -> tuple[Axis, Axis]:
    """Return row and column of one end of a reference; what is left out spans the sheet."""
    match = _PLACE.fullmatch(text)
    assert match is not None
    first_dollar, letters, second_dollar, digits = match.groups()
    column_fixed = bool(first_dollar) if letters else True
    # In a row reference "$5" the only dollar sign belongs to the row.
    row_fixed = bool(second_dollar or (first_dollar and not letters)) if digits else True
    column = column_index(letters) if letters else (LAST_COLUMN if last else 0)
    row = int(digits) - 1 if digits else (LAST_ROW if last else 0)
    return Axis(row, row_fixed), Axis(column, column_fixed)


def _reference(text: str, sheet: str | None) -> Reference:
    first, _, last = text.partition(":")
    top, left = _corner(first, last=False)
    bottom, right = _corner(last or first, last=True)
    written = _spanned(top.index, left.index, bottom.index, right.index)
    return Reference(sheet, written, top, left, bottom, right)


def _sheet_name(token: str) -> str:
    name = token[:-1]
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


@dataclass(frozen=True, slots=True)
class Reads:
    """What a formula reads: references, names with the sheet they are qualified by, tables."""

    references: tuple[Reference, ...]
    names: tuple[tuple[str, str | None], ...]
    tables: tuple[str, ...] = ()


@lru_cache(maxsize=8192)  # the workbooks of one template hold the same formulas
def reads(formula: str) -> Reads | None:
    """Return what a formula reads, None when that cannot be told."""
    if len(formula) > _LONGEST:
        return None
    found: list[Reference] = []
    names: list[tuple[str, str | None]] = []
    tables: list[str] = []
    sheet: str | None = None
    for match in _TOKEN.finditer(formula):
        kind, token = match.lastgroup, match[0]
        if kind == "sheet":
            sheet = _sheet_name(token)
            continue
        if _is_opaque(str(kind), token, sheet):
            return None
        outside = sheet is not None and sheet.startswith("[")
        if kind in ("cell", "range") and not outside:
            item = _reference(token, sheet)
            if item.right.index > LAST_COLUMN or item.bottom.index > LAST_ROW:
                names.append((token, sheet))  # XYZ1 is no cell, so it may be a name
            else:
                found.append(item)
        elif kind == "name" and not outside and token.upper() not in ("TRUE", "FALSE"):
            names.append((token, sheet))
        elif kind == "table":
            tables.append(token.partition("[")[0])
        elif kind == "span":
            inner = reads(",".join(_ends(token)))
            if inner is None:
                return None
            found += inner.references
            names += inner.names
            tables += inner.tables
        sheet = None
    return Reads(tuple(dict.fromkeys(found)), tuple(names), tuple(tables))


def _is_opaque(kind: str, token: str, sheet: str | None) -> bool:
    if kind in ("cell", "range"):
        return sheet is not None and ":" in sheet  # a reference through several sheets
    if kind == "span":
        return sheet is not None or not _stays_in_columns(token)
    return kind == "other" or (kind == "function" and token.upper() in _OPAQUE_FUNCTIONS)


def _ends(span: str) -> tuple[str, str]:
    """Return both ends of a range one or both of which are an INDEX."""
    depth = 0
    for at, character in enumerate(span):
        depth += (character == "(") - (character == ")")
        if character == ":" and not depth:
            return span[:at], span[at + 1 :]
    raise ValueError(span)


def _stays_in_columns(span: str) -> bool:
    """Tell whether a range with INDEX can only lie in columns that INDEX itself reads.

    It can when one end may be anywhere in the very columns the other lies in.
    """
    areas = []
    for end in _ends(span):
        match = _END.match(end)
        assert match is not None
        areas.append(_reference(match["within"] or match["cell"], None))
    one, other = areas
    return (one.left, one.right) == (other.left, other.right) and any(map(_is_tall, areas))


def _is_tall(area: Reference) -> bool:
    return area.top == Axis(0, True) and area.bottom == Axis(LAST_ROW, True)


def moved(formula: str, down: int, across: int) -> str:
    """Return the formula as copying it so many rows down and columns right would write it.

    Raises ValueError for text longer than any formula, which would take long to look at.
    """
    if len(formula) > _LONGEST:
        raise ValueError("too long for a formula")
    return "".join(_moved_tokens(formula, down, across))


def _moved_tokens(formula: str, down: int, across: int) -> Iterator[str]:
    for match in _TOKEN.finditer(formula):
        if match.lastgroup == "span":
            first, last = _ends(match[0])
            yield from (*_moved_tokens(first, down, across), ":")
            yield from _moved_tokens(last, down, across)
        elif match.lastgroup in ("cell", "range"):
            ends = [_moved_end(end, down, across) for end in match[0].split(":")]
            yield "#REF!" if "" in ends else ":".join(ends)
        else:
            yield match[0]


def _moved_end(text: str, down: int, across: int) -> str:
    match = _PLACE.fullmatch(text)
    assert match is not None
    row, column = _corner(text, last=False)
    first_dollar, letters, second_dollar, digits = match.groups()
    new_row, new_column = row.moved(down), column.moved(across)
    if not (0 <= new_row <= LAST_ROW and 0 <= new_column <= LAST_COLUMN):
        return ""
    return (
        first_dollar
        + (column_letters(new_column) if letters else "")
        + second_dollar
        + (str(new_row + 1) if digits else "")
    )
