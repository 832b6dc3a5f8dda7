"""A word left in a blank cell beside or below a table changes nothing that is said of it."""

from __future__ import annotations

import pytest
from rule_cases import base_rows
from text_cases import text_sheet
from text_tables import table

from selfeval_xl import forms
from selfeval_xl.examining import examine
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet

BASES = ("base_data", "department", "funds", "project", "questionnaire", "satisfaction_rate",
         "score_summary", "scores")  # fmt: skip
PUBLISHED = ("01", "02", "03", "05", "06", "08", "11", "12", "13", "14", "15")
REMARKS = ("已复核", "附凭证3份")


def said(sheet: Sheet) -> set[tuple[str, ...]]:
    """Return everything said of a sheet."""
    found: set[tuple[str, ...]] = set()
    for form in forms.recognise(sheet, DEFAULT):
        found.add((form.kind, form.failure, str(form.region[0])))
        if not form.failure:
            judged = examine(form, DEFAULT).findings
            found |= {(f.rule, f.cell, f.kind, str(f.expected)) for f in judged}
    return found


def with_remark(sheet: Sheet, row: int, column: int, text: str) -> Sheet:
    """Return a sheet with a text in a cell at its edge."""
    rows = [list(cells) for cells in sheet.rows]
    rows += [[] for _ in range(row + 1 - len(rows))]
    rows[row] += [None] * (column + 1 - len(rows[row]))
    rows[row][column] = text
    return Sheet(sheet.name, rows, sheet.merges, sheet.number_formats, sheet.formulas)


@pytest.mark.parametrize("name", [*BASES, *PUBLISHED])
def test_a_remark_beside_or_below_a_table_changes_nothing(name: str) -> None:
    known = name in BASES
    sheet = text_sheet([list(row) for row in base_rows(name)]) if known else table(name)
    before, width, height = said(sheet), sheet.width, sheet.height
    beside = [(row, width + gap) for row in range(height) for gap in (0, 1)]
    below = [(height + gap, column) for column in range(width) for gap in (0, 1)]
    for row, column in (*beside, *below):
        text = REMARKS[(row + column) % len(REMARKS)]
        assert said(with_remark(sheet, row, column, text)) == before, (row, column, text)
