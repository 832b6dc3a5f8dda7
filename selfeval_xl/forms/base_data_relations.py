"""What must equal what in the department's base data."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval_xl import exact
from selfeval_xl.forms.base_data_items import Item
from selfeval_xl.forms.base_data_table import BaseData, BaseRow
from selfeval_xl.forms.form import Field
from selfeval_xl.relations import At, Ratio, Relation, Sum
from selfeval_xl.values import Quantity, Unreadable, agrees
from selfeval_xl.workbooks.sheet import Cell

STAFF_RATE, THREE_PUBLIC, VEHICLES, SPECIAL, PROJECTS, SIZE_RATE, INVESTMENT_RATE = (
    f"B20{number}" for number in range(1, 8)
)


def relations(data: BaseData, fields: dict[Cell, Field]) -> list[Relation]:
    """Return the form's relations; each target has its field."""
    return [relation for relation in _all(data, fields) if relation.target in fields]


def _all(data: BaseData, fields: dict[Cell, Field]) -> Iterator[Relation]:
    for staff in data.staff:
        yield from _ratio(STAFF_RATE, staff.rate, staff.actual, staff.quota, fields)
    vehicles = data.of(Item.VEHICLE_PURCHASE, Item.VEHICLE_RUNNING)
    parts = data.of(Item.VEHICLES, Item.ABROAD, Item.RECEPTION)
    if data.row(Item.VEHICLES) is None:
        parts = [*vehicles, *parts]
    yield from _sums(VEHICLES, data.row(Item.VEHICLES), vehicles, fields)
    yield from _sums(THREE_PUBLIC, data.row(Item.THREE_PUBLIC), parts, fields)
    project_parts = data.of(Item.BUSINESS, Item.OPERATION, Item.OTHER_PROJECT)
    specials = data.of(Item.SPECIAL)
    for special in specials:
        funds = _below(data, special)
        yield from _sums(SPECIAL, special, funds, fields, heading=True)
        heads_only = funds and not _filled(special, fields)
        project_parts += funds if heads_only else [special]
    if not specials:
        project_parts += data.of(Item.SPECIAL_FUND)
    yield from _sums(PROJECTS, data.row(Item.PROJECTS), project_parts, fields, heading=True)
    for building in data.buildings:
        approved, actual, rate = building.size
        yield from _ratio(SIZE_RATE, rate, actual, approved, fields)
        approved, actual, rate = building.investment
        yield from _ratio(INVESTMENT_RATE, rate, actual, approved, fields)


def _ratio(
    rule: str,
    rate: Cell | None,
    actual: Cell | None,
    approved: Cell | None,
    fields: dict[Cell, Field],
) -> Iterator[Relation]:
    if rate is None or actual is None or approved is None:
        return
    if actual in fields and approved in fields:
        yield Relation(rule, rate, Ratio(At(actual), At(approved)), decimals=4)


def _sums(
    rule: str,
    total: BaseRow | None,
    parts: list[BaseRow],
    fields: dict[Cell, Field],
    *,
    heading: bool = False,
) -> Iterator[Relation]:
    """Yield a sum for each column.

    With ``heading`` a total left blank in every column is a mere heading and is not filled.
    Where the total differs in every one of several columns it may be made up of other rows; it
    is asked about once.
    """
    if total is None or not parts:
        return
    fill = not heading or _filled(total, fields)
    unlike = _unlike(total, parts, fields)
    for place, target in enumerate(total.cells):
        cells = [row.cells[place] for row in parts]
        bad = [cell for cell in cells if isinstance(fields[cell].stated, Unreadable)]
        doubt = f"{fields[bad[0]].label}不是数字，无法计算合计" if bad else ""
        if unlike and not doubt:
            if target != unlike[0]:
                continue
            doubt = "各年度都不等于所列各项之和，不能断定由哪些行组成"
        yield Relation(
            rule,
            target,
            Sum(tuple(map(At, cells))),
            decimals=fields[target].decimals,
            fill=fill,
            doubt=doubt,
        )


def _unlike(total: BaseRow, parts: list[BaseRow], fields: dict[Cell, Field]) -> list[Cell]:
    """Return the total's cells when several are stated and none is the sum of its parts."""
    stated = [
        (cell, found, place)
        for place, cell in enumerate(total.cells)
        if isinstance(found := fields[cell].stated, Quantity)
    ]
    for _, found, place in stated:
        values = (fields[row.cells[place]].stated for row in parts)
        known = [value.value for value in values if isinstance(value, Quantity)]
        if agrees(found, exact.total(known)) or not known:
            return []
    return [cell for cell, _, _ in stated] if len(stated) > 1 else []


def _below(data: BaseData, special: BaseRow) -> list[BaseRow]:
    """Return the special funds listed under a 专项资金 row: those before the next item."""
    found: list[BaseRow] = []
    for row in data.rows[data.rows.index(special) + 1 :]:
        if row.item is not Item.SPECIAL_FUND:
            break
        found.append(row)
    return found


def _filled(row: BaseRow, fields: dict[Cell, Field]) -> bool:
    return any(fields[cell].stated is not None for cell in row.cells if cell in fields)
