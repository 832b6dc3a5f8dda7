"""Which reading of a fund table's rows its totals bear out, and which totals stay unclear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.forms.fund_columns import added
from selfeval_xl.forms.fund_groups import Node, readings_of
from selfeval_xl.forms.fund_header import OWN_TITLE
from selfeval_xl.forms.fund_headings import Role
from selfeval_xl.forms.fund_nesting import nested
from selfeval_xl.forms.fund_sums import ColumnSum, sums_of, total_of
from selfeval_xl.forms.fund_table import FundTable, RowKind
from selfeval_xl.values import Quantity, Unreadable, agrees
from selfeval_xl.workbooks.sheet import Cell

_MOST_ASKED = 2
"""Questions about one total row that cannot be settled."""
_MOST_MEMBERS = 30
"""Rows a group nobody named may have where one row is to explain a wrong total."""


def column_sums(table: FundTable) -> tuple[list[ColumnSum], set[int]]:
    """Return every total of the table with its parts, and the rows whose make-up is unclear.

    Where labels leave more than one reading (is the row after 其中 a part too? does 合计 in the
    middle close what is above it?), the reading that most stated totals agree with is taken;
    where none fits a total, groups that only the figures tell are looked for.
    """
    nodes = list(readings_of(table))
    readings = [_Reading.of(table, reading) for reading in nodes]
    if not readings:
        return [], set()
    best = max(readings, key=lambda reading: len(reading.agreeing))
    ambiguous = len(readings) > 1
    wrong = best.wrong_rows()
    if wrong:
        best = _deeper(table, best, wrong)
        wrong = best.wrong_rows()
    unclear = _unclear_rows(table, best, wrong, ambiguous)
    table.parents = {c.row.index: node.row.index for node in best.nodes for c in node.children}
    return list(_meant(table, best, unclear)), unclear


def _deeper(table: FundTable, reading: _Reading, wrong: dict[int, list[ColumnSum]]) -> _Reading:
    """Return the reading with groups only the figures tell, where they settle what was wrong.

    One wrong figure must be borne out by three right ones, or the groups are chance.
    """
    best, met = reading, 0
    targets = {found.target for sums in wrong.values() for found in sums}
    for nodes in nested(table, reading.nodes, set(wrong)):
        deeper = _Reading.of(table, nodes)
        right, all_ = deeper.telling()
        settled = len(deeper.agreeing & targets)
        if settled and right > met and right >= 3 * (all_ - right):
            best, met = deeper, right
    return best


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read which rows make up which total, and the totals that agree with it."""

    table: FundTable
    nodes: list[Node]
    sums: list[ColumnSum]
    agreeing: set[Cell]

    def doubtful(self, found: ColumnSum) -> bool:
        """Tell whether a part of a total is no number, or one in another unit."""
        unit = found.column.heading.unit
        parts = (self.table.by_index[row].stated.get(column) for row, column in found.parts)
        return any(
            isinstance(part, Unreadable)
            or (isinstance(part, Quantity) and unit and part.unit not in ("", unit))
            for part in parts
        )

    @staticmethod
    def of(table: FundTable, nodes: list[Node]) -> _Reading:
        sums = added(table, [found for node in nodes for found in sums_of(table, node)])
        return _Reading(table, nodes, sums, _agreeing(table, sums))

    def wrong_rows(self) -> dict[int, list[ColumnSum]]:
        """Return the rows that agree in none of their columns."""
        stated: dict[int, list[ColumnSum]] = {}
        for found in self.sums:
            quantity = found.row.quantity(found.target[1])
            meant = found.column.heading.role is not Role.NUMBER
            telling = quantity and (quantity.value or found.target not in self.agreeing)
            if meant and telling:
                stated.setdefault(found.row.index, []).append(found)
        wrong = {}
        for row, sums in stated.items():
            if any(s.target in self.agreeing and not self.doubtful(s) for s in sums):
                continue
            if sure := [s for s in sums if not self.doubtful(s)]:
                wrong[row] = sure
        return wrong

    def telling(self) -> tuple[int, int]:
        """Return how many of the totals that are not nought agree, and how many there are."""
        stated = [s.target for s in self.sums if (q := s.row.quantity(s.target[1])) and q.value]
        return len(self.agreeing.intersection(stated)), len(stated)

    def confirmed(self) -> bool:
        """Tell whether a total or group of several rows agrees: the reading is borne out."""
        return any(len(s.parts) > 1 and s.target in self.agreeing for s in self.sums)


def _meant(table: FundTable, reading: _Reading, unclear: set[int]) -> Iterator[ColumnSum]:
    """Yield the totals to be judged: of an unclear row only the first, and only where asked for;
    two of the one total that closes a table without groups.

    A row numbered like a group need not be the sum of what follows; without another group that
    is, nothing is said of it. A total that equals every one of its parts is divided in several
    ways.
    """
    asked: Counter[int] = Counter()
    flat = len({found.row.index for found in reading.sums}) == 1
    groups = any(
        s.row.kind is RowKind.DETAIL and len(s.parts) > 1 and s.target in reading.agreeing
        for s in reading.sums
    )
    asked_about = bool(unclear) and asks(table, reading.confirmed())
    for found in reading.sums:
        row = found.row
        if row.index in unclear:
            if asked[row.index] >= (_MOST_ASKED if flat and _closes(found) else 1):
                continue
            if row.kind is RowKind.DETAIL and not groups:
                continue
            if row.kind is not RowKind.DETAIL and not (asked_about or _closes(found)):
                continue
            if _divided_again(table, found):
                continue
            if row.quantity(found.target[1]) is not None:
                asked[row.index] += 1
        yield found


def asks(table: FundTable, confirmed: bool) -> bool:
    """Tell whether totals that fit no reading are asked about: the table is surely a fund table."""
    return confirmed or OWN_TITLE.search(table.title) is not None


def _closes(found: ColumnSum) -> bool:
    """Tell whether a total stands below all its parts, where only their sum can stand."""
    return all(row < found.row.index for row, _ in found.parts)


def _divided_again(table: FundTable, found: ColumnSum) -> bool:
    stated = found.row.quantity(found.target[1])
    parts = [total_of(table, (cell,)) for cell in found.parts]
    return stated is not None and len(parts) > 1 and all(p == stated.value for p in parts)


def _unclear_rows(
    table: FundTable, reading: _Reading, wrong: dict[int, list[ColumnSum]], ambiguous: bool
) -> set[int]:
    """Return the total rows that cannot be trusted to be the sum of the rows found for them.

    A total row that disagrees in every column was most likely made up of other rows, unless one
    row left out or counted twice explains all its differences.
    """
    stated = {
        s.row.index
        for s in reading.sums
        if s.column.heading.role is not Role.NUMBER and s.row.quantity(s.target[1]) is not None
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
    differences = {found.target[1]: _difference(table, found) for found in sums}
    for row in shared:
        figures = table.by_index[row].figures
        if not all(
            (quantity := figures.get(column)) is not None and abs(quantity.value) == abs(difference)
            for column, difference in differences.items()
        ):
            continue
        signs = {figures[c].value == difference for c, difference in differences.items()}
        if len(signs) == 1 and not _hidden_group(table, sums, row):
            return True
    return False


def _hidden_group(table: FundTable, sums: list[ColumnSum], row: int) -> bool:
    """Tell whether a row is, in every column, the sum of rows that follow it."""
    followers = sorted({cell[0] for found in sums for cell in found.parts if cell[0] > row})
    figures = table.by_index[row].figures
    columns = [found.target[1] for found in sums]
    for count in range(2, min(len(followers), _MOST_MEMBERS) + 1):
        inside = followers[:count]
        if all(
            column in figures
            and figures[column].value == total_of(table, tuple((r, column) for r in inside))
            for column in columns
        ):
            return True
    return False


def _difference(table: FundTable, found: ColumnSum) -> Fraction:
    stated = found.row.figures[found.target[1]]
    return total_of(table, found.parts) - stated.value


def _beyond_parts(table: FundTable, found: ColumnSum) -> bool:
    """Tell whether a total is none of its parts, as it is where parts are ways to divide it."""
    stated = found.row.figures[found.target[1]]
    return all(total_of(table, (cell,)) != stated.value for cell in found.parts)


def _agreeing(table: FundTable, sums: list[ColumnSum]) -> set[Cell]:
    """Return the totals that agree with their parts as stated, or as recomputed themselves."""
    inner = {found.target: found for found in sums}
    agreeing = set()
    for found in sums:
        stated = found.row.quantity(found.target[1])
        if stated is None:
            continue
        if agrees(stated, total_of(table, found.parts)) or (
            not inner.keys().isdisjoint(found.parts)
            and agrees(stated, _recomputed(table, found, inner))
        ):
            agreeing.add(found.target)
    return agreeing


def _recomputed(table: FundTable, found: ColumnSum, inner: Mapping[Cell, ColumnSum]) -> Fraction:
    """Return a total of its parts, where parts that are totals themselves are recomputed."""
    parts = [cell for cell in found.parts if cell not in inner]
    below = [_recomputed(table, inner[cell], inner) for cell in found.parts if cell in inner]
    return exact.total((total_of(table, tuple(parts)), *below))
