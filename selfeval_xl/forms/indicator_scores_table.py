"""An indicator score table as it was read: its groups, leaves, subtotals, total and grade."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.forms.indicator_scores_columns import Columns
from selfeval_xl.workbooks.sheet import Cell


@dataclass(slots=True)
class Figures:
    """The figure cells of a row; None where it has no cell of its own (below a merge)."""

    points: Cell | None = None
    scores: list[Cell] = field(default_factory=list)
    deduction: Cell | None = None
    rate: Cell | None = None
    reason: Cell | None = None
    own: dict[int, tuple[Cell | None, Cell | None]] = field(default_factory=dict)
    """Points and score cells of the levels that have columns of their own, by level place."""


@dataclass(slots=True)
class Leaf:
    """A scored row, or several that share one merged points cell."""

    row: int
    name: str
    cell: Cell | None
    figures: Figures
    more_scores: list[Cell] = field(default_factory=list)

    def scores(self, place: int) -> list[Cell]:
        """Return its scores in the column ``place``, over all its rows in the first one."""
        scores = self.figures.scores[place : place + 1]
        return [*scores, *self.more_scores] if place == 0 else scores


@dataclass(slots=True)
class Group:
    """An indicator above the leaves, with everything below it."""

    place: int
    name: str
    cell: Cell
    points: Cell | None = None
    score: Cell | None = None
    leaves: list[Leaf] = field(default_factory=list)
    children: list[Group] = field(default_factory=list)
    subtotal: Figures | None = None


@dataclass(slots=True, eq=False)  # the tables of several sheets of one shape are one
class Table:
    """A table of indicator scores. ``groups`` holds the outermost level when there are several."""

    header_row: int
    first_body_row: int
    last_row: int
    columns: Columns
    extent: tuple[int, int]
    """First and last column of the table."""
    groups: list[Group] = field(default_factory=list)
    all_groups: list[Group] = field(default_factory=list)
    """The groups with everything below them, outermost first."""
    leaves: list[Leaf] = field(default_factory=list)
    total: Figures | None = None
    grade: Cell | None = None
    failure: str = ""

    @property
    def detailed(self) -> bool:
        """Tell whether the table has more than one level."""
        return len(self.columns.levels) > 1
