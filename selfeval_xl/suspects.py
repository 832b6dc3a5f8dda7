"""Inputs that are most likely mistyped: one changed cell that settles several contradictions.

Recomputing from the inputs blames the derived figures. When one other value in a single input
makes several of them right at once, the input is to blame: the derived figures are independent
witnesses. Such a value is proposed, never written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice

from selfeval_xl.causes import Context, likely_causes
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.judging import judge
from selfeval_xl.lone_suspects import Suspect, left_blank, solve, stated_elsewhere
from selfeval_xl.neighbours import neighbours
from selfeval_xl.proposals import proposal
from selfeval_xl.relations import Relation, Sum
from selfeval_xl.rounding import decimals_of
from selfeval_xl.settings import Settings
from selfeval_xl.supported_totals import sums_in_doubt
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.wording import printed, with_cause
from selfeval_xl.workbooks.sheet import Cell, a1, parse_a1

RULE = "V201"
_MOST_REPAIRS = 3
_MOST_CANDIDATES = 24
"""Inputs tried in one round; beyond this the form has too many errors to guess at."""
_MOST_JUDGED = 100_000
"""Relations judged anew in one round; where more would be needed, as only by sheets far larger
than any form or full of errors, nothing is proposed."""
_FINDING = 20
"""As many relations that hold are judged in the time that one finding takes."""


def settle(form: Form, settings: Settings, judgement: Judgement) -> Judgement:
    """Return the judgement after proposing inputs that explain several errors at once.

    A judgement without contradictions is returned as it is. At most three inputs are proposed;
    each must leave fewer errors than before and create none.
    """
    if not any(map(_contradicts, judgement.findings)):
        return judgement
    suspects: list[Suspect] = []
    assumed: dict[Cell, Fraction] = {}
    lone = chain(left_blank(form, judgement), stated_elsewhere(form, judgement))
    for suspect in _triable(judgement, lone):
        after = judge(form, settings, assumed={suspect.cell: suspect.value})
        if _wrong(after) < _wrong(judgement):
            suspects, assumed, judgement = [suspect], {suspect.cell: suspect.value}, after
            break
    while len(suspects) < _MOST_REPAIRS:
        found = _best_suspect(form, settings, judgement, assumed)
        if found is None:
            break
        suspect, judgement = found
        assumed[suspect.cell] = suspect.value
        suspects.append(suspect)
    doubted = sums_in_doubt(form, judgement)
    trusted = frozenset(cell for cell, reason in doubted.items() if not reason)
    if trusted:
        judgement = judge(form, settings, assumed=assumed, trusted=trusted)
    for place, finding in enumerate(judgement.findings if doubted else ()):
        if finding.kind is Kind.ROOT and (reason := doubted.get(parse_a1(finding.cell))):
            judgement.findings[place] = with_cause(finding, reason)
    judgement.findings[:0] = [_finding(form, suspect) for suspect in suspects]
    return judgement


def _best_suspect(
    form: Form, settings: Settings, judgement: Judgement, assumed: dict[Cell, Fraction]
) -> tuple[Suspect, Judgement] | None:
    roots = {parse_a1(f.cell) for f in judgement.findings if _contradicts(f)}
    if len(roots) < 2:
        return None
    before = _wrong(judgement)
    found: list[tuple[int, Suspect, Judgement]] = []
    for suspect in _triable(judgement, _suspects(form, judgement, roots)):
        if suspect.cell in assumed:
            continue
        after = judge(form, settings, assumed={**assumed, suspect.cell: suspect.value})
        wrong = _wrong(after)
        if wrong < before and wrong.isdisjoint(map(a1, suspect.witnesses)):
            found.append((len(wrong), suspect, after))
    if not found:
        return None
    fewest = min(count for count, _, _ in found)
    best = [entry for entry in found if entry[0] == fewest]
    if len({suspect.cell for _, suspect, _ in best}) > 1:
        # Any of them would do; one that was left blank is the likeliest to be wrong.
        best = [entry for entry in best if form.fields[entry[1].cell].stated is None]
    if len({suspect.cell for _, suspect, _ in best}) != 1:
        return None
    # Solved from a rounded rate a figure has decimals it never had; the plainest one is meant.
    _, chosen, after = min(best, key=lambda entry: decimals_of(entry[1].value) or 0)
    return chosen, after


def _triable(judgement: Judgement, suspects: Iterator[Suspect]) -> list[Suspect]:
    """Return the suspects, none when judging the form with each would take too long."""
    once = len(judgement.form.relations) + _FINDING * len(judgement.findings)
    most = max(_MOST_JUDGED // once, 1)
    found = list(islice(suspects, most + 1))
    return found if len(found) <= most else []


def _contradicts(finding: Finding) -> bool:
    """Tell whether a derived figure is wrong by itself, whichever figure is to blame."""
    if finding.kind is Kind.UNSETTLED:
        return not isinstance(finding.stated, str)
    return finding.kind is Kind.ROOT or _cut_off(finding)


def _cut_off(finding: Finding) -> bool:
    return finding.kind is Kind.ROUNDING and finding.action is Action.CORRECTED


def _wrong(judgement: Judgement) -> set[str]:
    """Return the figures that are not what the others make them."""
    return {
        finding.cell
        for finding in judgement.findings
        if finding.level is Level.ERROR or _contradicts(finding)
    }


def _suspects(form: Form, judgement: Judgement, roots: set[Cell]) -> Iterator[Suspect]:
    """Yield inputs that two or more wrong figures are computed from, with the value they need."""
    wrong = [relation for relation in form.relations if relation.target in roots]
    used = Counter(cell for relation in wrong for cell in set(relation.equals.cells()))
    if max(used.values(), default=0) < 2:
        return
    derived = {relation.target for relation in form.relations}
    uses: dict[Cell, list[Relation]] = {}
    counts: Counter[Cell] = Counter()
    for relation in form.relations:
        for cell in set(relation.equals.cells()) - derived:
            uses.setdefault(cell, []).append(relation)
            counts[cell] += relation.target in roots
    for cell, count in counts.most_common(_MOST_CANDIDATES):
        if count < 2:
            return
        witnesses = tuple(r.target for r in uses[cell] if r.target in roots)
        for value in _needed(form, judgement, cell, uses[cell], roots):
            yield Suspect(cell, value, witnesses)


def _needed(
    form: Form, judgement: Judgement, cell: Cell, relations: list[Relation], roots: set[Cell]
) -> Iterator[Fraction]:
    """Yield the values of an input that wrong sums call for, as far as they are possible ones."""
    field = form.fields.get(cell)
    if field is None:
        return
    seen = set()
    for relation in relations:
        if relation.target not in roots:
            continue
        value = solve(form, judgement, relation.equals, relation.target, cell)
        if value is None or value < 0 or value == judgement.stated(cell):
            continue
        if not value and field.measure is Measure.POINTS:
            continue
        decimals = _decimals(field, form, relation)
        rounded = Fraction(half_up(value, decimals))
        exact = isinstance(relation.equals, Sum)
        if rounded not in seen and (not exact or rounded == value):
            seen.add(rounded)
            yield rounded


def _decimals(field: Field, form: Form, relation: Relation) -> int:
    """Return the decimals an input may have: none for counts, else those of the figures around."""
    if field.measure is Measure.COUNT:
        return 0
    target = form.fields[relation.target]
    around = [field] if target.measure is Measure.RATE else [field, target]
    stated = [f.stated.decimals for f in around if isinstance(f.stated, Quantity)]
    return max([*stated, field.decimals])


def _finding(form: Form, suspect: Suspect) -> Finding:
    field = form.fields[suspect.cell]
    stated = field.stated if isinstance(field.stated, Quantity) else None
    decimals = max(stated.decimals if stated else field.decimals, 0)
    needed = decimals_of(suspect.value)
    if stated and needed is not None and needed > decimals:
        # A stored number has lost its zeros: 343 may have to be 27.50.
        decimals = needed
        field = replace(field, stated=replace(stated, decimals=needed))
    expected_text = printed(suspect.value, field)
    stated_text = printed(stated.value, field) if stated else ""
    witnesses = "、".join(a1(cell) for cell in suspect.witnesses)
    causes: list[str] = []
    if stated:
        causes = likely_causes(
            Context(
                stated.value,
                suspect.value,
                decimals,
                stated.percent,
                neighbours=tuple(neighbours(form, field)),
                amount=field.measure is Measure.AMOUNT,
            )
        )
    start = f"填报 {stated_text}" if stated else "未填"
    advice = "请对照原始资料核实后更正本格；相关各格按填报数保留，未作更正。"
    message = (
        f"{start}，与 {witnesses} 等 {len(suspect.witnesses)} 处不符；"
        f"改为 {expected_text} 时各处均相符，疑似录入差错。"
        if stated
        else f"未填，而同栏其余各项均已填报；填 {expected_text} 时与 {witnesses} 相符，疑似漏填。"
    )
    return proposal(
        form,
        suspect.cell,
        RULE,
        suspect.value,
        decimals=decimals,
        message=message,
        calculation=f"由 {witnesses} 反推",
        causes=causes,
        advice=advice,
    )
