"""Linear equations in whole numbers: what must hold without the variables set free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm


@dataclass(frozen=True, slots=True)
class Row:
    """Σ coefficient · change = −residual within ``slack``, in whole numbers.

    A row speaks of changes against the stated values, so that ``residual`` is what the equation
    misses at the stated values. Variables are indices.
    """

    terms: Mapping[int, int]
    residual: int
    slack: int

    @property
    def violated(self) -> bool:
        """Whether the stated values break the equation."""
        return abs(self.residual) > self.slack


def row(terms: Iterable[tuple[int, Fraction]], residual: Fraction, slack: Fraction) -> Row:
    """Return the equation with its denominators multiplied out."""
    merged: dict[int, Fraction] = {}
    for variable, factor in terms:
        merged[variable] = merged.get(variable, Fraction()) + factor
    numbers = [factor for factor in merged.values() if factor]
    size = lcm(residual.denominator, slack.denominator, *(n.denominator for n in numbers))
    whole = {v: int(factor * size) for v, factor in merged.items() if factor}
    return Row(whole, int(residual * size), int(slack * size))


def eliminate(rows: list[Row], variable: int) -> tuple[list[Row], Row | None, int]:
    """Return the rows implied without a variable, the row that gives it, and the work done.

    The most exact row that has the variable is used up for it; None when no row has it. The
    slack of an implied row is that of all rows in it, so no implied row is stricter than they are.
    """
    having = [one for one in rows if variable in one.terms]
    if not having:
        return rows, None, 0
    pivot = min(having, key=lambda one: (one.slack, len(one.terms)))
    rest = [
        _combined(one, pivot, variable) if variable in one.terms else one
        for one in rows
        if one is not pivot
    ]
    return rest, pivot, len(having)


def _combined(one: Row, pivot: Row, variable: int) -> Row:
    """Return ``one`` with ``variable`` taken out by means of ``pivot``."""
    left, right = pivot.terms[variable], one.terms[variable]
    if left < 0:
        left, right = -left, -right
    terms = dict(one.terms) if left == 1 else {v: f * left for v, f in one.terms.items()}
    for other, factor in pivot.terms.items():
        value = terms.get(other, 0) - factor * right
        if value:
            terms[other] = value
        else:
            del terms[other]
    return Row(
        terms,
        one.residual * left - pivot.residual * right,
        one.slack * left + pivot.slack * abs(right),
    )


def solve(rows: list[Row], free: Iterable[int]) -> dict[int, Fraction] | None:
    """Return the changes of the ``free`` variables that fulfil the rows, all others unchanged.

    None when they are not determined. Rows left over are not looked at: a caller checks the
    result, since they may hold within their slack only.
    """
    free = list(free)
    allowed = frozenset(free)
    rest = [
        Row({v: f for v, f in one.terms.items() if v in allowed}, one.residual, one.slack)
        for one in rows
    ]
    pivots: list[tuple[int, Row]] = []
    for variable in free:
        rest, pivot, _ = eliminate(rest, variable)
        if pivot is None:
            return None
        pivots.append((variable, pivot))
    changes: dict[int, Fraction] = {}
    for variable, pivot in reversed(pivots):
        known = sum(
            (factor * changes[v] for v, factor in pivot.terms.items() if v != variable),
            Fraction(pivot.residual),
        )
        changes[variable] = -known / pivot.terms[variable]
    return changes
