"""Are the results beside the formulas of a copy those a spreadsheet program computes?

    python benchmarks/libreoffice_results.py FOLDER [--as-they-are] [--limit 60]

Corrects the workbooks (.xlsx, .xls, .ods) under a folder, lets LibreOffice recompute every formula
of the marked copies and compares: what differs is printed with both results, then how many were
compared.
``--as-they-are`` compares the workbooks themselves, as they were filled in. Exit code 1 when
anything differs, 2 when LibreOffice is not installed or fails.
"""

from __future__ import annotations

import argparse
import io
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import openpyxl

from selfeval_xl.checking import check, mark
from selfeval_xl.findings import Action
from selfeval_xl.settings import DEFAULT

Results = Mapping[tuple[str, str], object]
"""Sheet and address → what a cell shows."""

_AT_ONCE = 40  # workbooks given to one LibreOffice
_SECONDS = 600
_ALWAYS_RECOMPUTE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


class LibreOfficeProblem(Exception):
    """LibreOffice is missing or did not do what it was asked; the message says which."""


@dataclass(frozen=True)
class Compared:
    """What came out for one workbook.

    ``absent`` formulas have no result in it, so that every program computes one on opening.
    """

    same: int
    absent: int
    different: tuple[str, ...]


def results_of(data: bytes) -> dict[tuple[str, str], object]:
    """Return what the cells of a workbook show, by the results stored in it."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    }


def formulas_of(data: bytes) -> dict[tuple[str, str], str]:
    """Return the formulas of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (sheet.title, cell.coordinate): str(getattr(cell.value, "text", cell.value))
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def compare(formulas: Mapping[tuple[str, str], str], shown: Results, computed: Results) -> Compared:
    """Compare the result stored beside each formula with the one that was computed."""
    same, absent, different = 0, 0, []
    for place, formula in formulas.items():
        stored, wanted = shown.get(place), computed.get(place)
        if agrees(stored, wanted):
            same += 1
        elif stored is None:
            absent += 1
        else:
            sheet, cell = place
            different.append(f"{sheet}!{cell} {formula}: {stored!r}, LibreOffice {wanted!r}")
    return Compared(same, absent, tuple(different))


def agrees(stored: object, computed: object) -> bool:
    """Tell whether two results are the same, numbers to nine digits."""
    if isinstance(stored, int | float) and isinstance(computed, int | float):
        return math.isclose(stored, computed, rel_tol=1e-9, abs_tol=1e-9)
    return stored == computed or (stored in (None, "") and computed in (None, ""))


def recomputed(workbooks: Sequence[bytes]) -> list[bytes]:
    """Return the workbooks as LibreOffice saves them after computing every formula anew."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise LibreOfficeProblem("LibreOffice is not installed: there is no command “soffice”")
    with tempfile.TemporaryDirectory(prefix="selfeval-libreoffice-") as folder:
        given, saved, profile = (Path(folder, name) for name in ("given", "saved", "profile"))
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECOMPUTE)
        given.mkdir()
        files = [given / f"{number}.xlsx" for number in range(len(workbooks))]
        for file, data in zip(files, workbooks, strict=True):
            file.write_bytes(data)
        for start in range(0, len(files), _AT_ONCE):
            _convert(program, profile, files[start : start + _AT_ONCE], saved)
        return [(saved / file.name).read_bytes() for file in files]


def _convert(program: str, profile: Path, files: Sequence[Path], saved: Path) -> None:
    options = ["--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
    command = [program, *options, "--outdir", str(saved), *map(str, files)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as problem:
        raise LibreOfficeProblem(f"LibreOffice took more than {_SECONDS} s") from problem
    missing = [file.name for file in files if not (saved / file.name).exists()]
    if missing:
        raise LibreOfficeProblem(f"LibreOffice did not save {len(missing)} files: {done.stderr}")


def copies(paths: Sequence[Path]) -> Iterator[tuple[Path, bytes]]:
    """Yield the marked copy of every workbook in which something was corrected or filled in."""
    for path in paths:
        data = path.read_bytes()
        checked = check(data, path.name, DEFAULT)
        if any(finding.action is not Action.LEFT for finding in checked.record.findings):
            yield path, mark(data, checked.record, checked.facts(), DEFAULT)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-they-are", action="store_true", help="do not correct them first")
    parser.add_argument("--limit", type=int, default=60, help="workbooks to compare")
    options = parser.parse_args()
    kinds = ("xlsx",) if options.as_they_are else ("xlsx", "xls", "ods")
    paths = sorted(path for kind in kinds for path in options.folder.rglob(f"*.{kind}"))
    found = ((path, path.read_bytes()) for path in paths) if options.as_they_are else copies(paths)
    books = list(islice(found, options.limit))
    try:
        computed = recomputed([data for _, data in books])
    except LibreOfficeProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    same = absent = different = 0
    for (path, data), new in zip(books, computed, strict=True):
        outcome = compare(formulas_of(data), results_of(data), results_of(new))
        for line in outcome.different:
            print(f"{path.relative_to(options.folder)}: {line}")
        same, absent = same + outcome.same, absent + outcome.absent
        different += len(outcome.different)
    print(
        f"{len(books)} workbooks, {same + different} results compared, {different} differ; "
        f"{absent} formulas without a result"
    )
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
