"""Compares what is said about a case's sheet with what its directives ask for."""

from __future__ import annotations

from types import ModuleType

from text_tables import Case

from selfeval_xl.findings import Finding, Kind
from selfeval_xl.judging import Judgement, judge
from selfeval_xl.settings import DEFAULT
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import a1, parse_a1

_KINDS = {
    "roots": Kind.ROOT,
    "consequences": Kind.CONSEQUENCE,
    "filled": Kind.FILLED,
    "rounding": Kind.ROUNDING,
    "unsettled": Kind.UNSETTLED,
}


def check_case(case: Case, form_module: ModuleType, bundle: ModuleType) -> list[Judgement]:
    """Recognise, judge and review a case's sheet; assert all and only what the case expects."""
    forms = form_module.recognise(case.sheet, DEFAULT)
    assert len(forms) == int((case.words("forms") or ["1"])[0])
    if failure := case.words("failure"):
        assert failure[0] in forms[0].failure
        assert not forms[0].relations
        return []
    assert [form.failure for form in forms] == [""] * len(forms)
    judged = [judge(form, DEFAULT) for form in forms]
    findings = [finding for judgement in judged for finding in judgement.findings]
    for directive, kind in _KINDS.items():
        assert cells(findings, kind) == sorted(case.words(directive)), directive
    reviewed = [f for judgement in judged for f in bundle.review(judgement, DEFAULT)]
    assert sorted(f"{f.rule}:{f.cell}" for f in reviewed) == sorted(case.words("review"))
    _check_values(case, judged)
    return judged


def cells(findings: list[Finding], kind: Kind) -> list[str]:
    """Return the cells of the findings of a kind, sorted."""
    return sorted(finding.cell for finding in findings if finding.kind is kind)


def _check_values(case: Case, judged: list[Judgement]) -> None:
    for word in case.words("expected"):
        address, _, value = word.partition("=")
        decimals = len(value.partition(".")[2])
        found = [j.expected.get(parse_a1(address)) for j in judged]
        assert value in {str(half_up(f, decimals)) for f in found if f is not None}, address
    figures = {name: a1(cell) for j in judged for name, cell in j.form.figures.items()}
    for word in case.words("figures"):
        name, _, address = word.partition("=")
        assert figures.get(name) == address, name
    for project in case.words("project"):
        assert judged[0].form.head.project == project
