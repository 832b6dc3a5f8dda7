"""资金使用明细表: the list of who got or spent how much, in any layout, with its totals."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from selfeval_xl.findings import Level
from selfeval_xl.forms.form import Field, Form, Head, Measure
from selfeval_xl.forms.fund_headings import Flow, Role, split_unit
from selfeval_xl.forms.fund_relations import relations
from selfeval_xl.forms.fund_table import (
    Column,
    FundTable,
    Row,
    RowKind,
    contents,
    is_own,
)
from selfeval_xl.forms.fund_tables import find_tables, looks_unreadable, side_by_side
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.labels import squash
from selfeval_xl.records import FundLine
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, Stated, Unreadable, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

KIND = "fund_detail"
TITLE = "资金使用明细表"

RULES: tuple[Rule, ...] = (
    Rule(
        code="F201",
        name="明细合计",
        form=KIND,
        level=Level.ERROR,
        truth="合计 = 本列各明细行之和",
        why="合计数会写进自评报告和汇总表；有一行漏加、重加，全年资金就对不上。分组小计、合并单元格只加一次，“其中”行不重复加。",
        source="已公开自评报告所附资金使用明细表",
        safe=True,
        wrong="各行 10.5、11、12，合计填 33",
        right="各行 10.5、11、12，合计填 33.5",
    ),
    Rule(
        code="F202",
        name="结余",
        form=KIND,
        level=Level.ERROR,
        truth="结余 = 下达（到位）金额 − 使用（支出）金额",
        why="结余数决定资金是收回还是结转，必须与下达数、支出数一致；表内有上年结转列并与数据相符时一并计入。",
        source="已公开自评报告所附项目支出明细表（结余经费 = 下达金额 − 使用经费）",
        safe=True,
        wrong="下达 12，使用 10.5，结余填 2.5",
        right="下达 12，使用 10.5，结余填 1.5",
    ),
    Rule(
        code="F203",
        name="完成率、执行率",
        form=KIND,
        level=Level.ERROR,
        truth="完成率（执行率）= 完成数（支出数）÷ 计划数（预算数）",
        why="比率是自评打分的直接依据；可大于 100%，由人说明原因，但必须算对。",
        source="已公开自评报告所附补助经费使用情况表（任务完成率 = 合计人数 ÷ 全年预计补助人数）",
        safe=True,
        wrong="23186 人 ÷ 20000 人，任务完成率填 116.93%",
        right="23186 人 ÷ 20000 人，任务完成率填 115.93%",
    ),
    Rule(
        code="F204",
        name="行合计",
        form=KIND,
        level=Level.ERROR,
        truth="合计（小计）列 = 同一行各分项列之和",
        why="分资金来源填列时，每行的合计须等于中央、省、市、县等各列之和；只有多数行都符合这种关系时才核对。",
        source="资金明细表的两行表头（合计｜中央｜省级｜市级）的填列口径",
        safe=True,
        wrong="市级 5、县级 3，合计列填 9",
        right="市级 5、县级 3，合计列填 8",
    ),
)

_DEFAULT_DECIMALS = {Role.COUNT: 0, Role.RATE: 4}


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the fund tables of a sheet.

    A fund table has a header with a money or quantity heading over figures, and a total row or a
    title that names such a table. Tables with the header words of other forms are left alone.
    """
    forms: list[Form] = []
    above = 0
    for table in find_tables(sheet):
        form = _form(table, above)
        above = table.last + 1
        if form.relations or form.failure or table.title:
            forms.append(form)
    if not forms and looks_unreadable(sheet):
        forms.append(_failed(sheet))
    return forms


def _failed(sheet: Sheet) -> Form:
    """Return the form of a sheet that calls itself a fund table but has no readable header."""
    return Form(
        kind=KIND,
        sheet=sheet,
        region=(0, 0, sheet.height - 1, max(sheet.width - 1, 0)),
        title=title_of(sheet, 0, sheet.height) or TITLE,
        head=read_head(sheet, 0, sheet.height),
        confidence=0.3,
        evidence=("标题为资金明细表，有合计行",),
        failure="看起来是资金明细表，但找不到写明金额或数量的表头（如“下达金额”“支出金额”“补助户数”），"
        "未核对。请在数据上方补上表头行",
    )


def _form(table: FundTable, above: int) -> Form:
    sheet = table.sheet
    head = _without_generic_project(read_head(sheet, above, table.header))
    if not head.amount_unit and table.amount_unit:
        head = replace(head, amount_unit=table.amount_unit)
    fields = _fields(table, head)
    columns = [column.index for column in table.columns]
    title = table.title or title_of(sheet, above, table.header) or TITLE
    form = Form(
        kind=KIND,
        sheet=sheet,
        region=(table.header, min(columns), table.last, max(columns)),
        title=title,
        head=head,
        fields=fields,
        body=table,
        confidence=0.9 if table.title else 0.7,
        evidence=_evidence(table),
    )
    if side_by_side(table):
        form.failure = "同一表头左右并排出现两次，无法确定合计包含哪些行，未核对。请改为上下排列"
        return form
    form.relations = relations(table, fields)
    form.figures = figures(table, fields)
    return form


_GENERIC_PROJECT = re.compile(
    r"(?:资金|经费|支出|补助|补贴|项目|使用|专项|财政|拨付|发放|下达|分配|情况|年度|市级|县级|省级|中央|及|和)*"
)


def _without_generic_project(head: Head) -> Head:
    """Drop a project name taken from a title that only says what the table is."""
    if head.sources.get("project") != "标题" or not _GENERIC_PROJECT.fullmatch(head.project):
        return head
    sources = {name: place for name, place in head.sources.items() if name != "project"}
    return replace(head, project="", sources=sources)


def _evidence(table: FundTable) -> tuple[str, ...]:
    names = [c.heading.label for c in table.of_role(Role.AMOUNT, Role.COUNT)]
    found = [f"第 {table.header + 1} 行为表头，金额、数量列：{'、'.join(names[:6])}"]
    found += [
        f"第 {row.index + 1} 行为{row.name.rstrip(':')}行"
        for row in table.rows
        if row.kind is RowKind.TOTAL
    ]
    return (f"标题“{table.title}”", *found) if table.title else tuple(found)


# --- fields ------------------------------------------------------------------------------------


def _fields(table: FundTable, head: Head) -> dict[Cell, Field]:
    """Return a field for every figure cell, also for blank ones in rows that hold figures."""
    fields: dict[Cell, Field] = {}
    for column in table.columns:
        if column.heading.role in (Role.TEXT, Role.PRICE):
            continue
        unit = column.heading.unit
        if not unit and column.heading.role is Role.AMOUNT:
            unit = head.amount_unit
        decimals = _decimals(table, column)
        scale = _scale(table, column)
        measure, suffix, index = column.heading.measure, f"/{column.heading.label}", column.index
        for row in table.figure_rows:
            cell = row.index, index
            if not is_own(table.sheet, cell):
                continue
            stated = row.stated.get(index)
            error = table.sheet.errors.get(cell)
            if error:
                stated = Unreadable(error, f"单元格为错误值 {error}")
            factor = scale
            if scale != 1 and isinstance(stated, Quantity):
                stated, factor = _as_fraction(stated)
            label = row.name.rstrip(":") + suffix
            fields[cell] = Field(cell, label, measure, stated, unit, decimals, factor)
    for row in table.rows:
        if row.kind is RowKind.TAIL:
            fields.update(_pairs(table, row, head))
    return fields


def _as_fraction(stated: Quantity) -> tuple[Quantity, int]:
    """Return a rate written as 87.5 for 87.5 % as a fraction, with the factor between them."""
    if stated.percent:
        return stated, 1
    shortest = stated.shortest + 2 if stated.value else 0
    fraction = replace(
        stated, value=stated.value / 100, decimals=stated.decimals + 2, shortest=shortest
    )
    return fraction, 100


def _decimals(table: FundTable, column: Column) -> int:
    """Return the decimals a blank of a column is filled with: as many as its figures use.

    Balances and row totals are worked out from other columns, so they need the decimals of all
    money columns.
    """
    columns = [column]
    if column.heading.role is Role.AMOUNT and column.heading.flow in (Flow.REST, Flow.SUM):
        columns = table.of_role(Role.AMOUNT)
    used = [
        found.shortest
        for other in columns
        for row in table.rows
        if row.kind is not RowKind.TAIL
        and (found := row.quantity(other.index)) is not None
        and not found.computed
    ]
    return max(used, default=_DEFAULT_DECIMALS.get(column.heading.role, 2))


def _scale(table: FundTable, column: Column) -> int:
    """Return 100 for a rate column written in figures without a percent sign (87.5)."""
    if column.heading.role is not Role.RATE:
        return 1
    plain = [
        found.value
        for row in table.rows
        if (found := row.quantity(column.index)) is not None and not found.percent
    ]
    if not plain:
        return 1
    marked = column.heading.unit == "%" and any(value > 1 for value in plain)
    return 100 if marked or sum(1 for value in plain if value > 2) * 2 > len(plain) else 1


def _pairs(table: FundTable, row: Row, head: Head) -> dict[Cell, Field]:
    """Return the label/value pairs of a row below the total."""
    found: dict[Cell, Field] = {}
    label, at = "", 0
    shown = contents(table.sheet, row.index)
    for column, value in [*shown, (table.sheet.width + 2, "")]:
        if _is_rate(label) and (rate := _missing_rate(table, row, at, column, value)) is not None:
            found[rate] = Field(rate, label, Measure.RATE, _written(table.sheet, rate), "", 4)
            label = ""
            if rate[1] == column:
                continue
        code = table.sheet.number_formats.get((row.index, column), "General")
        stated = read_quantity(value, code)
        if not isinstance(stated, Quantity):
            at = column
            label = squash(str(value)) if isinstance(value, str) else ""
            continue
        if not label:
            continue
        name, unit = split_unit(label.rstrip(":"))
        measure = Measure.COUNT if unit or name.endswith("数") else Measure.AMOUNT
        if unit in ("万元", "元", "亿元", "千元"):
            measure = Measure.AMOUNT
        if stated.percent or name.endswith("率"):
            measure = Measure.RATE
        elif "人" in name or "户" in name:
            measure = Measure.COUNT
        unit = unit or (head.amount_unit if measure is Measure.AMOUNT else "")
        decimals = 4 if measure is Measure.RATE else stated.shortest
        found[row.index, column] = Field((row.index, column), name, measure, stated, unit, decimals)
        label = ""
    return found


def _is_rate(label: str) -> bool:
    return label.endswith("率") and len(label) <= _LONGEST_RATE_LABEL


_LONGEST_RATE_LABEL = 12


def _missing_rate(
    table: FundTable, row: Row, label: int, column: int, value: object
) -> Cell | None:
    """Return the cell of a rate that was left blank or written so that it cannot be read."""
    beside = (row.index, table.sheet.merge((row.index, label))[3] + 1)
    if column > beside[1] and beside[1] <= max(one.index for one in table.columns):
        return beside
    written = isinstance(value, str) and value.strip()[:1].isdigit()
    unreadable = written and isinstance(_written(table.sheet, beside), Unreadable)
    return beside if column == beside[1] and unreadable else None


def _written(sheet: Sheet, cell: Cell) -> Stated:
    return read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))


# --- figures and record ------------------------------------------------------------------------


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
    figure_columns = table.of_role(Role.AMOUNT, Role.COUNT, Role.NUMBER, Role.RATE)
    lines = []
    for row in table.figure_rows:
        values = tuple(
            (column.heading.label, _shown(judgement, row.cell(column.index)))
            for column in figure_columns
        )
        total = row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL)
        lines.append(FundLine(row.name.rstrip(":"), values, total))
    return {"funds": tuple(lines)}


def _shown(judgement: Judgement, cell: Cell) -> Decimal | str | None:
    found = judgement.form.fields.get(cell)
    value = judgement.expected.get(cell)
    if found is None or value is None:
        return None
    stated = found.stated
    decimals = stated.decimals if isinstance(stated, Quantity) else found.decimals
    return half_up(value, min(decimals, 6))
