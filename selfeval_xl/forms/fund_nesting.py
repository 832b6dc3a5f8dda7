"""Groups among a total's rows that only their figures tell: a row that is the sum of the next ones.

Lists copied from accounting systems and pivot tables name a county, then its schools, without a
word or a number that says so. Where a total does not agree with all of its rows but does with the
rows that are left once such groups are counted once, the groups are taken as meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.forms.fund_groups import Node
from selfeval_xl.forms.fund_table import FundTable, Row, RowKind
from selfeval_xl.values import agrees

_Figures = dict[int, Fraction]

_WAYS = ((2, 0), (1, 0), (2, 1), (1, 1))
"""Fewest rows of a group and the columns in which it may be wrong, strictest first."""


_MOST_ROWS = 300
_MOST_MEMBERS = 60
"""Longer lists are not searched: they hold no hidden groups, or too many chance ones."""


def nested(table: FundTable, nodes: list[Node], rows: set[int]) -> Iterator[list[Node]]:
    """Yield the nodes with groups found among the children of the totals in the given rows."""
    columns = [column.index for column in table.columns if column.summable]
    for fewest, misses in _WAYS:
        if misses and len(columns) < 2:
            continue
        groups: list[Node] = []
        again = []
        for node in nodes:
            plain = all(not child.children for child in node.children)
            if node.row.index in rows and plain and len(node.children) <= _MOST_ROWS:
                top = _gathered(node.children, columns, fewest, misses, groups)
                again.append(Node(node.row, top))
            else:
                again.append(node)
        if groups:
            yield groups + again


def _gathered(
    children: list[Node], columns: list[int], fewest: int, misses: int, groups: list[Node]
) -> list[Node]:
    """Return the topmost of a total's rows; rows that are sums of others get them as children."""
    top: list[Node] = []  # the lowest row last met comes first
    figures: list[_Figures] = []
    for child in reversed(children):
        own = {c: q.value for c in columns if (q := child.row.figures.get(c)) and q.value}
        count = 0
        if child.row.kind is RowKind.DETAIL and len(own) > misses:
            count = _members(child.row, own, figures, fewest, misses)
        found = Node(child.row, top[:count]) if count else child
        if count:
            groups.append(found)
        top[:count] = [found]
        figures[:count] = [own]
    return top


def _members(row: Row, own: _Figures, below: list[_Figures], fewest: int, misses: int) -> int:
    """Return how many of the rows below a row add up to it, 0 when none do."""
    total: _Figures = {}
    for count, figures in enumerate(below[:_MOST_MEMBERS], 1):
        for column, value in figures.items():
            total[column] = total.get(column, Fraction()) + value
        wrong = sum(
            not agrees(row.figures[column], value) if column in own else value != 0
            for column, value in total.items()
        ) + sum(column not in total for column in own)
        if wrong <= misses and count >= fewest:
            return count
        beyond = sum(value > own.get(column, Fraction()) for column, value in total.items())
        if beyond > misses:
            return 0
    return 0
