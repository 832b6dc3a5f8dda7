"""findings.json: the results for other programs, written while the files pass by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TextIO

from selfeval_xl.findings import Finding
from selfeval_xl.records import FileRecord, FormRecord, ProjectRecord

VERSION = 1
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Bytes of a file name that are no text; UTF-8 cannot hold them."""


def write_findings(
    target: TextIO,
    files: Iterable[str],
    projects: Sequence[ProjectRecord],
    findings: Iterable[str],
) -> None:
    """Write findings.json, one entry per line, in the order of the files.

    ``files`` and ``findings`` are entries as :func:`file_entry` and :func:`finding_entries`
    render them, each gone through once. ``target`` is an open UTF-8 text file with
    ``newline="\\n"``.
    """
    target.write(f'{{\n"version": {VERSION},\n')
    _array(target, "files", files)
    target.write(",\n")
    _array(target, "projects", (_entry(project_object(project)) for project in projects))
    target.write(",\n")
    _array(target, "findings", findings)
    target.write("\n}\n")


def write_records(
    target: TextIO, files: Sequence[FileRecord], projects: Sequence[ProjectRecord]
) -> None:
    """Write findings.json from records that are all at hand."""
    entries = (entry for file in files for entry in finding_entries(file))
    write_findings(target, map(file_entry, files), projects, entries)


def file_entry(file: FileRecord) -> str:
    """Return a file's entry as JSON."""
    return _entry(file_object(file))


def finding_entries(file: FileRecord) -> tuple[str, ...]:
    """Return the entries of a file's findings as JSON."""
    return tuple(_entry(finding_object(file.path, finding)) for finding in file.findings)


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


def _entry(entry: dict[str, object]) -> str:
    return _SURROGATE.sub(_escaped, json.dumps(entry, ensure_ascii=False))


def _array(target: TextIO, name: str, entries: Iterable[str]) -> None:
    target.write(f'"{name}": [')
    separator = "\n"
    for entry in entries:
        target.write(f"{separator}  {entry}")
        separator = ",\n"
    target.write("]" if separator == "\n" else "\n]")
