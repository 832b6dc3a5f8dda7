"""What must equal what over all questions: totals, final score, satisfaction and return rates."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire_coefficients import Scale
from selfeval_xl.forms.questionnaire_figures import Figures
from selfeval_xl.forms.questionnaire_heads import NAMES, RATES, HeadFigure
from selfeval_xl.forms.questionnaire_labels import UNSCORED
from selfeval_xl.forms.questionnaire_places import Block
from selfeval_xl.forms.questionnaire_relations import (
    declare_counts,
    declare_shares,
    weighted_share,
)
from selfeval_xl.relations import Const, Expression, Product, Ratio, Sum
from selfeval_xl.values import agrees

_HEAD_RATES = {
    "return_rate": (("returned", "issued"), ("valid", "issued")),
    "valid_rate": (("valid", "returned"), ("valid", "issued")),
}


def declare_totals(figures: Figures, scale: Scale, block: Block) -> None:
    """Declare Q206–Q208 for the total rows."""
    questions = figures.layout.questions
    counts = declare_counts(figures, block, "合计")
    for place, cell in enumerate(block.counts):
        if cell is not None and (column := figures.column(place, "counts")):
            figures.relate("Q206", cell, Sum(column), 0)
    if block.total is not None:
        options = tuple(option for option in counts.options if option is not None)
        totals = tuple(figures.at[q.total] for q in questions if q.total in figures.at)
        figures.choose("Q206", block.total, [Sum(options), Sum(totals)], 0)
    declare_shares(figures, block, "合计", "Q207", "Q207")
    decimals = figures.score_decimals
    parts: list[Expression] = []
    for place, cell in enumerate(block.scores):
        if cell is None:
            continue
        name = f"合计/分数/{figures.names[place]}"
        parts.append(figures.field(cell, name, Measure.SCORE, decimals))
        if column := figures.column(place, "scores"):
            figures.choose("Q208", cell, _averages(figures, scale, Sum(column)), decimals)
    if block.score_total is not None:
        figures.field(block.score_total, "合计/分数/合计", Measure.SCORE, decimals)
        sums: list[Expression] = [Sum(tuple(parts))] if parts else []
        sums += _of_questions(figures, scale)
        figures.choose("Q208", block.score_total, sums, decimals)


def _averages(figures: Figures, scale: Scale, total: Expression) -> list[Expression]:
    """Return the accepted ways to total scores: their average where each counts in full."""
    if not scale.averaged:
        return [total]
    return [Ratio(total, Const(Fraction(len(figures.layout.questions)))), total]


def _of_questions(figures: Figures, scale: Scale) -> list[Expression]:
    """Return the final score worked out from the questions."""
    parts: list[Expression] = []
    for block in figures.layout.questions:
        if block.score_total is not None:
            parts.append(figures.at[block.score_total])
        elif scores := [figures.at[cell] for cell in block.scores if cell is not None]:
            parts.append(Sum(tuple(scores)))
        else:
            weighted = weighted_share(figures, block)
            if weighted is None or scale.unexplained:
                return []
            parts.append(Product(weighted, Const(scale.full)))
    return _averages(figures, scale, Sum(tuple(parts)))


def declare_final(figures: Figures, scale: Scale) -> None:
    """Declare Q209; a final score in percent is held as a fraction of the full score."""
    final, totals = figures.layout.final, figures.layout.totals
    if final is None:
        return
    stated = figures.stated.get(final)
    rate = stated is not None and (stated.percent or stated.value <= 1)
    measure = Measure.RATE if rate else Measure.SCORE
    decimals = figures.rate_decimals if rate else figures.score_decimals
    figures.field(final, figures.layout.final_label, measure, decimals)
    candidates: list[Expression] = []
    if totals is not None and totals.score_total is not None:
        candidates.append(figures.at[totals.score_total])
    candidates += _of_questions(figures, scale)
    if rate:
        full = Const(figures.settings.full_score)
        candidates = [Ratio(candidate, full) for candidate in candidates]
    if rate and (average := _average_rate(figures)) is not None:
        scored = any(block.score_total is not None for block in figures.layout.questions)
        rates = [average, *_overall_rate(figures)]
        candidates = [*candidates, *rates] if scored else [*rates, *candidates]
    figures.choose("Q209", final, candidates, decimals)


def _average_rate(figures: Figures) -> Expression | None:
    """Return the mean of the questions' satisfaction rates, None unless all have one."""
    questions = figures.layout.questions
    parts = tuple(
        figures.at[block.rate]
        for block in questions
        if block.rate is not None and block.rate in figures.stated
    )
    if not parts or len(parts) < len(questions):
        return None
    return Ratio(Sum(parts), Const(Fraction(len(parts))))


def _overall_rate(figures: Figures) -> Iterator[Expression]:
    """Yield the satisfaction rate of all questions together, where the rates tell its meaning."""
    if figures.satisfied is None:
        return
    counts = [figures.counts_of(block) for block in figures.layout.questions]
    parts = [part for c in counts for place in figures.satisfied if (part := c.option(place))]
    wholes = [c.whole for c in counts if c.whole is not None]
    if parts and len(wholes) == len(counts):
        yield Ratio(Sum(tuple(parts)), Sum(tuple(wholes)))


def declare_rates(figures: Figures) -> None:
    """Declare Q210 by the definition of 满意 that at least two thirds of the rates follow.

    The options are counted as they are, or by their coefficients.
    """
    rated = [block for block in figures.blocks if block.rate is not None]
    if not rated:
        return
    best: tuple[int, ...] | None = None
    most = 1
    for definition in _definitions(figures):
        met = sum(_meets_rate(figures, block, definition) for block in rated)
        if met > most:
            best, most = definition, met
    stated = sum(block.rate in figures.stated for block in rated)
    decimals = figures.rate_decimals
    weighted = {id(block): weighted_share(figures, block) for block in rated} if not best else {}
    follow = sum(
        found is not None and figures.meets(block.rate, found)
        for block in rated
        if (found := weighted.get(id(block))) is not None
    )
    figures.satisfied = best if best is not None and most * 3 >= stated * 2 else None
    for block in rated:
        assert block.rate is not None
        label = "合计" if block is figures.layout.totals else f"第{block.number}题"
        figures.field(block.rate, f"{label}/满意率", Measure.RATE, decimals)
        if best is None and follow > 1 and follow * 3 >= stated * 2:
            if (found := weighted[id(block)]) is not None:
                figures.relate("Q210", block.rate, found, decimals)
            continue
        if best is None or most * 3 < stated * 2:
            continue
        counts = figures.counts_of(block)
        parts = tuple(part for place in best if (part := counts.option(place)) is not None)
        if parts and counts.whole is not None:
            figures.relate("Q210", block.rate, Ratio(Sum(parts), counts.whole), decimals)


def _definitions(figures: Figures) -> list[tuple[int, ...]]:
    """Return which options may count as satisfied: the best two, one or three."""
    options = figures.layout.options
    order = [i for i, option in enumerate(options) if option.rank != UNSCORED]
    order.sort(key=lambda i: (options[i].letter, options[i].rank or 0))
    return [tuple(order[:size]) for size in (2, 1, 3) if size < len(order)]


def _meets_rate(figures: Figures, block: Block, definition: tuple[int, ...]) -> bool:
    stated = figures.stated.get(block.rate) if block.rate is not None else None
    counts = [figures.number(cell) or Fraction() for cell in block.counts]
    total = figures.number(block.total) or sum(counts, Fraction())
    if stated is None or not total or not counts:
        return False
    return agrees(stated, sum((counts[i] for i in definition), Fraction()) / total)


def declare_heads(figures: Figures, heads: dict[str, HeadFigure]) -> None:
    """Add the numbers of questionnaires to the form and declare Q211 for their rates."""
    operands: dict[str, Expression] = {}
    for name, head in heads.items():
        if name in NAMES and not head.inside and head.cell not in figures.at:
            figures.raw[head.cell] = head.stated
            operands[name] = figures.field(head.cell, NAMES[name], Measure.COUNT, 0)
            figures.form.figures[name] = head.cell
    for name, pairs in _HEAD_RATES.items():
        rate = heads.get(name)
        candidates = [
            Ratio(operands[part], operands[whole])
            for part, whole in pairs
            if part in operands and whole in operands
        ]
        if rate is None or not candidates or rate.cell in figures.at:
            continue
        if rate.stated.percent or rate.stated.value <= 1:
            figures.raw[rate.cell] = figures.stated[rate.cell] = rate.stated
            figures.field(rate.cell, RATES[name], Measure.RATE, 4)
            for head_name in ("issued", "returned", "valid"):
                if head_name in operands:
                    figures.stated[heads[head_name].cell] = heads[head_name].stated
            figures.choose("Q211", rate.cell, candidates, 4)
