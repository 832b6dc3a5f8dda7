"""Review rules of both self-evaluation forms, one finding for each indicator row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.foreign_units import in_other_units
from selfeval_xl.forms.score_totals import points_doubt
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.grades import grade_in, grade_of
from selfeval_xl.labels import key
from selfeval_xl.rounding import plain
from selfeval_xl.rules.indicator_row import read_row
from selfeval_xl.rules.indicator_row_checks import Point, checks_of
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.self_evaluation_rules import RULES
from selfeval_xl.settings import Settings
from selfeval_xl.values import half_up

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_ADVICE = "请补正或说明。"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions a self-evaluation raises; nothing for other forms."""
    body = judgement.form.body
    if not isinstance(body, SelfEvaluation):
        return
    yield from _rows(judgement, body, settings)
    yield from _repeated(judgement, body)
    yield from _execution(judgement, body)
    yield from _points(judgement, body, settings)
    yield from _grade(judgement, body, settings)


def _rows(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    form = judgement.form
    texts = {t for row in body.table.indicators for t in (row.name, row.level2, row.level1)}
    names = frozenset(n for t in texts if len(n := key(t).removesuffix("指标")) >= _SHORTEST_NAME)
    for indicator in body.table.indicators:
        row = read_row(form, indicator, names, settings)
        asked = [point for check in checks_of(row) if (point := check(row)) is not None]
        points = [point for point in asked if point.rule not in settings.disabled_rules]
        if points:
            first = points[0]
            yield question(
                form,
                first.cell,
                first.rule,
                indicator.name or f"第{indicator.row + 1}行",
                _joined(points),
                advice=_ADVICE,
                points=tuple(f"【{point.rule}】{point.text}" for point in points[1:]),
            )


_SHORTEST_NAME = 4


def _joined(points: list[Point]) -> str:
    return "；".join(point.text for point in points) + "。"


def _repeated(judgement: Judgement, body: SelfEvaluation) -> Iterator[Finding]:
    """Two indicators with the same content: same name, or one name within the other."""
    names: set[str] = set()
    of_target: dict[str, list[tuple[str, int]]] = {}
    for indicator in body.table.indicators:
        name = key(indicator.name)
        if len(name) < _SHORTEST_NAME:
            continue
        target = judgement.form.sheet.text(indicator.target) if indicator.target else ""
        for other, row in of_target.get(target, ()):
            if name == other or (target and (_within(name, other) or _within(other, name))):
                yield question(
                    judgement.form,
                    indicator.cell,
                    "S309",
                    indicator.name,
                    f"与第 {row + 1} 行“{other}”内容相同，疑似重复计分。",
                    level=Level.INFO,
                    advice="请确认是否重复设置。",
                )
                break
        if name not in names:
            names.add(name)
            of_target.setdefault(target, []).append((name, indicator.row))


def _within(short: str, long: str) -> bool:
    """Tell whether a name is another one with words left out: 无障碍改造 in 家庭无障碍改造."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _execution(judgement: Judgement, body: SelfEvaluation) -> Iterator[Finding]:
    if body.budget is None or body.executed is None:
        return
    budget, executed = judgement.expected.get(body.budget), judgement.expected.get(body.executed)
    if not budget or executed is None or executed <= budget:
        return
    if any(in_other_units(judgement.form, cell) for cell in (body.budget, body.executed)):
        return
    rate = half_up(executed / budget * 100, 2)
    yield question(
        judgement.form,
        body.executed,
        "S311",
        "年度资金总额/全年执行数",
        f"全年执行数 {plain(executed)} 超过全年预算数 {plain(budget)}，执行率 {rate}%。",
        calculation=f"{plain(executed)} ÷ {plain(budget)} = {rate}%",
        advice="请说明超预算原因，或核对预算数是否为调整后数。",
    )


def _points(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    """Points that do not add to 100 where no total row says so already."""
    reported = {finding.rule for finding in judgement.findings}
    if {"S204", "S206", "S320", "V201"} & reported or len(body.points) < 2:
        return  # the contradiction, or the figure to blame for it, is named already
    form = judgement.form
    doubt = points_doubt(form, body, settings)
    if not doubt:
        return
    cell = body.total_points or body.points[-1]
    yield question(form, cell, "S314", "分值合计", f"{doubt}。", advice="请核对各指标分值。")


def _grade(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    if body.grade is None or body.total_score is None:
        return
    form = judgement.form
    stated = form.sheet.text(body.grade)
    score = judgement.expected.get(body.total_score)
    given = grade_in(stated, settings.grade_names)
    if score is None or given is None:
        return
    grade = grade_of(score, settings)
    if given != grade:
        yield question(
            form,
            body.grade,
            "S312",
            "等级",
            f"等级填“{stated}”，总分 {plain(score)} 对应“{grade}”。",
            expected=grade,
            advice="请更正等级或说明所用划分标准。",
        )


__all__ = ["RULES", "review"]
