"""Writing results: whole or not at all, never over a file somebody has open or calls his own."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from selfeval_xl.system_errors import reason

_TEMPORARY_START, _TEMPORARY_END = ".~selfeval-", ".tmp"
_NAMES = count()
_HIGHEST_NUMBER = 99
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_LONG = 240  # Windows programs stop at 260 characters unless the path is marked as long


class OutputError(Exception):
    """A result cannot be written; the text is Chinese and says what to do.

    ``fatal`` is True when no other result could be written either (full or read-only disk).
    """

    def __init__(self, message: str, *, fatal: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.fatal = fatal


def long_path(path: Path | str, windows: bool = os.name == "nt") -> str:
    """Return a path any length of which Windows accepts; elsewhere the path as it is.

    The mark switches off Windows' own tidying, so the path is made absolute and backslashed
    first. Paths of usual length stay unmarked.
    """
    text = str(path)
    if not windows:
        return text
    import ntpath  # noqa: PLC0415  (testable on any system)

    whole = ntpath.abspath(text) if os.name == "nt" else ntpath.normpath(text)
    if len(whole) < _LONG or whole.startswith("\\\\?\\"):
        return whole
    if whole.startswith("\\\\"):
        return "\\\\?\\UNC\\" + whole[2:]
    return "\\\\?\\" + whole


def make_folder(folder: Path) -> None:
    """Create a folder and its parents. Raises OutputError when that is impossible."""
    try:
        os.makedirs(long_path(folder), exist_ok=True)  # noqa: PTH103  (marked long paths)
    except OSError as error:
        raise problem(error, folder) from error


Replaceable = Callable[[Path], bool]
"""Tells of a file that is there whether it may be replaced."""


def write_atomically(path: Path, data: bytes, replaceable: Replaceable | None = None) -> Path:
    """Write a file so that at any moment either the old or the new one is there, and whole.

    A missing folder is created, a file that already has this content left alone. When the target
    is open in Excel (Windows refuses to replace it) or not ``replaceable`` (by default any file is)
    the data goes to ``name(2)`` and so on.
    Returns the path written. Raises OutputError when the folder takes no files or the disk is
    full.
    """
    if _holds(path, data):
        return path
    temporary = path.parent / temporary_name()
    try:
        try:
            _create(temporary, data)
        except FileNotFoundError:
            make_folder(path.parent)
            _create(temporary, data)
        return _replace(temporary, path, replaceable)
    except OSError as error:
        raise problem(error, path.parent) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(long_path(temporary))  # noqa: PTH108  (a long path is text)


def _create(path: Path, data: bytes) -> None:
    """Write a new file and wait until it is on the disk."""
    with open(long_path(path), "xb") as file:  # noqa: PTH123  (a long path is text)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@dataclass(slots=True)
class Pending:
    """A file being written under a temporary name; ``path`` is where it ended up."""

    temporary: Path
    path: Path


@contextlib.contextmanager
def whole_file(path: Path, replaceable: Replaceable | None = None) -> Iterator[Pending]:
    """Give a temporary name to write to; the finished file takes its place when the block ends.

    Nothing happens to the old file when the block raises. A file with the same content is left
    alone; see ``write_atomically`` for what else may happen. Raises OutputError.
    """
    pending = Pending(path.parent / temporary_name(), path)
    try:
        yield pending
        _sync(pending.temporary)
        if not _same_content(pending.temporary, path):
            pending.path = _replace(pending.temporary, path, replaceable)
    except OSError as error:
        raise problem(error, path.parent) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(long_path(pending.temporary))  # noqa: PTH108  (a long path is text)


def _sync(path: Path) -> None:
    with open(long_path(path), "r+b") as file:  # noqa: PTH123  (a long path is text)
        os.fsync(file.fileno())


def _same_content(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(long_path(one), long_path(other), shallow=False)
    except OSError:
        return False


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether the file is there with exactly this content."""
    try:
        if os.stat(long_path(path)).st_size != len(data):  # noqa: PTH116  (a long path is text)
            return False
        with open(long_path(path), "rb") as file:  # noqa: PTH123  (a long path is text)
            return file.read() == data
    except OSError:
        return False


def _replace(temporary: Path, path: Path, replaceable: Replaceable | None) -> Path:
    """Move the finished file to its name, or to a numbered one while that name is taken."""
    target = path
    for number in range(2, _HIGHEST_NUMBER + 1):
        try:
            if replaceable and os.path.lexists(long_path(target)) and not replaceable(target):
                raise FileExistsError(errno.EEXIST, "not ours", str(target))
            os.replace(long_path(temporary), long_path(target))  # noqa: PTH105  (a long path is text)
        except OSError as error:
            if not _is_locked(error):
                raise
            target = path.with_name(f"{path.stem}({number}){path.suffix}")
            if _same_content(temporary, target):
                return target
        else:
            return target
    text = (
        f"“{path}”及其编号的名称都被占用，请关闭 Excel 或 WPS，或把同名的文件移走，然后重新运行。"
    )
    raise OutputError(text, fatal=False)


def _is_locked(error: OSError) -> bool:
    """Tell whether a finished file could not take its name because the old one is in use.

    The temporary file was written in the same folder a moment before, so the folder itself
    takes files; a folder standing under that name counts as taken too.
    """
    return isinstance(error, PermissionError | IsADirectoryError) or error.errno in (
        errno.EBUSY,
        errno.EEXIST,
        errno.ENOTEMPTY,
    )


def problem(error: OSError, folder: Path) -> OutputError:
    """Return the error that says in Chinese why nothing can be written to a folder."""
    fatal = error.errno in (*_FULL, errno.EROFS, errno.EIO)
    return OutputError(_explain(error, folder), fatal=fatal)


def _explain(error: OSError, folder: Path) -> str:
    if error.errno in _FULL:
        return (
            f"磁盘空间不足，结果无法写入“{folder}”。请清理磁盘或用 -o 换一个输出文件夹后重新运行。"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"没有写入“{folder}”的权限。请把要核对的文件放到可以写入的位置（如“文档”或 D 盘），"
            "或用 -o 换一个可以写入的文件夹，再重新运行。"
        )
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"“{folder}”不是文件夹，无法存放结果。请把同名文件移走，或用 -o 换一个输出文件夹。"
    if error.errno == errno.ENAMETOOLONG:
        return f"路径过长，结果无法写入“{folder}”。请把待核对文件夹移到较浅的位置后重新运行。"
    return f"结果无法写入“{folder}”（{reason(error)}）。请检查磁盘或网络后重新运行。"


def sweep(folder: Path) -> None:
    """Remove temporary files that a killed run left behind anywhere below a folder.

    Only the run that holds the folder's lock may do this.
    """
    waiting = [long_path(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                entries = list(listing)
        except OSError:
            continue
        for entry in entries:
            with contextlib.suppress(OSError):
                leftover = _is_temporary(entry.name)
                if not entry.is_dir(follow_symlinks=False):
                    if leftover:
                        os.unlink(entry.path)  # noqa: PTH108  (a long path is text)
                elif leftover:
                    shutil.rmtree(entry.path, ignore_errors=True)
                elif not _is_junction(entry):
                    waiting.append(entry.path)


def _is_temporary(name: str) -> bool:
    return name.startswith(_TEMPORARY_START) and name.endswith(_TEMPORARY_END)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Tell Windows' links between folders, which may lead back up."""
    if sys.platform != "win32":
        return False
    return entry.stat(follow_symlinks=False).st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT


def temporary_name() -> str:
    """Return a name in the output folder that ``sweep`` removes should the run be killed."""
    moment = time.monotonic_ns() % 10**9  # the clock may stand still between two names
    return f"{_TEMPORARY_START}{os.getpid()}-{moment}-{next(_NAMES)}{_TEMPORARY_END}"


@contextlib.contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """Give a folder for intermediate files, gone afterwards. Raises OutputError."""
    path = folder / temporary_name()
    make_folder(path)
    try:
        yield path
    finally:
        shutil.rmtree(long_path(path), ignore_errors=True)
