"""Workbooks in .xls files that are encrypted although nobody set a password to open them.

Protecting a workbook (保护工作簿) encrypts the whole stream with a password that every program
knows and uses without asking. With RC4 ([MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3.5 and 2.3.6) such a
stream is read as if it were plain.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from selfeval_xl.workbooks import biff

_KNOWN_TO_ALL = "VelvetSweatshop".encode("utf-16-le")
_RC4, _SIMPLE, _BY_PROVIDER = 1, (1, 1), ((2, 2), (3, 2), (4, 2))
_RC4_OF_PROVIDER, _SHA1_OF_PROVIDER = 0x6801, 0x8004
_BLOCK = 1024  # bytes under one key
_SHORT_KEY, _LONGEST_KEY = 5, 16  # bytes
_VERIFIER = 16  # bytes of the text a checksum is told of
_IGNORED = 0x005C  # the name of who saved the file
# Never encrypted, like the heads of all records: BOF, FILEPASS, INTERFACEHDR and those of sharing.
_PLAIN = frozenset((biff.BOF, biff.FILEPASS, 0x00E1, 0x0138, 0x0194, 0x0195, 0x0196))
_PLAIN_OF_SHEETS = 4  # bytes of a BOUNDSHEET record: where the sheet begins

Key = Callable[[int], bytes]
"""The key of a block of the stream by its number."""

Checksum = Callable[[bytes], bytes]


def opens_by_itself(stream: bytes) -> bool:
    """Tell whether an encrypted workbook stream needs no password of a person's own."""
    return _key(stream) is not None


def decrypted(stream: bytes) -> bytes | None:
    """Return a workbook stream as if it had never been encrypted, None where a password is needed.

    Records keep their places; the one that told of encryption is one that means nothing.
    """
    key = _key(stream)
    if key is None:
        return None
    clear = bytearray(_applied(key, stream))
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        start = position + 4
        plain = length if kind in _PLAIN else _PLAIN_OF_SHEETS if kind == biff.BOUNDSHEET else 0
        end = start + min(plain, length)
        clear[position:end] = stream[position:end]
        if kind == biff.FILEPASS:
            struct.pack_into("<H", clear, position, _IGNORED)
        position = start + length
    return bytes(clear)


@dataclass(frozen=True, slots=True)
class _Encryption:
    """The keys of a stream, and what tells right ones: a text and its checksum, both encrypted."""

    key: Key
    told: bytes
    checksum: Checksum

    def is_right(self) -> bool:
        clear = _applied(self.key, self.told)
        return self.checksum(clear[:_VERIFIER]) == clear[_VERIFIER:]


def _key(stream: bytes) -> Key | None:
    """Return the keys of a stream when they follow from the password all programs know."""
    for kind, content in islice(biff.records(stream), biff.FIRST_RECORDS):
        if kind == biff.FILEPASS:
            found = _simple(content) or _by_provider(content)
            return found.key if found and found.is_right() else None
    return None


def _simple(content: bytes) -> _Encryption | None:
    """Return the first kind of RC4, with keys that follow from 40 bits."""
    if len(content) < 54 or struct.unpack_from("<3H", content) != (_RC4, *_SIMPLE):
        return None
    salt, told = content[6:22], content[22:54]
    salted = _md5((_md5(_KNOWN_TO_ALL)[:_SHORT_KEY] + salt) * 16)[:_SHORT_KEY]
    return _Encryption(lambda block: _md5(salted + struct.pack("<I", block)), told, _md5)


def _by_provider(content: bytes) -> _Encryption | None:
    """Return RC4 by a provider of the system; its header tells how long the keys are."""
    if len(content) < 34 or struct.unpack_from("<H", content) != (_RC4,):
        return None
    kind, checked, bits = struct.unpack_from("<3I", content, 22)
    way = struct.unpack_from("<2H", content, 2), kind, checked
    if way[0] not in _BY_PROVIDER or way[1:] != (_RC4_OF_PROVIDER, _SHA1_OF_PROVIDER):
        return None
    size = min(bits // 8, _LONGEST_KEY) or _SHORT_KEY
    verifier = content[14 + int.from_bytes(content[10:14], "little") :]
    salt, told = verifier[4:20], verifier[20:36] + verifier[40:60]
    first = _sha1(salt + _KNOWN_TO_ALL)

    def key(block: int) -> bytes:
        short = _sha1(first + struct.pack("<I", block))[:size]
        return short.ljust(_LONGEST_KEY, b"\0") if size == _SHORT_KEY else short

    return _Encryption(key, told, _sha1)


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()


def _applied(key: Key, content: bytes) -> bytes:
    """Return content under the keys of its blocks, which encrypts and decrypts alike."""
    pieces: list[bytes] = []
    for block, start in enumerate(range(0, len(content), _BLOCK)):
        piece = content[start : start + _BLOCK]
        mask = _rc4(key(block), len(piece))
        number = int.from_bytes(piece, "big") ^ int.from_bytes(mask, "big")
        pieces.append(number.to_bytes(len(piece), "big"))
    return b"".join(pieces)


def _rc4(key: bytes, length: int) -> bytes:
    """Return so many bytes of the stream that RC4 makes of a key."""
    state = list(range(256))
    other = 0
    for place, number in enumerate(state):
        other = (other + number + key[place % len(key)]) & 0xFF
        state[place], state[other] = state[other], number
    place = other = 0
    found = bytearray(length)
    for at in range(length):
        place = (place + 1) & 0xFF
        number = state[place]
        other = (other + number) & 0xFF
        swapped = state[place] = state[other]
        state[other] = number
        found[at] = state[(number + swapped) & 0xFF]
    return bytes(found)
