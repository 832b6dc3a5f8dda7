"""What must equal what within a question of a questionnaire."""

from __future__ import annotations

import re
from fractions import Fraction

from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.questionnaire_coefficients import Scale
from selfeval_xl.forms.questionnaire_figures import Counts, Figures
from selfeval_xl.forms.questionnaire_labels import UNSCORED
from selfeval_xl.forms.questionnaire_places import Block
from selfeval_xl.labels import squash
from selfeval_xl.relations import At, Const, Expression, Product, Ratio, Sum

NUMBERING = re.compile(
    r"^(?:第?[\d一二三四五六七八九十]{1,3}题?[.、:：．)）\s]*|[(（]\d{1,2}[)）])"
)
_LONGEST_LABEL = 14


def declare_question(figures: Figures, scale: Scale, block: Block) -> None:
    """Declare Q201–Q205 for a question."""
    label = f"第{block.number}题 {_start(block.text)}"
    counts = declare_counts(figures, block, label)
    if block.total is not None and (known := _present(counts.options)):
        figures.relate("Q201", block.total, Sum(known), 0)
    declare_shares(figures, block, label, "Q202", "Q203")
    _scores(figures, scale, block, label)


def _start(text: str) -> str:
    """Return a question's text without its number, cut to what fits a label."""
    plain = NUMBERING.sub("", squash(text)) or squash(text)
    return plain if len(plain) <= _LONGEST_LABEL else f"{plain[: _LONGEST_LABEL - 1]}…"


def _present(operands: tuple[At | None, ...]) -> tuple[At, ...]:
    return tuple(operand for operand in operands if operand is not None)


def declare_counts(figures: Figures, block: Block, label: str) -> Counts:
    """Add a block's head counts and their total to the form."""
    options = tuple(
        None if cell is None else figures.field(cell, f"{label}/人数/{name}", Measure.COUNT, 0)
        for cell, name in zip(block.counts, figures.names, strict=False)
    )
    known = _present(options)
    whole: Expression | None = Sum(known) if known else None
    if block.total is not None:
        whole = figures.field(block.total, f"{label}/人数/合计", Measure.COUNT, 0)
    counts = figures.counts[id(block)] = Counts(options, whole)
    return counts


def declare_shares(figures: Figures, block: Block, label: str, code: str, sum_code: str) -> None:
    """Declare a block's shares and their sum."""
    if not block.shares:
        return
    decimals = figures.rate_decimals
    counts = figures.counts_of(block)
    parts: list[Expression] = []
    complete = _adds_up(figures, block)
    for place, cell in enumerate(block.shares):
        if cell is None:
            continue
        name = f"{label}/占比/{figures.names[place]}"
        parts.append(figures.field(cell, name, Measure.RATE, decimals))
        count = counts.option(place)
        if count is None or counts.whole is None:
            continue
        stated = count.cell in figures.stated
        # Nobody chose an option left blank when the others make up the total.
        part = Const(Fraction()) if complete and not stated else count
        figures.relate(code, cell, Ratio(part, counts.whole), decimals, fill=stated)
    if block.share_total is not None and parts:
        figures.field(block.share_total, f"{label}/占比/合计", Measure.RATE, decimals)
        kept = any(other.share_total in figures.stated for other in figures.layout.questions)
        figures.relate(sum_code, block.share_total, Sum(tuple(parts)), decimals, fill=kept)


def _adds_up(figures: Figures, block: Block) -> bool:
    """Tell whether some head counts are blank and the others make up the stated total."""
    values = [figures.number(cell) for cell in block.counts]
    known = [value for value in values if value is not None]
    if len(known) == len(values) or not known:
        return False
    return figures.number(block.total) == sum(known)


def _scores(figures: Figures, scale: Scale, block: Block, label: str) -> None:
    decimals = figures.score_decimals
    full = Const(scale.full)
    parts: list[Expression] = []
    for place, cell in enumerate(block.scores):
        if cell is None:
            continue
        name = f"{label}/分数/{figures.names[place]}"
        parts.append(figures.field(cell, name, Measure.SCORE, decimals))
        share, factor = _share(figures, block, place), figures.factors[place]
        if share is not None and factor is not None and not scale.unexplained:
            counted = place < len(block.counts) and block.counts[place] in figures.stated
            mark = Product(Product(share, factor), full)
            figures.relate("Q204", cell, mark, decimals, fill=counted)
    if block.score_total is None:
        return
    figures.field(block.score_total, f"{label}/分数/合计", Measure.SCORE, decimals)
    if parts:
        figures.relate("Q205", block.score_total, Sum(tuple(parts)), decimals)
    elif (weighted := weighted_share(figures, block)) is not None and not scale.unexplained:
        figures.relate("Q205", block.score_total, Product(weighted, full), decimals)


def _share(figures: Figures, block: Block, place: int) -> Expression | None:
    """Return an option's share: its cell, else worked out from the head counts."""
    if place < len(block.shares) and (cell := block.shares[place]) is not None:
        return figures.at[cell]
    counts = figures.counts_of(block)
    count = counts.option(place)
    return None if count is None or counts.whole is None else Ratio(count, counts.whole)


def weighted_share(figures: Figures, block: Block) -> Expression | None:
    """Return Σ 占比·系数 (or Σ 人数·系数 ÷ 合计人数), None when a coefficient is not known."""
    counts = figures.counts_of(block)
    from_shares = any(cell is not None for cell in block.shares)
    parts: list[Expression] = []
    for place, factor in enumerate(figures.factors):
        operand = _share(figures, block, place) if from_shares else counts.option(place)
        if operand is None:
            continue
        if factor is not None:
            parts.append(Product(operand, factor))
        elif figures.layout.options[place].rank != UNSCORED:
            return None
    if not parts:
        return None
    if from_shares:
        return Sum(tuple(parts))
    return None if counts.whole is None else Ratio(Sum(tuple(parts)), counts.whole)
