"""A table row as XML that is only to be put in its place.

Rows of the summary's long tables are rendered where a file is judged, which is many files at
once; what depends on the place in the table is filled in when the table is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final

from selfeval_xl.workbooks.sheet import column_letters

Value = Decimal | int | float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    ``look`` is one of :data:`selfeval_xl.results.looks.COLUMN_LOOKS`;
    ``group`` is a heading over neighbouring columns that share it.
    """

    title: str
    width: float
    look: str = "text"
    group: str = ""


class Serial(Enum):
    """Stands for the row's number within its table."""

    SERIAL = "serial"


SERIAL: Final = Serial.SERIAL
LONGEST_TEXT = 32_767
"""Characters of a cell."""

# No cell's text can hold these characters: it escapes them.
_ROW, _SERIAL, _LINK = "\x01", "\x02", "\x03"
_SPECIAL = re.compile(
    "[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x[0-9a-fA-F]{4}_"
)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_STYLE = re.compile('(<c r="[A-Z]+[0-9]+" s=")([0-9]+)"')
_SURROGATE = re.compile("[\ud800-\udfff]")


def rendered(
    values: Sequence[Value | Serial],
    looks: Sequence[int],
    height: float | None = None,
    link: int | None = None,
) -> str:
    """Return a row from column A on: values and the numbers of their looks; text stays text.

    The cell in column ``link`` is a link if the table has room for one more.
    """
    return row_of(cells(values, looks, link), height)


def row_of(rendered_cells: str, height: float | None = None) -> str:
    """Return the row that rendered cells make."""
    tall = f' ht="{height:.10g}" customHeight="1"' if height is not None else ""
    return f'<row r="{_ROW}"{tall}>{rendered_cells}</row>'


def cells(
    values: Sequence[Value | Serial],
    looks: Sequence[int],
    link: int | None = None,
    first: int = 0,
) -> str:
    """Return the cells of a row from column ``first`` on; rows that begin alike can share them."""
    parts = []
    for start, value in zip(_starts(tuple(looks), link, first), values, strict=True):
        if isinstance(value, str):
            parts.append(f"{start}{_inline(value)}" if value else f"{start}/>")
        elif value is None:
            parts.append(f"{start}/>")
        elif value is SERIAL:
            parts.append(f"{start}><v>{_SERIAL}</v></c>")
        else:
            parts.append(f"{start}><v>{_number(value) if value else 0}</v></c>")
    return "".join(parts)


@lru_cache(maxsize=1024)
def _starts(looks: tuple[int, ...], link: int | None, first: int) -> tuple[str, ...]:
    """Return how the cells of a row begin."""
    return tuple(
        f'<c r="{column_letters(at)}{_ROW}" s="{_LINK if at == link else look}"'
        for at, look in enumerate(looks, start=first)
    )


@lru_cache(maxsize=4096)
def _number(value: Decimal | float) -> str:
    """Return how a number is stored; points, shares and small counts come again and again."""
    return f"{float(value):.16G}"


@lru_cache(maxsize=512)
def _inline(text: str) -> str:
    """Return how a cell with a text goes on; the lines of a form repeat its project and unit."""
    text = cell_text(text)
    keep = ' xml:space="preserve"' if text.strip() != text else ""
    return f' t="inlineStr"><is><t{keep}>{escaped(text)}</t></is></c>'


def placed(row: str, number: int, serial: int, link_look: int) -> str:
    """Return a rendered row as the one of that number (from 1) in the worksheet."""
    placed = row.replace(_ROW, str(number))
    if _SERIAL in placed:
        placed = placed.replace(_SERIAL, str(serial))
    return placed.replace(_LINK, str(link_look)) if _LINK in placed else placed


def restyled(row: str, index: Callable[[int], int]) -> str:
    """Return a placed row with other numbers of looks."""
    return _STYLE.sub(lambda found: f'{found[1]}{index(int(found[2]))}"', row)


def cell_text(text: str) -> str:
    """Return text as a cell can hold it: not too long, without what is no character."""
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    if text.startswith("<r>"):  # the library would take it for its own markup
        text = f"\u200b{text}"
    return text[:LONGEST_TEXT]


def escaped(text: str) -> str:
    """Return text as it stands in a cell's XML; what XML cannot hold becomes ``_xHHHH_``."""
    return _SPECIAL.sub(_escape, text) if _SPECIAL.search(text) else text


def _escape(found: re.Match[str]) -> str:
    text = found.group()
    if len(text) > 1:
        return f"_x005F{text}"
    if text in _ESCAPES:
        return _ESCAPES[text]
    return "\ufffd" if text >= "\ud800" else f"_x{ord(text):04X}_"
