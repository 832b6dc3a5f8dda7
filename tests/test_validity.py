"""No spreadsheet program has a reason to repair what the program writes.

Not seen in Excel itself: a validator of the schemas and checks of our own stand in for it.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from package_diff import parts
from package_validity import against_schemas, inconsistencies
from rich_workbook import DETAIL_SHEET, MAIN_SHEET, rich_workbook
from test_looks_xls import written as styled_xls
from test_patching import REVIEW, change
from test_rebuilding import CHANGES, WORKBOOK
from test_rebuilding import REVIEW as SHORT_REVIEW

from selfeval_xl.batch import run
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.changes import SheetChanges
from selfeval_xl.workbooks.legacy_looks import read_looks
from selfeval_xl.workbooks.limits import DEFAULT as LIMITS
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.rebuilding import rebuild

ROOT = Path(__file__).resolve().parents[1]
INBOX = ROOT / "samples" / "待核对"
sys.path.insert(0, str(ROOT / "benchmarks"))

from generate import generate  # noqa: E402  (after the path is set)


def assert_sound(package: bytes, folder: Path, original: bytes | None = None) -> None:
    """Fail when a workbook has a flaw, for a copy: one that its original has not."""
    found = inconsistencies(package)
    known = inconsistencies(original) if original else []
    assert not [line for line in found if line not in known]
    (folder / "new.xlsx").write_bytes(package)
    broken = against_schemas(folder / "new.xlsx")
    if original and broken:
        (folder / "old.xlsx").write_bytes(original)
        broken -= against_schemas(folder / "old.xlsx")
    assert not broken


def assert_run_sound(inbox: Path, out: Path, folder: Path) -> int:
    """Check everything a run writes; return the number of marked copies."""
    run([inbox], out, DEFAULT, jobs=1)
    copies = 0
    for file in sorted(out.rglob("*.xlsx")):
        original = inbox / file.relative_to(out).with_name(file.name.replace("_已核对", ""))
        known = original.read_bytes() if original.is_file() else None
        copies += known is not None
        assert_sound(file.read_bytes(), folder, known)
    return copies


def test_results_over_the_samples(tmp_path: Path) -> None:
    assert assert_run_sound(INBOX, tmp_path / "核对结果", tmp_path) == 18


def test_results_over_generated_workbooks(tmp_path: Path) -> None:
    generate(tmp_path / "待核对", 15, seed=4)
    assert assert_run_sound(tmp_path / "待核对", tmp_path / "核对结果", tmp_path) == 15


@pytest.mark.parametrize(
    "template", sorted((ROOT / "workbook_templates").glob("*.xlsx")), ids=lambda path: path.stem
)
def test_templates(tmp_path: Path, template: Path) -> None:
    assert_sound(template.read_bytes(), tmp_path)


@pytest.mark.parametrize("kind", ["plain", "macros", "strict", "signed"])
def test_copies_of_a_rich_workbook(tmp_path: Path, kind: str) -> None:
    package = rich_workbook(**{} if kind == "plain" else {kind: True})
    main = [
        change(cell, value=Decimal(20), fill="FFFFC7CE", note=f"{cell} 的说明")
        for cell in ("A1", "D4", "G5", "C7", "H8", "K20")
    ]
    detail = [change("C4", value=Decimal(3), fill="FFFFEB9C", note="第一条批注")]
    changes = {
        MAIN_SHEET: SheetChanges(tuple(main)),
        DETAIL_SHEET: SheetChanges(tuple(detail)),
    }
    copy = patch(package, changes, [REVIEW])
    assert_sound(copy, tmp_path, package)
    assert_sound(patch(copy, changes, []), tmp_path, package)


def test_a_rebuilt_workbook(tmp_path: Path) -> None:
    assert_sound(rebuild(WORKBOOK, CHANGES, [SHORT_REVIEW]), tmp_path)


def test_a_rebuilt_workbook_with_its_looks(tmp_path: Path) -> None:
    data = styled_xls()
    looks = read_looks(data, "表.xls", LIMITS)
    looks["表"].notes[1, 2] = "原有批注"
    changes = {
        "表": SheetChanges((change("C2", value=Decimal(4), fill="FFFFC7CE", note="新批注"),))
    }
    workbook = read_workbook(data, "表.xls")
    assert_sound(rebuild(workbook, changes, [SHORT_REVIEW], looks), tmp_path)


# Can the judges fail? --------------------------------------------------------------------------

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
_MERGES = re.compile("(<sheetData.*</sheetData>)(.*?)(<mergeCells.*?</mergeCells>)", re.S)
_NOTE = re.compile("<comment .*?</comment>", re.S)
DAMAGE: dict[str, tuple[str, Callable[[str], str | None], str]] = {
    "a row before the one above it": (
        SHEET,
        lambda t: t.replace('<row r="3"', '<row r="1"'),
        "comes after row",
    ),
    "a cell before its left neighbour": (
        SHEET,
        lambda t: t.replace('r="A4"', 'r="C4"'),
        "comes after one to its right",
    ),
    "a cell that cannot be": (SHEET, lambda t: t.replace('r="A1"', 'r="A0"'), "has a cell A0"),
    "a look that is not there": (
        SHEET,
        lambda t: re.sub(r'(<c r="A1" s=)"\d+"', r'\1"99999"', t),
        "has look 99999",
    ),
    "a text that is not there": (
        SHEET,
        lambda t: re.sub(r't="s"><v>\d+', 't="s"><v>99999', t, count=1),
        "text 99999",
    ),
    "cells merged twice": (
        SHEET,
        lambda t: re.sub('(<mergeCell ref="[^"]*"/>)', r"\1\1", t, count=1),
        "overlap",
    ),
    "a relation that is not there": (
        SHEET,
        lambda t: t.replace('<legacyDrawing r:id="', '<legacyDrawing r:id="x'),
        "no relation",
    ),
    "a shared formula without its text": (
        SHEET,
        lambda t: t.replace(' ref="H4:H7" si="0"', ' si="0"'),
        "shared formula 0",
    ),
    "a format with an unknown font": (
        STYLES,
        lambda t: t.replace('fontId="1"', 'fontId="777"', 1),
        "fontId 777",
    ),
    "one font more than there are": (
        STYLES,
        lambda t: re.sub(r'<fonts count="\d+"', '<fonts count="99"', t),
        "fonts says 99",
    ),
    "two sheets of one name": (
        BOOK,
        lambda t: t.replace('name="隐藏" sheetId', f'name="{MAIN_SHEET}" sheetId'),
        "two sheets",
    ),
    "a name no program allows": (
        BOOK,
        lambda t: t.replace('name="隐藏" sheetId', 'name="隐:藏" sheetId'),
        "no program allows",
    ),
    "a hidden sheet shown": (
        BOOK,
        lambda t: t.replace("<workbookView ", '<workbookView activeTab="3" '),
        "is hidden",
    ),
    "a name of no sheet": (
        BOOK,
        lambda t: re.sub(r'localSheetId="\d+"', 'localSheetId="9"', t),
        "is not there",
    ),
    "a part lost": ("xl/comments1.xml", lambda _: None, "which is not there"),
    "a part without a kind": (
        "[Content_Types].xml",
        lambda t: re.sub('<Override PartName="/xl/slicers/[^>]*/>', "", t).replace(
            'Extension="xml"', 'Extension="y"'
        ),
        "has no kind",
    ),
    "a kind told twice": (
        "[Content_Types].xml",
        lambda t: re.sub("(<Default [^>]*/>)", r"\1\1", t, count=1),
        "2 times",
    ),
    "a note without a box": (
        "xl/drawings/vmlDrawing1.vml",
        lambda t: t.replace('"Note"', '"Shape"', 1),
        "boxes for",
    ),
    "two notes on one cell": (
        "xl/comments1.xml",
        lambda t: _NOTE.sub(r"\g<0>\g<0>", t, count=1),
        "2 notes on",
    ),
    "a note by nobody": (
        "xl/comments1.xml",
        lambda t: re.sub(r'authorId="\d+"', 'authorId="9"', t),
        "has author 9",
    ),
}


def _damaged(package: bytes, name: str, damage: Callable[[str], str | None]) -> bytes:
    """Return a package with one part changed, or left out when there is nothing left of it."""
    content = parts(package)
    old = content.pop(name).decode()
    new = damage(old)
    assert new != old
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, data in ((name, new), *content.items()):
            if data is not None:
                archive.writestr(part, data)
    return target.getvalue()


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damage_is_noticed(kind: str) -> None:
    name, damage, sentence = DAMAGE[kind]
    package = patch(rich_workbook(), {}, [])
    before = inconsistencies(package)
    after = inconsistencies(_damaged(package, name, damage))
    assert [line for line in after if line not in before and sentence in line]


def test_elements_out_of_order_break_the_schemas(tmp_path: Path) -> None:
    def reorder(text: str) -> str:
        return _MERGES.sub(r"\3\1\2", text)

    (tmp_path / "表.xlsx").write_bytes(_damaged(rich_workbook(), SHEET, reorder))
    assert against_schemas(tmp_path / "表.xlsx")
