"""Findings in words: place → what is stated → what it should be → why → what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from selfeval_xl.causes import Context
from selfeval_xl.findings import Action, Finding, Kind, Level, as_stated, is_error_value
from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.neighbours import Neighbours
from selfeval_xl.relations import Expression, Relation, Sum
from selfeval_xl.rounding import decimals_of
from selfeval_xl.rules.catalogue import rule
from selfeval_xl.values import Quantity, Unreadable, format_like, half_up, read_quantity
from selfeval_xl.workbooks.number_formats import with_decimals
from selfeval_xl.workbooks.sheet import Cell, a1

_UNROUNDED = "（各数按四舍五入前的值计算）"
"""Said of a calculation that comes to something else with the rounded figures in it."""
FOLLOWING = "，更正后本格随之更正"
"""Said of a figure that comes right with its causes."""


class Report:
    """Writes the findings of one form."""

    def __init__(
        self,
        form: Form,
        expected: Mapping[Cell, Fraction],
        used: Mapping[Cell, Expression],
    ) -> None:
        self.form = form
        self.expected = expected
        self.used = used
        self._shown: dict[Cell, str] = {}
        """Values as printed: a wrong total stands in the calculation of every share of it."""

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self.form)

    def difference(
        self,
        relation: Relation,
        found: Field,
        exact: Fraction,
        kind: Kind,
        *,
        roots: tuple[Cell, ...] = (),
        causes: list[str] | None = None,
    ) -> Finding:
        """Report a wrong figure, a root or the consequence of one; it is corrected."""
        cause = "；".join(causes or ())
        root = roots[0] if roots else None
        if roots:
            named = "、".join(map(a1, roots[:2]))
            many = f"{named} 等 {len(roots)} 处" if len(roots) > 2 else f"{named} "
            cause = f"由 {many}差错引起{FOLLOWING}"
        return self._finding(
            relation, found, exact, Level.ERROR, kind, Action.CORRECTED, cause=cause, root=root
        )

    def rounding(
        self, relation: Relation, found: Field, exact: Fraction, *, corrected: bool
    ) -> Finding:
        """Report a difference that rounding explains."""
        if corrected:
            cause = "末位未按四舍五入取值（截断、进位或少取小数位）"
            action = Action.CORRECTED
        else:
            cause = "用已四舍五入的数计算形成的尾差，不属于差错"
            action = Action.LEFT
        return self._finding(
            relation, found, exact, Level.ROUNDING, Kind.ROUNDING, action, cause=cause
        )

    def filled(self, relation: Relation, found: Field, exact: Fraction) -> Finding:
        """Report a blank that was computed."""
        return self._finding(relation, found, exact, Level.INFO, Kind.FILLED, Action.FILLED)

    def unsettled(self, relation: Relation, found: Field, exact: Fraction) -> Finding:
        """Report a contradiction that the form itself cannot settle; nothing is changed."""
        advice = "本表无法判断何者有误，未作更正，请对照原始资料核实"
        return self._finding(
            relation,
            found,
            exact,
            Level.REVIEW,
            Kind.UNSETTLED,
            Action.LEFT,
            cause=relation.doubt,
            advice=advice,
            points=relation.options,
        )

    def uncomputable(self, relation: Relation, found: Field) -> Finding:
        """Report a figure that cannot be recomputed because its denominator is zero or blank."""
        return self._finding(
            relation,
            found,
            None,
            Level.REVIEW,
            Kind.UNSETTLED,
            Action.LEFT,
            cause="分母为 0 或未填，无法计算",
            advice="请补填分母，或删去本格数值",
        )

    def unreadable(self, relation: Relation, found: Field, stated: Unreadable) -> Finding:
        """Report a derived cell whose content is no number."""
        exact = self.expected.get(found.cell)
        if exact is None and stated.text == "#DIV/0!":
            return self.uncomputable(relation, found)
        return self._finding(
            relation,
            found,
            exact,
            Level.REVIEW,
            Kind.UNSETTLED,
            Action.LEFT,
            cause="" if is_error_value(stated.text) else stated.reason,
            advice="请改填数字",
        )

    def context(
        self, relation: Relation, found: Field, stated: Quantity, exact: Fraction
    ) -> Context:
        """Gather what a likely cause is looked for in."""
        used = self.used.get(found.cell, relation.equals)
        every = dict.fromkeys((used, relation.equals, *relation.alternatives))
        sums = [self._parts(one) for one in every if isinstance(one, Sum)]
        return Context(
            stated=stated.value,
            expected=exact,
            decimals=stated.decimals,
            percent=stated.percent or found.scale == 100,
            neighbours=tuple(self._neighbours.of(found)),
            parts=sums[0] if sums else (),
            other_parts=tuple(sums[1:]),
            amount=found.measure is Measure.AMOUNT,
            calculations=tuple(
                (name, value)
                for name, way in relation.mistaken
                if (value := way.value(self.expected.get)) is not None
            ),
        )

    def _parts(self, expression: Sum) -> tuple[tuple[str, Fraction], ...]:
        """Return the addends of a sum by the name a person finds them by."""
        return tuple(
            (f"{a1(cell)} {self.form.fields[cell].label}", value)
            for cell in expression.cells()
            if (value := self.expected.get(cell)) is not None
        )

    def show(self, cell: Cell) -> str:
        """Return a cell's exact value as it would be printed there."""
        if cell not in self._shown:
            self._shown[cell] = self._show(cell)
        return self._shown[cell]

    def _show(self, cell: Cell) -> str:
        found = self.form.fields.get(cell)
        value = self.expected.get(cell)
        if found is None or value is None:
            return ""
        if found.scale == 1 and isinstance(found.stated, Quantity) and found.stated.value == value:
            return format_like(value, found.stated)
        return _in_words(value, found)

    def _finding(
        self,
        relation: Relation,
        found: Field,
        exact: Fraction | None,
        level: Level,
        kind: Kind,
        action: Action,
        *,
        cause: str = "",
        advice: str = "",
        root: Cell | None = None,
        points: tuple[str, ...] = (),
    ) -> Finding:
        stated = found.stated if isinstance(found.stated, Quantity) else None
        decimals = written_decimals(exact, found)
        expected = None if exact is None else half_up(exact, decimals)
        value = None if stated is None else half_up(stated.value, max(decimals, stated.decimals))
        raw = self.form.sheet.shown(found.cell)
        stated_text = printed(stated.value, found) if stated else raw
        expected_text = "" if exact is None else printed(exact, found)
        calculation = "" if exact is None else self._calculation(relation, found, exact)
        entry = rule(relation.rule)
        return Finding(
            sheet=self.form.sheet.name,
            cell=a1(found.cell),
            form=self.form.kind,
            project=self.form.head.project,
            rule=relation.rule,
            level=level,
            kind=kind,
            action=action,
            field=found.label,
            stated=value if stated else (raw or None),
            expected=expected,
            difference=None if value is None or expected is None else value - expected,
            stated_text=stated_text,
            expected_text=expected_text,
            calculation=calculation,
            cause=cause,
            root=f"{self.form.sheet.name}!{a1(root)}" if root else "",
            message=_sentence(
                kind, stated_text, expected_text, entry.truth, calculation, cause, advice
            ),
            advice=advice,
            formula=self._formula(relation, found, decimals) if action is not Action.LEFT else "",
            number_format=self._number_format(found, decimals),
            written=None if expected is None else expected * found.scale,
            scale=found.scale,
            points=points,
        )

    def _calculation(self, relation: Relation, found: Field, value: Fraction) -> str:
        expression = self.used.get(found.cell, relation.equals)
        text = expression.sentence(self.show)
        if not text:
            return ""
        shown = [cell for cell in expression.cells() if self.show(cell)]
        if len(shown) == 1 and text == self.show(shown[0]):  # “20 = 20” would say nothing
            text = f"{a1(shown[0])}（{text}）"
        result, by_hand = _in_words(value, found), expression.value(self._as_shown)
        remark = "" if by_hand is None or _in_words(by_hand, found) == result else _UNROUNDED
        if whole := _in_full(value, found):
            result = f"{whole}，按本格的位数写作 {result}"
        return f"{text} = {result}{remark}"

    def _as_shown(self, cell: Cell) -> Fraction | None:
        """Return the number a person reads in the calculation for a cell's value."""
        found = self.form.fields.get(cell)
        shown = read_quantity(self.show(cell)) if found is not None else None
        return shown.value if isinstance(shown, Quantity) else self.expected.get(cell)

    def _formula(self, relation: Relation, found: Field, decimals: int) -> str:
        """Return the live formula when every operand is a numeric cell of the plain scale."""
        expression = self.used.get(found.cell, relation.equals)
        if found.scale != 1:
            return ""
        for cell in expression.cells():
            operand = self.form.fields.get(cell)
            value = self.form.sheet.value(cell)
            if operand is None or operand.scale != 1 or isinstance(value, str | bool):
                return ""
            if value is None and operand.stated is not None:
                return ""
        return f"ROUND({expression.formula()},{max(decimals, 0)})"

    def _number_format(self, found: Field, decimals: int) -> str:
        """Return the format a number needs in a cell that holds text or no format of its own."""
        raw = self.form.sheet.value(found.cell)
        own = self.form.sheet.number_formats.get(found.cell, "")
        if own and not isinstance(raw, str):
            return with_decimals(own, decimals) if found.measure is not Measure.RATE else ""
        stated = found.stated if isinstance(found.stated, Quantity) else None
        if found.measure is Measure.RATE and found.scale == 1:
            places = max(decimals - 2, 0)
            return f"0.{'0' * places}%" if places else "0%"
        if not isinstance(raw, str) and stated is not None:
            return ""
        unit = stated.unit if stated else ""
        places = max(decimals, 0)
        return ("0." + "0" * places if places else "0") + (f'"{unit}"' if unit else "")


def with_cause(finding: Finding, cause: str) -> Finding:
    """Return a finding of a wrong figure with what is said of its cause."""
    return _said_anew(replace(finding, cause=cause))


def with_advice(finding: Finding, advice: str) -> Finding:
    """Return a finding of a wrong figure with what is to be done about it."""
    return _said_anew(replace(finding, advice=advice))


def _said_anew(finding: Finding) -> Finding:
    message = _sentence(
        finding.kind,
        finding.stated_text,
        finding.expected_text,
        rule(finding.rule).truth,
        finding.calculation,
        finding.cause,
        finding.advice,
    )
    return replace(finding, message=message)


def written_decimals(value: Fraction | None, found: Field) -> int:
    """Return to how many decimals a right figure is written in a field's cell.

    As many as what is stated has; but all there are of an amount or of points, as long as that
    are no more than usual: 85 where 89.5 is right is not put right by writing 90.
    """
    stated = found.stated
    if not isinstance(stated, Quantity) or stated.computed:
        return found.decimals
    needed = None if value is None or found.measure is Measure.RATE else decimals_of(value)
    if needed is None or needed > found.decimals:
        return stated.decimals
    return max(needed, stated.decimals)


def printed(value: Fraction, found: Field) -> str:
    """Write a value as it would be printed in a field's cell: 5.41%, 9.62, 30人.

    A rate that its cell gives in percent points without a sign is written so: 5.41.
    """
    if found.scale != 1:
        known = isinstance(found.stated, Quantity) and not found.stated.computed
        return _in_points(value, written_decimals(value, found) if known else found.decimals)
    if isinstance(found.stated, Quantity) and not found.stated.computed:
        like = replace(found.stated, decimals=written_decimals(value, found))
        return format_like(value, like)
    if found.measure is Measure.RATE:
        return f"{_in_points(value, found.decimals)}%"
    return str(half_up(value, found.decimals))


def _in_points(rate: Fraction, decimals: int) -> str:
    """Write a rate in percent points; ``decimals`` are those of the plain figure."""
    return str(half_up(rate * 100, max(decimals - 2, 0)))


def _in_words(value: Fraction, found: Field) -> str:
    """Write a value as sentences name it: percent points have their sign there."""
    return printed(value, found) + "%" * (found.scale != 1)


def _in_full(value: Fraction, found: Field) -> str:
    """Return a value as it is where its cell has too few decimals for it; "" where it fits."""
    stated = found.stated
    if not isinstance(stated, Quantity) or stated.computed or stated.decimals >= found.decimals:
        return ""
    usual = half_up(value, found.decimals)
    if usual != value or half_up(value, written_decimals(value, found)) == usual:
        return ""
    if found.scale != 1:
        return f"{_in_points(value, found.decimals)}%"
    return format_like(value, replace(stated, decimals=found.decimals))


def _sentence(
    kind: Kind,
    stated: str,
    expected: str,
    truth: str,
    calculation: str,
    cause: str,
    advice: str,
) -> str:
    """Join the parts of a message: stated → expected → rule and figures → cause → advice."""
    start = as_stated(stated)
    if expected:
        should = "应为" if stated and kind is not Kind.UNSETTLED else "按公式为"
        start += f"，{should} {expected}"
    why = f"{truth}：{calculation}" if calculation else truth
    parts = [start, why, cause, advice]
    return "。".join(part.rstrip("。") for part in parts if part) + "。"
