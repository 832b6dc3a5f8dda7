"""XML of workbook parts: parsing without entities, namespaces, ordered insertion, escaping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from lxml import etree

from selfeval_xl.workbooks.sheet import parse_a1
from selfeval_xl.workbooks.workbook import WorkbookProblem

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
MOST_TEXT = 32767  # characters Excel allows in a cell or a note

Element = etree._Element
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, strip_cdata=False
)

# Addresses repeat from sheet to sheet and from file to file.
place_of = lru_cache(maxsize=32_768)(parse_a1)


def office_relations(main: str) -> str:
    """Return the namespace of ``r:id`` and of relationship types beside a main namespace."""
    return _STRICT_RELATIONS if main == STRICT else _RELATIONS


def parse(content: bytes, part: str) -> Element:
    """Return the root of a part; no entity is expanded and nothing is fetched.

    Raises WorkbookProblem (kind ``damaged``) naming the part when it is no XML.
    """
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as problem:
        raise WorkbookProblem(
            "damaged",
            f"文件内部的“{part}”已损坏，无法写入标注。"
            "请在 Excel 或 WPS 中打开原文件另存一份后重试。",
        ) from problem


def new_root(main: str, name: str) -> Element:
    """Return the root of a new part with its namespace as the default one."""
    return etree.fromstring(f'<{name} xmlns="{main}"/>')


def serialise(root: Element) -> bytes:
    """Return a part's bytes, always UTF-8, with the declaration Excel writes."""
    tree = root.getroottree()
    body = etree.tostring(tree, encoding="UTF-8", xml_declaration=False)
    standalone = b' standalone="yes"' if tree.docinfo.standalone else b""
    return b'<?xml version="1.0" encoding="UTF-8"' + standalone + b"?>\n" + body


def namespace(root: Element) -> str:
    """Return the namespace of an element ("" when it has none)."""
    return etree.QName(root).namespace or ""


def local(element: Element) -> str:
    """Return an element's name without namespace, "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def insert_ordered(parent: Element, child: Element, successors: Sequence[str]) -> None:
    """Insert a child before the first of the elements the schema puts after it."""
    followers = frozenset(successors)
    for place, sibling in enumerate(parent):
        if local(sibling) in followers:
            parent.insert(place, child)
            return
    parent.append(child)


def drop_attribute(element: Element, name: str) -> bool:
    """Take an attribute off; tell whether it was there."""
    if element.get(name) is None:
        return False
    del element.attrib[name]
    return True


def truthy(value: str | None) -> bool:
    """Tell whether an xsd:boolean attribute is set."""
    return value in ("1", "true", "on")


_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(text: str) -> str:
    """Return text as a string cell may hold it.

    Characters XML cannot carry become Excel's ``_x0001_`` escapes, text that looks like such an
    escape is protected, and what exceeds 32767 characters is cut with an ellipsis.
    """
    if len(text) > MOST_TEXT:
        text = text[: MOST_TEXT - 1] + "…"
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\ufffd" if code >= 0xD800 else f"_x{code:04X}_"


def without_controls(text: str) -> str:
    """Return a line of text without control characters and what XML cannot carry.

    All else stays, blanks of any width included.
    """
    return _CONTROL.sub("", text)


def has_controls(text: str) -> bool:
    """Tell whether a text has characters that :func:`without_controls` leaves out."""
    return bool(_CONTROL.search(text))


def plain_text(text: str) -> str:
    """Return text for places without Excel's escapes: unsafe characters are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub("", text)[:MOST_TEXT]


_PLAIN = re.compile("[^&<>\"'_\x00-\x1f\ud800-\udfff\ufffe\uffff]*")


def cell_markup(text: str) -> str:
    """Return text as the markup of a string cell: :func:`cell_text`, escaped."""
    if len(text) <= MOST_TEXT and _PLAIN.fullmatch(text):
        return text
    return markup_text(cell_text(text))


def markup_text(text: str) -> str:
    """Return text escaped for element content and quoted attributes."""
    return escape(text, quote=True)


def formula_markup(formula: str) -> str:
    """Return a formula escaped for element content; ValueError when XML cannot carry it."""
    if _UNSAFE.search(formula):
        raise ValueError("a formula with control characters")
    return escape(formula, quote=False).replace("\r", "&#13;")


def looks_like_formula(text: str) -> bool:
    """Tell whether editing the cell would turn this text into a formula."""
    return len(text) > 1 and text[0] in "=+-@"
