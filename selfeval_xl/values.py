"""What a cell states: a number with its precision, unit and comparison sign, or why it is none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Quantity:
    """A stated number.

    ``value`` is the plain number (5.41% → 0.0541, 1.82万人 → 18200). ``decimals`` are the decimals
    stated of that plain number (5.41% → 4, 87.50% → 4, 1.82万 → -2), ``shortest`` the same without
    trailing zeros (87.50% → 3). ``unit`` is the unit as written (人, 万元 …, without 万 when it was
    multiplied in for anything but money), ``comparator`` one of "", "=", "≥", ">", "≤", "<".
    ``computed`` is True for a stored number with more than 9 significant decimals, which Excel
    computed and which is compared at 1e-9 relative. ``typed`` is True when the cell holds text.
    """

    value: Fraction
    decimals: int
    shortest: int
    unit: str = ""
    comparator: str = ""
    percent: bool = False
    computed: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Content that should be a number and is none; ``reason`` is Chinese."""

    text: str
    reason: str
