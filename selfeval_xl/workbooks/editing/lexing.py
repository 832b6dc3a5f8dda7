"""XML as text: where its elements stand, so that an edit replaces these characters and no others.

All text here is that of well-formed parts, see ``sheet_text``. What may hold anything (comments,
CDATA sections, processing instructions, a document type) is first blanked out by :func:`masked`,
character for character: places found in the masked text are the same in the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from selfeval_xl.workbooks.editing.markup import markup_text
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.xml_parts import unescape

ATTRIBUTES = r"""[^"'<>/]*+(?>(?:(?:"[^"]*+"|'[^']*+')[^"'<>/]*+)*)"""
"""What stands between the name and the end of a tag; quoted values may hold ">" and "/"."""

# An opening tag comes with its content and closing tag when there are no tags between them.
_TAG = re.compile(
    rf"<(/)?([^\s/<>]++)({ATTRIBUTES})(/)?>(?(1)|(?(4)|(?>(?:[^<]*+(</\2\s*+>))?)))", re.ASCII
)
_OPAQUE = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<text>.*?)\]\]>"
    r"""|<!DOCTYPE(?>(?:[^\["'>]|"[^"]*+"|'[^']*+')*)"""
    r"""(?:\[(?>(?:[^\]"'<]|"[^"]*+"|'[^']*+'|<!--.*?-->|<\?.*?\?>|<)*)\]\s*+)?>""",
    re.DOTALL,
)


class Element(NamedTuple):
    """An element as it stands in a text, from ``start`` to ``end``.

    Its content stands between ``inside`` and ``close``; both are ``end`` for an element of one tag
    (``<c/>``). ``attributes`` are as written, with the space before each.
    """

    name: str
    attributes: str
    start: int
    inside: int
    close: int
    end: int

    @property
    def single(self) -> bool:
        """Whether the element is one tag."""
        return self.close == self.end


class Splice(NamedTuple):
    """New text for what stands between two places."""

    start: int
    end: int
    text: str


def masked(text: str) -> str:
    """Return a text of the same length without anything but tags and the text between them."""
    start = text.find("?>") + 2 if text.startswith(("<?xml ", "\ufeff<?xml ")) else 0
    # Few parts have the one character, which is found ten times as fast as two of them.
    marked = "!" in text and "<!" in text
    if not marked and (text.find("?", start) < 0 or text.find("<?", start) < 0):
        return text
    return _OPAQUE.sub(lambda match: " " * (match.end() - match.start()), text)


def elements(text: str, start: int, end: int) -> Iterator[Element]:
    """Yield the elements between two places of a masked text, not those inside them."""
    depth = 0
    opening = None
    for tag in _TAG.finditer(text, start, end):
        closing, name, attributes, single, ending = tag.groups()
        if closing:
            depth -= 1
            if not depth and opening is not None:
                inside = opening.end()
                yield Element(
                    opening[2], opening[3], opening.start(), inside, tag.start(), tag.end()
                )
        elif not (single or ending):
            if not depth:
                opening = tag
            depth += 1
        elif not depth:
            last = tag.end()
            inside, close = (tag.end(3) + 1, tag.start(5)) if ending else (last, last)
            yield Element(name, attributes, tag.start(), inside, close, last)


def local_name(name: str) -> str:
    """Return a name as written without its prefix."""
    return name.rpartition(":")[2]


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return a text with pieces of it replaced; these do not overlap.

    Insertions in one place come in the order given, before the replacement of what follows it.
    """
    pieces: list[str] = []
    done = 0
    for splice in sorted(splices, key=lambda splice: splice[:2]):
        pieces += (text[done : splice.start], splice.text)
        done = splice.end
    pieces.append(text[done:])
    return "".join(pieces)


# Attributes -----------------------------------------------------------------------------------


_VALUE = r"""(?:"[^"]*+"|'[^']*+')"""
_ANY_ATTRIBUTE = re.compile(rf"\s++([^\s=]++)\s*+=\s*+({_VALUE})", re.ASCII)


@lru_cache(maxsize=64)
def _attribute(name: str) -> re.Pattern[str]:
    """Return what finds an attribute behind any others."""
    other = rf"\s++(?!{re.escape(name)}[\s=])[^\s=]++\s*+=\s*+{_VALUE}"
    return re.compile(rf"((?>(?:{other})*))\s++{re.escape(name)}\s*+=\s*+({_VALUE})", re.ASCII)


@recurring(1024)
def all_attributes(attributes: str) -> Mapping[str, str]:
    """Return the attributes by name; rows of one template have the same ones."""
    found = _ANY_ATTRIBUTE.finditer(attributes.rstrip())
    return {match[1]: unescape(match[2][1:-1]) for match in found}


def attribute(attributes: str, name: str) -> str | None:
    """Return the value of an attribute, None when it is not there."""
    match = _attribute(name).match(attributes)
    return unescape(match[2][1:-1]) if match else None


def with_attribute(attributes: str, name: str, value: str) -> str:
    """Return attributes with one given another value, in its place, or added at the end."""
    quoted = f'"{markup_text(value)}"'
    match = _attribute(name).match(attributes)
    if match is None:
        return f"{attributes.rstrip()} {name}={quoted}"
    return attributes[: match.start(2)] + quoted + attributes[match.end(2) :]


def without_attribute(attributes: str, name: str) -> str:
    """Return attributes without one."""
    match = _attribute(name).match(attributes)
    return attributes[: match.end(1)] + attributes[match.end() :] if match else attributes


# Text -----------------------------------------------------------------------------------------


def text_of(content: str) -> str:
    """Return the text of an element without children, given as it is written."""
    return _resolved(content) if "&" in content or "<" in content or "\r" in content else content


@recurring(4096)  # the workbooks of one template hold the same formulas
def _resolved(content: str) -> str:
    if "<" in content:
        content = _OPAQUE.sub(lambda match: markup_text(match["text"] or ""), content)
    return unescape(content.replace("\r\n", "\n").replace("\r", "\n"))
