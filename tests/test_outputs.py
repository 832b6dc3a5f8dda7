"""Outputs: whole or not at all, numbered when locked, one run per folder, names and paths."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from selfeval_xl import outputs
from selfeval_xl.discovery import common_root, discover, natural_key
from selfeval_xl.locking import FolderBusyError, only_run
from selfeval_xl.outputs import (
    OutputError,
    long_path,
    make_folder,
    sweep,
    whole_file,
    write_atomically,
)
from selfeval_xl.system_errors import reason


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_and_replaces(tmp_path: Path) -> None:
    target = tmp_path / "结果.xlsx"
    assert write_atomically(target, b"one") == target
    assert write_atomically(target, b"two") == target
    assert target.read_bytes() == b"two"
    assert _left(tmp_path) == ["结果.xlsx"]


def test_same_content_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    write_atomically(target, b"same")
    os.utime(target, ns=(1, 1))
    write_atomically(target, b"same")
    with whole_file(target) as pending:
        pending.temporary.write_bytes(b"same")
    assert target.stat().st_mtime_ns == 1
    assert _left(tmp_path) == ["a.xlsx"]


def test_two_results_at_once_while_the_clock_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows' clock ticks sixty times a second only."""
    monkeypatch.setattr(outputs.time, "monotonic_ns", lambda: 1)
    with whole_file(tmp_path / "a") as one, whole_file(tmp_path / "b") as other:
        one.temporary.write_bytes(b"a")
        other.temporary.write_bytes(b"b")
    assert [(tmp_path / name).read_bytes() for name in "ab"] == [b"a", b"b"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(ValueError, match="broken"), whole_file(target) as pending:
        pending.temporary.write_bytes(b"half")
        raise ValueError("broken")
    assert target.read_bytes() == b"old"
    assert _left(tmp_path) == ["a.xlsx"]


def _lock(monkeypatch: pytest.MonkeyPatch, *locked: str) -> None:
    """Refuse to replace these files, as Windows does while Excel has them open."""
    replace = os.replace

    def refusing(source: str, target: str) -> None:
        if Path(target).name in locked:
            raise PermissionError(errno.EACCES, "used by another process", target)
        replace(source, target)

    monkeypatch.setattr(outputs.os, "replace", refusing)


def test_a_locked_file_gets_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"open in Excel")
    _lock(monkeypatch, "a.xlsx", "a(2).xlsx")
    written = write_atomically(tmp_path / "a.xlsx", b"new")
    assert written == tmp_path / "a(3).xlsx"
    assert written.read_bytes() == b"new"
    assert (tmp_path / "a.xlsx").read_bytes() == b"open in Excel"
    assert _left(tmp_path) == ["a(3).xlsx", "a.xlsx"]


def test_a_locked_file_with_the_same_content_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"same")
    _lock(monkeypatch, "a.xlsx")
    assert write_atomically(tmp_path / "a.xlsx", b"same") == tmp_path / "a.xlsx"


@pytest.mark.parametrize(
    ("number", "said", "fatal"),
    [
        (errno.ENOSPC, "磁盘空间不足", True),
        (errno.EROFS, "权限", True),
        (errno.ENAMETOOLONG, "路径过长", False),
        (errno.EIO, "（磁盘读写出错）", True),
        (errno.EMFILE, "（打开的文件过多）", False),
        (errno.ESTALE, "（网络盘的连接已失效）", False),
        (errno.ENOTTY, f"（{os.strerror(errno.ENOTTY)}）", False),  # without Chinese words here
    ],
)
def test_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str, fatal: bool
) -> None:
    def failing(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(outputs.os, "fsync", failing)
    with pytest.raises(OutputError, match=said) as caught:
        write_atomically(tmp_path / "a.xlsx", b"x")
    assert caught.value.fatal is fatal
    assert _left(tmp_path) == []


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "核对结果").write_text("not a folder")
    with pytest.raises(OutputError, match="不是文件夹"):
        make_folder(tmp_path / "核对结果")


def test_sweep_removes_only_our_leftovers(tmp_path: Path) -> None:
    (tmp_path / ".~selfeval-1-2.tmp").touch()
    (tmp_path / "表.tmp").touch()
    sweep(tmp_path)
    assert _left(tmp_path) == ["表.tmp"]


def test_a_second_run_is_told(tmp_path: Path) -> None:
    told: list[bool] = []
    with (
        only_run(tmp_path),
        pytest.raises(FolderBusyError, match="另一个核对"),
        only_run(tmp_path, patience=0.3, waiting=lambda: told.append(True)),
    ):
        pass
    assert told == [True]
    with only_run(tmp_path, patience=0):
        assert _left(tmp_path) == [".selfeval-xl.lock"]
    assert _left(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    """Nor does a worker, a copy of it that is stuck and goes on."""
    code = (
        "import os, sys, time; from pathlib import Path; from selfeval_xl.locking import only_run\n"
        "with only_run(Path(sys.argv[1])):\n"
        "    worker = os.fork()\n"
        "    print(worker) if worker else None\n"
        "    time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code, str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        try:
            with pytest.raises(FolderBusyError), only_run(tmp_path, patience=0):
                pass
            process.kill()
            process.wait()
            with only_run(tmp_path, patience=1):
                pass
        finally:
            os.kill(worker, signal.SIGKILL)


_DEEP = "C:\\资料" + "\\很长的文件夹名" * 40


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("C:\\a\\b.xlsx", "C:\\a\\b.xlsx"),
        (_DEEP + "\\x.xlsx", "\\\\?\\" + _DEEP + "\\x.xlsx"),
        ("\\\\server\\share" + _DEEP[2:], "\\\\?\\UNC\\server\\share" + _DEEP[2:]),
        ("\\\\?\\" + _DEEP, "\\\\?\\" + _DEEP),
        (_DEEP.replace("\\", "/"), "\\\\?\\" + _DEEP),
    ],
)
def test_long_paths_on_windows(path: str, marked: str) -> None:
    assert long_path(path, windows=True) == marked


def test_natural_order() -> None:
    names = ["表10.xlsx", "表2.xlsx", "乙/1.xlsx", "甲10/a.xlsx", "甲9/a.xlsx", "表2(1).xlsx"]
    assert sorted(names, key=natural_key) == [
        "表2(1).xlsx",
        "表2.xlsx",
        "表10.xlsx",
        "乙/1.xlsx",
        "甲9/a.xlsx",
        "甲10/a.xlsx",
    ]


def _touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_discovery_passes_over_our_own_and_the_systems(tmp_path: Path) -> None:
    _touch(
        tmp_path,
        "a.xlsx",
        "甲/b.xls",
        "甲/~$b.xls",
        "甲/Thumbs.db",
        ".隐藏/c.xlsx",
        "._a.xlsx",
        "结果/d.xlsx",
        "核对结果/e_已核对.xlsx",
        "__MACOSX/f.xlsx",
    )
    found = discover([tmp_path], tmp_path, tmp_path / "结果")
    assert [file.name for file in found] == ["a.xlsx", "甲/b.xls", "甲/~$b.xls"]


def test_single_files_and_folders_together_each_once(tmp_path: Path) -> None:
    _touch(tmp_path, "甲/a.xlsx", "乙/b.xlsx", "乙/c.xlsx")
    inputs = [tmp_path / "乙/b.xlsx", tmp_path / "甲", tmp_path / "乙/b.xlsx"]
    root = common_root(inputs)
    found = discover(inputs, root, tmp_path / "核对结果")
    assert root == tmp_path
    assert [file.name for file in found] == ["乙/b.xlsx", "甲/a.xlsx"]


def test_copies_never_collide(tmp_path: Path) -> None:
    names = ["a.xls", "a.xlsx", "A.ET", "a.xlsm", "a(xls).xlsx", "b", "b.xlsx", "甲/a.xlsx"]
    _touch(tmp_path, *names)
    found = discover([tmp_path], tmp_path, tmp_path / "out")
    copies = {file.name: file.copy for file in found}
    assert len({copy.casefold() for copy in copies.values()}) == len(names)
    assert copies["a.xlsx"] == "a_已核对"
    assert copies["甲/a.xlsx"] == "甲/a_已核对"
    # Alone, a file's copy is called the same: it never takes the place of another's.
    for name, copy in copies.items():
        (one,) = discover([tmp_path / name], tmp_path, tmp_path / "out")
        assert (one.name, one.copy) == (name, copy)


def test_a_name_too_long_for_the_addition_is_cut(tmp_path: Path) -> None:
    stems = ["长" * 81 + end for end in "甲乙"]
    _touch(tmp_path, *(f"{stem}.xlsx" for stem in stems))
    copies = [file.copy for file in discover([tmp_path], tmp_path, tmp_path / "out")]
    assert len(set(copies)) == 2
    for copy in copies:
        assert copy.endswith("_已核对")
        assert len(f"{copy}(99).xlsx".encode()) <= 255


def test_only_what_may_be_replaced_is(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"theirs")
    (tmp_path / "a(2).xlsx").write_bytes(b"ours, old")

    def ours(path: Path) -> bool:
        return path.read_bytes().startswith(b"ours")

    assert write_atomically(tmp_path / "a.xlsx", b"ours, new", ours) == tmp_path / "a(2).xlsx"
    assert (tmp_path / "a.xlsx").read_bytes() == b"theirs"
    assert (tmp_path / "a(2).xlsx").read_bytes() == b"ours, new"
    with whole_file(tmp_path / "a.xlsx", ours) as pending:
        pending.temporary.write_bytes(b"ours, newer")
    assert pending.path == tmp_path / "a(2).xlsx"
    assert _left(tmp_path) == ["a(2).xlsx", "a.xlsx"]


def test_what_windows_says_is_kept() -> None:
    """It speaks its user's language; the numbers it is turned into say less."""
    assert reason(OSError(errno.ENOENT, "No such file or directory")) == "找不到文件或文件夹"
    error = OSError(errno.EINVAL, "出现了网络错误。")
    assert reason(error) == "名称或位置不可用"
    error = type("WindowsLike", (OSError,), {"winerror": 59})(errno.EINVAL, "出现了网络错误。")
    assert reason(error) == "出现了网络错误"
