"""Points that do not add to the full score: where they leave the profile's usual points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.score_totals import group_points
from selfeval_xl.forms.self_evaluation import SelfEvaluation
from selfeval_xl.labels import key
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.forms.form import Form
    from selfeval_xl.judging import Judgement

Part = tuple[str, Cell, Fraction, Fraction]
"""A first-level indicator or the execution: name, cell, points in the form, usual points."""


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Name the one part whose points explain why the sum is not 100; nothing for other forms.

    Provinces weigh indicators differently, so the profile's points are no rule by themselves.
    Only a form that keeps to all of them but one, and misses the full score by just this
    difference, is asked about; labels that state their own points come before the profile.
    """
    body = judgement.form.body
    if not isinstance(body, SelfEvaluation) or body.labels:
        return
    parts = _parts(judgement.form, body, settings)
    odd = [part for part in parts if part[2] != part[3]]
    if len(odd) != 1 or sum((part[3] for part in parts), Fraction()) != settings.full_score:
        return
    name, cell, points, usual = odd[0]
    total = sum((part[2] for part in parts), Fraction())
    stated = f"合计 {_plain(points)}" if points else "没有填"
    yield question(
        judgement.form,
        cell,
        "S323",
        f"{name}/分值",
        f"全部分值合计 {_plain(total)}，不是 {_plain(settings.full_score)}；{name}分值{stated}，"
        f"“{settings.profile}”口径为 {_plain(usual)}，恰好相差 {_plain(abs(usual - points))}。",
        level=Level.INFO,
        calculation=f"{_plain(total)} − {_plain(points)} + {_plain(usual)} = "
        f"{_plain(settings.full_score)}",
        advice="请先核对这一项的分值。",
    )


def _parts(form: Form, body: SelfEvaluation, settings: Settings) -> list[Part]:
    """Return the parts of the points with their usual ones, none when the layout is another."""
    usual = dict(settings.level_weights)
    parts: list[Part] = []
    for group in (group for group in body.table.groups if group.level == 1):
        name = key(group.name)
        word = next((word for word in usual if word in name), None)
        if word is None:
            return []
        points = [number_in(form.fields[cell]) or Fraction() for cell in group_points(body, group)]
        parts.append((name, group.cell, sum(points, Fraction()), usual.pop(word)))
    if usual:
        return []
    if sum((part[3] for part in parts), Fraction()) != settings.full_score:
        points_cell = body.execution_points
        own = number_in(form.fields.get(points_cell)) if points_cell is not None else None
        cell = points_cell if own is not None else body.rate or body.executed
        if cell is None:
            return []
        parts.append(("预算执行率", cell, own or Fraction(), settings.execution_weight))
    return parts


def _plain(value: Fraction) -> str:
    return format(half_up(value, 4).normalize(), "f")


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
)
