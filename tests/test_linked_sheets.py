"""Figures that come from other sheets by formula, once these are corrected."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from linked_books import Finds, LinkedCase, Together, linked_cases
from workbook_bytes import opened, unpacked, zipped

from selfeval_xl.checking import Checked, check, mark
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.results.grouping import grouped
from selfeval_xl.settings import DEFAULT

CASES = list(linked_cases("self_evaluation"))
NAME = "表.xlsx"


def checked_and_marked(data: bytes) -> tuple[Checked, bytes]:
    checked = check(data, NAME, DEFAULT)
    return checked, mark(data, checked.record, checked.facts(), DEFAULT).content


def without_review(data: bytes, *, values: bool) -> dict[str, dict[tuple[int, int], Any]]:
    return {
        name: cells for name, cells in opened(data, values=values).items() if name != "核对结果"
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: LinkedCase) -> None:
    record = check(case.workbook(), NAME, DEFAULT).record
    found = {f.place: f for f in record.findings if f.level is not Level.INFO or f.written}
    assert sorted(found) == sorted(wanted.place for wanted in case.finds)
    for wanted in case.finds:
        _agrees(found[wanted.place], wanted)
    figures = {(form.sheet, name): f for form in record.forms for name, f in form.figures.items()}
    for place, (stated, expected) in case.figures.items():
        assert (figures[place].stated, figures[place].expected) == (stated, expected), place


def _agrees(finding: Finding, wanted: Finds) -> None:
    assert finding.kind.value == wanted.kind, finding
    assert finding.root == wanted.root, finding
    for number, figure in ((finding.stated, wanted.stated), (finding.expected, wanted.expected)):
        assert (number is None) is (figure is None), finding
        if number is not None and figure is not None:
            assert float(number) == pytest.approx(float(figure), abs=1e-6), finding
    for words in wanted.says:
        assert words in finding.message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_the_copy_shows_is_what_its_formulas_give(case: LinkedCase) -> None:
    """Every result beside a formula is the one a program computes, and none is missing."""
    _, copy = checked_and_marked(case.workbook())
    formulas, shown = without_review(copy, values=False), without_review(copy, values=True)
    computed = Together(formulas)
    seen = 0
    for sheet, cells in formulas.items():
        for cell, content in cells.items():
            if isinstance(content, str) and content.startswith("=") and "INDIRECT" not in content:
                value = computed.value(sheet, cell)
                assert shown[sheet].get(cell) == pytest.approx(value, rel=1e-12), (sheet, cell)
                seen += 1
    assert seen or case.stored


@pytest.mark.parametrize("case", [c for c in CASES if not c.is_open], ids=lambda case: case.name)
def test_the_recalculated_copy_is_right(case: LinkedCase) -> None:
    """Saved by a program and checked again, it has nothing wrong in it."""
    _, copy = checked_and_marked(case.workbook())
    again = check(saved(copy), NAME, DEFAULT).record
    assert [
        f for f in again.findings if f.level is Level.ERROR or f.action is not Action.LEFT
    ] == []


def saved(copy: bytes) -> bytes:
    """Return a copy with the figures its formulas give, without the sheet of results."""
    book = openpyxl.load_workbook(io.BytesIO(copy))
    del book["核对结果"]
    computed = Together(without_review(copy, values=False))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = computed.value(sheet.title, (cell.row, cell.column))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_formulas_that_only_follow_stay_the_sender_s(case: LinkedCase) -> None:
    data = case.workbook()
    checked, copy = checked_and_marked(data)
    replaced = {f.place for f in checked.record.findings if f.kind is not Kind.CONSEQUENCE}
    before, after = without_review(data, values=False), without_review(copy, values=False)
    for sheet, cells in before.items():
        for (row, column), content in cells.items():
            place = f"{sheet}!{openpyxl.utils.get_column_letter(column)}{row}"
            if isinstance(content, str) and content.startswith("=") and place not in replaced:
                assert after[sheet][row, column] == content


def test_consequences_stand_under_their_cause_on_the_other_sheet() -> None:
    case = CASES[0]
    groups = grouped(check(case.workbook(), NAME, DEFAULT).record.findings)
    (group,) = [group for group in groups if group.consequences]
    assert group.head.place == "明细!F9"
    assert [one.cell for one in group.consequences] == ["F6", "H6", "I6", "F7", "H18"]


def test_names_of_sheets_and_formulas_may_be_anything() -> None:
    renamed = {"明细": "明 细 'a' 表", "自评表": "自评"}
    case = CASES[0]
    other = LinkedCase(
        "改名",
        bases={renamed[name]: base for name, base in case.bases.items()},
        edits={
            (renamed[sheet], cell): text.replace("'明细'!", "'明 细 ''a'' 表'!")
            for (sheet, cell), text in case.edits.items()
        },
    )
    found = {f.place: f for f in check(other.workbook(), NAME, DEFAULT).record.findings}
    assert found["自评!F6"].root == "明 细 'a' 表!F9"
    assert "由工作表“明 细 'a' 表”F9 差错引起" in found["自评!F6"].message


def test_a_live_formula_that_would_depend_on_itself_is_a_plain_figure() -> None:
    """E5 of the details is 38 whatever F7 is; a live sum in F9 would still be a circle."""
    case = next(iter(linked_cases("self_evaluation")))
    case.edits["明细", "F5"] = "='自评表'!F7*0+38"
    data = case.workbook()
    checked, copy = checked_and_marked(data)
    formulas = without_review(copy, values=False)
    assert formulas["明细"][9, 6] == Fraction(114)
    assert formulas["自评表"][7, 6] == "='明细'!F9-F8" or formulas["自评表"][7, 6] == "=明细!F9-F8"
    assert {f.kind for f in checked.record.findings if f.place == "明细!F9"} == {Kind.ROOT}


def test_formulas_filled_down_are_followed() -> None:
    """Excel writes the text of such formulas once; 上报 F6:F8 take what 自评表 F6:F8 show."""
    case = LinkedCase(
        "向下填充",
        bases={"自评表": ("project",), "明细": ("funds",), "上报": ("project",)},
        edits={
            ("明细", "F9"): "117",
            ("自评表", "F7"): "='明细'!F9-F8",
            ("自评表", "F6"): "=SUM(F7:F9)",
            **{("上报", f"F{row}"): f"='自评表'!F{row}" for row in (6, 7, 8)},
        },
    )
    parts = unpacked(case.workbook())
    name = "xl/worksheets/sheet3.xml"
    text = parts[name].decode()
    first = "<f>'自评表'!F6</f>"
    assert first in text
    text = text.replace(first, first.replace("<f>", '<f t="shared" ref="F6:F8" si="0">'))
    for row in (7, 8):
        text = text.replace(f"<f>'自评表'!F{row}</f>", '<f t="shared" si="0"/>')
    data = zipped({**parts, name: text.encode()})
    checked, copy = checked_and_marked(data)
    found = {f.place: f for f in checked.record.findings if f.sheet == "上报"}
    assert {place: (f.kind, f.expected, f.root) for place, f in found.items()} == {
        "上报!F6": (Kind.CONSEQUENCE, 114, "明细!F9"),
        "上报!F7": (Kind.CONSEQUENCE, 94, "明细!F9"),
    }
    shown = without_review(copy, values=True)["上报"]
    assert [shown[row, 6] for row in (6, 7, 8)] == [114, 94, 20]
