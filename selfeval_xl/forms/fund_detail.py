"""资金使用明细表: the list of who got or spent how much, in any layout, with its totals."""

from __future__ import annotations

import re
from dataclasses import replace

from selfeval_xl.forms.form import Form, Head
from selfeval_xl.forms.fund_fields import figure_fields
from selfeval_xl.forms.fund_headings import Role
from selfeval_xl.forms.fund_record import figures, record
from selfeval_xl.forms.fund_relations import relations
from selfeval_xl.forms.fund_rules import RULES
from selfeval_xl.forms.fund_table import FundTable, RowKind
from selfeval_xl.forms.fund_tables import find_tables, looks_unreadable, side_by_side
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.sheet import Sheet

KIND = "fund_detail"
TITLE = "资金使用明细表"

__all__ = ["KIND", "RULES", "TITLE", "recognise", "record"]


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
    fields = figure_fields(table, head)
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
