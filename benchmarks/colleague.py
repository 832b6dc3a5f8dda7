"""The script a colleague would write: pandas reads, openpyxl fills the same cells and saves.

    python benchmarks/colleague.py INBOX OUT MARKS [--limit N]

``MARKS`` is the findings.json of a run over the same inbox: which cells to mark and what to write.
The script judges nothing itself, so its time is that of reading and writing alone.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import openpyxl
import pandas as pd
from baselines import Mark, marks_by_file, parse, report
from openpyxl.styles import PatternFill

_RED = PatternFill("solid", fgColor="FFFFC7CE")


def treat(source: Path, target: Path, marks: list[Mark]) -> int:
    """Read a workbook, write its copy with the marks, return the number of cells read."""
    frames = pd.read_excel(source, sheet_name=None, header=None, engine="openpyxl")
    book = openpyxl.load_workbook(source)
    for mark in marks:
        cell = book[mark.sheet][mark.cell]
        cell.fill = _RED
        if mark.value is not None:
            cell.value = mark.value
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return sum(frame.size for frame in frames.values())


def main() -> None:
    options = parse(__doc__)
    files, marks = marks_by_file(options)
    started, spent = time.perf_counter(), time.process_time()
    for name in files:
        treat(options.inbox / name, options.out / name, marks.get(name, []))
    report(len(files), time.perf_counter() - started, time.process_time() - spent)


if __name__ == "__main__":
    sys.exit(main())
