"""findings.json to the letter: other programs read it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
import result_records as records
from hypothesis import given
from hypothesis import strategies as st

from selfeval_xl.records import FileRecord
from selfeval_xl.results.findings_json import plain, write_records


def written(files: list[FileRecord]) -> str:
    target = io.StringIO()
    write_records(target, files, records.projects())
    return target.getvalue()


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(written(records.files()))
    return data


def test_top_level(sample: dict[str, Any]) -> None:
    assert list(sample) == ["version", "files", "projects", "findings"]
    assert sample["version"] == 1
    assert [len(sample[key]) for key in ("files", "projects", "findings")] == [6, 3, 41]


def test_files(sample: dict[str, Any]) -> None:
    first, fifth = sample["files"][0], sample["files"][4]
    assert first == {
        "path": "就业服务/问卷 统计表#1.xlsx",
        "status": "checked",
        "message": "",
        "corrected": "就业服务/问卷 统计表#1_已核对.xlsx",
        "forms": [
            {
                "form": "questionnaire",
                "sheet": "问卷",
                "project": records.PROJECT,
                "year": 2022,
                "organisation": records.UNIT,
            }
        ],
    }
    assert list(first) == ["path", "status", "message", "corrected", "forms"]
    assert (fifth["status"], fifth["corrected"], fifth["forms"]) == ("unreadable", "", [])


def test_projects(sample: dict[str, Any]) -> None:
    first, second = sample["projects"][:2]
    assert list(first) == [
        "project", "year", "organisation", "budget", "executed", "execution_rate",
        "score_stated", "score_expected", "grade_stated", "grade_expected",
        "satisfaction_stated", "satisfaction_expected", "counts",
    ]  # fmt: skip
    assert first["execution_rate"] == "0.9497"
    assert (first["satisfaction_stated"], first["satisfaction_expected"]) == ("96.49", "95.30")
    assert first["counts"] == {"error": 31, "review": 0, "rounding": 0, "info": 1}
    assert (second["score_expected"], second["grade_stated"]) == (None, None)


def test_findings(sample: dict[str, Any]) -> None:
    found = next(f for f in sample["findings"] if f["cell"] == "F6")
    assert found == {
        "file": "就业服务/问卷 统计表#1.xlsx",
        "sheet": "问卷",
        "cell": "F6",
        "form": "questionnaire",
        "project": records.PROJECT,
        "rule": "Q202",
        "level": "error",
        "kind": "root",
        "action": "corrected",
        "field": "第2题 占比 D（不满意）",
        "stated": "0.0541",
        "expected": "0.0000",
        "difference": "0.0541",
        "calculation": "0 ÷ 37 = 0.00%",
        "cause": "与左侧 E6 相同，疑似照抄 C（一般）列（2 人）",
        "root": "",
        "message": "",
    }
    assert list(found) == [
        "file", "sheet", "cell", "form", "project", "rule", "level", "kind", "action", "field",
        "stated", "expected", "difference", "calculation", "cause", "root", "message",
    ]  # fmt: skip
    following = next(f for f in sample["findings"] if f["cell"] == "H7")
    assert (following["kind"], following["root"]) == ("consequence", "问卷!F6")
    filled = next(f for f in sample["findings"] if f["cell"] == "F3")
    assert (filled["stated"], filled["expected"], filled["difference"]) == (None, "0.0000", None)


def test_text_is_readable_and_stable() -> None:
    text = written(records.files())
    assert text == written(records.files())
    assert "问卷" in text
    assert text.endswith("]\n}\n")
    assert sum(line.startswith('  {"file": ') for line in text.splitlines()) == 41


def test_empty_run() -> None:
    target = io.StringIO()
    write_records(target, [], [])
    assert json.loads(target.getvalue()) == {
        "version": 1,
        "files": [],
        "projects": [],
        "findings": [],
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("8.10"), "8.10"),
        (Decimal("-0.00"), "0.00"),
        ("≥30人", "≥30人"),
        (None, None),
    ],
)
def test_plain(value: Decimal | str | None, text: str | None) -> None:
    assert plain(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8))
def test_plain_keeps_the_number(value: Decimal) -> None:
    text = plain(value)
    assert text is not None
    assert "E" not in text
    assert Decimal(text) == value


def test_broken_surrogates_do_not_stop_the_file(tmp_path: Any) -> None:
    odd = FileRecord("坏\ud800名.xlsx", records.Status.UNREADABLE, "无法读取")
    path = tmp_path / "findings.json"
    with path.open("w", encoding="utf-8", newline="\n") as target:
        write_records(target, [odd], [])
    assert json.loads(path.read_text(encoding="utf-8"))["files"][0]["status"] == "unreadable"
