"""Which files were dropped, in which order they are reported."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from selfeval_xl.outputs import long_path
from selfeval_xl.result_names import RESULTS_FOLDER, copy_names
from selfeval_xl.settings import INBOX

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", "icon\r"})
_SYSTEM_FOLDERS = frozenset({"__macosx", "$recycle.bin", "system volume information"})


@dataclass(frozen=True, slots=True)
class Dropped:
    """A dropped file.

    ``path`` is where it lies, ``name`` its path relative to the inbox with forward slashes,
    ``copy`` the same for its marked copy in the output folder, without the suffix (which
    depends on the content), ``size`` its bytes when it was found.
    """

    path: str
    name: str
    copy: str
    size: int


def is_folder(path: Path) -> bool:
    """Tell whether a path leads to a folder; never raises, whatever the system forbids."""
    return os.path.isdir(long_path(path))  # noqa: PTH112  (a long path is text)


def is_file(path: Path) -> bool:
    """Tell whether a path leads to a file; never raises."""
    return os.path.isfile(long_path(path))  # noqa: PTH113  (a long path is text)


def common_root(inputs: Sequence[Path]) -> Path:
    """Return the folder that names are relative to.

    It is the inbox all inputs lie in: a part of it is then named as in a run over the whole.
    Without an inbox it is the one folder dropped, else the parent. Raises ValueError when the
    inputs lie on different drives.
    """
    places = [Path(os.path.abspath(path)) for path in inputs]  # noqa: PTH100  (keeps links)
    if len(places) == 1 and is_folder(places[0]):
        common = places[0]
    else:
        common = Path(os.path.commonpath([path.parent for path in places]))
    return next((place for place in (common, *common.parents) if place.name == INBOX), common)


def is_whole(inputs: Sequence[Path], root: Path) -> bool:
    """Tell whether the inputs are all that lies in a folder: itself, or everything in it."""
    given = {_comparable(path) for path in inputs}
    if _comparable(root) in given:
        return True
    try:
        with os.scandir(long_path(root)) as listing:
            return all(
                _is_hidden(entry)
                or entry.name == RESULTS_FOLDER
                or entry.name.startswith("~$")  # an open workbook's, which nobody can select
                or _comparable(root / entry.name) in given
                for entry in listing
            )
    except OSError:
        return False


def _comparable(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100  (keeps links)


def discover(inputs: Sequence[Path], root: Path, out: Path) -> list[Dropped]:
    """Return every file under the inputs in natural order (表2 before 表10), each one once.

    Passed over are the output folder, folders called 核对结果, hidden and system files. A folder
    that can be reached twice is entered once. Links to folders are not followed, and folders may
    not be listed: both are named like files, so that they are reported, not forgotten.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100  (keeps links)
    sizes: dict[str, tuple[str, int]] = {}
    alone: set[Path] = set()  # the folders of files given by themselves
    for given in inputs:
        place = Path(os.path.abspath(given))  # noqa: PTH100  (keeps links)
        if is_folder(place):
            found: Iterable[tuple[str, int]] = _walk(place, out)
        else:
            found = [(str(place), _size(place))]
            alone.add(place.parent)
        for path, size in found:
            sizes.setdefault(_relative(path, root), (path, size))
    names = sorted(sizes, key=natural_key)
    # Copies are called the same whatever else is given: that of a.xls is never that of a.xlsx.
    around = {_relative(path, root) for folder in alone for path in _files_in(folder)}
    copies = copy_names(sorted(around.union(names), key=natural_key) if around else names)
    return [Dropped(sizes[name][0], name, copies[name], sizes[name][1]) for name in names]


def _relative(path: str, root: Path) -> str:
    """Return a path relative to the root with forward slashes; the root's is its own name."""
    if path == str(root):
        return root.name or path
    above = os.path.join(root, "")  # noqa: PTH118  (with the slash at its end)
    if path.startswith(above):
        return path[len(above) :].replace(os.sep, "/")
    return Path(path).relative_to(root).as_posix()  # the same folder in another spelling


def natural_key(name: str) -> tuple[object, ...]:
    """Return a key that orders paths folder by folder, numbers by value; ties by the exact text."""
    *folders, last = name.split("/")
    return (*((1, _natural(folder)) for folder in folders), (0, _natural(last))), name


@lru_cache(maxsize=1024)  # the same folders come again and again
def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    pieces = re.split(r"(\d+)", text.casefold())
    return tuple(
        (1, int(piece), piece) if piece.isdecimal() else (0, 0, piece) for piece in pieces if piece
    )


def _walk(folder: Path, out: Path) -> Iterator[tuple[str, int]]:
    """Yield the path and size of every file below a folder, without recursion limits."""
    waiting = [str(folder)]
    entered: set[tuple[int, int]] = set()
    while waiting:
        here = waiting.pop()
        try:
            if _been_there(here, entered):
                continue
            with os.scandir(long_path(here)) as listing:
                entries = list(listing)
        except OSError:
            yield here, 0
            continue
        for entry in entries:
            path = os.path.join(here, entry.name)  # noqa: PTH118  (kept unmarked)
            if _is_hidden(entry):
                continue
            if not _is_folder(entry):
                yield path, _entry_size(entry)
            elif not _is_results(entry.name, path, out):
                waiting.append(path)


def _files_in(folder: Path) -> list[str]:
    """Return the paths of the files of a folder that a run over it would come to."""
    try:
        with os.scandir(long_path(folder)) as listing:
            entries = list(listing)
    except OSError:
        return []
    return [
        os.path.join(folder, entry.name)  # noqa: PTH118  (kept unmarked)
        for entry in entries
        if not _is_hidden(entry) and not _is_folder(entry)
    ]


def _been_there(folder: str, entered: set[tuple[int, int]]) -> bool:
    """Tell whether a folder was entered before: Windows' junctions can lead back up.

    Some network drives number no files; there every folder counts as new.
    """
    found = os.stat(long_path(folder))  # noqa: PTH116  (a long path is text)
    place = found.st_dev, found.st_ino
    if place in entered:
        return True
    if found.st_ino:
        entered.add(place)
    return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Tell folders; a link to one is none."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_results(name: str, path: str, out: Path) -> bool:
    if name == RESULTS_FOLDER or name.casefold() in _SYSTEM_FOLDERS:
        return True
    return name.casefold() == out.name.casefold() and os.path.normcase(path) == os.path.normcase(
        str(out)
    )


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    """Tell files people do not see: dot files, system files. Excel's ~$ files are reported."""
    if entry.name.startswith(".") or entry.name.casefold() in _SYSTEM_FILES:
        return True
    if sys.platform != "win32" or entry.name.startswith("~$"):
        return False
    try:
        attributes = entry.stat(follow_symlinks=False).st_file_attributes
    except OSError:
        return False
    return bool(attributes & stat.FILE_ATTRIBUTE_SYSTEM)


def _entry_size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_size
    except OSError:
        return 0


def _size(path: Path) -> int:
    try:
        return os.stat(long_path(path)).st_size  # noqa: PTH116  (a long path is text)
    except OSError:
        return 0
