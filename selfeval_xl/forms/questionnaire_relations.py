"""What must equal what within a question of a questionnaire."""

from __future__ import annotations

from fractions import Fraction

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire_outline import Part, weighted_share
from selfeval_xl.forms.questionnaire_plan import Planning
from selfeval_xl.relations import Const, Expression, Product, Ratio, Sum


def declare_question(planning: Planning, owner: int, part: Part) -> None:
    """Declare Q201–Q205 for a question."""
    declare_counts(planning, owner, part)
    if part.total is not None and (known := part.known()):
        planning.relate("Q201", part.total, Sum(known), 0)
    declare_shares(planning, owner, part, "Q202", "Q203")
    _scores(planning, owner, part)


def declare_counts(planning: Planning, owner: int, part: Part) -> None:
    """Add a part's head counts and their total to the form."""
    for cell, name in zip(part.counts, planning.outline.names, strict=False):
        if cell is not None:
            planning.field(cell, owner, f"/人数/{name}", Measure.COUNT, 0)
    if part.total is not None:
        planning.field(part.total, owner, "/人数/合计", Measure.COUNT, 0)


def declare_shares(planning: Planning, owner: int, part: Part, code: str, sum_code: str) -> None:
    """Declare a part's shares and their sum."""
    outline = planning.outline
    decimals = outline.rate_decimals
    parts: list[Expression] = []
    whole = part.whole()
    for place, cell in enumerate(part.shares):
        if cell is None:
            continue
        name = f"/占比/{outline.names[place]}"
        parts.append(planning.field(cell, owner, name, Measure.RATE, decimals))
        count = part.head_count(place)
        if count is None or whole is None:
            continue
        stated = part.counted[place]
        # Nobody chose an option left blank when the others make up the total.
        chosen = Const(Fraction()) if part.complete and not stated else count
        planning.relate(code, cell, Ratio(chosen, whole), decimals, fill=stated)
    if part.share_total is not None and parts:
        planning.field(part.share_total, owner, "/占比/合计", Measure.RATE, decimals)
        kept = outline.shares_summed
        planning.relate(sum_code, part.share_total, Sum(tuple(parts)), decimals, fill=kept)


def _scores(planning: Planning, owner: int, part: Part) -> None:
    outline = planning.outline
    decimals = outline.score_decimals
    full = Const(outline.full)
    parts: list[Expression] = []
    for place, cell in enumerate(part.scores):
        if cell is None:
            continue
        name = f"/分数/{outline.names[place]}"
        parts.append(planning.field(cell, owner, name, Measure.SCORE, decimals))
        share, factor = part.share(place), outline.weights.factors[place]
        if share is not None and factor is not None and not outline.unexplained:
            counted = place < len(part.counted) and part.counted[place]
            mark = Product(Product(share, factor), full)
            planning.relate("Q204", cell, mark, decimals, fill=counted)
    if part.score_total is None:
        return
    planning.field(part.score_total, owner, "/分数/合计", Measure.SCORE, decimals)
    if parts:
        planning.relate("Q205", part.score_total, Sum(tuple(parts)), decimals)
        return
    weighted = weighted_share(part, outline.weights)
    if weighted is not None and not outline.unexplained:
        planning.relate("Q205", part.score_total, Product(weighted, full), decimals)
