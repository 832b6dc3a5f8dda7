"""The zip container of a workbook: parts read on demand, untouched entries copied raw.

Rewriting every entry with ``zipfile`` would inflate and deflate what nobody changed and lose dates
and attributes; here an entry that is not replaced keeps its compressed bytes, name, date and
place in the order. The output depends on the input alone (no clock), so it is reproducible.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from selfeval_xl.workbooks.workbook import WorkbookProblem

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_STORED, _DEFLATED = 0, 8
_DESCRIPTOR_FOLLOWS = 0x08
_UTF8_NAME = 0x800
_LONGEST_COMMENT = 65535
_SEE_ZIP64 = 0xFFFFFFFF
_FIRST_DOS_DATE = 0x21  # 1980-01-01, the date of parts that are added
_LEVEL = 1


def damaged() -> WorkbookProblem:
    """Return the problem of a container whose directory and content disagree."""
    return WorkbookProblem(
        "damaged", "文件已损坏，压缩包内容读不出来。请在 Excel 或 WPS 中打开原文件另存一份后重试。"
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """One file of the zip: its directory fields and its compressed bytes."""

    name: bytes
    compressed: memoryview | bytes
    crc: int
    size: int
    method: int = _DEFLATED
    versions: tuple[int, int] = (20, 20)
    flags: int = 0
    time: int = 0
    date: int = _FIRST_DOS_DATE
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    internal: int = 0
    external: int = 0


class Package:
    """The parts of a workbook file by name; ``to_bytes`` gives the file with what was changed.

    Part names are compared without case and leading slash, as the packaging standard wants.
    Raises WorkbookProblem (kind ``damaged``) when the directory or a part cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._comment = b""
        try:
            self._entries: list[_Entry | None] = list(self._directory())
        except (struct.error, IndexError) as problem:
            raise damaged() from problem
        self._index: dict[str, int] = {}
        self._contents: dict[int, bytes] = {}
        self._changed = False
        for position, entry in enumerate(self._entries):
            if entry is not None:
                self._index[_key(_decoded(entry))] = position

    def _directory(self) -> list[_Entry]:
        data = self._data
        end = data.rfind(b"PK\x05\x06", max(0, len(data) - _LONGEST_COMMENT - _END.size))
        if end < 0:
            raise damaged()
        *_, count, size, offset, comment_size = _END.unpack_from(data, end)
        self._comment = data[end + _END.size : end + _END.size + comment_size]
        first = end - size
        if count == 0xFFFF or _SEE_ZIP64 in (size, offset):
            first, count, size, offset = self._directory64(end)
        if first < 0:
            raise damaged()
        shift = first - offset  # bytes put before the zip move every offset
        view = memoryview(data)
        entries = []
        position = first
        for _ in range(count):
            entry, position = _read_entry(view, position, shift)
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
        return [_decoded(entry) for entry in self._entries if entry]

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._index

    def read(self, name: str) -> bytes:
        """Return a part's content; KeyError when there is no such part."""
        position = self._index[_key(name)]
        content = self._contents.get(position)
        if content is None:
            entry = self._entries[position]
            assert entry is not None
            content = self._contents[position] = _inflated(entry)
        return content

    def head(self, name: str, size: int) -> bytes:
        """Return at most the first ``size`` bytes of a part without inflating the rest."""
        position = self._index[_key(name)]
        entry = self._entries[position]
        if position in self._contents or entry is None or entry.method != _DEFLATED:
            return self.read(name)[:size]
        try:
            return zlib.decompressobj(-15).decompress(entry.compressed, size)
        except zlib.error as problem:
            raise damaged() from problem

    def write(self, name: str, content: bytes) -> None:
        """Replace a part, keeping its place, name and date, or add it at the end."""
        self._changed = True
        position = self._index.get(_key(name))
        old = self._entries[position] if position is not None else None
        entry = _deflated(name, content, old)
        if position is None:
            position = self._index[_key(name)] = len(self._entries)
            self._entries.append(entry)
        else:
            self._entries[position] = entry
        self._contents[position] = content

    def remove(self, name: str) -> None:
        """Leave a part out of the file; nothing happens when there is none."""
        position = self._index.pop(_key(name), None)
        if position is not None:
            self._entries[position] = None
            self._contents.pop(position, None)
            self._changed = True

    def to_bytes(self) -> bytes:
        """Return the file; the very bytes read when nothing was changed."""
        if not self._changed:
            return self._data
        pieces: list[bytes | memoryview] = []
        directory: list[bytes] = []
        offset = 0
        for entry in self._entries:
            if entry is None:
                continue
            head = _local_header(entry)
            pieces += (head, entry.compressed)
            directory.append(_central_header(entry, offset))
            offset += len(head) + len(entry.compressed)
        central = b"".join(directory)
        count = len(directory)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), offset, len(self._comment))
        return b"".join((*pieces, central, end, self._comment))


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _decoded(entry: _Entry) -> str:
    return entry.name.decode("utf-8" if entry.flags & _UTF8_NAME else "cp437", "replace")


def _read_entry(view: memoryview, position: int, shift: int) -> tuple[_Entry, int]:
    """Return the directory's entry at a position and the position after it."""
    fields = _CENTRAL.unpack_from(view, position)
    signature, made_by, needed, flags, method, time, date, crc, packed, size = fields[:10]
    name_size, extra_size, comment_size, _, internal, external, header = fields[10:]
    if signature != b"PK\x01\x02":
        raise damaged()
    name_end = position + _CENTRAL.size + name_size
    extra_end = name_end + extra_size
    extra = bytes(view[name_end:extra_end])
    size, packed, header = _sizes64(extra, size, packed, header)
    local = header + shift
    head = _LOCAL.unpack_from(view, local)
    if head[0] != b"PK\x03\x04":
        raise damaged()
    body = local + _LOCAL.size + head[-2] + head[-1]
    if body + packed > len(view):
        raise damaged()
    entry = _Entry(
        name=bytes(view[name_end - name_size : name_end]),
        compressed=view[body : body + packed],
        crc=crc,
        size=size,
        method=method,
        versions=(made_by, needed),
        flags=flags,
        time=time,
        date=date,
        local_extra=_without_zip64(bytes(view[body - head[-1] : body])),
        central_extra=_without_zip64(extra),
        comment=bytes(view[extra_end : extra_end + comment_size]),
        internal=internal,
        external=external,
    )
    return entry, extra_end + comment_size


def _deflated(name: str, content: bytes, old: _Entry | None) -> _Entry:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    compressed = packer.compress(content) + packer.flush()
    crc, size = zlib.crc32(content), len(content)
    if old is None:
        flags = 0 if name.isascii() else _UTF8_NAME
        return _Entry(name.encode(), compressed, crc, size, flags=flags)
    return _Entry(
        old.name,
        compressed,
        crc,
        size,
        versions=old.versions,
        flags=old.flags & _UTF8_NAME,
        time=old.time,
        date=old.date,
        comment=old.comment,
        internal=old.internal,
        external=old.external,
    )


def _inflated(entry: _Entry) -> bytes:
    if entry.method == _STORED:
        content = bytes(entry.compressed)
    elif entry.method == _DEFLATED:
        try:
            # One byte more than promised tells a part that unpacks to more than it claims.
            content = zlib.decompressobj(-15).decompress(entry.compressed, entry.size + 1)
        except zlib.error as problem:
            raise damaged() from problem
    else:
        raise damaged()
    if len(content) != entry.size or zlib.crc32(content) != entry.crc:
        raise damaged()
    return content


def _sizes64(extra: bytes, size: int, packed: int, header: int) -> tuple[int, int, int]:
    """Replace the 32-bit fields that say "see the zip64 field" by that field's values."""
    numbers = [size, packed, header]
    if _SEE_ZIP64 in numbers:
        wide = next((content for number, content in _extra_fields(extra) if number == 1), b"")
        values = [part[0] for part in struct.iter_unpack("<Q", wide[: len(wide) & ~7])]
        for place, number in enumerate(numbers):
            if number == _SEE_ZIP64:
                numbers[place] = values.pop(0)
    return numbers[0], numbers[1], numbers[2]


def _extra_fields(extra: bytes) -> list[tuple[int, bytes]]:
    fields = []
    while len(extra) >= 4:
        identifier, size = struct.unpack_from("<HH", extra)
        fields.append((identifier, extra[4 : 4 + size]))
        extra = extra[4 + size :]
    return fields


def _without_zip64(extra: bytes) -> bytes:
    """Drop the zip64 field: the sizes are written in their 32-bit places."""
    if not extra:
        return extra
    return b"".join(
        struct.pack("<HH", identifier, len(content)) + content
        for identifier, content in _extra_fields(extra)
        if identifier != 1
    )


def _local_header(entry: _Entry) -> bytes:
    return (
        _LOCAL.pack(
            b"PK\x03\x04",
            entry.versions[1],
            entry.flags & ~_DESCRIPTOR_FOLLOWS,  # the sizes stand in the header
            entry.method,
            entry.time,
            entry.date,
            entry.crc,
            len(entry.compressed),
            entry.size,
            len(entry.name),
            len(entry.local_extra),
        )
        + entry.name
        + entry.local_extra
    )


def _central_header(entry: _Entry, offset: int) -> bytes:
    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            *entry.versions,
            entry.flags & ~_DESCRIPTOR_FOLLOWS,
            entry.method,
            entry.time,
            entry.date,
            entry.crc,
            len(entry.compressed),
            entry.size,
            len(entry.name),
            len(entry.central_extra),
            len(entry.comment),
            0,
            entry.internal,
            entry.external,
            offset,
        )
        + entry.name
        + entry.central_extra
        + entry.comment
    )
