"""What the summary shows of a self-evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.forms.indicator_table import Indicator
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.labels import key, squash
from selfeval_xl.quantities import LARGEST_SHARE
from selfeval_xl.records import Fact, LevelScore
from selfeval_xl.units import PERCENTS
from selfeval_xl.values import Quantity, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell, a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement


def record(judgement: Judgement) -> dict[str, object]:
    """Return the first-level scores of a self-evaluation, execution first."""
    body = judgement.form.body
    assert isinstance(body, SelfEvaluation)
    levels = []
    points, scores = frozenset(body.points), frozenset(body.scores)
    if body.execution_points in points:
        levels.append(
            _level(judgement, "预算执行率", [body.execution_points], [body.execution_score])
        )
    for group in body.table.groups:
        if group.level != 1:
            continue
        rows = [row for row in body.table.indicators if row.row in group.rows]
        levels.append(
            _level(
                judgement,
                key(group.name),
                [row.points for row in rows if row.points in points],
                [row.score for row in rows if row.score in scores],
            )
        )
    return {
        "levels": tuple(levels),
        "facts": (
            *_satisfaction(judgement, body),
            *_staff(judgement, body),
            *_spending(judgement),
        ),
    }


def _satisfaction(judgement: Judgement, body: SelfEvaluation) -> Iterator[Fact]:
    """The actual of a satisfaction indicator: a percentage, a score, or a number without unit."""
    for row in body.table.indicators:
        if "满意" not in f"{row.level1}{row.level2}{row.name}":
            continue
        stated, unit = _actual(judgement, row)
        if stated is None:
            continue
        if unit == "%" and (stated.percent or not _COUNTED.search(row.name)):
            yield _percentage(row, stated, "satisfaction")
        elif unit == "分" or (not unit and _is_rate(row) and 0 < stated.value <= 100):
            kind = "satisfaction" if unit else "satisfaction_without_unit"
            yield Fact(kind, row.name, _place(row), half_up(stated.value, stated.decimals), unit)


def _is_rate(row: Indicator) -> bool:
    """Tell whether a row is surely about how many per cent are satisfied, not about complaints."""
    return bool(_RATE.search(row.name)) and not _COUNTED.search(row.name)


_RATE = re.compile(r"满意(度|率)")
_COUNTED = re.compile(r"不满意|投诉|[次份件人]数|数量|调查")


def _staff(judgement: Judgement, body: SelfEvaluation) -> Iterator[Fact]:
    """The actual of 在职人员控制率, which stands in the base data too."""
    for row in body.table.indicators:
        if key(row.name) in ("在职人员控制率", "人员控制率", "编制控制率"):
            stated, unit = _actual(judgement, row)
            if stated is not None and unit == "%":
                yield _percentage(row, stated, "control_rate")


def _actual(judgement: Judgement, row: Indicator) -> tuple[Quantity | None, str]:
    """Return the number of a row's actual and its unit: its own, the column's or the target's."""
    stated = _number(judgement, row.actual)
    if stated is None or stated.comparator:
        return None, ""
    if stated.percent or stated.unit:
        return stated, "%" if stated.percent else stated.unit
    target = _number(judgement, row.target)
    unit = squash(judgement.form.sheet.text(row.unit)) if row.unit is not None else ""
    if not unit and target is not None:
        unit = "%" if target.percent else target.unit
    return stated, PERCENTS.get(unit, unit)


def _number(judgement: Judgement, cell: Cell | None) -> Quantity | None:
    if cell is None:
        return None
    sheet = judgement.form.sheet
    stated = read_quantity(sheet.value(cell), sheet.number_formats.get(cell, ""))
    return stated if isinstance(stated, Quantity) else None


def _percentage(row: Indicator, stated: Quantity, kind: str) -> Fact:
    """Return a percentage in percent points; 96 and 0.96 are both 96 % where % is the unit."""
    if not stated.percent and stated.value > LARGEST_SHARE:
        return Fact(kind, row.name, _place(row), half_up(stated.value, stated.decimals))
    value = half_up(stated.value * 100, max(stated.decimals - 2, 0))
    return Fact(kind, row.name, _place(row), value)


def _place(row: Indicator) -> str:
    assert row.actual is not None
    return a1(row.actual)


def _spending(judgement: Judgement) -> Iterator[Fact]:
    """The project spending a department states in its breakdown by use."""
    for cell, found in judgement.form.fields.items():
        if found.label == "按支出性质分/项目支出" and isinstance(found.stated, Quantity):
            value = half_up(found.stated.value, max(found.stated.decimals, 0))
            yield Fact("project_spending", found.label, a1(cell), value)


def _level(
    judgement: Judgement, name: str, points: list[Cell | None], scores: list[Cell | None]
) -> LevelScore:
    def total(cells: list[Cell | None]) -> Fraction | None:
        known = [
            value
            for cell in dict.fromkeys(cells)
            if cell is not None and (value := judgement.expected.get(cell)) is not None
        ]
        return exact.total(known) if known else None

    def rounded(value: Fraction | None) -> object:
        return None if value is None else half_up(value, 2)

    return LevelScore(name, rounded(total(points)), rounded(total(scores)))  # type: ignore[arg-type]
