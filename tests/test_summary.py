"""The summary workbook: figures, links, limits, and the same bytes for the same run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import result_records as records
from lxml import etree
from openpyxl.utils import column_index_from_string, get_column_letter

from selfeval_xl.records import Counts, FileRecord, LevelScore, ProjectRecord, Status
from selfeval_xl.results import links, summary_book, table_body
from selfeval_xl.results.extract import extract
from selfeval_xl.results.summary import SHEETS, write_summary
from selfeval_xl.results.summary_figures import in_wan, weighted_mean
from selfeval_xl.results.table_rows import Column, restyled

ESCAPE = re.compile("_x([0-9A-F]{4})_")
"""How a spreadsheet program reads characters that XML cannot hold."""
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def written(
    files: Sequence[FileRecord], projects: Sequence[ProjectRecord], **options: Any
) -> bytes:
    """The summary of a run as bytes; the files can be gone through only once."""
    once = map(extract, files)
    target = io.BytesIO()
    write_summary(target, once, projects, profile="财政部", rules=records.rules(), **options)
    return target.getvalue()


def opened(data: bytes, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


@pytest.fixture(scope="module")
def sample() -> bytes:
    return written(records.files(), records.projects())


def table(sheet: Any, header: int) -> list[dict[str, Any]]:
    """The rows under a header row by column title (a repeated title gets a number)."""
    titles: list[str] = []
    for cell in sheet[header]:
        title = str(cell.value)
        titles.append(f"{title}#{titles.count(title) + 1}" if title in titles else title)
    rows = []
    for row in sheet.iter_rows(min_row=header + 1):
        rows.append({title: cell.value for title, cell in zip(titles, row, strict=False)})
    return rows


def hyperlinks(sheet: Any) -> list[str]:
    return [c.hyperlink.target for row in sheet.iter_rows() for c in row if c.hyperlink]


def test_sheets(sample: bytes) -> None:
    assert tuple(opened(sample).sheetnames) == SHEETS


def test_project_rows_and_total(sample: bytes) -> None:
    rows = table(opened(sample)["汇总"], 4)
    first, whole, third, last = rows[:4]
    assert first["项目名称"] == records.PROJECT
    assert (first["预算数"], first["执行数"]) == (191, 181.4)  # 元 shown in 万元
    assert (first["填报#1" if "填报#1" in first else "填报"], first["核算"]) == (96.5, 96.5)
    assert (first["独立错误"], first["连带"], first["补算"], first["结论"]) == (
        7, 24, 1, "有错误 7 处",
    )  # fmt: skip
    assert whole["项目名称"] == "（部门整体）"
    assert third["产出指标"] == 30
    assert third["结论"] == "待核实 3 处"
    # A department's whole year holds its projects: 191 + 154, not + 581.79.
    assert last["预算数"] == 345
    assert last["执行率"] == pytest.approx((181.4 + 154) / 345)
    assert last["独立错误"] == 7
    assert last["核实"] == 6


def test_total_row_holds_live_formulas_with_cached_values(sample: bytes) -> None:
    sheet = opened(sample, values=False)["汇总"]
    total = [cell.value for cell in sheet[8]]
    assert total[4] == '=SUMPRODUCT(--(B5:B7<>"（部门整体）"),E5:E7)'
    assert "/SUMPRODUCT(" in total[6]
    plain = opened(written(records.files(), records.projects()[:1]), values=False)["汇总"]
    assert plain["E6"].value == "=SUM(E5:E5)"


def test_overall_rate_leaves_out_projects_that_state_one_figure_only() -> None:
    known = replace(records.projects()[2], budget=Decimal(200), executed=Decimal(150))
    half = replace(known, project="另一项目", budget=Decimal(1000), executed=None)
    sheets = opened(written(records.files(), [known, half]))
    assert sheets["汇总"]["E7"].value == 1200
    assert sheets["汇总"]["G7"].value == 0.75
    rate = "执行率只计预算数、执行数齐全的项目"
    assert rate in sheets["汇总"]["A8"].value
    assert rate in sheets["部门汇总"]["A7"].value
    none = replace(known, project="第三个项目", budget=None, executed=None)
    assert rate not in opened(written(records.files(), [known, none]))["汇总"]["A8"].value
    assert sheets["部门汇总"]["H5"].value == sheets["部门汇总"]["H6"].value == 0.75


def printed_columns(sheet: Any) -> list[str]:
    """The letters of the columns that are printed."""
    found = re.search(r"\$A\$1:\$([A-Z]+)\$", sheet.print_area)
    assert found
    return [get_column_letter(at) for at in range(1, column_index_from_string(found[1]) + 1)]


def test_eight_first_level_indicators_are_printed(sample: bytes) -> None:
    sheet = opened(sample)["汇总"]
    titles = [sheet[f"{letters}4"].value for letters in printed_columns(sheet)]
    assert titles[7:14] == [
        "A项目决策", "B项目管理", "C项目绩效", "产出指标", "效益指标", "满意度指标", "成本指标",
    ]  # fmt: skip
    assert "其他合计" not in titles


def test_printed_first_level_scores_add_up_to_the_total() -> None:
    """Nineteen indicators, the scores 1 … 19 of one project: 190 in all, of another only one."""
    levels = tuple(LevelScore(f"指标{n}", Decimal(20), Decimal(n)) for n in range(1, 20))
    twice = (LevelScore("指标1", Decimal(9), Decimal(3)), LevelScore("指标1", Decimal(9), None))
    known = records.projects()[2]
    projects = [
        replace(known, levels=levels, score_expected=Decimal(190)),
        replace(known, project="另一项目", levels=(*twice, twice[0])),
    ]
    sheet = opened(written(records.files(), projects))["汇总"]
    levels_at = printed_columns(sheet)[7:15]
    assert [sheet[f"{at}4"].value for at in levels_at][-1] == "其他合计"
    assert sum(sheet[f"{at}5"].value for at in levels_at) == 190
    assert sheet[f"{levels_at[-1]}5"].value == sum(range(8, 20))
    assert [sheet[f"{at}6"].value for at in levels_at] == [6, *[None] * 7]
    rows = table(sheet, 4)
    titles = list(rows[0])
    assert rows[0]["指标9"] == 9
    assert titles.index("指标9") > titles.index("结论")


def test_links_are_relative_and_escaped(sample: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(sample)) as package:
        rels = package.read("xl/worksheets/_rels/selfeval_review1.xml.rels")
    targets = [node.get("Target") for node in etree.fromstring(rels)]
    assert targets[0] == "就业服务/问卷%20统计表%231_已核对.xlsx"
    assert len(targets) == 3, "links to one copy share what they name"
    sheet = opened(written(records.files(), records.projects(), corrected_folder="副本"))["汇总"]
    assert hyperlinks(sheet)[0] == "副本/就业服务/问卷%20统计表%231_已核对.xlsx"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("a b.xlsx", "a%20b.xlsx"),
        ("100%.xlsx", "100%25.xlsx"),
        ("a%20b.xlsx", "a%2520b.xlsx"),
        ("问卷#1[终].xlsx", "问卷%231%5B终%5D.xlsx"),
        ("长" * 3000, None),
    ],
)
def test_link_targets(path: str, target: str | None) -> None:
    assert links.link_target(path) == target


def test_too_long_and_too_many_links_become_text(monkeypatch: pytest.MonkeyPatch) -> None:
    file = records.questionnaire_file()
    long = replace(file, corrected="很长/" * 700 + "表_已核对.xlsx")
    sheet = opened(written([long], records.projects()[:1]))["汇总"]
    assert hyperlinks(sheet) == []
    assert "表_已核对.xlsx" in [cell.value for cell in sheet[5]]
    monkeypatch.setattr(summary_book, "MOST_LINKS", 5)
    sheet = opened(written([file], records.projects()[:1]))["差异明细"]
    assert len(hyperlinks(sheet)) == 5
    assert sheet["D30"].value == "就业服务/问卷 统计表#1.xlsx"


def test_findings_sheet_has_every_finding_and_says_how(sample: bytes) -> None:
    sheet = opened(sample)["差异明细"]
    rows = table(sheet, 3)
    assert len(rows) == 32 + 6 + 3
    assert sheet.auto_filter.ref == "A3:Q44"
    first = rows[0]
    assert (first["级别"], first["类型"], first["单元格"]) == ("错误", "独立错误", "F6")
    assert (first["填报值"], first["核算值"], first["处理"]) == ("5.41%", "0.00%", "已更正")
    assert first["差额"] == pytest.approx(0.0541)
    assert rows[1]["源头单元格"] == "问卷!F6"
    assert sum(row["级别"] == "核实" for row in rows) == 6


def test_questionnaire_marks_the_lowest_question(sample: bytes) -> None:
    rows = table(opened(sample)["问卷"], 3)
    assert len(rows) == 10
    assert [row["题号"] for row in rows if row["备注"]] == [10]
    assert rows[1]["填报得分"], rows[1]["核算得分"] == (9.57, 9.46)
    assert rows[9]["得分率"] == pytest.approx(0.935)


def test_funds_have_their_own_headings(sample: bytes) -> None:
    sheet = opened(sample)["资金"]
    lines = [[cell.value for cell in row[6:9]] for row in sheet.iter_rows(min_row=5)]
    assert lines == [
        ["明细项目", "预算数", "执行数"],
        ["一般公共预算", 581.79, None],
        ["合计", 581.79, 1005.67],
    ]


def test_rules_used_with_their_meaning(sample: bytes) -> None:
    rows = table(opened(sample)["规则统计"], 4)
    q203 = next(row for row in rows if row["规则"] == "Q203")
    assert (q203["独立错误"], q203["连带"], q203["合计"]) == (0, 9, 9)
    assert q203["名称"] == "选项分数"
    assert q203["自动更正"] == "能确定时更正"
    assert q203["规则内容"] == "分数 = 占比 × 系数 × 每题满分"
    assert sum(row["合计"] for row in rows) == 41
    unknown = next(row for row in rows if row["规则"] == "X101")
    assert unknown["规则内容"] == "（规则目录中没有此代码）"


def test_every_file_has_its_fate(sample: bytes) -> None:
    rows = table(opened(sample)["文件清单"], 4)
    assert [row["结果"] for row in rows] == [
        "已核对", "已核对", "已核对", "未识别", "未能读取", "跳过",
    ]  # fmt: skip
    assert rows[4]["说明"] == "文件设有密码，请取消密码后重新放入"
    assert rows[3]["独立错误"] is None


def test_departments_are_summed(sample: bytes) -> None:
    rows = table(opened(sample)["部门汇总"], 4)
    assert [row["单位"] for row in rows[:2]] == [records.UNIT, "某某市残疾人联合会"]
    assert rows[1]["预算数"] == 154
    assert rows[1]["核实"] == 6
    assert (rows[2]["主管部门"], rows[2]["项目数"]) == ("合计", 2)


def test_charts_hold_their_figures(sample: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(sample)) as package:
        charts = sorted(n for n in package.namelist() if n.startswith("xl/charts/chart"))
        texts = [package.read(name).decode() for name in charts]
    titles = ["各一级指标平均分值与平均得分", "核算等级分布", "差异最多的规则"]
    titles += [records.PROJECT + "（2022年）分值与得分", "残疾人就业保障金（2023年）分值与得分"]
    assert len(texts) == len(titles)
    for title, text in zip(titles, texts, strict=True):
        assert title in text
        assert "<c:v>" in text  # cached, so that previews can draw them
    assert "<c:v>19.5</c:v>" in texts[3]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "name", ["加油!A1项目", "=HYPERLINK(1)&cmd|' /C calc'!A0", "+x!B2", "'a'!$C$3"]
)
def test_a_project_named_like_a_cell_is_no_address_in_charts(name: str) -> None:
    projects = [replace(records.projects()[0], project=name), *records.projects()[1:]]
    with zipfile.ZipFile(io.BytesIO(written(records.files(), projects))) as package:
        charts = [package.read(n).decode() for n in package.namelist() if "/charts/chart" in n]
    addresses = [text for chart in charts for text in re.findall("<c:f>([^<]*)</c:f>", chart)]
    assert addresses
    assert not [text for text in addresses if not re.fullmatch(r"图表!\$[A-Z]+[\d$:A-Z]*", text)]


def test_same_run_same_bytes_and_given_date(sample: bytes) -> None:
    assert written(records.files(), records.projects()) == sample
    dated = opened(written(records.files(), records.projects(), created=date(2024, 3, 1)))
    assert dated.properties.created.date() == date(2024, 3, 1)
    assert "编制日期：2024年3月1日" in dated["汇总"]["A2"].value


def test_incomplete_run_says_so() -> None:
    data = written(records.files(), records.projects(), incomplete="第 4 个文件起没有处理")
    assert opened(data)["汇总"]["A3"].value == "结果不完整：第 4 个文件起没有处理"
    rows = table(opened(data)["汇总"], 5)
    assert rows[0]["项目名称"] == records.PROJECT


def test_text_from_inputs_is_never_a_formula() -> None:
    evil = '=HYPERLINK("http://x","y")'
    file = records.questionnaire_file()
    form = replace(file.forms[0], project=evil, organisation="+1", title="@x")
    found = replace(file.findings[0], project=evil, field="-1+1", cause="=1", message="=2")
    files = [replace(file, path="=a.xlsx", forms=(form,), findings=(found,))]
    project = replace(records.projects()[0], project=evil, organisation="@SUM(1)")
    sheets = opened(written(files, [project]), values=False)
    for sheet in sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert str(cell.value).startswith(("=SUM", "=IF", "=汇总!"))
    assert sheets["汇总"]["B5"].value == evil
    assert sheets["汇总"]["B5"].data_type != "f"


def test_file_names_that_are_no_text_do_not_stop_the_summary() -> None:
    odd = FileRecord("坏\udce9名.xlsx", Status.CHECKED, corrected="坏\udce9名_已核对.xlsx")
    sheet = opened(written([odd], []))["文件清单"]
    assert sheet["B5"].value == "坏\ufffd名.xlsx"


def test_no_project_no_file() -> None:
    sheets = opened(written([], []))
    assert sheets["汇总"]["A5"].value == "没有识别到项目"
    assert sheets["图表"]["A2"].value == "没有可以作图的数据"


def test_only_what_was_checked_is_said_to_have_no_differences() -> None:
    checked, unread = (
        FileRecord("甲.xlsx", status) for status in (Status.CHECKED, Status.UNREADABLE)
    )
    for files, found in (([], False), ([unread], False), ([unread, checked], True)):
        sheets = opened(written(files, []))
        for text in (sheets["差异明细"]["A4"].value, sheets["规则统计"]["A5"].value):
            assert text.startswith("未发现差异" if found else "没有核对任何文件")


def test_project_without_any_figure() -> None:
    bare = ProjectRecord("", None, "")
    sheets = opened(written([FileRecord("a", Status.CHECKED)], [bare, replace(bare, files=(7,))]))
    assert sheets["汇总"]["E7"].value == 0
    assert sheets["部门汇总"]["C5"].value == "（未填单位）"


def test_many_files_of_one_project_are_counted_not_dropped() -> None:
    files = [replace(records.project_file(), corrected=f"{n}.xlsx") for n in range(9)]
    project = replace(records.projects()[2], files=tuple(range(9)))
    sheet = opened(written(files, [project]))["汇总"]
    texts = [cell.value for cell in sheet[5]]
    assert "……共 9 个，见“文件清单”" in texts
    assert "4.xlsx" in texts


def test_table_goes_on_when_a_sheet_is_full() -> None:
    target = io.BytesIO()
    book = summary_book.Book(target, None)
    columns = [Column("序号", 8, "count"), Column("名称", 20)]
    table = summary_book.Table(book, "明细", "明细表", columns, most_rows=10)
    for number in range(20):
        table.row([number, f"第 {number} 行"])
    table.finish()
    book.close()
    sheets = opened(target.getvalue())
    assert sheets.sheetnames == ["明细", "明细(2)", "明细(3)"]
    numbers = [cell.value for sheet in sheets for cell in sheet["A"][3:] if cell.value is not None]
    assert numbers == list(range(20))
    assert sheets["明细(2)"].auto_filter.ref == "A3:B10"


def test_rows_packed_block_by_block_make_the_same_workbook(
    sample: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_body, "_BLOCK", 500)
    again = written(records.files(), records.projects())
    with zipfile.ZipFile(io.BytesIO(sample)) as one, zipfile.ZipFile(io.BytesIO(again)) as other:
        assert other.testzip() is None
        assert one.namelist() == other.namelist()
        assert all(one.read(name) == other.read(name) for name in one.namelist())


def test_rows_take_the_numbers_a_library_gives_its_formats() -> None:
    row = '<row r="4"><c r="A4" s="{}" t="inlineStr"><is/></c><c r="AB4" s="{}"/></row>'
    numbers = {2: 5, 13: 2}
    assert restyled(row.format(2, 13), numbers.__getitem__) == row.format(5, 2)


def test_print_set_up(sample: bytes) -> None:
    for sheet in opened(sample):
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.page_setup.fitToHeight == 0
        assert "&P" in str(sheet.oddFooter.center.text)
        if sheet.title != "图表":
            assert sheet.print_title_rows
            assert sheet.freeze_panes


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [("1910000", "元", "191"), ("191", "万元", "191"), ("191", "", "191")],
)
def test_amounts_in_wan(amount: str, unit: str, expected: str) -> None:
    assert in_wan(Decimal(amount), unit) == Decimal(expected)


def test_weighted_mean_needs_weights() -> None:
    known = [(Decimal(1), Decimal(90)), (Decimal(3), Decimal(98)), (None, Decimal(10))]
    assert weighted_mean(known) == 96
    assert weighted_mean([(Decimal(0), Decimal(9)), (Decimal(1), None)]) is None
    assert Counts() == records.ProjectRecord("", None, "").counts


def test_odd_text_arrives_as_it_was() -> None:
    texts = ["<a>&b</a>", " 前后空格 ", "两\n行", "_x0041_", "=1+1", "100%", "控\x01制", "<r>x</r>"]
    target = io.BytesIO()
    book = summary_book.Book(target, None)
    table = summary_book.Table(book, "明细", "明细表", [Column("名称", 20)])
    for text in texts:
        table.row([text], height=30)
    table.finish()
    book.close()
    sheet = opened(target.getvalue())["明细"]
    read = [sheet.cell(4 + at, 1).value for at in range(len(texts))]
    shown = [ESCAPE.sub(lambda x: chr(int(x[1], 16)), str(text)) for text in read]
    assert [text.strip("\u200b") for text in shown] == texts
    assert sheet.row_dimensions[4].height == 30


def test_long_text_is_cut_at_the_limit_of_a_cell() -> None:
    file = replace(records.questionnaire_file(), path="长" * 40_000)
    sheet = opened(written([file], []))["文件清单"]
    assert len(sheet["B5"].value) == 32_767
