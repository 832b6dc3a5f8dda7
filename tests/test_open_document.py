"""What the cells of .ods files hold: values, errors, texts, notes; which tables are sheets."""

from __future__ import annotations

import html
import io
import math
import time
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.dc import Creator, Date
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from open_document_bytes import KIND, cell, raw, row, table
from python_calamine import CalamineWorkbook
from workbook_bytes import zipped

from selfeval_xl.checking import check
from selfeval_xl.settings import DEFAULT as SETTINGS
from selfeval_xl.workbooks.changes import CellChange, SheetChanges
from selfeval_xl.workbooks.guard import inspect
from selfeval_xl.workbooks.legacy_looks import read_looks
from selfeval_xl.workbooks.limits import DEFAULT, Limits
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.rebuilding import rebuild
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.workbooks.workbook import WorkbookProblem


def only(body: str, styles: str = "") -> Sheet:
    (sheet,) = read_workbook(raw(table(body), styles), "表.ods").sheets
    return sheet


def shown(*paragraphs: str) -> str:
    return "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)


def value(markup: str) -> object:
    return only(row(markup)).value((0, 0))


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("float", "7", 7),
        ("float", "-0.5", -0.5),
        ("float", "1E+30", 1e30),
        ("float", ".5", 0.5),
        ("float", " +3. ", 3),
        ("float", "12345678901234567890", 12345678901234567890.0),
        ("currency", "1234.50", 1234.5),
        ("percentage", "0.953", 0.953),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("date", "2022-11-30", date(2022, 11, 30)),
        ("date", "2022-11-30T00:00:00", date(2022, 11, 30)),
        ("date", "2022-11-30T18:30:00", datetime(2022, 11, 30, 18, 30)),
        ("date", "2022-11-30T18:30:05.123456789", datetime(2022, 11, 30, 18, 30, 5, 123000)),
        ("date", "1900-01-01", date(1900, 1, 1)),
        ("date", "9999-12-31", date(9999, 12, 31)),
        # day 0: a nought or a time shown as a date
        ("date", "1899-12-30", 0),
        ("date", "1899-12-30T06:00:00", 0.25),
        ("time", "PT09H30M00S", 0.3958333333333333),
        ("time", "PT36H00M00S", 1.5),
        ("time", "P1DT12H", 1.5),
        ("time", "-PT6H", -0.25),
        ("time", "PT0H0M43.2S", 0.0005),
        # what cannot be is the text shown
        ("date", "1850-05-01", "所示"),
        ("date", "0001-01-01", "所示"),
        ("date", "1899-12-31", "所示"),
        ("date", "2024-02-30", "所示"),
        ("date", "2024-06", "所示"),
        ("date", "12345-01-01", "所示"),
        ("time", "P1Y", "所示"),
        ("time", "PT", "所示"),
        ("float", "abc", "所示"),
        ("float", "1_0", "所示"),
        ("float", "1e999", "所示"),
        ("float", "NaN", "所示"),
        ("boolean", "maybe", "所示"),
        ("string", "", "所示"),
        ("string", "所属", "所属"),
        ("void", "", "所示"),
    ],
)
def test_values(kind: str, told: str, expected: object) -> None:
    read = value(cell(kind, told, shown("所示")))
    assert read == expected
    assert type(read) is type(expected)


def test_texts() -> None:
    cells = [
        cell("string", "", shown("年初<text:tab/>预算<text:line-break/>数")),
        cell("string", "", shown("一", "", "二")),
        cell("string", "", shown('甲<text:s/>乙<text:s text:c="3"/>丙<text:s text:c="x"/>丁')),
        cell("string", "", shown("富<text:span>文<text:span>本</text:span></text:span>尾")),
        cell("string", "", shown("<text:a>链接</text:a>后 <![CDATA[<c>]]> &amp;")),
        cell("string", "", shown("<text:ruby><text:ruby-base>字</text:ruby-base>"
                                 "<text:ruby-text>zì</text:ruby-text></text:ruby>")),
        cell("string", "", "<draw:frame><text:p>图中</text:p></draw:frame>" + shown("格中")),
        f"<table:table-cell>{shown('无类型')}</table:table-cell>",
    ]  # fmt: skip
    assert only(row(*cells)).rows == [
        ["年初\t预算\n数", "一\n\n二", "甲 乙   丙 丁", "富文本尾", "链接后 <c> &", "字", "格中",
         "无类型"]
    ]  # fmt: skip


def test_a_formula_without_a_result_makes_no_row_longer() -> None:
    sheet = only(row(cell("float", 1), cell("string", formula="of:=[.A2]")))
    assert (sheet.rows, sheet.formulas) == ([[1]], {(0, 1): "A2"})


def told(shown_error: str) -> str:
    """Return a cell as LibreOffice of our days writes errors."""
    markup = cell("string", "", shown(shown_error) if shown_error else "", formula="of:=X")
    return markup.replace(">", ' calcext:value-type="error">', 1)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (told("#N/A"), "#N/A"),
        (told("错误:502"), "错误:502"),
        (told(""), "#VALUE!"),
        # Excel, and what was before
        (cell("string", "", shown("#DIV/0!"), formula="of:=1/0"), "#DIV/0!"),
        (cell("float", "0", shown("#N/A"), formula="of:=NA()"), "#N/A"),
        (cell("float", "0", shown("Err:508"), formula="of:=("), "Err:508"),
        (cell("float", "NaN", shown("#NUM!"), formula="of:=X"), "#NUM!"),
        *((cell("string", "", shown(error), formula="of:=X"), error)
          for error in ("#NULL!", "#VALUE!", "#REF!", "#NAME?", "Err:522", "错误：504")),
        # texts that look alike
        (cell("string", "", shown("#N/A")), ""),
        (cell("string", "", shown("#N/A 缺"), formula="of:=[.B1]"), ""),
        (cell("string", "", shown("正常"), formula="of:=[.B1]"), ""),
    ],
)  # fmt: skip
def test_errors(markup: str, expected: str) -> None:
    sheet = only(row(markup))
    assert sheet.errors == ({(0, 0): expected} if expected else {})
    assert (sheet.value((0, 0)) is None) is bool(expected)


def fund_table(first: str, total: str) -> str:
    """Return a detail of funds whose second amount and total are given, the others 5, 7 and 8."""
    amounts = (cell("float", 5), first, cell("float", 7), cell("float", 8))
    rows = [
        row(*(cell("string", text) for text in texts))
        for texts in (
            ("资金使用明细表",),
            ("金额单位：万元",),
            ("序号", "明细项目", "补助人数", "下达金额", "使用经费", "结余经费"),
        )
    ]
    for number, (amount, told) in enumerate(zip(amounts, (5, 6, 7, 8), strict=True), 1):
        rows.append(
            row(
                cell("float", number),
                cell("string", f"街道{number}"),
                cell("float", 9 + number),
                amount,
                cell("float", told - 1),
                cell("float", 1),
            )
        )
    last = (cell("float", 46), total, cell("float", 22), cell("float", 4))
    return "".join(rows) + row(cell("string", "合计"), "<table:table-cell/>", *last)


def findings(data: bytes) -> set[tuple[str, str]]:
    return {(found.rule, found.cell) for found in check(data, "表.ods", SETTINGS).record.findings}


def test_totals_are_not_written_without_amounts_that_are_errors() -> None:
    blank = "<table:table-cell/>"
    error = cell("string", "", shown("#N/A"), formula="of:=NA()")
    assert findings(raw(table(fund_table(error, blank)))) == {("V102", "D5")}
    # while a total of amounts is
    assert ("F201", "D8") in findings(raw(table(fund_table(cell("float", 6), blank))))


LINKED = table(row(cell("float", 9)), "'file:///c:/x.xls'#Sheet1").replace(
    "<table:table-row>", "<table:table-source/><table:table-row>", 1
)


def test_what_is_kept_of_linked_workbooks_is_no_sheet() -> None:
    data = raw(LINKED + table(row(cell("float", 1, formula="of:=['file:///c:/x.xls'#Sheet1.A1]"))))
    (sheet,) = read_workbook(data, "表.ods").sheets
    assert (sheet.name, sheet.rows, sheet.formulas) == ("表", [[1]], {(0, 0): ""})
    assert list(read_looks(data, "表.ods", DEFAULT)) == ["表"]


@pytest.mark.parametrize(
    "place", ["http://x", "HTTPS://x", "ftp://x", "smb://x", "vnd.sun.star.x:"]
)
def test_linked_workbooks_may_lie_anywhere(place: str) -> None:
    body = LINKED.replace("file:///c:", place) + table(row(cell("float", 1)))
    assert [sheet.name for sheet in read_workbook(raw(body), "表.ods").sheets] == ["表"]


def test_a_sheet_that_is_a_link_itself_is_one() -> None:
    linked = table("<table:table-source/>" + row(cell("float", 9)), "下级单位")
    assert [sheet.name for sheet in read_workbook(raw(linked), "表.ods").sheets] == ["下级单位"]


def test_tables_without_names_are_named_alike_everywhere() -> None:
    """As LibreOffice names them: by their place."""
    nameless = table(row(cell("float", 1))).replace(' table:name="表"', "")
    empty = table(row(cell("float", 3)), "")
    data = raw(table(row(cell("float", 0)), "SHEET2") + nameless + empty)
    workbook = read_workbook(data, "表.ods")
    names = ["SHEET2", "Sheet3", "Sheet4"]
    assert [sheet.name for sheet in workbook.sheets] == names
    assert list(read_looks(data, "表.ods", DEFAULT)) == names
    changes = {"Sheet3": SheetChanges((CellChange((0, 0), note="注"),))}
    copy = openpyxl.load_workbook(io.BytesIO(rebuild(workbook, changes, [])))
    assert copy.sheetnames == names
    assert copy["Sheet3"]["A1"].comment is not None


def test_tables_within_cells_and_drawings_are_no_part_of_the_sheet() -> None:
    inner = table(row(cell("string", "", shown("内"))) * 3, "内")
    groups = f"<table:table-row-group><table:table-header-rows>{row(cell('float', 5))}"
    rows = f"<table:table-rows>{row(cell('float', 6))}</table:table-rows>"
    body = (
        f"<table:shapes><draw:frame>{inner}</draw:frame></table:shapes>"
        f"{groups}</table:table-header-rows></table:table-row-group>{rows}"
        + row(f"<table:table-cell>{inner}</table:table-cell>", cell("float", 8))
    )
    workbook = read_workbook(raw(table(body)), "表.ods")
    assert [(sheet.name, sheet.rows) for sheet in workbook.sheets] == [
        ("表", [[5], [6], [None, 8]])
    ]


def test_hidden_tables() -> None:
    style = (
        '<style:style style:name="ta" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    body = table(row(cell("float", 1)), "显") + table(row(cell("float", 2)), "隐").replace(
        "<table:table ", '<table:table table:style-name="ta" '
    )
    workbook = read_workbook(raw(body, style), "表.ods")
    assert [(sheet.name, sheet.hidden) for sheet in workbook.sheets] == [
        ("显", False),
        ("隐", True),
    ]


def test_rows_and_cells_that_repeat() -> None:
    twice = row(
        cell("float", 3, number_columns_repeated="2", formula="of:=1+2"),
        cell("percentage", "0.5", number_columns_spanned="2"),
        "<table:covered-table-cell/>",
    ).replace("<table:table-row", '<table:table-row table:number-rows-repeated="2"', 1)
    blank = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    sheet = only(blank + twice + blank)
    assert sheet.rows == [[], [], [3, 3, 0.5], [3, 3, 0.5]]
    assert sheet.formulas == {(2, 0): "", (2, 1): "", (3, 0): "", (3, 1): ""}
    assert sheet.number_formats == {(2, 2): "0.00%", (3, 2): "0.00%"}
    assert sheet.merges == ((2, 2, 2, 3), (3, 2, 3, 3))


def test_the_copy_keeps_dates_and_times() -> None:
    styles = (
        '<number:date-style style:name="N"><number:year number:style="long"/><number:text>年'
        "</number:text><number:month/><number:text>月</number:text></number:date-style>"
        '<style:style style:name="ce" style:family="table-cell" style:data-style-name="N"/>'
    )
    body = row(
        cell("date", "2022-11-01", style_name="ce"),
        cell("time", "PT36H00M00S"),
        cell("date", "1850-05-01", shown("1850-05-01")),
        cell("date", "1900-02-10", formula="of:=[.A1]"),
    )
    workbook = read_workbook(raw(table(body), styles), "表.ods")
    copy = rebuild(workbook, {}, [])
    first, second, third, fourth = openpyxl.load_workbook(io.BytesIO(copy)).active[1]
    assert (first.value, first.number_format) == (datetime(2022, 11, 1), 'yyyy"年"m"月"')
    assert (second.value.total_seconds(), second.number_format) == (129_600, "[h]:mm:ss")
    assert third.value == "1850-05-01"
    assert (fourth.value, fourth.number_format) == ("=A1", "yyyy-mm-dd")
    results = openpyxl.load_workbook(io.BytesIO(copy), data_only=True).active
    assert results["D1"].value == datetime(1900, 2, 10)


def test_notes() -> None:
    document = OpenDocumentSpreadsheet()
    page, line = Table(name="表"), TableRow()
    document.spreadsheet.addElement(page)
    page.addElement(TableRow())
    page.addElement(line)
    noted = TableCell(valuetype="float", value="9")
    note = Annotation()
    for made in (
        Creator(text="审核"),
        Date(text="2024-01-01T00:00:00"),
        P(text="请核对"),
        P(text="此数"),
    ):
        note.addElement(made)
    noted.addElement(note)
    noted.addElement(P(text="9"))
    line.addElement(TableCell())
    line.addElement(noted)
    buffer = io.BytesIO()
    document.write(buffer)
    data = buffer.getvalue()
    workbook, looks = read_workbook(data, "表.ods"), read_looks(data, "表.ods", DEFAULT)
    assert looks["表"].notes == {(1, 1): "请核对\n此数"}
    assert workbook.sheets[0].rows == [[], [None, 9]]
    copy = openpyxl.load_workbook(io.BytesIO(rebuild(workbook, {}, [], looks)))
    assert copy.active["B2"].comment.text == "请核对\n此数"


def test_notes_are_bounded() -> None:
    note = f"<office:annotation>{shown('长' * 40_000)}</office:annotation>"
    markup = f'<table:table-cell table:number-columns-repeated="9">{note}</table:table-cell>'
    notes = read_looks(raw(table(row(markup))), "表.ods", DEFAULT)["表"].notes
    assert notes == {(0, 0): "长" * 32_767}


MANIFEST = """<manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="encrypted-package"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet">
<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"""


@pytest.mark.parametrize("content", [{}, {"content.xml": b"\x13" * 500}])
def test_encryption_as_a_whole_and_by_parts(content: dict[str, bytes]) -> None:
    parts = {"mimetype": KIND, "META-INF/manifest.xml": MANIFEST, **content}
    with pytest.raises(WorkbookProblem) as caught:
        inspect(zipped({**parts, "encrypted-package": b"\x13" * 5_000}), "表.ods")
    assert caught.value.kind == "encrypted"


def test_a_file_without_content_is_damaged() -> None:
    with pytest.raises(WorkbookProblem) as caught:
        inspect(zipped({"mimetype": KIND}), "表.ods")
    assert caught.value.kind == "damaged"


SPACE = '<text:s text:c="999999999"/>'


@pytest.mark.parametrize(
    "body",
    [
        # texts, rows, merges and sheets that would fill the memory
        table(row(cell("string", "", shown(SPACE * 20_000)))),
        table(row(cell("string", "", "<text:p/>" * 200_000))),
        table(
            row(cell("float", 1, formula="of:=1", number_columns_repeated="20")).replace(
                "<table:table-row", '<table:table-row table:number-rows-repeated="99999"', 1
            )
        ),
        table(
            row(
                cell("string", "", shown("x")),
                '<table:table-cell table:number-columns-spanned="2"/>' * 1_000,
            ).replace("<table:table-row", '<table:table-row table:number-rows-repeated="99999"', 1)
        ),
        "".join(
            table(
                row(cell("float", 1, number_columns_repeated="2000")).replace(
                    "<table:table-row", '<table:table-row table:number-rows-repeated="900"', 1
                ),
                str(number),
            )
            for number in range(400)
        ),
        "".join(table("", str(number)) for number in range(501)),
    ],
)
def test_what_repeats_beyond_all_bounds_is_refused_soon(body: str) -> None:
    start = time.perf_counter()
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(raw(body), "表.ods")
    assert caught.value.kind == "too_large"
    assert time.perf_counter() - start < 8


def repeated(line: str, times: int) -> str:
    return line.replace(
        "<table:table-row", f'<table:table-row table:number-rows-repeated="{times}"'
    )


def test_rows_without_content_are_read_once() -> None:
    """Programs let the last row of a sheet stand for all that follow."""
    merged = '<table:table-cell table:number-columns-spanned="2"/>'
    sheet = only(row(cell("float", 1)) + repeated(row(merged), 1_048_575))
    assert (sheet.rows, sheet.merges) == ([[1]], ((1, 0, 1, 1),))


def test_rows_and_columns_may_reach_the_limits() -> None:
    body = raw(table(repeated(row(cell("float", 1, number_columns_repeated="3")), 2)))
    assert read_workbook(body, "表", Limits(rows=2, columns=3)).sheets[0].rows == [[1] * 3] * 2
    for limits in (Limits(rows=1), Limits(columns=2)):
        with pytest.raises(WorkbookProblem) as caught:
            read_workbook(body, "表", limits)
        assert caught.value.kind == "too_large"


def test_limits_are_those_given() -> None:
    body = row(cell("string", "", shown("四个字了")), cell("float", 1))
    assert read_workbook(raw(table(body)), "表", Limits(text_length=4, cells=2)).sheets
    for limits in (Limits(text_length=3), Limits(cells=1), Limits(columns=1)):
        with pytest.raises(WorkbookProblem) as caught:
            read_workbook(raw(table(body)), "表", limits)
        assert caught.value.kind == "too_large"


PLAIN = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=9)
HELD = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(-1e9, 1e9), PLAIN
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(HELD, max_size=4), max_size=5))
def test_values_are_those_another_reader_finds(rows: list[list[object]]) -> None:
    document = OpenDocumentSpreadsheet()
    page = Table(name="表")
    document.spreadsheet.addElement(page)
    for values in [*rows, ["末"]]:
        line = TableRow()
        page.addElement(line)
        for each in values:
            line.addElement(_made(each))
    buffer = io.BytesIO()
    document.write(buffer)
    (sheet,) = read_workbook(buffer.getvalue(), "表.ods").sheets
    buffer.seek(0)
    theirs = CalamineWorkbook.from_filelike(buffer).get_sheet_by_index(0)
    for number, values in enumerate(theirs.to_python(skip_empty_area=False)):
        for column, each in enumerate(values):
            assert sheet.value((number, column)) == (None if each == "" else each)


def _made(held: object) -> TableCell:
    if held is None:
        return TableCell()
    if isinstance(held, bool):
        made = TableCell(valuetype="boolean", booleanvalue=str(held).lower())
    elif isinstance(held, int | float):
        made = TableCell(valuetype="float", value=repr(held))
    else:
        made = TableCell(valuetype="string")
    made.addElement(P(text=str(held)))
    return made


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("float", "date", "time", "boolean", "string", "percentage", "")),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
    | st.from_regex(r"-?P?T?[0-9DTHMS:.\-]{0,20}", fullmatch=True),
)
def test_no_value_breaks_the_reading(kind: str, told: str) -> None:
    escaped = html.escape(told).replace("\ufffe", "").replace("\uffff", "")
    read = value(cell(kind, escaped, shown("x")))
    assert read is not None
    assert not isinstance(read, float) or math.isfinite(read)


def test_all_texts_together_have_a_bound() -> None:
    """A few bytes may stand for a long row of blanks, in every cell."""
    blanks = cell("string", shown=shown('a<text:s text:c="90000"/>b'))
    body = table("".join(row(blanks) for _ in range(300)))
    with pytest.raises(WorkbookProblem, match="文字太多") as caught:
        read_workbook(raw(body), "表.ods")
    assert caught.value.kind == "too_large"
