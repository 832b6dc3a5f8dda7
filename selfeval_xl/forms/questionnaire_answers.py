"""Questionnaires with a row per answer: question, option, head count, share one under the other.

Survey programs print every question as a table of its own, its text above it and the number of
people who answered below; offices put all questions into one table, their texts merged over the
rows of their answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selfeval_xl.forms.questionnaire_answer_columns import (
    AnswerColumns,
    Key,
    answer_columns,
    option_at,
)
from selfeval_xl.forms.questionnaire_labels import TOTALS, name_of
from selfeval_xl.forms.questionnaire_places import Block, Columns, Layout, Option, has_figure
from selfeval_xl.forms.questionnaire_rows import is_final, new_block, own_cell, take_final
from selfeval_xl.workbooks.sheet import Cell, Sheet

_ANSWERED = re.compile(
    r"(?:本题)?(?:有效)?(?:填写|答题|作答|参与|回答|应答)(?:人次|人数|总数)|小计$"
)
"""How the number of people who answered a question is called."""
_LARGEST_GAP = 3


@dataclass(slots=True)
class _Question:
    """A question's rows, and the one under them that gives how many answered.

    ``strange`` tells of an answer that is no grade.
    """

    text: str
    rows: dict[Key, int] = field(default_factory=dict)
    closing: int | None = None
    strange: bool = False

    def takes(self, key: Key) -> bool:
        """Tell whether an answer may belong to this question."""
        return self.closing is None and key not in self.rows


def read_answers(sheet: Sheet, row: int) -> Layout | None:
    """Return the questionnaire whose answers are listed below a header row, None when none are."""
    columns = answer_columns(sheet, row)
    if columns is None:
        return None
    above = not columns.questions and row > 0 and _only_text(sheet, row - 1)
    layout = Layout(row - bool(above), row + 1, row, [], columns=columns.extent())
    questions = _Listing(sheet, layout, columns).read()
    pattern = next(
        (question for question in questions if _is_graded(sheet, columns, question)), None
    )
    if pattern is None:
        return None
    layout.options = [
        Option(_text_at(sheet, row, columns.answer), *key, columns.answer)
        for key, row in pattern.rows.items()
    ]
    blocks = _Blocks(sheet, columns, list(pattern.rows), _has_one_score(sheet, columns, questions))
    for question in questions:
        if (
            not question.strange
            and len(question.rows) > 1
            and question.rows.keys() <= pattern.rows.keys()
        ):
            blocks.fill(new_block(layout, question.text), question)
    if columns.coefficient is not None:
        layout.coefficients = [(row, columns.coefficient) for row in pattern.rows.values()]
    return layout if layout.questions else None


def _only_text(sheet: Sheet, row: int) -> str:
    """Return the text of a row that holds nothing else."""
    filled = [value for value in sheet.rows[row] if value not in (None, "")]
    return filled[0].strip() if len(filled) == 1 and isinstance(filled[0], str) else ""


def _text_at(sheet: Sheet, row: int, column: int) -> str:
    return " ".join(sheet.text((row, column)).split())


def _is_graded(sheet: Sheet, columns: AnswerColumns, question: _Question) -> bool:
    """Tell whether a question asks for a grade: three of them, or two about satisfaction."""
    if question.strange or any(rank is None for _, rank in question.rows):
        return False
    texts = [_text_at(sheet, row, columns.answer) for row in question.rows.values()]
    return len(texts) > 2 or (len(texts) > 1 and "满意" in "".join(texts))


def _has_one_score(sheet: Sheet, columns: AnswerColumns, questions: list[_Question]) -> bool:
    """Tell whether the scores' column has one for each question and not one for each answer."""
    if columns.score is None:
        return False
    filled = [
        sum(has_figure(sheet.value((row, columns.score))) for row in question.rows.values())
        for question in questions
        if len(question.rows) > 1
    ]
    return bool(filled) and max(filled) <= 1


class _Listing:
    """Reads the rows below a header into questions; takes the final score on the way."""

    def __init__(self, sheet: Sheet, layout: Layout, columns: AnswerColumns) -> None:
        self.sheet = sheet
        self.layout = layout
        self.columns = columns
        self.text = _only_text(sheet, layout.header_row)
        self.questions: list[_Question] = []
        self.current: _Question | None = None

    def read(self) -> list[_Question]:
        """Return the questions from top to bottom."""
        gap = 0
        for row in range(self.layout.first_body_row, self.sheet.height):
            gap = 0 if self._take(row) else gap + 1
            if gap > _LARGEST_GAP:
                break
        return self.questions

    def _take(self, row: int) -> bool:
        """Take a row; return whether the list goes on there."""
        key = option_at(self.sheet, row, self.columns.answer)
        if key is not None:
            self._question(row, key).rows[key] = row
        elif self._is_result(row) or self._closes(row):
            pass
        elif has_figure(self.sheet.value((row, self.columns.count))):
            self._question(row, None).strange = True
        else:
            self._take_text(row)
            return option_at(self.sheet, row + 1, self.columns.answer) is not None
        self.layout.last_row = row
        return True

    def _question(self, row: int, key: Key | None) -> _Question:
        """Return the question that an answer belongs to."""
        label = next((text for at in self.columns.questions if (text := self._label(row, at))), "")
        if label and label != self.text:
            self.text, self.current = label, None
        if self.current is None or (key is not None and not self.current.takes(key)):
            self.current = _Question(self.text)
            self.questions.append(self.current)
        return self.current

    def _label(self, row: int, column: int) -> str:
        text = _text_at(self.sheet, row, column)
        return "" if text.isdigit() else text

    def _take_text(self, row: int) -> None:
        """Take a row without figures: the text of the next question, a header or a blank row."""
        if any(value not in (None, "") for value in self.sheet.rows[row]):
            self.text, self.current = _only_text(self.sheet, row) or self.text, None

    def _closes(self, row: int) -> bool:
        """Take the row that gives how many answered the question above it; pass over a grand total.

        The last such row of a table is a grand total when the questions before have none.
        """
        places = (*self.columns.questions, self.columns.answer)
        names = [name_of(self._label(row, column)) for column in places]
        if self.current is None or not any(n in TOTALS or _ANSWERED.match(n) for n in names):
            return False
        usual = len(self.questions) < 2 or self.questions[-2].closing is not None
        if usual and self.current.closing is None:
            self.current.closing = row
        return True

    def _is_result(self, row: int) -> bool:
        """Take the final score where a row gives it."""
        layout, cells = self.layout, self.sheet.rows[row]
        if layout.final or layout.last_row < layout.first_body_row:
            return False
        texts = ((at, value.strip()) for at, value in enumerate(cells) if type(value) is str)
        place, label = next(((at, text) for at, text in texts if text), (0, ""))
        if not label or not is_final(self.sheet, layout, row, label):
            return False
        take_final(self.sheet, layout, Columns(labels=[place]), row, label)
        return layout.final is not None


@dataclass(slots=True)
class _Blocks:
    """Makes blocks of questions, their answers in the order of ``keys``."""

    sheet: Sheet
    columns: AnswerColumns
    keys: list[Key]
    one_score: bool

    def fill(self, block: Block, question: _Question) -> None:
        """Put a question's cells into its block."""
        columns = self.columns
        block.counts = self._each(question, columns.count)
        block.shares = self._each(question, columns.share)
        block.total = self._only(question, columns.total)
        block.score_total = self._only(question, columns.question_score)
        if self.one_score:
            block.score_total = self._only(question, columns.score)
        else:
            block.scores = self._each(question, columns.score)
        if question.closing is not None:
            self._close(block, question.closing)

    def _each(self, question: _Question, column: int | None) -> list[Cell | None]:
        """Return a column's cell for every option, None where the question does not list it."""
        if column is None:
            return []
        rows = [question.rows.get(key) for key in self.keys]
        return [None if row is None else own_cell(self.sheet, row, column) for row in rows]

    def _only(self, question: _Question, column: int | None) -> Cell | None:
        """Return the one cell of a column that holds a question's figure or is meant to."""
        own = [own_cell(self.sheet, row, column) for row in question.rows.values()]
        cells = [cell for cell in own if cell is not None]
        return next(
            (cell for cell in cells if has_figure(self.sheet.value(cell))),
            cells[0] if cells else None,
        )

    def _close(self, block: Block, row: int) -> None:
        """Take the row under the answers; only of its head count a blank means that it is due."""
        block.total = own_cell(self.sheet, row, self.columns.count) or block.total
        block.share_total = self._figure(row, self.columns.share)
        block.score_total = self._figure(row, self.columns.score) or block.score_total

    def _figure(self, row: int, column: int | None) -> Cell | None:
        cell = own_cell(self.sheet, row, column)
        return cell if cell is not None and has_figure(self.sheet.value(cell)) else None
