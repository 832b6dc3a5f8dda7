"""The summary's totals: what cannot be judged, what means leave out, counts that agree."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import result_records as records
from lxml import etree

from selfeval_xl import batch
from selfeval_xl.findings import Action, Kind, Level
from selfeval_xl.records import Counts, FileRecord, ProjectRecord
from selfeval_xl.results import style
from selfeval_xl.results.extract import extract, with_findings
from selfeval_xl.results.summary import write_summary
from selfeval_xl.results.summary_rules import RuleCounts
from selfeval_xl.results.tally import KINDS, by_kind, tally
from selfeval_xl.settings import DEFAULT

SAMPLES = Path(__file__).parents[1] / "samples" / "待核对"
KNOWN = replace(
    records.projects()[2],
    budget=Decimal(100),
    executed=Decimal(90),
    score_stated=Decimal(80),
    score_expected=Decimal(80),
    grade_stated=None,
    grade_expected="良",
    counts=Counts(),
    files=(),
)
OPEN = replace(
    KNOWN,
    project="无法判断的项目",
    budget=Decimal(300),
    score_stated=Decimal(96),
    score_expected=None,
    grade_expected=None,
    undecided=frozenset({"score", "grade"}),
)
POOR = replace(KNOWN, project="没有预算的项目", budget=None, executed=None)
WHOLE = replace(KNOWN, project="", departmental=True, budget=Decimal(900), levels=())
NAMELESS = replace(KNOWN, project="", budget=Decimal(200), score_expected=Decimal(95))


def package(projects: Sequence[ProjectRecord], files: Sequence[FileRecord] = ()) -> bytes:
    target = io.BytesIO()
    write_summary(target, map(extract, files), projects, profile="财政部", rules=records.rules())
    return target.getvalue()


def summary(projects: Sequence[ProjectRecord], files: Sequence[FileRecord] = ()) -> Any:
    return openpyxl.load_workbook(io.BytesIO(package(projects, files)), data_only=True)


def column(sheet: Any, title: str, number: int = 1, header: int = 4) -> list[Any]:
    """The cells under a title, the ``number``-th of that name."""
    found = [cell for cell in sheet[header] if cell.value == title][number - 1]
    return [row[found.column - 1] for row in sheet.iter_rows(min_row=header + 1)]


# ------------------------------------------------------------------------ what cannot be judged


def test_a_total_that_cannot_be_judged_says_so_and_has_no_grade() -> None:
    sheet = summary([KNOWN, OPEN])["汇总"]
    fill = style.REVIEW.fill
    for score in (column(sheet, "核算", 1)[1], column(sheet, "核算", 2)[1]):
        assert score.value == "待核实"
        assert score.fill.fgColor.rgb == fill
    assert column(sheet, "填报", 1)[1].value == 96
    assert [cell.value for cell in column(sheet, "核算", 2)[:2]] == ["良", "待核实"]


def test_it_enters_no_mean_of_recomputed_scores_and_no_grade() -> None:
    """Stated: (100 × 80 + 300 × 96) ÷ 400 = 92; recomputed: 80 alone."""
    book = summary([KNOWN, OPEN])
    stated, expected = (column(book["汇总"], name)[2].value for name in ("填报", "核算"))
    assert (stated, expected) == (92, 80)
    assert "待核实的 1 个项目不计入核算平均" in book["汇总"]["A8"].value
    departments = book["部门汇总"]
    assert column(departments, "平均总分（核算，按预算数加权）")[0].value == 80
    assert [column(departments, word)[0].value for word in ("良", "未定")] == [1, 1]


def test_the_sample_whose_form_contradicts_itself(tmp_path: Path) -> None:
    """Points of 106 and 93 instead of 100: the form's own sheet says 无法判断 of both totals."""
    batch.run([SAMPLES / "汨罗市残疾人联合会"], tmp_path, DEFAULT)
    sheet = openpyxl.load_workbook(tmp_path / "汇总表.xlsx", data_only=True)["汇总"]
    assert [cell.value for cell in column(sheet, "填报", 1)[:2]] == [98, 98]
    assert [cell.value for cell in column(sheet, "核算", 1)[:2]] == ["待核实", "待核实"]
    assert [cell.value for cell in column(sheet, "核算", 2)[:2]] == ["待核实", "待核实"]


# ------------------------------------------------------------------------- what totals leave out


def test_means_say_how_they_are_weighted_and_whom_they_leave_out() -> None:
    book = summary([KNOWN, POOR, WHOLE])
    sheet = book["汇总"]
    assert column(sheet, "项目名称")[3].value == "合计（总分、满意度为按预算数加权平均）"
    for text in (sheet["A9"].value, book["部门汇总"]["A7"].value):
        assert "没有预算数的 1 个项目不计入" in text
        assert "资金、平均数不含部门整体" in text
    assert sheet.print_area.endswith("$9"), "the remark is printed"
    filled = summary([replace(KNOWN, score_stated=None)])["汇总"]
    assert column(filled, "项目名称")[1].value == "合计（总分、满意度为按预算数加权平均）"
    bare = summary([replace(POOR, score_stated=None, score_expected=None)])["汇总"]
    assert bare["A7"].value is None
    assert bare.print_area.endswith("$6")
    quiet = summary([KNOWN])["汇总"]["A7"].value
    assert "不计入" not in quiet
    assert "部门整体" not in quiet


def test_a_unit_without_projects_has_blanks_and_no_mean() -> None:
    book = summary([KNOWN, replace(WHOLE, organisation="某局", counts=Counts(error=2, root=2))])
    sheet = book["部门汇总"]
    blank = ("项目数", "有错误的项目", "预算数", "执行数", "执行率", "优", "良", "未定")
    for title in (*blank, "平均总分（核算，按预算数加权）"):
        assert column(sheet, title)[1].value is None, title
    assert column(sheet, "独立错误")[1].value == 2
    assert column(sheet, "项目数")[2].value == 1
    assert column(sheet, "有错误的项目")[2].value == 0


def test_the_mean_of_all_units_is_that_of_all_projects() -> None:
    """(100 × 80 + 200 × 95) ÷ 300 = 90 on both sheets, though a unit of its own has 95."""
    book = summary([KNOWN, replace(NAMELESS, organisation="某局"), WHOLE])
    assert column(book["部门汇总"], "平均总分（核算，按预算数加权）")[2].value == 90
    assert column(book["汇总"], "核算")[3].value == 90


# ------------------------------------------------------------------------------ counts that agree


@pytest.mark.parametrize(
    ("projects", "text"),
    [
        ([KNOWN, POOR, WHOLE], "项目 2 个、部门整体 1 个（未发现差异 3 个）；"),
        ([KNOWN], "项目 1 个（未发现差异 1 个）；"),
        ([WHOLE], "部门整体 1 个（未发现差异 1 个）；"),
        ([], "项目 0 个；"),
    ],
)
def test_projects_and_departments_are_counted_apart(
    projects: list[ProjectRecord], text: str
) -> None:
    assert f"　{text}" in summary(projects)["汇总"]["A2"].value


def test_the_chart_counts_projects_and_departments_apart() -> None:
    book = summary([KNOWN, POOR, OPEN, WHOLE])
    rows = [[cell.value for cell in row[:4]] for row in book["图表"].iter_rows()]
    at = rows.index(["等级", None, "项目数", "部门整体数"])
    assert rows[at + 1 : at + 6] == [
        ["优", None, 0, 0],
        ["良", None, 2, 1],
        ["中", None, 0, 0],
        ["差", None, 0, 0],
        ["未定", None, 1, 0],
    ]
    assert sum(row[2] for row in rows[at + 1 : at + 6]) == book["部门汇总"]["D6"].value == 3
    assert book["图表"]["A2"].value.endswith("平均数为简单平均。"), "WHOLE has no levels"
    leveled = summary([KNOWN, replace(WHOLE, levels=KNOWN.levels)])["图表"]
    assert leveled["A2"].value.endswith("平均数为简单平均，含部门整体。")
    alone = [[cell.value for cell in row[:4]] for row in summary([KNOWN])["图表"].iter_rows()]
    assert ["等级", None, "项目数", None] in alone
    assert ["未定", None, 0, None] not in alone


def test_rules_count_what_the_projects_count() -> None:
    files = records.files()
    sheet = summary(records.projects(), files)["规则统计"]
    counted = [sum(cell.value for cell in column(sheet, kind)) for kind in KINDS]
    everything = tally([finding for file in files for finding in file.findings])
    assert tuple(counted) == by_kind(everything)
    assert counted == [7, 24, 6, 1, 2, 1]


def test_the_rules_of_the_samples_fit_on_the_page_that_is_one_sheet_wide(tmp_path: Path) -> None:
    """Their rows were 1,190 points high, one row more than what LibreOffice put on the page."""
    batch.run([SAMPLES], tmp_path, DEFAULT)
    sheet = openpyxl.load_workbook(tmp_path / "汇总表.xlsx")["规则统计"]
    heights = [sheet.row_dimensions[row].height for row in range(5, sheet.max_row + 1)]
    assert len(heights) == 25
    assert sum(heights) <= 1000
    widths = [
        found.width * (found.max - found.min + 1) for found in sheet.column_dimensions.values()
    ]
    assert sum(widths) <= 266, "nor is all written smaller for it"


def test_filled_cells_are_no_differences() -> None:
    filled = replace(
        records.questionnaire_findings()[0],
        rule="S202",
        level=Level.INFO,
        kind=Kind.FILLED,
        action=Action.FILLED,
    )
    file = replace(records.questionnaire_file(), findings=(filled, filled))
    counts = RuleCounts()
    counts.add(extract(file).rules)
    counts.add([("Q202", "尾差", 1), ("Q202", "补算", 1)])
    assert counts.totals() == [("Q202", 2), ("S202", 2)]
    assert counts.differences() == [("Q202", 1)]
    with zipfile.ZipFile(io.BytesIO(package([KNOWN], [file]))) as book:
        charts = [book.read(name).decode() for name in book.namelist() if "/charts/chart" in name]
    assert charts
    assert not [chart for chart in charts if "差异最多的规则" in chart]


# --------------------------------------------------------------------------- names and long texts


def test_only_a_department_is_called_one() -> None:
    """(100 + 200) of the two projects; the department's 900 holds them already."""
    sheet = summary([KNOWN, NAMELESS, WHOLE])["汇总"]
    names = [cell.value for cell in column(sheet, "项目名称")[:3]]
    assert names == [KNOWN.project, "（未写项目名称）", "（部门整体）"]
    assert column(sheet, "预算数")[3].value == 300


def test_findings_and_funds_name_the_folder_and_the_department() -> None:
    department = replace(records.department_file(), path="2023/某某局/部门整体.xlsx")
    book = summary(records.projects(), [records.questionnaire_file(), department])
    sheet = book["差异明细"]
    names = {cell.value for cell in column(sheet, "文件", header=3)}
    assert names == {"就业服务/问卷 统计表#1.xlsx", "某某局/部门整体.xlsx"}
    projects = {cell.value for cell in column(sheet, "项目", header=3)}
    assert projects == {records.PROJECT, "某某市残疾人联合会（部门整体）"}
    assert {cell.value for cell in column(book["问卷"], "文件", header=3)} == {
        "就业服务/问卷 统计表#1.xlsx"
    }
    assert {cell.value for cell in column(book["问卷"], "合计人数", header=3)} == {37}
    funds = book["资金"]
    assert {cell.value for cell in column(funds, "文件")} == {"某某局/部门整体.xlsx"}
    assert {cell.value for cell in column(funds, "项目名称")} == {"某某市残疾人联合会（部门整体）"}


def test_a_department_without_a_unit_goes_by_its_own_name() -> None:
    file = records.department_file()
    form = replace(file.forms[0], organisation="", department="某某市民政局")
    whole = replace(WHOLE, organisation="", department="某某市民政局", levels=KNOWN.levels)
    book = summary([whole], [replace(file, forms=(form,))])
    name = "某某市民政局（部门整体）"
    assert {cell.value for cell in column(book["差异明细"], "项目", header=3)} == {name}
    assert {cell.value for cell in column(book["资金"], "项目名称")} == {name}
    assert f"{name}（2023年）分值与得分" in {row[0].value for row in book["图表"].iter_rows()}


def test_what_could_not_be_marked_names_the_department_too() -> None:
    file = records.department_file()
    late = replace(file.findings[0], rule="X204", cell="F10")
    known = extract(replace(file, findings=()))
    more = with_findings(known, file.forms, [late], "副本没有写入。")
    assert "某某市残疾人联合会（部门整体）" in more.findings[0]
    assert "副本没有写入。" in more.listed


def test_a_fund_table_without_a_name_says_so() -> None:
    file = records.department_file()
    form = replace(file.forms[0], form="fund_detail", organisation="")
    sheet = summary([], [replace(file, forms=(form,))])["资金"]
    assert {cell.value for cell in column(sheet, "项目名称")} == {"（未写项目名称）"}


def test_a_long_stated_text_wraps_and_its_row_is_high_enough() -> None:
    long = "其中：一般公共预算拨款、政府性基金预算拨款等共预算: 581.79"
    short = records.project_findings()[2]
    stated = replace(short, cell="F12", stated=long, stated_text=long, message="")
    sheet = summary([], [replace(records.project_file(), findings=(short, stated))])["差异明细"]
    cell = next(c for c in column(sheet, "填报值", header=3) if c.value == long)
    assert cell.alignment.wrap_text
    assert cell.alignment.horizontal == "right"
    # 55 characters' width in a column of ten: six lines of 15 points.
    assert sheet.row_dimensions[cell.row].height >= 6 * 15
    name = column(sheet, "文件", header=3)[0]
    assert name.alignment.wrap_text


def test_a_heading_of_several_lines_is_shown_whole() -> None:
    """A first-level indicator of 14 characters over a column for three: five lines of 15."""
    name = "服务对象及社会公众满意度指标"
    level = replace(records.projects()[2].levels[0], name=name)
    sheet = summary([replace(KNOWN, levels=(level,))])["汇总"]
    assert sheet.row_dimensions[4].height >= 5 * 15
    assert summary([KNOWN])["部门汇总"].row_dimensions[4].height >= 32


def test_links_to_copies_wrap_and_fit() -> None:
    long = "某某市" * 12 + "_已核对.xlsx"
    file = replace(records.project_file(), corrected=f"某局/{long}")
    project = replace(KNOWN, files=(0,))
    book = summary([project], [file])
    for sheet in (book["汇总"], book["文件清单"]):
        cell = next(c for row in sheet.iter_rows() for c in row if c.value == long)
        assert cell.alignment.wrap_text
        assert sheet.row_dimensions[cell.row].height >= 3 * 15


def test_the_chart_of_two_kinds_has_a_legend() -> None:
    with zipfile.ZipFile(io.BytesIO(package([KNOWN, WHOLE]))) as book:
        charts = [book.read(name) for name in book.namelist() if "/charts/chart" in name]
    grades = next(chart for chart in charts if "核算等级分布".encode() in chart)
    assert etree.fromstring(grades).findall(".//{*}legend")
