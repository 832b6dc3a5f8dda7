"""One run at a time in an output folder, by the system's own locks."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from selfeval_xl.outputs import OutputError, long_path, make_folder, problem

LOCK_NAME = ".selfeval-xl.lock"
_UNLOCKED = -1  # the handle where the file system has no locks
_held: set[int] = set()


def _let_go() -> None:
    """Leave the locks to the process that took them: a copy of it may outlive it."""
    for handle in _held:
        os.close(handle)
    _held.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_let_go)


class FolderBusyError(OutputError):
    """Another run is writing into the same output folder."""


@contextlib.contextmanager
def only_run(
    folder: Path, patience: float = 60.0, waiting: Callable[[], None] | None = None
) -> Iterator[bool]:
    """Hold the output folder for this run; a second run waits up to ``patience`` seconds.

    ``waiting`` is called once when there is something to wait for. The lock is the system's own,
    so a killed run never leaves the folder locked; where a network share has no locks the run
    goes on without one and gets False. Raises FolderBusyError.
    """
    make_folder(folder)
    path = folder / LOCK_NAME
    deadline = time.monotonic() + patience
    told = False
    while (handle := _try_lock(path)) is None:
        if not told and waiting is not None:
            waiting()
        told = True
        if time.monotonic() > deadline:
            raise FolderBusyError(
                f"另一个核对正在向“{folder}”写入结果。"
                "请等它结束后再运行，或用 -o 换一个输出文件夹。"
            )
        time.sleep(0.2)
    try:
        yield handle != _UNLOCKED
    finally:
        _unlock(path, handle)


def _try_lock(path: Path) -> int | None:
    """Return the handle of the locked file, None when taken, _UNLOCKED without locks."""
    flags = os.O_CREAT | os.O_RDWR
    if sys.platform == "win32":
        flags |= os.O_TEMPORARY | os.O_NOINHERIT
    try:
        handle = os.open(long_path(path), flags, 0o666)
    except PermissionError as error:
        if sys.platform == "win32":  # being deleted by the run that held it
            return None
        raise problem(error, path.parent) from error
    except OSError as error:
        raise problem(error, path.parent) from error
    try:
        _lock(handle)
        if sys.platform != "win32" and not _same_file(handle, path):
            os.close(handle)
            return None
    except (BlockingIOError, PermissionError):
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        return _UNLOCKED
    _held.add(handle)
    return handle


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  (Windows only)

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415  (not on Windows)

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _same_file(handle: int, path: Path) -> bool:
    """Tell whether the locked file is still the one under that name (the last run removes it)."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))  # noqa: PTH116  (of a long path, which is text)
    except FileNotFoundError:
        return False


def _unlock(path: Path, handle: int) -> None:
    if handle == _UNLOCKED:
        return
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            path.unlink()
    _held.discard(handle)
    os.close(handle)
