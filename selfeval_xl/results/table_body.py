"""The rows of a table and their links, kept apart from the workbook they go into.

Rendered rows are megabytes of text. A thread packs them while further ones come, so that nothing
but their packed bytes is kept; they are put into their sheet when all else of it is written.
"""

from __future__ import annotations

import zlib
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING

from selfeval_xl.workbooks.sheet import column_letters

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_BLOCK = 1 << 20
"""Characters that are packed at once; a summary that has no more takes no thread."""
_MOST_WAITING = 32
"""Blocks that may wait for the thread."""
# Deflate effort. The summary of 1,000 workbooks takes 0.12 s at level 5 and 0.19 s at level 6, for
# 1.39 and 1.35 MB.
_LEVEL = 5
_ESCAPES = str.maketrans({"&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"})
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_letters = lru_cache(maxsize=64)(column_letters)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Packing:
    """The thread that packs blocks, one after the other; there is none until there is a block."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[None]] = deque()

    def add(self, text: Deflated, block: str) -> None:
        """Have a block packed; wait only when too many are before it."""
        if self._thread is None:
            if len(block) < _BLOCK:
                text.pack(block)
                return
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (small runs need none)

            self._thread = ThreadPoolExecutor(1)
        self._waiting.append(self._thread.submit(text.pack, block))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft().result()

    def finish(self) -> None:
        """Wait until all is packed."""
        while self._waiting:
            self._waiting.popleft().result()
        if self._thread is not None:
            self._thread.shutdown()


class Deflated:
    """Text as deflated bytes that others may follow; ``size`` and ``checksum`` are of its bytes."""

    def __init__(self, packing: Packing | None = None) -> None:
        self.size = 0
        self.checksum = 0
        self.packed: list[bytes] = []
        self._packing = packing or Packing()
        self._deflate = zlib.compressobj(_LEVEL, wbits=-15)
        self._pieces: list[str] = []
        self._length = 0

    def write(self, text: str) -> None:
        """Add text to the end."""
        self._pieces.append(text)
        self._length += len(text)
        if self._length >= _BLOCK:
            self.flush()

    def flush(self) -> None:
        """Have packed what was written so far."""
        self._packing.add(self, "".join(self._pieces))
        self._pieces.clear()
        self._length = 0

    def pack(self, block: str) -> None:
        """Pack the next block."""
        content = block.encode()
        self.size += len(content)
        self.checksum = zlib.crc32(content, self.checksum)
        self.packed += (self._deflate.compress(content), self._deflate.flush(zlib.Z_SYNC_FLUSH))


def deflated(text: str) -> Deflated:
    """Return a whole text packed."""
    packed = Deflated()
    packed.pack(text)
    return packed


class Body:
    """The rows of a table on one sheet, from row ``first`` (from 0) on, and the links in them.

    ``rows``, ``links`` and ``relations`` (what the links lead to: a part of its own) are what is to
    be written of them; the latter two are empty when there are no links.
    """

    def __init__(self, first: int, packing: Packing) -> None:
        self.first = self.next = first
        self.rows, self.links, self.relations = (Deflated(packing) for _ in range(3))
        self._targets: dict[str, int] = {}

    def add(self, row: str) -> None:
        """Add a placed row."""
        self.next += 1
        self.rows.write(row)

    def link(self, column: int, target: str) -> None:
        """Make a cell of the last row a link to a file beside the workbook."""
        number = self._targets.get(target)
        if number is None:
            number = self._relate(target)
        self.links.write(f'<hyperlink ref="{_letters(column)}{self.next}" r:id="rId{number}"/>')

    def _relate(self, target: str) -> int:
        if not self._targets:
            self.links.write("<hyperlinks>")
            self.relations.write(f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}">')
        number = self._targets[target] = len(self._targets) + 1
        self.relations.write(
            f'<Relationship Id="rId{number}" Type="{_LINK}"'
            f' Target="{target.translate(_ESCAPES)}" TargetMode="External"/>'
        )
        return number

    def finish(self) -> None:
        """Have the rest packed; no more rows come."""
        if self._targets:
            self.links.write("</hyperlinks>")
            self.relations.write("</Relationships>")
        for text in (self.rows, self.links, self.relations):
            text.flush()
