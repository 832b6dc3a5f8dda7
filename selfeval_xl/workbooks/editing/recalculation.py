"""Which cached results are stale after some cells changed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from selfeval_xl.workbooks.editing.formulas import Reference, reads
from selfeval_xl.workbooks.editing.sheet_formulas import FormulaCell
from selfeval_xl.workbooks.editing.workbook_part import DefinedName
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.sheet import Range

Place = tuple[int, int, int]
"""Sheet position, row, column."""

Area = tuple[int, int, int, int, int]
"""Sheet position, first row, first column, last row, last column."""

_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*[^<>/])?>([^<]*)<")
_FLAT = 16  # rows up to which an area is looked up by its rows
_LARGEST_ARRAY = 65_536  # results of one array formula that are followed one by one
_PATIENCE = 2_000_000  # comparisons before everything is declared stale


@dataclass(frozen=True)
class Scope:
    """What formulas may name: sheets by casefolded name, defined names, tables.

    ``tables`` is asked only when a formula names a table; it gives their areas by casefolded
    name.
    """

    sheets: Mapping[str, int]
    names: Sequence[DefinedName]
    tables: Callable[[], Mapping[str, Area]]

    @cached_property
    def _texts(self) -> dict[tuple[str, int | None], str]:
        return {(name.name.casefold(), name.sheet): name.text for name in self.names}

    @cached_property
    def _tables(self) -> Mapping[str, Area]:
        return self.tables()

    def areas(self, formula: FormulaCell, home: int) -> list[Area] | None:
        """Return what a formula on sheet ``home`` reads, None when it may read any cell."""
        read = reads(formula.text) if formula.text else None
        if read is None:
            return None
        down = formula.cell[0] - formula.origin[0]
        across = formula.cell[1] - formula.origin[1]
        found = [
            (position, *item.area(down, across))
            for item in read.references
            if (position := self._position(item, home)) is not None
        ]
        for table in read.tables:
            if table.casefold() not in self._tables:
                return None
            found.append(self._tables[table.casefold()])
        for name, sheet in read.names:
            scope = home if sheet is None else self.sheets.get(sheet.casefold())
            named = self._named(name, scope, frozenset())
            if named is None:
                return None
            found += named
        return found

    def _position(self, item: Reference, home: int) -> int | None:
        return home if item.sheet is None else self.sheets.get(item.sheet.casefold())

    def _named(
        self, name: str, scope: int | None, above: frozenset[tuple[str, int | None]]
    ) -> list[Area] | None:
        """Return what a defined name stands for; ``above`` are the names that led to it.

        A relative reference in a name depends on the cell that uses it, and one without sheet on
        the sheet that is open: both are not followed.
        """
        own, common = (name.casefold(), scope), (name.casefold(), None)
        key = own if own in self._texts else common
        read = reads(self._texts[key]) if key in self._texts and key not in above else None
        if read is None or read.tables or not all(map(_is_absolute, read.references)):
            return None
        found = [
            (position, *item.written)
            for item in read.references
            if (position := self._position(item, -1)) is not None
        ]
        for inner, sheet in read.names:
            inner_scope = scope if sheet is None else self.sheets.get(sheet.casefold())
            named = self._named(inner, inner_scope, above | {key})
            if named is None:
                return None
            found += named
        return found


def _is_absolute(item: Reference) -> bool:
    fixed = (item.top.fixed, item.left.fixed, item.bottom.fixed, item.right.fixed)
    return item.sheet is not None and all(fixed)


@recurring(64)
def looks_outside(content: bytes) -> bool:
    """Tell whether a sheet's formulas may read other sheets, from the part's text alone.

    Changes elsewhere cannot reach a sheet whose formulas all stay on it, so it is not parsed.
    """
    # Few parts have the one character, which is found ten times as fast as two of them.
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"!" in content and b"<!" in content):
        return True
    if b"<f" not in content and b":f" not in content:
        return False
    for text in set(_FORMULA.findall(content)):
        read = reads(unescape(text.decode("utf-8", "replace")))
        if read is None or read.names or read.tables or any(item.sheet for item in read.references):
            return True
    return False


def stale(
    formulas: Mapping[int, Sequence[FormulaCell]],
    changed: Collection[Place],
    settled: Collection[Place],
    scope: Scope,
) -> set[Place]:
    """Return the cells whose cached result depends, directly or not, on a changed cell.

    ``formulas`` are the formulas of each sheet, ``changed`` the places whose value is new, results
    of other formulas among them; they are not stale themselves. Nor are the ``settled`` ones, whose
    value is known to be the old one. Any other formula that is not understood is stale.
    """
    decided = {*changed, *settled}
    graph = _Graph()
    for sheet, cells in formulas.items():
        for formula in cells:
            alone = formula.covers[:2] == formula.covers[2:]
            if not (alone and (sheet, *formula.cell) in decided):
                graph.add(sheet, formula, scope.areas(formula, sheet))
    return graph.spread(changed, decided)


class _Graph:
    """Formulas by the cells they read."""

    def __init__(self) -> None:
        self._results: list[tuple[int, Range]] = []
        self._by_row: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        self._tall: dict[int, list[tuple[Area, int]]] = defaultdict(list)
        self._opaque: list[int] = []

    def add(self, sheet: int, formula: FormulaCell, areas: list[Area] | None) -> None:
        """Take in a formula with what it reads."""
        number = len(self._results)
        top, left, bottom, right = formula.covers
        if (bottom - top + 1) * (right - left + 1) > _LARGEST_ARRAY:
            bottom, right = top, left
        self._results.append((sheet, (top, left, bottom, right)))
        if areas is None or formula.kind == "dataTable":
            self._opaque.append(number)
            return
        for area in areas:
            target, first, from_column, last, to_column = area
            if last - first >= _FLAT:
                self._tall[target].append((area, number))
            else:
                for row in range(first, last + 1):
                    self._by_row[target, row].append((from_column, to_column, number))

    def spread(self, changed: Collection[Place], decided: Collection[Place]) -> set[Place]:
        """Follow the changes through the formulas, but not into the places decided on."""
        found: set[Place] = set()
        done: set[int] = set()
        waiting = list(changed)
        seen = set(decided)
        work = 0

        def mark(number: int) -> None:
            if number in done:
                return
            done.add(number)
            sheet, (top, left, bottom, right) = self._results[number]
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    place = (sheet, row, column)
                    if place not in seen:
                        seen.add(place)
                        found.add(place)
                        waiting.append(place)

        for number in self._opaque:
            mark(number)
        while waiting:
            sheet, row, column = waiting.pop()
            beside = self._by_row.get((sheet, row), [])
            tall = self._tall.get(sheet, [])
            work += len(beside) + len(tall)
            if work > _PATIENCE:
                for number in range(len(self._results)):
                    mark(number)
                break
            for left, right, number in beside:
                if left <= column <= right:
                    mark(number)
            for (_, top, left, bottom, right), number in tall:
                if top <= row <= bottom and left <= column <= right:
                    mark(number)
        return found
