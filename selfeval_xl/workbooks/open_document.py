"""The sheets of .ods files: values, merges, formulas, errors, number formats.

Cells and rows may stand for a million repetitions of themselves: how far they reach is found out
before they are unrolled.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from selfeval_xl.workbooks.container import Container, too_large
from selfeval_xl.workbooks.extent import check_cell, check_sheet, long_text, too_many_cells
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import as_date, is_date
from selfeval_xl.workbooks.open_document_cells import NUMERIC, cell_error, cell_value
from selfeval_xl.workbooks.open_document_formats import NumberFormats
from selfeval_xl.workbooks.open_document_formulas import formula_text, usable_functions
from selfeval_xl.workbooks.open_document_styles import Styles
from selfeval_xl.workbooks.open_document_tables import (
    CELLS,
    ColumnStyles,
    has_content,
    repeats,
    rows,
    spans,
    tables,
    usual_style,
)
from selfeval_xl.workbooks.sheet import Cell, Range, Sheet
from selfeval_xl.workbooks.workbook import WorkbookProblem
from selfeval_xl.workbooks.xml_parts import parse

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SHARE, _CLOCK, _ELAPSED = "0.00%", "hh:mm:ss", "[h]:mm:ss"


def read_sheets(container: Container, limits: Limits) -> tuple[Sheet, ...]:
    """Return the sheets of an .ods file.

    Raises WorkbookProblem when the content cannot be read or lies beyond the limits; the part
    with the styles all sheets share may be missing or damaged.
    """
    content = parse(container.read("content.xml"), limits.depth)
    common = sound_part(container, "styles.xml", limits)
    found = tables(content)
    if len(found) > limits.sheets:
        raise too_large(f"工作簿有 {len(found)} 张工作表")
    styles = Styles(content, common)
    book = _Book(
        limits,
        NumberFormats(styles, content, common),
        frozenset(name for name, _ in found),
        usable_functions(content),
        limits.cells,
    )
    return tuple(
        _Reading(name, table, book).sheet(
            hidden=styles.is_hidden(table.get(f"{_TABLE}style-name") or "")
        )
        for name, table in found
    )


def sound_part(container: Container, name: str, limits: Limits) -> etree._Element | None:
    """Return the root element of a part, None where it is missing or damaged."""
    with suppress(WorkbookProblem, KeyError):
        return parse(container.read(name), limits.depth)
    return None


@dataclass(slots=True)
class _Book:
    """What the sheets of a document share.

    ``cells`` and ``characters`` are those that may still be read, ``functions`` those that
    formulas may hold.
    """

    limits: Limits
    formats: NumberFormats
    names: frozenset[str]
    functions: Collection[str]
    cells: int
    characters: int = 20_000_000


@dataclass(slots=True)
class _Line:
    """What a row element says of each row it stands for, by column.

    ``merges`` have the column, the height and the width; ``width`` reaches to the last cell that
    holds anything.
    """

    values: list[object] = field(default_factory=list)
    number_formats: list[tuple[int, str]] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    merges: list[tuple[int, int, int]] = field(default_factory=list)
    width: int = 0


class _Reading:
    """One sheet while it is read."""

    def __init__(self, name: str, table: etree._Element, book: _Book) -> None:
        self._name, self._table, self._book = name, table, book
        self._column_styles = ColumnStyles(table)

    def sheet(self, *, hidden: bool) -> Sheet:
        """Return the sheet.

        Raises WorkbookProblem when it reaches beyond the limits.
        """
        values: list[list[object]] = []
        number_formats: dict[Cell, str] = {}
        formulas: dict[Cell, str] = {}
        errors: dict[Cell, str] = {}
        merges: list[Range] = []
        for element, first, again in rows(self._table):
            line = self._line(element, first)
            for number in range(first, first + self._counted(line, first, again)):
                if line.values:
                    values.extend([] for _ in range(number - len(values)))
                    values.append(list(line.values))
                number_formats.update(((number, at), code) for at, code in line.number_formats)
                formulas.update(((number, at), text) for at, text in line.formulas)
                errors.update(((number, at), error) for at, error in line.errors)
                merges += [
                    (number, at, number + height - 1, at + width - 1)
                    for at, height, width in line.merges
                ]
        sheet = Sheet(self._name, values, tuple(merges), number_formats, formulas, errors, hidden)
        check_sheet(sheet, self._book.limits)
        return sheet

    def _counted(self, line: _Line, first: int, again: int) -> int:
        """Return for how many rows a row element is read: one of those without content."""
        if not line.width:
            again = 1
        else:
            check_cell(self._name, (first + again - 1, line.width - 1), self._book.limits)
        self._book.cells -= again * max(line.width, len(line.merges))
        if self._book.cells < 0:
            raise too_many_cells(self._name, self._book.limits)
        return again

    def _line(self, element: etree._Element, row: int) -> _Line:
        """Return what a row element says; ``row`` is the first row it stands for."""
        line = _Line()
        usual = usual_style(element)
        column = 0
        for cell in element.iterchildren(*CELLS):
            again = repeats(cell, "number-columns-repeated")
            if has_content(cell):
                line.width = column + again
                check_cell(self._name, (row, line.width - 1), self._book.limits)
                style = cell.get(f"{_TABLE}style-name") or usual or self._column_styles.name(column)
                self._read_cell(line, cell, (row, column), again, style)
            height, width = spans(cell)
            if height > 1 or width > 1:
                line.merges.append((column, height, width))
            column += again
        return line

    def _read_cell(
        self, line: _Line, cell: etree._Element, place: Cell, again: int, style: str
    ) -> None:
        """Add a cell with content and its repetitions to its row."""
        column = place[1]
        where = range(column, column + again)
        if formula := cell.get(f"{_TABLE}formula"):
            alone = again == 1 and not cell.get(f"{_TABLE}number-matrix-rows-spanned")
            text = formula_text(formula, self._book.names, self._book.functions) if alone else ""
            line.formulas += [(at, text) for at in where]
        if error := cell_error(cell):
            line.errors += [(at, error) for at in where]
            return
        value = cell_value(cell, self._book.limits.text_length)
        if isinstance(value, str) and len(value) > self._book.limits.text_length:
            raise long_text(self._name, place, len(value))
        if isinstance(value, str):
            self._book.characters -= len(value)
            if self._book.characters < 0:
                raise too_large("工作簿里的文字太多")
        if code := self._code(cell, style, value):
            line.number_formats += [(at, code) for at in where]
            if isinstance(value, int | float) and is_date(code):
                value = _dated(cell, value)
        if value is not None:
            line.values += [None] * (column - len(line.values)) + [value] * again

    def _code(self, cell: etree._Element, style: str, value: object) -> str:
        """Return the number format code of a cell, "" for General and for texts.

        Where its style has none, what its value is decides, as in LibreOffice.
        """
        if value is None or isinstance(value, str | bool):
            return ""
        if code := self._book.formats.code(style):
            return code
        kind = cell.get(f"{_OFFICE}value-type")
        if kind == "time" and isinstance(value, int | float):
            return _CLOCK if 0 <= value < 1 else _ELAPSED
        return _SHARE if kind == "percentage" else ""


def _dated(cell: etree._Element, value: float) -> object:
    """Return the date a number is shown as; what is a time stays one."""
    numeric = cell.get(f"{_OFFICE}value-type") in NUMERIC
    return (as_date(value, date_1904=False) if numeric else None) or value
