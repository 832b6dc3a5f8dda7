"""The sheet 部门汇总: the projects of each unit together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfeval_xl.records import Counts, ProjectRecord
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Table
from selfeval_xl.results.summary_figures import (
    in_wan,
    overall_rate,
    rate_pairs,
    total,
    weighted_mean,
)
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.results.tally import by_kind
from selfeval_xl.workbooks.sheet import column_letters

GRADES = ("优", "良", "中", "差")
_COLUMNS = (
    Column("序号", 6, "centre"),
    Column("主管部门", 24, "wrap"),
    Column("单位", 28, "wrap"),
    Column("项目数", 8, "count"),
    Column("有错误的项目", 10, "count"),
    Column("预算数", 14, "amount", "资金（万元，不含部门整体）"),
    Column("执行数", 14, "amount", "资金（万元，不含部门整体）"),
    Column("执行率", 10, "rate", "资金（万元，不含部门整体）"),
    Column("平均总分", 10, "mean"),
    *(Column(grade, 6, "count", "核算等级（项目数）") for grade in GRADES),
    *(
        Column(title, 7, "count", "差异处数")
        for title in ("独立错误", "连带", "核实", "尾差", "补算", "提示")
    ),
)
_SUMMED = (3, 4, *range(9, 19))


def write_departments(
    book: Book, sheet: Any, projects: Sequence[ProjectRecord], *, remark: str, total_rate: str
) -> None:
    """Fill the sheet: one row per department and unit in the order they first appear.

    ``total_rate`` is the cell of the overall execution rate on the sheet 汇总.
    """
    groups: dict[tuple[str, str], list[ProjectRecord]] = {}
    for project in projects:
        groups.setdefault((project.department, project.organisation), []).append(project)
    table = Table(
        book, "部门汇总", "部门（单位）汇总表", _COLUMNS, remark=remark, frozen=3, sheet=sheet
    )
    rows = []
    for number, ((department, organisation), members) in enumerate(groups.items(), start=1):
        values = _values(number, department, organisation, members)
        rows.append(values)
        table.row(values, height=row_height([(department, 24), (organisation, 28)]))
    table.finish("没有识别到单位")
    if rows:
        _total(book, table, rows, projects, total_rate)


def _values(
    number: int, department: str, organisation: str, members: Sequence[ProjectRecord]
) -> list[Value]:
    single = [project for project in members if project.project]
    budget = total(in_wan(p.budget, p.amount_unit) for p in single)
    executed = total(in_wan(p.executed, p.amount_unit) for p in single)
    scored = single or list(members)
    mean = weighted_mean([(in_wan(p.budget, p.amount_unit), _score(p)) for p in scored])
    grades = [project.grade_expected or project.grade_stated for project in single]
    counts = [project.counts for project in members]
    return [
        number,
        department,
        organisation or "（未填单位）",
        len(single),
        sum(bool(count.error) for count in counts),
        budget,
        executed,
        overall_rate(rate_pairs(single)),
        mean,
        *(grades.count(grade) for grade in GRADES),
        *by_kind(sum(counts, Counts())),
    ]


def _score(project: ProjectRecord) -> Any:
    return project.score_stated if project.score_expected is None else project.score_expected


def _total(
    book: Book,
    table: Table,
    rows: Sequence[Sequence[Any]],
    projects: Sequence[ProjectRecord],
    total_rate: str,
) -> None:
    first, last, row, sheet = table.first, table.next - 1, table.next, table.sheet
    fill = {"bg_color": style.rgb(style.TOTAL_FILL), "bold": True, "top": 2}
    sheet.set_row(row, 24)
    for column, described in enumerate(_COLUMNS):
        look = book.cell(described.look, **fill)
        letters = column_letters(column)
        if column in _SUMMED or column in (5, 6):
            value = sum(values[column] for values in rows)
            formula = f"=SUM({letters}{first + 1}:{letters}{last + 1})"
            sheet.write_formula(row, column, formula, look, float(value))
        elif column == 7:
            rate = overall_rate(rate_pairs(project for project in projects if project.project))
            value = "" if rate is None else float(rate)
            formula = f"=汇总!{total_rate}"
            sheet.write_formula(row, column, formula, look, value)
        elif column == 1:
            sheet.write_string(row, column, "合计", look)
        else:
            sheet.write_blank(row, column, None, look)
