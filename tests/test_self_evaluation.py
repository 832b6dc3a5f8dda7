"""Self-evaluations in the layouts seen in published tables: what is found, what is asked."""

from __future__ import annotations

import pytest
from text_cases import Case, cases, outcome, wanted

from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.settings import DEFAULT


@pytest.mark.parametrize("case", cases("self_evaluation"), ids=lambda case: case.name)
def test_layout(case: Case) -> None:
    forms = recognise(case.sheet, DEFAULT)
    assert [form.region for form in forms] == [expected.region for expected in case.forms]
    for form, expected in zip(forms, case.forms, strict=True):
        found, want = outcome(form, examine(form, DEFAULT), expected), wanted(expected)
        for part in ("head", "figures", "findings", "says"):
            assert found[part] == want[part], part
