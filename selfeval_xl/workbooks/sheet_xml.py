"""A worksheet part read into a Sheet.

One regular expression walks over the rows and cells. It gives formulas, number formats and error
codes along with the values, and allocates for cells with content only: formatted blank cells, even
a million rows of them, cost nothing but the scan.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from typing import Final

from selfeval_xl.workbooks import blocks
from selfeval_xl.workbooks.container import damaged
from selfeval_xl.workbooks.extent import check_cell, check_sheet, long_text
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import as_date
from selfeval_xl.workbooks.package import Package, decode, rich_text
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.sheet import Block, Cell, Range, Sheet, a1, parse_a1, parse_range
from selfeval_xl.workbooks.xml_parts import unescape

# Rows and blank cells are passed over within the expression. What is neither they nor a cell is
# matched too, so that the search goes on after it and never twice over the same text. Possessive
# repeats (``++``) remember no ways back: there are none, as what follows begins otherwise.
# Of groups they are written ``(?>(…)*)``: Python before 3.11.5 loses matches of ``(…)*+``.
_CELL = re.compile(
    r'(?>(?:<c r="[A-Z]{1,3}+[0-9]{1,7}+"(?>(?: s="[0-9]++")?)/>|</?row(?=[\s/>])[^>]*+>)*)'
    # the order of attributes all known programs write
    r'(?:<c r="([^"]++)"(?>(?: s="([^"]++)")?)(?>(?: t="([^"]++)")?)'
    r"(?:/>|>(?:(?>(?:<f>([^<]*+)</f>(?!<v></v>))?)<v>([^<]*+)</v></c>|(.*?)</c>))"
    r"|<c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</c>)"
    r"|<[^>]*+>|[^<]++|\Z)",
    re.DOTALL,
)
_PLACE = re.compile(r"<(row|c)(?=[\s/>])([^>]*)")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_ROW_NUMBER = re.compile(r'\sr\s*=\s*["\']([0-9]{1,9})["\']')
_OWN_ADDRESS = re.compile(r'\sr\s*=\s*(["\'])(.*?)\1')
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_VALUE = re.compile(r"<v(?:\s[^>]*?)?(?:/>|>([^<]*)</v>)")
_FORMULA = re.compile(r"<f(\s[^>]*?)?(?:/>|>([^<]*)</f>)")
_INLINE = re.compile(r"<is(?:\s[^>]*)?>(.*?)</is>", re.DOTALL)
_MERGE = re.compile(r'<mergeCell\s[^>]*?\bref\s*=\s*["\']([^"\']+)["\']')
_EXACT_INTEGER = 2**53


@dataclass(slots=True)
class _Reading:
    """A sheet while it is being read; ``rows`` grow with the cells that have content.

    ``taken`` are the shared texts it took, by their number as written; ``masters`` the shared
    formulas by theirs, each with the cell it is written for, ``shared`` that of their followers.
    """

    package: Package
    name: str
    limits: Limits
    rows: list[list[object]] = field(default_factory=list)
    number_formats: dict[Cell, str] = field(default_factory=dict)
    formulas: dict[Cell, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    errors: dict[Cell, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    masters: dict[str, tuple[str, Cell]] = field(default_factory=dict)
    shared: dict[Cell, tuple[str, Cell]] = field(default_factory=dict)


_NOTHING: Final = object()
"""What a cell holds that counts as if it were not there."""


def read_sheet(
    text: str, name: str, hidden: bool, package: Package, limits: Limits
) -> tuple[Sheet, dict[str, str]]:
    """Return the sheet of a worksheet part given as ``xml_parts.plain_text``.

    Also returned are the shared texts it took from the package, by their number as written.
    Raises WorkbookProblem when the part contradicts itself or content lies beyond the limits.
    """
    reading = _Reading(package, name, limits)
    start = text.find("<sheetData")
    end = text.rfind("</sheetData>")
    if 0 <= start < end and not _read_cells(reading, text[start:end]):
        reading = _Reading(package, name, limits)
        _read_cells(reading, _addressed(text[start:end]))
    if reading.blocks:
        formulas = reading.formulas
        formulas |= blocks.results(reading.blocks, formulas, reading.rows, limits.cells)
    first, last = text.find("<mergeCells", max(end, 0)), text.rfind("</mergeCells>")
    sheet = Sheet(
        name=name,
        rows=reading.rows,
        merges=_merges(text[first:last]) if 0 <= first < last else (),
        number_formats=reading.number_formats,
        formulas=reading.formulas,
        errors=reading.errors,
        hidden=hidden,
        blocks=tuple(reading.blocks),
        shared=reading.shared,
        as_shown=package.as_shown,
    )
    check_sheet(sheet, limits)
    return sheet, reading.taken


def _read_cells(reading: _Reading, text: str) -> bool:
    """Put the cells into the rows; False when one has no address (it follows the one before)."""
    rows = reading.rows
    last, values = -2, list[object]()  # the last row, once there is one
    for match in _CELL.finditer(text):
        address, style, kind, formula, stored, inner, attributes, other = match.groups()
        if address is None:
            if attributes is None:
                continue
            address, style, kind = _named(attributes)
            inner = other
            if not address:
                return False
        cell = _cell(address)
        if stored is not None:
            if formula is not None:
                reading.formulas[cell] = unescape(formula)
            if kind is None:
                value = _number(reading, cell, style, stored)
            else:
                value = _value(reading, cell, kind, style, stored)
        else:
            value = _markup_value(reading, cell, kind or "n", style, inner) if inner else _NOTHING
        if value is _NOTHING:
            continue
        row, column = cell
        if row == last and column == len(values):
            values.append(value)
        else:
            _hold(reading, cell, value)
            last, values = len(rows) - 1, rows[-1]
    return True


def _named(attributes: str) -> tuple[str | None, str | None, str | None]:
    """Return address, style and type of a cell whose attributes come in another order."""
    values = _attributes(attributes)
    return values.get("r"), values.get("s"), values.get("t")


def _addressed(text: str) -> str:
    """Return rows and cells with an address in every cell: one without follows the one before."""
    row, column = -1, -1

    def tag(match: re.Match[str]) -> str:
        nonlocal row, column
        kind, attributes = match.groups()
        if kind == "row":
            row, column = _row(attributes, row), -1
        elif (own := _OWN_ADDRESS.search(attributes)) and own[2]:
            row, column = _cell(own[2])
        else:
            row, column = max(row, 0), column + 1
            return f'<c r="{a1((row, column))}"{_OWN_ADDRESS.sub("", attributes)}'
        return match[0]

    return _PLACE.sub(tag, text)


def _hold(reading: _Reading, cell: Cell, value: object) -> None:
    """Put a cell's value into the rows, which grow as far as the limits allow."""
    check_cell(reading.name, cell, reading.limits)
    row, column = cell
    rows = reading.rows
    while len(rows) <= row:
        rows.append([])
    values = rows[row]
    if column < len(values):
        values[column] = value
    else:
        values.extend([None] * (column - len(values)))
        values.append(value)


def _row(attributes: str, previous: int) -> int:
    """Return a row element's row; one without a number follows the row before it."""
    match = _ROW_NUMBER.search(attributes)
    return int(match[1]) - 1 if match else previous + 1


def _attributes(text: str) -> dict[str, str]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}


def _hold_block(reading: _Reading, cell: Cell, formula: dict[str, str]) -> None:
    """Note the cells that a formula with these attributes stands for, if it is not its own only."""
    with suppress(ValueError):  # with no such area the package is not patched
        block = blocks.of_formula(formula.get("t"), formula.get("ref"), cell)
        if block is not None:
            reading.blocks.append(block)


def _share(reading: _Reading, cell: Cell, group: str) -> None:
    """Note the formula that a cell shares with others, or what it takes from them."""
    if text := reading.formulas[cell]:
        reading.masters.setdefault(group, (text, cell))
    elif group in reading.masters:
        reading.shared[cell] = reading.masters[group]


@lru_cache(maxsize=16_384)
def _cell(address: str) -> Cell:
    """Return the cell of an address; WorkbookProblem when it is none."""
    match = _ADDRESS.fullmatch(address)
    if not match:
        raise damaged(f"单元格地址“{address[:20]}”")
    return parse_a1(match[0])


def _markup_value(
    reading: _Reading, cell: Cell, kind: str, style: str | None, inner: str
) -> object:
    """Return what a cell given by its child elements holds: formula, value, inline text."""
    formula = _FORMULA.search(inner)
    if formula:
        reading.formulas[cell] = unescape(formula[2] or "")
        if formula[1] and ("array" in formula[1] or "dataTable" in formula[1]):
            _hold_block(reading, cell, _attributes(formula[1]))
        elif formula[1] and "shared" in formula[1]:
            _share(reading, cell, _attributes(formula[1]).get("si", ""))
    value = _VALUE.search(inner)
    inline = None if value else _INLINE.search(inner)
    if value and value[1]:
        return _value(reading, cell, kind, style, value[1])
    if inline:
        return _text(reading, cell, rich_text(inline[1]))
    if not formula:
        return _NOTHING
    if kind == "n" and style in reading.package.formats:
        reading.number_formats[cell] = reading.package.formats[style][0]
    return None


def _value(reading: _Reading, cell: Cell, kind: str, style: str | None, stored: str) -> object:
    """Return what a cell holds by the type of its stored value (ECMA-376 §18.18.11)."""
    if kind == "s":
        text = reading.package.usual.get(stored)
        if text is None:
            return _text(reading, cell, _shared(reading, stored))
        reading.taken[stored] = text
        return text
    if kind == "n":
        return _number(reading, cell, style, stored)
    if kind == "e":
        reading.errors[cell] = unescape(stored).strip()
        return None
    if kind in ("b", "d"):
        stored = stored.strip()
        return stored in ("1", "true") if kind == "b" else _iso_date(stored)
    return _text(reading, cell, decode(stored))


def _shared(reading: _Reading, number: str) -> str:
    """Return a shared text by its number."""
    text = reading.package.shared(number)
    if text is None:
        raise damaged(f"工作表“{reading.name}”引用了不存在的文字")
    reading.taken[number] = text
    return text


def _text(reading: _Reading, cell: Cell, text: str) -> object:
    """Return a cell's text; one of nothing is None beside a formula."""
    limits = reading.limits
    if len(text) > limits.text_length:
        raise long_text(reading.name, cell, len(text))
    if not text.strip():
        if not text and cell not in reading.formulas:
            return _NOTHING
        if cell[0] >= limits.rows or cell[1] >= limits.columns:
            return _NOTHING  # a lost space far away is no content
    return text or None


def _number(reading: _Reading, cell: Cell, style: str | None, text: str) -> object:
    """Return a cell's number, or its date when it is shown as one."""
    value: object = number(text)
    if value is None:
        return _NOTHING
    if style and (shown := reading.package.formats.get(style)):
        code, dated = shown
        reading.number_formats[cell] = code
        if dated and isinstance(value, int | float):
            moment = as_date(value, reading.package.date_1904)
            value = value if moment is None else moment
    if isinstance(value, float) and not isfinite(value):
        reading.errors[cell] = "#NUM!"
        return None
    return value


@lru_cache(maxsize=4096)
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


@recurring(64)
def _merges(text: str) -> tuple[Range, ...]:
    merges = []
    for address in _MERGE.findall(text):
        try:
            top, left, bottom, right = parse_range(address.replace("$", ""))
        except ValueError:
            continue
        merge = (min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        if merge[:2] != merge[2:] and merge[0] >= 0:
            merges.append(merge)
    return tuple(merges)
