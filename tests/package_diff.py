"""Comparing two workbook packages: part list, compressed bytes, XML element by element.

Two versions of a worksheet part are compared byte by byte as well, around the cells that differ.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

_KEYS = ("r", "ref", "Id", "PartName", "Extension", "sqref", "uri")


@dataclass(frozen=True)
class PackageDiff:
    """What differs between two packages, by part name."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    repacked: tuple[str, ...]
    """Parts with equal content whose compressed bytes, date or attributes differ."""
    reordered: bool

    @property
    def untouched(self) -> bool:
        """Whether the packages hold the same parts in the same bytes."""
        return not (self.added or self.removed or self.changed or self.repacked or self.reordered)


def parts(package: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name, in order."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def _raw(package: bytes) -> dict[str, tuple[object, ...]]:
    """Return each entry's compressed bytes, date and attributes."""
    entries: dict[str, tuple[object, ...]] = {}
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for item in archive.infolist():
            names = struct.unpack_from("<HH", package, item.header_offset + 26)
            start = item.header_offset + 30 + sum(names)
            entries[item.filename] = (
                package[start : start + item.compress_size],
                item.date_time,
                item.external_attr,
                item.compress_type,
                item.create_system,
            )
    return entries


def compare(old: bytes, new: bytes) -> PackageDiff:
    """Compare two packages part by part."""
    before, after = parts(old), parts(new)
    raw_before, raw_after = _raw(old), _raw(new)
    common = [name for name in before if name in after]
    same = [name for name in common if before[name] == after[name]]
    return PackageDiff(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in common if before[name] != after[name]),
        repacked=tuple(name for name in same if raw_before[name] != raw_after[name]),
        reordered=common != [name for name in after if name in before],
    )


def _name(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else "comment"


def _children(element: etree._Element) -> dict[str, etree._Element]:
    """Return children by a name that survives insertions before them."""
    named: dict[str, etree._Element] = {}
    counts: dict[str, int] = {}
    for child in element:
        name = _name(child.tag)
        key = next((child.get(key) for key in _KEYS if child.get(key)), None)
        base = f"{name}[{key}]" if key else name
        number = counts[base] = counts.get(base, -1) + 1
        named[f"{base}#{number}" if number or not key else base] = child
    return named


def elements(old: bytes, new: bytes) -> list[str]:
    """State every element and attribute in which two XML parts differ."""
    before, after = etree.fromstring(old), etree.fromstring(new)
    found = list(_elements(before, after, _name(before.tag)))
    if before.nsmap != after.nsmap:
        found.append("namespaces declared on the root differ")
    return found


def _elements(old: etree._Element, new: etree._Element, path: str) -> Iterator[str]:
    if old.tag != new.tag:
        yield f"{path}: {old.tag} → {new.tag}"
    for key in sorted({*old.attrib, *new.attrib}, key=str):
        if old.get(key) != new.get(key):
            yield f"{path}@{_name(key)}: {old.get(key)} → {new.get(key)}"
    if (old.text or "") != (new.text or ""):
        yield f"{path}: text {old.text!r} → {new.text!r}"
    before, after = _children(old), _children(new)
    for key in before:
        if key not in after:
            yield f"{path}/{key}: removed"
    for key in after:
        if key not in before:
            yield f"{path}/{key}: added"
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield f"{path}: children reordered"
    for key in kept:
        if (before[key].tail or "").strip() != (after[key].tail or "").strip():
            yield f"{path}/{key}: text after it changed"
        yield from _elements(before[key], after[key], f"{path}/{key}")


_CELL = re.compile(r"/c\[([A-Z]+[0-9]+)\]")


def changed_cells(old: bytes, new: bytes) -> tuple[set[str], list[str]]:
    """Return the addresses of differing cells of a worksheet part, and all other differences.

    Fails when any byte outside these cells is another; a part in UTF-16 is written anew in UTF-8.
    """
    cells: set[str] = set()
    rest: list[str] = []
    for line in elements(old, new):
        match = _CELL.search(line)
        row = re.search(r"/row\[(\d+)\]: added", line)
        if match:
            cells.add(match[1])
        elif row:
            added = etree.fromstring(new).iterfind(f".//{{*}}row[@r='{row[1]}']/{{*}}c")
            cells.update(cell.get("r", "") for cell in added)
        else:
            rest.append(line)
    assert_same_outside(old, new, cells)
    return cells, rest


@dataclass
class _Placed:
    """A row or cell of a worksheet part: its name there (``5``, ``B5``) and its bytes."""

    name: str
    start: int
    end: int


def _placed(part: bytes) -> tuple[list[_Placed], list[_Placed]]:
    """Return the rows and the cells of a worksheet part, where expat finds them."""
    parser = expat.ParserCreate(namespace_separator="}")
    rows: list[_Placed] = []
    cells: list[_Placed] = []
    path: list[str] = []
    ended: list[_Placed] = []  # their last byte stands before the next event
    column = 0

    def event(*_: object) -> None:
        while ended:
            ended.pop().end = parser.CurrentByteIndex

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal column
        event()
        path.append(tag.rpartition("}")[2])
        if path[1:] == ["sheetData", "row"]:
            column = 0
            number = attributes.get("r") or str(int(rows[-1].name) + 1 if rows else 1)
            rows.append(_Placed(number, parser.CurrentByteIndex, 0))
        elif path[1:] == ["sheetData", "row", "c"]:
            column = _column(attributes["r"]) if attributes.get("r") else column + 1
            cells.append(_Placed(f"{column}:{rows[-1].name}", parser.CurrentByteIndex, 0))

    def end(_: str) -> None:
        event()
        if path[1:] == ["sheetData", "row"]:
            ended.append(rows[-1])
        elif path[1:] == ["sheetData", "row", "c"]:
            ended.append(cells[-1])
        path.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.DefaultHandler = event
    parser.Parse(part, True)
    return rows, cells


def _column(address: str) -> int:
    number = 0
    for letter in address.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


_OTHER_EDITS = (
    # What a mark may change beside cells; ``elements`` tells whether it did, and how.
    (rb'(<(?:\w+:)?dimension\s[^>]*?ref=)"[^"]*"', rb"\1"),
    (rb'(<(?:\w+:)?row\s[^>]*?) spans="[^"]*"', rb"\1"),
    (rb"""\stabSelected\s*=\s*["']\w+["']""", b""),
    (rb"<(?:\w+:)?legacyDrawing\s[^>]*>", b""),
    # A row, or a sheet, that had no cells.
    (rb"<((?:\w+:)?(?:row|sheetData)(?:\s[^<>]*)?(?<!/))></(?:\w+:)?(?:row|sheetData)>", rb"<\1/>"),
)


def outside_cells(part: bytes, cells: Collection[str], rows: Collection[str]) -> bytes:
    """Return a worksheet part without some of its cells and all but the given ``rows``.

    What a mark may change beside cells (dimension, spans, the selected tab, the drawing of the
    notes) is left out too.
    """
    wanted = {f"{_column(cell)}:{cell.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}" for cell in cells}
    own_rows, own_cells = _placed(part)
    cut = [row for row in own_rows if row.name not in rows]
    gone = {row.name for row in cut}
    cut += [
        cell
        for cell in own_cells
        if cell.name in wanted and cell.name.partition(":")[2] not in gone
    ]
    for item in sorted(cut, key=lambda item: -item.start):
        part = part[: item.start] + part[item.end :]
    for pattern, replacement in _OTHER_EDITS:
        part = re.sub(pattern, replacement, part)
    return part


def assert_same_outside(old: bytes, new: bytes, cells: Collection[str]) -> None:
    """Assert that two versions of a worksheet part differ in no byte outside the given cells."""
    rows = {row.name for row in _placed(old)[0]}
    before, after = outside_cells(old, cells, rows), outside_cells(new, cells, rows)
    assert before == after, _first_difference(before, after)


def _first_difference(before: bytes, after: bytes) -> str:
    pairs = zip(before, after, strict=False)
    place = next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
    return f"{before[place - 60 : place + 60]!r} became {after[place - 60 : place + 60]!r}"
