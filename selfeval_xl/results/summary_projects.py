"""The sheet 汇总: one row per project, a total row with formulas, links to the marked copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from selfeval_xl.records import ProjectRecord
from selfeval_xl.results.links import file_name
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Linked, Table
from selfeval_xl.results.summary_figures import in_wan, project_name, project_verdict
from selfeval_xl.results.summary_totals import (
    RATE,
    Places,
    add_conditions,
    verdict_look,
    write_total,
)
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.results.tally import by_kind
from selfeval_xl.workbooks.sheet import a1

MOST_LEVELS = 6
"""First-level indicators in the printed part; rarer ones stand to the right of it."""
MOST_FILES = 6
_FIRST_LEVEL = 7


def level_names(projects: Sequence[ProjectRecord]) -> list[str]:
    """Return the first-level indicators, those most projects have first, at most eighteen."""
    seen = Counter(level.name for project in projects for level in project.levels)
    return [name for name, _ in seen.most_common(3 * MOST_LEVELS)]


def write_projects(
    book: Book,
    sheet: Any,
    projects: Sequence[ProjectRecord],
    copies: Sequence[tuple[str, str]],
    *,
    remark: str,
    incomplete: str,
) -> str:
    """Fill the sheet and return the cell of the overall execution rate.

    ``copies`` has each file's input path and its copy's path to link to.
    """
    names = level_names(projects)
    most = min(max((len(project.files) for project in projects), default=1) or 1, MOST_FILES)
    names, rare = names[:MOST_LEVELS], names[MOST_LEVELS:]
    places = _places(len(names), len(rare))
    table = Table(
        book,
        "汇总",
        "预算绩效自评核对汇总表",
        _columns(names, rare, most),
        remark=remark,
        alarm=f"结果不完整：{incomplete}" if incomplete else "",
        frozen=2,
        sheet=sheet,
    )
    for number, project in enumerate(projects, start=1):
        values = [*_values(number, project, names, rare), *_copies(project, copies, most)]
        texts = [(project_name(project), 23.0), (project.organisation, 16.0)]
        height = row_height([*texts, (project.department, 18.0)])
        table.row(values, height=height, looks=verdict_look(book, project.counts, places.verdict))
    table.finish("没有识别到项目")
    if projects:
        last = table.next - 1
        add_conditions(book, table.sheet, table.first, last, places)
        write_total(book, table, projects, places)
    sheet.print_area(0, 0, table.next, places.verdict)
    sheet.set_first_sheet()
    sheet.activate()
    return a1((table.next, RATE))


def _places(levels: int, rare: int) -> Places:
    score = _FIRST_LEVEL + levels
    return Places(score, score + 2, score + 4, score + 6, score + 12, score + 14 + rare)


def _columns(names: Sequence[str], rare: Sequence[str], most: int) -> list[Column]:
    funds = "资金（万元）"
    columns = [
        Column("序号", 5.5, "centre"),
        Column("项目名称", 23, "wrap"),
        Column("年度", 6.5, "centre"),
        Column("单位", 16, "wrap"),
        Column("预算数", 11, "amount", funds),
        Column("执行数", 11, "amount", funds),
        Column("执行率", 9, "rate", funds),
    ]
    columns += [Column(name, 8.5, "score", "一级指标得分（核算）") for name in names]
    for group, look in (("总分", "score"), ("等级", "centre"), ("满意度", "score")):
        width = 6 if look == "centre" else 8
        columns += [Column(title, width, look, group) for title in ("填报", "核算")]
    titles = ("独立错误", "连带", "核实", "尾差", "补算", "提示")
    columns += [Column(title, 6, "count", "差异处数") for title in titles]
    columns += [Column("结论", 13, "centre"), Column("主管部门", 18, "wrap")]
    columns += [Column(name, 9, "score", "其他一级指标得分（核算）") for name in rare]
    group = "核对后的工作簿（点击打开）"
    return columns + [Column(f"文件{n + 1}", 30, "link", group) for n in range(most)]


def _values(
    number: int, project: ProjectRecord, names: Sequence[str], rare: Sequence[str]
) -> list[Value | Linked]:
    scores = {level.name: level.score for level in project.levels}
    counts = project.counts
    return [
        number,
        project_name(project),
        project.year,
        project.organisation,
        in_wan(project.budget, project.amount_unit),
        in_wan(project.executed, project.amount_unit),
        project.execution_rate,
        *(scores.get(name) for name in names),
        project.score_stated,
        project.score_expected,
        project.grade_stated,
        project.grade_expected,
        project.satisfaction_stated,
        project.satisfaction_expected,
        *by_kind(counts),
        project_verdict(counts),
        project.department,
        *(scores.get(name) for name in rare),
    ]


def _copies(
    project: ProjectRecord, copies: Sequence[tuple[str, str]], most: int
) -> list[Value | Linked]:
    """Return a project's links; when there are too many the last cell says so."""
    cells: list[Value | Linked] = []
    for source, copy in (copies[at] for at in project.files if at < len(copies)):
        cells.append(Linked(file_name(copy), copy) if copy else file_name(source))
    if len(cells) > most:
        cells[most - 1 :] = [f"……共 {len(cells)} 个，见“文件清单”"]
    return cells + [None] * (most - len(cells))
