"""A small reader of spreadsheet formulas, enough to recompute the templates without Excel.

It knows the functions the templates use, exact numbers, and what happens to addresses when rows
are inserted or copied. It shares nothing with the package.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Cell = tuple[int, int]
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"]*")|(?P<number>\d+(?:\.\d+)?(?![:\d]))'
    r"|(?P<cell>\$?[A-Z]{1,2}\$?\d+)|(?P<column>\$?[A-Z]{1,2}(?=:\$?[A-Z]{1,2}\b(?!\d)))"
    r"|(?P<name>[A-Z]+)(?=\()|(?P<last>\$?[A-Z]{1,2})|(?P<sign><>|<=|>=|[-+*/=<>(),:]))"
)
_ADDRESS = re.compile(r"(\$?)([A-Z]{1,2})(\$?)(\d+)")
_ROWS = 1_048_576


class Area(tuple[int, int, int, int]):
    """First row, first column, last row, last column, counted from one."""

    __slots__ = ()

    def cells(self) -> Iterator[Cell]:
        for row in range(self[0], self[2] + 1):
            for column in range(self[1], self[3] + 1):
                yield row, column


@dataclass
class Book:
    """One sheet: constants and formulas by (row, column), counted from one."""

    contents: dict[Cell, Any]
    _known: dict[Cell, Any] = field(default_factory=dict)
    _open: set[Cell] = field(default_factory=set)

    def value(self, cell: Cell) -> Any:
        """Return a cell's value; raises ArithmeticError for a circular or broken formula."""
        if cell in self._known:
            return self._known[cell]
        content = self.contents.get(cell)
        if isinstance(content, str) and content.startswith("="):
            if cell in self._open:
                raise ArithmeticError(f"circular: {cell}")
            self._open.add(cell)
            content = _Formula(content[1:], cell, self).result()
            self._open.discard(cell)
        elif isinstance(content, int | float):
            content = Fraction(str(content))
        self._known[cell] = content
        return content

    def at(self, address: str) -> Any:
        """Return the value at an address."""
        return self.value(_cell(address))

    def insert(self, row: int, count: int = 1) -> Book:
        """Return the sheet with blank rows inserted before ``row``."""

        def moved(text: str) -> str:
            return _ADDRESS.sub(
                lambda m: f"{m[1]}{m[2]}{m[3]}{int(m[4]) + (count if int(m[4]) >= row else 0)}",
                text,
            )

        return Book(
            {
                (r + (count if r >= row else 0), c): (
                    moved(v) if isinstance(v, str) and v.startswith("=") else v
                )
                for (r, c), v in self.contents.items()
            }
        )

    def copy(self, source: int, target: int, count: int = 1) -> None:
        """Copy whole rows as a person does: relative addresses move along."""
        step = target - source

        def moved(text: str) -> str:
            return _ADDRESS.sub(
                lambda m: f"{m[1]}{m[2]}{m[3]}{int(m[4]) + (0 if m[3] else step)}", text
            )

        for (row, column), value in list(self.contents.items()):
            if source <= row < source + count:
                is_formula = isinstance(value, str) and value.startswith("=")
                self.contents[row + step, column] = moved(value) if is_formula else value


def _cell(address: str) -> Cell:
    found = _ADDRESS.fullmatch(address)
    assert found, address
    return int(found[4]), _column(found[2])


def _column(letters: str) -> int:
    number = 0
    for letter in letters.strip("$"):
        number = number * 26 + ord(letter) - 64
    return number


class _Formula:
    """A recursive-descent reader that computes as it reads."""

    def __init__(self, text: str, cell: Cell, book: Book) -> None:
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            assert found and found.lastgroup, text[position:]
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            position = found.end()
        self.cell, self.book, self.place = cell, book, 0

    def result(self) -> Any:
        value = self._scalar(self._comparison())
        assert self.place == len(self.tokens)
        return value

    def _peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def _next(self) -> tuple[str, str]:
        self.place += 1
        return self.tokens[self.place - 1]

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, Area):
            (cell,) = value.cells()
            return self.book.value(cell)
        return value

    def _number(self, value: Any) -> Fraction:
        value = self._scalar(value)
        if value is None:
            return Fraction()
        if isinstance(value, str):
            raise ArithmeticError(f"#VALUE! {value!r} in {self.cell}")
        return Fraction(value)

    def _comparison(self) -> Any:
        left = self._sum()
        while self._peek() in ("=", "<", "<=", ">", ">=", "<>"):
            sign = self._next()[1]
            a, b = self._scalar(left), self._scalar(self._sum())
            if isinstance(a, str) or isinstance(b, str):
                left = (a == b) if sign == "=" else isinstance(a, str)  # text is above numbers
                continue
            a, b = Fraction(a or 0), Fraction(b or 0)
            left = {"=": a == b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
        return left

    def _sum(self) -> Any:
        left = self._product()
        while self._peek() in ("+", "-"):
            sign = self._next()[1]
            right = self._number(self._product())
            left = self._number(left) + (right if sign == "+" else -right)
        return left

    def _product(self) -> Any:
        left = self._range()
        while self._peek() in ("*", "/"):
            sign = self._next()[1]
            right = self._number(self._range())
            left = self._number(left) * (right if sign == "*" else 1 / right)
        return left

    def _range(self) -> Any:
        left = self._atom()
        while self._peek() == ":":
            self._next()
            right = self._atom()
            left = Area(
                (
                    min(left[0], right[0]), min(left[1], right[1]),
                    max(left[2], right[2]), max(left[3], right[3]),
                )
            )  # fmt: skip
        return left

    def _atom(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return Fraction(text)
        if kind == "cell":
            row, column = _cell(text)
            return Area((row, column, row, column))
        if kind in ("column", "last"):
            return Area((1, _column(text), _ROWS, _column(text)))
        if kind == "name":
            return self._call(text)
        assert text == "(", text
        value = self._comparison()
        assert self._next()[1] == ")"
        return value

    def _call(self, name: str) -> Any:
        assert self._next()[1] == "("
        if name == "IF":
            return self._if()
        arguments: list[Any] = []
        while self._peek() != ")":
            arguments.append(self._comparison())
            if self._peek() == ",":
                self._next()
        self._next()
        function: Callable[..., Any] = getattr(self, f"_{name.lower()}_")
        return function(*arguments)

    def _if(self) -> Any:
        test = self._scalar(self._comparison())
        assert self._next()[1] == ","
        branches = []
        for ending, wanted in ((",", bool(test)), (")", not test)):
            branches.append(self._comparison() if wanted else self._skip())
            assert self._next()[1] == ending
        return branches[0] if test else branches[1]

    def _skip(self) -> None:
        depth = 0
        while depth or self._peek() not in (",", ")"):
            depth += {"(": 1, ")": -1}.get(self._next()[1], 0)

    def _numbers(self, arguments: tuple[Any, ...]) -> Iterator[Fraction]:
        for argument in arguments:
            if not isinstance(argument, Area):
                yield self._number(argument)
                continue
            for cell in argument.cells():
                value = self.book.value(cell)
                if isinstance(value, Fraction):
                    yield value

    def _sum_(self, *arguments: Any) -> Fraction:
        return sum(self._numbers(arguments), Fraction())

    def _count_(self, *arguments: Any) -> Fraction:
        return Fraction(sum(1 for _ in self._numbers(arguments)))

    def _min_(self, *arguments: Any) -> Fraction:
        return min(self._numbers(arguments))

    def _or_(self, *arguments: Any) -> bool:
        return any(self._scalar(argument) for argument in arguments)

    def _round_(self, value: Any, decimals: Any) -> Fraction:
        scaled = self._number(value) * 10 ** int(decimals)
        whole = int(abs(scaled) + Fraction(1, 2))
        return Fraction(whole if scaled >= 0 else -whole, 10 ** int(decimals))

    def _row_(self, area: Area | None = None) -> Fraction:
        return Fraction(self.cell[0] if area is None else area[0])

    def _index_(self, area: Area, row: Any) -> Area:
        line = area[0] + int(self._number(row)) - 1
        assert area[0] <= line <= area[2]
        return Area((line, area[1], line, area[3]))

    def _matches(self, area: Area, wanted: Any) -> list[bool]:
        values = [self.book.value(cell) for cell in area.cells()]
        if wanted == ">=0":
            return [isinstance(value, Fraction) and value >= 0 for value in values]
        return [value == wanted for value in values]

    def _countif_(self, area: Area, wanted: Any) -> Fraction:
        return Fraction(sum(self._matches(area, wanted)))

    def _countifs_(self, names: Area, name: Any, figures: Area, wanted: Any) -> Fraction:
        pairs = zip(self._matches(names, name), self._matches(figures, wanted), strict=True)
        return Fraction(sum(same and found for same, found in pairs))

    def _sumif_(self, names: Area, name: Any, figures: Area) -> Fraction:
        values = [self.book.value(cell) for cell in figures.cells()]  # any may be circular
        pairs = zip(values, self._matches(names, name), strict=True)
        return sum((v for v, same in pairs if same and isinstance(v, Fraction)), Fraction())
