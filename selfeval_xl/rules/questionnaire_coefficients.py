"""Q303: do the scores of a questionnaire follow the coefficients it was given?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding
from selfeval_xl.forms.questionnaire import Questionnaire
from selfeval_xl.forms.questionnaire_coefficients import Coefficient
from selfeval_xl.forms.questionnaire_places import Block
from selfeval_xl.rounding import half_up, plain
from selfeval_xl.rules.questionnaire_respondents import respondents_of
from selfeval_xl.rules.reviewing import question
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement


def coefficients(
    judgement: Judgement, body: Questionnaire, settings: Settings
) -> Iterator[Finding]:
    """Q303: the printed scores follow other coefficients than the ones given."""
    scale, layout = body.scale, body.layout
    form = judgement.form
    implied = [
        (option.label, coefficient)
        for option, coefficient in zip(layout.options, scale.coefficients, strict=True)
        if coefficient.implied and coefficient.value is not None
    ]
    if not implied and not scale.unexplained:
        return
    cell = form.figures.get("satisfaction", (layout.header_row, layout.options[0].column))
    if implied:
        named = "；".join(_used_and_given(label, coefficient) for label, coefficient in implied)
        used, given = (_final(judgement, body, settings, which) for which in ("value", "given"))
        stated = any(coefficient.source != "设置" for _, coefficient in implied)
        effect = ""
        if used is not None and given is not None:
            effect = f"按所用系数最终得分为 {used}，按给定系数为 {given}，相差 {used - given:+}。"
        yield question(
            form,
            cell,
            "Q303",
            "选项系数",
            f"填报的分数表明{named}。{effect}已按所用系数核对各题分数。",
            calculation=_example(judgement, body),
            advice="请核对本项目采用的选项系数；如确用该系数，请"
            + ("更正表内所列系数。" if stated else "在表内列明系数行。"),
        )
        return
    yield question(
        form,
        cell,
        "Q303",
        "选项系数",
        "填报的分数与选项系数不符，也看不出统一采用的其他系数，分数未作判断。",
        advice="请在表内列明各选项系数后重新核对。",
    )


def _used_and_given(label: str, coefficient: Coefficient) -> str:
    assert coefficient.value is not None
    source = {"系数行": "表内系数行", "选项栏": "选项栏注明", "设置": "设置"}[coefficient.source]
    given = "未规定" if coefficient.given is None else f"为 {plain(coefficient.given)}"
    return f"选项“{label}”的系数用的是 {plain(coefficient.value)}，{source}{given}"


def _final(
    judgement: Judgement, body: Questionnaire, settings: Settings, which: str
) -> Decimal | None:
    """Return the final score with the used (``value``) or the ``given`` coefficients, rounded."""
    total = Fraction()
    for block in body.layout.questions:
        respondents = respondents_of(judgement, block)
        if not respondents:
            return None
        for cell, coefficient in zip(block.counts, body.scale.coefficients, strict=False):
            factor = getattr(coefficient, which)
            count = judgement.expected.get(cell) if cell is not None else None
            if count and factor is None:
                return None
            total += (count or 0) * (factor or 0) / respondents * body.scale.full
    if body.scale.averaged:
        total /= len(body.layout.questions)
    return half_up(total, 2)


def _example(judgement: Judgement, body: Questionnaire) -> str:
    """Show one question that the implied coefficient explains."""
    form = judgement.form
    for place, coefficient in enumerate(body.scale.coefficients):
        if not coefficient.implied or coefficient.value is None:
            continue
        for block in body.layout.questions:
            cell = block.scores[place] if place < len(block.scores) else None
            found = form.fields.get(cell) if cell is not None else None
            share = _share(judgement, block, place)
            if found is None or not share or not isinstance(found.stated, Quantity):
                continue
            mark = half_up(share * coefficient.value * body.scale.full, found.stated.decimals)
            return (
                f"如 {a1(found.cell)}：{half_up(share * 100, 2)}% × {plain(coefficient.value)} × "
                f"{plain(body.scale.full)} = {mark}"
            )
    return ""


def _share(judgement: Judgement, block: Block, place: int) -> Fraction | None:
    cell = block.counts[place] if place < len(block.counts) else None
    count = judgement.expected.get(cell) if cell is not None else None
    total = respondents_of(judgement, block)
    return count / total if count is not None and total else None
