"""What the benchmarks rest on: generated workbooks as a program saves them, results compared."""

from __future__ import annotations

import random
import shutil
import sys
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from formula_engine import Book
from template_books import FILLED, NAMES

BENCH = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(BENCH))

from generate import pattern  # noqa: E402  (after the path is set)
from libreoffice_results import (  # noqa: E402  (after the path is set)
    agrees,
    compare,
    copies,
    formulas_of,
    recomputed,
    results_of,
)
from typed_over import with_errors  # noqa: E402  (after the path is set)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_computed_from_a_figure_typed_over_follows_it(name: str) -> None:
    data, entries = (FILLED / name).read_bytes(), pattern()[name]
    followed = 0
    for seed in range(8):
        wrong = with_errors(data, name, entries, random.Random(seed), 3)
        before, shown = results_of(data), results_of(wrong)
        assert 1 <= len(formulas_of(data)) - len(formulas_of(wrong)) <= 3
        books = {sheet.title: _engine(sheet) for sheet in openpyxl.load_workbook(BytesIO(wrong))}
        for sheet, cell in formulas_of(wrong):
            computed = books[sheet].at(cell)
            wanted = computed if isinstance(computed, str) else float(computed)
            assert agrees(shown[sheet, cell], wanted), (seed, sheet, cell)
            followed += shown[sheet, cell] != before[sheet, cell]
    assert followed >= 5


def _engine(sheet: openpyxl.worksheet.worksheet.Worksheet) -> Book:
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return Book({(cell.row, cell.column): cell.value for cell in cells})


def test_results_agree_to_nine_digits_and_a_blank_is_an_empty_text() -> None:
    assert agrees(0.1 + 0.2, 0.3)
    assert agrees(28, 28.0)
    assert not agrees(28, 28.01)
    assert agrees("", None)
    assert agrees("良", "良")
    assert not agrees("良", None)
    assert not agrees(0, "#DIV/0!")


def test_a_formula_has_the_right_result_another_or_none() -> None:
    formulas = {("表", "C1"): "=A1+B1", ("表", "C2"): "=A2+B2", ("表", "C3"): "=A3+B3"}
    shown: dict[tuple[str, str], object] = {("表", "C1"): 3, ("表", "C2"): 4, ("表", "C3"): None}
    found = compare(formulas, shown, {**shown, ("表", "C2"): 5, ("表", "C3"): 6})
    assert (found.same, found.absent) == (1, 1)
    assert found.different == ("表!C2 =A2+B2: 4, LibreOffice 5",)


def test_only_corrected_workbooks_have_copies_to_compare() -> None:
    clean = FILLED / NAMES[0]
    wrong = FILLED.parent / "残疾人就业服务（对下）补助项目" / "问卷统计表.xlsx"
    assert [path for path, _ in copies([clean, wrong])] == [wrong]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_what_is_stale() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = 2, "=A1*3"
    buffer = BytesIO()
    book.save(buffer)
    stale = buffer.getvalue()
    (new,) = recomputed([stale])
    assert results_of(new)[book.active.title, "A2"] == 6
    assert formulas_of(stale) == {(book.active.title, "A2"): "=A1*3"}
