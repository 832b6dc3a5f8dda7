"""Inputs that a single contradiction is enough to suspect, for something else speaks for it.

One addend left blank among filled ones, or an amount that stands elsewhere on the form and makes
a wrong rate right. Such a value is proposed like any other, never written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from selfeval_xl.findings import Kind
from selfeval_xl.forms.form import Form, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.relations import Expression, Ratio, Relation, Sum
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell, parse_a1


@dataclass(frozen=True, slots=True)
class Suspect:
    """An input, the value it should have and the derived cells that speak for it."""

    cell: Cell
    value: Fraction
    witnesses: tuple[Cell, ...]


def left_blank(form: Form, judgement: Judgement) -> Iterator[Suspect]:
    """Yield the one blank among the addends of a sum that is too large without it."""
    derived = {relation.target: relation for relation in reversed(form.relations)}
    for finding in judgement.findings:
        relation = derived.get(parse_a1(finding.cell)) if finding.kind is Kind.ROOT else None
        if relation is None or not isinstance(relation.equals, Sum):
            continue
        cells = list(relation.equals.cells())
        blank = [cell for cell in cells if form.fields[cell].stated is None]
        if len(blank) != 1 or len(cells) < _FEWEST_ADDENDS or blank[0] in derived:
            continue
        value = solve(form, judgement, relation.equals, relation.target, blank[0])
        known = [s for c in cells if isinstance(s := form.fields[c].stated, Quantity)]
        if value is None or value <= 0 or len(known) < len(cells) - 1:
            continue
        if value <= 2 * max(one.value for one in known):
            yield Suspect(blank[0], value, (relation.target,))


_FEWEST_ADDENDS = 4
"""Among fewer figures a blank is nothing unusual: it stands for zero."""


def stated_elsewhere(form: Form, judgement: Judgement) -> Iterator[Suspect]:
    """Yield the one amount of a wrong rate in whose place another stated amount would be right.

    Only where later figures were worked out from the stated rate, and for one amount alone that
    stands in two places (one may fit by chance):
    执行率 and 得分 fit the 全年执行数 that both breakdowns of the funds state.
    """
    followed = {finding.root for finding in judgement.findings if finding.kind is Kind.CONSEQUENCE}
    roots = {
        parse_a1(finding.cell)
        for finding in judgement.findings
        if finding.kind is Kind.ROOT and finding.place in followed
    }
    if not roots:
        return
    derived = {relation.target for relation in form.relations}
    amounts = _repeated_amounts(form)
    for relation in form.relations:
        if not isinstance(relation.equals, Ratio) or relation.target not in roots:
            continue
        operands = set(relation.equals.cells())
        twice: list[tuple[Cell, Fraction, list[Cell]]] = []
        for cell in operands - derived:
            for value, places in amounts.items() if _is_amount(form, cell) else ():
                others = [place for place in places if place not in operands]
                if others[1:] and _fits(form, judgement, relation, cell, value):
                    twice.append((cell, value, others))
        if len(twice) == 1:
            cell, value, others = twice[0]
            yield Suspect(cell, value, (relation.target, *others[:2]))


def _repeated_amounts(form: Form) -> dict[Fraction, list[Cell]]:
    """Return the amounts stated more than once, noughts left out, and where they are."""
    places: dict[Fraction, list[Cell]] = {}
    for cell, found in form.fields.items():
        if found.measure is Measure.AMOUNT and isinstance(found.stated, Quantity):
            places.setdefault(found.stated.value, []).append(cell)
    return {value: cells for value, cells in places.items() if value and cells[1:]}


def _is_amount(form: Form, cell: Cell) -> bool:
    found = form.fields.get(cell)
    return found is not None and found.measure is Measure.AMOUNT


def _fits(
    form: Form, judgement: Judgement, relation: Relation, cell: Cell, value: Fraction
) -> bool:
    """Tell whether another amount makes a rate right in place of the cell's own."""
    rate = form.fields[relation.target].stated
    if not isinstance(rate, Quantity) or value == judgement.stated(cell):
        return False

    def at(one: Cell) -> Fraction | None:
        return value if one == cell else judgement.expected.get(one)

    exact = relation.equals.value(at)
    return exact is not None and exact != 1 and agrees(rate, exact)


def solve(
    form: Form, judgement: Judgement, expression: Expression, target: Cell, cell: Cell
) -> Fraction | None:
    """Solve an expression that is linear in one cell for the target's stated value."""

    def at(other: Cell, value: Fraction) -> Fraction | None:
        if other == cell:
            return value
        stated = judgement.stated(other)
        return judgement.expected.get(other) if stated is None else stated

    goal = judgement.stated(target)
    zero = expression.value(lambda other: at(other, Fraction()))
    one = expression.value(lambda other: at(other, Fraction(1)))
    two = expression.value(lambda other: at(other, Fraction(2)))
    if goal is None or zero is None or one is None or two is None:
        return None
    slope = one - zero
    if not slope or two - one != slope:
        return None
    return (goal - zero) / slope
