"""A workbook as read, and the one error reading may raise."""

from __future__ import annotations

from dataclasses import dataclass

from selfeval_xl.workbooks.sheet import Sheet


class WorkbookProblem(Exception):
    """A file that cannot be read or must not be; the text is Chinese and says what to do.

    ``kind`` is a short stable English word (``encrypted``, ``too_large``, ``html`` …) for tests
    and statistics; ``skipped`` is True for files that are no submission at all (lock files,
    shortcuts, the tool's own outputs).
    """

    def __init__(self, kind: str, message: str, *, skipped: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.skipped = skipped


@dataclass(frozen=True, slots=True)
class Workbook:
    """All worksheets of a file in their order.

    ``format`` is what the content is (``xlsx``, ``xlsm``, ``xls``, ``ods``, ``xlsb``), whatever
    the name says. ``patchable`` tells whether the marked copy is the sender's package with
    patches; otherwise it is rebuilt as .xlsx. ``notices`` are Chinese sentences on what the
    marked copy does not keep.
    """

    sheets: tuple[Sheet, ...]
    format: str
    patchable: bool
    notices: tuple[str, ...] = ()
