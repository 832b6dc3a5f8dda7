"""A live formula is written only where it shows the right figure once it is recalculated."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from formula_engine import Book
from template_books import FILLED

from selfeval_xl.checking import check, mark
from selfeval_xl.findings import Action
from selfeval_xl.settings import DEFAULT

SAMPLES = sorted(FILLED.parent.rglob("*.xlsx"))
ROUNDED = FILLED.parent / "残疾人就业服务（对下）补助项目" / "问卷统计表.xlsx"


def copy_of(path: Path) -> tuple[openpyxl.Workbook, openpyxl.Workbook]:
    """Return the marked copy as formulas and as results."""
    data = path.read_bytes()
    checked = check(data, path.name, DEFAULT)
    content, *_ = mark(data, checked.record, checked.facts(), DEFAULT)
    formulas, shown = (openpyxl.load_workbook(BytesIO(content), data_only=v) for v in (False, True))
    return formulas, shown


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_formula_of_a_copy_shows_what_it_computes(path: Path) -> None:
    formulas, shown = copy_of(path)
    for sheet in formulas.worksheets[1:]:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        book = Book({(cell.row, cell.column): cell.value for cell in cells})
        for cell in cells:
            if cell.data_type == "f":
                computed = book.at(cell.coordinate)
                wanted = computed if isinstance(computed, str) else pytest.approx(float(computed))
                assert shown[sheet.title][cell.coordinate].value in (wanted, computed or None)


def test_a_sum_of_rounded_figures_that_would_show_another_one_is_a_plain_figure() -> None:
    """8.92 + 0.22 + 0.49 shows 9.63; the score from the head counts is 9.62."""
    formulas, shown = copy_of(ROUNDED)
    sheet, results = formulas.worksheets[1], shown.worksheets[1]
    assert sheet["H16"].value == results["H16"].value == 9.62
    assert sheet["H34"].value == results["H34"].value == 95.3
    assert (sheet["H7"].value, results["H7"].value) == ("=ROUND(SUM(C7:G7),2)", 9.46)
    assert (sheet["H35"].value, results["H35"].value) == ("=ROUND(H34,2)", 95.3)


def test_only_the_formula_goes_not_the_correction() -> None:
    checked = check(ROUNDED.read_bytes(), ROUNDED.name, DEFAULT)
    changed = {f.cell for f in checked.record.findings if f.action is not Action.LEFT}
    (cells,) = checked.facts().plain.values()
    assert len(cells) == 3
    assert {"H16", "H25", "H34"} <= changed
