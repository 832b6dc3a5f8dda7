"""The records of what a cell states, and the reasons why it may state no number."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


# Neither is frozen, for speed alone: most figures of a workbook are met for the first time there,
# and filling a frozen one costs three times as much. Nothing changes one once it is made.
@dataclass(slots=True, unsafe_hash=True)
class Quantity:
    """A stated number.

    ``value`` is the plain number (5.41% → 0.0541, 1.82万人 → 18200). ``decimals`` are the decimals
    stated of that plain number (5.41% → 4, 87.50% → 4, 1.82万 → -2), ``shortest`` the same without
    trailing zeros (87.50% → 3). ``unit`` is the unit as written (人, 万元 …, without 万 when it was
    multiplied in for anything but money), ``comparator`` one of "", "=", "≥", ">", "≤", "<".
    ``computed`` is True for a number with more than 9 significant decimals, which a program
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


@dataclass(slots=True, unsafe_hash=True)
class Unreadable:
    """Content that should be a number and is none; ``reason`` is Chinese."""

    text: str
    reason: str


Stated = Quantity | Unreadable | None

COMPUTED_DECIMALS = 9
"""More significant decimals than these nobody types."""

LARGEST_SHARE = Fraction(3, 2)
"""Where % is meant but not written, a number up to this is a share (0.96), a larger one 96."""

MALFORMED = "数字写法有误"
IS_DATE = "是日期，不是数字"
IS_TEXT = "是文字，不是数字"
IS_RANGE = "是区间，不是单个数字"
IS_BOOL = "是逻辑值，不是数字"
IS_ERROR = "是公式错误值"
NOT_FINITE = "不是有限的数字"
SEVERAL = "含有多个数字"
UNKNOWN_UNIT = "数字后有无法识别的文字"
