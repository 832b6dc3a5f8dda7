"""What must equal what in a fund table: column totals, balances, rates and row totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from selfeval_xl.forms.form import Field, Measure
from selfeval_xl.forms.fund_headings import Flow, Role, is_sum
from selfeval_xl.forms.fund_sums import ColumnSum, column_sums, exact_sum, repeated_by_group
from selfeval_xl.forms.fund_table import Column, FundTable, RowKind
from selfeval_xl.relations import At, Difference, Expression, Ratio, Relation, Sum
from selfeval_xl.values import Quantity, Unreadable, agrees
from selfeval_xl.workbooks.sheet import Cell

TOTAL, BALANCE, RATE, ROW_TOTAL = "F201", "F202", "F203", "F204"

_SUPPORT = Fraction(3, 5)
"""Share of the stated rows that must bear out an equation the headings only suggest."""
_YUAN = {"元": 1, "百元": 100, "千元": 1000, "万元": 10**4, "百万元": 10**6, "亿元": 10**8}
_UNCLEAR_ROWS = "各栏合计都不等于所列各行之和（或各行层级不明），不能断定合计由哪些行组成"
_UNCLEAR_GROUPS = "同组各行数字相同，不能断定是各行各计还是每组只计一次"
_UNCLEAR_COLUMN = "本列表头未写明是金额或数量，不能断定合计栏是否为各行之和"


def relations(table: FundTable, fields: dict[Cell, Field]) -> list[Relation]:
    """Return the table's relations; adds a field for every blank cell that is a target."""
    found: dict[Cell, Relation] = {}
    for relation in _all(table, fields):
        if relation.target in fields and relation.target not in found:
            found[relation.target] = relation
    return list(found.values())


def _all(table: FundTable, fields: dict[Cell, Field]) -> Iterator[Relation]:
    sums, unclear = column_sums(table)
    odd = {cell for cell, found in fields.items() if _is_odd(found)}
    totals = list(_totals(table, fields, sums, unclear, odd))
    yield from totals
    taken = {relation.target for relation in totals}
    yield from _row_totals(table, fields, taken)
    yield from _balances(table, fields, taken)
    yield from _rates(table, fields)


# --- F201 --------------------------------------------------------------------------------------


def _totals(
    table: FundTable,
    fields: dict[Cell, Field],
    sums: list[ColumnSum],
    unclear: set[int],
    odd: set[Cell],
) -> Iterator[Relation]:
    for found in sums:
        stated = found.row.stated.get(found.column.index)
        if not any(isinstance(fields[cell].stated, Quantity) for cell in found.parts):
            continue
        if found.column.heading.role is Role.NUMBER and not _is_plain_sum(
            stated, [s.value for cell in found.parts if (s := _stated(fields, cell)) is not None]
        ):
            continue
        odd_parts = [cell for cell in found.parts if cell in odd] if odd else []
        if odd_parts and _agrees_converted(fields, found):
            continue  # the cell in another unit is asked about by itself
        doubt = _doubt(fields, found, odd_parts, unclear)
        if not doubt and repeated_by_group(table, found):
            doubt = _UNCLEAR_GROUPS
        yield Relation(
            TOTAL,
            found.target,
            Sum(tuple(map(At, found.parts))),
            decimals=fields[found.target].decimals,
            fill=_fills(table, found),
            doubt=doubt,
        )


def _fills(table: FundTable, found: ColumnSum) -> bool:
    """Tell whether a blank total is to be filled: nothing was written there on purpose."""
    return found.column.heading.role is not Role.NUMBER and not table.sheet.text(found.target)


def _is_plain_sum(stated: object, values: list[Fraction]) -> bool:
    """Tell whether a total under an unclear heading may be a sum at all (no mean, no maximum)."""
    if not isinstance(stated, Quantity):
        return False
    others = [
        exact_sum(values) / len(values),
        max(values),
        min(values),
        Fraction(len(values)),
    ]
    return agrees(stated, exact_sum(values)) or not any(agrees(stated, v) for v in others)


def _is_odd(found: Field) -> bool:
    """Tell whether a figure cannot be added as it stands: no number, or in another unit."""
    return isinstance(found.stated, Unreadable) or foreign_unit(found) != ""


def _doubt(fields: dict[Cell, Field], found: ColumnSum, odd: list[Cell], unclear: set[int]) -> str:
    """Return why a total cannot be settled, "" when it can; ``odd`` are its doubtful parts."""
    if odd:
        names = "、".join(fields[cell].label.split("/")[0] for cell in odd[:3])
        more = f"等 {len(odd)} 处" if len(odd) > 1 else ""
        return f"{names}{more}不是数字或计量单位与本列不同，不能直接相加"
    if found.column.heading.role is Role.NUMBER:
        return _UNCLEAR_COLUMN
    return _UNCLEAR_ROWS if found.row.index in unclear else ""


def _agrees_converted(fields: dict[Cell, Field], found: ColumnSum) -> bool:
    """Tell whether a total counts figures written in another unit as converted ones."""
    total = _stated(fields, found.target)
    parts = [(fields[cell], _stated(fields, cell)) for cell in found.parts]
    if total is None or not any(foreign_unit(part) for part, _ in parts):
        return False
    value = Fraction()
    for part, stated in parts:
        if stated is not None:
            unit = foreign_unit(part)
            factor = Fraction(_YUAN[unit], _YUAN[part.unit]) if unit else Fraction(1)
            value += stated.value * factor
    return agrees(total, value)


def foreign_unit(found: Field) -> str:
    """Return the money unit written in a cell when its column has another one, else ""."""
    stated = found.stated
    if not isinstance(stated, Quantity) or not stated.unit:
        return ""
    if found.measure is not Measure.AMOUNT or not found.unit:
        return ""
    own = {"万": "万元", "亿": "亿元"}.get(stated.unit, stated.unit)
    return own if own in _YUAN and found.unit in _YUAN and own != found.unit else ""


# --- F204 --------------------------------------------------------------------------------------


def _row_totals(
    table: FundTable, fields: dict[Cell, Field], taken: set[Cell]
) -> Iterator[Relation]:
    for column in table.columns:
        if not column.summable or not is_sum(column.heading.leaf):
            continue
        parts = _best_parts(table, column)
        if not parts:
            continue
        for row in table.figure_rows:
            target = row.cell(column.index)
            if target in taken or target not in fields or not _own(table, target):
                continue
            cells = [row.cell(part.index) for part in parts if _own(table, row.cell(part.index))]
            if any(_stated(fields, cell) is not None for cell in cells):
                yield Relation(
                    ROW_TOTAL,
                    target,
                    Sum(tuple(map(At, cells))),
                    decimals=fields[target].decimals,
                    fill=not table.sheet.text(target),
                )


def _best_parts(table: FundTable, column: Column) -> tuple[Column, ...]:
    """Return the part columns of a 合计 column that most rows bear out, () when none."""
    best: tuple[Column, ...] = ()
    best_score = Fraction()
    for parts in _part_candidates(table, column):
        met, stated = 0, 0
        for row in table.figure_rows:
            total = row.quantity(column.index)
            values = [q.value for part in parts if (q := row.quantity(part.index)) is not None]
            if total is None or not values:
                continue
            stated += 1
            met += agrees(total, exact_sum(values))
        if stated and met and Fraction(met, stated) > max(best_score, _SUPPORT - Fraction(1, 100)):
            best, best_score = parts, Fraction(met, stated)
    return best


def _part_candidates(table: FundTable, column: Column) -> Iterator[tuple[Column, ...]]:
    """Yield what a 合计 column may be the sum of: its group, or the columns beside it."""
    same = [
        other
        for other in table.columns
        if other.summable
        and other.index != column.index
        and other.heading.role is column.heading.role
    ]
    group = column.heading.group
    if group:
        siblings = tuple(o for o in same if o.heading.path[: len(group)] == group)
        yield from _if_parts(o for o in siblings if not is_sum(o.heading.leaf))
    right = [other for other in same if other.index > column.index]
    left = [other for other in same if other.index < column.index]
    yield from _if_parts(_until_sum(right))
    yield from _if_parts(reversed(list(_until_sum(reversed(left)))))
    yield from _if_parts(o for o in same if is_sum(o.heading.leaf) and o.heading.group)


def _until_sum(columns: Iterable[Column]) -> Iterator[Column]:
    for column in columns:
        if is_sum(column.heading.leaf):
            return
        yield column


def _if_parts(columns: Iterable[Column]) -> Iterator[tuple[Column, ...]]:
    found = tuple(columns)
    if len(found) > 1:
        yield found


# --- F202 --------------------------------------------------------------------------------------


def _balances(table: FundTable, fields: dict[Cell, Field], taken: set[Cell]) -> Iterator[Relation]:
    for rest in _of_flow(table, Flow.REST):
        chosen = _balance_operands(table, rest)
        if chosen is None:
            continue
        prior, given, used = chosen
        for row in table.figure_rows:
            target = row.cell(rest.index)
            if target in taken or target not in fields or not _own(table, target):
                continue
            if row.quantity(given.index) is None or not _own(table, row.cell(used.index)):
                continue
            income: Expression = At(row.cell(given.index))
            if prior is not None and row.quantity(prior.index) is not None:
                income = Sum((At(row.cell(prior.index)), income))
            spent = row.quantity(used.index)
            zero = spent is None or spent.value == row.quantity(given.index).value  # type: ignore[union-attr]
            yield Relation(
                BALANCE,
                target,
                Difference(income, At(row.cell(used.index))),
                decimals=fields[target].decimals,
                fill=not zero and not table.sheet.text(target),
            )


_Operands = tuple[Column | None, Column, Column]


def _balance_operands(table: FundTable, rest: Column) -> _Operands | None:
    """Return carried-over, given and used column of a balance column, None when unclear."""
    group = rest.heading.group
    columns = [c for c in table.of_role(Role.AMOUNT) if c.index != rest.index]
    within = [c for c in columns if c.heading.group == group]
    if group and {Flow.IN, Flow.OUT} <= {c.heading.flow for c in within}:
        columns = within
    given = [c for c in columns if c.heading.flow is Flow.IN]
    used = [c for c in columns if c.heading.flow is Flow.OUT] or given[1:]
    priors: list[Column | None] = [None, *(c for c in columns if c.heading.flow is Flow.PRIOR)]
    candidates = [(p, g, u) for p in priors for g in reversed(given) for u in used if g is not u]
    if not candidates:
        return None
    scored = [(_balance_support(table, rest, candidate), candidate) for candidate in candidates]
    best, chosen = max(scored, key=lambda pair: pair[0])
    only = len(candidates) == 1
    few = sum(1 for row in table.figure_rows if row.quantity(rest.index) is not None) < 3
    return chosen if best >= _SUPPORT or (only and few) else None


def _balance_support(table: FundTable, rest: Column, candidate: _Operands) -> Fraction:
    prior, given, used = candidate
    met = stated = 0
    for row in table.figure_rows:
        balance, income, spent = (row.quantity(c.index) for c in (rest, given, used))
        if balance is None or income is None or spent is None:
            continue
        carried = row.quantity(prior.index) if prior else None
        stated += 1
        value = income.value - spent.value + (carried.value if carried else 0)
        met += agrees(balance, value)
    return Fraction(met, stated) if stated else Fraction()


# --- F203 --------------------------------------------------------------------------------------


def _rates(table: FundTable, fields: dict[Cell, Field]) -> Iterator[Relation]:
    for rate in table.of_role(Role.RATE):
        chosen = _rate_operands(table, rate)
        if chosen is None:
            continue
        part, whole = chosen
        for row in table.figure_rows:
            target, over, under = (row.cell(c.index) for c in (rate, part, whole))
            if target in fields and under in fields and over in fields:
                yield Relation(
                    RATE,
                    target,
                    Ratio(At(over), At(under)),
                    decimals=fields[target].decimals,
                    fill=bool(row.quantity(whole.index)) and not table.sheet.text(target),
                )
    yield from _tail_rates(table, fields)


def _rate_operands(table: FundTable, rate: Column) -> tuple[Column, Column] | None:
    """Return the columns whose quotient a rate column is, as most of its rows bear out."""
    group = rate.heading.group
    figures = [c for c in table.columns if c.heading.role in (Role.AMOUNT, Role.COUNT)]
    near = [c for c in figures if group and c.heading.group == group]
    best: tuple[Fraction, int] = Fraction(), 0
    chosen = None
    for columns in (near, figures):
        for whole in columns:
            for part in columns:
                if part is whole or part.heading.role is not whole.heading.role:
                    continue
                score = _rate_support(table, rate, part, whole)
                if score[1] >= 2 and score > best:
                    best, chosen = score, (part, whole)
        if chosen:
            break
    return chosen if best[0] >= _SUPPORT else None


def _rate_support(
    table: FundTable, rate: Column, part: Column, whole: Column
) -> tuple[Fraction, int]:
    met = stated = 0
    telling = False
    for row in table.figure_rows:
        quotient, over, under = (row.quantity(c.index) for c in (rate, part, whole))
        if quotient is None or over is None or under is None or not under.value:
            continue
        stated += 1
        exact = over.value / under.value
        met += _rate_agrees(quotient, exact)
        telling = telling or exact not in (0, 1)
    flows = (part.heading.flow, whole.heading.flow)
    if not telling and flows not in ((Flow.OUT, Flow.IN), (Flow.DONE, Flow.PLAN)):
        return Fraction(), 0
    return (Fraction(met, stated), met) if stated else (Fraction(), 0)


def _rate_agrees(stated: Quantity, exact: Fraction) -> bool:
    """Tell whether a rate agrees, also when written as 87.5 for 87.5 %."""
    return agrees(stated, exact) or (not stated.percent and agrees(stated, exact * 100))


def _tail_rates(table: FundTable, fields: dict[Cell, Field]) -> Iterator[Relation]:
    """Yield the rates in label/value pairs below the total: 任务完成率 = Σ人数 ÷ 全年预计人数."""
    tail = {row.index for row in table.rows if row.kind is RowKind.TAIL}
    pairs = [cell for cell in fields if cell[0] in tail] if tail else []
    rates = [cell for cell in pairs if fields[cell].measure is Measure.RATE]
    wholes = [cell for cell in pairs if fields[cell].measure is not Measure.RATE]
    totals = [row for row in table.rows if row.kind is RowKind.TOTAL]
    if not totals:
        return
    sums = [
        totals[-1].cell(column.index)
        for column in table.of_role(Role.AMOUNT, Role.COUNT)
        if _stated(fields, totals[-1].cell(column.index)) is not None
    ]
    for rate in rates:
        chosen = _tail_operands(fields, rate, sums, wholes)
        if chosen is not None:
            part, whole = chosen
            yield Relation(RATE, rate, Ratio(At(part), At(whole)), decimals=fields[rate].decimals)


def _tail_operands(
    fields: dict[Cell, Field], rate: Cell, sums: list[Cell], wholes: list[Cell]
) -> tuple[Cell, Cell] | None:
    """Return dividend and divisor of a rate below the table; None when several would do."""
    money = any(word in fields[rate].label for word in ("资金", "预算", "支出", "执行", "到位"))
    candidates = [
        (part, whole)
        for whole in wholes
        for part in sums
        if fields[part].measure is fields[whole].measure
    ]
    own = [p for p in candidates if (fields[p[1]].measure is Measure.AMOUNT) is money]
    candidates = own or candidates
    stated = _stated(fields, rate)
    if stated is not None and len(candidates) > 1:
        met = [
            (part, whole)
            for part, whole in candidates
            if (over := _stated(fields, part)) is not None
            and (under := _stated(fields, whole)) is not None
            and under.value
            and _rate_agrees(stated, over.value / under.value)
        ]
        candidates = met[:1]
    return candidates[0] if len(candidates) == 1 else None


# --- helpers -----------------------------------------------------------------------------------


def _of_flow(table: FundTable, flow: Flow) -> list[Column]:
    return [c for c in table.of_role(Role.AMOUNT) if c.heading.flow is flow]


def _own(table: FundTable, cell: Cell) -> bool:
    """Tell whether a cell stands for itself and for one row only."""
    if not table.sheet.merges:
        return True
    merge = table.sheet.merge(cell)
    return merge[:2] == cell and merge[0] == merge[2]


def _stated(fields: dict[Cell, Field], cell: Cell) -> Quantity | None:
    found = fields.get(cell)
    return found.stated if found and isinstance(found.stated, Quantity) else None
