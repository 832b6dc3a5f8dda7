"""A total score that is right while one indicator's score is mistyped.

Recomputing blames the total. When exactly one indicator lost points without an explanation (or
has more than its points), and full or possible points there would make the total right, that
score is to blame: the total is kept and the score is questioned.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from selfeval_xl.causes import Context, likely_causes
from selfeval_xl.findings import Finding, Kind
from selfeval_xl.forms.fields import number_in
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.indicator_table import Indicator
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.judgement import Judgement
from selfeval_xl.judging import judge
from selfeval_xl.neighbours import neighbours
from selfeval_xl.proposals import proposal
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.wording import printed
from selfeval_xl.workbooks.sheet import Cell, a1

RULE = "S321"


def blame_score(form: Form, settings: Settings, judgement: Judgement) -> Judgement:
    """Return the judgement with the total kept when one score explains the difference alone."""
    body = form.body
    if not isinstance(body, SelfEvaluation) or body.total_score is None:
        return judgement
    total = a1(body.total_score)
    roots = [f for f in judgement.findings if f.kind is Kind.ROOT]
    if [f.cell for f in roots] != [total] or any(f.rule == "V201" for f in judgement.findings):
        return judgement
    stated, exact = judgement.stated(body.total_score), _sum(judgement, body)
    if stated is None or exact is None:
        return judgement
    blamed = list(_blamed(form, body, stated - exact))
    if len(blamed) != 1:
        return judgement
    row, value = blamed[0]
    assert row.score is not None
    after = judge(form, settings, assumed={row.score: value})
    after.findings.append(_finding(form, row, row.score, value, body.total_score))
    return after


def _sum(judgement: Judgement, body: SelfEvaluation) -> Fraction | None:
    known = [v for cell in body.scores if (v := judgement.expected.get(cell)) is not None]
    return sum(known, Fraction()) if known else None


def _blamed(
    form: Form, body: SelfEvaluation, difference: Fraction
) -> Iterator[tuple[Indicator, Fraction]]:
    """Yield the rows whose score is odd by itself and would be right with the difference."""
    for row in body.table.indicators:
        if row.score is None or row.points is None or row.score not in body.scores:
            continue
        points, score = (
            number_in(form.fields.get(row.points)),
            number_in(form.fields.get(row.score)),
        )
        if points is None or score is None:
            continue
        value = Fraction(half_up(score + difference, _decimals(form, body, row.score)))
        unexplained = score < points and not (row.reason and form.sheet.text(row.reason))
        if (unexplained and value == points) or (score > points and 0 <= value <= points):
            yield row, value


def _decimals(form: Form, body: SelfEvaluation, cell: Cell) -> int:
    """Return the decimals a score may have: the total holds an execution score rounded to them."""
    around = [form.fields[cell].stated]
    around += [form.fields[body.total_score].stated] if body.total_score else []
    return max((one.decimals for one in around if isinstance(one, Quantity)), default=2)


def _finding(form: Form, row: Indicator, cell: Cell, value: Fraction, total: Cell) -> Finding:
    found = form.fields[cell]
    stated = found.stated
    assert isinstance(stated, Quantity)
    decimals = max(stated.decimals, 0)
    around = tuple(neighbours(form, found))
    causes = likely_causes(Context(stated.value, value, stated.decimals, neighbours=around))
    was, should = printed(stated.value, found), printed(value, found)
    advice = "请对照评分依据核实后更正本格；总分按填报数保留，未作更正。"
    message = (
        f"{row.name}得分填报 {was}，改为 {should} 时与 {a1(total)} 总分相符；"
        "其余各行得分均无异常，疑似本格录入差错。"
    )
    return proposal(
        form,
        cell,
        RULE,
        value,
        decimals=decimals,
        message=message,
        calculation=f"由 {a1(total)} 总分反推",
        causes=causes,
        advice=advice,
    )
