"""The clean tables of the samples that errors are planted in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import mutation_truths as truths
from mutation_tables import AMOUNT, COUNT, Table, as_table

from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import parse_range

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "data"
FILLED = SAMPLES.parent / "待核对" / "社区居家养老服务补贴项目"


def sample(number: int) -> Table:
    """Return a published table of the samples as printed."""
    path = next(SAMPLES.glob(f"{number:02d}-*.json"))
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Table(
        f"样例{number:02d}",
        raw["form"],
        [list(row) for row in raw["grid"]],
        [parse_range(address) for address in raw["merges"]],
    )


def samples() -> Iterator[Table]:
    """Yield the samples without an error, and two questionnaires with their figures corrected."""
    for number, rate in ((1, True), (7, False), (10, True)):
        table = sample(number)
        truths.score_rows(table, (1, 2, 3), 4, rate=rate)
        yield table
    table = sample(2)
    amounts = dict.fromkeys((3, 4, 5), (AMOUNT, 2))
    truths.columns_summed(table, range(2, 18), 18, {2: (COUNT, 0), **amounts})
    yield table
    yield _questionnaire_sample(3)
    for number in (6, 9):
        yield _questionnaire_sample(number, corrected=True)
    table = sample(5)
    truths.columns_summed(table, (1, 2, 3), 4, {2: (AMOUNT, 2), 3: (AMOUNT, 2)})
    truths.balances(table, (1, 2, 3), 4, 2, 3, 4)
    yield table
    table = sample(8)
    truths.columns_summed(table, (1, 3, 6, 8, 12), 13, {5: (COUNT, 0), 6: (AMOUNT, 2)})
    yield table
    table = sample(11)
    truths.columns_summed(table, range(1, 10), 10, {2: (AMOUNT, 3), 3: (COUNT, 0)})
    table.given((11, 1), COUNT)
    table.ratio((11, 3), (10, 3), (11, 1))
    yield table


def _questionnaire_sample(number: int, corrected: bool = False) -> Table:
    table = sample(number)
    if corrected:
        table.name += "更正"
        for row in range(1, 34):
            for column in range(2, 8):
                if (row - 1) % 3 or row > 30 or column == 7:
                    table.grid[row][column] = None
        table.grid[34][7] = None
    truths.questionnaire(table, 1, 10)
    return table


def filled() -> Iterator[Table]:
    """Yield the sheets of the error-free project filled into the blank templates."""
    places = {
        "社会公众满意度调查问卷统计表": "questionnaire",
        "资金使用明细表": "fund_detail",
        "项目支出绩效自评表": "project_self_evaluation",
        "指标体系评分表": "indicator_scores",
        "部门整体支出绩效自评表": "department_self_evaluation",
        "部门整体支出绩效评价基础数据表": "department_base_data",
    }
    for path in sorted(FILLED.glob("*.xlsx")):
        for sheet in read_workbook(path.read_bytes(), path.name).sheets:
            if (form := places.get(sheet.name)) is not None:
                yield _filled(as_table(sheet, f"模板·{sheet.name}", form))


def _filled(table: Table) -> Table:
    """Say what follows from what on a sheet of the templates."""
    if table.form == "questionnaire":
        truths.questionnaire(table, 6, 10)
    elif table.form == "fund_detail":
        rows = range(5, 15)
        sorts = {2: (COUNT, 0), 3: (AMOUNT, 2), 4: (AMOUNT, 2)}
        truths.columns_summed(table, rows, 17, sorts)
        truths.balances(table, rows, 17, 3, 4, 5)
        table.given((18, 2), COUNT)
        table.ratio((18, 4), (17, 2), (18, 2))
    elif table.form == "project_self_evaluation":
        truths.self_evaluation(table, 5, range(12, 29), 29, parts=(6, 7, 8))
    elif table.form == "department_self_evaluation":
        truths.self_evaluation(table, 4, range(13, 30), 30)
    elif table.form == "indicator_scores":
        truths.indicator_system(table, range(5, 24), 24)
        levels = {28: range(5, 11), 29: range(11, 16), 30: range(16, 24)}
        truths.level_summary(table, levels, 31)
    else:
        names = (
            "public",
            "vehicles",
            "purchase",
            "running",
            "abroad",
            "reception",
            "projects",
            "business",
            "operation",
            "special",
        )
        row_of = {"staff": 4} | {name: row for row, name in enumerate(names, start=6)}
        truths.base_data(table, row_of, (16, 17, 18))
    return table
