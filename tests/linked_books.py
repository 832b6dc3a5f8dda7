"""Workbooks whose sheets take figures from each other, from small edits to clean sheets.

A case file holds cases, each begun by ``case NAME``. Lines before the first are for all of them:

    sheet NAME [BASE …]       a sheet: tables of cases/rules/bases below each other, four rows apart
    set SHEET!CELL VALUE      a cell written over, in the notation of text_cases; what begins with
                              “=” is a formula beside which stands what it gives
    stored SHEET!CELL NUMBER  what stands beside a formula that only a program works out
    finds SHEET!CELL KIND STATED EXPECTED [ROOT]   a finding about figures; “-” is none
    says TEXT                 words of the finding named just before
    figure SHEET NAME STATED EXPECTED   a headline figure as the summary has it
    open                      something stays to be asked: the corrected copy is not right yet

Remarks begin with ``#``. Formulas are worked out by ``formula_engine``, which shares nothing with
the package.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import xlsxwriter
from formula_engine import Book
from rule_cases import base_rows
from text_cases import CASES, text_sheet

from selfeval_xl.workbooks.sheet import Sheet, parse_a1

_ROWS_APART = 4
_SHEETS_APART = 1000
_CELL = r"(\$?[A-Z]{1,2}\$?)(\d+)"
_ADDRESS = re.compile(rf"(?:(?:'((?:[^']|'')+)'|(\w+))!)?{_CELL}(?::{_CELL})?")


@dataclass(frozen=True)
class Finds:
    """A finding that must be there."""

    place: str
    kind: str
    stated: Fraction | None
    expected: Fraction | None
    root: str
    says: tuple[str, ...] = ()


@dataclass
class LinkedCase:
    """A workbook and what must be said of it."""

    name: str
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    edits: dict[tuple[str, str], str] = field(default_factory=dict)
    stored: dict[tuple[str, str], float] = field(default_factory=dict)
    finds: list[Finds] = field(default_factory=list)
    figures: dict[tuple[str, str], tuple[Fraction, Fraction]] = field(default_factory=dict)
    is_open: bool = False

    def rows(self, name: str, *, edited: bool = True) -> list[list[str]]:
        """Return the text of a sheet's cells, formulas as they are."""
        rows: list[list[str]] = []
        for base in self.bases[name]:
            rows += [[] for _ in range(_ROWS_APART if rows else 0)]
            rows += [list(row) for row in base_rows(base)]
        for (sheet, address), text in self.edits.items():
            if sheet == name and edited:
                row, column = parse_a1(address)
                rows += [[] for _ in range(row + 1 - len(rows))]
                rows[row] += [""] * (column + 1 - len(rows[row]))
                rows[row][column] = text
        return rows

    def workbook(self) -> bytes:
        """Return the workbook with a result beside each formula."""
        sheets = {name: text_sheet(self.rows(name), name) for name in self.bases}
        bare = {name: text_sheet(self.rows(name, edited=False)) for name in self.bases}
        formats = {
            name: {**bare[name].number_formats, **sheet.number_formats}
            for name, sheet in sheets.items()
        }
        results = Together({name: contents(sheet) for name, sheet in sheets.items()})
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer)
        for name, sheet in sheets.items():
            page = book.add_worksheet(name)
            for top, left, bottom, right in sheet.merges:
                page.merge_range(top, left, bottom, right, "")
            for (row, column), content in contents(sheet).items():
                code = formats[name].get((row - 1, column - 1), "General")
                form = book.add_format({"num_format": code})
                if isinstance(content, str) and content.startswith("="):
                    value = self._stored(results, name, (row, column))
                    page.write_formula(row - 1, column - 1, content, form, value)
                else:
                    page.write(row - 1, column - 1, content, form)
        book.close()
        return buffer.getvalue()

    def _stored(self, results: Together, name: str, cell: tuple[int, int]) -> Any:
        for (sheet, address), number in self.stored.items():
            row, column = parse_a1(address)
            if (sheet, row + 1, column + 1) == (name, *cell):
                return number
        return results.value(name, cell)


def contents(sheet: Sheet) -> dict[tuple[int, int], Any]:
    """Return what stands in a sheet, its cells counted from one."""
    return {
        (row + 1, column + 1): value
        for row, cells in enumerate(sheet.rows)
        for column, value in enumerate(cells)
        if value is not None
    }


class Together:
    """All sheets of a workbook on one, far below each other, so that one engine can read them."""

    def __init__(self, sheets: Mapping[str, Mapping[tuple[int, int], Any]]) -> None:
        self.offsets = {name: number * _SHEETS_APART for number, name in enumerate(sheets)}
        self.book = Book(
            {
                (row + self.offsets[name], column): self._moved(value, name)
                for name, cells in sheets.items()
                for (row, column), value in cells.items()
            }
        )

    def value(self, sheet: str, cell: tuple[int, int]) -> Any:
        """Return what a cell shows: a float, a text or None."""
        place = cell[0] + self.offsets[sheet], cell[1]
        value = self.book.value(place)
        if value is None and self.book.contents.get(place) is not None:
            return 0.0  # what a reference to a blank gives
        return float(value) if isinstance(value, Fraction) else value

    def _moved(self, value: Any, home: str) -> Any:
        if not (isinstance(value, str) and value.startswith("=")):
            return value

        def moved(found: re.Match[str]) -> str:
            quoted, plain, column, row, to_column, to_row = found.groups()
            down = self.offsets[(quoted or plain or home).replace("''", "'")]
            last = f":{to_column}{int(to_row) + down}" if to_row else ""
            return f"{column}{int(row) + down}{last}"

        return _ADDRESS.sub(moved, value)


def linked_cases(name: str) -> Iterator[LinkedCase]:
    """Yield the cases of a file."""
    common, case = LinkedCase(""), None
    path = CASES / "linked_sheets" / f"{name}.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            continue
        if word == "case":
            if case is not None:
                yield case
            case = replace(
                common,
                name=rest,
                bases=dict(common.bases),
                edits=dict(common.edits),
                stored={},
                finds=[],
                figures={},
            )
        else:
            _line(case or common, word, rest)
    assert case is not None
    yield case


def _line(case: LinkedCase, word: str, rest: str) -> None:
    first, _, second = rest.partition(" ")
    sheet, _, cell = first.partition("!")
    if word == "sheet":
        case.bases[first] = tuple(second.split())
    elif word == "set":
        case.edits[sheet, cell] = second.strip()
    elif word == "stored":
        case.stored[sheet, cell] = float(second)
    elif word == "finds":
        kind, stated, expected, *root = second.split()
        numbers = (None if text == "-" else Fraction(text) for text in (stated, expected))
        case.finds.append(Finds(first, kind, *numbers, root[0] if root else ""))
    elif word == "says":
        last = case.finds[-1]
        case.finds[-1] = replace(last, says=(*last.says, rest))
    elif word == "figure":
        figure, stated, expected = second.split()
        case.figures[first, figure] = Fraction(stated), Fraction(expected)
    elif word == "open":
        case.is_open = True
    else:
        raise ValueError(f"{case.name}: {word}")
