"""What an office may change: scoring rules that differ by province, and limits, with defaults.

The values of a profile come from RULES §1–§7. The file ``设置.toml`` beside the inbox changes
single values of a profile; every report names the profile it was made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

INBOX = "待核对"
"""The folder workbooks are put in; settings and results lie beside it."""
SETTINGS_FILE = "设置.toml"

REGIONAL_RULES = frozenset({"S313", "S316", "S318", "S322"})
"""Rules that only some provinces lay down: off unless a profile or the office switches them on."""


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
    disabled_rules: frozenset[str] = REGIONAL_RULES
    execution_weight: Fraction = Fraction(10)
    """Points of 预算执行率 in a self-evaluation form."""
    level_weights: tuple[tuple[str, Fraction], ...] = (
        ("产出", Fraction(50)),
        ("效益", Fraction(30)),
        ("满意度", Fraction(10)),
    )
    """Usual points of the first-level indicators; a label's own number comes before these."""
    execution_explained_below: Fraction = Fraction(9, 10)
    """An execution rate below this needs an explanation (S313)."""
    execution_caps: tuple[tuple[Fraction, Fraction], ...] = (
        (Fraction(8, 10), Fraction(89)),
        (Fraction(7, 10), Fraction(79)),
        (Fraction(6, 10), Fraction(69)),
        (Fraction(5, 10), Fraction(59)),
    )
    """(rate, score): below this execution rate the total is at most the score (S318)."""
    deviation_penalty: Fraction = Fraction(2)
    """Points an indicator loses for an actual of ``over_completion`` times its target (S322)."""
    time_limit: float = 60.0
    """Seconds one workbook may take before it is given up."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Limits of ``workbooks.guard.Limits`` that differ from its defaults, by field name."""

    @property
    def grade_names(self) -> tuple[str, ...]:
        """The grades, best first."""
        return tuple(name for name, _ in self.grades)


DEFAULT = Settings()

PROFILES: dict[str, Settings] = {
    profile.profile: profile
    for profile in (
        # 财预〔2020〕10号: 执行率 10, 产出 50, 效益 30, 满意度 10.
        DEFAULT,
        # 湖南 2023 forms: 成本 20, 产出 30, 效益 30, 满意度 10, 执行率 10.
        replace(
            DEFAULT,
            profile="湖南",
            level_weights=(
                ("成本", Fraction(20)),
                ("产出", Fraction(30)),
                ("效益", Fraction(30)),
                ("满意度", Fraction(10)),
            ),
        ),
        # The forms of Hubei: 执行率 20, 产出 40, 效益 and 满意度 40; second band from 50 %.
        replace(
            DEFAULT,
            profile="湖北",
            execution_weight=Fraction(20),
            level_weights=(
                ("产出", Fraction(40)),
                ("效益", Fraction(30)),
                ("满意度", Fraction(10)),
            ),
            qualitative_bands=(Fraction(8, 10), Fraction(5, 10)),
        ),
        # Sichuan: a rate below 90 % and every change of the budget are explained in the form.
        replace(DEFAULT, profile="四川", disabled_rules=REGIONAL_RULES - {"S313", "S316"}),
        # Kunming reports: 项目决策 20, 项目管理 20, 项目绩效 60; the execution rate is no row of
        # the indicator system.
        replace(
            DEFAULT,
            profile="云南昆明",
            level_weights=(
                ("项目决策", Fraction(20)),
                ("项目管理", Fraction(20)),
                ("项目绩效", Fraction(60)),
            ),
        ),
    )
}
"""The profiles shipped, by name; the first is the default."""
