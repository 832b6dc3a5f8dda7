"""OLE2 compound files ([MS-CFB]): the directory and the streams of .xls and .et files.

Only what deciding and measuring needs; every chain is bounded by the file's own size.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from selfeval_xl.workbooks.container import TRUNCATED, damaged
from selfeval_xl.workbooks.sniffing import OLE2
from selfeval_xl.workbooks.workbook import WorkbookProblem

_END = 0xFFFFFFFE
_FREE = 0xFFFFFFFF
_MINI_CUTOFF = 4096
_LARGEST_SECTOR = 0xFFFFFFFA
_HEADER_ENTRIES = 109
_ENTRY = 128


_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of a compound file: first sector and size in bytes."""

    start: int
    size: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the directory: a stream, a storage or the root, and its places in the trees.

    What a storage holds is a tree of its own, which ``child`` is the top of.
    """

    name: str
    kind: int
    left: int
    right: int
    child: int
    stream: Stream


class CompoundFile:
    """The file's own streams, held in memory, by name; not those of objects embedded in it.

    Raises WorkbookProblem when header, allocation table or directory are damaged or lie beyond
    the end of the file.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise _truncated()
        self._data = data
        self._sector = 1 << _power(data, 30)
        self._mini_sector = 1 << _power(data, 32)
        self._mini_cutoff = _number(data, 56)
        self._table = self._allocation_table()
        entries = _entries(self._whole(self._chain(_number(data, 48))))
        roots = (entry for entry in entries if entry.kind == _ROOT)
        self._root = next(roots, _Entry("", _ROOT, _FREE, _FREE, _FREE, Stream(_END, 0)))
        self.streams = _children(entries, self._root)

    def read(self, name: str) -> bytes:
        """Return a stream's bytes; KeyError when there is none of this name."""
        stream = self.streams[name]
        if stream.size >= self._mini_cutoff:
            content = self._chain(stream.start)
        else:
            content = self._small(stream.start)
        if len(content) < stream.size:
            raise _truncated() if len(self._data) % self._sector else damaged("扇区链")
        return content[: stream.size]

    def _small(self, start: int) -> bytes:
        """Return the small sectors of a chain: they lie in a stream the root tells of."""
        inside = self._chain(self._root.stream.start)[: self._root.stream.size]
        table = _numbers(self._chain(_number(self._data, 60)))
        size = self._mini_sector
        return _follow(start, table, lambda sector: inside[sector * size : (sector + 1) * size])

    def _allocation_table(self) -> tuple[int, ...]:
        sectors = list(_numbers(self._data[76 : 76 + 4 * _HEADER_ENTRIES]))
        following = _number(self._data, 68)
        for _ in range(len(self._data) // self._sector + 1):
            if following > _LARGEST_SECTOR:
                break
            numbers = _numbers(self._piece(following))
            if not numbers:
                break
            sectors.extend(numbers[:-1])
            following = numbers[-1]
        most = len(self._data) // self._sector + 1
        used = [sector for sector in sectors if sector < _LARGEST_SECTOR][:most]
        return _numbers(self._whole(b"".join(self._piece(sector) for sector in used)))

    def _piece(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        if start >= len(self._data):
            raise _truncated()
        return self._data[start : start + self._sector]

    def _whole(self, content: bytes) -> bytes:
        """Refuse sectors the last of which breaks off."""
        if len(content) % self._sector:
            raise _truncated()
        return content

    def _chain(self, start: int) -> bytes:
        return _follow(start, self._table, self._piece)


def _truncated() -> WorkbookProblem:
    return WorkbookProblem("truncated", TRUNCATED)


def _entries(directory: bytes) -> list[_Entry]:
    found: list[_Entry] = []
    for position in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[position : position + _ENTRY]
        length, kind, left, right, child = struct.unpack_from("<HBx3I", entry, 64)
        name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        stream = Stream(*struct.unpack_from("<II", entry, 116))
        found.append(_Entry(name, kind, left, right, child, stream))
    return found


def _children(entries: list[_Entry], storage: _Entry) -> dict[str, Stream]:
    """Return the streams a storage holds itself, in the order of the directory."""
    found: set[int] = set()
    waiting = [storage.child]
    while waiting:
        number = waiting.pop()
        if number < len(entries) and number not in found:
            found.add(number)
            waiting += (entries[number].left, entries[number].right)
    if not found and all(entry.kind != _STORAGE for entry in entries):
        found = set(range(len(entries)))  # a broken tree does not matter where there is no other
    streams: dict[str, Stream] = {}
    for entry in (entries[number] for number in sorted(found)):
        if entry.kind == _STREAM:
            streams.setdefault(entry.name, entry.stream)
    return streams


def wrapped(name: str, content: bytes) -> bytes:
    """Return a compound file with one stream, whatever its size (version 3, sectors of 512).

    A stream is handed on in a container of our own, so that nothing a sender's container claims
    about itself has any effect on the library that reads the stream.
    """
    content = content.ljust(_MINI_CUTOFF, b"\0")
    sectors = -(-len(content) // 512)
    table_sectors = header_sectors = 0
    while True:  # the allocation table lists its own sectors, and those of its index, too
        total = sectors + 1 + table_sectors + header_sectors
        needed = -(-total // 128)
        indexed = -(-max(needed - _HEADER_ENTRIES, 0) // 127)
        if (needed, indexed) == (table_sectors, header_sectors):
            break
        table_sectors, header_sectors = needed, indexed
    first_table = sectors + 1
    first_index = first_table + table_sectors
    table = [_END, *range(2, sectors + 1), _END]
    table += [0xFFFFFFFD] * table_sectors + [0xFFFFFFFC] * header_sectors
    table += [_FREE] * (table_sectors * 128 - len(table))
    places = list(range(first_table, first_index))
    index = b""
    for number in range(header_sectors):
        part = places[_HEADER_ENTRIES + 127 * number : _HEADER_ENTRIES + 127 * (number + 1)]
        following = first_index + number + 1 if number + 1 < header_sectors else _END
        index += _packed([*part, *[_FREE] * (127 - len(part)), following])
    header = OLE2 + bytes(16) + struct.pack("<5H6x2I", 0x3E, 3, 0xFFFE, 9, 6, 0, table_sectors)
    header += _packed([0, 0, _MINI_CUTOFF, _END, 0, first_index if header_sectors else _END])
    header += _packed([header_sectors, *(places + [_FREE] * _HEADER_ENTRIES)[:_HEADER_ENTRIES]])
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 1, len(content))
    body = content.ljust(sectors * 512, b"\0")
    return header + directory.ljust(512, b"\0") + body + _packed(table) + index


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBB3I", len(encoded), kind, 1, _FREE, _FREE, child)
    return encoded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def _packed(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _power(data: bytes, position: int) -> int:
    power = int.from_bytes(data[position : position + 2], "little")
    if not 4 <= power <= 16:
        raise damaged("文件头")
    return power


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(start: int, table: tuple[int, ...], piece: Callable[[int], bytes]) -> bytes:
    pieces: list[bytes] = []
    sector = start
    while sector < len(table) and len(pieces) <= len(table):
        pieces.append(piece(sector))
        sector = table[sector]
    if len(pieces) > len(table):
        raise damaged("扇区链")
    return b"".join(pieces)
