"""How large a file may be before it is refused instead of read."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper limits of a file's content; anything beyond is refused with a clear message.

    Sizes are bytes. A filled form has a few dozen rows and is below 1 MB, so the defaults leave
    more than a hundredfold room and still keep one file from taking the machine's memory.
    ``ratio`` is the greatest ratio of unpacked to packed size of a part above ``ratio_floor``
    bytes. ``area`` is the greatest number of cells of one sheet between A1 and the last cell with
    content, and of all its merged ranges together; ``cells`` the number of cells with content of
    all sheets. ``depth`` is the nesting of XML elements, ``text_length`` the characters of one
    cell (Excel itself allows 32,767).
    """

    file_bytes: int = 100_000_000
    total_bytes: int = 400_000_000
    part_bytes: int = 150_000_000
    ratio: int = 400
    ratio_floor: int = 4_000_000
    parts: int = 10_000
    sheets: int = 500
    rows: int = 100_000
    columns: int = 2_000
    area: int = 2_000_000
    cells: int = 500_000
    depth: int = 100
    text_length: int = 100_000


DEFAULT = Limits()

_ORDINARY = Limits(
    total_bytes=4_000_000,
    sheets=50,
    rows=2_000,
    columns=50,
    area=200_000,
    cells=5_000,
    text_length=8_000,
)
"""Several times what any file of forms met so far holds: 14 columns, 250 rows, 1,500 cells, a tenth
of the bytes. What stays within is judged in a few seconds, whatever it holds."""


def ordinary(limits: Limits) -> Limits:
    """Return the limits of what needs no process of its own, nowhere wider than those given."""
    both = ((one.name, getattr(limits, one.name), getattr(_ORDINARY, one.name)) for one in _FIELDS)
    return Limits(**{name: min(given, own) for name, given, own in both})


_FIELDS = fields(Limits)
