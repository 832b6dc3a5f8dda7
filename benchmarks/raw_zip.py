"""A zip file copied with some parts replaced; every other entry keeps its compressed bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

_LOCAL = struct.Struct("<4s5H3I2H")


def replaced(package: bytes, parts: Mapping[str, bytes], level: int = 6) -> bytes:
    """Return the zip file with new content for the named parts."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        entries = archive.infolist()
    for entry in entries:
        start = entry.header_offset
        fields = _LOCAL.unpack_from(package, start)
        start += _LOCAL.size + fields[9] + fields[10]
        packed = package[start : start + entry.compress_size]
        crc, size, method = entry.CRC, entry.file_size, entry.compress_type
        content = parts.get(entry.filename)
        if content is not None:
            packer = zlib.compressobj(level, zlib.DEFLATED, -15)
            packed = packer.compress(content) + packer.flush()
            crc, size, method = zlib.crc32(content), len(content), zipfile.ZIP_DEFLATED
        name = entry.orig_filename.encode("utf-8")
        common = struct.pack(
            "<4H3I2H",
            entry.flag_bits & 0x800,
            method,
            0,
            0x21,
            crc,
            len(packed),
            size,
            len(name),
            0,
        )
        directory.append(
            struct.pack("<4s2H", b"PK\x01\x02", 20, 20)
            + common
            + struct.pack("<3H2I", 0, 0, 0, entry.external_attr, offset)
            + name
        )
        piece = struct.pack("<4sH", b"PK\x03\x04", 20) + common + name
        pieces += (piece, packed)
        offset += len(piece) + len(packed)
    central = b"".join(directory)
    count = len(directory)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(central), offset, 0)
    return b"".join((*pieces, central, end))
