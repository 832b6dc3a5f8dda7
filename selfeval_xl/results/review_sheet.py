"""The sheet 核对结果 put in front of a corrected copy: verdict, legend, one row per finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.own_results import REVIEW_SHEET
from selfeval_xl.records import FileRecord
from selfeval_xl.results import style
from selfeval_xl.results.grouping import Group, grouped
from selfeval_xl.results.looks import signed
from selfeval_xl.results.marks import cell_of, expected_text, handling, stated_text, verdict
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.review_scope import WIDTHS, headline, legend_strip, scope_rows
from selfeval_xl.results.tally import tally
from selfeval_xl.workbooks.changes import Choice, NewCell, NewRow, NewSheet, Style
from selfeval_xl.workbooks.sheet import Range, a1

NAME = REVIEW_SHEET
OPTIONS = ("采纳", "保留原值", "退回")
COLUMNS = (
    "序号",
    "级别",
    "工作表",
    "单元格",
    "项目/栏目",
    "填报值",
    "核算值",
    "差额",
    "计算过程",
    "可能原因",
    "处理",
    "规则",
    "复核意见",
    "备注",
)

_HEADER = Style(
    bold=True,
    size=10,
    colour=style.HEADER_INK,
    fill=style.HEADER_FILL,
    border=True,
    wrap=True,
    horizontal="center",
)
_HEADER_ROW = 3
_COLUMN_HEADS = NewRow(tuple(NewCell(text, _HEADER) for text in COLUMNS), height=26)
_MUTED = Style(size=10, colour=style.MUTED, border=True, horizontal="center")
_NOTHING = NewRow(
    (NewCell("没有需要处理的事项", _MUTED), *[NewCell(None, _MUTED)] * (len(COLUMNS) - 1)),
    height=28,
)


def review_sheet(
    record: FileRecord,
    findings: Iterable[Finding],
    *,
    profile: str,
    notices: Sequence[str] = (),
) -> NewSheet:
    """Return the review sheet of one workbook.

    ``findings`` are all that concern this workbook, cross-form ones included; ``notices`` are
    Chinese sentences about the reading or writing of the file. Errors come first, each with its
    consequences grouped under it, then what must be reviewed, rounding, filled cells and notes.
    """
    groups = grouped(findings)
    everything = [finding for group in groups for finding in group.members]
    counts = tally(everything)
    several = len({finding.project for finding in everything}) > 1
    body: list[NewRow] = []
    for number, group in enumerate(groups, start=1):
        body += _group_rows(number, group, several)
    strip, strip_merges = legend_strip(counts)
    rows = [*headline(record, counts, profile), strip, _COLUMN_HEADS, *body]
    merges: list[Range] = [(0, 0, 0, len(COLUMNS) - 1), (1, 0, 1, len(COLUMNS) - 1)]
    merges += strip_merges
    last = _HEADER_ROW + len(body)
    if not body:
        rows.append(_NOTHING)
        last += 1
        merges.append((last, 0, last, len(COLUMNS) - 1))
    left = Action.LEFT.label in map(verdict, everything)
    scope, scope_merges = scope_rows(record, profile, notices, last + 1, left=left)
    return NewSheet(
        name=NAME,
        widths=WIDTHS,
        rows=(*rows, *scope),
        merges=(*merges, *scope_merges),
        frozen=(_HEADER_ROW + 1, 0),
        filtered=(_HEADER_ROW, 0, last, len(COLUMNS) - 1) if body else None,
        choices=(Choice((_HEADER_ROW + 1, 12, last, 12), OPTIONS),) if body else (),
        repeated=(_HEADER_ROW, _HEADER_ROW),
        tab_colour=(style.ROOT if counts.error else style.REVIEW).ink
        if counts.error or counts.review
        else style.GOOD_INK,
    )


def cell_link(sheet: str, cell: str) -> str:
    """Return a link target inside the workbook: ``'表 1'!F3``, quotes in the name doubled."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"


def shown_difference(finding: Finding) -> tuple[Decimal | None, str]:
    """Return the difference as it would show in the cell, and the number format that shows it."""
    difference = finding.difference
    if difference is None:
        return None, ""
    difference *= finding.scale
    texts = (finding.stated_text, finding.expected_text)
    percent = any("%" in text or "％" in text for text in texts)
    places = max(map(_places, texts))
    if not any(texts):
        exponent = difference.as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 2
    return difference, signed(places, percent)


def _places(text: str) -> int:
    found = re.search(r"\.(\d+)", text)
    return len(found.group(1)) if found else 0


def _group_rows(number: int, group: Group, several: bool) -> list[NewRow]:
    rows = [_finding_row(number, group.head, several, 0)]
    for place, finding in enumerate(group.consequences, start=1):
        rows.append(_finding_row(f"{number}-{place}", finding, several, 1))
    return rows


def _finding_row(number: int | str, finding: Finding, several: bool, outline: int) -> NewRow:
    band = style.BAND_FILL if outline else ""
    mark = style.shade(finding)
    left = Style(size=10, fill=band, border=True, wrap=True, horizontal="left")
    middle = Style(size=10, fill=band, border=True, wrap=True, horizontal="center")
    right = Style(size=10, fill=band, border=True, wrap=True, horizontal="right")
    linked = Style(
        size=10, colour=style.LINK, underline=True, fill=band, border=True, horizontal="center"
    )
    cell = cell_of(finding)
    address = a1(cell) if cell else ""
    field = f"{finding.project}：{finding.field}" if several and finding.project else finding.field
    difference, number_format = shown_difference(finding)
    values: tuple[NewCell, ...] = (
        NewCell(number, middle),
        NewCell(
            mark.label,
            Style(bold=not outline, size=10, fill=mark.fill, border=True, horizontal="center"),
        ),
        NewCell(finding.sheet, left),
        NewCell(address, linked, cell_link(finding.sheet, address))
        if address
        else NewCell("—", middle),
        NewCell(field, left),
        NewCell(stated_text(finding) or _blank(finding), right),
        NewCell(expected_text(finding), right),
        NewCell(
            difference,
            Style(size=10, fill=band, border=True, horizontal="right", number_format=number_format),
        ),
        NewCell(working(finding), left),
        NewCell(finding.cause, left),
        NewCell(_treatment(finding), left),
        NewCell(finding.rule, middle),
        NewCell(None, middle),
        NewCell(None, left),
    )
    wrapped = [
        (str(value.value), width)
        for value, width in zip(values, WIDTHS, strict=True)
        if isinstance(value.value, str)
    ]
    return NewRow(values, height=row_height(wrapped, 22), outline=outline)


def working(finding: Finding) -> str:
    """Return the calculation, or the sentence that says what is asked, and the further points."""
    text = finding.calculation
    if finding.message and (not text or finding.kind in style.SPOKEN):
        text = finding.message
    # Advice and cause have columns of their own, and a message may already hold the points.
    for elsewhere in (finding.advice, finding.cause):
        text = _without(text, elsewhere)
    points = [point for point in finding.points if _bare(point) not in text]
    return "\n".join([text, *(f"· {point}" for point in points)]).strip()


def _without(text: str, last: str) -> str:
    """Return a text without its last sentence if that is ``last``."""
    rest = text.removesuffix("。").removesuffix(last.removesuffix("。")) if last else text
    return rest if rest and rest != text.removesuffix("。") else text


def _bare(point: str) -> str:
    return re.sub("^【[^】]*】", "", point).rstrip("。")


def _treatment(finding: Finding) -> str:
    word = handling(finding)
    return f"{word}\n{finding.advice}" if finding.advice else word


def _blank(finding: Finding) -> str:
    return "（空白）" if finding.kind is Kind.FILLED else ""
