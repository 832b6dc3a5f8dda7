"""What is asked of a department's self-evaluation besides the rows of its indicator table."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.department_self_evaluation import DepartmentSelfEvaluation
from selfeval_xl.forms.department_split import Split
from selfeval_xl.rounding import plain
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "department_self_evaluation"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Compare both breakdowns of the yearly funds with the budget and the execution.

    Some offices break down the budget by source and the execution by use; either is accepted,
    and the report says which one each breakdown meets when they differ.
    """
    body = judgement.form.body
    if not isinstance(body, DepartmentSelfEvaluation):
        return
    totals = {
        name: value
        for name, cell in (("全年预算数", body.budget), ("全年执行数", body.executed))
        if cell is not None and (value := judgement.expected.get(cell)) is not None
    }
    met: list[tuple[Split, Cell, Fraction, str]] = []
    for split in (body.income, body.expenditure):
        found = _amount(judgement, split)
        if split is None or found is None or not totals:
            continue
        cell, amount = found
        name = next((name for name, total in totals.items() if total == amount), "")
        if name:
            met.append((split, cell, amount, name))
        else:
            yield _fits_neither(judgement, split, cell, amount, totals)
    if len({name for *_, name in met}) > 1:
        yield _differing(judgement, met)


def _amount(judgement: Judgement, split: Split | None) -> tuple[Cell, Fraction] | None:
    """Return the amount of a breakdown: its total, corrected if need be, else that of its parts."""
    if split is None:
        return None
    if split.total is not None and (amount := judgement.expected.get(split.total)) is not None:
        return split.total, amount
    known = [(cell, value) for cell in split.parts if (value := judgement.stated(cell)) is not None]
    return (known[0][0], sum((value for _, value in known), Fraction())) if known else None


def _fits_neither(
    judgement: Judgement, split: Split, cell: Cell, amount: Fraction, totals: dict[str, Fraction]
) -> Finding:
    others = "、".join(f"{name} {plain(total)}" for name, total in totals.items())
    return question(
        judgement.form,
        cell,
        "D301",
        split.name,
        f"{split.name}合计 {plain(amount)}，与年度资金总额（{others}）都不一致。",
        advice="请核对资金构成是否漏填，或年度资金总额是否填错。",
    )


def _differing(judgement: Judgement, met: list[tuple[Split, Cell, Fraction, str]]) -> Finding:
    texts = "；".join(
        f"{split.name}合计 {plain(amount)} 与{name}一致" for split, _, amount, name in met
    )
    return question(
        judgement.form,
        met[0][1],
        "D302",
        "资金构成口径",
        f"{texts}，两边口径不同。",
        level=Level.INFO,
        advice="如非有意，请统一按预算数或执行数填列。",
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "D301", "资金构成与总额", _FORM, Level.REVIEW,
        "按收入性质分、按支出性质分的合计应等于年度资金总额（预算数或执行数）",
        "资金构成漏填时，收入与支出的结构分析没有意义。", "湖南省部门整体支出绩效自评表", False,
        "年度资金总额 1000，按收入性质分合计 900", "年度资金总额 1000，按收入性质分合计 1000",
    ),
    Rule(
        "D302", "资金构成口径", _FORM, Level.INFO,
        "按收入性质分与按支出性质分应用同一口径（预算数或执行数）",
        "左边填预算、右边填执行时，两边合计不可比。", "湖南省部门整体支出绩效自评表", False,
        "收入按预算数 581.79 填列，支出按执行数 1005.67 填列", "收入、支出都按执行数填列",
    ),
)  # fmt: skip
