"""What both baselines share: which files to treat, which cells to mark, what to print."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    """A cell to fill; ``value`` is written when it is not None."""

    sheet: str
    cell: str
    value: float | None


def parse(description: str | None) -> argparse.Namespace:
    """Return the command line of a baseline."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("inbox", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("marks", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="treat every so-manieth file only")
    return parser.parse_args()


def marks_by_file(options: argparse.Namespace) -> tuple[list[str], dict[str, list[Mark]]]:
    """Return the files to treat, spread evenly, and the marks of each file."""
    found = json.loads(options.marks.read_text(encoding="utf-8"))
    files = [file["path"] for file in found["files"] if file["status"] == "checked"]
    if options.limit and options.limit < len(files):
        step = len(files) / options.limit
        files = [files[int(number * step)] for number in range(options.limit)]
    marks: dict[str, list[Mark]] = {}
    for finding in found["findings"]:
        if not finding["cell"] or ":" in finding["cell"]:
            continue
        changed = finding["action"] in ("corrected", "filled") and finding["expected"]
        value = float(finding["expected"]) if changed else None
        marks.setdefault(finding["file"], []).append(Mark(finding["sheet"], finding["cell"], value))
    return files, marks


def report(files: int, seconds: float, processor: float) -> None:
    """Print what bench.py reads: files, wall and processor seconds, without the imports."""
    print(json.dumps({"files": files, "seconds": seconds, "processor": processor}))
