"""Points and scores of a self-evaluation that must add up, and when they cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from selfeval_xl.forms.fields import number_in, total_in
from selfeval_xl.forms.form import Form
from selfeval_xl.labels import key
from selfeval_xl.relations import At, Capped, Const, Product, Ratio, Relation, Sum
from selfeval_xl.settings import Settings
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.forms.indicator_table import Group
    from selfeval_xl.forms.self_evaluation_body import SelfEvaluation


def score_relations(form: Form, body: SelfEvaluation, settings: Settings) -> Iterator[Relation]:
    """Yield: label points = Σ of their rows; Σ points = the total; Σ scores = the total.

    A number inside a label is never rewritten. The totals are not rewritten either while the
    points contradict each other, for then no one can tell which figure is to blame.
    """
    labels = _labels(form, body)
    for label in labels:
        if label.total is not None:
            yield Relation("S206", label.group.cell, _sum(label.cells), correctable=False,
                           decimals=0, doubt=_label_doubt(label))  # fmt: skip
    doubt = _points_doubt(form, body, labels, settings)
    body.points_doubt = form.fields, doubt
    if body.total_points is not None and len(body.points) > 1:
        yield Relation("S204", body.total_points, _sum(body.points), doubt=doubt)
    if body.total_score is not None and len(body.scores) > 1:
        doubtful = doubt or _score_missing(body)
        yield Relation(
            "S205",
            body.total_score,
            _sum(body.scores),
            _with_execution(body),
            doubt=doubtful,
            options=_score_options(form, body) if doubtful else (),
        )
    yield from _further_totals(form, body, doubt)


class _Label(NamedTuple):
    """A group whose name carries points: the points, the cells of its rows and what they sum to."""

    group: Group
    stated: Fraction | None
    cells: list[Cell]
    total: Fraction | None


def _labels(form: Form, body: SelfEvaluation) -> list[_Label]:
    labels = []
    for group in body.labels:
        cells = group_points(body, group)
        stated = number_in(form.fields[group.cell])
        labels.append(_Label(group, stated, cells, total_in(form.fields, cells)))
    return labels


def _with_execution(body: SelfEvaluation) -> tuple[Sum, ...]:
    """The total with an execution score that no cell states: its points times the rate."""
    points, budget, executed = body.execution_points, body.budget, body.executed
    if not _score_missing(body) or points is None or budget is None or executed is None:
        return ()
    rate = Capped(Ratio(At(executed), At(budget)), Const(Fraction(1), "100%"))
    return (Sum((Product(At(points), rate), *_sum(body.scores).parts)),)


def _score_missing(body: SelfEvaluation) -> str:
    """Return why the scores found may not be all of them, "" when they are."""
    if body.execution_points in body.points and body.execution_score is None:
        return "预算执行率有分值，表中找不到它的得分，总分可能已含该得分"
    return ""


def _further_totals(form: Form, body: SelfEvaluation, doubt: str) -> Iterator[Relation]:
    """The rows named 小计, and the places that state the total score again."""
    for subtotal in body.table.subtotals:
        rows = [row for row in body.table.indicators if row.row in subtotal.rows]
        points = [row.points for row in rows if row.points in body.points]
        scores = [row.score for row in rows if row.score in body.scores]
        for code, cell, cells in (
            ("S204", subtotal.points, points),
            ("S205", subtotal.score, scores),
        ):
            known = [one for one in dict.fromkeys(cells) if one is not None]
            if cell is not None and known and number_in(form.fields.get(cell)) is not None:
                yield Relation(code, cell, _sum(known), doubt=doubt)
    for cell in body.table.further_scores:
        if body.total_score is not None and cell != body.total_score:
            yield Relation("S205", cell, At(body.total_score, "总分"), doubt=doubt)


def points_doubt(form: Form, body: SelfEvaluation, settings: Settings) -> str:
    """Return why the points cannot be trusted, "" when they can."""
    known = body.points_doubt
    if known is not None and known[0] is form.fields:
        return known[1]
    return _points_doubt(form, body, _labels(form, body), settings)


def _points_doubt(
    form: Form, body: SelfEvaluation, labels: list[_Label], settings: Settings
) -> str:
    for group, stated, _, total in labels:
        if total is not None and stated != total:
            return (
                f"{key(group.name)}各行分值合计 {_text(total)}，与标签所写 {_text(stated)} 分不符"
            )
    total = total_in(form.fields, body.points)
    if total is not None and total != settings.full_score:
        return f"分值合计为 {_text(total)}，不是 {_text(settings.full_score)}"
    return ""


def group_points(body: SelfEvaluation, group: Group) -> list[Cell]:
    """Return the cells of the points that count towards a first- or second-level indicator."""
    counted = set(body.points)
    cells = (row.points for row in body.table.indicators if row.row in group.rows)
    return list(dict.fromkeys(cell for cell in cells if cell is not None and cell in counted))


def _label_doubt(label: _Label) -> str:
    stated, total = _text(label.stated), _text(label.total)
    return f"标签写明 {stated} 分，所属各行分值相加为 {total} 分"


def _score_options(form: Form, body: SelfEvaluation) -> tuple[str, ...]:
    """Return what the scores add up to, with and without the execution score."""
    from_rows = [cell for cell in body.scores if cell != body.execution_score]
    execution = form.fields[body.execution_score] if body.execution_score else None
    options = []
    without = total_in(form.fields, from_rows)
    if without is not None:
        options.append(f"各指标得分合计（不含预算执行率）{_text(without)}")
        stated = number_in(execution)
        if stated is not None:
            options.append(f"含预算执行率得分 {_text(without + stated)}")
    return tuple(options)


def _sum(cells: Iterable[Cell]) -> Sum:
    return Sum(tuple(At(cell) for cell in cells))


def _text(number: Fraction | None) -> str:
    if number is None:
        return "空"
    if number.denominator == 1:
        return str(number.numerator)
    return format(half_up(number, 4).normalize(), "f")
