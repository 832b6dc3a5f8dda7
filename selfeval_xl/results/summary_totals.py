"""The total row and the conditional colours of the sheet 汇总."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from selfeval_xl.records import Counts, ProjectRecord
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Table
from selfeval_xl.results.summary_figures import (
    UNDECIDED,
    WHOLE,
    in_wan,
    overall_rate,
    rate_pairs,
    total,
    verdict_shade,
    weighted_mean,
)
from selfeval_xl.results.summary_remarks import has_means
from selfeval_xl.results.tally import by_kind
from selfeval_xl.workbooks.sheet import column_letters

BUDGET, EXECUTED, RATE = 4, 5, 6
"""Columns of the funds."""
_NAME = 1
_NAME_WIDTH = 23.0


@dataclass(frozen=True, slots=True)
class Places:
    """The columns whose number depends on the first-level indicators shown."""

    score: int
    grade: int
    satisfaction: int
    counts: int
    verdict: int
    files: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The cells of the overall execution rate and of the mean recomputed score."""

    rate: str
    score: str


def verdict_look(book: Book, counts: Counts, column: int) -> dict[int, Any]:
    """Return the format of a project's result."""
    fill, ink = verdict_shade(counts)
    return {column: book.cell("centre", bg_color=fill, font_color=ink, bold=True)}


def undecided_looks(book: Book, project: ProjectRecord, places: Places) -> dict[int, Any]:
    """Return the format of recomputed figures that are not known."""
    columns = {"score": places.score, "grade": places.grade, "satisfaction": places.satisfaction}
    look = book.cell("centre", bg_color=style.rgb(style.REVIEW.fill))
    return {columns[name] + 1: look for name in project.undecided}


def add_conditions(book: Book, sheet: Any, first: int, last: int, places: Places) -> None:
    """Colour counts above zero, rates off the usual range, and figures that change."""
    marks = (
        style.ROOT,
        style.CONSEQUENCE,
        style.REVIEW,
        style.ROUNDING,
        style.FILLED,
    )
    for at, mark in enumerate(marks, start=places.counts):
        fill = book.workbook.add_format({"bg_color": style.rgb(mark.fill), "bold": True})
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": fill}
        sheet.conditional_format(first, at, last, at, rule)
    red = book.workbook.add_format({"font_color": style.rgb(style.ROOT.ink), "bold": True})
    amber = book.workbook.add_format({"font_color": style.rgb(style.REVIEW.ink), "bold": True})
    rate = column_letters(RATE)
    for test, look in ((f"${rate}{first + 1}>1", red), (f"${rate}{first + 1}<0.9", amber)):
        criteria = f"=AND(ISNUMBER(${rate}{first + 1}),{test})"
        rule = {"type": "formula", "criteria": criteria, "format": look}
        sheet.conditional_format(first, RATE, last, RATE, rule)
    for column in (places.score, places.grade, places.satisfaction):
        stated, expected = (f"${column_letters(c)}{first + 1}" for c in (column, column + 1))
        # 优秀 is the grade 优
        shown = f"LEFT({stated},LEN({expected}))" if column == places.grade else stated
        changed = f'{stated}<>"",{expected}<>"",{shown}<>{expected}'
        criteria = f'=AND({changed},{expected}<>"{UNDECIDED}")'
        rule = {"type": "formula", "criteria": criteria, "format": red}
        sheet.conditional_format(first, column + 1, last, column + 1, rule)


def write_total(
    book: Book, table: Table, projects: Sequence[ProjectRecord], places: Places
) -> None:
    """Write the total row: sums, the overall rate, means weighted by funds.

    The rate takes in only projects that state both figures; half a pair would distort it.
    A department's whole year contains its projects; it is left out of the sums of money and the
    means when there is one.
    """
    first, last, row, sheet = table.first, table.next - 1, table.next, table.sheet
    whole = any(project.departmental for project in projects)
    counted = [project for project in projects if not project.departmental]
    fill = {"bg_color": style.rgb(style.TOTAL_FILL), "bold": True, "top": 2}
    pairs = rate_pairs(counted)
    label = "合计（总分、满意度为按预算数加权平均）" if any(map(has_means, counted)) else "合计"
    sheet.set_row(row, row_height([(label, _NAME_WIDTH)], 24))
    for column in range(places.verdict + 1):
        sheet.write_blank(row, column, None, book.cell("text", **fill))
    sheet.write_string(row, _NAME, label, book.cell("wrap", **fill))

    def span(column: int) -> str:
        letters = column_letters(column)
        return f"{letters}{first + 1}:{letters}{last + 1}"

    def put(column: int, look: str, formula: str, value: Decimal | int | str) -> None:
        number = value if isinstance(value, str) else float(value)
        sheet.write_formula(row, column, f"={formula}", book.cell(look, **fill), number)

    only = f'--({span(_NAME)}<>"{WHOLE}"),' if whole else ""
    for column, field in ((BUDGET, "budget"), (EXECUTED, "executed")):
        value = total(in_wan(getattr(p, field), p.amount_unit) for p in counted)
        formula = f"SUMPRODUCT({only}{span(column)})" if whole else f"SUM({span(column)})"
        put(column, "amount", formula, value)
    both = f"{only}--ISNUMBER({span(BUDGET)}),--ISNUMBER({span(EXECUTED)})"
    formula = f"SUMPRODUCT({both},{span(EXECUTED)})/SUMPRODUCT({both},{span(BUDGET)})"
    rate = overall_rate(pairs)
    put(RATE, "rate", f'IFERROR({formula},"")', "" if rate is None else rate)
    _means(put, span, counted, only, places)
    values = [by_kind(project.counts) for project in projects]
    for at in range(6):
        column = places.counts + at
        put(column, "count", f"SUM({span(column)})", sum(value[at] for value in values))


def _means(
    put: Any, span: Any, projects: Sequence[ProjectRecord], only: str, places: Places
) -> None:
    """Write the mean total score and satisfaction, weighted by the budget."""
    fields = (
        (places.score, "score_stated"),
        (places.score + 1, "score_expected"),
        (places.satisfaction, "satisfaction_stated"),
        (places.satisfaction + 1, "satisfaction_expected"),
    )
    for column, field in fields:
        pairs = [(in_wan(p.budget, p.amount_unit), getattr(p, field)) for p in projects]
        mean = weighted_mean(pairs)
        known = f"{only}{span(BUDGET)},--ISNUMBER({span(column)})"
        formula = f'IFERROR(SUMPRODUCT({only}{span(BUDGET)},{span(column)})/SUMPRODUCT({known}),"")'
        put(column, "mean", formula, "" if mean is None else mean)
