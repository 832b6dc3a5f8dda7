"""Number formats of .ods files: styles of cells to format codes as Excel writes them.

What is not understood for certain has no code: the number is shown plainly.
"""

from __future__ import annotations

import re

from lxml import etree

from selfeval_xl.workbooks.editing.markup import has_controls
from selfeval_xl.workbooks.number_formats import GENERAL
from selfeval_xl.workbooks.open_document_dates import date_code
from selfeval_xl.workbooks.open_document_styles import Styles
from selfeval_xl.workbooks.open_document_values import attributes, colour
from selfeval_xl.workbooks.xml_parts import local

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

_MOST_DECIMALS = 30
_LONGEST_CODE = 255  # Excel's own limit
_MOST_FACTORS = 4
_BARE = "-+() "
_CONDITION = re.compile(
    r"\s*value\(\)\s*(<=|>=|!=|<|>|=)\s*(-?\d{1,400}(?:\.\d{1,400})?(?:[eE][-+]?\d{1,3})?)\s*"
)
_BEYOND_ALL = 1e300
_COLOURS = {
    "000000": "[Black]",
    "0000FF": "[Blue]",
    "00FFFF": "[Cyan]",
    "00FF00": "[Green]",
    "FF00FF": "[Magenta]",
    "FF0000": "[Red]",
    "FFFFFF": "[White]",
    "FFFF00": "[Yellow]",
}
_DATES = ("date-style", "time-style")
_NUMBERS = ("number-style", "percentage-style", "currency-style", "text-style")
_NO_PART = ("text-properties", "map")


class NumberFormats:
    """The number formats of a document's two parts; codes are made once each."""

    def __init__(
        self, styles: Styles, content: etree._Element, common: etree._Element | None
    ) -> None:
        """Take the root elements of content.xml and, where there is one, styles.xml."""
        self._styles = styles
        self._told = _data_styles(content, f"{_OFFICE}automatic-styles")
        self._common = {} if common is None else _data_styles(common, f"{_OFFICE}styles")
        self._cells: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._sections: dict[str, str | None] = {}

    def code(self, style: str) -> str:
        """Return the number format code of a cell style ("" for no style), "" for General."""
        if style not in self._cells:
            name = self._styles.data_style(style)
            if name not in self._codes:
                self._codes[name] = self._code(name)
            self._cells[style] = self._codes[name]
        return self._cells[style]

    def _code(self, name: str) -> str:
        """Return the code of a data style with those it is mapped to."""
        style = self._found(name)
        if style is None:
            return ""
        above, below, nought = (_shown(style, name, number) for number in (1.0, -1.0, 0.0))
        if above == below == nought:
            names: tuple[str | None, ...] = (above,)
        elif below in (above, nought):  # whether a sign is shown then is not certain
            return ""
        else:
            names = (above, below) if above == nought else (above, below, nought)
        sections = [None if each is None else self._section(each) for each in names]
        told = [each for each in sections if each is not None]
        if len(told) < len(names):
            return ""
        code = ";".join(told)
        fits = len(code) <= _LONGEST_CODE and not has_controls(code)
        return code if fits and code != GENERAL else ""

    def _section(self, name: str) -> str | None:
        """Return what a data style says itself, with its colour, None when it is not certain."""
        if name not in self._sections:
            style = self._found(name)
            self._sections[name] = None if style is None else _section(style)
        return self._sections[name]

    def _found(self, name: str) -> etree._Element | None:
        style = self._told.get(name)
        return self._common.get(name) if style is None else style


def _data_styles(part: etree._Element, tag: str) -> dict[str, etree._Element]:
    return {
        style.get(f"{_STYLE}name") or "": style
        for section in part.iterchildren(tag)
        for style in section
        if local(style) in _DATES or local(style) in _NUMBERS
    }


def _shown(style: etree._Element, name: str, number: float) -> str | None:
    """Return the name of the data style that shows numbers of a sign, None when it depends."""
    for condition in style.iterchildren(f"{_STYLE}map"):
        match = _CONDITION.fullmatch(condition.get(f"{_STYLE}condition") or "")
        if not match:
            return None
        limit = float(match[2])
        if limit and abs(limit) < _BEYOND_ALL:
            return None
        holds = {
            "<": number < limit,
            ">": number > limit,
            "<=": number <= limit,
            ">=": number >= limit,
            "=": number == limit,
            "!=": number != limit,
        }
        if holds[match[1]]:
            return condition.get(f"{_STYLE}apply-style-name") or ""
    return name


def _section(style: etree._Element) -> str | None:
    code = date_code(style) if local(style) in _DATES else _number_code(style)
    if code is None:
        return None
    shown = ""
    for told in style:
        if local(told) == "text-properties":
            shown = _COLOURS.get(colour(attributes(told).get("color", "")), "")
    return shown + code


def _number_code(style: etree._Element) -> str | None:
    """Return the code of a data style with at most one number and texts around it."""
    is_share = local(style) == "percentage-style"
    pieces: list[str] = []
    for part in style:
        kind = local(part)
        if kind in ("number", "scientific-number"):
            digits = _digits(part)
            if not digits:
                return None
            pieces.append(digits)
        elif kind in ("text", "currency-symbol"):
            pieces.append(_literal(part.text or "", is_share=is_share))
        elif kind == "fill-character":
            pieces.append(f"*{(part.text or ' ')[0]}")
        elif kind == "text-content":
            pieces.append("@")
        elif kind not in _NO_PART:
            return None
    kinds = [local(part) for part in style if local(part) in _VALUES]
    code = "".join(pieces)
    if len(kinds) > 1 or (is_share and code.count("%") != 1):
        return None
    return code


_VALUES = ("number", "scientific-number", "text-content")


def _digits(number: etree._Element) -> str:
    """Return a number's digits: ``#,##0.00``; "" when they are not certain."""
    told = attributes(number)
    most = _count(told, "decimal-places", -1)
    whole = _count(told, "min-integer-digits", 1)
    if len(number) or told.get("decimal-replacement", "").strip():
        return ""  # texts among the digits, or instead of them
    is_scientific = local(number) == "scientific-number"
    if most < 0:  # left to the program
        plain = whole <= 1 and told.get("grouping") != "true" and "display-factor" not in told
        return GENERAL if plain and not is_scientific else ""
    least = min(_count(told, "min-decimal-places", most), most)
    digits = "0" * whole or "#"
    if told.get("grouping") == "true":
        digits = digits.rjust(4, "#")
        digits = f"{digits[:-3]},{digits[-3:]}"
    code = digits + ("." if most else "") + "0" * least + "#" * (most - least)
    if is_scientific:
        exponent = _count(told, "min-exponent-digits", 2)
        return code + "E+" + "0" * exponent if exponent else ""
    factors = _FACTORS.get(told.get("display-factor", "1"))
    return "" if factors is None else code + "," * factors


_FACTORS = {str(1000**power): power for power in range(_MOST_FACTORS)}


def _literal(text: str, *, is_share: bool) -> str:
    """Return a text in quotes where it needs them; the sign of a share means what it says."""
    if is_share and "%" in text:
        before, _, after = text.partition("%")
        return _literal(before, is_share=False) + "%" + _literal(after, is_share=False)
    if not text.strip(_BARE):  # at the ends of a code a space could get lost
        return text.replace(" ", "_ ")
    return '"{}"'.format(text.replace('"', ""))


def _count(told: dict[str, str], name: str, default: int) -> int:
    text = told.get(name, "")
    return min(int(text), _MOST_DECIMALS) if text.isdecimal() and len(text) < 10 else default
