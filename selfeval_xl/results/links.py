"""Links from the summary to files beside it, written as a spreadsheet program expects them."""

from __future__ import annotations

_RESERVED = str.maketrans({c: f"%{ord(c):02X}" for c in ' "#%<>[]^`{}|?'})
LONGEST_LINK = 2000
"""Characters of a link target; a spreadsheet program refuses longer ones than 2,079."""


def relative(path: str, folder: str = "") -> str:
    """Return a path with forward slashes relative to the summary, below ``folder``."""
    clean = path.lstrip("/")
    base = folder.replace("\\", "/").strip("/")
    return f"{base}/{clean}" if base else clean


def escape(path: str) -> str:
    """Percent-encode what would end or change a link; Chinese characters stay readable.

    A ``#`` would begin a place inside the file and a ``%`` an escape, so both are encoded.
    """
    return path.translate(_RESERVED)


def link_target(path: str) -> str | None:
    """Return the link target for a relative path, None when it is too long to be a link."""
    target = escape(path)
    return None if len(target.encode("utf-16-le")) // 2 > LONGEST_LINK else target


def short_path(path: str) -> str:
    """Return a file's name with the folder it lies in; six files may all be called 问卷统计表."""
    return "/".join(path.split("/")[-2:])


def file_name(path: str) -> str:
    """Return the last part of a path with forward slashes; a backslash may be part of a name."""
    return path.rpartition("/")[2]
