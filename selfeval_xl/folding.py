"""One line for one matter: questions that a proposal for the same cell or row already raises.

A proposed correction of a mistyped input says more than the rule that merely finds the same
figure odd (a score above its points, a lost point without a reason, a foreign unit). Such a
question is kept as a further point of the proposal and does not get a line of its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.workbooks.sheet import parse_a1


def fold(form: Form, findings: Iterable[Finding], questions: Iterable[Finding]) -> list[Finding]:
    """Return the judged findings followed by the questions that no proposal takes in.

    Nothing is reported twice: a question with the rule and the cell of an earlier finding is
    dropped, and so is one that asks about a score which is corrected anyway.
    """
    questions = list(questions)
    if not questions:
        return _fullest(list(findings))
    scaled = {question.cell for question in questions if question.rule == _SCALED}
    kept = _fullest([f for f in findings if f.rule != _TOTAL or f.cell not in scaled])
    seen = {(finding.rule, finding.cell) for finding in kept}
    rows = _indicator_rows(form)
    hosts: dict[str | int, int] = {}
    for number, finding in enumerate(kept):
        if finding.kind is Kind.SUGGESTION:
            hosts.setdefault(finding.cell, number)
            if finding.rule == _BLAMED and (row := _row(finding)) in rows:
                hosts.setdefault(row, number)
    corrected = {finding.cell for finding in kept if finding.action is Action.CORRECTED}
    for question in questions:
        if (question.rule, question.cell) in seen or _settled(question, corrected):
            continue
        seen.add((question.rule, question.cell))
        host = hosts.get(question.cell, hosts.get(_row(question)))
        if host is not None and question.level is kept[host].level:
            kept[host] = _with_point(kept[host], question)
        else:
            kept.append(question)
    return kept


def _fullest(findings: list[Finding]) -> list[Finding]:
    """Keep, of two proposals for one cell, the one that settles points and scores together."""
    settled = {finding.cell for finding in findings if finding.rule == _TOGETHER}
    return [f for f in findings if f.rule != _ALONE or f.cell not in settled]


def _settled(question: Finding, corrected: Container[str]) -> bool:
    """Tell whether a question is about a figure that is replaced, and about nothing else."""
    return question.rule in _ABOUT_SCORES and question.cell in corrected and not question.points


_ABOUT_SCORES = frozenset(("S301", "S302", "S315", "S322", "I301"))
_TOTAL, _SCALED = "S205", "S324"
"""A total that is right once scaled is asked about as scaled, not as a wrong sum."""
_ALONE, _TOGETHER = "V201", "S320"
_BLAMED = "S321"
"""The rule that names one indicator's score as the one that is wrong: it is about the row."""


def _row(finding: Finding) -> int:
    return parse_a1(finding.cell)[0] if finding.cell else -1


def _indicator_rows(form: Form) -> frozenset[int]:
    if not isinstance(form.body, SelfEvaluation):
        return frozenset()
    return frozenset(indicator.row for indicator in form.body.table.indicators)


def _with_point(host: Finding, question: Finding) -> Finding:
    text = question.message.removesuffix(question.advice).rstrip("。")
    more = tuple(point for point in question.points if point.partition("】")[2] not in text)
    return replace(host, points=(*host.points, f"【{question.rule}】{text}", *more))
