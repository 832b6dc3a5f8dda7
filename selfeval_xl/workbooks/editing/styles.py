"""The styles part: cell formats cloned with another fill or number format, and new ones."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from selfeval_xl.workbooks.changes import Style
from selfeval_xl.workbooks.editing import looks
from selfeval_xl.workbooks.editing.markup import (
    Element,
    drop_attribute,
    insert_ordered,
    local,
    parse,
    truthy,
)
from selfeval_xl.workbooks.editing.opc import free_name
from selfeval_xl.workbooks.editing.part_edits import edited
from selfeval_xl.workbooks.editing.workbook_part import WorkbookPart
from selfeval_xl.workbooks.recurring import recurring

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


class _Marked(NamedTuple):
    """The format at position ``base`` with another fill and number format ("" keeps either).

    ``quoted`` says whether what is typed is text whatever it looks like; None keeps that.
    """

    base: int
    fill: str
    number_format: str
    quoted: bool | None


class Look(NamedTuple):
    """The format of a new cell; ``quoted`` keeps text that looks like a formula text."""

    style: Style
    quoted: bool = False


@recurring(64)
def _present_formats(content: bytes, part: str, main: str) -> tuple[int, frozenset[int]]:
    """Return the number of cell formats and the positions of those that quote."""
    listed = parse(content, part).find(f"{{{main}}}cellXfs")
    formats = [child for child in (() if listed is None else listed) if local(child)]
    quoting = (n for n, item in enumerate(formats) if truthy(item.get("quotePrefix")))
    return len(formats), frozenset(quoting)


class Styles:
    """The styles of a workbook; formats are appended, existing ones never changed."""

    def __init__(self, workbook: WorkbookPart) -> None:
        self._workbook = workbook
        self.part = workbook.related("styles")
        self._new = not self.part
        if self._new:
            # Some readers look for the styles in this place only.
            wanted = "xl/styles.xml"
            taken = wanted in workbook.package
            self.part = free_name(workbook.package, "xl/styles{}.xml") if taken else wanted
            self._content = _EMPTY.format(workbook.main).encode()
        else:
            self._content = workbook.package.read(self.part)
        self._first, self._quoting = _present_formats(self._content, self.part, workbook.main)
        self._wanted: dict[_Marked | Look, int] = {}

    def marked(
        self, base: int, fill: str, number_format: str, *, quoted: bool | None = None
    ) -> int:
        """Return the format ``base`` with another fill and number format ("" keeps either).

        Font, border, alignment, protection and extensions stay. ``quoted`` keeps text that
        looks like a formula text when a person edits the cell; False takes such a mark off, which
        would make text of a number or formula, None leaves it as it is.
        """
        if quoted is False and base not in self._quoting:
            quoted = None
        if not (fill or number_format or quoted is not None):
            return base
        return self._position(_Marked(base, fill, number_format, quoted))

    def styled(self, look: Look) -> int:
        """Return the format of a new cell."""
        return self._position(look)

    def _position(self, wanted: _Marked | Look) -> int:
        return self._wanted.setdefault(wanted, self._first + len(self._wanted))

    def save(self) -> None:
        """Write the part if anything was added, creating it when the workbook has none."""
        if not self._wanted:
            return
        if self._new:
            self._workbook.add_part("styles", self.part, CONTENT_TYPE)
        added = _AddFormats(self._workbook.main, tuple(self._wanted))
        content = edited(self._content, self.part, (added,))
        self._workbook.package.write(self.part, content, common=True)


@dataclass(frozen=True, slots=True)
class _AddFormats:
    """Cell formats to append, in this order."""

    main: str
    formats: tuple[_Marked | Look, ...]

    def apply(self, root: Element) -> bool:
        lists = _Lists(root, self.main)
        for item in self.formats:
            if isinstance(item, Look):
                lists.add_new(item)
            else:
                lists.add_marked(item)
        return True


class _Lists:
    """The lists of a styles part: fonts, fills, borders, number formats and cell formats."""

    def __init__(self, root: Element, main: str) -> None:
        self._root = root
        self._main = main
        self._lists: dict[str, Element] = {}
        self._counts: dict[str, int] = {}
        self._originals: list[Element] | None = None
        self._fills: dict[str, int] = {}
        self._fonts: dict[tuple[bool, bool, bool, float, str], int] = {}
        self._border: int | None = None
        self._formats: dict[str, int] | None = None

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
        return position

    def add_marked(self, wanted: _Marked) -> None:
        """Append a copy of an existing format with what is wanted of it."""
        if self._originals is None:
            self._originals = self._list("cellXfs").findall(self._tag("xf"))
        if wanted.base < len(self._originals):
            clone = deepcopy(self._originals[wanted.base])
        else:
            blank = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"}
            clone = etree.Element(self._tag("xf"), blank)
        if wanted.fill:
            clone.set("fillId", str(self._fill(wanted.fill)))
            clone.set("applyFill", "1")
        if wanted.number_format:
            clone.set("numFmtId", str(self._number_format(wanted.number_format)))
            clone.set("applyNumberFormat", "1")
        if wanted.quoted:
            clone.set("quotePrefix", "1")
        elif wanted.quoted is not None:
            drop_attribute(clone, "quotePrefix")
        self._append("cellXfs", clone)

    def add_new(self, look: Look) -> None:
        """Append the format of a new cell."""
        style, quoted = look
        item = looks.cell_format(style, quoted=quoted, main=self._main)
        number = self._number_format(style.number_format) if style.number_format else 0
        item.set("numFmtId", str(number))
        item.set("fontId", str(self._font(style)))
        item.set("fillId", str(self._fill(style.fill) if style.fill else 0))
        item.set("borderId", str(self._thin_border() if style.border else 0))
        self._append("cellXfs", item)

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
