"""Which forms belong together: a project's, or a department's whole year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from selfeval_xl.findings import Finding
from selfeval_xl.labels import remembered, squash
from selfeval_xl.records import FileRecord, FormRecord

_YEAR_IN_FRONT = re.compile(r"^(?:20\d{2}年?度?)")
_QUOTES = str.maketrans("", "", "“”\"'‘’《》〈〉<>.,，。、:：;；-—_·")


@dataclass(frozen=True, slots=True)
class Entry:
    """A form of a run: the index of its file, its path and its record."""

    file: int
    path: str
    form: FormRecord


@dataclass(slots=True, eq=False)
class Project:
    """All forms of one project, or of one department and year (``name`` is then "")."""

    name: str
    year: int | None
    organisation: str
    entries: list[Entry] = field(default_factory=list)

    def of(self, *kinds: str) -> Iterator[Entry]:
        """Yield the entries of the named form kinds."""
        return (entry for entry in self.entries if entry.form.form in kinds)


@remembered(65536)
def comparable(name: str) -> str:
    """Return a name for comparison: NFKC, no spaces, marks or leading year."""
    return _YEAR_IN_FRONT.sub("", squash(name)).translate(_QUOTES)


def is_departmental(form: FormRecord | Finding) -> bool:
    """Tell whether a form, or one a finding is on, is about a department's whole year."""
    return form.form.startswith("department_")


def gather(files: Sequence[FileRecord]) -> list[Project]:
    """Group the forms of all files into projects, in the order they first appear.

    Forms that name project, year and unit themselves come first; those that leave something out
    join the only project they fit. A name taken from the file or folder gives way to the one
    that another form of the same file states.
    """
    entries = [
        Entry(index, file.path, form)
        for index, file in enumerate(files)
        for form in file.forms
        if not form.failure
    ]
    gathering = _Gathering()
    for entry in sorted(entries, key=_vagueness):
        gathering.add(entry)
    return gathering.in_order()


def _vagueness(entry: Entry) -> int:
    """Return how much of a form's place must be guessed: 0 nothing, 3 even its name."""
    form = entry.form
    if not is_departmental(form):
        if not form.project:
            return 3
        if dict(form.sources).get("project") in _FROM_OUTSIDE:
            return 2
    return 0 if form.year is not None and form.organisation else 1


_FROM_OUTSIDE = frozenset({"文件名", "文件夹"})


class _Gathering:
    """The projects found so far, by name, by file and by folder."""

    def __init__(self) -> None:
        self.projects: list[Project] = []
        self.by_name: dict[tuple[bool, str], _Group] = {}
        self.namesakes: dict[int, _Group] = {}
        self.by_file: dict[int, dict[int, Project]] = {}
        self.by_folder: dict[tuple[str, bool], _Group] = {}

    def add(self, entry: Entry) -> None:
        """Put a form into the project it belongs to, a new one when there is none."""
        project = self._fitting(entry)
        form = entry.form
        departmental = is_departmental(form)
        if project is None:
            project = Project("" if departmental else form.project, form.year, form.organisation)
            self.projects.append(project)
            name = departmental, _name(form)
            self.namesakes[id(project)] = self.by_name.setdefault(name, _Group())
        project.year = form.year if project.year is None else project.year
        project.organisation = project.organisation or form.organisation
        project.entries.append(entry)
        self.namesakes[id(project)].note(project)
        if not departmental:
            self.by_file.setdefault(entry.file, {})[id(project)] = project
        self.by_folder.setdefault((_folder(entry), departmental), _Group()).note(project)

    def _fitting(self, entry: Entry) -> Project | None:
        form = entry.form
        departmental = is_departmental(form)
        vague = _vagueness(entry)
        same_file = [one for one in self.by_file.get(entry.file, {}).values() if _agrees(one, form)]
        if vague >= 2 and len(same_file) == 1 and not departmental:
            return same_file[0]
        folder = self.by_folder.get((_folder(entry), departmental), _Group())
        if vague == 3:
            return _only(one for one in folder.all.values() if one.name and _agrees(one, form))
        if departmental and not form.organisation:
            return _of_folder(folder, form)
        namesakes = self.by_name.get((departmental, _name(form)), _Group())
        fitting = [one for one in namesakes.of(form.organisation) if _agrees(one, form)]
        near = [one for one in fitting if id(one) in folder.all]
        for choice in (near, fitting):
            if len(choice) == 1:
                return choice[0]
        return next((one for one in fitting if _is(one, form)), None)

    def in_order(self) -> list[Project]:
        """Return the projects in the order of their first file."""
        for project in self.projects:
            project.entries.sort(key=lambda entry: entry.file)
        return sorted(self.projects, key=lambda project: project.entries[0].file)


class _Group:
    """The projects of one name or folder, found by unit.

    There may be thousands: departments share the name "", and everything may lie in one folder.
    """

    def __init__(self) -> None:
        self.all: dict[int, Project] = {}
        self.order: dict[int, int] = {}
        self.units: dict[str, dict[int, Project]] = {}

    def note(self, project: Project) -> None:
        """Keep a project; called again when it may have got to know its unit."""
        self.all[id(project)] = project
        self.order.setdefault(id(project), len(self.order))
        self.units.setdefault(comparable(project.organisation), {})[id(project)] = project

    def of(self, organisation: str) -> list[Project]:
        """Return the projects that may be of a unit, in the order they were found."""
        unit = comparable(organisation)
        if not unit:
            return list(self.all.values())
        found = {**self.units.get("", {}), **self.units.get(unit, {})}
        return sorted(found.values(), key=lambda project: self.order[id(project)])


def _of_folder(folder: _Group, form: FormRecord) -> Project | None:
    """Return the department of a form without unit: its folder alone tells whose it is."""
    unnamed = folder.units.get("", {}).values()
    return _only(one for one in folder.all.values() if _agrees(one, form)) or next(
        (one for one in unnamed if _is(one, form)), None
    )


def _only(projects: Iterator[Project]) -> Project | None:
    """Return the project when there is just one."""
    first, second = next(projects, None), next(projects, None)
    return first if second is None else None


def _folder(entry: Entry) -> str:
    return entry.path.rpartition("/")[0]


def _name(form: FormRecord) -> str:
    return "" if is_departmental(form) else comparable(form.project)


def _agrees(project: Project, form: FormRecord) -> bool:
    """Tell whether year and unit do not contradict each other."""
    mine, theirs = comparable(form.organisation), comparable(project.organisation)
    return (form.year is None or project.year is None or form.year == project.year) and (
        not mine or not theirs or mine == theirs
    )


def _is(project: Project, form: FormRecord) -> bool:
    """Tell whether year and unit are the very same."""
    return (project.year, comparable(project.organisation)) == (
        form.year,
        comparable(form.organisation),
    )
