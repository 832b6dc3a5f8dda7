"""Forms gathered into projects: which belong together, what the project's figures are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import PurePosixPath

from selfeval_xl.findings import Finding
from selfeval_xl.labels import squash
from selfeval_xl.records import Counts, Figure, FileRecord, FormRecord, LevelScore, ProjectRecord
from selfeval_xl.rules.self_evaluations import grade_of
from selfeval_xl.settings import Settings
from selfeval_xl.values import half_up

_YEAR_IN_FRONT = re.compile(r"^(?:20\d{2}年?度?)")
_QUOTES = str.maketrans("", "", "“”\"'‘’《》〈〉<>.,，。、:：;；-—_·")


@dataclass(frozen=True, slots=True)
class Entry:
    """A form of a run: the index of its file, its path and its record."""

    file: int
    path: str
    form: FormRecord


@dataclass(slots=True)
class Project:
    """All forms of one project, or of one department and year (``name`` is then "")."""

    name: str
    year: int | None
    organisation: str
    entries: list[Entry] = field(default_factory=list)

    def of(self, *kinds: str) -> Iterator[Entry]:
        """Yield the entries of the named form kinds."""
        return (entry for entry in self.entries if entry.form.form in kinds)


@lru_cache(maxsize=65536)
def comparable(name: str) -> str:
    """Return a name for comparison: NFKC, no spaces, marks or leading year."""
    return _YEAR_IN_FRONT.sub("", squash(name)).translate(_QUOTES)


def group_projects(
    files: Sequence[FileRecord], settings: Settings
) -> tuple[list[ProjectRecord], dict[int, list[Finding]]]:
    """Return the projects of a run and the cross-form findings by index of their file.

    A project is 项目名称 + 评价年度 + unit. A form that does not name its year or unit joins the
    project of its name when there is only one; differing names are never merged.
    """
    from selfeval_xl.cross_form import cross_check  # noqa: PLC0415 - it reads projects

    projects = gather(files)
    cross = cross_check(projects, settings)
    records = [_record(project, settings) for project in projects]
    by_file: dict[int, list[Finding]] = {}
    for file, finding in cross:
        by_file.setdefault(file, []).append(finding)
    return records, by_file


def gather(files: Sequence[FileRecord]) -> list[Project]:
    """Group the forms of all files into projects, in the order they first appear."""
    keyed: dict[tuple[str, int | None, str], Project] = {}
    unsure: list[Entry] = []
    for index, file in enumerate(files):
        for form in file.forms:
            if form.failure:
                continue
            entry = Entry(index, file.path, form)
            if form.year is None or not form.organisation:
                unsure.append(entry)
            else:
                _join(keyed, entry, (_name(entry), form.year, comparable(form.organisation)))
    for entry in unsure:
        _join(keyed, entry, _fitting(keyed, entry))
    order = {id(project): place for place, project in enumerate(keyed.values())}
    return sorted(
        keyed.values(),
        key=lambda project: (min(entry.file for entry in project.entries), order[id(project)]),
    )


def _name(entry: Entry) -> str:
    return "" if is_departmental(entry.form) else comparable(entry.form.project)


def is_departmental(form: FormRecord) -> bool:
    """Tell whether a form is about a department's whole year rather than one project."""
    return form.form.startswith("department_")


def _fitting(
    keyed: dict[tuple[str, int | None, str], Project], entry: Entry
) -> tuple[str, int | None, str]:
    """Return the key of the only project an incomplete form fits, else its own key."""
    form = entry.form
    name, organisation = _name(entry), comparable(form.organisation)
    folder = PurePosixPath(entry.path).parent
    fitting = [
        key
        for key, project in keyed.items()
        if key[0] == name
        and (form.year is None or key[1] is None or key[1] == form.year)
        and (not organisation or not key[2] or key[2] == organisation)
        and (
            name
            or organisation
            or any(PurePosixPath(e.path).parent == folder for e in project.entries)
        )
    ]
    near = [
        key
        for key in fitting
        if any(PurePosixPath(other.path).parent == folder for other in keyed[key].entries)
    ]
    for choice in (near, fitting):
        if len(choice) == 1:
            return choice[0]
    return name, form.year, organisation


def _join(
    keyed: dict[tuple[str, int | None, str], Project],
    entry: Entry,
    key: tuple[str, int | None, str],
) -> None:
    form = entry.form
    project = keyed.get(key)
    if project is None:
        name = "" if is_departmental(form) else form.project
        project = keyed[key] = Project(name, form.year, form.organisation)
    project.year = form.year if project.year is None else project.year
    project.organisation = project.organisation or form.organisation
    project.entries.append(entry)


def _record(project: Project, settings: Settings) -> ProjectRecord:
    figures = _figures(project)
    budget, executed = _number(figures.get("budget"), 1), _number(figures.get("executed"), 1)
    rate = None
    if budget and executed is not None:
        rate = half_up(Fraction(executed) / Fraction(budget), 4)
    files = tuple(dict.fromkeys(entry.file for entry in project.entries))
    return ProjectRecord(
        project=project.name,
        year=project.year,
        organisation=project.organisation,
        department=next((e.form.department for e in project.entries if e.form.department), ""),
        budget=budget,
        executed=executed,
        execution_rate=rate,
        score_stated=_number(figures.get("score"), 0),
        score_expected=_number(figures.get("score"), 1),
        grade_stated=_text(figures.get("grade"), 0),
        grade_expected=_grade(figures.get("score"), settings),
        satisfaction_stated=_number(figures.get("satisfaction"), 0),
        satisfaction_expected=_number(figures.get("satisfaction"), 1),
        counts=sum((entry.form.counts for entry in project.entries), Counts()),
        amount_unit=next((e.form.amount_unit for e in project.entries if e.form.amount_unit), ""),
        files=files,
        levels=_levels(project),
    )


_PREFERRED = {
    "budget": ("project_self_evaluation", "department_self_evaluation", "fund_detail"),
    "executed": ("project_self_evaluation", "department_self_evaluation", "fund_detail"),
    "score": ("project_self_evaluation", "department_self_evaluation", "indicator_scores"),
    "grade": ("project_self_evaluation", "department_self_evaluation", "indicator_scores"),
    "satisfaction": ("questionnaire",),
}
"""Which form a project's headline figure is taken from, first that states it."""


def _figures(project: Project) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for name, kinds in _PREFERRED.items():
        for kind in kinds:
            for entry in project.of(kind):
                figure = entry.form.figures.get(name)
                if figure is not None and (figure.stated, figure.expected) != (None, None):
                    found.setdefault(name, figure)
    return found


def _number(figure: Figure | None, which: int) -> Decimal | None:
    value = None if figure is None else (figure.stated, figure.expected)[which]
    return value if isinstance(value, Decimal) else None


def _text(figure: Figure | None, which: int) -> str | None:
    value = None if figure is None else (figure.stated, figure.expected)[which]
    return value if isinstance(value, str) else None


def _grade(figure: Figure | None, settings: Settings) -> str | None:
    """Return the grade of the recomputed score; None without a score."""
    score = _number(figure, 1)
    return None if score is None else grade_of(Fraction(score), settings)


def _levels(project: Project) -> tuple[LevelScore, ...]:
    """Return the first-level scores of the form the project's score is taken from."""
    for kind in _PREFERRED["score"]:
        for entry in project.of(kind):
            if entry.form.levels:
                return entry.form.levels
    return ()
