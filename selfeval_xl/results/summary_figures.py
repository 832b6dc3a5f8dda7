"""Figures of projects as the summary shows them: one money unit, names, verdicts, averages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from selfeval_xl.records import Counts, FormRecord, LevelScore, ProjectRecord
from selfeval_xl.results import style
from selfeval_xl.units import in_unit

WHOLE = "（部门整体）"
"""Stands for the project name of a department's whole year; left out of the fund totals."""
NAMELESS = "（未写项目名称）"
"""Stands for the name of a project whose forms do not say it."""
UNDECIDED = "待核实"
"""Stands for a recomputed figure where the form contradicts itself."""


def in_wan(amount: Decimal | None, unit: str) -> Decimal | None:
    """Return an amount in 万元; a figure without a unit is taken to be in 万元."""
    return None if amount is None else in_unit(amount, unit, "万元")


def whole_year(form: FormRecord | ProjectRecord) -> str:
    """Return what a department's whole year is called: its unit, or its department if none."""
    return (form.organisation or form.department) + WHOLE


def project_name(project: ProjectRecord) -> str:
    """Return the name shown for a project or a department's whole year."""
    return project.project or (WHOLE if project.departmental else NAMELESS)


def levels_by_name(project: ProjectRecord) -> list[LevelScore]:
    """Return a project's first-level indicators; blocks of one name count together.

    The points of a block that does not say them make those of its name unknown.
    """
    blocks: dict[str, list[LevelScore]] = {}
    for level in project.levels:
        blocks.setdefault(level.name, []).append(level)
    return [_together(name, levels) for name, levels in blocks.items()]


def _together(name: str, levels: Sequence[LevelScore]) -> LevelScore:
    points = [level.points for level in levels]
    scores = [level.score for level in levels if level.score is not None]
    return LevelScore(
        name, None if None in points else total(points), total(scores) if scores else None
    )


def recomputed(project: ProjectRecord, name: str) -> Decimal | str | None:
    """Return what score, grade or satisfaction should be, in words where it cannot be known."""
    if name in project.undecided:
        return UNDECIDED
    value: Decimal | str | None = getattr(project, f"{name}_expected")
    return value


def project_verdict(counts: Counts) -> str:
    """Return a project's result in a few words."""
    if counts.error:
        return f"有错误 {counts.root or counts.error} 处"
    if counts.review:
        return f"待核实 {counts.review} 处"
    return "仅有尾差" if counts.rounding else "未发现差异"


def overview(projects: Sequence[ProjectRecord], statuses: Mapping[str, int]) -> str:
    """Return how many projects, departments and files came out how, in one line."""
    verdicts = Counter(_outcome(project.counts) for project in projects)
    outcomes = [f"{word} {verdicts[word]} 个" for word in _OUTCOMES if verdicts[word]]
    fates = [f"{word} {number} 个" for word, number in statuses.items() if number]
    whole = sum(project.departmental for project in projects)
    single = len(projects) - whole
    text = f"项目 {single} 个" if single or not whole else ""
    text += "、" * bool(text and whole) + (f"部门整体 {whole} 个" if whole else "")
    text += f"（{'，'.join(outcomes)}）" if outcomes else ""
    text += f"；文件 {sum(statuses.values())} 个"
    return text + (f"（{'，'.join(fates)}）" if fates else "")


_OUTCOMES = ("有错误", "待核实", "仅有尾差", "未发现差异")


def _outcome(counts: Counts) -> str:
    return project_verdict(counts).split(" ", maxsplit=1)[0]


def verdict_shade(counts: Counts) -> tuple[str, str]:
    """Return the fill and the ink (#RRGGBB) of a project's result."""
    if counts.error:
        return style.rgb(style.CONSEQUENCE.fill), style.rgb(style.ROOT.ink)
    if counts.review:
        return style.rgb(style.REVIEW.fill), style.rgb(style.REVIEW.ink)
    if counts.rounding:
        return style.rgb(style.ROUNDING.fill), style.rgb(style.ROUNDING.ink)
    return style.rgb(style.GOOD_FILL), style.rgb(style.GOOD_INK)


def total(values: Iterable[Decimal | None]) -> Decimal:
    """Add what is there."""
    return sum((value for value in values if value is not None), Decimal())


def weighted_mean(pairs: Sequence[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    """Return the mean of (weight, value) pairs, None when no value has a weight.

    The rule for summing up rates and scores: by amount of funds (按资金额度加权平均).
    """
    known = [(w, v) for w, v in pairs if w is not None and v is not None]
    weight = total(w for w, _ in known)
    return total(w * v for w, v in known) / weight if weight else None


def rate_pairs(projects: Iterable[ProjectRecord]) -> list[tuple[Decimal, Decimal]]:
    """Return (budget, executed) in 万元 of the projects that state both."""
    pairs = []
    for project in projects:
        budget = in_wan(project.budget, project.amount_unit)
        executed = in_wan(project.executed, project.amount_unit)
        if budget is not None and executed is not None:
            pairs.append((budget, executed))
    return pairs


def overall_rate(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return Σ executed ÷ Σ budget, None without a budget; half a pair would distort it."""
    budget = total(pair[0] for pair in pairs)
    return total(pair[1] for pair in pairs) / budget if budget else None
