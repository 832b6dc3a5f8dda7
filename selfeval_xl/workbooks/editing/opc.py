"""Packaging: which part relates to which, and the content type of each part."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

from selfeval_xl.workbooks.editing.markup import Element, local, parse
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.part_edits import Edit, edited
from selfeval_xl.workbooks.editing.zip_entries import damaged
from selfeval_xl.workbooks.recurring import recurring

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_NO_RELATIONSHIPS = f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode()
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPES_PART = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class _Relation:
    """A relationship; ``kind`` is the last word of its type, the same in strict files."""

    identifier: str
    kind: str
    part: str
    external: bool = False


@recurring(128)
def _relations(content: bytes, part: str, folder: str) -> tuple[_Relation, ...]:
    """Return what a relationships part says of the parts in a folder."""
    return tuple(
        _Relation(
            item.get("Id", ""),
            _kind(item),
            _path(item.get("Target", ""), folder),
            item.get("TargetMode") == "External",
        )
        for item in _items(parse(content, part))
    )


def _items(root: Element) -> list[Element]:
    return [item for item in root if local(item) == "Relationship"]


def _kind(item: Element) -> str:
    return item.get("Type", "").rpartition("/")[2]


_relative = lru_cache(maxsize=256)(posixpath.relpath)  # asks for the working folder each time


def _path(target: str, folder: str) -> str:
    target = unquote(target)
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


@dataclass(frozen=True, slots=True)
class _Relate:
    """Another relationship."""

    identifier: str
    type: str
    target: str

    def apply(self, root: Element) -> bool:
        etree.SubElement(
            root,
            f"{{{_RELATIONSHIPS}}}Relationship",
            Id=self.identifier,
            Type=self.type,
            Target=self.target,
        )
        return True


@dataclass(frozen=True, slots=True)
class _Unrelate:
    """No relationships of a kind."""

    kind: str

    def apply(self, root: Element) -> bool:
        found = [item for item in _items(root) if _kind(item) == self.kind]
        for item in found:
            root.remove(item)
        return bool(found)


class Relationships:
    """The relationships of one part ("" for the package itself)."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._folder, name = posixpath.split(part)
        self.part = posixpath.join(self._folder, "_rels", f"{name}.rels")
        self._content = package.read(self.part) if self.part in package else _NO_RELATIONSHIPS
        self._relations = list(_relations(self._content, self.part, self._folder))
        self._edits: list[Edit] = []

    def targets(self) -> dict[str, str]:
        """Return the part of each relationship identifier; external targets are left out."""
        return {item.identifier: item.part for item in self._relations if not item.external}

    def of_kind(self, kind: str) -> list[str]:
        """Return the parts of all internal relationships of a kind such as ``styles``."""
        return [item.part for item in self._relations if item.kind == kind and not item.external]

    def add(self, relation_type: str, part: str) -> str:
        """Relate another part and return the new identifier."""
        taken = {item.identifier.lower() for item in self._relations}
        number = len(taken) + 1
        while f"rid{number}" in taken:
            number += 1
        identifier = f"rId{number}"
        target = _relative(part, self._folder) if self._folder else part
        self._edits.append(_Relate(identifier, relation_type, target))
        self._relations.append(_Relation(identifier, relation_type.rpartition("/")[2], part))
        return identifier

    def remove_kind(self, kind: str) -> list[str]:
        """Drop all relationships of a kind and return the parts they pointed to."""
        parts = self.of_kind(kind)
        kept = [item for item in self._relations if item.kind != kind]
        if len(kept) < len(self._relations):
            self._edits.append(_Unrelate(kind))
            self._relations = kept
        return parts

    def save(self) -> None:
        """Write the part back if it was changed."""
        if self._edits:
            content = edited(self._content, self.part, tuple(self._edits))
            self._package.write(self.part, content, common=True)


@dataclass(frozen=True, slots=True)
class _Declare:
    """The type of a new part; one left over from a part that is gone gives way."""

    part: str
    content_type: str

    def apply(self, root: Element) -> bool:
        for item in _declarations(root, self.part):
            root.remove(item)
        etree.SubElement(
            root,
            f"{{{_TYPES}}}Override",
            PartName=f"/{self.part}",
            ContentType=self.content_type,
        )
        return True


def _declarations(root: Element, part: str) -> list[Element]:
    """Return the declarations of one part's type: one, if there is any, unless the file errs."""
    return [
        item
        for item in root
        if local(item) == "Override"
        and item.get("PartName", "").lstrip("/").lower() == part.lower()
    ]


@dataclass(frozen=True, slots=True)
class _DeclareExtension:
    """The type of an extension unless it is declared already."""

    extension: str
    content_type: str

    def apply(self, root: Element) -> bool:
        for item in root:
            if local(item) == "Default" and item.get("Extension", "").lower() == self.extension:
                return False
        default = etree.Element(
            f"{{{_TYPES}}}Default", Extension=self.extension, ContentType=self.content_type
        )
        root.insert(0, default)
        return True


@dataclass(frozen=True, slots=True)
class _Forget:
    """A part's own declaration, left out."""

    part: str

    def apply(self, root: Element) -> bool:
        found = _declarations(root, self.part)
        for item in found:
            root.remove(item)
        return bool(found)


class ContentTypes:
    """``[Content_Types].xml``."""

    def __init__(self, package: Package) -> None:
        if _TYPES_PART not in package:
            raise damaged()
        self._package = package
        self._edits: list[Edit] = []

    def add(self, part: str, content_type: str) -> None:
        """Declare a new part's type."""
        self._edits.append(_Declare(part, content_type))

    def add_default(self, extension: str, content_type: str) -> None:
        """Declare the type of an extension unless it is declared already."""
        self._edits.append(_DeclareExtension(extension, content_type))

    def remove(self, part: str) -> None:
        """Forget a part's own declaration."""
        self._edits.append(_Forget(part))

    def save(self) -> None:
        """Write the part back if it was changed."""
        content = self._package.read(_TYPES_PART)
        changed = edited(content, _TYPES_PART, tuple(self._edits))
        if changed != content:
            self._package.write(_TYPES_PART, changed, common=True)


def free_name(package: Package, pattern: str) -> str:
    """Return the first part name of ``xl/comments{}.xml`` with a number that is not taken."""
    number = 1
    while pattern.format(number) in package:
        number += 1
    return pattern.format(number)
