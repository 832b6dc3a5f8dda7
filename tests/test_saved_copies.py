"""Results a person saved since they were written keep what was typed into them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from package_diff import parts
from test_batch import questionnaire
from workbook_bytes import zipped

from selfeval_xl import batch
from selfeval_xl.own_results import is_replaceable
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.changes import NewCell, NewRow, NewSheet
from selfeval_xl.workbooks.patching import patch

WRONG, OTHERWISE_WRONG = questionnaire(final=95.0), questionnaire(final=96.0)
SUMMARY, SECOND_SUMMARY = "汇总表.xlsx", "汇总表(2).xlsx"
COPY, SECOND, THIRD = "问卷_已核对.xlsx", "问卷_已核对(2).xlsx", "问卷_已核对(3).xlsx"


def renamed(change: Callable[[str], str]) -> bytes:
    """Return a workbook whose parts have other names; the relations keep the usual ones."""
    return zipped({change(name): content for name, content in parts(WRONG).items()})


def unpatchable() -> bytes:
    """Return a workbook whose copy must be made anew."""
    content = parts(WRONG)
    content["[Content_Types].xml"] = content["[Content_Types].xml"][:-8]
    return zipped(content)


def run(folder: Path, package: bytes) -> batch.Outcome:
    (folder / "待核对").mkdir(exist_ok=True)
    (folder / "待核对" / "问卷.xlsx").write_bytes(package)
    return batch.run([folder / "待核对"], folder / "结果", DEFAULT)


def results(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "结果").iterdir()}


def give_opinion(copy: Path) -> bytes:
    """Choose an opinion for the first difference, save, and return the copy's bytes."""
    book = openpyxl.load_workbook(copy)
    review = book.worksheets[0]
    head = next(cell for row in review.iter_rows() for cell in row if cell.value == "复核意见")
    review.cell(head.row + 1, head.column).value = "退回"
    book.save(copy)
    return copy.read_bytes()


@pytest.mark.parametrize("package", [WRONG, unpatchable()], ids=["patched", "rebuilt"])
def test_a_saved_copy_is_never_overwritten(tmp_path: Path, package: bytes) -> None:
    undisturbed = tmp_path / "另"
    undisturbed.mkdir()
    run(undisturbed, package)
    run(tmp_path, package)
    opinions = give_opinion(tmp_path / "结果" / COPY)
    for _ in range(2):  # the second run replaces the results of the first
        outcome = run(tmp_path, package)
        now = results(tmp_path)
        assert set(now) == {COPY, SECOND, "findings.json", "汇总表.xlsx"}
        assert now[COPY] == opinions
        assert now[SECOND] == results(undisturbed)[COPY]
        said = (
            "已有的标注副本在核对后被保存过（可能填有复核意见），没有覆盖；"
            f"本次的副本另存为“{SECOND}”。"
        )
        assert any(text.endswith(said) for text in outcome.remarks)
        (file,) = json.loads(now["findings.json"])["files"]
        assert file["corrected"] == SECOND
        assert file["message"].endswith(said)


def test_a_saved_summary_is_never_overwritten(tmp_path: Path) -> None:
    run(tmp_path, WRONG)
    untouched = results(tmp_path)[SUMMARY]
    run(tmp_path, OTHERWISE_WRONG)
    assert not run(tmp_path, WRONG).remarks  # nobody touched it: it is replaced
    assert results(tmp_path)[SUMMARY] == untouched
    book = openpyxl.load_workbook(tmp_path / "结果" / SUMMARY)
    book["汇总"]["A30"] = "请某某单位重报"
    book.save(tmp_path / "结果" / SUMMARY)
    saved = results(tmp_path)[SUMMARY]
    for _ in range(2):  # the second run replaces the results of the first
        outcome = run(tmp_path, WRONG)
        now = results(tmp_path)
        assert set(now) == {COPY, "findings.json", SUMMARY, SECOND_SUMMARY}
        assert now[SUMMARY] == saved
        assert now[SECOND_SUMMARY] == untouched
        assert outcome.summary == tmp_path / "结果" / SECOND_SUMMARY
        assert outcome.remarks == (
            "已有的汇总表在核对后被保存过（可能填有备注），没有覆盖；"
            f"本次的汇总表另存为“{SECOND_SUMMARY}”。",
        )
    (tmp_path / "结果" / SUMMARY).unlink()
    assert not run(tmp_path, WRONG).remarks
    assert results(tmp_path)[SUMMARY] == untouched


def test_a_summary_saved_by_another_program_is_known(tmp_path: Path) -> None:
    """The sheets' parts are found whatever they are called, and every program names them anew."""
    run(tmp_path, WRONG)
    path = tmp_path / "结果" / SUMMARY
    assert is_replaceable(path)
    sheets = {name for name in parts(path.read_bytes()) if name.startswith("xl/worksheets/")}
    assert not any(name.startswith("xl/worksheets/sheet") for name in sheets)
    content = {
        name.replace("selfeval_review", "sheet"): part.replace(b"selfeval_review", b"sheet")
        for name, part in parts(path.read_bytes()).items()
    }
    path.write_bytes(zipped(content))
    assert openpyxl.load_workbook(path).sheetnames[0] == "汇总"
    assert not is_replaceable(path)


def test_numbered_copies_are_treated_alike(tmp_path: Path) -> None:
    run(tmp_path, WRONG)
    first = give_opinion(tmp_path / "结果" / COPY)
    run(tmp_path, WRONG)
    before = results(tmp_path)[SECOND]
    run(tmp_path, OTHERWISE_WRONG)
    assert results(tmp_path)[SECOND] != before  # nobody touched it
    second = give_opinion(tmp_path / "结果" / SECOND)
    run(tmp_path, WRONG)
    now = results(tmp_path)
    assert set(now) == {COPY, SECOND, THIRD, "findings.json", "汇总表.xlsx"}
    assert (now[COPY], now[SECOND], now[THIRD]) == (first, second, before)


@pytest.mark.parametrize("change", [str.upper, lambda name: name.replace("/", "\\")])
def test_copies_whose_parts_are_named_otherwise_are_known_again(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    package = renamed(lambda name: name if name == "[Content_Types].xml" else change(name))
    run(tmp_path, OTHERWISE_WRONG)
    for _ in range(2):
        outcome = run(tmp_path, package)
        assert set(results(tmp_path)) == {COPY, "findings.json", "汇总表.xlsx"}
        assert not outcome.remarks
        assert is_replaceable(tmp_path / "结果" / COPY)
        run(tmp_path, OTHERWISE_WRONG)


def test_a_new_sheet_leaves_parts_of_such_a_name_alone(tmp_path: Path) -> None:
    """A program that keeps the names of parts saved the sender's file, once a copy of ours."""
    sheet = NewSheet("核对结果", (), (NewRow((NewCell("一"),)),))
    copy = patch(patch(WRONG, {}, [sheet]), {}, [sheet])
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        names = archive.namelist()
    assert len(set(names)) == len(names) == len(parts(WRONG)) + 2
    assert len(openpyxl.load_workbook(io.BytesIO(copy)).worksheets) == 3
    (tmp_path / COPY).write_bytes(copy)
    assert is_replaceable(tmp_path / COPY)


def test_sheets_called_alike_do_not_make_a_result(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("核对结果")
    book.save(tmp_path / COPY)
    assert not is_replaceable(tmp_path / COPY)
