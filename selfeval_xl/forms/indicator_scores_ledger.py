"""The figures of indicator score tables as read, and the relations declared over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.indicator_scores_table import Figures, Table
from selfeval_xl.relations import At, Expression, Relation
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, read_quantity
from selfeval_xl.workbooks.sheet import Cell


class Ledger:
    """Reads the cells of a form's tables once and collects its fields and relations."""

    def __init__(self, form: Form, tables: list[Table], settings: Settings) -> None:
        self.form = form
        self.sheet = form.sheet
        self.tables = tables
        self.settings = settings
        self.raw: dict[Cell, Stated] = {}
        self.at: dict[Cell, At] = {}
        self.related: set[Cell] = set()
        self.scaled = False
        self.decimals = 2
        self._read_all()

    def _read_all(self) -> None:
        """Settle how rates are written and how many decimals scores have."""
        rates: list[Quantity] = []
        scores: Counter[int] = Counter()
        for table in self.tables:
            for figures in _rows(table):
                if figures.rate is not None:
                    stated = self.stated(figures.rate)
                    if isinstance(stated, Quantity) and not stated.percent:
                        rates.append(stated)
                for cell in figures.scores:
                    stated = self.stated(cell)
                    if isinstance(stated, Quantity) and not stated.computed:
                        scores[stated.decimals] += 1
        self.scaled = any(stated.value > Fraction(3, 2) for stated in rates)
        if scores:
            self.decimals = max(scores)

    def stated(self, cell: Cell) -> Stated:
        """Return what a cell states; an error value such as #REF! cannot be read."""
        if cell in self.raw:
            return self.raw[cell]
        sheet = self.sheet
        if error := sheet.errors.get(cell):
            stated: Stated = Unreadable(error, f"单元格为错误值 {error}")
        else:
            stated = read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
        self.raw[cell] = stated
        return stated

    def field(self, cell: Cell, label: str, measure: Measure) -> At:
        """Add a figure to the form, once, and return it as an operand."""
        if cell in self.at:
            return self.at[cell]
        stated = self.stated(cell)
        scale, decimals = 1, self.decimals
        if measure is Measure.RATE:
            decimals = 4
            if self.scaled and not (isinstance(stated, Quantity) and stated.percent):
                scale, stated = 100, _shifted(stated, -2)
        elif isinstance(stated, Quantity) and stated.percent:
            stated = _shifted(stated, 2)
        if measure is Measure.POINTS:
            decimals = stated.decimals if isinstance(stated, Quantity) else 0
        self.raw[cell] = stated
        self.form.fields[cell] = Field(cell, label, measure, stated, "", decimals, scale)
        at = self.at[cell] = At(cell)
        return at

    @cached_property
    def deducts(self) -> bool:
        """Tell whether 扣分 is filled at all; blanks in an unused column stay blank."""
        return any(
            figures.deduction is not None and self.number(figures.deduction)
            for table in self.tables
            for figures in _rows(table)
        )

    def relate(
        self, code: str, target: Cell, candidates: list[Expression], *, decimals: int | None = None,
        fill: bool = True, correctable: bool = True, doubt: str = "", options: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Relate a cell to the first calculation its stated operands meet, the others accepted."""
        if not candidates or target in self.related or code in self.settings.disabled_rules:
            return
        self.related.add(target)
        stated = self.stated(target)
        if isinstance(stated, Quantity) and len(candidates) > 1:
            candidates = sorted(candidates, key=lambda one: not self._agrees(one, stated))
        self.form.relations.append(
            Relation(
                code, target, candidates[0], tuple(candidates[1:]),
                self.form.fields[target].decimals if decimals is None else decimals,
                fill, correctable, doubt, options,
            )
        )  # fmt: skip

    def number(self, cell: Cell) -> Fraction | None:
        """Return the number a cell states, None for anything else."""
        stated = self.stated(cell)
        return stated.value if isinstance(stated, Quantity) else None

    def _agrees(self, expression: Expression, stated: Quantity) -> bool:
        value = expression.value(self.number)
        return value is not None and agrees(stated, value)


def _shifted(stated: Stated, places: int) -> Stated:
    """Move the decimal point: 87.5 (of 87.5 %) → 0.875, a weight of 20% → 20."""
    if not isinstance(stated, Quantity):
        return stated
    return replace(
        stated,
        value=stated.value * Fraction(10) ** places,
        decimals=stated.decimals - places,
        shortest=max(stated.shortest - places, 0) if stated.value else 0,
        percent=False,
        unit="",
    )


def _rows(table: Table) -> Iterator[Figures]:
    """Yield the figures of every row: leaves, subtotals, the total."""
    for leaf in table.leaves:
        yield leaf.figures
    for group in table.all_groups:
        if group.subtotal is not None:
            yield group.subtotal
    if table.total is not None:
        yield table.total
