"""Work done once for what recurs: a folder's workbooks are mostly filled from a few templates.

Of one template's workbooks the styles, the relations, the merged ranges and the pages of
instructions are the same byte for byte. What follows from them is kept, by their content.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar, TypeVarTuple

LONGEST = 1 << 17
"""Characters or bytes of the longest content kept, so that no large file stays in memory."""

_Content = TypeVar("_Content", bytes, str)
_Rest = TypeVarTuple("_Rest")
_Result = TypeVar("_Result")


def recurring(
    kept: int,
) -> Callable[
    [Callable[[_Content, *_Rest], _Result]],
    Callable[[_Content, *_Rest], _Result],
]:
    """Keep a function's results by its arguments, the first of which is content of a workbook.

    Of the ``kept`` results the least recently used goes first. A result must not be changed by
    those who get it; an exception is never kept.
    """

    def decorated(
        function: Callable[[_Content, *_Rest], _Result],
    ) -> Callable[[_Content, *_Rest], _Result]:
        cached = lru_cache(maxsize=kept)(function)

        def result(content: _Content, *rest: *_Rest) -> _Result:
            if len(content) > LONGEST:
                return function(content, *rest)
            return cached(content, *rest)

        return result

    return decorated
