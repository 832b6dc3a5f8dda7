"""One workbook from bytes to judgement: guard → read → recognise → judge, and back to bytes.

Nothing here knows folders or processes; every function takes bytes or what was made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from selfeval_xl.live_formulas import misleading
from selfeval_xl.other_sheets import name_to_tell
from selfeval_xl.own_results import REVIEW_SHEET, SUMMARY_SHEETS
from selfeval_xl.recalculating import recalculated
from selfeval_xl.records import NOT_FILLED_IN, FileRecord, FormRecord, Status
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.changes import NewSheet, SheetChanges
from selfeval_xl.workbooks.sheet import Cell, Sheet
from selfeval_xl.workbooks.workbook import Workbook, WorkbookProblem

if TYPE_CHECKING:
    from selfeval_xl.forms.form import Form
    from selfeval_xl.judgement import Judgement
    from selfeval_xl.workbooks.limits import Limits

REVIEW_TITLE = "预算绩效自评核对结果"
"""What stands in A1 of a review sheet; with the sheet's name the mark of our own copies."""

_ATTACHMENTS = {
    **dict.fromkeys((".doc", ".docx", ".wps", ".rtf"), "文字文档"),
    **dict.fromkeys((".ppt", ".pptx", ".dps"), "演示文稿"),
    **dict.fromkeys((".pdf", ".ofd"), "版式文件"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp"), "图片"),
    **dict.fromkeys((".txt", ".md", ".log", ".toml", ".json"), "文本文件"),
    **dict.fromkeys((".bat", ".sh", ".exe", ".msi", ".dll"), "程序"),
}
"""Files that come along with workbooks and are no submission themselves."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What marking a workbook needs besides its bytes and findings.

    ``cached`` are the results of right formulas that depend on corrected cells, by sheet;
    ``plain`` the corrected cells that get no live formula.
    """

    format: str
    patchable: bool
    notices: tuple[str, ...] = ()
    cached: Mapping[str, Mapping[Cell, Decimal]] = field(default_factory=dict)
    plain: Mapping[str, frozenset[Cell]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file as judged. ``workbook`` is None when it could not be read.

    ``beside`` are sheets without a form that the figures of others come from.
    """

    record: FileRecord
    workbook: Workbook | None = None
    judgements: tuple[Judgement, ...] = ()
    beside: tuple[Sheet, ...] = ()

    def facts(self) -> Facts:
        """Return what marking needs of a file that was read."""
        workbook = self.workbook
        assert workbook is not None
        findings = self.record.findings
        cached = recalculated(findings, self.judgements, self.beside)
        plain = misleading(findings, self.judgements, cached)
        return Facts(workbook.format, workbook.patchable, workbook.notices, cached, plain)


class UnusualError(Exception):
    """A workbook is larger or older than forms are: it may take long or much memory."""


def check(
    data: bytes, name: str, settings: Settings, inbox: str = "", *, ordinary: bool = False
) -> Checked:
    """Judge one workbook. Never raises for what is in the file.

    ``name`` is the path relative to the inbox with forward slashes; ``inbox`` is the name of
    that folder itself, the last place a project's name is looked for. Only with ``ordinary`` it
    raises UnusualError, before it is judged, for a file beyond what any form should hold.
    """
    limits = (_ordinary_limits if ordinary else _limits)(_changed(settings))
    try:
        workbook = _read(data, PurePosixPath(name).name, limits)
    except WorkbookProblem as problem:
        if ordinary and problem.kind == "too_large":
            raise UnusualError from None
        return Checked(_refused(name, problem))
    except RecursionError:
        return Checked(FileRecord(name, Status.UNREADABLE, _BROKEN))
    if own := own_output(workbook):
        return Checked(FileRecord(name, Status.SKIPPED, own))
    return _judged(workbook, name, settings, inbox)


_BROKEN = "文件内容已损坏或结构异常，无法读取。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新放入。"


def _read(data: bytes, name: str, limits: Limits) -> Workbook:
    from selfeval_xl.workbooks.reading import read_workbook  # noqa: PLC0415  (loaded with the first file)

    return read_workbook(data, name, limits)


def limits_of(settings: Settings) -> Limits:
    """Return the reading limits of the settings."""
    return _limits(_changed(settings))


def _changed(settings: Settings) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(settings.limits.items()))


@lru_cache(maxsize=8)
def _limits(changed: tuple[tuple[str, int], ...]) -> Limits:
    from selfeval_xl.workbooks.limits import Limits  # noqa: PLC0415  (loaded with the first file)

    return replace(Limits(), **dict(changed))


@lru_cache(maxsize=8)
def _ordinary_limits(changed: tuple[tuple[str, int], ...]) -> Limits:
    from selfeval_xl.workbooks.limits import ordinary  # noqa: PLC0415  (loaded with the first file)

    return ordinary(_limits(changed))


def _refused(name: str, problem: WorkbookProblem) -> FileRecord:
    """Return the record of a file that is no readable workbook; attachments are only passed."""
    what = _ATTACHMENTS.get(PurePosixPath(name).suffix.casefold())
    if what and not problem.skipped:
        return FileRecord(name, Status.SKIPPED, f"{what}，不是电子表格，未核对。")
    status = Status.SKIPPED if problem.skipped else Status.UNREADABLE
    return FileRecord(name, status, problem.message)


def own_output(workbook: Workbook) -> str:
    """Return why a workbook is one of our own results, "" when it is not."""
    if any(
        sheet.name.startswith(REVIEW_SHEET) and sheet.text((0, 0)) == REVIEW_TITLE
        for sheet in workbook.sheets
    ):
        return (
            "本文件是以前核对生成的标注副本，已跳过。"
            "如需重新核对，请放入原文件，或删去副本里的“核对结果”工作表。"
        )
    if {sheet.name for sheet in workbook.sheets} >= SUMMARY_SHEETS:
        return "本文件是以前核对生成的汇总表，已跳过。"
    return ""


def _judged(workbook: Workbook, name: str, settings: Settings, inbox: str) -> Checked:
    from selfeval_xl.examining import examine  # noqa: PLC0415  (loaded with the first file)
    from selfeval_xl.forms import recognise  # noqa: PLC0415  (loads every form)
    from selfeval_xl.linked_sheets import follow_links  # noqa: PLC0415  (loaded with the first file)
    from selfeval_xl.placing import complete_head  # noqa: PLC0415  (loaded with the first file)
    from selfeval_xl.recording import failed_record, form_record  # noqa: PLC0415  (loaded with the first file)

    place = f"{inbox}/{name}" if inbox else name

    def read(sheet: Sheet) -> list[Form]:
        forms = recognise(sheet, settings)
        for form in forms:
            departmental = form.kind.startswith("department")
            form.head = complete_head(form.head, place, departmental=departmental)
            if not form.failure and form.is_blank:
                form.failure = NOT_FILLED_IN
        return forms

    forms: list[Form] = []
    judgements: list[Judgement] = []
    unchecked: list[str] = []
    for sheet in workbook.sheets:
        found = read(sheet)
        if not found and (told := name_to_tell(sheet)):
            unchecked.append(told)
        for form in found:
            forms.append(form)
            if not form.failure:
                judgements.append(examine(form, settings))
    judgements, beside = follow_links(judgements, workbook.sheets, read, settings)
    judged = iter(judgements)
    records = [failed_record(form) if form.failure else form_record(next(judged)) for form in forms]
    findings = tuple(finding for judgement in judgements for finding in judgement.findings)
    status = Status.CHECKED if judgements else Status.UNRECOGNISED
    record = FileRecord(
        name,
        status,
        _message(workbook, records, status),
        forms=tuple(records),
        findings=findings,
        unchecked=tuple(unchecked),
    )
    return Checked(record, workbook, tuple(judgements), beside)


def _message(workbook: Workbook, records: Sequence[FormRecord], status: Status) -> str:
    """Return what a person should know of the file as a whole."""
    parts = [record.not_judged for record in records if record.failure]
    if status is Status.UNRECOGNISED and not parts:
        if any(sheet.rows for sheet in workbook.sheets):
            parts.append(
                "没有找到可以核对的自评表格。请确认表头（如“全年预算数”“得分”“合计人数”）是否完整。"
            )
        else:
            parts.append("工作簿里没有内容。请确认交来的是填好的文件。")
    return "".join(parts)


class Copy(NamedTuple):
    """A marked copy: its bytes, its suffix and, in Chinese, what it does not keep of the file."""

    content: bytes
    suffix: str
    remark: str


def mark(data: bytes, record: FileRecord, facts: Facts, settings: Settings) -> Copy:
    """Return the marked copy of a judged workbook.

    The findings of ``record`` are all that concern the file, cross-form ones included. The
    sender's package is patched where its format allows (.xlsx, .xlsm), otherwise the workbook
    is rebuilt as .xlsx. A package that the patcher cannot take is rebuilt as well.
    """
    from selfeval_xl.results.marks import sheet_changes  # noqa: PLC0415  (loaded with the first file)
    from selfeval_xl.results.review_sheet import review_sheet  # noqa: PLC0415  (loaded with the first file)

    changes = _without_formulas(sheet_changes(record.findings), facts.plain)

    def review(notices: Sequence[str]) -> list[NewSheet]:
        return [review_sheet(record, record.findings, profile=settings.profile, notices=notices)]

    notices = facts.notices
    if facts.patchable:
        from selfeval_xl.workbooks.patching import patch  # noqa: PLC0415  (loaded with the first file)

        try:
            content = patch(data, _with_results(changes, facts.cached), review(notices))
            suffix = ".xlsm" if facts.format == "xlsm" else ".xlsx"
            return Copy(content, suffix, "".join(notices))
        except Exception:  # an unheard-of structure must not cost the marks
            notices = (_REBUILT, *notices)
    from selfeval_xl.workbooks.legacy_looks import read_looks  # noqa: PLC0415  (few files need it)
    from selfeval_xl.workbooks.rebuilding import rebuild  # noqa: PLC0415  (few files need it)

    name, limits = PurePosixPath(record.path).name, limits_of(settings)
    looks = read_looks(data, name, limits)
    changes = _with_results(changes, facts.cached)
    content = rebuild(_read(data, name, limits), changes, review(notices), looks)
    return Copy(content, ".xlsx", "".join(notices))


_REBUILT = (
    "原件的内部结构不寻常，不能直接在原件上标注。本副本按其内容重新生成为 .xlsx："
    "数值和合并单元格照原样，公式和数字格式尽可能保留；"
    "字体、颜色、边框、列宽、批注、图片、超链接、下拉选项、条件格式等没有带入，请看原文件。"
)


def _without_formulas(
    changes: Mapping[str, SheetChanges], plain: Mapping[str, frozenset[Cell]]
) -> dict[str, SheetChanges]:
    """Return the changes with figures only in the cells named."""
    everything = dict(changes)
    for name, cells in plain.items():
        if cells and name in everything:
            marked = everything[name].cells
            kept = (replace(c, formula="") if c.cell in cells else c for c in marked)
            everything[name] = replace(everything[name], cells=tuple(kept))
    return everything


def _with_results(
    changes: Mapping[str, SheetChanges], cached: Mapping[str, Mapping[Cell, Decimal]]
) -> dict[str, SheetChanges]:
    """Return the changes with the results of formulas that stay."""
    everything = dict(changes)
    for name, results in cached.items():
        cells = everything.get(name, SheetChanges()).cells
        kept = tuple(
            replace(cell, value=None, formula="", number_format="")
            if cell.cell in results
            else cell
            for cell in cells
        )
        everything[name] = SheetChanges(kept, results)
    return everything
