"""The sheet 差异明细: every finding of every file, to be filtered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selfeval_xl.findings import Finding
from selfeval_xl.gathering import is_departmental
from selfeval_xl.records import FileRecord
from selfeval_xl.results import style
from selfeval_xl.results.grouping import grouped
from selfeval_xl.results.links import short_path
from selfeval_xl.results.looks import NUMBERS, difference, filled
from selfeval_xl.results.marks import expected_text, handling, stated_text
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.review_scope import SHORT_TITLES
from selfeval_xl.results.review_sheet import shown_difference, working
from selfeval_xl.results.summary_figures import WHOLE, whole_year
from selfeval_xl.results.table_rows import SERIAL, Column, rendered

if TYPE_CHECKING:
    from selfeval_xl.results.summary_book import Book, Table

_COLUMNS = (
    Column("序号", 7, "centre"),
    Column("级别", 6.5, "centre"),
    Column("类型", 9.5, "centre"),
    Column("文件", 26, "link"),
    Column("项目", 18, "wrap"),
    Column("表", 11.5, "wrap"),
    Column("工作表", 11, "wrap"),
    Column("单元格", 7.5, "centre"),
    Column("项目/栏目", 21, "wrap"),
    Column("填报值", 10.5, "figure"),
    Column("核算值", 10.5, "figure"),
    Column("差额", 10.5, "number"),
    Column("计算过程", 31, "wrap"),
    Column("可能原因", 22, "wrap"),
    Column("处理", 16, "wrap"),
    Column("规则", 7, "centre"),
    Column("源头单元格", 10.5, "wrap"),
)
_LINK = 3
_LEVEL, _DIFFERENCE = 1, 11
_WRAPPING = ("wrap", "figure", "link")
_WRAPPED = tuple(at for at, column in enumerate(_COLUMNS) if column.look in _WRAPPING)
_LOOKS = tuple(NUMBERS[column.look] for column in _COLUMNS)


def findings_table(book: Book, sheet: Any, remark: str) -> Table:
    """Begin the table on its sheet."""
    return book.table(sheet, "差异明细表", _COLUMNS, remark=remark, frozen=4, link=_LINK)


def finding_rows(file: FileRecord) -> tuple[str, ...]:
    """Return the rows of one file's findings, each root followed by its consequences."""
    name = short_path(file.path)
    names = {(form.form, form.sheet): whole_year(form) for form in file.forms}
    return tuple(
        _row(finding, name, _project(finding, names))
        for group in grouped(file.findings)
        for finding in group.members
    )


def _project(finding: Finding, names: Mapping[tuple[str, str], str]) -> str:
    """Return the project a finding is about, or the unit whose whole year it is about."""
    if finding.project or not is_departmental(finding):
        return finding.project
    return names.get((finding.form, finding.sheet), WHOLE)


def _row(finding: Finding, name: str, project: str) -> str:
    shown, number_format = shown_difference(finding)
    mark = style.shade(finding)
    handled = handling(finding)
    values = (
        SERIAL,
        finding.level.label,
        finding.kind.label,
        name,
        project,
        SHORT_TITLES.get(finding.form, finding.form),
        finding.sheet,
        finding.cell,
        finding.field,
        stated_text(finding),
        expected_text(finding),
        shown,
        working(finding),
        finding.cause,
        f"{handled}：{finding.advice}" if finding.advice else handled,
        finding.rule,
        finding.root,
    )
    looks = list(_LOOKS)
    if shown is not None:
        looks[_DIFFERENCE] = NUMBERS[difference(number_format)]
    if mark.fill:
        looks[_LEVEL] = NUMBERS[filled(mark.fill)]
    height = row_height([(str(values[at]), _COLUMNS[at].width) for at in _WRAPPED], 18)
    return rendered(values, looks, height, _LINK)
