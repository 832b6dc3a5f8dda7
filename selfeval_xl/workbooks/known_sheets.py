"""Sheets read once: a page of instructions comes again with every workbook of a template.

A worksheet part alone does not say what its sheet holds, its texts are numbers of shared texts. So
a sheet is given again only when the part and all it took from its package are the same. The very
same object is given, so that whatever was found on the sheet can be kept by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.package import Package, SheetPart
from selfeval_xl.workbooks.recurring import LONGEST, recurring
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.workbooks.sheet_xml import read_sheet
from selfeval_xl.workbooks.xml_parts import plain_text

_FORMAT = 16  # characters of a number format, near enough


@dataclass(slots=True)
class _Known:
    """What a part was read as last, with the shared texts by number and the formats it took."""

    sheet: Sheet | None = None
    texts: dict[str, str] = field(default_factory=dict)
    formats: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def holds_in(self, package: Package) -> bool:
        """Tell whether the part would be read the same in another package."""
        return self.formats == package.formats and all(
            package.shared(number) == text for number, text in self.texts.items()
        )


def known_sheet(data: bytes, part: SheetPart, package: Package, limits: Limits) -> Sheet:
    """Return the sheet of a worksheet part; see ``sheet_xml.read_sheet``."""
    known = _known(data, part.name, part.hidden, package.date_1904, package.as_shown, limits)
    if known.sheet is not None and known.holds_in(package):
        return known.sheet
    sheet, texts = read_sheet(
        plain_text(data, limits.depth), part.name, part.hidden, package, limits
    )
    if sum(map(len, texts.values())) + len(package.formats) * _FORMAT <= LONGEST:
        known.sheet, known.texts, known.formats = sheet, texts, package.formats
    return sheet


@recurring(64)
def _known(
    data: bytes, name: str, hidden: bool, date_1904: bool, as_shown: bool, limits: Limits
) -> _Known:
    """Return the place where what is known of a part is kept."""
    return _Known()
