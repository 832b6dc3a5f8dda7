"""What the project and the department self-evaluation have in common: reading and relations.

Sources of the identities: the form itself and its filling notes (财预〔2020〕10号 and the local
forms listed in the rule catalogue).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.forms.fields import number_in, read_field
from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.fund_block import AMOUNT_COLUMNS, FundBlock, find_block
from selfeval_xl.forms.fund_unit import amount_unit
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.forms.indicator_table import (
    Group,
    Indicator,
    IndicatorTable,
    find_headers,
    read_table,
)
from selfeval_xl.forms.score_totals import score_relations
from selfeval_xl.labels import key, label_points, names
from selfeval_xl.relations import At, Capped, Const, Product, Ratio, Relation, Rounded, Sum
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

_HEADER_TOTALS = names(
    """
    自评得分 自评总分 总分 自评总得分 总得分 综合得分 绩效自评得分
    """
)
_COLUMN_TITLES = {"initial": "年初预算数", "budget": "全年预算数", "executed": "全年执行数"}


@dataclass(slots=True)
class SelfEvaluation:
    """The reading of a self-evaluation form."""

    table: IndicatorTable
    funds: FundBlock | None
    points: list[Cell] = field(default_factory=list)
    """The cells whose points count towards the total: leaves and execution."""
    scores: list[Cell] = field(default_factory=list)
    execution_points: Cell | None = None
    execution_score: Cell | None = None
    budget: Cell | None = None
    executed: Cell | None = None
    rate: Cell | None = None
    total_points: Cell | None = None
    total_score: Cell | None = None
    grade: Cell | None = None
    labels: list[Group] = field(default_factory=list)
    """Groups whose name carries a number of points."""


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
        header, columns = headers.pop(0)
        while headers and _continued(sheet, header, columns, headers[0]):
            headers.pop(0)
        stop = headers[0][0] if headers else sheet.height
        table = read_table(sheet, header, columns, stop)
        found.append((first, table))
        first = (table.total_row or table.last) + 1
    return tuple(found)


def _continued(
    sheet: Sheet, header: int, columns: dict[str, int], following: tuple[int, dict[str, int]]
) -> bool:
    """Tell whether a later header repeats this one: same columns, no total and no head between."""
    row, again = following
    table = read_table(sheet, header, columns, row)
    return again == columns and table.total_row is None and table.last == row - 1


def read_form(sheet: Sheet, kind: str, first: int, table: IndicatorTable) -> Form:
    """Read one self-evaluation that starts in row ``first``."""
    header = table.header
    funds = find_block(sheet, first, header)
    top = funds.header if funds else header
    head = read_head(sheet, first, top)
    if funds and not head.amount_unit:
        heading = (funds.header, *(row.row for row in funds.rows if row.part == "total"))
        head = replace(head, amount_unit=amount_unit(sheet, heading))
    body = SelfEvaluation(table, funds)
    last = table.total_row if table.total_row is not None else table.last
    form = Form(
        kind=kind,
        sheet=sheet,
        region=(first, 0, last, max(sheet.width - 1, 0)),
        title=title_of(sheet, first, top),
        head=head,
        body=body,
    )
    _read_indicators(form, body)
    if funds:
        _read_funds(form, body, funds)
    _read_header_total(form, body, first, header)
    return form


def add_relations(form: Form, settings: Settings) -> None:
    """Declare what must equal what in a form read by ``read_form``."""
    body = form.body
    assert isinstance(body, SelfEvaluation)
    form.relations.extend(_fund_relations(form, body))
    form.relations.extend(_execution_relations(form, body, settings))
    form.relations.extend(score_relations(form, body, settings))
    form.figures.update(_figures(body))
    form.evidence = _evidence(form, body)
    form.confidence = _confidence(body)
    form.failure = _failure(body)


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
        _add(form, indicator.points, f"{indicator.name}/分值", Measure.POINTS)
        _add(form, indicator.score, f"{indicator.name}/得分", Measure.SCORE)
        for cell, cells in ((indicator.points, body.points), (indicator.score, body.scores)):
            if cell is not None and cell not in cells:
                cells.append(cell)
    _drop_subtotals(form, body)
    for group in body.table.groups:
        points = label_points(group.name)
        if points is not None:
            form.fields[group.cell] = Field(
                group.cell, f"{key(group.name)}/标签分值", Measure.POINTS, points, decimals=0
            )
            body.labels.append(group)
    body.total_points, body.total_score = body.table.total_points, body.table.total_score
    body.grade = body.table.grade
    _add(form, body.total_points, "总分/分值", Measure.POINTS)
    _add(form, body.total_score, "总分/得分", Measure.SCORE)


def _drop_subtotals(form: Form, body: SelfEvaluation) -> None:
    """Rows named 小计 repeat the rows above and are not added again."""
    for indicator in body.table.indicators:
        if key(indicator.name) in ("小计", "分项小计") or key(indicator.level2) == "小计":
            for cell, cells in ((indicator.points, body.points), (indicator.score, body.scores)):
                if cell in cells:
                    cells.remove(cell)


def _add(form: Form, cell: Cell | None, label: str, measure: Measure) -> None:
    if cell is not None and cell not in form.fields:
        form.fields[cell] = read_field(form.sheet, cell, label, measure)


def _read_funds(form: Form, body: SelfEvaluation, funds: FundBlock) -> None:
    unit = form.head.amount_unit
    for row in funds.rows:
        for column in AMOUNT_COLUMNS:
            cell = funds.cell(form.sheet, row.row, column)
            if cell is not None and cell not in form.fields:
                label = f"{key(row.label) or '资金'}/{_COLUMN_TITLES[column]}"
                form.fields[cell] = read_field(form.sheet, cell, label, Measure.AMOUNT, unit=unit)
    total = funds.total()
    if total is None:
        return
    body.budget = funds.cell(form.sheet, total.row, "budget")
    body.executed = funds.cell(form.sheet, total.row, "executed")
    body.rate = funds.cell(form.sheet, total.row, "rate")
    body.execution_points = funds.cell(form.sheet, total.row, "points")
    body.execution_score = funds.cell(form.sheet, total.row, "score")
    heading = (
        form.sheet.text((funds.header, funds.columns["rate"])) if "rate" in funds.columns else ""
    )
    if body.rate is not None:
        form.fields[body.rate] = read_field(
            form.sheet,
            body.rate,
            "年度资金总额/执行率",
            Measure.RATE,
            decimals=4,
            percent_heading="%" in heading or "％" in heading,
        )
    _add(form, body.execution_points, "年度资金总额/分值", Measure.POINTS)
    _add(form, body.execution_score, "年度资金总额/得分", Measure.SCORE)
    weight = body.execution_points
    if weight is not None and number_in(form.fields[weight]) is not None:
        body.points.insert(0, weight)
        if body.execution_score is not None:
            body.scores.insert(0, body.execution_score)


def _read_header_total(form: Form, body: SelfEvaluation, first: int, header: int) -> None:
    """A total that stands in the head block: 自评得分 | 96."""
    if body.total_score is not None:
        return
    sheet = form.sheet
    for row in range(first, header):
        for column in range(len(sheet.rows[row])):
            if key(sheet.text((row, column))) not in _HEADER_TOTALS:
                continue
            cell = (row, sheet.merge((row, column))[3] + 1)
            found = read_field(sheet, cell, "自评总分", Measure.SCORE)
            if isinstance(found.stated, Quantity):
                form.fields[cell] = found
                body.total_score = cell
                return


def _fund_relations(form: Form, body: SelfEvaluation) -> Iterator[Relation]:
    """年度资金总额 = 当年财政拨款 + 上年结转资金 + 其他资金, column by column."""
    funds = body.funds
    total = funds.total() if funds else None
    if funds is None or total is None:
        return
    for column in AMOUNT_COLUMNS:
        target = funds.cell(form.sheet, total.row, column)
        if target is None:
            continue
        parts = _amounts(form, funds, column, "part")
        more = _amounts(form, funds, column, "part", "other")
        every = _amounts(form, funds, column, "part", "other", "detail")
        sums = [Sum(tuple(map(At, cells))) for cells in (parts, more, every) if cells]
        if not sums or not any(number_in(form.fields[cell]) is not None for cell in parts):
            continue
        if more != parts:
            # Rows of unknown meaning carry money: what the total consists of is not certain.
            yield Relation(
                "S203", target, sums[0], tuple(sums[1:]), correctable=False,
                doubt="资金来源行的构成无法确定",
            )  # fmt: skip
        else:
            yield Relation("S203", target, sums[0], tuple(sums[1:]))


def _amounts(form: Form, funds: FundBlock, column: str, *parts: str) -> list[Cell]:
    cells = []
    for row in funds.rows:
        cell = funds.cell(form.sheet, row.row, column) if row.part in parts else None
        if (
            cell is not None
            and cell not in cells
            and (row.part == "part" or number_in(form.fields[cell]) is not None)
        ):
            cells.append(cell)
    return cells


def _execution_relations(
    form: Form, body: SelfEvaluation, settings: Settings
) -> Iterator[Relation]:
    if body.budget is None or body.executed is None:
        return
    rate = Ratio(At(body.executed), At(body.budget))
    if body.rate is not None:
        yield Relation("S201", body.rate, rate, decimals=4)
    if body.execution_score is None or body.execution_points is None:
        return
    if number_in(form.fields[body.execution_points]) is None:
        return
    capped = Product(At(body.execution_points), Capped(rate, Const(Fraction(1), "100%")))
    others = []
    stated = form.fields[body.rate].stated if body.rate is not None else None
    if isinstance(stated, Quantity) and body.rate is not None:
        printed = Capped(Rounded(At(body.rate), stated.decimals), Const(Fraction(1), "100%"))
        others.append(Product(At(body.execution_points), printed))
    yield Relation("S202", body.execution_score, capped, tuple(others))


def indicator_at(body: SelfEvaluation, cell: Cell) -> Indicator | None:
    """Return the indicator whose points or score stand in a cell."""
    return next((row for row in body.table.indicators if cell in (row.points, row.score)), None)


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


def _failure(body: SelfEvaluation) -> str:
    if not body.table.indicators:
        return "找到了绩效指标表的表头，但表头下没有指标行"
    return ""
