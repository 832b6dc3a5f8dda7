"""What follows from what in each form, by its place on the sheet: plain arithmetic, no reading.

Every function takes a table whose inputs are printed (derived figures may still be blank, they
are then printed) and the rows and columns they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from mutation_tables import AMOUNT, COUNT, POINTS, RATE, SCORE, Table

from selfeval_xl.workbooks.sheet import Cell

COEFFICIENTS = tuple(Fraction(n, 10) for n in (10, 8, 6, 2, 0))


def questionnaire(
    table: Table,
    first: int,
    questions: int,
    *,
    left: int = 2,
    factors: Sequence[Fraction] = COEFFICIENTS,
) -> None:
    """Three rows a question (人数, 占比, 分数), three total rows, the final score below."""
    full, columns = Fraction(100, questions), range(left, left + len(factors))
    last = left + len(factors)
    for row in range(first, first + 3 * questions, 3):
        for column in columns:
            table.given((row, column), COUNT)
        table.total((row, last), COUNT, [(row, c) for c in columns], 0)
        for column, factor in zip(columns, factors, strict=True):
            share = table.ratio((row + 1, column), (row, column), (row, last))
            _times(table, (row + 2, column), share, factor * full)
        table.total((row + 1, last), RATE, [(row + 1, c) for c in columns], 2)
        table.total((row + 2, last), SCORE, [(row + 2, c) for c in columns])
    rows, end = range(first, first + 3 * questions, 3), first + 3 * questions
    for column in columns:
        table.total((end, column), COUNT, [(row, column) for row in rows], 0)
    table.total((end, last), COUNT, [(row, last) for row in rows], 0)
    for column in columns:
        table.ratio((end + 1, column), (end, column), (end, last))
        table.total((end + 2, column), SCORE, [(row + 2, column) for row in rows])
    table.total((end + 1, last), RATE, [(end + 1, c) for c in columns], 2)
    table.total((end + 2, last), SCORE, [(row + 2, last) for row in rows])
    table.total((end + 3, last), SCORE, [(row + 2, last) for row in rows])


def _times(table: Table, cell: Cell, operand: Cell, factor: Fraction) -> None:
    def exact(at: Mapping[Cell, Fraction]) -> Fraction | None:
        return at[operand] * factor if operand in at else None

    table.derive(cell, SCORE, exact, (operand,))


def _less(table: Table, cell: Cell, left: Cell, right: Cell, sort: str, decimals: int = 2) -> None:
    def exact(at: Mapping[Cell, Fraction]) -> Fraction | None:
        return at[left] - at.get(right, Fraction()) if left in at else None

    table.derive(cell, sort, exact, (left, right), decimals=decimals)


def score_rows(
    table: Table, rows: Sequence[int], total: int, *, left: int = 1, rate: bool = True
) -> None:
    """Rows of 权重, 得分, 扣分 and (with ``rate``) 得分率 above their total row."""
    for row in rows:
        table.given((row, left), POINTS)
        table.given((row, left + 1), SCORE)
    table.total((total, left), POINTS, [(row, left) for row in rows], 0)
    table.total((total, left + 1), SCORE, [(row, left + 1) for row in rows])
    for row in (*rows, total):
        _less(table, (row, left + 2), (row, left), (row, left + 1), SCORE)
        if rate:
            table.ratio((row, left + 3), (row, left + 1), (row, left))


def indicator_system(table: Table, rows: Sequence[int], total: int) -> None:
    """Fourth-level rows with 权重 (E), 得分 (G), 扣分 (H) above their total row."""
    for row in rows:
        table.given((row, 4), POINTS)
        table.given((row, 6), SCORE)
        _less(table, (row, 7), (row, 4), (row, 6), SCORE)
    table.total((total, 4), POINTS, [(row, 4) for row in rows], 0)
    table.total((total, 6), SCORE, [(row, 6) for row in rows])
    _less(table, (total, 7), (total, 4), (total, 6), SCORE)


def level_summary(table: Table, rows: Mapping[int, Sequence[int]], total: int) -> None:
    """First-level rows (权重, 得分, 扣分, 得分率 in B–E) summed from fourth-level rows (E, G)."""
    for row, below in rows.items():
        table.total((row, 1), POINTS, [(one, 4) for one in below], 0)
        table.total((row, 2), SCORE, [(one, 6) for one in below])
        _less(table, (row, 3), (row, 1), (row, 2), SCORE)
        table.ratio((row, 4), (row, 2), (row, 1))
    table.total((total, 1), POINTS, [(row, 1) for row in rows], 0)
    table.total((total, 2), SCORE, [(row, 2) for row in rows])
    _less(table, (total, 3), (total, 1), (total, 2), SCORE)
    table.ratio((total, 4), (total, 2), (total, 1))


def columns_summed(
    table: Table, rows: Sequence[int], total: int, columns: Mapping[int, tuple[str, int]]
) -> None:
    """A total row under columns of figures: column → sort and decimals."""
    for column, (sort, decimals) in columns.items():
        cells = [table.given((row, column), sort) for row in rows]
        table.total((total, column), sort, cells, decimals)


def balances(
    table: Table, rows: Sequence[int], total: int, left: int, used: int, rest: int
) -> None:
    """结余 = 下达 − 使用 in each row and in the total row."""
    for row in rows:
        _less(table, (row, rest), (row, left), (row, used), AMOUNT)
    cells = [(row, rest) for row in rows]
    table.total((total, rest), AMOUNT, cells)


def self_evaluation(
    table: Table,
    fund: int,
    indicators: Sequence[int],
    total: int,
    *,
    parts: Sequence[int] = (),
    columns: Sequence[int] = (3, 4, 5),
) -> None:
    """Fund row (D–F amounts, G points, H rate, I score), indicator rows (G, H) and their total."""
    for column in columns:
        for row in parts:
            table.given((row, column), AMOUNT)
        if any((row, column) in table.figures for row in parts):
            table.total((fund, column), AMOUNT, [(row, column) for row in parts])
        else:
            table.given((fund, column), AMOUNT)
    points, rate, score = (fund, 6), (fund, 7), (fund, 8)
    table.given(points, POINTS)
    table.ratio(rate, (fund, 5), (fund, 4))

    def capped(at: Mapping[Cell, Fraction]) -> Fraction | None:
        return at[points] * min(Fraction(1), at[rate]) if rate in at and points in at else None

    table.derive(score, SCORE, capped, (points, rate))
    for row in indicators:
        table.given((row, 6), POINTS)
        table.given((row, 7), SCORE)
        label = next(one for one in range(row, 0, -1) if table.text((one, 1)))
        table.bound[row, 6] = ((label, 1),)
    table.total((total, 6), POINTS, [points, *((row, 6) for row in indicators)], 0)
    table.total((total, 7), SCORE, [score, *((row, 7) for row in indicators)])


def base_data(table: Table, row_of: Mapping[str, int], special: Sequence[int]) -> None:
    """基础数据: three figure columns (B, D, F); rows by their name."""
    staff = row_of["staff"]
    table.given((staff, 1), COUNT)
    table.given((staff, 3), COUNT)
    table.ratio((staff, 5), (staff, 3), (staff, 1))
    sums = {
        "vehicles": [row_of["purchase"], row_of["running"]],
        "public": [row_of["vehicles"], row_of["abroad"], row_of["reception"]],
        "special": list(special),
        "projects": [row_of["business"], row_of["operation"], row_of["special"]],
    }
    for name in ("purchase", "running", "abroad", "reception", "business", "operation"):
        for column in (1, 3, 5):
            table.given((row_of[name], column), AMOUNT)
    for row in special:
        for column in (1, 3, 5):
            table.given((row, column), AMOUNT)
    for name, rows in sums.items():
        for column in (1, 3, 5):
            table.total((row_of[name], column), AMOUNT, [(row, column) for row in rows])
    if "building" in row_of:
        row = row_of["building"]
        for column in (1, 2, 4, 5):
            table.given((row, column), AMOUNT)
        table.ratio((row, 3), (row, 2), (row, 1))
        table.ratio((row, 6), (row, 5), (row, 4))
