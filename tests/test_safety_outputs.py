"""Disks that are full or read-only, files open elsewhere, dying processes: the whole run."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import textwrap
import time
import zipfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from test_batch import CLEAN, METHODS, WRONG, questionnaire, tree

from selfeval_xl import batch, outputs, own_results, pool, spool
from selfeval_xl.outputs import OutputError
from selfeval_xl.own_results import is_replaceable, written_elsewhere
from selfeval_xl.records import FileRecord, Status
from selfeval_xl.settings import DEFAULT

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX processes")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "待核对"
    (folder / "子").mkdir(parents=True)
    for number in range(6):
        place = folder / "子" if number % 2 else folder
        (place / f"问卷{number}.xlsx").write_bytes(questionnaire(final=80 + number))
    return folder


def cli(*arguments: object, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line in a fresh process, after some preparing code."""
    code = textwrap.dedent(before) + "\nfrom selfeval_xl.cli import main\nmain()\n"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def partial(out: Path) -> list[str]:
    """Return files that are temporary or not whole."""
    found = []
    for path in out.rglob("*") if out.exists() else ():
        if path.name.startswith("."):
            found.append(path.name)
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                if archive.testzip():
                    found.append(path.name)
        elif path.is_file():
            json.loads(path.read_bytes())
    return found


FAULTY_DISK = """
    import os
    allowed = {allowed}
    def failing(real):
        def call(*args, **kwargs):
            global allowed
            if allowed <= 0:
                raise OSError({code}, os.strerror({code}))
            allowed -= 1
            return real(*args, **kwargs)
        return call
    os.fsync = failing(os.fsync)
"""


@pytest.mark.parametrize(
    ("allowed", "code", "said"),
    [
        (0, errno.ENOSPC, "磁盘空间不足"),
        (3, errno.ENOSPC, "磁盘空间不足"),
        (6, errno.ENOSPC, "磁盘空间不足"),
        (7, errno.EIO, "无法写入"),
    ],
)
def test_a_disk_that_fails_at_any_moment(
    inbox: Path, tmp_path: Path, allowed: int, code: int, said: str
) -> None:
    """The first so many files reach the disk, then none: one message, exit 3, nothing partial."""
    out = tmp_path / "核对结果"
    before = FAULTY_DISK.format(allowed=allowed, code=code)
    done = cli("run", inbox, "-o", out, "-j", 1, before=before)
    assert done.returncode == 3
    assert done.stderr.count(said) == 1
    assert "Traceback" not in done.stderr
    assert not partial(out)
    assert not (out / "汇总表.xlsx").exists()


def test_an_old_summary_survives_a_full_disk(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "核对结果"
    batch.run([inbox], out, DEFAULT)
    before = tree(out)
    for path in inbox.rglob("*.xlsx"):
        path.write_bytes(WRONG)
    done = cli("run", inbox, "-o", out, before=FAULTY_DISK.format(allowed=0, code=errno.ENOSPC))
    assert done.returncode == 3
    assert tree(out) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a small disk is mounted")
@pytest.mark.parametrize("room", [16, 96])
def test_a_disk_that_is_really_full(inbox: Path, tmp_path: Path, room: int) -> None:
    """The output folder is a disk of a few KB."""
    out = tmp_path / "小盘"
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}k", "tmpfs", str(out)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed")
    try:
        done = cli("run", inbox, "-o", out)
        left = partial(out)
    finally:
        subprocess.run(["umount", str(out)], check=True)
    assert done.returncode == 3
    assert done.stderr.count("磁盘空间不足") == 1
    assert not left


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_read_only_output_folder(inbox: Path, tmp_path: Path, code: int) -> None:
    """One message before anything is read."""
    before = f"""
        import os
        real = os.open
        def refusing(path, flags, *rest, **more):
            if "核对结果" in str(path) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise OSError({code}, os.strerror({code}))
            return real(path, flags, *rest, **more)
        os.open = refusing
    """
    done = cli("run", inbox, "-o", tmp_path / "核对结果", before=before)
    assert done.returncode == 3
    assert done.stderr.count("没有写入") == 1
    assert len(done.stderr.splitlines()) == 1
    assert not partial(tmp_path / "核对结果")


def test_a_spool_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 100)
    records = spool.Spool(tmp_path, 400)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(records._file, "write", full)
    with pytest.raises(OutputError, match="磁盘空间不足"):
        records.put(0, FileRecord("a.xlsx", Status.CHECKED))
    records.close()


@pytest.mark.parametrize("name", ["问卷0_已核对.xlsx", "汇总表.xlsx", "findings.json"])
def test_an_output_open_in_excel_gets_a_number(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Windows refuses to replace a file another program has open; the run goes on."""
    out = tmp_path / "核对结果"
    out.mkdir()
    (out / name).write_bytes(b"old")
    real = os.replace

    def refusing(source: Any, target: Any) -> None:
        if Path(target).name == name:
            raise PermissionError(errno.EACCES, "sharing violation", str(target))
        real(source, target)

    monkeypatch.setattr(outputs.os, "replace", refusing)
    outcome = batch.run([inbox], out, DEFAULT)
    stem, _, suffix = name.rpartition(".")
    numbered = f"{stem}(2).{suffix}"
    assert (out / name).read_bytes() == b"old"
    assert (out / numbered).is_file()
    assert any(name in text and numbered in text for text in outcome.remarks)
    assert not outcome.failed
    # What it says of a file nobody else could have written, and of one it cannot look into:
    (out / name).write_bytes((out / numbered).read_bytes())
    held = f"“{name}”正被其他程序打开，或设成了只读，本次结果另存为“{numbered}”。"
    assert written_elsewhere(out / name, out / numbered) == held

    def refused(*_: object) -> Any:
        raise PermissionError(errno.EACCES, "sharing violation")

    monkeypatch.setattr(own_results, "long_path", refused)
    assert written_elsewhere(out / name, out / numbered) == held
    assert not is_replaceable(out / name)
    monkeypatch.undo()
    assert not partial_except(out, name)
    if name == "问卷0_已核对.xlsx":
        files = json.loads((out / "findings.json").read_text("utf-8"))["files"]
        assert numbered in [file["corrected"] for file in files]


def partial_except(out: Path, name: str) -> list[str]:
    (out / name).unlink()
    return partial(out)


BAD_WORKERS = """
    import faulthandler, os, sys, time
    from selfeval_xl import batch, working
    def work_packed(job, out, settings, real=working.work_packed):
        if "坏" in job.file.name:
            faulthandler.disable()  # what the tests have on says too much
            os.abort()
        if "卡" in job.file.name:
            time.sleep(600)
        return real(job, out, settings)
"""


@POSIX
@pytest.mark.parametrize("method", METHODS)
def test_dying_and_hanging_workers_cost_one_file_each(
    method: str, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real processes that abort or hang on certain files, copies of this one and fresh ones."""
    monkeypatch.setattr(pool, "start_method", lambda: method)
    monkeypatch.setattr(batch, "start_method", lambda: method)
    module = tmp_path / "bad_workers.py"
    module.write_text(textwrap.dedent(BAD_WORKERS), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    bad_workers = import_module("bad_workers")
    monkeypatch.setattr(batch, "work_packed", bad_workers.work_packed)
    for name in ("坏1.xlsx", "坏2.xlsx", "卡.xlsx"):
        (inbox / name).write_bytes(CLEAN)
    begun = time.monotonic()
    outcome = batch.run([inbox], tmp_path / "out", replace(DEFAULT, time_limit=1.5), jobs=2)
    assert time.monotonic() - begun < 30
    said = dict(outcome.failed)
    assert set(said) == {"坏1.xlsx", "坏2.xlsx", "卡.xlsx"}
    assert "意外终止" in said["坏1.xlsx"]
    assert "超过 1.5 秒" in said["卡.xlsx"]
    assert outcome.files[Status.CHECKED] == 6
    assert not partial(tmp_path / "out")


@POSIX
def test_a_run_without_any_process_to_spare(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> Any:
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(pool, "_start", refusing)
    outcome = batch.run([inbox], tmp_path / "out", DEFAULT, jobs=2)
    assert outcome.files[Status.CHECKED] == 6


def test_two_runs_into_one_folder(inbox: Path, tmp_path: Path) -> None:
    """The second waits for the first; both succeed and agree."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "selfeval_xl", "run", str(inbox), "-o", str(out)]
    runs = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    assert not partial(out)
    batch.run([inbox], tmp_path / "alone", DEFAULT)
    assert tree(out) == tree(tmp_path / "alone")


@POSIX
def test_leftovers_in_every_folder_are_swept(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for place in (out, out / "子", out / "从前的单位" / "深"):
        place.mkdir(parents=True, exist_ok=True)
        (place / ".~selfeval-1-2.tmp").write_bytes(b"half")
    (out / ".~selfeval-3-4.tmp").mkdir()
    (out / ".~selfeval-3-4.tmp" / "tmpabc").write_bytes(b"half")
    (out / "别人的.tmp").write_bytes(b"kept")
    batch.run([inbox], out, DEFAULT)
    left = [path.name for path in out.rglob("*") if path.name.endswith(".tmp")]
    assert left == ["别人的.tmp"]


@POSIX
def test_workers_end_with_a_killed_run(inbox: Path, tmp_path: Path) -> None:
    """A killed run's workers must not go on writing, nor wait for ever."""
    for number in range(120):
        (inbox / f"多{number}.xlsx").write_bytes(CLEAN)
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-m", "selfeval_xl", "run", str(inbox), "-o", str(out), "-j", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not list(out.glob("*_已核对.xlsx")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    assert process.stdout is not None
    process.stdout.read()  # ends when the last worker, which inherited it, is gone
    process.wait()
    done = len(list(out.glob("*_已核对.xlsx")))
    time.sleep(0.3)
    assert len(list(out.glob("*_已核对.xlsx"))) == done


def test_the_same_bytes_whatever_the_number_of_processes(inbox: Path, tmp_path: Path) -> None:
    (inbox / "旧.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    for jobs in (1, 2, None):
        batch.run([inbox], tmp_path / f"out{jobs}", DEFAULT, jobs=jobs)
    batch.run([inbox], tmp_path / "out1", DEFAULT, jobs=2)  # over what is there
    assert tree(tmp_path / "out1") == tree(tmp_path / "out2") == tree(tmp_path / "outNone")


@POSIX
def test_check_survives_a_file_that_aborts(tmp_path: Path) -> None:
    """``check`` judges old formats in a process of their own, too."""
    (tmp_path / "坏.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (tmp_path / "好.xlsx").write_bytes(CLEAN)
    module = tmp_path / "aborting.py"
    module.write_text(
        "import os\n"
        "from selfeval_xl import working\n"
        "def examined_apart(file, settings, real=working.examined_apart):\n"
        "    return os.abort() if '坏' in file.name else real(file, settings)\n",
        encoding="utf-8",
    )
    before = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        import aborting
        from selfeval_xl import reporting
        reporting.examined_apart = aborting.examined_apart
    """
    done = cli("check", tmp_path / "坏.xls", tmp_path / "好.xlsx", before=before)
    assert done.returncode == 3
    assert "意外终止" in done.stdout
    assert "好.xlsx" in done.stdout
