"""Figures of a form read from their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from selfeval_xl.exact import total
from selfeval_xl.forms.form import Field, Measure
from selfeval_xl.units import money_scale
from selfeval_xl.values import Quantity, Unreadable, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1

_LARGEST_FRACTION = Fraction(3)
"""A rate written as a number above this without a percent sign is a percentage (87.5 = 87.5 %)."""


def read_field(
    sheet: Sheet,
    cell: Cell,
    label: str,
    measure: Measure,
    *,
    unit: str = "",
    decimals: int = 2,
    percent_heading: bool = False,
) -> Field:
    """Read one figure.

    A rate without a percent sign is a percentage when its heading says so or when it is too
    large for a fraction; points given as a percentage of 100 are turned into points. An error
    value such as #REF! is unreadable.
    """
    if sheet.errors and (error := sheet.errors.get(cell)):
        unreadable = Unreadable(error, f"单元格为错误值 {error}")
        return Field(cell, label, measure, unreadable, unit, decimals)
    stated = read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
    if not isinstance(stated, Quantity):
        return Field(cell, label, measure, stated, unit, decimals)
    if measure is Measure.RATE and not stated.percent:
        if abs(stated.value) > _LARGEST_FRACTION or (percent_heading and abs(stated.value) > 1):
            return Field(cell, label, measure, _shifted(stated, -2), unit, decimals, 100)
    elif stated.percent and measure in (Measure.POINTS, Measure.SCORE):
        stated = replace(_shifted(stated, 2), percent=False)
    return Field(cell, label, measure, stated, unit, decimals)


def _shifted(stated: Quantity, places: int) -> Quantity:
    """Move the decimal point of a stated number: 87.5 → 0.875 for places = -2."""
    factor = Fraction(10) ** places
    return replace(
        stated,
        value=stated.value * factor,
        decimals=stated.decimals - places,
        shortest=max(stated.shortest - places, 0) if stated.value else stated.shortest,
    )


def number_in(field: Field | None) -> Fraction | None:
    """Return the number a field states, None when it is blank, unreadable or no field."""
    return field.stated.value if field and isinstance(field.stated, Quantity) else None


def foreign_unit(found: Field) -> str:
    """Return the money unit written in a cell when it is not its column's, else ""."""
    stated = found.stated
    if found.measure is not Measure.AMOUNT or not isinstance(stated, Quantity):
        return ""
    if not stated.unit or not found.unit:
        return ""
    written, own = money_scale(stated.unit), money_scale(found.unit)
    if written is None or own is None or written == own:
        return ""
    return stated.unit if stated.unit.endswith("元") else f"{stated.unit}元"


def total_in(fields: Mapping[Cell, Field], cells: Iterable[Cell]) -> Fraction | None:
    """Return the sum of the numbers that cells state, None when none of them states one."""
    known = [number for cell in cells if (number := number_in(fields[cell])) is not None]
    return total(known) if known else None


def place(sheet: Sheet, cell: Cell) -> str:
    """Return a cell's address with its sheet as people read it: “问卷”F3."""
    return f"“{sheet.name}”{a1(cell)}"
