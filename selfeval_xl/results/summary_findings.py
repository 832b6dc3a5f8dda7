"""The sheet 差异明细: every finding of every file, to be filtered."""

from __future__ import annotations

from typing import Any

from selfeval_xl.findings import Finding
from selfeval_xl.records import FileRecord
from selfeval_xl.results import style
from selfeval_xl.results.grouping import grouped
from selfeval_xl.results.marks import expected_text, stated_text, verdict
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.review_scope import SHORT_TITLES
from selfeval_xl.results.review_sheet import shown_difference, working
from selfeval_xl.results.summary_book import Book, Column, Linked, Table, Value, file_name

_COLUMNS = (
    Column("序号", 7, "centre"),
    Column("级别", 6.5, "centre"),
    Column("类型", 9.5, "centre"),
    Column("文件", 20, "link"),
    Column("项目", 18, "wrap"),
    Column("表", 11.5, "wrap"),
    Column("工作表", 11, "wrap"),
    Column("单元格", 7.5, "centre"),
    Column("项目/栏目", 22, "wrap"),
    Column("填报值", 10.5, "number"),
    Column("核算值", 10.5, "number"),
    Column("差额", 10.5, "number"),
    Column("计算过程", 32, "wrap"),
    Column("可能原因", 24, "wrap"),
    Column("处理", 16, "wrap"),
    Column("规则", 7, "centre"),
    Column("连带自", 10.5, "wrap"),
)
_WRAPPED = tuple(at for at, column in enumerate(_COLUMNS) if column.look == "wrap")


class FindingsTable:
    """The sheet, filled file by file."""

    def __init__(self, book: Book, sheet: Any, remark: str) -> None:
        self.book = book
        self.table = Table(
            book, "差异明细", "差异明细表", _COLUMNS, remark=remark, frozen=4, sheet=sheet
        )

    def add(self, file: FileRecord, copy: str) -> None:
        """Write the findings of one file, each root followed by its consequences."""
        link = Linked(file_name(file.path), copy) if copy else file_name(file.path)
        for group in grouped(file.findings):
            for finding in group.members:
                self._row(finding, link)

    def _row(self, finding: Finding, link: Linked | str) -> None:
        difference, number_format = shown_difference(finding)
        mark = style.shade(finding)
        handled = verdict(finding)
        values: list[Value | Linked] = [
            self.table.written + 1,
            finding.level.label,
            finding.kind.label,
            link,
            finding.project,
            SHORT_TITLES.get(finding.form, finding.form),
            finding.sheet,
            finding.cell,
            finding.field,
            stated_text(finding),
            expected_text(finding),
            difference,
            working(finding),
            finding.cause,
            f"{handled}：{finding.advice}" if finding.advice else handled,
            finding.rule,
            finding.root,
        ]
        looks = {11: self.book.cell("number", num_format=number_format or "General")}
        if mark.fill:
            looks[1] = self.book.cell("centre", bg_color=style.rgb(mark.fill))
        height = row_height([(str(values[at]), _COLUMNS[at].width) for at in _WRAPPED], 18)
        self.table.row(values, height=height, looks=looks)

    def finish(self) -> None:
        """End the sheet."""
        self.table.finish("未发现差异")
