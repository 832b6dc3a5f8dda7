"""The sheet 部门汇总: the projects of each unit together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from selfeval_xl.grades import grade_in
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
from selfeval_xl.results.summary_remarks import left_out, write_remark
from selfeval_xl.results.summary_totals import Totals
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.results.tally import KINDS, by_kind
from selfeval_xl.workbooks.sheet import column_letters

UNGRADED = "未定"
"""Heads the number of those whose total score must be looked into or is not there."""
_HEAD = (
    Column("序号", 6, "centre"),
    Column("主管部门", 24, "wrap"),
    Column("单位", 28, "wrap"),
    Column("项目数", 8, "count"),
    Column("有错误的项目", 10, "count"),
    Column("预算数", 14, "amount", "资金（万元，不含部门整体）"),
    Column("执行数", 14, "amount", "资金（万元，不含部门整体）"),
    Column("执行率", 10, "rate", "资金（万元，不含部门整体）"),
    Column("平均总分（核算，按预算数加权）", 14, "mean"),
)
_RATE, _MEAN = 7, 8


def write_departments(
    book: Book,
    sheet: Any,
    projects: Sequence[ProjectRecord],
    grades: Sequence[str],
    *,
    remark: str,
    totals: Totals,
) -> None:
    """Fill the sheet: one row per department and unit in the order they first appear.

    ``grades`` are the profile's, best first; ``totals`` are the cells of the sheet 汇总 with what
    holds for all projects.
    """
    groups: dict[tuple[str, str], list[ProjectRecord]] = {}
    for project in projects:
        groups.setdefault((project.department, project.organisation), []).append(project)
    columns = _columns(grades)
    table = Table(
        book, "部门汇总", "部门（单位）汇总表", columns, remark=remark, frozen=3, sheet=sheet
    )
    rows = []
    for number, ((department, organisation), members) in enumerate(groups.items(), start=1):
        values = _values(number, department, organisation, members, grades)
        rows.append(values)
        table.row(values, height=row_height([(department, 24), (organisation, 28)]))
    table.finish("没有识别到单位")
    if rows:
        _total(book, table, rows, projects, totals)
        widths = [column.width for column in columns]
        write_remark(book, table.sheet, table.next + 1, widths, _remarks(projects, grades))


def _columns(grades: Sequence[str]) -> tuple[Column, ...]:
    return (
        *_HEAD,
        *(Column(grade, 6, "count", "核算等级（项目数）") for grade in (*grades, UNGRADED)),
        *(Column(title, 7, "count", "差异处数") for title in KINDS),
    )


def _remarks(projects: Sequence[ProjectRecord], grades: Sequence[str]) -> list[str]:
    sentences = left_out(projects)
    if any(project.departmental for project in projects):
        sentences.append("差异处数含部门整体的表，项目数、等级不含")
    single = [project for project in projects if not project.departmental]
    if any(graded(project, grades) == UNGRADED for project in single):
        sentences.append(f"等级“{UNGRADED}”为总分待核实或没有总分的项目")
    return sentences


def graded(project: ProjectRecord, grades: Sequence[str]) -> str:
    """Return the recomputed grade, the stated one where there is no score at all."""
    stated = None if "grade" in project.undecided else project.grade_stated
    return grade_in(project.grade_expected or stated or "", grades) or UNGRADED


def _values(
    number: int,
    department: str,
    organisation: str,
    members: Sequence[ProjectRecord],
    grades: Sequence[str],
) -> list[Value]:
    single = [project for project in members if not project.departmental]
    counts = by_kind(sum((project.counts for project in members), Counts()))
    head: list[Value] = [number, department, organisation or "（未填单位）"]
    if not single:
        return [*head, *[None] * (len(_HEAD) - len(head) + len(grades) + 1), *counts]
    return [*head, *_of_projects(single, grades), *counts]


def _of_projects(single: Sequence[ProjectRecord], grades: Sequence[str]) -> list[Value]:
    found = [graded(project, grades) for project in single]
    means = [(in_wan(p.budget, p.amount_unit), p.score_expected) for p in single]
    return [
        len(single),
        sum(bool(project.counts.error) for project in single),
        _sum(in_wan(p.budget, p.amount_unit) for p in single),
        _sum(in_wan(p.executed, p.amount_unit) for p in single),
        overall_rate(rate_pairs(single)),
        weighted_mean(means),
        *(found.count(grade) for grade in (*grades, UNGRADED)),
    ]


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of what is there, None when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known else None


def _total(
    book: Book,
    table: Table,
    rows: Sequence[Sequence[Any]],
    projects: Sequence[ProjectRecord],
    totals: Totals,
) -> None:
    first, last, row, sheet = table.first, table.next - 1, table.next, table.sheet
    single = [project for project in projects if not project.departmental]
    means = [(in_wan(p.budget, p.amount_unit), p.score_expected) for p in single]
    overall = {
        _RATE: (totals.rate, overall_rate(rate_pairs(single))),
        _MEAN: (totals.score, weighted_mean(means)),
    }
    fill = {"bg_color": style.rgb(style.TOTAL_FILL), "bold": True, "top": 2}
    sheet.set_row(row, 24)
    for column, described in enumerate(table.columns):
        look = book.cell(described.look, **fill)
        letters = column_letters(column)
        if described.look in ("count", "amount"):
            value = sum(values[column] or 0 for values in rows)
            formula = f"=SUM({letters}{first + 1}:{letters}{last + 1})"
            sheet.write_formula(row, column, formula, look, float(value))
        elif column in overall:
            cell, known = overall[column]
            value = "" if known is None else float(known)
            sheet.write_formula(row, column, f"=汇总!{cell}", look, value)
        elif column == 1:
            sheet.write_string(row, column, "合计", look)
        else:
            sheet.write_blank(row, column, None, look)
