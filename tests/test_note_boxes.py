"""Boxes of notes: drawn beside those of other programs, whatever prefixes and quotes these use."""

from __future__ import annotations

import io
import re
import time
from collections import Counter

import openpyxl
import pytest
import xlsxwriter
from lxml import etree
from package_diff import parts
from workbook_bytes import zipped

from selfeval_xl.workbooks.changes import CellChange, SheetChanges
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.sheet import parse_a1

VML, OFFICE, EXCEL = (
    f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office", "office:excel")
)
DRAWING = "xl/drawings/vmlDrawing1.vml"

TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" {0} '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/></v:shapetype>'
)
SHAPE = (
    '<v:shape id="_x0000_s1" style="visibility:hidden" type="#_x0000_t202" o:insetmode="auto" {0}>'
    '<v:fill color2="#ffffe1"/><x:ClientData ObjectType="Note" {1}>'
    "<x:Anchor>3, 15, 1, 2, 5, 15, 3, 2</x:Anchor><x:Row>1</x:Row><x:Column>1</x:Column>"
    "</x:ClientData></v:shape>"
)
V_AND_O, X = f'xmlns:v="{VML}" xmlns:o="{OFFICE}"', f'xmlns:x="{EXCEL}"'
AT_THE_ROOT = f"<xml {V_AND_O} {X}>{TYPE}{SHAPE}</xml>".replace("{0}", "").replace("{1}", "")
AT_EACH = f"<xml>{TYPE}{SHAPE}</xml>".replace("{0}", V_AND_O).replace("{1}", X)


def _prefixed(text: str, **prefixes: str) -> str:
    """Return a drawing with other prefixes."""
    for old, new in prefixes.items():
        text = re.sub(rf"(?<=[</: ]){old}(?==)|(?<=[</ ]){old}(?=:)", new, text)
    return text


DRAWINGS = {
    "at the root": AT_THE_ROOT,
    "at each element": AT_EACH,
    "other prefix at each element": _prefixed(AT_EACH, x="xvml"),
    "numbered prefixes": _prefixed(AT_THE_ROOT, v="ns0", o="ns1", x="ns2"),
    "default namespace": AT_EACH.replace("x:", "")
    .replace("xmlns:x=", "xmlns=")
    .replace(X, f'xmlns="{EXCEL}"'),
    "single quotes": AT_THE_ROOT.replace('"', "'"),
    "spaces": AT_THE_ROOT.replace("id=", "id = ").replace("</x:ClientData>", "</x:ClientData >"),
    "prefixes of other namespaces": f'<xml xmlns:o="urn:a" xmlns:x="urn:b">{AT_EACH[5:]}',
    "declarations": f'\ufeff<?xml version="1.0"?>\n<!-- <xml xmlns:v="urn:a"> -->{AT_EACH}',
}


def with_drawing(drawing: str) -> bytes:
    """Return a workbook with a note in B2, drawn so."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("表").write_comment("B2", "原有批注")
    book.close()
    return zipped({**parts(target.getvalue()), DRAWING: drawing})


def with_notes(package: bytes) -> bytes:
    """Add a long note to B2 and one to C3."""
    cells = (
        CellChange(parse_a1("B2"), note="请核对。" * 60),
        CellChange(parse_a1("C3"), note="注"),
    )
    return patch(package, {"表": SheetChanges(cells)}, ())


def test_many_longer_notes() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("表")
    for row in range(3000):
        page.write_comment(row, 0, "原有批注")
    book.close()
    changes = {
        "表": SheetChanges(tuple(CellChange((row, 0), note="注" * 99) for row in range(3000)))
    }
    started = time.process_time()
    copy = patch(target.getvalue(), changes, ())
    assert time.process_time() - started < 3
    assert len(boxes(etree.fromstring(parts(copy)[DRAWING]))) == 3000


SHEET = "xl/worksheets/sheet1.xml"


def with_frame(before: str = "", after: str = "", rows: int = 1) -> bytes:
    """Return a workbook of one sheet with elements before and after its rows."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("表")
    for row in range(rows):
        page.write(row, 2, 1)
    book.close()
    content = parts(target.getvalue())
    data = content[SHEET].decode()
    data = data.replace("<sheetData", f"{before}<sheetData").replace(
        "</sheetData>", f"</sheetData>{after}"
    )
    return zipped({**content, SHEET: data})


@pytest.mark.parametrize(
    ("columns", "right"),
    [
        ("", [7, 59]),  # 315 pixels from the start of D, in columns of 64
        ('<col min="5" max="5" width="20" customWidth="1"/>', [6, 42]),  # E has 145
        ('<col min="5" max="5" width="20" hidden="1"/>', [8, 59]),
        ('<col min="5" max="6" style="0"/>', [7, 59]),  # of the usual width
        ('<col min="9" max="9" width="1"/><col min="5" max="5" width="20"/>', [6, 42]),
        ('<col min="5" max="5" width="20"/><col min="1" max="9" width="1"/>', None),
    ],
)
def test_boxes_are_as_wide_as_their_text(columns: str, right: list[int] | None) -> None:
    package = with_frame(f"<cols>{columns}</cols>" if columns else "")
    copy = patch(package, {"表": SheetChanges((CellChange((0, 2), note="注"),))}, ())
    (anchor,) = boxes(etree.fromstring(parts(copy)[DRAWING])).values()
    assert anchor[:4] == [3, 15, 0, 4]
    if right is not None:  # else columns overlap, which no program takes
        assert anchor[4:6] == right


def test_marks_go_to_the_first_cell_of_a_merge() -> None:
    merges = "".join(
        f'<mergeCell ref="{area}"/>' for area in ("A1:B1", "C2:E4", "C5:C6", "C5:C9", "Z1:Z1048576")
    )
    package = with_frame("", f'<mergeCells count="5">{merges}</mergeCells>', rows=10)
    marked = ["B1", "C1", "D3", "E4", "F4", "C6", "C9", "Z7"]
    cells = tuple(CellChange(parse_a1(cell), note="注") for cell in marked)
    copy = patch(package, {"表": SheetChanges(cells)}, ())
    found = {(int(row or 0), int(column or 0)) for row, column in boxes(
        etree.fromstring(parts(copy)[DRAWING])
    )}  # fmt: skip
    assert found == {parse_a1(cell) for cell in ("A1", "C1", "C2", "F4", "C5", "Z1")}


ONE_COLUMN, COLUMN = '<col min="9" max="9" width="0"/>', '<col min="{0}" max="{0}" width="0"/>'
BESIDE, ROW = '<mergeCell ref="Z{0}:Z900000"/>', '<mergeCell ref="A9:Z9"/>'


def many(element: str) -> str:
    return "".join(element.format(number) for number in range(1, 30_001))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"<cols>{many(ONE_COLUMN)}</cols>", ""),
        (f"<cols>{many(COLUMN)}</cols>", ""),
        ("", f"<mergeCells>{many(BESIDE)}</mergeCells>"),
        ("", f"<mergeCells>{many(ROW)}</mergeCells>"),
    ],
    ids=["one column", "columns", "merges beside", "merges of one row"],
)
def test_what_lies_beside_the_marks_costs_little(before: str, after: str) -> None:
    package = with_frame(before, after, rows=2000)
    cells = tuple(
        CellChange((row, column), note="注") for row in range(2000) if row != 8 for column in (2, 3)
    )
    started = time.process_time()
    copy = patch(package, {"表": SheetChanges(cells)}, ())
    assert time.process_time() - started < 5
    assert len(boxes(etree.fromstring(parts(copy)[DRAWING]))) == len(cells)


def boxes(drawing: etree._Element) -> dict[tuple[str | None, str | None], list[int]]:
    """Return the anchor of each note's box by row and column."""
    found = {}
    for shape in drawing.iter(f"{{{VML}}}shape"):
        data = shape.find(f"{{{EXCEL}}}ClientData")
        assert data is not None
        row, column, anchor = (
            data.findtext(f"{{{EXCEL}}}{n}") for n in ("Row", "Column", "Anchor")
        )
        found[row, column] = [int(number) for number in (anchor or "").split(",")]
    return found


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_new_boxes_beside_those_of_other_programs(drawing: str) -> None:
    before = etree.fromstring(drawing.encode())
    copy = with_notes(with_drawing(drawing))
    after = etree.fromstring(parts(copy)[DRAWING])
    old, new = boxes(before)["1", "1"], boxes(after)
    assert set(new) == {("1", "1"), ("2", "2")}
    assert new["1", "1"][:4] == old[:4]
    assert new["1", "1"][6] > old[6] + 4  # the last row it covers
    types = Counter(item.get("id") for item in after.iter(f"{{{VML}}}shapetype"))
    assert types == {"_x0000_t202": 1}
    assert {shape.get(f"{{{OFFICE}}}insetmode") for shape in after.iter(f"{{{VML}}}shape")} == {
        "auto"
    }
    notes = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    assert notes["B2"].comment.text.startswith("原有批注\n请核对。")


def test_boxes_drawn_by_a_library() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    sheet["B2"].comment = openpyxl.comments.Comment("原有批注", "甲")
    target = io.BytesIO()
    book.save(target)
    package = target.getvalue()
    (part,) = (name for name in parts(package) if name.endswith(".vml"))
    after = etree.fromstring(parts(with_notes(package))[part])
    new = boxes(after)
    assert set(new) == {("1", "1"), ("2", "2")}
    top, bottom = new["1", "1"][2], new["1", "1"][6]
    assert bottom - top >= 10  # rows of 20 pixels for 12 lines of 17
    assert [item.get("id") for item in after.iter(f"{{{VML}}}shapetype")] == ["_x0000_t202"]


@pytest.mark.parametrize(
    "drawing", ["<xml/>", f"<xml {V_AND_O} />", "", "no drawing", "<xml", "<!--"]
)
def test_drawings_that_hold_nothing(drawing: str) -> None:
    after = etree.fromstring(parts(with_notes(with_drawing(drawing)))[DRAWING])
    assert set(boxes(after)) == {("1", "1"), ("2", "2")}
