"""Wrong sums that are questioned on both sides, for later figures were worked out from them.

When no slip in adding explains a wrong sum and people worked out shares or scores from it, the sum
may be right and one of its parts mistyped. Such a sum is not corrected, unless other evidence
speaks against it. Figures that a formula works out say nothing: they follow whatever is typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.findings import Kind
from selfeval_xl.forms.form import Form, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.relations import Relation, Sum
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell, parse_a1


def supported_totals(form: Form, judgement: Judgement) -> Iterator[Cell]:
    """Yield wrong sums of inputs that may be right, and a part of theirs wrong instead."""
    followers = {
        finding.root
        for finding in judgement.findings
        if finding.kind is Kind.CONSEQUENCE and parse_a1(finding.cell) not in form.sheet.formulas
    }
    unexplained = {
        parse_a1(finding.cell)
        for finding in judgement.findings
        if finding.kind is Kind.ROOT and not finding.cause and finding.place in followers
    }
    if not unexplained:
        return
    derived = {relation.target for relation in form.relations}
    for relation in form.relations:
        if (
            relation.target in unexplained
            and isinstance(relation.equals, Sum)
            and derived.isdisjoint(relation.equals.cells())
            and not _is_refuted(form, judgement, relation)
        ):
            yield relation.target


def _is_refuted(form: Form, judgement: Judgement, relation: Relation) -> bool:
    """Tell whether a sum is wrong for certain, whatever was worked out from it."""
    cell = relation.target
    stated, exact = judgement.stated(cell), judgement.expected.get(cell)
    if stated is None or exact is None:
        return False
    return (
        (form.fields[cell].measure is Measure.COUNT and not _is_count(stated) and _is_count(exact))
        or _beyond_any_part(judgement, relation, stated)
        or _stated_elsewhere(form, judgement, cell)
        or _parts_add_up_elsewhere(form, judgement, relation)
    )


def _is_count(value: Fraction) -> bool:
    return value >= 0 and value.denominator == 1


def _beyond_any_part(judgement: Judgement, relation: Relation, stated: Fraction) -> bool:
    """Tell whether no single part could make the sum without becoming negative."""
    parts = [judgement.stated(part) or Fraction() for part in relation.equals.cells()]
    return min(parts) >= 0 and sum(parts) - max(parts) > stated


def _stated_elsewhere(form: Form, judgement: Judgement, cell: Cell) -> bool:
    """Tell whether more figures that must be the same agree with the parts than with the sum."""
    group = next((cells for cells in form.same if cell in cells), frozenset())
    times = Counter(judgement.stated(one) for one in group if one != cell)
    return times[judgement.expected[cell]] > max(1, times[judgement.stated(cell)])


def _parts_add_up_elsewhere(form: Form, judgement: Judgement, relation: Relation) -> bool:
    """Tell whether every part belongs to another sum as well, and all these sums hold."""
    left = set(relation.equals.cells())
    for other in form.relations:
        if other.target != relation.target and isinstance(other.equals, Sum):
            parts = left.intersection(other.equals.cells())
            if parts and _holds(judgement, other):
                left -= parts
    return not left


def _holds(judgement: Judgement, relation: Relation) -> bool:
    stated = judgement.form.fields[relation.target].stated
    value = relation.equals.value(judgement.stated)
    return isinstance(stated, Quantity) and value is not None and agrees(stated, value)
