"""The live formula of a derived cell: what its relation says, blank-safe and following rows.

The calculation is the relation's own (``relation.equals.formula()``). Three things are done to
it: sums over rows are written so that rows inserted anywhere in the table, above the first and
below the last one too, are counted; the cell stays blank while its inputs are; and a constant of
the form that stands in a cell of the template is read from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from selfeval_xl.relations import (
    At,
    Capped,
    Difference,
    Expression,
    Product,
    Ratio,
    Relation,
    Sum,
    Values,
)
from selfeval_xl.templating.layout import Box, Layout, Role
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import Cell, a1, column_letters


@dataclass(slots=True)
class _Blank:
    """When a derived cell shows nothing."""

    needed: list[Cell] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the condition as formula text, "" when the cell is never blank."""
        parts = list(dict.fromkeys(self.conditions))
        needed = list(dict.fromkeys(self.needed))
        if needed:
            count = f"COUNT({','.join(map(a1, needed))})"
            parts.insert(0, f"{count}=0" if len(needed) == 1 else f"{count}<{len(needed)}")
        return f"OR({','.join(parts)})" if len(parts) > 1 else "".join(parts)


def live_formula(relation: Relation, box: Box, layout: Layout) -> str:
    """Return the formula of a derived box, without the leading "="."""
    text = relation.equals.formula()
    for part in _sums(relation.equals):
        text = text.replace(part.formula(), _sum_text(part, relation.target, layout))
    for constant, cell in layout.constants.items():
        text = re.sub(rf"{re.escape(constant)}(?![\d.])", cell, text)
    if box.decimals is not None:
        text = f"ROUND({text},{box.decimals})"
    blank = _Blank()
    _collect(relation.equals, relation.target, layout, blank)
    condition = blank.text()
    text = f'IF({condition},"",{text})' if condition else text
    for row in layout.pinned:
        text = re.sub(rf"\b([A-Z]+){row + 1}\b", rf"\1${row + 1}", text)
    return text


def numbers(contents: Mapping[Cell, object]) -> dict[Cell, Fraction]:
    """Return the numeric contents as exact numbers."""
    return {
        cell: Fraction(str(value))
        for cell, value in contents.items()
        if isinstance(value, (int, float))
    }


def results(
    layout: Layout, relations: Mapping[Cell, Relation], entries: Mapping[Cell, Fraction]
) -> dict[Cell, Fraction]:
    """Return what the derived cells show for the given numeric contents; blank ones are absent."""
    known: dict[Cell, Fraction | None] = dict(entries)
    boxes = {box.cell: box for box in layout.by_role(Role.DERIVED)}

    def at(cell: Cell) -> Fraction | None:
        if cell not in known:
            known[cell] = None
            if cell in boxes and cell in relations:
                known[cell] = _result(relations[cell], boxes[cell], layout, at)
        return known[cell]

    return {cell: value for cell in boxes if (value := at(cell)) is not None}


def _result(relation: Relation, box: Box, layout: Layout, at: Values) -> Fraction | None:
    blank = _Blank()
    _collect(relation.equals, relation.target, layout, blank)
    if any(at(cell) is None for cell in blank.needed):
        return None
    value = relation.equals.value(at)
    return (
        value if value is None or box.decimals is None else Fraction(half_up(value, box.decimals))
    )


def _collect(expression: Expression, target: Cell, layout: Layout, blank: _Blank) -> None:
    match expression:
        case At(cell):
            blank.needed.append(cell)
        case Sum():
            blank.conditions.append(_none_filled(expression, target, layout))
        case Difference(left, right) | Product(left, right) | Capped(left, right):
            _collect(left, target, layout, blank)
            _collect(right, target, layout, blank)
        case Ratio(part, whole):
            _collect(part, target, layout, blank)
            _collect(whole, target, layout, blank)
            if isinstance(whole, Sum):
                blank.conditions.append(f"{_sum_text(whole, target, layout)}=0")
            elif isinstance(whole, At):
                blank.conditions.append(f"{whole.formula()}=0")
        case _:
            pass


def _sums(expression: Expression) -> Iterator[Sum]:
    """Yield the sums over cells within an expression."""
    match expression:
        case Sum(parts):
            if all(isinstance(part, At) for part in parts):
                yield expression
            else:
                for part in parts:
                    yield from _sums(part)
        case Difference(left, right) | Product(left, right) | Ratio(left, right):
            yield from _sums(left)
            yield from _sums(right)
        case Capped(left, right):
            yield from _sums(left)
            yield from _sums(right)
        case _:
            return


def _sum_text(expression: Sum, target: Cell, layout: Layout) -> str:
    cells = list(expression.cells())
    named = _named_rows(cells, target, layout)
    if named:
        names, name, figures = named
        return f"SUMIF({names},{name},{figures})"
    return f"SUM({','.join(_pieces(cells, target, layout))})"


def _none_filled(expression: Sum, target: Cell, layout: Layout) -> str:
    cells = list(expression.cells())
    named = _named_rows(cells, target, layout)
    if named:
        names, name, figures = named
        return f'COUNTIFS({names},{name},{figures},">=0")=0'
    return f"COUNT({','.join(_pieces(cells, target, layout))})=0"


def _named_rows(cells: list[Cell], target: Cell, layout: Layout) -> tuple[str, str, str] | None:
    """Return names, name and figures for a sum over every n-th row of a column (每题 人数).

    Rows of one name repeat in groups, so that a plain list of cells would not follow a group
    that is inserted; the name is looked up in the column that holds it.
    """
    rows = [cell[0] for cell in cells]
    column = cells[0][1]
    if len(cells) < 2 or any(cell[1] != column for cell in cells) or rows[1] - rows[0] < 2:
        return None
    for name_column in range(column):
        names = {_text(layout, (row, name_column)) for row in rows}
        if len(names) == 1 and names != {""}:
            break
    else:
        return None
    if target[0] < rows[-1]:
        return None
    # From the heading on: a group may be inserted before the first one too.
    first = min(layout.repeated[0], rows[0])
    letters, figures = column_letters(name_column), column_letters(column)
    return (
        f"${letters}${first + 1}:INDEX(${letters}:${letters},ROW()-1)",
        f'"{names.pop()}"',
        f"{figures}${first + 1}:INDEX({figures}:{figures},ROW()-1)",
    )


def _pieces(cells: list[Cell], target: Cell, layout: Layout) -> list[str]:
    """Return the cells of a sum as ranges; ranges down a column follow inserted rows."""
    pieces: list[str] = []
    rest = list(cells)
    while rest:
        run = [rest.pop(0)]
        while rest and rest[0] == (run[-1][0] + 1, run[0][1]):
            run.append(rest.pop(0))
        if len(run) > 1:
            pieces.append(_column_range(run, target, layout))
            continue
        while rest and rest[0] == (run[0][0], run[-1][1] + 1):
            run.append(rest.pop(0))
        pieces.append(a1(run[0]) if len(run) == 1 else f"{a1(run[0])}:{a1(run[-1])}")
    return pieces


def _column_range(run: list[Cell], target: Cell, layout: Layout) -> str:
    (top, column), bottom = run[0], run[-1][0]
    letters = column_letters(column)
    above, below = (top - 1, column), (bottom + 1, column)
    box = layout.box_at(above)
    if above == target:
        start = f"INDEX({letters}:{letters},ROW()+1)"
    elif box is not None and box.role is Role.DERIVED:
        start = f"INDEX({letters}:{letters},ROW({a1(above)})+1)"
    else:
        # The heading above holds text, which a sum passes over.
        start = a1(above) if _is_text(layout, above) else a1(run[0])
    end = "ROW()-1" if below == target else f"ROW({a1(below)})-1"
    return f"{start}:INDEX({letters}:{letters},{end})"


def _text(layout: Layout, cell: Cell) -> str:
    box = layout.box_at(cell)
    return box.text if box is not None and isinstance(box.text, str) else ""


def _is_text(layout: Layout, cell: Cell) -> bool:
    box = layout.box_at(cell)
    return box is not None and box.role in (Role.LABEL, Role.GROUP)
