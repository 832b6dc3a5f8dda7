"""The header of an indicator score table: which column holds what."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.forms.indicator_scores_labels import (
    DEDUCTIONS,
    GRADES,
    LEVEL,
    NAMES,
    POINTS,
    RATES,
    REASONS,
    SCORES,
    WEIGHTED,
    starts_like_number,
)
from selfeval_xl.labels import key
from selfeval_xl.workbooks.sheet import Sheet

_NUMERALS = "一二三四五"


@dataclass(slots=True)
class LevelColumn:
    """An indicator level: its depth (1 …), its column and its own points and score columns."""

    depth: int
    column: int
    points: int | None = None
    score: int | None = None


@dataclass(slots=True)
class Columns:
    """The roles of a table's columns. The last level's points and scores are the leaves'."""

    levels: list[LevelColumn] = field(default_factory=list)
    points: int | None = None
    scores: list[int] = field(default_factory=list)
    deduction: int | None = None
    rate: int | None = None
    reason: int | None = None
    grade: int | None = None
    first_figure: int = 0
    figures: tuple[int, ...] = ()
    """The columns of a row's figures and of the reason, without those of the levels above."""
    level_figures: frozenset[str] = frozenset()
    """“points” and “score” where levels above the leaves have columns of their own for them."""


def read_labels(sheet: Sheet, row: int) -> tuple[dict[int, str], int]:
    """Return the headings by column, over one or two header rows, and the first body row."""
    two = _second_row(sheet, row)
    labels: dict[int, str] = {}
    for column in range(sheet.width):
        for place in (row + 1, row) if two else (row, row - 1):
            if place < 0:
                continue
            anchor = sheet.anchor((place, column))
            value = sheet.value(anchor)
            if type(value) is not str or not value.strip():
                continue
            if place == row - 1 and (anchor[0] != row - 1 or sheet.merge(anchor)[2] < row):
                continue
            if anchor[1] == column:
                labels[column] = key(value)
            break
    deepest = max((sheet.merge((row, column))[2] for column in labels), default=row)
    return labels, max(row + 2 if two else row + 1, deepest + 1)


def _second_row(sheet: Sheet, row: int) -> bool:
    """Tell whether the row below continues the header: it holds headings and no figures."""
    if row + 1 >= sheet.height:
        return False
    below = sheet.rows[row + 1]
    if any(map(starts_like_number, below)):
        return False
    names = [key(value) for value in below if type(value) is str and len(value) < 24]
    known = sum(
        name in POINTS
        or name in SCORES
        or name in DEDUCTIONS
        or name in RATES
        or LEVEL.fullmatch(name) is not None
        for name in names
    )
    return known >= 1


def roles(labels: dict[int, str]) -> Columns | None:
    """Return the columns' roles, None when points, scores or levels are not to be seen at all."""
    columns = Columns()
    points: list[int] = []
    scores: list[int] = []
    weighted: list[int] = []
    weak: list[int] = []
    for column, name in labels.items():
        level = LEVEL.fullmatch(name)
        if level:
            depth = _NUMERALS.find(level[1]) + 1 or int(level[1])
            columns.levels.append(LevelColumn(depth, column))
        elif name in POINTS:
            points.append(column)
        elif name in SCORES:
            scores.append(column)
        elif name in WEIGHTED:
            weighted.append(column)
        elif name in DEDUCTIONS and columns.deduction is None:
            columns.deduction = column
        elif name in RATES and columns.rate is None:
            columns.rate = column
        elif REASONS.fullmatch(name) and columns.reason is None:
            columns.reason = column
        elif name in GRADES:
            columns.grade = column
        elif name in NAMES:
            weak.append(column)
    scores = weighted or scores
    if not points and not scores:
        return None
    if not columns.levels and weak:
        columns.levels = [LevelColumn(1, weak[0])]
    columns.levels.sort(key=lambda level: level.depth)
    _own_columns(columns, points, scores)
    figures = [*points, *scores, columns.deduction, columns.rate]
    columns.first_figure = min(column for column in figures if column is not None)
    own = (columns.points, *columns.scores, columns.deduction, columns.rate, columns.reason)
    columns.figures = tuple(column for column in own if column is not None)
    columns.level_figures = frozenset(
        what
        for what in ("points", "score")
        if any(getattr(level, what) is not None for level in columns.levels)
    )
    return columns


def _own_columns(columns: Columns, points: list[int], scores: list[int]) -> None:
    """Give each points and score column to the level left of it, the last ones to the leaves."""
    if not columns.levels:
        return
    deepest = max(level.column for level in columns.levels)
    for column in points:
        owner = _owner(columns.levels, column)
        if (
            owner is None
            or owner.column == deepest
            or (len(points) == 1 and not _between(columns.levels, column))
        ):
            columns.points = column if columns.points is None else columns.points
        elif owner.points is None:
            owner.points = column
    for column in scores:
        owner = _owner(columns.levels, column)
        if owner is None or owner.column == deepest:
            columns.scores.append(column)
        elif owner.score is None:
            owner.score = column


def _owner(levels: list[LevelColumn], column: int) -> LevelColumn | None:
    left = [level for level in levels if level.column < column]
    return max(left, key=lambda level: level.column, default=None)


def _between(levels: list[LevelColumn], column: int) -> bool:
    return any(level.column > column for level in levels)
