"""Worksheets that were not recognised as forms are named where people look for what was checked."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from rule_cases import ONLY, RuleCase, run, workbook_bytes

from selfeval_xl.checking import check
from selfeval_xl.records import FileRecord
from selfeval_xl.reporting import Report, text_lines
from selfeval_xl.results.extract import extract
from selfeval_xl.results.review_scope import scope_rows
from selfeval_xl.settings import DEFAULT
from selfeval_xl.working import outline

ROOT = Path(__file__).parents[1]


def checked(*names: str, form: bool = True) -> FileRecord:
    """Return the record of a workbook with a self-evaluation and further sheets of these names."""
    case = RuleCase("", "", True, books={ONLY: "project"})
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(case.sheets()[ONLY])))
    if not form:
        book["project"].delete_rows(1, 18)
        book["project"]["A1"] = "别的内容"
    for name in names:
        sheet = book.create_sheet(name)
        sheet["B3"] = None if name == "空表" else f"{name}的内容"
    if "隐藏的表" in names:
        book["隐藏的表"].sheet_state = "hidden"
    if "指引" in names:
        book["指引"]["A1"] = "某某表填表说明"
    data = io.BytesIO()
    book.save(data)
    return check(data.getvalue(), "甲/表.xlsx", DEFAULT).record


def said(record: FileRecord) -> list[str]:
    """Return what the review sheet says beside 未核对的工作表."""
    rows, _ = scope_rows(record, "财政部", [], 10)
    return [
        str(row.cells[4].value)
        for row in rows
        if len(row.cells) > 4 and row.cells[2].value == "未核对的工作表"
    ]


def test_sheets_without_a_form_are_named_in_the_review_sheet_and_the_list_of_files() -> None:
    record = checked("封面", "空表", "隐藏的表", "填表说明", "指引", "WpsReserved_CellImgList")
    assert said(record) == ["封面、隐藏的表（隐藏）（没有识别出填好的自评表，未核对）"]
    file = extract(record)
    assert file.message.endswith(f"未核对的工作表：{said(record)[0]}。")
    assert file.message in file.listed


def test_the_console_names_them_when_asked_for_everything() -> None:
    report = Report((checked("封面"),), ())
    line = "  未核对的工作表：封面（没有识别出填好的自评表，未核对）"
    assert line in list(text_lines(report, verbose=True))
    assert line not in list(text_lines(report, verbose=False))


def test_of_many_sheets_the_first_are_named() -> None:
    (text,) = said(checked(*(f"附页{number}" for number in range(1, 13))))
    assert text.startswith("附页1、附页2、附页3、附页4、附页5、附页6、附页7、附页8等 12 张（")


def test_a_workbook_of_forms_alone_says_nothing() -> None:
    record = run(RuleCase("", "", True, books={ONLY: "project"})).checked[ONLY].record
    assert said(record) == []
    assert "未核对" not in extract(record).message


def test_a_workbook_without_any_form_has_its_own_message() -> None:
    record = checked("封面", form=False)
    assert record.forms == ()
    assert "未核对的工作表" not in extract(record).message


@pytest.mark.parametrize("path", sorted((ROOT / "workbook_templates").glob("*.xlsx")), ids=str)
def test_the_guides_of_the_templates_need_no_word(path: Path) -> None:
    record = check(path.read_bytes(), path.name, DEFAULT).record
    assert "填表说明" in openpyxl.load_workbook(path, read_only=True).sheetnames
    assert "填表说明" not in "".join(record.unchecked)


def test_the_names_are_not_kept_for_the_whole_run() -> None:
    assert outline(checked("封面")).unchecked == ()
