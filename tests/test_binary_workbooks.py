"""What .xlsb files hold, and that their forms are judged as those of .xlsx files are."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from binary_workbook import (
    as_binary,
    blank,
    cell_format,
    error,
    error_result,
    font,
    number,
    number_result,
    package_parts,
    record,
    row,
    shared_text,
    sheet,
    styles,
    text,
    text_result,
    truth,
    truth_result,
    whole,
)
from workbook_bytes import zipped

from selfeval_xl.checking import check
from selfeval_xl.findings import Finding
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.container import Container
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.workbooks.workbook import WorkbookProblem
from selfeval_xl.workbooks.xlsb import survey

STYLES = styles(
    fonts=[font("宋体", 220)],
    codes={164: '0.00"万元"', 165: "", 4: "#,##0.0000"},
    formats=[
        cell_format(),
        cell_format(code=10),
        cell_format(code=164),
        cell_format(code=31),
        cell_format(code=165),
        cell_format(code=4),
        cell_format(code=999),
    ],
)
PERCENT, UNIT, DAY, NAMELESS, OWN, UNKNOWN, BEYOND = 1, 2, 3, 4, 5, 6, 7


def read(rows: bytes, **more: object) -> Sheet:
    """Return the only sheet of a workbook of these rows."""
    limits = more.pop("limits", Limits())
    assert isinstance(limits, Limits)
    dated = bool(more.pop("date_1904", False))
    parts = package_parts(
        {"表": sheet(rows, **more)},  # type: ignore[arg-type]
        styles=STYLES,
        texts=["共有"],
        date_1904=dated,
    )
    (only,) = read_workbook(zipped(parts), "表.xlsb", limits).sheets
    return only


def test_everything_at_its_address() -> None:
    only = read(
        row(1)
        + shared_text(1, 0, PERCENT)
        + text(2, "自有", UNIT)
        + number(3, 0.0541, PERCENT)
        + whole(4, 12, UNIT)
        + whole(5, 44_895, DAY)
        + number(6, 44_895.0, DAY)
        + truth(7, True, PERCENT)
        + error(8, 0x17, PERCENT)
        + row(2)
        + text_result(1, "算出", PERCENT)
        + number_result(3, 0.1082, PERCENT)
        + truth_result(4, False, UNIT)
        + error_result(5, 0x07, UNIT)
        + text_result(6, "")
        + blank(9, PERCENT)
        + row(3)
        + number(0, 1.5, NAMELESS)
        + number(1, 1.5, OWN)
        + number(2, 1.5, UNKNOWN)
        + number(3, 1.5, BEYOND),
        merges=[(4, 0, 5, 2), (6, 1, 6, 1), (9, 0, 8, 0)],
    )
    assert only.rows == [
        [],
        [None, "共有", "自有", 0.0541, 12, date(2022, 11, 30), date(2022, 11, 30), True],
        [None, "算出", None, 0.1082, False],
        [1.5, 1.5, 1.5, 1.5],
    ]
    assert only.number_formats == {
        (1, 3): "0.00%",
        (1, 4): '0.00"万元"',
        (1, 5): 'yyyy"年"m"月"d"日"',
        (1, 6): 'yyyy"年"m"月"d"日"',
        (2, 3): "0.00%",
        (3, 1): "#,##0.0000",
    }
    assert only.formulas == {
        (2, 1): '"算出"',
        (2, 3): "0.1082",
        (2, 4): "FALSE",
        (2, 5): "#DIV/0!",
        (2, 6): '""',
    }
    assert only.errors == {(1, 8): "#REF!", (2, 5): "#DIV/0!"}
    assert only.merges == ((4, 0, 5, 2),)


@pytest.mark.parametrize("style", [DAY])
def test_days_counted_from_1904(style: int) -> None:
    only = read(row(0) + whole(0, 43_433, style) + number(1, 43_433.5, style), date_1904=True)
    assert only.rows == [[date(2022, 11, 30), datetime(2022, 11, 30, 12)]]


def test_sheets_by_name() -> None:
    """Hidden sheets count; what is told of one is not taken for another."""
    parts = package_parts(
        {"甲": sheet(row(0) + number_result(0, 1.0)), "乙": sheet(row(0) + number(0, 0.5, 1))},
        styles=STYLES,
        states={"乙": 2},
    )
    first, second = read_workbook(zipped(parts), "表").sheets
    assert (first.name, first.hidden, list(first.formulas)) == ("甲", False, [(0, 0)])
    assert (second.name, second.hidden, second.formulas) == ("乙", True, {})
    assert second.number_formats == {(0, 0): "0.00%"}


def test_formats_of_named_styles_are_none_of_cells() -> None:
    named = record(626, struct.pack("<I", 1)) + cell_format(code=10) + record(627)
    content = sheet(row(0) + number(0, 0.5, BEYOND) + number(1, 0.5, PERCENT))
    parts = package_parts({"表": content}, styles=STYLES + named)
    (only,) = read_workbook(zipped(parts), "表").sheets
    assert only.number_formats == {(0, 1): "0.00%"}


def test_rows_with_a_format_of_their_own() -> None:
    assert read(row(1, style=UNIT) + number(0, 0.5)).rows == [[], [0.5]]


# Damaged and hostile files


@pytest.mark.parametrize(
    ("kind", "least"),
    [(0, 4), (1, 8), (2, 12), (3, 9), (4, 9), (5, 16), (6, 12), (7, 12), (8, 12), (9, 16),
     (10, 9), (11, 9), (176, 16)],
)  # fmt: skip
def test_short_records_are_refused(kind: int, least: int) -> None:
    """The reader underneath reads on in what the record before left behind."""
    with pytest.raises(WorkbookProblem) as caught:
        read(row(0) + whole(0, 1) + record(kind, bytes(least - 1)))
    assert caught.value.kind == "damaged"


@pytest.mark.parametrize(
    ("rows", "limits", "words"),
    [
        (row(0) + number(2_000, 1.0), Limits(), "BXY1"),
        (row(100_000) + number(0, 1.0), Limits(), "A100001"),
        (row(0xFFFFFFFF) + number_result(0xFFFFFFFF, 1.0), Limits(), "4294967296"),
        (row(0) + b"".join(whole(0, 1) for _ in range(11)), Limits(cells=10), "10 个"),
    ],
)
def test_content_beyond_the_limits(rows: bytes, limits: Limits, words: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read(rows, limits=limits)
    assert caught.value.kind == "too_large"
    assert words in caught.value.message
    assert "“表”" in caught.value.message


def test_cells_of_all_sheets_count() -> None:
    rows = row(0) + b"".join(whole(column, 1) for column in range(6))
    data = zipped(package_parts({"甲": sheet(rows), "乙": sheet(rows)}))
    assert len(read_workbook(data, "表", Limits(cells=12)).sheets) == 2
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(data, "表", Limits(cells=11))
    assert "“乙”" in caught.value.message


def test_too_many_merged_ranges() -> None:
    merges = [(at, 0, at, 1) for at in range(12)]
    assert len(read(row(0) + whole(0, 1), merges=merges, limits=Limits(cells=12)).merges) == 12
    with pytest.raises(WorkbookProblem) as caught:
        read(row(0) + whole(0, 1), merges=merges, limits=Limits(cells=11))
    assert (caught.value.kind, "合并" in caught.value.message) == ("too_large", True)


@pytest.mark.parametrize("number", [1_000, 0x7FFFFFFF])
def test_more_shared_texts_claimed_than_there_is_room_for(number: int) -> None:
    parts = package_parts({"表": sheet(row(0) + shared_text(0, 0))}, texts=["甲"])
    told, claimed = (record(159, struct.pack("<2I", 1, count)) for count in (1, number))
    texts = parts["xl/sharedStrings.bin"]
    assert isinstance(texts, bytes)
    assert texts.startswith(told)
    parts["xl/sharedStrings.bin"] = claimed + texts.removeprefix(told)
    # Found before calamine is asked, which would make room for them.
    with pytest.raises(WorkbookProblem) as caught:
        survey(Container(zipped(parts), Limits()), Limits())
    assert caught.value.kind == "damaged"
    with pytest.raises(WorkbookProblem):
        read_workbook(zipped(parts), "表")


# Judged as an .xlsx is

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "待核对"
TABLES = sorted(SAMPLES.rglob("*.xlsx"))


def findings(data: bytes, path: Path, ending: str) -> Sequence[Finding]:
    name = path.relative_to(SAMPLES).with_suffix(ending).as_posix()
    return check(data, name, DEFAULT).record.findings


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    return read_workbook(path.read_bytes(), path.name).sheets


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name[:6]}-{path.stem}")
def test_samples_are_read_and_judged_alike(path: Path) -> None:
    sheets = sheets_of(path)
    data = as_binary(sheets)
    for one, other in zip(sheets, read_workbook(data, "a.xlsb").sheets, strict=True):
        assert contents(other) == contents(one)
    assert list(findings(data, path, ".xlsb")) == list(findings(path.read_bytes(), path, ".xlsx"))


def contents(one: Sheet) -> Mapping[str, object]:
    """What a sheet holds; a formula without a result has none to be shown in .xlsb."""
    return {
        "values": {
            (at, column): value
            for at, values in enumerate(one.rows)
            for column, value in enumerate(values)
            if value is not None
        },
        "merges": sorted(one.merges),
        "formats": {
            cell: code for cell, code in one.number_formats.items() if one.value(cell) is not None
        },
        "formulas": sorted(one.formulas),
        "errors": dict(one.errors),
    }


def test_how_figures_are_shown_decides() -> None:
    """Without number formats something else would be found in one of the samples at least."""
    differing = []
    for path in TABLES:
        plain = as_binary(sheets_of(path), formatted=False)
        if list(findings(plain, path, ".xlsb")) != list(findings(path.read_bytes(), path, ".xlsx")):
            differing.append(path)
    assert differing
