"""What must equal what in a fund table: column totals, row totals, balances and rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.forms.form import Field
from selfeval_xl.forms.fund_headings import Flow, Role, is_sum
from selfeval_xl.forms.fund_rates import SUPPORT, rates
from selfeval_xl.forms.fund_readings import column_sums
from selfeval_xl.forms.fund_table import Column, FundTable, Row, RowKind
from selfeval_xl.forms.fund_totals import column_totals, is_odd, quantity_in
from selfeval_xl.relations import At, Difference, Expression, Relation, Sum
from selfeval_xl.values import agrees
from selfeval_xl.workbooks.sheet import Cell

BALANCE, ROW_TOTAL = "F202", "F204"


def relations(table: FundTable, fields: dict[Cell, Field]) -> list[Relation]:
    """Return the table's relations, one for a cell; a column total comes before a row's."""
    found: dict[Cell, Relation] = {}
    for relation in _all(table, fields):
        if relation.target in fields and relation.target not in found:
            found[relation.target] = relation
    return list(found.values())


def _all(table: FundTable, fields: dict[Cell, Field]) -> Iterator[Relation]:
    sums, unclear = column_sums(table)
    odd = {cell for cell, found in fields.items() if is_odd(found)}
    totals = list(column_totals(table, fields, sums, unclear, odd))
    yield from totals
    taken = {relation.target for relation in totals}
    yield from _row_totals(table, fields, taken)
    yield from _balances(table, fields, taken)
    yield from rates(table, fields)


def _row_totals(
    table: FundTable, fields: dict[Cell, Field], taken: set[Cell]
) -> Iterator[Relation]:
    for column in table.columns:
        if not column.summable or not is_sum(column.heading.leaf):
            continue
        parts = _best_parts(table, column)
        if not parts:
            continue
        for row in table.figure_rows:
            target = row.cell(column.index)
            if target in taken or target not in fields or not _own(table, target):
                continue
            cells = [row.cell(part.index) for part in parts if _own(table, row.cell(part.index))]
            if any(quantity_in(fields, cell) is not None for cell in cells):
                yield Relation(
                    ROW_TOTAL,
                    target,
                    Sum(tuple(map(At, cells))),
                    decimals=fields[target].decimals,
                    fill=not table.sheet.text(target),
                )


def _best_parts(table: FundTable, column: Column) -> tuple[Column, ...]:
    """Return the part columns of a 合计 column that most rows bear out, () when none.

    Where the header itself groups the parts with the 合计, the rows of details are enough: the
    table's own total repeats the mistake of the row it counts.
    """
    best: tuple[Column, ...] = ()
    best_score = Fraction()
    for parts in _part_candidates(table, column):
        rows = table.figure_rows
        score = _support(rows, column, parts)
        if _grouped(column, parts):
            details = [row for row in rows if row.kind is RowKind.DETAIL]
            score = max(score, _support(details, column, parts))
        if score > max(best_score, SUPPORT - Fraction(1, 100)):
            best, best_score = parts, score
    return best


def _support(rows: Iterable[Row], column: Column, parts: tuple[Column, ...]) -> Fraction:
    """Return the share of the rows whose figures bear a 合计 column out."""
    met = stated = 0
    for row in rows:
        total = row.quantity(column.index)
        values = [q.value for part in parts if (q := row.quantity(part.index)) is not None]
        if total is None or not values or not (total.value or any(values)):
            continue
        stated += 1
        met += agrees(total, exact.total(values))
    return Fraction(met, stated) if stated else Fraction()


def _grouped(column: Column, parts: tuple[Column, ...]) -> bool:
    """Tell whether a 合计 stands with its parts, and nothing else, under one heading."""
    group = column.heading.group
    return bool(group) and all(part.heading.group == group for part in parts)


def _part_candidates(table: FundTable, column: Column) -> Iterator[tuple[Column, ...]]:
    """Yield what a 合计 column may be the sum of: its group, or the columns beside it."""
    same = [
        other
        for other in table.columns
        if other.summable
        and other.index != column.index
        and other.heading.role is column.heading.role
    ]
    group = column.heading.group
    if group:
        siblings = tuple(o for o in same if o.heading.path[: len(group)] == group)
        yield from _if_parts(o for o in siblings if not is_sum(o.heading.leaf))
    right = [other for other in same if other.index > column.index]
    left = [other for other in same if other.index < column.index]
    yield from _if_parts(_until_sum(right))
    yield from _if_parts(reversed(list(_until_sum(reversed(left)))))
    yield from _if_parts(o for o in same if is_sum(o.heading.leaf) and o.heading.group)


def _until_sum(columns: Iterable[Column]) -> Iterator[Column]:
    for column in columns:
        if is_sum(column.heading.leaf):
            return
        yield column


def _if_parts(columns: Iterable[Column]) -> Iterator[tuple[Column, ...]]:
    found = tuple(columns)
    if len(found) > 1:
        yield found


def _balances(table: FundTable, fields: dict[Cell, Field], taken: set[Cell]) -> Iterator[Relation]:
    for rest in _of_flow(table, Flow.REST):
        chosen = _balance_operands(table, rest)
        if chosen is None:
            continue
        prior, given, used = chosen
        for row in table.figure_rows:
            target = row.cell(rest.index)
            if target in taken or target not in fields or not _own(table, target):
                continue
            granted = row.quantity(given.index)
            if granted is None or not _own(table, row.cell(used.index)):
                continue
            income: Expression = At(row.cell(given.index))
            if prior is not None and row.quantity(prior.index) is not None:
                income = Sum((At(row.cell(prior.index)), income))
            spent = row.quantity(used.index)
            zero = spent is None or exact.compare(spent.value, granted.value) == 0
            yield Relation(
                BALANCE,
                target,
                Difference(income, At(row.cell(used.index))),
                decimals=fields[target].decimals,
                fill=not zero and not table.sheet.text(target),
            )


_ENOUGH_OF_ONE = Fraction(2, 5)
"""Share of the rows that must bear out a balance when only one pair of columns may do."""

_Operands = tuple[Column | None, Column, Column]


def _balance_operands(table: FundTable, rest: Column) -> _Operands | None:
    """Return carried-over, given and used column of a balance column, None when unclear."""
    group = rest.heading.group
    columns = [c for c in table.of_role(Role.AMOUNT) if c.index != rest.index]
    within = [c for c in columns if c.heading.group == group]
    if group and {Flow.IN, Flow.OUT} <= {c.heading.flow for c in within}:
        columns = within
    given = [c for c in columns if c.heading.flow is Flow.IN]
    used = [c for c in columns if c.heading.flow is Flow.OUT] or given[1:]
    priors: list[Column | None] = [None, *(c for c in columns if c.heading.flow is Flow.PRIOR)]
    candidates = [(p, g, u) for p in priors for g in reversed(given) for u in used if g is not u]
    if not candidates:
        return None
    scored = [(_balance_support(table, rest, candidate), candidate) for candidate in candidates]
    best, chosen = max(scored, key=lambda pair: pair[0])
    only = len(candidates) == 1
    few = sum(1 for row in table.figure_rows if row.quantity(rest.index) is not None) < 3
    return chosen if best >= SUPPORT or (only and (few or best >= _ENOUGH_OF_ONE)) else None


def _balance_support(table: FundTable, rest: Column, candidate: _Operands) -> Fraction:
    prior, given, used = candidate
    met = stated = 0
    for row in table.figure_rows:
        figures = row.figures
        balance, income = figures.get(rest.index), figures.get(given.index)
        spent = figures.get(used.index)
        if balance is None or income is None or spent is None:
            continue
        carried = figures.get(prior.index) if prior else None
        if not (balance.value or income.value or spent.value):
            continue
        stated += 1
        value = exact.difference(income.value, spent.value)
        met += agrees(balance, exact.total((value, carried.value)) if carried else value)
    return Fraction(met, stated) if stated else Fraction()


def _of_flow(table: FundTable, flow: Flow) -> list[Column]:
    return [c for c in table.of_role(Role.AMOUNT) if c.heading.flow is flow]


def _own(table: FundTable, cell: Cell) -> bool:
    """Tell whether a cell stands for itself and for one row only."""
    if not table.merged:
        return True
    merge = table.sheet.merge(cell)
    return merge[:2] == cell and merge[0] == merge[2]
