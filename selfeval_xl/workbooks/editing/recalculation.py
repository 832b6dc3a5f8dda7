"""Which cached results are stale after some cells changed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import unescape

from selfeval_xl.workbooks.editing.formulas import Reference, reads
from selfeval_xl.workbooks.editing.workbook_part import DefinedName
from selfeval_xl.workbooks.editing.worksheet import FormulaCell

Place = tuple[int, int, int]
"""Sheet position, row, column."""

_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*[^/])?>([^<]*)<")
_FEW = 1000  # formulas of a workbook
_SMALL = 64  # cells of an area that is looked up cell by cell
_LARGEST_ARRAY = 65_536  # results of one array formula that are followed one by one
_PATIENCE = 2_000_000  # comparisons before everything is declared stale

Area = tuple[int, int, int, int, int]
"""Sheet position, first row, first column, last row, last column."""


class NameTable:
    """The workbook's defined names, resolved to references when asked."""

    def __init__(self, names: Iterable[DefinedName], sheets: Mapping[str, int]) -> None:
        self._texts = {(name.name.casefold(), name.sheet): name.text for name in names}
        self._sheets = sheets
        self._open: set[tuple[str, int | None]] = set()

    def resolve(self, formula: str, home: int) -> tuple[Reference, ...] | None:
        """Return all references of a formula on sheet ``home``, None when it is opaque."""
        read = reads(formula)
        if read is None or not read.names:
            return None if read is None else read.references
        found = list(read.references)
        for name, sheet in read.names:
            named = self._named(name, home if sheet is None else self._sheets.get(sheet.casefold()))
            if named is None:
                return None
            found += named
        return tuple(found)

    def _named(self, name: str, scope: int | None) -> tuple[Reference, ...] | None:
        for key in ((name.casefold(), scope), (name.casefold(), None)):
            if key in self._texts and key not in self._open:
                self._open.add(key)
                found = self.resolve(self._texts[key], -1 if scope is None else scope)
                self._open.discard(key)
                # A relative reference in a name depends on the cell that uses it, one without
                # sheet on the sheet that is open.
                return found if found is not None and all(map(_is_absolute, found)) else None
        return None


def _is_absolute(item: Reference) -> bool:
    fixed = (item.top.fixed, item.left.fixed, item.bottom.fixed, item.right.fixed)
    return item.sheet is not None and all(fixed)


def looks_outside(content: bytes) -> bool:
    """Tell whether a sheet's formulas may read other sheets, from the part's text alone.

    Changes elsewhere cannot reach a sheet whose formulas all stay on it, so it is not parsed.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"CDATA" in content:
        return True
    for text in set(_FORMULA.findall(content)):
        read = reads(unescape(text.decode("utf-8", "replace")))
        if read is None or read.names or any(item.sheet for item in read.references):
            return True
    return False


def stale(
    formulas: Mapping[int, Sequence[FormulaCell]],
    changed: Iterable[Place],
    known: Iterable[Place],
    sheets: Mapping[str, int],
    names: Iterable[DefinedName],
) -> set[Place]:
    """Return the cells whose cached result depends, directly or not, on a changed cell.

    ``formulas`` are the formulas of each sheet, ``changed`` the places whose value is new (results
    of other formulas among them), ``known`` those whose new result is known and which are
    therefore not stale. ``sheets`` gives positions by casefolded name. A formula that is not
    understood is stale.
    """
    graph = _Graph(known, few=sum(map(len, formulas.values())) <= _FEW)
    table = NameTable(names, sheets)
    for sheet, cells in formulas.items():
        for formula in cells:
            graph.add(sheet, formula, table.resolve(formula.text, sheet), sheets)
    return graph.spread(changed)


class _Graph:
    """Formulas by the cells they read."""

    def __init__(self, known: Iterable[Place], *, few: bool) -> None:
        # Looking areas up cell by cell pays only when there are many of them.
        self._small = 1 if few else _SMALL
        self._known = frozenset(known)
        self._cells: list[list[Place]] = []
        self._readers: dict[Place, list[int]] = defaultdict(list)
        self._areas: dict[int, list[tuple[Area, int]]] = defaultdict(list)
        self._opaque: list[int] = []

    def add(
        self,
        sheet: int,
        formula: FormulaCell,
        read: tuple[Reference, ...] | None,
        sheets: Mapping[str, int],
    ) -> None:
        """Take in a formula with what it reads."""
        number = len(self._cells)
        top, left, bottom, right = formula.covers
        if (bottom - top + 1) * (right - left + 1) > _LARGEST_ARRAY:
            bottom, right = top, left
        self._cells.append(
            [
                (sheet, row, column)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            ]
        )
        if read is None or formula.kind == "dataTable" or not formula.text:
            self._opaque.append(number)
            return
        down = formula.cell[0] - formula.origin[0]
        across = formula.cell[1] - formula.origin[1]
        for reference in read:
            target = sheet
            if reference.sheet is not None:
                position = sheets.get(reference.sheet.casefold())
                if position is None:
                    continue
                target = position
            self._add_area((target, *reference.area(down, across)), number)

    def _add_area(self, area: Area, number: int) -> None:
        sheet, top, left, bottom, right = area
        if (bottom - top + 1) * (right - left + 1) > self._small:
            self._areas[sheet].append((area, number))
            return
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self._readers[sheet, row, column].append(number)

    def spread(self, changed: Iterable[Place]) -> set[Place]:
        """Follow the changes through the formulas."""
        found: set[Place] = set()
        done: set[int] = set()
        waiting = list(changed)
        seen = set(waiting)
        work = 0

        def mark(number: int) -> None:
            if number in done:
                return
            done.add(number)
            for place in self._cells[number]:
                if place not in self._known:
                    found.add(place)
                if place not in seen:
                    seen.add(place)
                    waiting.append(place)

        for number in self._opaque:
            mark(number)
        while waiting:
            place = waiting.pop()
            for number in self._readers.get(place, ()):
                mark(number)
            sheet, row, column = place
            areas = self._areas.get(sheet, [])
            work += len(areas)
            if work > _PATIENCE:
                for number in range(len(self._cells)):
                    mark(number)
                break
            for (_, top, left, bottom, right), number in areas:
                if top <= row <= bottom and left <= column <= right:
                    mark(number)
        return found
