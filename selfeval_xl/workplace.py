"""Where the results and the settings of what was dropped belong.

Both lie beside the inbox, also when only a part of it is dropped; beside what was dropped where
there is no inbox. A work folder stands for the inbox in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selfeval_xl.discovery import (
    common_root,
    is_file,
    is_folder,
    is_whole,
)
from selfeval_xl.result_names import PARTIAL, RESULTS_FOLDER
from selfeval_xl.settings import INBOX, SETTINGS_FILE

TEMPLATES = "模板"
"""The folder of blank templates in a work folder."""
_MISNAMED = f"{SETTINGS_FILE}.txt"
"""What Windows' editor calls the settings file unless it is told otherwise."""
_MOST_NOTES = 5


@dataclass(frozen=True, slots=True)
class Workplace:
    """What is to be checked and where things belong.

    ``root`` is the folder names are relative to, ``beside`` the folder of the results,
    ``partial`` tells whether the inputs are only a part of an inbox, ``settings`` is the settings
    file in use, None without one. In Chinese, ``scope`` says what of the dropped is checked where
    that is not plain, and ``notes`` which settings do not count though a person may think so.
    """

    inputs: tuple[Path, ...]
    root: Path
    beside: Path
    partial: bool
    settings: Path | None
    scope: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def results(self) -> Path:
        """The folder results are written to unless another is named."""
        return self.beside / RESULTS_FOLDER

    @property
    def takes_results(self) -> bool:
        """Whether that folder, with the results of earlier runs, is itself to be checked."""
        return any(_same(path, self.results) for path in self.inputs)


def workplace(
    dropped: Sequence[Path], chosen: Path | None = None, otherwise: Path | None = None
) -> Workplace:
    """Return where what was dropped is checked.

    ``chosen`` is a settings file that counts in any case, ``otherwise`` one that counts where
    none is found. Raises ValueError when what was dropped lies on different drives.
    """
    inputs = tuple(_inbox_in(path) or path for path in dropped)
    root = common_root(inputs)
    beside = _beside(inputs, root)
    known = (file for file in (beside / SETTINGS_FILE, otherwise) if file and is_file(file))
    settings = chosen or next(known, None)
    notes = () if chosen else (*_misnamed(beside, settings), *_passed_over(inputs, settings))
    scope = [
        f"“{path}”是工作文件夹，只核对其中的“{INBOX}”。"
        for path, inbox in zip(dropped, inputs, strict=True)
        if path != inbox
    ]
    partial = root.name == INBOX and not is_whole(inputs, root)
    if partial:
        scope.append(
            f"只核对“{INBOX}”里选定的内容，不与其余文件比较；"
            f"汇总表和 findings.json 另写一份，名称后加“{PARTIAL}”。"
        )
    told = tuple(scope[:_MOST_NOTES])
    return Workplace(inputs, root, beside, partial, settings, told, notes[:_MOST_NOTES])


def _inbox_in(folder: Path) -> Path | None:
    """Return the inbox of a work folder as ``init`` lays it, None for anything else."""
    inbox = folder / INBOX
    made = is_folder(folder / TEMPLATES) or is_file(folder / SETTINGS_FILE)
    return inbox if made and is_folder(inbox) else None


def _beside(inputs: Sequence[Path], root: Path) -> Path:
    single = len(inputs) == 1 and is_folder(inputs[0])
    return root.parent if single or root.name == INBOX else root


def _misnamed(beside: Path, settings: Path | None) -> list[str]:
    if not is_file(beside / _MISNAMED):
        return []
    if settings is not None:
        return [f"找到“{_MISNAMED}”，未采用：采用的是“{SETTINGS_FILE}”，请只留一个。"]
    return [
        f"找到“{_MISNAMED}”，未采用：请把文件名改为“{SETTINGS_FILE}”"
        "（看不到“.txt”时，先在资源管理器的“查看”里勾选“文件扩展名”）。"
    ]


def _passed_over(inputs: Sequence[Path], used: Path | None) -> list[str]:
    """Say which settings files lie with what was dropped and do not count."""
    folders: dict[Path, None] = {}
    for path in inputs:
        folders[_beside((path,), common_root((path,)))] = None
        if is_folder(path):
            folders[path] = None
    files = (folder / SETTINGS_FILE for folder in folders)
    return [
        f"“{file}”未采用：设置文件要与所核对的文件夹并列，一次只用一个。"
        for file in files
        if is_file(file) and not (used is not None and _same(file, used))
    ]


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
