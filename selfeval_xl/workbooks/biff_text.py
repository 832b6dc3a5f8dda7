"""Texts in the records of .xls files ([MS-XLS]): Unicode, and code pages up to Excel 95."""

from __future__ import annotations

import codecs
from typing import Final

UNICODE_PAGE, BYTES_PAGE = 1200, 1252
"""The code pages to name to calamine: the first for Unicode, the second for all others.

Of code page 1252 every byte is one character, whatever page the text is really written in, so that
``restored`` can tell the bytes; of those with characters of two bytes calamine makes nothing.
"""

_USUAL = "gb18030"  # of files that name no page: who fills in forms writes Chinese
_CHINESE: Final = (367, 936, 10008, 54936)  # plain ASCII is written where none was thought of


def page_encoding(number: int) -> str:
    """Return Python's name for a code page, the usual one where there is none."""
    if number in _CHINESE:
        return _USUAL
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return _USUAL


def unicode_text(content: bytes, width: int) -> str:
    """Return a Unicode string with a length of ``width`` bytes and a flag byte before it."""
    length = int.from_bytes(content[:width], "little")
    return _characters(content[width:], length).decode("utf-16-le", "replace")


def short_text(content: bytes, encoding: str) -> str:
    """Return a string with a length of one byte before it; ``encoding`` is "" for Unicode."""
    if not encoding:
        return unicode_text(content, 1)
    return content[1 : 1 + content[0]].decode(encoding, "replace")


def _characters(content: bytes, most: int) -> bytes:
    """Return at most so many characters as UTF-16; a flag before them tells how they are stored."""
    if content[0] & 1:
        return content[1 : 1 + 2 * most]
    return content[1 : 1 + most].decode("latin-1").encode("utf-16-le")


def _byte_of() -> dict[str, int]:
    """Return the byte of each character that calamine makes of one."""
    found = {chr(byte): byte for byte in range(256)}
    for byte in range(0x80, 0xA0):
        found[bytes([byte]).decode("cp1252", "ignore")] = byte
    return found


_BYTES = _byte_of()


def restored(text: str, encoding: str) -> str:
    """Return a text of which calamine made a character of each byte; "" is no such encoding."""
    if not encoding or text.isascii():
        return text
    return bytes(_BYTES.get(char, 0x3F) for char in text).decode(encoding, "replace")


class LongText:
    """A text that goes on in further records, each with a flag of its own before the characters."""

    def __init__(self, length: int = 0, content: bytes = b"") -> None:
        self._missing = length
        self._found: list[bytes] = []
        if content:
            self.take(content)

    def take(self, content: bytes) -> None:
        """Add what one record holds of the text."""
        characters = _characters(content, self._missing)
        self._missing -= len(characters) // 2
        self._found.append(characters)

    @property
    def is_complete(self) -> bool:
        """Whether no characters are still to come."""
        return self._missing <= 0

    @property
    def text(self) -> str:
        """What was found of it."""
        return b"".join(self._found).decode("utf-16-le", "replace")
