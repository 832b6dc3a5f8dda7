"""Which formulas take figures that are corrected outside their form, and from where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.judgement import Judgement
from selfeval_xl.recalculated_sheet import RecalculatedSheet
from selfeval_xl.recalculating import work_out
from selfeval_xl.workbooks.formula_cells import precedents_of
from selfeval_xl.workbooks.formula_values import Area
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1, parse_a1

Node = tuple[str, Cell]
"""A cell: its sheet's casefolded name and its place there."""

_MOST_STEPS = 300_000
"""Cells looked at for one workbook; beyond that it would take longer than it is worth."""


class UntraceableError(Exception):
    """The formulas of a workbook read too much to be followed."""


class Tracing:
    """The cells of a workbook that change once the corrections are in it, and what reads what.

    Formulas that are corrected themselves are worked out nonetheless: what is wrong with one may
    only be what it reads. Raises UntraceableError.
    """

    def __init__(self, sheets: Sequence[Sheet], judgements: Sequence[Judgement]) -> None:
        self.worked = {sheet.name.casefold(): RecalculatedSheet(sheet) for sheet in sheets}
        self.owners: dict[Node, int] = {}
        self.corrections: dict[Node, tuple[Finding, Judgement]] = {}
        for number, judgement in enumerate(judgements):
            self._take(number, judgement)
        work_out(self.worked)
        self.steps = 0
        self._causes: dict[Node, list[Finding]] = {}
        self.reads = self._what_is_read()
        self.direct: set[Node] = set()
        """Formulas that name a changed cell outside themselves; ``linked`` also by others."""
        self.linked = self._linked()

    def _take(self, number: int, judgement: Judgement) -> None:
        """Put a form's corrections into its sheet."""
        name = judgement.form.sheet.name.casefold()
        sheet = self.worked[name]
        sheet.judgements.append(judgement)
        self.owners.update(((name, cell), number) for cell in judgement.form.fields)
        for finding in judgement.findings:
            if finding.action is not Action.LEFT and finding.cell:
                cell = parse_a1(finding.cell)
                by_formula = cell in sheet.own.formulas
                (sheet.following if by_formula else sheet.written)[cell] = finding.written
                self.corrections[name, cell] = finding, judgement

    def _what_is_read(self) -> dict[Node, list[Node]]:
        """Return the changed cells that each formula with a new result reads."""
        changed: dict[str, dict[int, list[int]]] = {}
        for name, sheet in self.worked.items():
            rows = changed.setdefault(name, {})
            for row, column in sorted(sheet.touched | sheet.written.keys()):
                rows.setdefault(row, []).append(column)
        return {
            (name, cell): list(dict.fromkeys(self._read(name, cell, changed)))
            for name, sheet in self.worked.items()
            for cell in sorted(sheet.touched & sheet.own.formulas.keys())
        }

    def _read(
        self, home: str, cell: Cell, changed: Mapping[str, Mapping[int, Sequence[int]]]
    ) -> Iterator[Node]:
        found = precedents_of(self.worked[home].own, cell)
        for area in found.areas if found is not None else ():
            name = home if area.sheet is None else area.sheet.casefold()
            rows = changed.get(name, {})
            self._step(1 + min(len(rows), max(area.bottom - area.top, 0)))
            for row in _rows_within(area, rows):
                self._step(len(rows[row]))
                for column in rows[row]:
                    if area.left <= column <= area.right:
                        yield name, (row, column)

    def _step(self, steps: int) -> None:
        self.steps += steps
        if self.steps > _MOST_STEPS:
            raise UntraceableError

    def _linked(self) -> set[Node]:
        """Return the formulas that read, directly or by others of their form, what is outside."""
        readers: dict[Node, list[Node]] = {}
        for reader, read in self.reads.items():
            for node in read:
                if self._is_outside(node, reader):
                    self.direct.add(reader)
                else:
                    readers.setdefault(node, []).append(reader)
        found, waiting = set(self.direct), list(self.direct)
        while waiting:
            for reader in readers.get(waiting.pop(), ()):
                if reader not in found:
                    found.add(reader)
                    waiting.append(reader)
        return found

    def _is_outside(self, node: Node, reader: Node) -> bool:
        """Tell whether a cell lies on another sheet or belongs to another form of this one."""
        owner, own = self.owners.get(node), self.owners.get(reader)
        return node[0] != reader[0] or (owner != own and owner is not None and own is not None)

    def causes(self, node: Node) -> list[Finding]:
        """Return the corrections that change a formula's result, those it reads first first."""
        if node not in self._causes:
            self._causes[node] = self._found(node)
        return self._causes[node]

    def _found(self, node: Node) -> list[Finding]:
        found: dict[str, Finding] = {}
        seen, waiting = {node}, [node]
        for here in waiting:  # which grows meanwhile
            read = self.reads.get(here, ())
            self._step(1 + len(read))
            for one in read:
                if one not in seen:
                    seen.add(one)
                    waiting += self._passed_on(one, found)
        return list(found.values())

    def _passed_on(self, node: Node, found: dict[str, Finding]) -> list[Node]:
        """Take up a cell's correction; return the cells to look for its cause in, if elsewhere."""
        if node not in self.corrections:
            return [node]
        finding, judgement = self.corrections[node]
        if finding.kind is not Kind.CONSEQUENCE:
            found.setdefault(finding.place, finding)
            return []
        if node in self.reads:
            return [node]
        further: list[Node] = []
        for root in judgement.roots.get(node[1], ()):
            place = node[0], root
            correction = self.corrections.get(place)
            if correction is not None and correction[0].kind is not Kind.CONSEQUENCE:
                found.setdefault(correction[0].place, correction[0])
            elif place in self.reads:
                further.append(place)
        return further

    def in_circle(self, judgements: Sequence[Judgement]) -> Iterator[tuple[Judgement, Finding]]:
        """Yield the corrections whose live formula would depend on its own result."""
        live: dict[Node, list[Node]] = {}
        for judgement in judgements:
            live.update(_live(judgement))
        for node, operands in live.items():
            seen, waiting = set(operands), list(operands)
            for here in waiting:  # which grows meanwhile
                read = live.get(here) or self.reads.get(here, [])
                self._step(1 + len(read))
                waiting += [one for one in read if one not in seen]
                seen.update(read)
            if node in seen:
                finding, judgement = self.corrections[node]
                yield judgement, finding


def _live(judgement: Judgement) -> Iterator[tuple[Node, list[Node]]]:
    """Yield the cells of a form that get a live formula, each with what it will read."""
    name = judgement.form.sheet.name.casefold()
    cells = {finding.cell for finding in judgement.findings if finding.formula}
    for relation in judgement.form.relations:
        if a1(relation.target) in cells:
            ways = (relation.equals, *relation.alternatives)
            read = [(name, cell) for way in ways for cell in way.cells()]
            yield (name, relation.target), read


def _rows_within(area: Area, rows: Mapping[int, Sequence[int]]) -> Iterator[int]:
    """Yield the rows of an area that hold changed cells, from the top."""
    if area.bottom - area.top < len(rows):
        yield from (row for row in range(area.top, area.bottom + 1) if row in rows)
    else:
        yield from (row for row in rows if area.top <= row <= area.bottom)
