"""What the formulas of a corrected sheet will show, so that no result has to go blank.

A cell with a formula keeps its last result. Those that read corrected cells get the result that
the spreadsheet program will compute from what the cells then hold: a corrected figure counts as
it is written there, not as it is exactly. That is known where the form's relation gives the
present result from the present cells; where it does not, the result is left to be dropped.

A formula that is wrong only because of what it reads is the sender's and right: once the cause is
corrected it gives the right figure by itself, so it gets its new result and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.rounding import half_up, rounds_to
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.number_formats import GENERAL, shown_decimals
from selfeval_xl.workbooks.sheet import Bond, Cell, parse_a1

if TYPE_CHECKING:
    from selfeval_xl.forms.form import Field
    from selfeval_xl.judgement import Judgement
    from selfeval_xl.relations import Expression, Relation

_ROUNDED = re.compile(r"(?i:ROUND)\(.*,\s*([0-9])\s*\)[\s)]*", re.DOTALL)
_DOUBLE = 10**9
"""What of a number two programs that add doubles agree upon: one part in so many."""


def recalculated(
    findings: Sequence[Finding], judgements: Sequence[Judgement]
) -> dict[str, dict[Cell, Decimal]]:
    """Return the results of the formulas that read corrected cells, by sheet and cell."""
    written: dict[str, dict[Cell, Decimal | None]] = {}
    following: dict[str, dict[Cell, Decimal | None]] = {}
    for finding in findings:
        if finding.action is not Action.LEFT and finding.cell:
            kind = following if finding.kind is Kind.CONSEQUENCE else written
            kind.setdefault(finding.sheet, {})[parse_a1(finding.cell)] = finding.written
    results: dict[str, dict[Cell, Decimal]] = {}
    for judgement in judgements if written else ():
        sheet = judgement.form.sheet
        own = written.get(sheet.name)
        if own and sheet.formulas:
            found = _Recalculation(judgement, own, following.get(sheet.name, {})).results()
            if found:
                results.setdefault(sheet.name, {}).update(found)
    return results


class _Recalculation:
    """The cells of a form as they will be once the corrections are in them."""

    def __init__(
        self,
        judgement: Judgement,
        written: Mapping[Cell, Decimal | None],
        following: Mapping[Cell, Decimal | None],
    ) -> None:
        self.judgement = judgement
        self.fields = judgement.form.fields
        self.stated = {
            cell: field.stated.value
            for cell, field in self.fields.items()
            if isinstance(field.stated, Quantity)
        }.get
        self.formulas = judgement.form.sheet.formulas
        self.as_shown = judgement.form.sheet.as_shown
        self.relations = {relation.target: relation for relation in judgement.form.relations}
        self.held: dict[Cell, Fraction | None] = {}
        self.changed = set(written)
        self.shown: dict[Cell, Decimal] = {}
        self.following = following
        self.derived = self.relations.keys() | following.keys()
        self._known: dict[Cell, bool] = {}
        for cell, number in written.items():
            self._write(cell, number)
        for block in judgement.form.sheet.blocks:
            if block.bond is Bond.DATA_TABLE:  # what it will show, only the program can tell
                for cell in filter(block.holds, self.fields):
                    self._write(cell, None)

    def _write(self, cell: Cell, number: Decimal | None) -> None:
        """Take in a cell that gets another content."""
        field = self.fields.get(cell)
        self.held[cell] = None
        if number is not None and field is not None:
            self.held[cell] = Fraction(number) / field.scale
        self.changed.add(cell)

    def results(self) -> dict[Cell, Decimal]:
        for cell in self.relations:
            self.value(cell)
        return self.shown

    def value(self, cell: Cell) -> Fraction | None:
        """Return what a cell will hold, None when it is blank or that is not known."""
        if cell not in self.held:
            self.held[cell] = self.stated(cell)  # also what a circle is told
            relation = self.relations.get(cell)
            if relation is not None and cell in self.formulas:
                self._follow(relation, self.fields[cell])
            if cell in self.following and not self._is_right(cell):
                self.shown.pop(cell, None)
                self._write(cell, self.following[cell])
        return self.held[cell]

    def _is_right(self, cell: Cell) -> bool:
        """Tell whether a formula that follows from others gives the right figure by itself."""
        right, shown = self.following[cell], self.shown.get(cell)
        if right is None or shown is None:
            return False
        return half_up(Fraction(shown), max(-int(right.as_tuple().exponent), 0)) == right

    def _follow(self, relation: Relation, field: Field) -> None:
        """Compute a formula cell anew if anything it reads is changed."""
        cell = relation.target
        read = relation.equals.cells()
        for expression in relation.alternatives:
            read += expression.cells()
        for at in read:
            if at in self.derived:
                self.value(at)
        if self.changed.isdisjoint(read):
            if _may_read_more(self.formulas[cell]) and self._is_known(cell):
                self._keep(cell)
            return
        # A result left from before a cell was typed over is what the right cells would give.
        calculation = self._calculation(relation, field, self.stated) or self._calculation(
            relation, field, self.judgement.expected.get
        )
        self.changed.add(cell)
        self.held[cell] = None
        if calculation is None or not self._are_known(calculation):
            return
        value = calculation.value(self.value)
        if value is not None:
            number = _number(value * field.scale, self._decimals(cell))
            self.shown[cell] = number
            self.held[cell] = Fraction(number) / field.scale

    def _are_known(self, calculation: Expression) -> bool:
        """Tell whether all cells that a calculation reads will hold what ``value`` says."""
        return all(
            self._is_known(cell)
            for cell in calculation.cells()
            if cell in self.derived or cell in self.changed
        )

    def _is_known(self, cell: Cell) -> bool:
        """Tell whether a cell will hold what ``value`` says.

        A formula's present result stands when it is what its relation gives; nobody knows what
        another may turn into.
        """
        if cell in self.changed:
            return self.held[cell] is not None
        relation = self.relations.get(cell)
        if relation is None or cell not in self.formulas:
            return True
        if cell not in self._known:
            self._known[cell] = True  # what a circle is told
            calculation = self._calculation(relation, self.fields[cell], self.stated)
            self._known[cell] = calculation is not None and self._are_known(calculation)
        return self._known[cell]

    def _keep(self, cell: Cell) -> None:
        """Vouch for a result that nothing corrected goes into, whatever the formula may read."""
        present = self.judgement.form.sheet.value(cell)
        if isinstance(present, int | float):
            self.shown[cell] = Decimal(repr(present))

    def _calculation(
        self, relation: Relation, field: Field, at: Callable[[Cell], Fraction | None]
    ) -> Expression | None:
        """Return the calculation that gives the present result from the given cells."""
        stated = field.stated
        if not isinstance(stated, Quantity) or not self._is_rounded_once(relation.target):
            return None
        decimals = self._decimals(relation.target)
        for expression in (relation.equals, *relation.alternatives):
            value = expression.value(at)
            if value is None:
                continue
            met = stated.value.as_integer_ratio() == value.as_integer_ratio()
            if not met and decimals is not None:
                met = rounds_to(value * field.scale, stated.value * field.scale, decimals)
            elif not met:
                met = _as_doubles(stated.value, value)
            if met:
                return expression
        return None

    def _decimals(self, cell: Cell) -> int | None:
        """Return the decimals that a formula's result is rounded to, None when it is not."""
        own = _decimals(self.formulas[cell])
        return own if own is not None or not self.as_shown else self._shown_decimals(cell)

    def _shown_decimals(self, cell: Cell) -> int | None:
        return shown_decimals(self.judgement.form.sheet.number_formats.get(cell, GENERAL))

    def _is_rounded_once(self, cell: Cell) -> bool:
        """Tell whether it is certain what a formula's result is rounded to.

        Workbooks that calculate with figures as shown round by the format what the formula gives.
        """
        if not self.as_shown or cell not in self.judgement.form.sheet.number_formats:
            return True
        own, shown = _decimals(self.formulas[cell]), self._shown_decimals(cell)
        return shown is not None and (own is None or own <= shown)


def _as_doubles(one: Fraction, other: Fraction) -> bool:
    """Tell whether two numbers are the same to programs that add doubles."""
    (above, below), (top, bottom) = one.as_integer_ratio(), other.as_integer_ratio()
    difference = abs(above * bottom - top * below)  # as the rest, in parts of below × bottom
    return difference * _DOUBLE <= below * max(abs(top), bottom)


@lru_cache(maxsize=8192)
def _may_read_more(formula: str) -> bool:
    """Tell whether a formula names more cells than its relation, so that it might look stale."""
    upper = formula.upper()
    return "INDEX" in upper or "OFFSET" in upper or "INDIRECT" in upper


@lru_cache(maxsize=8192)  # the workbooks of one template hold the same formulas
def _decimals(formula: str) -> int | None:
    """Return the decimals that a formula rounds to, None when it does not round."""
    if formula.upper().count("ROUND") == 1 and (found := _ROUNDED.search(formula)):
        return int(found[1])
    return None


def _number(value: Fraction, decimals: int | None) -> Decimal:
    """Return a result as the cell holds it: rounded, or as near as a double comes to it."""
    if decimals is None:
        return Decimal(repr(float(value))).normalize() + 0
    return half_up(value, decimals).normalize() + 0
