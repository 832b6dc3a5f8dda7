"""Grades (等级): which one a score earns, and which one a text gives."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from selfeval_xl.labels import squash
from selfeval_xl.settings import Settings


def grade_of(score: Fraction, settings: Settings) -> str:
    """Return the grade of a score by the profile's limits."""
    return next(name for name, least in settings.grades if score >= least or least == 0)


def grade_in(text: str, known: Iterable[str]) -> str | None:
    """Return the grade that a text begins with (优秀 → 优), None when it begins with none."""
    plain = squash(text)
    given = [name for name in known if plain.startswith(squash(name))]
    return max(given, key=len, default=None)
