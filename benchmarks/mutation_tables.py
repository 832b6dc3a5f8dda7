"""Clean filled tables with what follows from what in them, worked out by plain arithmetic.

Nothing here knows how the program reads or judges: a table is its printed text, the sort of each
figure and, for each derived figure, a calculation over other cells. From these the bench knows
which planted figure is wrong, what it must be and which other figures follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from selfeval_xl.workbooks.sheet import Cell, Range, Sheet

COUNT, AMOUNT, RATE, POINTS, SCORE = "count", "amount", "rate", "points", "score"

Exact = Callable[[Mapping[Cell, Fraction]], Fraction | None]
_PRINTED = re.compile(r"(-?\d+(?:\.(\d+))?)(%?)")


@dataclass(frozen=True)
class Derived:
    """A calculated figure: over which cells, how, and which of them are merely added."""

    exact: Exact
    reads: tuple[Cell, ...]
    addends: tuple[Cell, ...] = ()


@dataclass
class Table:
    """A filled table as printed; ``figures`` are inputs and derived figures with their sort."""

    name: str
    form: str
    grid: list[list[str | None]]
    merges: list[Range] = field(default_factory=list)
    figures: dict[Cell, str] = field(default_factory=dict)
    derived: dict[Cell, Derived] = field(default_factory=dict)
    exact: dict[Cell, Fraction] = field(default_factory=dict)
    bound: dict[Cell, tuple[Cell, ...]] = field(default_factory=dict)
    """Cells that are no figures but hold one an input is bound to (“产出指标（30分）”)."""
    sheet: Sheet | None = None
    """The worksheet as filled, where it is more than its print (computed doubles, formulas)."""

    def text(self, cell: Cell) -> str:
        """Return what is printed in a cell, "" when blank."""
        row, column = cell
        if row >= len(self.grid) or column >= len(self.grid[row]):
            return ""
        return self.grid[row][column] or ""

    def put(self, cell: Cell, text: str) -> None:
        """Print a text in a cell, growing the table as needed."""
        row, column = cell
        while len(self.grid) <= row:
            self.grid.append([])
        self.grid[row].extend([None] * (column + 1 - len(self.grid[row])))
        self.grid[row][column] = text

    def given(self, cell: Cell, sort: str) -> Cell:
        """Take a printed figure as an input; a blank is none."""
        value = read(self.text(cell))
        if value is not None:
            self.figures[cell] = sort
            self.exact[cell] = value
        return cell

    def derive(
        self,
        cell: Cell,
        sort: str,
        exact: Exact,
        reads: Iterable[Cell],
        *,
        decimals: int = 2,
        adds: bool = False,
    ) -> Cell:
        """Take a figure as calculated, and print it when the cell is still blank."""
        reads = tuple(one for one in reads if one in self.exact)
        value = exact(self.exact)
        if value is None or not reads:
            return cell
        self.exact[cell] = value
        if not self.text(cell):
            self.put(cell, printed(value, decimals, sort == RATE))
        self.figures[cell] = sort
        self.derived[cell] = Derived(exact, reads, reads if adds else ())
        return cell

    def total(self, cell: Cell, sort: str, parts: Iterable[Cell], decimals: int = 2) -> Cell:
        """Take a figure as the sum of others."""
        cells = tuple(parts)

        def exact(at: Mapping[Cell, Fraction]) -> Fraction | None:
            known = [at[one] for one in cells if one in at]
            return sum(known, Fraction()) if known else None

        return self.derive(cell, sort, exact, cells, decimals=decimals, adds=True)

    def ratio(self, cell: Cell, part: Cell, whole: Cell) -> Cell:
        """Take a figure as part ÷ whole."""

        def exact(at: Mapping[Cell, Fraction]) -> Fraction | None:
            if part not in at or not at.get(whole):
                return None
            return at[part] / at[whole]

        return self.derive(cell, RATE, exact, (part, whole), decimals=4)

    def stated(self) -> dict[Cell, Fraction]:
        """Return the printed figures."""
        return {c: v for c in self.figures if (v := read(self.text(c))) is not None}

    def recomputed(self, inputs: Mapping[Cell, Fraction]) -> dict[Cell, Fraction]:
        """Return every figure that follows from the given inputs."""
        values = {cell: value for cell, value in inputs.items() if cell not in self.derived}
        for cell, one in self.derived.items():
            value = one.exact(values)
            if value is not None:
                values[cell] = value
        return values

    def followers(self, cell: Cell) -> set[Cell]:
        """Return the derived figures that depend on a cell, directly or not."""
        found = {cell}
        for other, one in self.derived.items():
            if not found.isdisjoint(one.reads):
                found.add(other)
        return found - {cell}

    def slack(self, cell: Cell) -> Fraction:
        """Return by how much printed operands alone may move a derived figure, and its own half."""
        one, stated = self.derived[cell], self.stated()
        base = one.exact(stated)
        moved = Fraction(half_of(self.text(cell)))
        if base is None:
            return moved
        for operand in one.reads:
            if self.figures[operand] == COUNT or operand not in stated:
                continue
            near = one.exact({**stated, operand: stated[operand] + half_of(self.text(operand))})
            moved += abs((base if near is None else near) - base)
        return moved


def read(text: str) -> Fraction | None:
    """Read a printed figure: “5.41%” → 0.0541; anything else is none."""
    found = _PRINTED.fullmatch(text)
    if found is None:
        return None
    return Fraction(found[1]) / (100 if found[3] else 1)


def decimals_of(text: str) -> int:
    """Return the decimals of a printed figure, of a percentage as a fraction."""
    found = _PRINTED.fullmatch(text)
    assert found is not None, text
    return len(found[2] or "") + (2 if found[3] else 0)


def half_of(text: str) -> Fraction:
    """Return half a unit of the last printed place."""
    return Fraction(1, 2 * 10 ** decimals_of(text))


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero."""
    size = abs(value) * 10**decimals + Fraction(1, 2)
    whole = size.numerator // size.denominator
    return Fraction(-whole if value < 0 else whole, 10**decimals)


def printed(value: Fraction, decimals: int, percent: bool = False) -> str:
    """Print a figure with its decimals; a rate (decimals as a fraction) as a percentage."""
    places = max(decimals - 2, 0) if percent else decimals
    whole = rounded(value * 100 if percent else value, places) * 10**places
    digits = str(abs(int(whole))).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return ("-" if whole < 0 else "") + text + ("%" if percent else "")


def plain(value: Fraction, decimals: int = 2) -> str:
    """Print a figure as typed, without zeros at its end."""
    text = printed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def stored(text: str, style: str) -> tuple[object, str]:
    """Return the value and number format of a printed figure in a style of filling.

    ``text``: typed as text; ``shown``: a number in a format of its decimals; ``general``: a
    number without a format (a percentage keeps one, for Excel sets it while typing).
    """
    found = _PRINTED.fullmatch(text)
    if found is None or style == "text":
        return text, "General"
    places = found[2] or ""
    if found[3]:
        code = f"0.{'0' * len(places)}%" if places else "0%"
        return round(float(found[1]) / 100, len(places) + 2), code
    number = float(found[1]) if places else int(found[1])
    return number, f"0.{'0' * len(places)}" if places and style == "shown" else "General"


def styles(table: Table) -> tuple[str, ...]:
    """Return the styles of filling a table comes in."""
    return ("text", "shown", "general") if table.sheet is None else ("filled",)


def as_sheet(table: Table, style: str) -> Sheet:
    """Return the table as a worksheet, its figures stored in the given style."""
    if style == "filled" and table.sheet is not None:
        return table.sheet
    rows: list[list[object]] = []
    formats: dict[Cell, str] = {}
    for row, line in enumerate(table.grid):
        values: list[object] = []
        for column, text in enumerate(line):
            value: object = text
            if text is not None and (row, column) in table.figures:
                value, code = stored(text, style)
                if code != "General":
                    formats[row, column] = code
            values.append(value)
        rows.append(values)
    return Sheet("表", rows, tuple(table.merges), formats)


def as_table(sheet: Sheet, name: str, form: str) -> Table:
    """Return a filled worksheet as the table a person sees."""
    grid = [
        [_seen(value, sheet.number_formats.get((row, at), "")) for at, value in enumerate(line)]
        for row, line in enumerate(sheet.rows)
    ]
    return Table(name, form, grid, list(sheet.merges), sheet=sheet)


def _seen(value: object, number_format: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    number = Fraction(str(value))
    if "%" in number_format:
        return printed(number, 4, percent=True)
    places = len(number_format.partition(".")[2].rstrip("_) ")) if number_format else 0
    return printed(number, max(places, 2)) if number.denominator > 1 else str(number)
