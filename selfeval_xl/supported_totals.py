"""Wrong sums that are questioned on both sides, for later figures were worked out from them.

When no slip in adding explains a wrong sum and people worked out shares or scores from it, the sum
may be right and one of its parts mistyped. Such a sum is not corrected, unless other evidence
speaks against it. Figures that a formula works out say nothing: they follow whatever is typed. Yet
a formula's own result that is not the sum of its parts was worked out before a part was changed.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from selfeval_xl.findings import Finding, Kind
from selfeval_xl.forms.form import Form, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.relations import Relation, Sum
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.sheet import Cell, parse_a1


def sums_in_doubt(form: Form, judgement: Judgement) -> dict[Cell, str]:
    """Return wrong sums of inputs that people worked on with.

    With each comes what speaks against the sum, in Chinese; "" where nothing does.
    """
    formulas = form.sheet.formulas
    followers = {
        finding.root
        for finding in judgement.findings
        if finding.kind is Kind.CONSEQUENCE
        and (parse_a1(finding.cell) not in formulas or _root_cell(finding) in formulas)
    }
    unexplained = {
        parse_a1(finding.cell)
        for finding in judgement.findings
        if finding.kind is Kind.ROOT and not finding.cause and finding.place in followers
    }
    if not unexplained:
        return {}
    derived = {relation.target for relation in form.relations}
    return {
        relation.target: _refutation(form, judgement, relation)
        for relation in form.relations
        if relation.target in unexplained
        and isinstance(relation.equals, Sum)
        and derived.isdisjoint(relation.equals.cells())
    }


def _root_cell(finding: Finding) -> Cell:
    return parse_a1(finding.root.rpartition("!")[2])


def _refutation(form: Form, judgement: Judgement, relation: Relation) -> str:
    """Say why a sum is wrong for certain, whatever was worked out from it."""
    cell = relation.target
    stated, exact = judgement.stated(cell), judgement.expected.get(cell)
    if stated is None or exact is None:
        return ""
    if form.fields[cell].measure is Measure.COUNT and not _is_count(stated) and _is_count(exact):
        return "个数不会是小数或负数"
    if _beyond_any_part(judgement, relation, stated):
        return "改动其中任何一项都得不出填报数"
    if times := _stated_elsewhere(form, judgement, cell):
        return f"另有 {times} 处应与本格相同的数，都与各项之和一致"
    return "各项所在的其他合计都相符" if _parts_add_up_elsewhere(form, judgement, relation) else ""


def _is_count(value: Fraction) -> bool:
    return value >= 0 and value.denominator == 1


def _beyond_any_part(judgement: Judgement, relation: Relation, stated: Fraction) -> bool:
    """Tell whether no single part could make the sum without becoming negative."""
    parts = [judgement.stated(part) or Fraction() for part in relation.equals.cells()]
    return min(parts) >= 0 and sum(parts) - max(parts) > stated


def _stated_elsewhere(form: Form, judgement: Judgement, cell: Cell) -> int:
    """Return how many figures that must be the same agree with the parts; 0 if too few do."""
    group = next((cells for cells in form.same if cell in cells), frozenset())
    times = Counter(judgement.stated(one) for one in group if one != cell)
    found = times[judgement.expected[cell]]
    return found if found > max(1, times[judgement.stated(cell)]) else 0


def _parts_add_up_elsewhere(form: Form, judgement: Judgement, relation: Relation) -> bool:
    """Tell whether all of several parts belong to other sums as well, and these hold.

    A sum over several of the parts, such as the total of all, holds whichever of them belong to
    this one; it counts where a sum of the same kind shows that the parts are taken for the right
    ones.
    """
    others = [
        (other, set(other.equals.cells()))
        for other in form.relations
        if other.target != relation.target and isinstance(other.equals, Sum)
    ]
    parts = set(relation.equals.cells())
    alike = [other for other, cells in others if other.rule == relation.rule and len(cells) > 1]
    sure = any(_holds(judgement, other) for other in alike)
    left = set(parts)
    for other, cells in others:
        shared = cells & parts
        if shared and (sure or len(shared) == 1) and _holds(judgement, other):
            left -= shared
    return len(parts) > 1 and not left


def _holds(judgement: Judgement, relation: Relation) -> bool:
    stated = judgement.form.fields[relation.target].stated
    value = relation.equals.value(judgement.stated)
    return isinstance(stated, Quantity) and value is not None and agrees(stated, value)
