"""Workbooks no program has calculated yet: formulas without results, or with 0 beside each.

Libraries write formulas so, and leave it to the program that opens the file to work them out. What
is read of such a workbook are the results that program will show, as far as they are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from selfeval_xl.workbooks.formula_cells import as_content, as_value, cells_of, formula_of, put
from selfeval_xl.workbooks.formula_results import result
from selfeval_xl.workbooks.formula_values import Area, UnknownError, Value
from selfeval_xl.workbooks.number_formats import GENERAL, is_date
from selfeval_xl.workbooks.sheet import Cell, Sheet

_MOST_READINGS = 300_000
_DEEPEST = 40


def calculated(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook, with results where nobody has calculated any."""
    if not any(sheet.formulas for sheet in sheets) or any(map(_has_result, sheets)):
        return sheets
    workbook = _Workbook({sheet.name.casefold(): sheet for sheet in sheets})
    return tuple(workbook.calculated(sheet) for sheet in sheets)


def _has_result(sheet: Sheet) -> bool:
    return any(
        cell in sheet.errors or sheet.value(cell) not in (None, 0) for cell in sheet.formulas
    )


@dataclass(slots=True)
class _Workbook:
    sheets: Mapping[str, Sheet]
    known: dict[tuple[str, Cell], Value | UnknownError] = field(default_factory=dict)
    extents: dict[str, tuple[int, int]] = field(default_factory=dict)
    readings: int = 0
    depth: int = 0

    def calculated(self, sheet: Sheet) -> Sheet:
        rows = [list(row) for row in sheet.rows]
        for cell in sheet.formulas:
            with suppress(UnknownError):
                put(rows, cell, as_content(self.value(sheet, cell)))
        return replace(sheet, rows=rows) if sheet.formulas else sheet

    def extent(self, sheet: Sheet) -> tuple[int, int]:
        """Return the rows and columns a sheet will have."""
        if sheet.name not in self.extents:
            rows, columns = zip(*sheet.formulas, strict=True) if sheet.formulas else ((), ())
            height, width = max(rows, default=-1) + 1, max(columns, default=-1) + 1
            self.extents[sheet.name] = max(sheet.height, height), max(sheet.width, width)
        return self.extents[sheet.name]

    def value(self, sheet: Sheet, cell: Cell) -> Value:
        """Return what a cell will show; raises UnknownError."""
        self.readings += 1
        if self.readings > _MOST_READINGS or cell in sheet.errors:
            raise UnknownError
        if cell not in sheet.formulas:
            return as_value(sheet.value(cell))
        place = sheet.name, cell
        if place not in self.known:
            self.known[place] = UnknownError()  # what a circle is told
            self.known[place] = self._worked_out(sheet, cell)
        value = self.known[place]
        if isinstance(value, UnknownError):
            raise value
        return value

    def _worked_out(self, sheet: Sheet, cell: Cell) -> Value | UnknownError:
        formula = formula_of(sheet, cell)
        dated = is_date(sheet.number_formats.get(cell, GENERAL))
        if self.depth >= _DEEPEST or dated or sheet.block(cell):
            return UnknownError()
        self.depth += 1
        try:
            return result(formula, cell, _Reading(self, sheet))
        except UnknownError as error:
            return error
        finally:
            self.depth -= 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """The cells of a workbook as a formula of a sheet reads them."""

    workbook: _Workbook
    home: Sheet

    def value(self, sheet: str | None, cell: Cell) -> Value:
        return self.workbook.value(self._sheet(sheet), cell)

    def values(self, area: Area) -> Sequence[Value]:
        own = self._sheet(area.sheet)
        return [self.workbook.value(own, cell) for cell in cells_of(area)]

    def extent(self, sheet: str | None) -> tuple[int, int]:
        return self.workbook.extent(self._sheet(sheet))

    def _sheet(self, name: str | None) -> Sheet:
        if name is None:
            return self.home
        found = self.workbook.sheets.get(name.casefold())
        if found is None:
            raise UnknownError
        return found
