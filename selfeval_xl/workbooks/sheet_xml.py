"""A worksheet part read into a Sheet.

One regular expression walks over the rows and cells. It gives formulas, number formats and error
codes along with the values, and allocates for cells with content only: formatted blank cells, even
a million rows of them, cost nothing but the scan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from math import isfinite

from selfeval_xl.workbooks.container import damaged
from selfeval_xl.workbooks.extent import check_extent, check_merges, check_text, too_many_cells
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import GENERAL, as_date, is_date
from selfeval_xl.workbooks.package import Package, decode, rich_text
from selfeval_xl.workbooks.sheet import Cell, Range, Sheet, parse_range
from selfeval_xl.workbooks.xml_parts import unescape

_TOKEN = re.compile(
    # the order of attributes all known programs write
    r'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d+)")?(?: t="(\w+)")?'
    r"(?:/>|>(?:<v>([^<]*)</v></c>|(.*?)</c>))"
    r"|<row(?=[\s/>])([^>]*)>"
    r"|<c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</c>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_VALUE = re.compile(r"<v(?:\s[^>]*?)?(?:/>|>([^<]*)</v>)")
_FORMULA = re.compile(r"<f(?:\s[^>]*?)?(?:/>|>([^<]*)</f>)")
_INLINE = re.compile(r"<is(?:\s[^>]*)?>(.*?)</is>", re.DOTALL)
_MERGE = re.compile(r'<mergeCell\s[^>]*?\bref\s*=\s*["\']([^"\']+)["\']')
_LAST_ROW = 1_048_576
_LAST_COLUMN = 16_384
_EXACT_INTEGER = 2**53


@dataclass(slots=True)
class _Reading:
    """A sheet while it is being read; ``cells`` are those with a value, formula or error."""

    package: Package
    name: str
    limits: Limits
    cells: dict[Cell, object] = field(default_factory=dict)
    number_formats: dict[Cell, str] = field(default_factory=dict)
    formulas: dict[Cell, str] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)


def read_sheet(text: str, name: str, hidden: bool, package: Package, limits: Limits) -> Sheet:
    """Return the sheet of a worksheet part given as ``xml_parts.plain_text``.

    Raises WorkbookProblem when the part contradicts itself or content lies beyond the limits.
    """
    reading = _Reading(package, name, limits)
    start = text.find("<sheetData")
    end = text.rfind("</sheetData>")
    if 0 <= start < end:
        _read_cells(reading, text, start, end)
    merges = _merges(text, max(end, 0))
    height, width = check_extent(name, reading.cells, limits)
    check_merges(name, merges, height, width, limits)
    return Sheet(
        name=name,
        rows=grid(reading.cells, height),
        merges=merges,
        number_formats=reading.number_formats,
        formulas=reading.formulas,
        errors=reading.errors,
        hidden=hidden,
    )


def grid(cells: dict[Cell, object], height: int) -> list[list[object]]:
    """Return the rows of a sheet, each as long as its last cell."""
    rows: list[list[object]] = [[] for _ in range(height)]
    for (row, column), value in cells.items():
        values = rows[row]
        missing = column - len(values)
        if missing == 0:
            values.append(value)
        elif missing > 0:
            values.extend([None] * missing)
            values.append(value)
        else:
            values[column] = value
    return rows


def _read_cells(reading: _Reading, text: str, start: int, end: int) -> None:
    row, column = -1, -1
    for match in _TOKEN.finditer(text, start, end):
        letters, digits, style, kind, value, inner, row_attributes, attributes, other = (
            match.groups()
        )
        if letters:
            row, column = int(digits) - 1, _column(letters)
        elif row_attributes is not None:
            row, column = _row(row_attributes, row), -1
            continue
        else:
            values = _attributes(attributes)
            row, column = _address(values.get("r", ""), row, column)
            style, kind, inner = values.get("s"), values.get("t"), other
        if value is not None:
            _put(reading, (row, column), kind or "n", style, value)
        elif inner:
            _put_markup(reading, (row, column), kind or "n", style, inner)


def _row(attributes: str, previous: int) -> int:
    """Return a row element's row; one without a number follows the row before it."""
    number = _attributes(attributes).get("r", "")
    return int(number) - 1 if number.isdecimal() else previous + 1


def _attributes(text: str) -> dict[str, str]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}


def _address(address: str, row: int, column: int) -> Cell:
    """Return the cell of an address; a cell without one follows the cell before it."""
    if not address:
        return max(row, 0), column + 1
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise damaged(f"单元格地址“{address[:20]}”")
    return int(match[2]) - 1, _column(match[1].upper())


@lru_cache(maxsize=_LAST_COLUMN)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _put_markup(reading: _Reading, cell: Cell, kind: str, style: str | None, inner: str) -> None:
    """Put a cell given by its child elements: formula, value, inline text."""
    formula = _FORMULA.search(inner)
    if formula:
        reading.formulas[cell] = unescape(formula[1] or "")
        _hold(reading, cell, None)
    value = _VALUE.search(inner)
    if value and value[1]:
        _put(reading, cell, kind, style, value[1])
    elif kind == "inlineStr" or not value:
        inline = _INLINE.search(inner)
        if inline:
            _put_text(reading, cell, rich_text(inline[1]))
    if formula and cell not in reading.number_formats and kind == "n":
        _format(reading, cell, style)


def _put(reading: _Reading, cell: Cell, kind: str, style: str | None, text: str) -> None:
    if kind == "n":
        _put_number(reading, cell, style, text)
    elif kind == "s":
        strings = reading.package.strings
        index = int(text) if text.isdecimal() and len(text) < 12 else -1
        if not 0 <= index < len(strings):
            raise damaged(f"工作表“{reading.name}”引用了不存在的文字")
        _put_text(reading, cell, strings[index])
    elif kind == "b":
        _hold(reading, cell, text.strip() in ("1", "true"))
    elif kind == "e":
        _hold(reading, cell, None)
        reading.errors[cell] = unescape(text)
    elif kind == "d":
        _hold(reading, cell, _iso_date(text))
    else:
        _put_text(reading, cell, decode(text))


def _put_text(reading: _Reading, cell: Cell, text: str) -> None:
    if not text:
        return
    limits = reading.limits
    if (cell[0] >= limits.rows or cell[1] >= limits.columns) and not text.strip():
        return  # a lost space far away is no content
    check_text(reading.name, cell, text, limits)
    _hold(reading, cell, text)


def _put_number(reading: _Reading, cell: Cell, style: str | None, text: str) -> None:
    code = _format(reading, cell, style)
    value = number(text)
    if isinstance(value, float) and not isfinite(value):
        _hold(reading, cell, None)
        reading.errors[cell] = "#NUM!"
    elif isinstance(value, str) or code == GENERAL or not is_date(code):
        _hold(reading, cell, value)
    else:
        moment = as_date(value, reading.package.date_1904)
        _hold(reading, cell, value if moment is None else moment)


def _format(reading: _Reading, cell: Cell, style: str | None) -> str:
    """Return a cell's number format code, noting it when it is not General."""
    index = int(style) if style and style.isdecimal() and len(style) < 8 else 0
    formats = reading.package.formats
    code = formats[index] if index < len(formats) else GENERAL
    if code != GENERAL:
        reading.number_formats[cell] = code
    return code


def number(text: str) -> int | float | str | None:
    """Return the number of a stored text, an int when it is whole and exact as a double.

    Text that is no number is returned as it is, for people to see; blank text gives None.
    """
    if text.isdecimal() and len(text) < 16:
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return unescape(text).strip() or None
    if "_" in text:
        return text
    if value.is_integer() and abs(value) < _EXACT_INTEGER:
        return int(value)
    return value


def _iso_date(text: str) -> date | datetime | str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return unescape(text)
    return moment.replace(tzinfo=None) if "T" in text else moment.date()


def _hold(reading: _Reading, cell: Cell, value: object) -> None:
    if not (0 <= cell[0] < _LAST_ROW and 0 <= cell[1] < _LAST_COLUMN):
        raise damaged(f"工作表“{reading.name}”的单元格地址")
    reading.cells[cell] = value
    if len(reading.cells) > reading.limits.cells:
        raise too_many_cells(reading.name, reading.limits)


def _merges(text: str, start: int) -> tuple[Range, ...]:
    merges = []
    for address in _MERGE.findall(text, start):
        try:
            top, left, bottom, right = parse_range(address.replace("$", ""))
        except ValueError:
            continue
        merge = (min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        if merge[:2] != merge[2:] and merge[0] >= 0:
            merges.append(merge)
    return tuple(merges)
