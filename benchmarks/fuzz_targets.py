"""What must hold for every input of the fuzz runs, whatever is in it.

Each target takes the bytes and a seed, returns a word for the statistics, and raises when a promise
is broken. Expected ends are few: a Workbook, a WorkbookProblem with a message, a whole copy.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from decimal import Decimal

from selfeval_xl.checking import REVIEW_TITLE, check, mark
from selfeval_xl.records import Status
from selfeval_xl.results.extract import extract
from selfeval_xl.results.findings_json import write_records
from selfeval_xl.results.marks import sheet_changes
from selfeval_xl.results.review_sheet import review_sheet
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.changes import CellChange, NewCell, NewRow, NewSheet, SheetChanges
from selfeval_xl.workbooks.legacy_looks import read_looks
from selfeval_xl.workbooks.limits import DEFAULT
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.rebuilding import rebuild
from selfeval_xl.workbooks.workbook import Workbook, WorkbookProblem

_SETTINGS = Settings()
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NEW = NewSheet("核对结果", (20.0,), (NewRow((NewCell(REVIEW_TITLE), NewCell("=1+1"))),))


class BrokenPromise(AssertionError):
    """An input ended otherwise than promised."""


def _promised(condition: object, what: str) -> None:
    if not condition:
        raise BrokenPromise(what)


def reading(data: bytes, seed: int) -> str:
    """Guard and reader: a workbook or one clear problem."""
    workbook = _read(data)
    if isinstance(workbook, str):
        return workbook
    for sheet in workbook.sheets:
        for row in sheet.rows:
            _promised(type(row) is list, "rows are lists")
        _promised(all(len(merge) == 4 for merge in sheet.merges), "merges are ranges")
    return workbook.format


def _read(data: bytes) -> Workbook | str:
    try:
        return read_workbook(data, "a.xlsx")
    except WorkbookProblem as problem:
        _promised(_CHINESE.search(problem.message), "a problem is told in Chinese")
        return problem.kind


def patching(data: bytes, seed: int) -> str:
    """Patcher and rebuilder: random marks on what could be read; the copy must be whole."""
    workbook = _read(data)
    if isinstance(workbook, str):
        return workbook
    changes = _random_changes(workbook, random.Random(seed))
    if not workbook.patchable:
        copy = rebuild(workbook, changes, [_NEW], read_looks(data, "a.xls", DEFAULT))
    else:
        try:
            copy = patch(data, changes, [_NEW])
        except WorkbookProblem as problem:
            _promised(_CHINESE.search(problem.message), "a problem is told in Chinese")
            return f"not patched: {problem.kind}"
        except Exception:
            # The batch rebuilds such a copy; what it would do must work.
            rebuild(workbook, changes, [_NEW])
            raise
    again = whole(copy, data)
    _promised(again.sheets[0].text((0, 0)) == REVIEW_TITLE, "the new sheet comes first")
    _promised(not again.sheets[0].formulas, "text is no formula")
    _promised(len(again.sheets) >= len(workbook.sheets), "no sheet is lost")
    return "copied"


def _random_changes(workbook: Workbook, chance: random.Random) -> dict[str, SheetChanges]:
    """Return marks at random cells of each sheet, a few of them outside and under merges."""
    changes = {}
    for sheet in workbook.sheets:
        cells = {
            (chance.randrange(sheet.height + 2), chance.randrange(sheet.width + 2))
            for _ in range(chance.randrange(6))
        }
        changes[sheet.name] = SheetChanges(
            tuple(_random_change(cell, chance) for cell in sorted(cells)),
            {cell: Decimal("1.5") for cell in list(sheet.formulas)[:5]},
        )
    return changes


def _random_change(cell: tuple[int, int], chance: random.Random) -> CellChange:
    value = chance.choice((None, Decimal("12.34"), Decimal("-1E+3"), "=1+1", "+文字", "文字"))
    formula = "ROUND(A1+B2,2)" if isinstance(value, Decimal) and chance.random() < 0.5 else ""
    return CellChange(
        cell,
        fill=chance.choice(("", "FFFFC7CE")),
        note=chance.choice(("", "【T101】应为 1 & <2>\n第二行")),
        value=value,
        formula=formula,
        number_format=chance.choice(("", "0.00%")),
    )


def whole(copy: bytes, original: bytes = b"") -> Workbook:
    """Return the copy as read again; raises when a part of it is broken.

    What the original holds with a wrong checksum (a picture, say) may be as wrong in the copy.
    """
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        names = archive.namelist()
        _promised(len({name.casefold() for name in names}) == len(names), "part names are unique")
        broken = [name for name in names if not _readable(archive, name)]
    if broken:
        with zipfile.ZipFile(io.BytesIO(original)) as archive:
            _promised(not any(_readable(archive, name) for name in broken), "checksums are right")
    try:
        return read_workbook(copy, "copy.xlsx")
    except WorkbookProblem as problem:
        raise BrokenPromise(f"the copy can be read ({problem.kind})") from problem


def _readable(archive: zipfile.ZipFile, name: str) -> bool:
    try:
        archive.read(name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        return False
    return True


def pipeline(data: bytes, seed: int) -> str:
    """The whole way of a file: judged, marked, written to findings.json, recognised as ours."""
    checked = check(data, "单位/项目.xlsx", _SETTINGS, "待核对")
    record = checked.record
    if record.status is not Status.CHECKED:
        _promised(_CHINESE.search(record.message), "every fate has its reason")
        return str(record.status)
    first = record.findings
    facts = checked.facts()
    copy, suffix, _ = mark(data, record, facts, _SETTINGS)
    whole(copy, data)
    _promised(suffix in (".xlsx", ".xlsm"), "the copy is an Excel file")
    again = check(copy, "a.xlsx", _SETTINGS).record
    _promised(again.status is Status.SKIPPED, "our own copy is recognised")
    write_records(io.StringIO(), [record], [])
    extract(record)
    _promised(
        check(data, "单位/项目.xlsx", _SETTINGS, "待核对").record.findings == first, "same again"
    )
    if facts.patchable:
        changes = sheet_changes(record.findings)
        try:
            patch(data, changes, [review_sheet(record, record.findings, profile="", notices=[])])
        except WorkbookProblem as problem:
            return f"rebuilt: {problem.kind}"
    return "marked"


TARGETS: dict[str, Callable[[bytes, int], str]] = {
    "read": reading,
    "patch": patching,
    "pipeline": pipeline,
}
