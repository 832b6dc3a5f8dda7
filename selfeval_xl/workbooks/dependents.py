"""Which formulas depend on cells that change, directly or by others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from selfeval_xl.workbooks.sheet import Range

Place = tuple[int, int, int]
"""Sheet number, row, column."""

SheetArea = tuple[int, int, int, int, int]
"""Sheet number, first row, first column, last row, last column."""

_FLAT = 16  # rows up to which an area is looked up by its rows
_LARGEST_ARRAY = 65_536  # results of one array formula that are followed one by one
_PATIENCE = 2_000_000  # comparisons before every formula is said to depend on the changes


class Dependents:
    """Formulas by the cells they read, to follow changes through them."""

    def __init__(self) -> None:
        self._results: list[tuple[int, Range]] = []
        self._by_row: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        self._tall: dict[int, list[tuple[SheetArea, int]]] = defaultdict(list)
        self._opaque: list[int] = []

    def add(self, sheet: int, covers: Range, areas: Iterable[SheetArea] | None) -> None:
        """Take in a formula with the cells it fills and those it reads, None for any."""
        number = len(self._results)
        top, left, bottom, right = covers
        if (bottom - top + 1) * (right - left + 1) > _LARGEST_ARRAY:
            bottom, right = top, left
        self._results.append((sheet, (top, left, bottom, right)))
        if areas is None:
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
        """Return the cells of formulas that depend, directly or not, on a changed cell.

        Changes are not followed into the places ``decided`` on.
        """
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
