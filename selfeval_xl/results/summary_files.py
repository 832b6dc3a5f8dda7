"""The sheet 文件清单: the fate of every file dropped."""

from __future__ import annotations

from typing import Any

from selfeval_xl.records import FileRecord, Status
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.review_scope import FORM_TITLES
from selfeval_xl.results.summary_book import Book, Column, Linked, Table, Value, file_name
from selfeval_xl.results.tally import notes, tally

STATUS = {
    Status.CHECKED: ("已核对", style.GOOD_FILL),
    Status.UNRECOGNISED: ("未识别", style.REVIEW.fill),
    Status.UNREADABLE: ("无法读取", style.ROOT.fill),
    Status.SKIPPED: ("已跳过", style.BAND_FILL),
}
"""What each fate is called, and its colour."""

_COLUMNS = (
    Column("序号", 7, "centre"),
    Column("文件", 44, "wrap"),
    Column("结果", 10, "centre"),
    Column("识别的表", 44, "wrap"),
    Column("独立错误", 7, "count", "差异处数"),
    Column("连带", 7, "count", "差异处数"),
    Column("核实", 7, "count", "差异处数"),
    Column("尾差", 7, "count", "差异处数"),
    Column("补算", 7, "count", "差异处数"),
    Column("提示", 7, "count", "差异处数"),
    Column("说明", 50, "wrap"),
    Column("核对后的工作簿（点击打开）", 34, "link"),
)


class FilesTable:
    """The sheet, filled file by file."""

    def __init__(self, book: Book, sheet: Any, remark: str) -> None:
        self.book = book
        self.statuses = {word: 0 for word, _ in STATUS.values()}
        self.table = Table(
            book, "文件清单", "文件清单", _COLUMNS, remark=remark, frozen=2, sheet=sheet
        )

    def add(self, file: FileRecord, copy: str) -> None:
        """Write the row of one file."""
        word, fill = STATUS[file.status]
        self.statuses[word] += 1
        counts = tally(file.findings)
        numbers: list[Value] = [None] * 6
        if file.status is Status.CHECKED:
            numbers = [
                counts.root,
                counts.consequence,
                counts.review,
                counts.rounding,
                counts.filled,
                notes(counts),
            ]
        forms = _forms(file)
        message = _message(file)
        values: list[Value | Linked] = [
            self.table.written + 1,
            file.path,
            word,
            forms,
            *numbers,
            message,
            Linked(file_name(copy), copy) if copy else None,
        ]
        looks = {2: self.book.cell("centre", bg_color=style.rgb(fill))}
        texts = [(file.path, 44.0), (forms, 44.0), (message, 50.0)]
        self.table.row(values, height=row_height(texts, 18), looks=looks)

    def finish(self) -> None:
        """End the sheet."""
        self.table.finish("没有文件")


def _forms(file: FileRecord) -> str:
    return "\n".join(
        f"{FORM_TITLES.get(form.form, form.form)}（{form.sheet}）"
        for form in file.forms
        if not form.failure
    )


def _message(file: FileRecord) -> str:
    failures = [
        f"工作表“{form.sheet}”未能核对：{form.failure}" for form in file.forms if form.failure
    ]
    return "\n".join([*([file.message] if file.message else []), *failures])
