"""The fields of indicator score tables and the relations declared over them.

They follow from the tables and from a few facts of their figures alone, so they are put together
once for all workbooks with the same tables; what is stated is filled in afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.indicator_scores_table import Figures, Table
from selfeval_xl.relations import At, Expression, Relation
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell

UNREADABLE = "unreadable"
Kind = int | str | None
"""What kind of content a cell has: the decimals of points, 0 for any other number, UNREADABLE,
None for a blank."""


class Facts(NamedTuple):
    """What the fields and relations of a form depend on.

    ``kinds`` are those of ``cells_of(tables)`` in their order, ``decimals`` those of the scores.
    ``deducts`` tells whether 扣分 is filled at all, ``full_levels`` for each table the levels
    whose own points make up the full score.
    """

    tables: tuple[Table, ...]
    kinds: tuple[Kind, ...]
    decimals: int
    deducts: bool
    full_levels: tuple[frozenset[int], ...]
    full_score: Fraction
    disabled_rules: frozenset[str]


class PlannedField(NamedTuple):
    """A figure; ``given`` is the number its label carries, None where it is read from the cell."""

    cell: Cell
    label: str
    measure: Measure
    given: Quantity | None
    decimals: int


class PlannedRelation(NamedTuple):
    """A relation with its calculations as declared.

    ``questioned`` tells that its points may be doubted by what they add up to.
    """

    relation: Relation
    questioned: bool


class Ledger:
    """Collects the fields and relations of a form's tables."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        cells = (cell for cell, _ in cells_of(facts.tables))
        self._kinds = dict(zip(cells, facts.kinds, strict=True))
        self.at: dict[Cell, At] = {}
        self.fields: dict[Cell, PlannedField] = {}
        self.relations: dict[Cell, PlannedRelation] = {}

    def blank(self, cell: Cell) -> bool:
        """Tell whether a cell states nothing."""
        return self._kinds[cell] is None

    def unreadable(self, cell: Cell) -> bool:
        """Tell whether a cell holds something that is no number."""
        return self._kinds[cell] == UNREADABLE

    def stated(self, cell: Cell) -> bool:
        """Tell whether a cell states a number."""
        return isinstance(self._kinds[cell], int)

    def field(self, cell: Cell, label: str, measure: Measure, given: Quantity | None = None) -> At:
        """Add a figure to the form, once, and return it as an operand."""
        if cell in self.at:
            return self.at[cell]
        decimals = self.facts.decimals
        if measure is Measure.RATE:
            decimals = 4
        elif measure is Measure.POINTS:
            kind = given.decimals if given is not None else self._kinds[cell]
            decimals = kind if isinstance(kind, int) else 0
        self.fields[cell] = PlannedField(cell, label, measure, given, decimals)
        at = self.at[cell] = At(cell)
        return at

    def relate(
        self, code: str, target: Cell, candidates: list[Expression], *, decimals: int | None = None,
        fill: bool = True, correctable: bool = True, doubt: str = "", questioned: bool = False,
    ) -> None:  # fmt: skip
        """Relate a cell to one of several calculations, the first unless another fits it."""
        if not candidates or target in self.relations or code in self.facts.disabled_rules:
            return
        first, *others = candidates
        relation = Relation(
            code, target, first, tuple(others),
            self.fields[target].decimals if decimals is None else decimals,
            fill, correctable, doubt,
        )  # fmt: skip
        self.relations[target] = PlannedRelation(relation, questioned)


@lru_cache(maxsize=32)
def cells_of(tables: tuple[Table, ...]) -> tuple[tuple[Cell, bool], ...]:
    """Return the figure cells of tables and whether they hold points."""
    return tuple(cell for table in tables for cell in _cells(table))


def _cells(table: Table) -> Iterator[tuple[Cell, bool]]:
    for figures in rows_of(table):
        yield from _places((figures.points,), (*figures.scores, figures.deduction, figures.rate))
        for points, score in figures.own.values():
            yield from _places((points,), (score,))
    for leaf in table.leaves:
        yield from _places((), tuple(leaf.more_scores))
    for group in table.all_groups:
        yield from _places((group.points,), (group.score,))


def _places(
    points: tuple[Cell | None, ...], others: tuple[Cell | None, ...]
) -> Iterator[tuple[Cell, bool]]:
    yield from ((cell, True) for cell in points if cell is not None)
    yield from ((cell, False) for cell in others if cell is not None)


def rows_of(table: Table) -> Iterator[Figures]:
    """Yield the figures of every row: leaves, subtotals, the total."""
    for leaf in table.leaves:
        yield leaf.figures
    for group in table.all_groups:
        if group.subtotal is not None:
            yield group.subtotal
    if table.total is not None:
        yield table.total
