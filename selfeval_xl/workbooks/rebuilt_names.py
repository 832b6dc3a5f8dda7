"""The names of a rebuilt copy's sheets: as read, changed only where Excel does not allow them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORBIDDEN = re.compile("[\\[\\]:*?/\\\\\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_LONGEST = 31  # UTF-16 units: rare characters and emoji count twice
_NAMELESS = "Sheet"

# “History” stays: Excel takes it from a file, only its dialogue refuses to give that name.


def allowed_names(names: Iterable[str]) -> dict[str, str]:
    """Return the name each sheet gets, all different without regard to case.

    Excel wants 1 to 31 UTF-16 units, none of ``[ ] : * ? / \\``, no apostrophe at either end.
    """
    allowed: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        base = _allowed(name)
        candidate, number = base, 1
        while candidate.casefold() in taken:
            number += 1
            ending = f"({number})"
            candidate = _cut(base, _LONGEST - len(ending)) + ending
        taken.add(candidate.casefold())
        allowed[name] = candidate
    return allowed


def _allowed(name: str) -> str:
    """Return the nearest name Excel allows."""
    return _cut(_FORBIDDEN.sub("_", name).strip("'"), _LONGEST).rstrip("'") or _NAMELESS


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text: at most so many UTF-16 units, no character halved."""
    text = text[:most]
    while _units(text) > most:
        text = text[:-1]
    return text


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
