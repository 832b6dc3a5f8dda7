"""The column totals of a fund table, and why some of them cannot be settled."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.forms.fields import foreign_unit
from selfeval_xl.forms.form import Field
from selfeval_xl.forms.fund_headings import Role
from selfeval_xl.forms.fund_sums import ColumnSum, repeated_by_group
from selfeval_xl.forms.fund_table import FundTable
from selfeval_xl.relations import At, Relation, Sum
from selfeval_xl.units import money_ratio
from selfeval_xl.values import Quantity, Unreadable, agrees
from selfeval_xl.workbooks.sheet import Cell

TOTAL = "F201"

_UNCLEAR_ROWS = "各栏合计都不等于所列各行之和（或各行层级不明），不能断定合计由哪些行组成"

_UNCLEAR_GROUPS = "同组各行数字相同，不能断定是各行各计还是每组只计一次"

_UNCLEAR_COLUMN = "本列表头未写明是金额或数量，不能断定合计栏是否为各行之和"


def column_totals(
    table: FundTable,
    fields: dict[Cell, Field],
    sums: list[ColumnSum],
    unclear: set[int],
    odd: set[Cell],
) -> Iterator[Relation]:
    """Yield F201 for every total that can be a sum; doubtful ones carry their doubt."""
    odd_rows = {row for row, _ in odd}
    filled = _filled(table, fields)
    for found in sums:
        stated = found.row.stated.get(found.column.index)
        if not any(isinstance(fields[cell].stated, Quantity) for cell in found.parts):
            continue
        if found.column.heading.role is Role.NUMBER and not _is_plain_sum(
            stated,
            [s.value for cell in found.parts if (s := quantity_in(fields, cell)) is not None],
        ):
            continue
        odd_parts = [cell for cell in found.parts if cell in odd] if odd else []
        if odd_parts and _agrees_converted(fields, found):
            continue  # the cell in another unit is asked about by itself
        doubt = _doubt(fields, found, odd_parts, unclear)
        if not doubt and repeated_by_group(table, found):
            doubt = _UNCLEAR_GROUPS
        yield Relation(
            TOTAL,
            found.target,
            Sum(tuple(map(At, _with_blanks(table, fields, found, filled, odd_rows)))),
            decimals=fields[found.target].decimals,
            fill=_fills(table, found),
            doubt=doubt,
        )


def _filled(table: FundTable, fields: dict[Cell, Field]) -> dict[int, set[Cell]]:
    """Return the cells of the listed rows that are not blank, by column."""
    rows = {row.index for row in table.details}
    filled: dict[int, set[Cell]] = {}
    for cell, found in fields.items():
        if cell[0] in rows and found.stated is not None:
            filled.setdefault(cell[1], set()).add(cell)
    return filled


def _with_blanks(
    table: FundTable,
    fields: dict[Cell, Field],
    found: ColumnSum,
    filled: dict[int, set[Cell]],
    odd_rows: set[int],
) -> list[Cell]:
    """Return a total's parts and, in a plain list, the blanks among them.

    A blank adds nothing, but a blank balance is worked out, and one forgotten figure may be why
    the total is larger than its parts. Blanks beside a figure that cannot be read stay out.
    """
    parts, column = set(found.parts), found.target[1]
    if filled.get(column) != parts:
        return list(found.parts)
    cells = [row.cell(column) for row in table.details]
    return [c for c in cells if c in fields and (c in parts or c[0] not in odd_rows)]


def _fills(table: FundTable, found: ColumnSum) -> bool:
    """Tell whether a blank total is to be filled: nothing was written there on purpose.

    Quantities beside a price (数量 × 单价) are of different things and were left blank on purpose.
    """
    role = found.column.heading.role
    priced = role is Role.COUNT and bool(table.of_role(Role.PRICE))
    return role is not Role.NUMBER and not priced and not table.sheet.text(found.target)


def _is_plain_sum(stated: object, values: list[Fraction]) -> bool:
    """Tell whether a total under an unclear heading may be a sum at all (no mean, no maximum)."""
    if not isinstance(stated, Quantity):
        return False
    others = [
        exact.total(values) / len(values),
        max(values),
        min(values),
        Fraction(len(values)),
    ]
    return agrees(stated, exact.total(values)) or not any(agrees(stated, v) for v in others)


def is_odd(found: Field) -> bool:
    """Tell whether a figure cannot be added as it stands: no number, or in another unit."""
    return isinstance(found.stated, Unreadable) or foreign_unit(found) != ""


def _doubt(fields: dict[Cell, Field], found: ColumnSum, odd: list[Cell], unclear: set[int]) -> str:
    """Return why a total cannot be settled, "" when it can; ``odd`` are its doubtful parts."""
    if odd:
        names = "、".join(fields[cell].label.split("/")[0] for cell in odd[:3])
        more = f"等 {len(odd)} 处" if len(odd) > 1 else ""
        return f"{names}{more}不是数字或计量单位与本列不同，不能直接相加"
    if found.column.heading.role is Role.NUMBER:
        return _UNCLEAR_COLUMN
    return _UNCLEAR_ROWS if found.row.index in unclear else ""


def _agrees_converted(fields: dict[Cell, Field], found: ColumnSum) -> bool:
    """Tell whether a total counts figures written in another unit as converted ones."""
    total = quantity_in(fields, found.target)
    parts = [(fields[cell], quantity_in(fields, cell)) for cell in found.parts]
    if total is None or not any(foreign_unit(part) for part, _ in parts):
        return False
    value = Fraction()
    for part, stated in parts:
        if stated is not None:
            unit = foreign_unit(part)
            factor = money_ratio(unit, part.unit) if unit else Fraction(1)
            value += stated.value * factor
    return agrees(total, value)


def quantity_in(fields: dict[Cell, Field], cell: Cell) -> Quantity | None:
    """Return the figure stated in a field, None when it states none."""
    found = fields.get(cell)
    return found.stated if found and isinstance(found.stated, Quantity) else None
