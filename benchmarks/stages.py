"""Milliseconds of each stage, workbook by workbook and sheet by sheet.

Every call is timed once, on a workbook that was not seen before: a second call would find what
the first one remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, quantiles
from typing import TypeVar

from selfeval_xl.checking import Checked, check, mark
from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.outputs import write_atomically
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.guard import inspect
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.working import collect_seldom

Result = TypeVar("Result")

_WARM_UP = 6
"""Workbooks that only fill what a run fills with its first ones."""
STAGES = ("guard", "read", "recognise", "judge", "mark", "write")


def timed(
    function: Callable[..., Result],
    *arguments: object,
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, Result]:
    """Return the milliseconds of a call, and its result.

    Processor time, so that other programs do not count; wall time where the disk does the work.
    """
    started = clock()
    result = function(*arguments)
    return (clock() - started) * 1000, result


def stage_table(folder: Path) -> list[tuple[str, str]]:
    """Measure every workbook under a folder.

    Reading includes the guard, which is measured alone on every other workbook and taken off.
    """
    found: dict[str, list[float]] = {stage: [] for stage in STAGES}
    sheets: dict[str, list[tuple[int, float]]] = {}
    collect_seldom()
    for number, path in enumerate(sorted(folder.rglob("*.xlsx"))):
        data, name = path.read_bytes(), path.name
        costs: dict[str, float] = {}
        if number % 2:
            costs["guard"], _ = timed(inspect, data, name)
            workbook = read_workbook(data, name)
        else:
            costs["read"], workbook = timed(read_workbook, data, name)
        costs["recognise"] = costs["judge"] = 0.0
        for sheet in workbook.sheets:
            one, two, kind = _sheet(sheet)
            costs["recognise"] += one
            costs["judge"] += two
            if kind and "read" in costs and number >= _WARM_UP:
                share = _cells(sheet) / sum(map(_cells, workbook.sheets))
                cells = sheet.height * sheet.width
                sheets.setdefault(kind, []).append((cells, costs["read"] * share + one + two))
        checked = check(data, name, DEFAULT)
        costs["mark"], content = timed(_mark, data, checked)
        target = folder / "copy.xlsx"
        costs["write"], _ = timed(_write, target, content, clock=time.perf_counter)
        if number >= _WARM_UP:
            for stage, cost in costs.items():
                found[stage].append(cost)
    guard = median(found["guard"])
    found["read"] = [cost - guard for cost in found["read"]]
    rows = [(stage, _line(costs)) for stage, costs in found.items()]
    rows.append(("a workbook, all stages, means", f"{sum(map(mean, found.values())):.2f} ms"))
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
