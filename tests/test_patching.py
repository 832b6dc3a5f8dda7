"""The marked copy of a workbook is the sender's package plus the marks, and nothing less."""

from __future__ import annotations

import contextlib
import io
import random
import re
import shutil
import struct
import subprocess
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from package_diff import changed_cells, compare, elements, parts
from package_validity import inconsistencies
from rich_workbook import DETAIL_SHEET, MAIN_SHEET, SHEETS, VBA_BYTES, rich_workbook, tiny_png
from workbook_bytes import zipped

from selfeval_xl.workbooks.changes import (
    CellChange,
    Choice,
    NewCell,
    NewRow,
    NewSheet,
    SheetChanges,
    Style,
)
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.sheet import parse_a1
from selfeval_xl.workbooks.workbook import WorkbookProblem

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")

RED, AMBER = "FFFFC7CE", "FFFFEB9C"
MAIN_PART, DETAIL_PART = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
RICH = rich_workbook()

REVIEW = NewSheet(
    name="核对结果",
    widths=(6.0, 12.5, 40.0),
    rows=(
        NewRow((NewCell("核对结果", Style(bold=True, size=16)),), height=30),
        NewRow(tuple(NewCell(text, Style(fill="FFDDEBF7")) for text in ("序号", "单元格", "意见"))),
        NewRow((NewCell(1), NewCell("E4", link=f"'{MAIN_SHEET}'!E4"), NewCell("=SUM(1)&'<'"))),
        NewRow((NewCell(Decimal("2.50")), None, NewCell(None, Style(border=True))), outline=1),
    ),
    merges=((0, 0, 0, 2),),
    frozen=(2, 1),
    filtered=(1, 0, 3, 2),
    choices=(Choice((2, 2, 3, 2), ("采纳", "保留原值", "退回")),),
    repeated=(1, 1),
    tab_colour="FFC00000",
)


def change(address: str, **fields: object) -> CellChange:
    return CellChange(parse_a1(address), **fields)  # type: ignore[arg-type]


def marked(package: bytes, *cells: CellChange, sheet: str = MAIN_SHEET, **cached: str) -> bytes:
    results = {parse_a1(address): Decimal(value) for address, value in cached.items()}
    return patch(package, {sheet: SheetChanges(cells, results)}, ())


def sheet_of(package: bytes, part: str = MAIN_PART) -> etree._Element:
    return etree.fromstring(parts(package)[part])


def cell_of(package: bytes, address: str, part: str = MAIN_PART) -> etree._Element:
    found = sheet_of(package, part).find(f".//{{*}}c[@r='{address}']")
    assert found is not None, address
    return found


def value_of(package: bytes, address: str, part: str = MAIN_PART) -> str | None:
    return cell_of(package, address, part).findtext("{*}v")


def formula_of(package: bytes, address: str, part: str = MAIN_PART) -> str | None:
    return cell_of(package, address, part).findtext("{*}f")


def small_workbook(**cells: object) -> bytes:
    """A one-sheet workbook named 表; values that start with "=" are formulas with result 1."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("表")
    for address, value in cells.items():
        if isinstance(value, str) and value.startswith("="):
            page.write_formula(address, value, None, 1)
        else:
            page.write(address, value)
    book.close()
    return target.getvalue()


def edited(package: bytes, *texts: tuple[str, str], part: str = MAIN_PART) -> bytes:
    """Replace texts in a part."""
    content = parts(package)[part]
    for old, new in texts:
        assert old.encode() in content, old
        content = content.replace(old.encode(), new.encode())
    return with_part(package, part, content)


def with_part(package: bytes, part: str, content: bytes) -> bytes:
    """Replace a part."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, old in parts(package).items():
            archive.writestr(name, content if name == part else old)
    return target.getvalue()


# What stays ------------------------------------------------------------------------------------


def test_without_changes_the_very_bytes_come_back() -> None:
    assert patch(RICH, {}, ()) is RICH
    assert patch(RICH, {MAIN_SHEET: SheetChanges()}, ()) is RICH


def test_only_the_parts_that_must_change_do() -> None:
    copy = patch(RICH, {MAIN_SHEET: SheetChanges((change("G6", fill=RED),))}, ())
    diff = compare(RICH, copy)
    assert diff.changed == (MAIN_PART, "xl/styles.xml")
    assert not (diff.added or diff.removed or diff.repacked or diff.reordered)


def test_marks_values_notes_and_a_review_sheet_leave_all_else_as_it_was() -> None:
    cells = (change("E4", fill=RED, value=Decimal("0.5"), note="注"), change("G6", fill=AMBER))
    copy = patch(RICH, {MAIN_SHEET: SheetChanges(cells)}, [REVIEW])
    diff = compare(RICH, copy)
    assert set(diff.changed) == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        MAIN_PART,
        DETAIL_PART,  # E7 shows E4; and it was selected together with the first sheet
    }
    assert diff.added == ("xl/worksheets/selfeval_review1.xml",)
    assert diff.removed == ("xl/calcChain.xml",)
    assert not diff.repacked and not diff.reordered


def test_in_an_edited_sheet_only_the_given_cells_differ() -> None:
    copy = marked(RICH, change("G6", fill=RED), change("A10", fill=AMBER), change("D13", fill=RED))
    cells, rest = changed_cells(parts(RICH)[MAIN_PART], parts(copy)[MAIN_PART])
    assert cells == {"G6", "A10", "D13"}
    assert rest == []
    assert elements(parts(RICH)[MAIN_PART], parts(copy)[MAIN_PART])[0].endswith("@s: 3 → 8")


@pytest.mark.parametrize("part", [name for name in parts(RICH) if name.endswith((".xml", ".rels"))])
def test_a_remark_in_the_xml_of_any_part_stays_and_hinders_nothing(part: str) -> None:
    content = parts(RICH)[part]
    root = etree.fromstring(content)
    for place in (0, len(root)):
        root.insert(place, etree.Comment("written by hand"))
    package = with_part(RICH, part, etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    cells = (change("G5", value=Decimal(20), formula="G4*2", fill=RED, note="注"),)
    copy = patch(package, {MAIN_SHEET: SheetChanges(cells)}, [REVIEW])
    assert formula_of(copy, "G5") == "G4*2"
    assert "xl/calcChain.xml" not in parts(copy)
    if part in parts(copy):
        assert parts(copy)[part].count(b"<!--written by hand-->") == 2


def test_unknown_attributes_and_ignorable_prefixes_stay_declared() -> None:
    text = parts(marked(RICH, change("G6", fill=RED)))[MAIN_PART].decode()
    assert 'wps:flag="1"' in text
    assert 'mc:Ignorable="x14ac xr wps"' in text
    for prefix in ("x14ac", "xr", "wps", "mc"):
        assert f"xmlns:{prefix}=" in text.partition("<sheetData")[0]


def test_existing_formats_are_never_changed() -> None:
    copy = marked(RICH, change("E4", fill=RED), change("G4", fill=RED), change("G6", fill=RED))
    lines = elements(parts(RICH)["xl/styles.xml"], parts(copy)["xl/styles.xml"])
    assert all(line.endswith(": added") or "@count" in line for line in lines)


def test_same_input_same_bytes() -> None:
    changes = {MAIN_SHEET: SheetChanges((change("E4", fill=RED, note="注", value=Decimal(1)),))}
    assert patch(RICH, changes, [REVIEW]) == patch(RICH, changes, [REVIEW])


def test_macros_stay_and_the_workbook_stays_macro_enabled() -> None:
    package = rich_workbook(macros=True)
    changes = {MAIN_SHEET: SheetChanges((change("E4", fill=RED, note="注"),))}
    copy = parts(patch(package, changes, [REVIEW]))
    assert copy["xl/vbaProject.bin"] == VBA_BYTES
    assert b"sheet.macroEnabled.main+xml" in copy["[Content_Types].xml"]


def test_signatures_are_taken_out() -> None:
    copy = parts(marked(rich_workbook(signed=True), change("G6", fill=RED)))
    assert not [name for name in copy if "signature" in name or "sigs" in name]
    assert b"_xmlsignatures" not in copy["[Content_Types].xml"] + copy["_rels/.rels"]


def generated(chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """A workbook of one to three random sheets; the addresses and contents of its first sheet."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    shared = chance.random() < 0.5
    look = book.add_format({"border": 1, "num_format": chance.choice(("0.00", "0%", "@"))})
    contents: dict[str, str] = {}
    for number in range(chance.randint(1, 3)):
        page = book.add_worksheet(f"表 {number}")
        if chance.random() < 0.4:
            page.set_column(0, chance.randint(0, 9), 12, look)
        for row in range(chance.randint(1, 25)):
            for column in range(chance.randint(0, 9)):
                address, kind = f"{chr(65 + column)}{row + 1}", chance.random()
                style = look if chance.random() < 0.5 else None
                if kind < 0.2:
                    continue
                if kind < 0.3:
                    content = f"=SUM(A1:{chr(65 + chance.randint(0, 9))}{chance.randint(1, 25)})"
                    page.write_formula(address, content, style, 1)
                elif kind < 0.6:
                    content = f"文<&>{row}"
                    page.write_rich_string(address, "富", look, content) if shared else (
                        page.write_string(address, content, style)
                    )
                else:
                    content = "1.5"
                    page.write_number(address, 1.5, style)
                if number == 0:
                    contents[address] = content
    book.close()
    return target.getvalue(), contents


@pytest.mark.parametrize("seed", range(200))
def test_changed_cells_are_the_given_ones_in_generated_workbooks(seed: int) -> None:
    chance = random.Random(seed)
    package, contents = generated(chance)
    cells = []
    for _ in range(chance.randint(1, 12)):
        address = f"{chr(65 + chance.randint(0, 11))}{chance.randint(1, 28)}"
        value = chance.choice((None, Decimal("7.25"), "=文本"))
        cells.append(change(address, fill=RED, note=chance.choice(("", "注")), value=value))
    copy = patch(package, {"表 0": SheetChanges(tuple(cells))}, [REVIEW])
    differing, rest = changed_cells(parts(package)[MAIN_PART], parts(copy)[MAIN_PART])
    given = {f"{chr(65 + cell.cell[1])}{cell.cell[0] + 1}" for cell in cells}
    formulas = {address for address, content in contents.items() if content.startswith("=")}
    assert given <= differing <= given | formulas
    allowed = ("tabSelected", "legacyDrawing", "dimension", "@spans")
    assert not [line for line in rest if not any(word in line for word in allowed)]
    # Formula cells that were not given keep their formula; their result is as it was or gone.
    for address in differing - given:
        assert formula_of(copy, address) == formula_of(package, address)
        assert value_of(copy, address) is None
        assert cell_of(copy, address).get("s") == cell_of(package, address).get("s")
    diff = compare(package, copy)
    assert not (diff.removed or diff.repacked or diff.reordered)
    openpyxl.load_workbook(io.BytesIO(copy))


FOREIGN = (
    '<extLst><ext uri="{B}"><row r="1"><c r="A1"><f>1</f><v>1</v></c></row></ext></extLst>',
    '<o:more xmlns:o="urn:o"><row r="2"><c r="B2"/></row><o:row r="3"/></o:more>',
)


@pytest.mark.parametrize("seed", range(200, 260))
def test_what_else_stands_among_rows_and_cells_stays_and_is_not_taken_for_them(seed: int) -> None:
    chance = random.Random(seed)
    package, _ = generated(chance)
    addresses = {f"{chr(65 + chance.randint(0, 11))}{chance.randint(1, 40)}" for _ in range(3)}
    cells = tuple(change(address, fill=RED, value=Decimal(7)) for address in sorted(addresses))
    expected = patch(package, {"表 0": SheetChanges(cells)}, ())
    in_rows, between = FOREIGN
    text = parts(package)[MAIN_PART].decode()
    text = re.sub("</row>", lambda _: f"{in_rows if chance.random() < 0.5 else ''}</row>", text)
    text = re.sub("(?<=</row>)", lambda _: between if chance.random() < 0.3 else "", text)
    text = text.replace("</sheetData>", between + "</sheetData>")
    copy = patch(with_part(package, MAIN_PART, text.encode()), {"表 0": SheetChanges(cells)}, ())
    left = parts(copy)[MAIN_PART].decode()
    assert left.count(in_rows) == text.count(in_rows)
    assert left.count(between) == text.count(between)
    for foreign in (between, in_rows):
        left = left.replace(foreign, "")
    assert left == parts(expected)[MAIN_PART].decode()


SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("**/*.xlsx"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_samples_keep_everything(path: Path) -> None:
    package = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        sheet = re.search(r'<sheet [^>]*name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    assert sheet is not None
    cells = (change("C4", fill=RED, note="注"), change("A3", fill=AMBER))
    copy = patch(package, {sheet[1]: SheetChanges(cells)}, [REVIEW])
    diff = compare(package, copy)
    assert not (diff.removed or diff.repacked or diff.reordered)
    differing, rest = changed_cells(parts(package)[MAIN_PART], parts(copy)[MAIN_PART])
    assert len(differing) <= 2
    assert not [line for line in rest if "tabSelected" not in line and "legacy" not in line]


# Formats ---------------------------------------------------------------------------------------


def test_a_mark_keeps_number_format_font_border_and_protection() -> None:
    copy = marked(RICH, change("E4", fill=RED))
    before = openpyxl.load_workbook(io.BytesIO(RICH))[MAIN_SHEET]["E4"]
    after = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]["E4"]
    assert after.fill.fgColor.rgb == RED
    assert after.fill.fill_type == "solid"
    for name in ("number_format", "font", "border", "alignment", "protection"):
        assert repr(getattr(after, name)) == repr(getattr(before, name)), name


def test_cells_of_one_format_share_one_clone() -> None:
    copy = marked(RICH, change("G5", fill=RED), change("G6", fill=RED), change("F5", fill=RED))
    styles = {cell_of(copy, address).get("s") for address in ("G5", "G6", "F5")}
    assert len(styles) == 1


def test_cell_check_box_format_keeps_its_extension() -> None:
    copy = marked(RICH, change("D9", fill=RED))
    style = int(cell_of(copy, "D9").get("s", "0"))
    formats = etree.fromstring(parts(copy)["xl/styles.xml"]).find("s:cellXfs", NS)
    assert formats is not None
    assert formats[style].find(".//{*}ext") is not None


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"value": Decimal("0.45")}, False),
        ({"value": Decimal("0.45"), "fill": RED}, False),
        ({"value": Decimal("0.45"), "formula": "1-0.55"}, False),
        ({"formula": "1-0.55"}, False),
        ({"value": "无"}, True),
        ({"value": "=1"}, True),
        ({"fill": RED}, True),
    ],
)
def test_a_mark_that_makes_text_goes_with_the_text(fields: dict[str, object], stays: bool) -> None:
    """A number typed behind an apostrophe is text; as a number it would become text again."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("表").write("A1", "0.54", book.add_format({"quote_prefix": True}))
    book.close()
    copy = marked(target.getvalue(), change("A1", **fields), sheet="表")
    formats = etree.fromstring(parts(copy)["xl/styles.xml"]).find("s:cellXfs", NS)
    assert formats is not None
    look = formats[int(cell_of(copy, "A1").get("s", "0"))]
    assert (look.get("quotePrefix") == "1") is stays
    assert [look.get("quotePrefix") for look in formats[:2]] == [None, "1"]


def test_number_format_is_replaced_on_demand() -> None:
    copy = marked(RICH, change("G6", number_format="0.0%"), change("G5", number_format="0.00%"))
    page = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]
    assert page["G6"].number_format == "0.0%"
    assert page["G5"].number_format == "0.00%"
    assert page["G6"].border.left.style == "thin"


@pytest.mark.parametrize(("address", "expected"), [("D13", "#,##0.00_ "), ("M2", "0.00%")])
def test_a_new_cell_looks_as_the_blank_one_did(address: str, expected: str) -> None:
    copy = marked(RICH, change(address, fill=RED, value=Decimal("12.5")))
    cell = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET][address]
    assert cell.number_format == expected
    assert cell.fill.fgColor.rgb == RED


def test_rows_and_cells_are_inserted_in_order() -> None:
    addresses = ("C20", "A20", "B5", "XFD4", "D16", "A1048576", "I4")
    copy = marked(RICH, *(change(address, value=Decimal(7)) for address in addresses))
    rows = sheet_of(copy).findall("{*}sheetData/{*}row")
    numbers = [int(row.get("r", "")) for row in rows]
    assert numbers == sorted(set(numbers))
    for row in rows:
        columns = [parse_a1(cell.get("r", ""))[1] for cell in row.iterfind("{*}c")]
        assert columns == sorted(set(columns))
    assert {address: value_of(copy, address) for address in addresses} == dict.fromkeys(
        addresses, "7"
    )
    dimension = sheet_of(copy).find("{*}dimension")
    assert dimension is not None
    assert dimension.get("ref") == "A1:XFD1048576"


def test_rows_and_cells_without_addresses() -> None:
    package = small_workbook(A1=1, B1=2, A2=3, C2=5)
    bare = re.sub(rb' (?:r|spans)="[^"]*"', b"", parts(package)[MAIN_PART])
    bare = bare.replace(b"<c><v>5</v></c>", b'<c r="C2"><v>5</v></c>')
    bare = bare.replace(b"<row><c><v>3", b'<row r="4"><c><v>3').replace(b'"C2"', b'"C4"')
    package = with_part(package, MAIN_PART, bare)
    cells = (
        change("B1", value=Decimal(9)),
        change("B4", value=Decimal(8)),
        change("A2", value="x"),
    )
    copy = marked(package, *cells, sheet="表")
    page = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows == [[1, 9, None], ["x", None, None], [None] * 3, [3, 8, 5]]


def test_a_mark_on_a_covered_cell_goes_to_the_merge() -> None:
    copy = marked(RICH, change("A11", fill=RED, note="一"), change("A10", note="二"))
    cells, _ = changed_cells(parts(RICH)[MAIN_PART], parts(copy)[MAIN_PART])
    assert cells == {"A10"}
    note = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]["A10"].comment
    assert note is not None
    assert note.text == "一\n二"


# Values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "stored"),
    [("95.30", "95.3"), ("1E+3", "1000"), ("-0", "0"), ("0.0541", "0.0541"), ("1E-7", "0.0000001")],
)
def test_numbers_are_stored_plainly(value: str, stored: str) -> None:
    copy = marked(RICH, change("A5", value=Decimal(value)))
    assert value_of(copy, "A5") == stored
    assert cell_of(copy, "A5").get("t") is None


@pytest.mark.parametrize("text", ["=1+1", "+86", "-甲", "@SUM(A1)", "=cmd|'/c calc'!A1"])
def test_text_is_never_a_formula(text: str) -> None:
    copy = marked(RICH, change("G6", value=text))
    cell = cell_of(copy, "G6")
    assert cell.get("t") == "inlineStr"
    assert cell.find("{*}f") is None
    assert "".join(cell.itertext()) == text
    formats = etree.fromstring(parts(copy)["xl/styles.xml"]).find("s:cellXfs", NS)
    assert formats is not None
    assert formats[int(cell.get("s", "0"))].get("quotePrefix") == "1"


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_survives(text: str) -> None:
    package = small_workbook(A1=1)
    copy = marked(package, change("A1", value=text, note=text or "注"), sheet="表")
    stored = openpyxl.load_workbook(io.BytesIO(copy))["表"]["A1"].value
    shown = "".join(char for char in text if char.isprintable() and not char.isspace())
    assert [char for char in str(stored or "") if char in shown] == [
        char for char in _readable(text) if char in shown
    ]


def _readable(text: str) -> str:
    """The text with what XML cannot carry written as a spreadsheet program would show it."""
    guarded = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    escaped = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda match: f"_x{ord(match[0]):04X}_", guarded
    )
    return re.sub("[\ufffe\uffff\ud800-\udfff]", "\ufffd", escaped)


def test_overlong_text_is_cut() -> None:
    copy = marked(RICH, change("G6", value="长" * 40000))
    assert len("".join(cell_of(copy, "G6").itertext())) == 32767


def test_value_metadata_goes_with_the_value() -> None:
    package = edited(RICH, ('wps:flag="1"', 'wps:flag="1" vm="1"'))
    cell = cell_of(marked(package, change("G6", value=Decimal(1))), "G6")
    assert cell.get("vm") is None
    assert cell_of(marked(package, change("G6", fill=RED)), "G6").get("vm") == "1"


# Formulas --------------------------------------------------------------------------------------


def test_a_live_formula_with_its_result() -> None:
    copy = marked(RICH, change("E4", value=Decimal("0.4988"), formula="ROUND(D4/C4,4)"))
    assert formula_of(copy, "E4") == "ROUND(D4/C4,4)"
    assert value_of(copy, "E4") == "0.4988"
    assert "xl/calcChain.xml" not in parts(copy)
    workbook = etree.fromstring(parts(copy)["xl/workbook.xml"])
    settings_ = workbook.find("s:calcPr", NS)
    assert settings_ is not None
    assert settings_.get("fullCalcOnLoad") == "1"


def test_a_formula_without_result() -> None:
    copy = marked(RICH, change("G6", formula='A1&"<"'))
    assert formula_of(copy, "G6") == 'A1&"<"'
    assert cell_of(copy, "G6").find("{*}v") is None


def test_a_shared_formula_is_handed_on() -> None:
    copy = marked(RICH, change("H4", value=Decimal(5)))
    page = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]
    assert page["H4"].value == 5
    assert [page[f"H{row}"].value for row in (5, 6, 7)] == [f"=F{row}-G{row}" for row in (5, 6, 7)]
    heir = cell_of(copy, "H5").find("{*}f")
    assert heir is not None
    assert (heir.get("ref"), heir.get("si"), heir.get("t")) == ("H5:H7", "0", "shared")


def test_a_formula_shared_over_a_block_is_handed_on() -> None:
    package = small_workbook(A1=1, C1="=A1+$A$1", D1="=B1+$A$1", C2="=A2+$A$1", D2="=B2+$A$1")
    shared = '<f t="shared" si="3"/>'
    package = edited(
        package, ("<f>A1+$A$1</f>", '<f t="shared" ref="C1:D2" si="3">A1+$A$1</f>'),
        ("<f>B1+$A$1</f>", shared), ("<f>A2+$A$1</f>", shared), ("<f>B2+$A$1</f>", shared),
    )  # fmt: skip
    page = openpyxl.load_workbook(io.BytesIO(package))["表"]
    assert page["D2"].value == "=B2+$A$1"
    copy = marked(package, change("C1", value=Decimal(5)), sheet="表")
    page = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    formulas = [page[cell].value for cell in ("C1", "D1", "C2", "D2")]
    assert formulas == [5, "=B1+$A$1", "=A2+$A$1", "=B2+$A$1"]


def test_a_follower_of_a_shared_formula_leaves_it_alone() -> None:
    copy = marked(RICH, change("H6", value=Decimal(5)))
    page = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]
    assert [page[f"H{row}"].value for row in (4, 5, 6, 7)] == ["=F4-G4", "=F5-G5", 5, "=F7-G7"]


@pytest.mark.parametrize("address", ["J4", "J5"])
def test_array_formulas_are_marked_but_not_changed(address: str) -> None:
    copy = marked(RICH, change(address, value=Decimal(7), fill=RED, note="注"))
    before, after = cell_of(RICH, address), cell_of(copy, address)
    assert before.findtext("{*}f") == after.findtext("{*}f")
    assert before.findtext("{*}v") == after.findtext("{*}v")
    assert before.get("s") != after.get("s")


@pytest.mark.parametrize("live", ["", "SUM(F4:F7)"])
def test_an_array_of_one_cell_gives_way(live: str) -> None:
    assert cell_of(RICH, "K4").get("cm") == "1"
    copy = marked(RICH, change("K4", value=Decimal(7), formula=live, fill=RED))
    cell = cell_of(copy, "K4")
    found = cell.find("{*}f")
    assert (found is None) if not live else (found.text == live and not found.attrib)
    assert cell.findtext("{*}v") == "7"
    assert cell.get("cm") is None
    assert "xl/calcChain.xml" not in parts(copy)


def test_table_headers_keep_their_text() -> None:
    copy = marked(RICH, change("B1", value="改名", fill=RED), sheet=DETAIL_SHEET)
    assert cell_of(copy, "B1", DETAIL_PART).get("t") == "s"
    assert value_of(copy, "B1", DETAIL_PART) == value_of(RICH, "B1", DETAIL_PART)


STALE = [
    # changed cell → formula cells of the main sheet and of the detail sheet that depend on it;
    # B11 (INDIRECT) may read any cell
    ("D4", {"E4", "B11"}, {"E7"}),
    ("G5", {"H5", "G8", "H8", "B11"}, set()),
    ("F6", {"H6", "F8", "J4", "J5", "J6", "K4", "B11"}, set()),
    ("A5", {"B11"}, set()),
    ("C4", {"E4", "B10", "B11"}, {"E7"}),  # B10 through a defined name
]


def results(package: bytes, part: str) -> dict[str, str]:
    return {
        cell.get("r", ""): cell.findtext("{*}v") or ""
        for cell in sheet_of(package, part).iterfind(".//{*}c")
        if cell.find("{*}v") is not None
    }


@pytest.mark.parametrize(("address", "main", "detail"), STALE)
def test_stale_results_are_removed_and_no_others(
    address: str, main: set[str], detail: set[str]
) -> None:
    copy = marked(RICH, change(address, value=Decimal(77)))
    for part, expected in ((MAIN_PART, main), (DETAIL_PART, detail)):
        before, after = results(RICH, part), results(copy, part)
        assert {cell for cell in before if cell not in after} == expected
    # The hidden sheets show C4 twice.
    gone = results(copy, "xl/worksheets/sheet3.xml").keys() ^ {"A1", "B1"}
    assert gone == ({"B1"} if address == "C4" else set())


def test_known_results_are_written() -> None:
    copy = marked(RICH, change("G5", value=Decimal(28)), G8="92.29", H5="2", E4="0.7")
    assert value_of(copy, "G8") == "92.29"
    assert value_of(copy, "H5") == "2"
    assert value_of(copy, "E4") == "0.7"
    assert value_of(copy, "H8") is None  # depends on G8, its new text is not known
    assert cell_of(copy, "H8").get("t") is None
    assert value_of(copy, "E7", DETAIL_PART) is None  # depends on E4


def test_results_are_only_written_to_formula_cells() -> None:
    copy = marked(RICH, change("G6", fill=RED), G5="1", A5="2")
    cells, _ = changed_cells(parts(RICH)[MAIN_PART], parts(copy)[MAIN_PART])
    assert cells == {"G6"}


def test_changes_on_another_sheet_reach_formulas_through_sheet_and_table() -> None:
    copy = marked(RICH, change("C3", value=Decimal(20)), sheet=DETAIL_SHEET)
    after = results(copy, DETAIL_PART)
    assert "C7" not in after and "D7" not in after
    main = {"B12"}
    assert results(RICH, MAIN_PART).keys() - results(copy, MAIN_PART).keys() == main | {"B11"}


@pytest.mark.parametrize(
    ("formula", "depends"),
    [
        ("=B1", False),
        ("=SUM(A1:A3)", True),
        ("=SUM($A:$A)", True),
        ("=SUM(1:1)", True),
        ("=SUM(2:3)", False),
        ("=表!$A$1", True),
        ("='表'!A1", True),
        ("=SUM(B1:C9)", False),
        ('=LEN("A1")', False),
        ("=LOG10(B2)", False),
        ("=INDEX(A1:B2,1,2)", True),
        ("=OFFSET(B1,0,-1)", True),
        ("=SUM(B1:INDEX(C:C,3))", True),  # not understood, so it counts as dependent
        ("=SUM(B1:INDEX(B:B,ROW()-1))", False),
        ("=SUM(b1:index(b:b,9))", False),
        ("=SUM(A1:INDEX(A:A,ROW()-1))", True),
        ("=SUM(A2:INDEX(A:A,ROW()-1))", False),  # A2:A4
        ("=SUM(A2:INDEX(A:A,ROW()-4))", True),  # A1:A2
        ("=SUM(A2:INDEX(A:A,B1))", True),  # nobody knows how far
        ("=SUM(INDEX(A:A,ROW()-4):INDEX(A:A,ROW(B9)-1))", True),
        ("=SUM(INDEX(A:A,ROW()+1):INDEX(A:A,ROW(B9)-1))", False),  # A6:A8
        ("=SUM(INDEX(A:A,ROW(A1)+1))", False),  # where A1 is, not what it holds
        ("=SUM(INDEX(B:B,ROW()+1):INDEX(B:B,ROW(B9)-1))", False),
        ("=SUM(INDEX(B:B,3):B9)", False),
        ("=SUM(INDEX(B1:B9,2):B5)", True),  # it might lie outside B1:B9
        ("=SUM(表!B1:INDEX(B:B,3))", True),
        ('=SUMIF($B$1:INDEX($B:$B,ROW()-1),"人数",C$1:INDEX(C:C,ROW()-1))', False),
        ('=SUM(B1:INDEX(B:B,MATCH("(",A:A,0)))', True),
        ("=[1]Sheet1!A1", False),
        ("=未知名称+1", True),
        ("=A1:B2 B1:C3", True),
        ("=#REF!+1", False),
        ("=TRUE", False),
        ("=1.5E+3*B2", False),
        ("=Sheet99!A1", False),
        ("=SUM(没有此表[金额])", True),
        ("=SUM(表!B1:表!C1)", True),
        ("=SUM(表:表!A1)", True),
        ("=XYZ1+1", True),
        ("=A1048577+1", True),
        ("=SUM(B1:INDEX(B:B,INDIRECT(C9)))", True),
        *(
            (f"={name}(B2)", True)
            for name in ("INDIRECT", "EVALUATE", "GETPIVOTDATA", "CELL", "INFO", "FORMULATEXT")
        ),
        *((f"=_xlfn.{name}(B2)", True) for name in ("LET", "LAMBDA", "FORMULATEXT", "ANCHORARRAY")),
    ],
)
def test_dependence_by_formula(formula: str, depends: bool) -> None:
    package = small_workbook(A1=1, D5=formula)
    copy = marked(package, change("A1", value=Decimal(2)), sheet="表")
    assert (value_of(copy, "D5") is None) == depends


def test_a_long_chain_of_formulas() -> None:
    rows = 4000
    package = small_workbook(A1=1, **{f"A{row}": f"=A{row - 1}+1" for row in range(2, rows)})
    copy = marked(package, change("A2", value=Decimal(5)), sheet="表")
    assert set(results(copy, MAIN_PART)) == {"A1", "A2"}


# Notes -----------------------------------------------------------------------------------------


NOTES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"


def test_the_type_of_a_part_that_is_gone_is_not_told_twice() -> None:
    left = f'<Override PartName="/XL/comments1.xml" ContentType="{NOTES_TYPE}"/></Types>'
    package = edited(small_workbook(A1=1), ("</Types>", left), part="[Content_Types].xml")
    copy = marked(package, change("A1", note="注"), sheet="表")
    assert inconsistencies(copy) == []


def test_notes_and_boxes_that_are_gone_are_made_anew() -> None:
    """Some programs delete a sheet's notes and leave what led to them."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("表").write_comment("A1", "旧")
    book.close()
    content = parts(target.getvalue())
    del content["xl/comments1.xml"], content["xl/drawings/vmlDrawing1.vml"]
    copy = marked(zipped(content), change("B2", note="注"), sheet="表")
    assert inconsistencies(copy) == []
    names = [etree.QName(child).localname for child in sheet_of(copy)]
    assert names.count("legacyDrawing") == 1
    assert openpyxl.load_workbook(io.BytesIO(copy))["表"]["B2"].comment.text == "注"


@pytest.mark.parametrize("after", ["", "<legacyDrawingHF/>", "<extLst/>"])
def test_a_drawing_that_is_nowhere_gives_way(after: str) -> None:
    """Two elements of that name are more than Excel takes."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    gone = f'<legacyDrawing xmlns:k="{relations}" k:id="rId77"/>'
    package = edited(small_workbook(A1=1), ("</worksheet>", f"{gone}{after}</worksheet>"))
    copy = marked(package, change("B2", note="注"), sheet="表")
    assert [line for line in inconsistencies(copy) if "rId77" in line] == []
    names = [etree.QName(child).localname for child in sheet_of(copy)]
    assert names.count("legacyDrawing") == 1
    assert names[-1] == (etree.fromstring(after).tag if after else "legacyDrawing")
    assert openpyxl.load_workbook(io.BytesIO(copy))["表"]["B2"].comment.text == "注"


@pytest.mark.parametrize(("highest", "number"), [("9", "10"), ("65533", "65534"), ("65534", "2")])
def test_new_sheets_get_a_number_that_programs_take(highest: str, number: str) -> None:
    content = parts(RICH)
    book = content["xl/workbook.xml"].decode()
    last = re.findall(r'sheetId="(\d+)"', book)[-1]
    assert last not in ("1", "2")
    book = book.replace(f'sheetId="{last}"', f'sheetId="{highest}"').replace(
        'sheetId="2"', 'sheetId="5"'
    )
    copy = patch(zipped({**content, "xl/workbook.xml": book}), {}, (REVIEW,))
    sheets = etree.fromstring(parts(copy)["xl/workbook.xml"]).iter("{*}sheet")
    numbers = [sheet.get("sheetId") for sheet in sheets]
    assert numbers[0] == number
    assert len(set(numbers)) == len(numbers)


def test_a_note_has_no_more_text_than_programs_take() -> None:
    """With more than 32,767 characters a workbook is repaired, and notes are lost."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("表")
    for row, length in enumerate((32_700, 32_766, 32_767)):
        page.write_comment(row, 0, "长" * length)
    book.close()
    changes = (change(f"A{row}", note="请核对。" * 50) for row in (1, 2, 3))
    copy = marked(target.getvalue(), *changes, sheet="表")
    page = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    texts = [page[f"A{row}"].comment.text for row in (1, 2, 3)]
    assert list(map(len, texts)) == [32_767] * 3
    assert texts[0] == "长" * 32_700 + "\n" + ("请核对。" * 50)[:66]


def test_a_note_is_added_below_the_existing_one() -> None:
    copy = marked(RICH, change("G4", note="【S102 核实】请核对。"))
    page = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]
    assert page["G4"].comment.text == "原有批注：由财务填报\n【S102 核实】请核对。"
    assert page["G4"].comment.author == "填报人"


def test_the_box_of_a_longer_note_grows() -> None:
    def bottom(package: bytes) -> list[int]:
        drawing = parts(package)["xl/drawings/vmlDrawing1.vml"].decode()
        anchors = re.findall(r"<x:Anchor>([^<]*)</x:Anchor>", drawing)
        return [int(anchor.split(",")[6]) for anchor in anchors]

    before, after = bottom(RICH), bottom(marked(RICH, change("G4", note="请核对。" * 60)))
    assert after[0] > before[0] + 4
    assert after[1:] == before[1:]


def test_a_new_note_joins_the_existing_ones() -> None:
    copy = marked(RICH, change("E4", note="【S101】应为 <50%> & 更多"))
    page = openpyxl.load_workbook(io.BytesIO(copy))[MAIN_SHEET]
    assert page["E4"].comment.text == "【S101】应为 <50%> & 更多"
    assert page["G4"].comment.text == "原有批注：由财务填报"
    drawing = parts(copy)["xl/drawings/vmlDrawing1.vml"]
    assert drawing.startswith(parts(RICH)["xl/drawings/vmlDrawing1.vml"].removesuffix(b"</xml>"))
    assert b"<br>" in drawing
    identifiers = re.findall(rb'id="(_x0000_s\d+)"', drawing)
    assert len(identifiers) == len(set(identifiers)) == 4


def test_a_threaded_comment_keeps_its_note() -> None:
    copy = marked(RICH, change("G5", note="注", fill=RED))
    diff = compare(RICH, copy)
    assert diff.changed == (MAIN_PART, "xl/styles.xml")


def test_first_notes_of_a_sheet() -> None:
    copy = marked(RICH, change("C3", note="一" * 200), change("C4", note="二"), sheet=DETAIL_SHEET)
    files = parts(copy)
    assert {"xl/comments2.xml", "xl/drawings/vmlDrawing3.vml"} <= set(files)
    page = sheet_of(copy, DETAIL_PART)
    names = [etree.QName(child).localname for child in page]
    assert names.index("legacyDrawing") == names.index("tableParts") - 1
    notes = openpyxl.load_workbook(io.BytesIO(copy))[DETAIL_SHEET]
    assert notes["C3"].comment.text == "一" * 200
    drawing = etree.fromstring(files["xl/drawings/vmlDrawing3.vml"])
    heights = [
        float(re.search(r"height:([\d.]+)pt", shape.get("style", ""))[1])  # type: ignore[index]
        for shape in drawing.iterfind("{urn:schemas-microsoft-com:vml}shape")
    ]
    assert heights[0] > 4 * heights[1]


def test_notes_go_before_a_header_picture() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("表")
    page.set_header("&L&G", {"image_left": "a.png", "image_data_left": io.BytesIO(tiny_png())})
    book.close()
    copy = marked(target.getvalue(), change("A1", note="注"), sheet="表")
    names = [etree.QName(child).localname for child in sheet_of(copy)]
    assert names.index("legacyDrawing") == names.index("legacyDrawingHF") - 1


# New sheets ------------------------------------------------------------------------------------


def test_new_sheets_stand_first_and_open() -> None:
    copy = patch(RICH, {}, [REVIEW, REVIEW])
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames == ["核对结果", "核对结果(2)", *SHEETS]
    assert book.active is not None
    assert book.active.title == "核对结果"
    assert [page.title for page in book if page.sheet_view.tabSelected] == ["核对结果"]
    assert [page.sheet_state for page in book] == [
        "visible", "visible", "visible", "visible", "hidden", "veryHidden",
    ]  # fmt: skip
    assert book.security.lockStructure


@pytest.mark.parametrize("value", ["0", "false"])
def test_sheets_that_are_not_selected_stay_untouched(value: str) -> None:
    package = edited(RICH, ('tabSelected="1"', f'tabSelected="{value}"'), part=DETAIL_PART)
    diff = compare(package, patch(package, {}, [REVIEW]))
    assert DETAIL_PART not in diff.changed
    assert MAIN_PART in diff.changed


def test_new_sheet_content() -> None:
    page = openpyxl.load_workbook(io.BytesIO(patch(RICH, {}, [REVIEW])))["核对结果"]
    assert page["A1"].value == "核对结果"
    assert page["A1"].font.size == 16
    assert page["C3"].value == "=SUM(1)&'<'"
    assert page["C3"].data_type == "s"
    assert page["A3"].value == 1
    assert page["A4"].value == 2.5
    assert page["C4"].border.left.style == "thin"
    assert page["B3"].hyperlink.location == f"'{MAIN_SHEET}'!E4"
    assert page.freeze_panes == "B3"
    assert page.auto_filter.ref == "A2:C4"
    assert page.print_title_rows == "$2:$2"
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert not page.sheet_properties.outlinePr.summaryBelow
    assert page.row_dimensions[4].outlineLevel == 1
    assert page.column_dimensions["C"].width == 40
    assert str(next(iter(page.merged_cells.ranges))) == "A1:C1"
    validation = page.data_validations.dataValidation[0]
    assert validation.formula1 == '"采纳,保留原值,退回"'
    assert str(validation.sqref) == "C3:C4"


def test_names_move_with_their_sheets() -> None:
    book = openpyxl.load_workbook(io.BytesIO(patch(RICH, {}, [REVIEW])))
    assert book[MAIN_SHEET].print_title_rows == "$1:$3"
    assert "局部" in book["隐藏"].defined_names
    assert set(book.defined_names) == {"预算数", "明细合计"}


def test_a_taken_name_is_numbered() -> None:
    package = patch(RICH, {}, [REVIEW])
    book = openpyxl.load_workbook(io.BytesIO(patch(package, {}, [REVIEW])))
    assert book.sheetnames[:2] == ["核对结果(2)", "核对结果"]


def test_options_that_cannot_be_listed_are_refused() -> None:
    sheet = NewSheet("甲", (), (), choices=(Choice((0, 0, 0, 0), ("一,二",)),))
    with pytest.raises(ValueError, match="options"):
        patch(RICH, {}, [sheet])


# Kinds of files --------------------------------------------------------------------------------


def test_strict_files_stay_strict() -> None:
    package = rich_workbook(strict=True)
    cells = (change("E4", fill=RED, value=Decimal("0.5"), note="注"), change("A20", value="新"))
    changes = {
        MAIN_SHEET: SheetChanges(cells),
        DETAIL_SHEET: SheetChanges((change("C3", note="注"),)),
    }
    copy = patch(package, changes, [REVIEW])
    for name, content in parts(copy).items():
        if name.startswith("xl/") and name.endswith((".xml", ".rels")):
            assert b"schemas.openxmlformats.org/spreadsheetml" not in content, name
            assert b"schemas.openxmlformats.org/officeDocument/2006" not in content, name
    cells_, rest = changed_cells(parts(package)[MAIN_PART], parts(copy)[MAIN_PART])
    assert cells_ == {"E4", "A20", "B11"}
    # The dimension and the selection of the tab.
    assert len(rest) == 3


def test_prefixed_namespaces() -> None:
    package = small_workbook(A1=1, B1="=A1*2")
    text = parts(package)[MAIN_PART].decode()
    text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace(' xmlns="', ' xmlns:x="', 1)
    package = with_part(package, MAIN_PART, text.encode())
    cells = (change("A1", value=Decimal(3), fill=RED, note="注"), change("C3", value="文"))
    copy = patch(package, {"表": SheetChanges(cells)}, [REVIEW])
    assert b"<x:c " in parts(copy)[MAIN_PART]
    page = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    assert (page["A1"].value, page["B1"].value, page["C3"].value) == (3, "=A1*2", "文")
    assert results(copy, MAIN_PART).keys() == {"A1"}
    assert not page.sheet_view.tabSelected


def test_utf16_parts() -> None:
    package = small_workbook(A1=1, B1="=A1*2")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts(package).items():
            text = content.decode().replace("UTF-8", "UTF-16") if name == MAIN_PART else ""
            archive.writestr(name, text.encode("utf-16") if text else content)
    copy = patch(
        target.getvalue(), {"表": SheetChanges((change("A1", value=Decimal(3)),))}, [REVIEW]
    )
    page = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    assert page["A1"].value == 3
    assert not page.sheet_view.tabSelected


def moved_workbook_part() -> bytes:
    """A package whose workbook is ``/book/wb.xml``, with absolute targets and no styles."""
    package = parts(small_workbook(A1=1, B1="x"))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in package.items():
            if name in ("xl/styles.xml", "xl/theme/theme1.xml"):
                continue
            text = content.decode()
            text = re.sub(r"<(Override|Relationship) [^>]*(styles|theme)[^>]*/>", "", text)
            text = text.replace("xl/workbook.xml", "book/wb.xml")
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace('Target="', 'Target="/xl/')
            place = name.replace("xl/workbook.xml", "book/wb.xml")
            archive.writestr(place.replace("xl/_rels/workbook.xml", "book/_rels/wb.xml"), text)
    return target.getvalue()


def test_workbook_part_elsewhere_absolute_targets_and_no_styles() -> None:
    cells = (change("A1", fill=RED, value=Decimal("0.5"), number_format="0.00%", note="注"),)
    copy = patch(moved_workbook_part(), {"表": SheetChanges(cells)}, [REVIEW])
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames == ["核对结果", "表"]
    assert book["表"]["A1"].fill.fgColor.rgb == RED
    assert book["表"]["A1"].number_format == "0.00%"
    assert book["表"]["A1"].comment is not None


@pytest.mark.parametrize("descriptors", [False, True])
def test_entries_with_data_descriptors_and_zip64(descriptors: bool) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return not descriptors

        def tell(self) -> int:
            if descriptors:
                raise io.UnsupportedOperation
            return super().tell()

    target = Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(RICH).items():
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(content)
        archive.comment = b"kept"
    for prefix in (b"", b"MZ some bytes in front"):
        package = prefix + target.getvalue()
        copy = marked(package, change("G6", fill=RED))
        diff = compare(package, copy)
        assert diff.changed == (MAIN_PART, "xl/styles.xml")
        assert not (diff.repacked or diff.reordered or diff.added or diff.removed)
        with zipfile.ZipFile(io.BytesIO(copy)) as archive:
            assert archive.comment == b"kept"


def test_other_producers() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "表"
    page["A1"], page["A2"], page["A3"] = 1, "=A1*2", "文"
    target = io.BytesIO()
    book.save(target)
    cells = (change("A1", value=Decimal(2), note="注", fill=RED),)
    copy = patch(target.getvalue(), {"表": SheetChanges(cells)}, [REVIEW])
    page = openpyxl.load_workbook(io.BytesIO(copy))["表"]
    assert [page[f"A{row}"].value for row in (1, 2, 3)] == [2, "=A1*2", "文"]


# Broken and hostile files ----------------------------------------------------------------------


def test_an_unknown_sheet_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        marked(RICH, change("A1", fill=RED), sheet="没有")


def test_entities_are_not_expanded() -> None:
    package = small_workbook(A1="文", B1=1)
    text = parts(package)[MAIN_PART].decode()
    hostile = text.replace(
        "<worksheet",
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/hostname">]><worksheet',
        1,
    ).replace("<v>1</v>", "<v>&b;&f;</v>")
    package = with_part(package, MAIN_PART, hostile.encode())
    copy = parts(marked(package, change("C1", fill=RED), sheet="表"))[MAIN_PART]
    assert b"<v>&b;&f;</v>" in copy


@pytest.mark.parametrize("cut", [0, 10, 200, 5000])
def test_truncated_files(cut: int) -> None:
    with pytest.raises(WorkbookProblem):
        patch(RICH[: len(RICH) - cut - 1], {}, [REVIEW])


def test_a_part_whose_bytes_are_damaged() -> None:
    with zipfile.ZipFile(io.BytesIO(RICH)) as archive:
        offset = archive.getinfo(MAIN_PART).header_offset
    names = struct.unpack_from("<HH", RICH, offset + 26)
    place = offset + 30 + sum(names) + 40
    broken = RICH[:place] + bytes([RICH[place] ^ 0xFF]) + RICH[place + 1 :]
    with pytest.raises(WorkbookProblem):
        marked(broken, change("G6", fill=RED))


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (MAIN_PART, "<f " * 100_000),
        (MAIN_PART, '<f t="shared" si="0">' + "'" * 100_000),
        (MAIN_PART, " " * 300_000 + "<row" * 50_000),
        ("xl/drawings/vmlDrawing1.vml", "<v:shape " * 100_000),
        (DETAIL_PART, "<f " * 100_000),
        (DETAIL_PART, " " * 300_000),
    ],
)
def test_no_text_takes_long(part: str, text: str) -> None:
    for mark in ("<sheetData", "<v:shapetype", "</row>"):
        content = parts(RICH)[part].replace(mark.encode(), text.encode() + mark.encode(), 1)
        cells = (change("G4", note="注", fill=RED), change("H4", value=Decimal(5)))
        started = time.process_time()
        with contextlib.suppress(WorkbookProblem):
            patch(with_part(RICH, part, content), {MAIN_SHEET: SheetChanges(cells)}, [REVIEW])
        assert time.process_time() - started < 2


def test_mutated_parts_give_a_copy_or_a_problem() -> None:
    """Random bytes of random parts changed: a copy comes out or WorkbookProblem, nothing else."""
    chance = random.Random(20231105)
    cells = (change("H4", value=Decimal(5), fill=RED, note="注"), change("G4", note="注"))
    changes = {
        MAIN_SHEET: SheetChanges(cells),
        DETAIL_SHEET: SheetChanges((change("C3", fill=RED),)),
    }
    files = parts(RICH)
    names = [name for name in files if name.endswith((".xml", ".rels", ".vml"))]
    copies = 0
    for _ in range(300):
        name = chance.choice(names)
        content = bytearray(files[name])
        for _ in range(chance.choice((1, 3, 10))):
            place = chance.randrange(len(content))
            if chance.random() < 0.3:
                del content[place : place + chance.choice((1, 8, 40))]
            else:
                content[place] = chance.choice(b"<>/\"'=&;!A09 \xff")
            content = content or bytearray(b" ")
        try:
            patch(with_part(RICH, name, bytes(content)), changes, [REVIEW])
            copies += 1
        except (WorkbookProblem, KeyError) as problem:
            # A damaged list of sheets may not have the sheet any more.
            assert isinstance(problem, WorkbookProblem) or name == "xl/workbook.xml"
    assert copies > 50


# Other programs --------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("strict", [False, True])
def test_libreoffice_opens_the_copy_and_computes_what_was_removed(
    tmp_path: Path, strict: bool
) -> None:
    cells = (change("G5", value=Decimal(20), fill=RED, note="注"), change("D4", value=Decimal(50)))
    changes = {MAIN_SHEET: SheetChanges(cells)}
    (tmp_path / "copy.xlsx").write_bytes(patch(rich_workbook(strict=strict), changes, [REVIEW]))
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}"]
    target = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out")]
    subprocess.run(
        [*command, *target, str(tmp_path / "copy.xlsx")],
        check=True,
        capture_output=True,
        timeout=120,
    )
    book = openpyxl.load_workbook(tmp_path / "out" / "copy.xlsx", data_only=True)
    assert book.sheetnames == ["核对结果", *SHEETS]
    page = book[MAIN_SHEET]
    assert page["E4"].value == pytest.approx(0.5)
    assert page["G8"].value == pytest.approx(4.99 + 20 + 29.6 + 29.7)
    assert page["H8"].value == "良"
    assert page["G5"].fill.fgColor.rgb == RED
