"""The formulas of a worksheet part: shared ones resolved, a shared one's master replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from selfeval_xl.workbooks.blocks import KINDS
from selfeval_xl.workbooks.editing.cell_content import CellText
from selfeval_xl.workbooks.editing.formulas import moved
from selfeval_xl.workbooks.editing.lexing import (
    attribute,
    text_of,
    with_attribute,
    without_attribute,
)
from selfeval_xl.workbooks.editing.sheet_text import FormulaText
from selfeval_xl.workbooks.sheet import Cell, Range, a1, parse_range


class FormulaCell(NamedTuple):
    """A formula of a sheet: its text as written for ``origin`` and the cell it stands in."""

    cell: Cell
    text: str
    origin: Cell
    kind: str
    covers: Range


def read_formulas(found: Iterable[FormulaText]) -> Iterator[FormulaCell]:
    """Yield the formulas of a sheet given as they are written.

    Followers of a shared formula come with the master's text and cell.
    """
    masters: dict[str, tuple[str, Cell]] = {}
    for cell, attributes, content in found:
        kind = "normal"
        text = text_of(content)
        origin = cell
        covers = (*cell, *cell)
        if attributes:
            kind = attribute(attributes, "t") or kind
            if kind == "shared":
                group = attribute(attributes, "si") or ""
                if text:
                    masters.setdefault(group, (text, cell))
                else:
                    text, origin = masters.get(group, ("", cell))
            elif kind in KINDS and (area := attribute(attributes, "ref")):
                covers = parse_range(area)
        yield FormulaCell(cell, text, origin, kind, covers)


def is_shared(formula: tuple[str, str] | None, group: str | None) -> bool:
    """Tell whether a cell's formula is one of the followers of a shared formula's group."""
    if formula is None:
        return False
    attributes, text = formula
    shared = attribute(attributes, "t") == "shared" and attribute(attributes, "si") == group
    return shared and not text


def hand_on(text: str, cell: Cell, followers: Mapping[Cell, CellText]) -> None:
    """Let the followers of a shared formula do without the ``cell`` that holds its text.

    The next follower becomes master when it is the first cell of the area that is left;
    otherwise (a formula shared over a block) each follower gets its own text.
    """
    if not followers:
        return
    rows, columns = zip(*followers, strict=True)
    first, last = (min(rows), min(columns)), (max(rows), max(columns))
    home = next(iter(followers))
    heirs = {home: followers[home]} if home == first else followers
    for place, heir in heirs.items():
        formula = heir.formula()
        assert formula is not None
        attributes = formula[0]
        if home == first:
            attributes = with_attribute(attributes, "ref", f"{a1(first)}:{a1(last)}")
        else:
            for name in ("t", "si"):
                attributes = without_attribute(attributes, name)
        heir.write_formula(moved(text, place[0] - cell[0], place[1] - cell[1]), attributes)
