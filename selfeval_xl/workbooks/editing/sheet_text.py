"""A worksheet part as text: where its rows, cells and formulas stand.

Rows that are not asked for cost a look at their tags. What programs write is found with expressions
for rows and cells; where anything else stands among them (``mc:AlternateContent``, an extension
with rows of its own) all tags are counted, which is slower and misses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import NamedTuple

from selfeval_xl.workbooks.editing.lexing import (
    ATTRIBUTES,
    Element,
    all_attributes,
    attribute,
    elements,
    local_name,
    masked,
)
from selfeval_xl.workbooks.editing.markup import STRICT, TRANSITIONAL, parse, place_of, serialise
from selfeval_xl.workbooks.editing.zip_entries import damaged
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.workbook import WorkbookProblem
from selfeval_xl.workbooks.xml_parts import USUAL_DEPTH, declared_encoding, prefixes_declared

_ROOT = re.compile(
    rf"<(?![?!])(?P<name>(?>(?P<prefix>[^\s:/<>]++:)?)[^\s:/<>]++){ATTRIBUTES}(?P<single>/?)>",
    re.ASCII,
)
_BINDING = re.compile(rf"xmlns(?>(?::([^\s=]++))?)\s*+=\s*+[\"'](?:{TRANSITIONAL}|{STRICT})[\"']")
_WITHOUT_PREFIX = re.compile(r"<(?:sheetData|row|c|f|v|is)[\s/>]")
_BEFORE_DATA = frozenset(("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols"))

FormulaText = tuple[Cell, str, str]
"""A formula as written: its cell, the attributes of its tag and its content."""


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
    number, address = r'(?>(?: r="([0-9]++)")?)', r'(?>(?: r="([A-Z]++[0-9]++)")?)'
    return _Grammar(
        re.compile(rf"<{data}(?=[\s/>])({ATTRIBUTES})(/?)>", re.ASCII),
        re.compile(rf"<{row}(?=[\s/>])({number}{ATTRIBUTES})(/?)>", re.ASCII),
        re.compile(
            rf"\s*+<{c}(?=[\s/>])({address}{ATTRIBUTES})"
            rf"(?:/>|>(?>(?:[^<]++|<(?!/?{c}[\s/>]))*)(</{c}\s*+>))",
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
        plain, root = _rooted(text)
        self.prefix = root["prefix"] or ""
        _check_prefixes(plain, self.prefix.rstrip(":"))
        self._grammar = _grammar(self.prefix)
        data = self._find_data(plain, root.start())
        if data is None:
            text = _with_data(text, plain, root, self.prefix)
            plain, root = _rooted(text)
            data = self._find_data(plain, root.start())
            assert data is not None
        self.text, self.plain, self.data = text, plain, data
        self.inside, self.close = root.end(), plain.rfind("</")
        self._cells: dict[int, dict[int, Element]] = {}
        self._again: dict[int, list[int]] = {}  # where rows start whose number was there before

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
        """Where each row starts, by its number from zero; of rows of one number the first."""
        if self._plain_rows is not None:
            return self._plain_rows
        starts: dict[int, int] = {}
        self._again.clear()
        last = -1
        for row in self._named(elements(self.plain, self.data.inside, self.data.close), "row"):
            last = _number(attribute(row.attributes, "r"), last)
            if starts.setdefault(last, row.start) != row.start:
                self._again.setdefault(last, []).append(row.start)
        return starts

    @cached_property
    def _plain_rows(self) -> dict[int, int] | None:
        """The same, seen from the rows' tags alone.

        None when other elements stand among the rows, or rows within a row.
        """
        plain, end = self.plain, self.data.close
        starts: dict[int, int] = {}
        last = -1
        place, ending, row_ending = self.data.inside, "", f"</{self.prefix}row>"
        for match in self._grammar.row.finditer(plain, place, end):
            attributes, number, single = match.groups()
            start = match.start()
            if not _closes(plain, place, start, ending):
                return None
            last = _number(number or attribute(attributes, "r"), last)
            if starts.setdefault(last, start) != start:
                self._again.setdefault(last, []).append(start)
            place, ending = match.end(), "" if single else row_ending
        return starts if _closes(plain, place, end, ending) else None

    def _named(self, found: Iterable[Element], name: str) -> list[Element]:
        return [element for element in found if element.name == self.prefix + name]

    def start_after(self, number: int) -> int:
        """Return the place before the rows of higher numbers."""
        following = min((other for other in self._starts if other > number), default=None)
        return self.data.close if following is None else self._starts[following]

    def row(self, number: int) -> Element | None:
        """Return a row by its number from zero, None when the sheet has none."""
        start = self._starts.get(number)
        return None if start is None else self._row_at(start)

    def _row_at(self, start: int) -> Element:
        match = self._grammar.row.match(self.plain, start)
        if match is None or match[3] or self._plain_rows is None:
            return next(elements(self.plain, start, self.data.close))
        ending = f"</{self.prefix}row>"
        close = self.plain.index(ending, match.end())
        name = f"{self.prefix}row"
        return Element(name, match[1], start, match.end(), close, close + len(ending))

    def row_attributes(self, number: int) -> Mapping[str, str] | None:
        """Return what stands in the opening tag of a row, None when the sheet has none."""
        start = self._starts.get(number)
        match = None if start is None else self._grammar.row.match(self.plain, start)
        return None if match is None else all_attributes(match[1])

    # Cells ------------------------------------------------------------------------------------

    def cells(self, number: int) -> dict[int, Element]:
        """Return the cells of a row by column; one without address follows the one before."""
        cells = self._cells.get(number)
        if cells is None:
            cells = self._cells[number] = {}
            start = self._starts.get(number)
            for place in () if start is None else (start, *self._again.get(number, ())):
                last = -1
                for address, cell in self._row_cells(self._row_at(place)):
                    row, last = place_of(address) if address else (number, last + 1)
                    if row < 0:  # E0: a blank one is passed over by readers, with content no more
                        raise damaged()
                    cells[last] = cell
        return cells

    def _row_cells(self, row: Element) -> list[tuple[str | None, Element]]:
        """Return the cells of a row with the address each states."""
        name = f"{self.prefix}c"
        found: list[tuple[str | None, Element]] = []
        place = row.inside
        while match := self._grammar.cell.match(self.plain, place, row.close):
            attributes, address, ending = match.groups()
            (start, opened), place = match.span(1), match.end()
            inside, close = (opened + 1, match.start(3)) if ending else (place, place)
            cell = Element(name, attributes, start - len(name) - 1, inside, close, place)
            found.append((address or attribute(attributes, "r"), cell))
        if not self.plain[place : row.close].strip():
            return found
        cells = self._named(elements(self.plain, row.inside, row.close), "c")
        return [(attribute(cell.attributes, "r"), cell) for cell in cells]

    # Formulas ---------------------------------------------------------------------------------

    def formulas(self) -> list[FormulaText]:
        """Return the formulas of all cells in the order of the text."""
        plain, data = self.plain, self.data
        if self._plain_rows is None:
            return self._formulas_by_cell()
        found = []
        for match in self._grammar.formula.finditer(plain, data.inside, data.close):
            address, others, attributes, content = match.groups()
            address = address or (attribute(others, "r") if others else None)
            if address is None:
                return self._formulas_by_cell()
            if content and self.text is not plain:
                content = self.text[match.start(4) : match.end(4)]
            found.append((place_of(address), attributes, content or ""))
        return found

    def _formulas_by_cell(self) -> list[FormulaText]:
        found = []
        for row in self._starts:
            for column, cell in self.cells(row).items():
                children = elements(self.plain, cell.inside, cell.close)
                for formula in self._named(children, "f")[:1]:
                    content = self.text[formula.inside : formula.close]
                    found.append(((row, column), formula.attributes, content))
        return found


def _number(stated: str | None, last: int) -> int:
    """Return a row's number from zero; a row that states none follows the ``last``."""
    return int(stated) - 1 if stated else last + 1


def _closes(plain: str, start: int, end: int, ending: str) -> bool:
    """Tell whether a row that was opened ends before the next one, and nothing stands between.

    ``start`` and ``end`` are the places between their opening tags, ``ending`` the closing tag
    expected ("" after a row of one tag).
    """
    if not ending:
        return start == end or plain[start:end].isspace()
    return plain.endswith(ending, start, end) or plain[start:end].rstrip().endswith(ending)


def _ordinary(content: bytes, part: str) -> str:
    """Return a part's text; in another encoding than UTF-8 it is written anew by the parser."""
    utf8 = declared_encoding(content) in ("utf-8", "utf8")
    doctype = b"!" in content and b"<!DOCTYPE" in content
    if utf8 and not doctype:
        with suppress(WorkbookProblem, UnicodeDecodeError):  # the parser says of which part
            if prefixes_declared(content, USUAL_DEPTH):
                return content.decode()
    root = parse(content, part)
    return content.decode() if utf8 and doctype else serialise(root).decode()


def _rooted(text: str) -> tuple[str, re.Match[str]]:
    """Return the masked text of a part and the opening tag of its root."""
    plain = masked(text)
    root = _ROOT.search(plain)
    assert root is not None
    return plain, root


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
