"""The functions of formulas that are worked out, as the spreadsheet programs define them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import floor

from selfeval_xl import exact
from selfeval_xl.rounding import half_up
from selfeval_xl.workbooks.formula_criteria import matches, of_one_shape, pairs
from selfeval_xl.workbooks.formula_values import (
    MOST_DIGITS,
    Area,
    Context,
    ErrorValue,
    Node,
    Operand,
    UnknownError,
    Value,
    area_of,
    as_number,
    as_truth,
    bounded,
    divided,
    exactly,
)

_MOST_BITS = 16_384  # of the denominators of figures that are added up

_Arguments = Sequence[Node]
_Work = Callable[[Context, _Arguments], Operand]


def _numbers(context: Context, arguments: _Arguments) -> list[Fraction]:
    return [number for node in arguments for number in context.numbers(node(context))]


def _one_number(context: Context, node: Node) -> Fraction:
    return as_number(context.scalar(node(context)))


def _sum(context: Context, arguments: _Arguments) -> Operand:
    return _total(_numbers(context, arguments))


def _total(numbers: Sequence[Fraction]) -> Fraction:
    """Return a sum; raises UnknownError where its denominator might be too long to work with."""
    if sum(map(int.bit_length, {number.denominator for number in numbers})) > _MOST_BITS:
        raise UnknownError
    return exact.total(numbers)


def _product(context: Context, arguments: _Arguments) -> Operand:
    found = _numbers(context, arguments)
    product = Fraction(bool(found))
    for number in found:
        product = bounded(product * number)
    return product


def _least(context: Context, arguments: _Arguments) -> Operand:
    return min(_numbers(context, arguments), default=Fraction(0))


def _greatest(context: Context, arguments: _Arguments) -> Operand:
    return max(_numbers(context, arguments), default=Fraction(0))


def _average(context: Context, arguments: _Arguments) -> Operand:
    found = _numbers(context, arguments)
    return divided(_total(found), Fraction(len(found)))


def _count(context: Context, arguments: _Arguments) -> Operand:
    return exactly(len(_numbers(context, arguments)))


def _if(context: Context, arguments: _Arguments) -> Operand:
    if as_truth(context.scalar(arguments[0](context))):
        return arguments[1](context)
    return arguments[2](context) if len(arguments) > 2 else False


def _if_error(context: Context, arguments: _Arguments) -> Operand:
    try:
        found = context.scalar(arguments[0](context))
    except ErrorValue:
        found = context.scalar(arguments[1](context))
    if found is None:
        raise UnknownError  # a blank may count as an empty text here
    return found


def _truths(context: Context, arguments: _Arguments) -> list[bool]:
    found: list[bool] = []
    for node in arguments:
        operand = node(context)
        value = context.scalar(operand)
        if value is None:
            raise UnknownError  # blanks are left out there
        found.append(as_truth(value))
    return found


def _and(context: Context, arguments: _Arguments) -> Operand:
    return all(_truths(context, arguments))


def _or(context: Context, arguments: _Arguments) -> Operand:
    return any(_truths(context, arguments))


def _not(context: Context, arguments: _Arguments) -> Operand:
    return not as_truth(context.scalar(arguments[0](context)))


def _absolute(context: Context, arguments: _Arguments) -> Operand:
    return abs(_one_number(context, arguments[0]))


def _floor(context: Context, arguments: _Arguments) -> Operand:
    return Fraction(floor(_one_number(context, arguments[0])))


def _places(context: Context, arguments: _Arguments) -> int:
    places = _one_number(context, arguments[1]) if len(arguments) > 1 else Fraction(0)
    if places.denominator != 1 or abs(places) > MOST_DIGITS:
        raise UnknownError
    return int(places)


def _rounded(context: Context, arguments: _Arguments) -> Operand:
    number = _one_number(context, arguments[0])
    return Fraction(half_up(number, _places(context, arguments)))


def _cut(context: Context, arguments: _Arguments) -> Operand:
    number, unit = _one_number(context, arguments[0]), Fraction(10) ** _places(context, arguments)
    whole = floor(abs(number) * unit) / unit
    return whole if number >= 0 else -whole


def _rounded_up(context: Context, arguments: _Arguments) -> Operand:
    number, unit = _one_number(context, arguments[0]), Fraction(10) ** _places(context, arguments)
    whole = -floor(-abs(number) * unit) / unit
    return whole if number >= 0 else -whole


def _place(context: Context, arguments: _Arguments) -> Area:
    here = Area(None, *context.here, *context.here)
    return area_of(arguments[0](context)) if arguments else here


def _row(context: Context, arguments: _Arguments) -> Operand:
    place = _place(context, arguments)
    if place.top != place.bottom:
        raise UnknownError  # gives one number after the other
    return exactly(place.top + 1)


def _column(context: Context, arguments: _Arguments) -> Operand:
    place = _place(context, arguments)
    if place.left != place.right:
        raise UnknownError
    return exactly(place.left + 1)


def _index(context: Context, arguments: _Arguments) -> Operand:
    area = area_of(arguments[0](context))
    numbers = [_one_number(context, node) for node in arguments[1:]]
    if any(n.denominator != 1 or n < 1 for n in numbers):
        raise UnknownError
    if len(numbers) == 1:
        if area.top == area.bottom and area.left != area.right:
            numbers.insert(0, Fraction(1))
        elif area.left == area.right:
            numbers.append(Fraction(1))
        else:
            raise UnknownError
    row, column = area.top + int(numbers[0]) - 1, area.left + int(numbers[1]) - 1
    if row > area.bottom or column > area.right:
        raise ErrorValue
    return Area(area.sheet, row, column, row, column)


def _sum_of_products(context: Context, arguments: _Arguments) -> Operand:
    areas = [area_of(node(context)) for node in arguments]
    of_one_shape(context, areas)
    columns = [[_factor(value) for value in context.values(area)] for area in areas]
    total = Fraction(0)
    for numbers in zip(*columns, strict=True):
        product = Fraction(1)
        for number in numbers:
            product = bounded(product * number)
        total = bounded(total + product)
    return total


def _factor(value: Value) -> Fraction:
    """Return what a cell counts as in SUMPRODUCT and SUMIF; programs differ over truth values."""
    if type(value) is bool:
        raise UnknownError
    return value if type(value) is Fraction else Fraction(0)


def _count_if(context: Context, arguments: _Arguments) -> Operand:
    return exactly(len(matches(context, pairs(context, arguments))))


def _sum_if(context: Context, arguments: _Arguments) -> Operand:
    source = arguments[2] if len(arguments) > 2 else arguments[0]
    return _sum_at(context, source(context), pairs(context, arguments[:2]))


def _sum_ifs(context: Context, arguments: _Arguments) -> Operand:
    return _sum_at(context, arguments[0](context), pairs(context, arguments[1:]))


def _sum_at(context: Context, source: Operand, tests: list[tuple[Operand, Value]]) -> Fraction:
    area = area_of(source)
    found = matches(context, tests, area)
    values = context.values(area)
    return _total([_factor(values[at]) for at in found])


def _is_number(context: Context, arguments: _Arguments) -> Operand:
    return isinstance(context.scalar(arguments[0](context)), Fraction)


def _despite_errors(work: _Work) -> _Work:
    """Return the work of a function that leaves out errors it meets: they are none of its own."""

    def careful(context: Context, arguments: _Arguments) -> Operand:
        try:
            return work(context, arguments)
        except ErrorValue as error:
            raise UnknownError from error

    return careful


_MANY = 255
FUNCTIONS: Mapping[str, tuple[int, int, _Work]] = {
    "SUM": (1, _MANY, _sum),
    "PRODUCT": (1, _MANY, _product),
    "MIN": (1, _MANY, _least),
    "MAX": (1, _MANY, _greatest),
    "AVERAGE": (1, _MANY, _average),
    "COUNT": (1, _MANY, _despite_errors(_count)),
    "IF": (2, 3, _if),
    "IFERROR": (2, 2, _if_error),
    "AND": (1, _MANY, _and),
    "OR": (1, _MANY, _or),
    "NOT": (1, 1, _not),
    "ABS": (1, 1, _absolute),
    "INT": (1, 1, _floor),
    "ROUND": (2, 2, _rounded),
    "ROUNDDOWN": (2, 2, _cut),
    "TRUNC": (1, 2, _cut),
    "ROUNDUP": (2, 2, _rounded_up),
    "ROW": (0, 1, _row),
    "COLUMN": (0, 1, _column),
    "INDEX": (2, 3, _index),
    "SUMPRODUCT": (1, _MANY, _sum_of_products),
    "COUNTIF": (2, 2, _despite_errors(_count_if)),
    "COUNTIFS": (2, _MANY, _despite_errors(_count_if)),
    "SUMIF": (2, 3, _despite_errors(_sum_if)),
    "SUMIFS": (3, _MANY, _despite_errors(_sum_ifs)),
    "ISNUMBER": (1, 1, _despite_errors(_is_number)),
}
"""By name: fewest and most arguments, and what it does."""
CELL_BY_CELL = frozenset(
    ("IF", "IFERROR", "NOT", "ABS", "INT", "ROUND", "ROUNDDOWN", "ROUNDUP", "TRUNC")
)
"""Functions that an array formula applies to each of its cells; others take areas as a whole."""
