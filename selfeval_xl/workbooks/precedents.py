"""The cells a formula reads where it stands: those it names, or fewer where that can be told.

Sums that grow with the rows above them (``B6:INDEX(B:B,ROW()-1)``) name whole columns and read a
few cells. What they read matters: a total whose column holds a share of it would otherwise seem to
depend on itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from selfeval_xl.workbooks.editing.formulas import LAST_COLUMN, LAST_ROW, Reads, moved, reads
from selfeval_xl.workbooks.formula_results import areas_read
from selfeval_xl.workbooks.formula_values import Area
from selfeval_xl.workbooks.sheet import Cell


class Precedents(NamedTuple):
    """What a formula reads: areas, names with the sheet they are qualified by, tables."""

    areas: tuple[Area, ...]
    names: tuple[tuple[str, str | None], ...]
    tables: tuple[str, ...]


_KEPT = 8192  # the workbooks of one template hold the same formulas in the same cells


@lru_cache(maxsize=_KEPT)
def precedents(formula: str, origin: Cell, here: Cell) -> Precedents | None:
    """Return what a formula written for the cell ``origin`` reads in the cell ``here``.

    None when it may read any cell.
    """
    found = written(formula, origin, here)
    if found is None or found.names or found.tables or not any(map(_is_whole, found.areas)):
        return found
    down, across = here[0] - origin[0], here[1] - origin[1]
    areas = areas_read(moved(formula, down, across) if down or across else formula, here)
    return found if areas is None else found._replace(areas=tuple(dict.fromkeys(areas)))


def written(formula: str, origin: Cell, here: Cell) -> Precedents | None:
    """Return the same as the formula's text names it, which may be more than it reads."""
    read: Reads | None = reads(formula)
    if read is None:
        return None
    down, across = here[0] - origin[0], here[1] - origin[1]
    areas = tuple(Area(item.sheet, *item.area(down, across)) for item in read.references)
    return Precedents(areas, read.names, read.tables)


def _is_whole(area: Area) -> bool:
    """Tell whether an area is made of whole columns or rows."""
    return area.bottom - area.top == LAST_ROW or area.right - area.left == LAST_COLUMN
