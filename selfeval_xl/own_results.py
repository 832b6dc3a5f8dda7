"""Which files of the output folder are results of earlier runs, to be replaced by new ones.

Whatever else stands under a result's name is somebody's own file: it keeps its name, and the
result gets a number. So does a marked copy or a summary that was saved since it was written: a
person may have typed opinions (复核意见) or remarks into it, or put figures back.
"""

from __future__ import annotations

import zipfile
from enum import Enum
from pathlib import Path

from selfeval_xl.outputs import long_path
from selfeval_xl.workbooks.changes import NEW_SHEET_PART
from selfeval_xl.workbooks.container import part_key
from selfeval_xl.workbooks.xml_parts import attribute, local, parse

REVIEW_SHEET = "核对结果"
"""How the names of review sheets begin."""
SUMMARY_SHEETS = frozenset({"汇总", "差异明细", "规则统计", "文件清单"})
"""Sheets that together are the mark of our own summary."""
FINDINGS_START = '{\n"version": '
"""How findings.json begins."""

_LONGEST_PART = 1 << 24  # a workbook may define very many names


class _Origin(Enum):
    """Whose a file is."""

    OURS = "as a run wrote it"
    COPY_SAVED = "a marked copy saved since"
    SUMMARY_SAVED = "a summary saved since"
    OTHERS = "no result"
    HELD = "not to be looked into: another program has it"


_SAVED = {
    _Origin.COPY_SAVED: "已有的标注副本在核对后被保存过（可能填有复核意见），没有覆盖；本次的副本",
    _Origin.SUMMARY_SAVED: "已有的汇总表在核对后被保存过（可能填有备注），没有覆盖；本次的汇总表",
}
"""What is said of each result that somebody saved."""


def is_replaceable(path: Path) -> bool:
    """Tell whether a file was written by an earlier run and nobody saved it since.

    Nothing but its outline is read.
    """
    return _origin(path) is _Origin.OURS


def written_elsewhere(target: Path, written: Path) -> str:
    """Return what is said of a result that could not take its name."""
    origin = _origin(target)
    if origin in _SAVED:
        return f"{_SAVED[origin]}另存为“{written.name}”。"
    if origin in (_Origin.OURS, _Origin.HELD):
        why = f"“{target.name}”正被其他程序打开，或设成了只读"
    else:
        why = f"“{target.name}”这个名称已被另一个文件（不是核对结果）占用，该文件未改动"
    return f"{why}，本次结果另存为“{written.name}”。"


def _origin(path: Path) -> _Origin:
    try:
        with open(long_path(path), "rb") as file:  # noqa: PTH123  (a long path is text)
            if path.suffix == ".json":
                ours = file.read(len(FINDINGS_START)) == FINDINGS_START.encode()
                return _Origin.OURS if ours else _Origin.OTHERS
            with zipfile.ZipFile(file) as archive:
                return _origin_of(_Archive(archive))
    except PermissionError:
        return _Origin.HELD
    except Exception:  # whatever else it is, it is not ours
        return _Origin.OTHERS


class _Archive:
    """The parts of a zip file on the disk; only what is asked for is read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {part_key(name): name for name in archive.namelist()}

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._names

    def read(self, name: str) -> bytes:
        """Return a part's content as far as it is not too long."""
        with self._archive.open(self._names[part_key(name)]) as part:
            return part.read(_LONGEST_PART)

    def has_new_sheet(self) -> bool:
        """Tell whether there is a part named as those of sheets we add."""
        return any(name.rpartition("/")[2].startswith(NEW_SHEET_PART) for name in self._names)


def _origin_of(parts: _Archive) -> _Origin:
    from selfeval_xl.workbooks.package import workbook_part  # noqa: PLC0415  (seldom needed)

    book = parse(parts.read(workbook_part(parts)))
    names = {attribute(element, "name") for element in book.iter() if local(element) == "sheet"}
    if names >= SUMMARY_SHEETS:
        return _Origin.OURS if parts.has_new_sheet() else _Origin.SUMMARY_SAVED
    if not any(name.startswith(REVIEW_SHEET) for name in names):
        return _Origin.OTHERS
    return _Origin.OURS if parts.has_new_sheet() else _Origin.COPY_SAVED
