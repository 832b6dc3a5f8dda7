"""The figures of a questionnaire as read, and what they tell of its relations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from selfeval_xl.forms.questionnaire_coefficients import Coefficient
from selfeval_xl.forms.questionnaire_outline import Part
from selfeval_xl.forms.questionnaire_places import Block, Layout, cells_of
from selfeval_xl.relations import At, Const, Expression
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

_LARGEST_FRACTION = Fraction(3, 2)
"""Shares without a percent sign are percentages when any of them is larger than this."""


class Figures:
    """Reads a questionnaire's cells once."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.stated: dict[Cell, Quantity] = {}
        self.raw: dict[Cell, Stated] = {}
        self.blocks = [*layout.questions, *([layout.totals] if layout.totals else [])]
        for block in self.blocks:
            self.read(cells_of(block))
        if layout.final is not None:
            self.read([layout.final])
        self.scaled = self._scale_rates()
        self.rate_decimals = self._usual((c for b in layout.questions for c in b.shares), 4)
        self.score_decimals = self._usual(
            (c for b in layout.questions for c in (*b.scores, b.score_total)), 2
        )

    def read(self, cells: Iterable[Cell]) -> None:
        """Read what cells state; an error value such as #REF! cannot be read."""
        sheet = self.sheet
        rows, formats = sheet.rows, sheet.number_formats
        raw, numbers = self.raw, self.stated
        for cell in cells:
            row, column = cell
            values = rows[row]
            value = values[column] if column < len(values) else None
            stated = read_quantity(value, formats.get(cell, "General"))
            if type(stated) is Quantity:
                numbers[cell] = stated
            elif stated is None and (error := sheet.errors.get(cell)) is not None:
                stated = Unreadable(error, f"单元格为错误值 {error}")
            raw[cell] = stated

    def number(self, cell: Cell | None) -> Fraction | None:
        """Return the number a cell states, None for a blank or anything else."""
        found = self.stated.get(cell) if cell is not None else None
        return None if found is None else found.value

    def _scale_rates(self) -> set[Cell]:
        """Hold shares written without a percent sign (87.5 for 87.5 %) as fractions."""
        rates = [
            cell
            for block in self.blocks
            for cell in (*block.shares, block.share_total, block.rate)
            if cell is not None
        ]
        stated = self.stated
        bare = [cell for cell in rates if cell in stated and not stated[cell].percent]
        if not any(stated[cell].value > _LARGEST_FRACTION for cell in bare):
            return set()
        for cell in bare:
            found = stated[cell]
            stated[cell] = self.raw[cell] = replace(
                found,
                value=found.value / 100,
                decimals=found.decimals + 2,
                shortest=found.shortest + 2 if found.value else 0,
            )
        return {*bare, *(cell for cell in rates if cell not in stated)}

    def _usual(self, cells: Iterable[Cell | None], default: int) -> int:
        """Return the number of decimals that nine in ten of the figures people typed have at most.

        Without a number format 17.50 and 0.00 show as 17.5 and 0: most have fewer than are meant.
        """
        found = [self.stated.get(cell) for cell in cells if cell is not None]
        seen = sorted([q.decimals for q in found if q is not None and not q.computed])
        return seen[(len(seen) - 1) * 9 // 10] if seen else default

    def meets(self, target: Cell, expression: Expression) -> bool:
        """Tell whether a cell states what its stated operands make it."""
        stated = self.stated.get(target)
        if stated is None:
            return False
        value = expression.value(self.number)
        return value is not None and agrees(stated, value)

    # --- what they tell -----------------------------------------------------------------------

    def factor(self, coefficient: Coefficient) -> Expression | None:
        """Return an option's coefficient as an operand: its cell, else a constant."""
        if coefficient.value is None:
            return None
        if coefficient.cell is not None and not coefficient.implied:
            self.read([coefficient.cell])
            return At(coefficient.cell)
        return Const(coefficient.value)

    def part(self, block: Block) -> Part:
        """Return a question or the totals with what is stated there."""
        stated = self.stated
        counted = tuple([cell in stated for cell in block.counts])
        return Part(
            tuple(block.counts),
            tuple(block.shares),
            tuple(block.scores),
            block.total,
            block.share_total,
            block.score_total,
            block.rate,
            counted,
            not all(counted) and self._adds_up(block),
            block.rate in stated,
        )

    def _adds_up(self, block: Block) -> bool:
        """Tell whether the head counts that are stated make up the stated total."""
        known = [value for cell in block.counts if (value := self.number(cell)) is not None]
        return bool(known) and self.number(block.total) == sum(known)
