"""Workbooks as read: values, formats, formulas, merges and errors at their addresses."""

from __future__ import annotations

import io
import re
import struct
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from binary_workbook import binary_package
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from open_document_bytes import raw, table
from openpyxl.styles import numbers
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook
from rich_workbook import rich_workbook
from workbook_bytes import (
    MACRO_TYPE,
    MAIN,
    STRICT_MAIN,
    STRICT_RELATIONS,
    package_parts,
    sheet_xml,
    simple,
    zipped,
)

from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import (
    BUILT_IN,
    is_date,
    shown_decimals,
    with_decimals,
)
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import Block, Bond, Sheet
from selfeval_xl.workbooks.workbook import Workbook, WorkbookProblem


def only(data: bytes) -> Sheet:
    (sheet,) = read_workbook(data, "表.xlsx").sheets
    return sheet


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def values_by_xlsxwriter() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        sheet = workbook.add_worksheet("第一张")
        percent = workbook.add_format({"num_format": "0.00%"})
        day = workbook.add_format({"num_format": "yyyy年m月d日"})
        sheet.write("C4", 0.0541, percent)
        sheet.write("D4", "文字\n两行")
        sheet.write("E4", True)
        sheet.write_datetime("F4", datetime(2022, 11, 30), day)
        sheet.write_formula("G4", "=C4*2", percent, 0.1082)
        sheet.write_formula("H4", "=1/0", None, "#DIV/0!")
        sheet.write_formula("I4", '=IF(A1="","",1)', None, "")
        sheet.write("C5", 317.395)
        sheet.write("D5", 23186)
        sheet.write_blank("E5", None, percent)
        sheet.merge_range("C6:D7", "合并")
        sheet.write_rich_string("C8", workbook.add_format({"bold": True}), "粗", "细")
        workbook.add_worksheet("隐藏").hide()
        workbook.add_worksheet("深藏").very_hidden()
        chart = workbook.add_chart({"type": "bar"})
        chart.add_series({"values": "='第一张'!$C$4:$C$5"})
        workbook.add_chartsheet("图").set_chart(chart)
    return buffer.getvalue()


def test_everything_at_its_address() -> None:
    workbook = read_workbook(values_by_xlsxwriter(), "任意.xlsx")
    assert [(s.name, s.hidden) for s in workbook.sheets] == [
        ("第一张", False),
        ("隐藏", True),
        ("深藏", True),
    ]
    sheet = workbook.sheets[0]
    assert (workbook.format, workbook.patchable, workbook.notices) == ("xlsx", True, ())
    assert sheet.rows == [
        [],
        [],
        [],
        [None, None, 0.0541, "文字\n两行", True, date(2022, 11, 30), 0.1082, None, None],
        [None, None, 317.395, 23186],
        [None, None, "合并"],
        [],
        [None, None, "粗细"],
    ]
    assert sheet.merges == ((5, 2, 6, 3),)
    assert sheet.formulas == {(3, 6): "C4*2", (3, 7): "1/0", (3, 8): 'IF(A1="","",1)'}
    assert sheet.errors == {(3, 7): "#DIV/0!"}
    assert sheet.number_formats == {
        (3, 2): "0.00%",
        (3, 5): "yyyy年m月d日",
        (3, 6): "0.00%",
    }


STRINGS = (
    "<si><t>一</t></si>"
    '<si><r><rPr><b/></rPr><t xml:space="preserve">富 </t></r><r><t>文本</t></r>'
    '<rPh sb="0" eb="1"><t>フリ</t></rPh></si>'
    "<si><t>a_x000D_b_x005F_x000D_</t></si>"
    "<si><t>&lt;&amp;&gt;&#x4E2D;&#25991;</t></si>"
    "<si/>"
    "<si><t/></si>"
)


def cell(markup: str, **options: object) -> object:
    """Return the value of the only cell of a sheet, by its markup."""
    rows = only(simple(f'<row r="1">{markup}</row>', **options)).rows
    return rows[0][0] if rows and rows[0] else None


@pytest.mark.parametrize(
    ("markup", "value"),
    [
        ('<c r="A1" t="s"><v>0</v></c>', "一"),
        ('<c r="A1" t="s"><v>1</v></c>', "富 文本"),
        ('<c r="A1" t="s"><v>2</v></c>', "a\rb_x000D_"),
        ('<c r="A1" t="s"><v>3</v></c>', "<&>中文"),
        ('<c r="A1" t="s"><v>4</v></c>', None),
        ('<c r="A1" t="s"><v>5</v></c>', None),
        ('<c r="A1" t="inlineStr"><is><t>行内</t></is></c>', "行内"),
        ('<c r="A1" t="inlineStr"><is><r><t>行</t></r><r><t>内</t></r></is></c>', "行内"),
        ('<c r="A1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', "ab"),
        ('<c r="A1"><f>VLOOKUP(B1,B:C,2)</f></c>', None),
        ('<c r="A1"><f>VLOOKUP(B1,B:C,2)</f><v></v></c>', None),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="e"><v>#REF!</v></c>', None),
        ('<c r="A1" t="d"><v>2022-11-30</v></c>', date(2022, 11, 30)),
        ('<c r="A1" t="d"><v>2022-11-30T08:30:00</v></c>', datetime(2022, 11, 30, 8, 30)),
        ('<c r="A1"><v>28</v></c>', 28),
        ('<c r="A1" t="n"><v>-28</v></c>', -28),
        ('<c r="A1"><v>0.10000000000000001</v></c>', 0.1),
        ('<c r="A1"><v>1.5E-3</v></c>', 0.0015),
        ('<c r="A1"><v>1E+20</v></c>', 1e20),
        ('<c r="A1"><v>123456789012345678</v></c>', 123456789012345680.0),
        ('<c r="A1"><v> 7 </v></c>', 7),
        ('<c r="A1"><v>NaN</v></c>', None),
        ('<c r="A1"><v>1_0</v></c>', "1_0"),
        ('<c r="A1"><v>十</v></c>', "十"),
        ('<c r="A1"><v/></c>', None),
        ('<c r="A1" s="0"></c>', None),
        ("<c t='n' r='A1' s='0'><v>5</v></c>", 5),
        ('<c cm="1" r="A1" vm="2"><v>5</v></c>', 5),
        ('<c\n r="a1"><v>5</v></c>', 5),
        ('<c r="A1" t="s" vm="1"><v>0</v><extLst/></c>', "一"),
    ],
)
def test_cell_types(markup: str, value: object) -> None:
    found = cell(markup, strings=STRINGS)
    assert found == value
    assert type(found) is type(value)


def test_error_and_not_a_number_are_errors() -> None:
    sheet = only(simple('<row><c t="e"><v>#N/A</v></c><c><v>INF</v></c></row>'))
    assert sheet.errors == {(0, 0): "#N/A", (0, 1): "#NUM!"}
    assert sheet.rows == [[None, None]]


def test_shared_formula_followers_are_blank_texts() -> None:
    sheet = only(
        simple(
            '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1&lt;2</f><v>1</v></c></row>'
            '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
            '<row r="3"><c r="A3"><f t="shared" si="0"></f></c></row>'
        )
    )
    assert sheet.formulas == {(0, 0): "B1<2", (1, 0): "", (2, 0): ""}
    assert sheet.rows == [[1], [2], [None]]


def test_blocks_are_cells_that_stand_for_one_formula() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1:D2</f><v>1</v></c><c r="B1"><v>2</v></c>'
        '<c r="C1"><f t="array" ref="C1">SUM(A1:A2)</f><v>3</v></c></row>'
        '<row r="2"><c r="A2"><v>4</v></c><c r="C2"><f t="dataTable" ref="C2" r1="D1"/><v>5</v></c>'
        '<c r="D2"><f t="array" ref="?">1</f><v>6</v></c></row>'
    )
    sheet = only(simple(rows))
    assert sheet.blocks == (
        Block(Bond.ARRAY, (0, 0, 1, 1)),
        Block(Bond.DATA_TABLE, (1, 2, 1, 2)),
    )
    array = {(0, 0): "C1:D2", (0, 1): "C1:D2", (1, 0): "C1:D2", (1, 1): "C1:D2"}
    assert sheet.formulas == {**array, (0, 2): "SUM(A1:A2)", (1, 2): "", (1, 3): "1"}
    found = [sheet.block(cell) for cell in ((1, 1), (0, 2), (1, 2), (1, 3))]
    assert [block and block.bond for block in found] == [Bond.ARRAY, None, Bond.DATA_TABLE, None]


def test_arrays_over_each_other_cost_no_more_than_the_sheet_may_hold() -> None:
    array = '<c r="A{0}"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>'
    rows = "".join(f'<row r="{n}">{array.format(n)}</row>' for n in range(1, 3001))
    (sheet,) = read_workbook(simple(rows), "表.xlsx", Limits(cells=5_000)).sheets
    assert len(sheet.blocks) == 3000


def test_rows_and_cells_without_addresses() -> None:
    sheet = only(
        simple(
            "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/>"
            '<row r="5"><c r="C5"><v>5</v></c><c><v>6</v></c></row><row><c><v>7</v></c></row>'
        )
    )
    assert sheet.rows == [[1, None, 3], [], [], [], [None, None, 5, 6], [7]]


@pytest.mark.parametrize("cell", ['<c r="A]]>1"><v>5</v></c>', '<c  s="1" r="A1>"><v>5</v></c>'])
def test_a_cell_whose_address_is_none_is_damaged(cell: str) -> None:
    with pytest.raises(WorkbookProblem) as found:
        only(simple(f'<row r="1">{cell}</row>'))
    assert found.value.kind == "damaged"


def test_an_empty_address_is_none() -> None:
    sheet = only(
        simple('<row r="2"><c r="B2"><v>1</v></c><c r="" s="0"><v>2</v></c><c r=""/></row>')
    )
    assert sheet.rows == [[], [None, 1, 2]]


def test_a_sheet_is_given_again_only_when_all_it_rests_on_is_the_same() -> None:
    def read(text: str = "<si><t>一</t></si>", styles: str = STYLES, name: str = "表") -> Sheet:
        parts = package_parts({name: sheet_xml(ROWS, MERGES)}, strings=text, styles=styles)
        return only(zipped(parts))

    first = read()
    assert read() is first
    assert read("<si><t>二</t></si>").rows == [[1, "二"], [], [None, 0.5]]
    assert read("<si><t>一</t></si><si><t>二</t></si>") == first
    assert read(styles="").number_formats == {}
    assert read(name="另一张").name == "另一张"
    with pytest.raises(WorkbookProblem, match="不存在的文字"):
        read("<other/>")
    assert read() == first


def test_cells_out_of_order() -> None:
    sheet = only(
        simple(
            '<row r="3"><c r="C3"><v>3</v></c><c r="A3"><v>1</v></c></row>'
            '<row r="1"><c r="B1"><v>2</v></c></row>'
        )
    )
    assert sheet.rows == [[None, 2], [], [1, None, 3]]


EXPECTED = [[1, "一"], [], [None, 0.5]]
ROWS = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>'
    '<row r="3"><c r="B3" s="1"><v>0.5</v></c></row>'
)
MERGES = '<mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="C3"/></mergeCells>'
STYLES = (
    '<numFmts><numFmt numFmtId="176" formatCode="0.0&quot;分&quot;"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf applyNumberFormat="1" numFmtId="176"/></cellXfs>'
)


def prefixed(xml: str) -> str:
    """Give every element of a part the prefix x."""
    declared = xml.replace("xmlns=", "xmlns:x=")
    return declared.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")


PLAIN = package_parts({"表": sheet_xml(ROWS, MERGES)}, strings=STRINGS, styles=STYLES)
BIG_ENDIAN = str(PLAIN["xl/sheets/s1.xml"]).replace("UTF-8", "UTF-16")


@pytest.mark.parametrize(
    "parts",
    [
        PLAIN,
        {**PLAIN, "xl/sheets/s1.xml": "\ufeff" + str(PLAIN["xl/sheets/s1.xml"])},
        {**PLAIN, "xl/sheets/s1.xml": BIG_ENDIAN.encode("utf-16")},
        {**PLAIN, "xl/sheets/s1.xml": prefixed(str(PLAIN["xl/sheets/s1.xml"]))},
        {
            name: prefixed(str(part)) if name in ("xl/strings.xml", "xl/styles.xml") else part
            for name, part in PLAIN.items()
        },
        {
            **PLAIN,
            "xl/sheets/s1.xml": sheet_xml(
                "<!-- <c r='A9'><v>9</v></c> -->" + ROWS.replace("0.5", "<![CDATA[0.5]]>"), MERGES
            ),
        },
        {name.replace("/", "\\"): part for name, part in PLAIN.items()},
        {name.upper(): part for name, part in PLAIN.items()},
        {name: part for name, part in PLAIN.items() if name != "[Content_Types].xml"},
        package_parts(
            {"表": sheet_xml(ROWS, MERGES)}, strings=STRINGS, styles=STYLES, absolute=True
        ),
        package_parts(
            {"表": sheet_xml(ROWS, MERGES)},
            strings=STRINGS,
            styles=STYLES,
            workbook="别处/book.xml",
        ),
        package_parts(
            {"表": sheet_xml(ROWS, MERGES, STRICT_MAIN)},
            strings=STRINGS,
            styles=STYLES,
            relations=STRICT_RELATIONS,
        ),
    ],
)
def test_packages_written_differently(parts: dict[str, str | bytes]) -> None:
    sheet = only(zipped(parts))
    assert sheet.rows == EXPECTED
    assert sheet.merges == ((0, 0, 1, 0),)
    assert sheet.number_formats == {(2, 1): '0.0"分"'}


ENDS = ("sheetData", "row", "c", "v", "mergeCells", "si", "t", "cellXfs", "numFmts", "worksheet")


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\r\n"])
@pytest.mark.parametrize("end", [*ENDS, r"\w+"])
def test_space_in_end_tags(end: str, space: str) -> None:
    """XML allows it: nothing of a sheet may be lost for it."""
    spaced = {
        name: re.sub(f"</({end})>", rf"</\1{space}>", str(part)) for name, part in PLAIN.items()
    }
    assert spaced != PLAIN
    test_packages_written_differently(dict(spaced))


@pytest.mark.parametrize("value", ['"a>b"', "'/>'", '">"', "'r=\"B9\">'", '"</"'.replace("<", ">")])
@pytest.mark.parametrize("name", [*ENDS, "mergeCell", "numFmt", "xf", r"[a-z]\w*"])
def test_ends_of_tags_in_values(name: str, value: str) -> None:
    """XML allows them: nothing of a sheet may be lost or taken for something else."""
    marked = {
        part: re.sub(rf"<({name})(?=[\s/>])", rf"<\1 x={value}", str(content))
        for part, content in PLAIN.items()
    }
    assert marked != PLAIN
    test_packages_written_differently(dict(marked))


def test_what_a_copy_cannot_keep_or_add_is_said() -> None:
    assert read_workbook(rich_workbook(signed=True), "表.xlsx").notices == (
        "原件带有数字签名：标注副本改动了内容，签名随之失效，已从副本中去掉；原件及其签名不受影响。",
        "有会话批注（可以回复的批注）的单元格不另加批注，核对说明请看“核对结果”工作表。",
    )
    assert len(read_workbook(rich_workbook(), "表.xlsx").notices) == 1
    assert read_workbook(saved(openpyxl.Workbook()), "表.xlsx").notices == ()


def test_macro_workbook_is_patchable() -> None:
    workbook = read_workbook(simple(ROWS, strings=STRINGS, content_type=MACRO_TYPE), "表.xlsm")
    assert (workbook.format, workbook.patchable) == ("xlsm", True)


def test_blank_workbooks() -> None:
    assert only(simple("")).rows == []
    assert only(zipped(package_parts({"表": f'<worksheet xmlns="{MAIN}"/>'}))).rows == []
    assert read_workbook(zipped(package_parts({})), "表.xlsx").sheets == ()


def test_formatted_blank_cells_to_the_last_row_cost_nothing() -> None:
    blank = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(4, 60_000))
    last = '<row r="1048576" s="1" customFormat="1"><c r="XFD1048576" s="1"/></row>'
    spaces = '<row r="1048575"><c r="A1048575" t="str"><v> </v></c></row>'
    sheet = only(simple(ROWS + blank + spaces + last, strings=STRINGS, styles=STYLES))
    assert sheet.rows == EXPECTED


DATES = {
    "yyyy-mm-dd": True,
    "yyyy/m/d;@": True,
    'yyyy"年"m"月"d"日"': True,
    "[$-804]yyyy年m月d日": True,
    "m月d日": True,
    "mmm-yy": True,
    "yyyy-mm-dd hh:mm:ss": True,
    "h:mm": False,
    "[h]:mm": False,
    "[mm]:ss": False,
    "mm:ss.0": False,
    "General": False,
    "0.00%": False,
    "0.00E+00": False,
    '0"年"': False,
    "#,##0.00_);[Red](#,##0.00)": False,
    '"第"0"页 days"': False,
    "@": False,
    "[Red]0.0": False,
}


@pytest.mark.parametrize(("code", "expected"), DATES.items())
def test_which_formats_show_dates(code: str, expected: bool) -> None:
    assert is_date(code) is expected


ALIKE = (*range(5), *range(9, 14), *range(15, 22), 45, 46, 48, 49)
"""Formats built in that are written alike in all languages."""


def test_formats_built_in() -> None:
    """Against another library's table, and ECMA-376 §18.8.30 for what Chinese programs show."""
    assert set(BUILT_IN) == {*range(23), *range(27, 59)}
    for number in ALIKE:
        assert BUILT_IN[number] == numbers.BUILTIN_FORMATS[number]
    dates = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
    assert {number for number, code in BUILT_IN.items() if is_date(code)} == dates
    decimals = {number: shown_decimals(code) for number, code in BUILT_IN.items()}
    assert {number for number, found in decimals.items() if found == 0} == {
        1, 3, 5, 6, 37, 38, 41, 42,
    }  # fmt: skip
    assert {number for number, found in decimals.items() if found == 2} == {
        2, 4, 7, 8, 9, 39, 40, 43, 44,
    }  # fmt: skip
    assert decimals[10] == 4
    red = {number for number, code in BUILT_IN.items() if "[Red]" in code}
    assert red == {6, 8, 38, 40}
    months, days = {27, 36, 50, 52, 57}, {28, 29, 51, 53, 54, 58}
    assert {BUILT_IN[number] for number in months} == {'yyyy"年"m"月"'}
    assert {BUILT_IN[number] for number in days} == {'m"月"d"日"'}
    assert {BUILT_IN[number][:5] for number in (34, 35, 55, 56)} == {"上午/下午"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0", 0),
        ("#,##0.00", 2),
        ("0.00%", 4),
        ("#,##0.0#", 2),
        ("??0.0?", 2),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 2),
        ("0.0_);[Red]\\(0.0\\)", 1),
        ('¥0.00"万元;"', 2),
        ("General", None),
        ("@", None),
        ("0.00;0", None),  # it depends on the sign
        ("0.00;", None),
        ("0.0,", None),  # thousands
        ("0.00E+00", None),
        ("# ?/?", None),
        ("yyyy/m/d", None),
    ],
)
def test_decimals_a_format_shows(code: str, expected: int | None) -> None:
    assert shown_decimals(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0", "0.00"),
        ("0.0", "0.00"),
        ("#,##0", "#,##0.00"),
        (
            '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"??_ ;_ @_ ',
            '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        ),
        ("0_);[Red]\\(0\\)", "0.00_);[Red]\\(0.00\\)"),
        ('0"分;"', '0.00"分;"'),
        ("0.00", ""),  # it shows them
        ("#,##0.0#", ""),
        ("0%", ""),
        ("General", ""),
        ("0.0,", ""),
        ('0"."0', ""),
    ],
)
def test_formats_with_more_decimals(code: str, expected: str) -> None:
    assert with_decimals(code, 2) == expected


def test_numbers_no_sheet_can_hold_and_sheets_that_are_charts() -> None:
    workbook = xlwt.Workbook()
    workbook.add_sheet("K1").write(0, 0, "x")
    sheet = workbook.add_sheet("表")
    for column, number in enumerate((float("inf"), float("nan"), 1e300)):
        sheet.write(0, column, number)
    buffer = io.BytesIO()
    workbook.save(buffer)
    data = buffer.getvalue()
    at = data.index(b"\x02\0K1") - 1
    chart = data[:at] + b"\2" + data[at + 1 :]
    assert [sheet.name for sheet in read_workbook(data, "表.xls").sheets] == ["K1", "表"]
    (only,) = read_workbook(chart, "表.xls").sheets
    assert (only.name, only.rows) == ("表", [[None, None, 1e300]])


def dated(serial: str, epoch: str = "") -> object:
    parts = package_parts(
        {"表": sheet_xml(f'<row r="1"><c r="A1" s="0"><v>{serial}</v></c></row>')},
        styles='<cellXfs><xf numFmtId="14"/></cellXfs>',
    )
    parts["xl/workbook.xml"] = str(parts["xl/workbook.xml"]).replace("<sheets>", epoch + "<sheets>")
    return only(zipped(parts)).value((0, 0))


@pytest.mark.parametrize(
    ("serial", "value"),
    [
        ("1", date(1900, 1, 1)),
        ("59", date(1900, 2, 28)),
        ("61", date(1900, 3, 1)),
        ("44895", date(2022, 11, 30)),
        ("44895.5", datetime(2022, 11, 30, 12)),
        ("2958465", date(9999, 12, 31)),
        ("2958465.999999999", 2958465.999999999),  # no millisecond from the year 10000
        ("2958465.9999999999", 2958465.9999999999),
        ("2958466", 2958466),
        ("0", 0),
        ("-5", -5),
        ("0.25", 0.25),
    ],
)
def test_serials_as_dates(serial: str, value: object) -> None:
    assert dated(serial) == value


def test_dates_of_1904() -> None:
    assert dated("43433", '<workbookPr date1904="1"/>') == date(2022, 11, 30)


def test_1904_as_openpyxl_writes_it() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active["B2"] = datetime(2022, 11, 30)
    workbook.active["B2"].number_format = numbers.FORMAT_DATE_YYYYMMDD2
    assert only(saved(workbook)).value((1, 1)) == date(2022, 11, 30)


def xls_bytes() -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("旧表")
    percent = xlwt.easyxf(num_format_str="0.00%")
    sheet.write(2, 1, 0.0541, percent)
    sheet.write(2, 2, "文字")
    sheet.write(2, 3, 18200)
    sheet.write(3, 3, xlwt.Formula("B3*2"), percent)
    sheet.write_merge(5, 6, 0, 3, "合并")
    sheet.write(7, 0, date(2022, 11, 30), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(8, 0, True)
    sheet.row(9).set_cell_error(0, "#REF!")
    workbook.add_sheet("隐藏").visibility = 1
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(sheets=1), "2 张"),
        (Limits(cells=20), "“甲”"),  # those between count
        (Limits(cells=30), "“乙”"),
        (Limits(area=29), "“甲”"),
        (Limits(text_length=4), "B2"),
    ],
)
def test_limits_of_xls(limits: Limits, words: str) -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("甲")
    for row in range(3):
        sheet.write(row, 9, row)
    sheet.write(1, 1, "长长长长长")
    workbook.add_sheet("乙").write(0, 0, 1)
    buffer = io.BytesIO()
    workbook.save(buffer)
    within = Limits(sheets=2, cells=31, area=30, text_length=5)
    first, second = read_workbook(buffer.getvalue(), "表.xls", within).sheets
    assert (first.width, second.rows) == (10, [[1]])
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(buffer.getvalue(), "表.xls", limits)
    assert caught.value.kind == "too_large"
    assert words in caught.value.message


def test_xls() -> None:
    workbook = read_workbook(xls_bytes(), "表.xlsx")
    assert (workbook.format, workbook.patchable) == ("xls", False)
    assert ".xlsx" in workbook.notices[0]
    sheet, hidden = workbook.sheets
    assert hidden.hidden and not sheet.hidden
    assert sheet.rows[2] == [None, 0.0541, "文字", 18200]
    assert sheet.rows[5] == ["合并"]
    assert sheet.rows[7:9] == [[date(2022, 11, 30)], [True]]
    assert sheet.value((9, 0)) is None
    assert sheet.errors == {(9, 0): "#REF!"}
    assert sheet.merges == ((5, 0, 6, 3),)
    assert sheet.number_formats == {(2, 1): "0.00%", (3, 3): "0.00%", (7, 0): "yyyy-mm-dd"}
    assert set(sheet.formulas) == {(3, 3)}


def ods_bytes() -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="开放表")
    table.addElement(TableRow(numberrowsrepeated=2))
    row = TableRow()
    row.addElement(TableCell())
    merged = TableCell(valuetype="string", numbercolumnsspanned=2, numberrowsspanned=1)
    merged.addElement(P(text="合并"))
    row.addElement(merged)
    row.addElement(CoveredTableCell())
    percent = TableCell(valuetype="percentage", value="0.0541", formula="of:=1*0.0541")
    percent.addElement(P(text="5.41%"))
    row.addElement(percent)
    table.addElement(row)
    blank = TableRow(numberrowsrepeated=1048573)
    blank.addElement(TableCell(numbercolumnsrepeated=16384))
    table.addElement(blank)
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def test_ods() -> None:
    workbook = read_workbook(ods_bytes(), "表.xlsx")
    (sheet,) = workbook.sheets
    assert (workbook.format, workbook.patchable) == ("ods", False)
    assert sheet.rows == [[], [], [None, "合并", None, 0.0541]]
    assert sheet.merges == ((2, 1, 2, 2),)
    assert sheet.number_formats == {(2, 3): "0.00%"}
    assert sheet.formulas == {(2, 3): "1*0.0541"}


_STYLES = """
<number:number-style style:name="N2"><number:number number:decimal-places="2"
 number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<number:number-style style:name="N4"><number:number number:decimal-places="4"
 number:min-decimal-places="2" number:min-integer-digits="1"/><number:text>万元</number:text>
</number:number-style>
<number:number-style style:name="N0"><number:number number:min-integer-digits="1"/>
</number:number-style>
<number:percentage-style style:name="N10"><number:number number:decimal-places="1"/>
<number:text>%</number:text></number:percentage-style>
<style:style style:name="ce2" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="ce4" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="ce0" style:family="table-cell" style:data-style-name="N0"/>
<style:style style:name="ce10" style:family="table-cell" style:data-style-name="N10"/>"""
_TABLE = """
<table:table-column table:number-columns-repeated="2"/>
<table:table-column table:default-cell-style-name="ce4"/>
<table:table-row>
<table:table-cell office:value-type="float" office:value="1" table:style-name="ce2"/>
<table:table-cell office:value-type="float" office:value="1" table:style-name="ce0"/>
<table:table-cell office:value-type="float" office:value="1"/>
<table:table-cell office:value-type="string" table:style-name="ce2"/>
</table:table-row>
<table:table-row table:number-rows-repeated="2" table:default-cell-style-name="ce10">
<table:table-cell office:value-type="percentage" office:value="0.5"/>
<table:table-cell office:value-type="percentage" office:value="0.5" table:style-name="ce0"/>
</table:table-row>"""


def test_number_formats_of_ods() -> None:
    """Of a cell's own style, else its row's, else its column's; rows that stand for several."""
    sheet = only(raw(table(_TABLE), _STYLES))
    assert sheet.number_formats == {
        (0, 0): "#,##0.00", (0, 2): '0.00##"万元"', (1, 0): "0.0%", (1, 1): "0.00%",
        (2, 0): "0.0%", (2, 1): "0.00%",
    }  # fmt: skip


def test_xlsb() -> None:
    workbook = read_workbook(binary_package(2, 1, 0.5), "表.xlsx")
    assert (workbook.format, workbook.patchable) == ("xlsb", False)
    assert workbook.sheets == (Sheet("二进制", [[], [], [None, 0.5]]),)


def test_false_claims_of_size_have_no_effect() -> None:
    data = xls_bytes()
    claim = struct.pack("<2H2I", 0x200, 14, 2, 10)  # sheet 旧表: rows 2 to 9, columns 0 to 3
    start = data.index(claim)
    changed = bytearray(data)
    changed[start + 12 : start + 16] = b"\x01\0\0\x04"
    changed[44:48] = b"\xff\xff\xff\x7f"  # the number of table sectors in the container's header
    assert read_workbook(bytes(changed), "表").sheets == read_workbook(data, "表").sheets
    parts = binary_package(2, 1, 0.5, claimed=(1048575, 16383))
    assert read_workbook(parts, "表").sheets[0].value((2, 1)) == 0.5


TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
    ),
    max_size=12,
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e300, 1e300, allow_subnormal=False),
    TEXTS,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=5), max_size=6), st.integers(1, 5), st.integers(1, 5))
def test_what_openpyxl_writes_is_read_back(rows: list[list[object]], top: int, left: int) -> None:
    workbook = openpyxl.Workbook()
    for row, values in enumerate(rows, top):
        for column, value in enumerate(values, left):
            target = workbook.active.cell(row, column)
            target.value = value
            if isinstance(value, str):
                target.data_type = "s"
    data = saved(workbook)
    sheet = only(data)
    for row, values in enumerate(rows, top):
        for column, value in enumerate(values, left):
            expected = float(f"{value:.16g}") if isinstance(value, float) else value
            expected = None if expected == "" else expected
            assert sheet.value((row - 1, column - 1)) == expected
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    for row, values in enumerate(theirs.to_python(skip_empty_area=False)):
        for column, value in enumerate(values):
            if isinstance(value, str) and "_x" in value:
                continue  # calamine decodes only some of these escapes
            assert sheet.value((row, column)) == (None if value == "" else value)


SOURCES = {
    "xlsx": values_by_xlsxwriter(),
    "hand": zipped(PLAIN),
    "xls": xls_bytes(),
    "ods": ods_bytes(),
    "xlsb": binary_package(2, 1, 0.5),
}
SMALL = Limits(area=50_000, cells=20_000, total_bytes=2_000_000, part_bytes=1_000_000)


def survives(data: bytes) -> None:
    """Read bytes; anything but a workbook or a WorkbookProblem is a failure."""
    try:
        assert isinstance(read_workbook(data, "表.xlsx", SMALL), Workbook)
    except WorkbookProblem as problem:
        assert "。" in problem.message


@pytest.mark.parametrize("source", SOURCES)
def test_cut_off_anywhere(source: str) -> None:
    data = SOURCES[source]
    for length in range(0, len(data), 200):
        survives(data[:length])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(SOURCES)),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_changed_bytes(source: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(SOURCES[source])
    for position, value in changes:
        data[position % len(data)] = value
    survives(bytes(data))


XML_PARTS = [name for name in PLAIN if name.endswith((".xml", ".rels"))]


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(XML_PARTS),
    st.integers(0, 2000),
    st.integers(0, 12),
    st.sampled_from(
        ["", "<", ">", "&", '"', "/", "<c", "<!--", "-->", "&#0;", "9" * 5000, "\0", "é", "r="]
    ),
)
@example("xl/styles.xml", 43, 0, "9" * 5000)
def test_changed_markup(part: str, position: int, cut: int, inserted: str) -> None:
    text = str(PLAIN[part])
    position %= len(text)
    survives(zipped({**PLAIN, part: text[:position] + inserted + text[position + cut :]}))


def test_name_is_never_opened(tmp_path: Path) -> None:
    parts = {**PLAIN, "../../出去.xml": "<a/>", "/etc/绝对.xml": "<a/>", "C:\\盘.xml": "<a/>"}
    assert only(zipped(parts)).rows == EXPECTED
    assert list(tmp_path.iterdir()) == []
