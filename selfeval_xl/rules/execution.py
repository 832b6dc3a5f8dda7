"""What the execution of the budget asks of a self-evaluation: explanations, caps, indicators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.foreign_units import in_other_units
from selfeval_xl.forms.indicator_table import Indicator
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.labels import key, squash
from selfeval_xl.rounding import plain
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, agrees, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "self_evaluation"
_ROWS_BELOW = 6
_SHORTEST_TEXT = 8
_MONEY = "(?:执行|支付|支出|拨付|资金)"
_BEHIND = "(?:因|由于|未|尚|结转|结余|剩余|进度)"
_ABOUT_EXECUTION = re.compile(f"{_BEHIND}.*{_MONEY}|{_MONEY}.*{_BEHIND}")
_ABOUT_CHANGE = re.compile(r"追加|调增|调减|预算调整|调整预算|年中调整|中期调整|核减|收回")


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions a self-evaluation's funds raise; nothing for other forms."""
    body = judgement.form.body
    if isinstance(body, SelfEvaluation):
        yield from _low(judgement, body, settings)
        yield from _changed(judgement, body, settings)
        yield from _capped(judgement, body, settings)
        yield from _indicators(judgement, body)


def _amounts(judgement: Judgement, body: SelfEvaluation) -> tuple[Fraction, Fraction] | None:
    """Return 全年预算数 and 全年执行数, None when either is unknown or the budget is 0."""
    budget, executed = _amount(judgement, body.budget), _amount(judgement, body.executed)
    return (budget, executed) if budget and executed is not None else None


def _amount(judgement: Judgement, cell: Cell | None) -> Fraction | None:
    """Return an amount in the unit of its column, None for one written in another (V103)."""
    if cell is None or in_other_units(judgement.form, cell):
        return None
    return judgement.expected.get(cell)


def _initial(judgement: Judgement, body: SelfEvaluation) -> Fraction | None:
    """Return 年初预算数 of the row of 全年预算数, None when it is not stated."""
    fields = judgement.form.fields
    found = fields.get(body.budget) if body.budget is not None else None
    if found is None:
        return None
    label = f"{found.label.rpartition('/')[0]}/年初预算数"
    cell = next((cell for cell, field in fields.items() if field.label == label), None)
    return _amount(judgement, cell)


# --- S313, S316: what must be explained ----------------------------------------------------------


def _low(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    if "S313" in settings.disabled_rules:
        return
    amounts, cell = _amounts(judgement, body), body.rate or body.executed
    if amounts is None or cell is None:
        return
    budget, executed = amounts
    least = settings.execution_explained_below
    if executed >= budget * least or _says(judgement, body, _ABOUT_EXECUTION):
        return
    rate = _percent(executed / budget)
    yield question(
        judgement.form,
        cell,
        "S313",
        "年度资金总额/执行率",
        f"预算执行率 {rate}，低于 {_percent(least)}，表内没有说明原因。",
        calculation=f"{plain(executed)} ÷ {plain(budget)} = {rate}",
        advice="请补充说明执行率偏低的原因及改进措施。",
    )


def _changed(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    if "S316" in settings.disabled_rules:
        return
    amounts, before = _amounts(judgement, body), _initial(judgement, body)
    if amounts is None or before is None:
        return
    after = amounts[0]
    if before == after or body.budget is None or _says(judgement, body, _ABOUT_CHANGE):
        return
    change = f"{'追加' if after > before else '调减'} {plain(abs(after - before))}"
    yield question(
        judgement.form,
        body.budget,
        "S316",
        "年度资金总额/全年预算数",
        f"年初预算数 {plain(before)}，全年预算数 {plain(after)}，年中{change}，表内没有说明。",
        calculation=f"{plain(after)} − {plain(before)} = {plain(after - before)}",
        advice="请补充说明预算调整的原因和批准依据。",
    )


def _says(judgement: Judgement, body: SelfEvaluation, about: re.Pattern[str]) -> bool:
    """Tell whether a sentence in the form or right below it is about something."""
    sheet, region = judgement.form.sheet, judgement.form.region
    header = body.funds.header if body.funds else -1
    for row in range(region[0], min(region[2] + 1 + _ROWS_BELOW, sheet.height)):
        for value in sheet.rows[row]:
            if isinstance(value, str) and row != header:
                text = squash(value)
                if len(text) >= _SHORTEST_TEXT and about.search(text):
                    return True
    return False


# --- S318: the cap of the total ------------------------------------------------------------------


def _capped(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    if "S318" in settings.disabled_rules:
        return
    amounts, cell = _amounts(judgement, body), body.total_score
    if amounts is None or cell is None:
        return
    score = judgement.expected.get(cell)
    rate = amounts[1] / amounts[0]
    caps = [(line, cap) for line, cap in settings.execution_caps if rate < line]
    if score is None or not caps:
        return
    line, cap = min(caps, key=lambda entry: entry[1])
    if score <= cap:
        return
    yield question(
        judgement.form,
        cell,
        "S318",
        "总分",
        f"预算执行率 {_percent(rate)}，低于 {_percent(line)}，总分最高为 {plain(cap)} 分，"
        f"现为 {plain(score)} 分。",
        expected=half_up(cap, 2),
        advice="请按封顶规定核减总分，或核对执行率。",
    )


# --- S319: indicators that repeat the funds ------------------------------------------------------

_EXECUTION = frozenset(
    ("预算执行率", "资金执行率", "预算完成率", "资金支出率", "预算支出率", "项目资金执行率")
)
_CONTROL = frozenset(("预算控制率", "预算调整率"))


def _indicators(judgement: Judgement, body: SelfEvaluation) -> Iterator[Finding]:
    amounts = _amounts(judgement, body)
    if amounts is None:
        return
    budget, executed = amounts
    for indicator in body.table.indicators:
        name = key(indicator.name).removesuffix("指标")
        if name in _EXECUTION:
            rates = [("全年执行数 ÷ 全年预算数", executed, budget)]
        elif name in _CONTROL and (before := _initial(judgement, body)):
            rates = [
                ("预算调整数 ÷ 年初预算数", abs(budget - before), before),
                ("全年预算数 ÷ 年初预算数", budget, before),
                ("全年执行数 ÷ 全年预算数", executed, budget),
            ]
        else:
            continue
        yield from _indicator(judgement, indicator, rates)


def _indicator(
    judgement: Judgement, indicator: Indicator, rates: list[tuple[str, Fraction, Fraction]]
) -> Iterator[Finding]:
    """Compare an indicator's actual with every way its rate may be meant."""
    sheet, cell = judgement.form.sheet, indicator.actual
    stated = (
        read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
        if cell is not None
        else None
    )
    if cell is None or not isinstance(stated, Quantity) or not stated.percent or stated.comparator:
        return
    if any(agrees(stated, min(part / whole, limit)) for _, part, whole in rates
           for limit in (Fraction(1), part / whole)):  # fmt: skip
        return
    name, part, whole = rates[0]
    rate = _percent(part / whole)
    yield question(
        judgement.form,
        cell,
        "S319",
        f"{indicator.name}/实际完成值",
        f"“{indicator.name}”实际完成值 {sheet.text(cell)}，与本表资金数据不符："
        f"{name} = {plain(part)} ÷ {plain(whole)} = {rate}。",
        expected=half_up(part / whole, stated.decimals),
        calculation=f"{plain(part)} ÷ {plain(whole)} = {rate}",
        advice="请核对实际完成值或资金数。",
    )


def _percent(value: Fraction) -> str:
    return f"{half_up(value * 100, 2).normalize():f}%"


RULES: tuple[Rule, ...] = (
    Rule(
        code="S313",
        name="执行率偏低",
        form=_FORM,
        level=Level.REVIEW,
        truth="预算执行率低于 90% 的应说明原因（部分地区采用，默认不检查）",
        why="执行率偏低说明预算编制不准或项目进度滞后，评价时要看原因和改进措施。",
        source="四川省部门预算项目支出绩效自评表填表说明",
        safe=False,
        wrong="执行率 75%，表内没有任何说明",
        right="执行率 75%，说明“工程未完工，尾款结转下年支付”",
    ),
    Rule(
        code="S316",
        name="年中调整",
        form=_FORM,
        level=Level.REVIEW,
        truth="全年预算数与年初预算数不同的，应说明追加或调减的原因（部分地区采用，默认不检查）",
        why="年中调整影响预算的约束力，须有批准依据。",
        source="四川省部门预算项目支出绩效自评表填表说明",
        safe=False,
        wrong="年初预算 100，全年预算 120，表内没有说明",
        right="年初预算 100，全年预算 120，说明“年中追加抢险经费 20”",
    ),
    Rule(
        code="S318",
        name="总分封顶",
        form=_FORM,
        level=Level.REVIEW,
        truth="执行率低于 80%、70%、60%、50% 的，总分分别不超过 89、79、69、59"
        "（部分地区采用，默认不检查）",
        why="资金没有形成支出，其他指标得分再高，也不宜评为优或良。",
        source="预算管理一体化平台绩效自评操作手册（可在设置中更改各档）",
        safe=False,
        wrong="执行率 75%，总分 92",
        right="执行率 75%，总分 89",
    ),
    Rule(
        code="S319",
        name="执行率指标与资金",
        form=_FORM,
        level=Level.REVIEW,
        truth="预算执行率（完成率）、预算控制率（调整率）等指标的实际完成值，应与本表资金数据一致",
        why="同一张表里的执行率只能是一个数；指标行多为手工填写，资金改动后容易忘记更新。",
        source="湖南省部门整体支出绩效评价指标表（预算完成率、预算控制率的计算方法）",
        safe=False,
        wrong="预算 120、执行 114，指标“预算执行率”实际完成值填 100%",
        right="预算 120、执行 114，指标“预算执行率”实际完成值填 95%",
    ),
)
