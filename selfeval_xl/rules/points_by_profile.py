"""Points that do not add to the full score: where they leave the profile's usual points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.score_totals import group_points, points_doubt
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.labels import key
from selfeval_xl.rounding import plain
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, agrees, half_up
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.forms.form import Form
    from selfeval_xl.judgement import Judgement

Part = tuple[str, Cell, Fraction, Fraction]
"""A first-level indicator or the execution: name, cell, points in the form, usual points."""


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Name the one part whose points explain why the sum is not 100; nothing for other forms.

    Provinces weigh indicators differently, so the profile's points are no rule by themselves.
    Only a form that keeps to all of them but one, and misses the full score by just this
    difference, is asked about; labels that state their own points come before the profile.
    """
    body = judgement.form.body
    if not isinstance(body, SelfEvaluation):
        return
    yield from _scaled(judgement, body, settings)
    if not body.labels:
        yield from _odd_part(judgement, body, settings)


def _scaled(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    """S324: the total is what the scores give when the points are scaled to the full score."""
    cell = body.total_score
    found = judgement.form.fields.get(cell) if cell is not None else None
    if cell is None or found is None or not isinstance(found.stated, Quantity):
        return
    if found.stated.decimals < _SURE_DECIMALS or not points_doubt(judgement.form, body, settings):
        return
    points = _sum(judgement.form, body.points)
    if not points or points == settings.full_score:
        return
    scores = _sum(judgement.form, body.scores)
    total = scores * settings.full_score / points
    if agrees(found.stated, scores) or not agrees(found.stated, total):
        return
    shown = half_up(total, found.stated.decimals)
    calculation = f"{plain(scores)} ÷ {plain(points)} × {plain(settings.full_score)} = {shown}"
    yield question(
        judgement.form,
        cell,
        "S324",
        "总分",
        f"总分 {shown} 是按百分制折算的：各行得分合计 {plain(scores)}，分值合计 {plain(points)}，"
        f"{calculation}。",
        calculation=calculation,
        advice="请确认有指标不适用、可以折算；否则请补齐分值。",
    )


_SURE_DECIMALS = 1
"""A whole-numbered total may agree with the scaled one by chance (98 with 97.85)."""


def _sum(form: Form, cells: list[Cell]) -> Fraction:
    numbers = (number_in(form.fields.get(cell)) for cell in cells)
    return exact.total(number for number in numbers if number is not None)


def _odd_part(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    """S323: one part's points leave the profile by just what the sum misses."""
    parts = _parts(judgement.form, body, settings)
    odd = [part for part in parts if part[2] != part[3]]
    if len(odd) != 1 or exact.total(part[3] for part in parts) != settings.full_score:
        return
    name, cell, points, usual = odd[0]
    total = exact.total(part[2] for part in parts)
    stated = f"合计 {plain(points)}" if points else "没有填"
    yield question(
        judgement.form,
        cell,
        "S323",
        f"{name}/分值",
        f"全部分值合计 {plain(total)}，不是 {plain(settings.full_score)}；{name}分值{stated}，"
        f"“{settings.profile}”口径为 {plain(usual)}，恰好相差 {plain(abs(usual - points))}。",
        level=Level.INFO,
        calculation=f"{plain(total)} − {plain(points)} + {plain(usual)} = "
        f"{plain(settings.full_score)}",
        advice=f"请先核对这一项的分值{_cost(body, name, usual - points)}。",
    )


def _cost(body: SelfEvaluation, name: str, missing: Fraction) -> str:
    """Say what a form whose 产出 has too few points may have left out: its cost indicators."""
    without = not any("成本" in f"{row.level1}{row.level2}" for row in body.table.indicators)
    return "，或是否漏填成本指标" if "产出" in name and missing > 0 and without else ""


def _parts(form: Form, body: SelfEvaluation, settings: Settings) -> list[Part]:
    """Return the parts of the points with their usual ones, none when the layout is another."""
    usual = dict(settings.level_weights)
    parts: list[Part] = []
    for group in (group for group in body.table.groups if group.level == 1):
        name = key(group.name)
        word = next((word for word in usual if word in name), None)
        if word is None:
            return []
        points = _sum(form, group_points(body, group))
        parts.append((name, group.cell, points, usual.pop(word)))
    if usual:
        return []
    if exact.total(part[3] for part in parts) != settings.full_score:
        points_cell = body.execution_points
        own = number_in(form.fields.get(points_cell)) if points_cell is not None else None
        cell = points_cell if own is not None else body.rate or body.executed
        if cell is None:
            return []
        parts.append(("预算执行率", cell, own or Fraction(), settings.execution_weight))
    return parts


RULES: tuple[Rule, ...] = (
    Rule(
        code="S323",
        name="分值与口径",
        form="self_evaluation",
        level=Level.INFO,
        truth="分值合计不是 100，而只有一项分值与所用口径不同、恰好相差这么多时，先核对这一项",
        why="各地分值不同，口径只用来帮助找出最可能填错或漏填的一项，本身不是对错的标准。",
        source="财预〔2020〕10号所附自评表；各地自评表的分值规定",
        safe=False,
        wrong="产出 43、效益 30、满意度 10、执行率 10，合计 93",
        right="产出 50、效益 30、满意度 10、执行率 10，合计 100",
    ),
    Rule(
        code="S324",
        name="百分制折算",
        form="self_evaluation",
        level=Level.REVIEW,
        truth="分值合计不是 100 而总分按百分制折算的，应说明折算依据",
        why="部分指标不适用时可以按其余指标折算为百分制，但须由单位说明，否则就是分值漏填。",
        source="项目支出绩效自评表填表说明（不适用的指标可以剔除，其余按百分制折算）",
        safe=False,
        wrong="分值合计 80，得分合计 76，总分填 95.0，没有说明",
        right="分值合计 80，得分合计 76，总分填 95.0，注明“满意度指标不适用，按百分制折算”",
    ),
)
