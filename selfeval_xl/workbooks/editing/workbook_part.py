"""The workbook part: list of sheets, defined names, views and calculation settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    serialise,
)
from selfeval_xl.workbooks.editing.opc import ContentTypes, Relationships
from selfeval_xl.workbooks.editing.package import Package
from selfeval_xl.workbooks.editing.zip_entries import damaged
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
        self.root = parse(package.read(self.part), self.part)
        self.main = namespace(self.root)
        if self.main not in (TRANSITIONAL, STRICT):
            raise damaged()
        self.relations = Relationships(package, self.part)
        self.types = ContentTypes(package)
        self.folder = self.part.rpartition("/")[0]
        self._changed = False
        self.sheets = self._read_sheets()

    def tag(self, name: str) -> str:
        """Return a name in the main namespace of this workbook (strict or transitional)."""
        return f"{{{self.main}}}{name}"

    def _child(self, name: str) -> Element | None:
        return self.root.find(self.tag(name))

    def _require(self, name: str) -> Element:
        child = self._child(name)
        if child is None:
            child = etree.Element(self.tag(name))
            insert_ordered(self.root, child, _ORDER[_ORDER.index(name) + 1 :])
        return child

    def _read_sheets(self) -> list[SheetEntry]:
        targets = self.relations.targets()
        identifier = f"{{{office_relations(self.main)}}}id"
        listed = self._child("sheets")
        return [
            SheetEntry(item.get("name", ""), targets.get(item.get(identifier, ""), ""))
            for item in (listed if listed is not None else ())
            if local(item) == "sheet"
        ]

    def related(self, kind: str) -> str:
        """Return the existing part of a kind such as ``styles``, "" when there is none."""
        parts = self.relations.of_kind(kind)
        return parts[0] if parts and parts[0] in self.package else ""

    def defined_names(self) -> list[DefinedName]:
        """Return all defined names."""
        listed = self._child("definedNames")
        names = []
        for item in listed if listed is not None else ():
            if local(item) == "definedName":
                sheet = item.get("localSheetId")
                names.append(
                    DefinedName(
                        item.get("name", ""),
                        item.text or "",
                        int(sheet) if sheet is not None else None,
                    )
                )
        return names

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
        relations = office_relations(self.main)
        identifier = self.relations.add(f"{relations}/worksheet", part)
        self.types.add(part, content_type)
        listed = self._require("sheets")
        numbers = [int(item.get("sheetId", "0")) for item in listed if local(item) == "sheet"]
        item = etree.Element(self.tag("sheet"), nsmap={"r": relations})
        item.set("name", name)
        item.set("sheetId", str(max(numbers, default=0) + 1))
        item.set(f"{{{relations}}}id", identifier)
        listed.insert(position, item)
        self.sheets.insert(position, SheetEntry(name, part))
        names = self._child("definedNames")
        for defined in names if names is not None else ():
            _shift(defined, "localSheetId", position)
        self._changed = True

    def show_first(self) -> None:
        """Make the first sheet the one that is open."""
        views = self._require("bookViews")
        view = next((item for item in views if local(item) == "workbookView"), None)
        if view is None:
            view = etree.SubElement(views, self.tag("workbookView"))
        for view in views:
            if local(view) == "workbookView":
                drop_attribute(view, "activeTab")
                drop_attribute(view, "firstSheet")
        self._changed = True

    def add_name(self, name: str, text: str, sheet: int, *, hidden: bool = False) -> None:
        """Define a name local to the sheet at a position."""
        item = etree.SubElement(self._require("definedNames"), self.tag("definedName"))
        item.set("name", name)
        item.set("localSheetId", str(sheet))
        if hidden:
            item.set("hidden", "1")
        item.text = text
        self._changed = True

    def recalculate_on_load(self) -> None:
        """Ask the spreadsheet program to compute every formula when it opens the file."""
        settings = self._require("calcPr")
        settings.set("fullCalcOnLoad", "1")
        self._changed = True

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
        if self._changed:
            self.package.write(self.part, serialise(self.root))
        self.relations.save()
        self.types.save()


def _shift(element: Element, attribute: str, position: int) -> None:
    value = element.get(attribute)
    if value is not None and int(value) >= position:
        element.set(attribute, str(int(value) + 1))


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
