"""One dropped file from disk to disk: read once, judge, write the marked copy.

These functions run in the batch's own process or in a worker; all they take and give can be
pickled.
"""

from __future__ import annotations

import gc
import pickle
from dataclasses import dataclass, replace
from hashlib import blake2b
from importlib import import_module
from pathlib import Path, PurePath
from sys import intern
from typing import Any

from selfeval_xl.checking import Checked, Facts, UnusualError, check, limits_of, mark
from selfeval_xl.discovery import Dropped
from selfeval_xl.findings import Finding
from selfeval_xl.outputs import OutputError, write_atomically
from selfeval_xl.own_results import is_replaceable, written_elsewhere
from selfeval_xl.pool import Lost
from selfeval_xl.records import Counts, FileRecord, Status
from selfeval_xl.result_names import printable
from selfeval_xl.results.extract import Extract, extract
from selfeval_xl.results.undecided import open_questions
from selfeval_xl.settings import Settings
from selfeval_xl.snapshots import CHANGED, SMALL, UnsteadyError, is_plain, snapshot


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one file.

    ``across`` are findings from other forms of its project, known once every file was judged;
    then the file is judged and marked once more, and must still be what ``digest`` tells.
    """

    file: Dropped
    across: tuple[Finding, ...] = ()
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a file.

    ``outline`` is its record without what only its own results show; ``extract`` is pickled
    when it comes from a worker, so that the parent need not open it. ``remark`` is for the
    person at the screen; ``failed`` says that the file could not be read or its copy not be
    written; ``fatal`` why nothing more can be written at all.
    """

    outline: FileRecord
    extract: Extract | bytes
    counts: Counts
    remark: str = ""
    failed: bool = False
    fatal: str = ""
    digest: bytes = b""

    @property
    def status(self) -> Status:
        """The file's fate."""
        return self.outline.status


def work(job: Job, out: str, settings: Settings, *, ordinary: bool = False) -> Done:
    """Check one file and write its marked copy below ``out``. Never raises for the file's sake.

    Only with ``ordinary`` it raises UnusualError for a file larger than forms are.
    """
    data, checked = examined(job.file, settings, ordinary=ordinary)
    if job.digest and _digest(data) != job.digest:
        return finished(FileRecord(checked.record.path, Status.UNREADABLE, CHANGED), remark=CHANGED)
    record = checked.record
    if record.status is not Status.CHECKED:
        return finished(record, failed=record.status is Status.UNREADABLE)
    record = replace(record, findings=(*record.findings, *job.across))
    return _with_copy(job.file, data, record, checked.facts(), out, settings)


def finished(record: FileRecord, **more: Any) -> Done:
    """Return what came of a file whose record is complete."""
    known = extract(record)
    return Done(outline(record), known, known.counts, **more)


def outline(record: FileRecord) -> FileRecord:
    """Return a record with only what putting forms together into projects looks at.

    Questions, fund lines and findings are left out, so that what is kept of a project stays
    small however many there are; what leaves its score open is kept.
    """
    forms = tuple(
        replace(form, questions=(), funds=(), evidence=(), sheet=intern(form.sheet))
        for form in record.forms
    )
    return replace(record, findings=open_questions(record), forms=forms, unchecked=())


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def work_here(job: Job, out: str, settings: Settings) -> Done | None:
    """Do the same in the batch's own process; None for what may take it long, or down."""
    try:
        return work(job, out, settings, ordinary=True)
    except UnusualError:
        return None


def examined(file: Dropped, settings: Settings, *, ordinary: bool = False) -> tuple[bytes, Checked]:
    """Return a file's bytes and what they were judged to be; never raises for the file's sake.

    Only with ``ordinary`` it raises UnusualError for a file larger than forms are.
    """
    name = printable(file.name)
    data = b""
    try:
        if ordinary and file.size > SMALL:
            raise UnusualError
        data = snapshot(file.path, limits_of(settings).file_bytes)
        if ordinary and not is_plain(data, file.name):
            raise UnusualError
        return data, check(data, name, settings, inbox_name(file), ordinary=ordinary)
    except UnusualError:
        raise
    except UnsteadyError as error:
        text = str(error)
    except MemoryError:
        text = "内存不足，无法处理此文件。请关闭其他程序后重试，或删去多余的工作表。"
    except Exception as error:
        text = f"程序处理此文件时出错（{_cause(error)}），请把文件发给维护人员。"
    return data, Checked(FileRecord(name, Status.UNREADABLE, text))


def lost_text(why: Lost, settings: Settings) -> str:
    """Return what is said of a file that cost a worker its life."""
    return {
        Lost.DIED: "处理此文件的进程意外终止（文件可能已损坏或占用内存过多），"
        "其他文件不受影响。请用 Excel 或 WPS 打开后另存为 .xlsx 再试。",
        Lost.TIMEOUT: f"处理超过 {settings.time_limit:g} 秒，已放弃。"
        "请检查文件是否有大量无关内容，或在设置文件里延长“单个文件时限”。",
        Lost.FAILED: "程序处理此文件时出错，请把文件发给维护人员。",
    }[why]


def examined_here(file: Dropped, settings: Settings) -> FileRecord | None:
    """Return a file's record; None for what may take this process long, or down."""
    try:
        return examined(file, settings, ordinary=True)[1].record
    except UnusualError:
        return None


def examined_apart(file: Dropped, settings: Settings) -> FileRecord:
    """Return a file's record; for files that are judged in a process of their own."""
    return examined(file, settings)[1].record


def collect_seldom() -> None:
    """Let the collector of cycles run less often: what a workbook leaves goes by count alone.

    For a process that is ours; it costs a fortieth less of the time and no memory to speak of.
    """
    gc.set_threshold(100_000, 20, 50)


def get_ready() -> None:
    """Prepare a worker before it says that it is there."""
    collect_seldom()
    load()


def load() -> None:
    """Load what nearly every file needs."""
    for module in ("forms", "examining", "placing", "recording", "results.marks"):
        import_module(f"selfeval_xl.{module}")
    for module in ("patching", "reading"):
        import_module(f"selfeval_xl.workbooks.{module}")


def work_packed(job: Job, out: str, settings: Settings) -> Done:
    """Do the same in a worker: the extract comes pickled."""
    result = work(job, out, settings)
    return replace(result, extract=pickle.dumps(result.extract, 5))


def _with_copy(
    file: Dropped, data: bytes, record: FileRecord, facts: Facts, out: str, settings: Settings
) -> Done:
    digest = _digest(data)
    try:
        made = mark(data, record, facts, settings)
    except Exception as error:
        text = f"标注副本没有生成（{_cause(error)}），差异见汇总表；请把文件发给维护人员。"
        return _uncopied(record, text, digest)
    target = Path(out) / (file.copy + made.suffix)
    try:
        written = write_atomically(target, made.content, is_replaceable)
    except OutputError as error:
        return _uncopied(record, error.message, digest, error.message if error.fatal else "")
    record = _saying(record, made.remark)
    remark, copy = "", file.copy + made.suffix
    if written.name != target.name:
        copy = copy.removesuffix(target.name) + written.name
        remark = written_elsewhere(target, written)
        record = _saying(record, remark)
    return finished(replace(record, corrected=printable(copy)), remark=remark, digest=digest)


def _uncopied(record: FileRecord, text: str, digest: bytes, fatal: str = "") -> Done:
    return finished(_saying(record, text), remark=text, failed=True, fatal=fatal, digest=digest)


def _saying(record: FileRecord, text: str) -> FileRecord:
    """Return the record with one more sentence in its message, unless it is there already."""
    if text in record.message:
        return record
    return replace(record, message=record.message + text)


def _cause(error: Exception) -> str:
    """Return what a maintainer needs to find the place: kind of error, module and line."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).stem}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__} {where}".strip()


def inbox_name(file: Dropped) -> str:
    """Return the name of the folder that the file's name is relative to."""
    depth = file.name.count("/") + 1
    parts = PurePath(file.path).parts
    return printable(parts[-depth - 1]) if len(parts) > depth + 1 else ""
