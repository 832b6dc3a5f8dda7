"""The samples: what the program says of them, and every derived figure computed by hand."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from by_hand import BY_HAND

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


# --- every derived cell ------------------------------------------------------------------------


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
