"""findings.json: the results for other programs, written while the files pass by."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TextIO

from selfeval_xl.findings import Finding
from selfeval_xl.records import FileRecord, FormRecord, ProjectRecord

VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Bytes of a file name that are no text; UTF-8 cannot hold them."""


def write_findings(
    target: TextIO,
    files: Callable[[], Iterable[FileRecord]],
    projects: Sequence[ProjectRecord],
) -> None:
    """Write findings.json, one object per line, in the order of the files.

    ``files`` gives a fresh pass over the records each time it is called; it is called twice (the
    files, then their findings), so that nothing has to be kept in memory. ``target`` is an open
    UTF-8 text file with ``newline="\\n"``.
    """
    target.write(f'{{\n"version": {VERSION},\n')
    _array(target, "files", map(file_object, files()))
    target.write(",\n")
    _array(target, "projects", map(project_object, projects))
    target.write(",\n")
    _array(
        target,
        "findings",
        (finding_object(file.path, found) for file in files() for found in file.findings),
    )
    target.write("\n}\n")


def file_object(file: FileRecord) -> dict[str, object]:
    """Return a file's entry."""
    return {
        "path": _slashes(file.path),
        "status": file.status.value,
        "message": file.message,
        "corrected": _slashes(file.corrected),
        "forms": [_form_object(form) for form in file.forms],
    }


def project_object(project: ProjectRecord) -> dict[str, object]:
    """Return a project's entry."""
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
        "file": _slashes(path),
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


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def _array(target: TextIO, name: str, objects: Iterator[dict[str, object]]) -> None:
    target.write(f'"{name}": [')
    separator = "\n"
    for entry in objects:
        text = json.dumps(entry, ensure_ascii=False)
        target.write(f"{separator}  {_SURROGATE.sub(_escaped, text)}")
        separator = ",\n"
    target.write("]" if separator == "\n" else "\n]")
