"""The parts of a formula, made once and worked out as often as needed: operators on their operands.

A part says which cells it may read. What does not depend on any cell's content (``ROW()-1``, the
end of ``B6:INDEX(B:B,ROW()-1)``) is settled when the part is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple

from selfeval_xl import exact
from selfeval_xl.workbooks.formula_values import (
    COMPARISONS,
    MOST_DIGITS,
    Area,
    Context,
    Node,
    Operand,
    UnknownError,
    Value,
    as_number,
    bounded,
    divided,
)
from selfeval_xl.workbooks.sheet import Cell

_MOST_POWER = 64
_MOST_CHARACTERS = 32_767  # of a text in a cell


class Part(NamedTuple):
    """A part of a formula: how it is worked out, and the areas it may read, None for any cell.

    ``settled`` is whether it gives the same whatever the cells hold.
    """

    work: Node
    areas: tuple[Area, ...] | None
    settled: bool = False


def constant(value: Operand) -> Part:
    """Return a part that is what it is; an area is read by what takes its cells."""
    return Part(lambda _: value, (value,) if isinstance(value, Area) else (), settled=True)


class _Nowhere:
    """Cells that cannot be asked."""

    def value(self, sheet: str | None, cell: Cell) -> Value:
        raise UnknownError

    def values(self, area: Area) -> Sequence[Value]:
        raise UnknownError

    def extent(self, sheet: str | None) -> tuple[int, int]:
        raise UnknownError


_NOWHERE = _Nowhere()


def joined(work: Node, parts: Sequence[Part], here: Cell) -> Part:
    """Return the part that does its work with other parts in the cell ``here``."""
    if all(part.settled for part in parts):
        with suppress(UnknownError):
            return constant(work(Context(_NOWHERE, here, None)))
    areas: list[Area] = []
    for part in parts:
        if part.areas is None:
            return Part(work, None)
        areas += part.areas
    return Part(work, tuple(areas))


def arithmetic(sign: str, one: Node, other: Node) -> Node:
    """Return the work of + - * / or ^ between two operands."""
    calculation = _ARITHMETIC[sign]

    def work(context: Context) -> Fraction:
        first = as_number(context.scalar(one(context)))
        return bounded(calculation(first, as_number(context.scalar(other(context)))))

    return work


def _added(one: Fraction, other: Fraction) -> Fraction:
    return exact.total((one, other))


def _raised(base: Fraction, power: Fraction) -> Fraction:
    if power.denominator != 1 or abs(power) > _MOST_POWER or (not base and power <= 0):
        raise UnknownError
    return Fraction(base ** int(power))


_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": _added,
    "-": exact.difference,
    "*": exact.product,
    "/": divided,
    "^": _raised,
}


def comparison(sign: str, one: Node, other: Node) -> Node:
    """Return the work of a comparison between two operands."""
    compare = COMPARISONS[sign]

    def work(context: Context) -> bool:
        first = context.scalar(one(context))
        return compare(_order(first, context.scalar(other(context)), sign), 0)

    return work


def _order(one: Value, other: Value, sign: str) -> int:
    """Return a number above, below or equal to 0, as a value is compared with another."""
    if one is None:
        one = "" if isinstance(other, str) else False if isinstance(other, bool) else Fraction(0)
    if other is None:
        other = "" if isinstance(one, str) else False if isinstance(one, bool) else Fraction(0)
    if type(one) is Fraction and type(other) is Fraction:
        return exact.compare(one, other)
    if sign not in ("=", "<>"):
        raise UnknownError  # the order of texts is the program's own
    if isinstance(one, str) and isinstance(other, str):
        return int(one.casefold() != other.casefold())
    if isinstance(one, str) or isinstance(other, str):
        return 1
    if type(one) is not type(other):
        raise UnknownError  # a truth value is a number to some programs
    return int(one != other)


def texts_joined(one: Node, other: Node) -> Node:
    """Return the work of & between two operands."""

    def work(context: Context) -> str:
        text = _text(context.scalar(one(context))) + _text(context.scalar(other(context)))
        if len(text) > _MOST_CHARACTERS:
            raise UnknownError
        return text

    return work


def _text(value: Value) -> str:
    if type(value) is Fraction and value.denominator == 1 and abs(value) < 10**MOST_DIGITS:
        return str(value)
    if isinstance(value, str) or value is None:
        return value or ""
    raise UnknownError


def spanned(one: Part, other: Part, here: Cell) -> Part:
    """Return the area from one reference to another."""

    def work(context: Context) -> Area:
        first, second = one.work(context), other.work(context)
        if not (isinstance(first, Area) and isinstance(second, Area)) or second.sheet:
            raise UnknownError
        rows = sorted((first.top, first.bottom, second.top, second.bottom))
        columns = sorted((first.left, first.right, second.left, second.right))
        return Area(first.sheet, rows[0], columns[0], rows[-1], columns[-1])

    part = joined(work, (one, other), here)
    return part if part.settled else part._replace(areas=None)  # it reads between its ends, too
