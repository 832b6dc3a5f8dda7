"""How one written figure may have become another at the keyboard."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import log10

from selfeval_xl.rounding import half_up

_FEWEST_DIGITS = 3  # with fewer digits one wrong digit explains too much to mean anything
_LARGEST_SHIFT = 8


def shown(value: Fraction, decimals: int, percent: bool = False) -> str:
    """Return the figure as displayed, without %: 0.0541 at 4 decimals as a rate → “5.41”."""
    if percent:
        return format(half_up(value * 100, decimals - 2), "f")
    return format(half_up(value, decimals), "f")


def swapped(right: str, wrong: str) -> bool:
    """Tell whether two digits changed places: 59.62 and 95.62."""
    places = _differing(right, wrong)
    if len(places) != 2:
        return False
    first, second = places
    return right[first] == wrong[second] and right[second] == wrong[first]


def mistyped(right: str, wrong: str) -> bool:
    """Tell whether one digit was mistyped: 59.62 and 59.82; 0.01 more or less is rounding."""
    places = _differing(right, wrong)
    if len(places) != 1 or _digit_count(right) < _FEWEST_DIGITS:
        return False
    place = places[0]
    if not (right[place].isdigit() and wrong[place].isdigit()):
        return False
    return place < len(right) - 1 or abs(int(right[place]) - int(wrong[place])) > 1


def slipped(right: str, wrong: str) -> bool:
    """Tell whether one digit was typed too often or left out: 1979 and 19979."""
    shorter, longer = sorted((right, wrong), key=len)
    if len(longer) != len(shorter) + 1 or _digit_count(shorter) < _FEWEST_DIGITS:
        return False
    return any(
        longer[:place] + longer[place + 1 :] == shorter
        for place in range(len(longer))
        if longer[place].isdigit()
    )


def shift(right: Fraction, wrong: Fraction, decimals: int) -> int:
    """Return n when ``wrong`` is ``right`` × 10^n at its ``decimals``, else 0.

    The right figure may have been rounded before or after its point was shifted. A figure of one
    digit counts only when it is exact, for rounding makes it fit too easily.
    """
    if not right or not wrong or (right < 0) != (wrong < 0):
        return 0
    power = round(_magnitude(wrong) - _magnitude(right))
    if not 1 <= abs(power) <= _LARGEST_SHIFT:
        return 0
    factor = Fraction(10) ** power
    exact = right * factor
    if wrong in (exact, Fraction(half_up(right, decimals)) * factor):
        return power
    if Fraction(half_up(exact, decimals)) == wrong and _significant(wrong) > 1:
        return power
    return 0


def _magnitude(value: Fraction) -> float:
    return log10(abs(value.numerator)) - log10(value.denominator)


def _differing(one: str, other: str) -> list[int]:
    if len(one) != len(other):
        return []
    return [place for place in range(len(one)) if one[place] != other[place]]


def _digit_count(text: str) -> int:
    return sum(map(str.isdigit, text.lstrip("-0.")))


def _significant(value: Fraction) -> int:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return len(number.normalize().as_tuple().digits)
