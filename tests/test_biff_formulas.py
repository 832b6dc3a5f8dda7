"""Formulas of .xls files as text: against what xlwt was given, and tokens written by hand."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from test_looks_xls import record, stream
from xlwt.ExcelMagic import all_funcs_by_name

from selfeval_xl.checking import check, mark
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks import biff_formulas
from selfeval_xl.workbooks.formula_functions import FUNCTIONS
from selfeval_xl.workbooks.formula_tokens import Book, formula_text
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.survey import SheetSurvey

WRITTEN = [
    "SUM(B2:B9)",
    "SUM($B$2:B$9,$C3,4)",
    "B2/A2*100%",
    "-B2^2+(C3-D4)*2",
    "IF(A1>=0,B2,C3)",
    'IF(B2="","",ROUND(C2/B2,4))',
    'A1&"说""明"&B1',
    "ROUND(0.1*A1,2)",
    "COUNTIF(B2:B9,3)+SUMIF(B2:B9,1,C2:C9)",
    "AND(TRUE,NOT(A1<>B1),A1<=B1,A1<B1,A1>B1)",
    "VLOOKUP(A1,B1:C9,2,FALSE)",
    "MAX(MIN(A1,B1),1.5)",
    "'二'!B3+SUM('二'!A1:A4)",
    "TODAY()-A1",
    "SUMPRODUCT(A1:A3,B1:B3)",
    "1000000*A1",
    "IV65536",
]


def book_with(formulas: list[str]) -> bytes:
    book = xlwt.Workbook()
    one, two = book.add_sheet("一"), book.add_sheet("二")
    two.write(2, 1, 7)
    for row, formula in enumerate(formulas):
        one.write(row, 5, xlwt.Formula(formula))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_formulas_are_read_as_they_were_written() -> None:
    sheet = read_workbook(book_with(WRITTEN), "a.xls").sheets[0]
    assert [sheet.formulas[row, 5] for row in range(len(WRITTEN))] == WRITTEN


def test_functions() -> None:
    """Numbers, names and counts of arguments, as xlwt has them."""
    known = {number: (name, *rest) for name, (number, *rest) in all_funcs_by_name.items()}
    for number, function in FUNCTIONS.items():
        assert tuple(function) == known[number][:3]


def test_everyday_functions_are_known() -> None:
    """Those that forms use most; a formula with another becomes its result in the copy."""
    names = (
        "SUM AVERAGE COUNT COUNTA COUNTBLANK COUNTIF SUMIF IF AND OR NOT TRUE FALSE ROUND ROUNDUP"
        " ROUNDDOWN INT TRUNC MOD ABS MAX MIN LARGE SMALL RANK VLOOKUP HLOOKUP LOOKUP INDEX MATCH"
        " OFFSET INDIRECT CHOOSE ROW COLUMN LEFT RIGHT MID LEN TEXT VALUE TRIM SUBSTITUTE FIND"
        " SEARCH CONCATENATE DATE YEAR MONTH DAY TODAY NOW ISERROR ISNA ISNUMBER ISBLANK ISTEXT"
        " SUMPRODUCT SUBTOTAL PRODUCT POWER SQRT MEDIAN"
    )
    known = {function.name for function in FUNCTIONS.values()}
    assert set(names.split()) <= known
    assert {all_funcs_by_name[name][0] for name in known} == set(FUNCTIONS)


def ref(row: int, column: int, *, relative: bool = True) -> bytes:
    return struct.pack("<BHH", 0x44, row, column | (0xC000 if relative else 0))


ONE = b"\x1e\x01\x00"


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (ONE + b"\x1e\xff\xff" + b"\x03", "1+65535"),
        (b"\x1f" + struct.pack("<d", 0.05), "0.05"),
        (b"\x1f" + struct.pack("<d", 1e20), "1E+20"),
        (b"\x1f" + struct.pack("<d", 5000000), "5000000"),
        (b"\x1c\x2a", "#N/A"),
        (b"\x1d\x01", "TRUE"),
        (b"\x17\x02\x00ab", '"ab"'),
        (b"\x17\x01\x01\x2d\x4e", '"中"'),
        (ref(0, 0) + ref(1, 1) + b"\x11", "A1:B2"),
        (b"\x29\x0b\x00" + ref(0, 0) + ref(1, 1) + b"\x11", "A1:B2"),
        (ref(4, 2, relative=False), "$C$5"),
        (ONE + b"\x14" + b"\x13" + b"\x15", "(-1%)"),
        (ONE + b"\x19\x40\x00\x01" + b"\x12", "+1"),  # a space before
        (b"\x25" + struct.pack("<4H", 0, 0xFFFF, 0xC003, 0xC003), "D:D"),
        (b"\x25" + struct.pack("<4H", 4, 5, 0xC000, 0xC0FF), "5:6"),
        (b"\x25" + struct.pack("<4H", 1, 8, 0xC001, 0xC001) + b"\x19\x10\x00\x00", "SUM(B2:B9)"),
        (b"\x4c" + struct.pack("<HH", 0xFFFF, 0xC0FF), "E9"),  # one up and to the left of F10
        (b"\x2c" + struct.pack("<HH", 3, 2), "$C$4"),
        (b"\x6d" + struct.pack("<4H", 0xFFFE, 0, 0xC000, 0xC000), "F8:F10"),
        (b"\x2a" + bytes(4), "#REF!"),
        (ref(0, 0) + b"\x16" + ONE + b"\x42\x03\x01\x00", "IF(A1,,1)"),
        (
            # the jump table of CHOOSE: one place for each value and one for the end
            ref(0, 0) + b"\x19\x04\x02\x00" + bytes(6) + ONE + ONE + b"\x42\x03\x64\x00",
            "CHOOSE(A1,1,1)",
        ),
        (b"\x3a\x00\x00" + struct.pack("<HH", 0, 0xC000), "'表''1'!A1"),
        (b"\x23\x01\x00\x00\x00" + ref(0, 0) + ONE + b"\x42\x03\xff\x00", "IFERROR(A1,1)"),
        # Programs that write no tokens for brackets
        (ONE + ref(0, 0) + b"\x03" + ref(1, 1) + b"\x05", "(1+A1)*B2"),
        (ref(0, 0) + ONE + ref(1, 1) + b"\x04" + b"\x04", "A1-(1-B2)"),
        (ref(0, 0) + ONE + b"\x04" + ref(1, 1) + b"\x04", "A1-1-B2"),
        (ref(0, 0) + ONE + b"\x03" + b"\x13", "-(A1+1)"),
        (ref(0, 0) + ONE + b"\x07" + b"\x13", "-(A1^1)"),
        (ref(0, 0) + b"\x13" + ONE + b"\x07", "-A1^1"),
        (ref(0, 0) + ONE + b"\x03" + b"\x14", "(A1+1)%"),
        (ref(0, 0) + ONE + b"\x08" + ref(1, 1) + b"\x0b", "A1&1=B2"),
        (ref(0, 0) + ONE + b"\x0b" + ref(1, 1) + b"\x08", "(A1=1)&B2"),
        (ref(0, 0) + ONE + b"\x08" + ref(1, 1) + b"\x03", "(A1&1)+B2"),
        (ref(0, 0) + ONE + b"\x05" + ref(1, 1) + b"\x07", "(A1*1)^B2"),
        (ref(0, 0) + ONE + b"\x07" + b"\x14", "(A1^1)%"),
        (ONE * 3 + b"\x42\x83\x01\x00", "IF(1,1,1)"),  # a bit above the count, for a prompt
        (ONE + b"\x15" * 60, "(" * 60 + "1" + ")" * 60),
        (b"\x17\x01\x01\x00\x30", '"\u3000"'),  # a full-width blank
        # What is not understood for certain
        (b"", ""),
        (ONE + ONE, ""),
        (b"\x03", ""),
        (b"\x44\x01", ""),
        (b"\x1c\x55", ""),
        (b"\x16" + ONE + b"\x03", ""),  # nothing plus one
        (ONE + b"\x19\x04\xff\xff", ""),  # a table longer than all that is there
        (ONE + b"\x19\x03\0\0", ""),  # nobody knows what that is
        (b"\x17\x09\x00ab", ""),
        (b"\x17\x01\x00\n", ""),
        (b"\x20" + bytes(7), ""),  # an array
        (b"\x3a\x01\x00" + bytes(4), ""),  # a sheet of another workbook
        (b"\x3a\x07\x00" + bytes(4), ""),
        (b"\x23\x01\x00\x00\x00", ""),  # a name
        (b"\x23\x02\x00\x00\x00" + ONE + b"\x42\x02\xff\x00", ""),  # a macro
        (b"\x41\x96\x00", ""),  # CALL, which starts programs
        (ONE + b"\x41\x1b\x00", ""),  # ROUND of one
        (ONE + b"\x42\x01\x01\x00", ""),  # IF of one
        (ONE * 4 + b"\x42\x04\x01\x00", ""),  # and of four
        (ONE + b"\x42\x02\x04\x00", ""),  # SUM of more than there is
        (ref(0, 0) + ONE + b"\x11", ""),  # a range to a number
        (ONE + ref(0, 0) + b"\x11", ""),
        (ONE + b"\x15" * 61, ""),
        (b"\x1f" + struct.pack("<d", float("inf")), ""),
        (ONE * 2000, ""),
    ],
)
def test_tokens(tokens: bytes, text: str) -> None:
    book = Book(["表'1", ""], ["_xlfn.IFERROR", "我的宏"])
    assert formula_text(tokens, (9, 5), book) == text


@given(st.binary(max_size=60))
def test_any_tokens_give_a_text(tokens: bytes) -> None:
    text = formula_text(tokens, (9, 5), Book([""], ["甲"]))
    assert not text or text.isprintable()


def test_what_is_calculated_as_shown_stays_figures() -> None:
    """A copy would add what the cells hold, not what they show."""
    tokens = ref(0, 0)
    found = {"表": SheetSurvey(formulas={(1, 1): ""})}
    whole = stream(formula_record(1, 1, tokens))
    biff_formulas.tell(whole, found)
    assert found["表"].formulas == {(1, 1): "A1"}
    marked = stream(formula_record(1, 1, tokens), book=record(0x000E, b"\0\0"))
    found = {"表": SheetSurvey(formulas={(1, 1): ""})}
    biff_formulas.tell(marked, found)
    assert found["表"].formulas == {(1, 1): ""}


def test_names_and_sheets_of_a_workbook() -> None:
    """Names are numbered from 1 as they are defined; charts count among the sheets."""

    def name(text: str) -> bytes:
        return record(0x0018, bytes([0, 0, 0, len(text)]) + bytes(10) + b"\0" + text.encode())

    chart = record(0x0085, struct.pack("<I4B", 0, 0, 2, 1, 0) + b"K")
    books = record(0x01AE, b"\1\0\2\0" + b"x.xls") + record(0x01AE, b"\2\0\1\4")
    places = [(1, 1, 1), (0, 1, 1), (1, 0, 0), (1, 1, 2), (1, 2, 2), (2, 1, 1)]
    listed = record(0x0017, struct.pack("<H", 6) + b"".join(struct.pack("<3H", *p) for p in places))
    call = b"\x23\2\0\0\0" + ref(0, 0) + ONE + b"\x42\3\xff\0"
    elsewhere = [b"\x3a" + struct.pack("<3H", at, 0, 0xC000) for at in range(len(places) + 1)]
    tokens = [call, call.replace(b"\x23\2", b"\x23\1"), *elsewhere]
    cells = (formula_record(row, 0, each) for row, each in enumerate(tokens))
    found = {"表": SheetSurvey(formulas={(row, 0): "" for row in range(len(tokens))})}
    cut = record(0x0018, bytes(14))  # counts, too
    head = chart + books + listed + cut + name("_xlfn.IFERROR")
    biff_formulas.tell(stream(*cells, book=head), found)
    expected = ["IFERROR(A1,1)", "", "'表'!A1", *[""] * 6]
    assert list(found["表"].formulas.values()) == expected


def test_older_files_have_other_tokens() -> None:
    found = {"表": SheetSurvey(formulas={(1, 1): ""})}
    biff_formulas.tell(stream(formula_record(1, 1, ONE), version=0x0500), found)
    assert found["表"].formulas == {(1, 1): ""}


def test_formulas_told_have_a_bound() -> None:
    book = Book(room=3)
    assert [formula_text(ref(0, 0), (9, 5), book) for _ in range(3)] == ["A1", "A1", ""]


def formula_record(row: int, column: int, tokens: bytes) -> bytes:
    head = struct.pack("<3H", row, column, 0) + bytes(14)
    return record(0x0006, head + struct.pack("<H", len(tokens)) + tokens)


def test_shared_formulas_count_from_each_cell() -> None:
    follows = b"\x01" + struct.pack("<2H", 1, 3)
    tokens = b"\x4c" + struct.pack("<HH", 0, 0xC0FF)  # the cell to the left
    shared = struct.pack("<2H2B", 1, 2, 3, 3) + bytes(2) + struct.pack("<H", len(tokens)) + tokens
    cells = [formula_record(row, 3, follows) for row in (1, 2)]
    orphan = formula_record(5, 3, b"\x01" + struct.pack("<2H", 5, 3))
    cut = formula_record(6, 3, follows[:3])
    found = {"表": SheetSurvey(formulas=dict.fromkeys([(1, 3), (2, 3), (5, 3), (6, 3)], ""))}
    biff_formulas.tell(stream(cells[0], record(0x04BC, shared), cells[1], orphan, cut), found)
    assert found["表"].formulas == {(1, 3): "C2", (2, 3): "C3", (5, 3): "", (6, 3): ""}


def test_formulas_live_on_in_the_copy() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("资金")
    for column, text in enumerate(("项目", "预算数（万元）", "执行数（万元）", "执行率")):
        sheet.write(0, column, text)
    percent = xlwt.easyxf(num_format_str="0.00%")
    for row, (name, planned, spent) in enumerate((("甲", 10, 5), ("乙", 20, 20)), 1):
        sheet.write(row, 0, name)
        sheet.write(row, 1, planned)
        sheet.write(row, 2, spent)
        sheet.write(row, 3, xlwt.Formula(f"C{row + 1}/B{row + 1}"), percent)
    sheet.write(3, 0, "合计")
    sheet.write(3, 1, 31)
    sheet.write(3, 2, 25)
    buffer = io.BytesIO()
    book.save(buffer)
    data = buffer.getvalue()
    checked = check(data, "资金使用情况.xls", DEFAULT)
    copy, *_ = mark(data, checked.record, checked.facts(), DEFAULT)
    page = openpyxl.load_workbook(io.BytesIO(copy))["资金"]
    assert page["D3"].value == "=C3/B3"
    assert page["D3"].number_format == "0.00%"
    assert page["B4"].value == "=ROUND(SUM(B2:B3),0)"  # 31 was stated
    shown = openpyxl.load_workbook(io.BytesIO(copy), data_only=True)["资金"]
    assert shown["D3"].value in (1, None)
