"""Workbooks nobody has calculated: what their formulas will show is read as if it stood there."""

from __future__ import annotations

import io

import openpyxl
import pytest
from workbook_bytes import package_parts, sheet_xml, simple, zipped

from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import a1


def cells(*formulas: str, result: str = "") -> str:
    """A row of two figures, 3 and 4, and these formulas from C on, each with this result."""
    typed = '<c r="A1"><v>3</v></c><c r="B1"><v>4</v></c>'
    return f'<row r="1">{typed}' + "".join(
        f'<c r="{column}1"><f>{formula}</f>{result}</c>'
        for column, formula in zip("CDEFG", formulas, strict=False)
    ) + "</row>"  # fmt: skip


def read(rows: str) -> list[object]:
    (sheet,) = read_workbook(simple(rows), "表.xlsx").sheets
    return sheet.rows[0]


@pytest.mark.parametrize("result", ["", "<v></v>", "<v>0</v>"])
def test_nothing_or_nought_beside_every_formula(result: str) -> None:
    rows = cells("SUM(A1:B1)", "A1/B1", 'IF(A1&gt;3,1,"")', '"共"&amp;A1', "A1-3", result=result)
    assert read(rows) == [3, 4, 7, 0.75, None, "共3", 0]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("A1*2", 6),
        ("A1/B1*4", 3),
        ("A1/B1", 0.75),
        ("94906267*94906267", 9007199515875288.0),  # …289, which no double is
        ("-94906267*94906267", -9007199515875288.0),
        ("9007199254740*1000", 9007199254740000),
        ("A1&gt;B1", False),
        ("A1&lt;B1", True),
        ("表!A1*2", 6),
        ("无此表!A1+1", None),
        ("Z1+1", None),  # an error that somebody typed
        ("COUNT(Y1:Z1)", None),
    ],
)
@pytest.mark.parametrize("result", ["", "<v>0</v>"])
def test_results_are_read_as_if_they_stood_there(formula: str, shown: object, result: str) -> None:
    error = '<c r="Z1" t="e"><v>#N/A</v></c></row>'
    value = read(cells(formula, result=result).replace("</row>", error))[2]
    if shown is None and result:
        shown = 0
    assert (type(value), value) == (type(shown), shown)


def test_a_result_of_nothing_but_a_space() -> None:
    """Such cells are not held when the sheet is read."""
    rows = (
        '<row r="1"><c r="A1"><v>3</v></c><c r="B1"><f>SUM(C3:E9)</f><v> </v></c></row>'
        '<row r="3"><c r="D3"><f>A1*2</f><v> </v></c></row>'
    )
    (sheet,) = read_workbook(simple(rows), "表.xlsx").sheets
    assert sheet.rows == [[3, 6], [], [None, None, None, 6]]


def test_figures_count_as_they_are_written() -> None:
    typed = '<c r="A1"><v>0.1</v></c><c r="B1"><v>0.2</v></c>'
    assert read(f'<row r="1">{typed}<c r="C1"><f>A1+B1</f></c></row>') == [0.1, 0.2, 0.3]


def test_sheets_are_named_in_any_case() -> None:
    first = sheet_xml('<row r="1"><c r="A1"><f>DATA!A1*2</f></c></row>')
    second = sheet_xml('<row r="1"><c r="A1"><v>5</v></c></row>')
    book = read_workbook(zipped(package_parts({"Main": first, "Data": second})), "表.xlsx")
    assert book.sheets[0].rows == [[10]]


def test_what_would_take_too_long_to_work_out_stays_unknown() -> None:
    typed = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(2, 3001))
    sums = "".join(f'<c r="{a1((0, at))}"><f>SUM(A$2:A$3000)</f></c>' for at in range(1, 201))
    (sheet,) = read_workbook(simple(f'<row r="1">{sums}</row>{typed}'), "表.xlsx").sheets
    found = sheet.rows[0][1:]
    assert found[0] == 2999
    assert found[-1] is None
    assert 90 <= found.count(2999) <= 110


def test_what_is_not_understood_stays_as_it_is() -> None:
    rows = cells("VLOOKUP(A1,A1:B1,2)", "C1+1", "E1+1", "SUM(A1,B1)", result="<v>0</v>")
    assert read(rows) == [3, 4, 0, 0, 0, 7]


def test_one_result_tells_that_somebody_has_calculated() -> None:
    rows = cells("SUM(A1:B1)", result="<v>0</v>").replace(
        "</row>", '<c r="D1"><f>A1</f><v>2</v></c></row>'
    )
    assert read(rows) == [3, 4, 0, 2]


def test_an_error_tells_it_too() -> None:
    rows = cells("SUM(A1:B1)").replace(
        "</row>", '<c r="D1" t="e"><f>A1/0</f><v>#DIV/0!</v></c></row>'
    )
    assert read(rows)[:2] == [3, 4]
    assert 7 not in read(rows)


def test_formulas_filled_down_and_dates() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([2, "=A1*2", "=A1+45000"])
    sheet["C1"].number_format = "yyyy-mm-dd"
    content = io.BytesIO()
    book.save(content)
    (only,) = read_workbook(content.getvalue(), "表.xlsx").sheets
    assert only.rows[0][:2] == [2, 4]
    assert only.value((0, 2)) is None
    shared = (
        '<row r="1"><c r="A1"><v>3</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f></c>'
        '</row><row r="2"><c r="A2"><v>5</v></c><c r="B2"><f t="shared" si="0"/></c></row>'
    )
    (only,) = read_workbook(simple(shared), "表.xlsx").sheets
    assert only.rows == [[3, 6], [5, 10]]


def test_cells_beyond_what_is_typed_and_other_sheets() -> None:
    first = (
        '<row r="1"><c r="A1"><f>SUM(另表!A1:B9)</f></c></row>'
        '<row r="3"><c r="C3"><f>A1+1</f></c></row>'
    )
    second = '<row r="1"><c r="A1"><v>5</v></c></row><row r="9"><c r="B9"><f>A1*2</f></c></row>'
    parts = package_parts({"表": sheet_xml(first), "另表": sheet_xml(second)})
    one, other = read_workbook(zipped(parts), "表.xlsx").sheets
    assert (one.value((0, 0)), one.value((2, 2)), other.value((8, 1))) == (15, 16, 10)


def test_circles_and_long_chains_end() -> None:
    assert read(cells("D1+1", "C1+1"))[2:] == [None, None]
    chain = "".join(
        f'<row r="{row}"><c r="A{row}"><f>A{row + 1}+1</f></c></row>' for row in range(1, 300)
    )
    last = '<row r="300"><c r="A300"><v>1</v></c></row>'
    (sheet,) = read_workbook(simple(chain + last), "表.xlsx").sheets
    assert sheet.value((299, 0)) == 1
    known = [row for row in range(299) if sheet.value((row, 0)) is not None]
    assert all(sheet.value((row, 0)) == 300 - row for row in known)


@pytest.mark.parametrize(
    ("first", "step", "known"),
    [
        ("<v>2</v>", "A{0}*A{0}", 10),  # 2 ** 512, then 2 ** 1024
        ("<v>1.1</v>", "A{0}*A{0}", 10),  # exact figures twice as long each time
        ("<v>0.1</v>", "A{0}*A{0}", 9),
        ("<v>8</v>", "A{0}*1E99", 4),
        ("<v>7</v>", "A{0}^64^64^64^64^64", 1),
        ('t="inlineStr"><is><t>字</t></is>', "A{0}&amp;A{0}", 15),  # 16,384 characters
    ],
)
def test_what_grows_at_every_step_ends_where_programs_end(
    first: str, step: str, known: int
) -> None:
    start = f'<c r="A1" {first}</c>' if first.startswith("t") else f'<c r="A1">{first}</c>'
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><f>{step.format(row - 1)}</f></c></row>'
        for row in range(2, 90)
    )
    (sheet,) = read_workbook(simple(f'<row r="1">{start}</row>{rows}'), "表.xlsx").sheets
    found = [sheet.value((row, 0)) for row in range(89)]
    assert found.index(None) == known
    assert found[known:] == [None] * (89 - known)


def test_a_text_of_digits_longer_than_any_figure_is_no_criterion() -> None:
    text = f'<c r="A1" t="inlineStr"><is><t>{"9" * 5000}</t></is></c>'
    rows = f'<row r="1">{text}<c r="B1"><f>COUNTIF(C1:C1,A1)</f></c><c r="C1"><v>3</v></c></row>'
    assert read(rows)[1:] == [None, 3]


def test_sums_of_parts_without_a_common_measure_end() -> None:
    """Each step would add as many digits to an exact sum."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><f>1/(10000000000000+{row})</f></c></row>'
        for row in range(2, 2000)
    )
    (sheet,) = read_workbook(
        simple(f'<row r="1"><c r="A1"><f>SUM(A2:A2000)</f></c></row>{rows}'), "表.xlsx"
    ).sheets
    assert sheet.value((0, 0)) is None
    assert sheet.value((1, 0)) == pytest.approx(1e-13)
