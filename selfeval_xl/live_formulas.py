"""Corrected cells in which a live formula would show another figure than the right one.

A corrected figure is worked out exactly, from people and amounts. Its live formula adds or
multiplies what stands in the sheet, which may be rounded: 8.92 + 0.22 + 0.49 shows 9.63 where
9.62 is right. Such a cell gets the figure and no formula, or the first recalculation would change
what was corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Action, Finding
from selfeval_xl.rounding import half_up
from selfeval_xl.workbooks.sheet import Bond, Cell, parse_a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

Results = Mapping[str, Mapping[Cell, Decimal]]


def misleading(
    findings: Sequence[Finding], judgements: Sequence[Judgement], results: Results
) -> dict[str, frozenset[Cell]]:
    """Return the corrected cells, by sheet, whose live formula does not give their figure.

    ``results`` are those of the sender's formulas once the corrections are in their cells.
    """
    changed: dict[str, dict[Cell, Finding]] = {}
    for finding in findings:
        if finding.action is not Action.LEFT and finding.cell and finding.written is not None:
            changed.setdefault(finding.sheet, {})[parse_a1(finding.cell)] = finding
    found: dict[str, frozenset[Cell]] = {}
    for judgement in judgements if changed else ():
        name = judgement.form.sheet.name
        own = changed.get(name, {})
        if any(finding.formula for finding in own.values()):
            cells = _misleading(judgement, own, results.get(name, {}))
            found[name] = found.get(name, frozenset()) | cells
    return found


def _misleading(
    judgement: Judgement, changed: Mapping[Cell, Finding], results: Mapping[Cell, Decimal]
) -> frozenset[Cell]:
    fields, sheet = judgement.form.fields, judgement.form.sheet

    def held(cell: Cell) -> Fraction | None:
        """Return what a cell will hold in the marked copy."""
        number = results.get(cell)
        if number is None and cell in changed:
            number = changed[cell].written
        if number is None or cell not in fields:
            return judgement.stated(cell)
        return Fraction(number) / fields[cell].scale

    def is_known(cell: Cell) -> bool:
        """Tell whether ``held`` is right for a cell: nobody else works out what a block shows."""
        block = None if cell in results else sheet.block(cell)
        return block is None or block.bond not in (Bond.ARRAY, Bond.DATA_TABLE)

    cells = set()
    for relation in judgement.form.relations:
        finding = changed.get(relation.target)
        if finding is None or not finding.formula or finding.written is None:
            continue
        for expression in (relation.equals, *relation.alternatives):
            start = f"ROUND({expression.formula()},"
            if not finding.formula.startswith(start):
                continue
            value = expression.value(held)
            decimals = int(finding.formula.removeprefix(start).removesuffix(")"))
            differs = value is not None and half_up(value, decimals) != finding.written
            if differs or (sheet.blocks and not all(map(is_known, expression.cells()))):
                cells.add(relation.target)
            break
    return frozenset(cells)
