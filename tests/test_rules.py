"""The rule catalogue: every code passes, fails at the right cell, and its correction holds."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from rule_cases import Expected, RuleCase, Run, rule_cases, run

import selfeval_xl
from selfeval_xl.checking import mark
from selfeval_xl.examining import examine
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms import FORMS, recognise
from selfeval_xl.rules.bundles import BUNDLES
from selfeval_xl.rules.catalogue import catalogue
from selfeval_xl.rules.page import page
from selfeval_xl.rules.rule import SCOPES, Rule
from selfeval_xl.settings import DEFAULT, PROFILES, REGIONAL_RULES
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
        content, *_ = mark(ran.data[path], checked.record, checked.facts(), case.settings)
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


# --- the catalogue itself --------------------------------------------------------------------


def _entries() -> list[Rule]:
    return [entry for module in (*FORMS, *BUNDLES) for entry in module.RULES]


def test_codes_are_unique_and_keep_their_shape() -> None:
    codes = [code for entry in _entries() for code in (entry.code, *entry.aliases)]
    assert sorted(set(codes)) == sorted(codes)
    assert [code for code in codes if not re.fullmatch(r"[SDQIBFVX][1-3]\d\d", code)] == []


_TEXTS = ("name", "truth", "why", "source", "wrong", "right")


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: entry.code)
def test_every_rule_says_what_people_look_for(entry: Rule) -> None:
    texts = {name: getattr(entry, name) for name in _TEXTS}
    assert all(text == text.strip() and text for text in texts.values())
    for name in ("name", "truth", "why", "source"):
        assert re.search(r"[\u4e00-\u9fff]", texts[name]), name
    assert texts["wrong"] != texts["right"]
    assert texts["why"].endswith("。")
    for name in ("name", "truth", "source"):
        assert not texts[name].endswith("。"), name
    assert entry.form in SCOPES
    assert entry.level in (Level.ERROR, Level.REVIEW, Level.INFO)
    # Only identities are rewritten, and every identity is.
    assert entry.safe == (entry.level is Level.ERROR)


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: entry.code)
def test_one_way_of_writing(entry: Rule) -> None:
    for name in _TEXTS:
        text = getattr(entry, name)
        assert not re.search(r"[＝＋－＊％＜＞]", text), text
        assert not re.search(r"[\u4e00-\u9fff）][,;:!?()]|[,;:!?()][\u4e00-\u9fff（]", text), text
        assert not re.search(r"[^ ）][×÷]|[×÷][^ ]", text), text
        # A space on both sides of “=”, or a full-width bracket in place of it.
        assert not re.search(r"[^ ）]=|=[^ ]", text), text


_USUAL = {
    Level.ERROR: {Kind.ROOT, Kind.CONSEQUENCE, Kind.ROUNDING, Kind.FILLED, Kind.UNSETTLED},
    Level.REVIEW: {Kind.REVIEW, Kind.UNSETTLED, Kind.SUGGESTION},
    Level.INFO: {Kind.NOTE},
}
"""What a rule of each level may report; the page says the same."""

_LEVELS = {
    Kind.ROOT: Level.ERROR,
    Kind.CONSEQUENCE: Level.ERROR,
    Kind.ROUNDING: Level.ROUNDING,
    Kind.FILLED: Level.INFO,
    Kind.UNSETTLED: Level.REVIEW,
    Kind.REVIEW: Level.REVIEW,
    Kind.SUGGESTION: Level.REVIEW,
    Kind.NOTE: Level.INFO,
}


@pytest.mark.parametrize("case", [c for c in ALL if c.fails], ids=lambda c: f"{c.code}-{c.name}")
def test_findings_keep_to_their_rules_level(case: RuleCase) -> None:
    for _, finding in run(case).findings:
        assert finding.kind in _USUAL[catalogue()[finding.rule].level]
        assert finding.level is _LEVELS[finding.kind]
        assert finding.message.endswith("。")


_ADDITION = re.compile(r"[\d.]+(?: \+ [\d.]+)+ = [\d.]+")


def test_additions_shown_are_true_for_those_who_add_up() -> None:
    """Where the printed figures make another sum, the calculation says why."""
    seen = 0
    for finding in (finding for case in ALL for _, finding in run(case).findings):
        if _ADDITION.fullmatch(finding.calculation):
            parts, _, result = finding.calculation.partition(" = ")
            assert sum(map(Decimal, parts.split(" + "))) == Decimal(result), finding
            seen += 1
    assert seen > 20


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    package = Path(selfeval_xl.__file__).parent
    used = {
        code
        for path in package.rglob("*.py")
        for code in re.findall(r'"([SDQIBFVX][1-3]\d\d)"', path.read_text(encoding="utf-8"))
    }
    assert used - set(catalogue()) == set()
    assert set(rule_cases()) == set(catalogue())


def test_rules_switched_off_stay_silent() -> None:
    for case in ALL:
        if case.fails:
            settings = replace(
                case.settings, disabled_rules=case.settings.disabled_rules | {case.code}
            )
            findings = run(replace(case, settings=settings)).findings
            assert case.code not in {finding.rule for _, finding in findings}, case.name


def test_regional_rules_are_off_unless_a_profile_says_so() -> None:
    assert set(catalogue()) >= REGIONAL_RULES == DEFAULT.disabled_rules
    for settings in PROFILES.values():
        assert settings.disabled_rules <= REGIONAL_RULES


def test_the_committed_page_is_current() -> None:
    path = Path(__file__).parents[1] / "docs" / "规则说明.md"
    assert path.read_text(encoding="utf-8") == page(), (
        "请运行 selfeval-xl rules --format markdown > docs/规则说明.md"
    )
