"""What is asked of one indicator row: its target, its actual, its score and its explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.dates import read_date
from selfeval_xl.labels import key, squash
from selfeval_xl.rounding import half_unit, plain
from selfeval_xl.rules.indicator_row import NEGATIVE, Row
from selfeval_xl.workbooks.sheet import Cell

_ACHIEVED = ("达成年度指标", "达成预期指标", "达成预期目标", "全部达成", "完全达成")
_PARTLY = ("部分达成",)
_MISSED = ("未达成",)


@dataclass(slots=True)
class Point:
    """One question on an indicator row; ``cell`` is the cell it is about."""

    rule: str
    cell: Cell
    text: str


def over_full(row: Row) -> Point | None:
    """0 ≤ 得分 ≤ 分值."""
    cell = row.indicator.score
    if cell is None or row.score is None:
        return None
    if row.score.numerator < 0:
        return Point("S301", cell, f"得分 {plain(row.score)} 小于 0")
    if row.points is not None and row.margin > 0:
        return Point("S301", cell, f"得分 {plain(row.score)} 高于分值 {plain(row.points)}")
    return None


def score_rule(row: Row) -> Point | None:
    """A score higher than the scoring rule gives for this actual."""
    if row.score is None or not row.points or row.met is not False or row.margin > 0:
        return None
    assert row.target is not None and row.actual is not None
    allowed = list(_allowed_scores(row, row.target.value, max(row.actual.value, Fraction())))
    slack = max(half_unit(row.score_decimals), Fraction(1, 100))
    if allowed and row.score > max(allowed) + slack:
        best = plain(max(allowed), 2)
        return Point(
            "S302",
            _cell(row.indicator.score),
            f"目标 {row.target_text}、实际 {row.actual_text}，按比例最多得 {best} 分，"
            f"填报 {plain(row.score)} 分",
        )
    return None


def _allowed_scores(row: Row, target: Fraction, actual: Fraction) -> Iterator[Fraction]:
    points = row.points or Fraction()
    if target < 0:  # a share of it says nothing
        return
    if not target:
        yield Fraction()
    elif row.sign in NEGATIVE:
        if row.settings.negative_formula != "excess":
            yield points * target / actual
        if row.settings.negative_formula != "ratio":
            yield points * max(Fraction(), 1 - (actual - target) / target)
    else:
        yield points * actual / target


def missing_reason(row: Row) -> Point | None:
    """A lost point or a missed target needs an explanation where the form asks for one."""
    if row.explained or not row.has_reason_column:
        return None
    if row.score is not None and row.points is not None and row.margin < 0:
        text = f"得分 {plain(row.score)} 低于分值 {plain(row.points)}，未填偏差原因及改进措施"
        return Point("S303", _cell(row.indicator.reason), text)
    if row.met is False:
        text = f"实际 {row.actual_text} 未达到目标 {row.target_text}，未填偏差原因及改进措施"
        return Point("S303", _cell(row.indicator.reason), text)
    return None


def over_completion(row: Row) -> Point | None:
    """An actual far above its target needs an explanation."""
    if row.explained or not row.has_reason_column or row.target is None or row.actual is None:
        return None
    if row.target.unit not in ("年", "月", "日") and _far_above(row):
        ratio = plain(row.actual.value / row.target.value * 100, 2)
        text = f"实际 {row.actual_text} 达到目标 {row.target_text} 的 {ratio}%，超额较多，未填说明"
        return Point("S304", _cell(row.indicator.actual), text)
    return None


def deviation(row: Row) -> Point | None:
    """An actual far above its target that has not cost the points a province takes off."""
    if "S322" in row.settings.disabled_rules or row.score is None or not row.points:
        return None
    most = max(row.points - row.settings.deviation_penalty, Fraction())
    if row.score > most and _far_above(row):
        times = plain(row.settings.over_completion * 100)
        text = (
            f"实际 {row.actual_text} 达到目标 {row.target_text} 的 {times}% 以上，"
            f"按规定最多得 {plain(most)} 分，填报 {plain(row.score)} 分"
        )
        return Point("S322", _cell(row.indicator.score), text)
    return None


def _far_above(row: Row) -> bool:
    """Tell whether the actual is so far above its target that it must be explained."""
    if row.target is None or row.actual is None or row.unlike or row.sign in NEGATIVE:
        return False
    target = row.target.value
    enough = exact.product(target, row.settings.over_completion)
    return target.numerator > 0 and exact.compare(row.actual.value, enough) >= 0


def copied_target(row: Row) -> Point | None:
    """An actual that carries the target's sign is no actual."""
    actual = row.actual
    if actual is not None and actual.comparator in ("≥", "≤", ">", "<") and actual.typed:
        if squash(row.actual_text) == squash(row.target_text):
            text = f"实际完成值“{row.actual_text}”照抄了年度指标值，应填实际完成的数"
        elif row.actual_text[:1] in "≥≧>＞≤≦<＜":
            text = f"实际完成值“{row.actual_text}”带有比较符号，应填实际完成的数"
        else:
            return None
        return Point("S305", _cell(row.indicator.actual), text)
    return None


def error_value(row: Row) -> Point | None:
    """A target or an actual that shows an error value."""
    names = {row.indicator.actual: "实际完成值", row.indicator.target: "年度指标值"}
    texts = [f"{names[cell]}显示错误值 {shown}" for cell, shown in row.errors.items()]
    return Point("V102", next(iter(row.errors)), "；".join(texts)) if texts else None


def missing_actual(row: Row) -> Point | None:
    """A score without an actual."""
    if row.actual_text or not row.score or row.indicator.actual in row.errors:
        return None
    if row.indicator.merged_actual:
        cell = _cell(row.indicator.target)
        if row.target_text:
            text = f"年度指标值与实际完成值合并为一格，看不出实际完成值，已得 {plain(row.score)} 分"
            return Point("S306", cell, text)
    elif row.indicator.actual is not None:
        return Point("S306", row.indicator.actual, f"实际完成值未填，已得 {plain(row.score)} 分")
    return None


def missing_target(row: Row) -> Point | None:
    """Points without a target."""
    if row.target_text or not row.points or row.indicator.target is None:
        return None
    if row.indicator.target in row.errors:
        return None
    return Point("S310", row.indicator.target, f"年度指标值未填，分值为 {plain(row.points)}")


def foreign_target(row: Row) -> Point | None:
    """A target that holds the content of another column."""
    return _foreign(row, row.indicator.target, row.target_text, "年度指标值")


def foreign_actual(row: Row) -> Point | None:
    """An actual that holds the content of another column."""
    return _foreign(row, row.indicator.actual, row.actual_text, "实际完成值")


def _foreign(row: Row, cell: Cell | None, text: str, name: str) -> Point | None:
    plain = _bare(text)
    if cell is None or len(plain) < 4 or plain not in row.names:
        return None
    return Point("S307", cell, f"{name}填的是“{text}”，像是指标名称，疑似错列")


def other_unit(row: Row) -> Point | None:
    """An actual in another unit than its target; what would compare them is not asked."""
    target, actual = row.target, row.actual
    if not row.unlike or target is None or actual is None or row.indicator.actual is None:
        return None
    if target.percent != actual.percent:
        text = f"目标 {row.target_text} 与实际 {row.actual_text} 的单位不同"
    else:
        text = f"目标单位“{target.unit}”与实际单位“{actual.unit}”不同"
    return Point("S308", row.indicator.actual, text)


def words_for_number(row: Row) -> Point | None:
    """A target in numbers whose actual is words."""
    if row.target is None or not row.actual_text or row.actual is not None:
        return None
    if read_date(row.actual_text) is not None or any(char.isdigit() for char in row.actual_text):
        return None
    text = f"目标 {row.target_text} 为定量指标，实际完成值“{row.actual_text}”不是数字，无法核算得分"
    return Point("S317", _cell(row.indicator.actual), text)


def late(row: Row) -> Point | None:
    """A date later than the target date with a full score."""
    if row.target is not None or not row.points or row.score is None or row.margin:
        return None
    target, actual = read_date(row.target_text), read_date(row.actual_text)
    if target is not None and actual is not None and actual > target:
        text = f"实际完成时间 {row.actual_text} 晚于目标 {row.target_text}，仍得满分"
        return Point("S302", _cell(row.indicator.score), text)
    return None


def qualitative_band(row: Row) -> Point | None:
    """A qualitative score outside the band of its conclusion."""
    if row.score is None or not row.points or row.actual is not None:
        return None
    upper, middle = row.settings.qualitative_bands
    text = squash(row.actual_text)
    if not text.startswith((*_ACHIEVED, *_PARTLY, *_MISSED)):
        return None
    share = row.score / row.points
    if text.startswith(_PARTLY):
        fits = middle <= share < upper
    elif text.startswith(_MISSED):
        fits = share < middle
    else:
        fits = upper <= share <= 1
    if not fits:
        return Point(
            "S315",
            _cell(row.indicator.score),
            f"定性结论“{row.actual_text}”与得分 {plain(row.score)}"
            f"（分值 {plain(row.points)}）所在档次不符",
        )
    return None


CHECKS: tuple[Callable[[Row], Point | None], ...] = (
    over_full,
    score_rule,
    late,
    qualitative_band,
    foreign_target,
    foreign_actual,
    error_value,
    copied_target,
    missing_target,
    missing_actual,
    other_unit,
    words_for_number,
    deviation,
    over_completion,
    missing_reason,
)
"""All questions in the order of their weight."""

_OF_FIGURES = frozenset({score_rule, other_unit, deviation, over_completion})
"""Questions on a target and an actual that are both numbers."""
_OF_WORDS = frozenset({late, qualitative_band, words_for_number, error_value})
"""Questions on a row where one of them is none."""
_WITH_FIGURES = tuple(check for check in CHECKS if check not in _OF_WORDS)
_WITH_WORDS = tuple(check for check in CHECKS if check not in _OF_FIGURES)


def checks_of(row: Row) -> tuple[Callable[[Row], Point | None], ...]:
    """Return the questions that a row may raise."""
    return _WITH_FIGURES if row.target is not None and row.actual is not None else _WITH_WORDS


def _bare(text: str) -> str:
    return key(text).removesuffix("指标").removesuffix("指标值")


def _cell(cell: Cell | None) -> Cell:
    assert cell is not None
    return cell
