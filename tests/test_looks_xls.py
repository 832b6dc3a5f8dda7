"""How sheets of .xls files look, and their rebuilt copies: against what was written by xlwt."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest
import xlwt
from openpyxl.styles.colors import COLOR_INDEX
from workbook_bytes import compound

from selfeval_xl.checking import check, mark
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks import biff_looks
from selfeval_xl.workbooks.biff_styles import USUAL_COLOURS
from selfeval_xl.workbooks.compound_guard import workbook_stream
from selfeval_xl.workbooks.legacy_looks import read_looks
from selfeval_xl.workbooks.limits import DEFAULT as LIMITS
from selfeval_xl.workbooks.looks import (
    MOST_STYLED,
    Columns,
    Edge,
    Look,
    Page,
    Row,
    SheetLooks,
    digit_pixels,
)

_TITLE = xlwt.easyxf(
    "font: name 黑体, height 320, bold on, italic on, underline single, struck_out on, color red;"
    "align: horiz center, vert center, wrap on; pattern: pattern solid, fore_colour light_yellow;"
    "borders: left thin, right double, top medium, bottom dashed, bottom_color blue"
)
_TURNED = xlwt.easyxf("align: rotation -45, indent 2, horiz left, vert top, shrink_to_fit on")
_STACKED = xlwt.easyxf("align: rotation stacked")
_BOXED = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
_OWN = xlwt.easyxf("pattern: pattern solid, fore_colour 0x21")


def written() -> bytes:
    """Return an .xls file with one of everything."""
    book = xlwt.Workbook()
    book.set_colour_RGB(0x21, 0xDD, 0xEB, 0xF7)
    sheet = book.add_sheet("表")
    sheet.write_merge(0, 0, 0, 2, "标题", _TITLE)
    sheet.write(1, 0, "左", _TURNED)
    sheet.write(1, 1, "叠", _STACKED)
    sheet.write(1, 2, 3.5)
    for column in range(3):
        sheet.write(4, column, None, _BOXED)
    sheet.write(1, 3, None, _OWN)
    sheet.col(0).width = 20 * 256
    sheet.col(2).hidden = True
    sheet.row(0).height_mismatch = True
    sheet.row(0).height = 30 * 20
    sheet.row(4).hidden = True
    sheet.set_portrait(False)
    sheet.paper_size_code = 9
    sheet.fit_num_pages = True
    sheet.fit_width_to_pages, sheet.fit_height_to_pages = 1, 0
    sheet.panes_frozen, sheet.horz_split_pos, sheet.vert_split_pos = True, 1, 0
    sheet.show_grid = False
    sheet.left_margin, sheet.right_margin = 0.5, 0.25
    sheet.top_margin, sheet.bottom_margin = 1.0, 1.5
    sheet.header_str, sheet.footer_str = b"&Ltop", b"&P / &N"
    sheet.print_centered_horz = True
    book.add_sheet("素").write(0, 0, 1)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def looks() -> dict[str, SheetLooks]:
    return read_looks(written(), "表.xls", LIMITS)


def test_every_sheet(looks: dict[str, SheetLooks]) -> None:
    assert list(looks) == ["表", "素"]


def test_fonts_fills_borders_and_alignment(looks: dict[str, SheetLooks]) -> None:
    assert looks["表"].cells[0, 0] == Look(
        font="黑体",
        size=16,
        bold=True,
        italic=True,
        underline=True,
        struck=True,
        colour="FF0000",
        fill="FFFF99",
        left=Edge(1),
        right=Edge(6),
        top=Edge(2),
        bottom=Edge(3, "0000FF"),
        horizontal="center",
        vertical="vcenter",
        wrapped=True,
    )
    turned = looks["表"].cells[1, 0]
    assert (turned.rotation, turned.indent, turned.horizontal) == (-45, 2, "left")
    assert (turned.vertical, turned.shrunk, turned.wrapped) == ("top", True, False)
    assert looks["表"].cells[1, 1].rotation == 270
    assert looks["表"].cells[1, 2][:5] == ("Arial", 10, False, False, False)
    assert looks["表"].cells[1, 2].vertical == "bottom"


def test_cells_without_content(looks: dict[str, SheetLooks]) -> None:
    assert looks["表"].cells[0, 2] == looks["表"].cells[0, 0]  # below the merge
    assert {looks["表"].cells[4, column].right.style for column in range(3)} == {1}
    assert looks["表"].cells[1, 3].fill == "DDEBF7"  # a colour of the workbook's own


def test_columns_and_rows(looks: dict[str, SheetLooks]) -> None:
    found = {column.first: column for column in looks["表"].columns}
    assert (found[0].last, found[0].pixels, found[0].hidden) == (0, 140, False)
    assert (found[2].last, found[2].hidden) == (2, True)
    assert looks["表"].rows[0].points == 30
    assert looks["表"].rows[4].hidden


def test_usual_width() -> None:
    """Eight digits of seven pixels with what is beside them, to the next multiple of eight."""
    digits = record(0x0055, struct.pack("<H", 8))
    assert biff_looks.looks(stream(digits))["表"].usual_pixels == 64
    exact = record(0x0099, struct.pack("<H", 12 * 256))
    assert biff_looks.looks(stream(digits, exact))["表"].usual_pixels == 84
    # Of the fonts the first is the usual one.
    fonts = font_record("宋体", 240) + font_record("Arial", 200)
    assert biff_looks.looks(stream(digits, book=fonts))["表"].usual_pixels == 72


def test_windows_and_pages(looks: dict[str, SheetLooks]) -> None:
    assert (looks["表"].frozen, looks["表"].gridlines) == ((1, 0), False)
    assert looks["表"].page == Page(
        landscape=True,
        paper=9,
        fit=(1, 0),
        margins=(0.5, 0.25, 1.0, 1.5),
        centred=True,
        header="&Ltop",
        footer="&P / &N",
    )
    assert (looks["素"].frozen, looks["素"].gridlines) == (None, True)
    assert looks["素"].page is not None
    assert (looks["素"].page.landscape, looks["素"].page.fit) == (False, None)


@pytest.mark.parametrize(
    ("font", "size", "pixels"),
    [
        ("宋体", 11, 8),
        ("宋体", 12, 8),
        ("宋体", 10.5, 7),
        ("宋体", 0, 1),
        ("ARIAL", 10, 7),
        ("Arial", 0, 1),
        ("Calibri", 11, 7),
        ("Times New Roman", 12, 8),
    ],
)
def test_widths_of_digits(font: str, size: float, pixels: int) -> None:
    """As Excel shows them: a usual column is 72 pixels wide with 宋体 11 or 12, else 64."""
    assert digit_pixels(font, size) == pixels


def test_usual_colours() -> None:
    """Those another library knows; two more of its numbers are the program's own."""
    assert list(USUAL_COLOURS) == [colour[2:] for colour in COLOR_INDEX[:64]]


PAGE = Page(margins=(0.7, 0.7, 0.75, 0.75))  # the usual margins


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def font_record(name: str, height: int, *, flags: int = 0, weight: int = 400) -> bytes:
    content = struct.pack("<4H6x2B", height, flags, 0x7FFF, weight, len(name), 1)
    return record(0x0031, content + name.encode("utf-16-le"))


def only_look(style: bytes, *book: bytes) -> Look:
    """Return the look of a cell of the only format of a workbook."""
    head = b"".join(book) + record(0x00E0, style)
    return biff_looks.looks(stream(record(0x0201, bytes(6)), book=head))["表"].cells[0, 0]


@pytest.mark.parametrize(
    ("flags", "weight", "expected"),
    [
        (2, 599, (False, True, False)),
        (8, 600, (True, False, True)),
        (0xF5, 0, (False, False, False)),
    ],
)
def test_letters(flags: int, weight: int, expected: tuple[bool, ...]) -> None:
    found = only_look(bytes(20), font_record("楷体", 210, flags=flags, weight=weight))
    assert (found.font, found.size) == ("楷体", 10.5)
    assert (found.bold, found.italic, found.struck) == expected


def test_fonts_are_counted_without_the_fifth() -> None:
    fonts = [font_record(name, 200) for name in "甲乙丙丁戊"]
    for number, name in ((0, "甲"), (3, "丁"), (5, "戊"), (6, "")):
        assert only_look(struct.pack("<H", number) + bytes(18), *fonts).font == name


def test_each_edge_has_a_line_and_a_colour() -> None:
    sides = 1 | 2 << 4 | 13 << 8 | 14 << 12 | 10 << 16 | 12 << 23
    style = bytes(10) + struct.pack("<2IH", sides, 11 | 13 << 7, 0)
    found = only_look(style)
    assert (found.left, found.right) == (Edge(1, "FF0000"), Edge(2, "0000FF"))
    assert (found.top, found.bottom) == (Edge(13, "00FF00"), Edge())  # there is no line 14
    style = bytes(10) + struct.pack("<2IH", 1 << 12, 64 | 13 << 7, 0)
    assert only_look(style).bottom == Edge(1, "FFFF00")


@pytest.mark.parametrize(
    ("pattern", "colours", "expected"),
    [
        (0, 10, ""),
        (1, 10 | 11 << 7, "FF0000"),
        (2, 10 | 11 << 7, "00FF00"),
        (1, 64, ""),
        (1, 9, "222222"),
    ],
)
def test_fills(pattern: int, colours: int, expected: str) -> None:
    """The palette tells two colours, from the eighth on; what follows in its record is none."""
    palette = record(0x0092, struct.pack("<H", 2) + b"\x11\x11\x11\0\x22\x22\x22\0\x33\x33\x33\0")
    style = bytes(10) + struct.pack("<2IH", 0, pattern << 26, colours)
    assert only_look(style, palette).fill == expected


@pytest.mark.parametrize(
    ("aligned", "turned", "inward", "expected"),
    [
        (0x01, 0, 0x03, ("left", "top", False, False, 3, 0)),
        (0x1A, 90, 0x10, ("center", "vcenter", True, True, 0, 90)),
        (0x23, 91, 0, ("right", "bottom", False, False, 0, -1)),
        (0x34, 180, 0, ("fill", "vjustify", False, False, 0, -90)),
        (0x45, 255, 0, ("justify", "vdistributed", False, False, 0, 270)),
        (0x76, 200, 0x8F, ("center_across", "vdistributed", False, False, 15, -90)),
        (0x07, 45, 0, ("distributed", "top", False, False, 0, 45)),
    ],
)
def test_alignment(aligned: int, turned: int, inward: int, expected: tuple[object, ...]) -> None:
    found = only_look(bytes(6) + bytes([aligned, turned, inward]) + bytes(11))
    assert (
        found.horizontal, found.vertical, found.wrapped, found.shrunk, found.indent, found.rotation,
    ) == expected  # fmt: skip


def stream(*sheet: bytes, version: int = 0x0600, book: bytes = b"") -> bytes:
    """Return a workbook stream with one sheet 表 of the records given; ``book`` come before it."""
    begin = record(0x0809, struct.pack("<2H", version, 5) + bytes(12))
    end = record(0x000A, b"")
    name = "表".encode("utf-16-le")
    length = len(begin + book) + 4 + 8 + len(name) + len(end)
    bound = record(0x0085, struct.pack("<IHBB", length, 0, 1, 1) + name)
    return begin + book + bound + end + begin + b"".join(sheet) + end


def test_older_files_have_other_records() -> None:
    assert biff_looks.looks(stream(version=0x0500)) == {}


def test_damaged_records_are_passed_over() -> None:
    formats_beyond_the_end = record(0x0201, struct.pack("<3H", 0, 0, 4000))
    backwards = record(0x007D, struct.pack("<5H", 9, 3, 256, 0, 0) + bytes(2))
    short = [record(kind, b"\1") for kind in (0x0208, 0x007D, 0x00A1, 0x0041, 0x00BE, 0x0225)]
    found = biff_looks.looks(stream(formats_beyond_the_end, backwards, *short))
    assert found == {"表": SheetLooks()}


STYLED = struct.pack("<H", 0) + bytes(18)
THIN_BELOW = bytes(10) + struct.pack("<2IH", 1 << 12, 0, 0)
BOXED_CELL = {(1, 2): Look(bottom=Edge(1, "000000"), vertical="top")}


@pytest.mark.parametrize(
    ("kind", "content", "name", "expected"),
    [
        (0x0201, struct.pack("<3H", 1, 2, 1), "cells", BOXED_CELL),
        (0x00BE, struct.pack("<4H", 1, 2, 1, 2), "cells", BOXED_CELL),
        (0x00BD, struct.pack("<3HIH", 1, 2, 1, 4, 2), "cells", BOXED_CELL),
        (0x0203, struct.pack("<3H", 1, 2, 1), "cells", BOXED_CELL),
        # The bits above a row's cell format say other things.
        (
            0x0208,
            struct.pack("<H4xH4xI", 3, 500, 0x10010080),
            "rows",
            {3: Row(25, look=BOXED_CELL[1, 2])},
        ),
        (0x0225, struct.pack("<2H", 0, 400), "usual_points", 20),
        (0x007D, struct.pack("<5H", 1, 2, 512, 9, 0), "columns", [Columns(1, 2, 14)]),
        (0x0055, struct.pack("<H", 300), "usual_pixels", 2112),  # 300 × 7 + 5, up to 8 × 264
        (0x0099, struct.pack("<H", 2560), "usual_pixels", 70),
        (0x023E, b"\0\0", "gridlines", False),
        (0x00A1, struct.pack("<6H", 8, 90, 0, 0, 0, 2), "page", PAGE._replace(paper=8, scale=90)),
        (0x00A1, struct.pack("<6H", 8, 90, 0, 0, 0, 4), "page", None),  # never set up
        (0x0083, b"\1\0", "page", PAGE._replace(centred=True)),
        (0x0014, b"\1\0\0A", "page", PAGE._replace(header="A")),
        (0x0015, b"\1\0\0B", "page", PAGE._replace(footer="B")),
        (0x0026, struct.pack("<d", 2), "page", PAGE._replace(margins=(2, 0.7, 0.75, 0.75))),
        (0x0029, struct.pack("<d", 2), "page", PAGE._replace(margins=(0.7, 0.7, 0.75, 2))),
    ],
)
def test_the_shortest_records(kind: int, content: bytes, name: str, expected: object) -> None:
    """A byte less, and they say nothing, but cost the sheet nothing either."""
    book = record(0x00E0, STYLED) + record(0x00E0, THIN_BELOW)
    found = biff_looks.looks(stream(record(kind, content), book=book))
    assert getattr(found["表"], name) == expected
    found = biff_looks.looks(stream(record(kind, content[:-1]), book=book))
    assert found == {"表": SheetLooks()}


def test_short_records_that_other_records_need() -> None:
    frozen, fitted = record(0x023E, b"\x0a\0"), record(0x0081, b"\0\1")
    pane, setup = struct.pack("<4H", 1, 2, 2, 1), struct.pack("<6H", 9, 100, 0, 1, 0, 2)
    whole = stream(frozen, record(0x0041, pane), fitted, record(0x00A1, setup))
    found = biff_looks.looks(whole)["表"]
    assert (found.frozen, found.page) == ((2, 1), PAGE._replace(paper=9, fit=(1, 0)))
    cut = stream(record(0x0041, pane), frozen, record(0x0041, pane[:-1]), record(0x0081, b"\1"))
    assert biff_looks.looks(cut) == {"表": SheetLooks()}


def test_any_end_of_the_stream_is_read() -> None:
    whole = workbook_stream(written())
    for length in range(0, len(whole), 97):
        read_looks(compound({"Workbook": whole[:length]}), "a.xls", LIMITS)


def object_of_a_note(number: int, length: int) -> bytes:
    """Return the records of a note's box for a text of so many characters."""
    common = struct.pack("<4H", 0x15, 18, 0x19, number) + bytes(14)
    return record(0x005D, common) + record(0x01B6, bytes(10) + struct.pack("<3H", length, 16, 0))


def test_notes() -> None:
    """The text may come in several pieces, each in characters of one or of two bytes."""
    wide = b"\1" + "请核对\n".encode("utf-16-le")
    notes = biff_looks.looks(
        stream(
            object_of_a_note(7, 7),
            record(0x003C, wide),
            record(0x003C, b"\0abc"),
            record(0x003C, bytes(16)),  # how it is written
            object_of_a_note(8, 60_000),
            record(0x003C, b"\0x"),
            record(0x005D, struct.pack("<4H", 0x15, 18, 0x06, 9) + bytes(14)),  # a text box
            record(0x01B6, bytes(10) + struct.pack("<3H", 2, 16, 0)),
            record(0x003C, b"\0no"),
            record(0x001C, struct.pack("<4H", 2, 1, 0, 7) + b"\1\0\0a"),
            record(0x001C, struct.pack("<4H", 3, 1, 0, 8)),
            record(0x001C, struct.pack("<4H", 4, 1, 0, 99)),
        )
    )["表"].notes
    assert notes == {(2, 1): "请核对\nabc", (3, 1): "x"}


@pytest.mark.parametrize(("kind", "length"), [(0x1C, 7), (0x5D, 7), (0x01B6, 11), (0x3C, 0)])
def test_records_of_notes_cut_off(kind: int, length: int) -> None:
    cut = record(kind, bytes(length))
    place = record(0x001C, struct.pack("<4H", 2, 1, 0, 7))
    text = record(0x003C, b"\0abc")
    shortest = record(0x005D, struct.pack("<4H", 0x15, 18, 0x19, 7))
    shortest += record(0x01B6, bytes(10) + struct.pack("<H", 3))
    found = biff_looks.looks(stream(cut, shortest, cut, text, cut, place, cut))
    assert found["表"].notes == {(2, 1): "abc"}


def test_a_text_without_an_object_is_no_note() -> None:
    box = record(0x01B6, bytes(10) + struct.pack("<3H", 3, 16, 0)) + record(0x003C, b"\0abc")
    place = record(0x001C, struct.pack("<4H", 2, 1, 0, 0))
    assert biff_looks.looks(stream(box, place))["表"].notes == {}


def test_what_is_kept_has_a_bound() -> None:
    blanks = [record(0x00BE, struct.pack("<2H", row, 0) + bytes(514)) for row in range(1100)]
    spans = [record(0x007D, struct.pack("<5H", 0, 255, 256, 0, 0))] * 3000
    rows = [record(0x0208, struct.pack("<H", row) + bytes(14)) for row in range(65536)] * 4
    style = record(0x00E0, bytes(20))
    found = biff_looks.looks(stream(*blanks, *spans, *rows, book=style))["表"]
    assert 0 < len(found.cells) <= MOST_STYLED
    assert len(found.cells) + len(found.rows) <= MOST_STYLED
    assert len(found.columns) <= 256


def table() -> bytes:
    """Return a fund table with a wrong total, styled, as .xls."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("资金")
    number = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin", "0.00")
    for column, text in enumerate(("项目", "预算数（万元）", "执行数（万元）", "执行率")):
        sheet.write(0, column, text, _BOXED)
    rows = (("甲", 10, 5), ("乙", 20, 20), ("合计", 31, 25))
    for row, (name, planned, spent) in enumerate(rows, 1):
        sheet.write(row, 0, name, _BOXED)
        sheet.write(row, 1, planned, number)
        sheet.write(row, 2, spent, number)
        sheet.write(row, 3, spent / planned, xlwt.easyxf(num_format_str="0.00%"))
    sheet.col(0).width = 30 * 256
    sheet.row(1).height_mismatch = True
    sheet.row(1).height = 45 * 20
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_copy_looks_like_the_original() -> None:
    data = table()
    checked = check(data, "资金使用情况.xls", DEFAULT)
    copy, suffix, _ = mark(data, checked.record, checked.facts(), DEFAULT)
    page = openpyxl.load_workbook(io.BytesIO(copy))["资金"]
    assert suffix == ".xlsx"
    assert page["A1"].border.left.style == "thin"
    assert page["A1"].font.name == "Arial"
    assert page["B2"].number_format == "0.00"
    assert page["B2"].border.top.style == "thin"
    assert page.column_dimensions["A"].width == pytest.approx(30, abs=0.01)
    assert page.row_dimensions[2].height == 45
    marked = {finding.cell for finding in checked.record.findings}
    assert marked == {"B4", "D4"}  # 31 is stated, 30 is right; the rate follows
    assert page["B4"].fill.fill_type == "solid"
    assert page["B4"].border.top.style == "thin"
