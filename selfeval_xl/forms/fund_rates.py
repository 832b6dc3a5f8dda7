"""The rates of a fund table: in its rows, and in pairs of label and value below it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.forms.form import Field, Measure
from selfeval_xl.forms.fund_headings import Flow, Role
from selfeval_xl.forms.fund_table import Column, FundTable, RowKind
from selfeval_xl.forms.fund_totals import quantity_in
from selfeval_xl.relations import At, Ratio, Relation
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell

RATE = "F203"
SUPPORT = Fraction(2, 3)
"""Share of the stated rows that must bear out an equation the headings only suggest."""
_MOST_FIGURES = 16
"""Columns of figures around a rate of which any two are tried; real tables have a dozen in all."""


def rates(table: FundTable, fields: dict[Cell, Field]) -> Iterator[Relation]:
    """Yield F203 for the rate columns and for the rates below the total."""
    for rate in table.of_role(Role.RATE):
        chosen = _rate_operands(table, rate)
        if chosen is None:
            continue
        part, whole = chosen
        for row in table.figure_rows:
            target, over, under = (row.cell(c.index) for c in (rate, part, whole))
            if target in fields and under in fields and over in fields:
                yield Relation(
                    RATE,
                    target,
                    Ratio(At(over), At(under)),
                    decimals=fields[target].decimals,
                    fill=bool(row.quantity(whole.index)) and not table.sheet.text(target),
                )
    yield from _tail_rates(table, fields)


def _rate_operands(table: FundTable, rate: Column) -> tuple[Column, Column] | None:
    """Return the columns whose quotient a rate column is, as most of its rows bear out."""
    group = rate.heading.group
    every = [c for c in table.columns if c.heading.role in (Role.AMOUNT, Role.COUNT)]
    figures = _nearest(every, rate)
    near = _nearest([c for c in every if group and c.heading.group == group], rate)
    best: tuple[Fraction, int] = Fraction(), 0
    chosen = None
    for columns in (near, figures):
        for whole in columns:
            for part in columns:
                if part is whole or part.heading.role is not whole.heading.role:
                    continue
                score = _rate_support(table, rate, part, whole)
                if score[1] >= 2 and score > best:
                    best, chosen = score, (part, whole)
        if chosen:
            break
    return chosen if best[0] >= SUPPORT else None


def _nearest(columns: list[Column], rate: Column) -> list[Column]:
    """Return the columns in which a rate's operands are looked for, in their order."""
    if len(columns) <= _MOST_FIGURES:
        return columns
    nearest = sorted(columns, key=lambda column: abs(column.index - rate.index))[:_MOST_FIGURES]
    return sorted(nearest, key=lambda column: column.index)


def _rate_support(
    table: FundTable, rate: Column, part: Column, whole: Column
) -> tuple[Fraction, int]:
    met = stated = 0
    telling = False
    for row in table.figure_rows:
        quotient, over, under = (row.quantity(c.index) for c in (rate, part, whole))
        if quotient is None or over is None or under is None or not under.value:
            continue
        if not over.value and not quotient.value:
            continue  # nothing spent says nothing of what it was divided by
        stated += 1
        exact = over.value / under.value
        met += _rate_agrees(quotient, exact)
        telling = telling or exact not in (0, 1)
    flows = (part.heading.flow, whole.heading.flow)
    if not telling and flows not in ((Flow.OUT, Flow.IN), (Flow.DONE, Flow.PLAN)):
        return Fraction(), 0
    return (Fraction(met, stated), met) if stated else (Fraction(), 0)


def _rate_agrees(stated: Quantity, exact: Fraction) -> bool:
    """Tell whether a rate agrees, also when written as 87.5 for 87.5 %."""
    return agrees(stated, exact) or (not stated.percent and agrees(stated, exact * 100))


def _tail_rates(table: FundTable, fields: dict[Cell, Field]) -> Iterator[Relation]:
    """Yield the rates in label/value pairs below the total: 任务完成率 = Σ人数 ÷ 全年预计人数."""
    tail = {row.index for row in table.rows if row.kind is RowKind.TAIL}
    pairs = [cell for cell in fields if cell[0] in tail] if tail else []
    rates = [cell for cell in pairs if fields[cell].measure is Measure.RATE]
    wholes = [cell for cell in pairs if fields[cell].measure is not Measure.RATE]
    totals = [row for row in table.rows if row.kind is RowKind.TOTAL]
    if not totals:
        return
    sums = [
        totals[-1].cell(column.index)
        for column in table.of_role(Role.AMOUNT, Role.COUNT)
        if quantity_in(fields, totals[-1].cell(column.index)) is not None
    ]
    for rate in rates:
        chosen = _tail_operands(fields, rate, sums, wholes)
        if chosen is not None:
            part, whole = chosen
            yield Relation(RATE, rate, Ratio(At(part), At(whole)), decimals=fields[rate].decimals)


def _tail_operands(
    fields: dict[Cell, Field], rate: Cell, sums: list[Cell], wholes: list[Cell]
) -> tuple[Cell, Cell] | None:
    """Return dividend and divisor of a rate below the table; None when several would do."""
    money = any(word in fields[rate].label for word in ("资金", "预算", "支出", "执行", "到位"))
    candidates = [
        (part, whole)
        for whole in wholes
        for part in sums
        if fields[part].measure is fields[whole].measure
    ]
    own = [p for p in candidates if (fields[p[1]].measure is Measure.AMOUNT) is money]
    candidates = own or candidates
    stated = quantity_in(fields, rate)
    if stated is not None and len(candidates) > 1:
        met = [
            (part, whole)
            for part, whole in candidates
            if (over := quantity_in(fields, part)) is not None
            and (under := quantity_in(fields, whole)) is not None
            and under.value
            and _rate_agrees(stated, over.value / under.value)
        ]
        candidates = met[:1]
    return candidates[0] if len(candidates) == 1 else None
