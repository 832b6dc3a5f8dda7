"""Sheets remembered to hold no form: only the same texts again are passed over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from text_tables import table

from selfeval_xl import forms
from selfeval_xl.forms.formless import FormlessSheets
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet


def instructions(*lines: object, merges: tuple[tuple[int, int, int, int], ...] = ()) -> Sheet:
    return Sheet("填表说明", [["填表说明"], *([line] for line in lines)], merges)


def known(*sheets: Sheet) -> FormlessSheets:
    memory = FormlessSheets()
    for sheet in sheets:
        memory.add(sheet)
    return memory


def test_the_same_texts_are_known_under_any_name() -> None:
    sheet = instructions("资金明细表每行填一个单位", None)
    assert known(sheet).has(replace(sheet, name="说明"))


@pytest.mark.parametrize(
    "other",
    [
        instructions("资金明细表每行填一个县"),
        instructions("资金明细表每行填一个单位", "合计"),
        instructions("资金明细表每行填一个单位", merges=((0, 0, 0, 1),)),
        replace(instructions("资金明细表每行填一个单位"), errors={(1, 1): "#REF!"}),
    ],
)
def test_other_content_is_not_known(other: Sheet) -> None:
    assert not known(instructions("资金明细表每行填一个单位")).has(other)


@pytest.mark.parametrize(
    "sheet",
    [
        instructions("单位", 1),
        instructions("单位", 1.5),
        instructions("字" * 10_000),
        instructions(*["行"] * 100),
        Sheet("说明", [[None] * 10_000 + ["说明"]]),
    ],
)
def test_figures_and_large_sheets_are_not_remembered(sheet: Sheet) -> None:
    assert not known(sheet).has(sheet)


def test_the_longest_unused_is_forgotten_first() -> None:
    sheets = [instructions(f"说明{number}") for number in range(65)]
    memory = known(*sheets[:64])
    assert memory.has(sheets[0])
    memory.add(sheets[64])
    assert memory.has(sheets[0])
    assert not memory.has(sheets[1])
    assert memory.has(sheets[64])


def test_a_form_filled_after_its_blank_is_found() -> None:
    filled = table("02")
    blank = replace(
        filled,
        rows=[[v if isinstance(v, str) and not v[:1].isdigit() else None for v in row]
              for row in filled.rows],
    )  # fmt: skip
    before = [form.kind for form in forms.recognise(filled, DEFAULT)]
    for _ in range(2):
        forms.recognise(blank, DEFAULT)
        assert [form.kind for form in forms.recognise(filled, DEFAULT)] == before


def test_known_sheets_are_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = instructions("本表由项目实施单位填写", "没有发生的留空")
    assert forms.recognise(sheet, DEFAULT) == []
    monkeypatch.setattr(forms, "_search", pytest.fail)
    assert forms.recognise(replace(sheet, rows=[list(row) for row in sheet.rows]), DEFAULT) == []
