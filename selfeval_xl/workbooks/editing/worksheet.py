"""One worksheet part: finding, inserting and changing cells without touching the others.

The part is edited as text: each change replaces the characters of one cell, of a row's opening tag
or of the sheet's dimension, and all other characters are the sender's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cached_property

from selfeval_xl.workbooks.blocks import KINDS, bond_of
from selfeval_xl.workbooks.editing.cell_content import CellText
from selfeval_xl.workbooks.editing.lexing import attribute, spliced
from selfeval_xl.workbooks.editing.markup import Element, truthy
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.sheet_formulas import (
    FormulaCell,
    hand_on,
    is_shared,
    read_formulas,
)
from selfeval_xl.workbooks.editing.sheet_frame import Column, read_frame
from selfeval_xl.workbooks.editing.sheet_splices import (
    cell_splices,
    dimension_splices,
    legacy_drawing_splice,
)
from selfeval_xl.workbooks.editing.sheet_text import SheetText
from selfeval_xl.workbooks.sheet import Cell, Range, a1, parse_range


class WorksheetPart:
    """A worksheet part, read once; ``save`` writes it back when it was changed."""

    def __init__(self, package: Package, part: str) -> None:
        """Raises WorkbookProblem (kind ``damaged``) when the part is no well-formed XML."""
        self._package = package
        self.part = part
        self._sheet = SheetText(package.read(part), part)
        self._frame = read_frame(self._sheet.frame, part)
        self._rows: dict[int, Mapping[str, str] | None] = {}
        self._cells: dict[Cell, CellText] = {}
        self._inserted: dict[int, list[int]] = {}  # columns of new cells by row
        self._dimension: Range | None = None
        self._drawing = ""

    @property
    def main(self) -> str:
        """The namespace of the part's SpreadsheetML elements."""
        return self._frame.main

    @property
    def root(self) -> Element:
        """The part without its rows, to be looked at only."""
        return self._frame.root

    def tag(self, name: str) -> str:
        """Return a name in this part's main namespace."""
        return f"{{{self.main}}}{name}"

    def row(self, number: int) -> Mapping[str, str] | None:
        """Return the attributes of a row the sheet came with, None when it has none."""
        if number not in self._rows:
            self._rows[number] = self._sheet.row_attributes(number)
        return self._rows[number]

    def column(self, number: int) -> Column | None:
        """Return what is said of a column, given from zero; None when nothing is."""
        return self._frame.column(number)

    def anchors(self, cells: Collection[Cell]) -> dict[Cell, Cell]:
        """Return the top left cell of the merge for those of some cells that lie in one."""
        return self._frame.anchors(cells)

    # Cells --------------------------------------------------------------------------------

    def find(self, cell: Cell) -> CellText | None:
        """Return a cell to be edited, None when the sheet has none."""
        found = self._cells.get(cell)
        if found is None:
            element = self._sheet.cells(cell[0]).get(cell[1])
            if element is None:
                return None
            content = self._sheet.text[element.inside : element.close]
            found = self._cells[cell] = CellText(self._sheet.prefix, element.attributes, content)
        return found

    def require(self, cell: Cell) -> CellText:
        """Return a cell to be edited, inserting the row and the cell where they belong."""
        found = self.find(cell)
        if found is None:
            style = self._inherited_style(cell)
            shown = f' s="{style}"' if style else ""
            found = CellText(self._sheet.prefix, f' r="{a1(cell)}"{shown}')
            self._cells[cell] = found
            self._inserted.setdefault(cell[0], []).append(cell[1])
            self._widen(cell)
        return found

    def _inherited_style(self, cell: Cell) -> int:
        """Return the format a blank cell shows: its row's, else its column's."""
        row = self.row(cell[0])
        if row is not None and truthy(row.get("customFormat")) and (style := row.get("s")):
            return int(style)
        column = self.column(cell[1])
        return column.style if column else 0

    def _widen(self, cell: Cell) -> None:
        """Keep the sheet's dimension true for an inserted cell."""
        area = self._dimension
        if area is None:
            listed = self._frame.child("dimension")
            try:
                area = parse_range("" if listed is None else listed.get("ref", ""))
            except ValueError:
                return
        top, left, bottom, right = area
        wider = (min(top, cell[0]), min(left, cell[1]), max(bottom, cell[0]), max(right, cell[1]))
        if wider != area:
            self._dimension = wider

    # Formulas -----------------------------------------------------------------------------

    @cached_property
    def formulas(self) -> list[FormulaCell]:
        """All formulas as the file came with them.

        Followers of a shared formula come with the master's text and cell.
        """
        return list(read_formulas(self._sheet.formulas()))

    @cached_property
    def _arrays(self) -> list[Range]:
        if not any(kind in self._sheet.plain for kind in KINDS):
            return []
        return [item.covers for item in self.formulas if bond_of(item.kind, item.covers)]

    def in_array(self, cell: Cell) -> bool:
        """Tell whether a cell belongs to an array formula of several cells or a data table."""
        return any(
            top <= cell[0] <= bottom and left <= cell[1] <= right
            for top, left, bottom, right in self._arrays
        )

    def _release_formula(self, element: CellText, cell: Cell) -> bool:
        """Remove a cell's formula, handing a shared one on; tell whether there was one."""
        formula = element.formula()
        if formula is None:
            return False
        attributes, text = formula
        if text and attribute(attributes, "t") == "shared":
            hand_on(text, cell, self._followers(cell, attribute(attributes, "si")))
        element.drop_formula()
        return True

    def _followers(self, master: Cell, group: str | None) -> dict[Cell, CellText]:
        """Return the cells whose formula is, by now, the one the master holds for its group."""
        followers = {}
        for item in self.formulas:
            if item.kind == "shared" and item.cell != master:
                element = self.find(item.cell)
                if element is not None and is_shared(element.formula(), group):
                    followers[item.cell] = element
        return followers

    # Values -------------------------------------------------------------------------------

    def set_value(self, cell: Cell, value: Decimal | str | None, formula: str = "") -> bool:
        """Give a cell a new value; tell whether a formula was taken away or added.

        With ``formula`` the value is its cached result, None when that is not known.
        """
        element = self.require(cell)
        had_formula = self._release_formula(element, cell)
        element.clear()
        if formula:
            element.write_formula(formula)
            if value is not None:
                element.write_result(value)
        elif isinstance(value, str):
            element.write_text(value)
        elif value is not None:
            element.write_result(value)
        return had_formula or bool(formula)

    def set_result(self, cell: Cell, value: Decimal | None) -> bool:
        """Replace a formula cell's result, None leaves it out; tell whether it was another."""
        element = self.find(cell)
        if element is None:
            return False
        settled = element.shows(value) if value is not None else not element.has_result()
        if settled:
            return False
        element.clear()
        if value is not None:
            element.write_result(value)
        return True

    def style_of(self, cell: Cell) -> int:
        """Return the format index of an existing cell (0 when it names none)."""
        element = self.find(cell)
        return int(element.get("s") or 0) if element is not None else 0

    def set_style(self, cell: Cell, style: int) -> None:
        """Give a cell another format."""
        element = self.require(cell)
        if (element.get("s") or "0") != str(style):
            element.set("s", str(style))

    # The rest of the sheet ----------------------------------------------------------------

    def has_tables(self) -> bool:
        """Tell whether the sheet has tables."""
        return self._frame.child("tableParts") is not None

    @property
    def legacy_drawing(self) -> str:
        """The relationship of the VML part that draws the notes, "" when there is none."""
        return self._drawing or self._frame.legacy_drawing

    def set_legacy_drawing(self, identifier: str) -> None:
        """Point to the VML part that draws the notes."""
        self._drawing = identifier

    # Writing ------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the part back if it was changed."""
        splices = list(cell_splices(self._sheet, self._cells, self._inserted))
        if self._dimension is not None:
            splices += dimension_splices(self._sheet, self._dimension)
        if self._drawing:
            splices.append(legacy_drawing_splice(self._sheet, self._frame, self._drawing))
        if splices:
            self._package.write(self.part, spliced(self._sheet.text, splices).encode())
