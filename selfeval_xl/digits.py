"""How one written figure may have become another at the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
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


def typing_error(
    before: Fraction, after: Fraction, decimals: int, neighbours: Sequence[tuple[str, Fraction]]
) -> tuple[str, int]:
    """Say in Chinese which typing error turns ``after`` into ``before``, and how typical it is.

    1 is typical, 2 possible, 4 no typing error known (the text is then ""). ``neighbours`` are
    the figures it may have been copied from, by name.
    """
    wrong, right = shown(before, decimals), shown(after, decimals)
    copied = next((name for name, value in neighbours if value and value == before), "")
    power = shift(after, before, decimals)
    looks = (
        (f"疑似照抄{copied}", 1, bool(copied)),
        ("疑似两位数字颠倒", 1, swapped(right, wrong)),
        ("疑似正负号写反", 1, before == -after),
        (f"疑似小数点错位（{'大' if power > 0 else '小'}了 {10 ** abs(power)} 倍）", 1, power != 0),
        ("疑似输错一位数字", 1, mistyped(right, wrong)),
        ("疑似多输一位数字", 1, len(wrong) > len(right) and slipped(right, wrong)),
        ("疑似漏输一位数字", 1, len(wrong) < len(right) and slipped(right, wrong)),
        ("疑似漏填", 2, not before),
        ("疑似输错一位数字", 2, _one_apart(right, wrong)),
    )
    return next(((reason, cost) for reason, cost, holds in looks if holds), ("", 4))


def _one_apart(right: str, wrong: str) -> bool:
    return len(right) == len(wrong) and sum(a != b for a, b in zip(right, wrong, strict=True)) == 1


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
