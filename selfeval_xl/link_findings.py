"""What is said of figures that other sheets' corrections change: where from, and what will show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.form import Field, Form, Linked, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.labels import squash
from selfeval_xl.link_tracing import Node, Tracing
from selfeval_xl.rounding import half_up
from selfeval_xl.values import Quantity, Unreadable, agrees, read_quantity
from selfeval_xl.wording import FOLLOWING, printed, with_cause, written_decimals
from selfeval_xl.workbooks.formula_cells import formula_of
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1, parse_a1

_LONGEST = 80  # characters of a formula that a sentence holds
_MOST_NAMED = 2


def told(
    judgement: Judgement, shown: Collection[Cell], tracing: Tracing, doubted: frozenset[Cell]
) -> None:
    """Make the findings of a form say what follows from corrections outside it.

    ``shown`` are the cells of its sheet that will show something else. ``doubted`` are those of
    its figures that will contradict the form. What a cell states is what the file states there.
    """
    linked = judgement.form.linked
    if linked is not None:
        _Telling(judgement, linked, tracing, doubted).tell(sorted(shown))


@dataclass(slots=True)
class _Telling:
    judgement: Judgement
    linked: Linked
    tracing: Tracing
    doubted: frozenset[Cell]

    @property
    def form(self) -> Form:
        return self.judgement.form

    def tell(self, shown: Collection[Cell]) -> None:
        findings = self.judgement.findings
        outside = self._outside()
        for place, finding in enumerate(findings):
            if not finding.cell:
                continue
            cell = parse_a1(finding.cell)
            if finding.kind is Kind.CONSEQUENCE:
                findings[place] = self._named(finding, cell, outside)
            elif cell in self.doubted and finding.kind is Kind.UNSETTLED:
                findings[place] = self._contradicting(finding, cell)
            elif cell in self.linked.after and finding.kind is Kind.ROOT:
                if self._node(cell) in self.tracing.direct:
                    findings[place] = self._wrong_all_the_same(finding, cell)
            elif cell in self.linked.after:
                findings[place] = self._changing(finding, cell)
            elif cell in shown:
                findings[place] = self._as_sent(finding, cell)
        findings[:0] = [found for cell in shown for found in self._inputs(cell)]

    def _outside(self) -> set[Cell]:
        """Return the cells that are the first of their form to follow from something outside."""
        roots = self.judgement.roots
        follow = {f.cell for f in self.judgement.findings if f.kind is Kind.CONSEQUENCE}
        own = {c for c in self.linked.after if roots.get(c) == (c,) and a1(c) in follow}
        return own | self.linked.before.keys() | self.doubted

    def _of(self, cell: Cell) -> list[Finding]:
        """Return the corrections that change the result of a formula."""
        return self.tracing.causes(self._node(cell))

    def _node(self, cell: Cell) -> Node:
        return self.form.sheet.name.casefold(), cell

    def _named(self, finding: Finding, cell: Cell, outside: set[Cell]) -> Finding:
        """Return a consequence that names the causes outside its form."""
        roots = self.judgement.roots.get(cell, ())
        if outside.isdisjoint(roots):
            return finding
        home = self.form.sheet.name
        names: dict[str, str] = {}
        verb = "未填"
        for root in roots:
            if root not in outside:
                names[f"{home}!{a1(root)}"] = a1(root)
                verb = "差错"
            for cause in self._of(root) if root in outside else ():
                names[cause.place] = _name(cause, home)
                verb = verb if cause.kind is Kind.FILLED else "差错"
        if not names:
            return finding
        end = FOLLOWING if finding.cause.endswith(FOLLOWING) else ""
        text = f"由{_listed(list(names.values()))}{verb}引起{end}"
        return with_cause(replace(finding, root=next(iter(names))), text)

    def _contradicting(self, finding: Finding, cell: Cell) -> Finding:
        """Return the question on a figure that is right as stated and will be another one."""
        field = self.form.fields[cell]
        source = _sources(self._of(cell), self.form.sheet.name).rstrip()
        stated, right = _printed(field), finding.expected_text
        message = (
            f"填报 {stated}，公式取自{source}，该处更正后本格变为 {finding.stated_text}，"
            f"与本表计算的 {right} 不符：{finding.calculation}。"
        )
        advice = "请核对两处，确认何者有误。"
        return replace(
            finding,
            stated=_number(field),
            stated_text=stated,
            expected=None,
            expected_text="",
            difference=None,
            written=None,
            calculation="",
            cause="",
            message=message + advice,
            advice=advice,
        )

    def _wrong_all_the_same(self, finding: Finding, cell: Cell) -> Finding:
        """Return an error of its own of a figure that was not typed but taken from elsewhere."""
        source = _sources(self._of(cell), self.form.sheet.name).rstrip()
        shown = replace(self.form.fields[cell], stated=self.linked.after[cell])
        text = f"公式取自{source}，该处更正后为 {_printed(shown)}，仍不是应为数"
        return with_cause(finding, text)

    def _changing(self, finding: Finding, cell: Cell) -> Finding:
        """Return a question on a figure that will be another one, saying which."""
        source = _sources(self._of(cell), self.form.sheet.name).rstrip()
        shown = replace(self.form.fields[cell], stated=self.linked.after[cell])
        text = f"公式取自{source}，该处更正后本格变为 {_printed(shown)}"
        message = f"{finding.message}{text}。"
        return replace(finding, message=message, points=(*finding.points, text))

    def _as_sent(self, finding: Finding, cell: Cell) -> Finding:
        """Return a question on a cell that states what the file does, not what it will show."""
        sheet, sent = self.form.sheet, self.linked.sent
        new, old = sheet.text(cell), sent.text(cell)
        field, before = self.form.fields.get(cell), self.linked.before.get(cell)
        number: Decimal | None = None
        if field is not None and before is not None and finding.stated_text == _printed(field):
            new, old = finding.stated_text, _printed(before)
        if finding.stated_text != new:
            return finding
        if before is not None and isinstance(finding.stated, Decimal):
            number = _number(before)
        expected = finding.expected
        return replace(
            finding,
            stated=old or None if number is None else number,
            stated_text=old,
            difference=number - expected
            if number is not None and isinstance(expected, Decimal)
            else None,
            message=finding.message.replace(f"填报 {new}", f"填报 {old}（将为 {new}）", 1),
        )

    def _inputs(self, cell: Cell) -> Iterator[Finding]:
        """Yield that an input follows from a correction elsewhere, where that can be seen."""
        form = self.form
        if cell in self.linked.before:
            before, after = self.linked.before[cell], form.fields[cell]
        elif cell not in form.fields and _holds(form, cell):
            before, after = (_figure(one, cell) for one in (self.linked.sent, form.sheet))
        else:
            return
        old, new, causes = before.stated, after.stated, self._of(cell)
        if not (isinstance(old, Quantity) and isinstance(new, Quantity) and causes):
            return
        if agrees(old, new.value):
            return
        decimals = written_decimals(new.value, before)
        expected = half_up(new.value, decimals)
        stated = half_up(old.value, max(decimals, old.decimals))
        if stated == expected:
            return
        texts = printed(old.value, before), printed(new.value, before)
        formula = formula_of(self.linked.sent, cell)
        formula = formula if len(formula) <= _LONGEST else f"{formula[:_LONGEST]}…"
        calculation = f"公式 ={formula} 重新计算的结果"
        listed = _sources(causes, form.sheet.name)
        verb = "未填" if all(one.kind is Kind.FILLED for one in causes) else "差错"
        cause = f"由{listed}{verb}引起{FOLLOWING}"
        yield Finding(
            sheet=form.sheet.name,
            cell=a1(cell),
            form=form.kind,
            project=form.head.project,
            rule=causes[0].rule,
            level=Level.ERROR,
            kind=Kind.CONSEQUENCE,
            action=Action.CORRECTED,
            field=before.label,
            stated=stated,
            expected=expected,
            difference=stated - expected,
            stated_text=texts[0],
            expected_text=texts[1],
            calculation=calculation,
            cause=cause,
            root=causes[0].place,
            message=f"填报 {texts[0]}，应为 {texts[1]}：{calculation}。{cause}。",
            written=expected.scaleb(2) if before.scale == 100 else expected,
        )


def _sources(causes: list[Finding], home: str) -> str:
    return _listed([_name(cause, home) for cause in causes])


def _name(cause: Finding, home: str) -> str:
    """Return where a correction is, seen from a sheet."""
    return cause.cell if cause.sheet == home else f"工作表“{cause.sheet}”{cause.cell}"


def _listed(names: list[str]) -> str:
    """Join the first places with spaces around them where the text around needs them."""
    text = "、".join(names[:_MOST_NAMED])
    start = " " if text[:1].isascii() else ""
    more = f" 等 {len(names)} 处" if len(names) > _MOST_NAMED else " "
    return f"{start}{text}{more}"


def _printed(field: Field) -> str:
    return printed(field.stated.value, field) if isinstance(field.stated, Quantity) else ""


def _number(field: Field) -> Decimal | None:
    stated = field.stated
    if not isinstance(stated, Quantity):
        return None
    return half_up(stated.value, max(written_decimals(stated.value, field), stated.decimals))


def _holds(form: Form, cell: Cell) -> bool:
    top, left, bottom, right = form.region
    return top <= cell[0] <= bottom and left <= cell[1] <= right


def _figure(sheet: Sheet, cell: Cell) -> Field:
    """Return a figure of the table that takes no part in its sums, named by the text before it."""
    stated = read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
    rate = isinstance(stated, Quantity) and stated.percent
    texts = [
        squash(value)
        for column, value in (sheet.own_cells[cell[0]] if cell[0] < sheet.height else ())
        if column < cell[1]
        and isinstance(value, str)
        and isinstance(read_quantity(value), Unreadable)
    ]
    label = texts[-1] if texts else a1(cell)
    return Field(
        cell, label, Measure.RATE if rate else Measure.NUMBER, stated, decimals=4 if rate else 2
    )
