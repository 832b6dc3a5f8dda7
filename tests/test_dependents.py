"""Which formulas changes reach, that following them has an end, and what copied formulas read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from selfeval_xl.workbooks.dependents import Dependents, SheetArea
from selfeval_xl.workbooks.editing.formulas import moved, reads
from selfeval_xl.workbooks.editing.recalculation import Scope, looks_outside
from selfeval_xl.workbooks.editing.sheet_formulas import FormulaCell
from selfeval_xl.workbooks.editing.workbook_part import DefinedName
from selfeval_xl.workbooks.sheet import Range, parse_a1, parse_range

FORMULAS: dict[str, str | None] = {
    "C1": "A1:B1",
    "C2": "C1:C1",
    "D1:E2": "C2:C2",
    "F1": "E2:E2",
    "G1": "A1:A16",  # few enough rows to be looked up by them
    "G2": "B1:B17",
    "H1": "H1:H1",
    "H2": None,  # may read any cell
}


def graph(formulas: dict[str, str | None]) -> Dependents:
    found = Dependents()
    for filled, read in formulas.items():
        found.add(0, parse_range(filled), None if read is None else [(0, *parse_range(read))])
    return found


@pytest.mark.parametrize(
    ("changed", "decided", "expected"),
    [
        ("A1", "", "C1 C2 D1 E1 D2 E2 F1 G1"),
        ("B1", "", "C1 C2 D1 E1 D2 E2 F1 G2"),
        ("A1", "C1", "G1"),
        ("A1", "C2", "C1 G1"),
        ("A1", "E2", "C1 C2 D1 E1 D2 G1"),
        ("A16", "", "G1"),
        ("A17", "", ""),
        ("B16", "", "G2"),
        ("B17", "", "G2"),
        ("B18", "", ""),
        ("H1", "H1", ""),
        ("F1", "", ""),
    ],
)
def test_what_changes_reach(changed: str, decided: str, expected: str) -> None:
    places = [(0, *parse_a1(changed))]
    found = graph(FORMULAS).spread(places, [(0, *parse_a1(cell)) for cell in decided.split()])
    assert found == {(0, *parse_a1(cell)) for cell in [*expected.split(), "H2"]}


def test_other_sheets_stay_as_they_are() -> None:
    found = graph(FORMULAS)
    found.add(1, (0, 0, 0, 0), [(0, 0, 0, 0, 0)])
    found.add(1, (1, 0, 1, 0), [(1, 0, 0, 0, 0)])
    assert found.spread([(1, 4, 4)], []) == {(0, *parse_a1("H2"))}
    assert {(1, 0, 0), (1, 1, 0)} < found.spread([(0, 0, 0)], [])


WHOLE: Range = (0, 0, 1_048_575, 16_383)


def test_an_array_over_a_whole_sheet_counts_by_its_first_cell() -> None:
    found = Dependents()
    found.add(0, WHOLE, [(1, *WHOLE)])
    assert found.spread([(1, 9, 9)], []) == {(0, 0, 0)}


@pytest.mark.parametrize(("changes", "reached"), [(100, 0), (1500, 1500)])
def test_formulas_are_all_reached_where_telling_takes_too_long(changes: int, reached: int) -> None:
    found = Dependents()
    tall: Sequence[SheetArea] = [(0, 0, 1, 99, 1)]
    for row in range(1500):
        found.add(0, (row, 2, row, 2), tall)
    assert len(found.spread([(0, row, 0) for row in range(changes)], [])) == reached


@pytest.mark.parametrize(
    ("reference", "down", "across", "area"),
    [
        ("A1", 1, 2, "C2"),
        ("$A1", 1, 2, "A2"),
        ("A$1", 1, 2, "C1"),
        ("$A$1", 1, 2, "A1"),
        ("B3:A1", 1, 2, "C2:D4"),
        ("A1:B$3", 4, 0, "A3:B5"),  # its corners change sides
        ("$C1:D1", 0, -2, "B1:C1"),
        ("1:2", 1, 2, "A2:XFD3"),
        ("$1:2", 1, 2, "A1:XFD3"),
        ("A:B", 1, 2, "C1:D1048576"),
        ("A:$B", 1, 3, "B1:D1048576"),
    ],
)
def test_what_a_copied_formula_reads(reference: str, down: int, across: int, area: str) -> None:
    found = reads(f"SUM({reference})")
    assert found is not None
    assert [item.area(down, across) for item in found.references] == [parse_range(area)]


@pytest.mark.parametrize(
    ("formula", "down", "across", "copied"),
    [
        ("A1+$B2*C$3", 1, 2, "C2+$B3*E$3"),
        ("SUM(A1:B2,D:D,5:6)", 1, 1, "SUM(B2:C3,E:E,6:7)"),
        ("SUM($D:D,$5:6)", 2, 1, "SUM($D:E,$5:8)"),
        ("A1+B2", -1, 0, "#REF!+B1"),
        ("SUM(XFD1:XFD2)", 0, 1, "SUM(#REF!)"),
        ("A1048576", 1, 0, "#REF!"),
        ("SUM(B$1:INDEX(B:B,ROW()-1))", 1, 1, "SUM(C$1:INDEX(C:C,ROW()-1))"),
        ('"A1"&LOG10(A1)&另表!A1', 1, 0, '"A1"&LOG10(A2)&另表!A2'),
    ],
)
def test_what_a_copied_formula_says(formula: str, down: int, across: int, copied: str) -> None:
    assert moved(formula, down, across) == copied


NAMES = [
    DefinedName("Total", "Data!$B$2:$B$9", None),
    DefinedName("Total", "Main!$C$3", 0),
    DefinedName("Both", "total+data!TOTAL", None),
    DefinedName("Relative", "Data!$B2", None),
    DefinedName("NoSheet", "$B$2", None),
    DefinedName("Circle", "Circle+Data!$A$1", None),
    DefinedName("Unknown", "Nothing+Data!$A$1", None),
    DefinedName("Other", "Elsewhere!$A$1", None),
]


@pytest.mark.parametrize(
    ("text", "home", "areas"),
    [
        ("TOTAL", 0, [(0, "C3")]),
        ("Total", 1, [(1, "B2:B9")]),
        ("DATA!Total", 0, [(1, "B2:B9")]),
        ("main!total", 1, [(0, "C3")]),
        ("Both", 0, [(0, "C3"), (1, "B2:B9")]),
        ("A1+data!A1+Both", 1, [(1, "A1"), (1, "A1"), (1, "B2:B9"), (1, "B2:B9")]),
        ("Other+A1", 0, [(0, "A1")]),  # of no sheet that changes
        ("Relative", 0, None),
        ("NoSheet", 0, None),
        ("Circle", 0, None),
        ("Unknown", 0, None),
        ("Nowhere", 0, None),
        ("TABLE1[x]", 0, [(1, "D1:E9")]),
        ("Table2[x]", 0, None),
        ("", 0, None),
    ],
)
def test_what_names_and_tables_stand_for(
    text: str, home: int, areas: list[tuple[int, str]] | None
) -> None:
    tables = {"table1": (1, *parse_range("D1:E9"))}
    scope = Scope({"main": 0, "data": 1}, NAMES, lambda: tables)
    formula = FormulaCell((9, 9), text, (9, 9), "", (9, 9, 9, 9))
    wanted = None if areas is None else [(at, *parse_range(area)) for at, area in areas]
    assert scope.areas(formula, home) == wanted
    assert scope.areas(formula._replace(kind="dataTable"), home) is None


@pytest.mark.parametrize(
    ("part", "outside"),
    [
        ("<c><v>1</v></c>", False),
        ("<c><f>SUM(A1:B2)*2</f></c>", False),
        ('<c><f t="shared" si="0"/></c>', False),
        ('<c><f t="shared" ref="A1:A2" si="0">B1</f></c>', False),
        ('<c><f>"Data!A1"</f></c>', False),
        ("<c><f>A1</f></c><c><f>Data!A1</f></c>", True),
        ("<x:c><x:f>Data!A1</x:f></x:c>", True),
        ("<c><f>&apos;a b&apos;!A1</f></c>", True),
        ("<c><f>Total+1</f></c>", True),
        ("<c><f>SUM(Table1[x])</f></c>", True),
        ("<c><f>INDIRECT(A1)</f></c>", True),
        ("<c><f><![CDATA[Data!A1]]></f></c>", True),
        ("<c><!-- --><f>A1</f></c>", True),
    ],
)
def test_which_formulas_may_read_other_sheets(part: str, outside: bool) -> None:
    assert looks_outside(part.encode()) is outside
    assert looks_outside(part.encode("utf-16")) is True  # is not looked at closely
