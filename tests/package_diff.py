"""Comparing two workbook packages: part list, compressed bytes, and XML element by element."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

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
    """Return the addresses of differing cells of a worksheet part, and all other differences."""
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
    return cells, rest
