"""The figures of a fund table as fields: their units, decimals and scales."""

from __future__ import annotations

from dataclasses import replace

from selfeval_xl.forms.form import Field, Head, Measure
from selfeval_xl.forms.fund_headings import Flow, Role, split_unit
from selfeval_xl.forms.fund_table import Column, FundTable, Row, RowKind, contents
from selfeval_xl.labels import squash
from selfeval_xl.values import Quantity, Stated, Unreadable, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

_DEFAULT_DECIMALS = {Role.COUNT: 0, Role.RATE: 4}


def figure_fields(table: FundTable, head: Head) -> dict[Cell, Field]:
    """Return a field for every figure cell, also for blank ones in rows that hold figures."""
    fields: dict[Cell, Field] = {}
    errors = table.sheet.errors
    named = [(row, row.name.rstrip(":")) for row in table.figure_rows]
    for column in table.columns:
        if column.heading.role in (Role.TEXT, Role.PRICE):
            continue
        unit = column.heading.unit
        if not unit and column.heading.role is Role.AMOUNT:
            unit = head.amount_unit
        decimals = _decimals(table, column)
        scale = _scale(table, column)
        measure, suffix, index = column.heading.measure, f"/{column.heading.label}", column.index
        for row, name in named:
            cell = row.index, index
            if table.merged and not table.owns(cell):
                continue
            stated = row.stated.get(index)
            if errors and (error := errors.get(cell)):
                stated = Unreadable(error, f"单元格为错误值 {error}")
            factor = scale
            if scale != 1 and isinstance(stated, Quantity):
                stated, factor = _as_fraction(stated)
            fields[cell] = Field(cell, name + suffix, measure, stated, unit, decimals, factor)
    for row in table.rows:
        if row.kind is RowKind.TAIL:
            fields.update(_pairs(table, row, head))
    return fields


def _as_fraction(stated: Quantity) -> tuple[Quantity, int]:
    """Return a rate written as 87.5 for 87.5 % as a fraction, with the factor between them."""
    if stated.percent:
        return stated, 1
    shortest = stated.shortest + 2 if stated.value else 0
    fraction = replace(
        stated, value=stated.value / 100, decimals=stated.decimals + 2, shortest=shortest
    )
    return fraction, 100


def _decimals(table: FundTable, column: Column) -> int:
    """Return the decimals a blank of a column is filled with: as many as its figures use.

    Balances and row totals are worked out from other columns, so they need the decimals of all
    money columns.
    """
    columns = [column]
    if column.heading.role is Role.AMOUNT and column.heading.flow in (Flow.REST, Flow.SUM):
        columns = table.of_role(Role.AMOUNT)
    used = [
        found.shortest
        for other in columns
        for row in table.rows
        if row.kind is not RowKind.TAIL
        and (found := row.figures.get(other.index)) is not None
        and not found.computed
    ]
    return max(used, default=_DEFAULT_DECIMALS.get(column.heading.role, 2))


def _scale(table: FundTable, column: Column) -> int:
    """Return 100 for a rate column written in figures without a percent sign (87.5)."""
    if column.heading.role is not Role.RATE:
        return 1
    plain = [
        found.value
        for row in table.rows
        if (found := row.quantity(column.index)) is not None and not found.percent
    ]
    if not plain:
        return 1
    marked = column.heading.unit == "%" and any(value > 1 for value in plain)
    return 100 if marked or sum(1 for value in plain if value > 2) * 2 > len(plain) else 1


def _pairs(table: FundTable, row: Row, head: Head) -> dict[Cell, Field]:
    """Return the label/value pairs of a row below the total."""
    found: dict[Cell, Field] = {}
    label, at = "", 0
    shown = contents(table.sheet, row.index)
    for column, value in [*shown, (table.sheet.width + 2, "")]:
        if _is_rate(label) and (rate := _missing_rate(table, row, at, column, value)) is not None:
            found[rate] = Field(rate, label, Measure.RATE, _written(table.sheet, rate), "", 4)
            label = ""
            if rate[1] == column:
                continue
        code = table.sheet.number_formats.get((row.index, column), "General")
        stated = read_quantity(value, code)
        if not isinstance(stated, Quantity):
            at = column
            label = squash(str(value)) if isinstance(value, str) else ""
            continue
        if not label:
            continue
        name, unit = split_unit(label.rstrip(":"))
        measure = Measure.COUNT if unit or name.endswith("数") else Measure.AMOUNT
        if unit in ("万元", "元", "亿元", "千元"):
            measure = Measure.AMOUNT
        if stated.percent or name.endswith("率"):
            measure = Measure.RATE
        elif "人" in name or "户" in name:
            measure = Measure.COUNT
        unit = unit or (head.amount_unit if measure is Measure.AMOUNT else "")
        decimals = 4 if measure is Measure.RATE else stated.shortest
        found[row.index, column] = Field((row.index, column), name, measure, stated, unit, decimals)
        label = ""
    return found


def _is_rate(label: str) -> bool:
    return label.endswith("率") and len(label) <= _LONGEST_RATE_LABEL


_LONGEST_RATE_LABEL = 12


def _missing_rate(
    table: FundTable, row: Row, label: int, column: int, value: object
) -> Cell | None:
    """Return the cell of a rate that was left blank or written so that it cannot be read."""
    beside = (row.index, table.sheet.merge((row.index, label))[3] + 1)
    if column > beside[1] and beside[1] <= max(one.index for one in table.columns):
        return beside
    written = isinstance(value, str) and value.strip()[:1].isdigit()
    unreadable = written and isinstance(_written(table.sheet, beside), Unreadable)
    return beside if column == beside[1] and unreadable else None


def _written(sheet: Sheet, cell: Cell) -> Stated:
    return read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
