"""A sheet while the formulas that read its corrected cells are worked out anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.rounding import half_up
from selfeval_xl.workbooks.formula_cells import as_value, cells_of, formula_of
from selfeval_xl.workbooks.formula_results import result
from selfeval_xl.workbooks.formula_values import Area, Cells, UnknownError, Value
from selfeval_xl.workbooks.number_formats import GENERAL, shown_decimals
from selfeval_xl.workbooks.sheet import Bond, Cell, Sheet

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement


@dataclass(slots=True)
class RecalculatedSheet:
    """What is known of a sheet's cells before and after the corrections.

    ``written`` are the corrections, ``following`` those of figures that follow from others, as
    cells hold them. ``touched`` are the formulas that read a changed cell, ``held`` what is known
    of them, ``gives`` what they give even where a figure takes their place, ``shown`` their new
    results, ``current`` whether others show what they give, ``current_areas`` where all others do.
    """

    own: Sheet
    judgements: list[Judgement] = field(default_factory=list)
    written: dict[Cell, Decimal | None] = field(default_factory=dict)
    following: dict[Cell, Decimal | None] = field(default_factory=dict)
    touched: set[Cell] = field(default_factory=set)
    held: dict[Cell, Value | UnknownError] = field(default_factory=dict)
    gives: dict[Cell, Value | UnknownError] = field(default_factory=dict)
    shown: dict[Cell, Decimal] = field(default_factory=dict)
    current: dict[Cell, bool] = field(default_factory=dict)
    current_areas: set[tuple[int, ...]] = field(default_factory=set)
    _stored: dict[Cell, Value] = field(default_factory=dict)
    _areas: dict[tuple[int, ...], list[Value]] = field(default_factory=dict)

    def stored(self, cell: Cell) -> Value:
        """Return what a cell holds as the file has it."""
        if cell not in self._stored:
            self._stored[cell] = self._read(cell)
        return self._stored[cell]

    def _read(self, cell: Cell) -> Value:
        if cell in self.own.errors:
            raise UnknownError
        value = self.own.value(cell)
        return "" if value is None and cell in self.own.formulas else as_value(value)

    def right(self, cell: Cell) -> Value:
        """Return the right figure of a cell, what it holds where none is known."""
        exact = self.expected(cell)
        return self.stored(cell) if exact is None else exact

    def expected(self, cell: Cell) -> Fraction | None:
        """Return the right figure of a cell, None when none is known."""
        for judgement in reversed(self.judgements):
            exact, found = judgement.expected.get(cell), judgement.form.fields.get(cell)
            if exact is not None and found is not None:
                return exact if found.scale == 1 else exact * found.scale
        return None

    def all_stored(self, area: Area) -> list[Value]:
        """Return what the cells of an area hold as the file has it."""
        place = area[1:]
        if place not in self._areas:
            self._areas[place] = [self.stored(cell) for cell in cells_of(area)]
        return self._areas[place]

    def changed(self, area: Area) -> list[Cell]:
        """Return the cells of an area that get another content."""
        return _within(area, self.written, self.touched)

    def kept(self, area: Area) -> list[Cell]:
        """Return the formulas of an area that read nothing changed."""
        found = _within(area, self.own.formulas)
        return [c for c in found if c not in self.touched and c not in self.written]

    def given(self, cell: Cell, cells: Cells) -> Value:
        """Return what the formula of a cell gives, as the workbook keeps it."""
        block = self.own.block(cell)
        if block is not None and block.bond is Bond.DATA_TABLE:
            raise UnknownError
        filled = block.area if block is not None and block.bond is Bond.ARRAY else None
        return self.rounded(cell, result(formula_of(self.own, cell), cell, cells, filled))

    def rounded(self, cell: Cell, value: Value) -> Value:
        """Return a result as the workbook keeps it: as shown, where it calculates so."""
        code = self.own.number_formats.get(cell, GENERAL)
        if not self.own.as_shown or code == GENERAL or type(value) is not Fraction:
            return value
        decimals = shown_decimals(code)
        if decimals is None:
            raise UnknownError
        return Fraction(half_up(value, decimals))


def _within(area: Area, *several: Collection[Cell]) -> list[Cell]:
    """Return the cells of an area that are among some."""
    _, top, left, bottom, right = area
    if sum(map(len, several)) > (bottom - top + 1) * (right - left + 1):
        return [cell for cell in cells_of(area) if any(cell in cells for cells in several)]
    return [
        (row, column)
        for cells in several
        for row, column in cells
        if top <= row <= bottom and left <= column <= right
    ]
