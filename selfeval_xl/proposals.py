"""How a value for an input is proposed: a finding that marks the cell and changes nothing."""

from __future__ import annotations

from fractions import Fraction

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.form import Form
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.wording import printed
from selfeval_xl.workbooks.sheet import Cell, a1


def proposal(
    form: Form,
    cell: Cell,
    rule: str,
    value: Fraction,
    *,
    decimals: int,
    message: str,
    calculation: str,
    causes: list[str],
    advice: str,
) -> Finding:
    """Return the proposal of ``value`` for an input cell, rounded half up to ``decimals``.

    ``message`` says what speaks for it; causes and advice are put behind it.
    """
    field = form.fields[cell]
    stated = field.stated if isinstance(field.stated, Quantity) else None
    before = half_up(stated.value, decimals) if stated else None
    after = half_up(value, decimals)
    return Finding(
        sheet=form.sheet.name,
        cell=a1(cell),
        form=form.kind,
        project=form.head.project,
        rule=rule,
        level=Level.REVIEW,
        kind=Kind.SUGGESTION,
        action=Action.LEFT,
        field=field.label,
        stated=before,
        expected=after,
        difference=None if before is None else before - after,
        stated_text=printed(stated.value, field) if stated else "",
        expected_text=printed(value, field),
        calculation=calculation,
        cause="；".join(causes),
        message=message + "".join(f"{cause}。" for cause in causes) + advice,
        advice=advice,
        scale=field.scale,
    )
