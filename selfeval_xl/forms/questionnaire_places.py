"""The places of a questionnaire: options, questions, totals, whatever the sheet looks like.

Every accepted layout (three rows per question, one row per question, shares beside the counts, a
row per answer) is brought into the same shape, a list of ``Block``; nothing after the readers knows
the layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.workbooks.sheet import Cell, Sheet


@dataclass(frozen=True, slots=True)
class Option:
    """An answer: how it is headed, its letter and rank, and the column of its figures."""

    label: str
    letter: str
    rank: int | None
    column: int
    share_column: int | None = None
    score_column: int | None = None


@dataclass(slots=True)
class Block:
    """A question, or the totals of all; cells are None where the form has no place for them."""

    text: str
    number: int = 0
    counts: list[Cell | None] = field(default_factory=list)
    shares: list[Cell | None] = field(default_factory=list)
    scores: list[Cell | None] = field(default_factory=list)
    total: Cell | None = None
    share_total: Cell | None = None
    score_total: Cell | None = None
    rate: Cell | None = None


@dataclass(slots=True)
class Layout:
    """A questionnaire's places. ``last_row`` is the last row that belongs to the table."""

    header_row: int
    first_body_row: int
    last_row: int
    options: list[Option]
    questions: list[Block] = field(default_factory=list)
    totals: Block | None = None
    final: Cell | None = None
    final_label: str = ""
    coefficient_row: int | None = None
    coefficients: list[Cell] = field(default_factory=list)
    """Where the coefficients stand, in the order of the options, if not in a row of their own."""
    columns: tuple[int, int] = (0, 0)
    """First and last column of the table."""
    failure: str = ""
    of_places: bool = False
    """Whether the rows are counties or units with respondents of their own, not questions."""


@dataclass(slots=True)
class Columns:
    """The roles of the columns besides the options."""

    total: int | None = None
    score: int | None = None
    rate: int | None = None
    measure: int | None = None
    labels: list[int] = field(default_factory=list)
    leading: list[int] = field(default_factory=list)
    """The columns of labels before the first option."""
    question: int = 0


def cells_of(block: Block) -> list[Cell]:
    """Return every cell of a block."""
    single = (block.total, block.share_total, block.score_total, block.rate)
    places = (*block.counts, *block.shares, *block.scores, *single)
    return [cell for cell in places if cell is not None]


def has_figure(value: object) -> bool:
    """Tell whether a value is a number or starts like one."""
    if isinstance(value, str):
        return value.strip()[:1].isdigit()
    return isinstance(value, int | float)


def has_figures(sheet: Sheet, row: int, columns: list[int]) -> bool:
    """Tell whether at least two of the cells of a row hold something that starts like a number."""
    figures = 0
    for column in columns:
        if has_figure(sheet.value((row, column))):
            figures += 1
    return figures >= 2
