"""Packaging: which part relates to which, and the content type of each part."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from lxml import etree

from selfeval_xl.workbooks.editing.markup import Element, local, new_root, parse, serialise
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.zip_entries import damaged

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPES_PART = "[Content_Types].xml"


def kind_of(relation_type: str) -> str:
    """Return the last word of a relationship type: the same in strict and transitional files."""
    return relation_type.rpartition("/")[2]


class Relationships:
    """The relationships of one part ("" for the package itself)."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        folder, name = posixpath.split(part)
        self._folder = folder
        self.part = posixpath.join(folder, "_rels", f"{name}.rels")
        self._changed = False
        if self.part in package:
            self._root = parse(package.read(self.part), self.part)
        else:
            self._root = new_root(_RELATIONSHIPS, "Relationships")

    def _items(self) -> list[Element]:
        return [item for item in self._root if local(item) == "Relationship"]

    def _path(self, item: Element) -> str:
        target = unquote(item.get("Target", ""))
        if target.startswith("/"):
            return target.lstrip("/")
        return posixpath.normpath(posixpath.join(self._folder, target))

    def targets(self) -> dict[str, str]:
        """Return the part of each relationship identifier; external targets are left out."""
        return {
            item.get("Id", ""): self._path(item)
            for item in self._items()
            if item.get("TargetMode") != "External"
        }

    def of_kind(self, kind: str) -> list[str]:
        """Return the parts of all internal relationships of a kind such as ``styles``."""
        return [
            self._path(item)
            for item in self._items()
            if item.get("TargetMode") != "External" and kind_of(item.get("Type", "")) == kind
        ]

    def add(self, relation_type: str, part: str) -> str:
        """Relate another part and return the new identifier."""
        taken = {item.get("Id", "").lower() for item in self._items()}
        number = len(taken) + 1
        while f"rid{number}" in taken:
            number += 1
        etree.SubElement(
            self._root,
            f"{{{_RELATIONSHIPS}}}Relationship",
            Id=f"rId{number}",
            Type=relation_type,
            Target=posixpath.relpath(part, self._folder) if self._folder else part,
        )
        self._changed = True
        return f"rId{number}"

    def remove_kind(self, kind: str) -> list[str]:
        """Drop all relationships of a kind and return the parts they pointed to."""
        parts = []
        for item in self._items():
            if kind_of(item.get("Type", "")) == kind:
                if item.get("TargetMode") != "External":
                    parts.append(self._path(item))
                self._root.remove(item)
                self._changed = True
        return parts

    def save(self) -> None:
        """Write the part back if it was changed."""
        if self._changed:
            self._package.write(self.part, serialise(self._root))


class ContentTypes:
    """``[Content_Types].xml``."""

    def __init__(self, package: Package) -> None:
        self._package = package
        if _TYPES_PART not in package:
            raise damaged()
        self._root = parse(package.read(_TYPES_PART), _TYPES_PART)
        self._changed = False

    def add(self, part: str, content_type: str) -> None:
        """Declare a new part's type."""
        etree.SubElement(
            self._root, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type
        )
        self._changed = True

    def add_default(self, extension: str, content_type: str) -> None:
        """Declare the type of an extension unless it is declared already."""
        for item in self._root:
            if local(item) == "Default" and item.get("Extension", "").lower() == extension:
                return
        default = etree.Element(
            f"{{{_TYPES}}}Default", Extension=extension, ContentType=content_type
        )
        self._root.insert(0, default)
        self._changed = True

    def remove(self, part: str) -> None:
        """Forget a part's own declaration."""
        for item in list(self._root):
            if item.get("PartName", "").lstrip("/").lower() == part.lower():
                self._root.remove(item)
                self._changed = True

    def save(self) -> None:
        """Write the part back if it was changed."""
        if self._changed:
            self._package.write(_TYPES_PART, serialise(self._root))


def free_name(package: Package, pattern: str) -> str:
    """Return the first part name of ``xl/comments{}.xml`` with a number that is not taken."""
    number = 1
    while pattern.format(number) in package:
        number += 1
    return pattern.format(number)
