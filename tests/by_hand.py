"""Every derived figure of the published tables, computed by hand.

Plain arithmetic over the printed grids, written without the package's relations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from selfeval_xl.workbooks.sheet import parse_a1

_DATA = Path(__file__).resolve().parent.parent / "samples" / "data"

Derived = Iterator[tuple[str, Fraction]]


class Grid:
    """A printed table, its figures by address."""

    def __init__(self, number: str) -> None:
        (path,) = _DATA.glob(f"{number}-*.json")
        self._rows = json.loads(path.read_text(encoding="utf-8"))["grid"]

    def __getitem__(self, address: str) -> Fraction:
        row, column = parse_a1(address)
        text = self._rows[row][column] or "0"
        return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)

    def column(self, letter: str, first: int, last: int) -> Fraction:
        return sum((self[f"{letter}{row}"] for row in range(first, last + 1)), Fraction())


def questionnaire(number: str, coefficients: tuple[str, ...]) -> Derived:
    grid = Grid(number)
    weights = dict(zip("CDEFG", map(Fraction, coefficients), strict=True))
    total: dict[str, Fraction] = dict.fromkeys("CDEFG", Fraction())
    points: dict[str, Fraction] = dict.fromkeys("CDEFG", Fraction())
    for row in range(2, 32, 3):
        people = sum(grid[f"{option}{row}"] for option in weights)
        yield f"H{row}", people
        for option, weight in weights.items():
            share = grid[f"{option}{row}"] / people
            yield f"{option}{row + 1}", share
            yield f"{option}{row + 2}", share * weight * 10
            total[option] += grid[f"{option}{row}"]
            points[option] += share * weight * 10
        yield f"H{row + 1}", Fraction(1)
        yield f"H{row + 2}", sum(grid[f"{o}{row}"] * w for o, w in weights.items()) / people * 10
    everyone = sum(total.values())
    for option in weights:
        yield f"{option}32", total[option]
        yield f"{option}33", total[option] / everyone
        yield f"{option}34", points[option]
    yield "H32", everyone
    yield "H33", Fraction(1)
    yield "H34", sum(points.values(), Fraction())
    yield "H35", sum(points.values(), Fraction())


def first_level(number: str, *, rates: bool) -> Derived:
    grid = Grid(number)
    weight, score = grid.column("B", 2, 4), grid.column("C", 2, 4)
    for row in (2, 3, 4):
        yield f"D{row}", grid[f"B{row}"] - grid[f"C{row}"]
        if rates:
            yield f"E{row}", grid[f"C{row}"] / grid[f"B{row}"]
    yield from (("B5", weight), ("C5", score), ("D5", weight - score))
    if rates:
        yield "E5", score / weight


def funds_02() -> Derived:
    for letter in "CDEF":
        yield f"{letter}19", Grid("02").column(letter, 3, 18)


def funds_05() -> Derived:
    grid = Grid("05")
    for row in (2, 3, 4):
        yield f"E{row}", grid[f"C{row}"] - grid[f"D{row}"]
    for letter in "CD":
        yield f"{letter}5", grid.column(letter, 2, 4)
    yield "E5", grid.column("C", 2, 4) - grid.column("D", 2, 4)


def funds_08() -> Derived:
    for letter in "FG":  # a group's figure stands once, in its first row
        yield f"{letter}14", Grid("08").column(letter, 2, 13)


def funds_11() -> Derived:
    grid = Grid("11")
    yield "C11", grid.column("C", 2, 10)
    yield "D11", grid.column("D", 2, 10)
    yield "D12", grid.column("D", 2, 10) / grid["B12"]


def base_data() -> Derived:
    grid = Grid("13")
    yield "F2", grid["D2"] / grid["B2"]
    for letter in "BDF":
        yield f"{letter}4", grid[f"{letter}9"]  # the other two kinds are blank
        yield f"{letter}13", grid[f"{letter}14"]
        yield f"{letter}10", grid[f"{letter}11"] + grid[f"{letter}14"]


def department() -> Derived:
    grid = Grid("14")
    yield "H3", grid["F3"] / grid["E3"]
    yield "I3", Fraction(10)
    yield "E4", Fraction("353.08") + Fraction("652.59")  # written behind the labels
    yield "G31", grid["G3"] + grid.column("G", 12, 30)
    yield "H31", 10 + grid.column("H", 12, 30)
    yield from _labels(grid, {"B12": (12, 22), "B23": (23, 26), "B27": (27, 27), "B28": (28, 30)})


def project() -> Derived:
    grid = Grid("15")
    for letter in "DF":
        yield f"{letter}4", grid.column(letter, 5, 7)
    yield "H4", grid["F4"] / grid["E4"]
    yield "I4", grid["G4"] * grid["F4"] / grid["E4"]
    yield "G31", grid["G4"] + grid.column("G", 11, 30)
    yield "H31", grid["I4"] + grid.column("H", 11, 30)
    yield from _labels(grid, {"B11": (11, 22), "B23": (23, 26), "B27": (27, 27), "B28": (28, 30)})


def _labels(grid: Grid, rows: dict[str, tuple[int, int]]) -> Derived:
    for cell, (first, last) in rows.items():
        yield cell, grid.column("G", first, last)


_USUAL = ("1", "0.8", "0.6", "0.2", "0")
BY_HAND: dict[str, dict[str, Fraction]] = {
    "01": dict(first_level("01", rates=True)),
    "02": dict(funds_02()),
    "03": dict(questionnaire("03", _USUAL)),
    "04": dict(first_level("04", rates=True)),
    "05": dict(funds_05()),
    "06": dict(questionnaire("06", _USUAL)),
    "07": dict(first_level("07", rates=False)),
    "08": dict(funds_08()),
    "09": dict(questionnaire("09", _USUAL)),
    "10": dict(first_level("10", rates=True)),
    "11": dict(funds_11()),
    "12": dict(questionnaire("12", ("1", "0.9", "0.6", "0.2", "0"))),
    "13": dict(base_data()),
    "14": dict(department()),
    "15": dict(project()),
}
