"""What the fields and relations of a questionnaire depend on, as one value.

Questionnaires filled from one template have the same places; of their figures only a few facts
decide what must equal what. Places and facts together are the outline, by which the work of
declaring is done once for all of them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from selfeval_xl.relations import At, Expression, Product, Ratio, Sum
from selfeval_xl.workbooks.sheet import Cell

Places = tuple[Cell | None, ...]
"""Cells in the order of the options, None where the form has no place."""


class Part(NamedTuple):
    """The cells of a question, or of the totals of all, and what is stated in them.

    ``counted`` tells which head counts are stated, ``complete`` that some are not and the others
    make up the stated total, ``rated`` that the rate is stated.
    """

    counts: Places
    shares: Places
    scores: Places
    total: Cell | None
    share_total: Cell | None
    score_total: Cell | None
    rate: Cell | None
    counted: tuple[bool, ...]
    complete: bool
    rated: bool

    def head_count(self, place: int) -> At | None:
        """Return an option's head count, None when the question has none."""
        cell = self.counts[place] if place < len(self.counts) else None
        return None if cell is None else At(cell)

    def known(self) -> tuple[At, ...]:
        """Return the head counts of the options."""
        return tuple(At(cell) for cell in self.counts if cell is not None)

    def whole(self) -> Expression | None:
        """Return what the shares are divided by: the total, else the sum of the head counts."""
        if self.total is not None:
            return At(self.total)
        known = self.known()
        return Sum(known) if known else None

    def share(self, place: int) -> Expression | None:
        """Return an option's share: its cell, else worked out from the head counts."""
        if place < len(self.shares) and (cell := self.shares[place]) is not None:
            return At(cell)
        count, whole = self.head_count(place), self.whole()
        return None if count is None or whole is None else Ratio(count, whole)


class Weights(NamedTuple):
    """The options' coefficients as operands, and which options are not scored.

    ``factors`` are None for options that are not scored and where a coefficient is not known.
    """

    factors: tuple[Expression | None, ...]
    unscored: tuple[bool, ...]


class Rating(NamedTuple):
    """How the rates of satisfaction are worked out.

    ``satisfied`` are the options that count as satisfied, None where most rates do not tell;
    ``weighted``: the options are counted by their coefficients instead.
    """

    satisfied: tuple[int, ...] | None = None
    weighted: bool = False


class Outline(NamedTuple):
    """A questionnaire's places, coefficients and decimals, and the facts its figures tell.

    ``full`` is the full mark of a question, ``full_score`` that of the form. ``averaged`` and
    ``unexplained`` are those of the scale. ``shares_summed`` tells whether any question states
    the sum of its shares, ``final_rate`` whether the final score is given as a rate.
    """

    names: tuple[str, ...]
    questions: tuple[Part, ...]
    totals: Part | None
    final: Cell | None
    weights: Weights
    rating: Rating
    full: Fraction
    full_score: Fraction
    averaged: bool
    unexplained: bool
    shares_summed: bool
    final_rate: bool
    rate_decimals: int
    score_decimals: int
    disabled_rules: frozenset[str]


def weighted_share(part: Part, weights: Weights) -> Expression | None:
    """Return Σ 占比·系数 (or Σ 人数·系数 ÷ 合计人数), None when a coefficient is not known."""
    from_shares = any(cell is not None for cell in part.shares)
    products: list[Expression] = []
    for place, factor in enumerate(weights.factors):
        operand = part.share(place) if from_shares else part.head_count(place)
        if operand is None:
            continue
        if factor is not None:
            products.append(Product(operand, factor))
        elif not weights.unscored[place]:
            return None
    if not products:
        return None
    if from_shares:
        return Sum(tuple(products))
    whole = part.whole()
    return None if whole is None else Ratio(Sum(tuple(products)), whole)
