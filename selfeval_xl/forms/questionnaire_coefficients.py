"""The options' coefficients: from the form, from the settings, or implied by the printed scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import NamedTuple

from selfeval_xl.exact import product
from selfeval_xl.forms.questionnaire_labels import UNSCORED, coefficient_in
from selfeval_xl.forms.questionnaire_places import Block, Layout, Option
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell

_FEWEST = 3
"""Questions that must agree before a coefficient counts as implied."""
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An option's coefficient.

    ``value`` is the one used (None: the option is not scored, or unknown), ``given`` the one of
    the form or the settings, ``cell`` the cell it stands in when it can be used as it is there,
    ``source`` where the given one comes from. ``implied`` tells that the printed scores show
    another one than given.
    """

    value: Fraction | None
    given: Fraction | None
    cell: Cell | None = None
    source: str = ""
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The coefficients in the order of the options, and the full mark of a question.

    ``averaged``: every question has the whole full score and the final score is their average.
    ``unexplained``: the printed scores follow neither these coefficients nor any others.
    """

    coefficients: tuple[Coefficient, ...]
    full: Fraction
    averaged: bool = False
    unexplained: bool = False


class _Seen(NamedTuple):
    """One printed option score: the coefficient times full mark it stands for, from to."""

    option: int
    low: float
    high: float


def given_coefficients(
    layout: Layout, stated: Mapping[int, tuple[Cell, Quantity]], settings: Settings
) -> list[Coefficient]:
    """Return the coefficients before a look at the scores.

    ``stated`` are the figures of the form's coefficient row by option. They win over coefficients
    in the option headings, and those over the settings.
    """
    options = layout.options
    if stated:
        return _from_row(options, stated)
    headed = [coefficient_in(option.label) for option in options]
    if sum(value is not None for value in headed) >= 2:
        return [Coefficient(value, value, None, "选项栏") for value in headed]
    scored = [place for place, option in enumerate(options) if option.rank != UNSCORED]
    order = sorted(scored, key=lambda place: (options[place].letter, options[place].rank or 0))
    values = dict(zip(order, settings.coefficients, strict=False))
    found = [values.get(place) for place in range(len(options))]
    return [Coefficient(value, value, None, "设置") for value in found]


def _from_row(
    options: list[Option], stated: Mapping[int, tuple[Cell, Quantity]]
) -> list[Coefficient]:
    """Read a coefficient row; 100, 80, 60 or 10, 8, 6 stand for 1, 0.8, 0.6."""
    largest = max(quantity.value for _, quantity in stated.values())
    unit = next((unit for unit in (1, 5, 10, 100) if largest <= unit), 1)
    found = []
    for place in range(len(options)):
        if place not in stated:
            found.append(Coefficient(None, None, None, "系数行"))
            continue
        cell, quantity = stated[place]
        value = quantity.value / unit
        found.append(Coefficient(value, value, cell if unit == 1 else None, "系数行"))
    return found


def find_scale(
    layout: Layout,
    given: list[Coefficient],
    stated: Mapping[Cell, Quantity],
    settings: Settings,
) -> Scale:
    """Settle the full mark and the coefficients by what the printed option scores show."""
    questions = layout.questions
    plain = settings.full_score / len(questions)
    seen = list(_seen(questions, stated))
    if not seen:
        return _by_totals(layout, given, stated, settings)
    if _explained(seen, given, plain) == len(seen):
        return Scale(tuple(given), plain, _averaged(plain, layout, settings))
    marks = [plain, *(m for m in (settings.full_score, Fraction(10), Fraction(5)) if m != plain)]
    full = max(marks, key=lambda mark: _explained(seen, given, mark))
    if full != plain and _explained(seen, given, full) < max(_FEWEST, len(seen) * 2 // 3):
        full = plain
    settled, unexplained = [], False
    for place, written in enumerate(given):
        coefficient = written
        own = [one for one in seen if one.option == place]
        implied = _implied(own, written.given, float(full))
        if implied is not None:
            coefficient = Coefficient(implied, written.given, None, written.source, True)
        elif len(own) >= _FEWEST and _meets(own, written.given, float(full)) * 2 < len(own):
            unexplained = True
        settled.append(coefficient)
    return Scale(tuple(settled), full, _averaged(full, layout, settings), unexplained)


def _averaged(full: Fraction, layout: Layout, settings: Settings) -> bool:
    """Tell whether every one of several questions has the whole full score."""
    return len(layout.questions) > 1 and full == settings.full_score


def _seen(questions: list[Block], stated: Mapping[Cell, Quantity]) -> Iterator[_Seen]:
    """Yield what each printed score with a head count above zero stands for.

    Plain floats are enough here: this only chooses between coefficients, it judges nothing.
    """
    for block in questions:
        total = _total_of(block, stated)
        if not total or not block.scores:
            continue
        places = zip_longest(block.scores, block.counts, block.shares)
        for option, quantities in enumerate(places):
            score, count, printed = [cell and stated.get(cell) for cell in quantities]
            if score is None or count is None or not count.value:
                continue
            share = low = high = _float(count.value) / total
            if printed is not None and not printed.computed:
                shown = _float(printed.value)
                if (
                    shown > 0
                    and abs(shown - share) <= 0.5 * 10.0 ** -max(printed.shortest, 2) + _EDGE
                ):
                    low, high = min(share, shown), max(share, shown)
            slack = 0.0 if score.computed else 0.5 * 10.0**-score.decimals
            value = _float(score.value)
            yield _Seen(option, (value - slack) / high - _EDGE, (value + slack) / low + _EDGE)


def _float(value: Fraction) -> float:
    numerator, denominator = value.as_integer_ratio()
    return numerator / denominator


def _total_of(block: Block, stated: Mapping[Cell, Quantity]) -> float | None:
    if block.total is not None and block.total in stated:
        return _float(stated[block.total].value)
    return sum(_float(stated[c].value) for c in block.counts if c is not None and c in stated)


def _quantity(
    cells: list[Cell | None], option: int, stated: Mapping[Cell, Quantity]
) -> Quantity | None:
    cell = cells[option] if option < len(cells) else None
    return None if cell is None else stated.get(cell)


def _meets(seen: list[_Seen], coefficient: Fraction | None, full: float) -> int:
    if coefficient is None:
        return 0
    mark = float(coefficient) * full
    return sum(one.low <= mark <= one.high for one in seen)


def _explained(seen: list[_Seen], given: list[Coefficient], full: Fraction) -> int:
    """Count the printed scores that the given coefficients and this full mark explain."""
    marks = [None if c.given is None else _float(product(c.given, full)) for c in given]
    return sum(
        (mark := marks[one.option]) is not None and one.low <= mark <= one.high for one in seen
    )


def _implied(seen: list[_Seen], given: Fraction | None, full: float) -> Fraction | None:
    """Return the coefficient that most scores of an option agree on, when the given one fails.

    The shortest decimal of two, else three places that explains at least two thirds of the
    scores and three of them, where the given one explains less than half as many.
    """
    if len(seen) < _FEWEST:
        return None
    own = _meets(seen, given, full)
    if own * 2 >= len(seen):
        return None
    for places in (2, 3):
        unit = 10**places
        votes: Counter[int] = Counter()
        for one in seen:
            low, high = one.low / full * unit, one.high / full * unit
            if high - low < unit and high >= 0:
                first = max(0, -int(-low // 1))
                votes.update(range(first, min(int(high), unit) + 1))
        if not votes:
            continue
        most = max(votes.values())
        if most >= max(_FEWEST, -(-2 * len(seen) // 3)) and most > 2 * own:
            best = [number for number, count in votes.items() if count == most]
            middle = sum(best) / len(best)
            chosen = min(
                best, key=lambda number: (number % 10 != 0, number % 5 != 0, abs(number - middle))
            )
            return Fraction(chosen, unit)
    return None


def _by_totals(
    layout: Layout, given: list[Coefficient], stated: Mapping[Cell, Quantity], settings: Settings
) -> Scale:
    """Settle the full mark by the questions' scores where options have no scores of their own."""
    questions = layout.questions
    plain = settings.full_score / len(questions)
    scored = [
        (weighted, stated[block.score_total])
        for block in questions
        if block.score_total is not None
        and block.score_total in stated
        and (weighted := weighted_share(block, given, stated)) is not None
    ]

    def explained(mark: Fraction) -> int:
        return sum(
            abs(_float(quantity.value) - share * float(mark))
            <= 0.5 * 10.0 ** -min(quantity.decimals, 4) + _EDGE
            for share, quantity in scored
        )

    marks = [plain, *(m for m in (settings.full_score, Fraction(10), Fraction(5)) if m != plain)]
    full = max(marks, key=explained) if scored else plain
    unexplained = len(scored) >= _FEWEST and explained(full) * 2 < len(scored)
    if unexplained:
        return Scale(tuple(given), plain, False, unexplained)
    return Scale(tuple(given), full, _averaged(full, layout, settings))


def weighted_share(
    block: Block, given: list[Coefficient], stated: Mapping[Cell, Quantity]
) -> float | None:
    """Return Σ 人数·系数 ÷ 合计人数 of a question from what is stated, None when it has none."""
    total = _total_of(block, stated)
    if not total:
        return None
    found = 0.0
    for option, coefficient in enumerate(given):
        count = _quantity(block.counts, option, stated)
        if count is not None and count.value and coefficient.given is not None:
            found += _float(count.value * coefficient.given)
    return found / total
