"""X207: the same form of the same project handed in twice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from selfeval_xl.cross_findings import Marked, cross_finding, scaled, where
from selfeval_xl.gathering import Entry, Project, comparable
from selfeval_xl.rounding import with_minus


def submitted_twice(project: Project) -> Iterator[Marked]:
    """The same form of the same project submitted twice, with other figures or the same."""
    seen: dict[tuple[str, str], Entry] = {}
    for entry in project.entries:
        if entry.form.form == "fund_detail":
            continue
        before = seen.setdefault((entry.form.form, comparable(entry.form.project)), entry)
        if before is entry:
            continue
        for one, other in ((before, entry), (entry, before)):
            different = _differing(one, other)
            if one.file == other.file and not different:
                continue
            what = different or _alike(one, other)
            text = f"同一项目的同一张表重复报送：另一份在{where(other, one)}{what}。"
            yield one.file, cross_finding("X207", one, "", "重复报送", text, "请确认以哪一份为准。")


_HEADLINES = {
    "budget": "预算数",
    "executed": "执行数",
    "score": "总分",
    "satisfaction": "满意度得分",
}
_MONEY = frozenset({"budget", "executed"})


def _common(one: Entry, other: Entry) -> list[str]:
    """Return the headline figures that both of two forms have, and not both of them blank."""
    return [
        name
        for name in _HEADLINES
        if name in one.form.figures
        and name in other.form.figures
        and (_stated(one, name), _stated(other, name)) != (None, None)
    ]


def _stated(entry: Entry, name: str) -> Decimal | str | None:
    return entry.form.figures[name].stated


def _value(entry: Entry, name: str) -> Decimal | str | None:
    """Return what a form states, amounts in yuan."""
    stated = _stated(entry, name)
    return scaled(entry, stated) if name in _MONEY and isinstance(stated, Decimal) else stated


def _differing(one: Entry, other: Entry) -> str:
    """Return the figures of a form that another one of its kind states otherwise."""
    texts = []
    for name in _common(one, other):
        if _value(one, name) != _value(other, name):
            units = [entry.form.amount_unit if name in _MONEY else "" for entry in (one, other)]
            own, another = (
                _shown(_stated(one, name), units[0]),
                _shown(_stated(other, name), units[1]),
            )
            texts.append(f"{_HEADLINES[name]}：本表{own}，另一份{another}")
    return "，" * bool(texts) + "；".join(texts)


def _alike(one: Entry, other: Entry) -> str:
    """Return which figures both state, none of them otherwise."""
    named = "、".join(_HEADLINES[name] for name in _common(one, other))
    return f"，{named}相同" if named else ""


def _shown(stated: Decimal | str | None, unit: str) -> str:
    if stated is None:
        return "未填"
    if isinstance(stated, str):
        return f"“{stated}”"
    return f" {with_minus(f'{stated:f}')} {unit}".rstrip()
