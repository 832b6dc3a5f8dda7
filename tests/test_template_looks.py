"""The looks of the templates: colours, validation, print set-up, room for every label."""

from __future__ import annotations

import pytest
from template_books import GUIDE, NAMES, SHEETS, WHERE, layouts, opened, page

from selfeval_xl.templating.layout import Role
from selfeval_xl.workbooks.sheet import a1


@pytest.mark.parametrize("sheet", list(WHERE))
def test_colours(sheet: str) -> None:
    for box in layouts()[sheet].boxes:
        cell = page(sheet)[a1(box.cell)]
        if box.role is Role.INPUT:
            assert cell.fill.fgColor.rgb == "FFFFFBE6", a1(box.cell)
            assert not cell.font.i
        if box.role is Role.DERIVED:
            assert cell.fill.fgColor.rgb == "FFE7E6E6", a1(box.cell)
            assert cell.font.i


@pytest.mark.parametrize("sheet", list(WHERE))
def test_inputs_are_checked(sheet: str) -> None:
    """Every number, year, unit and grade has its validation with prompt and error message."""
    checked = {
        cell: validation
        for validation in page(sheet).data_validations.dataValidation
        for area in validation.sqref.ranges
        for row in area.rows
        for cell in row
    }
    for box in layouts()[sheet].by_role(Role.INPUT):
        if box.check in ("text", "reason"):
            continue
        row, column = box.cell
        validation = checked[row + 1, column + 1]
        assert validation.promptTitle and validation.prompt, a1(box.cell)
        assert len(validation.promptTitle) <= 32 and len(validation.prompt) <= 255
        if box.check not in ("target", "actual"):
            assert validation.errorTitle and validation.error, a1(box.cell)
            assert validation.showErrorMessage


def test_a_score_is_held_against_its_points() -> None:
    for sheet, area, points in (
        ("项目支出绩效自评表", "H13:H29", "G13"),
        ("指标体系评分表", "G6:G24", "E6"),
    ):
        (found,) = (v for v in page(sheet).data_validations.dataValidation if area in str(v.sqref))
        assert (found.formula1, found.formula2) == ("0", points)


@pytest.mark.parametrize("name", NAMES)
def test_print_set_up(name: str) -> None:
    for sheet in opened(name).worksheets:
        assert sheet.page_setup.paperSize == 9  # A4
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert "&P" in sheet.oddFooter.center.text
        assert sheet.print_title_rows
        assert sheet.freeze_panes
        assert not sheet.protection.sheet


def test_orientation() -> None:
    wide = {sheet for sheet in WHERE if page(sheet).page_setup.orientation == "landscape"}
    assert wide == {"资金使用明细表"}


@pytest.mark.parametrize("sheet", list(WHERE))
def test_labels_fit_their_boxes(sheet: str) -> None:
    """No label needs more lines than its box has room for (a Chinese character is 2 wide)."""
    layout = layouts()[sheet]
    for box in layout.boxes:
        if not isinstance(box.text, str) or box.role is Role.TITLE:
            continue
        top, left, bottom, right = box.area
        width = sum(layout.widths[left : right + 1]) - 1.0
        height = sum(layout.heights.get(row, layout.height) for row in range(top, bottom + 1))
        size = 9.0 if box.role is Role.NOTE else 10.5
        lines = 0
        for line in box.text.split("\n"):
            units = sum(2 if ord(char) > 0x2E7F or char in "“”—" else 1 for char in line)
            lines += max(1, -int(-units * size / 10.5 // width))
        assert lines * size * 1.3 <= height + 1, (a1(box.cell), box.text)


def test_guides_name_every_form() -> None:
    for name, sheets in SHEETS.items():
        texts = [
            cell for row in opened(name)[GUIDE].iter_rows(values_only=True) for cell in row if cell
        ]
        assert str(texts[0]).endswith("填表说明")
        for sheet in sheets:
            assert any(sheet in str(text) for text in texts), sheet
        assert any(text == "常见差错" for text in texts)


def _allowed(sheet: str, label: str) -> set[tuple[str, str]]:
    """The range and the prompt of every input box behind a label in the first column."""
    cells = page(sheet)
    (row,) = (cell.row for (cell,) in cells.iter_rows(max_col=1) if cell.value == label)
    found = {}
    for box in layouts()[sheet].by_role(Role.INPUT):
        if box.cell[0] == row - 1:
            address = a1(box.cell)
            (rule,) = (v for v in cells.data_validations.dataValidation if address in v.sqref)
            found[address] = (rule.operator, rule.formula1, rule.promptTitle)
    assert len(found) == 3
    return set(found.values())


def test_a_budget_adjustment_may_be_a_cut() -> None:
    sheet = "部门整体支出绩效评价基础数据表"
    ((operator, low, title),) = _allowed(sheet, "部门基本支出预算调整")
    assert (operator or "between", float(low) < -1e9, title) == ("between", True, "调整金额")
    ((operator, low, title),) = _allowed(sheet, "政府采购金额")
    assert (operator, float(low), title) == ("greaterThanOrEqual", 0, "金额")


def test_weights_are_prompted_as_weights() -> None:
    (rule,) = (
        v
        for v in page("指标体系评分表").data_validations.dataValidation
        if "E6:E24" in str(v.sqref)
    )
    assert rule.promptTitle == "权重"
    assert "分值" not in rule.prompt + rule.error


def test_only_what_is_no_plain_number_is_excepted() -> None:
    for name in NAMES:
        (line,) = (text for label, text in _guide(name) if label == "数字")
        excepted = "（年度指标值、实际完成值除外）" in line
        assert excepted is (name == "绩效自评表.xlsx")


def _guide(name: str) -> list[tuple[str, str]]:
    rows = opened(name)[GUIDE].iter_rows(min_row=2, max_col=2, values_only=True)
    return [(str(label), str(text)) for label, text in rows]
