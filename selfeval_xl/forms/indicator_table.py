"""The indicator table of a self-evaluation: its rows and cells, as they were read."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.forms.indicator_header import Header
from selfeval_xl.workbooks.sheet import Cell


@dataclass(slots=True)
class Group:
    """A first- or second-level indicator: the cell of its name and its rows in the table.

    ``points`` is the cell that states its points where the level has a column of its own.
    """

    cell: Cell
    name: str
    level: int
    rows: tuple[int, ...]
    points: Cell | None = None


@dataclass(slots=True)
class Indicator:
    """One row of the table. Cells are merge anchors; None where the table has no such column.

    ``groups`` are the cells that name its first- and second-level indicator. Without a column of
    points, ``points`` is the cell of the name when the name carries them.
    """

    row: int
    name: str
    cell: Cell
    groups: tuple[Cell | None, Cell | None]
    level1: str
    level2: str
    target: Cell | None
    actual: Cell | None
    points: Cell | None
    score: Cell | None
    reason: Cell | None
    sign: Cell | None = None
    unit: Cell | None = None
    merged_actual: bool = False
    """The actual shares one merged cell with the target."""


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A row named 小计 or 合计 amid the table, and the indicator rows it sums."""

    row: int
    name: str
    points: Cell | None
    score: Cell | None
    rows: tuple[int, ...]


@dataclass(slots=True)
class IndicatorTable:
    """The rows from the header to the total row and what is stated right under it."""

    header: int
    first: int
    last: int
    columns: dict[str, int]
    head: Header
    indicators: list[Indicator] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    subtotals: list[Subtotal] = field(default_factory=list)
    total_row: int | None = None
    total_points: Cell | None = None
    total_score: Cell | None = None
    further_scores: list[Cell] = field(default_factory=list)
    """Cells under the total that state the total score again."""
    grade: Cell | None = None

    @property
    def name_column(self) -> int:
        """The column of an indicator's own name: the lowest level the table has."""
        columns = self.columns
        return columns.get("level3", columns.get("level2", columns.get("level1", 0)))
