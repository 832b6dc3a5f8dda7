"""What must equal what in the rows and groups of indicator score tables."""

from __future__ import annotations

from collections.abc import Iterable

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.indicator_scores_labels import LONGEST_NAME
from selfeval_xl.forms.indicator_scores_ledger import Ledger
from selfeval_xl.forms.indicator_scores_table import Figures, Group, Leaf, Table
from selfeval_xl.labels import key, label_points
from selfeval_xl.relations import At, Difference, Expression, Ratio, Sum
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.workbooks.sheet import Cell


def declare_leaves(ledger: Ledger, table: Table) -> None:
    """Declare every leaf row, and compare the points its name carries."""
    for leaf in table.leaves:
        name = " ".join(leaf.name.split()) or f"第{leaf.row + 1}行"
        _row(ledger, leaf.figures, name, leaf.more_scores)
        if leaf.cell is not None and leaf.figures.points is not None:
            strict = table.detailed
            _label_points(ledger, leaf.cell, leaf.name, ledger.at[leaf.figures.points], strict)


def _row(ledger: Ledger, figures: Figures, name: str, more: list[Cell]) -> None:
    """Declare a row's own fields and what follows within it: 扣分 and 得分率."""
    points: At | None = None
    if figures.points is not None:
        points = ledger.field(figures.points, f"{name}/权重", Measure.POINTS)
    scores = [ledger.field(c, f"{name}/得分", Measure.SCORE) for c in figures.scores]
    further = [ledger.field(c, f"{name}/得分", Measure.SCORE) for c in more]
    if figures.deduction is not None:
        ledger.field(figures.deduction, f"{name}/扣分", Measure.SCORE)
    if figures.rate is not None:
        ledger.field(figures.rate, f"{name}/得分率", Measure.RATE)
    if points is None or not scores or ledger.unreadable(points.cell):
        return
    score: Expression = Sum((scores[0], *further)) if further else scores[0]
    if figures.deduction is not None and _comparable(ledger, points, [scores[0], *further]):
        equals = Difference(points, score)
        ledger.relate("I201", figures.deduction, [equals], fill=ledger.facts.deducts)
    if figures.rate is not None:
        ledger.relate("I202", figures.rate, [Ratio(score, points)], decimals=4)


def _comparable(ledger: Ledger, points: At, scores: list[At]) -> bool:
    """Tell whether a deduction follows: an indicator with points but no score has none yet."""
    return ledger.blank(points.cell) or _any_stated(ledger, scores)


def _label_points(ledger: Ledger, cell: Cell, text: str, points: Expression, strict: bool) -> None:
    """Compare the points inside a label with the points it stands for."""
    found = _points_in(text, strict)
    if found is None or cell in ledger.at:
        return
    ledger.field(cell, f"{key(text)}/名称中的分值", Measure.POINTS, found)
    ledger.relate("I203", cell, [points], correctable=False, fill=False)


def _points_in(text: str, strict: bool) -> Quantity | None:
    """Return the points inside a label; ``strict`` wants them in brackets (indicator texts)."""
    if strict and not (len(text) <= LONGEST_NAME and text.rstrip()[-1:] in ")）"):
        return None
    return label_points(text)


def declare_groups(ledger: Ledger, table: Table) -> None:
    """Declare I203 for the groups, innermost first."""
    if not table.detailed:
        return
    doubts = _doubtful_levels(ledger, table)
    for group in sorted(table.all_groups, key=lambda group: -group.place):
        if group.leaves and _has_points(table, group):
            _declare_group(ledger, table, group, doubts)


def _has_points(table: Table, group: Group) -> bool:
    """Tell whether a group states figures anywhere: in columns, a subtotal or its own name."""
    return (
        bool(table.columns.level_figures)
        or group.subtotal is not None
        or _points_in(group.name, group.place > 0) is not None
    )


def _declare_group(ledger: Ledger, table: Table, group: Group, doubts: dict[int, str]) -> None:
    name = key(group.name) or "分组"
    points = below(ledger, table, group, "points")
    if group.points is not None:
        ledger.field(group.points, f"{name}/权重", Measure.POINTS)
        if points:
            doubt = doubts.get(group.place, "")
            ledger.relate("I203", group.points, [Sum(points)], doubt=doubt)
    scores = below(ledger, table, group, "score")
    if group.score is not None:
        ledger.field(group.score, f"{name}/得分", Measure.SCORE)
        if scores:
            ledger.relate("I203", group.score, [Sum(scores)])
    if group.subtotal is not None:
        _subtotal(ledger, group, group.subtotal, name, points, scores)
    if group.name and group.cell not in ledger.at:
        target: Expression | None = Sum(points) if points else None
        if group.points is not None:
            target = ledger.at[group.points]
        if target is not None:
            _label_points(ledger, group.cell, group.name, target, group.place > 0)


def _doubtful_levels(ledger: Ledger, table: Table) -> dict[int, str]:
    """Name the levels whose own points make up the full score: they are not to be rewritten."""
    facts = ledger.facts
    full = half_up(facts.full_score, 0)
    levels = table.columns.levels
    return {
        place: f"{'一二三四五'[levels[place].depth - 1]}级指标权重之和正好为 {full}，"
        "差错可能在其下级指标的权重"
        for place in facts.full_levels[facts.tables.index(table)]
    }


def below(ledger: Ledger, table: Table, group: Group, what: str) -> tuple[At, ...]:
    """Return the figures of the next level below a group that has any."""
    children = group.children if what in table.columns.level_figures else []
    while children:
        cells = [getattr(child, what) for child in children]
        if None not in cells and not all(map(ledger.blank, cells)):
            measure = Measure.POINTS if what == "points" else Measure.SCORE
            heading = "权重" if what == "points" else "得分"
            return tuple(
                ledger.field(cell, f"{key(child.name)}/{heading}", measure)
                for cell, child in zip(cells, children, strict=True)
            )
        children = [grandchild for child in children for grandchild in child.children]
    return of_leaves(ledger, group.leaves, what)


def of_leaves(ledger: Ledger, leaves: list[Leaf], what: str, place: int = 0) -> tuple[At, ...]:
    """Return the leaves' ``points``, ``deduction`` or ``score`` (of the column ``place``)."""
    if what == "score":
        cells = [cell for leaf in leaves for cell in leaf.scores(place)]
    else:
        own = [getattr(leaf.figures, what) for leaf in leaves]
        cells = [cell for cell in own if cell is not None]
    return tuple([ledger.at[cell] for cell in cells])


def _subtotal(ledger: Ledger, group: Group, figures: Figures, name: str,
    points: tuple[At, ...], scores: tuple[At, ...],
) -> None:  # fmt: skip
    label = f"{name}小计"
    if figures.points is not None and points:
        ledger.field(figures.points, f"{label}/权重", Measure.POINTS)
        ledger.relate("I203", figures.points, [Sum(points)])
    for place, cell in enumerate(figures.scores):
        parts = scores if place == 0 else of_leaves(ledger, group.leaves, "score", place)
        ledger.field(cell, f"{label}/得分", Measure.SCORE)
        if parts:
            ledger.relate("I203", cell, [Sum(parts)])
    declare_derived(ledger, figures, label, of_leaves(ledger, group.leaves, "deduction"), "I203")


def declare_derived(
    ledger: Ledger, figures: Figures, label: str, deductions: tuple[At, ...], code: str
) -> None:
    """Declare 扣分 and 得分率 of a subtotal or total row."""
    points = None if figures.points is None else ledger.at.get(figures.points)
    score = ledger.at.get(figures.scores[0]) if figures.scores else None
    if figures.deduction is not None:
        ledger.field(figures.deduction, f"{label}/扣分", Measure.SCORE)
        candidates: list[Expression] = [Sum(deductions)] if deductions else []
        if points is not None and score is not None:
            candidates.append(Difference(points, score))
        if not _any_stated(ledger, deductions):
            candidates.reverse()
        if candidates:
            ledger.relate(code, figures.deduction, candidates, fill=ledger.facts.deducts)
    if figures.rate is not None:
        ledger.field(figures.rate, f"{label}/得分率", Measure.RATE)
        if points is not None and score is not None:
            ledger.relate("I202", figures.rate, [Ratio(score, points)], decimals=4)


def _any_stated(ledger: Ledger, cells: Iterable[At]) -> bool:
    """Tell whether any of the cells states a number."""
    return any(ledger.stated(at.cell) for at in cells)
