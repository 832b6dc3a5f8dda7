"""A questionnaire's fields and relations, collected from its outline.

What a cell is called begins with the question's text, and some totals may be worked out in
several ways; both are left open here and settled with the workbook at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire_outline import Outline
from selfeval_xl.relations import At, Expression, Relation
from selfeval_xl.workbooks.sheet import Cell

TOTALS, FINAL, BARE = -3, -2, -1
"""Owners of fields besides the questions, which are counted from 0: places in the list of what
their names begin with."""


class PlannedField(NamedTuple):
    """A figure: its cell, whose it is, the rest of its name, what it measures, its decimals."""

    cell: Cell
    owner: int
    name: str
    measure: Measure
    decimals: int


Ways = tuple[Relation, ...]
"""The relations one cell may have: the one that its stated operands meet holds, else the first.
Each accepts the calculations of the others, too."""


class Plan(NamedTuple):
    """The fields and relations of a questionnaire in the order they are declared."""

    fields: tuple[PlannedField, ...]
    relations: tuple[Ways, ...]


class Planning:
    """Collects the fields and relations of an outline."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.fields: dict[Cell, PlannedField] = {}
        self.relations: dict[Cell, Ways] = {}

    def plan(self) -> Plan:
        """Return what was declared."""
        return Plan(tuple(self.fields.values()), tuple(self.relations.values()))

    def field(self, cell: Cell, owner: int, name: str, measure: Measure, decimals: int) -> At:
        """Declare a figure, once, and return it as an operand."""
        self.fields.setdefault(cell, PlannedField(cell, owner, name, measure, decimals))
        return At(cell)

    def relate(
        self, code: str, target: Cell, equals: Expression, decimals: int, *, fill: bool = True
    ) -> None:
        """Declare that a cell equals a calculation; each cell has the first declared only."""
        self._add(code, target, (Relation(code, target, equals, (), decimals, fill),))

    def choose(
        self, code: str, target: Cell, candidates: Sequence[Expression], decimals: int
    ) -> None:
        """Declare that a cell equals one of several calculations, the first unless another fits."""
        usable = [candidate for candidate in candidates if candidate.cells()]
        ways = [
            Relation(code, target, first, tuple(o for o in usable if o is not first), decimals)
            for first in usable
        ]
        if ways:
            self._add(code, target, tuple(ways))

    def _add(self, code: str, target: Cell, ways: Ways) -> None:
        if code not in self.outline.disabled_rules:
            self.relations.setdefault(target, ways)
