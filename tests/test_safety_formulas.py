"""Text that begins like a formula, in every place a sender can write: never a formula of ours."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from selfeval_xl import batch
from selfeval_xl.settings import DEFAULT

EVIL = ["=cmd|' /C calc'!A0", "+1+1", "-1-1", "@SUM(1)", "\t=1+1", '=HYPERLINK("http://x")']
_FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"


def evil_workbook(text: str) -> bytes:
    """Return a questionnaire with an error, the text in its title, heads, questions and cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = text.translate(str.maketrans("", "", "[]:*?/\\\t"))[:31] or "表"
    rows: list[list[Any]] = [
        [f"{text}满意度调查问卷统计表"],
        ["项目名称", text, "单位名称", text, "年度", "2023"],
        ["序号", "题目", "项目", "A非常满意", "B满意", "C一般", "D不满意", "E很不满意", "合计"],
        [1, text, "人数", 7, 2, 1, 0, 0, 10],
        [None, None, "占比", 0.7, 0.2, 0.1, 0, 0, 1],
        [None, None, "分数", 70, 16, 6, 0, 0, 92],
        ["最终得分", None, None, None, None, text, None, None, 95],
        [text, text, text],
    ]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def formulas(path: Path) -> list[str]:
    """Return the text of every formula of a workbook, conditional formats and lists included."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                root = etree.fromstring(archive.read(name))
                found += [element.text or "" for element in root.iter(_FORMULA)]
    return found


def formulas_of_a_run(folder: Path, text: str) -> list[list[str]]:
    """Return the formulas of each output of a run over workbooks that hold the text everywhere."""
    name = text.translate(str.maketrans("", "", '/\t|"\\:*?<>'))
    inbox = folder / "待核对" / name
    inbox.mkdir(parents=True)
    (inbox / f"{name}.xlsx").write_bytes(evil_workbook(text))
    (inbox / f"{name}坏.xlsx").write_bytes(b"nothing")
    batch.run([folder / "待核对"], folder / "核对结果", DEFAULT)
    return [sorted(formulas(path)) for path in sorted((folder / "核对结果").rglob("*.xlsx"))]


@pytest.mark.parametrize("text", EVIL)
def test_senders_text_is_never_a_formula(tmp_path: Path, text: str) -> None:
    """The outputs have exactly the formulas they have for harmless text."""
    harmless = formulas_of_a_run(tmp_path / "甲", "平常文字")
    assert formulas_of_a_run(tmp_path / "乙", text) == harmless
    assert len(harmless) == 2
    assert all(harmless)


def test_the_text_arrives(tmp_path: Path) -> None:
    """It is shown as it is, not left out."""
    formulas_of_a_run(tmp_path, "=1+1")
    book = openpyxl.load_workbook(tmp_path / "核对结果" / "汇总表.xlsx")
    shown = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in shown if cell.value == "=1+1"]
    assert all(cell.data_type == "s" for cell in shown if cell.value == "=1+1")
