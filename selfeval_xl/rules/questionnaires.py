"""What is asked of a questionnaire besides its sums: same respondents, plausible counts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire import Questionnaire
from selfeval_xl.forms.questionnaire_heads import NAMES
from selfeval_xl.rounding import plain
from selfeval_xl.rules.questionnaire_coefficients import coefficients
from selfeval_xl.rules.questionnaire_respondents import respondents
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "questionnaire"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions a judged questionnaire raises; nothing for any other form."""
    body = judgement.form.body
    if not isinstance(body, Questionnaire):
        return
    yield from respondents(judgement, body)
    yield from _issued(judgement, body)
    yield from coefficients(judgement, body, settings)
    yield from _counts(judgement)
    yield from _full_marks(judgement, body, settings)


def _issued(judgement: Judgement, body: Questionnaire) -> Iterator[Finding]:
    """Q302: valid ≤ returned ≤ issued."""
    order = [name for name in ("issued", "returned", "valid") if name in body.heads]
    for larger, smaller in pairwise(order):
        high, low = body.heads[larger], body.heads[smaller]
        if low.stated.value > high.stated.value:
            yield question(
                judgement.form,
                low.cell,
                "Q302",
                NAMES[smaller],
                f"{NAMES[smaller]} {plain(low.stated.value)} 大于{NAMES[larger]} "
                f"{plain(high.stated.value)}（{a1(high.cell)}）。",
                advice="请核对两个数字。",
            )


def _counts(judgement: Judgement) -> Iterator[Finding]:
    """Q304: head counts are whole and not negative."""
    form = judgement.form
    odd = [
        (found, stated.value)
        for found in form.fields.values()
        if found.measure is Measure.COUNT
        and isinstance(stated := found.stated, Quantity)
        and not _is_count(stated.value)
    ]
    derived = {relation.target for relation in form.relations} if odd else frozenset()
    for found, value in odd:
        if found.cell not in derived:
            yield question(
                form,
                found.cell,
                "Q304",
                found.label,
                f"人数填为{'负数' if value < 0 else '小数'}（{form.sheet.text(found.cell)}）。",
                advice="请改填不小于 0 的整数。",
            )


def _is_count(value: Fraction) -> bool:
    people, parts = value.as_integer_ratio()
    return parts == 1 and people >= 0


def _full_marks(judgement: Judgement, body: Questionnaire, settings: Settings) -> Iterator[Finding]:
    """Q305: the questions' full marks make up the full score."""
    count = len(body.layout.questions)
    whole = body.scale.full * count
    if body.scale.averaged or whole == settings.full_score or body.scale.unexplained:
        return
    cell = judgement.form.figures.get("satisfaction")
    if cell is None:
        return
    yield question(
        judgement.form,
        cell,
        "Q305",
        "每题满分",
        f"填报的分数按每题满分 {plain(body.scale.full)} 分计算，{count} 题满分合计 "
        f"{plain(whole)} 分，不是 {plain(settings.full_score)} 分。",
        advice=f"请核对是否应按每题 {plain(settings.full_score / count)} 分计算。",
    )


RULES: tuple[Rule, ...] = (
    Rule(
        code="Q301",
        name="各题人数一致",
        form=_FORM,
        level=Level.REVIEW,
        truth="各题合计人数应相同，并等于有效问卷数",
        why="同一批有效问卷，每题的作答人数应当一样；不一样说明某题人数漏计、重计或有人未作答。",
        source="满意度调查问卷统计通行要求",
        safe=False,
        wrong="有效问卷 28 份，第 3 题合计 27 人",
        right="有效问卷 28 份，每题合计 28 人",
    ),
    Rule(
        code="Q302",
        name="问卷份数关系",
        form=_FORM,
        level=Level.REVIEW,
        truth="有效问卷数 ≤ 回收问卷数 ≤ 发放问卷数",
        why="回收的问卷不会多于发放的，有效的不会多于回收的。",
        source="满意度调查问卷统计通行要求",
        safe=False,
        wrong="发放 30 份，有效 37 份",
        right="发放 40 份，有效 37 份",
    ),
    Rule(
        code="Q303",
        name="选项系数",
        form=_FORM,
        level=Level.REVIEW,
        truth="分数所用的选项系数应与表内系数行（没有时为设置）一致",
        why="系数不同，最终得分就不同，项目之间不可比；系数属于口径，应由单位说明，不能代为更改。",
        source="云南省昆明市已公开的四份绩效自评报告（B 选项三份用 0.8，一份用 0.9）",
        safe=False,
        wrong="B（满意）占比 17.07%，分数 1.54（系数 0.9），规定系数 0.8",
        right="17.07% × 0.8 × 10 = 1.37",
    ),
    Rule(
        code="Q304",
        name="人数为非负整数",
        form=_FORM,
        level=Level.REVIEW,
        truth="人数应为不小于 0 的整数",
        why="负数或小数不可能是人数，多为误填或误粘贴了占比。",
        source="满意度调查问卷统计通行要求",
        safe=False,
        wrong="人数填 −3 或 0.05",
        right="人数填 3",
    ),
    Rule(
        code="Q305",
        name="各题满分合计",
        form=_FORM,
        level=Level.REVIEW,
        truth="各题满分之和应为 100 分",
        why="题数增减后仍按每题 10 分计算，最终得分就不是百分制。",
        source="满意度调查问卷统计通行要求：每题满分 = 100 ÷ 题数",
        safe=False,
        wrong="共 8 题，每题按 10 分计，满分只有 80 分",
        right="共 8 题，每题 12.5 分，满分 100 分",
    ),
)
