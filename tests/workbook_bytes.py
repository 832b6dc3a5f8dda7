"""Workbook files as bytes, written by hand where no library writes what is needed."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip file of the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def opened(data: bytes, *, values: bool) -> dict[str, dict[tuple[int, int], Any]]:
    """Return the cells of each sheet as openpyxl reads them, results or formulas."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=values)
    return {
        sheet.title: {
            (cell.row, cell.column): cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book
    }


def sheet_xml(rows: str, after: str = "", namespace: str = MAIN) -> str:
    """Return a worksheet part around the markup of its rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def package_parts(
    sheets: Mapping[str, str],
    *,
    strings: str = "",
    styles: str = "",
    workbook: str = "xl/workbook.xml",
    content_type: str = SHEET_TYPE,
    relations: str = RELATIONS,
    states: Mapping[str, str] | None = None,
    absolute: bool = False,
    extra: Mapping[str, str | bytes] | None = None,
) -> dict[str, str | bytes]:
    """Return the parts of a package; ``sheets`` maps sheet names to worksheet parts."""
    folder = workbook.rpartition("/")[0]
    prefix = f"/{folder}/".replace("//", "/") if absolute else ""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/{workbook}" ContentType="{content_type}"/></Types>'
        ),
        "_rels/.rels": relations_part([("rId1", f"{relations}/officeDocument", workbook)]),
    }
    listed = ""
    links = []
    for number, (name, content) in enumerate(sheets.items(), 1):
        state = (states or {}).get(name)
        listed += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"' + (
            f' state="{state}"/>' if state else "/>"
        )
        links.append((f"rId{number}", f"{relations}/worksheet", f"{prefix}sheets/s{number}.xml"))
        parts[f"{folder}/sheets/s{number}.xml".lstrip("/")] = content
    namespace = MAIN if relations == RELATIONS else STRICT_MAIN
    if strings:
        links.append(("rId901", f"{relations}/sharedStrings", f"{prefix}strings.xml"))
        parts[f"{folder}/strings.xml"] = f'<sst xmlns="{namespace}">{strings}</sst>'
    if styles:
        links.append(("rId902", f"{relations}/styles", f"{prefix}styles.xml"))
        parts[f"{folder}/styles.xml"] = f'<styleSheet xmlns="{namespace}">{styles}</styleSheet>'
    parts[workbook] = (
        f'<workbook xmlns="{namespace}" xmlns:r="{relations}"><sheets>{listed}</sheets></workbook>'
    )
    base = workbook.rpartition("/")[2]
    parts[f"{folder}/_rels/{base}.rels".lstrip("/")] = relations_part(links)
    return {**parts, **(extra or {})}


def relations_part(links: list[tuple[str, str, str]]) -> str:
    """Return a relationships part; of each its id, type and target."""
    items = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in links
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{items}</Relationships>"
    )


def simple(rows: str, after: str = "", **options: object) -> bytes:
    """Return a package with one sheet 表 holding the rows' markup."""
    return zipped(package_parts({"表": sheet_xml(rows, after)}, **options))  # type: ignore[arg-type]


Streams = Mapping[str, "bytes | Streams"]
"""The streams of a storage by name; what is no bytes is a storage within."""


def compound(streams: Streams) -> bytes:
    """Return an OLE2 compound file ([MS-CFB], version 3) of streams, each padded to 4,096 bytes.

    It has room for seven entries and 60,000 bytes.
    """
    end, free, table_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    table = [table_mark, 2, end]  # the directory takes sectors 1 and 2
    body = b""
    entries = [b""]

    def add(within: Streams) -> int:
        """Add the entries of a storage, each to the right of the one before; return the first."""
        nonlocal body
        first = free
        for name, content in reversed(within.items()):
            entries.append(b"")
            number = len(entries) - 1
            if isinstance(content, bytes):
                padded = content.ljust(4096, b"\0")
                padded = padded.ljust(-(-len(padded) // 512) * 512, b"\0")
                start = len(table)
                table.extend([*range(start + 1, start + len(padded) // 512), end])
                body += padded
                size = max(len(content), 4096)
                entries[number] = _entry(name, 2, start, size, right=first)
            else:
                entries[number] = _entry(name, 1, 0, 0, child=add(content), right=first)
            first = number
        return first

    entries[0] = _entry("Root Entry", 5, end, 0, child=add(streams))
    directory = b"".join(entries).ljust(1024, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<6I", 1, 1, 0, 4096, end, 0) + struct.pack("<3I", end, 0, 0)
    header = header.ljust(512, b"\xff")
    packed = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    assert (len(directory), len(packed)) == (1024, 512)
    return header + packed + directory + body


def _entry(
    name: str,
    kind: int,
    start: int,
    size: int,
    *,
    left: int = 0xFFFFFFFF,
    right: int = 0xFFFFFFFF,
    child: int = 0xFFFFFFFF,
) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBB3I", len(encoded), kind, 1, left, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
