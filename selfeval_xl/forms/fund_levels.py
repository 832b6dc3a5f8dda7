"""The level of a row in the outline of a fund table: 一、 1. (1), account codes, 类款项."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from selfeval_xl.forms.fund_table import Row, RowKind, is_total

PART = re.compile(r"^[-—·]?其中(?:[:：,]|.{0,20}$)")
"""How a row begins that shows again what is in others."""

_PART_WORD = re.compile(r"^[-—·]?其中[:：,]?")

_NUMBERING = re.compile(
    r"([一二三四五六七八九十]{1,3}(?:[、.．,]|$))|(\([一二三四五六七八九十]{1,3}\))"
    r"|(\d{1,3}(?:[、.．](?!\d)|$))|(\(\d{1,3}\))|([①-⑳])|(\d{1,3}(?:\.\d{1,3})+(?:[、.．]|$)?)"
)
"""A group for each level from 0 on: 一、 (一) 1. (1) ①, and one for dotted numbers: 1.2.3."""
_DOTTED = 6


def part_level(labels: list[str]) -> int | None:
    """Return the level of the number behind 其中: 其中：(1)运行费 is followed by (2)购置费."""
    inner = (_PART_WORD.sub("", text) for text in labels if PART.match(text))
    return _first_level(inner)


def level_of(row: Row) -> int | None:
    return _first_level(text for _, text in row.texts[:2])


def _first_level(texts: Iterable[str]) -> int | None:
    for text in texts:
        found = _NUMBERING.match(text)
        if found and found.lastindex == _DOTTED:
            return 2 + found[0].count(".")
        if found and found.lastindex:
            return found.lastindex - 1
    return None


def settle_numbered_totals(rows: list[Row]) -> None:
    """Take a numbered total above its own numbered rows as a group: 一、收入合计, 1.中央资金 …"""
    for row, following in pairwise(rows):
        if not is_total(row) or following.kind is not RowKind.DETAIL:
            continue
        if row.level is not None and following.level is not None and row.level < following.level:
            row.kind = RowKind.DETAIL


def settle_codes(rows: list[Row]) -> None:
    """Take the levels of rows from account codes: 208, 20805, 2080505, or 类, 款, 项 in columns."""
    details = [row for row in rows if row.kind is RowKind.DETAIL]
    codes = [_code(row) for row in details]
    if len(details) < 3 or sum(map(bool, codes)) * 5 < len(codes) * 4:
        return
    levels: list[int | None] = []
    seen: set[str] = set()
    for code in codes:
        above = sum(code[:length] in seen for length in range(1, len(code)))
        levels.append(above if code else None)
        seen.add(code)
    if sum(1 for level in levels if level) * 3 >= len(levels):
        for row, level in zip(details, levels, strict=True):
            row.level = level


def _code(row: Row) -> str:
    """Return the digits a row begins with, "" for none or a plain number (序号)."""
    digits = ""
    for _, text in row.texts:
        if not text.isdigit():
            break
        digits += text if not digits or len(text) > 1 else f"0{text}"
    return digits if len(digits) > 2 else ""
