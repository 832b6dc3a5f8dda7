"""What the program says of a mutant, compared with what was planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from mutation_plants import (
    BLANK,
    MALFORMED,
    NAMED,
    UNIT,
    WIDE,
    Mutant,
    Plant,
    wrong_followers,
)
from mutation_tables import Table, as_sheet, rounded

from selfeval_xl.examining import examine
from selfeval_xl.findings import Finding, Kind, Level
from selfeval_xl.forms import recognise
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1, parse_a1

LOUD = (Level.ERROR, Level.REVIEW, Level.ROUNDING)
QUIET_KINDS = (UNIT, WIDE)
"""Ways of writing a right figure: nothing may be said at level 错误, 核实 or 尾差."""


@dataclass
class Outcome:
    """How one mutant was judged; None where the question does not arise."""

    mutant: Mutant
    found: bool = False
    expected: bool | None = None
    root: bool | None = None
    cause: bool | None = None
    right_marks: int = 0
    marks: int = 0
    where: str = ""
    """Of a wrong input: 建议值对, 建议, 合计错误, 核实, 未发现."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing is missed and nothing else is marked."""
        asked = (self.expected, self.root, self.cause)
        return self.found and False not in asked and self.right_marks == self.marks


def findings_of(sheet: Sheet) -> list[Finding]:
    """Return all the program says of a sheet."""
    return [f for form in recognise(sheet, DEFAULT) for f in examine(form, DEFAULT).findings]


class Scorer:
    """Judges mutants; what is said of a clean table counts against no plant."""

    def __init__(self) -> None:
        self._clean: dict[tuple[int, str], set[tuple[str, str]]] = {}

    def score(self, mutant: Mutant) -> Outcome:
        """Judge a mutant and compare."""
        known = self._known(mutant.table, mutant.style)
        found = [f for f in findings_of(mutant.sheet()) if (f.rule, f.cell) not in known]
        outcome = Outcome(mutant, findings=found)
        if len(mutant.plants) == 1 and mutant.plants[0].cell not in mutant.table.derived:
            _score_input(outcome, mutant.plants[0])
        else:
            _score_derived(outcome)
        _score_marks(outcome)
        return outcome

    def _known(self, table: Table, style: str) -> set[tuple[str, str]]:
        place = id(table), style
        if place not in self._clean:
            said = findings_of(as_sheet(table, style))
            self._clean[place] = {(f.rule, f.cell) for f in said if f.level in LOUD}
        return self._clean[place]


def _score_derived(outcome: Outcome) -> None:
    mutant, findings = outcome.mutant, outcome.findings
    if mutant.plants[0].kind in QUIET_KINDS:
        outcome.found = True
        return
    pairs = [(one, _at(findings, one)) for one in mutant.plants]
    outcome.found = all(finding is not None for _, finding in pairs)
    if mutant.plants[0].kind == MALFORMED:
        return
    outcome.expected = all(f is not None and _expects(f, mutant, p) for p, f in pairs)
    if mutant.plants[0].kind == BLANK:
        return
    roots = {parse_a1(f.cell) for f in findings if f.kind is Kind.ROOT}
    outcome.root = roots == {one.cell for one in mutant.plants}
    if mutant.carried and not roots:
        # Total and followers against the addends: which is wrong cannot be told from the table.
        outcome.root = all(f is not None and f.kind is Kind.UNSETTLED for _, f in pairs)
    named = [(f, NAMED[p.kind]) for p, f in pairs if p.kind in NAMED]
    if named:
        outcome.cause = all(f is not None and _says(f, words) for f, words in named)


def _at(findings: Iterable[Finding], plant: Plant) -> Finding | None:
    """Return the finding at the planted cell: an error or a question, a filled blank."""
    here = [f for f in findings if f.cell == a1(plant.cell)]
    wanted = (Kind.FILLED,) if plant.kind == BLANK else ()
    ranked = [f for f in here if f.kind in wanted or f.level in (Level.ERROR, Level.REVIEW)]
    ranked.sort(key=lambda f: f.kind is not Kind.ROOT)
    return ranked[0] if ranked else None


def _expects(finding: Finding, mutant: Mutant, plant: Plant) -> bool:
    if finding.expected is None or isinstance(finding.expected, str):
        return False
    exponent = finding.expected.as_tuple().exponent
    exact = mutant.table.exact[plant.cell]
    return Fraction(finding.expected) == rounded(exact, max(-int(exponent), 0))


def _says(finding: Finding, words: Iterable[str]) -> bool:
    return any(word in finding.cause for word in words)


def _score_input(outcome: Outcome, plant: Plant) -> None:
    findings = outcome.findings
    here = [f for f in findings if f.cell == a1(plant.cell) and f.level in LOUD]
    followers = {a1(cell) for cell in outcome.mutant.table.followers(plant.cell)}
    behind = [f for f in findings if f.cell in followers]
    suggested = [f for f in here if f.kind is Kind.SUGGESTION]
    original = outcome.mutant.table.exact[plant.cell]
    if plant.kind in QUIET_KINDS:
        outcome.found = True
        return
    if any(isinstance(f.expected, Decimal) and Fraction(f.expected) == original for f in suggested):
        outcome.where = "建议值对"
    elif here:
        outcome.where = "本格核实"
    elif any(f.level is Level.ERROR for f in behind):
        outcome.where = "合计错误"
    elif any(f.level in LOUD for f in behind):
        outcome.where = "合计核实"
    else:
        outcome.where = "未发现"
    outcome.found = outcome.where != "未发现"
    outcome.root = not any(f.kind is Kind.ROOT for f in findings)
    if suggested and plant.kind in NAMED:
        outcome.cause = any(_says(f, NAMED[plant.kind]) for f in suggested)


def _score_marks(outcome: Outcome) -> None:
    """Count the marks at level 错误 or 核实 that are due to the plants."""
    mutant = outcome.mutant
    due: set[Cell] = {one.cell for one in (*mutant.plants, *mutant.carried)}
    for one in mutant.plants:
        if one.kind in QUIET_KINDS:
            due.clear()
        elif one.cell not in mutant.table.derived:
            due |= wrong_followers(mutant.table, one, beyond_rounding=False)
    loud = [f for f in outcome.findings if f.level in (Level.ERROR, Level.REVIEW)]
    outcome.marks = len(loud)
    outcome.right_marks = sum(_is_due(mutant, parse_a1(f.cell), f, due) for f in loud)


def _is_due(mutant: Mutant, cell: Cell, finding: Finding, due: set[Cell]) -> bool:
    """Tell whether a mark is the planted cell's, a true consequence's, or of the planted row."""
    if cell in due:
        return True
    of_row = finding.kind is Kind.REVIEW and any(cell[0] == one.cell[0] for one in mutant.plants)
    bound = any(cell in mutant.table.bound.get(one.cell, ()) for one in mutant.plants)
    return bool(due) and (of_row or bound)
