"""The figures a wrong figure may have been copied from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell, a1, column_letters

_Line = dict[tuple[int, Measure], list[int]]


class Neighbours:
    """The figures of a form by row and by column, so that the nearest are found at once."""

    def __init__(self, form: Form) -> None:
        self._fields = form.fields
        self._in_row: _Line = {}
        self._in_column: _Line = {}
        for cell in sorted(form.fields):
            found = form.fields[cell]
            if isinstance(found.stated, Quantity):
                row, column = cell
                self._in_row.setdefault((row, found.measure), []).append(column)
                self._in_column.setdefault((column, found.measure), []).append(row)

    def of(self, found: Field) -> Iterator[tuple[str, Fraction]]:
        """Yield the nearest figures of the same measure: left, right, above and below.

        Each comes with the name a person finds it by: “左侧 E 列”, “上方 F15”.
        """
        row, column = found.cell
        left, right = _beside(self._in_row.get((row, found.measure), []), column)
        above, below = _beside(self._in_column.get((column, found.measure), []), row)
        for name, cell in (
            ("左侧 {column} 列", (row, left)),
            ("右侧 {column} 列", (row, right)),
            ("上方 {cell}", (above, column)),
            ("下方 {cell}", (below, column)),
        ):
            if -1 not in cell:
                yield (
                    name.format(cell=a1(cell), column=column_letters(cell[1])),
                    self._value(cell),
                )

    def _value(self, cell: Cell) -> Fraction:
        stated = self._fields[cell].stated
        assert isinstance(stated, Quantity)
        return stated.value


def neighbours(form: Form, found: Field) -> Iterator[tuple[str, Fraction]]:
    """Yield the neighbours of one figure, see :meth:`Neighbours.of`."""
    yield from Neighbours(form).of(found)


def _beside(line: list[int], place: int) -> tuple[int, int]:
    """Return the places before and after one among those in ascending order, -1 for none."""
    before, after = bisect_left(line, place), bisect_right(line, place)
    return line[before - 1] if before else -1, line[after] if after < len(line) else -1
