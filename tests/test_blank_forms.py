"""Forms nobody filled in are named as such: neither clean, nor projects of their own."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from template_books import blank
from workbook_bytes import zipped

from selfeval_xl.checking import check
from selfeval_xl.projects import group_projects
from selfeval_xl.records import FileRecord, Status
from selfeval_xl.settings import DEFAULT

SHEETS = {
    "基础数据表.xlsx": ["部门整体支出绩效评价基础数据表", "资金使用明细表"],
    "绩效自评表.xlsx": ["指标体系评分表"],
    "问卷统计表.xlsx": ["社会公众满意度调查问卷统计表"],
}


def with_results(data: bytes, result: str) -> bytes:
    """A workbook as a program saves it that has computed the formulas."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            text = re.sub(r"</f><v>[^<]*</v>", f"</f><v>{result}</v>", content.decode())
            assert name != "xl/worksheets/sheet1.xml" or f"</f><v>{result}</v>" in text
            parts[name] = text.encode()
    return zipped(parts)


def record(data: bytes, name: str) -> FileRecord:
    return check(data, name, DEFAULT).record


@pytest.mark.parametrize("result", ["", "0"])
@pytest.mark.parametrize("name", SHEETS)
def test_blank_templates(name: str, result: str) -> None:
    found = record(with_results(blank(name), result), name)
    assert (found.status, found.findings) == (Status.UNRECOGNISED, ())
    said = [f"工作表“{sheet}”没有填写，未核对。请确认是否应填报。" for sheet in SHEETS[name]]
    assert found.message == "".join(said)
    assert group_projects([found], DEFAULT) == ([], {})


FUNDS, ANSWERS = "资金使用明细表", "社会公众满意度调查问卷统计表"


def filled_in(name: str, sheet: str, cells: dict[str, object]) -> FileRecord:
    book = openpyxl.load_workbook(io.BytesIO(blank(name)))
    page = book[sheet]
    for cell, value in cells.items():
        merged = [area for area in page.merged_cells.ranges if cell in area]
        page[merged[0].coord.partition(":")[0] if merged else cell] = value
    content = io.BytesIO()
    book.save(content)
    return record(content.getvalue(), name)


@pytest.mark.parametrize(
    ("name", "sheet", "cells"),
    [
        ("问卷统计表.xlsx", ANSWERS, {"C7": 12}),
        ("问卷统计表.xlsx", ANSWERS, {"C4": 60}),  # questionnaires issued
        ("基础数据表.xlsx", FUNDS, {"B6": "东镇", "C6": 3, "D6": "20万", "E6": "一半"}),
        ("基础数据表.xlsx", FUNDS, {"B6": "东镇", "C6": 0, "D6": 0, "E6": 0}),
    ],
)
def test_one_figure_is_enough(name: str, sheet: str, cells: dict[str, object]) -> None:
    found = filled_in(name, sheet, cells)
    assert sheet not in found.message
    assert [form.failure for form in found.forms if form.sheet == sheet] == [""]


def test_figures_from_other_sheets_are_figures() -> None:
    """The cells of this form are formulas, as of one that is put together from others."""
    cells = {"B6": "东镇", "C6": "='Q1'!B2", "D6": "=SUM('Q1'!C2)", "E6": "='Q1'!D2"}
    book = openpyxl.load_workbook(io.BytesIO(blank("基础数据表.xlsx")))
    for cell, value in cells.items():
        book[FUNDS][cell] = value
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["xl/worksheets/sheet2.xml"].decode()
    text, count = re.subn(r"(<f>[^<]*![BCD]2[^<]*</f>)(?:<v ?/>|<v></v>)", r"\1<v>25</v>", text)
    assert count == 3
    found = record(zipped({**parts, "xl/worksheets/sheet2.xml": text.encode()}), "基础数据表.xlsx")
    assert [form.failure for form in found.forms if form.sheet == FUNDS] == [""]


def test_a_sheet_left_blank_is_no_project_of_its_own() -> None:
    """A unit fills the page of its project; that of the department's data stays blank."""
    name, sheet = "基础数据表.xlsx", "部门整体支出绩效评价基础数据表"
    cells = {"B6": "东镇", "C6": 10, "D6": 50, "E6": 50, "C2": "甲项目", "F2": 2024}
    found = filled_in(name, FUNDS, cells)
    assert found.status is Status.CHECKED
    assert found.message == f"工作表“{sheet}”没有填写，未核对。请确认是否应填报。"
    projects, _ = group_projects([found], DEFAULT)
    assert [project.project for project in projects] == ["甲项目"]
