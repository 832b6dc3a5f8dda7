"""Which cells of a fund table add up to which total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.forms.fund_groups import Node
from selfeval_xl.forms.fund_headings import Role
from selfeval_xl.forms.fund_table import Column, FundTable, Row, RowKind
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell


@dataclass(frozen=True, slots=True)
class ColumnSum:
    """A total's cell and the cells it is the sum of."""

    target: Cell
    column: Column
    row: Row
    parts: tuple[Cell, ...]


def sums_of(table: FundTable, node: Node) -> Iterator[ColumnSum]:
    """Yield the column sums of one total row."""
    columns = [column for column in table.columns if column.summable]
    for column in columns:
        target = node.row.cell(column.index)
        if not table.owns(target):
            continue
        spanned = _spanned(table, target, column, columns)
        parts = tuple(cell for other in spanned for cell in _parts(table, node, other.index))
        stated = node.row.stated.get(column.index)
        if node.row.kind is RowKind.DETAIL and not isinstance(stated, Quantity):
            continue
        if parts and target not in parts:
            yield ColumnSum(target, column, node.row, _once(table, node, column, parts))


def _spanned(table: FundTable, target: Cell, column: Column, columns: list[Column]) -> list[Column]:
    """Return the columns like a total's own that its cell, merged perhaps, stands under."""
    _, left, _, right = table.sheet.merge(target)
    if left == right:
        return [column]
    role = column.heading.role
    return [o for o in columns if left <= o.index <= right and o.heading.role is role]


def _parts(table: FundTable, node: Node, column: int) -> Iterator[Cell]:
    """Yield the cells a node's figure is the sum of; blank groups give way to their rows."""
    for child in node.children:
        cell = child.row.cell(column)
        if not table.owns(cell):
            continue
        computed = child.row.kind is RowKind.SUBTOTAL and any(_parts(table, child, column))
        if computed or child.row.stated.get(column) is not None:
            yield cell
        elif child.children:
            yield from _parts(table, child, column)


def _once(
    table: FundTable, node: Node, column: Column, parts: tuple[Cell, ...]
) -> tuple[Cell, ...]:
    """Leave out a group's figure repeated on each of its rows, where only that fits the total."""
    stated = node.row.quantity(column.index)
    if stated is None or len(parts) < 3 or agrees(stated, total_of(table, parts)):
        return parts
    for text in table.of_role(Role.TEXT):
        kept = tuple(_first_of_runs(table, parts, text.index))
        if len(kept) < len(parts) and agrees(stated, total_of(table, kept)):
            return kept
    return parts


def repeated_by_group(table: FundTable, found: ColumnSum) -> bool:
    """Tell whether a group's figure may stand on each of its rows (县区资金 beside every 机构).

    That is so where the rows of every group of a text column show one figure and groups differ.
    """
    stated = found.row.quantity(found.column.index)
    if len(found.parts) < 4 or stated is None or agrees(stated, total_of(table, found.parts)):
        return False
    sheet = table.sheet
    for text in table.of_role(Role.TEXT):
        groups: dict[str, list[object]] = {}
        for cell in found.parts:
            name = sheet.text(sheet.anchor((cell[0], text.index)))
            groups.setdefault(name, []).append(sheet.value(cell))
        several = [values for values in groups.values() if len(values) > 1]
        constant = all(len(set(values)) == 1 for values in several)
        if len(several) > 1 and constant and len({values[0] for values in several}) > 1:
            return True
    return False


def _first_of_runs(table: FundTable, parts: tuple[Cell, ...], text: int) -> Iterator[Cell]:
    before: tuple[str, object] | None = None
    for cell in parts:
        name = table.sheet.text(table.sheet.anchor((cell[0], text)))
        this = (name, table.sheet.value(cell))
        if not name or this != before:
            yield cell
        before = this


def total_of(table: FundTable, parts: tuple[Cell, ...]) -> Fraction:
    """Return the sum of what is stated in cells of the table."""
    known = table.totals.get(parts)
    if known is None:
        rows = table.by_index
        found = (rows[row].figures.get(column) for row, column in parts)
        known = exact.total(quantity.value for quantity in found if quantity is not None)
        table.totals[parts] = known
    return known
