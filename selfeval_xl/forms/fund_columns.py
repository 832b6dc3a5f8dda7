"""Columns whose last figure is no sum, as their figures show: running balances, mixed units."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.forms.fund_headings import MEASURE_UNITS, Role
from selfeval_xl.forms.fund_sums import ColumnSum, total_of
from selfeval_xl.forms.fund_table import Column, FundTable, Row
from selfeval_xl.values import Quantity, agrees

_UNITS = re.compile(r"^(?:计量|计算|数量|实物)?单位$")
_LAST = re.compile(r"累计|余额|结存|期末|年末|月末")
_MOST_BESIDE = 12
"""Columns on either side of a balance among which what goes in and out is looked for."""


def added(table: FundTable, sums: list[ColumnSum]) -> list[ColumnSum]:
    """Return the totals without those of columns that are not added up."""
    doubtful = {
        found.target
        for found in sums
        if (stated := found.row.quantity(found.target[1])) is None
        or not agrees(stated, total_of(table, found.parts))
    }
    if not doubtful:
        return sums
    running: dict[int, bool] = {}
    once = _counted_once(table, sums)
    mixed = _mixed_units(table)
    kept = []
    for found in sums:
        index = found.column.index
        if found.target in doubtful:
            if index not in running:
                running[index] = _is_running(table, found.column)
            if running[index] or found.target in once or _is_other(table, found, mixed):
                continue
        kept.append(found)
    return kept


def _counted_once(table: FundTable, sums: list[ColumnSum]) -> set[tuple[int, int]]:
    """Return totals of people or households that count each but once though listed repeatedly.

    So it is where a total's money adds up and every one of its several counts falls short.
    """
    found: set[tuple[int, int]] = set()
    by_row: dict[int, list[ColumnSum]] = {}
    for one in sums:
        by_row.setdefault(one.row.index, []).append(one)
    for of_row in by_row.values():
        money, short, counts = False, [], 0
        for one in of_row:
            stated = one.row.quantity(one.target[1])
            values = [q.value for c in one.parts if (q := _figure(table, c)) is not None]
            if stated is None or not values:
                continue
            total = total_of(table, one.parts)
            if one.column.heading.role is Role.AMOUNT:
                money = money or (agrees(stated, total) and stated.value != 0)
            elif one.column.heading.role is Role.COUNT:
                counts += 1
                if max(values) <= stated.value < total:
                    short.append(one.target)
        if money and counts > 1 and len(short) == counts:
            found.update(short)
    return found


def _is_other(table: FundTable, found: ColumnSum, mixed: bool) -> bool:
    """Tell whether a total that is not the sum was never meant to be one."""
    stated = found.row.quantity(found.target[1])
    values = [q.value for c in found.parts if (q := _figure(table, c)) is not None]
    counts = found.column.heading.role in (Role.COUNT, Role.NUMBER)
    if counts and mixed:
        return True
    if stated is None:
        return False
    if counts and stated.unit and not found.column.heading.unit:
        parts = {q.unit for c in found.parts if (q := _figure(table, c)) is not None}
        if stated.unit not in parts:
            return True  # “4项” below numbers of pieces
    last = _LAST.search(found.column.heading.label) is not None
    if last and values and agrees(stated, values[-1]):
        return True
    # Nobody means amounts; of ten, the mean is their sum with the decimal point shifted.
    mean = found.column.heading.role is Role.NUMBER and len(values) > 2 and len(set(values)) > 2
    return mean and agrees(stated, total_of(table, found.parts) / len(values))


def _figure(table: FundTable, cell: tuple[int, int]) -> Quantity | None:
    return table.by_index[cell[0]].figures.get(cell[1])


def _mixed_units(table: FundTable) -> bool:
    """Tell whether a column names each row's own unit: 台, 副, 人次."""
    for column in table.of_role(Role.TEXT):
        if _UNITS.match(column.heading.leaf):
            units = {
                text for row in table.details for place, text in row.texts if place == column.index
            }
            known = len(units & MEASURE_UNITS)
            return len(units) > 1 and known * 2 > len(units)
    return False


def _is_running(table: FundTable, column: Column) -> bool:
    """Tell whether each figure is the one above plus or minus what its own row adds."""
    fewest = 2 if _LAST.search(column.heading.label) else 4
    rows = [row for row in table.details if row.quantity(column.index) is not None]
    if len(rows) < fewest:
        return False
    values = [row.figures[column.index].value for row in rows]
    steps = [value - before for before, value in zip([Fraction(), *values], values, strict=False)]
    if steps[1:] == values[1:] or all(not step for step in steps[1:]):
        return False
    return any(_follows(steps, moves, fewest) for moves in _moves(table, column, rows, steps))


def _moves(
    table: FundTable, column: Column, rows: list[Row], steps: list[Fraction]
) -> Iterator[list[Fraction]]:
    """Yield what each row may add: the figure of a column, or of one column less another."""
    others = [other for other in _beside(table, column) if other != column.index]
    figures = {c: [q.value if (q := r.quantity(c)) else Fraction() for r in rows] for c in others}
    yield from figures.values()
    for plus, minus in _pairs(steps, figures):
        yield [a - b for a, b in zip(figures[plus], figures[minus], strict=True)]


def _beside(table: FundTable, column: Column) -> list[int]:
    """Return the columns like the given one, itself included, that stand nearest to it."""
    alike = table.alike[column.heading.role]
    at = bisect_left(alike, column.index)
    return alike[max(at - _MOST_BESIDE, 0) : at + _MOST_BESIDE + 1]


def _pairs(steps: list[Fraction], figures: dict[int, list[Fraction]]) -> set[tuple[int, int]]:
    """Return the pairs of columns, one less the other, that may account for the steps.

    Two steps in three must be met (see ``_follows``): of any third of them and one more, one is.
    """
    taken = [row for row, step in enumerate(steps) if row and step]
    pairs: set[tuple[int, int]] = set()
    for row in taken[: len(taken) // 3 + 1]:
        having: dict[Fraction, list[int]] = {}
        for plus, values in figures.items():
            having.setdefault(values[row], []).append(plus)
        for minus, values in figures.items():
            pairs.update((plus, minus) for plus in having.get(steps[row] + values[row], ()))
    return pairs


def _follows(steps: list[Fraction], moves: list[Fraction], fewest: int) -> bool:
    """Tell whether the steps are the moves; the first may start from a balance brought forward."""
    pairs = list(zip(steps, moves, strict=True))
    telling = [(step, move) for step, move in pairs[1:] if step or move]
    met = sum(step == move for step, move in telling)
    started = pairs[0][0] == pairs[0][1] and pairs[0][0] != 0
    return met + started >= fewest and met > 0 and met * 3 >= len(telling) * 2
