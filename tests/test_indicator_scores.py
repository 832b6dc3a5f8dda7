"""Indicator scores: published tables, the layouts seen, what must not be taken for one."""

from __future__ import annotations

import pytest
from form_checks import check_case
from text_tables import Case, cases

from selfeval_xl.forms import indicator_scores
from selfeval_xl.rules import indicator_scores as review_rules
from selfeval_xl.settings import DEFAULT


@pytest.mark.parametrize("case", cases("indicator_scores"), ids=lambda case: case.name)
def test_layout(case: Case) -> None:
    check_case(case, indicator_scores, review_rules)


@pytest.mark.parametrize("case", cases("not_indicator_scores"), ids=lambda case: case.name)
def test_not_claimed(case: Case) -> None:
    assert indicator_scores.recognise(case.sheet, DEFAULT) == []
