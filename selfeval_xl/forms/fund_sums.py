"""Which rows of a fund table add up to which total: groups, outlines, 其中 rows, merged cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from selfeval_xl.forms.fund_headings import Role
from selfeval_xl.forms.fund_table import Column, FundTable, Row, RowKind, is_own
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell


@dataclass(slots=True)
class Node:
    """A row and the rows it is the sum of."""

    row: Row
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ColumnSum:
    """A total's cell and the cells it is the sum of."""

    target: Cell
    column: Column
    row: Row
    parts: tuple[Cell, ...]


def column_sums(table: FundTable) -> tuple[list[ColumnSum], set[int]]:
    """Return every total of the table with its parts, and the rows whose make-up is unclear.

    Where labels leave more than one reading (is the row after 其中 a part too? does 合计 in the
    middle close what is above it?), the reading that most stated totals agree with is taken.
    """
    readings = [[s for node in nodes for s in _sums(table, node)] for nodes in _readings(table)]
    if not readings:
        return [], set()
    agreeing = [_agreeing(table, sums) for sums in readings]
    best = max(range(len(readings)), key=lambda n: (len(agreeing[n]), -n))
    ambiguous = len(readings) > 1
    return readings[best], _unclear_rows(table, readings[best], agreeing[best], ambiguous)


def _unclear_rows(
    table: FundTable, sums: list[ColumnSum], agreeing: set[Cell], ambiguous: bool
) -> set[int]:
    """Return the total rows that cannot be trusted to be the sum of the rows found for them.

    A total row that disagrees in every column was most likely made up of other rows, unless one
    row left out or counted twice explains all its differences.
    """
    stated: dict[int, list[ColumnSum]] = {}
    for found in sums:
        meant = found.column.heading.role is not Role.NUMBER
        if meant and found.row.quantity(found.target[1]) is not None:
            stated.setdefault(found.row.index, []).append(found)
    wrong = {
        row: found for row, found in stated.items() if not any(s.target in agreeing for s in found)
    }
    confirmed = len(wrong) < len(stated)
    return {
        row
        for row, found in wrong.items()
        if not _one_row_explains(table, found)
        and (len(found) > 1 or (ambiguous and not (confirmed and _beyond_parts(table, found[0]))))
    }


def _one_row_explains(table: FundTable, sums: list[ColumnSum]) -> bool:
    """Tell whether leaving out or doubling one and the same row explains every difference."""
    if len(sums) < 2:
        return False
    shared = set.intersection(*({cell[0] for cell in found.parts} for found in sums))
    for row in shared:
        if _hidden_group(table, sums, row):
            continue
        figures = table.by_index[row].figures
        for factor in (1, -1):
            if all(
                (quantity := figures.get(found.target[1])) is not None
                and _difference(table, found) == factor * quantity.value
                for found in sums
            ):
                return True
    return False


def _hidden_group(table: FundTable, sums: list[ColumnSum], row: int) -> bool:
    """Tell whether a row is, in every column, the sum of rows that follow it."""
    followers = sorted({cell[0] for found in sums for cell in found.parts if cell[0] > row})
    figures = table.by_index[row].figures
    columns = [found.target[1] for found in sums]
    for count in range(2, len(followers) + 1):
        inside = followers[:count]
        if all(
            column in figures
            and figures[column].value == _total(table, tuple((r, column) for r in inside))
            for column in columns
        ):
            return True
    return False


def _difference(table: FundTable, found: ColumnSum) -> Fraction:
    stated = found.row.figures[found.target[1]]
    return _total(table, found.parts) - stated.value


def _beyond_parts(table: FundTable, found: ColumnSum) -> bool:
    """Tell whether a total is none of its parts, as it is where parts are ways to divide it."""
    stated = found.row.figures[found.target[1]]
    return all(_total(table, (cell,)) != stated.value for cell in found.parts)


def _readings(table: FundTable) -> Iterator[list[Node]]:
    rows = [row for row in table.rows if row.kind is not RowKind.TAIL]
    if not any(row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL) for row in rows) and not _outlined(
        rows
    ):
        return
    seen: list[list[tuple[int, ...]]] = []
    runs = (False, True) if any(row.kind is RowKind.PART for row in rows) else (False,)
    outlines = (True, False) if _outlined(rows) else (False,)
    middles = ("before", "after", "all") if _total_in_middle(rows) else ("before",)
    for run, outline, middle in product(runs, outlines, middles):
        nodes = _build(_without_parts(rows, run), outline, middle)
        shape = [(node.row.index, *(child.row.index for child in node.children)) for node in nodes]
        if shape not in seen:
            seen.append(shape)
            yield nodes


def _outlined(rows: list[Row]) -> bool:
    """Tell whether the rows are numbered on two levels or more."""
    levels = [row.level for row in rows if row.kind is RowKind.DETAIL and row.level is not None]
    return len(set(levels)) > 1 and bool(levels) and levels[0] == min(levels)


def _total_in_middle(rows: list[Row]) -> bool:
    places = [n for n, row in enumerate(rows) if row.kind is RowKind.TOTAL]
    details = [n for n, row in enumerate(rows) if row.kind is RowKind.DETAIL]
    if len(places) != 1 or not details:
        return False
    return details[0] < places[0] < details[-1]


def _without_parts(rows: list[Row], runs: bool) -> list[Row]:
    """Leave out the 其中 rows; with ``runs`` also the unnumbered rows that follow one."""
    kept: list[Row] = []
    inside = False
    for row in rows:
        if row.kind is RowKind.PART:
            inside = runs
        elif not (inside and row.kind is RowKind.DETAIL and row.level is None):
            inside = False
            kept.append(row)
    return kept


def _build(rows: list[Row], outline: bool, middle: str) -> list[Node]:
    """Return the nodes that have children: every total, subtotal and outline group."""
    groups: list[Node] = []
    top = _nest(rows, groups) if outline else [Node(row) for row in rows]
    top = [node for node in top if node.row.kind is not RowKind.SECTION]
    top = _subtotal(top, groups)
    places = [n for n, node in enumerate(top) if node.row.kind is RowKind.TOTAL]
    done = 0
    for place in places:
        total = top[place]
        before = [node for node in top[done:place] if node.row.kind is not RowKind.TOTAL]
        after = [node for node in top[place + 1 :] if node.row.kind is not RowKind.TOTAL]
        if len(places) == 1:
            total.children = _around(before, after, middle)
        else:
            total.children = before
            done = place + 1
        groups.append(total)
    return [node for node in groups if node.children]


def _around(before: list[Node], after: list[Node], middle: str) -> list[Node]:
    if not before or not after:
        return before or after
    return {"before": before, "after": after, "all": before + after}[middle]


def _nest(rows: list[Row], groups: list[Node]) -> list[Node]:
    """Nest numbered rows under the row of the level above; unnumbered ones under the last."""
    top: list[Node] = []
    stack: list[tuple[int, Node]] = []
    for row in rows:
        node = Node(row)
        if row.kind is not RowKind.DETAIL:
            if row.kind is not RowKind.SECTION:
                stack.clear()
            top.append(node)
            continue
        level = 99 if row.level is None else row.level
        while stack and stack[-1][0] >= level:
            stack.pop()
        has_figures = bool(row.figures)
        if stack:
            parent = stack[-1][1]
            if not parent.children:
                groups.append(parent)
            parent.children.append(node)
        elif has_figures:
            top.append(node)
        if has_figures:
            stack.append((level, node))
    return top


def _subtotal(top: list[Node], groups: list[Node]) -> list[Node]:
    """Gather rows under their subtotal, which stands below its rows or above them."""
    kinds = [node.row.kind for node in top if node.row.kind is not RowKind.TOTAL]
    if RowKind.SUBTOTAL not in kinds:
        return top
    leading = kinds[0] is RowKind.SUBTOTAL
    result: list[Node] = []
    pending: list[Node] = []
    for node in top:
        kind = node.row.kind
        if kind is RowKind.SUBTOTAL:
            groups.append(node)
            if not leading:
                node.children = pending
            pending = []
            result.append(node)
        elif kind is RowKind.TOTAL:
            result.extend(pending)
            pending = []
            result.append(node)
        elif leading and result and result[-1].row.kind is RowKind.SUBTOTAL:
            result[-1].children.append(node)
        else:
            pending.append(node)
    result.extend(pending)
    return result


# --- cells -------------------------------------------------------------------------------------


def _sums(table: FundTable, node: Node) -> Iterator[ColumnSum]:
    """Yield the column sums of one total row."""
    columns = [column for column in table.columns if column.summable]
    for column in columns:
        target = node.row.cell(column.index)
        if not is_own(table.sheet, target):
            continue
        span = table.sheet.merge(target)
        spanned = [
            other
            for other in columns
            if span[1] <= other.index <= span[3] and other.heading.role is column.heading.role
        ]
        parts = tuple(cell for other in spanned for cell in _parts(table, node, other.index))
        stated = node.row.stated.get(column.index)
        if node.row.kind is RowKind.DETAIL and not isinstance(stated, Quantity):
            continue
        if parts and target not in parts:
            yield ColumnSum(target, column, node.row, _once(table, node, column, parts))


def _parts(table: FundTable, node: Node, column: int) -> Iterator[Cell]:
    """Yield the cells a node's figure is the sum of; blank groups give way to their rows."""
    for child in node.children:
        cell = child.row.cell(column)
        if not is_own(table.sheet, cell):
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
    if stated is None or len(parts) < 3 or agrees(stated, _total(table, parts)):
        return parts
    for text in table.of_role(Role.TEXT):
        kept = tuple(_first_of_runs(table, parts, text.index))
        if len(kept) < len(parts) and agrees(stated, _total(table, kept)):
            return kept
    return parts


def repeated_by_group(table: FundTable, found: ColumnSum) -> bool:
    """Tell whether a group's figure may stand on each of its rows (县区资金 beside every 机构).

    That is so where the rows of every group of a text column show one figure and groups differ.
    """
    stated = found.row.quantity(found.column.index)
    if len(found.parts) < 4 or stated is None or agrees(stated, _total(table, found.parts)):
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


def _total(table: FundTable, parts: tuple[Cell, ...]) -> Fraction:
    rows = table.by_index
    found = (rows[row].figures.get(column) for row, column in parts)
    return exact_sum(quantity.value for quantity in found if quantity is not None)


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """Return Σ values; decimals share denominators, so most additions are of whole numbers."""
    numerator, denominator = 0, 1
    for value in values:
        if denominator % value.denominator == 0:
            numerator += value.numerator * (denominator // value.denominator)
        else:
            numerator = numerator * value.denominator + value.numerator * denominator
            denominator *= value.denominator
    return Fraction(numerator, denominator)


def _agreeing(table: FundTable, sums: list[ColumnSum]) -> set[Cell]:
    """Return the totals that agree with their parts as stated, or as recomputed themselves."""
    inner = {found.target: found for found in sums}

    def recomputed(found: ColumnSum) -> Fraction:
        parts = [cell for cell in found.parts if cell not in inner]
        below = [recomputed(inner[cell]) for cell in found.parts if cell in inner]
        return exact_sum((_total(table, tuple(parts)), *below))

    agreeing = set()
    for found in sums:
        stated = found.row.quantity(found.target[1])
        if stated is None:
            continue
        if agrees(stated, _total(table, found.parts)) or (
            not inner.keys().isdisjoint(found.parts) and agrees(stated, recomputed(found))
        ):
            agreeing.add(found.target)
    return agreeing
