"""The sheet 问卷: the score of every question of every questionnaire, the lowest one marked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from selfeval_xl.records import FileRecord, FormRecord, QuestionScore
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Column, Linked, Table, Value, file_name

_COLUMNS = (
    Column("项目名称", 26, "wrap"),
    Column("年度", 7, "centre"),
    Column("单位", 20, "wrap"),
    Column("题号", 6, "centre"),
    Column("题目", 48, "wrap"),
    Column("有效人数", 9, "count"),
    Column("满分", 8, "score"),
    Column("填报得分", 10, "score"),
    Column("核算得分", 10, "score"),
    Column("差额", 9, "score"),
    Column("得分率", 10, "rate"),
    Column("备注", 14, "centre"),
    Column("文件", 28, "link"),
)
_RATE, _REMARK = 10, 11


class QuestionsTable:
    """The sheet, filled file by file."""

    def __init__(self, book: Book, sheet: Any, remark: str) -> None:
        self.book = book
        self.table = Table(
            book, "问卷", "满意度问卷逐题得分", _COLUMNS, remark=remark, frozen=1, sheet=sheet
        )

    def add(self, file: FileRecord, copy: str) -> None:
        """Write the questions of one file's questionnaires, each followed by its sum."""
        link = Linked(file_name(file.path), copy) if copy else file_name(file.path)
        for form in file.forms:
            if form.questions:
                self._form(form, link)

    def _form(self, form: FormRecord, link: Linked | str) -> None:
        rates = [_rate(question) for question in form.questions]
        known = [rate for rate in rates if rate is not None]
        low = min(known) if known and min(known) < max(known) else None
        for question, rate in zip(form.questions, rates, strict=True):
            stated, expected = question.stated, question.expected
            lowest = rate is not None and rate == low
            values: list[Value | Linked] = [
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
                link,
            ]
            looks = {}
            if lowest:
                fill = style.rgb(style.REVIEW.fill)
                looks[_REMARK] = self.book.cell("centre", bg_color=fill)
            texts = [(form.project, 26.0), (form.organisation, 20.0), (question.text, 48.0)]
            self.table.row(values, height=row_height(texts, 18), looks=looks)

    def finish(self) -> None:
        """End the sheet; bars show the rates, red the scores that change."""
        table = self.table
        table.finish("没有识别到问卷统计表")
        if table.written:
            bars = {
                "type": "data_bar",
                "bar_solid": True,
                "bar_color": style.rgb(style.ROUNDING.fill),
                "min_type": "num",
                "max_type": "num",
                "min_value": 0,
                "max_value": 1,
            }
            first, last = table.first, table.next - 1
            table.sheet.conditional_format(first, _RATE, last, _RATE, bars)
            red = self.book.workbook.add_format(
                {"font_color": style.rgb(style.ROOT.ink), "bold": True}
            )
            criteria = f'=AND($J{first + 1}<>"",$J{first + 1}<>0)'
            rule = {"type": "formula", "criteria": criteria, "format": red}
            table.sheet.conditional_format(first, 8, last, 9, rule)


def _rate(question: QuestionScore) -> Decimal | None:
    score = question.stated if question.expected is None else question.expected
    return score / question.full if score is not None and question.full else None
