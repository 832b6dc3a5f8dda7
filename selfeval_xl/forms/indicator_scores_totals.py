"""What must equal what over all indicators: the total row, and a summary against its details."""

from __future__ import annotations

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.indicator_scores_labels import plain_name
from selfeval_xl.forms.indicator_scores_ledger import Ledger
from selfeval_xl.forms.indicator_scores_relations import below, declare_derived, of_leaves
from selfeval_xl.forms.indicator_scores_table import Figures, Table
from selfeval_xl.relations import Expression, Sum


def declare_total(ledger: Ledger, table: Table) -> None:
    """Declare I204 for the total row."""
    total = table.total
    if total is None:
        return
    own = _own_totals(ledger, table, total)
    leaves = of_leaves(ledger, table.leaves, "points")
    if total.points is not None:
        ledger.field(total.points, "合计/权重", Measure.POINTS)
        sums: list[Expression] = [Sum(leaves)] if leaves else []
        sums += _level_sums(ledger, table, "points")
        ledger.relate("I204", total.points, sums, fill=not own, questioned=True)
    for place, cell in enumerate(total.scores):
        ledger.field(cell, "合计/得分", Measure.SCORE)
        scores = of_leaves(ledger, table.leaves, "score", place)
        score_sums: list[Expression] = [Sum(scores)] if scores else []
        if place == 0:
            score_sums += _level_sums(ledger, table, "score")
        ledger.relate("I204", cell, score_sums)
    declare_derived(ledger, total, "合计", of_leaves(ledger, table.leaves, "deduction"), "I204")


def _own_totals(ledger: Ledger, table: Table, total: Figures) -> bool:
    """Declare the totals of levels with columns of their own; tell whether any is stated."""
    stated = False
    for place, (points, score) in total.own.items():
        groups = [group for group in table.all_groups if group.place == place]
        for cell, what, measure in (
            (points, "points", Measure.POINTS),
            (score, "score", Measure.SCORE),
        ):
            if cell is None or ledger.blank(cell):
                continue
            cells = [c for g in groups if (c := getattr(g, what)) is not None]
            if cells:
                stated = True
                ledger.field(cell, f"合计/{'权重' if what == 'points' else '得分'}", measure)
                ledger.relate("I204", cell, [Sum(tuple(ledger.at[c] for c in cells))])
    return stated


def _level_sums(ledger: Ledger, table: Table, what: str) -> list[Expression]:
    """Return the sums over groups and subtotals, as other ways to a total."""
    sums: list[Expression] = []
    groups = table.groups
    subtotals = [group.subtotal for group in groups]
    if groups and all(subtotal is not None for subtotal in subtotals):
        cells = [
            (s.points if what == "points" else next(iter(s.scores), None))
            for s in subtotals
            if s is not None
        ]
        if all(cell is not None and cell in ledger.at for cell in cells):
            sums.append(Sum(tuple(ledger.at[c] for c in cells if c is not None)))
    own = [getattr(group, what) for group in groups]
    if own and all(cell is not None and cell in ledger.at for cell in own):
        sums.append(Sum(tuple(ledger.at[cell] for cell in own)))
    return sums


def declare_summary(ledger: Ledger, summary: Table, detail: Table) -> None:
    """Relate the first-level summary to the detailed table on the same sheet."""
    groups = {plain_name(group.name): group for group in detail.groups}
    for leaf in summary.leaves:
        group = groups.get(plain_name(leaf.name))
        if group is None:
            continue
        for cell, what in (
            (leaf.figures.points, "points"),
            (next(iter(leaf.figures.scores), None), "score"),
        ):
            parts = below(ledger, detail, group, what)
            own = getattr(group, what)
            if own is not None and own in ledger.at:
                parts = (ledger.at[own],)
            if cell is not None and parts:
                equals: Expression = parts[0] if len(parts) == 1 else Sum(parts)
                ledger.relate("I203", cell, [equals])
