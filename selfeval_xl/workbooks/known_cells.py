"""Worksheet parts whose well-formedness follows from what expat was shown before.

Cells and rows of a template look alike from sheet to sheet, figures apart. So a part is taken to
pieces, digits are made zeros, and expat is shown the pieces it has not seen yet. Each is shown
within an element of its own, which it cannot leave: pieces that are well-formed by themselves are
so one after another. Whatever is out of the ordinary is left to expat as a whole.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from selfeval_xl.workbooks.recurring import LONGEST, recurring

_OPENING, _CLOSING = b"<sheetData>", b"</sheetData>"
_ROW, _CELL = b"</row>", b"</c>"
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
# Excel writes this in every row; its name has digits that matter.
_NAMESPACE = b"xmlns:x14ac"
_DESCENT, _PLAIN_DESCENT = b" x14ac:dyDescent=", b" dyDescent="
_ROW_WITH_DESCENT = b'<row x14ac:dyDescent="0"/>'
_WRAPPER = b"selfeval-piece"
_CHARACTER = b"&#"  # begins a reference to a character by its number
# Digits matter also in names that must be the same, and in those of namespaces.
_NUMBERED_END = re.compile(rb"</[^<>]*0")
_SPACED_END = re.compile(rb"</[^\s<>]++\s")
_END_IN_VALUE = re.compile(
    rb"""<[^\s<>"'/!?][^<>"']*+(?>(?:(?:"[^"<>]*+"|'[^'<>]*+')[^<>"']*+)*)(?:"[^"<>]*+|'[^'<>]*+)>"""
)
_BINDING = b"xmlns"
_OWN_TEXT = b'"inlineStr"'  # cells with it are rarely alike
_MOST = 1 << 14  # pieces remembered
_LONGEST = 1 << 9  # bytes of a piece remembered
_MOST_NEW = 1 << 8  # pieces of one sheet worth showing one by one

Pieces = dict[bytes, set[bytes]]
"""Pieces by what closes them: the ends of the elements that they leave open."""

_seen: Pieces = {_ROW: set(), _CELL + _ROW: set(), _CELL: set(), b"": set()}


class TooDeepError(Exception):
    """Elements are nested too deep."""


def well_formed(data: bytes, depth: int = 100) -> bool:
    """Tell whether a worksheet part is well-formed XML in UTF-8 whose prefixes are all declared.

    False when that is not sure, or when tags are written as no program does. Raises TooDeepError
    when elements around the rows, or those in cells not seen before, nest deeper than ``depth``.
    """
    start, end = data.find(_OPENING) + len(_OPENING), data.rfind(_CLOSING)
    if not len(_OPENING) <= start <= end:
        return False
    head, tail, inside = data[:start], data[end:], b""
    if not _is_frame(head + tail, depth) or len(data) > LONGEST:
        return False  # the pieces of a large one would take as much memory again
    rows = data[start:end]
    # Few parts have the one byte, which is found ten times as fast as two of them.
    if (b"#" in rows and _CHARACTER in rows) or _OWN_TEXT in rows:
        return False
    if _NAMESPACE in head and _DESCENT in rows:
        rows, inside = rows.replace(_DESCENT, _PLAIN_DESCENT), _ROW_WITH_DESCENT
    if inside and not _is_frame(head + inside + tail, depth):
        return False
    unseen = {
        closing: pieces - _seen[closing]
        for closing, pieces in _pieces(rows.translate(_ZEROS)).items()
    }
    if new := sum(map(len, unseen.values())):
        if new > _MOST_NEW or not _are_well_formed(unseen, depth):
            return False
        _remember(unseen)
    return True


@recurring(64)
def _is_frame(frame: bytes, depth: int) -> bool:
    """Tell whether a part without its rows is well-formed, and rows would be elements in it."""
    if b"<!" in frame or frame.count(b"<?") != frame.startswith(b"<?xml "):
        return False  # "<sheetData>" may stand in a comment
    return _accepts(frame, depth)


def _pieces(rows: bytes) -> Pieces:
    """Return the pieces of some rows: what leads to a cell's end, and what is left of each row."""
    whole, heads, cells, rests = set(), set(), set(), set()
    *closed, last = rows.split(_ROW)
    rests.add(last)
    for row in closed:
        head, *others = row.split(_CELL)
        if others:
            heads.add(head)
            rests.add(others.pop())
            cells.update(others)
        else:
            whole.add(head)
    return {_ROW: whole, _CELL + _ROW: heads, _CELL: cells, b"": rests}


def _are_well_formed(pieces: Pieces, depth: int) -> bool:
    """Show each of some pieces to expat, closed and within an element of its own."""
    shown = [
        b"<%b>%b%b</%b>" % (_WRAPPER, piece, closing, _WRAPPER)
        for closing, some in pieces.items()
        for piece in some
    ]
    text = b"".join(shown)
    if text.count(_WRAPPER) > 2 * len(shown):
        return False
    if _BINDING in text or _NUMBERED_END.search(text):
        return False
    return _accepts(b"<a>%b</a>" % text, depth)


def has_unusual_tags(data: bytes) -> bool:
    """Tell whether tags of a part without comments and CDATA are written as no program does.

    That is an end tag that holds space (``</row >``) or a value with the end of a tag in it
    (``<c x=">">``), which XML allows.
    """
    if _SPACED_END.search(data):
        return True
    # Texts hold such characters more often; in most parts each ends a tag.
    return data.count(b">") != data.count(b"<") and _END_IN_VALUE.search(data) is not None


def _accepts(data: bytes, depth: int) -> bool:
    """Tell whether expat takes a part and its tags are written as usual.

    Raises TooDeepError when it nests too deep.
    """
    if has_unusual_tags(data):
        return False
    parser, level = expat.ParserCreate("utf-8", " "), 0

    def opened(_name: str, _attributes: object) -> None:
        nonlocal level
        level += 1
        if level > depth:
            raise TooDeepError

    def closed(_name: str) -> None:
        nonlocal level
        level -= 1

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def _remember(pieces: Pieces) -> None:
    if sum(map(len, _seen.values())) + sum(map(len, pieces.values())) > _MOST:
        for seen in _seen.values():
            seen.clear()
    for closing, some in pieces.items():
        _seen[closing].update(piece for piece in some if len(piece) <= _LONGEST)
