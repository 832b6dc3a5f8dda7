"""Names, links and places no clean folder has: none may stop a run or make a wrong link."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from lxml import etree
from test_batch import CLEAN, WRONG

from selfeval_xl import batch
from selfeval_xl.discovery import discover
from selfeval_xl.records import Status
from selfeval_xl.result_names import printable
from selfeval_xl.settings import DEFAULT

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows this")

WINDOWS_NAMES = [
    "a'b''c.xlsx",
    "井#号%20&and.xlsx",
    "~波浪.xlsx",
    "末尾空格 .xlsx",
    "点.点..xlsx",
    "😀👨‍👩‍👧.xlsx",
    "\u202e右到左\u200f.xlsx",
    "=cmd' C calc'!A0.xlsx",
    "+1.xlsx",
    "-1.xlsx",
    "@x.xlsx",
    "^[x]{y}`;,$.xlsx",
    "全角＃％＆.xlsx",
    "e\u0301 é.xlsx",
    "长" * 80 + ".xlsx",
    "无后缀",
]
LINUX_NAMES = [
    "换\n行.xlsx",
    'quo"te.xlsx',
    "问?号*.xlsx",
    "反\\斜.xlsx",
    "控\x07制.xlsx",
    os.fsdecode(b"\xff\xfe.xlsx"),
    os.fsdecode(b"\xff\xfd.xlsx"),
    "<a>|b:c.xlsx",
    ("b" * 250) + ".xlsx",
]


def results(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "findings.json").read_text("utf-8"))
    return content


def link_targets(workbook: bytes) -> Iterator[str]:
    """Yield the relationship targets that lead outside a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                for element in etree.fromstring(archive.read(name)):
                    if element.get("TargetMode") == "External":
                        yield str(element.get("Target"))


def check_links(out: Path) -> None:
    """Every copy named in findings.json exists, and every link of the summary leads to a file."""
    named = {file["corrected"] for file in results(out)["files"] if file["corrected"]}
    assert all((out / name).is_file() for name in named)
    linked = {unquote(target) for target in link_targets((out / "汇总表.xlsx").read_bytes())}
    assert linked
    assert linked <= named


def check_names(folder: Path, names: list[str]) -> None:
    inbox = folder / "待核对"
    inbox.mkdir()
    for number, name in enumerate(names):
        place = inbox / f"单位{number % 3}#%"
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(WRONG)
    out = folder / "核对 结果#1%"
    outcome = batch.run([inbox], out, DEFAULT)
    assert outcome.files[Status.CHECKED] == len(names)
    assert not outcome.failed
    copies = [file["corrected"] for file in results(out)["files"]]
    assert len(set(copies)) == len(names)
    check_links(out)


def test_every_name_windows_allows(tmp_path: Path) -> None:
    check_names(tmp_path, WINDOWS_NAMES)


@LINUX
def test_every_name_linux_allows(tmp_path: Path) -> None:
    check_names(tmp_path, LINUX_NAMES)


@LINUX
def test_all_results_show_the_same_name(tmp_path: Path) -> None:
    inbox = tmp_path / "待核对"
    (inbox / "甲\\乙").mkdir(parents=True)
    (inbox / "甲\\乙" / "反\\斜.xlsx").write_bytes(WRONG)
    batch.run([inbox], tmp_path / "核对结果", DEFAULT)
    content = results(tmp_path / "核对结果")
    summary = openpyxl.load_workbook(tmp_path / "核对结果" / "汇总表.xlsx")
    listed = {str(cell.value) for row in summary["文件清单"] for cell in row}
    named = {str(cell.value) for row in summary["差异明细"] for cell in row}
    assert [file["path"] for file in content["files"]] == ["甲\\乙/反\\斜.xlsx"]
    assert {finding["file"] for finding in content["findings"]} == {"甲\\乙/反\\斜.xlsx"}
    assert "甲\\乙/反\\斜.xlsx" in listed
    assert "甲\\乙/反\\斜.xlsx" in named
    check_links(tmp_path / "核对结果")


def test_names_stay_as_they_are_in_the_results(tmp_path: Path) -> None:
    names = [name for name in WINDOWS_NAMES if name.endswith(".xlsx")]
    for name in names:
        assert printable(name) == name
    assert printable("a\x07b\nc\udcff") == "a\ufffdb\ufffdc\ufffd"


def test_deep_folders(tmp_path: Path) -> None:
    """A path of more than 260 characters and many levels."""
    deep = tmp_path / "待核对" / Path(*[f"第{n}层文件夹" for n in range(60)])
    deep.mkdir(parents=True)
    (deep / "问卷.xlsx").write_bytes(WRONG)
    outcome = batch.run([tmp_path / "待核对"], tmp_path / "核对结果", DEFAULT)
    assert outcome.files[Status.CHECKED] == 1
    check_links(tmp_path / "核对结果")


@LINUX
def test_links_pipes_sockets_and_devices_do_not_hold_the_run(tmp_path: Path) -> None:
    inbox = tmp_path / "待核对"
    inbox.mkdir()
    (inbox / "好.xlsx").write_bytes(CLEAN)
    (inbox / "链接.xlsx").symlink_to(inbox / "好.xlsx")
    (inbox / "圈").symlink_to("圈")
    (inbox / "断.xlsx").symlink_to("没有.xlsx")
    (inbox / "自己").symlink_to(".")
    (inbox / "上级").symlink_to("..")
    (inbox / "零.xlsx").symlink_to("/dev/zero")
    os.mkfifo(inbox / "管道.xlsx")
    here = Path.cwd()
    os.chdir(inbox)  # a socket's path may have 108 bytes
    try:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind("口.xlsx")
    finally:
        os.chdir(here)
    done = subprocess.run(
        [sys.executable, "-m", "selfeval_xl", "run", str(inbox), "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    listening.close()
    assert done.returncode == 3
    fates = {f["path"]: (f["status"], f["message"]) for f in results(tmp_path / "out")["files"]}
    assert fates.pop("好.xlsx")[0] == fates.pop("链接.xlsx")[0] == "checked"
    assert set(fates) == {"圈", "自己", "上级", "断.xlsx", "零.xlsx", "管道.xlsx", "口.xlsx"}
    for name, (status, message) in fates.items():
        assert status == "unreadable"
        if name in ("自己", "上级"):
            assert message == "这是指向文件夹的链接，其中的文件没有核对。请放入文件夹本身。"
            continue
        assert ("链接" if name in ("圈", "断.xlsx") else "不是普通文件") in message


SHUT = """
import os, sys
real = os.stat, os.scandir, os.access
def shut(path):
    return "锁" in os.fspath(path) and not os.fspath(path).endswith("锁")
def stat(path, *rest, **more):
    if isinstance(path, (str, os.PathLike)) and shut(path):
        raise PermissionError(13, "Permission denied", path)
    return real[0](path, *rest, **more)
def scandir(path):
    if os.fspath(path).endswith("锁"):
        raise PermissionError(13, "Permission denied", path)
    return real[1](path)
os.stat, os.scandir = stat, scandir
os.path.isdir = lambda path: bool(type_of(path) == 0o040000)
os.path.isfile = lambda path: bool(type_of(path) == 0o100000)
os.path.exists = lambda path: type_of(path) is not None
os.access = lambda path, *_, **__: not os.fspath(path).endswith("锁")
def type_of(path):
    try:
        return os.stat(path).st_mode & 0o170000
    except OSError:
        return None
from selfeval_xl.cli import main
main(sys.argv[1:])
"""


@LINUX
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "锁"], 3, "  锁：文件夹无法打开。请检查权限，"),
        (["check", "锁"], 3, "锁：未能读取。文件夹无法打开。请检查权限，"),
        (["run", "."], 3, "  锁：文件夹无法打开。请检查权限，"),
        (["run", "锁/内"], 2, "找不到：锁/内。请检查名称和位置。"),
        (["check", "锁/内"], 2, "找不到：锁/内。请检查名称和位置。"),
        (["run", "好.xlsx", "--settings", "锁/内"], 2, "找不到设置文件“锁/内”。"),
    ],
)
def test_folders_that_are_shut_are_told_of(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    """Some systems forbid even to look whether something is there; root may look anywhere."""
    (tmp_path / "锁").mkdir()
    (tmp_path / "好.xlsx").write_bytes(CLEAN)
    done = subprocess.run(
        [sys.executable, "-c", SHUT, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert said in done.stdout + done.stderr


@LINUX
def test_a_folder_reached_twice_is_entered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows' junctions look like folders; a link shown as one stands for them here."""
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "a.xlsx").write_bytes(b"")
    (tmp_path / "甲" / "回").symlink_to("..")
    real = os.scandir

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self.path, self.stat = entry.name, entry.path, entry.stat
            self._entry = entry

        def is_dir(self, *, follow_symlinks: bool = True) -> bool:
            return self._entry.is_dir()

    class Listing(list[Any]):
        def __enter__(self) -> Listing:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", lambda path: Listing(Entry(e) for e in real(path)))
    found = discover([tmp_path], tmp_path, tmp_path / "out")
    assert [file.name for file in found] == ["甲/a.xlsx"]


def test_an_unreadable_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "待核对"
    (inbox / "锁").mkdir(parents=True)
    (inbox / "好.xlsx").write_bytes(CLEAN)
    real = os.scandir

    def refusing(path: Any) -> Any:
        if str(path).endswith("锁"):
            raise PermissionError(13, "denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    outcome = batch.run([inbox], tmp_path / "out", DEFAULT)
    assert [name for name, _ in outcome.failed] == ["锁"]
    assert "文件夹无法打开" in outcome.failed[0][1]
    assert outcome.files[Status.CHECKED] == 1


def test_a_file_that_vanishes_after_it_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "待核对"
    inbox.mkdir()
    for name in ("好.xlsx", "走.xlsx"):
        (inbox / name).write_bytes(CLEAN)
    real = batch.discover

    def vanishing(*args: Any) -> Any:
        found = real(*args)
        (inbox / "走.xlsx").unlink()
        return found

    monkeypatch.setattr(batch, "discover", vanishing)
    outcome = batch.run([inbox], tmp_path / "out", DEFAULT)
    assert [name for name, _ in outcome.failed] == ["走.xlsx"]
    assert "被移走或改名" in outcome.failed[0][1]


@pytest.mark.parametrize("out", ["待核对/结果", "待核对/子/深/结果", ".", "待核对"])
def test_nested_inbox_and_output(tmp_path: Path, out: str) -> None:
    """The output folder inside the inbox, around it, or the inbox itself; twice."""
    inbox = tmp_path / "待核对"
    (inbox / "子").mkdir(parents=True)
    (inbox / "问卷.xlsx").write_bytes(WRONG)
    (inbox / "子" / "问卷.xlsx").write_bytes(WRONG)
    for _ in range(2):
        outcome = batch.run([inbox], tmp_path / out, DEFAULT)
        assert outcome.files[Status.CHECKED] == 2
        assert not [text for _, text in outcome.failed]
        check_links(tmp_path / out)


def test_sheets_of_the_results_open(tmp_path: Path) -> None:
    """Names with every sign, as project names too, do not break a workbook."""
    inbox = tmp_path / "待核对"
    inbox.mkdir()
    (inbox / "=1+1.xlsx").write_bytes(WRONG)
    batch.run([inbox], tmp_path / "out", DEFAULT)
    for path in (tmp_path / "out").glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f" and "1+1" in str(cell.value)]
