"""Base data in the layouts people use: what is found, what must add up, what is asked."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from text_cases import Case, cases, outcome, planted, wanted

from selfeval_xl.examining import examine
from selfeval_xl.findings import Kind, Level
from selfeval_xl.forms import department_base_data
from selfeval_xl.recording import form_record
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet, a1, parse_range


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


_DATA = Path(__file__).parents[1] / "samples" / "data"


def test_published_table() -> None:
    """Running costs of 2023 exceed their parts by 3 in two columns, of 2022 they add up."""
    (path,) = _DATA.glob("13-*.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    sheet = Sheet(data["sheet"], data["grid"], tuple(map(parse_range, data["merges"])))
    (form,) = department_base_data.recognise(sheet, DEFAULT)
    judgement = examine(form, DEFAULT)
    assert [(f.rule, f.cell, f.level) for f in judgement.findings] == [
        ("B302", "D15", Level.REVIEW),
        ("B302", "F15", Level.REVIEW),
    ]
    for finding in judgement.findings:
        assert (finding.stated, finding.expected) == (Decimal("18.3"), Decimal("15.3"))
        assert finding.difference == Decimal(3)
        assert finding.cause == "差额等于会议费、培训费，也等于“三公”经费"
    facts = {(f.kind, f.label): (f.cell, f.value) for f in form_record(judgement).facts}
    assert facts == {
        ("project_spending", "项目支出/2023年决算数"): ("F10", Decimal(271)),
        ("special_fund", "残疾人就业保障金"): ("F14", Decimal(221)),
    }


@pytest.mark.parametrize("case", cases("department_base_data"), ids=lambda case: case.name)
def test_a_wrong_derived_figure_is_the_only_root(case: Case) -> None:
    """Every derived figure of a right form, made wrong, is found there and nowhere else."""
    for place, form in enumerate(department_base_data.recognise(case.sheet, DEFAULT)):
        clean = examine(form, DEFAULT)
        if form.failure or any(f.level is Level.ERROR for f in clean.findings):
            continue
        for relation in form.relations:
            sheet = planted(case.sheet, relation.target)
            exact = relation.equals.value(clean.expected.get)
            if sheet is None or exact is None:
                continue
            again = department_base_data.recognise(sheet, DEFAULT)[place]
            roots = [f for f in examine(again, DEFAULT).findings if f.kind is Kind.ROOT]
            assert [(f.rule, f.cell) for f in roots] == [(relation.rule, a1(relation.target))]
            assert abs(Fraction(str(roots[0].expected)) - exact) <= Fraction(1, 10000)
