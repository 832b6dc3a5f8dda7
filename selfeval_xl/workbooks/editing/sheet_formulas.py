"""The formulas of a worksheet part: shared ones resolved, a shared one's master replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from selfeval_xl.workbooks.editing.formulas import moved
from selfeval_xl.workbooks.editing.markup import Element, drop_attribute, namespace
from selfeval_xl.workbooks.sheet import Cell, Range, a1, parse_range

ARRAYS = ("array", "dataTable")
"""Kinds of formulas whose cells cannot be changed one by one."""


class FormulaCell(NamedTuple):
    """A formula of a sheet: its text as written for ``origin`` and the cell it stands in."""

    cell: Cell
    text: str
    origin: Cell
    kind: str
    covers: Range


def _formula_tag(data: Element) -> str:
    return f"{{{namespace(data)}}}f"


def read_formulas(data: Element, address: Callable[[Element], Cell]) -> Iterator[FormulaCell]:
    """Yield all formulas of a sheet's data; ``address`` tells where a cell stands.

    Followers of a shared formula come with the master's text and cell.
    """
    masters: dict[str, tuple[str, Cell]] = {}
    for element in data.iter(_formula_tag(data)):
        parent = element.getparent()
        assert parent is not None
        cell = address(parent)
        kind = element.get("t", "normal")
        text = element.text or ""
        origin = cell
        covers = (*cell, *cell)
        if kind == "shared":
            group = element.get("si", "")
            if text:
                masters.setdefault(group, (text, cell))
            text, origin = masters.get(group, ("", cell)) if not text else (text, cell)
        elif kind in ARRAYS and element.get("ref"):
            covers = parse_range(element.get("ref", ""))
        yield FormulaCell(cell, text, origin, kind, covers)


def hand_on(data: Element, master: Element, cell: Cell, address: Callable[[Element], Cell]) -> None:
    """Let the followers of a shared formula do without its master.

    The next follower becomes master when it is the first cell of the area that is left;
    otherwise (a formula shared over a block) each follower gets its own text.
    """
    followers: dict[Cell, Element] = {}
    for item in data.iter(master.tag):
        shared = item.get("t") == "shared" and item.get("si") == master.get("si")
        parent = item.getparent()
        if shared and item is not master and not item.text and parent is not None:
            followers[address(parent)] = item
    if not followers:
        return
    rows, columns = zip(*followers, strict=True)
    first, last = (min(rows), min(columns)), (max(rows), max(columns))
    home = next(iter(followers))
    if home == first:
        followers[home].set("ref", f"{a1(first)}:{a1(last)}")
        followers = {home: followers[home]}
    else:
        for item in followers.values():
            drop_attribute(item, "t")
            drop_attribute(item, "si")
    for place, item in followers.items():
        item.text = moved(master.text or "", place[0] - cell[0], place[1] - cell[1])
