"""XML parts: parsed without entities, external references or document types.

Two views are offered: an element tree for small parts, and ``plain_text`` for the large ones, a
text without prefixes, comments and CDATA in which regular expressions may look for elements.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple
from xml.parsers import expat

from lxml import etree

from selfeval_xl.workbooks import known_cells
from selfeval_xl.workbooks.container import damaged
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.workbook import WorkbookProblem

MAIN_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)

_ROOT = re.compile(r'\ufeff?(?:<\?xml[^>]*\?>)?\s*<\w+\b[^>]*?\sxmlns=(["\'])([^"\']+)\1')
_DECLARED = re.compile(rb'<\?xml[^>]*?encoding\s*=\s*["\']([A-Za-z0-9._-]+)["\']')
_DOCTYPES = (b"<!DOCTYPE", b"<\0!\0D\0O\0C", b"\0<\0!\0D\0O\0C")
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|lt|gt|amp|quot|apos);")
_SPACES = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def _doctype() -> WorkbookProblem:
    return WorkbookProblem(
        "hostile",
        "文件内部含有表格文件不应有的 DTD 声明，可能被改造过，未读取。"
        "请用 Excel 或 WPS 打开并另存为新的 .xlsx 后重新放入。",
    )


def refuse_doctype(data: bytes) -> None:
    """Raise WorkbookProblem when an XML part declares a document type (entities may follow)."""
    # Few parts have the one byte, which is found ten times as fast as two of them.
    if b"!" in data and any(mark in data for mark in _DOCTYPES):
        raise _doctype()


USUAL_DEPTH = 100


def parse(data: bytes, depth: int = USUAL_DEPTH) -> etree._Element:
    """Return a part's root element; comments and processing instructions are left out.

    Raises WorkbookProblem when it is not well-formed, has a document type or nests deeper than
    ``depth``.
    """
    refuse_doctype(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged("XML 内容") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    _check_depth(root, depth)
    return root


def _too_deep() -> WorkbookProblem:
    return WorkbookProblem("hostile", "文件内部的 XML 嵌套过深，不是正常的表格文件，未读取。")


def _check_depth(root: etree._Element, depth: int) -> None:
    level = [root]
    for _ in range(depth):
        level = [child for element in level for child in element]
        if not level:
            return
    raise _too_deep()


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute by its name in no namespace, "" when missing."""
    return element.get(name) or ""


def plain_text(data: bytes, depth: int = USUAL_DEPTH) -> str:
    """Return a well-formed part as text in which SpreadsheetML elements have no prefix.

    Ordinary parts are returned as they are; unusual ones (prefixes, comments, CDATA, space in end
    tags, ">" in values, other encodings) are written anew. Line ends are those of XML (``\\n``).
    Raises WorkbookProblem when the part is not well-formed or has a document type.
    """
    text = _ordinary(data)
    if text is None or _checked(data, depth).unusual_tags:
        return _serialised(parse(data, depth))
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def prefixes_declared(data: bytes, depth: int) -> bool:
    """Tell whether all prefixes in a well-formed part in UTF-8 stand for a namespace.

    Raises WorkbookProblem when the part is not well-formed or nests deeper than ``depth``.
    """
    return _checked(data, depth).declared


class _Check(NamedTuple):
    """Whether a part's prefixes are all declared, and whether its tags are written unusually."""

    declared: bool
    unusual_tags: bool


@recurring(64)
def _checked(data: bytes, depth: int) -> _Check:
    """Look whether a part in UTF-8 is well-formed; raise WorkbookProblem when it is not.

    The answer is kept: a sheet that was read is often marked next.
    """
    try:
        if known_cells.well_formed(data, depth):
            return _Check(declared=True, unusual_tags=False)
    except known_cells.TooDeepError as error:
        raise _too_deep() from error
    try:
        expat.ParserCreate("utf-8", " ").Parse(data, True)
    except expat.ExpatError:
        try:
            expat.ParserCreate("utf-8").Parse(data, True)
        except expat.ExpatError as error:
            raise damaged("XML 内容") from error
        return _Check(False, known_cells.has_unusual_tags(data))
    return _Check(True, known_cells.has_unusual_tags(data))


def declared_encoding(data: bytes) -> str:
    """Return the encoding a part says it is in, in small letters; UTF-8 when it says nothing."""
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    return declared[1].decode().lower() if declared else "utf-8"


def _ordinary(data: bytes) -> str | None:
    """Return a part's text, None when it has anything that could mislead a regular expression."""
    # Few parts have the one byte, which is found ten times as fast as two of them.
    if b"!" in data and b"<!" in data:
        return None
    if data.find(b"?", data.find(b"?>") + 2) >= 0 and data.count(b"<?") > 1:
        return None
    if declared_encoding(data) not in ("utf-8", "utf8", "us-ascii"):
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    root = _ROOT.match(text)
    return text if root and root[2] in MAIN_NAMESPACES else None


def _serialised(root: etree._Element) -> str:
    """Return a tree as text, SpreadsheetML elements by local name, all others with a prefix."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = _plain_name(element)
        if event == "end":
            pieces.append(f"</{name}>")
            pieces.append(escape(element.tail or "", quote=False))
            continue
        attributes = "".join(
            f' {key}="{escape(value).translate(_SPACES)}"'
            for key, value in element.items()
            if not key.startswith("{")
        )
        pieces.append(f"<{name}{attributes}>{escape(element.text or '', quote=False)}")
    return "".join(pieces)


def _plain_name(element: etree._Element) -> str:
    namespace, _, name = str(element.tag).rpartition("}")
    return name if namespace.lstrip("{") in MAIN_NAMESPACES else f"other:{name}"


def unescape(text: str) -> str:
    """Return the characters of XML text: entity and character references resolved."""
    return _unescaped(text) if "&" in text else text


@recurring(4096)  # the workbooks of one template hold the same formulas
def _unescaped(text: str) -> str:
    return _REFERENCE.sub(_resolved, text)


def _resolved(match: re.Match[str]) -> str:
    name = match[1]
    if not name.startswith("#"):
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(code) if code <= 0x10FFFF else "\ufffd"
