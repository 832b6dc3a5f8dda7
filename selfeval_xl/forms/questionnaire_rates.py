"""Which answers count as satisfied where a questionnaire states rates: by what the rates follow."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from selfeval_xl.forms.questionnaire_figures import Figures
from selfeval_xl.forms.questionnaire_labels import UNSCORED
from selfeval_xl.forms.questionnaire_outline import Part, Rating, Weights, weighted_share
from selfeval_xl.forms.questionnaire_places import Option
from selfeval_xl.values import agrees


def find_rating(
    figures: Figures, options: list[Option], parts: Sequence[Part], weights: Weights
) -> Rating:
    """Return the definition of 满意 that at least two thirds of the rates follow.

    The options are counted as they are, or by their coefficients.
    """
    rated = [part for part in parts if part.rate is not None]
    if not rated:
        return Rating()
    stated = sum(part.rated for part in rated)
    best: tuple[int, ...] | None = None
    most = 1
    for definition in _definitions(options):
        met = sum(_meets(figures, part, definition) for part in rated)
        if met > most:
            best, most = definition, met
    if best is not None:
        return Rating(best) if most * 3 >= stated * 2 else Rating()
    follow = sum(
        part.rate is not None
        and (share := weighted_share(part, weights)) is not None
        and figures.meets(part.rate, share)
        for part in rated
    )
    return Rating(weighted=follow > 1 and follow * 3 >= stated * 2)


def _definitions(options: list[Option]) -> list[tuple[int, ...]]:
    """Return which options may count as satisfied: the best two, one or three."""
    order = [i for i, option in enumerate(options) if option.rank != UNSCORED]
    order.sort(key=lambda i: (options[i].letter, options[i].rank or 0))
    return [tuple(order[:size]) for size in (2, 1, 3) if size < len(order)]


def _meets(figures: Figures, part: Part, definition: tuple[int, ...]) -> bool:
    stated = figures.stated.get(part.rate) if part.rate is not None else None
    counts = [figures.number(cell) or Fraction() for cell in part.counts]
    total = figures.number(part.total) or sum(counts, Fraction())
    if stated is None or not total or not counts:
        return False
    return agrees(stated, sum((counts[i] for i in definition), Fraction()) / total)
