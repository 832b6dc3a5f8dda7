"""Which cached results are stale after some cells changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from selfeval_xl.workbooks.dependents import Dependents, Place, SheetArea
from selfeval_xl.workbooks.editing.formulas import Reference, reads
from selfeval_xl.workbooks.editing.sheet_formulas import FormulaCell
from selfeval_xl.workbooks.editing.workbook_part import DefinedName
from selfeval_xl.workbooks.precedents import precedents, written
from selfeval_xl.workbooks.recurring import recurring

_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*[^<>/])?>([^<]*)<")


@dataclass(frozen=True)
class Scope:
    """What formulas may name: sheets by casefolded name, defined names, tables.

    ``tables`` is asked only when a formula names a table; it gives their areas by casefolded
    name.
    """

    sheets: Mapping[str, int]
    names: Sequence[DefinedName]
    tables: Callable[[], Mapping[str, SheetArea]]

    @cached_property
    def _texts(self) -> dict[tuple[str, int | None], str]:
        return {(name.name.casefold(), name.sheet): name.text for name in self.names}

    @cached_property
    def _tables(self) -> Mapping[str, SheetArea]:
        return self.tables()

    def areas(self, formula: FormulaCell, home: int) -> list[SheetArea] | None:
        """Return what a formula on sheet ``home`` reads, None when it may read any cell."""
        if not formula.text or formula.kind == "dataTable":
            return None
        alone = formula.covers[:2] == formula.covers[2:]
        read = (precedents if alone else written)(formula.text, formula.origin, formula.cell)
        if read is None:
            return None
        found = [
            (position, *area[1:])
            for area in read.areas
            if (position := self._position(area.sheet, home)) is not None
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

    def _position(self, sheet: str | None, home: int) -> int | None:
        return home if sheet is None else self.sheets.get(sheet.casefold())

    def _named(
        self, name: str, scope: int | None, above: frozenset[tuple[str, int | None]]
    ) -> list[SheetArea] | None:
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
            if (position := self._position(item.sheet, -1)) is not None
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
    graph = Dependents()
    for sheet, cells in formulas.items():
        for formula in cells:
            alone = formula.covers[:2] == formula.covers[2:]
            if not (alone and (sheet, *formula.cell) in decided):
                graph.add(sheet, formula.covers, scope.areas(formula, sheet))
    return graph.spread(changed, decided)
