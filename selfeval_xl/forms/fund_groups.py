"""How the rows of a fund table belong together: groups, outlines, 其中 rows, totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from selfeval_xl.forms.fund_table import FundTable, Row, RowKind

_MOST_CHAINED = 50
"""Totals of one table that may each count the one before; real chains have two or three."""


@dataclass(slots=True)
class Node:
    """A row and the rows it is the sum of."""

    row: Row
    children: list[Node] = field(default_factory=list)


def readings_of(table: FundTable) -> Iterator[list[Node]]:
    """Yield every way to read which rows make up which total, the likeliest first."""
    rows = [row for row in table.rows if row.kind is not RowKind.TAIL]
    if not any(row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL) for row in rows) and not _outlined(
        rows
    ):
        return
    seen: list[list[tuple[int, ...]]] = []
    runs = (False, True) if any(row.kind is RowKind.PART for row in rows) else (False,)
    outlines = (True, False) if _outlined(rows) else (False,)
    several = 1 < sum(row.kind is RowKind.TOTAL for row in rows) <= _MOST_CHAINED
    middles = ["before"]
    middles += ["onward"] if several else ["after", "all"] if _total_in_middle(rows) else []
    for run, outline, middle in product(runs, outlines, middles):
        nodes = _build(_without_parts(rows, run), outline, middle)
        shape = [(node.row.index, *(child.row.index for child in node.children)) for node in nodes]
        if shape not in seen:
            seen.append(shape)
            yield nodes


def _outlined(rows: list[Row]) -> bool:
    """Tell whether rows are numbered on two levels or more; unnumbered ones are the lowest."""
    details = [row.level for row in rows if row.kind is RowKind.DETAIL]
    levels = [level for level in details if level is not None]
    if not levels or details[0] != min(levels):
        return False
    return len(set(levels)) > 1 or len(levels) < len(details)


def _total_in_middle(rows: list[Row]) -> bool:
    places = [n for n, row in enumerate(rows) if row.kind is RowKind.TOTAL]
    details = [n for n, row in enumerate(rows) if row.kind is RowKind.DETAIL]
    if len(places) != 1 or not details:
        return False
    return details[0] < places[0] < details[-1]


def _without_parts(rows: list[Row], runs: bool) -> list[Row]:
    """Leave out the 其中 rows; with ``runs`` also the unnumbered rows that follow one.

    Rows numbered on from a 其中 row (其中：（1）… followed by （2）…) are left out as well.
    """
    kept: list[Row] = []
    inside = False
    level: int | None = None
    for row in rows:
        if row.kind is RowKind.PART:
            inside, level = runs, row.level
        elif row.kind is RowKind.DETAIL and (
            (inside and row.level is None) or (level is not None and row.level == level)
        ):
            continue
        else:
            inside, level = False, None
            kept.append(row)
    return kept


def _build(rows: list[Row], outline: bool, middle: str) -> list[Node]:
    """Return the nodes that have children: every total, subtotal and outline group.

    Of several totals each closes the rows since the one before; read ``onward`` it also counts
    that one (本年收入合计, 上年结转, 收入总计).
    """
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
            onward = middle == "onward" and done > 0
            total.children = [top[done - 1], *before] if onward and before else before
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
