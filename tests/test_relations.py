"""The algebra of relations: exact values, intervals that contain them, formulas, sentences."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval_xl.relations import (
    At,
    Capped,
    Const,
    Difference,
    Expression,
    Product,
    Ratio,
    Rounded,
    Sum,
)
from selfeval_xl.workbooks.sheet import Cell, a1

A, B, C, D = (0, 0), (0, 1), (0, 2), (1, 0)

CASES = [
    (Sum((At(A), At(B), At(C))), "SUM(A1:C1)", "1/2 + 1/3 + 4", Fraction(29, 6)),
    (Sum((At(A), At(D))), "SUM(A1:A2)", "1/2 + 0", Fraction(1, 2)),
    (Sum((At(A), At(C))), "SUM(A1,C1)", "1/2 + 4", Fraction(9, 2)),
    (Difference(At(C), At(A)), "C1-A1", "4 − 1/2", Fraction(7, 2)),
    (Ratio(At(A), At(C)), "A1/C1", "1/2 ÷ 4", Fraction(1, 8)),
    (Ratio(At(A), At(D)), "A1/A2", "1/2 ÷ 0", None),
    (Product(At(A), Const(Fraction(4, 5))), "A1*0.8", "1/2 × 0.8", Fraction(2, 5)),
    (
        Product(Ratio(At(A), At(C)), Const(Fraction(10))),
        "(A1/C1)*10",
        "1/2 ÷ 4 × 10",
        Fraction(5, 4),
    ),
    (Capped(At(C), Const(Fraction(1))), "MIN(C1,1)", "4（最高按 1 计）", Fraction(1)),
    (Rounded(At(B), 2), "ROUND(B1,2)", "1/3", Fraction(33, 100)),
    (
        Difference(At(C), Difference(At(B), At(A))),
        "C1-(B1-A1)",
        "4 −（1/3 − 1/2）",
        Fraction(25, 6),
    ),
    (
        Product(Sum((Product(At(A), Const(Fraction(2))), At(C))), Const(Fraction(10))),
        "(A1*2+C1)*10",
        "（1/2 × 2 + 4）× 10",
        Fraction(50),
    ),
    (
        Ratio(At(A), Sum((At(A), At(B)))),
        "A1/SUM(A1:B1)",
        "1/2 ÷（1/2 + 1/3）",
        Fraction(3, 5),
    ),
    (
        Difference(At(C), Sum((Sum((At(A), At(B))), At(B)))),
        "C1-(SUM(A1:B1)+B1)",
        "4 −（1/2 + 1/3 + 1/3）",
        Fraction(17, 6),
    ),
]
VALUES = {A: Fraction(1, 2), B: Fraction(1, 3), C: Fraction(4), D: Fraction(0)}


@pytest.mark.parametrize(("expression", "formula", "sentence", "value"), CASES)
def test_four_uses_of_one_declaration(
    expression: Expression, formula: str, sentence: str, value: Fraction | None
) -> None:
    assert expression.formula() == formula
    assert expression.sentence(lambda cell: str(VALUES[cell])) == sentence
    assert expression.value(VALUES.get) == value


def test_blank_parts_of_a_sum_count_as_nothing_but_not_all() -> None:
    total = Sum((At(A), At((9, 9))))
    assert total.value(VALUES.get) == Fraction(1, 2)
    assert Sum((At((9, 9)),)).value(VALUES.get) is None


numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=500)
slacks = st.fractions(min_value=0, max_value=2, max_denominator=100)


@given(
    st.lists(st.tuples(numbers, slacks, st.fractions(0, 1)), min_size=3, max_size=3),
    st.sampled_from([case[0] for case in CASES]),
)
def test_interval_contains_every_value_the_operands_allow(
    drawn: list[tuple[Fraction, Fraction, Fraction]], expression: Expression
) -> None:
    cells: list[Cell] = [A, B, C]
    bounds = {
        cell: (mid - slack, mid + slack) for cell, (mid, slack, _) in zip(cells, drawn, strict=True)
    }
    inside = {
        cell: low + (high - low) * share
        for (cell, (low, high)), (_, _, share) in zip(bounds.items(), drawn, strict=True)
    }
    bounds[D] = (Fraction(), Fraction())
    inside[D] = Fraction()
    value, interval = expression.value(inside.get), expression.interval(bounds.get)
    if value is not None and interval is not None:
        assert interval[0] <= value <= interval[1]


figures = st.one_of(
    st.sampled_from([At(A), At(B), At(C)]),
    st.integers(1, 9).map(lambda number: Const(Fraction(number))),
)
calculations = st.recursive(
    figures,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: Sum(tuple(parts))),
        st.builds(Difference, inner, inner),
        st.builds(Product, inner, inner),
        st.builds(Ratio, inner, inner),
    ),
    max_leaves=8,
)
_SIGNS = str.maketrans({"（": "(", "）": ")", "×": "*", "÷": "/", "−": "-"})


def worked_out(calculation: str) -> Fraction | None:
    """Return what a calculation over A1, B1 and C1 comes to, None when it divides by nothing."""
    python = re.sub(r"(?<![\w.])\d+", r"Fraction(\g<0>)", calculation)
    names = {"A1": VALUES[A], "B1": VALUES[B], "C1": VALUES[C]}
    try:
        found = eval(python, names | {"Fraction": Fraction, "SUM": lambda *parts: sum(parts)})
    except ZeroDivisionError:
        return None
    return Fraction(found)


@given(calculations)
def test_a_calculation_as_printed_and_as_a_formula_is_the_calculation(
    expression: Expression,
) -> None:
    """Worked out by the usual order of signs, both come to the value."""
    value = expression.value(VALUES.get)
    printed = worked_out(expression.sentence(a1).translate(_SIGNS))
    if printed is not None:
        assert printed == value
    ranges = {"A1:C1": "A1,B1,C1", "A1:B1": "A1,B1", "B1:C1": "B1,C1"}
    formula = re.sub("[A-Z]1:[A-Z]1", lambda found: ranges[found[0]], expression.formula())
    if (computed := worked_out(formula)) is not None:
        assert computed == value
