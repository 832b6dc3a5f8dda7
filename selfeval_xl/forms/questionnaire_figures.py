"""The figures of a questionnaire as read, and the relations declared over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.questionnaire_coefficients import Scale
from selfeval_xl.forms.questionnaire_places import Block, Layout, cells_of
from selfeval_xl.relations import At, Const, Expression, Relation
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, read_quantity
from selfeval_xl.workbooks.sheet import Cell

_LARGEST_FRACTION = Fraction(3, 2)
"""Shares without a percent sign are percentages when any of them is larger than this."""


@dataclass(frozen=True, slots=True)
class Counts:
    """A question's head counts as operands, and what its shares are divided by."""

    options: tuple[At | None, ...]
    whole: Expression | None

    def option(self, place: int) -> At | None:
        """Return an option's head count, None when the question has none."""
        return self.options[place] if place < len(self.options) else None


class Figures:
    """Reads a questionnaire's cells once and collects its fields and relations in the form."""

    def __init__(self, form: Form, layout: Layout, settings: Settings) -> None:
        self.form = form
        self.layout = layout
        self.settings = settings
        self.names = [option.label for option in layout.options]
        self.stated: dict[Cell, Quantity] = {}
        self.raw: dict[Cell, Stated] = {}
        self.at: dict[Cell, At] = {}
        self.counts: dict[int, Counts] = {}
        self.factors: list[Expression | None] = []
        self.related: set[Cell] = set()
        self.satisfied: tuple[int, ...] | None = None
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

    # --- reading ------------------------------------------------------------------------------

    def read(self, cells: Iterable[Cell]) -> None:
        """Read what cells state; an error value such as #REF! cannot be read."""
        sheet = self.form.sheet
        rows, formats = sheet.rows, sheet.number_formats
        for cell in cells:
            row, column = cell
            values = rows[row]
            value = values[column] if column < len(values) else None
            stated: Stated = read_quantity(value, formats.get(cell, "General"))
            if stated is None and cell in sheet.errors:
                error = sheet.errors[cell]
                stated = Unreadable(error, f"单元格为错误值 {error}")
            self.raw[cell] = stated
            if type(stated) is Quantity:
                self.stated[cell] = stated

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
        """Return the most frequent number of decimals of figures that people typed."""
        found = [self.stated.get(cell) for cell in cells if cell is not None]
        seen = Counter([q.decimals for q in found if q is not None and not q.computed])
        return seen.most_common(1)[0][0] if seen else default

    # --- declaring ----------------------------------------------------------------------------

    def use(self, scale: Scale) -> None:
        """Prepare each option's coefficient as an operand: its cell, else a constant."""
        for name, coefficient in zip(self.names, scale.coefficients, strict=True):
            if coefficient.value is None:
                self.factors.append(None)
            elif coefficient.cell is not None and not coefficient.implied:
                self.read([coefficient.cell])
                label = f"{name}/系数"
                self.factors.append(self.field(coefficient.cell, label, Measure.POINTS, 2))
            else:
                self.factors.append(Const(coefficient.value))

    def field(self, cell: Cell, label: str, measure: Measure, decimals: int) -> At:
        """Add a figure to the form, once, and return it as an operand."""
        at = self.at.get(cell)
        if at is None:
            at = self.at[cell] = At(cell)
            scale = 100 if cell in self.scaled else 1
            self.form.fields[cell] = Field(
                cell, label, measure, self.raw.get(cell), "", decimals, scale
            )
        return at

    def relate(
        self,
        code: str,
        target: Cell,
        equals: Expression,
        decimals: int,
        *,
        others: tuple[Expression, ...] = (),
        fill: bool = True,
    ) -> None:
        """Declare that a cell equals a calculation, or one of others that are accepted too.

        Each cell has one relation, the first declared, and none of a rule that is switched off.
        """
        if target in self.related or code in self.settings.disabled_rules:
            return
        self.related.add(target)
        self.form.relations.append(Relation(code, target, equals, others, decimals, fill))

    def choose(
        self, code: str, target: Cell, candidates: Sequence[Expression], decimals: int
    ) -> None:
        """Relate a cell to the calculation its stated operands meet, the others accepted too.

        The first candidate is taken when the cell is blank or meets none of them.
        """
        usable = [c for c in candidates if c.cells()]
        if not usable:
            return
        stated = self.stated.get(target)
        first = usable[0]
        if stated is not None and len(usable) > 1:
            first = next((c for c in usable if self._agrees(c, stated)), first)
        others = tuple(candidate for candidate in usable if candidate is not first)
        self.relate(code, target, first, decimals, others=others)

    def meets(self, target: Cell | None, expression: Expression) -> bool:
        """Tell whether a cell states what its stated operands make it."""
        stated = self.stated.get(target) if target is not None else None
        return stated is not None and self._agrees(expression, stated)

    def _agrees(self, expression: Expression, stated: Quantity) -> bool:
        value = expression.value(self.number)
        return value is not None and agrees(stated, value)

    def column(self, place: int, name: str) -> tuple[At, ...]:
        """Return an option's figures over all questions; ``name`` is ``counts`` or ``scores``."""
        found = []
        for block in self.layout.questions:
            cells = getattr(block, name)
            cell = cells[place] if place < len(cells) else None
            if cell is not None:
                found.append(self.at[cell])
        return tuple(found)

    def counts_of(self, block: Block) -> Counts:
        """Return a block's head counts as operands (declared before)."""
        return self.counts[id(block)]
