"""Formulas of .xlsb files as text, from tokens written by hand.

LibreOffice was shown a workbook of these tokens and wrote the same texts.
"""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest
from binary_workbook import (
    error_result,
    number,
    number_result,
    package_parts,
    record,
    references,
    row,
    shared_formula,
    sheet,
    text_result,
    truth_result,
)
from hypothesis import given
from hypothesis import strategies as st
from workbook_bytes import zipped

from selfeval_xl.workbooks.formula_tokens import XLSB, Book, formula_text
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.rebuilding import rebuild

ONE = b"\x1e\x01\x00"
RELATIVE = 0xC000


def ref(row: int, column: int) -> bytes:
    return struct.pack("<BIH", 0x44, row, column | RELATIVE)


def area(top: int, bottom: int, left: int, right: int, flags: int = RELATIVE) -> bytes:
    return struct.pack("<B2I2H", 0x25, top, bottom, left | flags, right | flags)


def call(number: int, count: int) -> bytes:
    return struct.pack("<BBH", 0x42, count, number)


def text(content: str) -> bytes:
    encoded = content.encode("utf-16-le")
    return b"\x17" + struct.pack("<H", len(encoded) // 2) + encoded


TOKENS = [
    (ref(0, 0) + ref(1048575, 16383) + b"\x03", "A1+XFD1048576"),
    (struct.pack("<BIH", 0x44, 4, 2), "$C$5"),
    (struct.pack("<BIH", 0x44, 4, 2 | 0x4000), "C$5"),
    (struct.pack("<BIH", 0x44, 4, 2 | 0x8000), "$C5"),
    (area(1, 8, 1, 2) + call(4, 1), "SUM(B2:C9)"),
    (area(0, 1048575, 3, 4) + call(4, 1), "SUM(D:E)"),
    (area(4, 5, 0, 16383) + b"\x19\x10\0\0", "SUM(5:6)"),
    (area(0, 65535, 3, 4, 0) + call(4, 1), "SUM($D$1:$E$65536)"),
    (text('说"明') + ref(0, 27) + b"\x08", '"说""明"&AB1'),
    (
        # IF as Excel writes it: with the distances to its branches and its end
        ref(0, 0) + ONE + b"\x0d" + b"\x19\x02\x06\0" + ONE + b"\x19\x08\x0d\0" + ref(1, 0)
        + b"\x19\x08\x03\0" + call(1, 3),
        "IF(A1>1,1,A2)",
    ),
    (ref(0, 0) + b"\x19\x80\x07\0" + ONE + call(480, 2), "IFERROR(A1,1)"),
    (area(0, 8, 0, 0) + ONE + call(481, 2), "COUNTIFS(A1:A9,1)"),
    (area(0, 8, 1, 1) + area(0, 8, 0, 0) + ONE + call(482, 3), "SUMIFS(B1:B9,A1:A9,1)"),
    (area(0, 8, 0, 0) + ONE + call(483, 2), "AVERAGEIF(A1:A9,1)"),
    (area(0, 8, 1, 1) + area(0, 8, 0, 0) + ONE + call(484, 3), "AVERAGEIFS(B1:B9,A1:A9,1)"),
    (ref(0, 0) + ONE + b"\x41\x1b\0", "ROUND(A1,1)"),
    (b"\x5a\0\0" + struct.pack("<IH", 2, 1 | RELATIVE), "'表''1'!B3"),
    (b"\x3b\0\0" + struct.pack("<2I2H", 0, 3, RELATIVE, RELATIVE) + call(4, 1),
     "SUM('表''1'!A1:A4)"),
]  # fmt: skip
RELATED = [  # to F10
    (struct.pack("<BIH", 0x4C, 0xFFFFF, 0x3FFF | RELATIVE), "E9"),
    (struct.pack("<BIH", 0x4C, 3, 2), "$C$4"),
    (struct.pack("<B2I2H", 0x6D, 0xFFFFE, 0, RELATIVE, RELATIVE), "F8:F10"),
    (struct.pack("<B2I2H", 0x6D, 0xFFFFFFFE, 0, RELATIVE, RELATIVE), "F8:F10"),
]
UNKNOWN = [
    b"",
    b"\x44\1\0\0",
    struct.pack("<BIH", 0x44, 1048576, RELATIVE),  # below the last row
    text("ab")[:-1],
    b"\x3a\1\0" + struct.pack("<IH", 0, 0),  # another workbook
    b"\x3a\2\0" + struct.pack("<IH", 0, 0),
    b"\x23\1\0\0\0",  # a name
    b"\x39\0\0\1\0\0\0",  # a name elsewhere
    b"\x18\x19" + bytes(12),  # a part of a table
    b"\x20" + bytes(14),  # an array
    b"\x01" + bytes(4),  # one of several cells
    ONE + ref(0, 0) + b"\x10",  # two ranges in one
    call(485, 0),
    ONE * 2000,
]


@pytest.mark.parametrize(
    ("tokens", "expected"), [*TOKENS, *RELATED, *((tokens, "") for tokens in UNKNOWN)]
)
def test_tokens(tokens: bytes, expected: str) -> None:
    assert formula_text(tokens, (9, 5), Book(["表'1", ""]), XLSB) == expected


@given(st.binary(max_size=60))
def test_any_tokens_give_a_text(tokens: bytes) -> None:
    text = formula_text(tokens, (9, 5), Book([""], ["甲"]), XLSB)
    assert not text or text.isprintable()


def workbook() -> bytes:
    """Return a workbook with the tokens above in column A of its second sheet."""
    rows = b""
    for at, (tokens, _) in enumerate(TOKENS):
        rows += row(at) + number_result(9, 0.0, tokens=tokens)
    own = sheet(row(0) + number(0, 1.0))
    return zipped(
        package_parts({"表'1": own, "公式": sheet(rows)}, elsewhere=references((0, 0, 0)))
    )


def test_formulas_of_a_workbook() -> None:
    found = read_workbook(workbook(), "表.xlsb").sheets[1].formulas
    assert found == {(at, 9): expected for at, (_, expected) in enumerate(TOKENS)}


def test_formulas_live_on_in_the_copy() -> None:
    read = read_workbook(workbook(), "表.xlsb")
    page = openpyxl.load_workbook(io.BytesIO(rebuild(read, {}, [])))["公式"]
    assert [cell.value for cell in page["J"]][:5] == [f"={text}" for _, text in TOKENS[:5]]


def test_whatever_came_out() -> None:
    rows = row(0) + text_result(0, "长" * 300, tokens=ref(1, 1)) + truth_result(1, True, tokens=ONE)
    rows += error_result(2, 0x2A, tokens=ref(2, 2)) + number_result(3, 1.0, tokens=ref(3, 3))
    (only,) = read_workbook(zipped(package_parts({"表": sheet(rows)})), "表").sheets
    assert only.formulas == {(0, 0): "B2", (0, 1): "1", (0, 2): "C3", (0, 3): "D4"}


def follows(row: int, column: int) -> tuple[bytes, bytes]:
    return b"\x01" + struct.pack("<I", row), struct.pack("<I", column)


LEFT = struct.pack("<BIH", 0x4C, 0, 0x3FFF | RELATIVE)  # the cell to the left


def test_shared_formulas_count_from_each_cell() -> None:
    tokens, more = follows(1, 3)
    rows = row(0) + number_result(3, 1.0, 0, *follows(9, 3))  # shared by none
    rows += row(1) + number_result(3, 1.0, 0, tokens, more)
    rows += shared_formula((1, 3, 2, 4), LEFT)
    rows += number_result(4, 1.0, 0, tokens, more)
    rows += number_result(5, 1.0, 0, tokens, more)  # beyond the area
    rows += row(2, style=9)
    rows += number_result(3, 1.0, 0, tokens, more) + number_result(4, 1.0, 0, tokens)
    rows += row(3) + number_result(3, 1.0, 0, *follows(3, 3))
    rows += record(426, struct.pack("<4IB", 3, 3, 3, 3, 0) + struct.pack("<I", 3) + ONE + bytes(4))
    (only,) = read_workbook(zipped(package_parts({"表": sheet(rows)})), "表").sheets
    known = {(1, 3): "C2", (1, 4): "D2", (2, 3): "C3"}
    unknown = dict.fromkeys([(0, 3), (1, 5), (2, 4), (3, 3)], "")
    assert only.formulas == known | unknown


@pytest.mark.parametrize("length", [0, 15, 16, 20])
def test_shared_formulas_cut_off(length: int) -> None:
    cut = record(427, bytes(length))
    rows = row(0) + number_result(0, 1.0, 0, *follows(0, 0)) + cut + number_result(1, 1.0, 0, ONE)
    (only,) = read_workbook(zipped(package_parts({"表": sheet(rows)})), "表").sheets
    assert only.formulas == {(0, 0): "", (0, 1): "1"}


@pytest.mark.parametrize(
    ("place", "books", "expected"),
    [
        ((0, 0, 0), (357,), "'甲'!A1"),
        ((0, 1, 1), (357,), "'乙'!A1"),
        ((1, 1, 1), (355, 357), "'乙'!A1"),
        ((0, 1, 1), (355, 357), ""),  # another workbook
        ((0, 1, 1), (358,), ""),
        ((1, 0, 0), (357,), ""),
        ((0, 0, 1), (357,), ""),  # several sheets
        ((0, 2, 2), (357,), ""),
        ((0, -2, -2), (357,), ""),
        ((0, -1, -1), (357,), ""),  # a sheet that is gone
    ],
)
def test_other_sheets(place: tuple[int, int, int], books: tuple[int, ...], expected: str) -> None:
    tokens = b"\x3a\1\0" + struct.pack("<IH", 0, RELATIVE)
    sheets = {"甲": sheet(row(0) + number_result(0, 1.0, tokens=tokens)), "乙": sheet(b"")}
    data = zipped(package_parts(sheets, elsewhere=references((0, 0, 0), place, books=books)))
    assert read_workbook(data, "表").sheets[0].formulas == {(0, 0): expected}


@pytest.mark.parametrize(("flags", "expected"), [(0x0008, "A1"), (0x0000, ""), (0x0002, "")])
def test_what_is_calculated_as_shown_stays_figures(flags: int, expected: str) -> None:
    """A copy would add what the cells hold, not what they show."""
    calculation = record(157, struct.pack("<3IdIH", 191029, 1, 100, 0.001, 1, flags))
    content = row(0) + number(0, 2.5) + number_result(1, 2.5, tokens=ref(0, 0))
    parts = package_parts({"表": sheet(content, reaches=(0, 1))}, elsewhere=calculation)
    book = read_workbook(zipped(parts), "表.xlsb")
    assert book.sheets[0].formulas == {(0, 1): expected}
