"""What the summary shows of a self-evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.forms.indicator_table import Indicator
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.labels import key
from selfeval_xl.records import Fact, LevelScore
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
    """The actual of a satisfaction indicator that is given as a percentage of its own."""
    for row in body.table.indicators:
        if "满意" in f"{row.level1}{row.level2}{row.name}":
            yield from _percentage(judgement, row, "satisfaction")


def _staff(judgement: Judgement, body: SelfEvaluation) -> Iterator[Fact]:
    """The actual of 在职人员控制率, which stands in the base data too."""
    for row in body.table.indicators:
        if key(row.name) in ("在职人员控制率", "人员控制率", "编制控制率"):
            yield from _percentage(judgement, row, "control_rate")


def _percentage(judgement: Judgement, row: Indicator, kind: str) -> Iterator[Fact]:
    if row.actual is None:
        return
    sheet = judgement.form.sheet
    stated = read_quantity(sheet.value(row.actual), sheet.number_formats.get(row.actual, ""))
    if isinstance(stated, Quantity) and stated.percent and not stated.comparator:
        value = half_up(stated.value * 100, max(stated.decimals - 2, 0))
        yield Fact(kind, row.name, a1(row.actual), value)


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
