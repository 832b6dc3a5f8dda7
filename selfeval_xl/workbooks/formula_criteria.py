"""Which cells meet the criteria of COUNTIF, SUMIF and the like.

A criterion is a text of its own kind: what may be a number, a date or a truth value is compared as
one, in cells that hold texts, too. Only what is plainly a number or plainly a text is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

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
    area_of,
)

_NUMERALS = frozenset("〇零一二三四五六七八九十百千")
_UNITS = frozenset("年月日号时分秒点上下午星期周万亿元角整")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def pairs(context: Context, arguments: Sequence[Node]) -> list[tuple[Operand, Value]]:
    """Return areas with their criteria, from one argument after the other."""
    if len(arguments) % 2:
        raise UnknownError
    operands = [node(context) for node in arguments]
    return [(operands[at], context.scalar(operands[at + 1])) for at in range(0, len(operands), 2)]


def matches(context: Context, tests: Sequence[tuple[Operand, Value]], *beside: Area) -> list[int]:
    """Return which places of areas meet their criteria, counted row by row.

    All areas, and those ``beside`` them, must be of one shape.
    """
    areas = [area_of(operand) for operand, _ in tests]
    of_one_shape(context, [*areas, *beside])
    met = [
        list(map(_criterion(criterion), context.values(area)))
        for area, (_, criterion) in zip(areas, tests, strict=True)
    ]
    return [at for at, all_met in enumerate(zip(*met, strict=True)) if all(all_met)]


def of_one_shape(context: Context, areas: Sequence[Area]) -> None:
    """Raise UnknownError unless areas, and their parts that hold anything, are of one shape."""
    if len({(_shape(area), _shape(context.clipped(area))) for area in areas}) != 1:
        raise UnknownError


def _shape(area: Area) -> tuple[int, int]:
    return area.bottom - area.top, area.right - area.left


def _criterion(criterion: Value) -> Callable[[Value], bool]:
    """Return the test of COUNTIF and the like for a number or a plain text."""
    if type(criterion) is Fraction:
        return lambda value: type(_plain(value)) is Fraction and value == criterion
    if not isinstance(criterion, str):
        raise UnknownError
    match = re.match(r"[<>]=?|=", criterion)
    sign, rest = (match[0], criterion[match.end() :]) if match else ("=", criterion)
    if _NUMBER.fullmatch(rest):
        if len(rest) > MOST_DIGITS:
            raise UnknownError
        limit = Fraction(rest)
        compare, sign_of = COMPARISONS[sign], exact.compare

        def meets(value: Value) -> bool:
            number = _plain(value)
            return type(number) is Fraction and compare(sign_of(number, limit), 0)

        return meets
    if sign != "=" or not _is_text(rest):
        raise UnknownError
    text = rest.casefold()
    return lambda value: type(value) is str and value.casefold() == text


def _is_text(criterion: str) -> bool:
    """Tell whether a criterion is a text to every program, and each of its characters itself."""
    if set(criterion) & set("*?~") or criterion.startswith("#"):
        return False
    if any(sign.isdigit() or sign in _NUMERALS for sign in criterion):
        rest = set(criterion) - _NUMERALS - _UNITS  # not 5月1日, 1/2, 1e3 or 二〇二四年
        return any("\u4e00" <= sign <= "\u9fff" for sign in rest)
    return criterion.upper() not in ("", "TRUE", "FALSE")


def _plain(value: Value) -> Value:
    """Return a value that is compared with a number.

    Texts of digits count as numbers there, truth values in some programs.
    """
    kind = type(value)
    if kind is bool or (kind is str and any(character.isdigit() for character in str(value))):
        raise UnknownError
    return value
