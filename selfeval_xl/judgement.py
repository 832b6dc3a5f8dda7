"""What comes out of judging a form: the exact values, the findings and the roots behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from selfeval_xl.findings import Finding
from selfeval_xl.forms.form import Form
from selfeval_xl.rounding import half_up
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell


@dataclass(slots=True)
class Judgement:
    """A judged form.

    ``expected`` holds the exact value of every cell that has one: inputs as stated, derived
    cells recomputed. ``roots`` names, for each cell found wrong, the cells that caused it.
    """

    form: Form
    settings: Settings
    expected: dict[Cell, Fraction]
    findings: list[Finding] = field(default_factory=list)
    roots: dict[Cell, tuple[Cell, ...]] = field(default_factory=dict)

    def stated(self, cell: Cell) -> Fraction | None:
        """Return the number stated in a cell, None when it is blank or no number."""
        found = self.form.fields.get(cell)
        return found.stated.value if found and isinstance(found.stated, Quantity) else None

    def shown(self, cell: Cell) -> Decimal | None:
        """Return what a cell should show, at its own decimals (six at most); None for no figure."""
        found, value = self.form.fields.get(cell), self.expected.get(cell)
        if found is None or value is None:
            return None
        stated = found.stated
        decimals = stated.decimals if isinstance(stated, Quantity) else found.decimals
        return half_up(value, min(decimals, 6))
