"""Edits of a part as values: what is wanted is collected first and done once, at the end.

The workbooks of a run are filled from a few templates: their styles, relationships, content types
and workbook part are the same byte for byte, and most get the same edits, whose result is kept.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from selfeval_xl.workbooks.editing.markup import Element, parse, serialise
from selfeval_xl.workbooks.recurring import recurring


class Edit(Hashable, Protocol):
    """A change of a part; equal edits do the same."""

    def apply(self, root: Element) -> bool:
        """Change the part whose root is given; tell whether anything is different now."""


@recurring(128)
def edited(content: bytes, part: str, edits: tuple[Edit, ...]) -> bytes:
    """Return a part after some edits; the very bytes given when these change nothing."""
    root = parse(content, part)
    changed = [edit.apply(root) for edit in edits]
    return serialise(root) if any(changed) else content
