"""The content of .ods files: how far the sheets reach, merges, formulas, number formats.

Cells and rows may stand for a million repetitions of themselves; this pass finds out before
calamine unrolls them.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from selfeval_xl.workbooks.extent import check_cell
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.open_document_formats import column_styles, format_codes
from selfeval_xl.workbooks.open_document_formulas import formula_text
from selfeval_xl.workbooks.survey import SheetSurvey
from selfeval_xl.workbooks.xml_parts import parse

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_NUMERIC = ("float", "percentage", "currency")
CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


def survey(content: bytes, limits: Limits) -> dict[str, SheetSurvey]:
    """Return what the content part tells of each sheet, by name.

    Raises WorkbookProblem when content lies too far out.
    """
    found = {}
    root = parse(content, limits.depth)
    codes = format_codes(root)
    names = frozenset(table.get(f"{_TABLE}name") or "" for table in root.iter(f"{_TABLE}table"))
    for table in root.iter(f"{_TABLE}table"):
        name = table.get(f"{_TABLE}name") or ""
        sheet = found[name] = SheetSurvey()
        looks = _Looks(codes, column_styles(table), names)
        row = 0
        for element in table.iter(f"{_TABLE}table-row"):
            repeated = repeats(element, "number-rows-repeated")
            if _read_row(sheet, element, name, row, looks, limits):
                check_cell(name, (row + repeated - 1, 0), limits)
                for again in range(row + 1, row + repeated):
                    _read_row(sheet, element, name, again, looks, limits)
            row += repeated
    return found


@dataclass(frozen=True, slots=True)
class _Looks:
    """The format codes of cell styles, and where the columns' default styles end."""

    codes: dict[str, str]
    columns: list[tuple[int, str]]
    sheets: frozenset[str]

    def code(self, cell: etree._Element, row: etree._Element, column: int) -> str:
        """Return a numeric cell's format code; "" for General."""
        style = cell.get(f"{_TABLE}style-name") or row.get(f"{_TABLE}default-cell-style-name")
        if not style:
            style = next((name for end, name in self.columns if column < end), "")
        usual = "0.00%" if cell.get(f"{_OFFICE}value-type") == "percentage" else ""
        return self.codes.get(style, usual)


def _read_row(
    sheet: SheetSurvey,
    element: etree._Element,
    name: str,
    row: int,
    looks: _Looks,
    limits: Limits,
) -> bool:
    """Note the cells of a row; tell whether it has content."""
    column = 0
    filled = False
    for cell in element.iterchildren(*CELLS):
        repeated = repeats(cell, "number-columns-repeated")
        kind = cell.get(f"{_OFFICE}value-type")
        formula = cell.get(f"{_TABLE}formula")
        if has_content(cell):
            filled = True
            check_cell(name, (row, column + repeated - 1), limits)
            code = looks.code(cell, element, column) if kind in _NUMERIC else ""
            alone = repeated == 1 and not cell.get(f"{_TABLE}number-matrix-rows-spanned")
            text = formula_text(formula, looks.sheets) if formula and alone else ""
            for place in range(column, column + repeated):
                if formula:
                    sheet.formulas[row, place] = text
                if code:
                    sheet.number_formats[row, place] = code
        rows, columns = (
            repeats(cell, "number-rows-spanned"),
            repeats(cell, "number-columns-spanned"),
        )
        if rows > 1 or columns > 1:
            sheet.merges.append((row, column, row + rows - 1, column + columns - 1))
        column += repeated
    return filled


def has_content(cell: etree._Element) -> bool:
    """Tell whether a cell holds anything."""
    return bool(cell.get(f"{_OFFICE}value-type") or cell.get(f"{_TABLE}formula") or len(cell))


def spans(cell: etree._Element) -> tuple[int, int]:
    """Return how many rows and columns a cell spans, 1 and 1 for one that is not merged."""
    return repeats(cell, "number-rows-spanned"), repeats(cell, "number-columns-spanned")


def repeats(element: etree._Element, name: str) -> int:
    """Return how often an element repeats or how far it spans, as the attribute says; 1 or more."""
    text = element.get(_TABLE + name)
    if text is None:  # nearly all stand for themselves
        return 1
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1
