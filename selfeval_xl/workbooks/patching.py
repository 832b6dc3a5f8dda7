"""The marked copy: the sender's own package with marks, corrected values and added sheets.

Whatever is not changed stays as it was: untouched parts keep their compressed bytes, and in an
edited sheet every character outside the changed cells is the sender's. What is decided here:

- A mark on a merged cell goes to its top left cell, whose look the whole merge shows.
- Values of cells in blocks (see ``blocks``) are left: a file with half an array or a renamed table
  column is refused by Excel. Their fill and note are set.
- A cell with a threaded comment gets no note: it would break the thread.
- Cached results that depend on a changed value and are not given are removed, and the program
  that opens the copy is asked to compute everything.
- Digital signatures are taken out, because any change makes them invalid.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from lxml import etree

from selfeval_xl.workbooks.blocks import of_table
from selfeval_xl.workbooks.changes import CellChange, NewSheet, SheetChanges
from selfeval_xl.workbooks.dependents import Place, SheetArea
from selfeval_xl.workbooks.editing.markup import (
    Element,
    drop_attribute,
    local,
    looks_like_formula,
    parse,
    serialise,
    truthy,
)
from selfeval_xl.workbooks.editing.new_sheet import add_sheet, check_choices
from selfeval_xl.workbooks.editing.notes import add_notes
from selfeval_xl.workbooks.editing.opc import Relationships
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.recalculation import Scope, looks_outside, stale
from selfeval_xl.workbooks.editing.styles import Styles
from selfeval_xl.workbooks.editing.workbook_part import WorkbookPart, drop_signatures
from selfeval_xl.workbooks.editing.worksheet import WorksheetPart
from selfeval_xl.workbooks.editing.zip_entries import damaged
from selfeval_xl.workbooks.sheet import Block, Cell, parse_range

_SELECTED = re.compile(rb"""\stabSelected\s*=\s*(?:"(?:1|true|on)"|'(?:1|true|on)')""")
_HEAD = 4096  # bytes in which a sheet's views begin


def patch(package: bytes, changes: Mapping[str, SheetChanges], sheets: Sequence[NewSheet]) -> bytes:
    """Return a copy of an .xlsx or .xlsm file with its marks and with new sheets in front.

    ``changes`` are given by sheet name as the workbook shows it. The same input gives the same
    bytes; without changes and sheets the very bytes given come back. Raises WorkbookProblem (kind
    ``damaged``) when a part that must be edited cannot be read, KeyError when the workbook has no
    sheet of a name, ValueError when options of a new sheet cannot be listed.
    """
    changes = {name: change for name, change in changes.items() if change.cells or change.cached}
    if not changes and not sheets:
        return package
    for sheet in sheets:
        check_choices(sheet)
    parts = Package(package)
    try:
        return _Patch(parts).apply(changes, sheets)
    except (ValueError, IndexError, OverflowError, etree.LxmlError) as problem:
        # Addresses and numbers of the parts that are no addresses and numbers.
        raise damaged() from problem


class _Patch:
    """One run of :func:`patch`: the parts opened so far."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._workbook = WorkbookPart(package)
        self._styles: Styles | None = None
        self._parts: dict[int, WorksheetPart] = {}
        self._positions = {
            sheet.name.casefold(): number for number, sheet in enumerate(self._workbook.sheets)
        }

    def apply(self, changes: Mapping[str, SheetChanges], sheets: Sequence[NewSheet]) -> bytes:
        """Make all changes and return the file."""
        self._edit(changes)
        for part in self._parts.values():
            part.save()
        if sheets:
            self._deselect()
            for position, sheet in enumerate(sheets):
                add_sheet(self._workbook, self._look(), sheet, position)
            self._workbook.show_first()
        if self._styles is not None:
            self._styles.save()
        drop_signatures(self._package, self._workbook.types.remove)
        self._workbook.save()
        return self._package.to_bytes()

    def _look(self) -> Styles:
        if self._styles is None:
            self._styles = Styles(self._workbook)
        return self._styles

    def _sheet(self, position: int) -> WorksheetPart:
        """Return a sheet's part, opened for editing."""
        if position not in self._parts:
            part = self._workbook.sheets[position].part
            if part not in self._package:
                raise damaged()
            self._parts[position] = WorksheetPart(self._package, part)
        return self._parts[position]

    def _edit(self, changes: Mapping[str, SheetChanges]) -> None:
        changed: list[Place] = []
        settled: list[Place] = []
        formulas_changed = False
        for name, change in changes.items():
            position = self._positions[name.casefold()]
            sheet = self._sheet(position)
            cells = _settled(sheet, change.cells, self._table_rows(sheet))
            own = {cell.cell for cell in cells if _has_value(cell)}
            formulas_changed |= self._write(sheet, cells)
            changed += [(position, *cell) for cell in own]
            for cell, other in self._write_results(sheet, change, own):
                (changed if other else settled).append((position, *cell))
        if changed:
            self._drop_stale(changed, settled)
            self._workbook.recalculate_on_load()
        if formulas_changed:
            self._workbook.drop("calcChain")

    def _write(self, sheet: WorksheetPart, cells: Iterable[CellChange]) -> bool:
        """Write cells and notes; tell whether formulas came or went."""
        formulas_changed = False
        notes: dict[Cell, str] = {}
        for change in cells:
            if _has_value(change):
                formulas_changed |= sheet.set_value(change.cell, change.value, change.formula)
            if change.fill or change.number_format or _has_value(change):
                sheet.require(change.cell)
                base = sheet.style_of(change.cell)
                style = self._look().marked(
                    base, change.fill, change.number_format, quoted=_quoted(change)
                )
                sheet.set_style(change.cell, style)
            if change.note:
                notes[change.cell] = change.note
        if notes:
            add_notes(self._workbook, sheet, notes)
        return formulas_changed

    @staticmethod
    def _write_results(
        sheet: WorksheetPart, change: SheetChanges, own: set[Cell]
    ) -> list[tuple[Cell, bool]]:
        """Write the results of formulas that were not changed themselves; tell which differ."""
        if not change.cached:
            return []
        formulas = {formula.cell for formula in sheet.formulas}
        return [
            (cell, sheet.set_result(cell, result))
            for cell, result in change.cached.items()
            if cell not in own and (cell in formulas or sheet.in_array(cell))
        ]

    def _drop_stale(self, changed: Collection[Place], settled: Collection[Place]) -> None:
        """Remove cached results that are no longer right; those of settled places are."""
        formulas = {}
        for position, entry in enumerate(self._workbook.sheets):
            if entry.part in self._package and (
                position in self._parts or looks_outside(self._package.read(entry.part))
            ):
                found = self._sheet(position).formulas
                if found:
                    formulas[position] = found
        if not formulas:
            return
        scope = Scope(self._positions, self._workbook.defined_names(), self._table_areas)
        outdated = stale(formulas, changed, settled, scope)
        for position, row, column in sorted(outdated):
            self._sheet(position).set_result((row, column), None)

    def _tables(self, part: str) -> Iterator[Element]:
        """Yield the tables of a sheet."""
        for table in Relationships(self._package, part).of_kind("table"):
            if table in self._package:
                yield parse(self._package.read(table), table)

    def _table_areas(self) -> dict[str, SheetArea]:
        return {
            str(table.get("displayName") or table.get("name") or "").casefold(): (
                position,
                *parse_range(table.get("ref", "A1")),
            )
            for position, entry in enumerate(self._workbook.sheets)
            if entry.part
            for table in self._tables(entry.part)
        }

    def _table_rows(self, sheet: WorksheetPart) -> list[Block]:
        """Return the rows of a sheet's tables that cannot be changed by themselves."""
        tables = self._tables(sheet.part) if sheet.has_tables() else ()
        return [row for table in tables for row in of_table(table)]

    def _deselect(self) -> None:
        """Unselect the workbook's own sheets: typing into grouped sheets changes all of them."""
        for sheet in self._workbook.sheets:
            if sheet.part not in self._package:
                continue
            head = self._package.head(sheet.part, _HEAD)
            if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
                self._deselect_tree(sheet.part)
            elif b"tabSelected" in head or b"<sheetData" not in head:
                self._deselect_text(sheet.part)

    def _deselect_text(self, part: str) -> None:
        content = self._package.read(part)
        end = content.find(b"sheetData")
        views = content[: end if end >= 0 else len(content)]
        cleared = _SELECTED.sub(b"", views)
        if cleared != views:
            self._package.write(part, cleared + content[len(views) :])

    def _deselect_tree(self, part: str) -> None:
        root = parse(self._package.read(part), part)
        views = [item for item in root.iter() if local(item) == "sheetView"]
        selected = [item for item in views if truthy(item.get("tabSelected"))]
        if sum(drop_attribute(item, "tabSelected") for item in selected):
            self._package.write(part, serialise(root))


def _has_value(change: CellChange) -> bool:
    return change.value is not None or bool(change.formula)


def _quoted(change: CellChange) -> bool | None:
    """Tell whether a cell's new value must be marked as text, None when nothing is to change."""
    if change.formula or isinstance(change.value, Decimal):
        return False
    if change.value is not None and looks_like_formula(change.value):
        return True
    return None


def _settled(
    sheet: WorksheetPart, changes: Sequence[CellChange], table_rows: Sequence[Block]
) -> list[CellChange]:
    """Return one change per cell, moved to merge anchors, without values that must stay."""
    settled: dict[Cell, CellChange] = {}
    anchors = sheet.anchors([change.cell for change in changes])
    for change in changes:
        cell = anchors.get(change.cell, change.cell)
        before = settled.get(cell)
        moved = replace(change, cell=cell)
        settled[cell] = moved if before is None else _joined(before, moved)
    return [
        replace(change, value=None, formula="")
        if _has_value(change) and _fixed(sheet, change.cell, table_rows)
        else change
        for change in settled.values()
    ]


def _fixed(sheet: WorksheetPart, cell: Cell, table_rows: Sequence[Block]) -> bool:
    return sheet.in_array(cell) or any(row.holds(cell) for row in table_rows)


def _joined(first: CellChange, second: CellChange) -> CellChange:
    """Join two changes of one cell: the first one's value and fill, both notes."""
    source = first if _has_value(first) else second
    return CellChange(
        cell=first.cell,
        fill=first.fill or second.fill,
        note="\n".join(filter(None, (first.note, second.note))),
        value=source.value,
        formula=source.formula,
        number_format=first.number_format or second.number_format,
    )
