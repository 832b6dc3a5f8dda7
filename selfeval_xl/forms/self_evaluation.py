"""What the project and the department self-evaluation have in common: reading and relations.

Sources of the identities: the form itself and its filling notes (财预〔2020〕10号 and the local
forms listed in the rule catalogue).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from selfeval_xl.forms.execution import execution_relations, fund_relations, read_funds
from selfeval_xl.forms.fields import number_in, read_field
from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.fund_block import find_block
from selfeval_xl.forms.fund_unit import amount_unit
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.forms.indicator_header import Header, find_headers
from selfeval_xl.forms.indicator_table import Indicator, IndicatorTable
from selfeval_xl.forms.indicator_table_reading import read_table
from selfeval_xl.forms.score_totals import score_relations
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.forms.table_start import table_start
from selfeval_xl.labels import key, label_points, names
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

_HEADER_TOTALS = names(
    """
    自评得分 自评总分 总分 自评总得分 总得分 综合得分 绩效自评得分 自评分 项目自评得分 绩效自评总分
    """
)
_EXECUTION = re.compile(r"(?:预算|资金|项目)?执行")

_MOST_PAGES = 40
"""Pages a table may be printed on, its header on each; real ones take two or three."""


@lru_cache(maxsize=2)
def find_tables(sheet: Sheet) -> tuple[tuple[int, IndicatorTable], ...]:
    """Return each indicator table of a sheet with the first row of its form.

    A header repeated in the middle of a table (printed on every page) starts no new form. The
    project and the department form both ask, one after the other, hence the cache.
    """
    headers = list(find_headers(sheet))
    found = []
    first = 0
    while headers:
        header = headers.pop(0)
        for _ in range(_MOST_PAGES):
            if not headers or not _continued(sheet, header, headers[0]):
                break
            headers.pop(0)
        stop = headers[0].row if headers else sheet.height
        table = read_table(sheet, header, stop)
        found.append((table_start(sheet, first, header.row), table))
        first = table.last + 1
    return tuple(found)


def _continued(sheet: Sheet, header: Header, following: Header) -> bool:
    """Tell whether a later header repeats this one: same columns, no total and no head between."""
    if following.columns != header.columns:
        return False
    table = read_table(sheet, header, following.row)
    return table.total_row is None and table.last == following.row - 1


def read_form(sheet: Sheet, kind: str, first: int, table: IndicatorTable) -> Form:
    """Read one self-evaluation that starts in row ``first``."""
    header = table.header
    funds = find_block(sheet, first, header)
    top = funds.header if funds else header
    head = read_head(sheet, first, top)
    if funds and not head.amount_unit:
        totals = [row for row in funds.rows if row.part == "total"]
        heading = (funds.header, *(cell[0] for row in totals for cell in row.cells.values()))
        head = replace(head, amount_unit=amount_unit(sheet, heading))
    body = SelfEvaluation(table, funds)
    form = Form(
        kind=kind,
        sheet=sheet,
        region=(first, 0, table.last, max(sheet.width - 1, 0)),
        title=title_of(sheet, first, top),
        head=head,
        body=body,
    )
    _read_indicators(form, body)
    if funds:
        read_funds(form, body, funds)
    _settle_execution(form, body)
    _read_header_total(form, body, first, header)
    return form


def add_relations(form: Form, settings: Settings) -> None:
    """Declare what must equal what in a form read by ``read_form``."""
    body = form.body
    assert isinstance(body, SelfEvaluation)
    form.relations.extend(fund_relations(form, body.funds))
    form.relations.extend(execution_relations(form, body, settings))
    form.relations.extend(score_relations(form, body, settings))
    form.figures.update(_figures(body))
    form.evidence = _evidence(form, body)
    form.confidence = _confidence(body)
    form.failure = _failure(form, body)


def _figures(body: SelfEvaluation) -> dict[str, Cell]:
    named = {
        "budget": body.budget,
        "executed": body.executed,
        "execution_rate": body.rate,
        "score": body.total_score,
        "grade": body.grade,
    }
    return {name: cell for name, cell in named.items() if cell is not None}


def _read_indicators(form: Form, body: SelfEvaluation) -> None:
    for indicator in body.table.indicators:
        if indicator.points is not None and indicator.points[1] == indicator.cell[1]:
            _add_label(form, indicator.points, f"{key(indicator.name)}/标签分值")
        _add(form, indicator.points, f"{indicator.name}/分值", Measure.POINTS)
        _add(form, indicator.score, f"{indicator.name}/得分", Measure.SCORE)
    body.points += _distinct(indicator.points for indicator in body.table.indicators)
    body.scores += _distinct(indicator.score for indicator in body.table.indicators)
    for group in body.table.groups:
        if group.points is not None:
            _add(form, group.points, f"{key(group.name)}/分值", Measure.POINTS)
            if number_in(form.fields[group.points]) is not None:
                body.labels.append(replace(group, cell=group.points))
        elif _add_label(form, group.cell, f"{key(group.name)}/标签分值"):
            body.labels.append(group)
    if not body.points:
        _points_of_labels(body)
    for subtotal in body.table.subtotals:
        _add(form, subtotal.points, f"{subtotal.name}/分值", Measure.POINTS)
        _add(form, subtotal.score, f"{subtotal.name}/得分", Measure.SCORE)
    table = body.table
    body.total_points, body.total_score, body.grade = (
        table.total_points, table.total_score, table.grade,
    )  # fmt: skip
    _add(form, body.total_points, "总分/分值", Measure.POINTS)
    _add(form, body.total_score, "总分/得分", Measure.SCORE)
    for cell in table.further_scores:
        _add(form, cell, "自评得分", Measure.SCORE)


def _distinct(cells: Iterable[Cell | None]) -> list[Cell]:
    return [cell for cell in dict.fromkeys(cells) if cell is not None]


def _points_of_labels(body: SelfEvaluation) -> None:
    """Without points of the rows, the first-level labels say what the points add up to."""
    groups = [group for group in body.table.groups if group.level == 1]
    if groups and all(group in body.labels for group in groups):
        body.points.extend(group.cell for group in groups)


def _add(form: Form, cell: Cell | None, label: str, measure: Measure) -> None:
    if cell is not None and cell not in form.fields:
        form.fields[cell] = read_field(form.sheet, cell, label, measure)


def _add_label(form: Form, cell: Cell, label: str) -> bool:
    """Add the points a label carries; tell whether it carries any."""
    points = label_points(form.sheet.text(cell))
    if points is not None and cell not in form.fields:
        form.fields[cell] = Field(cell, label, Measure.POINTS, points, decimals=0)
    return points is not None


def _settle_execution(form: Form, body: SelfEvaluation) -> None:
    """Count the execution once where it stands both beside the funds and among the indicators."""
    rows = [row for row in body.table.indicators if _is_execution(row)]
    if len(rows) != 1 or rows[0].points not in body.points:
        return
    body.execution_row = rows[0]
    block = body.execution_points
    if block is None:
        if body.execution_score in body.scores:
            body.scores.remove(body.execution_score)
        return
    others = [cell for cell in body.points if cell != block]
    without = sum(number_in(form.fields[cell]) or 0 for cell in others)
    if form.fields[block].label.endswith("标签分值") or without == 100:
        body.points.remove(block)
        if body.execution_score in body.scores:
            body.scores.remove(body.execution_score)


def _is_execution(row: Indicator) -> bool:
    """Tell whether a row is the execution rate and not an indicator of output or effect."""
    level = key(row.level1) if row.level1 else key(row.name)
    return _EXECUTION.match(level) is not None and "率" in key(row.name) + level


def _read_header_total(form: Form, body: SelfEvaluation, first: int, header: int) -> None:
    """A total that stands in the head block: 自评得分 | 96, or 自评得分：96."""
    sheet = form.sheet
    stop = body.funds.header if body.funds else header
    for row in range(first, stop):
        for column, value in enumerate(sheet.rows[row]):
            place = _place_of_total(value) if isinstance(value, str) else ""
            if not place:
                continue
            cell = (row, column)
            if place == "beside":
                cell = row, sheet.merge(cell)[3] + 1
            found = read_field(sheet, cell, "自评总分", Measure.SCORE)
            if place == "inside":
                tail = re.split("[:：]", sheet.text(cell))[-1]
                stated = read_quantity(tail)
                found = replace(found, stated=stated if isinstance(stated, Quantity) else None)
            if isinstance(found.stated, Quantity):
                form.fields[cell] = found
                before = form.fields.get(body.total_score) if body.total_score else None
                if before is None or before.stated is None:
                    body.total_score = cell
                else:
                    body.table.further_scores.append(cell)
                return


_LONGEST_LABEL = 24


def _place_of_total(text: str) -> str:
    """Tell whether a text is the label of a total, “beside” or “inside” the cell of its figure."""
    text = text.strip()
    return _read_place(text) if 1 < len(text) <= _LONGEST_LABEL else ""


@lru_cache(maxsize=2048)
def _read_place(text: str) -> str:
    if key(text) in _HEADER_TOTALS:
        return "beside"
    label, *tail = re.split("[:：]", text)
    return "inside" if tail and tail[-1].strip() and key(label) in _HEADER_TOTALS else ""


def _evidence(form: Form, body: SelfEvaluation) -> tuple[str, ...]:
    table = body.table
    named = "、".join(sorted(table.columns))
    found = [f"第{table.header + 1}行为指标表表头（{named}），共{len(table.indicators)}个指标"]
    if table.total_row is not None:
        found.append(f"第{table.total_row + 1}行为总分行")
    if body.funds:
        found.append(f"第{body.funds.header + 1}行为资金表表头，共{len(body.funds.rows)}行")
    if form.title:
        found.append(f"标题“{form.title}”")
    return tuple(found)


def _confidence(body: SelfEvaluation) -> float:
    parts = {"level1", "level3", "target", "actual", "points", "score"}
    share = len(parts & body.table.columns.keys()) / len(parts)
    return round(0.5 * share + (0.3 if body.funds else 0) + (0.2 if body.total_score else 0), 2)


def _failure(form: Form, body: SelfEvaluation) -> str:
    """Return why the form cannot be judged, "" when it can."""
    table = body.table
    if not table.indicators:
        return "找到了绩效指标表的表头，但表头下没有指标行"
    if table.head.unclear:
        return f"有两列都像“{table.head.unclear}”且数字不同，无法确定以哪一列为准"
    if body.funds and body.funds.missing:
        return f"第{body.funds.header + 1}行资金表找不到“{body.funds.missing}”列，无法核对执行率"
    scored = any(number_in(form.fields[cell]) is not None for cell in body.scores)
    if scored and not body.points and not body.labels:
        return "找到了“得分”列，但找不到“分值”（权重）列，无法核对得分"
    return ""
