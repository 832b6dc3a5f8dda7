"""The marked copy of a file that cannot be patched: its content, with the same marks."""

from __future__ import annotations

import io
import re
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from package_diff import parts

from selfeval_xl.workbooks import rebuilt_sheet
from selfeval_xl.workbooks.changes import CellChange, NewCell, NewRow, NewSheet, SheetChanges
from selfeval_xl.workbooks.looks import Columns, Edge, Look, Page, Row, SheetLooks
from selfeval_xl.workbooks.rebuilding import rebuild
from selfeval_xl.workbooks.rebuilt_merges import rebuilt_merges
from selfeval_xl.workbooks.rebuilt_names import allowed_names
from selfeval_xl.workbooks.sheet import Range, Sheet
from selfeval_xl.workbooks.workbook import Workbook

SHEET = Sheet(
    "自评表",
    [
        ["项目支出绩效自评表", None, None, None],
        ["年初 预算数", "执行数", "执行率", "日期"],
        [100, 49.88, 0.4988, datetime(2023, 12, 31)],
        [None, 49.88, None, True],
        ["=1+1", None, None, None],
        ["很长的说明" * 20, None, None, None],
    ],
    merges=(
        (0, 0, 0, 3),
        (0, 1, 1, 1),
        (2, 0, 3, 0),
        (4, 1, 900, 1),
        (4, 2, 1_048_575, 3),
        (3, 3, 3, 3),
        (7, 5, 8, 6),
    ),
    number_formats={(2, 2): "0.00%"},
    formulas={(2, 2): "B3/A3", (3, 1): ""},
    errors={(3, 2): "#REF!"},
)
WORKBOOK = Workbook((SHEET, Sheet("隐藏", [["x"]], hidden=True)), "xls", patchable=False)
CHANGES = {
    "自评表": SheetChanges(
        (CellChange((2, 2), "FFFFC7CE", "【S101】应为 50.00%", Decimal("0.5")),),
        {(3, 1): Decimal("50"), (2, 0): Decimal("1")},
    )
}
REVIEW = NewSheet("核对结果", (10.0,), (NewRow((NewCell("C3", link="'自评表'!C3"),)),))


def rebuilt(workbook: Workbook = WORKBOOK) -> openpyxl.Workbook:
    changes = {name: change for name, change in CHANGES.items() if name == workbook.sheets[0].name}
    return openpyxl.load_workbook(io.BytesIO(rebuild(workbook, changes, [REVIEW])))


def test_values_formats_and_merges() -> None:
    book = rebuilt()
    assert book.sheetnames == ["核对结果", "自评表", "隐藏"]
    page = book["自评表"]
    assert page["A1"].value == "项目支出绩效自评表"
    assert page["B3"].value == 49.88
    assert page["D3"].value == datetime(2023, 12, 31)
    assert page["D3"].number_format == "yyyy-mm-dd"
    assert page["D4"].value is True
    assert page["C4"].value == "#REF!"
    assert page["C3"].number_format == "0.00%"
    # Overlapping merges cannot be kept; of a huge one the used part is.
    assert {str(area) for area in page.merged_cells.ranges} == {
        "A1:D1",
        "A3:A4",
        "B5:B901",
        "C5:D6",
        "F8:G9",
    }
    assert page.column_dimensions["A"].width > 30
    assert book["隐藏"].sheet_state == "hidden"


def test_marks() -> None:
    page = rebuilt()["自评表"]
    assert page["C3"].value == 0.5
    assert page["C3"].fill.fgColor.rgb == "FFFFC7CE"
    assert page["C3"].comment.text == "【S101】应为 50.00%"


def test_results_that_follow_from_changes_are_written_where_formulas_were() -> None:
    page = rebuilt()["自评表"]
    assert page["B4"].value == 50
    assert page["A3"].value == 100


def test_text_is_never_a_formula() -> None:
    cell = rebuilt()["自评表"]["A5"]
    assert cell.value == "=1+1"
    assert cell.data_type == "s"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("a/b", "a:b"), ["a_b", "a_b(2)"]),
        (("长" * 40, "长" * 41), ["长" * 31, "长" * 28 + "(2)"]),
        (("表", "history"), ["表", "history"]),
        (("'引'", ""), ["引", "Sheet"]),
        (("很" * 30 + "'表", ""), ["很" * 30, "Sheet"]),
        # Excel counts UTF-16 units: rare characters and emoji are two.
        (("𠮷" * 16, "𠮷" * 15 + "表"), ["𠮷" * 15, "𠮷" * 15 + "表"]),
        (("😀" * 15 + "甲乙", "😀" * 16), ["😀" * 15 + "甲", "😀" * 15]),
        (("𠮷" * 15 + "表", "𠮷" * 15 + "表/"), ["𠮷" * 15 + "表", "𠮷" * 14 + "(2)"]),
    ],
)
def test_sheet_names_excel_does_not_allow(names: tuple[str, ...], expected: list[str]) -> None:
    book = Workbook(tuple(Sheet(name, [[1]]) for name in names), "ods", patchable=False)
    linked = NewCell("A1", link=f"'{names[1]}'!A1")
    link = NewSheet("核对结果", (), (NewRow((linked, NewCell("无"), None)),))
    changes = {names[1]: SheetChanges((CellChange((0, 0), note="注"),))}
    copy = openpyxl.load_workbook(io.BytesIO(rebuild(book, changes, [link])))
    assert copy.sheetnames == ["核对结果", *expected]
    assert copy[expected[1]]["A1"].comment is not None
    assert copy["核对结果"]["B1"].value == "无"
    assert copy["核对结果"]["A1"].hyperlink.location == f"'{expected[1]}'!A1".replace("''", "'")


@given(
    st.lists(
        st.text(st.sampled_from("aA'/[*\n\ud800表𠮷😀ßſİ(2)"), max_size=33), max_size=8, unique=True
    )
)
def test_any_names_give_allowed_ones(names: list[str]) -> None:
    allowed = allowed_names(names)
    assert set(allowed) == set(names)
    assert len({name.lower() for name in allowed.values()}) == len(allowed)
    for read, name in allowed.items():
        assert 1 <= len(name.encode("utf-16-le")) / 2 <= 31
        assert not set(name) & set("[]:*?/\\\n")
        assert not name.startswith("'")
        assert not name.endswith("'")
        if read in {"a", "表", "𠮷😀", "a'A"} and read == names[0]:
            assert name == read


def sheet_of(height: int, width: int, *merges: Range) -> Sheet:
    return Sheet("表", [[1] * width] * height, merges=merges)


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (sheet_of(1, 2, (0, 1, 1, 3)), [(0, 1, 1, 3)]),
        (sheet_of(1, 2, (5, 5, 6, 6)), [(5, 5, 6, 6)]),
        (sheet_of(3, 4, (0, 0, 99, 99)), [(0, 0, 99, 99)]),
        (sheet_of(3, 4, (0, 0, 99, 100)), [(0, 0, 2, 3)]),
        (sheet_of(3, 4, (0, 0, 0, 16_383)), [(0, 0, 0, 3)]),
        (sheet_of(3, 1, (0, 0, 0, 16_383)), []),
        (sheet_of(101, 100, (0, 0, 100, 99)), [(0, 0, 100, 99)]),
        (sheet_of(1, 1, (1_048_575, 0, 1_048_576, 1)), [(1_048_575, 0, 1_048_575, 1)]),
        (sheet_of(1, 1, (2_000_000, 0, 2_000_001, 1)), []),
        (sheet_of(1, 1, (3, 3, 2, 2)), []),
        (sheet_of(9, 9, (3, 3, 3, 3)), []),
        (sheet_of(1, 1, (50, 50, 149, 149)), [(50, 50, 149, 149)]),
        (sheet_of(1, 1, (0, 16_383, 0, 16_384)), []),
    ],
)
def test_merges_are_kept_whole_unless_huge(sheet: Sheet, kept: list[Range]) -> None:
    assert rebuilt_merges([sheet], {}) == {"表": kept}


def test_all_merges_of_a_workbook_together_are_bounded() -> None:
    huge = tuple((row, 0, row + 9, 999) for row in range(0, 600, 10))
    sheets = [Sheet(name, [[1, 2]], merges=huge) for name in "甲乙丙"]
    merges = rebuilt_merges(sheets, {})
    # Ten of 10,000 cells (9,998 of the first, where two are used), then what is used.
    assert [len(merges[name]) for name in "甲乙丙"] == [10, 1, 1]
    assert merges["甲"][-1] == (90, 0, 99, 999)
    assert merges["丙"] == [(0, 0, 0, 1)]


def test_a_cut_merge_ends_with_what_is_seen() -> None:
    looks = {"表": SheetLooks(cells={(5, 6): Look(fill="FF0000"), (9, 9): Look(bold=True)})}
    sheet = sheet_of(3, 4, (0, 0, 999, 999))
    assert rebuilt_merges([sheet], looks) == {"表": [(0, 0, 5, 6)]}
    looks["表"].cells[2, 90_000] = Look(fill="FF0000")
    sheet = sheet_of(3, 4, (0, 0, 5, 90_000))
    assert rebuilt_merges([sheet], looks) == {"表": [(0, 0, 5, 16_383)]}


@pytest.mark.parametrize("name", ["隐藏", "Sheet", "SHEET"])
def test_a_workbook_with_hidden_sheets_only_opens(name: str) -> None:
    book = Workbook((Sheet(name, [["x"]], hidden=True),), "xls", patchable=False)
    copy = openpyxl.load_workbook(io.BytesIO(rebuild(book, {}, [])))
    assert [page.sheet_state for page in copy] == ["hidden", "visible"]
    assert (copy.sheetnames[0], copy.active.sheet_state) == (name, "visible")


def test_the_first_sheet_that_is_visible_is_shown() -> None:
    sheets = [Sheet(name, [["x"]], hidden=name != "乙") for name in "甲乙丙"]
    copy = openpyxl.load_workbook(
        io.BytesIO(rebuild(Workbook(tuple(sheets), "xls", False), {}, []))
    )
    assert [page.sheet_state for page in copy] == ["hidden", "visible", "hidden"]
    assert copy.active.title == "乙"
    assert copy.views[0].firstSheet == 1


def test_same_input_same_bytes() -> None:
    first, second = (rebuild(WORKBOOK, CHANGES, [REVIEW]) for _ in range(2))
    assert first == second
    assert b"2000-01-01" in parts(first)["docProps/core.xml"]


def test_notes_are_kept_and_added_to() -> None:
    looks = {
        "自评表": SheetLooks(notes={(2, 2): "请核对\x00\r\n此数", (9, 9): "远处", (0, 0): "\x01"})
    }
    data = rebuild(WORKBOOK, CHANGES, [REVIEW], looks)
    page = openpyxl.load_workbook(io.BytesIO(data))["自评表"]
    kept, _, added = page["C3"].comment.text.partition("此数")
    assert kept == "请核对\n"
    assert added.strip().startswith("【S101】应为 50.00%")
    assert page["J10"].comment.text == "远处"
    assert page["A1"].comment is None


def copied(sheet: Sheet, looks: SheetLooks) -> openpyxl.worksheet.worksheet.Worksheet:
    data = rebuild(Workbook((sheet,), "ods", False), {}, [], {sheet.name: looks})
    return openpyxl.load_workbook(io.BytesIO(data))[sheet.name]


def test_everything_a_look_says_is_in_the_copy() -> None:
    full = Look(
        font="黑体",
        size=409,
        bold=True,
        italic=True,
        underline=True,
        struck=True,
        colour="FF0000",
        fill="FFFF99",
        left=Edge(1),
        right=Edge(6, "0000FF"),
        top=Edge(2, "00FF00"),
        bottom=Edge(13, "123456"),
        horizontal="left",
        vertical="top",
        wrapped=True,
        indent=3,
    )
    turned = Look(horizontal="center_across", shrunk=True, rotation=-45, size=1)
    looks = SheetLooks(
        cells={(0, 0): full, (0, 1): turned, (1, 0): full, (1, 1): Look(bold=True), (9, 9): full}
    )
    page = copied(Sheet("表", [["甲", 0.5], [None, None, "丙"]]), looks)
    for place in ("A1", "A2", "J10"):  # what holds nothing shows its look too
        cell = page[place]
        assert (cell.font.name, cell.font.sz, cell.font.u) == ("黑体", 409, "single")
        assert (cell.font.b, cell.font.i, cell.font.strike) == (True, True, True)
        assert (cell.font.color.rgb, cell.fill.fgColor.rgb) == ("FFFF0000", "FFFFFF99")
        border = cell.border
        assert (border.left.style, border.left.color.auto) == ("thin", True)
        assert (border.right.style, border.right.color.rgb) == ("double", "FF0000FF")
        assert (border.top.style, border.top.color.rgb) == ("medium", "FF00FF00")
        assert (border.bottom.style, border.bottom.color.rgb) == ("slantDashDot", "FF123456")
        aligned = cell.alignment
        assert (aligned.horizontal, aligned.vertical) == ("left", "top")
        assert (aligned.wrap_text, aligned.indent) == (True, 3)
    plain = page["B1"]
    assert (plain.font.name, plain.font.sz, plain.font.u) == ("宋体", 1, None)
    assert (plain.font.b, plain.font.i, plain.font.strike) == (False, False, None)
    assert plain.fill.fill_type is plain.border.left.style is plain.border.bottom.style is None
    aligned = plain.alignment
    assert (aligned.horizontal, aligned.shrink_to_fit) == ("centerContinuous", True)
    assert (aligned.textRotation, aligned.wrap_text, aligned.indent) == (135, None, 0)
    # Cells nobody knows the look of: texts in the middle of their height and wrapped.
    aligned, font = page["C2"].alignment, page["C2"].font
    assert (aligned.vertical, aligned.wrap_text, font.name, font.sz) == ("center", True, "宋体", 11)
    assert {cell.coordinate for line in page.iter_rows() for cell in line if cell.has_style} == {
        "A1", "B1", "A2", "C2", "J10",
    }  # fmt: skip


def test_a_merged_range_looks_like_its_first_cell() -> None:
    boxed, shaded = Look(left=Edge(1), bottom=Edge(1)), Look(fill="EEEEEE")
    sheet = Sheet("表", [["标题"], ["x"]], merges=((0, 0, 0, 2), (1, 0, 1, 1)))
    looks = {"表": SheetLooks(cells={(0, 0): boxed, (0, 1): shaded})}
    data = rebuild(Workbook((sheet,), "ods", False), {}, [], looks)
    part = parts(data)["xl/worksheets/sheet1.xml"].decode()
    style = dict(re.findall(r'<c r="(\w+)" s="(\d+)"', part))
    assert style["A1"] == style["C1"] != style["B1"]  # what a cell says itself counts
    assert style["A2"] == style["B2"] != style["A1"]


def test_widths_that_show_the_content() -> None:
    values = ["12345678", "一二三四五六", "长" * 30, "a\n一二三四五六七", "合并" * 9, "合并", None]
    sheet = Sheet("表", [values, ["1" * 9]], merges=((0, 4, 0, 5), (0, 3, 1, 3)))
    page = copied(sheet, SheetLooks())
    # Two characters beside the longest line, where Chinese ones are two; files add five pixels.
    wanted = {"A": 11, "B": 14, "C": 40, "D": 16, "E": 8, "F": 8, "G": 8}
    width = {
        column: found.width - 5 / 7
        for key, found in page.column_dimensions.items()
        for column in "ABCDEFG"[found.min - 1 : found.max]
        if key
    }
    assert width == pytest.approx(wanted, abs=0.01)


def test_widths_heights_and_what_scrolls() -> None:
    shaded = Look(fill="EEEEEE")
    looks = SheetLooks(
        columns=[
            Columns(1, 2, 145, look=shaded),
            Columns(3, 3, None, hidden=True, look=Look(bold=True)),
            Columns(5, 6, 9_999),
        ],
        rows={0: Row(30), 1: Row(None, hidden=True), 2: Row(9_999, look=shaded)},
        usual_pixels=75,
        usual_points=21,
        frozen=(2, 1),
        gridlines=False,
    )
    page = copied(Sheet("表", [[1, 2, 3, 4, 5]]), looks)
    # Files hold widths in digits of seven pixels.
    width = {key: found.width for key, found in page.column_dimensions.items()}
    assert width == pytest.approx(
        {"A": 75 / 7, "B": 145 / 7, "D": 75 / 7, "E": 75 / 7, "F": 1790 / 7}, abs=0.01
    )
    found = page.column_dimensions
    assert (found["B"].min, found["B"].max, found["F"].min, found["F"].max) == (2, 3, 6, 7)
    assert [key for key in width if found[key].hidden] == ["D"]
    assert [key for key in width if found[key].has_style] == ["B"]
    assert found["B"].fill.fgColor.rgb == "FFEEEEEE"
    assert page.sheet_format.defaultRowHeight == 21
    rows = page.row_dimensions
    assert (rows[1].height, rows[2].hidden, rows[3].height) == (30, True, 408.75)  # 545 pixels
    assert (rows[1].has_style, rows[3].fill.fgColor.rgb) == (False, "FFEEEEEE")
    assert (page.freeze_panes, page.sheet_view.showGridLines) == ("B3", False)
    page = copied(Sheet("表", [[1]]), SheetLooks(usual_points=9_999))
    assert page.sheet_format.defaultRowHeight <= 409
    assert page.sheet_view.showGridLines is not False


@pytest.mark.parametrize(
    ("setup", "expected"),
    [
        (Page(landscape=True, paper=118), ("landscape", 118, 100, None, None)),
        (Page(paper=119, scale=10), ("portrait", None, 10, None, None)),
        (Page(scale=400), ("portrait", None, 400, None, None)),
        (Page(scale=401), ("portrait", None, 100, None, None)),
        (Page(scale=9), ("portrait", None, 100, None, None)),
        (Page(paper=9, fit=(1, 1_000)), ("portrait", 9, 100, 1, 1_000)),
        (Page(fit=(1_001, 2), scale=50), ("portrait", None, 100, 0, 2)),
    ],
)
def test_pages(setup: Page, expected: tuple[object, ...]) -> None:
    page = copied(Sheet("表", [[1]]), SheetLooks(page=setup))
    read = page.page_setup
    fitted = bool(page.sheet_properties.pageSetUpPr and page.sheet_properties.pageSetUpPr.fitToPage)
    wide, high = (
        (1 if each is None else int(each)) if fitted else None
        for each in (read.fitToWidth, read.fitToHeight)
    )
    paper = None if read.paperSize is None else int(read.paperSize)
    turned = read.orientation or "portrait"
    assert (turned, paper, read.scale or 100, wide, high) == expected


def test_margins_headers_and_footers() -> None:
    setup = Page(margins=(0, 1, 20, 0.5), centred=True, header="&L财政局", footer="&C" + "x" * 253)
    page = copied(Sheet("表", [[1]]), SheetLooks(page=setup))
    margins = page.page_margins
    assert (margins.left, margins.right, margins.top, margins.bottom) == (0, 1, 20, 0.5)
    assert page.print_options.horizontalCentered
    assert (page.oddHeader.left.text, page.oddFooter.center.text) == ("财政局", "x" * 253)
    pictured = Page(margins=(1, 1, 20.1, 1), header="&L&g", footer="&C" + "x" * 254)
    page = copied(Sheet("表", [[1]]), SheetLooks(page=pictured))
    assert (page.page_margins.left, page.page_margins.top) == (0.7, 0.75)
    assert page.print_options.horizontalCentered is None
    assert (page.oddHeader.left.text, page.oddFooter.center.text) == (None, None)


def test_sizes_and_formats_excel_does_not_take() -> None:
    sizes = {0: 11, 0.9: 11, 1: 1, 409: 409, 409.5: 11}
    looks = SheetLooks(cells={(0, column): Look(size=size) for column, size in enumerate(sizes)})
    page = copied(Sheet("表", [[1] * 5], number_formats={(0, 0): "0.0\x01"}), looks)
    assert [cell.font.sz for cell in page[1]] == list(sizes.values())
    assert page["A1"].number_format == "General"


def test_formats_together_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilt_sheet, "_MOST_FORMATS", 3)
    looks = SheetLooks(cells={(row, 0): Look(size=20 + row % 5) for row in range(10)})
    page = copied(Sheet("表", [[1]] * 10), looks)
    assert [page.cell(row, 1).font.sz for row in range(1, 11)] == [20, 21, 22, 11, 11] * 2


def test_looks_no_program_can_show_do_no_harm() -> None:
    """Names, sizes and numbers from damaged files: the copy opens, with the nearest there is."""
    odd = Look(font="a\x00\ufffe" + "b" * 99, size=4000, rotation=270, indent=15, fill="123456")
    looks = SheetLooks(
        cells={(2, 2): odd, (2_000_000, 1): odd, (1, 20_000): odd},
        columns=[Columns(0, 90_000, 9_999), Columns(3, 3, 0, hidden=True, look=odd)],
        rows={0: Row(9_999), 1: Row(0), 3_000_000: Row(12)},
        usual_points=0,
        frozen=(2_000_000, 0),
        page=Page(
            paper=9_999,
            scale=3,
            fit=(60_000, 0),
            margins=(0.5, -1.0, float("nan"), 1e300),
            header="&G",
            footer="x" * 300,
        ),
    )
    book = openpyxl.load_workbook(
        io.BytesIO(rebuild(WORKBOOK, CHANGES, [REVIEW], {"自评表": looks}))
    )
    page = book["自评表"]
    assert page["C3"].font.name == "a" + "b" * 30
    assert page["C3"].font.sz == 11
    assert page.row_dimensions[1].height == 408.75  # 545 pixels
    assert page.column_dimensions["D"].hidden
    assert page.freeze_panes is None


def test_formulas_that_name_sheets_become_results_when_names_change() -> None:
    sheets = (
        Sheet("一", [[1, 2]], formulas={(0, 0): "SUM('二?'!A1)", (0, 1): "A1*2"}),
        Sheet("二?", [[1]]),
    )
    book = openpyxl.load_workbook(io.BytesIO(rebuild(Workbook(sheets, "ods", False), {}, [])))
    assert book.sheetnames == ["一", "二_"]
    assert book["一"]["A1"].value == 1
    assert book["一"]["B1"].value == "=A1*2"


def test_blanks_of_any_width_stay() -> None:
    """Full-width blanks are everyday typing in names, notes, formats, formulas and footers."""
    sheets = (
        Sheet("附表　一", [[1, 2]], number_formats={(0, 0): '0.00"　万元"'}),
        Sheet("总", [[1]], formulas={(0, 0): "'附表　一'!A1"}),
    )
    look = SheetLooks(notes={(0, 1): "　据财政局　批复"}, page=Page(footer="&C第　页"))
    data = rebuild(Workbook(sheets, "ods", False), {}, [], {"附表　一": look})
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book["附表　一"]
    assert page["A1"].number_format == '0.00"　万元"'
    assert page["B1"].comment.text == "　据财政局　批复"
    assert page.oddFooter.center.text == "第　页"
    assert book["总"]["A1"].value == "='附表　一'!A1"


def test_merges_together_have_a_bound() -> None:
    """Every cell of a merge is written: three of 250,000 cells are more than is worth it."""
    rows: list[list[object]] = [[] for _ in range(499)]
    sheets = tuple(
        Sheet(f"表{number}", [*rows, [None] * 499 + [1]], merges=((0, 0, 499, 499),))
        for number in range(3)
    )
    merges = rebuilt_merges(sheets, {})
    assert [len(merges[sheet.name]) for sheet in sheets] == [1, 1, 0]
