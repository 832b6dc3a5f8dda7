"""Amounts written in another money unit than their column: what is computed from them is doubted.

“300000元” in a 万元 column may be 30 万元 or a wrong unit behind a right number; the sheet alone
cannot tell. A figure that follows from either reading stands; any other is asked about and
never rewritten, and a blank is not filled.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import fields as parts_of
from dataclasses import is_dataclass, replace
from fractions import Fraction
from typing import Any

from selfeval_xl.forms.fields import foreign_unit
from selfeval_xl.forms.form import Field, Form
from selfeval_xl.relations import At, Const, Product, Relation
from selfeval_xl.units import money_ratio
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell


def foreign_units(fields: Iterable[Field]) -> dict[Cell, str]:
    """Return the cells of amounts that are written in another unit than their column's."""
    return {
        found.cell: unit
        for found in fields
        if type(stated := found.stated) is Quantity
        and stated.unit  # rarely written: asked first, of every field of every form
        and (unit := foreign_unit(found))
    }


def in_other_units(form: Form, cell: Cell) -> bool:
    """Tell whether an amount, or one it is made up of, is written in another unit than its column.

    V103 asks about it; what would compare the amount with others must wait for the answer.
    """
    cells = {cell}
    for relation in form.relations:
        if relation.target == cell:
            cells.update(relation.equals.cells())
    return any(foreign_unit(form.fields[one]) for one in cells if one in form.fields)


def with_doubts(form: Form) -> list[Relation]:
    """Return the form's relations, those over an amount in another unit doubted."""
    units = foreign_units(form.fields.values())
    if not units:
        return form.relations
    factors = {cell: money_ratio(unit, form.fields[cell].unit) for cell, unit in units.items()}
    kept, unknown = list(form.relations), set(factors)
    while True:  # a blank computed from a doubted amount is unknown, and so is what follows
        doubted = [relation for relation in kept if not unknown.isdisjoint(_cells(relation))]
        blank = {r.target for r in doubted if form.fields[r.target].stated is None}
        if not blank - unknown:
            break
        unknown |= blank
        kept = [relation for relation in kept if relation.target not in blank]
    return [
        _doubted(form, relation, factors, unknown) if relation in doubted else relation
        for relation in kept
    ]


def _cells(relation: Relation) -> tuple[Cell, ...]:
    return (*relation.equals.cells(), relation.target)


def _doubted(
    form: Form, relation: Relation, factors: Mapping[Cell, Fraction], unknown: Container[Cell]
) -> Relation:
    odd = [cell for cell in _cells(relation) if cell in factors]
    if not odd:
        names = "、".join(form.fields[cell].label for cell in _cells(relation) if cell in unknown)
        return replace(relation, doubt=relation.doubt or f"{names}无法计算", fill=False)
    named = "、".join(form.fields[cell].label for cell in odd[:2])
    doubt = relation.doubt or f"{named}的金额单位与本栏不同"
    own = relation.target in factors
    converted = (
        *relation.alternatives,
        *(_converted(one, factors) for one in (relation.equals, *relation.alternatives)),
    )
    if own:  # the result itself is written in another unit: compare in that unit too
        whole = Const(1 / factors[relation.target], "")
        converted = (*converted, *(Product(one, whole) for one in (relation.equals, *converted)))
    return replace(relation, alternatives=converted, doubt=doubt, fill=False)


def _converted(expression: Any, factors: Mapping[Cell, Fraction]) -> Any:
    """Return an expression with every amount in another unit multiplied into the column's."""
    if isinstance(expression, At):
        factor = factors.get(expression.cell)
        return expression if factor is None else Product(expression, Const(factor, ""))
    if isinstance(expression, tuple):
        return tuple(_converted(part, factors) for part in expression)
    if not is_dataclass(expression) or isinstance(expression, type):
        return expression
    changed = {
        entry.name: _converted(getattr(expression, entry.name), factors)
        for entry in parts_of(expression)
        if entry.init
    }
    return replace(expression, **changed)
