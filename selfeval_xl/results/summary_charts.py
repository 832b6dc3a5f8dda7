"""The sheet 图表: points against scores, grades and findings by rule, with their figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from selfeval_xl.records import LevelScore, ProjectRecord
from selfeval_xl.results import style
from selfeval_xl.results.summary_book import Book
from selfeval_xl.results.summary_departments import UNGRADED, graded
from selfeval_xl.results.summary_figures import levels_by_name, project_name, total, whole_year
from selfeval_xl.results.summary_projects import level_names
from selfeval_xl.results.table_rows import cell_text
from selfeval_xl.rules.rule import Rule
from selfeval_xl.values import half_up

MOST_PROJECTS = 12
"""Projects that get a chart of their own."""
MOST_RULES = 12
_SHEET = "图表"
_MEANS = "各一级指标平均分值与平均得分"
_COLUMNS = 12
_ROWS_PER_CHART = 14
_CHART = {"width": 585, "height": 320}
_BLUE, _ORANGE = "#2F5D8A", "#E39A3B"
_GRADE_COLOURS = ("#2E7D5B", "#2F5D8A", "#E39A3B", "#B23A3A")
_GREY = "#9AA5B1"
_LONGEST_TITLE = 60


class _Block:
    """A small table of figures and the chart drawn from it, its texts as drawings can hold them."""

    def __init__(
        self,
        title: str,
        headings: Sequence[str],
        rows: Sequence[tuple[str, Sequence[Decimal | int | None]]],
        *,
        kind: str = "column",
        axis: str = "分",
    ) -> None:
        self.title = _drawn(title)
        self.headings = tuple(headings)
        self.rows = tuple((_drawn(name), values) for name, values in rows)
        self.kind = kind
        self.axis = axis


def write_charts(
    book: Book,
    sheet: Any,
    projects: Sequence[ProjectRecord],
    grades: Sequence[str],
    used: Sequence[tuple[str, int]],
    rules: Mapping[str, Rule],
) -> None:
    """Fill the sheet: the charts two abreast on top, the figures they are drawn from below."""
    blocks = _blocks(projects, grades, used, rules)
    sheet.set_column(0, _COLUMNS - 1, 13.5)
    heading = book.format(bold=True, font_size=16, font_color=style.rgb(style.TITLE))
    sheet.set_row(0, 32)
    sheet.write_string(0, 0, "图表", heading)
    muted = book.format(font_color=style.rgb(style.MUTED))
    if not blocks:
        sheet.write_string(1, 0, "没有可以作图的数据", muted)
        return
    remark = "图中数据见本页下方；得分为核算后的得分。"
    if blocks[0].title == _MEANS:
        whole = any(project.departmental and project.levels for project in projects)
        remark += f"平均数为简单平均{'，含部门整体' if whole else ''}。"
    more = len([project for project in projects if project.levels]) - MOST_PROJECTS
    if more > 0:
        remark += f"单个项目的图只列得分率最低的 {MOST_PROJECTS} 个。"
    sheet.write_string(1, 0, remark, muted)
    first = 2 + (len(blocks) + 1) // 2 * _ROWS_PER_CHART + 1
    pages = range(1, (len(blocks) + 3) // 4)
    sheet.set_h_pagebreaks([*(2 + at * 2 * _ROWS_PER_CHART for at in pages), first])
    row = first
    for at, block in enumerate(blocks):
        chart = _chart(book, block, row)
        place = 2 + at // 2 * _ROWS_PER_CHART, at % 2 * 6
        sheet.insert_chart(*place, chart, {"x_offset": 4, "y_offset": 4, **_alt(block)})
        row = _figures(book, sheet, block, row)


def _alt(block: _Block) -> dict[str, str]:
    return {"description": block.title}


def _blocks(
    projects: Sequence[ProjectRecord],
    grades: Sequence[str],
    used: Sequence[tuple[str, int]],
    rules: Mapping[str, Rule],
) -> list[_Block]:
    blocks = []
    means = _mean_levels(projects)
    if means and len([project for project in projects if project.levels]) > 1:
        blocks.append(_levels_block(_MEANS, means))
    if any(graded(project, grades) != UNGRADED for project in projects):
        blocks.append(_grades_block(projects, grades))
    if used:
        rows = [(_rule_label(code, rules), [number]) for code, number in used[:MOST_RULES]]
        blocks.append(_Block("差异最多的规则", ["规则", "处数"], rows, kind="bar", axis="处"))
    shown = sorted((p for p in projects if p.levels), key=_score_rate)
    if len(shown) <= MOST_PROJECTS:
        shown = [project for project in projects if project.levels]
    for project in shown[:MOST_PROJECTS]:
        year = f"（{project.year}年）" if project.year else ""
        name = project_name(project)
        if project.departmental:
            name = whole_year(project)
        title = f"{name}{year}分值与得分"
        blocks.append(_levels_block(title, levels_by_name(project)))
    return blocks


def _grades_block(projects: Sequence[ProjectRecord], grades: Sequence[str]) -> _Block:
    """Count grades; projects and departments apart where there are both."""
    words = {False: "项目", True: "部门整体"}
    kinds = [kind for kind in words if any(p.departmental is kind for p in projects)]
    found = [(graded(project, grades), project.departmental) for project in projects]
    shown = [*grades, *[UNGRADED] * any(grade == UNGRADED for grade, _ in found)]
    rows = [(grade, [found.count((grade, kind)) for kind in kinds]) for grade in shown]
    headings = ["等级", *(f"{words[kind]}数" for kind in kinds)]
    return _Block("核算等级分布", headings, rows, kind="grades", axis="个")


def _levels_block(title: str, levels: Sequence[LevelScore]) -> _Block:
    rows = [(level.name, [_rounded(level.points), _rounded(level.score)]) for level in levels]
    return _Block(title, ["一级指标", "分值", "得分"], rows)


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else half_up(Fraction(value), 2).normalize()


def _score_rate(project: ProjectRecord) -> Decimal:
    points = total(level.points for level in project.levels)
    return total(level.score for level in project.levels) / points if points else Decimal(2)


def _mean_levels(projects: Sequence[ProjectRecord]) -> list[LevelScore]:
    means = []
    every = [levels_by_name(project) for project in projects]
    for name in level_names(projects):
        levels = [level for each in every for level in each if level.name == name]
        known = [v for v in levels if v.points is not None and v.score is not None]
        if known:
            points, score = total(v.points for v in known), total(v.score for v in known)
            means.append(LevelScore(name, points / len(known), score / len(known)))
    return means


def _rule_label(code: str, rules: Mapping[str, Rule]) -> str:
    return f"{code} {rules[code].name}" if code in rules else code


def _figures(book: Book, sheet: Any, block: _Block, row: int) -> int:
    """Write a block's figures; return the row after them and a gap."""
    bold = book.format(bold=True, font_color=style.rgb(style.TITLE))
    head = book.cell("centre", bold=True, bg_color=style.rgb(style.TOTAL_FILL))
    sheet.write_string(row, 0, cell_text(block.title), bold)
    sheet.merge_range(row + 1, 0, row + 1, 1, block.headings[0], head)
    for at, heading in enumerate(block.headings[1:], start=2):
        sheet.write_string(row + 1, at, heading, head)
    look = book.cell("number")
    for at, (name, values) in enumerate(block.rows, start=row + 2):
        sheet.merge_range(at, 0, at, 1, "", book.cell("text"))
        sheet.write_string(at, 0, cell_text(name), book.cell("text"))
        for column, value in enumerate(values, start=2):
            if value is None:
                sheet.write_blank(at, column, None, look)
            else:
                sheet.write_number(at, column, value, look)
    return row + 3 + len(block.rows)


_UNDRAWN = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _drawn(text: str) -> str:
    """Return text that charts and what describes them can hold, not too long for a title.

    The library writes control characters there as they are, and takes some titles for the address
    of a cell (加油!A1).
    """
    text = _UNDRAWN.sub(" ", text).replace("!", "！")
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"


def _colour(at: int, grade: str) -> str:
    return _GREY if grade == UNGRADED else _GRADE_COLOURS[at % len(_GRADE_COLOURS)]


def _chart(book: Book, block: _Block, row: int) -> Any:
    kind = "bar" if block.kind == "bar" else "column"
    chart = book.workbook.add_chart({"type": kind})
    first, last = row + 2, row + 1 + len(block.rows)
    names = [name for name, _ in block.rows]
    colours = (_BLUE, _ORANGE)
    for at, heading in enumerate(block.headings[1:]):
        values = [row_values[at] for _, row_values in block.rows]
        series: dict[str, Any] = {
            "name": heading,
            "categories": [_SHEET, first, 0, last, 0],
            "values": [_SHEET, first, 2 + at, last, 2 + at],
            "categories_data": names,
            "values_data": [float(value) if value is not None else "" for value in values],
            "fill": {"color": colours[at % 2]},
            "gap": 60,
            "data_labels": {"value": True, "font": {"size": 9}},
        }
        if block.kind == "grades" and len(block.headings) == 2:
            series["points"] = [
                {"fill": {"color": _colour(at, name)}} for at, name in enumerate(names)
            ]
        chart.add_series(series)
    chart.set_title({"name": block.title, "name_font": {"size": 12}, "overlay": False})
    grid = {"visible": True, "line": {"color": "#E5E7EB"}}
    numbers: dict[str, Any] = {"major_gridlines": grid, "min": 0, "num_font": {"size": 9}}
    names_axis: dict[str, Any] = {"num_font": {"size": 9}, "interval_unit": 1}
    if kind == "bar":
        # The longest bar on top; the labels say the numbers.
        chart.set_y_axis(names_axis | {"reverse": True, "major_gridlines": {"visible": False}})
        chart.set_x_axis(numbers | {"visible": False, "major_gridlines": {"visible": False}})
    else:
        unit = {"name": block.axis, "name_font": {"size": 9, "rotation": 360}}
        whole = {"num_format": "0"} if block.axis != "分" else {}
        chart.set_x_axis(names_axis)
        chart.set_y_axis(numbers | unit | whole)
    if len(block.headings) > 2:
        chart.set_legend({"position": "bottom"})
    else:
        chart.set_legend({"none": True})
    chart.set_size(_CHART)
    return chart
