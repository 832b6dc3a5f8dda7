"""Milliseconds of each stage, workbook by workbook and sheet by sheet."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

from selfeval_xl.checking import Checked, check, mark
from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.outputs import write_atomically
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.guard import inspect
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import Sheet

Result = TypeVar("Result")

_TIMES = 5
STAGES = ("guard", "read", "recognise", "judge", "mark", "write")


def timed(
    function: Callable[..., Result],
    *arguments: object,
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, Result]:
    """Return the best of a few timings of a call in milliseconds, and its result.

    Processor time, so that other programs do not count; wall time where the disk does the work.
    """
    best = float("inf")
    for _ in range(_TIMES):
        started = clock()
        result = function(*arguments)
        best = min(best, clock() - started)
    return best * 1000, result


def stage_table(folder: Path) -> list[tuple[str, str]]:
    """Measure every workbook under a folder; guard is part of reading and taken off it."""
    found: dict[str, list[float]] = {stage: [] for stage in STAGES}
    sheets: dict[str, list[tuple[int, float]]] = {}
    for path in sorted(folder.rglob("*.xlsx")):
        data, name = path.read_bytes(), path.name
        guard, _ = timed(inspect, data, name)
        read, workbook = timed(read_workbook, data, name)
        forms, judged = 0.0, 0.0
        for sheet in workbook.sheets:
            one, two, kind = _sheet(sheet)
            forms, judged = forms + one, judged + two
            if kind:
                share = _cells(sheet) / sum(map(_cells, workbook.sheets))
                cells = sheet.height * sheet.width
                sheets.setdefault(kind, []).append((cells, read * share + one + two))
        checked = check(data, name, DEFAULT)
        marked, content = timed(_mark, data, checked)
        target = folder / "copy.xlsx"
        written, _ = timed(_write, target, content, clock=time.perf_counter)
        for stage, cost in zip(
            STAGES, (guard, read - guard, forms, judged, marked, written), strict=True
        ):
            found[stage].append(cost)
    rows = [(stage, _line(costs)) for stage, costs in found.items()]
    rows.append(("a workbook, all stages", f"{sum(map(median, found.values())):.2f} ms"))
    for kind, figures in sorted(sheets.items()):
        cells = median(cells for cells, _ in figures)
        line = _line([cost for _, cost in figures])
        rows.append((f"a sheet read to judged: {kind}, {cells:.0f} cells with blanks", line))
    about = [cost for kind in sheets.values() for cells, cost in kind if 200 <= cells <= 340]
    rows.append(("all sheets of 200–340 cells, read to judged", _line(about)))
    return rows


def _line(costs: list[float]) -> str:
    return f"{median(costs):.2f} ms (nine in ten below {quantiles(costs, n=10)[-1]:.2f})"


def _cells(sheet: Sheet) -> int:
    return sum(value is not None for row in sheet.rows for value in row)


def _sheet(sheet: Sheet) -> tuple[float, float, str]:
    """Return the milliseconds of recognising a sheet and of judging its forms, and their kind."""
    recognised, forms = timed(recognise, sheet, DEFAULT)
    judged = sum(timed(examine, form, DEFAULT)[0] for form in forms if not form.failure)
    return recognised, judged, forms[0].kind if forms else ""


def _mark(data: bytes, checked: Checked) -> bytes:
    return mark(data, checked.record, checked.facts(), DEFAULT)[0]


def _write(target: Path, content: bytes) -> None:
    target.unlink(missing_ok=True)
    write_atomically(target, content)
