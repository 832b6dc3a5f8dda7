"""The sheet 问卷: the score of every question of every questionnaire, the lowest one marked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from selfeval_xl.records import FileRecord, FormRecord, QuestionScore
from selfeval_xl.results import style
from selfeval_xl.results.links import short_path
from selfeval_xl.results.looks import NUMBERS, filled
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.table_rows import Column, rendered

if TYPE_CHECKING:
    from selfeval_xl.results.summary_book import Book, Table

_COLUMNS = (
    Column("项目名称", 26, "wrap"),
    Column("年度", 7, "centre"),
    Column("单位", 20, "wrap"),
    Column("题号", 6, "centre"),
    Column("题目", 48, "wrap"),
    Column("合计人数", 9, "count"),
    Column("满分", 8, "score"),
    Column("填报得分", 10, "score"),
    Column("核算得分", 10, "score"),
    Column("差额", 9, "score"),
    Column("得分率", 10, "rate"),
    Column("备注", 14, "centre"),
    Column("文件", 28, "link"),
)
_LINK = 12
_SCORES = (8, 9)
_RATE, _REMARK = 10, 11
_PLAIN = tuple(NUMBERS[column.look] for column in _COLUMNS)
_LOWEST = (*_PLAIN[:_REMARK], NUMBERS[filled(style.REVIEW.fill)], *_PLAIN[_REMARK + 1 :])


def questions_table(book: Book, sheet: Any, remark: str) -> Table:
    """Begin the table on its sheet."""
    return book.table(sheet, "满意度问卷逐题得分", _COLUMNS, remark=remark, frozen=1, link=_LINK)


def question_rows(file: FileRecord) -> tuple[str, ...]:
    """Return the rows of one file's questionnaires: every question and its score."""
    name = short_path(file.path)
    return tuple(row for form in file.forms if form.questions for row in _form(form, name))


def _form(form: FormRecord, name: str) -> Iterator[str]:
    rates = [_rate(question) for question in form.questions]
    known = [rate for rate in rates if rate is not None]
    low = min(known) if known and min(known) < max(known) else None
    for question, rate in zip(form.questions, rates, strict=True):
        stated, expected = question.stated, question.expected
        lowest = rate is not None and rate == low
        values = (
            form.project,
            form.year,
            form.organisation,
            question.number,
            question.text,
            question.respondents,
            question.full,
            stated,
            expected,
            None if stated is None or expected is None else stated - expected,
            rate,
            "得分率最低" if lowest else "",
            name,
        )
        texts = [(form.project, 26.0), (form.organisation, 20.0), (question.text, 48.0)]
        texts.append((name, 28.0))
        yield rendered(values, _LOWEST if lowest else _PLAIN, row_height(texts, 18), _LINK)


def finish_questions(book: Book, table: Table) -> None:
    """End the sheet; bars show the rates, red the scores that change."""
    table.finish("没有识别到问卷统计表")
    if not table.written:
        return
    first, last = table.first, table.next - 1
    bars = {
        "type": "data_bar",
        "bar_solid": True,
        "bar_color": style.rgb(style.ROUNDING.fill),
        "min_type": "num",
        "max_type": "num",
        "min_value": 0,
        "max_value": 1,
    }
    table.sheet.conditional_format(first, _RATE, last, _RATE, bars)
    red = book.workbook.add_format({"font_color": style.rgb(style.ROOT.ink), "bold": True})
    criteria = f'=AND($J{first + 1}<>"",$J{first + 1}<>0)'
    rule = {"type": "formula", "criteria": criteria, "format": red}
    table.sheet.conditional_format(first, _SCORES[0], last, _SCORES[1], rule)


def _rate(question: QuestionScore) -> Decimal | None:
    score = question.stated if question.expected is None else question.expected
    return score / question.full if score is not None and question.full else None
