"""Which formulas changes reach, that following them has an end, and what copied formulas read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from selfeval_xl.workbooks.dependents import Dependents, SheetArea
from selfeval_xl.workbooks.editing.formulas import reads
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
