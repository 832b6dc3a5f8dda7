"""Funds and their execution in a self-evaluation: figures read and what must equal what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.forms.fields import number_in, read_field, total_in
from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.fund_block import AMOUNT_COLUMNS, TITLES, FundBlock, FundRow
from selfeval_xl.labels import key, label_points
from selfeval_xl.relations import (
    At,
    Capped,
    Const,
    Expression,
    Product,
    Ratio,
    Relation,
    Rounded,
    Sum,
)
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.forms.indicator_table import Indicator
    from selfeval_xl.forms.self_evaluation_body import SelfEvaluation

_WHOLE = Const(Fraction(1), "100%")


# --- reading ------------------------------------------------------------------------------------


def read_funds(form: Form, body: SelfEvaluation, funds: FundBlock) -> None:
    """Read the amounts, the rate, points and score of the execution."""
    unit = form.head.amount_unit
    for row in funds.rows:
        for column in AMOUNT_COLUMNS:
            cell = row.cells.get(column)
            if cell is not None and cell not in form.fields:
                label = f"{key(row.label) or '资金'}/{TITLES[column]}"
                form.fields[cell] = read_field(form.sheet, cell, label, Measure.AMOUNT, unit=unit)
        _read_rate(form, funds, row)
    total = funds.total()
    if total is None:
        return
    body.budget, body.executed = total.cells.get("budget"), total.cells.get("executed")
    body.rate, body.execution_score = total.cells.get("rate"), total.cells.get("score")
    if body.execution_score is not None:
        form.fields.setdefault(
            body.execution_score,
            read_field(form.sheet, body.execution_score, "年度资金总额/得分", Measure.SCORE),
        )
    body.execution_points = _weight(form, funds, total)
    if body.execution_points is not None:
        body.points.insert(0, body.execution_points)
    if body.execution_score is not None and (
        body.execution_points is not None or number_in(form.fields[body.execution_score])
    ):
        body.scores.insert(0, body.execution_score)


def _read_rate(form: Form, funds: FundBlock, row: FundRow) -> None:
    cell = row.cells.get("rate")
    if cell is None or cell in form.fields or (row.part != "total" and not form.sheet.text(cell)):
        return
    heading = form.sheet.text(funds.headings["rate"]) if "rate" in funds.headings else ""
    name = "年度资金总额" if row.part == "total" else key(row.label)
    found = read_field(
        form.sheet, cell, f"{name}/执行率", Measure.RATE, decimals=4,
        percent_heading="%" in heading or "％" in heading,
    )  # fmt: skip
    if row.part == "total" or isinstance(found.stated, Quantity):
        form.fields[cell] = found


def _weight(form: Form, funds: FundBlock, total: FundRow) -> Cell | None:
    """Return the cell with the points of the execution: of its own, else within a label.

    Hubei has no column of points: “预算执行情况（20分）” or “得分（20分×执行率）” says them.
    """
    own = total.cells.get("points")
    if own is not None:
        found = read_field(form.sheet, own, "年度资金总额/分值", Measure.POINTS)
        if number_in(found) is not None:
            form.fields.setdefault(own, found)
            return own
    first = min(cell[1] for cell in total.cells.values())
    rows = {funds.header, *(cell[0] for cell in total.cells.values())}
    labels = [form.sheet.anchor((row, column)) for row in sorted(rows) for column in range(first)]
    for cell in (funds.headings.get("points"), *labels, funds.headings.get("score")):
        points = label_points(form.sheet.text(cell)) if cell is not None else None
        if cell is not None and points is not None and cell not in form.fields:
            form.fields[cell] = Field(
                cell, "预算执行率/标签分值", Measure.POINTS, points, decimals=0
            )
            return cell
    return None


# --- relations ----------------------------------------------------------------------------------


def fund_relations(form: Form, funds: FundBlock | None) -> Iterator[Relation]:
    """年度资金总额 = 当年财政拨款 + 上年结转资金 + 其他资金, column by column."""
    total = funds.total() if funds else None
    if funds is None or total is None:
        return
    columns = [column for column in AMOUNT_COLUMNS if column in total.cells]
    ways = _ways(form, funds, total, columns)
    fits = [sum(_fits(form, total, way, column) for column in columns) for way in ways]
    if not ways:
        return
    best = fits.index(max(fits))
    accepted = [ways[best]] + [
        way for index, way in enumerate(ways) if index != best and fits[index] == fits[best]
    ]
    doubtful = not fits[best] and any(_unsure(form, way) for way in ways)
    for column in columns:
        sums = [
            Sum(tuple(map(At, cells)))
            for cells in (_cells(way, column) for way in accepted)
            if any(number_in(form.fields[cell]) is not None for cell in cells)
        ]
        if sums:
            yield Relation(
                "S203", total.cells[column], sums[0], tuple(sums[1:]), correctable=not doubtful,
                doubt="资金来源行的构成无法确定" if doubtful else "",
            )  # fmt: skip


def _ways(
    form: Form, funds: FundBlock, total: FundRow, columns: list[str]
) -> list[tuple[FundRow, ...]]:
    """Return the rows the total may consist of: by their words, without what is nested, all."""
    rows = [row for row in funds.rows if row is not total and _carries(form, row)]
    named = tuple(row for row in rows if row.part == "part")
    nested = _nested(form, rows, columns)
    ways = [
        named,
        tuple(row for row in rows if id(row) not in nested),
        tuple(row for row in rows if row.part in ("part", "other")),
        tuple(rows),
    ]
    return [way for way in dict.fromkeys(ways) if way]


def _carries(form: Form, row: FundRow) -> bool:
    return row.part == "part" or any(
        number_in(form.fields.get(cell)) is not None
        for column, cell in row.cells.items()
        if column in AMOUNT_COLUMNS
    )


def _nested(form: Form, rows: list[FundRow], columns: list[str]) -> set[int]:
    """Return the rows that break down the row before them: together they are that row."""
    nested: set[int] = set()
    for index, row in enumerate(rows):
        if id(row) in nested:
            continue
        stated = [
            (column, number)
            for column in columns
            if column in row.cells and (number := number_in(form.fields[row.cells[column]]))
        ]
        for end in range(index + 2, len(rows) + 1) if stated else ():
            run = rows[index + 1 : end]
            if all(_total(form, run, column) == number for column, number in stated):
                nested.update(map(id, run))
                break
    return nested


def _cells(way: Sequence[FundRow], column: str) -> list[Cell]:
    return list(dict.fromkeys([row.cells[column] for row in way if column in row.cells]))


def _total(form: Form, way: Sequence[FundRow], column: str) -> Fraction | None:
    return total_in(form.fields, _cells(way, column))


def _fits(form: Form, total: FundRow, way: tuple[FundRow, ...], column: str) -> bool:
    stated = number_in(form.fields[total.cells[column]])
    return stated is not None and _total(form, way, column) == stated


def _unsure(form: Form, way: tuple[FundRow, ...]) -> bool:
    return any(row.part == "other" for row in way)


def execution_relations(form: Form, body: SelfEvaluation, settings: Settings) -> Iterator[Relation]:
    """执行率 = 全年执行数 ÷ 全年预算数; its score = points × rate, at most the points."""
    if body.budget is None or body.executed is None:
        return
    total = body.funds.total() if body.funds else None
    rate = Ratio(At(body.executed), At(body.budget))
    if body.rate is not None:
        initial = total.cells.get("initial") if total else None
        mistaken = (
            (("全年执行数 ÷ 年初预算数", Ratio(At(body.executed), At(initial))),) if initial else ()
        )
        yield Relation("S201", body.rate, rate, decimals=4, mistaken=mistaken)
    yield from _part_rates(form, body)
    if body.execution_score is not None and body.execution_points is not None:
        points = At(body.execution_points)
        others = [Product(points, printed) for printed in _printed(form, body.rate)]
        yield Relation("S202", body.execution_score, Product(points, Capped(rate, _WHOLE)),
                       tuple(others))  # fmt: skip
    if body.execution_row is not None and body.execution_row.points is not None:
        yield from _row_relations(form, body.execution_row, rate)


def _part_rates(form: Form, body: SelfEvaluation) -> Iterator[Relation]:
    """The rates of the sources of money, where they are given."""
    seen = {body.rate}
    for row in body.funds.rows if body.funds else ():
        cell, executed, budget = (row.cells.get(part) for part in ("rate", "executed", "budget"))
        if cell is None or executed is None or budget is None or cell in seen:
            continue
        seen.add(cell)
        if row.part != "total" and number_in(form.fields.get(cell)) is not None:
            yield Relation("S201", cell, Ratio(At(executed), At(budget)), decimals=4, fill=False)


def _printed(form: Form, cell: Cell | None) -> Iterator[Expression]:
    stated = form.fields[cell].stated if cell in form.fields else None
    if cell is not None and isinstance(stated, Quantity):
        yield Capped(Rounded(At(cell), stated.decimals), _WHOLE)


def _row_relations(form: Form, row: Indicator, rate: Ratio) -> Iterator[Relation]:
    """预算执行率 as an indicator: its actual is the rate, its score follows from it."""
    assert row.points is not None
    points = At(row.points)
    ways: list[Expression] = []
    if row.actual is not None and row.actual not in form.fields:
        found = read_field(
            form.sheet, row.actual, "预算执行率/实际完成值", Measure.RATE, decimals=4
        )
        if isinstance(found.stated, Quantity) and (found.stated.percent or found.scale == 100):
            form.fields[row.actual] = found
            yield Relation("S201", row.actual, rate, decimals=4)
            ways.extend(Product(points, printed) for printed in _printed(form, row.actual))
    target = read_quantity(form.sheet.value(row.target)) if row.target else None
    if isinstance(target, Quantity) and target.percent and 0 < target.value < 1:
        goal = Const(target.value)
        ways.append(Product(points, Capped(Ratio(rate, goal), _WHOLE)))
    if row.score is not None:
        yield Relation("S202", row.score, Product(points, Capped(rate, _WHOLE)), tuple(ways))
