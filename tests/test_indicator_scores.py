"""Indicator scores: published tables, the layouts seen, what must not be taken for one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from form_checks import check_case, planted
from text_tables import Case, cases, table

from selfeval_xl.forms import indicator_scores
from selfeval_xl.judging import judge
from selfeval_xl.rules import indicator_scores as review_rules
from selfeval_xl.settings import DEFAULT

TABLES = ("01", "04", "07", "10")
OTHER_TABLES = ("02", "03", "05", "06", "08", "09", "11", "12", "13", "14", "15")
CLEAN = ("four_levels", "own_weights_total", "group_header_above", "summary_elsewhere")


@pytest.mark.parametrize("case", cases("indicator_scores"), ids=lambda case: case.name)
def test_layout(case: Case) -> None:
    check_case(case, indicator_scores, review_rules)


@pytest.mark.parametrize("case", cases("not_indicator_scores"), ids=lambda case: case.name)
def test_not_claimed(case: Case) -> None:
    assert indicator_scores.recognise(case.sheet, DEFAULT) == []


@pytest.mark.parametrize("case", cases("questionnaire"), ids=lambda case: case.name)
def test_questionnaires_are_not_claimed(case: Case) -> None:
    assert indicator_scores.recognise(case.sheet, DEFAULT) == []


@pytest.mark.parametrize("number", OTHER_TABLES)
def test_other_published_tables_are_not_claimed(number: str) -> None:
    assert indicator_scores.recognise(table(number), DEFAULT) == []


@pytest.mark.parametrize("number", TABLES)
def test_published_tables_have_no_difference(number: str) -> None:
    (form,) = indicator_scores.recognise(table(number), DEFAULT)
    judgement = judge(form, DEFAULT)
    assert judgement.findings == []
    assert list(review_rules.review(judgement, DEFAULT)) == []


@pytest.mark.parametrize("number", TABLES)
def test_every_planted_error_is_the_only_finding(number: str) -> None:
    assert planted(table(number), indicator_scores) == []


@pytest.mark.parametrize("name", CLEAN)
def test_planted_errors_in_other_layouts(name: str) -> None:
    sheet = next(case.sheet for case in cases("indicator_scores") if case.name == name)
    assert planted(sheet, indicator_scores) == []


def test_record_gives_the_first_level() -> None:
    (form,) = indicator_scores.recognise(table("10"), DEFAULT)
    levels = indicator_scores.record(judge(form, DEFAULT))["levels"]
    assert [(level.name, level.points, level.score) for level in levels] == [
        ("A项目决策", Decimal("20.00"), Decimal("20.00")),
        ("B项目管理", Decimal("20.00"), Decimal("18.20")),
        ("C项目绩效", Decimal("60.00"), Decimal("57.00")),
    ]


def test_record_of_four_levels_adds_the_leaves() -> None:
    sheet = next(c.sheet for c in cases("indicator_scores") if c.name == "four_levels")
    (form,) = indicator_scores.recognise(sheet, DEFAULT)
    levels = indicator_scores.record(judge(form, DEFAULT))["levels"]
    assert [level.score for level in levels] == [Decimal("17.50"), Decimal(20), Decimal(57)]
