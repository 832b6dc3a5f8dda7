"""To how many decimals a right figure is written where another stood."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from rule_cases import ONLY, RuleCase, workbook_bytes

from selfeval_xl.checking import check, mark
from selfeval_xl.projects import group_projects
from selfeval_xl.settings import DEFAULT


def total(stated: str, grade: str, number_format: str = "General") -> bytes:
    """A self-evaluation whose scores add up to 89.5."""
    edits = [(ONLY, "H16", "20"), (ONLY, "H18", stated), (ONLY, "I18", grade)]
    sheet = RuleCase("", "", fails=False, books={ONLY: "project"}, edits=edits).sheets()[ONLY]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(sheet)))
    book.worksheets[0]["H18"].number_format = number_format
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("stated", "number_format", "written", "shown"),
    [
        ("85", "General", 89.5, "General"),
        ("85", "0", 89.5, "0.0"),  # a cell that shows no decimals gets them
        ("85", "0.00", 89.5, "0.00"),
        ("85.00", "General", 89.5, "General"),
        ("'85分", "General", 89.5, '0.0"分"'),
    ],
)
def test_all_decimals_of_a_sum_are_written(
    stated: str, number_format: str, written: float, shown: str
) -> None:
    data = total(stated, "良", number_format)
    checked = check(data, ONLY, DEFAULT)
    copy = mark(data, checked.record, checked.facts(), DEFAULT).content
    cell = openpyxl.load_workbook(io.BytesIO(copy), data_only=True).worksheets[1]["H18"]
    assert (cell.value, cell.number_format) == (written, shown)
    (finding,) = (f for f in checked.record.findings if f.cell == "H18")
    assert "应为 89.5" in finding.message
    (project,), _ = group_projects([checked.record], DEFAULT)
    assert (project.score_expected, project.grade_expected) == (Decimal("89.5"), "良")


@pytest.mark.parametrize("grade", ["优", "良"])
def test_a_total_rounded_up_does_not_raise_the_grade(grade: str) -> None:
    """90 is 89.5 rounded; the grade is that of 89.5."""
    record = check(total("90", grade), ONLY, DEFAULT).record
    assert "H18" not in {finding.cell for finding in record.findings}
    said = {finding.cell: finding.expected for finding in record.findings}
    assert said.get("I18") == (None if grade == "良" else "良")
    (project,), _ = group_projects([record], DEFAULT)
    assert (str(project.score_expected), project.grade_expected) == ("90", "良")
