"""All that is said of one form: what is derived, what may be repaired, what must be asked."""

from __future__ import annotations

from selfeval_xl.blamed_scores import blame_score
from selfeval_xl.folding import fold
from selfeval_xl.foreign_units import with_doubts
from selfeval_xl.forms.form import Form
from selfeval_xl.judging import Judgement, judge
from selfeval_xl.rules.bundles import review
from selfeval_xl.score_repairs import with_proposals
from selfeval_xl.settings import Settings
from selfeval_xl.suspects import settle


def examine(form: Form, settings: Settings) -> Judgement:
    """Judge a form and add the review rules' questions; rules switched off stay silent.

    Nothing is reported twice: see ``selfeval_xl.folding``.
    """
    form.relations = with_doubts(form)
    judgement = settle(form, settings, judge(form, settings))
    judgement = blame_score(form, settings, judgement)
    judged = with_proposals(judgement, settings)
    found = fold(form, judged, review(judgement, settings))
    judgement.findings = [f for f in found if f.rule not in settings.disabled_rules]
    return judgement
