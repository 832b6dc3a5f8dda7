"""Review rules of fund tables: spending beyond what arrived, names listed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.fields import foreign_unit
from selfeval_xl.forms.fund_headings import Flow, Role, heading
from selfeval_xl.forms.fund_table import Column, FundTable, Row, RowKind
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "fund_detail"

RULES: tuple[Rule, ...] = (
    Rule(
        code="F301",
        name="支出大于到位",
        form=_FORM,
        level=Level.REVIEW,
        truth="同一资金来源的支出不应大于到位（下达）金额，动用上年结余的须说明",
        why="支出大于到位，或是动用了上年结余，或是填错栏、填错行；评价时要求说明资金来源。",
        source="已公开自评报告所附资金使用明细表；自评工作对资金到位与支出的核对要求",
        safe=False,
        wrong="市级下拨 0.4，实际支出（市级）1.2，未说明来源",
        right="市级下拨 0.4，实际支出（市级）1.2，备注：含上年结余 0.8",
    ),
    Rule(
        code="F302",
        name="名称重复",
        form=_FORM,
        level=Level.INFO,
        truth="同一明细表中同一名称不应重复列示",
        why="重复的名称多半是同一笔资金录入了两次；确属两笔的，宜在名称中区别。",
        source="已公开自评报告所附资金使用明细表",
        safe=False,
        wrong="第 3 行、第 9 行同为“某某按摩店”",
        right="每家机构一行，或注明“第一批”“第二批”",
    ),
)

_SOURCES = ("中央", "省级", "州级", "市级", "县级", "区级", "乡镇", "本级", "自筹")
_MOST_LISTED = 12
"""Rows named in one sentence; of more only the first are, the others in a sentence of their own."""
_SHOWN_ROWS = 6
_REMARK = re.compile(r"备注|说明|原因")


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions a fund table raises; nothing for other forms."""
    table = judgement.form.body
    if isinstance(table, FundTable):
        yield from _overspent(judgement, table)
        yield from _repeated(judgement, table)


# --- F301 --------------------------------------------------------------------------------------


def _overspent(judgement: Judgement, table: FundTable) -> Iterator[Finding]:
    """One question for each pair of columns, naming every row that spent too much."""
    prior = [c for c in table.of_role(Role.AMOUNT) if c.heading.flow is Flow.PRIOR]
    for given, used in _same_source_pairs(table):
        rows = [
            (row, income, spent)
            for row in table.rows
            if row.kind is RowKind.DETAIL
            and (income := _value(judgement, row, given)) is not None
            and (spent := _value(judgement, row, used)) is not None
            and exact.compare(spent, _with_prior(judgement, row, income, prior)) > 0
            and not _explained(table, row)
        ]
        if rows:
            yield _overspent_question(judgement, given, used, rows)


def _with_prior(judgement: Judgement, row: Row, income: Fraction, prior: list[Column]) -> Fraction:
    """Return what a row had to spend: what arrived, and what was left of earlier years."""
    left = [value for c in prior if (value := _value(judgement, row, c)) is not None]
    return exact.total((income, *left)) if left else income


def _overspent_question(
    judgement: Judgement,
    given: Column,
    used: Column,
    rows: list[tuple[Row, Fraction, Fraction]],
) -> Finding:
    first = rows[0][0]
    names = f"{used.heading.label}”大于“{given.heading.label}"
    listed = [
        f"{row.name} {_text(judgement, row, used)} > {_text(judgement, row, given)}"
        for row, _, _ in rows
    ]
    text, rest = _listing(listed)
    over = exact.total(spent - income for _, income, spent in rows)
    decimals = max(_decimals(judgement, row, c) for row, _, _ in rows for c in (given, used))
    cell = first.cell(used.index)
    label = judgement.form.fields[cell].label
    return question(
        judgement.form,
        cell,
        "F301",
        label if len(rows) == 1 else f"{label}等 {len(rows)} 行",
        f"“{names}”：{text}超出 {half_up(over, decimals):f}。",
        advice="请核对是否动用上年结余或填错栏目，并在备注中说明。",
        points=rest,
    )


def _listing(rows: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the rows up to the sum of them all, and a sentence of what a long list leaves out."""
    if len(rows) > _MOST_LISTED:
        others = "；".join(rows[_SHOWN_ROWS:])
        return f"{'；'.join(rows[:_SHOWN_ROWS])} 等 {len(rows)} 行，共", (f"其余各行：{others}",)
    return f"{'；'.join(rows)}，{f'{len(rows)} 行共' if len(rows) > 1 else ''}", ()


def _same_source_pairs(table: FundTable) -> Iterator[tuple[Column, Column]]:
    """Yield income and spending columns that are about the same source of funds."""
    amounts = table.of_role(Role.AMOUNT)
    given = [c for c in amounts if c.heading.flow is Flow.IN]
    used = [c for c in amounts if c.heading.flow is Flow.OUT]
    arrived = [c for c in given if re.search(r"到位|下达|下拨|拨", c.heading.label)] or given
    for spent in used:
        same = [
            c
            for c in arrived
            if _source(c) == _source(spent) and _units_match(c, spent) and not _apart(c, spent)
        ]
        if len(same) > 1:
            same = [c for c in same if "到位" in c.heading.leaf] or same[-1:]
        if same:
            yield same[0], spent


def _apart(given: Column, spent: Column) -> bool:
    """Tell whether two columns stand under different years: 2021年/到位, 2022年/支出."""
    one, other = given.heading, spent.heading
    if one.group == other.group or not (one.group and other.group):
        return False
    own = (heading((one.leaf,)).flow, heading((other.leaf,)).flow)
    return own == (Flow.IN, Flow.OUT)


def _explained(table: FundTable, row: Row) -> bool:
    """Tell whether a row's remark says something."""
    remarks = {c.index for c in table.of_role(Role.TEXT) if _REMARK.search(c.heading.leaf)}
    return any(column in remarks and text.strip("-—/无") for column, text in row.texts)


def _source(column: Column) -> str:
    """Return what money a column is about: its source and the group it shares with others."""
    label = column.heading.label
    return next((source for source in _SOURCES if source in label), "")


def _units_match(one: Column, other: Column) -> bool:
    return not one.heading.unit or not other.heading.unit or one.heading.unit == other.heading.unit


# --- F302 --------------------------------------------------------------------------------------

_NAMES = re.compile(r"名称|机构|姓名|单位|企业|学校|店|户主")
_IDENTITY = re.compile(r"电话|手机|联系|负责人|身份证|证号|账号|卡号|姓名")
_NEUTRAL = re.compile(r"^序号?$|编号|备注|说明")


def _repeated(judgement: Judgement, table: FundTable) -> Iterator[Finding]:
    """One hint for all names that stand in more than one row, when nothing tells them apart."""
    column = next((c for c in table.columns if c.index == table.name_column), None)
    if column is None:
        return
    rows = [row for row in table.rows if row.kind is RowKind.DETAIL and _named(table, row, column)]
    by_name: dict[tuple[str, int | None], list[Row]] = {}
    for row in rows:
        by_name.setdefault((row.name, table.parents.get(row.index)), []).append(row)
    twice = {name: found for (name, _), found in by_name.items() if len(found) > 1}
    if not twice or len(by_name) < 0.6 * len(rows):
        return
    same = {name: f for name, f in twice.items() if not _told_apart(table, column, f)}
    if not same:
        return
    texts = [
        f"“{name}”（第 {'、'.join(str(r.index + 1) for r in f)} 行）" for name, f in same.items()
    ]
    second = next(iter(same.values()))[1]
    yield question(
        judgement.form,
        second.cell(column.index),
        "F302",
        column.heading.label,
        f"名称重复：{'；'.join(texts)}。",
        level=Level.INFO,
        advice="请确认是否重复录入；确属两笔的，请在名称中加以区别。",
    )


def _named(table: FundTable, row: Row, column: Column) -> bool:
    """Tell whether a row has a name of its own, not one merged over several rows."""
    cell = row.cell(column.index)
    merge = table.sheet.merge(cell)
    return merge[0] == merge[2] and bool(table.sheet.text(cell))


def _told_apart(table: FundTable, column: Column, rows: list[Row]) -> bool:
    """Tell whether another text column differs between rows of the same name."""
    organisations = _NAMES.search(column.heading.leaf) and "姓名" not in column.heading.leaf
    for other in table.of_role(Role.TEXT):
        leaf = other.heading.leaf
        if other.index == column.index or _NEUTRAL.search(leaf):
            continue
        if organisations and _IDENTITY.search(leaf):
            continue
        if len({dict(row.texts).get(other.index, "") for row in rows}) > 1:
            return True
    return False


# --- helpers -----------------------------------------------------------------------------------


def _value(judgement: Judgement, row: Row, column: Column) -> Fraction | None:
    """Return an amount in the column's unit, None for one written in another."""
    cell = row.cell(column.index)
    found = judgement.form.fields.get(cell)
    return None if found is None or foreign_unit(found) else judgement.expected.get(cell)


def _decimals(judgement: Judgement, row: Row, column: Column) -> int:
    found = judgement.form.fields.get(row.cell(column.index))
    if found is None:
        return 2
    stated = found.stated
    return min(stated.shortest, 6) if isinstance(stated, Quantity) else found.decimals


def _text(judgement: Judgement, row: Row, column: Column) -> str:
    value = _value(judgement, row, column)
    return "" if value is None else f"{half_up(value, _decimals(judgement, row, column)):f}"
