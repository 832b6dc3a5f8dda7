"""表间勾稽: figures of one project that stand in several forms, and submissions that collide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import PurePosixPath

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.gathering import Entry, Project, comparable, is_departmental
from selfeval_xl.records import Fact
from selfeval_xl.rules.cross_form import RULES
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings

Marked = tuple[int, Finding]
"""The index of a file and a finding in it."""

_SELF_EVALUATIONS = ("project_self_evaluation", "department_self_evaluation")
_SCALES = {"元": Decimal(1), "百元": Decimal(100), "千元": Decimal(1000), "万元": Decimal(10_000),
           "亿元": Decimal(100_000_000)}  # fmt: skip
_CATALOGUE: dict[str, Rule] = {rule.code: rule for rule in RULES}
_NEAR = 0.85
"""Names at least this alike (difflib ratio) are asked about."""


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
    found += _near_names(projects)
    found += _other_years(projects)
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
        executed = _scaled(one, left[1])
        amounts = [_scaled(other, right[1]) for other, right in details]
        if executed in (*amounts, sum(amounts, Decimal()).normalize()):
            continue
        for other, right in details:
            yield from _pair("X201", (one, "全年执行数", *left), (other, "支出合计", *right))


def _amount(entry: Entry, name: str) -> tuple[str, Decimal] | None:
    figure = entry.form.figures.get(name)
    if figure is None or not isinstance(figure.expected, Decimal):
        return None
    return figure.cell, figure.expected


def _scaled(entry: Entry, amount: Decimal) -> Decimal:
    """Return an amount in yuan; without a stated unit 万元 is taken, as the forms prescribe."""
    return (amount * _SCALES.get(entry.form.amount_unit or "万元", Decimal(10_000))).normalize()


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
                yield from _pair("X202", left, (other, "最终得分", *right), percent=True)


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
                yield from _pair("X203", (one, "总分", *left), (other, "指标体系合计", *right))


def _units(project: Project) -> Iterator[Marked]:
    """Money units that differ within a project; the comparisons convert them."""
    units = {e.form.amount_unit for e in project.entries if e.form.amount_unit}
    if len(units) < 2:
        return
    first, *others = [e for e in project.entries if e.form.amount_unit]
    for other in others:
        if other.form.amount_unit != first.form.amount_unit:
            text = (
                f"本表金额单位为{other.form.amount_unit}，{_where(first)}为{first.form.amount_unit}。"
                "表间比较已按单位换算，请确认。"
            )
            yield other.file, _finding("X206", other, "", "金额单位", text, level=Level.INFO)


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
        if before.file == entry.file and not different:
            continue
        what = f"，{different}" if different else "，数据相同"
        for one, other in ((before, entry), (entry, before)):
            text = (
                f"同一项目的同一张表重复报送：另一份在{_where(other)}{what}。请确认以哪一份为准。"
            )
            yield one.file, _finding("X207", one, "", "重复报送", text)


def _differing(one: Entry, other: Entry) -> str:
    names = {
        "budget": "预算数",
        "executed": "执行数",
        "score": "总分",
        "satisfaction": "满意度得分",
    }
    texts = []
    for name, label in names.items():
        left, right = one.form.figures.get(name), other.form.figures.get(name)
        if left and right and left.stated != right.stated:
            texts.append(f"{label}分别为 {left.stated} 和 {right.stated}")
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
            if _scaled(base, mine.value) != _scaled(other, fact.value):
                yield from _pair(
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
                yield from _pair("X210", own, theirs, percent=True)


def _special_fund(
    projects: Sequence[Project], department: Project, base: Entry, fact: Fact
) -> Iterator[Marked]:
    """Compare a special fund of the base data with the projects of its name."""
    for project in projects:
        for entry in project.of("project_self_evaluation"):
            executed = _amount(entry, "executed")
            if executed is None or not _same_house(department, base, project, entry):
                continue
            if _scaled(base, fact.value) != _scaled(entry, executed[1]):
                yield from _pair(
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


def _near_names(projects: Sequence[Project]) -> Iterator[Marked]:
    """Names that differ by a character or two, of the same unit or folder and year.

    Where many names of one place are alike they are a series (one per town, one per batch), not
    slips, and nothing is asked.
    """
    buckets: dict[tuple[int | None, str, str], list[Project]] = {}
    for project in projects:
        name = comparable(project.name)
        for house in _houses(project) if name else ():
            buckets.setdefault((project.year, house, name[:2]), []).append(project)
            buckets.setdefault((project.year, house, "…" + name[-2:]), []).append(project)
    asked: set[tuple[int, int]] = set()
    for bucket in buckets.values():
        if len(bucket) > _LARGEST_BUCKET:
            continue
        pairs = [pair for pair in combinations(bucket, 2) if _near(*pair)]
        for one, other in pairs if len(pairs) <= _MOST_NEAR_NAMES else ():
            if (id(one), id(other)) not in asked:
                asked.add((id(one), id(other)))
                yield from _ask_names(one, other)


_LARGEST_BUCKET = 40
_MOST_NEAR_NAMES = 5


def _houses(project: Project) -> set[str]:
    """Return where a project belongs: its folders and its unit."""
    houses = {str(PurePosixPath(entry.path).parent) for entry in project.entries}
    unit = comparable(project.organisation)
    return houses | {f"单位 {unit}"} if unit else houses


def _near(one: Project, other: Project) -> bool:
    left, right = comparable(one.name), comparable(other.name)
    if left == right:
        return comparable(one.organisation) != comparable(other.organisation)
    if abs(len(left) - len(right)) > 2 or _numbered(left, right):
        return False
    return SequenceMatcher(None, left, right).ratio() >= _NEAR


def _numbered(left: str, right: str) -> bool:
    """Tell whether names differ in their digits alone (第一批 / 第二批 are different projects)."""
    digits = "0123456789一二三四五六七八九十甲乙丙丁东南西北上下"
    keep = str.maketrans("", "", digits)
    return left.translate(keep) == right.translate(keep)


def _ask_names(one: Project, other: Project) -> Iterator[Marked]:
    for mine, theirs in ((one, other), (other, one)):
        entry = mine.entries[0]
        text = (
            f"项目“{mine.name}”（{mine.organisation or '单位未填'}）与“{theirs.name}”"
            f"（{theirs.organisation or '单位未填'}）名称相近，"
            f"另一项目见{_where(theirs.entries[0])}。"
            "如为同一项目，请统一名称和单位后重新核对。"
        )
        yield entry.file, _finding("X208", entry, "", "项目名称", text, level=Level.INFO)


def _other_years(projects: Sequence[Project]) -> Iterator[Marked]:
    """Forms of one project and folder that name different years though each form is there once."""
    named: dict[str, list[Project]] = {}
    for project in projects:
        if project.name and project.year:
            named.setdefault(comparable(project.name), []).append(project)
    for same in named.values():
        for place, one in enumerate(same[:_LARGEST_BUCKET]):
            for other in same[place + 1 : _LARGEST_BUCKET]:
                if one.year != other.year and _one_set(one, other):
                    yield from _ask_year(one, other)


def _one_set(one: Project, other: Project) -> bool:
    """Tell whether two projects look like one whose forms name different years."""
    kinds = [{entry.form.form for entry in project.entries} for project in (one, other)]
    folders = [{PurePosixPath(e.path).parent for e in project.entries} for project in (one, other)]
    return not kinds[0] & kinds[1] and bool(folders[0] & folders[1])


def _ask_year(one: Project, other: Project) -> Iterator[Marked]:
    for mine, theirs in ((one, other), (other, one)):
        text = (
            f"本表年度为 {mine.year} 年，同一项目的{_where(theirs.entries[0])}为 {theirs.year} 年，"
            "因此未作表间核对。请确认年度是否填错，更正后重新核对。"
        )
        yield mine.entries[0].file, _finding("X209", mine.entries[0], "", "评价年度", text)


def _where(entry: Entry) -> str:
    return f"《{PurePosixPath(entry.path).name}》工作表“{entry.form.sheet}”"


Side = tuple[Entry, str, str, Decimal]
"""A form, the label of its figure, the cell and the figure."""


def _pair(rule: str, one: Side, other: Side, *, percent: bool = False) -> Iterator[Marked]:
    """Report a difference on both sides, each with the other's figure and place."""
    truth = _CATALOGUE[rule].truth
    for mine, theirs in ((one, other), (other, one)):
        entry, label, cell, value = mine
        other_entry, other_label, other_cell, other_value = theirs
        factor = _scaled(other_entry, Decimal(1)) / _scaled(entry, Decimal(1))
        compared = other_value if percent else other_value * factor
        difference = value - compared
        text = (
            f"{label} {_plain(value)}，{_where(other_entry)}{other_cell} {other_label}为"
            f" {_plain(other_value)}，相差 {_plain(difference)}。{truth}。"
            "请核对两表，未作更正。"
        )
        finding = _finding(
            rule, entry, cell, label, text, stated=value, expected=compared, difference=difference
        )
        yield entry.file, finding


def _finding(
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
