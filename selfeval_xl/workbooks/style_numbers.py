"""What the numbers mean that .xls and .xlsb files store for looks: colours, alignment, rotation."""

from __future__ import annotations

_FIXED = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
_PALETTE = (
    "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 "
    "9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF "
    "00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
    "003366 339966 003300 333300 993300 993366 333399 333333"
)
USUAL_COLOURS: tuple[str, ...] = (*_FIXED.split(), *_PALETTE.split())
"""The colours by their number, where a workbook names none of its own.

Greater numbers stand for colours of the program.
"""

HORIZONTAL = ("", "left", "center", "right", "fill", "justify", "center_across", "distributed")
VERTICAL = ("top", "vcenter", "bottom", "vjustify", "vdistributed")
SOLID = 1
"""The fill that shows the colour of its pattern, not what lies behind it."""

LAST_LINE = 13
"""The last of the lines a border can be drawn with; 0 is none."""

_BELOW_EACH_OTHER = 255

BOLD = 600
"""Weight from which a font is drawn bold."""


def rotation(turned: int) -> int:
    """Return degrees as ``Look`` has them.

    Up to 90 they are stored as they are, -1 to -90 as 91 to 180.
    """
    if turned == _BELOW_EACH_OTHER:
        return 270
    return turned if turned <= 90 else max(90 - turned, -90)
