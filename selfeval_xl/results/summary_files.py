"""The sheet 文件清单: the fate of every file dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selfeval_xl.records import Counts, FileRecord, Status
from selfeval_xl.results import style
from selfeval_xl.results.links import file_name, relative
from selfeval_xl.results.looks import NUMBERS, filled
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.table_rows import SERIAL, Column, Serial, Value, rendered
from selfeval_xl.results.tally import KINDS, by_kind

if TYPE_CHECKING:
    from selfeval_xl.results.extract import Extract
    from selfeval_xl.results.summary_book import Book, Linked

STATUS = {
    Status.CHECKED: ("已核对", style.GOOD_FILL),
    Status.UNRECOGNISED: ("未识别", style.REVIEW.fill),
    Status.UNREADABLE: ("未能读取", style.ROOT.fill),
    Status.SKIPPED: ("跳过", style.BAND_FILL),
}
"""What each fate is called, and its colour."""

_COLUMNS = (
    Column("序号", 7, "centre"),
    Column("文件", 44, "wrap"),
    Column("结果", 10, "centre"),
    Column("识别的表", 44, "wrap"),
    *(Column(title, 7, "count", "差异处数") for title in KINDS),
    Column("说明", 50, "wrap"),
    Column("核对后的工作簿（点击打开）", 34, "link"),
)


_RESULT, _LINK = 2, 11
_LOOKS = tuple(NUMBERS[column.look] for column in _COLUMNS)


def file_row(file: FileRecord, forms: str, message: str, counts: Counts) -> str:
    """Return a file's row; ``forms`` and ``message`` are what it says of them."""
    word, fill = STATUS[file.status]
    numbers: list[Value] = [None] * 6
    if file.status is Status.CHECKED:
        numbers = [*by_kind(counts)]
    copy = file_name(relative(file.corrected)) if file.corrected else None
    values: list[Value | Serial] = [SERIAL, file.path, word, forms, *numbers, message, copy]
    looks = [*_LOOKS]
    looks[_RESULT] = NUMBERS[filled(fill)]
    texts = [(file.path, 44.0), (forms, 44.0), (message, 50.0), (copy or "", 34.0)]
    height = row_height(texts, 18)
    return rendered(values, looks, height, _LINK if copy else None)


class FilesTable:
    """The sheet, filled file by file."""

    def __init__(self, book: Book, sheet: Any, remark: str) -> None:
        self.statuses = {word: 0 for word, _ in STATUS.values()}
        self.table = book.table(sheet, "文件清单", _COLUMNS, remark=remark, frozen=2, link=_LINK)

    def add(self, file: Extract, link: Linked | None) -> None:
        """Write the row of one file."""
        self.statuses[STATUS[file.status][0]] += 1
        self.table.place([file.listed], link)

    def finish(self) -> None:
        """End the sheet."""
        self.table.finish("没有文件")
