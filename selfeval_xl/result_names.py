"""What results are called: the marked copies, the summary and findings.json."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import count

RESULTS_FOLDER = "核对结果"
CHECKED = "_已核对"
PARTIAL = "（部分）"
"""Behind the names of results over a part of the inbox, which leave those over all of it alone."""

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LONGEST_NAME = 255  # bytes on Linux, UTF-16 units on Windows; bytes are the stricter count


def overall_names(*, partial: bool) -> tuple[str, str]:
    """Return what the results over all files of a run are called: findings.json, the summary."""
    behind = PARTIAL if partial else ""
    return f"findings{behind}.json", f"汇总表{behind}.xlsx"


def printable(name: str) -> str:
    """Return a file name fit for workbooks and JSON.

    Bytes that are no text, control characters and line ends are replaced; all other characters
    stay, invisible ones too, so that the name still finds the file.
    """
    return _UNFIT.sub("\ufffd", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def copy_names(names: Iterable[str]) -> dict[str, str]:
    """Return each file's copy name without suffix; a.xls beside a.xlsx gives a(xls)_已核对.

    File systems that ignore case are allowed for, names too long for the addition are cut, and
    what is not printable is replaced, so that links to the copy work.
    """
    ordered = list(names)
    taken: set[str] = set()
    copies: dict[str, str] = {}
    # .xlsx first: it keeps the plain name whatever else lies beside it.
    for name in sorted(ordered, key=lambda name: not name.casefold().endswith(".xlsx")):
        folder, slash, last = printable(name).replace("\\", "\ufffd").rpartition("/")
        first, _, suffix = last.rpartition(".")
        if not first or not suffix:
            first, suffix = last, ""
        copy = next(
            copy
            for stem in _stems(first, suffix)
            if (copy := folder + slash + _fitting(stem)).casefold() not in taken
        )
        taken.add(copy.casefold())
        copies[name] = copy
    return copies


def _stems(stem: str, suffix: str) -> Iterator[str]:
    """Yield names for a copy, each only wanted when those before are taken."""
    yield stem
    if suffix:
        yield f"{stem}({suffix})"
    for number in count(2):
        yield f"{stem}({suffix}{number})"


def _fitting(stem: str) -> str:
    """Return the copy's name without suffix, cut with a mark of the rest when it is too long."""
    room = _LONGEST_NAME - len(f"{CHECKED}(99).xlsx".encode())
    whole = stem.encode("utf-8", "surrogateescape")
    if len(whole) > room:
        mark = "…" + blake2b(whole, digest_size=3).hexdigest()
        stem = whole[: room - len(mark.encode())].decode("utf-8", "ignore") + mark
    return stem + CHECKED
