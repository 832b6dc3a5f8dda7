"""All that is said of one form: what is derived, what may be repaired, what must be asked."""

from __future__ import annotations

from selfeval_xl.blamed_scores import blame_score
from selfeval_xl.findings import Finding
from selfeval_xl.forms.form import Form
from selfeval_xl.judging import Judgement, judge
from selfeval_xl.rules.bundles import review
from selfeval_xl.score_repairs import with_proposals
from selfeval_xl.settings import Settings
from selfeval_xl.suspects import settle


def examine(form: Form, settings: Settings) -> Judgement:
    """Judge a form and add the review rules' questions; rules switched off stay silent.

    Nothing is reported twice: a question with the same rule at the same cell as an earlier
    finding is dropped.
    """
    judgement = settle(form, settings, judge(form, settings))
    judgement = blame_score(form, settings, judgement)
    seen: set[tuple[str, str]] = set()
    findings: list[Finding] = []
    for finding in (
        *with_proposals(judgement, settings),
        *review(judgement, settings),
    ):
        place = (finding.rule, finding.cell)
        if finding.rule not in settings.disabled_rules and place not in seen:
            seen.add(place)
            findings.append(finding)
    judgement.findings = findings
    return judgement
