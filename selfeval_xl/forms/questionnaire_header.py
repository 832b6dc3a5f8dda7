"""The header of a questionnaire: its options and what the other columns hold."""

from __future__ import annotations

import re

from selfeval_xl.forms.questionnaire_labels import (
    COUNT_COLUMNS,
    MEASURES,
    QUESTION_COLUMN,
    RATE_COLUMNS,
    SCORE_COLUMNS,
    Row,
    name_of,
    option_of,
)
from selfeval_xl.forms.questionnaire_places import Columns, Option
from selfeval_xl.workbooks.sheet import Sheet

OPTION_WORDS = re.compile("满意|[AＡa]|一般|好")
"""One of these stands in every header."""


def options_in(cells: list[object]) -> list[Option] | None:
    """Return the options a header row names, None when it is no header row."""
    texts = [value for value in cells if type(value) is str and len(value) < 40]
    if len(texts) < 3:
        return None
    if not OPTION_WORDS.search("\t".join(texts)):
        return None
    options = [
        Option(" ".join(value.split()), *found, column)
        for column, value in enumerate(cells)
        if type(value) is str and len(value) < 40 and (found := option_of(value)) is not None
    ]
    if len(options) < 2:
        return None
    lettered = [option for option in options if option.letter]
    if len(lettered) >= 2 and {option.letter for option in lettered} >= {"A", "B"}:
        return lettered
    worded = [option for option in options if not option.letter]
    if len(worded) < 2 or len({option.rank for option in worded}) < len(worded):
        return None
    return worded if len(worded) > 2 or "满意" in "".join(o.label for o in worded) else None


def measure_in(cells: list[object]) -> bool:
    return any(type(value) is str and name_of(value) in MEASURES for value in cells)


def extent(sheet: Sheet, row: int, body: int) -> tuple[int, int]:
    """Return the first and last column that the header rows use."""
    used = [
        sheet.merge((place, column))
        for place, cells in enumerate(sheet.rows[row:body], row)
        for column, value in enumerate(cells)
        if value not in (None, "")
    ]
    return min(merge[1] for merge in used), max(merge[3] for merge in used)


def with_sub_columns(sheet: Sheet, row: int, options: list[Option]) -> tuple[list[Option], int]:
    """Read a second header row of 人数/占比/分数 under the options; return the first body row."""
    below = sheet.rows[row + 1] if row + 1 < sheet.height else []
    kinds = {
        column: MEASURES[name]
        for column, value in enumerate(below)
        if type(value) is str and (name := name_of(value)) in MEASURES
    }
    starts = sorted(option.column for option in options)
    if sum(column in kinds for column in starts) < 2:
        return options, max(sheet.merge((row, start))[2] for start in starts) + 1
    found = []
    for option in options:
        later = [start for start in starts if start > option.column]
        until = later[0] if later else sheet.merge((row, option.column))[3] + 1
        own = {
            kinds[column]: column
            for column in range(option.column, max(until, option.column + 1))
            if column in kinds
        }
        found.append(
            Option(
                option.label, option.letter, option.rank,
                own.get(Row.COUNT, option.column), own.get(Row.SHARE), own.get(Row.SCORE),
            )
        )  # fmt: skip
    return found, row + 2


def columns_of(sheet: Sheet, row: int, body: int, end: int, options: list[Option]) -> Columns:
    taken = {option.column for option in options}
    taken |= {option.share_column for option in options if option.share_column is not None}
    taken |= {option.score_column for option in options if option.score_column is not None}
    columns = Columns()
    for column in range(sheet.width):
        if column in taken:
            continue
        name = heading_of(sheet, row, body, column)
        if name in COUNT_COLUMNS and columns.total is None and name != "人数":
            columns.total = column
        elif name in SCORE_COLUMNS and columns.score is None:
            columns.score = column
        elif name in RATE_COLUMNS and columns.rate is None:
            columns.rate = column
        else:
            columns.labels.append(column)
    columns.measure = _measure_column(sheet, body, end, columns.labels)
    first = min(taken)
    if columns.measure is not None:
        columns.labels.remove(columns.measure)
    columns.leading = [column for column in columns.labels if column < first]
    columns.question = _question_column(sheet, (row, body, end), columns.labels, first)
    return columns


def heading_of(sheet: Sheet, row: int, body: int, column: int) -> str:
    """Return what a column is headed, over one or two header rows."""
    for place in (*range(row, body), row - 1):
        value = sheet.value(sheet.anchor((place, column)))
        if type(value) is str and place >= 0:
            name = name_of(value)
            if place >= row or name in COUNT_COLUMNS | SCORE_COLUMNS | RATE_COLUMNS:
                return name
    return ""


def _measure_column(sheet: Sheet, body: int, end: int, columns: list[int]) -> int | None:
    """Return the column that says 人数, 占比, 分数 row by row."""
    best, most = None, 0
    rows = sheet.rows[body : min(end, body + 9)]
    for column in columns:
        hits = {
            MEASURES[name]
            for cells in rows
            if column < len(cells)
            and type(value := cells[column]) is str
            and len(value) < 12
            and (name := name_of(value)) in MEASURES
        }
        if len(hits) > most:
            best, most = column, len(hits)
    return best


def _question_column(
    sheet: Sheet, span: tuple[int, int, int], columns: list[int], first: int
) -> int:
    """Return the column of the question texts: the one with the most text, headings counting.

    ``span`` are the header row, the first body row and the end; ``first`` is the first option's
    column.
    """
    row, body, end = span

    def weight(column: int) -> tuple[bool, int, int]:
        texts = [
            len(value)
            for cells in sheet.rows[body:end]
            if column < len(cells) and type(value := cells[column]) is str
        ]
        named = QUESTION_COLUMN.search(heading_of(sheet, row, body, column)) is not None
        return named and sum(texts) > 0, column < first and sum(texts) > 0, sum(texts)

    return max(columns, key=weight, default=0)
