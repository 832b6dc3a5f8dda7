"""The notes of cells in .xls sheets ([MS-XLS]): a place, a text box, and the text in pieces."""

from __future__ import annotations

import struct
from collections.abc import Callable

from selfeval_xl.workbooks.biff_text import LongText
from selfeval_xl.workbooks.editing.markup import MOST_TEXT
from selfeval_xl.workbooks.sheet import Cell

_NOTE, _OBJECT, _BOX, _CONTINUED = 0x001C, 0x005D, 0x01B6, 0x003C
_COMMON, _IS_NOTE = 0x15, 0x19


class Notes:
    """Takes the records of one sheet that belong to notes, in their order."""

    def __init__(self) -> None:
        self._texts: dict[int, LongText] = {}
        self._places: dict[Cell, int] = {}
        self._number = -1  # the object whose text box comes next
        # Each with the bytes a record needs to be understood.
        self.readers: dict[int, tuple[int, Callable[[bytes], None]]] = {
            _NOTE: (8, self._note),
            _OBJECT: (8, self._object),
            _BOX: (12, self._box),
            _CONTINUED: (1, self._continued),
        }

    def found(self) -> dict[Cell, str]:
        """Return the texts of the notes by cell."""
        none = LongText()
        texts = ((cell, self._texts.get(number, none)) for cell, number in self._places.items())
        return {cell: found.text for cell, found in texts if found.text}

    def _note(self, content: bytes) -> None:
        row, column, _, number = struct.unpack_from("<4H", content)
        self._places[row, column] = number

    def _object(self, content: bytes) -> None:
        common, _, kind, number = struct.unpack_from("<4H", content)
        self._number = number if (common, kind) == (_COMMON, _IS_NOTE) else -1

    def _box(self, content: bytes) -> None:
        length = int.from_bytes(content[10:12], "little")
        if self._number >= 0:
            self._texts[self._number] = LongText(min(length, MOST_TEXT))

    def _continued(self, content: bytes) -> None:
        found = self._texts.get(self._number)
        if found and not found.is_complete:
            found.take(content)
