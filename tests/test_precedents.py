"""Which cells formulas read where they stand: worked out by hand, and what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW
from selfeval_xl.workbooks.formula_results import areas_read, result
from selfeval_xl.workbooks.formula_values import Area, UnknownError, Value
from selfeval_xl.workbooks.precedents import precedents, written
from selfeval_xl.workbooks.sheet import Cell, parse_a1, parse_range

HERE = parse_a1("D9")


def area(text: str, sheet: str | None = None) -> Area:
    return Area(sheet, *parse_range(text))


COLUMN_B = Area(None, 0, 1, LAST_ROW, 1)
ROW_3 = Area(None, 2, 0, 2, LAST_COLUMN)


@pytest.mark.parametrize(
    ("formula", "areas"),
    [
        ("B2+'另 表'!C3", [area("B2"), area("C3", "另 表")]),
        ("SUM(B:B)", [COLUMN_B]),
        ("SUM(3:3)", [ROW_3]),
        ("SUM(B6:INDEX(B:B,ROW()-1))", [area("B6:B8")]),
        ("SUM(B6:INDEX(B:B,ROW()-4))", [area("B5:B6")]),
        ("SUM(INDEX(B:B,2):INDEX(B:B,ROW(B5)-1))", [area("B2:B4")]),
        ("INDEX(B:B,3)*INDEX(3:3,COLUMN())", [area("B3"), area("D3")]),
        ("IF(B2=0,\"\",SUM(B6:INDEX(B:B,ROW()-1)))", [area("B2"), area("B6:B8")]),
        ("ROW(B5)+SUM(B:B)", [COLUMN_B]),
        # how far is in a cell
        ("INDEX(B:B,C1)", [COLUMN_B, area("C1")]),
        ("SUM(B6:INDEX(B:B,C1))", [area("B6"), COLUMN_B, area("C1")]),
        # not worked out: all the columns it names
        ("SUM(B6:INDEX(B:B,MATCH(1,C1:C9,0)))", [area("B6"), COLUMN_B, area("C1:C9")]),
    ],
)  # fmt: skip
def test_areas_that_are_read(formula: str, areas: list[Area]) -> None:
    found = precedents(formula, HERE, HERE)
    assert found is not None
    assert sorted(found.areas, key=str) == sorted(areas, key=str)


def test_a_copy_of_a_formula_reads_what_copying_makes_of_it() -> None:
    """Written for D9: B6 goes along, $B$6 and the whole column's rows do not."""
    down = precedents("SUM($B$6:INDEX(B:B,ROW()-1),B6)", HERE, parse_a1("E11"))
    assert down is None  # the column moved, so both ends are in different ones
    along = precedents("SUM($B$6:INDEX($B:$B,ROW()-1),B6)", HERE, parse_a1("E11"))
    assert along is not None
    assert along.areas == (area("B6:B10"), area("C8"))


def test_names_are_kept_beside_areas() -> None:
    found = precedents("SUM(B:B)*系数", HERE, HERE)
    assert found is not None
    assert found.areas == (COLUMN_B,)
    assert found.names == (("系数", None),)


@pytest.mark.parametrize("formula", ["SUM(OFFSET(B2,1,0))", 'INDIRECT("B2")', "SUM(甲:乙!B2)"])
def test_what_may_read_anything(formula: str) -> None:
    assert precedents(formula, HERE, HERE) is None


# --- what is read is among what is said to be read ---------------------------------------------


class Watched:
    """Cells of one sheet, each holding a small number, that keep in mind who was asked."""

    def __init__(self) -> None:
        self.read: set[Cell] = set()

    def value(self, sheet: str | None, cell: Cell) -> Value:
        if sheet is not None:
            raise UnknownError
        self.read.add(cell)
        return Fraction((cell[0] * 3 + cell[1]) % 7)

    def values(self, area: Area) -> Sequence[Value]:
        cells = [
            (row, column)
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        ]
        return [self.value(area.sheet, cell) for cell in cells]

    def extent(self, sheet: str | None) -> tuple[int, int]:
        return 12, 6


CELLS = st.builds(lambda c, r: f"{c}{r}", st.sampled_from("ABCDEF"), st.integers(1, 12))
NUMBERS = st.one_of(
    st.integers(1, 9).map(str),
    CELLS,
    st.builds(lambda n: f"ROW()-{n}", st.integers(0, 8)),
    st.builds(lambda c: f"ROW({c})", CELLS),
    st.just("COLUMN()"),
)
COLUMNS = st.sampled_from(["A:A", "$B:$B", "C:D", "2:2", "B2:D9"])
PLACES = st.one_of(
    CELLS,
    st.builds(lambda c, n: f"INDEX({c},{n})", COLUMNS, NUMBERS),
    st.builds(lambda c, n, m: f"INDEX({c},{n},{m})", COLUMNS, NUMBERS, NUMBERS),
)
AREAS = st.one_of(COLUMNS, st.builds(lambda one, two: f"{one}:{two}", PLACES, PLACES))


def calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda a: f"SUM({a})", AREAS),
        st.builds(lambda a, b: f"SUM({a},{b})", AREAS, inner),
        st.builds(lambda a: f"COUNT({a})", AREAS),
        st.builds(lambda a, n: f"COUNTIF({a},{n})", AREAS, NUMBERS),
        st.builds(lambda a, b, n: f'SUMIF({a},">"&{n},{b})', AREAS, AREAS, NUMBERS),
        st.builds(lambda a, b: f"SUMPRODUCT({a},{b})", AREAS, AREAS),
        st.builds(lambda a, b, c: f"IF({a}>{b},{c},{b})", inner, NUMBERS, inner),
        st.builds(lambda a, b: f"IFERROR({a}/({b}-1),{b})", inner, inner),
        st.builds(lambda a, s, b: f"({a}){s}{b}", inner, st.sampled_from("+-*/"), inner),
        st.builds(lambda p: p, PLACES),
    )


@given(st.recursive(NUMBERS, calls, max_leaves=6), st.integers(0, 11), st.integers(0, 5))
@settings(max_examples=600)
def test_nothing_is_read_that_was_not_named(formula: str, row: int, column: int) -> None:
    here, watched = (row, column), Watched()
    with suppress(UnknownError):
        result(formula, here, watched)
    for found in (areas_read(formula, here), written_areas(formula, here)):
        if found is not None:
            assert all(
                any(a.top <= r <= a.bottom and a.left <= c <= a.right for a in found)
                for r, c in watched.read
            )


def written_areas(formula: str, here: Cell) -> Sequence[Area] | None:
    found = written(formula, here, here)
    return None if found is None else found.areas
