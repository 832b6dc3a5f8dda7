"""What one indicator row states: target, actual, points, score, and whether the target is met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from selfeval_xl import exact
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.indicator_table import Indicator
from selfeval_xl.labels import squash
from selfeval_xl.quantities import LARGEST_SHARE
from selfeval_xl.settings import Settings
from selfeval_xl.units import money_scale
from selfeval_xl.values import Quantity, format_like, read_quantity
from selfeval_xl.workbooks.sheet import Cell

NEGATIVE = frozenset({"≤", "<"})
"""Comparisons of targets that are better met by less."""
_BLANK_MARKS = frozenset({"", "—", "-", "－", "–", "/", "无", "——", "--"})


@dataclass(slots=True)
class Row:
    """An indicator row with its contents read.

    ``errors`` are the error values that target and actual show, by cell.
    ``unlike`` says that actual and target are in different units, such as 户 and %; ``met`` says
    whether the actual meets the target, None when they cannot be compared. ``margin`` is below 0
    for a score below its points and above 0 for one above them.
    """

    indicator: Indicator
    settings: Settings
    names: frozenset[str]
    target_text: str
    actual_text: str
    errors: Mapping[Cell, str]
    target: Quantity | None
    actual: Quantity | None
    unlike: bool
    met: bool | None
    points: Fraction | None
    score: Fraction | None
    margin: int
    score_decimals: int
    explained: bool
    has_reason_column: bool

    @property
    def sign(self) -> str:
        """The comparison the target is meant with, "" when none is given."""
        return self.target.comparator if self.target else ""


def read_row(form: Form, indicator: Indicator, names: frozenset[str], settings: Settings) -> Row:
    """Read what an indicator row states; quantities only where target and actual are numbers."""
    target_text, target = _stated(form, indicator.target)
    actual_text, actual = _stated(form, indicator.actual)
    actual = _comparable(actual, target)
    target = _signed(target, _text(form, indicator.sign))
    unlike = _unlike(target, actual)
    points = number_in(form.fields.get(indicator.points)) if indicator.points else None
    found = form.fields.get(indicator.score) if indicator.score else None
    stated = found.stated if found else None
    score = number_in(found)
    return Row(
        indicator=indicator,
        settings=settings,
        names=names,
        target_text=target_text,
        actual_text=actual_text,
        errors=_errors(form, indicator) if form.sheet.errors else {},
        target=target,
        actual=actual,
        unlike=unlike,
        met=None if unlike else _met(target, actual),
        points=points,
        score=score,
        margin=0 if score is None or points is None else exact.compare(score, points),
        score_decimals=stated.decimals if isinstance(stated, Quantity) else 2,
        explained=bool(_text(form, indicator.reason)),
        has_reason_column=indicator.reason is not None,
    )


def _stated(form: Form, cell: Cell | None) -> tuple[str, Quantity | None]:
    """Return what a cell says and the number it states, "" and None for neither."""
    value = None if cell is None else form.sheet.value(cell)
    if cell is None or value is None:
        return "", None
    stated = read_quantity(value, form.sheet.number_formats.get(cell, "General"))
    if not isinstance(stated, Quantity):
        return _said(str(value).strip()), None
    shown = format_like(stated.value, stated) if stated.percent and not stated.typed else str(value)
    return _said(shown.strip()), stated


def _errors(form: Form, indicator: Indicator) -> dict[Cell, str]:
    errors, cells = form.sheet.errors, (indicator.target, indicator.actual)
    return {cell: errors[cell] for cell in cells if cell is not None and cell in errors}


def _text(form: Form, cell: Cell | None) -> str:
    """Return what a cell says."""
    return "" if cell is None else _said(form.sheet.text(cell))


def _said(shown: str) -> str:
    """Return a text, "" for the marks that stand for nothing."""
    return "" if not shown or squash(shown) in _BLANK_MARKS else shown


def _signed(target: Quantity | None, text: str) -> Quantity | None:
    """Return the target with the comparison that a column of its own gives it."""
    if target is None or not text or target.comparator:
        return target
    signed = read_quantity(f"{squash(text)}1")
    comparator = signed.comparator if isinstance(signed, Quantity) else ""
    return Quantity(
        target.value, target.decimals, target.shortest, target.unit, comparator, target.percent
    )


def _met(target: Quantity | None, actual: Quantity | None) -> bool | None:
    """Tell whether the actual meets the target, None when they cannot be compared."""
    if target is None or actual is None:
        return None
    above = exact.compare(actual.value, target.value)
    return above <= 0 if target.comparator in NEGATIVE or not target.value else above >= 0


def _comparable(actual: Quantity | None, target: Quantity | None) -> Quantity | None:
    """Read an actual of 96 under a target of 95% as 96%, of 950000元 under 100万元 as 95万元."""
    if actual is None or target is None:
        return actual
    scales = money_scale(target.unit), money_scale(actual.unit)
    if scales[0] and scales[1] and scales[0] != scales[1]:
        value = actual.value * Fraction(scales[1], scales[0])
        return replace(actual, value=value, unit=target.unit)
    if actual.percent == target.percent or actual.unit:
        return actual
    if target.percent and actual.value > LARGEST_SHARE:
        return Quantity(
            actual.value / 100,
            actual.decimals + 2,
            actual.shortest + 2,
            "",
            actual.comparator,
            True,
        )
    return actual


def _unlike(target: Quantity | None, actual: Quantity | None) -> bool:
    """Tell whether target and actual are in units that do not compare: 150户 and 100%."""
    if target is None or actual is None:
        return False
    if target.percent != actual.percent:
        return bool((target.percent or target.unit) and (actual.percent or actual.unit))
    return bool(target.unit and actual.unit) and not _same_unit(target.unit, actual.unit)


def _same_unit(one: str, other: str) -> bool:
    one, other = one.replace("名", "人"), other.replace("名", "人")
    return one in other or other in one
