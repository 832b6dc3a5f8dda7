"""The styles part: cell formats cloned with another fill or number format, and new ones."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from selfeval_xl.workbooks.changes import Style
from selfeval_xl.workbooks.editing import looks
from selfeval_xl.workbooks.editing.markup import (
    Element,
    insert_ordered,
    local,
    parse,
    serialise,
)
from selfeval_xl.workbooks.editing.opc import free_name
from selfeval_xl.workbooks.editing.workbook_part import WorkbookPart

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_ORDER = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
_FIRST_OWN_FORMAT = 164
_BUILTIN_FORMATS = {
    "General": 0,
    "0": 1,
    "0.00": 2,
    "#,##0": 3,
    "#,##0.00": 4,
    "0%": 9,
    "0.00%": 10,
    "@": 49,
}
_EMPTY = (
    '<styleSheet xmlns="{}"><fonts count="1"><font><sz val="11"/><name val="宋体"/>'
    '<family val="3"/><charset val="134"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '</borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    '</cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" '
    'xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


class Styles:
    """The styles of a workbook; formats are appended, existing ones never changed."""

    def __init__(self, workbook: WorkbookPart) -> None:
        self._workbook = workbook
        self.part = workbook.related("styles")
        self._main = workbook.main
        self._new = not self.part
        if self._new:
            # Some readers look for the styles in this place only.
            wanted = "xl/styles.xml"
            taken = wanted in workbook.package
            self.part = free_name(workbook.package, "xl/styles{}.xml") if taken else wanted
            content = _EMPTY.format(self._main).encode()
        else:
            content = workbook.package.read(self.part)
        self._root = parse(content, self.part)
        self._lists: dict[str, Element] = {}
        self._counts: dict[str, int] = {}
        self._originals: list[Element] | None = None
        self._clones: dict[tuple[int, str, str, bool], int] = {}
        self._styles: dict[tuple[Style, bool], int] = {}
        self._by_identity: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._kept: list[Style] = []
        self._fills: dict[str, int] = {}
        self._fonts: dict[tuple[bool, bool, bool, float, str], int] = {}
        self._border: int | None = None
        self._formats: dict[str, int] | None = None
        self._changed = self._new

    def _tag(self, name: str) -> str:
        return f"{{{self._main}}}{name}"

    def _list(self, name: str) -> Element:
        found = self._root.find(self._tag(name))
        if found is None:
            found = etree.Element(self._tag(name))
            insert_ordered(self._root, found, _ORDER[_ORDER.index(name) + 1 :])
        return found

    def _append(self, name: str, item: Element) -> int:
        """Append to one of the lists and return the item's position."""
        listed = self._lists.get(name)
        if listed is None:
            listed = self._lists[name] = self._list(name)
            self._counts[name] = sum(1 for child in listed if local(child))
        position = self._counts[name]
        self._counts[name] = position + 1
        listed.append(item)
        listed.set("count", str(position + 1))
        self._changed = True
        return position

    def marked(self, base: int, fill: str, number_format: str, *, quoted: bool = False) -> int:
        """Return the format ``base`` with another fill and number format ("" keeps either).

        Font, border, alignment, protection and extensions stay. ``quoted`` keeps text that
        looks like a formula text when a person edits the cell.
        """
        if not (fill or number_format or quoted):
            return base
        key = (base, fill, number_format, quoted)
        position = self._clones.get(key)
        if position is None:
            position = self._clones[key] = self._cloned(*key)
        return position

    def _cloned(self, base: int, fill: str, number_format: str, quoted: bool) -> int:
        if self._originals is None:
            self._originals = self._list("cellXfs").findall(self._tag("xf"))
        if base < len(self._originals):
            clone = deepcopy(self._originals[base])
        else:
            blank = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"}
            clone = etree.Element(self._tag("xf"), blank)
        if fill:
            clone.set("fillId", str(self._fill(fill)))
            clone.set("applyFill", "1")
        if number_format:
            clone.set("numFmtId", str(self._number_format(number_format)))
            clone.set("applyNumberFormat", "1")
        if quoted:
            clone.set("quotePrefix", "1")
        return self._append("cellXfs", clone)

    def styled(self, style: Style, *, quoted: bool = False) -> int:
        """Return the format of a new cell's style."""
        # Hashing a style costs more than the rest of writing a cell; most cells share objects.
        position = self._by_identity[quoted].get(id(style))
        if position is None:
            position = self._styles.get((style, quoted))
            if position is None:
                position = self._styles[style, quoted] = self._created(style, quoted)
            self._kept.append(style)  # keeps the identity taken
            self._by_identity[quoted][id(style)] = position
        return position

    def _created(self, style: Style, quoted: bool) -> int:
        item = looks.cell_format(style, quoted=quoted, main=self._main)
        number = self._number_format(style.number_format) if style.number_format else 0
        item.set("numFmtId", str(number))
        item.set("fontId", str(self._font(style)))
        item.set("fillId", str(self._fill(style.fill) if style.fill else 0))
        item.set("borderId", str(self._thin_border() if style.border else 0))
        return self._append("cellXfs", item)

    def _fill(self, colour: str) -> int:
        if colour not in self._fills:
            if not len(self._list("fills")):
                # The first two fills are reserved whatever a file says.
                for kind in ("none", "gray125"):
                    self._append("fills", looks.reserved_fill(kind, self._main))
            self._fills[colour] = self._append("fills", looks.solid_fill(colour, self._main))
        return self._fills[colour]

    def _font(self, style: Style) -> int:
        key = (style.bold, style.italic, style.underline, style.size, style.colour)
        if key not in self._fonts:
            self._fonts[key] = self._append("fonts", looks.font(style, self._main))
        return self._fonts[key]

    def _thin_border(self) -> int:
        if self._border is None:
            self._border = self._append("borders", looks.thin_border(self._main))
        return self._border

    def _number_format(self, code: str) -> int:
        if code in _BUILTIN_FORMATS:
            return _BUILTIN_FORMATS[code]
        if self._formats is None:
            listed = self._root.find(self._tag("numFmts"))
            self._formats = {
                item.get("formatCode", ""): int(item.get("numFmtId", "0"))
                for item in (listed if listed is not None else ())
                if local(item) == "numFmt"
            }
        if code not in self._formats:
            number = max((_FIRST_OWN_FORMAT - 1, *self._formats.values())) + 1
            item = etree.Element(self._tag("numFmt"), {"numFmtId": str(number), "formatCode": code})
            self._append("numFmts", item)
            self._formats[code] = number
        return self._formats[code]

    def save(self) -> None:
        """Write the part if anything was added, creating it when the workbook has none."""
        if not self._changed:
            return
        if self._new:
            self._workbook.add_part("styles", self.part, CONTENT_TYPE)
        self._workbook.package.write(self.part, serialise(self._root))
