"""What a cell states: a number with its precision, unit and comparison sign, or why it is none."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.dates import read_date
from selfeval_xl.quantities import (
    COMPUTED_DECIMALS,
    IS_BOOL,
    IS_DATE,
    IS_TEXT,
    NOT_FINITE,
    Quantity,
    Stated,
    Unreadable,
)
from selfeval_xl.quantity_text import LONGEST, read_text
from selfeval_xl.rounding import directed, half_unit, half_up, rounds_to
from selfeval_xl.units import COUNTED, MONEY

__all__ = [
    "Quantity",
    "Stated",
    "Unreadable",
    "agrees",
    "directed",
    "format_like",
    "half_unit",
    "half_up",
    "read_date",
    "read_quantity",
]


def read_quantity(raw: object, number_format: str = "General") -> Stated:
    """Read what a cell states; never raises.

    ``raw`` is the cell's value (None, str, int, float, bool, date …) and ``number_format`` the
    Excel format code of a stored number: its displayed decimals count as stated, ``%`` makes a
    rate. Returns None for a blank (also —, -, /, 无), an ``Unreadable`` with a Chinese reason for
    anything that is no single number. The unit of a rate is "%" (个百分点 when written so). 万
    and 亿 are multiplied in for countable things (1.82万人 → 18200 人) but stay in the unit of
    money and of a bare number (10万元 → 10 万元, 10万 → 10 万), since the amount's own column has
    a unit to compare with. 400余件 and 约400件 are 400 件.
    """
    if raw is None:
        return None
    if type(raw) is float or type(raw) is int:
        return _read_number(raw, number_format)
    if isinstance(raw, str):
        if len(raw) > LONGEST:
            return Unreadable(raw, IS_TEXT) if raw.strip() else None
        return read_text(raw)
    return _read_other(raw, number_format)


def _read_other(raw: object, number_format: str) -> Stated:
    if isinstance(raw, bool):
        return Unreadable("TRUE" if raw else "FALSE", IS_BOOL)
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        return Unreadable(str(raw), IS_DATE)
    try:
        return _read_number(float(raw), number_format)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return Unreadable(str(raw), IS_TEXT)


# --- stored numbers ---------------------------------------------------------------------------

_TYPED_DIGITS = 15  # Excel keeps no more significant digits of what a person types


@lru_cache(maxsize=16384)
def _read_number(number: float, number_format: str) -> Stated:
    if isinstance(number, int):
        digits, shortest, computed = number, 0, False
    elif math.isfinite(number):
        digits, shortest, computed = _shortest(number)
    else:
        return Unreadable(str(number), NOT_FINITE)
    percent, shown, unit = _format_facts(number_format)
    value = Fraction(digits, 10**shortest) if shortest else Fraction(digits)
    decimals = shown if shown > shortest else shortest
    return Quantity(value, decimals, shortest, unit, "", percent, computed)


def _shortest(number: float) -> tuple[int, int, bool]:
    """Return the digits, decimals and computed flag of a double's shortest decimal."""
    text = repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
    whole, _, part = text.partition(".")
    if part in ("", "0"):
        return int(whole), 0, False
    digits, decimals = int(whole + part), len(part)
    if decimals <= COMPUTED_DECIMALS and len(text) <= _TYPED_DIGITS:
        return digits, decimals, False
    significant = len(part.lstrip("0")) if whole in ("0", "-0") else decimals
    computed = significant > COMPUTED_DECIMALS or len(str(abs(digits))) > _TYPED_DIGITS
    return digits, decimals, computed


_FORMAT_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_FORMAT_NOISE = re.compile(r"\[[^\]]*\]|[_*].")
_FORMAT_DECIMALS = re.compile(r"[0#?]\.([0?]+)")
_FORMAT_SCALE = re.compile(r"[0#?.],+(?![0#?,])|[eE][+-]")
_FORMAT_WORDS = re.compile(r"[\u3400-\u9fff㎡㎥]+")


@lru_cache(maxsize=512)
def _format_facts(code: str) -> tuple[bool, int, str]:
    """Return whether a format shows a percentage, the plain number's shown decimals, its unit."""
    if code == "General":
        return False, 0, ""
    section = _FORMAT_LITERAL.sub(_blank_out, code).split(";", 1)[0]
    bare = _FORMAT_NOISE.sub("", section)
    match = _FORMAT_DECIMALS.search(bare)
    shown = len(match[1]) if match and not _FORMAT_SCALE.search(bare) else 0
    if "%" in bare:
        return True, shown + 2, "%"
    words = "".join(a or b for a, b in _FORMAT_LITERAL.findall(code.split(";", 1)[0])).strip()
    unit = words or "".join(_FORMAT_WORDS.findall(bare))
    return False, shown, unit if unit in COUNTED or unit in MONEY else ""


def _blank_out(literal: re.Match[str]) -> str:
    return " "


# --- comparing and writing --------------------------------------------------------------------

_COMPUTED_SHARE = 10**9


def agrees(stated: Quantity, exact: Fraction) -> bool:
    """Tell whether a stated value is ``exact`` rounded half up to the stated decimals.

    A computed number is compared at 1e-9 relative (absolute next to zero).
    """
    if not stated.computed:
        return rounds_to(exact, stated.value, stated.decimals)
    # In integers, as everything that is asked of every derived figure.
    numerator, denominator = stated.value.as_integer_ratio()
    exact_numerator, exact_denominator = exact.as_integer_ratio()
    apart = abs(numerator * exact_denominator - exact_numerator * denominator)
    size = abs(exact_numerator) * denominator or denominator * exact_denominator
    return apart * _COMPUTED_SHARE <= size


_SHOWN_OF_COMPUTED = 4


def format_like(value: Decimal | Fraction, like: Quantity) -> str:
    """Write a plain number as a person would in that cell: 0.0541 → “5.41%”, 9.62, “150户”.

    Rounded half up to the decimals of ``like``; in a computed cell to at most four decimals of
    the figure a person sees, without trailing zeros.
    """
    shift = 2 if like.percent else 3 if like.unit == "‰" else 0
    decimals = like.decimals - shift
    if like.computed:
        decimals = min(decimals, _SHOWN_OF_COMPUTED)
    exact = value if isinstance(value, Fraction) else Fraction(value)
    text = format(half_up(exact * 10**shift if shift else exact, decimals), "f")
    if like.computed and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text + ("%" if like.percent and not like.unit else like.unit)
