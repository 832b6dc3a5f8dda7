"""The exact values of a form's cells: inputs as stated, derived cells recomputed from them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from selfeval_xl.forms.form import Form
from selfeval_xl.relations import Expression, Relation
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell


class ExactValues(dict[Cell, Fraction | None]):
    """The exact value of each cell of a form, None where there is none.

    A derived cell is computed when it is first asked for, so that reading a value that is known
    costs no more than looking it up. ``assumed`` replaces what is stated; ``trusted`` are derived
    cells taken as stated.
    """

    def __init__(
        self, form: Form, assumed: Mapping[Cell, Fraction], trusted: frozenset[Cell]
    ) -> None:
        self.form = form
        self.assumed = assumed
        self.trusted = trusted
        self.after = form.linked.after if form.linked else {}
        self.relations = {relation.target: relation for relation in form.relations}
        self.used: dict[Cell, Expression] = {}
        """By which calculation each derived cell was computed."""
        self.met: set[Cell] = set()
        """The derived cells whose stated figure agrees with what was computed."""
        self.unreadable: set[Cell] = set()
        self.circular = False
        self._open: set[Cell] = set()
        self._take_inputs()

    def _take_inputs(self) -> None:
        relations = self.relations
        for cell, found in self.form.fields.items():
            if cell not in relations:
                stated = found.stated
                if type(stated) is Quantity:
                    self[cell] = stated.value
                else:
                    self[cell] = None
                    if stated is not None and cell not in self.assumed:
                        self.unreadable.add(cell)
        if self.assumed:
            self.update((c, v) for c, v in self.assumed.items() if c not in relations)

    def of_fields(self) -> dict[Cell, Fraction]:
        """Return the values of all fields that have one."""
        return {cell: v for cell in self.form.fields if (v := self[cell]) is not None}

    def __missing__(self, cell: Cell) -> Fraction | None:
        if cell in self._open:
            self.circular = True
            return None
        relation = self.relations.get(cell)
        value = None if relation is None else self._computed(relation)
        if value is not None or not self.circular:  # within a circle, None may not be the last word
            self[cell] = value
        return value

    def _computed(self, relation: Relation) -> Fraction | None:
        """Compute a derived cell, or take what is stated where nothing is to be computed."""
        cell, equals = relation.target, relation.equals
        found = self.form.fields[cell].stated
        if self.after:
            found = self.after.get(cell, found)
        quantity = found if type(found) is Quantity else None
        stated = None if quantity is None else quantity.value
        if self.assumed:
            stated = self.assumed.get(cell, stated)
        if stated is not None and (
            relation.doubt or not relation.correctable or cell in self.trusted
        ):
            return stated
        self._open.add(cell)
        value = self.result(equals)
        if value is not None:
            self.used[cell] = equals
        if quantity is not None and value is not None and agrees(quantity, value):
            self.met.add(cell)
        elif relation.alternatives:
            value = self._alternative(relation, quantity, value)
        self._open.discard(cell)
        return stated if value is None else value

    def _alternative(
        self, relation: Relation, stated: Quantity | None, first: Fraction | None
    ) -> Fraction | None:
        """Return the accepted alternative that the stated figure meets, else the first result."""
        for expression in relation.alternatives:
            value = self.result(expression)
            if value is None:
                continue
            if stated is not None and agrees(stated, value):
                self.used[relation.target] = expression
                self.met.add(relation.target)
                return value
            if first is None:
                first = value
                self.used[relation.target] = expression
        return first

    def result(self, expression: Expression) -> Fraction | None:
        """Compute an expression; None when an operand holds something that is no number."""
        if self.unreadable and not self.unreadable.isdisjoint(expression.cells()):
            return None
        return expression.value(self.__getitem__)
