"""Base data in the layouts people use: what is found, what must add up, what is asked."""

from __future__ import annotations

import pytest
from text_cases import Case, cases, outcome, wanted

from selfeval_xl.examining import examine
from selfeval_xl.forms import department_base_data
from selfeval_xl.settings import DEFAULT


@pytest.mark.parametrize("case", cases("department_base_data"), ids=lambda case: case.name)
def test_case(case: Case) -> None:
    forms = department_base_data.recognise(case.sheet, DEFAULT)
    assert [form.region for form in forms] == [expected.region for expected in case.forms]
    for form, expected in zip(forms, case.forms, strict=True):
        if expected.failure:
            assert expected.failure in form.failure
            assert not form.relations
            continue
        assert not form.failure
        judgement = examine(form, DEFAULT)
        assert outcome(form, judgement, expected) == wanted(expected)
