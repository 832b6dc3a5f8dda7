"""findings.json: the results for other programs, written while the files pass by."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from shutil import copyfileobj
from typing import TextIO

from selfeval_xl.findings import Finding
from selfeval_xl.own_results import FINDINGS_START
from selfeval_xl.records import FileRecord, FormRecord, ProjectRecord

VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Bytes of a file name that are no text; UTF-8 cannot hold them."""
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class FindingsFile:
    """findings.json written file by file, one entry per line, in the order of the files.

    ``target`` is an open UTF-8 text file with ``newline="\\n"``; ``aside`` one to write and read,
    which holds the findings until all files and projects are named.
    """

    def __init__(self, target: TextIO, aside: TextIO) -> None:
        self._target = target
        self._aside = aside
        target.write(f"{FINDINGS_START}{VERSION},\n")
        self._files = _Array(target, "files")
        self._findings = _Array(aside, "findings")

    def add(self, file: str, findings: Sequence[str]) -> None:
        """Add a file's entries as :func:`file_entry` and :func:`finding_entries` render them."""
        self._files.add(file)
        for finding in findings:
            self._findings.add(finding)

    def finish(self, projects: Sequence[ProjectRecord]) -> None:
        """Write the projects and the findings."""
        self._files.end()
        self._target.write(",\n")
        entries = _Array(self._target, "projects")
        for project in projects:
            entries.add(_entry(project_object(project)))
        entries.end()
        self._target.write(",\n")
        self._findings.end()
        self._aside.seek(0)
        copyfileobj(self._aside, self._target, 1 << 20)
        self._target.write("\n}\n")


class _Array:
    """A list under its name, one entry per line."""

    def __init__(self, target: TextIO, name: str) -> None:
        self._target = target
        self._separator = "\n"
        target.write(f'"{name}": [')

    def add(self, entry: str) -> None:
        self._target.write(f"{self._separator}  {entry}")
        self._separator = ",\n"

    def end(self) -> None:
        self._target.write("]" if self._separator == "\n" else "\n]")


def write_records(
    target: TextIO, files: Sequence[FileRecord], projects: Sequence[ProjectRecord]
) -> None:
    """Write findings.json from records that are all at hand."""
    written = FindingsFile(target, io.StringIO())
    for file in files:
        written.add(file_entry(file), finding_entries(file))
    written.finish(projects)


def file_entry(file: FileRecord) -> str:
    """Return a file's entry as JSON."""
    return _entry(file_object(file))


def with_message(entry: str, more: str) -> str:
    """Return a file's rendered entry with more said in its message."""
    if not more:
        return entry
    file = json.loads(entry)
    return _entry(file | {"message": file["message"] + more})


def finding_entries(file: FileRecord) -> tuple[str, ...]:
    """Return the entries of a file's findings as JSON."""
    return tuple(_entry(finding_object(file.path, finding)) for finding in file.findings)


def file_object(file: FileRecord) -> dict[str, object]:
    """Return a file's entry."""
    return {
        "path": file.path,
        "status": file.status.value,
        "message": file.message,
        "corrected": file.corrected,
        "forms": [_form_object(form) for form in file.forms],
    }


def project_object(project: ProjectRecord) -> dict[str, object]:
    """Return a project's entry.

    What should stand there (``…_expected``) is null where a form contradicts itself about it.
    """
    counts = project.counts
    return {
        "project": project.project,
        "year": project.year,
        "organisation": project.organisation,
        "budget": plain(project.budget),
        "executed": plain(project.executed),
        "execution_rate": plain(project.execution_rate),
        "score_stated": plain(project.score_stated),
        "score_expected": plain(project.score_expected),
        "grade_stated": project.grade_stated,
        "grade_expected": project.grade_expected,
        "satisfaction_stated": plain(project.satisfaction_stated),
        "satisfaction_expected": plain(project.satisfaction_expected),
        "counts": {
            "error": counts.error,
            "review": counts.review,
            "rounding": counts.rounding,
            "info": counts.info,
        },
    }


def finding_object(path: str, finding: Finding) -> dict[str, object]:
    """Return a finding's entry; ``path`` is its file's, relative to the input folder."""
    return {
        "file": path,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "form": finding.form,
        "project": finding.project,
        "rule": finding.rule,
        "level": finding.level.value,
        "kind": finding.kind.value,
        "action": finding.action.value,
        "field": finding.field,
        "stated": plain(finding.stated),
        "expected": plain(finding.expected),
        "difference": plain(finding.difference),
        "calculation": finding.calculation,
        "cause": finding.cause,
        "root": finding.root,
        "message": finding.message,
    }


def plain(value: Decimal | str | None) -> str | None:
    """Return a figure as plain decimal text without exponent, text as it is, None for nothing.

    Stated decimals are kept: 8.10 stays "8.10"; a negative zero loses its sign.
    """
    if value is None or isinstance(value, str):
        return value
    return format(value if value else abs(value), "f")


def _form_object(form: FormRecord) -> dict[str, object]:
    return {
        "form": form.form,
        "sheet": form.sheet,
        "project": form.project,
        "year": form.year,
        "organisation": form.organisation,
    }


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def _entry(entry: dict[str, object]) -> str:
    return _SURROGATE.sub(_escaped, _ENCODER.encode(entry))
