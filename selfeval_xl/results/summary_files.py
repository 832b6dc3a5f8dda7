"""The sheet 文件清单: the fate of every file dropped."""

from __future__ import annotations

from typing import Any

from selfeval_xl.records import Status
from selfeval_xl.results import style
from selfeval_xl.results.extract import Extract
from selfeval_xl.results.links import file_name
from selfeval_xl.results.looks import filled
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Linked, Table
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.results.tally import notes

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

    def add(self, file: Extract, copy: str) -> None:
        """Write the row of one file."""
        word, fill = STATUS[file.status]
        self.statuses[word] += 1
        counts = file.counts
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
        values: list[Value | Linked] = [
            self.table.written + 1,
            file.path,
            word,
            file.forms,
            *numbers,
            file.message,
            Linked(file_name(copy), copy) if copy else None,
        ]
        looks = {2: self.book.cell(filled(fill))}
        texts = [(file.path, 44.0), (file.forms, 44.0), (file.message, 50.0)]
        self.table.row(values, height=row_height(texts, 18), looks=looks)

    def finish(self) -> None:
        """End the sheet."""
        self.table.finish("没有文件")
