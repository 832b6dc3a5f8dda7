"""A wrong sum that a share was worked out from: corrected where other figures speak against it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest

from selfeval_xl.findings import Action, Kind
from selfeval_xl.forms.form import Field, Form, Head, Measure
from selfeval_xl.judging import judge
from selfeval_xl.relations import At, Ratio, Relation, Sum
from selfeval_xl.settings import DEFAULT
from selfeval_xl.suspects import settle
from selfeval_xl.values import read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

COUNT, AMOUNT, RATE = Measure.COUNT, Measure.AMOUNT, Measure.RATE
TOTAL: Cell = (4, 0)
SHARE: Cell = (4, 1)


@dataclass(frozen=True)
class Case:
    """A column of parts and its total, the first part's share of the stated total beside it.

    ``others`` are figures that should be the same as the total; ``across`` are further parts of
    the rows whose sums, ``sums``, are stated. Cells in ``formulas`` are worked out by the
    program, others by hand. A settled total ``says`` why.
    """

    name: str
    parts: tuple[object, ...]
    total: object
    settled: bool
    measure: Measure = COUNT
    others: tuple[object, ...] = ()
    across: tuple[int, ...] = ()
    sums: tuple[object, ...] = ()
    formulas: tuple[Cell, ...] = ()
    says: str = ""


# No slip in adding makes 17 or 27 of the parts.
PARTS = (15, 4, 3)
CASES = (
    Case("nothing else speaks for either", PARTS, 17, settled=False),
    Case("half a person", PARTS, 17.4, settled=True, says="个数不会是小数或负数"),
    Case("half a unit of money is nothing strange", PARTS, 17.4, False, AMOUNT),
    Case("fewer people than none", PARTS, -7, settled=True, says="个数不会是小数或负数"),
    Case(
        "less than the parts without the largest",
        (8, 7, 6),
        12.5,
        True,
        AMOUNT,
        says="任何一项都得不出",
    ),
    Case("more than the parts without the largest", (8, 7, 6), 13.5, False, AMOUNT),
    Case("a part below zero may be the wrong one", (8, 7, -6), 0.5, False, AMOUNT),
    Case(
        "two other totals agree with the parts", PARTS, 17, True, others=(22, 22), says="另有 2 处"
    ),
    Case("one alone may be wrong itself", PARTS, 17, False, others=(22,)),
    Case("as many agree with the sum", PARTS, 17, False, others=(22, 22, 17, 17)),
    Case(
        "more agree with the parts", PARTS, 17, True, others=(22, 22, 22, 17, 17), says="另有 3 处"
    ),
    Case("others agree with neither", PARTS, 17, False, others=(19, 19)),
    Case(
        "each row adds up",
        PARTS,
        27,
        True,
        across=(5, 5, 5),
        sums=(20, 9, 8),
        says="其他合计都相符",
    ),
    Case("one row does not", PARTS, 27, False, across=(5, 5, 5), sums=(20, 11, 8)),
    Case("a formula follows whatever is typed", PARTS, 17, True, formulas=(SHARE,)),
    Case("a part was changed after the formulas", PARTS, 17, False, formulas=(TOTAL, SHARE)),
    Case("one row is not added up", PARTS, 27, False, across=(5, 5, 5), sums=(20, None, 8)),
)


def form(case: Case) -> Form:
    """Build the form of a case: parts and total in column A, its share in column B."""
    stated: dict[Cell, tuple[object, Measure]] = {
        (row, 0): (value, case.measure) for row, value in enumerate(case.parts)
    }
    stated[TOTAL] = (case.total, case.measure)
    share = Fraction(str(case.parts[0])) / Fraction(str(case.total))
    stated[SHARE] = (f"{float(share * 100):.4f}%", RATE)
    parts = tuple(At((row, 0)) for row in range(len(case.parts)))
    relations = [
        Relation("Q201", TOTAL, Sum(parts)),
        Relation("Q202", SHARE, Ratio(At((0, 0)), At(TOTAL)), decimals=6),
    ]
    for row, (more, total) in enumerate(zip(case.across, case.sums, strict=True)):
        stated[row, 2], stated[row, 3] = (more, case.measure), (total, case.measure)
        relations.append(Relation("Q201", (row, 3), Sum((At((row, 0)), At((row, 2)))), fill=False))
    for row, value in enumerate(case.others):
        stated[9 + row, 5] = (value, case.measure)  # not beside the total, as if copied from it
    fields = {
        cell: Field(cell, f"格{cell}", measure, read_quantity(value))
        for cell, (value, measure) in stated.items()
    }
    sheet = Sheet("表", [], formulas=dict.fromkeys(case.formulas, "A1"))
    built = Form("questionnaire", sheet, (0, 0, 5, 6), "", Head(), fields, relations)
    built.same = (frozenset([TOTAL, *((9 + row, 5) for row in range(len(case.others)))]),)
    return built


@pytest.mark.parametrize(("group", "kind"), [(14, Kind.ROOT), (15, Kind.UNSETTLED)])
def test_a_total_of_all_counts_where_another_group_adds_up(group: int, kind: Kind) -> None:
    """The other group, 9 and 5, shows whether rows are taken for parts of the right groups."""
    built = form(Case("", PARTS, 27, settled=False))
    for row, (value, label) in enumerate(((9, "戊"), (5, "己"), (group, "小计"), (36, "总计")), 6):
        built.fields[row, 0] = Field((row, 0), label, COUNT, read_quantity(value))
    rows = [At((row, 0)) for row in (0, 1, 2, 6, 7)]
    built.relations.append(Relation("Q201", (8, 0), Sum(tuple(rows[3:])), correctable=False))
    built.relations.append(Relation("Q206", (9, 0), Sum(tuple(rows))))
    judged = settle(built, DEFAULT, judge(built, DEFAULT))
    assert {finding.cell: finding.kind for finding in judged.findings}["A5"] is kind


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_becomes_of_the_total(case: Case) -> None:
    built = form(case)
    judged = settle(built, DEFAULT, judge(built, DEFAULT))
    found = {finding.cell: finding for finding in judged.findings}
    total = found["A5"]
    assert total.expected == sum(Fraction(str(part)) for part in case.parts)
    if case.settled:
        assert (total.kind, total.action) == (Kind.ROOT, Action.CORRECTED)
        assert case.says in total.cause
        assert total.message.endswith(f"{total.cause}。" if case.says else f"= {total.expected}。")
        assert (found["B5"].kind, found["B5"].root) == (Kind.CONSEQUENCE, "表!A5")
    else:
        assert (total.kind, total.action) == (Kind.UNSETTLED, Action.LEFT)
        assert "B5" not in found


def test_the_share_alone_is_wrong_when_it_was_not_worked_out_from_the_total() -> None:
    built = form(Case("", PARTS, 22, settled=True))
    built.fields[SHARE].stated = read_quantity("70%")
    judged = settle(built, DEFAULT, judge(built, DEFAULT))
    assert [(finding.cell, finding.kind) for finding in judged.findings] == [("B5", Kind.ROOT)]
