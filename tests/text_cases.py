"""Small sheets written as text tables, with what must be found in them.

A case file begins with ``#`` lines that say what it shows. Lines in bars are the rows of a sheet:
a figure is a stored number, ``'12.5`` a figure typed as text, ``50%`` a stored 0.5 shown as a
percentage, ``<`` belongs to the merged cell left of it, ``^`` to the one above, a blank is blank.
``(empty row)`` is a row without cells. The other lines say what must come out, and nothing else
may:

    form RANGE                     a form lies there (none: the sheet holds no such form)
    failure TEXT                   the form cannot be read, the reason holds this text
    head NAME VALUE                project, year, organisation, amount_unit of the form's head
    figure NAME CELL               a headline figure
    RULE CELL VALUE                a derived cell and its exact value (“?” for none)
    finding RULE CELL LEVEL [VALUE]   a finding, with the expected figure
    says TEXT                      words of the finding named just before
    field CELL LABEL               what a cell is called
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from selfeval_xl.forms.form import Form
from selfeval_xl.judgement import Judgement
from selfeval_xl.workbooks.sheet import Cell, Range, Sheet, a1, parse_a1, parse_range

CASES = Path(__file__).parent / "cases"


@dataclass
class Expected:
    """What must be found of one form."""

    region: Range
    failure: str = ""
    head: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    derived: dict[tuple[str, str], Fraction | None] = field(default_factory=dict)
    findings: list[list[str]] = field(default_factory=list)
    says: list[tuple[int, str]] = field(default_factory=list)
    fields: dict[Cell, str] = field(default_factory=dict)


@dataclass
class Case:
    """A sheet and the forms it holds."""

    name: str
    sheet: Sheet
    forms: list[Expected]


def cases(folder: str) -> list[Case]:
    """Return the cases of a folder in the order of their names."""
    found = [read_case(path) for path in sorted((CASES / folder).glob("*.txt"))]
    assert found, f"no cases in {folder}"
    return found


def read_case(path: Path) -> Case:
    """Read one case file."""
    rows: list[list[str]] = []
    forms: list[Expected] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("|"):
            rows.append([cell.strip() for cell in text.strip("|").split("|")])
        elif text == "(empty row)":
            rows.append([])
        elif text and not text.startswith("#") and text != "none":
            _expect(text, forms)
    return Case(path.stem, text_sheet(rows), forms)


def _expect(text: str, forms: list[Expected]) -> None:
    word, _, rest = text.partition(" ")
    if word == "form":
        forms.append(Expected(parse_range(rest)))
        return
    last = forms[-1]
    first, _, second = rest.partition(" ")
    if word == "failure":
        last.failure = rest
    elif word == "head":
        last.head[first] = second
    elif word == "figure":
        last.figures[first] = second
    elif word == "finding":
        last.findings.append(rest.split())
    elif word == "says":
        last.says.append((len(last.findings) - 1, rest))
    elif word == "field":
        last.fields[parse_a1(first)] = second
    else:
        last.derived[word, first] = None if second == "?" else Fraction(second)


def text_sheet(rows: list[list[str]], name: str = "表") -> Sheet:
    """Return the sheet a text table shows."""
    values: list[list[object]] = []
    formats: dict[Cell, str] = {}
    for row, cells in enumerate(rows):
        line: list[object] = []
        for column, text in enumerate(cells):
            value, code = _value(text)
            line.append(value)
            if code:
                formats[row, column] = code
        values.append(line)
    return Sheet(name, values, tuple(_merges(rows)), formats)


def _value(text: str) -> tuple[object, str]:
    if text in ("", "<", "^"):
        return None, ""
    if text.startswith("'"):
        return text[1:], ""
    percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        return text.replace("\\n", "\n"), ""
    if percent:
        decimals = len(text.removesuffix("%").partition(".")[2])
        code = f"0.{'0' * decimals}%" if decimals else "0%"
        return round(number / 100, decimals + 2), code
    return (int(number) if "." not in text else number), ""


def _merges(rows: list[list[str]]) -> Iterator[Range]:
    def at(row: int, column: int) -> str:
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""

    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text in ("<", "^"):
                continue
            right, bottom = column, row
            while at(row, right + 1) == "<":
                right += 1
            while at(bottom + 1, column) == "^":
                bottom += 1
            if (right, bottom) != (column, row):
                yield row, column, bottom, right


def outcome(form: Form, judgement: Judgement, expected: Expected) -> dict[str, object]:
    """Return what was found of a form, of the kinds its case speaks of."""
    findings = [
        [f.rule, f.cell, f.level.value, _plain(f.expected) if f.rule[1] == "2" else ""]
        for f in judgement.findings
    ]
    said = {(f.rule, f.cell): f.message for f in judgement.findings}
    return {
        "head": {name: str(getattr(form.head, name)) for name in expected.head},
        "fields": {a1(cell): form.fields[cell].label for cell in expected.fields},
        "figures": {name: a1(cell) for name, cell in sorted(form.figures.items())},
        "derived": {
            (relation.rule, a1(relation.target)): relation.equals.value(judgement.expected.get)
            for relation in sorted(form.relations, key=lambda r: (r.rule, a1(r.target)))
        },
        "findings": sorted(findings),
        "says": [
            words
            for number, words in expected.says
            if words in said.get(tuple(expected.findings[number][:2]), "")  # type: ignore[call-overload]
        ],
    }


def wanted(expected: Expected) -> dict[str, object]:
    """Return the same as ``outcome`` from the case."""
    return {
        "head": expected.head,
        "fields": {a1(cell): label for cell, label in expected.fields.items()},
        "figures": dict(sorted(expected.figures.items())),
        "derived": dict(sorted(expected.derived.items())),
        "findings": sorted([*f[:3], _plain(f[3]) if f[3:] else ""] for f in expected.findings),
        "says": [words for _, words in expected.says],
    }


def _plain(text: object) -> str:
    return "" if text is None else str(Fraction(str(text)))


def planted(sheet: Sheet, cell: Cell) -> Sheet | None:
    """Return the sheet with one figure made wrong by 1 (a rate by a hundredth), None for text."""
    row, column = cell
    value = sheet.rows[row][column]
    if not isinstance(value, int | float):
        return None
    rate = sheet.number_formats.get(cell, "").endswith("%")
    rows = [list(line) for line in sheet.rows]
    rows[row][column] = round(value + (0.01 if rate else 1), 6)
    return Sheet(sheet.name, rows, sheet.merges, sheet.number_formats)
