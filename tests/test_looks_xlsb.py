"""How the sheets of .xlsb files look, for their rebuilt copy; the files are written by hand.

LibreOffice was given the same file to save as .xlsx: what openpyxl reads there agrees with what is
expected here.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

import pytest
from binary_workbook import (
    blank,
    border,
    cell_format,
    column_span,
    fill,
    font,
    indexed,
    number,
    package_parts,
    page_setup,
    record,
    rgb,
    row,
    shared_text,
    sheet,
    styles,
    text,
    themed,
    usual_sizes,
    view,
    whole,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_bytes import zipped

from selfeval_xl.workbooks import xlsb_looks
from selfeval_xl.workbooks.container import Container
from selfeval_xl.workbooks.legacy_looks import read_looks
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.looks import Columns, Edge, Look, Page, Row, SheetLooks
from selfeval_xl.workbooks.theme_colours import theme_colours
from selfeval_xl.workbooks.workbook import WorkbookProblem

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
THEME = (
    f'<a:theme xmlns:a="{DRAWING}" name="t"><a:themeElements><a:clrScheme name="c">'
    '<a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1>'
    '<a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1>'
    '<a:dk2><a:srgbClr val="1F497D"/></a:dk2><a:lt2><a:srgbClr val="EEECE1"/></a:lt2>'
    '<a:accent1><a:srgbClr val="4F81BD"/></a:accent1>'
    '<a:accent2><a:srgbClr val="C0504D"/></a:accent2>'
    '<a:hlink><a:srgbClr val="0000FF"/></a:hlink>'
    "</a:clrScheme></a:themeElements></a:theme>"
)
LIGHTER, DARKER = 0x4CCC, -0x4000  # 60 % lighter, half as light

STYLES = styles(
    fonts=[
        font("宋体", 220),
        font("黑体", 360, weight=700, colour=rgb("C00000")),
        font("楷体", 210, flags=2 | 8, underline=1, colour=themed(4)),
        font("Arial", 200, colour=indexed(12)),
    ],
    fills=[
        fill(),
        fill(17),
        fill(1, rgb("FFFF00"), indexed(64)),
        fill(1, themed(4, LIGHTER)),
        fill(1, themed(5, DARKER)),
        fill(1, indexed(22)),
        fill(4, rgb("FF0000"), rgb("00FF00")),
    ],
    borders=[
        border(),
        border(
            top=(1, rgb("000000")),
            bottom=(6, rgb("0000FF")),
            left=(2, indexed(10)),
            right=(4, indexed(64)),
        ),
        border(left=(5, themed(5)), right=(13, rgb("123456"))),
    ],
    codes={164: '0.00"万元"'},
    formats=[
        cell_format(),
        cell_format(code=10, font_number=1, fill_number=2, border_number=1, across=2, upright=1),
        cell_format(font_number=2, fill_number=3, across=1, inward=3, upright=0, wrapped=True),
        cell_format(font_number=3, fill_number=4, across=3, shrunk=True, turned=45),
        cell_format(fill_number=5, border_number=2, turned=135),
        cell_format(code=164, fill_number=6, across=7, upright=3, turned=255),
        cell_format(across=6, upright=4),
    ],
)
ROWS = (
    row(0, twips=720)
    + shared_text(0, 0, 1)
    + blank(1, 1)
    + blank(2, 1)
    + row(1)
    + number(0, 0.25, 1)
    + text(1, "楷体", 2)
    + text(2, "Arial", 3)
    + row(2, style=4)
    + whole(0, 7, 5)
    + text(1, "甲", 6)
    + row(3, twips=555, hidden=True)
    + blank(3, 4)
)
SHEET = sheet(
    ROWS,
    before=view(gridlines=False, frozen=(2, 1)) + usual_sizes(width=2560, twips=360),
    columns=[
        column_span(0, 0, 5120),
        column_span(1, 2, 2304, 2),
        column_span(4, 4, 2304, hidden=True),
    ],
    merges=[(0, 0, 0, 2)],
    after=page_setup(paper=9, landscape=True, fit=(1, 0)),
    flags=0x05C9,
)
PARTS = package_parts({"样式": SHEET}, styles=STYLES, texts=["标题"], theme=THEME)


def looks(parts: Mapping[str, str | bytes]) -> dict[str, SheetLooks]:
    return xlsb_looks.looks(Container(zipped(parts), Limits()))


def only(parts: Mapping[str, str | bytes]) -> SheetLooks:
    (found,) = looks(parts).values()
    return found


TITLE = Look(
    font="黑体",
    size=18,
    bold=True,
    colour="C00000",
    fill="FFFF00",
    left=Edge(2, "FF0000"),
    right=Edge(4),
    top=Edge(1, "000000"),
    bottom=Edge(6, "0000FF"),
    horizontal="center",
    vertical="vcenter",
)
PLAIN = Look(font="宋体", size=11, vertical="bottom")
SLANTED = Look(
    font="宋体",
    size=11,
    fill="C0C0C0",
    left=Edge(5, "C0504D"),
    right=Edge(13, "123456"),
    vertical="bottom",
    rotation=-45,
)
NOTED = Look(
    font="楷体",
    size=10.5,
    italic=True,
    struck=True,
    underline=True,
    colour="4F81BD",
    fill="B9CDE5",
    horizontal="left",
    vertical="top",
    wrapped=True,
    indent=3,
)


def test_looks_of_cells() -> None:
    found = looks(PARTS)["样式"].cells
    assert found == {
        (0, 0): TITLE,
        (0, 1): TITLE,
        (0, 2): TITLE,
        (1, 0): TITLE,
        (1, 1): NOTED,
        (1, 2): Look(
            font="Arial",
            size=10,
            colour="0000FF",
            fill="632523",
            horizontal="right",
            vertical="bottom",
            shrunk=True,
            rotation=45,
        ),
        (2, 0): Look(
            font="宋体",
            size=11,
            fill="00FF00",
            horizontal="distributed",
            vertical="vjustify",
            rotation=270,
        ),
        (2, 1): PLAIN._replace(horizontal="center_across", vertical="vdistributed"),
        (3, 3): SLANTED,
    }


def test_columns_and_rows() -> None:
    found = only(PARTS)
    # Digits of 宋体 11 are 8 pixels: 5,120 / 256 × 8 and 2,304 / 256 × 8.
    assert found.columns == [
        Columns(0, 0, 160, False, PLAIN),
        Columns(1, 2, 72, False, NOTED),
        Columns(4, 4, 72, True, PLAIN),
    ]
    assert found.usual_pixels == 80
    assert found.usual_points == 18
    assert found.rows == {
        0: Row(36.0),
        1: Row(15.0),
        2: Row(15.0, look=SLANTED),
        3: Row(27.75, hidden=True),
    }


MARGINS = (0.7, 0.7, 0.75, 0.75)


def test_view_and_page() -> None:
    found = only(PARTS)
    assert found.frozen == (2, 1)
    assert not found.gridlines
    assert found.page == Page(landscape=True, paper=9, scale=100, fit=(1, 0), margins=MARGINS)


def test_row_heights_that_cannot_be() -> None:
    found = only(package_parts({"表": sheet(row(0, twips=0) + row(1, twips=0xFFFF))}))
    assert found.rows == {0: Row(), 1: Row(409.5)}


@pytest.mark.parametrize(
    ("sizes", "pixels"),
    [
        (usual_sizes(digits=8), 72),  # 8 × 8 + 5, up to a multiple of 8
        (usual_sizes(digits=10), 88),
        (usual_sizes(digits=255), 2048),
        (usual_sizes(digits=256), None),
        (usual_sizes(width=65_536), 72),  # beyond what a width can be: the digits count
        (b"", None),
    ],
)
def test_usual_width(sizes: bytes, pixels: int | None) -> None:
    parts = package_parts({"表": sheet(row(0), before=sizes)}, styles=STYLES)
    assert only(parts).usual_pixels == pixels


def test_usual_width_of_an_odd_font() -> None:
    """Digits of Arial 10 are seven pixels: 4 × 7 + 5, up to a multiple of 8."""
    made = styles(fonts=[font("Arial", 200)], formats=[])
    content = sheet(row(0), before=usual_sizes(digits=4))
    assert only(package_parts({"表": content}, styles=made)).usual_pixels == 40


@pytest.mark.parametrize(
    ("content", "flags", "page"),
    [
        (page_setup(paper=8, scale=85), 0, Page(paper=8, scale=85, margins=MARGINS)),
        (
            page_setup(paper=8, scale=85, landscape=True, flags=0x04),
            0,
            Page(margins=MARGINS),
        ),  # never set up
        (
            page_setup(paper=9, landscape=True, flags=0x40),
            0,
            Page(paper=9, margins=MARGINS),
        ),  # nor turned
        (page_setup(paper=118, scale=400), 0, Page(paper=118, scale=400, margins=MARGINS)),
        (page_setup(paper=119, scale=10), 0, Page(scale=10, margins=MARGINS)),
        (page_setup(paper=300, scale=9), 0, Page(margins=MARGINS)),  # a paper of the printer's own
        (page_setup(fit=(2, 3)), 0x100, Page(fit=(2, 3), margins=MARGINS)),
        (page_setup(fit=(2, 40_000)), 0x100, Page(margins=MARGINS)),
        (b"", 0, None),
    ],
)
def test_pages(content: bytes, flags: int, page: Page | None) -> None:
    parts = package_parts({"表": sheet(row(0), after=content, flags=flags)})
    assert only(parts).page == page


@pytest.mark.parametrize("held", [(1, 0), (0, 2), None])
def test_frozen_rows_and_columns(held: tuple[int, int] | None) -> None:
    assert only(package_parts({"表": sheet(row(0), before=view(frozen=held))})).frozen == held


def test_of_several_windows_the_first_counts() -> None:
    before = view(gridlines=False) + view(gridlines=True, frozen=(1, 0))
    found = only(package_parts({"表": sheet(row(0), before=before)}))
    assert (found.gridlines, found.frozen) == (False, None)


@pytest.mark.parametrize("split", [float("nan"), float("inf"), -1.0, 1e300])
def test_a_pane_that_cannot_be(split: float) -> None:
    pane = record(151, struct.pack("<2d3IB", 0.0, split, 1, 0, 2, 3))
    before = record(133) + record(137, struct.pack("<H28x", 4)) + pane + record(138) + record(134)
    assert only(package_parts({"表": sheet(row(0), before=before)})).frozen is None


def test_own_colours_and_those_a_theme_does_not_give() -> None:
    """A palette replaces the usual one from its first colour on; a theme's may be told beside."""
    made = styles(
        palette=["111111", "222222"],
        fonts=[
            font("宋体", 220, colour=indexed(1)),
            font("宋体", 220, colour=indexed(2)),
            font("宋体", 220, colour=themed(4, colour="ABCDEF")),
            font("宋体", 220, colour=themed(4, LIGHTER, colour="ABCDEF")),
            font("宋体", 220, colour=themed(200)),
            font("宋体", 220, colour=indexed(64)),
        ],
        formats=[cell_format(font_number=place) for place in range(6)],
    )
    cells = row(0) + b"".join(whole(place, 1, place) for place in range(6))
    found = only(package_parts({"表": sheet(cells)}, styles=made)).cells
    assert [found[0, place].colour for place in range(6)] == [
        "222222", "FF0000", "ABCDEF", "", "", "",
    ]  # fmt: skip


def test_sheets_of_one_name_and_hidden_ones() -> None:
    first, second = sheet(row(0) + whole(0, 1)), sheet(row(1) + whole(0, 2))
    parts = package_parts({"甲": first, "乙": second}, styles=STYLES, states={"乙": 1})
    assert {name: list(found.cells) for name, found in looks(parts).items()} == {
        "甲": [(0, 0)],
        "乙": [(1, 0)],
    }
    parts["xl/workbook.bin"] = bytes(parts["xl/workbook.bin"]).replace(  # type: ignore[arg-type]
        "乙".encode("utf-16-le"), "甲".encode("utf-16-le")
    )
    assert {name: list(found.cells) for name, found in looks(parts).items()} == {"甲": [(0, 0)]}


# Damaged and hostile files


def test_numbers_beyond_what_there_is() -> None:
    """Formats, fonts, fills and borders that are missing leave the cell plain."""
    made = styles(
        fonts=[font("宋体", 220)],
        formats=[cell_format(font_number=9, fill_number=999, border_number=0xFFFF, inward=255)],
    )
    parts = package_parts({"表": sheet(row(0) + whole(0, 1) + whole(1, 1, 1))}, styles=made)
    assert only(parts).cells == {(0, 0): Look(vertical="bottom", indent=250)}


def test_records_too_short_say_nothing() -> None:
    made = styles(
        fonts=[font("宋体", 220), record(43, b"\xdc\0")],
        fills=[record(45)],
        borders=[record(46, b"\0\1")],
        formats=[cell_format(font_number=1), record(47, bytes(15))],
    )
    shortened = b"".join(record(kind, b"\0") for kind in (60, 137, 147, 151, 478, 485))
    parts = package_parts(
        {"表": sheet(row(0) + whole(0, 1) + whole(1, 1, 1), before=shortened)}, styles=made
    )
    found = only(parts)
    assert found.cells == {(0, 0): Look(size=11, top=Edge(1), vertical="bottom")}
    assert (found.columns, found.page, found.frozen, found.usual_pixels) == ([], None, None, None)


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        (0, 12),
        (1, 8),
        (2, 8),
        (60, 18),
        (137, 2),
        (147, 2),
        (151, 29),
        (476, 32),
        (478, 34),
        (485, 8),
    ],
)
def test_records_a_byte_too_short_say_nothing(kind: int, length: int) -> None:
    cut = record(kind, bytes([255]) * (length - 1))
    parts = package_parts({"表": record(129) + cut + record(130)}, styles=STYLES)
    assert only(parts) == SheetLooks()


def test_the_shortest_view_and_the_last_blank() -> None:
    before = record(137, b"\0\0")
    content = sheet(row(0) + blank(16_383, 4), before=before)
    found = only(package_parts({"表": content}, styles=STYLES, theme=THEME))
    assert (found.gridlines, found.cells) == (False, {(0, 16_383): SLANTED})


@pytest.mark.parametrize("name", ["长" * 32, "a\0b", "a\nb"])
def test_fonts_without_a_usable_name(name: str) -> None:
    made = styles(fonts=[font(name, 9000)], formats=[cell_format()])
    parts = package_parts({"表": sheet(row(0) + whole(0, 1))}, styles=made)
    assert only(parts).cells == {(0, 0): Look(vertical="bottom")}


def test_columns_out_of_order_or_beyond_the_last() -> None:
    parts = package_parts(
        {
            "表": sheet(
                row(0),
                columns=[
                    column_span(2, 0xFFFFFFFF, 256),
                    column_span(0, 5, 512),
                    *[column_span(7, 7, 512)] * 1000,
                ],
            )
        },
        styles=STYLES,
    )
    assert only(parts).columns == [Columns(2, 16_383, 8, False, PLAIN)]


def test_column_widths_that_cannot_be() -> None:
    columns = [column_span(0, 0, 0), column_span(1, 1, 65_536), column_span(2, 2, 65_535)]
    found = only(package_parts({"表": sheet(row(0), columns=columns)}, styles=STYLES)).columns
    assert [(span.pixels, span.hidden) for span in found] == [
        (None, True), (None, False), (2048, False),
    ]  # fmt: skip


def test_styled_blanks_and_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsb_looks, "MOST_STYLED", 3)
    cells = b"".join(row(at) + blank(0, 0) + whole(1, 1) for at in range(5))
    found = only(package_parts({"表": sheet(cells)}, styles=STYLES))
    assert [cell for cell in found.cells if cell[1] == 0] == [(0, 0), (1, 0), (2, 0)]
    assert len([cell for cell in found.cells if cell[1] == 1]) == 5
    assert list(found.rows) == [0, 1, 2]


def test_far_blanks_and_rows_are_left_out() -> None:
    cells = row(0) + blank(16_384, 0) + row(1_048_576, twips=400)
    found = only(package_parts({"表": sheet(cells)}, styles=STYLES))
    assert (found.cells, list(found.rows)) == ({}, [0])


@pytest.mark.parametrize("part", ["xl/styles.bin", "xl/worksheets/sheet1.bin", "xl/workbook.bin"])
def test_a_length_beyond_the_part(part: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        looks({**PARTS, part: bytes(PARTS[part]) + b"\x2b\xff\xff\xff\x7f"})  # type: ignore[arg-type]
    assert caught.value.kind == "damaged"


BINARY = sorted(name for name in PARTS if name.endswith(".bin"))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(BINARY),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    st.integers(0, 10**6),
)
def test_changed_bytes_end_in_looks_or_a_problem(
    part: str, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(PARTS[part])  # type: ignore[arg-type]
    for position, value in changes:
        data[position % len(data)] = value
    kept = bytes(data[: len(data) - cut % 40])
    try:
        found = looks({**PARTS, part: kept})
    except WorkbookProblem as problem:
        assert problem.kind == "damaged"
    else:
        assert len(found) <= 1


def test_a_theme_that_is_no_xml() -> None:
    parts = {**PARTS, "xl/theme/theme1.xml": "<a"}
    with pytest.raises(WorkbookProblem):
        looks(parts)
    # A look is not worth a copy.
    assert read_looks(zipped(parts), "表.xlsb", Limits()) == {}
    assert set(read_looks(zipped(PARTS), "表.xlsb", Limits())) == {"样式"}


def test_the_order_of_a_theme() -> None:
    """Formats count white and the light colours before black and the dark ones (ECMA-376)."""
    names = "dk1 lt1 dk2 lt2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink"
    slots = "".join(
        f'<a:{name}><a:srgbClr val="0000{number:02}"/></a:{name}>'
        for number, name in enumerate(names.split())
    )
    theme = f'<a:theme xmlns:a="{DRAWING}"><a:clrScheme>{slots}</a:clrScheme></a:theme>'
    order = (1, 0, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11)
    assert theme_colours(theme.encode()) == tuple(f"0000{number:02}" for number in order)


def test_a_theme_of_one_colour() -> None:
    slot = '<a:lt1><a:srgbClr val="fffffe"/></a:lt1>'
    theme = f'<a:theme xmlns:a="{DRAWING}"><a:clrScheme>{slot}</a:clrScheme></a:theme>'
    assert theme_colours(theme.encode()) == ("FFFFFE", *[""] * 11)


def test_colours_a_theme_gives_by_name_alone() -> None:
    theme = THEME.replace('<a:srgbClr val="4F81BD"/>', '<a:prstClr val="teal"/>')
    theme = theme.replace("C0504D", "c0504d")
    made = styles(
        fonts=[font("宋体", 220, colour=themed(number)) for number in (4, 5, 1, 10)],
        formats=[cell_format(font_number=place) for place in range(4)],
    )
    cells = row(0) + b"".join(whole(place, 1, place) for place in range(4))
    parts = package_parts({"表": sheet(cells)}, styles=made, theme=theme)
    found = [look.colour for look in only(parts).cells.values()]
    assert found == ["", "C0504D", "000000", "0000FF"]
