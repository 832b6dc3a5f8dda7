"""The parts of an .xlsb package and the records in them ([MS-XLSB])."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval_xl.workbooks.container import Container, damaged
from selfeval_xl.workbooks.package import relationships

_WORKBOOK = "xl/workbook.bin"  # calamine looks for it here, wherever the package says it is
_SHEET, _PROPERTIES = 156, 153
_NO_TEXT = 0xFFFFFFFF


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of each record; type and length are stored in 7-bit groups.

    Raises WorkbookProblem when a record is longer than what is left of the part.
    """
    position = 0
    while position < len(data):
        kind, position = _variable(data, position, 2)
        length, position = _variable(data, position, 4)
        if position + length > len(data):
            raise damaged("记录长度")
        yield kind, data[position : position + length]
        position += length


def _variable(data: bytes, position: int, most: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 7 * most, 7):
        if position >= len(data):
            break
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return number, position


def wide_text(content: bytes, position: int = 0) -> tuple[str, int]:
    """Return the text stored at a place, its number of characters first, and where it ends.

    A text longer than the record ends with the record.
    """
    length = int.from_bytes(content[position : position + 4], "little")
    start = position + 4
    end = start if length == _NO_TEXT else min(start + 2 * length, len(content))
    return content[start:end].decode("utf-16-le", "replace"), end


def workbook_records(container: Container) -> Iterator[tuple[int, bytes]]:
    """Yield the records of the workbook itself, none where it is missing."""
    if _WORKBOOK in container:
        yield from records(container.read(_WORKBOOK))


def listed_sheets(container: Container) -> list[tuple[str, str, str]]:
    """Return name, kind (``worksheet`` …) and part of each sheet the workbook lists, in order.

    Kind and part are "" where there is no such part.
    """
    links = relationships(container, _WORKBOOK) if _WORKBOOK in container else {}
    found: list[tuple[str, str, str]] = []
    for kind, content in workbook_records(container):
        if kind == _SHEET:
            link, end = wide_text(content, 8)
            name, _ = wide_text(content, end)
            what, part, external = links.get(link, ("", "", True))
            there = not external and part in container
            found.append((name, what, part) if there else (name, "", ""))
    return found


def worksheets(container: Container) -> dict[str, str]:
    """Return the part of each sheet the workbook lists, by the sheet's name."""
    found: dict[str, str] = {}
    for name, _, part in listed_sheets(container):
        if part:
            found.setdefault(name, part)  # of sheets named alike the first one is read
    return found


def counts_from_1904(container: Container) -> bool:
    """Tell whether the workbook counts its days from 1904."""
    return any(
        kind == _PROPERTIES and bool(content[:1]) and bool(content[0] & 1)
        for kind, content in workbook_records(container)
    )


def workbook_parts(container: Container, wanted: str) -> list[bytes]:
    """Return the parts of a kind that belong to the whole workbook (``styles``, ``theme`` …)."""
    return [
        container.read(part)
        for kind, part, external in relationships(container, _WORKBOOK).values()
        if kind == wanted and not external and part in container
    ]
