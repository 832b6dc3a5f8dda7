"""The records of a run in their order, kept out of memory when there are many."""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from sys import intern
from typing import overload

from selfeval_xl.outputs import long_path, problem
from selfeval_xl.records import FileRecord

_KEPT = 300  # records held as they are; a run this small never touches the disk
_IN_MEMORY = 32 << 20


class Spool(Sequence[FileRecord]):
    """A sequence of records whose content lies in a temporary file once there are many.

    The file has no name where the system allows it, so a killed run leaves nothing behind. Each
    access gives a fresh copy; ``put`` replaces what was there. Raises OutputError when the disk
    is full.
    """

    def __init__(self, folder: Path, length: int) -> None:
        self._kept: dict[int, FileRecord] | None = {} if length <= _KEPT else None
        self._places = [(0, 0)] * length
        self._end = 0
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115  (closed by close)
            _IN_MEMORY, dir=long_path(folder), prefix=".~selfeval-", suffix=".tmp"
        )

    def put(self, index: int, record: FileRecord | bytes) -> None:
        """Store a record, or one already pickled by a worker, as the one of that file."""
        if self._kept is not None:
            self._kept[index] = pickle.loads(record) if isinstance(record, bytes) else record
            return
        data = record if isinstance(record, bytes) else pickle.dumps(record, 5)
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
    def __getitem__(self, index: int) -> FileRecord: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FileRecord]: ...
    def __getitem__(self, index: int | slice) -> FileRecord | Sequence[FileRecord]:
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
        record: FileRecord = pickle.loads(data)
        return record

    def __iter__(self) -> Iterator[FileRecord]:
        return (self[index] for index in range(len(self)))

    def outlines(self) -> Sequence[FileRecord]:
        """Return the same files with only what grouping into projects looks at.

        Findings, questions and fund lines are left out, so that what is kept of a project stays
        small however many there are.
        """
        return _Outlines(self)

    def close(self) -> None:
        """Let go of the temporary file."""
        with contextlib.suppress(OSError):  # a full disk cannot take what was held back
            self._file.close()


class _Outlines(Sequence[FileRecord]):
    def __init__(self, whole: Spool) -> None:
        self._whole = whole

    def __len__(self) -> int:
        return len(self._whole)

    @overload
    def __getitem__(self, index: int) -> FileRecord: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FileRecord]: ...
    def __getitem__(self, index: int | slice) -> FileRecord | Sequence[FileRecord]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        record = self._whole[index]
        forms = tuple(
            replace(form, questions=(), funds=(), evidence=(), sheet=intern(form.sheet))
            for form in record.forms
        )
        return replace(record, findings=(), forms=forms)
