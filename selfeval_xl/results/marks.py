"""The marked cells of a corrected copy: fill by level, a note in words, the corrected value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from selfeval_xl.findings import Action, Finding, Kind, Level, as_stated
from selfeval_xl.results.style import SPOKEN, shade, weight
from selfeval_xl.rounding import with_minus
from selfeval_xl.workbooks.changes import CellChange, SheetChanges
from selfeval_xl.workbooks.sheet import Cell, parse_a1

LONGEST_NOTE = 2000
"""Characters kept of one note; a longer one could not be read in its box anyway."""


def sheet_changes(findings: Iterable[Finding]) -> dict[str, SheetChanges]:
    """Return the marks of each sheet for the findings of one workbook.

    Sheets come in the order they are first named, cells from top left to bottom right. A cell
    with several findings gets one fill (of the heaviest), one note with all texts and the value
    of the heaviest finding that changes it. Findings about no cell are left to the review sheet.
    """
    sheets: dict[str, dict[Cell, list[Finding]]] = {}
    for finding in findings:
        cell = cell_of(finding)
        if cell is not None:
            sheets.setdefault(finding.sheet, {}).setdefault(cell, []).append(finding)
    return {
        name: SheetChanges(tuple(_change(cell, cells[cell]) for cell in sorted(cells)))
        for name, cells in sheets.items()
    }


def cell_of(finding: Finding) -> Cell | None:
    """Return the cell a finding is about, None when it is about a whole sheet or file."""
    if not finding.sheet or not finding.cell:
        return None
    try:
        return parse_a1(finding.cell)
    except ValueError:
        return None


def note_text(finding: Finding) -> str:
    """Return a finding as a note: 【Q202 已更正】填报 5.41%，应为 0.00%：…。"""
    return f"【{finding.rule} {verdict(finding)}】{explanation(finding)}"


def verdict(finding: Finding) -> str:
    """Return in a word what was done about a finding or is to be done."""
    if finding.action is not Action.LEFT:
        return finding.action.label
    if finding.kind is Kind.SUGGESTION:
        return "建议"
    return {Level.ERROR: "未改动", Level.REVIEW: "待核实", Level.ROUNDING: "尾差"}.get(
        finding.level, "提示"
    )


def handling(finding: Finding) -> str:
    """Return what the columns 处理 say was done, or what is to be done, without the advice."""
    asked = finding.level is Level.REVIEW or finding.kind is Kind.SUGGESTION
    return verdict(finding) if asked else finding.action.label


def explanation(finding: Finding) -> str:
    """Return what is stated, what it should be, the figures, the likely cause and the advice.

    Nothing is said twice: a point on the same row that the sentence holds already is left out.
    """
    advice = finding.advice.strip().rstrip("。")
    fact = _fact(finding).rstrip("。").removesuffix(advice)
    text = ""
    for sentence in (fact, finding.cause, *finding.points, advice):
        tidy = sentence.strip().rstrip("。")
        if tidy and _CODE.sub("", tidy) not in text:
            ended = tidy[-1] in "！？!?" and not _ERROR_VALUE.search(tidy)
            text += tidy if ended else f"{tidy}。"
    return with_minus(text)


_CODE = re.compile("^【[^】]*】")
_ERROR_VALUE = re.compile(r"错误值 #[A-Z0-9/_]+[!?]?$")


def stated_text(finding: Finding) -> str:
    """Return the stated value as it reads in its cell, "" for a blank."""
    return finding.stated_text or _plain(finding.stated)


def expected_text(finding: Finding) -> str:
    """Return the expected value as it would read in the cell, "" when there is none."""
    return finding.expected_text or _plain(finding.expected)


def _fact(finding: Finding) -> str:
    stated, expected = stated_text(finding), expected_text(finding)
    if finding.message and (not expected or finding.kind in SPOKEN):
        return finding.message
    if not expected:
        return finding.calculation or finding.field
    sure = finding.action is Action.CORRECTED or finding.level is Level.ERROR
    start = f"{as_stated(stated)}，{'应为' if sure else '核算为'} {expected}"
    if finding.calculation:
        return f"{start}：{finding.calculation}"
    return f"{start}。{finding.message}" if finding.message else start


def _change(cell: Cell, findings: list[Finding]) -> CellChange:
    ordered = sorted(findings, key=weight)
    note = "\n".join(dict.fromkeys(map(note_text, ordered)))
    if len(note) > LONGEST_NOTE:
        note = note[: LONGEST_NOTE - 12] + "……（全文见核对结果）"
    writer = next((finding for finding in ordered if _writes(finding)), None)
    if writer is None:
        return CellChange(cell, shade(ordered[0]).fill, note)
    value = new_value(writer)
    return CellChange(
        cell,
        shade(ordered[0]).fill,
        note,
        value,
        writer.formula if isinstance(value, Decimal) else "",
        writer.number_format,
    )


def _writes(finding: Finding) -> bool:
    return finding.action is not Action.LEFT and new_value(finding) is not None


def new_value(finding: Finding) -> Decimal | str | None:
    """Return what goes into a corrected or filled cell.

    The number is the one written in that cell, which under a percent heading is a hundred times
    the plain figure.
    """
    if isinstance(finding.expected, Decimal) and finding.written is not None:
        return finding.written
    return finding.expected


def _plain(value: Decimal | str | None) -> str:
    """Write a figure without exponent; text as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return format(value, "f")
    except (InvalidOperation, ValueError):
        return str(value)
