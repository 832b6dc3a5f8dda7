"""How a review rule puts its question: a finding that marks a cell and changes nothing."""

from __future__ import annotations

from decimal import Decimal

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.form import Form
from selfeval_xl.workbooks.sheet import Cell, a1


def question(
    form: Form,
    cell: Cell,
    rule: str,
    field: str,
    message: str,
    *,
    level: Level = Level.REVIEW,
    kind: Kind | None = None,
    stated: Decimal | str | None = None,
    expected: Decimal | str | None = None,
    calculation: str = "",
    cause: str = "",
    advice: str = "",
    points: tuple[str, ...] = (),
) -> Finding:
    """Return a finding that asks a person; ``message`` says what is odd, ``advice`` what to do.

    ``stated`` defaults to the cell's text; ``points`` are further questions on the same row.
    """
    raw = form.sheet.text(cell)
    value = raw if stated is None else stated
    difference = (
        stated - expected if isinstance(stated, Decimal) and isinstance(expected, Decimal) else None
    )
    if kind is None:
        kind = Kind.NOTE if level is Level.INFO else Kind.REVIEW
    return Finding(
        sheet=form.sheet.name,
        cell=a1(cell),
        form=form.kind,
        project=form.head.project,
        rule=rule,
        level=level,
        kind=kind,
        action=Action.LEFT,
        field=field,
        stated=value or None,
        expected=expected,
        difference=difference,
        stated_text=raw if stated is None else str(stated),
        expected_text="" if expected is None else str(expected),
        calculation=calculation,
        cause=cause,
        message=message + advice,
        advice=advice,
        points=points,
    )
