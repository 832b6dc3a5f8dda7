"""What is reported: one record per difference or question, its levels and wording."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs; the values are those of findings.json."""

    ERROR = "error"
    REVIEW = "review"
    ROUNDING = "rounding"
    INFO = "info"

    @property
    def label(self) -> str:
        """The level as its users read it."""
        return _LEVEL_LABELS[self]


class Kind(StrEnum):
    """What kind of difference a finding is."""

    ROOT = "root"  # 独立错误: wrong by itself
    CONSEQUENCE = "consequence"  # 连带: wrong because an operand is
    ROUNDING = "rounding"  # 尾差: explained by rounding
    FILLED = "filled"  # 补算: was blank, is computed
    UNSETTLED = "unsettled"  # 无法判断: the operands cannot be trusted
    REVIEW = "review"  # 核实: a review rule asks a person
    SUGGESTION = "suggestion"  # 建议: one input changed would make the form agree
    NOTE = "note"  # 提示

    @property
    def label(self) -> str:
        """The kind as its users read it."""
        return _KIND_LABELS[self]


class Action(StrEnum):
    """What was done to the cell in the marked copy."""

    CORRECTED = "corrected"
    FILLED = "filled"
    LEFT = "left"

    @property
    def label(self) -> str:
        """The action as its users read it."""
        return _ACTION_LABELS[self]


_LEVEL_LABELS = {
    Level.ERROR: "错误",
    Level.REVIEW: "核实",
    Level.ROUNDING: "尾差",
    Level.INFO: "提示",
}
_KIND_LABELS = {
    Kind.ROOT: "独立错误",
    Kind.CONSEQUENCE: "连带",
    Kind.ROUNDING: "尾差",
    Kind.FILLED: "补算",
    Kind.UNSETTLED: "无法判断",
    Kind.REVIEW: "核实",
    Kind.SUGGESTION: "建议",
    Kind.NOTE: "提示",
}
_ACTION_LABELS = {
    Action.CORRECTED: "已更正",
    Action.FILLED: "已补算",
    Action.LEFT: "未改动",
}


@dataclass(slots=True, unsafe_hash=True)  # not frozen for speed, see records
class Finding:
    """One difference or question at one cell of one sheet.

    ``stated``, ``expected`` and ``difference`` are plain numbers (0.0541, not 5.41%) or, for
    ``stated`` and ``expected``, text; ``stated_text`` and ``expected_text`` are the same as a
    person reads them in that cell ("5.41%"). ``expected`` is rounded half up to the decimals of
    ``stated`` (of the field when the cell was blank); ``difference`` is stated − expected.
    ``scale`` is 100 where a cell holds percent points without a sign (5.41), which
    ``stated_text`` and ``expected_text`` then are. ``root`` is ``sheet!cell`` of the root finding
    for a consequence. ``formula`` is the live
    Excel formula (without "=") for a corrected or filled cell when all its operands are numeric
    cells; ``written`` is the number to put into a corrected or filled cell (5.41 where a percent
    is written without its sign, else equal to ``expected``) and ``number_format`` the format it
    needs where the cell's own would hide it. ``points`` are further sentences on the same row,
    shown in the same line of the review sheet.
    """

    sheet: str
    cell: str
    form: str
    project: str
    rule: str
    level: Level
    kind: Kind
    action: Action
    field: str
    stated: Decimal | str | None = None
    expected: Decimal | str | None = None
    difference: Decimal | None = None
    stated_text: str = ""
    expected_text: str = ""
    calculation: str = ""
    cause: str = ""
    root: str = ""
    message: str = ""
    advice: str = ""
    formula: str = ""
    number_format: str = ""
    written: Decimal | None = None
    points: tuple[str, ...] = ()
    scale: int = 1

    @property
    def place(self) -> str:
        """``sheet!cell``, the name a consequence gives its root by."""
        return f"{self.sheet}!{self.cell}"


_ERROR_VALUE = re.compile(r"#[A-Z0-9/_]+[!?]?")


def is_error_value(text: str) -> bool:
    """Tell whether a cell shows an error value such as #DIV/0! instead of a figure."""
    return _ERROR_VALUE.fullmatch(text) is not None


def as_stated(text: str) -> str:
    """Return how a sentence names what a cell states: 填报 5.41%, 未填, 本格为错误值 #REF!."""
    if is_error_value(text):
        return f"本格为错误值 {text}"
    return f"填报 {text}" if text else "未填"
