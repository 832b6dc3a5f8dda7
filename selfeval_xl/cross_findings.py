"""Findings across forms: each side names the figure and the place in the other form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from selfeval_xl.findings import Action, Finding, Kind, Level, is_error_value
from selfeval_xl.gathering import Entry, is_departmental
from selfeval_xl.rounding import with_minus
from selfeval_xl.rules.cross_form import RULES
from selfeval_xl.units import USUAL_MONEY, in_unit

Marked = tuple[int, Finding]
"""The index of a file and a finding in it."""

_TRUTHS = {rule.code: rule.truth for rule in RULES}
_COMPARE = "请核对两表，未作更正。"


@dataclass(frozen=True, slots=True)
class Side:
    """One form's figure in a comparison; ``value`` is what is compared.

    ``unit`` is "%" or "分", "" for an amount in the money unit of its form. ``stated`` is what
    the cell says: None for a blank that was computed, another number than ``value`` for a wrong
    one, a text for one that is no number. ``computed`` says what the value was computed from
    where none is stated.
    """

    entry: Entry
    label: str
    cell: str
    value: Decimal
    stated: Decimal | str | None
    unit: str = ""
    computed: str = "按表内数据核算"


def scaled(entry: Entry, amount: Decimal) -> Decimal:
    """Return an amount of a form in yuan."""
    return in_unit(amount, entry.form.amount_unit, "元").normalize()


def agree(one: Decimal, other: Decimal) -> bool:
    """Tell whether two figures agree at the precision of the coarser one."""
    places = max(int(value.as_tuple().exponent) for value in (one, other))
    step = Decimal(1).scaleb(min(places, 0))  # 1.1E+2 is 110, not about 110
    return abs(one - other) <= step / 2


def where(entry: Entry, seen_from: Entry) -> str:
    """Return the file and sheet of a form for a reader of another one.

    A file of the same name is named with as many of its folders as tell the two apart.
    """
    sheet = f"工作表“{entry.form.sheet}”"
    if entry.file == seen_from.file:
        return "本工作表" if entry.form.sheet == seen_from.form.sheet else f"本文件{sheet}"
    parts, own = PurePosixPath(entry.path).parts, PurePosixPath(seen_from.path).parts
    length = 1
    while length < len(parts) and parts[-length:] == own[-length:]:
        length += 1
    outermost = "最外层文件夹的" if parts == own[-length:] else ""
    return f"{outermost}《{'/'.join(parts[-length:])}》{sheet}"


def pair(rule: str, one: Side, other: Side) -> Iterator[Marked]:
    """Report a difference on both sides, each with the other's figure and place."""
    truth = _TRUTHS[rule]
    for mine, theirs in ((one, other), (other, one)):
        compared = _in_unit_of(mine, theirs)
        difference = mine.value - compared
        own, other_unit = _money(mine, theirs), _money(theirs, mine)
        converted = f"{_plain(compared)} {own}" if own != other_unit else ""
        text = (
            f"{mine.label}{_said(mine, '', _unwritten(mine, theirs))}，"
            f"{_place(theirs, mine)} {theirs.label}"
            f"{_said(theirs, '为', _unwritten(theirs, mine), converted)}，"
            f"相差 {_difference(difference, mine, own)}。{truth}。"
        )
        as_stated = isinstance(mine.stated, Decimal) and agree(mine.stated, mine.value)
        finding = cross_finding(
            rule,
            mine.entry,
            mine.cell,
            mine.label,
            text,
            _advice(mine, theirs, compared),
            stated=mine.value if as_stated else mine.stated,
            expected=compared,
            difference=difference if as_stated else None,
            unit=mine.unit,
        )
        yield mine.entry.file, finding


def _advice(mine: Side, theirs: Side, compared: Decimal) -> str:
    """Return what to do; a figure that was put right though the other form has it is doubted."""
    if _was_right(mine, compared):
        return "本格填报的数与另一表一致，请核对本格的更正是否恰当。"
    if _was_right(theirs, _in_unit_of(theirs, mine)):
        return "另一表填报的数与本格一致，请核对另一表的更正是否恰当。"
    return _COMPARE


def _was_right(side: Side, compared: Decimal) -> bool:
    """Tell whether the other form has what a cell states though another figure is right there."""
    if not isinstance(side.stated, Decimal) or side.stated == side.value:
        return False
    return agree(side.stated, compared) if side.unit else side.stated == compared


def _place(side: Side, seen_from: Side) -> str:
    """Return where a side's cell is: 《明细.xlsx》工作表“明细”C8, 本工作表 C8."""
    form = where(side.entry, seen_from.entry)
    return f"{form}{side.cell}" if form.endswith("”") else f"{form} {side.cell}"


def _in_unit_of(mine: Side, theirs: Side) -> Decimal:
    """Return the other side's figure in the unit of one's own."""
    if mine.unit:
        return theirs.value
    return in_unit(theirs.value, theirs.entry.form.amount_unit, mine.entry.form.amount_unit)


def _money(side: Side, other: Side) -> str:
    """Return the money unit a side is compared in: "" for no amount, or where neither has one."""
    if side.unit or not (side.entry.form.amount_unit or other.entry.form.amount_unit):
        return ""
    return side.entry.form.amount_unit or USUAL_MONEY


def _unwritten(side: Side, other: Side) -> str:
    """Return what is said of an amount whose form states no unit though the other does."""
    assumed = _money(side, other) and not side.entry.form.amount_unit
    return f"未写单位，按{USUAL_MONEY}计" if assumed else ""


def _said(side: Side, verb: str, *remarks: str) -> str:
    """Return what a side's figure is, in its own unit."""
    unit = side.unit or side.entry.form.amount_unit
    figure = f"{_plain(side.value)}{'' if unit == '%' else ' '}{unit}".rstrip()
    start = f"{verb} {figure}"
    if side.stated is None:
        start = f"未填，{side.computed}为 {figure}"
    elif isinstance(side.stated, str):
        shown = (
            f"显示错误值 {side.stated}" if is_error_value(side.stated) else f"填报“{side.stated}”"
        )
        start = f"{shown}，{side.computed}为 {figure}"
    elif not agree(side.stated, side.value):
        start = f"核算为 {figure}"
        remarks = (*remarks, f"填报 {_plain(side.stated)}{'%' if unit == '%' else ''}")
    said = "，".join(filter(None, remarks))
    return f"{start}（{said}）" if said else start


def _difference(difference: Decimal, mine: Side, money: str) -> str:
    """Write a difference with its sign and one's own unit."""
    unit = "个百分点" if mine.unit == "%" else mine.unit or money
    return f"{'+' if difference > 0 else ''}{_plain(difference)} {unit}".rstrip()


def cross_finding(
    rule: str,
    entry: Entry,
    cell: str,
    field: str,
    text: str,
    advice: str,
    *,
    level: Level = Level.REVIEW,
    stated: Decimal | str | None = None,
    expected: Decimal | None = None,
    difference: Decimal | None = None,
    unit: str = "",
) -> Finding:
    """Return a finding of one side; ``cell`` is "" when it is about the form as a whole.

    ``text`` says what differs, ``advice`` what to do about it; the message is both. Figures whose
    ``unit`` is "%" are given in percent points.
    """
    places = -2 if unit == "%" else 0
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
        stated=stated.scaleb(places) if isinstance(stated, Decimal) else stated,
        expected=None if expected is None else expected.scaleb(places),
        difference=None if difference is None else difference.scaleb(places),
        stated_text=_in_cell(stated, unit),
        expected_text=_in_cell(expected, unit),
        message=text + advice,
        advice=advice,
    )


def _in_cell(figure: Decimal | str | None, unit: str) -> str:
    """Return a figure as its cell shows it; points and money have no unit there."""
    if not isinstance(figure, Decimal):
        return figure or ""
    return f"{_digits(figure)}%" if unit == "%" else _digits(figure)


def _digits(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _plain(value: Decimal) -> str:
    """Write a figure as a sentence names it."""
    return with_minus(_digits(value))
