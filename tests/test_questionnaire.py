"""Questionnaires: published tables, the layouts seen, what must not be taken for one."""

from __future__ import annotations

import pytest
from form_checks import check_case
from text_tables import Case, cases

from selfeval_xl.forms import questionnaire
from selfeval_xl.rules import questionnaires
from selfeval_xl.settings import DEFAULT


@pytest.mark.parametrize("case", cases("questionnaire"), ids=lambda case: case.name)
def test_layout(case: Case) -> None:
    check_case(case, questionnaire, questionnaires)


@pytest.mark.parametrize("case", cases("not_questionnaire"), ids=lambda case: case.name)
def test_not_claimed(case: Case) -> None:
    assert questionnaire.recognise(case.sheet, DEFAULT) == []
