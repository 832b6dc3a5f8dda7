"""Arithmetic with exact numbers, worked out in integers.

A Fraction's own operators ask every time what kind of number stands on the other side, and its
sums are reduced after each step. A folder holds figures by the hundred thousand, so the
calculations that every one of them goes through are written out here; the results are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import lcm


@lru_cache(maxsize=8192)
def _fraction(numerator: int, denominator: int) -> Fraction:
    """Return the reduced fraction; the same shares and points come again in form after form."""
    return Fraction(numerator, denominator)


def total(values: Iterable[Fraction]) -> Fraction:
    """Return the sum of the values, 0 when there are none."""
    numerator, denominator = 0, 1
    for value in values:
        added, parts = value.as_integer_ratio()
        if denominator % parts:  # rarely: decimals share their denominators
            common = lcm(denominator, parts)
            numerator *= common // denominator
            denominator = common
        numerator += added * (denominator // parts)
    return _fraction(numerator, denominator)


def difference(one: Fraction, other: Fraction) -> Fraction:
    """Return ``one`` − ``other``."""
    numerator, denominator = one.as_integer_ratio()
    less, parts = other.as_integer_ratio()
    return _fraction(numerator * parts - less * denominator, denominator * parts)


def product(one: Fraction, other: Fraction) -> Fraction:
    """Return ``one`` × ``other``."""
    numerator, denominator = one.as_integer_ratio()
    factor, divisor = other.as_integer_ratio()
    return _fraction(numerator * factor, denominator * divisor)


def ratio(part: Fraction, whole: Fraction) -> Fraction:
    """Return ``part`` ÷ ``whole``; raises ZeroDivisionError when the whole is 0."""
    numerator, denominator = part.as_integer_ratio()
    divisor, factor = whole.as_integer_ratio()
    return _fraction(numerator * factor, denominator * divisor)


def compare(one: Fraction, other: Fraction) -> int:
    """Return a number above, below or equal to 0, as ``one`` is compared with ``other``."""
    numerator, denominator = one.as_integer_ratio()
    other_numerator, other_denominator = other.as_integer_ratio()
    return numerator * other_denominator - other_numerator * denominator
