"""A correction that is said is done: cells of arrays, spills, data tables and tables' own rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

import openpyxl
import pytest
from workbook_bytes import RELATIONS, package_parts, sheet_xml, zipped

from selfeval_xl.checking import check, mark
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.settings import DEFAULT

HEADS = ("一级指标", "权重分", "得分", "扣分")
ROWS = (("A投入管理", 20, 20, 0), ("B过程管理", 20, 18, 2), ("C项目绩效", 60, 56, 4))
TOTAL = ("合计", 100, 94, 6)
ANCHOR = '<f t="array" ref="B5:D5">B2:D2+B3:D3+B4:D4</f>'


def formula(text: str, value: float, attributes: str = "", cell: str = "") -> str:
    """A formula cell; ``attributes`` are those of the formula, ``cell`` those of the cell."""
    return f"<c r=#{cell}><f{attributes}>{text}</f><v>{value}</v></c>"


def number(value: float) -> str:
    return f"<c r=#><v>{value}</v></c>"


def table(ref: str, more: str = "") -> dict[str, str]:
    """The parts of a table on the sheet."""
    kind = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "xl/sheets/_rels/s1.xml.rels": (
            f'<Relationships xmlns="{kind}"><Relationship Id="t1" Type="{RELATIONS}/table" '
            'Target="../tables/t1.xml"/></Relationships>'
        ),
        "xl/tables/t1.xml": (
            '<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="1" '
            f'name="表一" displayName="表一" ref="{ref}"{more}/>'
        ),
    }


def workbook(cells: Mapping[str, str], extra: Mapping[str, str] | None = None) -> bytes:
    """An indicator table whose named cells hold the given markup."""
    markup = ""
    for row, values in enumerate((HEADS, *ROWS, TOTAL), 1):
        markup += f'<row r="{row}">'
        for column, value in zip("ABCD", values, strict=True):
            place = f"{column}{row}"
            plain = f'<c r=# t="inlineStr"><is><t>{value}</t></is></c>'
            given = cells.get(place, plain if isinstance(value, str) else number(value))
            markup += given.replace("#", f'"{place}"')
        markup += "</row>"
    listed = '<tableParts count="1"><tablePart r:id="t1"/></tableParts>' if extra else ""
    sheet = sheet_xml(markup, listed).replace("<worksheet ", f'<worksheet xmlns:r="{RELATIONS}" ')
    return zipped(package_parts({"得分": sheet}, extra=extra))


@dataclass
class Seen:
    """What is said of a cell and what the copy holds there."""

    finding: Finding
    markup: str
    note: str
    review: str


def marked(data: bytes) -> bytes:
    checked = check(data, "得分.xlsx", DEFAULT)
    return mark(data, checked.record, checked.facts(), DEFAULT)[0]


def seen(data: bytes, address: str) -> Seen:
    checked = check(data, "得分.xlsx", DEFAULT)
    copy = marked(data)
    found = [f for f in checked.record.findings if f.cell == address]
    assert len(found) == 1, checked.record.findings
    book = openpyxl.load_workbook(io.BytesIO(copy))
    comment = book["得分"][address].comment
    rows = book["核对结果"].iter_rows(min_row=4, values_only=True)
    review = next(str(row[10]) for row in rows if row[3] == address)
    return Seen(found[0], cell_in(copy, address), comment.text if comment else "", review)


def cell_in(package: bytes, address: str) -> str:
    """The markup of a cell without its format."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        sheet = archive.read("xl/sheets/s1.xml").decode()
    found = re.search(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', sheet)
    return re.sub(r' s="\d+"', "", found[0]) if found else ""


def assert_corrected(cell: Seen, markup: str) -> None:
    assert cell.finding.action is Action.CORRECTED
    assert cell.markup == markup
    assert "已更正】" in cell.note
    assert cell.review == "已更正"


def assert_left(cell: Seen, reason: str) -> None:
    finding = cell.finding
    assert (finding.action, finding.level) == (Action.LEFT, Level.ERROR)
    assert not finding.formula
    assert reason in finding.advice
    assert reason in finding.message
    assert "未改动】" in cell.note
    assert reason in cell.note
    assert cell.review.startswith("未改动\n")
    assert reason in cell.review
    assert "已更正" not in cell.note + cell.review + finding.message


@pytest.mark.parametrize(
    "wrong",
    [
        formula("SUM(C2:C3*1)", 38, ' t="array" ref="C5"'),
        formula("SUM(C2:C3*1)", 38, ' t="array" ref="C5:C5"'),
        formula("SUM(C2:C3*1)", 38, ' t="array"'),
        formula("SUM(_xlfn.UNIQUE(C2:C3))", 38, ' t="array" aca="1" ref="C5"', ' cm="1"'),
        formula("SUM(C2:C3)", 38),
    ],
)
def test_an_array_of_one_cell_is_corrected_like_any_formula(wrong: str) -> None:
    cell = seen(workbook({"C5": wrong, "D5": number(6)}), "C5")
    assert_corrected(cell, '<c r="C5"><f>ROUND(SUM(C2:C4),0)</f><v>94</v></c>')


@pytest.mark.parametrize("attribute", ["", ' cm="1"'])
@pytest.mark.parametrize("address", ["B5", "C5"])
def test_a_cell_of_a_larger_array_is_left_and_said_to_be(address: str, attribute: str) -> None:
    figures = {"B5": 100, "C5": 94, address: 97}
    data = workbook(
        {
            "B5": f"<c r=#{attribute}>{ANCHOR}<v>{figures['B5']}</v></c>",
            "C5": number(figures["C5"]),
        }
    )
    cell = seen(data, address)
    assert_left(cell, "多单元格数组公式（B5:D5），不能单独改写")
    assert cell.markup == cell_in(data, address)


def test_a_cell_of_a_data_table_is_left_and_said_to_be() -> None:
    wrong = '<c r=#><f t="dataTable" ref="C5:C6" dt2D="0" dtr="0" r1="B5"/><v>38</v></c>'
    data = workbook({"C5": wrong})
    cell = seen(data, "C5")
    assert_left(cell, "模拟运算表（数据表 C5:C6），不能单独改写")
    assert cell.markup == cell_in(data, "C5")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (table("A1:D5", ' totalsRowCount="1"'), "汇总行（A5:D5）"),
        (table("A5:D9"), "标题行（A5:D5）"),
    ],
)
def test_a_table_s_own_rows_are_left_and_said_to_be(parts: dict[str, str], said: str) -> None:
    data = workbook({"C5": '<c r=# t="str"><v>38</v></c>'}, parts)
    cell = seen(data, "C5")
    assert_left(cell, said)
    assert cell.markup == cell_in(data, "C5")


@pytest.mark.parametrize("parts", [table("A1:D5"), table("A5:D9", ' headerRowCount="0"')])
def test_other_rows_of_a_table_are_corrected(parts: dict[str, str]) -> None:
    cell = seen(workbook({"C5": number(38)}, parts), "C5")
    assert_corrected(cell, '<c r="C5"><f>ROUND(SUM(C2:C4),0)</f><v>94</v></c>')


def test_a_blank_of_an_array_is_remarked_on_and_stays_blank() -> None:
    data = workbook({"B5": f"<c r=#>{ANCHOR}<v>100</v></c>", "C5": "<c r=#/>"})
    cell = seen(data, "C5")
    finding = cell.finding
    assert (finding.kind, finding.action) == (Kind.NOTE, Action.LEFT)
    assert finding.message.startswith("未填，按公式为 94")
    assert "不能单独改写" in finding.message
    assert "【I204 提示】" in cell.note
    assert cell.review.startswith("未改动")
    assert "<v>" not in cell.markup


def following(fourth: str) -> bytes:
    """A total of an array that leaves out the last row, and what follows from it beside it."""
    array = formula("B2:C2+B3:C3+B4:C4", 100, ' t="array" ref="B5:C5"')
    return workbook({"B5": array, "C5": number(38), "D5": fourth})


def test_formulas_that_read_what_is_left_stay_and_promise_nothing() -> None:
    data = following(formula("B5-C5", 62))
    assert_left(seen(data, "C5"), "多单元格数组公式（B5:C5）")
    cell = seen(data, "D5")
    assert cell.finding.kind is Kind.CONSEQUENCE
    assert_left(cell, "C5 未能更正，本格公式照原样保留")
    assert cell.finding.cause == "由 C5 差错引起"
    assert cell.markup == cell_in(data, "D5")


def test_a_figure_typed_after_what_is_left_is_put_right_without_a_formula() -> None:
    cell = seen(following(number(62)), "D5")
    assert_corrected(cell, '<c r="D5"><v>6</v></c>')
    assert cell.finding.cause == "由 C5 差错引起"
    assert "随之更正" not in cell.note + cell.finding.message


def array_of_lost_points(total: str, last: float) -> bytes:
    """The lost points as one array over four cells."""
    lost = formula("B2:B5-C2:C5", 0, ' t="array" ref="D2:D5"')
    return workbook({"C5": total, "D2": lost, "D5": number(last)})


def test_an_array_that_comes_right_by_itself_stays_with_its_new_result() -> None:
    data = array_of_lost_points(number(38), 62)
    assert_corrected(seen(data, "C5"), '<c r="C5"><f>ROUND(SUM(C2:C4),0)</f><v>94</v></c>')
    assert_corrected(seen(data, "D5"), '<c r="D5"><v>6</v></c>')
    assert cell_in(data, "D2") == '<c r="D2"><f t="array" ref="D2:D5">B2:B5-C2:C5</f><v>0</v></c>'


def test_an_array_whose_new_result_is_unknown_has_none_and_promises_none() -> None:
    """What a data table will show nobody knows, so neither what is computed from it."""
    unknown = '<c r=#><f t="dataTable" ref="B5" dt2D="0" dtr="0" r1="F1"/><v>100</v></c>'
    lost = formula("B2:B5-C2:C5", 0, ' t="array" ref="D2:D5"')
    data = workbook({"B5": unknown, "C5": number(38), "D2": lost, "D5": number(62)})
    assert_corrected(seen(data, "C5"), '<c r="C5"><f>ROUND(SUM(C2:C4),0)</f><v>94</v></c>')
    cell = seen(data, "D5")
    assert_left(cell, "其公式按更正后的数重新计算，末位可能与应为数不同")
    assert "随之更正" not in cell.note
    assert cell.markup == '<c r="D5"/>'


def test_a_figure_computed_from_an_unknown_result_is_written_as_a_number() -> None:
    unknown = '<c r=#><f t="dataTable" ref="C2" dt2D="0" dtr="0" r1="F1"/><v>20</v></c>'
    cell = seen(workbook({"C2": unknown, "C5": number(38)}), "C5")
    assert_corrected(cell, '<c r="C5"><v>94</v></c>')


def test_the_review_sheet_says_that_not_everything_could_be_corrected() -> None:
    def foot(cells: Mapping[str, str]) -> str:
        book = openpyxl.load_workbook(io.BytesIO(marked(workbook(cells))))
        rows = list(book["核对结果"].values)
        return "\n".join(str(value) for row in rows[5:] for value in row if value)

    said = foot({"B5": f"<c r=#>{ANCHOR}<v>100</v></c>", "C5": number(97)})
    assert "副本未能更正" in said
    assert "已按公式更正，原填报值见批注（“处理”写明“未改动”的除外）" in said
    assert "“未改动”" not in foot({"C5": number(38)})


def test_a_sheet_is_not_taken_for_one_with_other_tables() -> None:
    cells = {"C5": number(38)}
    for parts, action in [
        (table("A1:D5", ' totalsRowCount="1"'), Action.LEFT),
        (table("A1:D5"), Action.CORRECTED),
        (table("A1:D5", ' totalsRowCount="1"'), Action.LEFT),
    ]:
        assert seen(workbook(cells, parts), "C5").finding.action is action


@pytest.mark.parametrize(
    "part", ["<table", '<table ref="nowhere"/>', '<table ref="A1:D5" totalsRowCount="x"/>']
)
def test_a_broken_table_costs_neither_the_file_nor_its_corrections(part: str) -> None:
    parts = {**table("A5:D9"), "xl/tables/t1.xml": part}
    data = workbook({"C5": number(38)}, parts)
    checked = check(data, "得分.xlsx", DEFAULT)
    book = openpyxl.load_workbook(io.BytesIO(marked(data)), data_only=True)
    finding = next(f for f in checked.record.findings if f.cell == "C5")
    right = 94 if finding.action is Action.CORRECTED else 38
    assert book["得分"]["C5"].value == right
