"""The workbook part: list of sheets, defined names, views and calculation settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from lxml import etree

from selfeval_xl.workbooks.editing.markup import (
    STRICT,
    TRANSITIONAL,
    Element,
    drop_attribute,
    insert_ordered,
    local,
    namespace,
    office_relations,
    parse,
)
from selfeval_xl.workbooks.editing.opc import ContentTypes, Relationships
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.part_edits import Edit, edited
from selfeval_xl.workbooks.editing.zip_entries import damaged
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.workbook import WorkbookProblem

_ORDER = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "AlternateContent",
    "extLst",
]
_LONGEST_NAME = 31
_HIGHEST_ID = 65_534  # of sheets, that Excel takes


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One sheet of the workbook: its name as shown and its part ("" when missing)."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name; ``sheet`` is the position of the sheet it is local to, or None."""

    name: str
    text: str
    sheet: int | None


class _Overview(NamedTuple):
    """What a workbook part says of its sheets: the name and the relationship of each."""

    main: str
    sheets: tuple[tuple[str, str], ...]


@recurring(64)
def _overview(content: bytes, part: str) -> _Overview:
    """Raises WorkbookProblem when the part is no workbook."""
    root = parse(content, part)
    main = namespace(root)
    if main not in (TRANSITIONAL, STRICT):
        raise damaged()
    identifier = f"{{{office_relations(main)}}}id"
    return _Overview(
        main,
        tuple(
            (item.get("name", ""), item.get(identifier, ""))
            for item in _children(root, "sheets", "sheet")
        ),
    )


@recurring(64)
def _defined_names(content: bytes, part: str) -> tuple[DefinedName, ...]:
    names = []
    for item in _children(parse(content, part), "definedNames", "definedName"):
        sheet = item.get("localSheetId")
        names.append(
            DefinedName(
                item.get("name", ""), item.text or "", int(sheet) if sheet is not None else None
            )
        )
    return tuple(names)


def _children(root: Element, listed: str, name: str) -> list[Element]:
    """Return the elements of a list such as ``sheets``, none when there is no such list."""
    found = root.find(f"{{{namespace(root)}}}{listed}")
    return [] if found is None else [item for item in found if local(item) == name]


def _require(root: Element, name: str) -> Element:
    tag = f"{{{namespace(root)}}}{name}"
    child = root.find(tag)
    if child is None:
        child = etree.Element(tag)
        insert_ordered(root, child, _ORDER[_ORDER.index(name) + 1 :])
    return child


@dataclass(frozen=True, slots=True)
class _InsertSheet:
    """A sheet at a position; positions kept in names move with their sheets."""

    name: str
    relation: str
    position: int

    def apply(self, root: Element) -> bool:
        main = namespace(root)
        relations = office_relations(main)
        listed = _require(root, "sheets")
        numbers = {int(item.get("sheetId", "0")) for item in listed if local(item) == "sheet"}
        number = max(numbers, default=0) + 1
        if number > _HIGHEST_ID:
            number = next(free for free in count(1) if free not in numbers)
        item = etree.Element(f"{{{main}}}sheet", nsmap={"r": relations})
        item.set("name", self.name)
        item.set("sheetId", str(number))
        item.set(f"{{{relations}}}id", self.relation)
        listed.insert(self.position, item)
        names = root.find(f"{{{main}}}definedNames")
        for defined in names if names is not None else ():
            _shift(defined, "localSheetId", self.position)
        return True


def _shift(element: Element, attribute: str, position: int) -> None:
    value = element.get(attribute)
    if value is not None and int(value) >= position:
        element.set(attribute, str(int(value) + 1))


@dataclass(frozen=True, slots=True)
class _ShowFirst:
    """The first sheet open."""

    def apply(self, root: Element) -> bool:
        views = _require(root, "bookViews")
        if not any(local(item) == "workbookView" for item in views):
            etree.SubElement(views, f"{{{namespace(root)}}}workbookView")
        for view in views:
            if local(view) == "workbookView":
                drop_attribute(view, "activeTab")
                drop_attribute(view, "firstSheet")
        return True


@dataclass(frozen=True, slots=True)
class _AddName:
    """A name local to the sheet at a position."""

    name: str
    text: str
    sheet: int
    hidden: bool

    def apply(self, root: Element) -> bool:
        tag = f"{{{namespace(root)}}}definedName"
        item = etree.SubElement(_require(root, "definedNames"), tag)
        item.set("name", self.name)
        item.set("localSheetId", str(self.sheet))
        if self.hidden:
            item.set("hidden", "1")
        item.text = self.text
        return True


@dataclass(frozen=True, slots=True)
class _RecalculateOnLoad:
    """Every formula computed when the file is opened."""

    def apply(self, root: Element) -> bool:
        _require(root, "calcPr").set("fullCalcOnLoad", "1")
        return True


class WorkbookPart:
    """The workbook part with its relationships and the package's content types."""

    def __init__(self, package: Package) -> None:
        self.package = package
        found = Relationships(package, "").of_kind("officeDocument")
        self.part = found[0] if found else "xl/workbook.xml"
        if self.part not in package:
            raise WorkbookProblem(
                "damaged", "压缩包里没有工作簿内容，不是有效的 Excel 文件。请另存为 .xlsx 后重试。"
            )
        self._content = package.read(self.part)
        self.main, listed = _overview(self._content, self.part)
        self.relations = Relationships(package, self.part)
        self.types = ContentTypes(package)
        self.folder = self.part.rpartition("/")[0]
        targets = self.relations.targets()
        self.sheets = [SheetEntry(name, targets.get(relation, "")) for name, relation in listed]
        self._edits: list[Edit] = []

    def related(self, kind: str) -> str:
        """Return the existing part of a kind such as ``styles``, "" when there is none."""
        parts = self.relations.of_kind(kind)
        return parts[0] if parts and parts[0] in self.package else ""

    def defined_names(self) -> tuple[DefinedName, ...]:
        """Return all defined names the workbook came with."""
        return _defined_names(self._content, self.part)

    def free_sheet_name(self, wanted: str) -> str:
        """Return ``wanted``, or with (2), (3) … behind it when a sheet has that name."""
        taken = {sheet.name.casefold() for sheet in self.sheets}
        name, number = wanted[:_LONGEST_NAME], 1
        while name.casefold() in taken:
            number += 1
            ending = f"({number})"
            name = wanted[: _LONGEST_NAME - len(ending)] + ending
        return name

    def insert_sheet(self, name: str, part: str, content_type: str, position: int) -> None:
        """Insert a sheet; sheet positions kept in names and views move with their sheets."""
        identifier = self.relations.add(f"{office_relations(self.main)}/worksheet", part)
        self.types.add(part, content_type)
        self.sheets.insert(position, SheetEntry(name, part))
        self._edits.append(_InsertSheet(name, identifier, position))

    def show_first(self) -> None:
        """Make the first sheet the one that is open."""
        self._edits.append(_ShowFirst())

    def add_name(self, name: str, text: str, sheet: int, *, hidden: bool = False) -> None:
        """Define a name local to the sheet at a position."""
        self._edits.append(_AddName(name, text, sheet, hidden))

    def recalculate_on_load(self) -> None:
        """Ask the spreadsheet program to compute every formula when it opens the file."""
        self._edits.append(_RecalculateOnLoad())

    def drop(self, kind: str) -> None:
        """Leave out the part of a kind such as ``calcChain``, with all mention of it."""
        for part in self.relations.remove_kind(kind):
            self.package.remove(part)
            self.types.remove(part)

    def add_part(self, kind: str, part: str, content_type: str) -> None:
        """Relate a new part of a kind such as ``styles`` to the workbook."""
        self.relations.add(f"{office_relations(self.main)}/{kind}", part)
        self.types.add(part, content_type)

    def save(self) -> None:
        """Write back what was changed."""
        if self._edits:
            content = edited(self._content, self.part, tuple(self._edits))
            self.package.write(self.part, content, common=True)
        self.relations.save()
        self.types.save()


def drop_signatures(package: Package, types: Callable[[str], None]) -> bool:
    """Take out digital signatures, which a changed package makes invalid; tell whether any was.

    ``types`` forgets a part's content type.
    """
    relations = Relationships(package, "")
    origins = relations.remove_kind("origin")
    for origin in origins:
        signatures = Relationships(package, origin)
        for part in (*signatures.of_kind("signature"), origin):
            package.remove(part)
            types(part)
        package.remove(signatures.part)
    relations.save()
    return bool(origins)
