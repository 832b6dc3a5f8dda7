"""The results over all files of a run, findings.json and the summary, written in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from xlsxwriter.exceptions import FileCreateError

from selfeval_xl.outputs import long_path, scratch_folder, whole_file
from selfeval_xl.own_results import is_replaceable
from selfeval_xl.records import ProjectRecord
from selfeval_xl.results.extract import Extract
from selfeval_xl.results.findings_json import FindingsFile
from selfeval_xl.results.summary import write_summary
from selfeval_xl.rules.catalogue import catalogue
from selfeval_xl.settings import Settings


def write_overall(
    out: Path,
    names: tuple[str, str],
    files: Iterable[Extract],
    projects: Sequence[ProjectRecord],
    *,
    settings: Settings,
    incomplete: str,
) -> tuple[Path, Path]:
    """Write findings.json and the summary; return where they are, numbered when these are open.

    ``names`` are those of the two files; ``files`` is gone through once. Neither appears before
    both are whole, and the summary appears last. ``incomplete`` says in Chinese what is missing
    when the run was broken off. Raises OutputError.
    """
    with (
        scratch_folder(out) as scratch,
        whole_file(out / names[1], is_replaceable) as summary,  # ended last
        whole_file(out / names[0], is_replaceable) as findings,
        _text(findings.temporary) as target,
        _text(scratch / names[0]) as aside,
    ):
        written = FindingsFile(target, aside)
        try:
            write_summary(
                long_path(summary.temporary),
                _noted(files, written),
                projects,
                profile=settings.profile,
                rules=catalogue(),
                grades=settings.grade_names,
                incomplete=incomplete,
                scratch=long_path(scratch),
            )
        except FileCreateError as error:  # wraps what the system said
            raise error.args[0] if error.args else OSError(str(error)) from error
        written.finish(projects)
    return findings.path, summary.path


def _noted(files: Iterable[Extract], written: FindingsFile) -> Iterator[Extract]:
    """Put the files into findings.json as they pass by."""
    for file in files:
        written.add(file.file_json, file.findings_json)
        yield file


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    """Give a new text file to write and read."""
    with open(long_path(path), "x+", encoding="utf-8", newline="\n") as file:  # noqa: PTH123  (a long path is text)
        yield file
