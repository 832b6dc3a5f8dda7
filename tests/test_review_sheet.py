"""Marks and the review sheet: what a finance officer finds in the corrected copy."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import result_records as records
from hypothesis import given
from hypothesis import strategies as st

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.records import NOT_FILLED_IN, Figure
from selfeval_xl.results import style
from selfeval_xl.results.grouping import grouped
from selfeval_xl.results.marks import note_text, sheet_changes
from selfeval_xl.results.measure import HIGHEST_ROW, lines, row_height, text_width
from selfeval_xl.results.review_sheet import (
    COLUMNS,
    OPTIONS,
    cell_link,
    review_sheet,
    shown_difference,
)
from selfeval_xl.results.tally import tally, verdict_line
from selfeval_xl.workbooks.changes import NewSheet

HEADER = 3


def table_rows(sheet: NewSheet) -> list[list[object]]:
    """The finding rows of a review sheet as values."""
    assert sheet.filtered
    return [
        [cell.value if cell else None for cell in row.cells]
        for row in sheet.rows[HEADER + 1 : sheet.filtered[2] + 1]
    ]


def all_text(sheet: NewSheet) -> str:
    return "\n".join(
        str(cell.value) for row in sheet.rows for cell in row.cells if cell and cell.value
    )


def questionnaire_sheet() -> NewSheet:
    file = records.questionnaire_file()
    return review_sheet(file, file.findings, profile="财政部")


# ------------------------------------------------------------------------------------- marks


def test_corrected_cell_gets_fill_note_formula_and_cached_value() -> None:
    changes = sheet_changes(records.questionnaire_findings())
    assert list(changes) == ["问卷"]
    change = {change.cell: change for change in changes["问卷"].cells}[5, 5]
    assert change.fill == style.ROOT.fill
    assert change.note == (
        "【Q202 已更正】填报 5.41%，应为 0.00%：0 ÷ 37 = 0.00%。"
        "与左侧 E6 相同，疑似照抄 C（一般）列（2 人）。"
    )
    assert change.formula == "ROUND(F5/H5,4)"
    assert change.value == 0
    assert change.number_format == "0.00%"


def test_each_level_has_its_own_fill_and_notes_have_none() -> None:
    filled = {mark.label: mark.fill for mark in style.LEGEND if mark is not style.NOTE}
    assert len(set(filled.values())) == 5
    fills = {
        change.cell: change.fill
        for changes in sheet_changes(records.department_findings()).values()
        for change in changes.cells
    }
    assert fills[2, 7] == style.ROUNDING.fill
    assert fills[2, 8] == style.FILLED.fill
    assert fills[2, 5] == style.REVIEW.fill
    assert fills[16, 3] == ""


def test_black_text_stays_readable_on_every_fill() -> None:
    def luminance(argb: str) -> float:
        parts = [int(argb[at : at + 2], 16) / 255 for at in (2, 4, 6)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for mark in style.LEGEND:
        if mark.fill:
            assert (luminance(mark.fill) + 0.05) / 0.05 > 9


def test_questioned_cell_is_marked_but_not_changed() -> None:
    change = next(
        change
        for change in sheet_changes(records.department_findings())["部门整体 '23"].cells
        if change.cell == (30, 7)
    )
    assert change.value is None
    assert change.formula == ""
    assert change.note.startswith("【S131 待核实】填报 98，核算为 102：92 + 10 = 102。")
    assert "各项得分之和（含执行率）102。" in change.note
    assert change.note.endswith("请对照原始资料核实。")


def test_several_findings_on_one_cell_give_one_mark() -> None:
    root = records.finding("F6", "5.41%", "0.00%", rule="Q202", calculation="0 ÷ 37 = 0.00%")
    asked = replace(
        root,
        rule="Q230",
        level=Level.REVIEW,
        kind=Kind.REVIEW,
        action=Action.LEFT,
        message="占比照抄。",
        expected=None,
        expected_text="",
    )
    (change,) = sheet_changes([asked, root])["问卷"].cells
    assert change.fill == style.ROOT.fill
    assert change.note.split("\n") == [note_text(root), "【Q230 待核实】占比照抄。"]
    assert change.value == 0


def test_percent_written_without_its_sign_is_written_back_so() -> None:
    found = records.finding(
        "F6",
        "87.5",
        "85.0",
        stated=Decimal("0.875"),
        expected=Decimal("0.850"),
        difference=Decimal("0.025"),
        written=Decimal("85.0"),
        scale=100,
    )
    (change,) = sheet_changes([found])["问卷"].cells
    assert change.value == Decimal("85.0")
    assert shown_difference(found) == (Decimal("2.500"), "+0.0_ ;-0.0_ ;0_ ")


def test_findings_about_no_cell_are_left_to_the_review_sheet() -> None:
    file_level = records.finding("", "", "", message="缺少年度。")
    assert sheet_changes([file_level]) == {}
    sheet = review_sheet(records.questionnaire_file(), [file_level], profile="财政部")
    row = sheet.rows[HEADER + 1]
    assert row.cells[3] is not None
    assert (row.cells[3].value, row.cells[3].link) == ("—", "")


def test_text_result_is_written_as_text_never_as_formula() -> None:
    found = records.finding(
        "I31", "", "", stated="良", expected="=优", stated_text="良", formula="A1"
    )
    (change,) = sheet_changes([found])["问卷"].cells
    assert (change.value, change.formula) == ("=优", "")


# ------------------------------------------------------------------------------ grouping, tally


def test_verdict_of_copied_shares() -> None:
    counts = tally(records.questionnaire_findings())
    assert (counts.root, counts.consequence, counts.filled) == (7, 24, 1)
    assert verdict_line(counts) == "共发现 7 处独立错误，连带 24 处，补算 1 处。"


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((), "未发现差异。"),
        (
            records.department_findings(),
            "未发现错误，需核实 3 处，尾差 1 处，补算 1 处，提示 1 处。",
        ),
        (records.department_findings()[1:2], "未发现差异（补算 1 处）。"),
    ],
)
def test_verdict_lines(findings: tuple[Finding, ...], verdict: str) -> None:
    assert verdict_line(tally(findings)) == verdict


def test_consequences_stand_under_their_root() -> None:
    groups = grouped(reversed(records.questionnaire_findings()))
    assert [group.head.cell for group in groups] == [
        "F6", "F15", "F18", "F21", "F24", "F27", "F30", "F3",
    ]  # fmt: skip
    assert [finding.cell for finding in groups[0].consequences] == [
        "H6", "F7", "H7", "F34", "H34", "H35",
    ]  # fmt: skip
    assert sum(len(group.consequences) for group in groups) == 24


def test_consequence_without_its_root_and_circular_roots_are_not_lost() -> None:
    lone = records.finding("H7", "1", "2", kind=Kind.CONSEQUENCE, root="别处!A1")
    one = records.finding("H8", "1", "2", kind=Kind.CONSEQUENCE, root="问卷!H9")
    two = records.finding("H9", "1", "2", kind=Kind.CONSEQUENCE, root="问卷!H8")
    assert [group.head.cell for group in grouped([two, lone, one])] == ["H7", "H8", "H9"]


def test_rounding_root_of_an_error_ranks_with_the_errors() -> None:
    rounding = records.finding("B9", "1", "2", level=Level.ROUNDING, kind=Kind.ROUNDING, rule="S1")
    wrong = records.finding("B10", "1", "2", kind=Kind.CONSEQUENCE, root="问卷!B9")
    asked = records.finding("A1", "", "", level=Level.REVIEW, kind=Kind.REVIEW)
    assert [group.head.cell for group in grouped([asked, wrong, rounding])] == ["B9", "A1"]


# ------------------------------------------------------------------------------- review sheet


def test_review_sheet_of_the_questionnaire() -> None:
    sheet = questionnaire_sheet()
    assert sheet.name == "核对结果"
    assert [cell.value for cell in sheet.rows[HEADER].cells if cell] == list(COLUMNS)
    rows = table_rows(sheet)
    assert len(rows) == 32
    assert rows[0][:8] == [
        1, "错误", "问卷", "F6", "第2题 占比 D（不满意）", "5.41%", "0.00%", Decimal("0.0541"),
    ]  # fmt: skip
    assert rows[1][:2] == ["1-1", "连带"]
    assert rows[-1][:7] == [8, "补算", "问卷", "F3", "第1题 占比 D（不满意）", "（空白）", "0.00%"]
    outlines = [row.outline for row in sheet.rows[HEADER + 1 : HEADER + 33]]
    assert outlines.count(1) == 24
    assert outlines[0] == outlines[7] == 0
    text = all_text(sheet)
    assert "共发现 7 处独立错误，连带 24 处，补算 1 处。满意度填报 96.49，核算 95.30。" in text
    assert "规则口径：财政部" in text
    assert "项目取自文件名，年度取自文件夹" in text
    for label in ("独立错误 7", "连带错误 24", "核实 0", "尾差 0", "补算 1"):
        assert label in text


def test_review_sheet_is_filterable_printable_and_has_opinions_to_choose() -> None:
    sheet = questionnaire_sheet()
    assert sheet.filtered == (HEADER, 0, HEADER + 32, len(COLUMNS) - 1)
    assert sheet.frozen == (HEADER + 1, 0)
    assert sheet.repeated == (HEADER, HEADER)
    (choice,) = sheet.choices
    assert choice.options == OPTIONS == ("采纳", "保留原值", "退回")
    assert choice.cells == (HEADER + 1, 12, HEADER + 32, 12)
    assert COLUMNS[12] == "复核意见"


@pytest.mark.parametrize(
    ("sheet", "link"),
    [
        ("问卷", "'问卷'!F3"),
        ("部门整体 '23", "'部门整体 ''23'!F3"),
        ("表!1", "'表!1'!F3"),
    ],
)
def test_links_quote_sheet_names(sheet: str, link: str) -> None:
    assert cell_link(sheet, "F3") == link


def test_clean_workbook_says_so_and_what_was_checked() -> None:
    file = replace(records.project_file(), findings=())
    sheet = review_sheet(file, (), profile="湖南", notices=("原文件为 .xls 格式。",))
    text = all_text(sheet)
    assert "未发现差异。（已核对 1 张表，规则口径：湖南" in text
    assert "没有需要处理的事项" in text
    assert "工作表“Sheet1”　项目：残疾人就业保障金　年度：2023" in text
    assert "原文件为 .xls 格式。" in text
    assert sheet.filtered is None
    assert sheet.choices == ()


def test_form_that_could_not_be_judged_is_never_called_clean() -> None:
    file = records.project_file()
    broken = replace(file.forms[0], failure="找不到“全年执行数”列")
    text = all_text(review_sheet(replace(file, forms=(broken,)), (), profile="财政部"))
    assert "未发现差异" not in text
    assert "有 1 张表无法核对。" in text
    assert "未能核对：找不到“全年执行数”列" in text


def test_a_form_nobody_filled_in_is_not_called_broken() -> None:
    file = records.project_file()
    blank = replace(file.forms[0], failure=NOT_FILLED_IN)
    text = all_text(review_sheet(replace(file, forms=(*file.forms, blank)), (), profile="湖南"))
    assert "未发现差异。有 1 张表没有填写。" in text
    assert "无法核对" not in text


def test_points_and_advice_share_the_row() -> None:
    file = records.project_file()
    rows = table_rows(review_sheet(file, file.findings, profile="财政部"))
    settled = next(row for row in rows if row[3] == "H31")
    assert "10 + 81 = 91\n· 建议：可持续影响指标 2/2 → 9/9" in str(settled[8])
    assert settled[10] == "待核实\n请对照原始资料核实"
    assert settled[7] == 7


def test_nothing_is_said_twice_in_a_row() -> None:
    found = records.finding(
        "E27",
        "",
        "",
        level=Level.REVIEW,
        kind=Kind.REVIEW,
        action=Action.LEFT,
        message="年度指标值疑似错列；得分低于分值。请核实后补正。",
        advice="请核实后补正。",
        points=("【S303】得分低于分值", "另一处"),
    )
    (row,) = table_rows(review_sheet(records.project_file(), [found], profile="财政部"))
    assert row[8] == "年度指标值疑似错列；得分低于分值。\n· 另一处"
    assert row[10] == "待核实\n请核实后补正。"


def test_merges_never_overlap_and_rows_fit_the_columns() -> None:
    for file in (records.questionnaire_file(), records.department_file()):
        sheet = review_sheet(file, file.findings, profile="财政部")
        seen: set[tuple[int, int]] = set()
        for top, left, bottom, right in sheet.merges:
            cells = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            assert not cells & seen
            assert bottom < len(sheet.rows)
            seen |= cells
        assert all(len(row.cells) <= len(sheet.widths) for row in sheet.rows)


def test_same_findings_in_any_order_give_the_same_sheet() -> None:
    file = records.questionnaire_file()
    forward = review_sheet(file, file.findings, profile="财政部")
    backward = review_sheet(file, tuple(reversed(file.findings)), profile="财政部")
    assert forward == backward
    assert sheet_changes(file.findings) == sheet_changes(reversed(file.findings))


# -------------------------------------------------------------------------------------- room


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("", 10, 1), ("短", 10, 1), ("一二三四五六七八", 10, 2), ("a\nb\nc", 10, 3)],
)
def test_lines(text: str, width: float, expected: int) -> None:
    assert lines(text, width) == expected


@given(st.text(max_size=200), st.floats(5, 60))
def test_lines_hold_the_text(text: str, width: float) -> None:
    room = width * 1.03 - 1.0
    assert lines(text, width) * room >= max(map(text_width, text.split("\n"))) - room
    assert 20.0 <= row_height([(text, width)]) <= HIGHEST_ROW


def test_a_rate_in_the_verdict_has_the_decimals_of_a_percentage() -> None:
    """Stated 1.7285 is read as 172.85 %, not 172.8500 %."""
    file = records.department_file()
    rate = Figure("H3", Decimal("1.7285"), Decimal("1.7286"))
    form = replace(file.forms[0], figures={"execution_rate": rate})
    sheet = review_sheet(replace(file, forms=(form,)), file.findings, profile="财政部")
    assert "执行率填报 172.85%，核算 172.86%。" in all_text(sheet)


def test_headings_stand_beside_the_first_row_of_their_block() -> None:
    """A heading above its block could be left alone at the foot of a page."""
    sheet = questionnaire_sheet()
    blocks = {
        "核对范围": "文件",
        "颜色含义": "错误",
        "使用说明": "点击“单元格”一列可直接跳到该处；左侧的加减号可展开、收起连带错误。",
    }
    merged = {(top, left): (bottom, right) for top, left, bottom, right in sheet.merges}
    for at, row in enumerate(sheet.rows):
        values = [cell.value if cell else None for cell in row.cells]
        if values and values[0] in blocks:
            assert values[2] == blocks.pop(str(values[0]))
            bottom, right = merged[at, 0]
            assert right == 1
            assert bottom > at
            assert all(sheet.rows[below].cells for below in range(at, bottom + 1))
            assert not sheet.rows[bottom + 1].cells, "a gap follows"
            head = row.cells[0]
            assert head is not None
            assert head.style.vertical == "top", "also where a page cuts the block"
    assert not blocks


def test_opinions_on_questions_are_explained() -> None:
    text = all_text(questionnaire_sheet())
    assert "核实项：采纳＝确有问题，须补正；保留原值＝经核实无误。" in text


def test_notices_stand_in_the_instructions_in_rows_high_enough() -> None:
    notice = "原件的内部结构不寻常，本副本重新生成。" * 12
    file = records.project_file()
    sheet = review_sheet(file, (), profile="财政部", notices=(notice,))
    (row,) = [row for row in sheet.rows for cell in row.cells if cell and cell.value == notice]
    # 228 characters, 456 wide, in columns of 182 together: three lines of 15 points.
    assert row.height is not None
    assert row.height >= 3 * 15
