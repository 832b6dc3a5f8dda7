"""What must equal what in the department's base data."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval_xl.forms.base_data_items import Item
from selfeval_xl.forms.base_data_table import BaseData, BaseRow
from selfeval_xl.forms.form import Field
from selfeval_xl.relations import At, Ratio, Relation, Sum
from selfeval_xl.values import Unreadable
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
    special = data.row(Item.SPECIAL)
    funds = data.of(Item.SPECIAL_FUND)
    yield from _sums(SPECIAL, special, funds, fields, heading=True)
    project_parts = data.of(Item.BUSINESS, Item.OPERATION, Item.SPECIAL, Item.OTHER_PROJECT)
    if special is None or (funds and not _filled(special, fields)):
        project_parts = [row for row in project_parts if row is not special] + funds
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
    """
    if total is None or not parts:
        return
    fill = not heading or _filled(total, fields)
    for place, target in enumerate(total.cells):
        cells = [row.cells[place] for row in parts]
        bad = [cell for cell in cells if isinstance(fields[cell].stated, Unreadable)]
        doubt = f"{fields[bad[0]].label}不是数字，无法计算合计" if bad else ""
        yield Relation(
            rule,
            target,
            Sum(tuple(map(At, cells))),
            decimals=fields[target].decimals,
            fill=fill,
            doubt=doubt,
        )


def _filled(row: BaseRow, fields: dict[Cell, Field]) -> bool:
    return any(fields[cell].stated is not None for cell in row.cells if cell in fields)
