"""The smallest changes of inputs that make contradicting identities hold.

Error localisation after Fellegi and Holt (1976): of all sets of figures that could be changed so
that every identity holds, the smallest is the most likely place of the errors. The search branches
on the figures of an identity that is still broken after the figures already set free have been
eliminated; every sufficient set must contain one of them, so no smallest set is missed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Generic, TypeVar

from selfeval_xl import digits
from selfeval_xl.elimination import Row, eliminate, row, solve
from selfeval_xl.rounding import decimals_of, half_up

V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Constraint(Generic[V]):
    """Σ coefficient · value + ``constant`` = 0 within ``tolerance``."""

    terms: tuple[tuple[V, Fraction], ...]
    constant: Fraction = Fraction()
    tolerance: Fraction = Fraction()
    name: str = ""

    def misses(self, values: Mapping[V, Fraction]) -> Fraction:
        """Return by how much the values miss the identity (left side minus zero)."""
        numerator, denominator = self.constant.numerator, self.constant.denominator
        for variable, factor in self.terms:
            value = values[variable]
            size = value.denominator * factor.denominator
            number = value.numerator * factor.numerator
            if denominator % size:
                numerator, denominator = numerator * size, denominator * size
            numerator += number * (denominator // size)
        return Fraction(numerator, denominator)

    def holds(self, values: Mapping[V, Fraction]) -> bool:
        """Tell whether the values fulfil the identity."""
        return abs(self.misses(values)) <= self.tolerance


@dataclass(frozen=True, slots=True)
class Change(Generic[V]):
    """One figure's change; ``reason`` says in Chinese what typing error it looks like, or ""."""

    variable: V
    before: Fraction
    after: Fraction
    reason: str
    cost: int
    """How little it looks like a typing error: 1 (typical) to 4 (not at all)."""
    decimals: int = 2

    @property
    def text(self) -> str:
        """The change as people read it: “161 → 116：疑似两位数字颠倒”."""
        figures = f"{_plain(self.before, self.decimals)} → {_plain(self.after, self.decimals)}"
        return f"{figures}：{self.reason}" if self.reason else figures


@dataclass(frozen=True, slots=True)
class Repair(Generic[V]):
    """A smallest set of changes that makes all identities hold."""

    changes: tuple[Change[V], ...]
    cost: int
    """Sum of the changes' costs; figures that change together count once."""

    @property
    def variables(self) -> frozenset[V]:
        """The figures to change."""
        return frozenset(change.variable for change in self.changes)

    @property
    def text(self) -> str:
        """All changes in one line."""
        return "；".join(change.text for change in self.changes)


@dataclass(frozen=True, slots=True)
class Repairs(Generic[V]):
    """What the search found.

    ``solutions`` are all smallest repairs, those that look most like typing errors first; empty
    when nothing is broken or no repair of the allowed size exists. ``complete`` is False when the
    search gave up: there may be others of the same size, or smaller ones than none.
    """

    solutions: tuple[Repair[V], ...] = ()
    complete: bool = True

    @property
    def proposals(self) -> tuple[Repair[V], ...]:
        """The solutions that look equally and most like typing errors."""
        return tuple(one for one in self.solutions if one.cost == self.solutions[0].cost)


def smallest_repairs(
    values: Mapping[V, Fraction],
    constraints: Sequence[Constraint[V]],
    *,
    fixed: AbstractSet[V] = frozenset(),
    groups: Sequence[tuple[V, ...]] = (),
    decimals: Mapping[V, int] | None = None,
    neighbours: Mapping[V, Sequence[tuple[str, Fraction]]] | None = None,
    largest: int = 3,
    budget: int = 20000,
) -> Repairs[V]:
    """Return every smallest repair of at most ``largest`` changes.

    ``groups`` are figures that may change together and then count as one change; none of a
    group's new figures may be larger than its first (points before score). A new figure has at
    most the ``decimals`` given for it and is not negative unless the old one was. Figures in
    ``fixed`` never change. ``neighbours`` are the figures each may have been copied from.
    ``budget`` bounds the work (equations combined). A constraint on unknown variables is ignored;
    a repair whose figures the constraints do not determine is no repair, and nothing larger than
    such a repair is proposed.
    """
    known = [one for one in constraints if all(v in values for v, _ in one.terms)]
    if all(one.holds(values) for one in known):
        return Repairs()
    problem = _Problem(
        values,
        known,
        fixed=fixed,
        groups=groups,
        decimals=decimals or {},
        neighbours=neighbours or {},
    )
    search = _Search(problem, budget)
    for size in range(1, largest + 1):
        if size > search.last:
            break
        search.size = size
        try:
            search.descend(problem.rows, (), frozenset())
        except _GaveUpError:
            return Repairs(problem.ranked(search.found), complete=False)
        if search.found:
            break
    return Repairs(problem.ranked(search.found))


class _Problem(Generic[V]):
    """The identities by index, and what a figure may become."""

    def __init__(
        self,
        values: Mapping[V, Fraction],
        constraints: Sequence[Constraint[V]],
        *,
        fixed: AbstractSet[V],
        groups: Sequence[tuple[V, ...]],
        decimals: Mapping[V, int],
        neighbours: Mapping[V, Sequence[tuple[str, Fraction]]],
    ) -> None:
        self.values = values
        self.constraints = constraints
        self.decimals = decimals
        self.neighbours = neighbours
        self.groups = groups
        used = dict.fromkeys(v for one in constraints for v, _ in one.terms)
        self.variables = list(used)
        index = {variable: place for place, variable in enumerate(self.variables)}
        self.rows = [
            row(((index[v], f) for v, f in one.terms), one.misses(values), one.tolerance)
            for one in constraints
        ]
        # A unit is what counts as one change: a figure, or the figures of a group.
        self.unit_of: dict[int, int] = {}
        self.members: list[list[int]] = []
        for group in [*groups, *((variable,) for variable in self.variables)]:
            free = [index[v] for v in group if v in index and v not in fixed]
            free = [v for v in free if v not in self.unit_of]
            if free:
                self.unit_of.update(dict.fromkeys(free, len(self.members)))
                self.members.append(free)

    def repairs(self, units: tuple[int, ...]) -> Iterator[dict[int, Fraction]]:
        """Yield the new figures that changing exactly these units may lead to."""
        free = [v for unit in units for v in self.members[unit]]
        for size in range(len(free), 0, -1):
            found = False
            for chosen in combinations(free, size):
                if size < len(free) and {self.unit_of[v] for v in chosen} != set(units):
                    continue
                changes = solve(self.rows, chosen)
                if changes is not None:
                    found = True
                    if (after := self._allowed(units, changes)) is not None:
                        yield after
            if found:
                return

    def _allowed(
        self, units: tuple[int, ...], changes: Mapping[int, Fraction]
    ) -> dict[int, Fraction] | None:
        """Return the changed figures by index, None when they cannot be meant."""
        after: dict[int, Fraction] = {}
        for place, change in changes.items():
            variable = self.variables[place]
            before = self.values[variable]
            value = before + change
            if variable in self.decimals:
                value = Fraction(half_up(value, self.decimals[variable]))
            if value < 0 <= before:
                return None
            if value != before:
                after[place] = value
        if {self.unit_of[place] for place in after} != set(units):
            return None
        values = _Changed(self.values, {self.variables[p]: value for p, value in after.items()})
        if not all(one.holds(values) for one in self.constraints):
            return None
        return after if self._groups_hold(values) else None

    def _groups_hold(self, values: _Changed[V]) -> bool:
        return all(
            values[variable] <= values[group[0]]
            for group in self.groups
            if not values.changed.keys().isdisjoint(group) and group[0] in values
            for variable in group[1:]
            if variable in values
        )

    def ranked(self, found: Sequence[dict[int, Fraction]]) -> tuple[Repair[V], ...]:
        """Return the repairs found, those most like typing errors first."""
        return tuple(sorted(map(self._repair, found), key=lambda repair: repair.cost))

    def _repair(self, after: dict[int, Fraction]) -> Repair[V]:
        changes = {place: self._change(place, value) for place, value in after.items()}
        costs: dict[int, int] = {}
        for place, change in changes.items():
            unit = self.unit_of[place]
            costs[unit] = max(costs.get(unit, 0), change.cost)
        ordered = tuple(changes[place] for place in sorted(changes))
        return Repair(ordered, sum(costs.values()))

    def _change(self, place: int, after: Fraction) -> Change[V]:
        variable = self.variables[place]
        before = self.values[variable]
        shown = max(decimals_of(before) or 0, decimals_of(after) or 0, 0)
        reason, cost = digits.typing_error(before, after, shown, self.neighbours.get(variable, ()))
        return Change(variable, before, after, reason, cost, shown)


@dataclass(frozen=True, slots=True)
class _Changed(Mapping[V, Fraction]):
    """Values with some of them changed."""

    stated: Mapping[V, Fraction]
    changed: Mapping[V, Fraction]

    def __getitem__(self, variable: V) -> Fraction:
        return self.changed[variable] if variable in self.changed else self.stated[variable]

    def __iter__(self) -> Iterator[V]:
        return iter(self.stated)

    def __len__(self) -> int:
        return len(self.stated)


class _GaveUpError(Exception):
    """The budget is used up."""


_WORK_TO_SOLVE = 5  # solving for one figure and testing it, in equations combined


class _Search(Generic[V]):
    """Depth-first search for all sufficient sets of exactly ``size`` units."""

    def __init__(self, problem: _Problem[V], budget: int) -> None:
        self.problem = problem
        self.left = budget
        self.size = 0
        self.last = len(problem.members)
        self.found: list[dict[int, Fraction]] = []

    def descend(self, rows: list[Row], units: tuple[int, ...], barred: frozenset[int]) -> None:
        """Extend ``units``, already eliminated from ``rows``, in every way not barred."""
        broken = [one for one in rows if one.violated]
        if not broken:
            if len(units) == self.size:
                self._solve(units)
            return
        candidates = self._candidates(broken, self.size - len(units), barred)
        for place, unit in enumerate(candidates):
            rest = rows
            for variable in self.problem.members[unit]:
                rest, _, work = eliminate(rest, variable)
                self.left -= work + 1
            if self.left < 0:
                raise _GaveUpError
            self.descend(rest, (*units, unit), barred | frozenset(candidates[:place]))

    def _solve(self, units: tuple[int, ...]) -> None:
        """Take up the repairs that these units allow.

        Where they would have to take impossible figures, one unit more makes them possible and
        leaves them undetermined; larger repairs would no longer be the smallest.
        """
        self.left -= _WORK_TO_SOLVE * len(units)
        before = len(self.found)
        self.found.extend(self.problem.repairs(units))
        if len(self.found) == before:
            self.last = min(self.last, self.size + 1)

    def _candidates(self, broken: list[Row], depth: int, barred: frozenset[int]) -> list[int]:
        """Return the units one of which every sufficient set of ``depth`` more must contain."""
        if depth == 0:
            return []
        unit_of = self.problem.unit_of
        hitting = [
            dict.fromkeys(
                unit_of[v] for v in one.terms if v in unit_of and unit_of[v] not in barred
            )
            for one in broken
        ]
        self.left -= len(broken)
        hitting.sort(key=len)
        if depth == 1:
            return [unit for unit in hitting[0] if all(unit in other for other in hitting[1:])]
        apart: set[int] = set()
        count = 0
        for units in hitting:
            if apart.isdisjoint(units):
                apart.update(units)
                count += 1
        return list(hitting[0]) if count <= depth else []


def _plain(value: Fraction, decimals: int) -> str:
    return digits.shown(value, decimals)
