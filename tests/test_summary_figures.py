"""The summary's figures: money units, grades, first-level indicators, what charts can hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import result_records as records
from lxml import etree

from selfeval_xl.projects import group_projects
from selfeval_xl.records import (
    Counts,
    Figure,
    FileRecord,
    FormRecord,
    LevelScore,
    ProjectRecord,
    Status,
)
from selfeval_xl.results.summary import write_summary
from selfeval_xl.settings import DEFAULT

D = Decimal
PLAIN = replace(
    records.projects()[2],
    score_stated=D(95),
    score_expected=D(95),
    counts=Counts(),
    files=(),
)


def package(projects: Sequence[ProjectRecord], **options: Any) -> bytes:
    target = io.BytesIO()
    write_summary(target, [], projects, profile="财政部", rules=records.rules(), **options)
    return target.getvalue()


def sheet_of(projects: Sequence[ProjectRecord], name: str, **options: Any) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(package(projects, **options)), data_only=True)
    return book[name]


def column(sheet: Any, title: str, number: int = 1) -> list[Any]:
    found = [cell for cell in sheet[4] if cell.value == title][number - 1]
    return [row[found.column - 1].value for row in sheet.iter_rows(min_row=5)]


def form(kind: str, unit: str, **figures: str) -> FormRecord:
    amounts = {name: Figure("F4", D(value), D(value)) for name, value in figures.items()}
    return FormRecord(kind, kind, "道路养护", 2023, "某局", amount_unit=unit, figures=amounts)


def project_of(*forms: FormRecord) -> ProjectRecord:
    files = [
        FileRecord(f"甲/{at}.xlsx", Status.CHECKED, forms=(one,)) for at, one in enumerate(forms)
    ]
    (project,), _ = group_projects(files, DEFAULT)
    return project


# --- money ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("元", 0.15), ("百元", 15), ("千元", 150), ("万元", 1500), ("亿元", 15_000_000), ("", 1500)],
)
def test_amounts_of_every_unit_are_shown_in_wan(unit: str, shown: float) -> None:
    sheet = sheet_of([replace(PLAIN, budget=D(1500), amount_unit=unit)], "汇总")
    assert column(sheet, "预算数")[:2] == [shown, shown]


def test_the_unit_is_that_of_the_form_the_amount_is_taken_from() -> None:
    """The details come first and are in 万元; the self-evaluation's 1 200 000 are 元."""
    details = form("fund_detail", "万元", budget="120", executed="114")
    own = form("project_self_evaluation", "元", budget="1200000", executed="1140000")
    project = project_of(details, own)
    assert (project.budget, project.executed, project.amount_unit) == (1_200_000, 1_140_000, "元")
    sheet = sheet_of([project], "汇总")
    assert (column(sheet, "预算数")[0], column(sheet, "执行数")[0]) == (120, 114)


def test_what_was_granted_and_what_was_spent_are_in_one_unit() -> None:
    own = form("project_self_evaluation", "万元", budget="120")
    details = form("fund_detail", "元", executed="1140000")
    project = project_of(own, details)
    assert (project.budget, project.executed, project.amount_unit) == (120, 114, "万元")
    assert project.execution_rate == D("0.95")


def test_an_amount_without_a_unit_does_not_take_that_of_another_form() -> None:
    project = project_of(
        form("project_self_evaluation", "", budget="120", executed="114"),
        form("fund_detail", "元", executed="1140000"),
    )
    sheet = sheet_of([project], "汇总")
    assert (column(sheet, "预算数")[0], column(sheet, "执行数")[0]) == (120, 114)


# --- grades --------------------------------------------------------------------------------------


def test_the_grades_of_the_profile_have_the_columns() -> None:
    own = ("优秀", "合格", "不合格")
    graded = [replace(PLAIN, grade_expected=grade) for grade in (*own, own[1], None)]
    graded[-1] = replace(graded[-1], grade_stated=None)
    sheet = sheet_of(graded, "部门汇总", grades=own)
    titles = [cell.value for cell in sheet[4]][9:13]
    assert titles == [*own, "未定"]
    assert [column(sheet, title)[0] for title in titles] == [1, 2, 1, 1]
    assert column(sheet, "独立错误")[1] == 0, "the total row goes on behind the grades"
    chart = sheet_of(graded, "图表", grades=own)
    rows = [[cell.value for cell in row[:3]] for row in chart.iter_rows()]
    at = rows.index(["等级", None, "项目数"])
    assert [row[::2] for row in rows[at + 1 : at + 5]] == [
        ["优秀", 1], ["合格", 2], ["不合格", 1], ["未定", 1],
    ]  # fmt: skip


def test_a_grade_written_longer_counts_as_that_grade_and_is_no_change() -> None:
    stated = replace(PLAIN, grade_stated="优秀", grade_expected=None, score_expected=None)
    sheet = sheet_of([stated], "部门汇总")
    assert (column(sheet, "优")[0], column(sheet, "未定")[0]) == (1, 0)
    book = openpyxl.load_workbook(io.BytesIO(package([replace(PLAIN, grade_stated="优秀")])))
    titles = [cell.value for cell in book["汇总"][3]]
    grade = book["汇总"].cell(5, titles.index("等级") + 1).column_letter
    (formula,) = [
        rule.formula[0]
        for where in book["汇总"].conditional_formatting
        for rule in where.rules
        if rule.type == "expression" and f"${grade}5" in rule.formula[0]
    ]
    assert f"LEFT(${grade}5,LEN(" in formula


# --- first-level indicators ----------------------------------------------------------------------


def test_blocks_of_one_name_count_together_in_means_and_charts() -> None:
    """Two blocks of 20 and 30 points in the one project, one of 50 in the other."""
    apart = (LevelScore("产出指标", D(20), D(18)), LevelScore("产出指标", D(30), D(28)))
    whole = (LevelScore("产出指标", D(50), D(50)),)
    projects = [replace(PLAIN, levels=apart), replace(PLAIN, project="另一项目", levels=whole)]
    rows = [[cell.value for cell in row[:4]] for row in sheet_of(projects, "图表").iter_rows()]
    figures = [row for row in rows if row[0] == "产出指标"]
    assert figures == [
        ["产出指标", None, 50, 48],  # the mean of (50, 46) and (50, 50)
        ["产出指标", None, 50, 46],
        ["产出指标", None, 50, 50],
    ]


# --- texts in drawings ---------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["甲\x01乙", "甲\ud83d乙", "甲\ufffe乙", "=甲!$A$1", "甲" * 300])
def test_any_name_leaves_every_part_well_formed(odd: str) -> None:
    level = LevelScore(odd, D(50), D(48))
    project = replace(PLAIN, project=odd, organisation=odd, department=odd, levels=(level,))
    whole = replace(project, project="", departmental=True)
    with zipfile.ZipFile(io.BytesIO(package([project, whole]))) as book:
        parts = {name: etree.fromstring(book.read(name)) for name in book.namelist()}
    titles = [
        "".join(title.itertext())
        for name, part in parts.items()
        if name.startswith("xl/charts/chart")
        for title in part.findall("{*}chart/{*}title")
    ]
    named = [title for title in titles if "甲" in title]
    assert len(named) == 2
    assert all(len(title) <= 60 for title in titles)
