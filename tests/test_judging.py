"""Verdicts on small hand-made forms: each case of the table in which a difference is judged."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.form import Field, Form, Head, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.judging import judge
from selfeval_xl.relations import At, Const, Difference, Product, Ratio, Relation, Sum
from selfeval_xl.settings import DEFAULT
from selfeval_xl.values import read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

COUNT, AMOUNT, RATE, SCORE = Measure.COUNT, Measure.AMOUNT, Measure.RATE, Measure.SCORE


def form(cells: dict[Cell, tuple[object, Measure]], *relations: Relation) -> Form:
    """Build a one-sheet form of the given cells."""
    height = max(row for row, _ in cells) + 1
    width = max(column for _, column in cells) + 1
    rows: list[list[object]] = [[None] * width for _ in range(height)]
    for (row, column), (value, _) in cells.items():
        rows[row][column] = value
    fields = {
        cell: Field(
            cell, f"格{cell}", measure, read_quantity(value), decimals=4 if measure is RATE else 2
        )
        for cell, (value, measure) in cells.items()
    }
    sheet = Sheet("表", rows)
    return Form("questionnaire", sheet, (0, 0, height, width), "", Head(), fields, list(relations))


def one(judgement: Judgement) -> Finding:
    assert len(judgement.findings) == 1
    return judgement.findings[0]


PART, WHOLE, SHARE, POINTS = (0, 0), (0, 1), (0, 2), (0, 3)


def shares(part: object, whole: object, share: object, score: object) -> Form:
    """人数, 合计, 占比 and 分数 of one option with coefficient 0.8 of 10 points."""
    factor = Const(Fraction(8))
    return form(
        {PART: (part, COUNT), WHOLE: (whole, COUNT), SHARE: (share, RATE), POINTS: (score, SCORE)},
        Relation("Q202", SHARE, Ratio(At(PART), At(WHOLE)), decimals=4),
        Relation("Q204", POINTS, Product(At(SHARE), factor)),
    )


@pytest.mark.parametrize(
    ("share", "score"),
    [("17.86%", "1.43"), (0.1786, 1.43), (5 / 28, 5 / 28 * 8), ("18%", "1.4"), ("17.9%", 1.429)],
)
def test_figures_that_agree_at_their_own_precision_are_silent(share: object, score: object) -> None:
    assert judge(shares(5, 28, share, score), DEFAULT).findings == []


def test_a_wrong_share_is_one_root_and_its_score_a_consequence() -> None:
    root, consequence = judge(shares(0, 37, "5.41%", "0.43"), DEFAULT).findings
    assert (root.cell, root.kind, root.level, root.action) == (
        "C1",
        Kind.ROOT,
        Level.ERROR,
        Action.CORRECTED,
    )
    assert (root.stated, root.expected, root.difference) == (
        Decimal("0.0541"),
        Decimal("0.0000"),
        Decimal("0.0541"),
    )
    assert (root.stated_text, root.expected_text) == ("5.41%", "0.00%")
    assert (consequence.cell, consequence.kind, consequence.root) == (
        "D1",
        Kind.CONSEQUENCE,
        "表!C1",
    )


def test_a_score_that_fits_neither_is_a_root_of_its_own() -> None:
    kinds = [f.kind for f in judge(shares(0, 37, "5.41%", "7.70"), DEFAULT).findings]
    assert kinds == [Kind.ROOT, Kind.ROOT]


def test_a_cut_off_rate_is_rounding_and_corrected() -> None:
    found = judge(shares(100567, 58179, "172.85%", "13.83"), DEFAULT).findings
    assert [(f.cell, f.kind, f.level, f.action) for f in found] == [
        ("C1", Kind.ROUNDING, Level.ROUNDING, Action.CORRECTED)
    ]


def test_a_blank_is_filled() -> None:
    finding = one(judge(shares(5, 28, None, "1.43"), DEFAULT))
    assert (finding.kind, finding.action, finding.expected) == (
        Kind.FILLED,
        Action.FILLED,
        Decimal("0.1786"),
    )


def test_a_zero_denominator_is_not_computed() -> None:
    assert judge(shares(0, 0, "0.00%", "0.00"), DEFAULT).findings == []
    assert judge(shares(0, 0, None, None), DEFAULT).findings == []
    finding = one(judge(shares(0, 0, "50.00%", "4.00"), DEFAULT))
    assert (finding.cell, finding.kind, finding.action) == ("C1", Kind.UNSETTLED, Action.LEFT)


@pytest.mark.parametrize(
    ("parts", "stated", "calculation"),
    [
        # 8.9189 + 0.2162 + 0.4865 = 9.6216 from the head counts; the printed figures make 9.63.
        (
            ((33, "8.92"), ("0.8", "0.22"), ("1.8", "0.49")),
            "9.78",
            "8.92 + 0.22 + 0.49 = 9.62（各数按四舍五入前的值计算）",
        ),
        (((29, "7.84"), ("4.8", "1.30"), ("1.2", "0.32")), "9.57", "7.84 + 1.30 + 0.32 = 9.46"),
    ],
)
def test_a_calculation_that_differs_by_hand_says_why(
    parts: tuple[tuple[object, str], ...], stated: str, calculation: str
) -> None:
    weighted = {(1, column): (people, Measure.NUMBER) for column, (people, _) in enumerate(parts)}
    scores = {(0, column): (score, SCORE) for column, (_, score) in enumerate(parts)}
    relations = [
        Relation(
            "Q204",
            cell,
            Product(Ratio(At((1, cell[1])), Const(Fraction(37))), Const(Fraction(10))),
        )
        for cell in scores
    ]
    total = (0, len(parts))
    built = form(
        {**weighted, **scores, total: (stated, SCORE)},
        *relations,
        Relation("Q205", total, Sum(tuple(map(At, scores)))),
    )
    assert one(judge(built, DEFAULT)).calculation == calculation


def test_the_sum_of_rounded_figures_is_a_rounding_difference() -> None:
    thirds = {(0, column): ("3.33", SCORE) for column in range(3)}
    parts = tuple(At(cell) for cell in thirds)
    counts = {(1, column): (1, COUNT) for column in range(3)}
    total = (0, 3)
    relations = [
        Relation(
            "Q204", (0, c), Product(Ratio(At((1, c)), Const(Fraction(3))), Const(Fraction(10)))
        )
        for c in range(3)
    ]
    built = form(
        {**thirds, **counts, total: ("9.99", SCORE)},
        *relations,
        Relation("Q205", total, Sum(parts)),
    )
    finding = one(judge(built, DEFAULT))
    assert (finding.kind, finding.level, finding.action) == (
        Kind.ROUNDING,
        Level.ROUNDING,
        Action.LEFT,
    )


def test_counts_are_exact_and_never_rounding() -> None:
    built = form(
        {(0, 0): (5, COUNT), (0, 1): (6, COUNT), (0, 2): (12, COUNT)},
        Relation("Q201", (0, 2), Sum((At((0, 0)), At((0, 1))))),
    )
    assert one(judge(built, DEFAULT)).kind is Kind.ROOT


def test_an_unreadable_operand_leaves_the_total_alone() -> None:
    built = form(
        {(0, 0): ("7,00.0,77", AMOUNT), (0, 1): (6, AMOUNT), (0, 2): (706.077, AMOUNT)},
        Relation("F201", (0, 2), Sum((At((0, 0)), At((0, 1))))),
    )
    assert judge(built, DEFAULT).findings == []


def test_a_total_computed_without_a_blank_is_wrong() -> None:
    """A formula added up what was there; what belongs in the blank is not in the result."""
    built = form(
        {(0, 0): (7, COUNT), (0, 1): (9, COUNT), (0, 2): (None, RATE), (0, 3): (1 / 3, RATE),
         (0, 4): (1 / 3, RATE)},
        Relation("Q202", (0, 2), Ratio(At((0, 0)), At((0, 1))), decimals=4),
        Relation("Q203", (0, 4), Sum((At((0, 2)), At((0, 3)))), decimals=4),
    )  # fmt: skip
    filled, total = judge(built, DEFAULT).findings
    assert (filled.cell, filled.kind) == ("C1", Kind.FILLED)
    assert (total.cell, total.kind, total.action) == ("E1", Kind.ROOT, Action.CORRECTED)
    assert total.expected == Decimal("1.1111")


def test_a_doubtful_total_is_questioned_and_left() -> None:
    built = form(
        {(0, 0): (5, SCORE), (0, 1): (6, SCORE), (0, 2): (12, SCORE)},
        Relation("S205", (0, 2), Sum((At((0, 0)), At((0, 1)))), doubt="分值合计不是 100"),
    )
    finding = one(judge(built, DEFAULT))
    assert (finding.kind, finding.level, finding.action) == (
        Kind.UNSETTLED,
        Level.REVIEW,
        Action.LEFT,
    )
    assert "分值合计不是 100" in finding.message


def test_nothing_is_corrected_to_a_figure_that_rests_on_a_proposed_one() -> None:
    """The proposed input is written nowhere, so its sum would be computed from the stated one."""
    a, b, total, share = (0, 0), (0, 1), (0, 2), (0, 3)
    built = form(
        {a: (10, SCORE), b: (90, SCORE), total: (1828.6, SCORE), share: ("7%", RATE)},
        Relation("S204", total, Sum((At(a), At(b)))),
        Relation("S201", share, Ratio(At(total), Const(Fraction(100))), decimals=4),
    )
    stated = judge(built, DEFAULT).findings
    assert [finding.action for finding in stated] == [Action.CORRECTED, Action.CORRECTED]
    proposed = judge(built, DEFAULT, assumed={a: Fraction(1)}).findings
    assert [finding.kind for finding in proposed] == [Kind.UNSETTLED, Kind.UNSETTLED]
    assert {finding.action for finding in proposed} == {Action.LEFT}
    assert "所依据的 A1 本身待核实" in proposed[0].message


def test_an_accepted_alternative_is_silent_and_carried_on() -> None:
    printed = Product(At((0, 0)), Const(Fraction(1, 2), "50%"))
    built = form(
        {
            (0, 0): (10, COUNT),
            (0, 1): (4.99, SCORE),
            (0, 2): (5, SCORE),
            (0, 3): (1, SCORE),
            (0, 4): (6, SCORE),
        },
        Relation("S202", (0, 2), Difference(At((0, 1)), Const(Fraction())), (printed,)),
        Relation("S205", (0, 4), Sum((At((0, 2)), At((0, 3))))),
    )  # fmt: skip
    assert judge(built, DEFAULT).findings == []


def test_relations_may_be_declared_in_any_order() -> None:
    built = shares(0, 37, "5.41%", "0.43")
    built.relations.reverse()
    assert [f.kind for f in judge(built, DEFAULT).findings] == [Kind.ROOT, Kind.CONSEQUENCE]


def test_a_total_computed_from_printed_figures_is_silent() -> None:
    """97.80000000000001 is 9.50 + 88.30 as a spreadsheet adds them, though 9.4988 is exact."""
    built = form(
        {
            (0, 0): (9.4988, SCORE),
            (0, 1): (9.5, SCORE),
            (0, 2): (88.3, SCORE),
            (0, 3): (97.80000000000001, SCORE),
        },
        Relation("S202", (0, 1), Sum((At((0, 0)),))),
        Relation("S205", (0, 3), Sum((At((0, 1)), At((0, 2))))),
    )
    assert judge(built, DEFAULT).findings == []
