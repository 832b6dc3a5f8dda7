"""The time limit holds for every file: what is larger than forms are is judged apart."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from test_batch import CLEAN, tree
from test_growth import Row, wide_funds
from test_safety_outputs import cli
from workbook_bytes import simple

from selfeval_xl import batch, reporting, working
from selfeval_xl.checking import UnusualError, check
from selfeval_xl.discovery import Dropped
from selfeval_xl.records import Status
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.limits import Limits, ordinary


def book(rows: list[Row]) -> bytes:
    """Return a workbook of one sheet."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


WIDE = book(wide_funds(120))
UNUSUAL = {
    "columns": WIDE,
    "rows": simple('<row r="6000"><c r="A6000"><v>1</v></c></row>'),
    "cells": book([[1] * 20 for _ in range(600)]),
    "text": simple(f'<row r="1"><c r="A1" t="str"><v>{"一二" * 5000}</v></c></row>'),
    "bytes": simple("".join(f"<!--{number}-->" for number in range(320_000))),
}
SLOW = """
import time
from selfeval_xl import working

def wait(file):
    while file.name == "宽.xlsx":
        time.sleep(0.1)

def work_packed(job, out, settings):
    wait(job.file)
    return working.work_packed(job, out, settings)

def examined_apart(file, settings):
    wait(file)
    return working.examined_apart(file, settings)
"""


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "待核对"
    folder.mkdir()
    (folder / "好.xlsx").write_bytes(CLEAN)
    (folder / "宽.xlsx").write_bytes(WIDE)
    return folder


@pytest.fixture
def slow(tmp_path: Path) -> str:
    """Let workers take for ever with the wide workbook; the limit is two seconds."""
    (tmp_path / "设置.toml").write_text("单个文件时限 = 2\n", encoding="utf-8")
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    return f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        import slow
        from selfeval_xl import batch, reporting
        batch.work_packed = slow.work_packed
        reporting.examined_apart = slow.examined_apart
    """


def dropped(path: Path) -> Dropped:
    path = path.absolute()
    return Dropped(str(path), path.name, path.stem + "_已核对", path.stat().st_size)


@pytest.mark.parametrize("jobs", [(), ("-j", "1")])
def test_a_run_gives_up_what_takes_too_long(
    jobs: tuple[str, ...], inbox: Path, slow: str, tmp_path: Path
) -> None:
    done = cli("run", inbox, "-o", tmp_path / "out", *jobs, before=slow)
    assert done.returncode == 3
    assert "宽.xlsx：处理超过 2 秒，已放弃" in done.stderr
    files = json.loads((tmp_path / "out" / "findings.json").read_bytes())["files"]
    assert {file["path"]: file["status"] for file in files} == {
        "好.xlsx": "checked",
        "宽.xlsx": "unreadable",
    }
    assert (tmp_path / "out" / "好_已核对.xlsx").is_file()


def test_check_gives_up_what_takes_too_long(inbox: Path, slow: str, tmp_path: Path) -> None:
    done = cli("check", inbox, "--settings", tmp_path / "设置.toml", before=slow)
    assert done.returncode == 3
    assert "宽.xlsx：未能读取。处理超过 2 秒，已放弃" in done.stdout
    assert "好.xlsx：未发现差异" in done.stdout


def test_unusual_workbooks_are_judged_alike_wherever(inbox: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        outcome = batch.run([inbox], tmp_path / str(jobs), DEFAULT, jobs=jobs)
        assert outcome.files[Status.CHECKED] == 2
    assert tree(tmp_path / "1") == tree(tmp_path / "2")
    report = reporting.examine_files([inbox], DEFAULT)
    assert [file.path for file in report.files] == ["好.xlsx", "宽.xlsx"]
    assert all(file.status is Status.CHECKED for file in report.files)


@pytest.mark.parametrize("content", UNUSUAL.values(), ids=UNUSUAL)
def test_larger_than_any_form(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnusualError):
        check(content, "表.xlsx", DEFAULT, ordinary=True)
    assert check(content, "表.xlsx", DEFAULT).record.status is not Status.UNREADABLE
    path = tmp_path / "表.xlsx"
    path.write_bytes(content)
    assert working.examined_here(dropped(path), DEFAULT) is None
    assert working.work_here(working.Job(dropped(path)), str(tmp_path / "out"), DEFAULT) is None


def test_forms_are_not_unusual() -> None:
    samples = Path(__file__).parents[1] / "samples" / "待核对"
    for path in samples.rglob("*.xlsx"):
        assert check(path.read_bytes(), path.name, DEFAULT, ordinary=True).workbook


def test_limits_of_the_settings_hold_as_well(tmp_path: Path) -> None:
    assert ordinary(Limits(cells=5)).cells == 5
    assert ordinary(Limits(depth=7)).depth == 7
    path = tmp_path / "表.xlsx"
    path.write_bytes(CLEAN)
    narrow = replace(DEFAULT, limits={"cells": 5})
    report = reporting.examine_files([path], narrow)
    assert "超过 5 个" in report.files[0].message
