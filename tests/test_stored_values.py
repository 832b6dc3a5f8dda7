"""Texts and numbers of .xls and .xlsb files are those stored, whatever code page or format."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import openpyxl
import pytest
import xlwt
from binary_workbook import cell_format, font, number, package_parts, row, styles
from binary_workbook import record as wide_record
from binary_workbook import sheet as binary_sheet
from test_looks_xls import record
from workbook_bytes import compound, zipped

from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.rebuilding import rebuild
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.workbooks.workbook import Workbook

MODERN, OLD = 0x0600, 0x0500
GENERAL, UNIT, DAY = 0, 1, 2


def book(
    sheets: Sequence[tuple[str, bytes]],
    *,
    version: int = MODERN,
    page: int | None = 1200,
    encoding: str = "utf-16-le",
    unit: str = "万元",
) -> Workbook:
    """Return what is read of an .xls file; its formats are one with the unit and one of days."""

    def short(text: str) -> bytes:
        encoded = text.encode(encoding)
        if version == MODERN:
            return bytes([len(text), 1]) + encoded
        return bytes([len(encoded)]) + encoded

    def code(number: int, text: str) -> bytes:
        stored = short(text)
        if version == MODERN:  # its length takes two bytes
            stored = stored[:1] + b"\0" + stored[1:]
        return record(0x041E, struct.pack("<H", number) + stored)

    begin = record(0x0809, struct.pack("<2H", version, 5) + bytes(12))
    end = record(0x000A, b"")
    head = begin + (record(0x0042, struct.pack("<H", page)) if page is not None else b"")
    head += code(164, f'0.00"{unit}"') + code(165, "yyyy/m/d")
    for kind in (0, 164, 165):
        head += record(0x00E0, struct.pack("<2H", 0, kind) + bytes(16))
    bounds = [(record(0x0085, bytes(6) + short(name)), content) for name, content in sheets]
    start = len(head) + sum(len(bound) for bound, _ in bounds) + len(end)
    listed = body = b""
    for bound, content in bounds:
        listed += bound[:4] + struct.pack("<I", start + len(body)) + bound[8:]
        body += begin + content + end
    return read_workbook(compound({"Workbook": head + listed + end + body}), "表.xls")


def cell(kind: int, row: int, style: int, content: bytes) -> bytes:
    return record(kind, struct.pack("<3H", row, 0, style) + content)


def label(row: int, text: bytes) -> bytes:
    return cell(0x0204, row, GENERAL, struct.pack("<H", len(text)) + text)


def of_text(row: int) -> bytes:
    """Return a formula cell; the text that came out follows in a record of its own."""
    return cell(0x0006, row, GENERAL, bytes(6) + b"\xff\xff" + bytes(6) + b"\3\0\x1e\1\0")


@pytest.mark.parametrize("page", [None, 1200, 1252, 936, 437, 65001])
def test_unicode_whatever_code_page_is_claimed(page: int | None) -> None:
    text = "合计人数".encode("utf-16-le")
    cells = cell(0x0204, 0, GENERAL, b"\4\0\1" + text)
    cells += cell(0x0203, 1, UNIT, struct.pack("<d", 0.5))
    (sheet,) = book([("中文表", cells)], page=page).sheets
    assert (sheet.name, sheet.rows) == ("中文表", [["合计人数"], [0.5]])
    assert sheet.number_formats == {(1, 0): '0.00"万元"'}


@pytest.mark.parametrize(
    ("page", "encoding", "text", "name"),
    [
        (936, "gbk", "项目支出绩效自评表（万元）①", "自评表"),
        (None, "gbk", "合计ABC123", "万元"),
        (54936, "gb18030", "合计㐀", "表㐀"),
        (367, "gbk", "合计", "表一"),  # plain ASCII is claimed
        (10008, "gbk", "合计", "表一"),
        (12345, "gbk", "合计", "表一"),  # no such page
        (950, "big5", "繁體中文合計", "萬元"),
        (1252, "cp1252", "Café €5", "€"),
    ],
)
def test_texts_of_excel_95(page: int | None, encoding: str, text: str, name: str) -> None:
    stored = text.encode(encoding)
    sized = struct.pack("<H", len(stored)) + stored
    cells = label(0, stored) + label(1, b"ABC")
    cells += cell(0x00D6, 2, GENERAL, sized + b"\1\0\0")  # its looks change within
    cells += of_text(3) + record(0x0207, sized)
    cells += cell(0x0205, 4, GENERAL, b"\x07\1")
    cells += cell(0x0203, 5, DAY, struct.pack("<d", 44_895))
    cells += cell(0x0203, 6, UNIT, struct.pack("<d", 12.5))
    sheets = [(name, cells), ("2", label(0, b"2"))]
    read = book(sheets, version=OLD, page=page, encoding=encoding, unit=name)
    first, second = read.sheets
    assert (first.name, second.name) == (name, "2")
    assert first.rows == [[text], ["ABC"], [text], [text], [], [date(2022, 11, 30)], [12.5]]
    assert first.number_formats == {(5, 0): "yyyy/m/d", (6, 0): f'0.00"{name}"'}
    assert first.errors == {(4, 0): "#DIV/0!"}
    assert second.rows == [["2"]]


def long_result(text: str, *lengths: int) -> bytes:
    """Return the records of a text, so many characters in each; every second one as bytes."""
    found, at = b"", 0
    for count, length in enumerate(lengths):
        piece = text[at : at + length]
        at += length
        stored = b"\0" + piece.encode("latin-1") if count % 2 else b"\1" + piece.encode("utf-16-le")
        if count:
            found += record(0x003C, stored)
        else:
            found += record(0x0207, struct.pack("<H", len(text)) + stored)
    return found


def test_results_longer_than_a_record() -> None:
    text = "长" * 4000 + "a" * 4000 + "文" * 100
    shared = record(0x04BC, bytes(8) + b"\3\0\x1e\1\0")
    cells = of_text(0) + shared + long_result(text, 4000, 4000, 100)
    cells += of_text(1) + long_result("短的", 2)
    cells += of_text(2) + long_result("断了" * 50, 60)  # the rest is missing
    cells += record(0x01B6, bytes(18)) + record(0x003C, b"\0x")  # goes on from something else
    (sheet,) = book([("表", cells)]).sheets
    assert sheet.rows[:2] == [[text], ["短的"]]


# Days

NUMBERS = [-5, -0.25, 0, 0.5, 1, 1.5, 59, 59.5, 60, 60.5, 61, 44_895, 44_895.123456789]
READ = [
    -5,
    -0.25,
    0,
    0.5,
    date(1900, 1, 1),
    datetime(1900, 1, 1, 12),
    date(1900, 2, 28),
    datetime(1900, 2, 28, 12),
    *[None, None],  # a day that never was
    date(1900, 3, 1),
    date(2022, 11, 30),
    datetime(2022, 11, 30, 2, 57, 46, 667_000),
]


def in_xls(*, date_1904: bool = False) -> bytes:
    workbook = xlwt.Workbook()
    workbook.dates_1904 = date_1904
    sheet = workbook.add_sheet("表")
    day = xlwt.easyxf(num_format_str="yyyy/m/d")
    for at, value in enumerate(NUMBERS):
        sheet.write(at, 0, value, day)
        sheet.write(at, 1, value)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def in_xlsb(*, date_1904: bool = False) -> bytes:
    rows = b""
    for at, value in enumerate(NUMBERS):
        rows += row(at) + number(0, value, 1) + number(1, value)
    made = styles(
        fonts=[font("宋体", 220)],
        codes={164: "yyyy/m/d"},
        formats=[cell_format(), cell_format(code=164)],
    )
    content = binary_sheet(rows)
    return zipped(package_parts({"表": content}, styles=made, date_1904=date_1904))


@pytest.mark.parametrize("data", [in_xls(), in_xlsb()], ids=["xls", "xlsb"])
def test_days_come_back_as_they_were(data: bytes) -> None:
    read = read_workbook(data, "表")
    for at, (value, expected) in enumerate(zip(NUMBERS, READ, strict=True)):
        assert read.sheets[0].value((at, 1)) == value
        if expected is not None:
            assert read.sheets[0].value((at, 0)) == expected
    assert stored_in(rebuild(read, {}, [])) == NUMBERS


@pytest.mark.parametrize("data", [in_xls(date_1904=True), in_xlsb(date_1904=True)])
def test_days_counted_from_1904_are_those_of_the_copy(data: bytes) -> None:
    read = read_workbook(data, "表")
    assert read.sheets[0].value((4, 0)) == date(1904, 1, 2)
    assert read.sheets[0].value((11, 0)) == date(2026, 12, 1)
    copy = openpyxl.load_workbook(io.BytesIO(rebuild(read, {}, []))).active
    assert copy["A5"].value == datetime(1904, 1, 2)
    assert copy["A12"].value == datetime(2026, 12, 1)


def stored_in(copy: bytes) -> list[float]:
    """Return the numbers of the first column."""
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        markup = archive.read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'<c r="A[0-9]+"[^>]*><v>([^<]*)</v>', markup)
    return [float(value) for value in found]


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ((44_895 << 2) | 2, date(2022, 11, 30)),
        ((150 << 2) | 3, datetime(1900, 1, 1, 12)),  # hundredths
        (0x3FF80000, datetime(1900, 1, 1, 12)),  # the upper half of 1.5
        (0x4062C000 | 1, datetime(1900, 1, 1, 12)),  # that of 150, hundredths
        ((-5 << 2 | 2) & 0xFFFFFFFF, -5),
    ],
)
def test_days_stored_short(stored: int, value: object) -> None:
    rows = row(0) + wide_record(2, struct.pack("<3I", 0, 1, stored))
    made = styles(fonts=[font("宋体", 220)], formats=[cell_format(), cell_format(code=14)])
    data = zipped(package_parts({"表": binary_sheet(rows)}, styles=made))
    assert read_workbook(data, "表").sheets[0].rows == [[value]]


def test_days_that_formulas_give() -> None:
    """Of formats that tell dates and no numbers: the numbers are those Excel has for them."""
    days = [date(1900, 1, 5), date(1900, 2, 28), date(1900, 3, 1), datetime(2022, 11, 30, 12)]
    formulas = {(at, 0): "TODAY()" for at in range(len(days))}
    sheet = Sheet("表", [[day] for day in days], formulas=formulas)
    copy = rebuild(Workbook((sheet,), "ods", patchable=False), {}, [])
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        markup = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"</f><v>([^<]*)</v>", markup) == ["5.0", "59.0", "61.0", "44895.5"]
