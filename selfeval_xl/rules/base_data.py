"""Review rules of the department's base data: what must be explained though it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.exact import difference, total
from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.base_data_items import Item
from selfeval_xl.forms.base_data_table import BaseData, BaseRow
from selfeval_xl.forms.form import Field
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "department_base_data"

RULES: tuple[Rule, ...] = (
    Rule(
        code="B301",
        name="控制率超过 100%",
        form=_FORM,
        level=Level.REVIEW,
        truth="控制率不应超过 100%，超过的须说明原因",
        why="控制率大于 100% 即超编、超批复规模或超概算，评价时要扣分，须有批复或说明。",
        source="湖南省部门整体支出绩效评价指标表（在职人员控制率、楼堂馆所控制率）",
        safe=False,
        wrong="编制 30 人，实际在职 33 人，无说明",
        right="编制 30 人，实际在职 33 人，附超编人员安置文件",
    ),
    Rule(
        code="B302",
        name="公用经费与其中项",
        form=_FORM,
        level=Level.REVIEW,
        truth="公用经费 ≥ 其中各项之和；各年口径应一致",
        why="其中项可以不列全，但不会大于总数；一年恰好相符、另一年相差，多半是漏列、重列或总数未更新。",
        source="湖南省部门整体支出绩效评价基础数据表及自评报告",
        safe=False,
        wrong="上年公用经费 16.5 与其中项之和 16.5 相符，本年公用经费 18.3、其中项之和 15.3",
        right="本年公用经费 15.3、其中项之和 15.3，或补列 3.0 的其中项",
    ),
)


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions the base data raise; nothing for other forms."""
    data = judgement.form.body
    if isinstance(data, BaseData):
        yield from _over_control(judgement, data)
        yield from _running_costs(judgement, data)


# --- B301 --------------------------------------------------------------------------------------


def _over_control(judgement: Judgement, data: BaseData) -> Iterator[Finding]:
    for staff in data.staff:
        cells = (staff.quota, staff.actual, staff.rate)
        yield from _over(judgement, cells, ("实际在职", "编制"), "人")
    for building in data.buildings:
        yield from _over(judgement, building.size, ("实际规模", "批复规模"), " m²")
        unit = judgement.form.head.amount_unit
        yield from _over(
            judgement, building.investment, ("实际投资", "预算投资"), f" {unit}".rstrip()
        )


def _over(
    judgement: Judgement,
    cells: tuple[Cell | None, Cell | None, Cell | None],
    names: tuple[str, str],
    unit: str,
) -> Iterator[Finding]:
    approved_cell, actual_cell, rate_cell = cells
    if approved_cell is None or actual_cell is None:
        return
    approved, actual = (judgement.expected.get(cell) for cell in (approved_cell, actual_cell))
    if not approved or actual is None or actual <= approved:
        return
    cell = rate_cell or actual_cell
    rate = half_up(actual / approved * 100, 2).normalize()
    texts = [_text(judgement, c) for c in (actual_cell, approved_cell)]
    yield question(
        judgement.form,
        cell,
        "B301",
        judgement.form.fields[cell].label,
        f"{names[0]} {texts[0]}{unit}，超过{names[1]} {texts[1]}{unit}，控制率为 {rate:f}%。",
        calculation=f"{texts[0]} ÷ {texts[1]} = {rate:f}%",
        advice="如属实，请附批复文件或说明原因。",
    )


# --- B302 --------------------------------------------------------------------------------------


def _running_costs(judgement: Judgement, data: BaseData) -> Iterator[Finding]:
    whole = data.row(Item.PUBLIC)
    parts = data.of(Item.PUBLIC_PART)
    if whole is None or not parts:
        return
    gaps = [_gap(judgement, whole, parts, place) for place in range(len(data.columns))]
    exact = [data.columns[n].label for n, gap in enumerate(gaps) if gap == 0]
    for place, gap in enumerate(gaps):
        if gap is None or gap == 0 or (gap > 0 and not exact):
            continue
        yield _gap_question(judgement, data, place, gap, exact)


def _gap(judgement: Judgement, whole: BaseRow, parts: list[BaseRow], place: int) -> Fraction | None:
    """Return how much a column's 公用经费 exceeds its parts, None when either is blank."""
    stated = judgement.expected.get(whole.cells[place])
    values = [judgement.expected.get(row.cells[place]) for row in parts]
    known = [value for value in values if value is not None]
    return None if stated is None or not known else difference(stated, total(known))


def _gap_question(
    judgement: Judgement, data: BaseData, place: int, gap: Fraction, exact: list[str]
) -> Finding:
    whole = next(row for row in data.of(Item.PUBLIC))
    parts = data.of(Item.PUBLIC_PART)
    cell = whole.cells[place]
    found = judgement.form.fields[cell]
    stated = judgement.expected[cell]
    decimals = max(_decimals(found), *(_decimals(_field(judgement, r, place)) for r in parts))
    sum_text = f"{half_up(stated - gap, decimals)}"
    figures = [text for row in parts if (text := _text(judgement, row.cells[place]))]
    relation = "多" if gap > 0 else "少"
    message = (
        f"{data.columns[place].label}：公用经费 {_text(judgement, cell)}，"
        f"其中各项之和 {sum_text}，{relation} {half_up(abs(gap), decimals)}"
    )
    if exact:
        message += f"；{'、'.join(exact)}两者相符"
    same = [row.label for row in _candidates(data, whole) if _equals(judgement, row, place, gap)]
    cause = f"差额等于{'，也等于'.join(same)}" if same else ""
    return question(
        judgement.form,
        cell,
        "B302",
        found.label,
        f"{message}。" + (f"{cause}。" if cause else ""),
        stated=half_up(stated, _decimals(found)),
        expected=half_up(stated - gap, decimals),
        calculation=f"{' + '.join(figures)} = {sum_text}" if len(figures) > 1 else "",
        cause=cause,
        advice="请核对公用经费是否多计，或其中项是否漏列，未作更正。"
        if gap > 0
        else "其中项之和不应大于总数，请核对，未作更正。",
    )


def _candidates(data: BaseData, whole: BaseRow) -> list[BaseRow]:
    """Return the rows a difference may have come from: the parts first, then 三公经费."""
    wanted = (Item.PUBLIC_PART, Item.THREE_PUBLIC)
    return [row for item in wanted for row in data.of(item) if row is not whole]


def _equals(judgement: Judgement, row: BaseRow, place: int, gap: Fraction) -> bool:
    return judgement.expected.get(row.cells[place]) == abs(gap)


def _field(judgement: Judgement, row: BaseRow, place: int) -> Field:
    return judgement.form.fields[row.cells[place]]


def _decimals(found: Field) -> int:
    return found.stated.shortest if isinstance(found.stated, Quantity) else 0


def _text(judgement: Judgement, cell: Cell) -> str:
    """Return a cell's figure as stated, without its unit."""
    value = judgement.expected.get(cell)
    if value is None:
        return ""
    found = judgement.form.fields[cell]
    stated = found.stated
    decimals = stated.decimals if isinstance(stated, Quantity) else found.decimals
    return f"{half_up(value, max(min(decimals, 6), 0)):f}"
