"""The columns of a questionnaire that lists its answers one under the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selfeval_xl.forms.questionnaire_labels import (
    ANSWERS,
    COEFFICIENTS,
    COUNT_COLUMNS,
    MEASURES,
    QUESTION_COLUMN,
    SCORE_COLUMNS,
    Row,
    name_of,
    option_of,
)
from selfeval_xl.workbooks.sheet import Sheet

ANSWER_WORDS = re.compile("选项|选择|答|评价|程度|满意|等级|等次|意见|态度")
"""One of these stands in every header."""
_LONGEST_HEADING = 14

Key = tuple[str, int | None]
"""An option's letter and rank."""


@dataclass(slots=True)
class AnswerColumns:
    """The columns of the options, head counts and whatever else stands beside them."""

    answer: int
    count: int
    share: int | None = None
    score: int | None = None
    total: int | None = None
    coefficient: int | None = None
    question_score: int | None = None
    questions: list[int] = field(default_factory=list)

    def extent(self) -> tuple[int, int]:
        """Return the first and the last column."""
        further = (self.share, self.score, self.total, self.coefficient, self.question_score)
        known = [self.answer, self.count, *self.questions]
        known += [column for column in further if column is not None]
        return min(known), max(known)


def answer_columns(sheet: Sheet, row: int) -> AnswerColumns | None:
    """Return what the columns of a header row hold, None when it heads no list of answers."""
    names = {
        column: name_of(value)
        for column, value in enumerate(sheet.rows[row])
        if type(value) is str and len(value) <= _LONGEST_HEADING
    }
    answer = next(
        (c for c, n in names.items() if n in ANSWERS and option_at(sheet, row + 1, c)), -1
    )
    right = {column: name for column, name in names.items() if column > answer}
    count = next((column for column, name in right.items() if _is_count(name)), -1)
    if answer < 0 or count < 0:
        return None
    columns = AnswerColumns(answer, count)
    columns.questions = [c for c, n in names.items() if c < answer and QUESTION_COLUMN.search(n)]
    for column, name in right.items():
        if column != count:
            _take(columns, column, name)
    return columns


def _is_count(name: str) -> bool:
    return MEASURES.get(name) is Row.COUNT or name == "小计"


def _take(columns: AnswerColumns, column: int, name: str) -> None:
    """Keep the first column of each kind."""
    measure = MEASURES.get(name)
    if measure is Row.SHARE and columns.share is None:
        columns.share = column
    elif name in COEFFICIENTS and columns.coefficient is None:
        columns.coefficient = column
    elif measure is Row.SCORE and columns.score is None:
        columns.score = column
    elif name in COUNT_COLUMNS and columns.total is None:
        columns.total = column
    elif name in SCORE_COLUMNS and columns.question_score is None:
        columns.question_score = column


def option_at(sheet: Sheet, row: int, column: int) -> Key | None:
    """Return the option that a cell names, None when it names none."""
    value = sheet.value((row, column)) if row < sheet.height else None
    return option_of(value) if type(value) is str else None
