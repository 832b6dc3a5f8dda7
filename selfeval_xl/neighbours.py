"""The figures a wrong figure may have been copied from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from selfeval_xl.forms.form import Field, Form
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell, a1, column_letters


def neighbours(form: Form, found: Field) -> Iterator[tuple[str, Fraction]]:
    """Yield the nearest figures of the same measure: left, right, above and below.

    Each comes with the name a person finds it by: “左侧 E 列”, “上方 F15”.
    """
    row, column = found.cell
    sides: dict[str, Callable[[Cell], bool]] = {
        "左侧 {column} 列": lambda cell: cell[0] == row and cell[1] < column,
        "右侧 {column} 列": lambda cell: cell[0] == row and cell[1] > column,
        "上方 {cell}": lambda cell: cell[1] == column and cell[0] < row,
        "下方 {cell}": lambda cell: cell[1] == column and cell[0] > row,
    }
    same = [
        other
        for other in form.fields.values()
        if (other.cell[0] == row or other.cell[1] == column)
        and other.measure is found.measure
        and isinstance(other.stated, Quantity)
    ]
    for name, inside in sides.items():
        nearest = min(
            (other for other in same if inside(other.cell)),
            key=lambda other: _distance(other.cell, found.cell),
            default=None,
        )
        if nearest is not None and isinstance(nearest.stated, Quantity):
            yield (
                name.format(cell=a1(nearest.cell), column=column_letters(nearest.cell[1])),
                nearest.stated.value,
            )


def _distance(one: Cell, other: Cell) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
