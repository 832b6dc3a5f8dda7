"""What is kept of each file of a run, in their order, out of memory when there are many."""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar, overload

from selfeval_xl.outputs import long_path, problem

_KEPT = 300  # entries held as they are; a run this small never touches the disk
_IN_MEMORY = 32 << 20


Entry = TypeVar("Entry")


class Spool(Sequence[Entry]):
    """A sequence whose entries lie pickled in a temporary file once there are many.

    The file has no name where the system allows it, so a killed run leaves nothing behind. Each
    access gives a fresh copy; ``put`` replaces what was there. Raises OutputError when the disk
    is full.
    """

    def __init__(self, folder: Path, length: int) -> None:
        self._kept: dict[int, Entry] | None = {} if length <= _KEPT else None
        self._places = [(0, 0)] * length
        self._end = 0
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115  (closed by close)
            _IN_MEMORY, dir=long_path(folder), prefix=".~selfeval-", suffix=".tmp"
        )

    def put(self, index: int, entry: Entry | bytes) -> None:
        """Store an entry, or one already pickled by a worker, as the one of that file."""
        if self._kept is not None:
            self._kept[index] = pickle.loads(entry) if isinstance(entry, bytes) else entry
            return
        data = entry if isinstance(entry, bytes) else pickle.dumps(entry, 5)
        try:
            self._file.seek(self._end)
            self._file.write(data)
        except OSError as error:
            raise problem(error, self._folder) from error
        self._places[index] = self._end, len(data)
        self._end += len(data)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        if self._kept is not None:
            return self._kept[index]
        start, length = self._places[index]
        try:
            self._file.seek(start)  # writes what was held back
            data = self._file.read(length)
        except OSError as error:
            raise problem(error, self._folder) from error
        entry: Entry = pickle.loads(data)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return (self[index] for index in range(len(self)))

    def close(self) -> None:
        """Let go of the temporary file."""
        with contextlib.suppress(OSError):  # a full disk cannot take what was held back
            self._file.close()
