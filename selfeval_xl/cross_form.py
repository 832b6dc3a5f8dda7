"""表间勾稽: figures of one project that stand in several forms, and submissions that collide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import PurePosixPath

from selfeval_xl.cross_findings import Marked, cross_finding, pair, scaled, where
from selfeval_xl.findings import Level
from selfeval_xl.gathering import Entry, Project, comparable
from selfeval_xl.near_names import near_names, other_years
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
        found += _twice(project)
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
    details = [(e, a) for e in project.of("fund_detail") if (a := _amount(e, "executed"))]
    for one in project.of(*_SELF_EVALUATIONS):
        left = _amount(one, "executed")
        if left is None or not details:
            continue
        executed = scaled(one, left[1])
        amounts = [scaled(other, right[1]) for other, right in details]
        if executed in (*amounts, sum(amounts, Decimal()).normalize()):
            continue
        for other, right in details:
            yield from pair("X201", (one, "全年执行数", *left), (other, "支出合计", *right))


def _amount(entry: Entry, name: str) -> tuple[str, Decimal] | None:
    figure = entry.form.figures.get(name)
    if figure is None or not isinstance(figure.expected, Decimal):
        return None
    return figure.cell, figure.expected


def _satisfaction(project: Project) -> Iterator[Marked]:
    """The satisfaction indicator's actual against the questionnaire's final score.

    With several indicators or questionnaires (of the public, of the staff) those that agree
    belong together and say nothing about the others.
    """
    surveys = [(e, a) for e in project.of("questionnaire") if (a := _amount(e, "satisfaction"))]
    for one in project.of(*_SELF_EVALUATIONS):
        facts = [fact for fact in one.form.facts if fact.kind == "satisfaction"]
        lone = [f for f in facts if not any(_agree(f.value, right[1]) for _, right in surveys)]
        for other, right in surveys:
            if any(_agree(fact.value, right[1]) for fact in facts):
                continue
            for fact in lone:
                left = (one, f"{fact.label}/实际完成值", fact.cell, fact.value)
                yield from pair("X202", left, (other, "最终得分", *right), percent=True)


def _agree(one: Decimal, other: Decimal) -> bool:
    """Tell whether two figures agree at the precision of the coarser one."""
    places = max(one.as_tuple().exponent, other.as_tuple().exponent)
    step = Decimal(1).scaleb(int(places))
    return abs(one - other) <= step / 2


def _scores(project: Project) -> Iterator[Marked]:
    """总分 of the self-evaluation against the total of the indicator system."""
    for one in project.of("project_self_evaluation"):
        for other in project.of("indicator_scores"):
            left, right = _amount(one, "score"), _amount(other, "score")
            if left and right and not _agree(left[1], right[1]):
                yield from pair("X203", (one, "总分", *left), (other, "指标体系合计", *right))


def _units(project: Project) -> Iterator[Marked]:
    """Money units that differ within a project; the comparisons convert them."""
    units = {e.form.amount_unit for e in project.entries if e.form.amount_unit}
    if len(units) < 2:
        return
    first, *others = [e for e in project.entries if e.form.amount_unit]
    for other in others:
        if other.form.amount_unit != first.form.amount_unit:
            text = (
                f"本表金额单位为{other.form.amount_unit}，{where(first)}为{first.form.amount_unit}。"
                "表间比较已按单位换算，请确认。"
            )
            yield other.file, cross_finding("X206", other, "", "金额单位", text, level=Level.INFO)


def _twice(project: Project) -> Iterator[Marked]:
    """The same form of the same project submitted twice, with other figures or the same."""
    seen: dict[tuple[str, str], Entry] = {}
    for entry in project.entries:
        if entry.form.form == "fund_detail":
            continue
        before = seen.setdefault((entry.form.form, comparable(entry.form.project)), entry)
        if before is entry:
            continue
        different = _differing(before, entry)
        alike = "，数据相同" if _common(before, entry) else ""
        if before.file == entry.file and not different:
            continue
        what = f"，{different}" if different else alike
        for one, other in ((before, entry), (entry, before)):
            text = f"同一项目的同一张表重复报送：另一份在{where(other)}{what}。请确认以哪一份为准。"
            yield one.file, cross_finding("X207", one, "", "重复报送", text)


_HEADLINES = {
    "budget": "预算数",
    "executed": "执行数",
    "score": "总分",
    "satisfaction": "满意度得分",
}


def _common(one: Entry, other: Entry) -> list[str]:
    """Return the headline figures that both of two forms state."""
    return [
        name for name in _HEADLINES if one.form.figures.get(name) and other.form.figures.get(name)
    ]


def _differing(one: Entry, other: Entry) -> str:
    texts = []
    for name in _common(one, other):
        left, right = one.form.figures[name], other.form.figures[name]
        if left.stated != right.stated:
            texts.append(f"{_HEADLINES[name]}分别为 {left.stated} 和 {right.stated}")
    return "；".join(texts)


def _departments(projects: Sequence[Project]) -> Iterator[Marked]:
    """Base data against the department's self-evaluation and against its projects."""
    named: dict[str, list[Project]] = {}
    for project in projects:
        named.setdefault(_fund_name(comparable(project.name)), []).append(project)
    for project in projects:
        for base in project.of("department_base_data"):
            yield from _spending(project, base)
            yield from _staff(project, base)
            for fact in (fact for fact in base.form.facts if fact.kind == "special_fund"):
                if name := _fund_name(comparable(fact.label)):
                    yield from _special_fund(named.get(name, ()), project, base, fact)


def _spending(project: Project, base: Entry) -> Iterator[Marked]:
    mine = next((fact for fact in base.form.facts if fact.kind == "project_spending"), None)
    if mine is None:
        return
    for other in project.of("department_self_evaluation"):
        for fact in (fact for fact in other.form.facts if fact.kind == "project_spending"):
            if scaled(base, mine.value) != scaled(other, fact.value):
                yield from pair(
                    "X204",
                    (base, mine.label, mine.cell, mine.value),
                    (other, fact.label, fact.cell, fact.value),
                )


def _staff(project: Project, base: Entry) -> Iterator[Marked]:
    """The indicator 在职人员控制率 against the rate of the base data."""
    rate = _amount(base, "control_rate")
    if rate is None:
        return
    own = (base, "在职人员控制率", rate[0], (rate[1] * 100).normalize())
    for other in project.of("department_self_evaluation"):
        for fact in (fact for fact in other.form.facts if fact.kind == "control_rate"):
            if not _agree(own[3], fact.value):
                theirs = (other, f"{fact.label}/实际完成值", fact.cell, fact.value)
                yield from pair("X210", own, theirs, percent=True)


def _special_fund(
    projects: Sequence[Project], department: Project, base: Entry, fact: Fact
) -> Iterator[Marked]:
    """Compare a special fund of the base data with the projects of its name."""
    for project in projects:
        for entry in project.of("project_self_evaluation"):
            executed = _amount(entry, "executed")
            if executed is None or not _same_house(department, base, project, entry):
                continue
            if scaled(base, fact.value) != scaled(entry, executed[1]):
                yield from pair(
                    "X205",
                    (base, f"{fact.label}/决算数", fact.cell, fact.value),
                    (entry, "全年执行数", *executed),
                )


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
