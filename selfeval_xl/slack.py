"""How far a stated figure may lie from what it stands for: how it was typed and rounded."""

from __future__ import annotations

from fractions import Fraction

from selfeval_xl.forms.form import Field, Measure
from selfeval_xl.relations import Bounds
from selfeval_xl.values import Quantity, directed, half_unit, half_up

_COMPUTED_TOLERANCE = Fraction(1, 10**9)
"""Relative tolerance for numbers a spreadsheet computed (a stored double is exact to 1e-15)."""


def stated_bounds(found: Field, exact: Fraction | None, derived: bool) -> Bounds | None:
    """Return the values a stated figure may stand for.

    Counts and points are exact, and so is a figure that equals its exact value. An input is
    taken to be rounded only when it uses two decimals or more; a derived figure always is.
    """
    stated = found.stated
    if not isinstance(stated, Quantity):
        return None
    value = stated.value
    if stated.computed:
        slack = abs(value) * _COMPUTED_TOLERANCE
    elif found.measure in (Measure.COUNT, Measure.POINTS) or (value == exact and derived):
        slack = Fraction()
    elif derived:
        slack = half_unit(stated.decimals)
    else:
        slack = half_unit(stated.shortest) if stated.shortest >= 2 else Fraction()
    return (value - slack, value + slack) if slack else (value, value)


def own_slack(found: Field, stated: Quantity) -> Fraction:
    """Return by how much a stated result may differ from the figure it was rounded from."""
    if stated.computed:
        return abs(stated.value) * _COMPUTED_TOLERANCE
    if found.measure is Measure.COUNT:
        return Fraction()
    if found.measure is Measure.RATE:
        return half_unit(_typed_decimals(stated))
    return half_unit(stated.decimals)


def _typed_decimals(stated: Quantity) -> int:
    """Return the decimals a rate was worked out to: “105.00%” may show a rounded 105 %."""
    return max(stated.shortest, 2)


def wrongly_rounded(found: Field, stated: Quantity, exact: Fraction) -> bool:
    """Tell whether the figure was cut off, rounded up, or rounded to fewer decimals than shown."""
    if found.measure is Measure.COUNT:
        return False
    low, high = (Fraction(bound) for bound in directed(exact, stated.decimals))
    if low != high and stated.value in (low, high):
        return True
    typed = _typed_decimals(stated)
    return (
        found.measure is Measure.RATE
        and typed < stated.decimals
        and Fraction(half_up(exact, typed)) == stated.value
    )
