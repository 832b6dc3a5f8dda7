"""All that is said of one form: what is derived, what may be repaired, what must be asked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from selfeval_xl.blamed_scores import blame_score
from selfeval_xl.findings import Finding, Kind
from selfeval_xl.folding import fold
from selfeval_xl.foreign_units import with_doubts
from selfeval_xl.forms.form import Form
from selfeval_xl.judgement import Judgement
from selfeval_xl.judging import judge
from selfeval_xl.rounding import with_minus
from selfeval_xl.rules.bundles import review
from selfeval_xl.score_repairs import with_proposals
from selfeval_xl.settings import Settings
from selfeval_xl.suspects import settle
from selfeval_xl.values import read_quantity
from selfeval_xl.withholding import withhold
from selfeval_xl.workbooks.sheet import parse_a1


def examine(form: Form, settings: Settings) -> Judgement:
    """Judge a form and add the review rules' questions; rules switched off stay silent.

    Nothing is reported twice: see ``selfeval_xl.folding``.
    """
    form.relations = with_doubts(form)
    judgement = settle(form, settings, judge(form, settings))
    judgement = blame_score(form, settings, judgement)
    judged = with_proposals(judgement, settings)
    asked = list(review(judgement, settings))
    answered = _answered(judgement, judged, asked) if asked else frozenset()
    judgement.findings = [
        finding
        for finding in fold(form, judged, asked)
        if finding.rule not in settings.disabled_rules
        and (finding.rule, finding.cell) not in answered
    ]
    withhold(judgement)
    judgement.findings = [_with_minus_signs(finding) for finding in judgement.findings]
    return judgement


def _with_minus_signs(finding: Finding) -> Finding:
    """Write negative figures in all sentences of a finding with one sign, whoever wrote them."""
    texts = (finding.message, finding.calculation, finding.cause, finding.advice, *finding.points)
    if not any("-" in text for text in texts):
        return finding
    return replace(
        finding,
        message=with_minus(finding.message),
        calculation=with_minus(finding.calculation),
        cause=with_minus(finding.cause),
        advice=with_minus(finding.advice),
        points=tuple(map(with_minus, finding.points)),
    )


def _answered(
    judgement: Judgement, judged: list[Finding], asked: list[Finding]
) -> frozenset[tuple[str, str]]:
    """Return rule and cell of the questions that the proposed figures leave nothing to ask."""
    proposed = [f for f in judged if f.kind is Kind.SUGGESTION and f.rule in _ONE_PROPOSAL]
    if not proposed:
        return frozenset()
    fields = dict(judgement.form.fields)
    for finding in proposed:
        if isinstance(finding.expected, Decimal):
            cell = parse_a1(finding.cell)
            stated = read_quantity(f"{finding.expected:f}")
            fields[cell] = replace(fields[cell], stated=stated)
    after = replace(judgement, form=replace(judgement.form, fields=fields))
    left = {(finding.rule, finding.cell) for finding in review(after, judgement.settings)}
    return frozenset((finding.rule, finding.cell) for finding in asked) - left


_ONE_PROPOSAL = frozenset({"V201", "S321"})
"""Rules whose proposal is the only one; those of S320 may exclude each other."""
