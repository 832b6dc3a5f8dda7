"""How sheets of .ods files are printed, and what their windows show: frozen cells, grid lines."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from selfeval_xl.workbooks.looks import Page
from selfeval_xl.workbooks.open_document_values import attributes, inches
from selfeval_xl.workbooks.sheet import Cell
from selfeval_xl.workbooks.xml_parts import local

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CONFIG = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"

_PAPERS = {
    (210.0, 297.0): 9,
    (297.0, 420.0): 8,
    (148.0, 210.0): 11,
    (215.9, 279.4): 1,
    (215.9, 355.6): 5,
    (257.0, 364.0): 12,
    (182.0, 257.0): 13,
}
"""Excel's numbers of A4, A3, A5, letter, legal, B4 and B5 by width and height in millimetres."""

_NEAR = 1.5  # millimetres
_FIXED = "2"
_MOST_PAGES = 32_767
_SMALLEST, _LARGEST = 10, 400  # per cent, Excel's own limits
_LAST_ROW, _LAST_COLUMN = 1_048_575, 16_383


class View(NamedTuple):
    """What a sheet's window shows; ``frozen`` is the first cell that scrolls."""

    frozen: Cell | None = None
    gridlines: bool = True


def pages(common: etree._Element | None) -> dict[str, Page]:
    """Return the pages of styles.xml by the names of master pages."""
    if common is None:
        return {}
    layouts = {
        layout.get(f"{_STYLE}name") or "": _page(properties)
        for layout in common.iter(f"{_STYLE}page-layout")
        for properties in layout.iterchildren(f"{_STYLE}page-layout-properties")
    }
    found = {}
    for master in common.iter(f"{_STYLE}master-page"):
        layout = layouts.get(master.get(f"{_STYLE}page-layout-name") or "")
        if layout:
            found[master.get(f"{_STYLE}name") or ""] = layout
    return found


def _page(properties: etree._Element) -> Page:
    told = attributes(properties)
    width, height = (inches(told.get(f"page-{side}", "")) or 0.0 for side in ("width", "height"))
    turned = told.get("print-orientation") or ("landscape" if width > height > 0 else "portrait")
    margins = [_margin(told, side) for side in ("left", "right", "top", "bottom")]
    left, right, top, bottom = (margin or 0.0 for margin in margins)
    return Page(
        turned == "landscape",
        _paper(width, height),
        _scale(told.get("scale-to", "")),
        _fit(told),
        None if None in margins else (left, right, top, bottom),
        told.get("table-centering") in ("horizontal", "both"),
    )


def _margin(told: dict[str, str], side: str) -> float | None:
    return inches(told.get(f"margin-{side}") or told.get("margin", ""))


def _paper(width: float, height: float) -> int:
    """Return Excel's number of a paper in inches, lying or standing, 0 for one not known."""
    sides = sorted((width * 25.4, height * 25.4))
    for paper, number in _PAPERS.items():
        if all(abs(side - known) < _NEAR for side, known in zip(sides, paper, strict=True)):
            return number
    return 0


def _scale(text: str) -> int:
    share = text.strip().removesuffix("%").partition(".")[0]
    if not share.isdecimal() or len(share) > 4:
        return 100
    return min(max(int(share), _SMALLEST), _LARGEST)


def _fit(told: dict[str, str]) -> tuple[int, int] | None:
    """Return the pages in width and height; a number of pages in all is taken as that high."""
    width, height = _whole(told.get("scale-to-X", "")), _whole(told.get("scale-to-Y", ""))
    if width or height:
        return min(width, _MOST_PAGES), min(height, _MOST_PAGES)
    both = _whole(told.get("scale-to-pages", ""))
    return (1, min(both, _MOST_PAGES)) if both else None


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def views(settings: etree._Element | None) -> dict[str, View]:
    """Return what settings.xml says of the first window, by sheet name."""
    if settings is None:
        return {}
    maps = settings.iter(f"{_CONFIG}config-item-map-named")
    tables = next((each for each in maps if each.get(f"{_CONFIG}name") == "Tables"), None)
    if tables is None:
        return {}
    # Early programs kept the grid lines once for all sheets.
    entry = tables.getparent()
    shared = {} if entry is None else _items(entry)
    found = {}
    for table in tables.iterchildren(f"{_CONFIG}config-item-map-entry"):
        items = {**shared, **_items(table)}
        frozen, gridlines = _frozen(items), items.get("ShowGrid") != "false"
        found[table.get(f"{_CONFIG}name") or ""] = View(frozen, gridlines)
    return found


def _items(entry: etree._Element) -> dict[str, str]:
    return {
        item.get(f"{_CONFIG}name") or "": (item.text or "").strip()
        for item in entry
        if local(item) == "config-item"
    }


def _frozen(items: dict[str, str]) -> Cell | None:
    row, column = (
        _whole(items.get(f"{way}SplitPosition", ""))
        if items.get(f"{way}SplitMode") == _FIXED
        else 0
        for way in ("Vertical", "Horizontal")
    )
    inside = row <= _LAST_ROW and column <= _LAST_COLUMN
    return (row, column) if inside and (row or column) else None
