"""Compares what is said about a case's sheet with what its directives ask for."""

from __future__ import annotations

from decimal import Decimal
from types import ModuleType

from text_tables import Case

from selfeval_xl.findings import Finding, Kind
from selfeval_xl.judgement import Judgement
from selfeval_xl.judging import judge
from selfeval_xl.settings import DEFAULT
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1, parse_a1

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


def with_value(sheet: Sheet, cell: Cell, value: object) -> Sheet:
    """Return the sheet with one cell changed."""
    rows = [list(row) for row in sheet.rows]
    rows[cell[0]][cell[1]] = value
    return Sheet(sheet.name, rows, sheet.merges)


def spoiled(value: object) -> object:
    """Return a wrong figure written like the right one: 9.50 → 10.60, 78.57% → 85.57%."""
    if not isinstance(value, str):
        return value + 1  # type: ignore[operator]
    number, percent, _ = value.partition("%")
    decimals = max(len(number.partition(".")[2]), 0 if percent else 1)
    return f"{Decimal(number) + (7 if percent else Decimal('1.1')):.{decimals}f}{percent}"


def planted(sheet: Sheet, form_module: ModuleType) -> list[str]:
    """Spoil each derived cell in turn; return those not reported as the one and only finding."""
    missed = []
    for relation in form_module.recognise(sheet, DEFAULT)[0].relations:
        stated = sheet.value(relation.target)
        if stated is None:
            continue
        changed = with_value(sheet, relation.target, spoiled(stated))
        form = form_module.recognise(changed, DEFAULT)[0]
        judgement = judge(form, DEFAULT)
        found = [(f.cell, f.kind, f.expected) for f in judgement.findings]
        stated_right = form_module.recognise(sheet, DEFAULT)[0].fields[relation.target].stated
        right = [
            (cell, kind, expected)
            for cell, kind, expected in found
            if cell == a1(relation.target) and kind is Kind.ROOT and expected == stated_right.value
        ]
        if len(found) != 1 or not right:
            missed.append(a1(relation.target))
    return missed
