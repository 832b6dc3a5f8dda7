"""What must equal what over all questions: totals, final score, satisfaction rates."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire_outline import Outline, Part, Places, weighted_share
from selfeval_xl.forms.questionnaire_plan import FINAL, TOTALS, Planning
from selfeval_xl.forms.questionnaire_relations import declare_counts, declare_shares
from selfeval_xl.relations import At, Const, Expression, Product, Ratio, Sum


def declare_totals(planning: Planning, part: Part) -> None:
    """Declare Q206–Q208 for the total rows."""
    outline = planning.outline
    questions = outline.questions
    declare_counts(planning, TOTALS, part)
    for place, cell in enumerate(part.counts):
        column = _column(place, [question.counts for question in questions])
        if cell is not None and column:
            planning.relate("Q206", cell, Sum(column), 0)
    if part.total is not None:
        totals = tuple(At(q.total) for q in questions if q.total is not None)
        planning.choose("Q206", part.total, [Sum(part.known()), Sum(totals)], 0)
    declare_shares(planning, TOTALS, part, "Q207", "Q207")
    decimals = outline.score_decimals
    parts: list[Expression] = []
    for place, cell in enumerate(part.scores):
        if cell is None:
            continue
        name = f"/分数/{outline.names[place]}"
        parts.append(planning.field(cell, TOTALS, name, Measure.SCORE, decimals))
        if column := _column(place, [question.scores for question in questions]):
            planning.choose("Q208", cell, _averages(outline, Sum(column)), decimals)
    if part.score_total is not None:
        planning.field(part.score_total, TOTALS, "/分数/合计", Measure.SCORE, decimals)
        sums: list[Expression] = [Sum(tuple(parts))] if parts else []
        sums += _of_questions(outline)
        planning.choose("Q208", part.score_total, sums, decimals)


def _column(place: int, figures: list[Places]) -> tuple[At, ...]:
    """Return an option's figures over all questions."""
    own = [cells[place] if place < len(cells) else None for cells in figures]
    return tuple(At(cell) for cell in own if cell is not None)


def _averages(outline: Outline, total: Expression) -> list[Expression]:
    """Return the accepted ways to total scores: their average where each counts in full."""
    if not outline.averaged:
        return [total]
    return [Ratio(total, Const(Fraction(len(outline.questions)))), total]


def _of_questions(outline: Outline) -> list[Expression]:
    """Return the final score worked out from the questions."""
    parts: list[Expression] = []
    for question in outline.questions:
        if question.score_total is not None:
            parts.append(At(question.score_total))
        elif scores := [At(cell) for cell in question.scores if cell is not None]:
            parts.append(Sum(tuple(scores)))
        else:
            weighted = weighted_share(question, outline.weights)
            if weighted is None or outline.unexplained:
                return []
            parts.append(Product(weighted, Const(outline.full)))
    return _averages(outline, Sum(tuple(parts)))


def declare_final(planning: Planning) -> None:
    """Declare Q209; a final score in percent is held as a fraction of the full score."""
    outline = planning.outline
    final, totals, rate = outline.final, outline.totals, outline.final_rate
    if final is None:
        return
    measure = Measure.RATE if rate else Measure.SCORE
    decimals = outline.rate_decimals if rate else outline.score_decimals
    planning.field(final, FINAL, "", measure, decimals)
    candidates: list[Expression] = []
    if totals is not None and totals.score_total is not None:
        candidates.append(At(totals.score_total, "合计行分数"))
    candidates += _of_questions(outline)
    if rate:
        full = Const(outline.full_score)
        candidates = [Ratio(candidate, full) for candidate in candidates]
    if rate and (average := _average_rate(outline)) is not None:
        scored = any(question.score_total is not None for question in outline.questions)
        rates = [average, *_overall_rate(outline)]
        candidates = [*candidates, *rates] if scored else [*rates, *candidates]
    planning.choose("Q209", final, candidates, decimals)


def _average_rate(outline: Outline) -> Expression | None:
    """Return the mean of the questions' satisfaction rates, None unless all state one."""
    questions = outline.questions
    parts = tuple(At(q.rate) for q in questions if q.rate is not None and q.rated)
    if not parts or len(parts) < len(questions):
        return None
    return Ratio(Sum(parts), Const(Fraction(len(parts))))


def _overall_rate(outline: Outline) -> Iterator[Expression]:
    """Yield the satisfaction rate of all questions together, where the rates tell its meaning."""
    satisfied = outline.rating.satisfied
    if satisfied is None:
        return
    questions = outline.questions
    parts = [part for q in questions for place in satisfied if (part := q.head_count(place))]
    wholes = [whole for q in questions if (whole := q.whole()) is not None]
    if parts and len(wholes) == len(questions):
        yield Ratio(Sum(tuple(parts)), Sum(tuple(wholes)))


def declare_rates(planning: Planning) -> None:
    """Declare Q210 by what the rates themselves take for 满意."""
    outline = planning.outline
    decimals = outline.rate_decimals
    owned = list(enumerate(outline.questions))
    if outline.totals is not None:
        owned.append((TOTALS, outline.totals))
    for owner, part in owned:
        if part.rate is None:
            continue
        planning.field(part.rate, owner, "/满意率", Measure.RATE, decimals)
        rate = _rate(outline, part)
        if rate is not None:
            planning.relate("Q210", part.rate, rate, decimals)


def _rate(outline: Outline, part: Part) -> Expression | None:
    satisfied, weighted = outline.rating
    if weighted:
        return weighted_share(part, outline.weights)
    counts = tuple(
        count for place in satisfied or () if (count := part.head_count(place)) is not None
    )
    whole = part.whole()
    return Ratio(Sum(counts), whole) if counts and whole is not None else None
