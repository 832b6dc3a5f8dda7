"""Corrections that cannot be written: the cell lies in an array formula, a data table, a table row.

What is called corrected must be what the marked copy shows. A wrong figure in a cell that cannot be
changed alone is reported with what is to be done. Formulas that read it are the sender's and stay;
what was typed over is put right, for nobody but us will do it. A formula of a block that is wrong
only because of what it reads comes right by itself: it is called corrected where its new result is
known to be the right one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.judgement import Judgement
from selfeval_xl.recalculating import recalculated
from selfeval_xl.relations import Relation
from selfeval_xl.wording import FOLLOWING, with_advice, with_cause
from selfeval_xl.workbooks.sheet import Block, Bond, Cell, Sheet, a1, parse_a1

_BLOCKS = {
    Bond.ARRAY: "本格属于多单元格数组公式（{}）",
    Bond.DATA_TABLE: "本格属于模拟运算表（数据表 {}）",
    Bond.TABLE_HEADINGS: "本格在表格的标题行（{}）中",
    Bond.TABLE_TOTALS: "本格在表格的汇总行（{}）中",
}
_ALONE = "，不能单独改写，副本未改动，请在原表中更正"
_ALONE_FORMULA = f"{_ALONE}公式"
_RECOMPUTED = "，不能单独改写；其公式按更正后的数重新计算，末位可能与应为数不同，请核对"
_FORMULA_STAYS = "所依据的 {0} 未能更正，本格公式照原样保留，{0} 更正后自动得出应有的数"


def withhold(judgement: Judgement) -> None:
    """Take back the corrections of a judged form that its marked copy cannot show."""
    if judgement.form.sheet.blocks:
        _Withholding(judgement).run()


class _Withholding:
    """The cells of a form that stay wrong."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        self.sheet: Sheet = judgement.form.sheet
        self.relations = {relation.target: relation for relation in judgement.form.relations}
        self.left: set[Cell] = set()
        """Cells that stay wrong; not those that a formula may yet give another last digit."""

    def run(self) -> None:
        findings = self.judgement.findings
        while found := dict(self._withheld()):
            for place, advice in found.items():
                findings[place] = _left(findings[place], advice)
                if not advice.endswith(_RECOMPUTED):
                    self.left.add(parse_a1(findings[place].cell))
        for place, finding in enumerate(findings):
            if finding.kind is Kind.CONSEQUENCE and not self.left.isdisjoint(self._roots(finding)):
                findings[place] = _without_promise(finding)

    def _withheld(self) -> Iterator[tuple[int, str]]:
        """Yield the places of corrections that cannot be written, and what is said instead."""
        findings = self.judgement.findings
        shown = recalculated(findings, [self.judgement]).get(self.sheet.name, {})
        for place, finding in enumerate(findings):
            if finding.action is Action.LEFT or not finding.cell:
                continue
            cell = parse_a1(finding.cell)
            if cell in shown:  # its formula gives the right figure by itself
                continue
            follows = finding.kind is Kind.CONSEQUENCE and cell in self.sheet.formulas
            wrong = self._read(cell) & self.left if follows else frozenset[Cell]()
            block = self.sheet.block(self.sheet.anchor(cell))
            if wrong:
                yield place, _FORMULA_STAYS.format("、".join(map(a1, sorted(wrong)[:2])))
            elif block is not None:
                yield place, _said(block, follows=follows)

    def _read(self, cell: Cell) -> set[Cell]:
        """Return the cells that a derived cell is computed from, by any accepted calculation."""
        relation: Relation | None = self.relations.get(cell)
        ways = (relation.equals, *relation.alternatives) if relation else ()
        return {operand for way in ways for operand in way.cells()}

    def _roots(self, finding: Finding) -> tuple[Cell, ...]:
        return self.judgement.roots.get(parse_a1(finding.cell), ())


def _said(block: Block, *, follows: bool) -> str:
    """Say why a cell of a block is left; ``follows``: its formula is not to blame."""
    top, left, bottom, right = block.area
    first, last = a1((top, left)), a1((bottom, right))
    where = _BLOCKS[block.bond].format(first if first == last else f"{first}:{last}")
    if follows:
        return where + _RECOMPUTED
    return where + (_ALONE_FORMULA if block.bond is Bond.ARRAY else _ALONE)


def _left(finding: Finding, advice: str) -> Finding:
    """Return a finding whose cell is not changed; a blank that stays blank is only remarked on."""
    kind = Kind.NOTE if finding.kind is Kind.FILLED else finding.kind
    left = replace(finding, kind=kind, action=Action.LEFT, formula="")
    return with_advice(_without_promise(left), advice)


def _without_promise(finding: Finding) -> Finding:
    """Return a finding that does not say that its cell comes right with its causes."""
    if not finding.cause.endswith(FOLLOWING):
        return finding
    return with_cause(finding, finding.cause.removesuffix(FOLLOWING))
