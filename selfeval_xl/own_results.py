"""Which files of the output folder are results of earlier runs, to be replaced by new ones.

Whatever else stands under a result's name is somebody's own file: it keeps its name, and the
result gets a number.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from selfeval_xl.outputs import long_path
from selfeval_xl.workbooks.xml_parts import attribute, local, parse

REVIEW_SHEET = "核对结果"
"""How the names of review sheets begin."""
SUMMARY_SHEETS = frozenset({"汇总", "差异明细", "规则统计", "文件清单"})
"""Sheets that together are the mark of our own summary."""
FINDINGS_START = '{\n"version": '
"""How findings.json begins."""

_LONGEST_PART = 1 << 20


def is_own_result(path: Path) -> bool:
    """Tell whether a file was written by an earlier run; nothing but its outline is read."""
    try:
        with open(long_path(path), "rb") as file:  # noqa: PTH123  (a long path is text)
            if path.suffix == ".json":
                return file.read(len(FINDINGS_START)) == FINDINGS_START.encode()
            with zipfile.ZipFile(file) as archive:
                names = set(_sheet_names(archive))
    except Exception:  # whatever else it is, it is not ours
        return False
    return names >= SUMMARY_SHEETS or any(name.startswith(REVIEW_SHEET) for name in names)


def _sheet_names(archive: zipfile.ZipFile) -> Iterator[str]:
    for relation in parse(_part(archive, "_rels/.rels")):
        if attribute(relation, "Type").endswith("/officeDocument"):
            book = parse(_part(archive, attribute(relation, "Target").lstrip("/")))
            yield from (attribute(e, "name") for e in book.iter() if local(e) == "sheet")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_LONGEST_PART)


def written_elsewhere(target: Path, written: Path) -> str:
    """Return what is said of a result that could not take its name."""
    if is_own_result(target):
        why = f"“{target.name}”正被其他程序打开"
    else:
        why = f"“{target.name}”这个名称已被另一个文件（不是核对结果）占用，该文件未改动"
    return f"{why}，本次结果另存为“{written.name}”。"
