"""指标体系评分表: points, scores, deductions and score rates of indicators on up to four levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from selfeval_xl.exact import compare
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.forms.indicator_scores_labels import (
    REMARK,
    TOTALS,
    plain_name,
    starts_like_number,
)
from selfeval_xl.forms.indicator_scores_layout import find_tables, grade_above
from selfeval_xl.forms.indicator_scores_ledger import (
    Facts,
    Ledger,
    PlannedField,
    PlannedRelation,
)
from selfeval_xl.forms.indicator_scores_reading import Reading
from selfeval_xl.forms.indicator_scores_relations import declare_groups, declare_leaves
from selfeval_xl.forms.indicator_scores_rules import RULES
from selfeval_xl.forms.indicator_scores_table import Leaf, Table
from selfeval_xl.forms.indicator_scores_totals import declare_summary, declare_total
from selfeval_xl.labels import key, squash
from selfeval_xl.records import LevelScore
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

__all__ = ["KIND", "RULES", "TITLE", "IndicatorScores", "recognise", "record"]

KIND = "indicator_scores"
TITLE = "指标体系评分表"

_LONGEST_HEAD = 15


@dataclass(frozen=True, slots=True)
class IndicatorScores:
    """The tables of a form, the first-level summary first when the sheet has both."""

    tables: tuple[Table, ...]

    @property
    def main(self) -> Table:
        """The table whose total is the form's: the first one that has a total."""
        return next((table for table in self.tables if table.total is not None), self.tables[0])


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the indicator score forms of a sheet.

    A first-level summary and the detailed table of the same indicators make one form.
    """
    tables = [table for table in find_tables(sheet) if not _out_of_hundred(sheet, table)]
    forms: list[Form] = []
    floor = 0
    while tables:
        table = tables.pop(0)
        parts = [table]
        if tables and _same_indicators(table, tables[0]):
            parts.append(tables.pop(0))
        forms.append(_form(sheet, parts, floor, settings))
        floor = max(part.last_row for part in parts) + 1
    return forms


def _out_of_hundred(sheet: Sheet, table: Table) -> bool:
    """Tell whether each indicator is scored out of 100.

    Then most scores exceed their weights, none 100, and together they make more than that.
    """
    scores: list[Fraction] = []
    above = 0
    for leaf in table.leaves:
        points, places = leaf.figures.points, leaf.figures.scores
        if points is None or not places:
            continue
        most, score = _plain_figure(sheet, points), _plain_figure(sheet, places[0])
        if most is not None and score is not None:
            scores.append(score)
            above += compare(score, most) > 0
        if (len(scores) - above) * 3 > len(table.leaves):
            return False  # whatever the others are
    most_exceed = above > 1 and above * 3 >= len(scores) * 2
    return most_exceed and max(scores) <= _HUNDRED < sum(scores)


_HUNDRED = 100


def _plain_figure(sheet: Sheet, cell: Cell) -> Fraction | None:
    """Return the figure a cell shows, 20 for 20 %."""
    stated = read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
    if not isinstance(stated, Quantity):
        return None
    return stated.value * 100 if stated.percent else stated.value


def _same_indicators(one: Table, other: Table) -> bool:
    """Tell whether one table is the summary of the other: same first-level names, other depth."""
    if one.failure or other.failure or one.detailed == other.detailed:
        return False
    names = _first_level(one)
    return len(set(names)) == len(names) and set(names) == set(_first_level(other))


def _first_level(table: Table) -> list[str]:
    if table.detailed:
        return [plain_name(group.name) for group in table.groups]
    return [plain_name(leaf.name) for leaf in table.leaves]


def _form(sheet: Sheet, tables: list[Table], floor: int, settings: Settings) -> Form:
    header = min(table.header_row for table in tables)
    first = _first_row(sheet, header, floor)
    form = Form(
        kind=KIND,
        sheet=sheet,
        region=(
            first,
            min(table.extent[0] for table in tables),
            max(table.last_row for table in tables),
            max(table.extent[1] for table in tables),
        ),
        title=title_of(sheet, first, header) or TITLE,
        head=read_head(sheet, first, header),
        failure=tables[0].failure,
    )
    if form.failure:
        form.confidence = 0.5
        form.evidence = (f"标题行：第 {header + 1} 行", form.failure)
        return form
    tables.sort(key=lambda table: table.detailed)
    _declare(form, tables, settings)
    return form


def _first_row(sheet: Sheet, header_row: int, floor: int) -> int:
    """Return the first row of the head above a header: no table's rows, no wide gap."""
    row, blanks = header_row, 0
    while row > floor and header_row - row < _LONGEST_HEAD:
        filled = [value for value in sheet.rows[row - 1] if value is not None and value != ""]
        blanks = 0 if filled else blanks + 1
        if blanks > 1 or (filled and _of_another_table(filled)):
            break
        row -= 1
    return row


def _of_another_table(filled: list[object]) -> bool:
    """Tell whether a row above the header belongs to a table or to the remarks under one."""
    first = filled[0]
    if type(first) is str and (key(first) in TOTALS or REMARK.match(squash(first))):
        return True
    return sum(starts_like_number(value) for value in filled) > 1


def _declare(form: Form, tables: list[Table], settings: Settings) -> None:
    """Fill a form with its fields, relations and headline figures."""
    reading = Reading(form.sheet, tuple(tables), settings)
    facts = reading.facts()
    few = sum(len(table.leaves) for table in tables) <= _MOST_LEAVES
    fields, relations = (_plan if few else _plan.__wrapped__)(facts)
    reading.fill(form, fields, relations)
    form.body = body = IndicatorScores(tuple(tables))
    total = body.main.total
    if total is not None and total.scores:
        form.figures["score"] = total.scores[0]
    if total is not None and total.points is not None:
        form.figures["points"] = total.points
    grade = next((table.grade for table in tables if table.grade is not None), None)
    if grade is None:
        header = min(table.header_row for table in tables)
        grade = grade_above(form.sheet, form.region[0], header)
    if grade is not None:
        form.figures["grade"] = grade
    depths = "、".join(f"{len(table.columns.levels)} 级 {len(table.leaves)} 项" for table in tables)
    form.evidence = (
        f"标题行：第 {tables[0].header_row + 1} 行",
        f"指标：{depths}",
        f"合计行：{'有' if total is not None else '无'}",
    )
    form.confidence = 1.0 if total is not None else 0.9


_MOST_LEAVES = 150
"""Indicators of a form whose plan is kept for the next with its tables."""


@lru_cache(maxsize=32)
def _plan(facts: Facts) -> tuple[tuple[PlannedField, ...], tuple[PlannedRelation, ...]]:
    """Return the fields and relations of a form in the order they are declared."""
    ledger = Ledger(facts)
    for table in facts.tables:
        declare_leaves(ledger, table)
        declare_groups(ledger, table)
        declare_total(ledger, table)
    if len(facts.tables) == 2:
        declare_summary(ledger, *facts.tables)
    return tuple(ledger.fields.values()), tuple(ledger.relations.values())


def record(judgement: Judgement) -> dict[str, object]:
    """Return the first-level indicators with their recomputed points and scores."""
    body = judgement.form.body
    if not isinstance(body, IndicatorScores):
        return {}
    table = body.tables[0]

    def total(cells: Iterable[Cell | None]) -> Fraction | None:
        values = [
            value
            for cell in cells
            if cell is not None and (value := judgement.expected.get(cell)) is not None
        ]
        return sum(values, Fraction()) if values else None

    levels = []
    for name, leaves in _first_levels(table):
        points = total(leaf.figures.points for leaf in leaves)
        score = total(
            cell for leaf in leaves for cell in (*leaf.figures.scores[:1], *leaf.more_scores)
        )
        levels.append(
            LevelScore(
                name=squash(name),
                points=None if points is None else half_up(points, 2),
                score=None if score is None else half_up(score, 2),
            )
        )
    return {"levels": tuple(levels)}


def _first_levels(table: Table) -> list[tuple[str, list[Leaf]]]:
    """Return the first-level indicators with their leaves; a name over several rows is one."""
    if table.detailed:
        return [(group.name, group.leaves) for group in table.groups if group.leaves]
    levels: dict[str, list[Leaf]] = {}
    for leaf in table.leaves:
        levels.setdefault(leaf.name, []).append(leaf)
    return list(levels.items())
