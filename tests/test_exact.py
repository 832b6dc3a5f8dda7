"""The integer arithmetic gives what Fractions themselves would."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval_xl.exact import compare, difference, product, ratio, total
from selfeval_xl.rounding import half_up, rounds_to

NUMBERS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@given(st.lists(NUMBERS))
def test_a_total_is_the_sum(values: list[Fraction]) -> None:
    assert total(values) == sum(values, Fraction())


@given(NUMBERS, NUMBERS)
def test_operations_are_those_of_fractions(one: Fraction, other: Fraction) -> None:
    assert difference(one, other) == one - other
    assert product(one, other) == one * other
    if other:
        assert ratio(one, other) == one / other
    assert (compare(one, other) > 0) == (one > other)
    assert (compare(one, other) < 0) == (one < other)


def test_a_ratio_to_nothing_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        ratio(Fraction(1), Fraction(0))


@given(NUMBERS, st.integers(min_value=-4, max_value=8))
def test_a_value_is_exact_or_rounded_half_up(exact: Fraction, decimals: int) -> None:
    rounded = Fraction(half_up(exact, decimals))
    step = Fraction(10) ** -decimals
    assert rounds_to(exact, exact, decimals)
    assert rounds_to(exact, rounded, decimals)
    assert not rounds_to(exact, rounded + step, decimals) or exact == rounded + step
