"""What an office may change: scoring rules that differ by province, and limits, with defaults."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Settings:
    """A rule profile (RULES §1). Every report names the profile it was made with."""

    profile: str = "财政部"
    full_score: Fraction = Fraction(100)
    coefficients: tuple[Fraction, ...] = (
        Fraction(1),
        Fraction(8, 10),
        Fraction(6, 10),
        Fraction(2, 10),
        Fraction(0),
    )
    """Questionnaire option coefficients, best option first."""
    grades: tuple[tuple[str, Fraction], ...] = (
        ("优", Fraction(90)),
        ("良", Fraction(80)),
        ("中", Fraction(60)),
        ("差", Fraction(0)),
    )
    """Grades with the smallest score of each, best first."""
    over_completion: Fraction = Fraction(13, 10)
    """An actual of this many times the target needs an explanation."""
    negative_formula: str = "either"
    """How a missed ≤ target is scored: ``ratio`` W·T/A, ``excess`` W·(1−(A−T)/T), ``either``."""
    qualitative_bands: tuple[Fraction, Fraction] = (Fraction(8, 10), Fraction(6, 10))
    """Lower ends of the first and second qualitative band, as parts of the points."""
    disabled_rules: frozenset[str] = frozenset()


DEFAULT = Settings()
