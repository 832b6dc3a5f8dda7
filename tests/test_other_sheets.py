"""Sheets that stand beside the forms in real workbooks: right ones are never called wrong.

A case file holds several sheets as text tables (see text_cases), each after a line ``== name``.
All are correct; they may be taken for a table whose sums can be checked or be left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from text_cases import CASES, planted, text_sheet

from selfeval_xl.examining import examine
from selfeval_xl.findings import Finding, Kind, Level
from selfeval_xl.forms import recognise
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet, a1


def _sheets() -> Iterator[tuple[str, Sheet]]:
    for path in sorted((CASES / "other_sheets").glob("*.txt")):
        blocks = path.read_text(encoding="utf-8").split("== ")
        for block in blocks[1:]:
            name, *lines = block.splitlines()
            rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
            yield name, text_sheet([row for row in rows if row != [""]], name)


_SHEETS = list(_sheets())


def _claims(sheet: Sheet) -> list[list[Finding]]:
    return [
        [f for f in examine(form, DEFAULT).findings if f.level is not Level.INFO]
        for form in recognise(sheet, DEFAULT)
        if not form.failure
    ]


@pytest.mark.parametrize(("name", "sheet"), _SHEETS, ids=[name for name, _ in _SHEETS])
def test_right_sheets_are_not_called_wrong(name: str, sheet: Sheet) -> None:
    assert [finding for claim in _claims(sheet) for finding in claim] == []


@pytest.mark.parametrize(("name", "sheet"), _SHEETS, ids=[name for name, _ in _SHEETS])
def test_a_wrong_figure_is_blamed_alone(name: str, sheet: Sheet) -> None:
    """A derived figure made wrong is the root, or asked about; at worst nothing is said."""
    for form in recognise(sheet, DEFAULT):
        for relation in form.relations:
            wrong = planted(sheet, relation.target)
            if wrong is None:
                continue
            found = [finding for claim in _claims(wrong) for finding in claim]
            roots = [f.cell for f in found if f.kind is Kind.ROOT]
            assert roots in ([], [a1(relation.target)])
            assert roots or len(found) <= 2
