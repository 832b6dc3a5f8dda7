"""Findings across forms: each side names the figure and the place in the other form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.gathering import Entry, is_departmental
from selfeval_xl.rules.cross_form import RULES

Marked = tuple[int, Finding]
"""The index of a file and a finding in it."""

_SCALES = {"元": Decimal(1), "百元": Decimal(100), "千元": Decimal(1000), "万元": Decimal(10_000),
           "亿元": Decimal(100_000_000)}  # fmt: skip
_TRUTHS = {rule.code: rule.truth for rule in RULES}


def scaled(entry: Entry, amount: Decimal) -> Decimal:
    """Return an amount in yuan; without a stated unit 万元 is taken, as the forms prescribe."""
    return (amount * _SCALES.get(entry.form.amount_unit or "万元", Decimal(10_000))).normalize()


def where(entry: Entry) -> str:
    """Return the file and sheet of a form as people read them."""
    return f"《{PurePosixPath(entry.path).name}》工作表“{entry.form.sheet}”"


Side = tuple[Entry, str, str, Decimal]
"""A form, the label of its figure, the cell and the figure."""


def pair(rule: str, one: Side, other: Side, *, percent: bool = False) -> Iterator[Marked]:
    """Report a difference on both sides, each with the other's figure and place."""
    truth = _TRUTHS[rule]
    for mine, theirs in ((one, other), (other, one)):
        entry, label, cell, value = mine
        other_entry, other_label, other_cell, other_value = theirs
        factor = scaled(other_entry, Decimal(1)) / scaled(entry, Decimal(1))
        compared = other_value if percent else other_value * factor
        difference = value - compared
        text = (
            f"{label} {_plain(value)}，{where(other_entry)}{other_cell} {other_label}为"
            f" {_plain(other_value)}，相差 {_plain(difference)}。{truth}。"
            "请核对两表，未作更正。"
        )
        finding = cross_finding(
            rule, entry, cell, label, text, stated=value, expected=compared, difference=difference
        )
        yield entry.file, finding


def cross_finding(
    rule: str,
    entry: Entry,
    cell: str,
    field: str,
    text: str,
    *,
    level: Level = Level.REVIEW,
    stated: Decimal | None = None,
    expected: Decimal | None = None,
    difference: Decimal | None = None,
) -> Finding:
    """Return a finding of one side; ``cell`` is "" when it is about the form as a whole."""
    return Finding(
        sheet=entry.form.sheet,
        cell=cell,
        form=entry.form.form,
        project="" if is_departmental(entry.form) else entry.form.project,
        rule=rule,
        level=level,
        kind=Kind.NOTE if level is Level.INFO else Kind.REVIEW,
        action=Action.LEFT,
        field=field,
        stated=stated,
        expected=expected,
        difference=difference,
        stated_text="" if stated is None else _plain(stated),
        expected_text="" if expected is None else _plain(expected),
        message=text,
        advice="请核对两表",
    )


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"
