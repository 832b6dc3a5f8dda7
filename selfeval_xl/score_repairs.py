"""Points and scores that contradict each other: the fewest inputs that would settle it.

Label points, the sum of all points and the total score bind every indicator's points and score.
When they cannot all be true, the smallest change of one indicator (or of two) that makes them
true is proposed with its arithmetic; it is never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from selfeval_xl.findings import Finding, Kind
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.score_totals import group_points
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation, indicator_at
from selfeval_xl.judgement import Judgement
from selfeval_xl.labels import key
from selfeval_xl.neighbours import neighbours
from selfeval_xl.proposals import proposal
from selfeval_xl.repairs import Constraint, Repair, Repairs, smallest_repairs
from selfeval_xl.rounding import plain
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, agrees, half_up
from selfeval_xl.workbooks.sheet import Cell, a1

RULE = "S320"
_BOUND_BY = frozenset({"S204", "S205", "S206"})
_MOST_PROPOSALS = 3
_ONE = Fraction(1)


def with_proposals(judgement: Judgement, settings: Settings) -> list[Finding]:
    """Return the judgement's findings and, behind them, what would settle points and scores.

    One to three equally small repairs are proposed; with more, the total of the points says how
    many there are; its advice is that only the source documents can tell.
    """
    form, body = judgement.form, judgement.form.body
    findings = judgement.findings
    if not isinstance(body, SelfEvaluation) or not _unsettled(judgement):
        return findings
    repairs = _search(form, body, settings, judgement)
    possible = [one for one in repairs.solutions if _possible(form, body, one)]
    proposals = _most_telling(form, body, possible)
    if repairs.complete and len(proposals) <= _MOST_PROPOSALS:
        return findings + [_finding(form, body, one, len(proposals)) for one in proposals]
    text = (
        f"有 {len(proposals)} 种同样小的改法都能使各处相符"
        if repairs.complete
        else "可能的改法过多，未逐一推算"
    )
    return [
        replace(finding, points=(*finding.points, text)) if finding.rule == "S204" else finding
        for finding in findings
    ]


def _unsettled(judgement: Judgement) -> bool:
    return any(
        finding.rule in _BOUND_BY and finding.kind is Kind.UNSETTLED
        for finding in judgement.findings
    )


def _search(
    form: Form, body: SelfEvaluation, settings: Settings, judgement: Judgement
) -> Repairs[Cell]:
    values = {
        cell: value for cell in form.fields if (value := number_in(form.fields[cell])) is not None
    }
    execution = body.execution_score
    if execution is not None and execution in judgement.expected:
        values[execution] = _as_added(form, execution, judgement.expected[execution])
    fixed = {cell for cell in (execution, body.execution_points) if cell is not None}
    fixed |= {group.cell for group in body.labels}
    fixed |= {cell for cell in (body.total_points, body.total_score) if cell is not None}
    decimals = {
        cell: max(stated.decimals, 0)
        for cell, found in form.fields.items()
        if isinstance(stated := found.stated, Quantity)
    }
    pairs = [
        (row.points, row.score)
        for row in body.table.indicators
        if row.points in values and row.score in values and row.points and row.score
    ]
    return smallest_repairs(
        values,
        list(_constraints(body, values, settings)),
        fixed=fixed,
        groups=pairs,
        decimals=decimals,
        largest=2,
        budget=4000,
    )


def _as_added(form: Form, cell: Cell, exact: Fraction) -> Fraction:
    """Return the execution score as it enters the printed total: rounded, as it is stated."""
    stated = form.fields[cell].stated
    if isinstance(stated, Quantity) and not stated.computed and agrees(stated, exact):
        return stated.value
    return Fraction(half_up(exact, 2))


def _constraints(
    body: SelfEvaluation, values: dict[Cell, Fraction], settings: Settings
) -> Iterator[Constraint[Cell]]:
    for group in body.labels:
        cells = [cell for cell in group_points(body, group) if cell in values]
        if cells and group.cell in values:
            yield _sums_to(cells, values[group.cell], key(group.name))
    points = [cell for cell in body.points if cell in values]
    yield _sums_to(points, settings.full_score, "分值合计")
    scores = [cell for cell in body.scores if cell in values]
    if body.total_score in values and scores:
        yield _sums_to(scores, values[body.total_score], "总分")


def _sums_to(cells: list[Cell], total: Fraction, name: str) -> Constraint[Cell]:
    return Constraint(tuple((cell, _ONE) for cell in cells), -total, name=name)


def _possible(form: Form, body: SelfEvaluation, repair: Repair[Cell]) -> bool:
    """Tell whether no score would exceed its points after the repair."""
    after = {change.variable: change.after for change in repair.changes}

    def value(cell: Cell | None) -> Fraction | None:
        if cell is None:
            return None
        return after.get(cell, number_in(form.fields.get(cell)))

    for cell in after:
        row = indicator_at(body, cell)
        points, score = (value(row.points), value(row.score)) if row else (None, None)
        if points is not None and score is not None and score > points:
            return False
    return True


def _most_telling(
    form: Form, body: SelfEvaluation, repairs: list[Repair[Cell]]
) -> list[Repair[Cell]]:
    """Return the repairs that leave the fewest odd rows, and of those the likeliest typing errors.

    A row is odd by itself when its score is above its points, or below without an explanation.
    """
    if not repairs:
        return []
    odd = [_odd_rows(form, body, one) for one in repairs]
    least = [one for one, count in zip(repairs, odd, strict=True) if count == min(odd)]
    return [one for one in least if one.cost == min(other.cost for other in least)]


def _odd_rows(form: Form, body: SelfEvaluation, repair: Repair[Cell]) -> int:
    after = {change.variable: change.after for change in repair.changes}
    count = 0
    for row in body.table.indicators:
        points, score = (
            after.get(cell, number_in(form.fields.get(cell))) if cell else None
            for cell in (row.points, row.score)
        )
        if points is not None and score is not None:
            explained = row.reason is not None and bool(form.sheet.text(row.reason))
            count += score > points or (score < points and not explained)
    return count


def _finding(form: Form, body: SelfEvaluation, repair: Repair[Cell], count: int) -> Finding:
    first = repair.changes[0]
    parts = []
    for change in repair.changes:
        row = indicator_at(body, change.variable)
        name = row.name if row else ""
        what = "分值" if row and change.variable == row.points else "得分"
        parts.append(f"{a1(change.variable)} {name}/{what} {change.text}")
    sums = "；".join(_arithmetic(form, body, repair))
    text = "；".join(parts)
    choice = (
        "一处改动可同时解释各处不符" if count == 1 else f"有 {count} 种同样小的改法，这是其中之一"
    )
    advice = "仅为建议，未作更正，请对照原始资料核实。"
    cause = first.reason or _copied(form, first.variable, first.before)
    found = proposal(
        form,
        first.variable,
        RULE,
        first.after,
        decimals=max(first.decimals, 0),
        message=f"{choice}：{text}。改后{sums}。",
        calculation=sums,
        causes=[],
        advice=advice,
    )
    return replace(found, cause=cause)


def _copied(form: Form, cell: Cell, value: Fraction) -> str:
    """Name the figure that a wrong one may have been copied from, "" when there is none."""
    around = neighbours(form, form.fields[cell])
    return next((f"疑似照抄{name}" for name, other in around if value and other == value), "")


def _arithmetic(form: Form, body: SelfEvaluation, repair: Repair[Cell]) -> Iterator[str]:
    """Yield each sum before and after the repair: “效益指标 23 + 7 = 30”."""
    change = {one.variable: one.after - one.before for one in repair.changes}
    sums = [(key(group.name), group_points(body, group)) for group in body.labels]
    sums += [("分值合计", body.points), ("总分", body.scores)]
    for name, cells in sums:
        added = sum((change.get(cell, Fraction()) for cell in cells), Fraction())
        if added:
            before = sum((number_in(form.fields[cell]) or Fraction() for cell in cells), Fraction())
            sign = "+" if added > 0 else "−"
            yield f"{name} {plain(before)} {sign} {plain(abs(added))} = {plain(before + added)}"
