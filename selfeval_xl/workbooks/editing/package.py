"""The zip container of a workbook: parts read on demand, untouched entries copied raw.

Rewriting every entry with ``zipfile`` would inflate and deflate what nobody changed and lose dates
and attributes; here an entry that is not replaced keeps its compressed bytes, name, date and
place in the order. The output depends on the input alone (no clock), so it is reproducible.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

from selfeval_xl.workbooks.editing.zip_entries import (
    DEFLATED,
    SEE_ZIP64,
    Entry,
    central_header,
    damaged,
    decoded,
    inflated,
    local_header,
    new_entry,
    read_entry,
    repacked,
)
from selfeval_xl.workbooks.recurring import LONGEST

_END = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LONGEST_COMMENT = 65535


class Package:
    """The parts of a workbook file by name; ``to_bytes`` gives the file with what was changed.

    Part names are compared without case and leading slash, as the packaging standard wants.
    Raises WorkbookProblem (kind ``damaged``) when the directory or a part cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._comment = b""
        try:
            self._entries: list[Entry | None] = list(self._directory())
        except (struct.error, IndexError) as problem:
            raise damaged() from problem
        self._index: dict[str, int] = {}
        self._contents: dict[int, bytes] = {}
        self._written: dict[int, bool] = {}
        self._changed = False
        for position, entry in enumerate(self._entries):
            if entry is not None:
                self._index[_key(decoded(entry))] = position

    def _directory(self) -> list[Entry]:
        data = self._data
        end = data.rfind(b"PK\x05\x06", max(0, len(data) - _LONGEST_COMMENT - _END.size))
        if end < 0:
            raise damaged()
        *_, count, size, offset, comment_size = _END.unpack_from(data, end)
        self._comment = data[end + _END.size : end + _END.size + comment_size]
        first = end - size
        if count == 0xFFFF or SEE_ZIP64 in (size, offset):
            first, count, size, offset = self._directory64(end)
        if first < 0:
            raise damaged()
        shift = first - offset  # bytes put before the zip move every offset
        view = memoryview(data)
        entries = []
        position = first
        for _ in range(count):
            entry, position = read_entry(data, view, position, shift)
            entries.append(entry)
        return entries

    def _directory64(self, end: int) -> tuple[int, int, int, int]:
        signature, _, record, _ = _END64_LOCATOR.unpack_from(self._data, end - _END64_LOCATOR.size)
        if signature != b"PK\x06\x07" or self._data[record : record + 4] != b"PK\x06\x06":
            raise damaged()
        *_, count, size, offset = _END64.unpack_from(self._data, record)
        return record - size, count, size, offset

    @property
    def names(self) -> list[str]:
        """The part names as written in the zip, in its order."""
        return [decoded(entry) for entry in self._entries if entry]

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._index

    def read(self, name: str) -> bytes:
        """Return a part's content; KeyError when there is no such part."""
        position = self._index[_key(name)]
        content = self._contents.get(position)
        if content is None:
            entry = self._entries[position]
            assert entry is not None
            content = self._contents[position] = inflated(entry)
        return content

    def head(self, name: str, size: int) -> bytes:
        """Return at most the first ``size`` bytes of a part without inflating much of the rest.

        Parts that are not large were mostly unpacked a moment before, and are remembered.
        """
        position = self._index[_key(name)]
        entry = self._entries[position]
        if (
            position in self._contents
            or entry is None
            or entry.size <= LONGEST
            or entry.method != DEFLATED
        ):
            return self.read(name)[:size]
        try:
            return zlib.decompressobj(-15).decompress(entry.compressed, size)
        except zlib.error as problem:
            raise damaged() from problem

    def write(self, name: str, content: bytes, *, common: bool = False) -> None:
        """Replace a part, keeping its place, name and date, or add it at the end.

        ``common`` says that many workbooks get this very content.
        """
        self._changed = True
        position = self._index.get(_key(name))
        if position is None:
            position = self._index[_key(name)] = len(self._entries)
            self._entries.append(new_entry(name))
        self._contents[position] = content
        self._written[position] = common

    def remove(self, name: str) -> None:
        """Leave a part out of the file; nothing happens when there is none."""
        position = self._index.pop(_key(name), None)
        if position is not None:
            self._entries[position] = None
            self._contents.pop(position, None)
            self._written.pop(position, None)
            self._changed = True

    def _final_entries(self) -> Iterator[Entry]:
        for position, entry in enumerate(self._entries):
            if entry is None:
                continue
            common = self._written.get(position)
            if common is None:
                yield entry
            else:
                yield repacked(entry, self._contents[position], common=common)

    def to_bytes(self) -> bytes:
        """Return the file; the very bytes read when nothing was changed."""
        if not self._changed:
            return self._data
        pieces: list[bytes | memoryview] = []
        directory: list[bytes] = []
        offset = 0
        for entry in self._final_entries():
            head = local_header(entry)
            pieces += (head, entry.compressed)
            directory.append(central_header(entry, offset))
            offset += len(head) + len(entry.compressed)
        central = b"".join(directory)
        count = len(directory)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), offset, len(self._comment))
        return b"".join((*pieces, central, end, self._comment))


@lru_cache(maxsize=256)
def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
