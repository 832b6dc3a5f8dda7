"""A questionnaire's fields and relations, put together from its plan and its figures."""

from __future__ import annotations

import re
from functools import lru_cache

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.questionnaire_coefficients import Scale
from selfeval_xl.forms.questionnaire_figures import Figures
from selfeval_xl.forms.questionnaire_heads import NAMES, RATES, HeadFigure
from selfeval_xl.forms.questionnaire_labels import UNSCORED
from selfeval_xl.forms.questionnaire_outline import Outline, Weights
from selfeval_xl.forms.questionnaire_places import Layout
from selfeval_xl.forms.questionnaire_plan import BARE, Plan, Planning, Ways
from selfeval_xl.forms.questionnaire_rates import find_rating
from selfeval_xl.forms.questionnaire_relations import declare_question
from selfeval_xl.forms.questionnaire_totals import declare_final, declare_rates, declare_totals
from selfeval_xl.labels import squash
from selfeval_xl.relations import At, Ratio, Relation
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, agrees

NUMBERING = re.compile(
    r"^(?:第?[\d一二三四五六七八九十]{1,3}题?[.、:：．)）\s]*|[(（]\d{1,2}[)）])"
)
_LONGEST_LABEL = 14
_HEAD_RATES = {
    "return_rate": (("returned", "issued"), ("valid", "issued")),
    "valid_rate": (("valid", "returned"), ("valid", "issued")),
}
_MOST_QUESTIONS = 50
"""Questions of a questionnaire whose plan is kept for the next of its outline."""


def declare(form: Form, layout: Layout, figures: Figures, scale: Scale, settings: Settings) -> None:
    """Fill a form with its fields and with what must equal what among them."""
    outline = _outline(layout, figures, scale, settings)
    few = len(outline.questions) <= _MOST_QUESTIONS
    plan = plan_of(outline) if few else plan_of.__wrapped__(outline)
    starts = [f"第{block.number}题 {_start(block.text)}" for block in layout.questions]
    starts += ["合计", layout.final_label, ""]
    fields, raw, scaled = form.fields, figures.raw, figures.scaled
    for cell, owner, name, measure, decimals in plan.fields:
        label, factor = starts[owner] + name, 100 if scaled and cell in scaled else 1
        fields[cell] = Field(cell, label, measure, raw.get(cell), "", decimals, factor)
    form.relations = [
        ways[0] if len(ways) == 1 else _chosen(ways, figures) for ways in plan.relations
    ]


@lru_cache(maxsize=32)
def plan_of(outline: Outline) -> Plan:
    """Return the fields and relations of an outline, at most one relation for a cell."""
    planning = Planning(outline)
    for name, factor in zip(outline.names, outline.weights.factors, strict=True):
        if isinstance(factor, At):
            planning.field(factor.cell, BARE, f"{name}/系数", Measure.POINTS, 2)
    for owner, part in enumerate(outline.questions):
        declare_question(planning, owner, part)
    if outline.totals is not None:
        declare_totals(planning, outline.totals)
    declare_rates(planning)
    declare_final(planning)
    return planning.plan()


def _outline(layout: Layout, figures: Figures, scale: Scale, settings: Settings) -> Outline:
    options = layout.options
    weights = Weights(
        tuple(map(figures.factor, scale.coefficients)),
        tuple([option.rank == UNSCORED for option in options]),
    )
    parts = tuple(map(figures.part, figures.blocks))
    questions = parts[: len(layout.questions)]
    final = figures.stated.get(layout.final) if layout.final is not None else None
    return Outline(
        names=tuple([option.label for option in options]),
        questions=questions,
        totals=parts[-1] if layout.totals is not None else None,
        final=layout.final,
        weights=weights,
        rating=find_rating(figures, options, parts, weights),
        full=scale.full,
        full_score=settings.full_score,
        averaged=scale.averaged,
        unexplained=scale.unexplained,
        shares_summed=any(part.share_total in figures.stated for part in questions),
        final_rate=final is not None and (final.percent or 0 < final.value <= 1),
        rate_decimals=figures.rate_decimals,
        score_decimals=figures.score_decimals,
        disabled_rules=settings.disabled_rules,
    )


def _start(text: str) -> str:
    """Return a question's text without its number, cut to what fits a label."""
    plain = NUMBERING.sub("", squash(text)) or squash(text)
    return plain if len(plain) <= _LONGEST_LABEL else f"{plain[: _LONGEST_LABEL - 1]}…"


def _chosen(ways: Ways, figures: Figures) -> Relation:
    """Return the relation that a cell's stated operands meet, else the first."""
    first = ways[0]
    if first.target not in figures.stated:
        return first
    return next((way for way in ways if figures.meets(way.target, way.equals)), first)


def declare_heads(form: Form, heads: dict[str, HeadFigure], settings: Settings) -> None:
    """Add the numbers of questionnaires to the form and declare Q211 for their rates."""
    fields = form.fields
    operands: dict[str, Field] = {}
    for name, head in heads.items():
        if name in NAMES and not head.inside and head.cell not in fields:
            operands[name] = _add(form, head, NAMES[name], Measure.COUNT, 0)
            form.figures[name] = head.cell
    for name, pairs in _HEAD_RATES.items():
        rate = heads.get(name)
        candidates = [
            (operands[part], operands[whole])
            for part, whole in pairs
            if part in operands and whole in operands
        ]
        if rate is None or not candidates or rate.cell in fields:
            continue
        if rate.stated.percent or rate.stated.value <= 1:
            _add(form, rate, RATES[name], Measure.RATE, 4)
            if "Q211" not in settings.disabled_rules:
                form.relations.append(_head_rate(rate, candidates))


def _add(form: Form, head: HeadFigure, label: str, measure: Measure, decimals: int) -> Field:
    field = Field(head.cell, label, measure, head.stated, "", decimals)
    form.fields[head.cell] = field
    return field


def _head_rate(rate: HeadFigure, candidates: list[tuple[Field, Field]]) -> Relation:
    """Relate a rate to the first pair of numbers that makes it what is stated, or may make it."""

    def met(pair: tuple[Field, Field]) -> bool:
        part, whole = (field.stated for field in pair)
        if not (isinstance(part, Quantity) and isinstance(whole, Quantity) and whole.value):
            return False
        return agrees(rate.stated, part.value / whole.value)

    ordered = sorted(candidates, key=lambda pair: not met(pair))
    first, *others = [Ratio(At(part.cell), At(whole.cell)) for part, whole in ordered]
    return Relation("Q211", rate.cell, first, tuple(others), 4)
