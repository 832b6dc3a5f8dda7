"""Reading dropped files: as of one moment, never waiting for a pipe, never locking anything."""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import BinaryIO

from selfeval_xl.outputs import long_path
from selfeval_xl.system_errors import reason

_PATIENCE = 0.3  # seconds before a file that changed while being read is read again
SMALL = 1 << 20
"""Bytes up to which a plain .xlsx is judged in the batch's own process."""

_OLE2 = b"\xd0\xcf\x11\xe0"


class UnsteadyError(Exception):
    """A file could not be read as one piece; the text is Chinese."""


def snapshot(path: str, most_bytes: int) -> bytes:
    """Return a file's bytes as they were at one moment.

    The file is opened for reading only and never locked. One that changes meanwhile is read
    once more after a moment; a copy that is still running is then reported, not half judged.
    Raises UnsteadyError, also for pipes and devices, which could make the run wait for ever.
    """
    for patience in (_PATIENCE, 0.0):
        try:
            with _opened(path) as file:
                before = os.fstat(file.fileno())
                if before.st_size > most_bytes:
                    raise UnsteadyError(_too_large(before.st_size, most_bytes))
                data = file.read(before.st_size + 1)
            after = os.stat(long_path(path))  # noqa: PTH116  (a long path is text)
        except OSError as error:
            raise UnsteadyError(_unopened(error, path)) from error
        if _state(before) == _state(after) and len(data) == before.st_size:
            return data
        time.sleep(patience)
    raise UnsteadyError(CHANGED)


CHANGED = "读取期间文件被修改（可能正在保存或复制）。请等保存完成后重新运行。"


def is_plain(data: bytes, name: str) -> bool:
    """Tell whether a file's bytes are an .xlsx of usual size, or no workbook at all.

    Looking into anything else could take the process down or hold it up for long: large files, old
    binary ones and what only calls itself a workbook. They are left to a process of their own
    with a time limit, as are workbooks that turn out to hold more than any form does, see
    ``checking.UnusualError``.
    """
    if len(data) > SMALL:
        return False
    if data[:2] != b"PK":
        return data[:4] != _OLE2
    return name.casefold().endswith((".xlsx", ".xlsm"))


def _opened(path: str) -> BinaryIO:
    """Open a file to read; what is no file is refused before and after, it may be exchanged."""
    _refuse_special(os.stat(long_path(path)))  # noqa: PTH116  (a long path is text)
    file = open(long_path(path), "rb", opener=_unblocked)  # noqa: SIM115  (closed by the caller)
    try:
        _refuse_special(os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def _unblocked(path: str, flags: int) -> int:
    """Open without waiting, should a pipe have taken the file's place just now."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _refuse_special(found: os.stat_result) -> None:
    """Refuse what is neither file nor folder; opening a folder tells by itself."""
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise UnsteadyError("这不是普通文件（管道、设备或网络接口），未读取。请放入表格文件。")


def _state(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def _too_large(size: int, most: int) -> str:
    return (
        f"文件有 {size / 1e6:.0f} MB，超过 {most / 1e6:.0f} MB 的上限，没有打开。"
        "自评表通常不足 1 MB，请检查是否放错文件，或删去其中的大图片后重试。"
    )


def _unopened(error: OSError, path: str) -> str:
    folder, link = os.path.isdir(long_path(path)), os.path.islink(long_path(path))  # noqa: PTH112, PTH114  (a long path is text)
    if folder and link:
        return "这是指向文件夹的链接，其中的文件没有核对。请放入文件夹本身。"
    lost = isinstance(error, FileNotFoundError)
    if error.errno == errno.ELOOP or (lost and link):
        return "这是一个失效的链接，它指向的文件不存在。请放入文件本身。"
    if lost:
        return "文件在核对期间被移走或改名，未能读取。"
    if folder:
        return "文件夹无法打开。请检查权限，或把其中的表格直接放入待核对文件夹。"
    if isinstance(error, PermissionError):
        return "没有读取权限，或文件正被其他程序独占。请关闭打开它的程序后重新运行。"
    return f"文件无法读取（{reason(error)}）。请检查磁盘或网络后重新运行。"
