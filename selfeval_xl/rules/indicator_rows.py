"""What is asked of one indicator row: its target, its actual, its score and its explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.dates import read_date
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.indicator_table import Indicator
from selfeval_xl.labels import key, squash
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_unit, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell

NEGATIVE = frozenset({"≤", "<"})
_BLANK_MARKS = frozenset({"", "—", "-", "－", "–", "/", "无", "——", "--"})
_STUB = frozenset({"……", "...", "…", "......"})
_ACHIEVED = ("达成年度指标", "达成预期指标", "达成预期目标", "全部达成", "完全达成")
_PARTLY = ("部分达成",)
_MISSED = ("未达成",)


@dataclass(slots=True)
class Point:
    """One question on an indicator row; ``cell`` is the cell it is about."""

    rule: str
    cell: Cell
    text: str


@dataclass(slots=True)
class Row:
    """An indicator row with its contents read.

    ``met`` says whether the actual meets the target, None when they cannot be compared. ``margin``
    is below 0 for a score below its points and above 0 for one above them.
    """

    indicator: Indicator
    settings: Settings
    names: frozenset[str]
    target_text: str
    actual_text: str
    target: Quantity | None
    actual: Quantity | None
    met: bool | None
    points: Fraction | None
    score: Fraction | None
    margin: int
    score_decimals: int
    explained: bool
    has_reason_column: bool

    @property
    def sign(self) -> str:
        """The comparison the target is meant with, "" when none is given."""
        return self.target.comparator if self.target else ""


def read_row(form: Form, indicator: Indicator, names: frozenset[str], settings: Settings) -> Row:
    """Read what an indicator row states; quantities only where target and actual are numbers."""
    target = _quantity(form, indicator.target)
    actual = _comparable(_quantity(form, indicator.actual), target)
    target = _signed(target, _text(form, indicator.sign))
    points = number_in(form.fields.get(indicator.points)) if indicator.points else None
    found = form.fields.get(indicator.score) if indicator.score else None
    stated = found.stated if found else None
    score = number_in(found)
    return Row(
        indicator=indicator,
        settings=settings,
        names=names,
        target_text=_text(form, indicator.target),
        actual_text=_text(form, indicator.actual),
        target=target,
        actual=actual,
        met=_met(target, actual),
        points=points,
        score=score,
        margin=0 if score is None or points is None else exact.compare(score, points),
        score_decimals=stated.decimals if isinstance(stated, Quantity) else 2,
        explained=bool(_text(form, indicator.reason)),
        has_reason_column=indicator.reason is not None,
    )


def _text(form: Form, cell: Cell | None) -> str:
    """Return what a cell says, "" for nothing and for the marks that stand for nothing."""
    shown = form.sheet.text(cell) if cell is not None else ""
    return "" if squash(shown) in _BLANK_MARKS else shown


def _signed(target: Quantity | None, text: str) -> Quantity | None:
    """Return the target with the comparison that a column of its own gives it."""
    sign = squash(text)
    if target is None or not sign or target.comparator:
        return target
    signed = read_quantity(f"{sign}1")
    comparator = signed.comparator if isinstance(signed, Quantity) else ""
    return Quantity(
        target.value, target.decimals, target.shortest, target.unit, comparator, target.percent
    )


def _met(target: Quantity | None, actual: Quantity | None) -> bool | None:
    """Tell whether the actual meets the target, None when they cannot be compared."""
    if target is None or actual is None:
        return None
    above = exact.compare(actual.value, target.value)
    return above <= 0 if target.comparator in NEGATIVE or not target.value else above >= 0


def _quantity(form: Form, cell: Cell | None) -> Quantity | None:
    if cell is None:
        return None
    stated = read_quantity(form.sheet.value(cell), form.sheet.number_formats.get(cell, "General"))
    return stated if isinstance(stated, Quantity) else None


def _comparable(actual: Quantity | None, target: Quantity | None) -> Quantity | None:
    """Read an actual of 96 under a target of 95% as 96%."""
    if actual is None or target is None or actual.percent == target.percent or actual.unit:
        return actual
    if target.percent and actual.value > Fraction(3, 2):
        return Quantity(
            actual.value / 100,
            actual.decimals + 2,
            actual.shortest + 2,
            "",
            actual.comparator,
            True,
        )
    return actual


def over_full(row: Row) -> Iterator[Point]:
    """0 ≤ 得分 ≤ 分值."""
    cell = row.indicator.score
    if cell is None or row.score is None:
        return
    if row.score.numerator < 0:
        yield Point("S301", cell, f"得分 {_plain(row.score)} 小于 0")
    elif row.margin > 0:
        yield Point("S301", cell, f"得分 {_plain(row.score)} 高于分值 {_plain(row.points)}")


def score_rule(row: Row) -> Iterator[Point]:
    """A score higher than the scoring rule gives for this actual."""
    if row.score is None or not row.points or row.met is not False or row.margin > 0:
        return
    assert row.target is not None and row.actual is not None
    allowed = list(_allowed_scores(row, row.target.value, max(row.actual.value, Fraction())))
    slack = max(half_unit(row.score_decimals), Fraction(1, 100))
    if allowed and row.score > max(allowed) + slack:
        best = _plain(half_up(max(allowed), 2))
        yield Point(
            "S302",
            _cell(row.indicator.score),
            f"目标 {row.target_text}、实际 {row.actual_text}，按比例最多得 {best} 分，"
            f"填报 {_plain(row.score)} 分",
        )


def _allowed_scores(row: Row, target: Fraction, actual: Fraction) -> Iterator[Fraction]:
    points = row.points or Fraction()
    if not target:
        yield Fraction()
    elif row.sign in NEGATIVE:
        if row.settings.negative_formula != "excess":
            yield points * target / actual
        if row.settings.negative_formula != "ratio":
            yield points * max(Fraction(), 1 - (actual - target) / target)
    else:
        yield points * actual / target


def missing_reason(row: Row) -> Iterator[Point]:
    """A lost point or a missed target needs an explanation where the form asks for one."""
    if row.explained or not row.has_reason_column:
        return
    if row.margin < 0:
        text = f"得分 {_plain(row.score)} 低于分值 {_plain(row.points)}，未填偏差原因及改进措施"
        yield Point("S303", _cell(row.indicator.reason), text)
    elif row.met is False:
        text = f"实际 {row.actual_text} 未达到目标 {row.target_text}，未填偏差原因及改进措施"
        yield Point("S303", _cell(row.indicator.reason), text)


def over_completion(row: Row) -> Iterator[Point]:
    """An actual far above its target needs an explanation."""
    if row.explained or not row.has_reason_column or row.target is None or row.actual is None:
        return
    if row.target.unit not in ("年", "月", "日") and _far_above(row):
        ratio = half_up(row.actual.value / row.target.value * 100, 2)
        text = (
            f"实际 {row.actual_text} 达到目标 {row.target_text} 的 {_plain(ratio)}%，"
            "超额较多，未填说明"
        )
        yield Point("S304", _cell(row.indicator.actual), text)


def deviation(row: Row) -> Iterator[Point]:
    """An actual far above its target that has not cost the points a province takes off."""
    if "S322" in row.settings.disabled_rules or row.score is None or not row.points:
        return
    most = max(row.points - row.settings.deviation_penalty, Fraction())
    if row.score > most and _far_above(row):
        times = _plain(row.settings.over_completion * 100)
        text = (
            f"实际 {row.actual_text} 达到目标 {row.target_text} 的 {times}% 以上，"
            f"按规定最多得 {_plain(most)} 分，填报 {_plain(row.score)} 分"
        )
        yield Point("S322", _cell(row.indicator.score), text)


def _far_above(row: Row) -> bool:
    """Tell whether the actual is so far above its target that it must be explained."""
    if row.target is None or row.actual is None or row.sign in NEGATIVE:
        return False
    target = row.target.value
    enough = exact.product(target, row.settings.over_completion)
    return target.numerator > 0 and exact.compare(row.actual.value, enough) >= 0


def copied_target(row: Row) -> Iterator[Point]:
    """An actual that carries the target's sign is no actual."""
    actual = row.actual
    if actual is not None and actual.comparator in ("≥", "≤", ">", "<") and actual.typed:
        if squash(row.actual_text) == squash(row.target_text):
            text = f"实际完成值“{row.actual_text}”照抄了年度指标值，应填实际完成的数"
        elif row.actual_text[:1] in "≥≧>＞≤≦<＜":
            text = f"实际完成值“{row.actual_text}”带有比较符号，应填实际完成的数"
        else:
            return
        yield Point("S305", _cell(row.indicator.actual), text)


def missing_actual(row: Row) -> Iterator[Point]:
    """A score without an actual."""
    if row.actual_text or not row.score:
        return
    if row.indicator.merged_actual:
        cell = _cell(row.indicator.target)
        if row.target_text:
            text = (
                f"年度指标值与实际完成值合并为一格，看不出实际完成值，已得 {_plain(row.score)} 分"
            )
            yield Point("S306", cell, text)
    elif row.indicator.actual is not None:
        yield Point("S306", row.indicator.actual, f"实际完成值未填，已得 {_plain(row.score)} 分")


def missing_target(row: Row) -> Iterator[Point]:
    """Points without a target."""
    if row.target_text or not row.points or row.indicator.target is None:
        return
    yield Point("S310", row.indicator.target, f"年度指标值未填，分值为 {_plain(row.points)}")


def foreign_content(row: Row) -> Iterator[Point]:
    """A target or actual that holds the content of another column."""
    for cell, text, name in (
        (row.indicator.target, row.target_text, "年度指标值"),
        (row.indicator.actual, row.actual_text, "实际完成值"),
    ):
        plain = _bare(text)
        if cell is not None and len(plain) >= 4 and plain in row.names:
            yield Point("S307", cell, f"{name}填的是“{text}”，像是指标名称，疑似错列")


def other_unit(row: Row) -> Iterator[Point]:
    """An actual in another unit than its target."""
    target, actual = row.target, row.actual
    if target is None or actual is None or row.indicator.actual is None:
        return
    if (
        target.percent != actual.percent
        and (target.percent or target.unit)
        and (actual.percent or actual.unit)
    ):
        text = f"目标 {row.target_text} 与实际 {row.actual_text} 的单位不同"
    elif target.unit and actual.unit and not _same_unit(target.unit, actual.unit):
        text = f"目标单位“{target.unit}”与实际单位“{actual.unit}”不同"
    else:
        return
    yield Point("S308", row.indicator.actual, text)


def words_for_number(row: Row) -> Iterator[Point]:
    """A target in numbers whose actual is words."""
    if row.target is None or not row.actual_text or row.actual is not None:
        return
    if read_date(row.actual_text) is not None or any(char.isdigit() for char in row.actual_text):
        return
    text = f"目标 {row.target_text} 为定量指标，实际完成值“{row.actual_text}”不是数字，无法核算得分"
    yield Point("S317", _cell(row.indicator.actual), text)


def late(row: Row) -> Iterator[Point]:
    """A date later than the target date with a full score."""
    if row.target is not None or not row.points or row.score is None or row.margin:
        return
    target, actual = read_date(row.target_text), read_date(row.actual_text)
    if target is not None and actual is not None and actual > target:
        text = f"实际完成时间 {row.actual_text} 晚于目标 {row.target_text}，仍得满分"
        yield Point("S302", _cell(row.indicator.score), text)


def qualitative_band(row: Row) -> Iterator[Point]:
    """A qualitative score outside the band of its conclusion."""
    if row.score is None or not row.points or row.actual is not None:
        return
    upper, middle = row.settings.qualitative_bands
    text = squash(row.actual_text)
    if not text.startswith((*_ACHIEVED, *_PARTLY, *_MISSED)):
        return
    share = row.score / row.points
    if text.startswith(_PARTLY):
        fits = middle <= share < upper
    elif text.startswith(_MISSED):
        fits = share < middle
    else:
        fits = upper <= share <= 1
    if not fits:
        yield Point(
            "S315",
            _cell(row.indicator.score),
            f"定性结论“{row.actual_text}”与得分 {_plain(row.score)}"
            f"（分值 {_plain(row.points)}）所在档次不符",
        )


CHECKS: tuple[Callable[[Row], Iterator[Point]], ...] = (
    over_full,
    score_rule,
    late,
    qualitative_band,
    foreign_content,
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


def _bare(text: str) -> str:
    return key(text).removesuffix("指标").removesuffix("指标值")


def _same_unit(one: str, other: str) -> bool:
    one, other = one.replace("名", "人"), other.replace("名", "人")
    return one in other or other in one


def _cell(cell: Cell | None) -> Cell:
    assert cell is not None
    return cell


def _plain(value: Fraction | object) -> str:
    number = half_up(value, 4) if isinstance(value, Fraction) else value
    return format(number.normalize(), "f")  # type: ignore[attr-defined]
