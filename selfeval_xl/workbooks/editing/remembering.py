"""What was made of a part's bytes, remembered for the next workbook with the same part.

The workbooks of a run are filled from a few templates: their styles, relationships, content types
and workbook part are the same byte for byte, and most get the same additions. An edit is therefore
a value: what is wanted is collected first and done to the part once, when the package is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from selfeval_xl.workbooks.editing.markup import Element, parse, serialise

_Rest = ParamSpec("_Rest")
_Made = TypeVar("_Made")
_Function = Callable[Concatenate[bytes, _Rest], _Made]

_LARGEST = 131_072  # bytes; a larger part is rare, and remembering it takes room


def remembered(most: int) -> Callable[[_Function[_Rest, _Made]], _Function[_Rest, _Made]]:
    """Remember the last ``most`` results of a function of a part's bytes.

    The function must depend on its arguments alone and its result must never be changed.
    """

    def decorate(function: _Function[_Rest, _Made]) -> _Function[_Rest, _Made]:
        kept = lru_cache(most)(function)

        @wraps(function)
        def recalled(content: bytes, /, *rest: _Rest.args, **named: _Rest.kwargs) -> _Made:
            known = kept if len(content) <= _LARGEST else function
            return known(content, *rest, **named)

        return recalled

    return decorate


class Edit(Hashable, Protocol):
    """A change of a part; equal edits do the same."""

    def apply(self, root: Element) -> bool:
        """Change the part whose root is given; tell whether anything is different now."""


@remembered(128)
def edited(content: bytes, part: str, edits: tuple[Edit, ...]) -> bytes:
    """Return a part after some edits; the very bytes given when these change nothing."""
    root = parse(content, part)
    changed = [edit.apply(root) for edit in edits]
    return serialise(root) if any(changed) else content
