"""Forms that take figures from other sheets by formula, once these figures are corrected there.

Each form is judged by what its sheet shows. When a figure is corrected on another sheet, formulas
that read it show something else as soon as a program opens the copy: an input may be another one,
a total come right by itself. Such forms are judged again by what they will show, until nothing
changes any more. What only follows is reported as a consequence of the correction elsewhere.

Where it is not known what a linked figure will show, its form stays as it was judged at first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from selfeval_xl.examining import examine
from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.forms.form import Form, Linked
from selfeval_xl.judgement import Judgement
from selfeval_xl.link_findings import told
from selfeval_xl.link_tracing import Tracing, UntraceableError
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, agrees
from selfeval_xl.workbooks.formula_cells import as_content, put
from selfeval_xl.workbooks.formula_values import UnknownError
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1

_MOST_ROUNDS = 6
"""Times that what follows from corrections may lead to further ones on other sheets."""
_MOST_FORMULAS = 20_000
"""Formulas worked out for one workbook; beyond that it would take longer than it is worth."""
_DOUBT = "本格取自其他工作表，该处更正后与本表不符"
_MOST_DOUBTS = 3
"""Times that figures of one form may turn out to contradict it."""

Read = Callable[[Sheet], Sequence[Form]]
Contents = Mapping[Cell, object]


class Followed(NamedTuple):
    """The judgements of a workbook, and the sheets without a form that its linked figures need."""

    judgements: list[Judgement]
    beside: tuple[Sheet, ...] = ()


def follow_links(
    judgements: list[Judgement], sheets: Sequence[Sheet], read: Read, settings: Settings
) -> Followed:
    """Return the judgements of a workbook's forms with what its corrections change elsewhere.

    ``read`` returns the forms of a sheet as they are read for judging. Judgements that nothing
    elsewhere changes are returned as they are.
    """
    formulas = sum(len(sheet.formulas) for sheet in sheets)
    if formulas > _MOST_FORMULAS or not _may_be_linked(judgements, sheets):
        return Followed(judgements)
    try:
        return _Links(judgements, sheets, read, settings).followed()
    except UntraceableError:
        return Followed(judgements)


def _may_be_linked(judgements: Sequence[Judgement], sheets: Sequence[Sheet]) -> bool:
    """Tell whether a figure is corrected and another form's formulas might read it."""
    if len(judgements) < 2 or not any(map(_is_correction, _findings(judgements))):
        return False
    names = [judgement.form.sheet.name for judgement in judgements]
    return any(
        sheet.formulas
        and (
            names.count(sheet.name) > 1
            or (sheet.name in names and any("!" in text for text in sheet.formulas.values()))
        )
        for sheet in sheets
    )


def _findings(judgements: Iterable[Judgement]) -> Iterable[Finding]:
    return (finding for judgement in judgements for finding in judgement.findings)


def _is_correction(finding: Finding) -> bool:
    return finding.action is not Action.LEFT and finding.kind is not Kind.CONSEQUENCE


class _Links:
    """The forms of one workbook while they are judged by what they will show."""

    def __init__(
        self,
        judgements: list[Judgement],
        sheets: Sequence[Sheet],
        read: Read,
        settings: Settings,
    ) -> None:
        self.first = judgements
        self.judgements = list(judgements)
        self.sheets = sheets
        self.read = read
        self.settings = settings
        self.contents: dict[str, Contents] = {}
        """What the linked formulas of each sheet will show where that is something new."""
        self.doubted: dict[int, frozenset[Cell]] = {}
        """Linked figures that contradict their own form, by the number of its judgement."""

    def followed(self) -> Followed:
        """Judge the forms again until what they show stays the same."""
        formulas = 0
        for _ in range(_MOST_ROUNDS):
            tracing = Tracing(self.sheets, self.judgements)
            formulas += len(tracing.reads)
            if formulas > _MOST_FORMULAS:
                break
            contents = {
                sheet.name: found for sheet in self.sheets if (found := self._new(sheet, tracing))
            }
            if contents == self.contents:
                return self._told(tracing)
            before, self.contents = self.contents, contents
            for sheet in self.sheets:
                if contents.get(sheet.name) != before.get(sheet.name):
                    self._judge_again(sheet)
        return Followed(self.first)

    def _new(self, sheet: Sheet, tracing: Tracing) -> Contents:
        """Return what linked formulas will show instead; nothing where a figure is not known."""
        name = sheet.name.casefold()
        if not self._of(sheet):
            return {}
        found: dict[Cell, object] = {}
        for cell, value in tracing.worked[name].gives.items():
            if (name, cell) not in tracing.linked or cell[0] >= sheet.height:
                continue
            if not isinstance(value, UnknownError):
                content = as_content(value)
                if not _same(content, sheet.value(cell)):
                    found[cell] = content
            elif (name, cell) in tracing.owners:
                return {}
        return found

    def _of(self, sheet: Sheet) -> list[int]:
        """Return the numbers of a sheet's judgements."""
        return [n for n, first in enumerate(self.first) if first.form.sheet.name == sheet.name]

    def _judge_again(self, sheet: Sheet) -> None:
        """Judge the forms of a sheet by what it will show; as at first where that fails."""
        numbers = self._of(sheet)
        for number in numbers:
            self.judgements[number] = self.first[number]
            self.doubted.pop(number, None)
        contents = self.contents.get(sheet.name)
        if not contents:
            return
        shown = _with_contents(sheet, contents)
        forms = [form for form in self.read(shown) if not form.failure]
        if [f.kind for f in forms] != [self.first[number].form.kind for number in numbers]:
            return
        for number, form in zip(numbers, forms, strict=True):
            if _link(form, self.first[number].form, sheet, contents):
                self._examine(number, form)

    def _examine(self, number: int, form: Form) -> None:
        """Judge a form; linked figures that contradict it are asked about, not replaced."""
        assert form.linked is not None
        relations, doubts = form.relations, set[Cell]()
        for _ in range(_MOST_DOUBTS):
            form.relations = [
                replace(one, doubt=_DOUBT) if one.target in doubts else one for one in relations
            ]
            judgement = examine(form, self.settings)
            contradicting = _contradicting(judgement, form.linked) - doubts
            if not contradicting:
                self.judgements[number] = judgement
                self.doubted[number] = frozenset(doubts)
                return
            doubts |= contradicting

    def _told(self, tracing: Tracing) -> Followed:
        """Say of each form what follows from corrections elsewhere."""
        if all(judgement.form.linked is None for judgement in self.judgements):
            return Followed(self.first)

        for judgement, finding in list(tracing.in_circle(self.judgements)):
            place = judgement.findings.index(finding)
            judgement.findings[place] = replace(finding, formula="")
        for number, judgement in enumerate(self.judgements):
            if judgement.form.linked is not None:
                shown = self.contents.get(judgement.form.sheet.name, {})
                told(judgement, shown.keys(), tracing, self.doubted.get(number, frozenset()))
        judged = {judgement.form.sheet.name for judgement in self.judgements}
        beside = tuple(sheet for sheet in self.sheets if sheet.name not in judged)
        return Followed(self.judgements, beside)


def _same(one: object, other: object) -> bool:
    """Tell whether two contents are the same, numbers as programs that add doubles agree."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other or (one == "" and other is None)


def _with_contents(sheet: Sheet, contents: Contents) -> Sheet:
    """Return a sheet with other contents in some of its cells."""
    rows = list(sheet.rows)
    for row in {row for row, _ in contents if row < len(rows)}:
        rows[row] = list(rows[row])
    for cell, content in contents.items():
        put(rows, cell, content)
    errors = {cell: error for cell, error in sheet.errors.items() if cell not in contents}
    return replace(sheet, rows=rows, errors=errors)


def _link(form: Form, first: Form, sent: Sheet, contents: Contents) -> bool:
    """Prepare a form read from what its sheet will show; tell whether it can be judged so.

    Derived figures stay as the file states them, which is what is judged.
    """
    if form.fields.keys() != first.fields.keys():
        return False
    derived = {relation.target for relation in form.relations}
    after = {
        cell: stated
        for cell in contents
        if cell in derived
        and isinstance(stated := form.fields[cell].stated, Quantity)
        and isinstance(first.fields[cell].stated, Quantity)
    }
    before = {
        cell: first.fields[cell] for cell in contents if cell in form.fields and cell not in derived
    }
    form.fields = {**form.fields, **{cell: first.fields[cell] for cell in after}}
    form.sheet = _with_contents(form.sheet, {cell: sent.value(cell) for cell in after})
    form.linked = Linked(sent, before, after)
    return True


def _contradicting(judgement: Judgement, linked: Linked) -> set[Cell]:
    """Return the linked figures that are right as stated and will not be what they should."""
    asked = {finding.cell for finding in judgement.findings}
    return {
        cell
        for cell, shown in linked.after.items()
        if a1(cell) not in asked
        and (exact := judgement.expected.get(cell)) is not None
        and not agrees(shown, exact)
    }
