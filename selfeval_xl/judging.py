"""Stated against expected: recompute a form from its inputs and settle every derived cell.

The verdicts follow the practice of reporting software: a figure that agrees at its own precision
is silent; one that its printed operands explain is a rounding difference; one that is wrong only
because an operand is wrong is a consequence and names its root; everything else is a root.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from selfeval_xl.causes import likely_causes
from selfeval_xl.exact import difference
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.form import Field, Form
from selfeval_xl.judgement import Judgement
from selfeval_xl.recomputing import ExactValues
from selfeval_xl.relations import Bounds, Expression, Relation
from selfeval_xl.settings import Settings
from selfeval_xl.slack import own_slack, stated_bounds, wrongly_rounded
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.wording import Report
from selfeval_xl.workbooks.sheet import Cell, a1


def judge(
    form: Form,
    settings: Settings,
    *,
    assumed: Mapping[Cell, Fraction] = MappingProxyType({}),
    trusted: frozenset[Cell] = frozenset(),
) -> Judgement:
    """Judge every relation of a form, in dependency order.

    ``assumed`` replaces what is stated in input cells, to try what follows from a repair.
    ``trusted`` are derived cells taken as stated, because other figures speak for them. Returns
    the exact values and the findings in the order of the form's relations; never raises for bad
    data.
    """
    return _Judging(form, settings, assumed, trusted).run()


class _Judging:
    """The state of judging one form."""

    def __init__(
        self,
        form: Form,
        settings: Settings,
        assumed: Mapping[Cell, Fraction],
        trusted: frozenset[Cell],
    ) -> None:
        self.form = form
        self.assumed = assumed
        self.trusted = trusted
        self.values = ExactValues(form, assumed, trusted)
        self.relations = self.values.relations
        self.before = form.linked.before if form.linked else {}
        self.after = self.values.after
        self.result = Judgement(form, settings, self.values.of_fields())
        self.result.roots.update((cell, (cell,)) for cell in self.before)
        self.computed: dict[Cell, Fraction] = {}
        """What figures that cannot be settled would be by their formula."""
        self.left_blank: set[Cell] = set()
        """Blanks that should show something; a figure worked out without them is not right."""
        self.report = Report(form, self.result.expected, self.values.used)

    def run(self) -> Judgement:
        for relation in self._in_order(self._unsettled()):
            finding = self._judge(relation)
            if finding is not None:
                self.result.findings.append(finding)
        return self.result

    def _unsettled(self) -> list[Relation]:
        """Return the relations whose stated figure is not simply right, as most figures are."""
        if self.values.circular:
            return self.form.relations
        met = self.values.met
        if self.after:
            met = met.difference(self.after)
        return [r for r in self.form.relations if r.target not in met and not self._agrees(r)]

    def _agrees(self, relation: Relation) -> bool:
        stated = self.form.fields[relation.target].stated
        if not isinstance(stated, Quantity) or relation.target in self.after:
            return False
        return any(agrees(stated, value) for value in self._candidates(relation))

    def _candidates(self, relation: Relation) -> list[Fraction]:
        """Return what a derived cell may be by each accepted calculation."""
        return [
            value
            for expression in (relation.equals, *relation.alternatives)
            if (value := self.values.result(expression)) is not None
        ]

    def _in_order(self, wanted: list[Relation]) -> list[Relation]:
        """Return the wanted relations with operands before the cells computed from them."""
        if len(wanted) < 2:
            return wanted
        done: set[Cell] = set()
        order: list[Relation] = []
        for relation in self.form.relations:
            if relation.target not in done:
                self._put_in_order(relation, order, done)
        among = {relation.target for relation in wanted}
        return [relation for relation in order if relation.target in among]

    def _put_in_order(self, relation: Relation, order: list[Relation], done: set[Cell]) -> None:
        """Append a relation to the order, after those that its operands are computed by."""
        done.add(relation.target)
        for cell in relation.equals.cells():
            operand = self.relations.get(cell)
            if operand is not None and operand.target not in done:
                self._put_in_order(operand, order, done)
        order.append(relation)

    def _judge(self, relation: Relation) -> Finding | None:
        found = self.form.fields[relation.target]
        stated = found.stated
        if stated is not None and not isinstance(stated, Quantity):
            return self.report.unreadable(relation, found, stated)
        candidates = self._candidates(relation)
        if not candidates:
            return self._uncomputable(relation, found)
        if stated is None:
            return self._fill(relation, found, candidates[0])
        if relation.target in self.after:
            return self._judge_linked(relation, found, stated, candidates)
        return self._judge_stated(relation, found, stated, candidates)

    def _judge_stated(
        self, relation: Relation, found: Field, stated: Quantity, candidates: list[Fraction]
    ) -> Finding | None:
        if any(agrees(stated, value) for value in candidates) or (
            stated.computed and self._computed_from_cells(relation, stated)
        ):
            return None
        if self._in_doubt(relation):
            return self._question(relation, found, stated, candidates[0])
        return self._difference(relation, found, stated, candidates[0])

    def _judge_linked(
        self, relation: Relation, found: Field, stated: Quantity, candidates: list[Fraction]
    ) -> Finding | None:
        """Judge a figure whose formula shows another one once other sheets are corrected."""
        shown = self.after[found.cell]
        if not any(agrees(shown, value) for value in candidates):
            if not relation.doubt:
                return self._judge_stated(relation, found, stated, candidates)
            self.result.roots[found.cell] = (found.cell,)
            return self.report.unsettled(relation, replace(found, stated=shown), candidates[0])
        if any(agrees(stated, value) for value in candidates):
            return None
        cell, ways = found.cell, (relation.equals, *relation.alternatives)
        explained = [way for way in ways if self._inside(way, found, stated)]
        roots = self._roots_of_operands(explained) or (cell,)
        self.result.roots[cell] = roots
        exact = self.result.expected[cell]
        return self.report.difference(relation, found, exact, Kind.CONSEQUENCE, roots=roots)

    def _computed_from_cells(self, relation: Relation, stated: Quantity) -> bool:
        """Tell whether a spreadsheet worked a figure out from printed operands that are right."""
        cells = relation.equals.cells()
        if not (self.result.roots.keys().isdisjoint(cells) and self.left_blank.isdisjoint(cells)):
            return False
        return self._follows(relation.equals, stated)

    def _follows(self, expression: Expression, stated: Quantity) -> bool:
        """Tell whether a figure is what the printed operands make, blanks counting as nothing."""
        value = expression.value(self._sent)
        return value is not None and agrees(stated, value)

    def _sent(self, cell: Cell) -> Fraction | None:
        """Return the number that the sender's file states in a cell."""
        if cell in self.before:
            return number_in(self.before[cell])
        return self.result.stated(cell)

    def _in_doubt(self, relation: Relation) -> bool:
        """Tell whether a difference cannot be settled: by itself or because an operand is not."""
        if relation.doubt or not relation.correctable or relation.target in self.trusted:
            return True
        if self.assumed and self._rests_on_assumed(relation):
            return True
        return not self.computed.keys().isdisjoint(relation.equals.cells())

    def _rests_on_assumed(self, relation: Relation) -> bool:
        """Tell whether a figure is computed from a proposed one, which is nowhere written."""
        rest, seen = list(relation.equals.cells()), set()
        while rest:
            cell = rest.pop()
            if cell in self.assumed:
                return True
            if cell not in seen and (inner := self.relations.get(cell)) is not None:
                seen.add(cell)
                rest += inner.equals.cells()
        return False

    def _question(
        self, relation: Relation, found: Field, stated: Quantity, exact: Fraction
    ) -> Finding | None:
        """Question a figure, unless it follows from what its questioned operands should be."""
        if found.cell in self.trusted:
            return self.report.unsettled(relation, found, exact)
        value = relation.equals.value(lambda cell: self.computed.get(cell, self.values[cell]))
        if value is not None:
            if agrees(stated, value):
                return None
            exact = value
        self.computed[found.cell] = exact
        if not relation.doubt:
            upon = [c for c in relation.equals.cells() if c in self.computed or c in self.assumed]
            relation = replace(relation, doubt=_upon(upon))
        return self.report.unsettled(relation, found, exact)

    def _uncomputable(self, relation: Relation, found: Field) -> Finding | None:
        """Question a figure whose denominator is zero or missing; zero and blank are as good."""
        stated = self.result.stated(found.cell)
        operands = list(relation.equals.cells())
        if not stated or not self.values.unreadable.isdisjoint(operands):
            return None
        if all(self.values[cell] is None for cell in operands):
            return None
        return self.report.uncomputable(relation, found)

    def _fill(self, relation: Relation, found: Field, exact: Fraction) -> Finding | None:
        if not relation.fill or relation.doubt:
            return None
        roots = self._roots_of_operands([relation.equals])
        if roots:  # a formula leaves blank what it cannot compute
            self.result.roots[found.cell] = roots
        if exact:
            self.left_blank.add(found.cell)
        return self.report.filled(relation, found, exact)

    def _difference(
        self, relation: Relation, found: Field, stated: Quantity, exact: Fraction
    ) -> Finding:
        ways = (relation.equals, *relation.alternatives)
        explained = [way for way in ways if self._inside(way, found, stated)]
        roots = self._roots_of_operands(explained) or self._roots_of_operands(
            [way for way in ways if self._follows(way, stated)]
        )
        if roots:
            self.result.roots[found.cell] = roots
            return self.report.difference(relation, found, exact, Kind.CONSEQUENCE, roots=roots)
        if explained:
            return self.report.rounding(relation, found, exact, corrected=False)
        if wrongly_rounded(found, stated, exact):
            self.result.roots[found.cell] = (found.cell,)
            return self.report.rounding(relation, found, exact, corrected=True)
        self.result.roots[found.cell] = (found.cell,)
        shown = self.after.get(found.cell, stated)  # what its formula gives is what is wrong
        causes = likely_causes(self.report.context(relation, found, shown, exact))
        return self.report.difference(relation, found, exact, Kind.ROOT, causes=causes)

    def _roots_of_operands(self, explained: list[Expression]) -> tuple[Cell, ...]:
        """Return the root errors behind the operands of the calculations that give the figure."""
        return tuple(
            dict.fromkeys(
                root
                for expression in explained
                for cell in expression.cells()
                for root in self.result.roots.get(cell, ())
            )
        )

    def _inside(self, expression: Expression, found: Field, stated: Quantity) -> bool:
        """Tell whether the stated figure follows from what is stated in the operand cells."""
        slack = own_slack(found, stated)
        result = expression.value(self._operand)
        if result is not None and -slack <= difference(result, stated.value) <= slack:
            return True  # without asking what else the operands may stand for
        local = expression.interval(self._operand_bounds)
        if local is None:
            return False
        return local[0] <= stated.value + slack and stated.value - slack <= local[1]

    def _operand(self, cell: Cell) -> Fraction | None:
        """Return what an operand states, its exact value where it states no number."""
        found = self.before.get(cell) or self.form.fields.get(cell)
        if found is None:
            return None
        if cell in self.assumed:
            return self.assumed[cell]
        stated = found.stated
        return stated.value if isinstance(stated, Quantity) else self.result.expected.get(cell)

    def _operand_bounds(self, cell: Cell) -> Bounds | None:
        found = self.before.get(cell) or self.form.fields.get(cell)
        if found is None:
            return None
        if cell in self.assumed:
            return self.assumed[cell], self.assumed[cell]
        exact = self.result.expected.get(cell)
        bounds = stated_bounds(found, exact, derived=cell in self.relations)
        if bounds is None and exact is not None:
            return exact, exact
        return bounds


def _upon(cells: list[Cell]) -> str:
    """Say that a figure was computed from others that are themselves in question."""
    return f"所依据的 {'、'.join(map(a1, cells[:2]))} 本身待核实" if cells else ""


def errors(findings: list[Finding]) -> list[Finding]:
    """Return the findings at level 错误."""
    return [finding for finding in findings if finding.level is Level.ERROR]


def changed(finding: Finding) -> bool:
    """Tell whether the finding's cell gets a new value in the marked copy."""
    return finding.action is not Action.LEFT
