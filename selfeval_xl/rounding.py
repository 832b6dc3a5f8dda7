"""Rounding as forms are filled in: half up (四舍五入), exact, in integers."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache


def half_up(value: Fraction, decimals: int) -> Decimal:
    """Round to ``decimals`` places (negative: tens, hundreds …), halves away from zero."""
    return _half_up(*value.as_integer_ratio(), decimals)


@lru_cache(maxsize=8192)
def _half_up(numerator: int, denominator: int, decimals: int) -> Decimal:
    """Round a fraction; the same figures are shown again in summary and form after form."""
    return _decimal(_last_places(numerator, denominator, decimals), decimals)


def plain(value: Fraction, decimals: int = 4) -> str:
    """Write a figure as a sentence names it, rounded, without trailing zeros: 12.50 → “12.5”."""
    text = format(half_up(value, decimals), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return with_minus(text)


def signed(value: Fraction) -> str:
    """Write a difference with its sign: “+3”, “−0.5”."""
    text = plain(value)
    return f"+{text}" if value > 0 else text


_HYPHEN = re.compile(r"(?<![\w.,)）%-])-(?=\d)")


def with_minus(sentence: str) -> str:
    """Write the hyphens before negative figures of a sentence as minus signs: -3 → “−3”.

    A hyphen behind a letter, a figure or a bracket joins (2024-05, 表-1) and stays as it is.
    """
    return _HYPHEN.sub("−", sentence) if "-" in sentence else sentence


def last_places(value: Fraction, decimals: int) -> int:
    """Return the rounded value counted in units of its last place: 17.857 at 2 → 1786."""
    return _last_places(*value.as_integer_ratio(), decimals)


def _last_places(numerator: int, denominator: int, decimals: int) -> int:
    if decimals >= 0:
        numerator *= 10**decimals
    else:
        denominator *= 10**-decimals
    digits = (2 * abs(numerator) + denominator) // (2 * denominator)
    return digits if numerator >= 0 else -digits


def rounds_to(exact: Fraction, value: Fraction, decimals: int) -> bool:
    """Tell whether ``value`` is ``exact``, as it is or rounded to ``decimals`` places."""
    number, parts = value.as_integer_ratio()
    if (number, parts) == exact.as_integer_ratio():
        return True
    digits, unit = last_places(exact, decimals), int(10 ** abs(decimals))
    return digits * parts == number * unit if decimals >= 0 else digits * parts * unit == number


def directed(value: Fraction, decimals: int) -> tuple[Decimal, Decimal]:
    """Return the value cut off (截断, towards zero) and carried up (进位, away from zero)."""
    numerator, denominator = scaled(value, decimals)
    down, up = numerator // denominator, -(-numerator // denominator)
    if value.numerator < 0:
        down, up = -down, -up
    return _decimal(down, decimals), _decimal(up, decimals)


@lru_cache(maxsize=64)
def half_unit(decimals: int) -> Fraction:
    """Return half a unit of the last place: 2 → 1/200, -2 → 50."""
    return Fraction(1, 2 * 10**decimals) if decimals >= 0 else Fraction(10**-decimals, 2)


def scaled(value: Fraction, decimals: int) -> tuple[int, int]:
    """Return numerator and denominator of |value| × 10^decimals, not reduced."""
    numerator, denominator = abs(value.numerator), value.denominator
    if decimals >= 0:
        return numerator * 10**decimals, denominator
    return numerator, denominator * 10**-decimals


def decimals_of(value: Fraction) -> int | None:
    """Return the decimals a number needs, None when no number of decimals is enough (1/3)."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


@lru_cache(maxsize=8192)
def _decimal(digits: int, decimals: int) -> Decimal:
    """Return digits × 10^-decimals exactly, never with an exponent above zero."""
    if decimals <= 0:
        return Decimal(digits * 10**-decimals)
    return Decimal(f"{digits}E-{decimals}")  # from text a Decimal is exact, whatever its length
