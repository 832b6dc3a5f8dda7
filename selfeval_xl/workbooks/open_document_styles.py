"""Styles of .ods files resolved: a style's own properties, its parents', the defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from selfeval_xl.workbooks.looks import Look
from selfeval_xl.workbooks.open_document_values import (
    attributes,
    colour,
    edge,
    font_size,
    inches,
    indent,
    is_bold,
    rotation,
)
from selfeval_xl.workbooks.xml_parts import local

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"

_Key = tuple[str, str]
_Level = Mapping[str, Mapping[str, str]]
"""What one style says itself: attributes by their names without prefix, by properties element.

Those of the style's own element stand under "".
"""

_MOST_PARENTS = 20
_LONGEST_FONT = 31  # Excel's own limit
_MOST_STYLES = 10_000
_TALLEST, _WIDEST = 409.5, 2_000  # points and pixels, about Excel's limits

_CELL, _TEXT, _PARAGRAPH = "table-cell-properties", "text-properties", "paragraph-properties"
_HORIZONTAL = {
    "start": "left",
    "left": "left",
    "center": "center",
    "end": "right",
    "right": "right",
    "justify": "justify",
}
_VERTICAL = {"top": "top", "middle": "vcenter", "bottom": "bottom", "justify": "vjustify"}


class Styles:
    """The styles of a document's two parts; looks are resolved once each."""

    def __init__(self, content: etree._Element, common: etree._Element | None) -> None:
        """Take the root elements of content.xml and, where there is one, styles.xml."""
        self._automatic = _named(content, f"{_OFFICE}automatic-styles")
        self._common: dict[_Key, etree._Element] = {}
        self._defaults: dict[str, etree._Element] = {}
        self._faces: dict[str, str] = {}
        for part in (common, content):
            if part is not None:
                self._faces.update(_faces(part))
        if common is not None:
            self._common = _named(common, f"{_OFFICE}styles")
            for style in common.iter(f"{_STYLE}default-style"):
                self._defaults[style.get(f"{_STYLE}family") or ""] = style
        self._levels: dict[etree._Element, _Level] = {}
        self._looks: dict[str, tuple[Look, Look]] = {}
        self.looks("")
        self._lengths: dict[_Key, float | None] = {}

    def looks(self, name: str) -> tuple[Look, Look]:
        """Return a cell style's look for Chinese text and for Latin text; "" for no style.

        A style holds two fonts, sizes and weights, a cell of Excel has one of each. Programs in
        China show digits and signs, which belong to neither script, in the Asian one; the other
        is for texts of Latin letters alone. Beyond ``_MOST_STYLES`` styles all are that of "".
        """
        if name not in self._looks:
            if len(self._looks) > _MOST_STYLES:
                return self.looks("")
            # What names no style is shown in the style of this name where there is one.
            chain = list(self._chain("table-cell", name or "Default"))
            self._looks[name] = self._look(chain, chinese=True), self._look(chain, chinese=False)
        return self._looks[name]

    def pixels(self, name: str) -> int | None:
        """Return the width of columns of a style, None when it says nothing."""
        width = self._length("table-column", name, "column-width")
        return None if width is None else min(round(width * 96), _WIDEST)

    def points(self, name: str) -> float | None:
        """Return the height of rows of a style, None when it says nothing.

        Heights the program found best for the content are taken as well: Excel would look at
        no merged cells to find its own.
        """
        height = self._length("table-row", name, "row-height")
        # Programs count in twentieths of a point; what is written is rounded once more.
        return None if height is None else min(round(height * 1440) / 20, _TALLEST)

    def master_page(self, name: str) -> str:
        """Return the name of the master page of tables of a style, "" for none."""
        style = _found(("table", name), self._automatic, self._common)
        return "" if style is None else style.get(f"{_STYLE}master-page-name") or ""

    def data_style(self, name: str) -> str:
        """Return the name of the data style of cells of a style ("" for no style), "" for none."""
        levels = [level[""] for level in self._chain("table-cell", name or "Default")]
        return _nearest(levels, "data-style-name")

    def is_hidden(self, name: str) -> bool:
        """Tell whether tables of a style are hidden."""
        levels = [level.get("table-properties", {}) for level in self._chain("table", name)]
        return _nearest(levels, "display") == "false"

    def _length(self, family: str, name: str, attribute: str) -> float | None:
        key = family, name
        if key not in self._lengths:
            self._lengths[key] = self._told_length(family, name, attribute)
        return self._lengths[key]

    def _told_length(self, family: str, name: str, attribute: str) -> float | None:
        for level in self._chain(family, name):
            text = level.get(f"{family}-properties", {}).get(attribute)
            length = inches(text) if text else None
            if length is not None and length >= 0:
                return length
        return None

    def _chain(self, family: str, name: str) -> Iterator[_Level]:
        """Yield what a style, its parents and the family's default say, the nearest first."""
        style = _found((family, name), self._automatic, self._common)
        for _ in range(_MOST_PARENTS):
            if style is None:
                break
            yield self._level(style)
            parent = style.get(f"{_STYLE}parent-style-name") or ""
            style = _found((family, parent), self._common, self._automatic)
        if family in self._defaults:
            yield self._level(self._defaults[family])

    def _level(self, style: etree._Element) -> _Level:
        if style not in self._levels:
            told = {local(child): attributes(child) for child in style}
            self._levels[style] = {**told, "": attributes(style)}
        return self._levels[style]

    def _look(self, chain: Sequence[_Level], *, chinese: bool) -> Look:
        cells = [level.get(_CELL, {}) for level in chain]
        texts = [level.get(_TEXT, {}) for level in chain]
        paragraphs = [level.get(_PARAGRAPH, {}) for level in chain]

        def text(*names: str) -> str:
            """Return what the nearest style says; where it says both, that of the script.

            What is nearest was meant: programs that take over an Excel font they do not have
            set the Latin one alone, those who choose a font for Chinese text the Asian one.
            """
            asian = [f"{name}-asian" for name in names]
            return _nearest(texts, *asian, *names) if chinese else _nearest(texts, *names, *asian)

        horizontal = _horizontal(chain)
        indented = horizontal in ("left", "right", "distributed")
        struck = _nearest(texts, "text-line-through-style", "text-line-through-type")
        return Look(
            font=self._font(text("font-name", "font-family")),
            size=font_size(text("font-size")),
            bold=is_bold(text("font-weight")),
            italic=text("font-style") in ("italic", "oblique"),
            underline=_nearest(texts, "text-underline-style") not in ("", "none"),
            struck=struck not in ("", "none"),
            colour=_text_colour(texts),
            fill=colour(_nearest(cells, "background-color")),
            left=edge(_nearest(cells, "border-left", "border")),
            right=edge(_nearest(cells, "border-right", "border")),
            top=edge(_nearest(cells, "border-top", "border")),
            bottom=edge(_nearest(cells, "border-bottom", "border")),
            horizontal=horizontal,
            vertical=_vertical(cells),
            wrapped=_nearest(cells, "wrap-option") == "wrap",
            shrunk=_nearest(cells, "shrink-to-fit") == "true",
            indent=indent(_nearest(paragraphs, "margin-left")) if indented else 0,
            rotation=_turned(cells),
        )

    def _font(self, name: str) -> str:
        """Return the family a font's name stands for, the first where several are listed."""
        family = self._faces.get(name, name)
        return re.split("[,;]", family, maxsplit=1)[0].strip(" '\"")[:_LONGEST_FONT]


def _named(part: etree._Element, tag: str) -> dict[_Key, etree._Element]:
    """Return the styles of a part's section by family and name."""
    return {
        (style.get(f"{_STYLE}family") or "", style.get(f"{_STYLE}name") or ""): style
        for section in part.iterchildren(tag)
        for style in section.iterchildren(f"{_STYLE}style")
    }


def _faces(part: etree._Element) -> dict[str, str]:
    return {
        face.get(f"{_STYLE}name") or "": face.get(f"{_SVG}font-family") or ""
        for face in part.iter(f"{_STYLE}font-face")
        if face.get(f"{_SVG}font-family")
    }


def _found(key: _Key, *places: Mapping[_Key, etree._Element]) -> etree._Element | None:
    return next((place[key] for place in places if key in place), None)


def _nearest(levels: Sequence[Mapping[str, str]], *names: str) -> str:
    """Return the first attribute of the nearest level that has any of them, "" when none has."""
    for level in levels:
        for name in names:
            if name in level:
                return level[name]
    return ""


def _text_colour(texts: Sequence[Mapping[str, str]]) -> str:
    for level in texts:
        if level.get("use-window-font-color") == "true":
            return ""
        if "color" in level:
            return colour(level["color"])
    return ""


def _horizontal(chain: Sequence[_Level]) -> str:
    for level in chain:
        cell, paragraph = level.get(_CELL, {}), level.get(_PARAGRAPH, {})
        if cell.get("text-align-source") == "value-type":
            return ""
        if cell.get("repeat-content") == "true":
            return "fill"
        if "text-align" in paragraph:
            found = _HORIZONTAL.get(paragraph["text-align"], "")
            spread = found == "justify" and paragraph.get("text-justify") == "distribute"
            return "distributed" if spread else found
    return ""


def _vertical(cells: Sequence[Mapping[str, str]]) -> str:
    found = _VERTICAL.get(_nearest(cells, "vertical-align"), "")
    spread = found == "vjustify" and _nearest(cells, "vertical-justify") == "distribute"
    return "vdistributed" if spread else found


def _turned(cells: Sequence[Mapping[str, str]]) -> int:
    if _nearest(cells, "direction") == "ttb":
        return 270
    return rotation(_nearest(cells, "rotation-angle"))
