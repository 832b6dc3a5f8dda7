"""The review rules, a module per bundle: what is no equation but must be asked."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding
from selfeval_xl.rules import (
    base_data,
    cell_values,
    cross_form,
    departments,
    execution,
    funds,
    indicator_scores,
    points_by_profile,
    questionnaires,
    self_evaluations,
)
from selfeval_xl.settings import Settings

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

BUNDLES: tuple[ModuleType, ...] = (
    cell_values,
    self_evaluations,
    execution,
    points_by_profile,
    departments,
    questionnaires,
    indicator_scores,
    base_data,
    funds,
    cross_form,
)


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield what every bundle asks of a judged form, but for the rules switched off."""
    for bundle in BUNDLES:
        for finding in bundle.review(judgement, settings):
            if finding.rule not in settings.disabled_rules:
                yield finding
