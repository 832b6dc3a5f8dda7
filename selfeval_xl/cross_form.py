"""表间勾稽: figures of one project that stand in several forms, and submissions that collide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePosixPath

from selfeval_xl.cross_findings import Marked, Side, agree, cross_finding, pair, scaled, where
from selfeval_xl.double_submissions import submitted_twice
from selfeval_xl.findings import Level
from selfeval_xl.gathering import Entry, Project, comparable
from selfeval_xl.near_names import near_names, other_years
from selfeval_xl.quantities import LARGEST_SHARE
from selfeval_xl.records import Fact
from selfeval_xl.settings import Settings

_SELF_EVALUATIONS = ("project_self_evaluation", "department_self_evaluation")


def cross_check(projects: Sequence[Project], settings: Settings) -> list[Marked]:
    """Compare the forms of each project and the projects of the run.

    Every difference is reported in both workbooks, each with the figure and the place in the
    other one; nothing is changed.
    """
    found: list[Marked] = []
    for project in projects:
        found += _funds(project)
        found += _satisfaction(project)
        found += _scores(project)
        found += _units(project)
        found += submitted_twice(project)
    found += _departments(projects)
    found += near_names(projects)
    found += other_years(projects)
    return [
        (file, finding) for file, finding in found if finding.rule not in settings.disabled_rules
    ]


def _funds(project: Project) -> Iterator[Marked]:
    """全年执行数 of the self-evaluation against the total of the fund details.

    A project may list its spending in several tables: one that agrees, or their sum, is enough.
    """
    tables = (_side(entry, "executed", "支出合计") for entry in project.of("fund_detail"))
    details = [side for side in tables if side]
    for one in project.of(*_SELF_EVALUATIONS):
        mine = _side(one, "executed", "全年执行数")
        if mine is None or not details:
            continue
        executed = scaled(one, mine.value)
        amounts = [scaled(side.entry, side.value) for side in details]
        if executed in (*amounts, sum(amounts, Decimal()).normalize()):
            continue
        for side in details:
            yield from pair("X201", mine, side)


def _side(entry: Entry, name: str, label: str, unit: str = "") -> Side | None:
    """Return a headline figure of a form as one side of a comparison, None when there is none."""
    figure = entry.form.figures.get(name)
    if figure is None or not isinstance(figure.expected, Decimal):
        return None
    return Side(entry, label, figure.cell, figure.expected, figure.stated, unit)


def _stated(entry: Entry, fact: Fact, label: str, unit: str = "") -> Side:
    """Return a figure kept of a form as one side of a comparison."""
    stated = None if fact.blank else fact.value if fact.stated is None else fact.stated
    return Side(entry, label, fact.cell, fact.value, stated, unit, "所列各项合计")


def _satisfaction(project: Project) -> Iterator[Marked]:
    """The satisfaction indicator's actual against the questionnaire's final score.

    With several indicators or questionnaires (of the public, of the staff) those that agree
    belong together and say nothing about the others.
    """
    surveys = [side for e in project.of("questionnaire") if (side := _survey(e))]
    for one in project.of(*_SELF_EVALUATIONS):
        facts = [fact for fact in one.form.facts if fact.kind == "satisfaction"]
        lone = [f for f in facts if not any(agree(f.value, side.value) for side in surveys)]
        for other in surveys:
            if any(agree(fact.value, other.value) for fact in facts):
                continue
            for fact in lone:
                mine = _stated(one, fact, f"{fact.label}/实际完成值", fact.unit or "%")
                yield from pair("X202", mine, other)
        yield from _without_unit(one, surveys)


_FINAL = "最终得分"


def _survey(entry: Entry) -> Side | None:
    """Return a questionnaire's final score; one given as a percentage is kept as a share of 1."""
    side = _side(entry, "satisfaction", _FINAL, "分")
    return side if side is None or side.value > LARGEST_SHARE else _percent(side)


def _percent(side: Side) -> Side:
    """Return a share of 1 in percent points."""
    stated = side.stated.scaleb(2) if isinstance(side.stated, Decimal) else side.stated
    return replace(side, value=side.value.scaleb(2), stated=stated, unit="%")


def _without_unit(one: Entry, surveys: list[Side]) -> Iterator[Marked]:
    """A satisfaction that may be a percentage or a score: it is asked about, not compared."""
    for fact in (fact for fact in one.form.facts if fact.kind == "satisfaction_without_unit"):
        if surveys and not any(agree(fact.value, side.value) for side in surveys):
            other = surveys[0]
            text = (
                f"实际完成值 {fact.value:f} 未写单位，未与{where(other.entry, one)}{other.cell} "
                f"{_FINAL} {other.value:f} 比较。"
            )
            yield (
                one.file,
                cross_finding(
                    "X211",
                    one,
                    fact.cell,
                    f"{fact.label}/实际完成值",
                    text,
                    "请核对，并写明单位（如 96%）。",
                    level=Level.INFO,
                    stated=fact.value,
                ),
            )


def _scores(project: Project) -> Iterator[Marked]:
    """总分 of the self-evaluation against the total of the indicator system."""
    for one in project.of("project_self_evaluation"):
        for other in project.of("indicator_scores"):
            left = _side(one, "score", "总分", "分")
            right = _side(other, "score", "指标体系合计", "分")
            if left and right and not agree(left.value, right.value):
                yield from pair("X203", left, right)


def _units(project: Project) -> Iterator[Marked]:
    """Money units that differ within a project; the comparisons convert them."""
    units = {e.form.amount_unit for e in project.entries if e.form.amount_unit}
    if len(units) < 2:
        return
    first, *others = [e for e in project.entries if e.form.amount_unit]
    for other in others:
        if other.form.amount_unit != first.form.amount_unit:
            text = (
                f"本表金额单位为{other.form.amount_unit}，"
                f"{where(first, other)}为{first.form.amount_unit}，表间比较已按单位换算。"
            )
            advice = "请确认各表的金额单位。"
            yield (
                other.file,
                cross_finding("X206", other, "", "金额单位", text, advice, level=Level.INFO),
            )


def _departments(projects: Sequence[Project]) -> Iterator[Marked]:
    """Base data against the department's self-evaluation and against its projects."""
    named: dict[str, list[Project]] = {}
    for project in projects:
        named.setdefault(_fund_name(comparable(project.name)), []).append(project)
    for project in projects:
        evaluations = list(project.of("department_self_evaluation"))
        for base in project.of("department_base_data"):
            yield from _spending(evaluations, base)
            yield from _staff(evaluations, base)
            for fact in (fact for fact in base.form.facts if fact.kind == "special_fund"):
                if name := _fund_name(comparable(fact.label)):
                    yield from _special_fund(named.get(name, ()), project, base, fact)


def _spending(evaluations: Sequence[Entry], base: Entry) -> Iterator[Marked]:
    mine = next((fact for fact in base.form.facts if fact.kind == "project_spending"), None)
    if mine is None:
        return
    for other in evaluations:
        for fact in (fact for fact in other.form.facts if fact.kind == "project_spending"):
            if scaled(base, mine.value) != scaled(other, fact.value):
                yield from pair(
                    "X204", _stated(base, mine, mine.label), _stated(other, fact, fact.label)
                )


def _staff(evaluations: Sequence[Entry], base: Entry) -> Iterator[Marked]:
    """The indicator 在职人员控制率 against the rate of the base data."""
    rate = _side(base, "control_rate", "在职人员控制率")
    if rate is None:
        return
    own = _percent(rate)
    for other in evaluations:
        for fact in (fact for fact in other.form.facts if fact.kind == "control_rate"):
            if not agree(own.value, fact.value):
                yield from pair("X210", own, _stated(other, fact, f"{fact.label}/实际完成值", "%"))


def _special_fund(
    projects: Sequence[Project], department: Project, base: Entry, fact: Fact
) -> Iterator[Marked]:
    """Compare a special fund of the base data with the projects of its name."""
    for project in projects:
        for entry in project.of("project_self_evaluation"):
            executed = _side(entry, "executed", "全年执行数")
            if executed is None or not _same_house(department, base, project, entry):
                continue
            if scaled(base, fact.value) != scaled(entry, executed.value):
                yield from pair("X205", _stated(base, fact, f"{fact.label}/决算数"), executed)


def _fund_name(name: str) -> str:
    """Return what a special fund and a project of the same thing share: 某某 of 某某项目."""
    for tail in ("项目支出", "项目", "专项资金", "资金", "专项", "经费"):
        name = name.removesuffix(tail)
    return name


def _same_house(department: Project, base: Entry, project: Project, entry: Entry) -> bool:
    """Tell whether a project belongs to a department: by unit, by folder, and by year."""
    if department.year and project.year and department.year != project.year:
        return False
    folders = [PurePosixPath(path).parent for path in (base.path, entry.path)]
    if folders[0] == folders[1] or folders[0] in folders[1].parents:
        return True
    unit = comparable(department.organisation)
    units = {comparable(text) for text in (project.organisation, entry.form.department)} - {""}
    return bool(unit) and any(_same_unit(unit, other) for other in units)


def _same_unit(one: str, other: str) -> bool:
    """Tell whether two unit names are one, in full or shortened: 某某市残联, 某某市残疾人联合会."""
    short, full = sorted((one, other), key=len)
    letters = iter(full)
    return short == full or (
        len(short) >= _SHORTEST_UNIT
        and short[:2] == full[:2]
        and all(letter in letters for letter in short)
    )


_SHORTEST_UNIT = 4
