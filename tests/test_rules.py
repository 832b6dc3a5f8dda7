"""The rule catalogue: every code passes, fails at the right cell, and its correction holds."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from rule_cases import ONLY, Expected, Run, RuleCase, rule_cases, run

from selfeval_xl.checking import mark
from selfeval_xl.examining import examine
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms import recognise
from selfeval_xl.rules.catalogue import catalogue
from selfeval_xl.workbooks.reading import read_workbook

ALL = [case for found in rule_cases().values() for case in found]


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.code}-{case.name}")
def test_case(case: RuleCase) -> None:
    ran = run(case)
    found = [_place(book, finding) for book, finding in ran.findings]
    assert sorted(found) == sorted(expected.place for expected in case.findings)
    by_place = dict(zip(found, (finding for _, finding in ran.findings), strict=True))
    for expected in case.findings:
        _agrees(by_place[expected.place], expected)
    if not case.fails:
        assert case.code not in {code for code, *_ in found}
        _applied(case, ran)
    _fixed(case, ran)


def _place(book: str, finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, book, finding.cell, finding.level.value


def _agrees(finding: Finding, expected: Expected) -> None:
    if isinstance(expected.expected, Fraction):
        assert isinstance(finding.expected, Decimal)
        assert Fraction(finding.expected) == expected.expected
    elif expected.expected is not None:
        assert finding.expected == expected.expected
    if expected.action:
        assert finding.action.value == expected.action
    assert expected.says in finding.message


def _applied(case: RuleCase, ran: Run) -> None:
    """A passing identity was computed and found right, not left out."""
    if catalogue()[case.code].level is Level.ERROR:
        judged = [
            (judgement, relation)
            for judgement in ran.judgements()
            for relation in judgement.form.relations
            if relation.rule == case.code
        ]
        assert any(judgement.stated(relation.target) is not None for judgement, relation in judged)


def _fixed(case: RuleCase, ran: Run) -> None:
    """The marked copy of a workbook, read again, has nothing left to correct."""
    for path, checked in ran.checked.items():
        changed = [f for f in checked.record.findings if f.action is not Action.LEFT]
        if not changed:
            continue
        content, _ = mark(ran.data[path], checked.record, checked.facts(), case.settings)
        again = [
            finding
            for sheet in read_workbook(content, path).sheets
            if not sheet.name.startswith("核对结果")
            for form in recognise(sheet, case.settings)
            for finding in examine(form, case.settings).findings
        ]
        assert [f.cell for f in again if f.action is not Action.LEFT] == []
        assert {f.rule for f in again}.isdisjoint(f.rule for f in changed)


@pytest.mark.parametrize("code", list(catalogue()))
def test_every_code_has_pass_and_fail_cases(code: str) -> None:
    cases = rule_cases().get(code, ())
    failing = [case for case in cases if case.fails]
    assert failing, f"{code} has no fail case"
    assert [case for case in cases if not case.fails], f"{code} has no pass case"
    assert all(any(f.rule == code for f in case.findings) for case in failing)
    if catalogue()[code].safe:
        actions = {f.action for case in failing for f in case.findings if f.rule == code}
        assert "corrected" in actions, f"{code} corrects, but no case shows it"
