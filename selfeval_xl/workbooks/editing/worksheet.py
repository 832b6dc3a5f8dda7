"""One worksheet part: finding, inserting and changing cells without touching the others."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from lxml import etree

from selfeval_xl.workbooks.editing import cell_content as content
from selfeval_xl.workbooks.editing.folding import fold
from selfeval_xl.workbooks.editing.markup import (
    Element,
    insert_ordered,
    local,
    namespace,
    office_relations,
    parse,
    place_of,
    serialise,
    truthy,
)
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.sheet_formulas import (
    ARRAYS,
    FormulaCell,
    hand_on,
    read_formulas,
)
from selfeval_xl.workbooks.sheet import Cell, Range, a1, parse_range

_AFTER_LEGACY_DRAWING = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
]


class WorksheetPart:
    """A worksheet part, parsed once; ``save`` writes it back when it was changed."""

    def __init__(self, package: Package, part: str, rows: Collection[int] = ()) -> None:
        """Open a part of which the given rows and those with formulas may be edited."""
        self._package = package
        self.part = part
        self._folded = fold(package.read(part), rows)
        self.root = parse(self._folded.content, part)
        self.main = namespace(self.root)
        self.changed = False
        data = self.root.find(self.tag("sheetData"))
        self._data = data if data is not None else self._add_data()
        self._rows: dict[int, Element] = {}
        self._cells: dict[int, dict[int, Element]] = {}
        last = -1
        for row in self._data.iterchildren(self.tag("row")):
            number = row.get("r")
            last = int(number) - 1 if number else last + 1
            self._rows[last] = row
        self._formulas: list[FormulaCell] | None = None
        self._arrays: list[Range] = []
        self._columns: list[tuple[int, int, int]] | None = None
        self._merges: list[Range] | None = None

    def tag(self, name: str) -> str:
        """Return a name in this part's main namespace."""
        return f"{{{self.main}}}{name}"

    def _add_data(self) -> Element:
        data = etree.Element(self.tag("sheetData"))
        before = ("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols")
        place = sum(1 for child in self.root if local(child) in before)
        self.root.insert(place, data)
        return data

    def _row_cells(self, row: int) -> dict[int, Element]:
        """Return the cells of a row by column; a cell without address follows the one before."""
        cells = self._cells.get(row)
        if cells is None:
            cells = self._cells[row] = {}
            element = self._rows.get(row)
            last = -1
            for cell in () if element is None else element.iterchildren(self.tag("c")):
                address = cell.get("r")
                last = place_of(address)[1] if address else last + 1
                cells[last] = cell
        return cells

    def row(self, number: int) -> Element | None:
        """Return a row's element, None when the sheet has none."""
        return self._rows.get(number)

    def merges(self) -> list[Range]:
        """Return the merged ranges."""
        if self._merges is None:
            listed = self.root.find(self.tag("mergeCells"))
            self._merges = [
                parse_range(item.get("ref", "A1"))
                for item in (listed if listed is not None else ())
                if local(item) == "mergeCell"
            ]
        return self._merges

    def anchor(self, cell: Cell) -> Cell:
        """Return the top left cell of the merge a cell lies in, or the cell itself."""
        for top, left, bottom, right in self.merges():
            if top <= cell[0] <= bottom and left <= cell[1] <= right:
                return top, left
        return cell

    def find(self, cell: Cell) -> Element | None:
        """Return a cell's element, None when the sheet has none."""
        return self._row_cells(cell[0]).get(cell[1])

    def require(self, cell: Cell) -> Element:
        """Return a cell's element, inserting the row and the cell where they belong."""
        found = self.find(cell)
        if found is not None:
            return found
        row, column = cell
        cells = self._row_cells(row)
        parent = self._rows.get(row)
        if parent is None:
            parent = etree.Element(self.tag("row"))
            parent.set("r", str(row + 1))
            following = min((other for other in self._rows if other > row), default=None)
            if following is None:
                self._data.append(parent)
            else:
                self._rows[following].addprevious(parent)
            self._rows[row] = parent
        element = etree.Element(self.tag("c"))
        element.set("r", a1(cell))
        style = self._inherited_style(parent, column)
        if style:
            element.set("s", str(style))
        following = min((other for other in cells if other > column), default=None)
        if following is None:
            place = sum(1 for child in parent if local(child) == "c")
            parent.insert(place, element)
        else:
            cells[following].addprevious(element)
        cells[column] = element
        self._widen(parent, cell)
        self.changed = True
        return element

    def _inherited_style(self, row: Element, column: int) -> int:
        """Return the format a blank cell shows: its row's, else its column's."""
        if truthy(row.get("customFormat")) and row.get("s"):
            return int(row.get("s", "0"))
        if self._columns is None:
            listed = self.root.find(self.tag("cols"))
            self._columns = [
                (int(item.get("min", "1")), int(item.get("max", "1")), int(item.get("style", "0")))
                for item in (listed if listed is not None else ())
                if local(item) == "col"
            ]
        for first, last, style in self._columns:
            if first <= column + 1 <= last:
                return style
        return 0

    def _widen(self, row: Element, cell: Cell) -> None:
        """Keep the row's spans and the sheet's dimension true for an inserted cell."""
        first, _, last = row.get("spans", "").partition(":")
        if first.isdigit() and last.isdigit():
            low, high = min(int(first), cell[1] + 1), max(int(last), cell[1] + 1)
            if (low, high) != (int(first), int(last)):
                row.set("spans", f"{low}:{high}")
        dimension = self.root.find(self.tag("dimension"))
        if dimension is None:
            return
        try:
            top, left, bottom, right = parse_range(dimension.get("ref", ""))
        except ValueError:
            return
        wider = (min(top, cell[0]), min(left, cell[1]), max(bottom, cell[0]), max(right, cell[1]))
        if wider != (top, left, bottom, right):
            dimension.set("ref", f"{a1((wider[0], wider[1]))}:{a1((wider[2], wider[3]))}")

    # Formulas -----------------------------------------------------------------------------

    def formulas(self) -> list[FormulaCell]:
        """Return all formulas as the file had them when first asked.

        Followers of a shared formula come with the master's text and cell.
        """
        if self._formulas is None:
            self._formulas = list(read_formulas(self._data, self._address))
            self._arrays = [item.covers for item in self._formulas if item.kind in ARRAYS]
        return self._formulas

    def _address(self, cell: Element) -> Cell:
        address = cell.get("r")
        if address:
            return place_of(address)
        row = cell.getparent()
        for number, element in self._rows.items():
            if element is row:
                for column, candidate in self._row_cells(number).items():
                    if candidate is cell:
                        return number, column
        raise ValueError("cell outside the sheet's rows")

    def in_array(self, cell: Cell) -> bool:
        """Tell whether a cell belongs to an array formula or data table.

        Such a cell cannot be changed alone: the program that opens the file would refuse it.
        """
        self.formulas()
        return any(
            top <= cell[0] <= bottom and left <= cell[1] <= right
            for top, left, bottom, right in self._arrays
        )

    def _release_formula(self, element: Element, cell: Cell) -> bool:
        """Remove a cell's formula, handing a shared one on; tell whether there was one."""
        formula = element.find(self.tag("f"))
        if formula is None:
            return False
        if formula.get("t") == "shared" and formula.text:
            hand_on(self._data, formula, cell, self._address)
        element.remove(formula)
        return True

    # Values -------------------------------------------------------------------------------

    def set_value(self, cell: Cell, value: Decimal | str | None, formula: str = "") -> bool:
        """Give a cell a new value; tell whether a formula was taken away or added.

        With ``formula`` the value is its cached result, None when that is not known.
        """
        element = self.require(cell)
        had_formula = self._release_formula(element, cell)
        content.clear(element)
        self.changed = True
        if formula:
            content.write_formula(element, formula)
            if value is not None:
                content.write_result(element, value)
        elif isinstance(value, str):
            content.write_text(element, value)
        elif value is not None:
            content.write_result(element, value)
        return had_formula or bool(formula)

    def set_result(self, cell: Cell, value: Decimal | None) -> bool:
        """Replace a formula cell's result, None leaves it out; tell whether it was another."""
        element = self.find(cell)
        if element is None:
            return False
        present = element.find(self.tag("v"))
        if value is None:
            settled = present is None
        else:
            settled = present is not None and content.shows(element, present, value)
        if settled:
            return False
        content.clear(element)
        if value is not None:
            content.write_result(element, value)
        self.changed = True
        return True

    def style_of(self, cell: Cell) -> int:
        """Return the format index of an existing cell (0 when it names none)."""
        element = self.find(cell)
        return int(element.get("s", "0")) if element is not None else 0

    def set_style(self, cell: Cell, style: int) -> None:
        """Give a cell another format."""
        element = self.require(cell)
        if element.get("s", "0") != str(style):
            element.set("s", str(style))
            self.changed = True

    # The rest of the sheet ----------------------------------------------------------------

    def has_tables(self) -> bool:
        """Tell whether the sheet has tables."""
        return self.root.find(self.tag("tableParts")) is not None

    def set_legacy_drawing(self, identifier: str) -> None:
        """Point to the VML part that draws the notes."""
        relations = office_relations(self.main)
        item = etree.Element(self.tag("legacyDrawing"), nsmap={"r": relations})
        item.set(f"{{{relations}}}id", identifier)
        insert_ordered(self.root, item, _AFTER_LEGACY_DRAWING)
        self.changed = True

    def save(self) -> None:
        """Write the part back if it was changed."""
        if self.changed:
            self._package.write(self.part, self._folded.unfolded(serialise(self.root)))
