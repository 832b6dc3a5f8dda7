"""VML drawings of notes, edited as text because Excel's own are not well-formed XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from selfeval_xl.workbooks.editing.lexing import ATTRIBUTES, Splice, all_attributes, spliced
from selfeval_xl.workbooks.editing.markup import truthy
from selfeval_xl.workbooks.editing.sheet_frame import Column
from selfeval_xl.workbooks.editing.worksheet import WorksheetPart
from selfeval_xl.workbooks.sheet import Cell

_NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_BOX_TYPE = "_x0000_t202"
_WIDTH = 300  # pixels of a note's box
_LINE = 17  # pixels of a line of 9 pt text
_MARGIN = 16
_TALLEST = 620
_UNITS_PER_LINE = 44  # half-width characters of 9 pt in the box's width
_DIGIT = 7  # pixels of a digit in the default font, the unit of column widths
_CELL_PADDING = 5
_BOX_TYPE_THERE = re.compile(rf"""\bid\s*+=\s*+["']{_BOX_TYPE}["']""")
# Programs give namespaces the prefixes they like: "x:", "xvml:", "ns1:" or none.
_PREFIX = r"(?>(?:[\w.-]++:)?)"
_ROOT = re.compile(
    rf"[\ufeff\s]*+<(?P<name>[^?!/\s<>][^/\s<>]*+)(?P<rest>{ATTRIBUTES})(?P<single>/?)>"
)
_PROLOGUE = re.compile(r"[\ufeff\s]*+<(\?|!--|!)")
_PROLOGUE_ENDS = {"?": "?>", "!--": "-->", "!": ">"}
_CLUSTER = re.compile(rf"<{_PREFIX}idmap\b[^<>]*?\bdata\s*=\s*[\"'](\d+)")
_DATA = re.compile(rf"<{_PREFIX}ClientData(?=[\s>])")
_DATA_END = re.compile(rf"</{_PREFIX}ClientData\s*+>")
_PLACE = {
    name: re.compile(rf"<({_PREFIX}){name}(?>(?:\s[^<>]*+)?)>\s*+(\d+)\s*+</")
    for name in ("Row", "Column")
}
_ANCHOR = re.compile(rf"<{_PREFIX}Anchor(?>(?:\s[^<>]*+)?)>([^<]*+)</")


@dataclass(frozen=True, slots=True)
class Grid:
    """Widths of columns and heights of rows in pixels, to place a box on."""

    default_width: int
    default_height: int
    column: Callable[[int], Column | None]
    row: Callable[[int], Mapping[str, str] | None]

    @classmethod
    def of(cls, sheet: WorksheetPart) -> Grid:
        """Return the grid of a sheet."""
        base = sheet.root.find(sheet.tag("sheetFormatPr"))
        width = _pixels_wide(base.get("defaultColWidth")) if base is not None else 0
        height = _pixels_high(base.get("defaultRowHeight")) if base is not None else 0
        return cls(width or 64, height or 20, sheet.column, sheet.row)

    def width(self, column: int) -> int:
        """Return a column's width."""
        found = self.column(column)
        if found is None or not (found.width or found.hidden):
            return self.default_width
        return 0 if found.hidden else _pixels_wide(found.width)

    def height(self, row: int) -> int:
        """Return a row's height."""
        element = self.row(row)
        if element is None:
            return self.default_height
        height, hidden = element.get("ht"), element.get("hidden")
        if not (height or hidden):
            return self.default_height
        return 0 if truthy(hidden) else _pixels_high(height)


def _pixels_wide(characters: str | None) -> int:
    return int(float(characters) * _DIGIT) + _CELL_PADDING if characters else 0


def _pixels_high(points: str | None) -> int:
    return round(float(points) * 4 / 3) if points else 0


def _box_height(text: str) -> int:
    """Return the pixels a text needs, counting a CJK character as two units wide."""
    lines = 0
    for line in text.split("\n"):
        units = len(line.encode("gbk", "replace"))  # two bytes are two half-widths
        lines += max(1, -(-units // _UNITS_PER_LINE))
    return min(lines * _LINE + _MARGIN, _TALLEST)


class Drawing:
    """The text of a VML part: what stands before new shapes (``head``) and its end.

    ``names`` declares the namespaces that new shapes need and its root does not give them.
    """

    def __init__(self, head: str, encoding: str, end: str, names: str = "") -> None:
        self._head = head
        self._end = end
        self._names = names
        self._encoding = encoding
        self._shapes: list[str] = []
        self._larger: list[Splice] = []
        self._next = max(
            (int(number) for number in re.findall(r"_x0000_s(\d+)", head)),
            default=self._first_of_cluster(),
        )

    def _first_of_cluster(self) -> int:
        cluster = _CLUSTER.search(self._head)
        return int(cluster[1]) * 1024 if cluster else 1024

    @classmethod
    def read(cls, content: bytes, number: int) -> Drawing:
        """Take an existing part; one without a root is nothing a program could draw."""
        encoding = "utf-8"
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16"
        text = content.decode(encoding, "surrogateescape")
        root, place = _root(text), text.rfind("</")
        if root is not None and root["single"]:
            head, end = f"{text[: root.start('single')]}>", f"</{root['name']}>"
            return cls(head, encoding, end + text[root.end() :], _missing_names(root["rest"]))
        if root is None or place < root.end():
            return cls.empty(number)
        return cls(text[:place], encoding, text[place:], _missing_names(root["rest"]))

    @classmethod
    def empty(cls, number: int) -> Drawing:
        """Start a new part; ``number`` keeps its shape identifiers apart from other parts'."""
        names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
        head = (
            f'<xml{names}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{number}"/>'
            "</o:shapelayout>"
        )
        return cls(head, "utf-8", "</xml>")

    def to_bytes(self) -> bytes:
        """Return the part with its new shapes."""
        text = spliced(self._head, self._larger)
        if self._shapes and not (_BOX_TYPE in text and _BOX_TYPE_THERE.search(text)):
            text += (
                f'<v:shapetype id="{_BOX_TYPE}" coordsize="21600,21600" o:spt="202" '
                f'path="m,l,21600r21600,l21600,xe"{self._names}>'
                '<v:stroke joinstyle="miter"/>'
                '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
            )
        text += "".join(self._shapes) + self._end
        return text.encode(self._encoding, "surrogateescape")

    def add(self, cell: Cell, text: str, grid: Grid) -> None:
        """Draw the hidden box of a new note."""
        self._next += 1
        row, column = cell
        anchor = _anchor(cell, _box_height(text), grid)
        self._shapes.append(
            f'<v:shape id="_x0000_s{self._next}" type="#{_BOX_TYPE}"'
            f' style="position:absolute;margin-left:60pt;margin-top:2pt;'
            f"width:{_WIDTH * 3 // 4}pt;height:{_box_height(text) * 3 // 4}pt;"
            f'z-index:{len(self._shapes) + 1};visibility:hidden"'
            f' fillcolor="#ffffe1" o:insetmode="auto"{self._names}>'
            '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
            '<v:path o:connecttype="none"/>'
            '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
            '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
            f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
            f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
        )

    def enlarge(self, cell: Cell, text: str, grid: Grid) -> None:
        """Make an existing note's box tall enough for its longer text; draw it if it has none."""
        if cell not in self._boxes:
            self.add(cell, text, grid)
            return
        start, end = self._boxes[cell]
        larger = _with_height(self._head[start:end], cell, _box_height(text), grid)
        self._larger.append(Splice(start, end, larger))

    @cached_property
    def _boxes(self) -> dict[Cell, tuple[int, int]]:
        """Where what is said of the box of a cell's note begins and ends."""
        found: dict[Cell, tuple[int, int]] = {}
        for start, end in _boxes(self._head):
            data = self._head[start:end]
            found.setdefault((_number_in(data, "Row"), _number_in(data, "Column")), (start, end))
        return found


def _root(text: str) -> re.Match[str] | None:
    """Return the opening tag of a part's root, None when there is none."""
    place = 0
    while match := _PROLOGUE.match(text, place):
        ending = _PROLOGUE_ENDS[match[1]]
        place = text.find(ending, match.end())
        if place < 0:
            return None
        place += len(ending)
    return _ROOT.match(text, place)


def _missing_names(attributes: str) -> str:
    """Return what declares the namespaces of new shapes that a root's attributes do not."""
    declared = all_attributes(attributes)
    return "".join(
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri in _NAMESPACES.items()
        if declared.get(f"xmlns:{prefix}") != uri
    )


def _boxes(drawing: str) -> Iterator[tuple[int, int]]:
    """Yield where what is said of each box's cell and place begins and ends."""
    done = 0
    for ending in _DATA_END.finditer(drawing):
        openings = [match.start() for match in _DATA.finditer(drawing, done, ending.start())]
        if openings:
            yield openings[-1], ending.start()
        done = ending.end()


def _number_in(data: str, name: str) -> int:
    found = _PLACE[name].search(data)
    return int(found[2]) if found else -1


def _with_height(data: str, cell: Cell, height: int, grid: Grid) -> str:
    """Return a box's data whose anchor spans at least ``height`` pixels and a readable width."""
    anchor, row = _ANCHOR.search(data), _PLACE["Row"].search(data)
    if anchor is None and row is not None:  # drawn by a library: as a new one is placed
        placed = f"<{row[1]}Anchor>{_anchor(cell, height, grid)}</{row[1]}Anchor>"
        return data[: row.start()] + placed + data[row.start() :]
    numbers = [int(part) for part in re.findall(r"-?\d+", anchor[1])] if anchor else []
    if anchor is None or len(numbers) != 8:
        return data
    left, left_offset, top, top_offset, right, right_offset, bottom, bottom_offset = numbers
    new_bottom = _walk(top, top_offset + height, grid.height)
    new_right = _walk(left, left_offset + _WIDTH, grid.width)
    bottom, bottom_offset = max((bottom, bottom_offset), new_bottom)
    right, right_offset = max((right, right_offset), new_right)
    numbers = [left, left_offset, top, top_offset, right, right_offset, bottom, bottom_offset]
    text = ", ".join(map(str, numbers))
    return data[: anchor.start(1)] + text + data[anchor.end(1) :]


def _anchor(cell: Cell, height: int, grid: Grid) -> str:
    """Return the box's place: right of the cell, from a little above it."""
    row, column = cell
    left, left_offset = column + 1, 15
    top, top_offset = max(row - 1, 0), 4
    right, right_offset = _walk(left, left_offset + _WIDTH, grid.width)
    bottom, bottom_offset = _walk(top, top_offset + height, grid.height)
    numbers = (left, left_offset, top, top_offset, right, right_offset, bottom, bottom_offset)
    return ", ".join(map(str, numbers))


def _walk(start: int, distance: int, size: Callable[[int], int]) -> tuple[int, int]:
    """Return the row or column, and the offset in it, ``distance`` pixels after one's start."""
    index = start
    while distance >= (extent := size(index)) and index < start + 200:
        distance -= extent
        index += 1
    return index, distance
