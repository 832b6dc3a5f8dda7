"""The cases of the rule catalogue: one file per code, small edits to clean workbooks.

A file ``cases/rules/CODE.txt`` holds cases, each begun by ``pass NAME`` (the rule applies and is
silent) or ``fail NAME`` (it reports). The lines under it, and those before the first case for all
cases of the file:

    base NAME                  the workbook is the sheet of cases/rules/bases/NAME.txt
    book PATH NAME             one of several workbooks of a run, from the same bases
    set [PATH!]CELL VALUE      a cell written over, in the notation of text_cases; no VALUE: blank
    profile NAME               the profile used
    enable CODE                a rule the profile leaves out
    finds [PATH!]CELL LEVEL [EXPECTED] [ACTION]   what the rule reports; nothing else may be said …
    also CODE [PATH!]CELL LEVEL                   … but for these findings of other rules
    says TEXT                  words of the finding named just before

Remarks begin with ``#``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from openpyxl import Workbook
from text_cases import CASES, text_sheet

from selfeval_xl.checking import Checked, check
from selfeval_xl.findings import Finding
from selfeval_xl.judgement import Judgement
from selfeval_xl.projects import group_projects
from selfeval_xl.settings import DEFAULT, PROFILES, Settings
from selfeval_xl.workbooks.sheet import Sheet, a1, parse_a1

RULES = CASES / "rules"
ONLY = "表.xlsx"


@dataclass(frozen=True)
class Expected:
    """A finding a case asks for; ``expected`` is None where the case does not say."""

    rule: str
    book: str
    cell: str
    level: str
    expected: Fraction | str | None = None
    action: str = ""
    says: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        return self.rule, self.book, self.cell, self.level


@dataclass
class RuleCase:
    """One pass or fail case of a rule."""

    code: str
    name: str
    fails: bool
    books: dict[str, str] = field(default_factory=dict)
    edits: list[tuple[str, str, str]] = field(default_factory=list)
    settings: Settings = DEFAULT
    findings: list[Expected] = field(default_factory=list)

    def sheets(self) -> dict[str, Sheet]:
        """Return the sheet of each workbook."""
        return {path: self._sheet(path, base) for path, base in self.books.items()}

    def _sheet(self, path: str, base: str) -> Sheet:
        rows = [list(row) for row in base_rows(base)]
        for book, cell, value in self.edits:
            if book != path:
                continue
            row, column = parse_a1(cell)
            while len(rows) <= row:
                rows.append([])
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = value
        return text_sheet(rows, name=base)


@cache
def base_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a clean sheet."""
    text = (RULES / "bases" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines()]
    return tuple(
        tuple(cell.strip() for cell in line[1:-1].split("|"))
        for line in lines
        if line.startswith("|")
    )


@cache
def rule_cases() -> dict[str, tuple[RuleCase, ...]]:
    """Return the cases of every code that has a file."""
    return {path.stem: tuple(_read(path)) for path in sorted(RULES.glob("*.txt"))}


def _read(path: Path) -> list[RuleCase]:
    common = RuleCase(path.stem, "", False)
    found: list[RuleCase] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            continue
        if word in ("pass", "fail"):
            found.append(
                replace(
                    common,
                    name=rest,
                    fails=word == "fail",
                    books=dict(common.books),
                    edits=list(common.edits),
                    findings=[],
                )
            )
        else:
            _line(found[-1] if found else common, word, rest)
    return found


def _line(case: RuleCase, word: str, rest: str) -> None:
    first, _, second = rest.partition(" ")
    if word == "base":
        case.books = {ONLY: rest}
    elif word == "book":
        case.books[first] = second
    elif word == "set":
        case.edits.append((*_place(first), second.strip()))
    elif word == "profile":
        case.settings = PROFILES[rest]
    elif word == "enable":
        case.settings = replace(case.settings, disabled_rules=case.settings.disabled_rules - {rest})
    elif word == "finds":
        case.findings.append(_expected(case.code, rest))
    elif word == "also":
        case.findings.append(_expected(first, second))
    elif word == "says":
        case.findings[-1] = replace(case.findings[-1], says=rest)
    else:
        raise ValueError(f"{case.code}: {word}")


def _expected(code: str, text: str) -> Expected:
    place, level, *more = text.split()
    expected = None
    if more and more[0] != "-":
        number = more[0]
        try:
            expected = Fraction(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
        except ValueError:
            expected = number
    return Expected(code, *_place(place), level, expected, more[1] if len(more) > 1 else "")


def _place(text: str) -> tuple[str, str]:
    book, mark, cell = text.rpartition("!")
    return (book if mark else ONLY), cell


@dataclass(frozen=True)
class Run:
    """The workbooks of a case as files, what was made of them, and all findings by file."""

    data: dict[str, bytes]
    checked: dict[str, Checked]
    findings: list[tuple[str, Finding]]

    def judgements(self) -> list[Judgement]:
        return [judgement for one in self.checked.values() for judgement in one.judgements]


def run(case: RuleCase) -> Run:
    """Write the case's workbooks and check them as a run of the program does."""
    data = {path: workbook_bytes(sheet) for path, sheet in case.sheets().items()}
    checked = {path: check(content, path, case.settings) for path, content in data.items()}
    records = [one.record for one in checked.values()]
    found = [(record.path, finding) for record in records for finding in record.findings]
    _, cross = group_projects(records, case.settings)
    paths = list(data)
    found += [(paths[file], finding) for file in sorted(cross) for finding in cross[file]]
    return Run(data, checked, found)


def workbook_bytes(sheet: Sheet) -> bytes:
    """Return a sheet as an .xlsx file: values, number formats, merges."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet.name
    for row, cells in enumerate(sheet.rows):
        for column, value in enumerate(cells):
            if value is not None:
                cell = page.cell(row + 1, column + 1, value)
                if isinstance(value, str):
                    cell.data_type = "e" if value.startswith("#") else "s"
                cell.number_format = sheet.number_formats.get((row, column), "General")
    for top, left, bottom, right in sheet.merges:
        page.merge_cells(f"{a1((top, left))}:{a1((bottom, right))}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
