"""What a formula gives, for the functions that forms use.

Numbers are exact, rounding is half up as the program shows it. What is not understood for certain
(other functions, names, texts in sums, errors) raises UnknownError rather than give a figure that
the program might not give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache

from selfeval_xl import exact
from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW, column_index
from selfeval_xl.workbooks.formula_values import (
    COMPARISONS,
    MOST_DIGITS,
    Area,
    Cells,
    Context,
    Node,
    Operand,
    UnknownError,
    Value,
    as_number,
    divided,
)
from selfeval_xl.workbooks.sheet import Cell, Range
from selfeval_xl.workbooks.worked_out_functions import CELL_BY_CELL, FUNCTIONS

_LONGEST = 4096  # characters of a formula worth the time
_DEEPEST = 40  # brackets within each other
_MOST_POWER = 64


def result(formula: str, here: Cell, cells: Cells, block: Range | None = None) -> Value:
    """Return what a formula without "=" gives in a cell; a blank that is referred to gives 0.

    ``block`` are the cells that an array formula fills together. Raises UnknownError.
    """
    node = _compiled(formula)
    if node is None:
        raise UnknownError
    context = Context(cells, here, block)
    try:
        value = context.scalar(node(context))
    except (RecursionError, OverflowError) as error:
        raise UnknownError from error
    return Fraction(0) if value is None else value


@lru_cache(maxsize=8192)  # the workbooks of one template hold the same formulas
def _compiled(formula: str) -> Node | None:
    if len(formula) > _LONGEST:
        return None
    try:
        parser = _Parser(formula)
        node = parser.comparison()
        return node if parser.at == len(parser.tokens) else None
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

    def __init__(self, formula: str) -> None:
        self.tokens = _tokens(formula)
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

    def comparison(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnknownError
        node = self._joined()
        while sign := self._taken(*COMPARISONS):
            node = _compared(sign, node, self._joined())
        self.depth -= 1
        return node

    def _joined(self) -> Node:
        node = self._sum()
        while self._taken("&"):
            node = _texts_joined(node, self._sum())
        return node

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._taken("+", "-"):
            node = _calculated(_added if sign == "+" else exact.difference, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._power()
        while sign := self._taken("*", "/"):
            node = _calculated(exact.product if sign == "*" else divided, node, self._power())
        return node

    def _power(self) -> Node:
        node = self._signed()
        while self._taken("^"):
            node = _calculated(_raised, node, self._signed())
        return node

    def _signed(self) -> Node:
        signs = 0
        minus = False
        while sign := self._taken("+", "-"):
            signs += 1
            minus ^= sign == "-"
        node = self._share()
        return _calculated(exact.product, _Constant(Fraction(-1)), node) if minus else node

    def _share(self) -> Node:
        node = self._range()
        while self._taken("%"):
            node = _calculated(exact.product, node, _Constant(Fraction(1, 100)))
        return node

    def _range(self) -> Node:
        node = self._operand()
        while self._taken(":"):
            node = _spanned(node, self._operand())
        return node

    def _operand(self) -> Node:
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            if len(token) > MOST_DIGITS:
                raise UnknownError
            return _Constant(Fraction(token))
        if kind == "text":
            return _Constant(token[1:-1].replace('""', '"'))
        if kind == "truth":
            return _Constant(token.upper() == "TRUE")
        if kind == "function":
            return self._function(token)
        if kind == "sign" and token == "(":
            node = self.comparison()
            self._close()
            return node
        sheet = None
        if kind == "sheet":
            sheet = token[1:-2].replace("''", "'") if token.startswith("'") else token[:-1]
            kind, token = self.tokens[self.at]
            self.at += 1
        return _Constant(_area(kind, token, sheet))

    def _function(self, name: str) -> Node:
        arguments: list[Node] = []
        if not self._taken(")"):
            arguments.append(self.comparison())
            while self._taken(","):
                arguments.append(self.comparison())
            self._close()
        known = FUNCTIONS.get(name.upper())
        if known is None or not known[0] <= len(arguments) <= known[1]:
            raise UnknownError
        work = known[2]
        if name.upper() in CELL_BY_CELL:
            return lambda context: work(context, arguments)
        return _folded(lambda context: work(context.whole(), arguments), arguments)

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


# --- operators ------------------------------------------------------------------------------------


class _Constant:
    """A part of a formula that is the same wherever it stands and whatever the cells hold."""

    def __init__(self, value: Operand) -> None:
        self.value = value

    def __call__(self, _: Context) -> Operand:
        return self.value


class _Nowhere:
    """Cells that cannot be asked."""

    def value(self, sheet: str | None, cell: Cell) -> Value:
        raise UnknownError

    def values(self, area: Area) -> Sequence[Value]:
        raise UnknownError

    def extent(self, sheet: str | None) -> tuple[int, int]:
        raise UnknownError


_NOWHERE = Context(_Nowhere(), (0, 0), None)


def _folded(node: Node, parts: Sequence[Node]) -> Node:
    """Return what a part of a formula always gives, where its own parts always give the same."""
    if parts and all(isinstance(part, _Constant) for part in parts):
        with suppress(UnknownError):
            return _Constant(node(_NOWHERE))
    return node


def _calculated(
    calculation: Callable[[Fraction, Fraction], Fraction], one: Node, other: Node
) -> Node:
    def work(context: Context) -> Fraction:
        first = as_number(context.scalar(one(context)))
        return calculation(first, as_number(context.scalar(other(context))))

    return _folded(work, (one, other))


def _added(one: Fraction, other: Fraction) -> Fraction:
    return exact.total((one, other))


def _raised(base: Fraction, power: Fraction) -> Fraction:
    if power.denominator != 1 or abs(power) > _MOST_POWER or (not base and power <= 0):
        raise UnknownError
    return Fraction(base ** int(power))


def _compared(sign: str, one: Node, other: Node) -> Node:
    def work(context: Context) -> bool:
        return COMPARISONS[sign](
            *_ordered(context.scalar(one(context)), context.scalar(other(context)), sign)
        )

    return work


def _ordered(one: Value, other: Value, sign: str) -> tuple[int, int]:
    """Return two numbers that compare as two values do."""
    if one is None:
        one = "" if isinstance(other, str) else False if isinstance(other, bool) else Fraction(0)
    if other is None:
        other = "" if isinstance(one, str) else False if isinstance(one, bool) else Fraction(0)
    if type(one) is Fraction and type(other) is Fraction:
        return exact.compare(one, other), 0
    if type(one) is type(other) and sign in ("=", "<>"):
        same = (
            one.casefold() == other.casefold()
            if isinstance(one, str) and isinstance(other, str)
            else one == other
        )
        return int(not same), 0
    if sign not in ("=", "<>"):
        raise UnknownError  # the order of texts is the program's own
    return 1, 0


def _texts_joined(one: Node, other: Node) -> Node:
    return lambda context: (
        _text(context.scalar(one(context))) + _text(context.scalar(other(context)))
    )


def _text(value: Value) -> str:
    if type(value) is Fraction and value.denominator == 1 and abs(value) < 10**MOST_DIGITS:
        return str(value)
    if isinstance(value, str) or value is None:
        return value or ""
    raise UnknownError


def _spanned(one: Node, other: Node) -> Node:
    def work(context: Context) -> Area:
        first, second = one(context), other(context)
        if not (isinstance(first, Area) and isinstance(second, Area)) or second.sheet:
            raise UnknownError
        rows = sorted((first.top, first.bottom, second.top, second.bottom))
        columns = sorted((first.left, first.right, second.left, second.right))
        return Area(first.sheet, rows[0], columns[0], rows[-1], columns[-1])

    return _folded(work, (one, other))
