"""Errors as people make them, planted in a clean table at a random place."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from mutation_tables import (
    AMOUNT,
    COUNT,
    Table,
    as_sheet,
    decimals_of,
    plain,
    printed,
    read,
    rounded,
    stored,
)

from selfeval_xl.workbooks.sheet import Cell, Sheet

WRONG, SWAPPED, COPIED, SHIFTED = "随意错数", "数字颠倒", "照抄邻格", "小数点错位"
OMITTED, STALE, CARRIED = "漏加一项", "合计未更新", "错数带入后续"
MALFORMED, UNIT, WIDE, BLANK = "数字写坏", "带单位文字", "全角数字", "漏填"

TYPED = (WRONG, SWAPPED, COPIED, SHIFTED)
"""Kinds that may befall any figure."""
DERIVED = (*TYPED, OMITTED, STALE, CARRIED)
"""Kinds of wrong calculated figures."""
NAMED = {
    SWAPPED: ("颠倒",),
    COPIED: ("照抄",),
    SHIFTED: ("小数点错位", "单位弄错", "百分数与小数"),
    OMITTED: ("漏加",),
    STALE: ("漏加", "未更新"),
}
"""Kinds that determine their cause, and the words one of which must name it."""


@dataclass(frozen=True)
class Plant:
    """One planted error: what is printed where, and what it was before."""

    kind: str
    cell: Cell
    text: str
    before: str

    @property
    def value(self) -> Fraction | None:
        """The planted figure, None when it is no plain number."""
        return read(self.text)


@dataclass(frozen=True)
class Mutant:
    """A table with planted errors; ``carried`` are followers computed from the wrong figure."""

    table: Table
    style: str
    plants: tuple[Plant, ...]
    carried: tuple[Plant, ...] = ()

    def sheet(self) -> Sheet:
        """Return the worksheet with the errors in it."""
        sheet = as_sheet(self.table, self.style)
        rows = [list(row) for row in sheet.rows]
        formats, formulas = dict(sheet.number_formats), dict(sheet.formulas)
        style = "shown" if self.style == "filled" else self.style
        for plant in (*self.plants, *self.carried):
            value, code = stored(plant.text, style) if plant.text else (None, "General")
            rows[plant.cell[0]][plant.cell[1]] = value
            formats.pop(plant.cell, None)
            formulas.pop(plant.cell, None)
            if code != "General":
                formats[plant.cell] = code
        return replace(sheet, rows=rows, number_formats=formats, formulas=formulas)


def plant(table: Table, style: str, kind: str, rng: random.Random, derived: bool) -> Mutant | None:
    """Plant an error of a kind in a derived figure or an input; None when the kind has no place."""
    cells = [cell for cell in table.figures if (cell in table.derived) is derived]
    rng.shuffle(cells)
    for cell in cells:
        for text in _TEXTS[kind](table, cell, rng):
            made = Plant(kind, cell, text, table.text(cell))
            if text == made.before or not _is_error(table, made, style):
                continue
            carried = tuple(_carried(table, made)) if kind == CARRIED else ()
            if kind == CARRIED and not carried:
                continue
            return Mutant(table, style, (made,), carried)
    return None


def plant_several(table: Table, style: str, rng: random.Random) -> Mutant | None:
    """Plant two or three errors in different derived figures."""
    plants: dict[Cell, Plant] = {}
    wanted = rng.choice((2, 2, 3))
    for _ in range(4 * wanted):
        one = plant(table, style, rng.choice((WRONG, SWAPPED, COPIED, SHIFTED, OMITTED)), rng, True)
        if one is not None:
            plants.setdefault(one.plants[0].cell, one.plants[0])
        if len(plants) == wanted:
            return Mutant(table, style, tuple(plants.values()))
    return None


def wrong_followers(table: Table, plant: Plant, beyond_rounding: bool = True) -> set[Cell]:
    """Return the derived figures that are wrong once an input is."""
    inputs = table.stated()
    inputs.pop(plant.cell)
    if plant.value is not None:
        inputs[plant.cell] = plant.value
    after = table.recomputed(inputs)
    found = set()
    for cell in table.followers(plant.cell):
        text = table.text(cell)
        stated, exact = read(text), after.get(cell)
        if exact is None and not beyond_rounding:
            found.add(cell)  # nothing is left to compute it from
        if exact is None or stated is None:
            continue
        slack = table.slack(cell) + Fraction(1, 10 ** decimals_of(text))
        differs = stated != rounded(exact, decimals_of(text))
        if abs(stated - exact) > slack or (differs and not beyond_rounding):
            found.add(cell)
    return found


def _is_error(table: Table, plant: Plant, style: str) -> bool:
    """Tell whether a plant is an error by the domain's own definition (beyond rounding)."""
    if plant.kind in (MALFORMED, UNIT, WIDE):
        return True
    if plant.cell not in table.derived:
        return bool(wrong_followers(table, plant))
    if plant.kind == BLANK:
        return True
    exact, value = table.exact[plant.cell], plant.value
    if value is None or value < 0:
        return False
    decimals = decimals_of(plant.text)
    if style == "general" and not plant.text.endswith("%"):
        decimals = decimals_of(plain(value, decimals))  # a stored number has lost its zeros
    unit = Fraction(1, 10**decimals)
    return abs(value - exact) > table.slack(plant.cell) + unit


def _carried(table: Table, plant: Plant) -> Iterator[Plant]:
    """Yield the followers as a person works them out from the wrong figure."""
    assert plant.value is not None
    values = table.recomputed(table.stated())
    values[plant.cell] = plant.value
    followers = table.followers(plant.cell)
    for cell, one in table.derived.items():
        if cell in followers and (value := one.exact(values)) is not None:
            values[cell] = value
            text = table.text(cell)
            decimals = decimals_of(text)
            if not decimals and table.sheet is not None:
                decimals = 0 if table.figures[cell] == COUNT else 4  # a computed zero
            after = printed(value, decimals, text.endswith("%"))
            if after != text:
                yield Plant(CARRIED, cell, after, text)


# --- the texts of each kind ---------------------------------------------------------------------


def _wrong(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    """A figure of the same size and precision that is not the right one."""
    text = table.text(cell)
    value, decimals = read(text), decimals_of(text)
    assert value is not None
    for _ in range(6):
        factor = Fraction(rng.choice((rng.randint(55, 96), rng.randint(104, 150))), 100)
        other = value * factor if value else Fraction(rng.randint(1, 30), 10 ** min(decimals, 2))
        yield printed(rounded(other, decimals), decimals, text.endswith("%"))


def _swapped(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    text = table.text(cell)
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    pairs = [
        (one, two)
        for one, two in pairwise(digits)
        if text[one] != text[two] and not (one == digits[0] and text[two] == "0" and two == one + 1)
    ]
    rng.shuffle(pairs)
    for one, two in pairs:
        letters = list(text)
        letters[one], letters[two] = letters[two], letters[one]
        yield "".join(letters)


def _copied(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    """The nearest figure of the same sort to the left, right, above or below."""
    steps = [(0, -1), (0, 1), (-1, 0), (1, 0)]
    rng.shuffle(steps)
    for down, right in steps:
        same = [
            other
            for other, sort in table.figures.items()
            if sort == table.figures[cell]
            and (other[0] - cell[0], other[1] - cell[1]) != (0, 0)
            and (other[0] - cell[0]) * right == 0
            and (other[1] - cell[1]) * down == 0
            and ((other[0] - cell[0]) * down > 0 or (other[1] - cell[1]) * right > 0)
        ]
        near = min(same, key=lambda o: abs(o[0] - cell[0]) + abs(o[1] - cell[1]), default=None)
        if near is not None and table.exact[near]:
            yield table.text(near)


def _shifted(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    text = table.text(cell)
    value, percent = read(text), text.endswith("%")
    if not value:
        return
    decimals = decimals_of(text) - (2 if percent else 0)
    for power in rng.sample((1, -1, 2, -2), 4):
        other = value * Fraction(10) ** power * (100 if percent else 1)
        yield printed(other, max(decimals - power, 0)) + ("%" if percent else "")


def _omitted(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    addends = list(table.derived[cell].addends)
    rng.shuffle(addends)
    if len(addends) > 2:
        for one in addends:
            yield from _without(table, cell, (one,))


def _stale(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    addends = table.derived[cell].addends
    if len(addends) > 3:
        yield from _without(table, cell, addends[-rng.choice((1, 1, 2)) :])


def _without(table: Table, cell: Cell, left_out: Sequence[Cell]) -> Iterator[str]:
    missing = sum((table.exact[one] for one in left_out), Fraction())
    if missing and all(table.exact[one] for one in left_out):
        text = table.text(cell)
        yield printed(table.exact[cell] - missing, decimals_of(text), text.endswith("%"))


def _malformed(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    whole, _, part = table.text(cell).rstrip("%").partition(".")
    part = part or "0"
    yield rng.choice((f"{whole[:1]},{whole[1:] or '0'}.{part},7", f"{whole}.{part}.5"))


def _with_unit(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    unit = {COUNT: "人", AMOUNT: "万元"}.get(table.figures[cell])
    if unit:
        yield table.text(cell) + unit


def _full_width(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    yield "".join(chr(ord(c) + 0xFEE0) if c in "0123456789.%" else c for c in table.text(cell))


def _blank(table: Table, cell: Cell, rng: random.Random) -> Iterator[str]:
    if table.exact[cell]:
        yield ""


_TEXTS: dict[str, Callable[[Table, Cell, random.Random], Iterator[str]]] = {
    WRONG: _wrong, CARRIED: _wrong, SWAPPED: _swapped, COPIED: _copied, SHIFTED: _shifted,
    OMITTED: _omitted, STALE: _stale, MALFORMED: _malformed, UNIT: _with_unit, WIDE: _full_width,
    BLANK: _blank,
}  # fmt: skip
