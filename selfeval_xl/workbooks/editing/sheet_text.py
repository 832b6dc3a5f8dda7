"""A worksheet part as text: where its rows, cells and formulas stand.

Rows that are not asked for cost a look at their tags. What programs write is found with expressions
for rows and cells; where anything else stands among them (``mc:AlternateContent``, an extension
with rows of its own) all tags are counted, which is slower and misses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import NamedTuple

from selfeval_xl.workbooks.editing.lexing import (
    ATTRIBUTES,
    Element,
    attribute,
    elements,
    local_name,
    masked,
)
from selfeval_xl.workbooks.editing.markup import STRICT, TRANSITIONAL, parse, place_of, serialise
from selfeval_xl.workbooks.editing.zip_entries import damaged
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.workbook import WorkbookProblem
from selfeval_xl.workbooks.xml_parts import declared_encoding, prefixes_declared

_ROOT = re.compile(
    rf"<(?![?!])(?P<name>(?P<prefix>[^\s:/<>]++:)?+[^\s:/<>]++){ATTRIBUTES}(?P<single>/?)>",
    re.ASCII,
)
_BINDING = re.compile(rf"xmlns(?::([^\s=]++))?+\s*+=\s*+[\"'](?:{TRANSITIONAL}|{STRICT})[\"']")
_WITHOUT_PREFIX = re.compile(r"<(?:sheetData|row|c|f|v|is)[\s/>]")
_BEFORE_DATA = frozenset(("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols"))


class FormulaText(NamedTuple):
    """A formula as written: its cell, the attributes of its tag and its content."""

    cell: Cell
    attributes: str
    content: str


class _Grammar(NamedTuple):
    """The expressions for parts that write SpreadsheetML names with one prefix."""

    data: re.Pattern[str]
    row: re.Pattern[str]
    cell: re.Pattern[str]
    formula: re.Pattern[str]


@lru_cache(maxsize=16)
def _grammar(prefix: str) -> _Grammar:
    data, row, c, f = (re.escape(prefix + name) for name in ("sheetData", "row", "c", "f"))
    # The attribute all known programs write first is told apart from the others.
    number, address = r'(?: r="([0-9]++)")?+', r'(?: r="([A-Z]++[0-9]++)")?+'
    return _Grammar(
        re.compile(rf"<{data}(?=[\s/>])({ATTRIBUTES})(/?)>", re.ASCII),
        re.compile(rf"\s*+<{row}(?=[\s/>])({number}{ATTRIBUTES})(/?)>", re.ASCII),
        re.compile(
            rf"\s*+<{c}(?=[\s/>])({address}{ATTRIBUTES})"
            rf"(?:/>|>(?:[^<]++|<(?!/?{c}[\s/>]))*+(</{c}\s*+>))",
            re.ASCII,
        ),
        re.compile(
            rf"<{c}(?=\s){address}({ATTRIBUTES})>\s*+"
            rf"<{f}(?=[\s/>])({ATTRIBUTES})(?:/>|>([^<]*+)</{f}\s*+>)"
            rf"|<{f}(?=[\s/>])",  # a formula that is not the first in its cell
            re.ASCII,
        ),
    )


class SheetText:
    """The text of a worksheet part. Nothing in it changes.

    ``prefix`` is that of SpreadsheetML names, with its colon ("" when they have none); ``data``
    the element that holds the rows, ``inside`` and ``close`` the places where the root's content
    begins and ends.
    """

    def __init__(self, content: bytes, part: str) -> None:
        """Raises WorkbookProblem (kind ``damaged``) when the part is no well-formed XML."""
        text = _ordinary(content, part)
        plain = masked(text)
        root = _ROOT.search(plain)
        assert root is not None
        self.prefix = root["prefix"] or ""
        _check_prefixes(plain, self.prefix.rstrip(":"))
        self._grammar = _grammar(self.prefix)
        data = self._find_data(plain, root.start())
        if data is None:
            text = _with_data(text, plain, root, self.prefix)
            plain = masked(text)
            root = _ROOT.search(plain)
            assert root is not None
            data = self._find_data(plain, root.start())
            assert data is not None
        self.text, self.plain, self.data = text, plain, data
        self.inside, self.close = root.end(), plain.rfind("</")
        self._cells: dict[int, dict[int, Element]] = {}

    def _find_data(self, plain: str, root: int) -> Element | None:
        match = self._grammar.data.search(plain, root)
        if match is None:
            return None
        inside = match.end()
        name = f"{self.prefix}sheetData"
        if match[2]:
            return Element(name, match[1], match.start(), inside, inside, inside)
        close = plain.rfind(f"</{name}")
        if plain.find(f"<{name}", inside) >= 0:
            return next(elements(plain, match.start(), len(plain)))
        end = plain.index(">", close) + 1
        return Element(name, match[1], match.start(), inside, close, end)

    @property
    def frame(self) -> str:
        """The part without its rows."""
        return self.text[: self.data.inside] + self.text[self.data.close :]

    # Rows -------------------------------------------------------------------------------------

    @cached_property
    def _starts(self) -> dict[int, int]:
        """Where each row starts, by its number from zero; of rows of one number the last."""
        starts: dict[int, int] = {}
        place = self.data.inside
        last = -1
        while (row := self._row_at(place)) is not None:
            last = _number(row, last)
            starts[last] = row.start
            place = row.end
        if not self.plain[place : self.data.close].strip():
            return starts
        last = -1
        for row in self._named(elements(self.plain, self.data.inside, self.data.close), "row"):
            last = _number(row, last)
            starts[last] = row.start
        return starts

    def _named(self, found: Iterable[Element], name: str) -> list[Element]:
        return [element for element in found if element.name == self.prefix + name]

    def _row_at(self, place: int) -> Element | None:
        """Return the row that comes next; None when there is none or it is no plain row."""
        name = f"{self.prefix}row"
        match = self._grammar.row.match(self.plain, place, self.data.close)
        if match is None:
            return None
        start, inside = match.start(1) - len(name) - 1, match.end()
        if match[3]:
            return Element(name, match[1], start, inside, inside, inside)
        ending = f"</{name}>"
        close = self.plain.find(ending, inside, self.data.close)
        if close < 0 or self.plain.find(f"<{name}", inside, close) >= 0:
            return None
        return Element(name, match[1], start, inside, close, close + len(ending))

    def start_after(self, number: int) -> int:
        """Return the place before the rows of higher numbers."""
        following = min((other for other in self._starts if other > number), default=None)
        return self.data.close if following is None else self._starts[following]

    def row(self, number: int) -> Element | None:
        """Return a row by its number from zero, None when the sheet has none."""
        start = self._starts.get(number)
        if start is None:
            return None
        return self._row_at(start) or next(elements(self.plain, start, self.data.close))

    def row_attributes(self, number: int) -> str | None:
        """Return what stands in the opening tag of a row, None when the sheet has none."""
        start = self._starts.get(number)
        match = None if start is None else self._grammar.row.match(self.plain, start)
        return None if match is None else match[1]

    # Cells ------------------------------------------------------------------------------------

    def cells(self, number: int) -> dict[int, Element]:
        """Return the cells of a row by column; one without address follows the one before."""
        cells = self._cells.get(number)
        if cells is None:
            cells = self._cells[number] = {}
            row = self.row(number)
            last = -1
            for cell in () if row is None else self._row_cells(row):
                address = attribute(cell.attributes, "r")
                last = place_of(address)[1] if address else last + 1
                cells[last] = cell
        return cells

    def _row_cells(self, row: Element) -> list[Element]:
        name = f"{self.prefix}c"
        cells = []
        place = row.inside
        for match in self._grammar.cell.finditer(self.plain, row.inside, row.close):
            if match.start() != place:
                break
            start, inside, place = match.start(1) - len(name) - 1, match.end(1) + 1, match.end()
            single = match[3] is None
            close = place if single else match.start(3)
            cells.append(Element(name, match[1], start, place if single else inside, close, place))
        if not self.plain[place : row.close].strip():
            return cells
        return self._named(elements(self.plain, row.inside, row.close), "c")

    # Formulas ---------------------------------------------------------------------------------

    def formulas(self) -> list[FormulaText]:
        """Return the formulas of all cells in the order of the text."""
        plain, data = self.plain, self.data
        found = []
        for match in self._grammar.formula.finditer(plain, data.inside, data.close):
            address = match[1] or (attribute(match[2], "r") if match[2] else None)
            if address is None:
                return self._formulas_by_cell()
            start, end = match.span(4)
            found.append(FormulaText(place_of(address), match[3], self.text[start:end]))
        return found

    def _formulas_by_cell(self) -> list[FormulaText]:
        found = []
        for row in self._starts:
            for column, cell in self.cells(row).items():
                children = elements(self.plain, cell.inside, cell.close)
                for formula in self._named(children, "f")[:1]:
                    content = self.text[formula.inside : formula.close]
                    found.append(FormulaText((row, column), formula.attributes, content))
        return found


def _number(row: Element, last: int) -> int:
    """Return a row's number from zero; a row without one follows the ``last``."""
    number = attribute(row.attributes, "r")
    return int(number) - 1 if number else last + 1


def _ordinary(content: bytes, part: str) -> str:
    """Return a part's text; of UTF-8 without a document type it is the very text.

    Anything else is written anew by the parser, in UTF-8.
    """
    doctype = b"!" in content and b"<!DOCTYPE" in content
    if declared_encoding(content) in ("utf-8", "utf8") and not doctype:
        with suppress(WorkbookProblem, UnicodeDecodeError):  # the parser says of which part
            if prefixes_declared(content):
                return content.decode()
    return serialise(parse(content, part)).decode()


def _check_prefixes(plain: str, prefix: str) -> None:
    """Raise WorkbookProblem when SpreadsheetML names are written with more than one prefix."""
    if plain.count(TRANSITIONAL) + plain.count(STRICT) < 2:
        return
    for other in {match[1] or "" for match in _BINDING.finditer(plain)} - {prefix}:
        if f"<{other}:" in plain if other else _WITHOUT_PREFIX.search(plain):
            raise damaged()


def _with_data(text: str, plain: str, root: re.Match[str], prefix: str) -> str:
    """Return the text of a part that has no rows with an empty element for them."""
    data = f"<{prefix}sheetData></{prefix}sheetData>"
    if root["single"]:
        return f"{text[: root.start('single')]}>{data}</{root['name']}>{text[root.end() :]}"
    place = root.end()
    for child in elements(plain, root.end(), plain.rfind("</")):
        if local_name(child.name) in _BEFORE_DATA:
            place = child.end
    return text[:place] + data + text[place:]
