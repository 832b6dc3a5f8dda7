"""What the summary and other forms take from a fund table: its totals and its lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from selfeval_xl.forms.form import Field
from selfeval_xl.forms.fund_headings import Flow, Role
from selfeval_xl.forms.fund_table import Column, FundTable, RowKind
from selfeval_xl.records import FundLine
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_OF_A_PROJECT = re.compile(r"资金|经费|补助|补贴|专项|项目|明细|使用")
"""Titles of tables about a project's money; 工资表, 支出决算表 are about the whole unit."""


def figures(table: FundTable, fields: dict[Cell, Field]) -> dict[str, Cell]:
    """Return the totals other forms are compared with: budget, executed, amount_total."""
    total = next((row for row in reversed(table.rows) if row.kind is RowKind.TOTAL), None)
    if total is None or (table.title and not _OF_A_PROJECT.search(table.title)):
        return {}
    amounts = [c for c in table.of_role(Role.AMOUNT) if total.cell(c.index) in fields]
    given = [c for c in amounts if c.heading.flow is Flow.IN]
    used = [c for c in amounts if c.heading.flow is Flow.OUT]
    found: dict[str, Cell] = {}
    budget = _chosen(given, "到位", "下达", "下拨")
    if budget:
        found["budget"] = total.cell(budget.index)
    executed = _chosen(_same_source(used, budget), "支出", "使用", "执行")
    if executed:
        found["executed"] = total.cell(executed.index)
    if len(amounts) == 1:
        found["amount_total"] = total.cell(amounts[0].index)
    return found


def _chosen(columns: list[Column], *words: str) -> Column | None:
    """Return the only column, or the first whose heading has one of the words in their order."""
    if len(columns) < 2:
        return columns[0] if columns else None
    sums = [c for c in columns if "合计" in c.heading.leaf or "小计" in c.heading.leaf]
    if len(sums) == 1:
        return sums[0]
    for word in words:
        found = [c for c in columns if word in c.heading.leaf]
        if len(found) == 1:
            return found[0]
    return None


def _same_source(used: list[Column], budget: Column | None) -> list[Column]:
    """Keep the spending columns of the budget's own source of funds (市级 with 市级)."""
    if budget is None or len(used) < 2:
        return used
    for source in ("中央", "省级", "市级", "州级", "县级", "区级", "本级"):
        if source in budget.heading.label:
            return [c for c in used if source in c.heading.label]
    return used


def record(judgement: Judgement) -> dict[str, object]:
    """Return the table's lines for the summary, figures as they should be."""
    table = judgement.form.body
    if not isinstance(table, FundTable):
        return {"funds": ()}
    figure_columns = [
        (column.heading.label, column.index)
        for column in table.of_role(Role.AMOUNT, Role.COUNT, Role.NUMBER, Role.RATE)
    ]
    lines = []
    for row in table.figure_rows:
        values = tuple(
            [(label, judgement.shown((row.index, column))) for label, column in figure_columns]
        )
        total = row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL)
        lines.append(FundLine(row.name.rstrip(":"), values, total))
    return {"funds": tuple(lines)}
