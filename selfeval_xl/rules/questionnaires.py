"""What is asked of a questionnaire besides its sums: same respondents, plausible counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire import Questionnaire
from selfeval_xl.forms.questionnaire_coefficients import Coefficient
from selfeval_xl.forms.questionnaire_heads import NAMES
from selfeval_xl.forms.questionnaire_places import Block
from selfeval_xl.rounding import plain, signed
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.workbooks.sheet import Cell, a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "questionnaire"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions a judged questionnaire raises; nothing for any other form."""
    body = judgement.form.body
    if not isinstance(body, Questionnaire):
        return
    yield from _respondents(judgement, body)
    yield from _issued(judgement, body)
    yield from _coefficients(judgement, body, settings)
    yield from _counts(judgement)
    yield from _full_marks(judgement, body, settings)


def _respondents(judgement: Judgement, body: Questionnaire) -> Iterator[Finding]:
    """Q301: every question was answered by the same people, the valid questionnaires."""
    totals = [
        (block, cell, value)
        for block in body.layout.questions
        if (cell := _total_cell(block)) is not None
        and (value := _respondents_of(judgement, block)) is not None
    ]
    if not totals:
        return
    most, times = Counter(value for _, _, value in totals).most_common(1)[0]
    odd = [(block, cell, value) for block, cell, value in totals if value != most]
    valid = body.heads.get("valid")
    if valid is None and (body.layout.of_places or _of_different_people(totals)):
        return
    if valid is not None and not any(value == valid.stated.value for _, _, value in totals):
        yield _against_valid(judgement, body, most, times == len(totals))
        if not odd:
            return
    usual = valid.stated.value if valid is not None and times * 2 <= len(totals) else most
    for block, cell, value in odd if usual == most else totals:
        if value == usual:
            continue
        base = f"有效问卷数 {plain(usual)}" if usual != most else f"其余各题的 {plain(usual)}"
        yield question(
            judgement.form,
            cell,
            "Q301",
            f"第{block.number}题/合计人数",
            f"本题合计人数为 {plain(value)}，与{base} 不一致，相差 {signed(value - usual)}。",
            calculation=_addition(judgement, block, value),
            advice="请核对本题各选项人数；如确有未作答的问卷，请注明。",
        )


def _of_different_people(totals: list[tuple[Block, Cell, Fraction]]) -> bool:
    """Tell whether no two rows have as many respondents, nor nearly: each asked others."""
    values = [value for _, _, value in totals]
    return len(set(values)) == len(values) and max(values) * 9 > min(values) * 10


def _against_valid(
    judgement: Judgement, body: Questionnaire, most: Fraction, every: bool
) -> Finding:
    valid = body.heads["valid"]
    which = "各题" if every else "多数题目的"
    return question(
        judgement.form,
        valid.cell,
        "Q301",
        NAMES["valid"],
        f"有效问卷数为 {plain(valid.stated.value)}，{which}合计人数为 {plain(most)}，"
        f"相差 {signed(most - valid.stated.value)}。",
        advice="请核对有效问卷数与各题人数。",
    )


def _total_cell(block: Block) -> Cell | None:
    if block.total is not None:
        return block.total
    return next((cell for cell in block.counts if cell is not None), None)


def _respondents_of(judgement: Judgement, block: Block) -> Fraction | None:
    """Return the number of people who answered: the recomputed total, else Σ of the counts."""
    if block.total is not None:
        return judgement.expected.get(block.total)
    counts = [
        value
        for cell in block.counts
        if cell is not None and (value := judgement.expected.get(cell)) is not None
    ]
    return exact.total(counts) if counts else None


def _addition(judgement: Judgement, block: Block, value: Fraction) -> str:
    counts = [
        judgement.expected[cell]
        for cell in block.counts
        if cell is not None and cell in judgement.expected
    ]
    if not counts:
        return ""
    return f"{' + '.join(map(plain, counts))} = {plain(value)}"


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


def _coefficients(
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
            advice="请核实本项目采用的选项系数；如确用该系数，请在表内列明系数行。",
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
) -> Fraction | None:
    """Return the final score with the used (``value``) or the ``given`` coefficients, rounded."""
    total = Fraction()
    for block in body.layout.questions:
        respondents = _respondents_of(judgement, block)
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
    return half_up(total, 2)  # type: ignore[return-value]


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
                f"如{a1(found.cell)}：{half_up(share * 100, 2)}% × {plain(coefficient.value)} × "
                f"{plain(body.scale.full)} = {mark}"
            )
    return ""


def _share(judgement: Judgement, block: Block, place: int) -> Fraction | None:
    cell = block.counts[place] if place < len(block.counts) else None
    count = judgement.expected.get(cell) if cell is not None else None
    total = _respondents_of(judgement, block)
    return count / total if count is not None and total else None


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
        advice=f"请核实是否应按每题 {plain(settings.full_score / count)} 分计算。",
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
