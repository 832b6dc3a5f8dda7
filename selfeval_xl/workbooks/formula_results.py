"""What a formula gives, for the functions that forms use.

Numbers are exact, rounding is half up as the program shows it. What is not understood for certain
(other functions, names, texts in sums, errors) raises UnknownError rather than give a figure that
the program might not give.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW, column_index
from selfeval_xl.workbooks.formula_parts import (
    Part,
    arithmetic,
    comparison,
    constant,
    joined,
    spanned,
    texts_joined,
)
from selfeval_xl.workbooks.formula_values import (
    COMPARISONS,
    MOST_DIGITS,
    Area,
    Cells,
    Context,
    UnknownError,
    Value,
    bounded,
)
from selfeval_xl.workbooks.sheet import Cell, Range
from selfeval_xl.workbooks.worked_out_functions import CELL_BY_CELL, FUNCTIONS

_LONGEST = 4096  # characters of a formula worth the time
_DEEPEST = 40  # brackets within each other


def result(formula: str, here: Cell, cells: Cells, block: Range | None = None) -> Value:
    """Return what a formula without "=" gives in a cell; a blank that is referred to gives 0.

    ``block`` are the cells that an array formula fills together. Raises UnknownError.
    """
    whole = _compiled(formula, here)
    if whole is None or (block and block[:2] != block[2:] and _OWN_PLACE.search(formula)):
        raise UnknownError
    context = Context(cells, here, block)
    try:
        value = context.scalar(whole.work(context))
    except RecursionError as error:
        raise UnknownError from error
    if value is None:
        return Fraction(0)
    return bounded(value) if type(value) is Fraction else value


def areas_read(formula: str, here: Cell) -> Sequence[Area] | None:
    """Return the areas whose cells a formula may read in a cell, None when that is not known.

    Cells that only say where others are, as in ``ROW(F13)``, are not among them.
    """
    whole = _compiled(formula, here)
    return None if whole is None else whole.areas


@lru_cache(maxsize=8192)  # the workbooks of one template hold the same formulas in the same cells
def _compiled(formula: str, here: Cell) -> Part | None:
    if len(formula) > _LONGEST:
        return None
    try:
        parser = _Parser(formula, here)
        whole = parser.comparison()
        return whole if parser.at == len(parser.tokens) else None
    except (UnknownError, IndexError):
        return None


# --- from text to something that can be worked out ----------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
  | (?P<sheet>'(?:[^']|'')+'!|[^\W\d][\w.]*!)
  | (?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w(.]))
  | (?P<rows>\$?[0-9]{1,7}:\$?[0-9]{1,7}(?![\w(.]))
  | (?P<cell>\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?![\w(.!]))
  | (?P<function>[A-Za-z][\w.]*)\(
  | (?P<truth>(?i:TRUE|FALSE)(?![\w(.]))
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,3})?)
  | (?P<sign><=|>=|<>|[-+*/^&=<>%(),:])
    )\s*""",
    re.VERBOSE,
)
_OWN_PLACE = re.compile(r"(?i:ROW|COLUMN)\(\s*\)")  # an array's has one after the other
_PLACE = re.compile(r"\$?([A-Za-z]+)\$?([0-9]+)")


def _tokens(formula: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None or match.lastgroup is None:
            raise UnknownError
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class _Parser:
    """Goes through the tokens of one formula; each method takes what binds at least so tightly."""

    def __init__(self, formula: str, here: Cell) -> None:
        self.tokens = _tokens(formula)
        self.here = here
        self.at = 0
        self.depth = 0

    def _taken(self, *signs: str) -> str:
        """Take the next token if it is one of these signs, else return ""."""
        if self.at < len(self.tokens):
            kind, token = self.tokens[self.at]
            if kind == "sign" and token in signs:
                self.at += 1
                return token
        return ""

    def comparison(self) -> Part:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnknownError
        part = self._joined()
        while sign := self._taken(*COMPARISONS):
            other = self._joined()
            part = joined(comparison(sign, part.work, other.work), (part, other), self.here)
        self.depth -= 1
        return part

    def _joined(self) -> Part:
        part = self._sum()
        while self._taken("&"):
            other = self._sum()
            part = joined(texts_joined(part.work, other.work), (part, other), self.here)
        return part

    def _sum(self) -> Part:
        part = self._product()
        while sign := self._taken("+", "-"):
            part = self._calculated(sign, part, self._product())
        return part

    def _product(self) -> Part:
        part = self._power()
        while sign := self._taken("*", "/"):
            part = self._calculated(sign, part, self._power())
        return part

    def _power(self) -> Part:
        part = self._signed()
        while self._taken("^"):
            part = self._calculated("^", part, self._signed())
        return part

    def _signed(self) -> Part:
        minus = False
        while sign := self._taken("+", "-"):
            minus ^= sign == "-"
        part = self._share()
        return self._calculated("*", constant(Fraction(-1)), part) if minus else part

    def _share(self) -> Part:
        part = self._range()
        while self._taken("%"):
            part = self._calculated("*", part, constant(Fraction(1, 100)))
        return part

    def _calculated(self, sign: str, one: Part, other: Part) -> Part:
        return joined(arithmetic(sign, one.work, other.work), (one, other), self.here)

    def _range(self) -> Part:
        part = self._operand()
        while self._taken(":"):
            part = spanned(part, self._operand(), self.here)
        return part

    def _operand(self) -> Part:
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            if len(token) > MOST_DIGITS:
                raise UnknownError
            return constant(Fraction(token))
        if kind == "text":
            return constant(token[1:-1].replace('""', '"'))
        if kind == "truth":
            return constant(token.upper() == "TRUE")
        if kind == "function":
            return self._function(token)
        if kind == "sign" and token == "(":
            part = self.comparison()
            self._close()
            return part
        sheet = None
        if kind == "sheet":
            sheet = token[1:-2].replace("''", "'") if token.startswith("'") else token[:-1]
            kind, token = self.tokens[self.at]
            self.at += 1
        return constant(_area(kind, token, sheet))

    def _function(self, name: str) -> Part:
        arguments: list[Part] = []
        if not self._taken(")"):
            arguments.append(self.comparison())
            while self._taken(","):
                arguments.append(self.comparison())
            self._close()
        known = FUNCTIONS.get(name.upper())
        if known is None or not known[0] <= len(arguments) <= known[1]:
            raise UnknownError
        function, nodes = known[2], [part.work for part in arguments]
        if name.upper() in CELL_BY_CELL:
            return joined(lambda context: function(context, nodes), arguments, self.here)
        return joined(lambda context: function(context.whole(), nodes), arguments, self.here)

    def _close(self) -> None:
        if not self._taken(")"):
            raise UnknownError


def _area(kind: str, token: str, sheet: str | None) -> Area:
    if kind == "cell" and (place := _PLACE.fullmatch(token)):
        row, column = int(place[2]) - 1, column_index(place[1])
        if 0 <= row <= LAST_ROW and column <= LAST_COLUMN:
            return Area(sheet, row, column, row, column)
    ends = token.replace("$", "").split(":")
    if kind == "columns":
        left, right = sorted(map(column_index, ends))
        if right <= LAST_COLUMN:
            return Area(sheet, 0, left, LAST_ROW, right)
    if kind == "rows":
        top, bottom = sorted(int(end) - 1 for end in ends)
        if top >= 0 and bottom <= LAST_ROW:
            return Area(sheet, top, 0, bottom, LAST_COLUMN)
    raise UnknownError
