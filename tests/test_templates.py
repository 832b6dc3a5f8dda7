"""The blank templates: current, complete, computing, following inserted rows."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from formula_engine import Book
from template_books import (
    COMMITTED,
    FILLED,
    GUIDE,
    NAMES,
    ROOT,
    SHEETS,
    WHERE,
    blank,
    book,
    layouts,
    opened,
    page,
    relations,
)

from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.relations import Sum
from selfeval_xl.settings import DEFAULT
from selfeval_xl.templates import build_template, write_templates
from selfeval_xl.templating.layout import Role
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import a1

# --- the files -------------------------------------------------------------------------------


def _parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return [(entry.filename, package.read(entry)) for entry in package.infolist()]


@pytest.mark.parametrize("name", NAMES)
def test_committed_template_is_current(name: str) -> None:
    # Part by part: another zlib may compress the same content to other bytes.
    assert _parts(blank(name)) == _parts((COMMITTED / name).read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_building_twice_gives_the_same_bytes(name: str) -> None:
    assert build_template(name) == blank(name)


def test_write_templates(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "新建" / "模板")
    assert [path.name for path in written] == NAMES
    assert {path.name: path.read_bytes() for path in written} == {n: blank(n) for n in NAMES}


def test_what_stands_in_the_place_of_a_template_is_never_overwritten(tmp_path: Path) -> None:
    """Somebody may have filled it in."""
    write_templates(tmp_path)
    filled = tmp_path / NAMES[0]
    filled.write_bytes(b"filled in")
    numbered = tmp_path / NAMES[0].replace(".xlsx", "(2).xlsx")
    for _ in range(2):
        assert write_templates(tmp_path) == [numbered, *(tmp_path / name for name in NAMES[1:])]
        assert filled.read_bytes() == b"filled in"
        assert numbered.read_bytes() == blank(NAMES[0])
        assert len(list(tmp_path.iterdir())) == len(NAMES) + 1


@pytest.mark.parametrize("name", NAMES)
def test_sheets(name: str) -> None:
    assert opened(name).sheetnames == [*SHEETS[name], GUIDE]


def test_entries_outside_the_input_boxes_are_refused() -> None:
    with pytest.raises(ValueError, match="H30"):
        build_template("绩效自评表.xlsx", {"项目支出绩效自评表": {"H30": 100}})
    with pytest.raises(KeyError):
        build_template("绩效自评表.xlsx", {"没有这张表": {"A1": 1}})


def test_text_that_looks_like_a_formula_stays_text() -> None:
    data = build_template("绩效自评表.xlsx", {"项目支出绩效自评表": {"C3": "=1+1", "D13": "+项目"}})
    sheet = openpyxl.load_workbook(BytesIO(data))["项目支出绩效自评表"]
    assert (sheet["C3"].data_type, sheet["C3"].value) == ("s", "=1+1")
    assert (sheet["D13"].data_type, sheet["D13"].value) == ("s", "+项目")


# --- recognised, and silent --------------------------------------------------------------------


@pytest.mark.parametrize("sheet", list(WHERE))
def test_filled_template_is_recognised(sheet: str) -> None:
    layout = layouts()[sheet]
    found = recognise(layout.sheet(layout.contents(examples=True)), DEFAULT)
    assert {form.kind for form in found} == {layout.form}
    assert [form.failure for form in found if form.failure] == []


@pytest.mark.parametrize("name", NAMES)
def test_blank_template_yields_no_finding(name: str) -> None:
    for sheet in read_workbook(blank(name), name).sheets:
        for form in recognise(sheet, DEFAULT):
            assert form.failure or examine(form, DEFAULT).findings == [], sheet.name


@pytest.mark.parametrize("name", NAMES)
def test_guide_is_no_form(name: str) -> None:
    (guide,) = (s for s in read_workbook(blank(name), name).sheets if s.name == GUIDE)
    assert recognise(guide, DEFAULT) == []


# --- formulas ----------------------------------------------------------------------------------

FORMULAS = {
    "部门整体支出绩效评价基础数据表": {
        "F5": 'IF(OR(COUNT(D5,B5)<2,B5=0),"",ROUND(D5/B5,4))',
        "B8": 'IF(COUNT(INDEX(B:B,ROW()+1):INDEX(B:B,ROW(B11)-1))=0,"",'
        "ROUND(SUM(INDEX(B:B,ROW()+1):INDEX(B:B,ROW(B11)-1)),6))",
        "D27": 'IF(OR(COUNT(C27,B27)<2,B27=0),"",ROUND(C27/B27,4))',
    },
    "资金使用明细表": {
        "F6": 'IF(COUNT(D6,E6)<2,"",ROUND(D6-E6,6))',
        "E18": 'IF(COUNT(E5:INDEX(E:E,ROW()-1))=0,"",ROUND(SUM(E5:INDEX(E:E,ROW()-1)),6))',
        "E19": 'IF(OR(COUNT(C18,C19)<2,C19=0),"",ROUND(C18/C19,4))',
    },
    "项目支出绩效自评表": {
        "H6": 'IF(OR(COUNT(F6,E6)<2,E6=0),"",ROUND(F6/E6,4))',
        "I6": 'IF(OR(COUNT(G6,F6,E6)<3,E6=0),"",ROUND(G6*MIN(F6/E6,1),2))',
        "H30": 'IF(COUNT(I6,H12:INDEX(H:H,ROW()-1))=0,"",ROUND(SUM(I6,H12:INDEX(H:H,ROW()-1)),2))',
    },
    "指标体系评分表": {
        "H6": 'IF(COUNT(E6,G6)<2,"",ROUND(E6-G6,2))',
        "B30": 'IF(COUNT(E12:INDEX(E:E,ROW(E17)-1))=0,"",ROUND(SUM(E12:INDEX(E:E,ROW(E17)-1)),2))',
        "E32": 'IF(OR(COUNT(C32,B32)<2,B32=0),"",ROUND(C32/B32,4))',
    },
    "社会公众满意度调查问卷统计表": {
        "H7": 'IF(COUNT(C7:G7)=0,"",ROUND(SUM(C7:G7),0))',
        "D8": 'IF(OR(COUNT(D7,H7)<2,H7=0),"",D7/H7)',
        "D9": 'IF(COUNT(D8,D$5)<2,"",(D8*D$5)*$H$5)',
        "H40": 'IF(COUNT(H39)=0,"",ROUND(H39,2))',
    },
}


@pytest.mark.parametrize("sheet", list(FORMULAS))
def test_formulas(sheet: str) -> None:
    assert {cell: page(sheet)[cell].value for cell in FORMULAS[sheet]} == {
        cell: f"={formula}" for cell, formula in FORMULAS[sheet].items()
    }


@pytest.mark.parametrize("sheet", list(WHERE))
def test_every_derived_cell_holds_a_formula_and_no_other(sheet: str) -> None:
    derived = {a1(box.cell) for box in layouts()[sheet].by_role(Role.DERIVED)}
    formulas = {
        cell.coordinate for row in page(sheet).iter_rows() for cell in row if cell.data_type == "f"
    }
    assert formulas == derived


@pytest.mark.parametrize("sheet", list(WHERE))
def test_every_formula_is_its_relation(sheet: str) -> None:
    """A formula computes what the relation computes, with the calculation the relation writes."""
    layout, sheet_book = layouts()[sheet], book(sheet)
    own = [a1(box.cell) for box in layout.by_role(Role.DERIVED) if box.link]
    assert own == (["H5"] if layout.form == "questionnaire" else [])

    def at(cell: tuple[int, int]) -> Fraction | None:
        value = sheet_book.at(a1(cell))
        return value if isinstance(value, Fraction) else None

    for box in layout.by_role(Role.DERIVED):
        if box.link:
            continue
        relation = relations(sheet)[box.cell]
        exact = relation.equals.value(at)
        found = at(box.cell)
        if found is None:
            assert exact is None, a1(box.cell)
            continue
        assert exact is not None, a1(box.cell)
        allowed = Fraction(0) if box.decimals is None else Fraction(1, 2 * 10**box.decimals)
        assert abs(found - exact) <= allowed, a1(box.cell)
        if not isinstance(relation.equals, Sum) and "SUM" not in relation.equals.formula():
            text = page(sheet)[a1(box.cell)].value
            plain = relation.equals.formula().replace("*10", "*$H$5")
            assert plain in text.replace("$5", "5").replace("H5", "$H$5").replace("$$", "$"), text


@pytest.mark.parametrize("sheet", list(WHERE))
@pytest.mark.parametrize("filled", [False, True])
def test_cached_results(sheet: str, filled: bool) -> None:
    """What previews and readers see is what the formulas compute."""
    data = (FILLED / WHERE[sheet]).read_bytes() if filled else blank(WHERE[sheet])
    cached = openpyxl.load_workbook(BytesIO(data), data_only=True)[sheet]
    computed = book(sheet, filled=filled)
    for box in layouts()[sheet].by_role(Role.DERIVED):
        shown, value = cached[a1(box.cell)].value, computed.at(a1(box.cell))
        if value == "":
            assert shown in (None, ""), a1(box.cell)
        else:
            assert shown == pytest.approx(float(value), abs=1e-12), a1(box.cell)


@pytest.mark.parametrize("sheet", list(WHERE))
def test_blank_inputs_leave_derived_cells_blank(sheet: str) -> None:
    """But for the points that are preset (预算执行率 10 分) and 每题满分."""
    computed = book(sheet, filled=False)
    shown = {
        a1(box.cell): computed.at(a1(box.cell))
        for box in layouts()[sheet].by_role(Role.DERIVED)
        if computed.at(a1(box.cell)) != ""
    }
    preset = {
        "项目支出绩效自评表": {"G30": 10},
        "部门整体支出绩效自评表": {"G31": 10},
        "社会公众满意度调查问卷统计表": {"H5": 10},
    }
    assert shown == preset.get(sheet, {})


# --- rows inserted by people -------------------------------------------------------------------

# (sheet, row inserted before, what is typed there, total cell before, its new address, increase)
INSERTED: list[tuple[str, int, dict[str, Any], str, str, str]] = [
    ("资金使用明细表", 6, {"E": 1.5}, "E18", "E19", "1.5"),
    ("资金使用明细表", 11, {"E": 1.5}, "E18", "E19", "1.5"),
    ("资金使用明细表", 18, {"E": 1.5, "C": 7}, "E18", "E19", "1.5"),
    ("资金使用明细表", 18, {"E": 1.5, "C": 7}, "C18", "C19", "7"),
    ("项目支出绩效自评表", 13, {"G": 3, "H": 2}, "G30", "G31", "3"),
    ("项目支出绩效自评表", 20, {"G": 3, "H": 2}, "H30", "H31", "2"),
    ("项目支出绩效自评表", 30, {"G": 3, "H": 2}, "H30", "H31", "2"),
    ("项目支出绩效自评表", 9, {"F": 4}, "F6", "F6", "4"),
    ("项目支出绩效自评表", 10, {"F": 4}, "F6", "F6", "4"),
    ("部门整体支出绩效自评表", 31, {"H": 2}, "H31", "H32", "2"),
    ("部门整体支出绩效自评表", 9, {"D": 6}, "D6", "D6", "6"),
    ("部门整体支出绩效评价基础数据表", 17, {"F": 8}, "F16", "F16", "8"),
    ("部门整体支出绩效评价基础数据表", 17, {"F": 8}, "F13", "F13", "8"),
    ("部门整体支出绩效评价基础数据表", 20, {"F": 8}, "F16", "F16", "8"),
    ("部门整体支出绩效评价基础数据表", 20, {"F": 8}, "F13", "F13", "8"),
    ("指标体系评分表", 6, {"E": 2, "G": 1}, "E25", "E26", "2"),
    ("指标体系评分表", 8, {"E": 2, "G": 1}, "B29", "B30", "2"),
    ("指标体系评分表", 25, {"E": 2, "G": 1}, "C31", "C32", "1"),
    ("指标体系评分表", 25, {"E": 2, "G": 1}, "G25", "G26", "1"),
]


@pytest.mark.parametrize(("sheet", "row", "typed", "before", "after", "increase"), INSERTED)
def test_totals_follow_inserted_rows(
    sheet: str, row: int, typed: dict[str, Any], before: str, after: str, increase: str
) -> None:
    changed = book(sheet).insert(row)
    for column, value in typed.items():
        changed.contents[row, ord(column) - 64] = value
    assert changed.at(after) - book(sheet).at(before) == Fraction(increase)


@pytest.mark.parametrize("row", [7, 22, 37])
def test_questionnaire_follows_an_inserted_question(row: int) -> None:
    """A question's three rows are copied in before the first, between two, or after the last."""
    sheet = "社会公众满意度调查问卷统计表"
    changed = book(sheet).insert(row, 3)
    changed.copy(10 if row == 7 else 7, row, 3)
    for column, people in enumerate((30, 20, 6, 3, 1), start=3):
        changed.contents[row, column] = people
    counts = json.loads((ROOT / "samples/data/16-社区居家养老服务补贴项目.json").read_text("utf-8"))
    typed = counts["workbooks"]["问卷统计表.xlsx"][sheet]
    groups = [typed[f"A{7 + 3 * n}"][2:] for n in range(10)] + [[30, 20, 6, 3, 1]]
    weights = [Fraction(text) for text in ("1", "0.8", "0.6", "0.2", "0")]
    score = sum(
        Fraction(people) * weight / 60
        for group in groups
        for people, weight in zip(group, weights, strict=True)
    )
    assert changed.at("H5") == Fraction(100, 11)
    assert changed.at("H40") == 660
    assert changed.at("C40") == sum(group[0] for group in groups)
    assert abs(changed.at("H43") - score * Fraction(100, 11)) <= Fraction(1, 200)


def test_deleted_blank_rows_change_no_total() -> None:
    """Deleting rows is inserting them backwards: no formula names a single detail row."""
    for sheet in ("资金使用明细表", "项目支出绩效自评表", "指标体系评分表"):
        for box in layouts()[sheet].by_role(Role.DERIVED):
            relation = relations(sheet)[box.cell]
            if isinstance(relation.equals, Sum) and len(list(relation.equals.cells())) > 3:
                text = page(sheet)[a1(box.cell)].value
                assert "INDEX(" in text, (sheet, text)


def test_addresses_of_the_engine() -> None:
    """The formula engine itself: insertion, text, circular references."""
    plain = Book(
        {(1, 1): 2, (2, 1): 3, (3, 1): "=SUM(A1:INDEX(A:A,ROW()-1))", (3, 2): '=IF(A3=5,"",1/0)'}
    )
    assert (plain.at("A3"), plain.at("B3")) == (5, "")
    assert plain.insert(2).contents[4, 1] == "=SUM(A1:INDEX(A:A,ROW()-1))"
    assert plain.insert(2).contents[4, 2] == '=IF(A4=5,"",1/0)'
    with pytest.raises(ArithmeticError, match="circular"):
        Book({(1, 1): "=SUM(A1:A2)"}).at("A1")
