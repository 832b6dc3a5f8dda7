"""The projects of a run: each one's headline figures, and what its forms say of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from selfeval_xl.cross_form import cross_check
from selfeval_xl.findings import Finding
from selfeval_xl.gathering import Entry, Project, gather, is_departmental
from selfeval_xl.grades import grade_in, grade_of
from selfeval_xl.records import Counts, Figure, FileRecord, LevelScore, ProjectRecord
from selfeval_xl.results.tally import tally
from selfeval_xl.results.undecided import open_questions
from selfeval_xl.settings import Settings
from selfeval_xl.units import in_unit
from selfeval_xl.values import half_up


def group_projects(
    files: Sequence[FileRecord], settings: Settings
) -> tuple[list[ProjectRecord], dict[int, list[Finding]]]:
    """Return the projects of a run and the cross-form findings by index of their file.

    A project is 项目名称 + 评价年度 + unit. A form that does not name its year or unit joins the
    project of its name when there is only one; differing names are never merged.
    """
    projects = gather(files)
    cross = cross_check(projects, settings)
    by_file: dict[int, list[Finding]] = {}
    for file, finding in cross:
        by_file.setdefault(file, []).append(finding)
    asked = {index: open_questions(file) for index, file in enumerate(files) if file.findings}
    records = [_record(project, by_file, asked, settings) for project in projects]
    return records, by_file


def _counts(project: Project, by_file: Mapping[int, Sequence[Finding]]) -> Counts:
    """Count the findings of a project's forms, the cross-form ones on their sheets included."""
    counts = sum((entry.form.counts for entry in project.entries), Counts())
    sheets = {(entry.file, entry.form.sheet) for entry in project.entries}
    across = [
        finding
        for file in {file for file, _ in sheets}
        for finding in by_file.get(file, ())
        if (file, finding.sheet) in sheets
    ]
    return counts + tally(across)


def _record(
    project: Project,
    by_file: Mapping[int, Sequence[Finding]],
    asked: Mapping[int, Sequence[Finding]],
    settings: Settings,
) -> ProjectRecord:
    """Return a project's record; ``asked`` are the questions on headline figures by file."""
    found = _figures(project)
    figures = {name: figure for name, (_, figure) in found.items()}
    budget, executed, unit = _funds(found)
    rate = None
    if budget and executed is not None:
        rate = half_up(Fraction(executed) / Fraction(budget), 4)
    files = tuple(dict.fromkeys(entry.file for entry in project.entries))
    undecided = _undecided(found, asked)
    recomputed = {name: figure for name, figure in figures.items() if name not in undecided}
    return ProjectRecord(
        project=project.name,
        year=project.year,
        organisation=project.organisation,
        department=next((e.form.department for e in project.entries if e.form.department), ""),
        budget=budget,
        executed=executed,
        execution_rate=rate,
        score_stated=_number(figures.get("score"), 0),
        score_expected=_number(recomputed.get("score"), 1),
        grade_stated=_text(figures.get("grade"), 0),
        grade_expected=_grade(recomputed, settings),
        satisfaction_stated=_number(figures.get("satisfaction"), 0),
        satisfaction_expected=_number(recomputed.get("satisfaction"), 1),
        counts=_counts(project, by_file),
        amount_unit=unit,
        files=files,
        levels=_levels(project),
        departmental=any(is_departmental(entry.form) for entry in project.entries),
        undecided=undecided,
    )


def _funds(
    found: Mapping[str, tuple[Entry, Figure]],
) -> tuple[Decimal | None, Decimal | None, str]:
    """Return what was granted and spent, and the unit of both, that of the form of the former."""
    amounts = {name: _number(found[name][1], 1) for name in ("budget", "executed") if name in found}
    units = {name: found[name][0].form.amount_unit for name in amounts}
    unit = units.get("budget", units.get("executed", ""))
    budget, executed = amounts.get("budget"), amounts.get("executed")
    if executed is not None:
        executed = in_unit(executed, units["executed"], unit)
    return budget, executed, unit


def _undecided(
    figures: Mapping[str, tuple[Entry, Figure]], asked: Mapping[int, Sequence[Finding]]
) -> frozenset[str]:
    """Return which of a project's recomputed figures are not known; no score, no grade."""
    names = {
        name
        for name in ("score", "satisfaction")
        if name in figures and _is_asked(*figures[name], asked)
    }
    return frozenset(names | {"grade"} if "score" in names else names)


def _is_asked(entry: Entry, figure: Figure, asked: Mapping[int, Sequence[Finding]]) -> bool:
    place = entry.form.form, entry.form.sheet, figure.cell
    return any((f.form, f.sheet, f.cell) == place for f in asked.get(entry.file, ()))


_PREFERRED = {
    "budget": ("project_self_evaluation", "department_self_evaluation", "fund_detail"),
    "executed": ("project_self_evaluation", "department_self_evaluation", "fund_detail"),
    "score": ("project_self_evaluation", "department_self_evaluation", "indicator_scores"),
    "grade": ("project_self_evaluation", "department_self_evaluation", "indicator_scores"),
    "satisfaction": ("questionnaire",),
}
"""Which form a project's headline figure is taken from, first that states it."""


def _figures(project: Project) -> dict[str, tuple[Entry, Figure]]:
    """Return each headline figure and the form it is taken from."""
    found: dict[str, tuple[Entry, Figure]] = {}
    for name, kinds in _PREFERRED.items():
        for kind in kinds:
            for entry in project.of(kind):
                figure = entry.form.figures.get(name)
                if figure is not None and (figure.stated, figure.expected) != (None, None):
                    found.setdefault(name, (entry, figure))
    return found


def _number(figure: Figure | None, which: int) -> Decimal | None:
    value = None if figure is None else (figure.stated, figure.expected)[which]
    return value if isinstance(value, Decimal) else None


def _text(figure: Figure | None, which: int) -> str | None:
    value = None if figure is None else (figure.stated, figure.expected)[which]
    return value if isinstance(value, str) else None


def _grade(figures: Mapping[str, Figure], settings: Settings) -> str | None:
    """Return the grade of the recomputed score; None without a score.

    What the form was found to have goes by the exact score: beside 90 for 89.5 it is that of 89.5.
    """
    score = _number(figures.get("score"), 1)
    if score is None:
        return None
    own = _text(figures.get("grade"), 1) or ""
    return grade_in(own, settings.grade_names) or grade_of(Fraction(score), settings)


def _levels(project: Project) -> tuple[LevelScore, ...]:
    """Return the first-level scores of the form the project's score is taken from."""
    for kind in _PREFERRED["score"]:
        for entry in project.of(kind):
            if entry.form.levels:
                return entry.form.levels
    return ()
