"""Colours of a workbook's theme, and colours made lighter or darker."""

from __future__ import annotations

import re
from colorsys import hls_to_rgb, rgb_to_hls

from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.xml_parts import attribute, local, parse

_ORDER = (
    "lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6",
    "hlink", "folHlink",
)  # fmt: skip
_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")


@recurring(16)
def theme_colours(data: bytes) -> tuple[str, ...]:
    """Return the colours of a theme part as RRGGBB by the number formats refer to them with.

    "" for those the theme does not give by their parts. Raises WorkbookProblem when the part is
    no well-formed XML.
    """
    scheme = next(parse(data).iter("{*}clrScheme"), ())
    named = {local(slot): _colour(slot) for slot in scheme}
    return tuple(named.get(name, "") for name in _ORDER)


def _colour(slot: object) -> str:
    for element in slot:  # type: ignore[attr-defined]
        stated = attribute(element, "lastClr" if local(element) == "sysClr" else "val")
        if _COLOUR.fullmatch(stated):
            return stated.upper()
    return ""


def tinted(colour: str, tint: float) -> str:
    """Return a colour (RRGGBB) made lighter by a share of what is missing to white.

    Below zero it is made darker by a share of its own lightness (ECMA-376 §18.8.19).
    """
    if not tint:
        return colour
    red, green, blue = (part / 255 for part in bytes.fromhex(colour))
    hue, light, strength = rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return "".join(f"{round(part * 255):02X}" for part in hls_to_rgb(hue, light, strength))
