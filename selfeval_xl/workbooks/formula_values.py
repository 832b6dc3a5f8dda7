"""What formulas work with: values, areas, the cells they read, and when nothing is certain."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from selfeval_xl import exact
from selfeval_xl.workbooks.sheet import Cell, Range

Value = Fraction | str | bool | None
"""What a cell holds: a number, a text, a truth value, or nothing."""


COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


MOST_DIGITS = 15
"""Significant digits of a number."""
_MOST_BITS = 2048
"""Binary digits of numerator and denominator: products of products have twice as many each time."""
_FARTHEST = 1000
"""Binary digits before the point, or noughts behind it: programs keep 1022."""


class UnknownError(Exception):
    """What a formula gives is not known for certain."""


class ErrorValue(UnknownError):
    """A formula gives an error such as #DIV/0!."""


class Area(NamedTuple):
    """A rectangle of cells, both corners included; ``sheet`` is None for the formula's own."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int


class Cells(Protocol):
    """The cells that formulas read."""

    def value(self, sheet: str | None, cell: Cell) -> Value:
        """Return what a cell holds; raises UnknownError."""
        ...

    def values(self, area: Area) -> Sequence[Value]:
        """Return what the cells of an area hold, row by row; raises UnknownError."""
        ...

    def extent(self, sheet: str | None) -> tuple[int, int]:
        """Return the number of rows and columns that hold anything; raises UnknownError."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Where a formula stands: its cell, and the cells it fills when it is an array's."""

    cells: Cells
    here: Cell
    block: Range | None

    def whole(self) -> Context:
        """Return the same for areas that are taken as a whole."""
        return self if self.block is None else replace(self, block=None)

    def numbers(self, operand: Operand) -> Iterator[Fraction]:
        """Yield the numbers that a sum takes of an operand.

        A truth value in a cell is left out by some programs and counts as 1 or 0 in others.
        """
        if not isinstance(operand, Area):
            yield as_number(operand)
            return
        for value in self.values(operand):
            if type(value) is Fraction:
                yield value
            elif type(value) is bool:
                raise UnknownError

    def values(self, area: Area) -> Sequence[Value]:
        return self.cells.values(self.clipped(area))

    def clipped(self, area: Area) -> Area:
        """Return the part of an area that may hold anything."""
        height, width = self.cells.extent(area.sheet)
        return area._replace(bottom=min(area.bottom, height - 1), right=min(area.right, width - 1))

    def scalar(self, operand: Operand) -> Value:
        if not isinstance(operand, Area):
            return operand
        place = operand.top, operand.left
        if place != (operand.bottom, operand.right):
            if self.block is None or _shape(self.block) != _shape(operand[1:]):
                raise UnknownError
            place = place[0] + self.here[0] - self.block[0], place[1] + self.here[1] - self.block[1]
        return self.cells.value(operand.sheet, place)


def _shape(area: Sequence[int]) -> tuple[int, int]:
    top, left, bottom, right = area
    return bottom - top, right - left


Operand = Value | Area
Node = Callable[[Context], Operand]


@lru_cache(maxsize=16_384)
def exactly(value: float) -> Fraction:
    """Return a number as its shortest decimal says it; the same come again in form after form."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def as_number(value: Operand) -> Fraction:
    """Return a value as a number; a text is none."""
    if type(value) is Fraction:
        return value
    if value is None or isinstance(value, bool):
        return Fraction(int(bool(value)))
    raise UnknownError


def area_of(operand: Operand) -> Area:
    """Return an operand that must be a reference."""
    if not isinstance(operand, Area):
        raise UnknownError
    return operand


def as_truth(value: Value) -> bool:
    if isinstance(value, str):
        raise UnknownError
    return bool(value)


def bounded(value: Fraction) -> Fraction:
    """Return a number as it is; raises UnknownError where programs cannot keep it, or we not."""
    numerator, denominator = value.as_integer_ratio()
    above, below = numerator.bit_length(), denominator.bit_length()
    if max(above, below) > _MOST_BITS or (value and abs(above - below) > _FARTHEST):
        raise UnknownError
    return value


def divided(one: Fraction, other: Fraction) -> Fraction:
    if not other:
        raise ErrorValue
    return exact.ratio(one, other)
