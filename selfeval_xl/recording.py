"""A judged form reduced to what the summary and findings.json keep of it."""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from selfeval_xl.records import Figure, FormRecord
from selfeval_xl.results.tally import tally
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, half_up
from selfeval_xl.wording import written_decimals
from selfeval_xl.workbooks.sheet import Cell, a1

if TYPE_CHECKING:
    from selfeval_xl.forms.form import Form
    from selfeval_xl.judgement import Judgement


def form_record(judgement: Judgement) -> FormRecord:
    """Return the record of a judged form; its module adds levels, questions and funds."""
    form = judgement.form
    texts = {
        finding.cell: finding.expected
        for finding in judgement.findings
        if isinstance(finding.expected, str)
    }
    figures = {
        name: _figure(judgement, cell, texts.get(a1(cell))) for name, cell in form.figures.items()
    }
    details = _module(form.kind).record(judgement)
    return _record(form, figures=figures, counts=tally(judgement.findings), **details)


def failed_record(form: Form) -> FormRecord:
    """Return the record of a sheet that looks like a form but cannot be judged."""
    return _record(form)


def _record(form: Form, **details: Any) -> FormRecord:
    head = form.head
    return FormRecord(
        form=form.kind,
        sheet=form.sheet.name,
        project=head.project,
        year=head.year,
        organisation=head.organisation,
        department=head.department,
        amount_unit=head.amount_unit,
        title=form.title,
        sources=tuple(sorted(head.sources.items())),
        confidence=form.confidence,
        evidence=form.evidence,
        failure=form.failure,
        **details,
    )


def _figure(judgement: Judgement, cell: Cell, text: str | None) -> Figure:
    """Return a headline figure: a number at the precision stated, or text such as a grade.

    What is no number where one should stand is stated as the text it is.
    """
    form = judgement.form
    field = form.fields.get(cell)
    if form.linked is not None:
        field = form.linked.before.get(cell, field)
    stated = field.stated if field else None
    expected = judgement.expected.get(cell)
    if field is not None and (isinstance(stated, Quantity) or expected is not None):
        known = stated if isinstance(stated, Quantity) else None
        decimals = written_decimals(expected, field)
        if known and not known.computed and expected is not None and agrees(known, expected):
            decimals = known.decimals
        return Figure(
            a1(cell),
            half_up(known.value, max(decimals, known.decimals)) if known else _text_of(stated),
            None if expected is None else half_up(expected, decimals),
        )
    written = form.sheet.text(form.sheet.anchor(cell)) or None
    return Figure(a1(cell), written, text if text is not None else written)


def _text_of(stated: Stated) -> str | None:
    return stated.text if isinstance(stated, Unreadable) else None


@cache
def _modules() -> dict[str, ModuleType]:
    from selfeval_xl.forms import FORMS  # noqa: PLC0415  (loads every form)

    return {module.KIND: module for module in FORMS}


def _module(kind: str) -> ModuleType:
    return _modules()[kind]
