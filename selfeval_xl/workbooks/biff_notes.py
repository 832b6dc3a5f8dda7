"""The notes of cells in .xls sheets ([MS-XLS]): a place, a text box, and the text in pieces."""

from __future__ import annotations

import struct
from collections.abc import Callable

from selfeval_xl.workbooks.editing.markup import MOST_TEXT
from selfeval_xl.workbooks.sheet import Cell

_NOTE, _OBJECT, _BOX, _CONTINUED = 0x001C, 0x005D, 0x01B6, 0x003C
_COMMON, _IS_NOTE = 0x15, 0x19


class Notes:
    """Takes the records of one sheet that belong to notes, in their order."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._places: dict[Cell, int] = {}
        self._number = -1  # the object whose text box comes next
        self._missing = 0  # characters of its text still to come
        # Each with the bytes a record needs to be understood.
        self.readers: dict[int, tuple[int, Callable[[bytes], None]]] = {
            _NOTE: (8, self._note),
            _OBJECT: (8, self._object),
            _BOX: (12, self._box),
            _CONTINUED: (1, self._continued),
        }

    def found(self) -> dict[Cell, str]:
        """Return the texts of the notes by cell."""
        texts = ((cell, self._texts.get(number, "")) for cell, number in self._places.items())
        return {cell: text for cell, text in texts if text}

    def _note(self, content: bytes) -> None:
        row, column, _, number = struct.unpack_from("<4H", content)
        self._places[row, column] = number

    def _object(self, content: bytes) -> None:
        common, _, kind, number = struct.unpack_from("<4H", content)
        self._number = number if (common, kind) == (_COMMON, _IS_NOTE) else -1
        self._missing = 0

    def _box(self, content: bytes) -> None:
        length = int.from_bytes(content[10:12], "little")
        self._missing = min(length, MOST_TEXT) if self._number >= 0 else 0

    def _continued(self, content: bytes) -> None:
        if not self._missing:
            return
        wide = content[0] & 1
        piece = content[1 : 1 + self._missing * (1 + wide)]
        text = piece.decode("utf-16-le" if wide else "latin-1", "replace")
        self._missing -= len(piece) // (1 + wide)
        self._texts[self._number] = self._texts.get(self._number, "") + text
