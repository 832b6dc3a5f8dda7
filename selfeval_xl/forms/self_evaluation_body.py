"""The reading of a self-evaluation: its tables and the cells that take part in its sums."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.forms.form import Field
from selfeval_xl.forms.fund_block import FundBlock
from selfeval_xl.forms.indicator_table import Group, Indicator, IndicatorTable
from selfeval_xl.workbooks.sheet import Cell


@dataclass(slots=True)
class SelfEvaluation:
    """The reading of a self-evaluation form."""

    table: IndicatorTable
    funds: FundBlock | None
    points: list[Cell] = field(default_factory=list)
    """The cells whose points count towards the total: leaves and execution."""
    scores: list[Cell] = field(default_factory=list)
    execution_points: Cell | None = None
    execution_score: Cell | None = None
    execution_row: Indicator | None = None
    """预算执行率 as a row of the indicator table."""
    budget: Cell | None = None
    executed: Cell | None = None
    rate: Cell | None = None
    total_points: Cell | None = None
    total_score: Cell | None = None
    grade: Cell | None = None
    labels: list[Group] = field(default_factory=list)
    """Groups whose name carries a number of points."""
    points_doubt: tuple[dict[Cell, Field], str] | None = None
    """Why the points cannot be trusted, and the figures of which this was found."""


def indicator_at(body: SelfEvaluation, cell: Cell) -> Indicator | None:
    """Return the indicator whose points or score stand in a cell."""
    return next((row for row in body.table.indicators if cell in (row.points, row.score)), None)
