"""The sheet 汇总: one row per project, a total row with formulas, links to the marked copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from selfeval_xl.records import ProjectRecord
from selfeval_xl.results.links import file_name
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Linked, Table
from selfeval_xl.results.summary_figures import (
    in_wan,
    levels_by_name,
    project_name,
    project_verdict,
    recomputed,
    total,
)
from selfeval_xl.results.summary_remarks import left_out, write_remark
from selfeval_xl.results.summary_totals import (
    RATE,
    Places,
    Totals,
    add_conditions,
    undecided_looks,
    verdict_look,
    write_total,
)
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.results.tally import KINDS, by_kind
from selfeval_xl.workbooks.sheet import a1

MOST_LEVELS = 8
"""Columns of first-level scores in the printed part.

Both the national table (five indicators) and the usual indicator systems (three) fit in. Where
there are more, the last column adds up the rarer ones, which stand to the right of the print.
"""
MOST_FILES = 6
_FIRST_LEVEL = 7
_MOST_NAMES = 18
_OTHERS = "其他合计"
_NAME_WIDTH, _UNIT_WIDTH, _DEPARTMENT_WIDTH, _FILE_WIDTH = 23.0, 15.0, 18.0, 30.0


def level_names(projects: Sequence[ProjectRecord]) -> list[str]:
    """Return the first-level indicators, those most projects have first, at most eighteen."""
    seen = Counter(level.name for project in projects for level in project.levels)
    return [name for name, _ in seen.most_common(_MOST_NAMES)]


def write_projects(
    book: Book,
    sheet: Any,
    projects: Sequence[ProjectRecord],
    copies: Sequence[tuple[str, str]],
    *,
    remark: str,
    incomplete: str,
) -> Totals:
    """Fill the sheet and return the cells of what holds for all projects.

    ``copies`` has each file's input path and its copy's path to link to.
    """
    names = level_names(projects)
    most = min(max((len(project.files) for project in projects), default=1) or 1, MOST_FILES)
    shown = len(names) if len(names) <= MOST_LEVELS else MOST_LEVELS - 1
    names, rare = names[:shown], names[shown:]
    places = _places(len(names) + bool(rare), len(rare))
    columns = _columns(names, rare, most)
    table = Table(
        book,
        "汇总",
        "预算绩效自评核对汇总表",
        columns,
        remark=remark,
        alarm=f"结果不完整：{incomplete}" if incomplete else "",
        frozen=2,
        sheet=sheet,
    )
    for number, project in enumerate(projects, start=1):
        links = _copies(project, copies, most)
        texts = [(project_name(project), _NAME_WIDTH), (project.organisation, _UNIT_WIDTH)]
        texts += [(project.department, _DEPARTMENT_WIDTH)]
        texts += [(_shown(link), _FILE_WIDTH) for link in links if link]
        looks = verdict_look(book, project.counts, places.verdict)
        looks |= undecided_looks(book, project, places)
        values = [*_values(number, project, names, rare), *links]
        table.row(values, height=row_height(texts), looks=looks)
    table.finish("没有识别到项目")
    remarks = left_out(projects)
    if projects:
        add_conditions(book, table.sheet, table.first, table.next - 1, places)
        write_total(book, table, projects, places)
        widths = [column.width for column in columns[: places.verdict + 1]]
        write_remark(book, table.sheet, table.next + 1, widths, remarks)
    sheet.print_area(0, 0, table.next + bool(remarks), places.verdict)
    sheet.set_first_sheet()
    sheet.activate()
    return Totals(a1((table.next, RATE)), a1((table.next, places.score + 1)))


def _places(levels: int, rare: int) -> Places:
    score = _FIRST_LEVEL + levels
    return Places(score, score + 2, score + 4, score + 6, score + 12, score + 14 + rare)


def _columns(names: Sequence[str], rare: Sequence[str], most: int) -> list[Column]:
    funds, levels = "资金（万元）", "一级指标得分（核算）"
    columns = [
        Column("序号", 5.5, "centre"),
        Column("项目名称", _NAME_WIDTH, "wrap"),
        Column("年度", 6.5, "centre"),
        Column("单位", _UNIT_WIDTH, "wrap"),
        Column("预算数", 11, "amount", funds),
        Column("执行数", 11, "amount", funds),
        Column("执行率", 9, "rate", funds),
    ]
    columns += [Column(name, 7.5, "score", levels) for name in names]
    columns += [Column(_OTHERS, 7.5, "score", levels)] * bool(rare)
    for group, look in (("总分", "score"), ("等级", "centre"), ("满意度", "score")):
        width = 7 if look == "centre" else 8
        columns += [Column(title, width, look, group) for title in ("填报", "核算")]
    columns += [Column(title, 5.5, "count", "差异处数") for title in KINDS]
    columns += [Column("结论", 13, "centre"), Column("主管部门", _DEPARTMENT_WIDTH, "wrap")]
    columns += [Column(name, 9, "score", "其他一级指标得分（核算）") for name in rare]
    group = "核对后的工作簿（点击打开）"
    return columns + [Column(f"文件{n + 1}", _FILE_WIDTH, "link", group) for n in range(most)]


def _values(
    number: int, project: ProjectRecord, names: Sequence[str], rare: Sequence[str]
) -> list[Value | Linked]:
    scores = {
        level.name: level.score for level in levels_by_name(project) if level.score is not None
    }
    others = [scores[name] for name in scores if name not in names]
    return [
        number,
        project_name(project),
        project.year,
        project.organisation,
        in_wan(project.budget, project.amount_unit),
        in_wan(project.executed, project.amount_unit),
        project.execution_rate,
        *(scores.get(name) for name in names),
        *([total(others) if others else None] if rare else []),
        project.score_stated,
        recomputed(project, "score"),
        project.grade_stated,
        recomputed(project, "grade"),
        project.satisfaction_stated,
        recomputed(project, "satisfaction"),
        *by_kind(project.counts),
        project_verdict(project.counts),
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


def _shown(link: Value | Linked) -> str:
    return link.text if isinstance(link, Linked) else str(link)
