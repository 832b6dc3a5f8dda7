"""The one palette of every output: what each colour means, and the neutral tones around it."""

from __future__ import annotations

from dataclasses import dataclass

from selfeval_xl.findings import Finding, Kind, Level


@dataclass(frozen=True, slots=True)
class Shade:
    """A mark's meaning and colours (ARGB): ``fill`` behind black text, ``ink`` for words on white.

    The four hues keep apart under red-green blindness because they differ in lightness and in
    blue–yellow as well; a note and the level in words always go with them.
    """

    label: str
    meaning: str
    fill: str
    ink: str


ROOT = Shade("错误", "独立错误：本格自身有误，已按公式更正，原填报值见批注", "FFF4A6A0", "FF9B1C1C")
CONSEQUENCE = Shade(
    "连带", "连带错误：因所引用的单元格有误而有误，已随之更正", "FFFBDDD9", "FF9B1C1C"
)
REVIEW = Shade("核实", "需要人工核实：程序未改动，请对照原始资料判断", "FFFFDF80", "FF8A5A00")
ROUNDING = Shade("尾差", "四舍五入形成的末位差异，一般不影响结论", "FFB8D4F5", "FF1F4E8C")
FILLED = Shade("补算", "原为空白，已按公式补算", "FFBFE3C0", "FF1E6B34")
NOTE = Shade("提示", "供参考，不着色，只加批注", "", "FF4B5563")

LEGEND: tuple[Shade, ...] = (ROOT, CONSEQUENCE, REVIEW, ROUNDING, FILLED, NOTE)
"""All marks in the order of their weight."""

INK = "FF1F2937"
MUTED = "FF6B7280"
TITLE = "FF1F3A5F"
HEADER_FILL = "FF1F3A5F"
HEADER_INK = "FFFFFFFF"
BAND_FILL = "FFF3F5F8"
TOTAL_FILL = "FFE6ECF4"
LINE = "FFC9D1DC"
LINK = "FF0B57A4"
GOOD_FILL = "FFE3F3E4"
GOOD_INK = "FF1E6B34"
FONT = "微软雅黑"


SPOKEN = (Kind.REVIEW, Kind.NOTE, Kind.SUGGESTION)
"""Kinds whose message says more than their calculation."""


def shade(finding: Finding) -> Shade:
    """Return the mark of a finding."""
    if finding.kind is Kind.FILLED:
        return FILLED
    if finding.level is Level.ERROR:
        return CONSEQUENCE if finding.kind is Kind.CONSEQUENCE else ROOT
    return {Level.REVIEW: REVIEW, Level.ROUNDING: ROUNDING}.get(finding.level, NOTE)


def weight(finding: Finding) -> int:
    """Return the rank of a finding among others, 0 for the heaviest."""
    return LEGEND.index(shade(finding))


def rgb(argb: str) -> str:
    """Return an ARGB colour as ``#RRGGBB``."""
    return f"#{argb[2:]}"
