"""Q301: were the questions of a questionnaire answered by the same people?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.findings import Finding
from selfeval_xl.forms.questionnaire import Questionnaire
from selfeval_xl.forms.questionnaire_heads import NAMES
from selfeval_xl.forms.questionnaire_places import Block
from selfeval_xl.rounding import plain, signed
from selfeval_xl.rules.reviewing import question
from selfeval_xl.workbooks.sheet import Cell, parse_a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement


def respondents(judgement: Judgement, body: Questionnaire) -> Iterator[Finding]:
    """Q301: every question was answered by the same people, the valid questionnaires."""
    totals = [
        (block, cell, value)
        for block in body.layout.questions
        if (cell := _total_cell(block)) is not None
        and (value := respondents_of(judgement, block)) is not None
    ]
    if not totals:
        return
    most, times = _usual(judgement, totals)
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
        base = "有效问卷数" if usual != most else _others(len(odd), times)
        yield question(
            judgement.form,
            cell,
            "Q301",
            f"第{block.number}题/合计人数",
            f"本题合计人数为 {plain(value)}，与{base} {plain(usual)} 不一致，"
            f"相差 {signed(value - usual)}。",
            calculation=_addition(judgement, block, value),
            advice="请核对本题各选项人数；如确有未作答的问卷，请注明。",
        )


def _others(odd: int, times: int) -> str:
    """Return how the questions are called that agree, ``times`` of them beside ``odd`` others."""
    return "其余各题的" if odd == 1 else f"另外 {times} 题的"


def _usual(
    judgement: Judgement, totals: list[tuple[Block, Cell, Fraction]]
) -> tuple[Fraction, int]:
    """Return the number most questions have and how many have it; of two, the one not in doubt."""
    doubted = {parse_a1(finding.cell) for finding in judgement.findings}
    times = Counter(value for _, _, value in totals)
    sure = Counter(value for _, cell, value in totals if cell not in doubted)
    most = max(times, key=lambda value: (times[value], sure[value]))
    return most, times[most]


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
        f"相差 {signed(valid.stated.value - most)}。",
        advice="请核对有效问卷数与各题人数。",
    )


def _total_cell(block: Block) -> Cell | None:
    if block.total is not None:
        return block.total
    return next((cell for cell in block.counts if cell is not None), None)


def respondents_of(judgement: Judgement, block: Block) -> Fraction | None:
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
    """Return how two options or more make the total, "" where they do not (Q201 says so)."""
    counts = [
        judgement.expected[cell]
        for cell in block.counts
        if cell is not None and cell in judgement.expected
    ]
    if len(counts) < 2 or exact.total(counts) != value:
        return ""
    return f"{' + '.join(map(plain, counts))} = {plain(value)}"
