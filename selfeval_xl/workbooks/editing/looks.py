"""The elements of a look — font, fill, border, cell format — as the styles part holds them.

Patterns are made once per process and copied, because the workbooks of a run share a few looks.
"""

from __future__ import annotations

from copy import copy
from functools import lru_cache

from lxml import etree

from selfeval_xl.workbooks.changes import Style
from selfeval_xl.workbooks.editing.markup import Element, markup_text

FONT = "微软雅黑"
_BORDER_COLOUR = "FFBFC5CD"
_CACHED = 256


@lru_cache(maxsize=_CACHED)
def _pattern(markup: str, main: str) -> Element:
    return etree.fromstring(markup.replace(" ", f' xmlns="{main}" ', 1))


def solid_fill(colour: str, main: str) -> Element:
    """Return a solid fill of an ARGB colour."""
    return copy(
        _pattern(
            f'<fill ><patternFill patternType="solid"><fgColor rgb="{markup_text(colour)}"/>'
            '<bgColor indexed="64"/></patternFill></fill>',
            main,
        )
    )


def reserved_fill(kind: str, main: str) -> Element:
    """Return one of the two fills every workbook begins with."""
    return copy(_pattern(f'<fill ><patternFill patternType="{kind}"/></fill>', main))


def font(style: Style, main: str) -> Element:
    """Return a style's font."""
    marks = (("b", style.bold), ("i", style.italic), ("u", style.underline))
    shown = "".join(f"<{name}/>" for name, wanted in marks if wanted)
    colour = f'<color rgb="{markup_text(style.colour)}"/>' if style.colour else ""
    return copy(
        _pattern(
            f'<font >{shown}<sz val="{style.size:g}"/>{colour}<name val="{FONT}"/><family val="2"/>'
            '<charset val="134"/></font>',
            main,
        )
    )


def thin_border(main: str) -> Element:
    """Return thin grey lines on all sides."""
    line = f'style="thin"><color rgb="{_BORDER_COLOUR}"/>'
    sides = "".join(f"<{side} {line}</{side}>" for side in ("left", "right", "top", "bottom"))
    return copy(_pattern(f"<border >{sides}<diagonal/></border>", main))


def cell_format(style: Style, *, quoted: bool, main: str) -> Element:
    """Return a style's cell format; font, fill, border and number format are set by number."""
    places = (("horizontal", style.horizontal), ("vertical", style.vertical))
    placed = "".join(f' {name}="{markup_text(value)}"' for name, value in places if value)
    wrapped = ' wrapText="1"' if style.wrap else ""
    quote = ' quotePrefix="1"' if quoted else ""
    return copy(
        _pattern(
            f'<xf xfId="0" applyNumberFormat="{int(bool(style.number_format))}" applyFont="1" '
            f'applyFill="{int(bool(style.fill))}" applyBorder="{int(style.border)}" '
            f'applyAlignment="1"{quote}><alignment{placed}{wrapped}/></xf>',
            main,
        )
    )
