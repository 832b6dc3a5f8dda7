"""Leaving rows nobody touches out of the XML tree of a worksheet.

A sheet whose blank rows were formatted down to row 100,000 is tens of megabytes of XML and twenty
times that as a tree. Only rows that are edited or hold formulas are parsed; runs of other rows are
replaced by a comment and put back, byte for byte, when the part is written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass

_BEGIN, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_ROW = re.compile(rb"\s*<row(?=[\s/>])([^<>]*?)(/?)>")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_MERGE = re.compile(rb"""<mergeCell\s[^<>]*?\bref\s*=\s*["'][A-Z]+(\d+):[A-Z]+(\d+)["']""")
_ARRAYS = (b'"array"', b"'array'", b'"dataTable"', b"'dataTable'")
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^<>]*?encoding\s*=\s*["']([^"']*)["']""")
_FOLD = re.compile(rb"<!--(\d+)-->")
WORTHWHILE = 200_000  # bytes of a part from which folding costs less than it saves
BELOW = 40  # rows under a marked one whose heights place the box of its note


@dataclass(frozen=True, slots=True)
class Folded:
    """A worksheet part with runs of rows folded; ``runs`` are their bytes."""

    content: bytes
    runs: tuple[bytes, ...]

    def unfolded(self, content: bytes) -> bytes:
        """Return a part made from ``content`` with the folded rows in their places."""
        if not self.runs:
            return content
        return _FOLD.sub(lambda match: self.runs[int(match[1])], content)


def fold(content: bytes, rows: Collection[int]) -> Folded:
    """Fold the rows of a part that neither are edited (``rows``, from zero) nor hold formulas.

    What makes it unsafe to look at the part as text (another encoding, comments, CDATA, prefixed
    names, rows without numbers, formulas over several cells) leaves the part whole.
    """
    whole = Folded(content, ())
    if len(content) < WORTHWHILE:
        return whole
    start, end = content.find(_BEGIN) + len(_BEGIN), content.rfind(_END)
    unsafe = (
        start < len(_BEGIN)
        or end < start
        or b"<!" in content
        or content.count(b"<?") > 1
        or ((declared := _DECLARED.match(content)) and declared[1].lower() != b"utf-8")
        or any(kind in content for kind in _ARRAYS)
    )
    if unsafe:
        return whole
    found = _scan(content, start, end)
    if not found:
        return whole
    wanted = _wanted(content[end:], {row + 1 for row in rows}, [row[0] for row in found])
    pieces: list[bytes] = []
    runs: list[bytes] = []
    done = 0
    run = start  # where the rows that are not kept begin

    def close(run_end: int) -> int:
        """Fold the run up to a place and return the place up to which all is written."""
        if run_end <= run:
            return done
        pieces.extend((content[done:run], b"<!--%d-->" % len(runs)))
        runs.append(content[run:run_end])
        return run_end

    for number, first, last, has_formula in found:
        if has_formula or number in wanted:
            done = close(first)
            run = last
    done = close(found[-1][2])
    pieces.append(content[done:])
    return Folded(b"".join(pieces), tuple(runs))


def _scan(content: bytes, start: int, end: int) -> list[tuple[int, int, int, bool]]:
    """Return number, first and last byte of each row and whether it has formulas.

    An empty list when the rows are not as plain as expected.
    """
    found: list[tuple[int, int, int, bool]] = []
    place = start
    before = 0
    while match := _ROW.match(content, place, end):
        first, inside = place, match.end()
        place = inside
        if not match[2]:
            closed = content.find(_ROW_END, inside, end)
            if closed < 0:
                return []
            place = closed + len(_ROW_END)
        number = _NUMBER.search(match[1])
        if number is None or int(number[1]) <= before:
            return []
        before = int(number[1])
        found.append((before, first, place, content.find(b"<f", inside, place) >= 0))
    return [] if content[place:end].strip() else found


def _wanted(tail: bytes, edited: set[int], present: list[int]) -> set[int]:
    """Return the numbers of the rows to keep: edited ones, merge anchors, the rows that follow."""
    wanted = set(edited)
    for top, bottom in _MERGE.findall(tail):
        if any(int(top) <= row <= int(bottom) for row in edited):
            wanted.add(int(top))
    for row in tuple(wanted):
        following = bisect_right(present, row)
        # The next row tells where a missing one belongs.
        wanted.update(present[following : following + 1])
        wanted.update(range(row - 1, row + BELOW))
    return wanted
