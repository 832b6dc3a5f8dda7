"""The summary's file: what the library wrote of each sheet, with the rows of its table put in."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from selfeval_xl.results.table_body import Body, Deflated, deflated
from selfeval_xl.workbooks.changes import NEW_SHEET_PART
from selfeval_xl.workbooks.editing.zip_entries import Entry, central_header, local_header

_DIMENSION = re.compile('(<dimension ref="[A-Z]+[0-9]+:[A-Z]+)([0-9]+)"')
_AFTER_LINKS = re.compile("<(?:printOptions|pageMargins) ")
_SHEET_NAME = re.compile("(worksheets/(?:_rels/)?)sheet(?=[0-9])")
_NAMING_SHEETS = frozenset(("[Content_Types].xml", "xl/_rels/workbook.xml.rels"))
_END = struct.Struct("<4s4H2IH")
_LAST_BLOCK = b"\x03\x00"  # of deflated data: an empty one
_ZEROS = bytes(1 << 20)


def assemble(skeleton: BinaryIO, bodies: Mapping[str, Body], target: BinaryIO) -> None:
    """Write the workbook whose sheets lack the rows of their tables, with these rows.

    ``bodies`` are the rows, all of them packed, by the name the library gave the sheet's part. It
    gets one that programs replace when they save (``changes.NEW_SHEET_PART``).
    """
    directory: list[bytes] = []
    offset = 0
    for entry in _entries(skeleton, bodies):
        head = local_header(entry)
        target.write(head)
        target.write(entry.compressed)
        directory.append(central_header(entry, offset))
        offset += len(head) + len(entry.compressed)
    central, count = b"".join(directory), len(directory)
    target.write(central)
    target.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), offset, 0))


def _entries(skeleton: BinaryIO, bodies: Mapping[str, Body]) -> Iterator[Entry]:
    with zipfile.ZipFile(skeleton) as archive:
        for name in archive.namelist():
            content, body = archive.read(name).decode(), bodies.get(name)
            part = _renamed(name)
            if body is None or body.next == body.first:
                yield _entry(part, _renamed(content) if name in _NAMING_SHEETS else content)
                continue
            yield _entry(part, *_filled(content, body))
            if body.relations.size:
                folder, _, file = part.rpartition("/")
                yield _entry(f"{folder}/_rels/{file}.rels", body.relations)


def _renamed(text: str) -> str:
    """Return a part's name, or what names the sheets' parts, with our own names for these."""
    return _SHEET_NAME.sub(rf"\1{NEW_SHEET_PART}", text)


def _filled(sheet: str, body: Body) -> tuple[str | Deflated, ...]:
    """Return a sheet with its rows in the place of the one that stands for them, and its links."""
    sheet = _DIMENSION.sub(lambda found: f'{found[1]}{max(int(found[2]), body.next)}"', sheet)
    start = sheet.index(f'<row r="{body.first + 1}"')
    end = sheet.index("</row>", start) + len("</row>")
    after = _AFTER_LINKS.search(sheet, end)
    assert after is not None  # every sheet has margins
    links = after.start()
    return sheet[:start], body.rows, sheet[end:links], body.links, sheet[links:]


def _entry(name: str, *pieces: str | Deflated) -> Entry:
    """Return a part made of pieces, each deflated by itself."""
    packed: list[bytes] = []
    checksum = size = 0
    for piece in pieces:
        text = deflated(piece) if isinstance(piece, str) else piece
        packed += text.packed
        checksum = _together(checksum, text.checksum, text.size)
        size += text.size
    return Entry(name.encode(), b"".join((*packed, _LAST_BLOCK)), checksum, size)


def _together(first: int, second: int, length: int) -> int:
    """Return the checksum of two contents one after the other; ``length`` is the second's.

    What stands before adds to the checksum of what follows just what it adds to that of zeros.
    """
    return second ^ _before_zeros(first, length) ^ _before_zeros(0, length)


def _before_zeros(checksum: int, length: int) -> int:
    for start in range(0, length, len(_ZEROS)):
        checksum = zlib.crc32(_ZEROS[: length - start], checksum)
    return checksum
