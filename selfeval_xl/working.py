"""One dropped file from disk to disk: read once, judge, write the marked copy.

These functions run in the batch's own process or in a worker; all they take and give can be
pickled.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path, PurePath

from selfeval_xl.checking import Checked, Facts, check, limits_of, mark
from selfeval_xl.discovery import Dropped, printable
from selfeval_xl.outputs import OutputError, make_folder, write_atomically
from selfeval_xl.pool import Lost
from selfeval_xl.records import Counts, FileRecord, Status
from selfeval_xl.results.tally import tally
from selfeval_xl.settings import Settings
from selfeval_xl.snapshots import CHANGED, UnsteadyError, snapshot

NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one file.

    With a ``record`` the file is only marked again, with the findings that are in it; ``facts``
    come from its first checking, and ``digest`` is what the file must still be.
    """

    file: Dropped
    record: FileRecord | None = None
    facts: Facts | None = None
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a file.

    ``record`` is pickled when it comes from a worker, so that the parent need not open it.
    ``remark`` is for the person at the screen; ``failed`` says that the file could not be read
    or its copy not be written; ``fatal`` why nothing more can be written at all.
    """

    record: FileRecord | bytes
    status: Status
    counts: Counts = NO_COUNTS
    remark: str = ""
    failed: bool = False
    fatal: str = ""
    facts: Facts | None = None
    digest: bytes = b""


def work(job: Job, out: str, settings: Settings) -> Done:
    """Check one file and write its marked copy below ``out``. Never raises for the file's sake."""
    if job.record is not None:
        return _mark_again(job, job.record, out, settings)
    data, checked = examined(job.file, settings)
    record = checked.record
    if record.status is not Status.CHECKED:
        return Done(record, record.status, failed=record.status is Status.UNREADABLE)
    facts = checked.facts()
    done = _with_copy(job.file, data, record, facts, out, settings)
    return replace(done, facts=facts, digest=_digest(data))


def _mark_again(job: Job, record: FileRecord, out: str, settings: Settings) -> Done:
    """Write the marked copy anew; a file that changed since is not marked."""
    assert job.facts is not None
    try:
        data = snapshot(job.file.path, limits_of(settings).file_bytes)
    except UnsteadyError as error:
        return Done(record, Status.UNREADABLE, remark=str(error))
    if _digest(data) != job.digest:
        return Done(record, Status.UNREADABLE, remark=CHANGED)
    return _with_copy(job.file, data, record, job.facts, out, settings)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def examined(file: Dropped, settings: Settings) -> tuple[bytes, Checked]:
    """Return a file's bytes and what they were judged to be; never raises for the file's sake."""
    name = printable(file.name)
    data = b""
    try:
        data = snapshot(file.path, limits_of(settings).file_bytes)
        return data, check(data, name, settings, inbox_name(file))
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


def examined_apart(file: Dropped, settings: Settings) -> FileRecord:
    """Return a file's record; for files that are judged in a process of their own."""
    return examined(file, settings)[1].record


def work_packed(job: Job, out: str, settings: Settings) -> Done:
    """Do the same in a worker: the record comes pickled."""
    done = work(job, out, settings)
    return replace(done, record=pickle.dumps(done.record, 5))


def _with_copy(
    file: Dropped, data: bytes, record: FileRecord, facts: Facts, out: str, settings: Settings
) -> Done:
    counts = tally(record.findings)
    try:
        content, suffix = mark(data, record, facts, settings)
    except Exception as error:
        text = f"标注副本没有生成（{_cause(error)}），差异见汇总表；请把文件发给维护人员。"
        return _uncopied(record, counts, text)
    target = Path(out) / (file.copy + suffix)
    try:
        make_folder(target.parent)
        written = write_atomically(target, content)
    except OutputError as error:
        done = _uncopied(record, counts, error.message)
        return replace(done, fatal=error.message) if error.fatal else done
    remark = ""
    if written != target:
        remark = f"“{target.name}”正被其他程序打开，本次结果另存为“{written.name}”。"
        record = _saying(record, remark)
    corrected = printable(written.relative_to(out).as_posix())
    return Done(replace(record, corrected=corrected), record.status, counts, remark)


def _uncopied(record: FileRecord, counts: Counts, text: str) -> Done:
    return Done(_saying(record, text), record.status, counts, text, failed=True)


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
