"""The samples: what the program says of them, and every derived figure computed by hand."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from selfeval_xl.batch import run
from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import a1, parse_a1

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
INBOX = SAMPLES / "待核对"


def _load_builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_samples", SAMPLES / "build_samples.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_samples"] = module
    spec.loader.exec_module(module)
    return module


builder = _load_builder()


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


EXPECTED = {path.name[:2]: _json(path) for path in sorted((SAMPLES / "expected").glob("*.json"))}
TABLES = {path.name[:2]: _json(path) for path in sorted((SAMPLES / "data").glob("*.json"))}
FILLED = EXPECTED["16"]
PUBLISHED = [number for number in TABLES if "grid" in TABLES[number]]


# --- the workbooks ---------------------------------------------------------------------------


def _parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return [(entry.filename, package.read(entry)) for entry in package.infolist()]


def test_every_table_says_what_is_expected_of_it() -> None:
    assert sorted(EXPECTED) == sorted(TABLES) == [f"{n:02d}" for n in range(1, 17)]


def test_workbooks_are_those_the_script_builds() -> None:
    built = builder.build_all()
    committed = {
        path.relative_to(INBOX).as_posix(): path.read_bytes() for path in INBOX.rglob("*.xlsx")
    }
    assert sorted(built) == sorted(committed)
    for path, data in built.items():
        # Part by part: another zlib may compress the same content to other bytes.
        assert _parts(data) == _parts(committed[path]), path


def test_building_twice_gives_the_same_bytes() -> None:
    assert builder.build_all() == builder.build_all()


@pytest.mark.parametrize("number", PUBLISHED)
def test_workbook_shows_the_table_as_printed(number: str) -> None:
    table = TABLES[number]
    data = (INBOX / table["folder"] / f"{table['workbook']}.xlsx").read_bytes()
    (sheet,) = read_workbook(data, "table.xlsx").sheets
    for row, line in enumerate(table["grid"]):
        for column, printed in enumerate(line):
            value = sheet.value((row, column))
            if isinstance(value, int | float):
                shown = sheet.number_formats.get((row, column), "General")
                assert _display(value, shown) == printed, a1((row, column))
            else:
                assert (value or None) == printed, a1((row, column))
    assert sorted(map(_address, sheet.merges)) == sorted(table["merges"])


def _display(value: float, number_format: str) -> str:
    if number_format == "General":
        return f"{value:.10g}"
    decimals = len(number_format.partition(".")[2].rstrip("%"))
    return f"{value:.{decimals}%}" if number_format.endswith("%") else f"{value:.{decimals}f}"


def _address(merge: tuple[int, int, int, int]) -> str:
    return f"{a1(merge[:2])}:{a1(merge[2:])}"


# --- what the program says -------------------------------------------------------------------


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("results")
    run([INBOX], out, DEFAULT, jobs=1)
    return _json(out / "findings.json")


def _of(said: dict[str, Any], number: str) -> list[dict[str, Any]]:
    expected = EXPECTED[number]
    return [
        finding
        for finding in said["findings"]
        if (finding["file"], finding["sheet"]) == (expected["workbook"], expected["sheet"])
    ]


_QUESTIONS = ("review", "note")


@pytest.mark.parametrize("number", PUBLISHED)
def test_wrong_cells(said: dict[str, Any], number: str) -> None:
    """Every wrong, filled or unsettled cell and nothing else, with its figures and its root."""
    expected = {finding["cell"]: finding for finding in EXPECTED[number]["findings"]}
    found = {
        finding["cell"]: finding
        for finding in _of(said, number)
        if finding["kind"] not in (*_QUESTIONS, "suggestion")
    }
    assert sorted(found) == sorted(expected)
    for cell, wanted in expected.items():
        finding = found[cell]
        assert (finding["level"], finding["kind"]) == (wanted["level"], wanted["kind"]), cell
        for key in ("stated", "expected"):
            assert _number(finding[key]) == _number(wanted[key]), (cell, key)
        if "root" in wanted:
            assert finding["root"] == f"{finding['sheet']}!{wanted['root']}", cell
        if wanted["stated"] is not None:
            difference = Decimal(wanted["stated"]) - Decimal(wanted["expected"])
            assert _number(finding["difference"]) == difference, cell


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize("number", PUBLISHED)
def test_questions(said: dict[str, Any], number: str) -> None:
    """Each question is asked on its row and names its figures; nothing else is asked."""
    asked = [finding for finding in _of(said, number) if finding["kind"] in _QUESTIONS]
    wanted = EXPECTED[number]["asks"]
    places = {(parse_a1(finding["cell"])[0] + 1, finding["level"]) for finding in asked}
    assert places == {(ask["row"], ask["level"]) for ask in wanted}
    for ask in wanted:
        text = "".join(
            finding["message"]
            for finding in asked
            if (parse_a1(finding["cell"])[0] + 1, finding["level"]) == (ask["row"], ask["level"])
        )
        for words in ask["about"]:
            assert words in text, (ask["row"], words)


@pytest.mark.parametrize("number", PUBLISHED)
def test_suggestions(said: dict[str, Any], number: str) -> None:
    found = [finding for finding in _of(said, number) if finding["kind"] == "suggestion"]
    wanted = EXPECTED[number].get("suggestions", [])
    assert [finding["cell"] for finding in found] == [one["cell"] for one in wanted]
    for finding, one in zip(found, wanted, strict=True):
        assert finding["action"] == "left"
        for words in one["about"]:
            assert words in finding["message"], words


def test_counts_of_the_copied_shares(said: dict[str, Any]) -> None:
    kinds = {number: Counter(f["kind"] for f in _of(said, number)) for number in ("06", "09")}
    assert kinds["06"] == {"root": 7, "consequence": 24, "filled": 1}
    assert kinds["09"] == {"root": 6, "consequence": 21}


def test_clean_project_has_no_finding(said: dict[str, Any]) -> None:
    assert [f for f in said["findings"] if f["file"].startswith(FILLED["folder"])] == []


def test_forms_and_heads_of_the_clean_project(said: dict[str, Any]) -> None:
    forms = [
        {"workbook": Path(file["path"]).name}
        | {key: form[key] for key in ("sheet", "form", "project", "year")}
        for file in said["files"]
        if file["path"].startswith(FILLED["folder"])
        for form in file["forms"]
    ]
    assert sorted(forms, key=str) == sorted(FILLED["forms"], key=str)


def test_every_finding_belongs_to_an_expected_table(said: dict[str, Any]) -> None:
    known = {(EXPECTED[n]["workbook"], EXPECTED[n]["sheet"]) for n in PUBLISHED}
    assert {(f["file"], f["sheet"]) for f in said["findings"]} <= known
    assert {file["status"] for file in said["files"]} == {"checked"}


# --- every derived cell by hand ----------------------------------------------------------------
# Plain arithmetic over the printed grids, written without the package's relations.

Derived = Iterator[tuple[str, Fraction]]


class Grid:
    """A printed table, its figures by address."""

    def __init__(self, number: str) -> None:
        self._rows = TABLES[number]["grid"]

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


@pytest.mark.parametrize("number", PUBLISHED)
def test_every_derived_cell(number: str) -> None:
    table = TABLES[number]
    data = (INBOX / table["folder"] / f"{table['workbook']}.xlsx").read_bytes()
    (sheet,) = read_workbook(data, "table.xlsx").sheets
    (form,) = recognise(sheet, DEFAULT)
    assert form.kind == table["form"]
    expected = examine(form, DEFAULT).expected
    computed: dict[str, Fraction] = {}
    for relation in form.relations:
        value = relation.equals.value(expected.get)
        if value is not None:
            computed[a1(relation.target)] = value
    assert computed == BY_HAND[number]


@pytest.mark.parametrize("name", list(FILLED["figures"]))
def test_figures_of_the_filled_templates(name: str) -> None:
    """The cached results of the live formulas, against figures computed with a calculator."""
    data = (INBOX / FILLED["folder"] / name).read_bytes()
    sheets = {sheet.name: sheet for sheet in read_workbook(data, name).sheets}
    for sheet, figures in FILLED["figures"][name].items():
        for cell, figure in figures.items():
            found = sheets[sheet].value(parse_a1(cell))
            if figure is None:
                assert found in (None, ""), (sheet, cell)
            else:
                assert isinstance(found, int | float), (sheet, cell)
                assert round(Decimal(repr(found)), 4) == Decimal(figure), (sheet, cell)
