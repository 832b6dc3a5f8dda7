"""A folder of files to results: every file's fate, other files untouched by a bad one."""

from __future__ import annotations

import faulthandler
import gc
import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from package_diff import parts
from workbook_bytes import zipped

from selfeval_xl import batch, snapshots, working
from selfeval_xl.discovery import discover
from selfeval_xl.outputs import OutputError, temporary_name
from selfeval_xl.pool import Lost, Pool
from selfeval_xl.records import FileRecord, Status
from selfeval_xl.settings import DEFAULT
from selfeval_xl.spool import Spool

SHARES = (0.7, 0.2, 0.1, 0, 0)


def questionnaire(*, people: tuple[int, ...] = (7, 2, 1, 0, 0), final: float = 92.0) -> bytes:
    """Return a small questionnaire workbook of one question and full mark 100."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows: list[list[Any]] = [
        ["社会公众满意度调查问卷统计表"],
        ["序号", "题目", "项目", "A非常满意", "B满意", "C一般", "D不满意", "E很不满意", "合计"],
        [1, "您对项目是否满意？", "人数", *people, 10],
        [None, None, "占比", *SHARES, 1],
        [None, None, "分数", 70, 16, 6, 0, 0, 92],
        ["最终得分", None, None, None, None, None, None, None, final],
    ]
    for row in rows:
        sheet.append(row)
    sheet["A3"].alignment = openpyxl.styles.Alignment(wrap_text=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CLEAN = questionnaire()
WRONG = questionnaire(final=95.0)


SAMPLES = Path(__file__).parents[1] / "samples" / "待核对"


def run(inbox: Path, out: Path, **options: Any) -> batch.Outcome:
    return batch.run([inbox], out, DEFAULT, **options)


def findings(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "findings.json").read_text("utf-8"))
    return content


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "待核对"
    (folder / "农村饮水安全工程").mkdir(parents=True)
    (folder / "农村饮水安全工程" / "问卷.xlsx").write_bytes(WRONG)
    (folder / "问卷 2.xlsx").write_bytes(CLEAN)
    return folder


def test_copies_summary_and_json(inbox: Path, tmp_path: Path) -> None:
    before = tree(inbox)
    outcome = run(inbox, tmp_path / "核对结果")
    assert tree(inbox) == before
    assert sorted(tree(tmp_path / "核对结果")) == [
        "findings.json",
        "农村饮水安全工程/问卷_已核对.xlsx",
        "汇总表.xlsx",
        "问卷 2_已核对.xlsx",
    ]
    content = findings(tmp_path / "核对结果")
    assert [(f["path"], f["status"], f["corrected"]) for f in content["files"]] == [
        ("问卷 2.xlsx", "checked", "问卷 2_已核对.xlsx"),
        ("农村饮水安全工程/问卷.xlsx", "checked", "农村饮水安全工程/问卷_已核对.xlsx"),
    ]
    wrong = [f for f in content["findings"] if f["level"] == "error"]
    assert [(f["file"], f["cell"], f["expected"]) for f in wrong] == [
        ("农村饮水安全工程/问卷.xlsx", "I6", "92")
    ]
    assert wrong[0]["project"] == "农村饮水安全工程"
    assert outcome.files[Status.CHECKED] == 2
    assert not outcome.failed


def test_a_workbook_is_let_go_when_it_is_done(tmp_path: Path) -> None:
    """Nothing of it goes round in circles: the collector, which runs seldom, has nothing to do."""
    jobs = [working.Job(file) for file in discover([SAMPLES], SAMPLES, tmp_path)]
    for job in jobs:  # loads what is loaded late
        working.work(job, str(tmp_path), DEFAULT)
    gc.collect()
    gc.disable()
    try:
        for job in jobs:
            working.work(job, str(tmp_path), DEFAULT)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_again_gives_the_same_bytes(inbox: Path, tmp_path: Path) -> None:
    run(inbox, tmp_path / "一")
    time.sleep(1.1)  # zip times have two seconds' resolution, JSON dates one
    run(inbox, tmp_path / "二")
    assert tree(tmp_path / "一") == tree(tmp_path / "二")
    run(inbox, tmp_path / "一")
    assert tree(tmp_path / "一") == tree(tmp_path / "二")


def test_processes_give_the_same_bytes(inbox: Path, tmp_path: Path) -> None:
    for number in range(6):
        (inbox / f"多{number}.xlsx").write_bytes(questionnaire(final=90 + number))
    run(inbox, tmp_path / "一", jobs=1)
    run(inbox, tmp_path / "二", jobs=2)
    assert tree(tmp_path / "一") == tree(tmp_path / "二")


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("说明.txt", "不是工作簿")
    return stream.getvalue()


def _unknown() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["通讯录", "电话"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FATES = {
    "空.xlsx": (b"", "unreadable"),
    "文字.xlsx": ("姓名,得分\n".encode(), "unreadable"),
    "压缩包.xlsx": (_zip(), "unreadable"),
    "半个.xlsx": (CLEAN[: len(CLEAN) // 2], "unreadable"),
    "加密.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unreadable"),
    "通讯录.xlsx": (_unknown(), "unrecognised"),
    "~$问卷.xlsx": (b"\x05user", "skipped"),
    "报告.docx": (_zip(), "skipped"),
    "照片.jpg": (b"\xff\xd8\xff\xe0", "skipped"),
}


def test_every_file_has_its_fate(inbox: Path, tmp_path: Path) -> None:
    for name, (content, _) in FATES.items():
        (inbox / name).write_bytes(content)
    outcome = run(inbox, tmp_path / "out")
    files = {entry["path"]: entry for entry in findings(tmp_path / "out")["files"]}
    assert {name: files[name]["status"] for name in FATES} == {
        name: status for name, (_, status) in FATES.items()
    }
    assert all(files[name]["message"] for name in FATES)
    assert sum(outcome.files.values()) == len(FATES) + 2
    assert {name for name, _ in outcome.failed} == {
        name for name, (_, status) in FATES.items() if status == "unreadable"
    }
    book = openpyxl.load_workbook(tmp_path / "out" / "汇总表.xlsx", read_only=True)
    listed = {str(c.value) for row in book["文件清单"].iter_rows() for c in row if c.value}
    assert set(FATES) <= listed


def test_our_own_results_are_passed_over(inbox: Path, tmp_path: Path) -> None:
    run(inbox, tmp_path / "out")
    for path in list((tmp_path / "out").rglob("*.xlsx")):
        (inbox / f"退回 {path.name}").write_bytes(path.read_bytes())
    run(inbox, tmp_path / "out2")
    fates = {f["path"]: (f["status"], f["message"]) for f in findings(tmp_path / "out2")["files"]}
    returned = {name: fate for name, fate in fates.items() if name.startswith("退回")}
    assert len(returned) == 3
    assert {status for status, _ in returned.values()} == {"skipped"}
    assert all("已跳过" in message for _, message in returned.values())


def test_output_folder_inside_the_inbox(inbox: Path) -> None:
    first = run(inbox, inbox / "结果")
    second = run(inbox, inbox / "结果")
    assert first.files == second.files


def test_macro_workbooks_stay_macro_workbooks(inbox: Path, tmp_path: Path) -> None:
    stream = io.BytesIO(CLEAN)
    with zipfile.ZipFile(stream, "a") as archive:
        types = archive.read("[Content_Types].xml").decode()
    out = io.BytesIO()
    macro = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with zipfile.ZipFile(io.BytesIO(CLEAN)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "[Content_Types].xml":
                content = types.replace(plain, macro).encode()
            new.writestr(name, content)
    (inbox / "宏.xlsm").write_bytes(out.getvalue())
    run(inbox, tmp_path / "out")
    assert (tmp_path / "out" / "宏_已核对.xlsm").is_file()


def test_a_package_that_cannot_be_patched_is_rebuilt_and_said_so(tmp_path: Path) -> None:
    inbox = tmp_path / "待核对"
    inbox.mkdir()
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WRONG)) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-8] if name == "[Content_Types].xml" else content)
    (inbox / "问卷.xlsx").write_bytes(broken.getvalue())
    run(inbox, tmp_path / "out")
    (file,) = findings(tmp_path / "out")["files"]
    assert "重新生成为 .xlsx" in file["message"]
    book = openpyxl.load_workbook(tmp_path / "out" / file["corrected"])
    review, sheet = book.worksheets
    said = [str(cell.value) for row in review.iter_rows() for cell in row]
    assert any("重新生成为 .xlsx" in text for text in said)
    assert (sheet["I6"].value, sheet["I3"].value) == ("=ROUND(SUM(I5),0)", 10)


def test_the_same_name_in_two_formats(inbox: Path, tmp_path: Path) -> None:
    (inbox / "问卷 2.xlsm").write_bytes(CLEAN)
    (inbox / "问卷 2.ET").write_bytes(WRONG)
    run(inbox, tmp_path / "out")
    corrected = [f["corrected"] for f in findings(tmp_path / "out")["files"]]
    assert len(set(corrected)) == len(corrected) == 4
    assert all((tmp_path / "out" / name).is_file() for name in corrected)


def test_a_defect_of_ours_costs_one_file(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = working.check

    def failing(data: bytes, name: str, *rest: Any, **more: Any) -> Any:
        if name == "问卷 2.xlsx":
            raise RuntimeError("a defect")
        return real(data, name, *rest, **more)

    monkeypatch.setattr(working, "check", failing)
    outcome = run(inbox, tmp_path / "out")
    assert [name for name, _ in outcome.failed] == ["问卷 2.xlsx"]
    assert outcome.files[Status.CHECKED] == 1


def test_a_file_that_changes_while_read(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inbox / "问卷 2.xlsx"
    real = os.fstat

    def growing(handle: int) -> os.stat_result:
        found = real(handle)
        if found.st_ino == path.stat().st_ino:
            with path.open("ab") as file:
                file.write(b"more")
        return found

    monkeypatch.setattr(snapshots.os, "fstat", growing)
    monkeypatch.setattr(snapshots, "_PATIENCE", 0)
    outcome = run(inbox, tmp_path / "out")
    assert [name for name, _ in outcome.failed] == ["问卷 2.xlsx"]
    assert "读取期间文件被修改" in outcome.failed[0][1]


def test_a_full_disk_stops_with_one_message(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Path:
        raise OutputError("磁盘空间不足")

    monkeypatch.setattr(working, "write_atomically", full)
    with pytest.raises(OutputError, match="磁盘空间不足"):
        run(inbox, tmp_path / "out")
    assert not (tmp_path / "out" / "汇总表.xlsx").exists()


def test_an_interrupted_run_says_so(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    real = batch.work_here

    def interrupted(job: Any, *rest: Any) -> Any:
        if calls:  # as a worker that is ended leaves it
            (tmp_path / "out" / temporary_name()).write_bytes(b"half")
            raise KeyboardInterrupt
        calls.append(job.file.name)
        return real(job, *rest)

    monkeypatch.setattr(batch, "work_here", interrupted)
    outcome = run(inbox, tmp_path / "out")
    assert not list((tmp_path / "out").glob(".~selfeval-*"))
    assert "还有 1 个文件没有核对" in outcome.missing
    statuses = [f["status"] for f in findings(tmp_path / "out")["files"]]
    assert statuses == ["checked", "skipped"]


@pytest.mark.parametrize("fate", ["interrupted", "changed"])
def test_what_other_forms_say_is_kept_when_marking_again_fails(
    fate: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch.work_here

    def failing(job: Any, *rest: Any) -> Any:
        if not job.across:
            return real(job, *rest)
        if fate == "interrupted":
            raise KeyboardInterrupt
        return working.finished(FileRecord(job.file.name, Status.UNREADABLE))

    wanted = run(SAMPLES, tmp_path / "whole")
    monkeypatch.setattr(batch, "work_here", failing)
    outcome = run(SAMPLES, tmp_path / "out")
    assert outcome.counts == wanted.counts
    found, whole = findings(tmp_path / "out")["findings"], findings(tmp_path / "whole")["findings"]
    assert any(finding["rule"].startswith("X") for finding in found)
    assert sorted(map(str, found)) == sorted(map(str, whole))
    said = outcome.missing if fate == "interrupted" else "".join(outcome.remarks)
    assert "标注副本" in said
    assert "表间核对" in said
    listed = openpyxl.load_workbook(tmp_path / "out" / "汇总表.xlsx")["文件清单"]
    messages = [str(value) for row in listed.values for value in row]
    messages += [file["message"] for file in findings(tmp_path / "out")["files"]]
    told = [text for text in messages if "缺少表间核对" in text]
    assert len(told) == (0 if fate == "interrupted" else 2 * len(outcome.remarks))


def test_files_are_marked_again_while_results_are_written(tmp_path: Path) -> None:
    for jobs in (1, 2):
        run(SAMPLES, tmp_path / str(jobs), jobs=jobs)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
    found = findings(tmp_path / "2")["findings"]
    assert any(finding["rule"].startswith("X") for finding in found)


def test_interrupted_while_results_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks that are missing then cost no finding, and what was begun to be written no sheet."""

    def interrupted(_: Any) -> bool:
        raise KeyboardInterrupt

    wanted = run(SAMPLES, tmp_path / "whole")
    monkeypatch.setattr(Pool, "heard", interrupted)
    outcome = run(SAMPLES, tmp_path / "out", jobs=2)
    assert outcome.counts == wanted.counts
    assert "部分标注副本缺少表间核对的结果" in outcome.missing
    found, whole = findings(tmp_path / "out")["findings"], findings(tmp_path / "whole")["findings"]
    assert sorted(map(str, found)) == sorted(map(str, whole))
    assert set(tree(tmp_path / "out")) == set(tree(tmp_path / "whole"))


def test_unusual_names(inbox: Path, tmp_path: Path) -> None:
    names = [
        "a&b (1)!%PATH%^'.xlsx",
        "=1+1.xlsx",
        "🈶 ｆｕｌｌ.xlsx",
        "#[x]{y}~.xlsx",
        "末尾 .xlsx",
    ]
    for name in names:
        (inbox / name).write_bytes(WRONG)
    outcome = run(inbox, tmp_path / "o&u'#t")
    assert not outcome.failed
    for name in names:
        assert (tmp_path / "o&u'#t" / f"{name.removesuffix('.xlsx')}_已核对.xlsx").is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text exist on Linux only")
def test_undecodable_names(inbox: Path, tmp_path: Path) -> None:
    (inbox / os.fsdecode("\u95ee\u5377".encode("gb18030") + b".xlsx")).write_bytes(CLEAN)
    outcome = run(inbox, tmp_path / "out")
    assert not outcome.failed
    assert outcome.files[Status.CHECKED] == 3


METHODS = ("fork", "spawn") if sys.platform == "linux" else ("spawn",)
"""How workers begin on this system."""


def _task(number: int, seconds: float) -> int:
    if number == 3:
        faulthandler.disable()  # what the tests have on says too much
        os.abort()
    if number == 5:
        time.sleep(seconds)
    if number == 7:
        raise ValueError("a defect")
    return number * number


@pytest.mark.parametrize("method", METHODS)
def test_a_bad_task_costs_only_itself(method: str) -> None:
    tasks = [(n, n) for n in range(12)]
    with Pool(partial(_task, seconds=60), 2, 1.0, method=method) as pool:
        results = dict(pool.spread(tasks))
        again = dict(pool.spread([(0, 1), (1, 3), (2, 2)]))
    assert again == {0: 1, 1: Lost.DIED, 2: 4}
    expected: dict[int, int | Lost] = {n: n * n for n in range(12)}
    expected |= {3: Lost.DIED, 5: Lost.TIMEOUT, 7: Lost.FAILED}
    assert results == expected


def test_a_dying_and_a_hanging_worker_in_a_run(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, fate in enumerate((Lost.DIED, Lost.TIMEOUT)):
        (inbox / f"坏{number}.xlsx").write_bytes(CLEAN)

        def distant(pool: Any, tasks: Any, *_: Any, fate: Lost = fate) -> Iterator[tuple[int, Any]]:
            for index, job in tasks:
                bad = job.file.name.startswith("坏")
                yield index, fate if bad else pool.function(job)

        monkeypatch.setattr(Pool, "spread", distant)
        outcome = run(inbox, tmp_path / "out", jobs=2)
        assert all(name.startswith("坏") for name, _ in outcome.failed)
        assert outcome.files[Status.CHECKED] == 2
        assert not list((tmp_path / "out").glob("坏*"))


def test_spool_keeps_order_in_memory_and_on_disk(tmp_path: Path) -> None:
    for length in (3, 400):
        spool = Spool(tmp_path, length)
        for index in reversed(range(length)):
            spool.put(index, FileRecord(f"{index}.xlsx", Status.CHECKED))
        spool.put(1, FileRecord("again.xlsx", Status.SKIPPED))
        assert [record.path for record in spool][:3] == ["0.xlsx", "again.xlsx", "2.xlsx"]
        assert len(spool) == len(list(spool)) == length
        assert spool[-1].path == f"{length - 1}.xlsx"
        spool.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_run_leaves_no_half_file(inbox: Path, tmp_path: Path) -> None:
    for number in range(30):
        (inbox / f"表{number}.xlsx").write_bytes(questionnaire(final=60 + number))
    out = tmp_path / "out"
    for delay in (0.35, 0.5, 0.65):
        with subprocess.Popen(
            [sys.executable, "-m", "selfeval_xl", "run", str(inbox), "-o", str(out)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(delay)
            process.kill()
        for path in out.rglob("*.xlsx") if out.exists() else ():
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
    outcome = run(inbox, out)
    assert outcome.files[Status.CHECKED] == 32
    assert not [path for path in out.rglob("*") if path.name.startswith(".")]


def test_ends_of_tags_in_values_stay_in_the_copy(tmp_path: Path) -> None:
    """XML allows them: such a sheet is read and marked as any other, and none is made anew."""
    sheet = "xl/worksheets/sheet1.xml"
    content = parts(WRONG)
    cells = content[sheet].count(b'<c r="')
    content[sheet] = content[sheet].replace(b'<c r="', b'<c x="a>b" r="')
    (tmp_path / "有误.xlsx").write_bytes(zipped(content))
    outcome = run(tmp_path / "有误.xlsx", tmp_path / "out")
    assert (outcome.counts.root, outcome.failed, outcome.remarks) == (1, (), ())
    with zipfile.ZipFile(tmp_path / "out" / "有误_已核对.xlsx") as copy:
        assert copy.read(sheet).count(b'<c x="a>b" r="') == cells
    (record,) = findings(tmp_path / "out")["findings"]
    assert record["action"] == "corrected"


def test_files_that_are_no_results_keep_their_names(tmp_path: Path) -> None:
    """Results into the folder of the inputs: nobody's own file is written over."""
    folder = tmp_path / "一起"
    folder.mkdir()
    own = {
        "表.xlsx": WRONG,
        "表_已核对.xlsx": CLEAN,
        "汇总表.xlsx": questionnaire(final=93.0),
        "findings.json": b'{"my": "data"}',
    }
    for name, content in own.items():
        (folder / name).write_bytes(content)
    for _ in range(2):  # the second run replaces the results of the first
        outcome = run(folder, folder)
        for name, content in own.items():
            assert (folder / name).read_bytes() == content, name
        assert outcome.files[Status.CHECKED] == 3
        assert outcome.summary == folder / "汇总表(2).xlsx"
        taken = [text for text in outcome.remarks if "已被另一个文件" in text]
        assert len(taken) == 3  # the copy of 表.xlsx, findings.json, the summary
        assert {path.name for path in folder.iterdir()} == {
            *own, "表_已核对(2).xlsx", "表_已核对_已核对.xlsx", "汇总表_已核对.xlsx",
            "汇总表(2).xlsx", "findings(2).json",
        }  # fmt: skip
