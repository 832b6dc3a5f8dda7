"""Sheets written as text tables, with what must be said about them.

A case file holds directives (``@roots F6``), remarks (``# …``) and one row of the sheet per line,
cells between ``|``. ``@numbers`` turns cells that look like plain numbers into stored numbers;
``@blank N`` puts N blank rows in front and ``@shift N`` N blank columns. Addresses in directives
are those of the finished sheet.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from selfeval_xl.workbooks.sheet import Sheet, parse_range

CASES = Path(__file__).parent / "cases"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass
class Case:
    """A sheet and what is expected of it: directive name → its words."""

    name: str
    sheet: Sheet
    expect: dict[str, list[str]] = field(default_factory=dict)

    def words(self, name: str) -> list[str]:
        """Return a directive's words, none when the case does not have it."""
        return self.expect.get(name, [])


def cases(folder: str) -> list[Case]:
    """Return every case of a folder under tests/cases, by name."""
    return [read_case(path) for path in sorted((CASES / folder).glob("*.txt"))]


def read_case(path: Path) -> Case:
    """Read one case file."""
    expect: dict[str, list[str]] = {}
    rows: list[list[object]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name, *words = line[1:].split()
            expect.setdefault(name, []).extend(words)
        elif line.startswith("|"):
            rows.append(
                [_cell(text, "numbers" in expect) for text in line.strip()[1:-1].split("|")]
            )
    shift = int(expect.get("shift", ["0"])[0])
    blank = int(expect.get("blank", ["0"])[0])
    rows = [[] for _ in range(blank)] + [[None] * shift + row for row in rows]
    merges = tuple(parse_range(word) for word in expect.get("merge", []))
    return Case(path.stem, Sheet("表", rows, merges), expect)


def _cell(text: str, numbers: bool) -> object:
    text = text.strip().replace("\\n", "\n")
    if not text:
        return None
    if numbers and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def table(number: str) -> Sheet:
    """Return one of the published tables in samples/data by its number: "06"."""
    path = next((Path(__file__).parents[1] / "samples" / "data").glob(f"{number}-*.json"))
    data = json.loads(path.read_text(encoding="utf-8"))
    merges = tuple(parse_range(merge) for merge in data["merges"])
    return Sheet(data["sheet"], data["grid"], merges)
