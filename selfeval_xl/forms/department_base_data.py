"""部门整体支出绩效评价基础数据表: staff, three-public and project spending, buildings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Level
from selfeval_xl.forms.base_data_items import Item
from selfeval_xl.forms.base_data_reading import find_base_data
from selfeval_xl.forms.base_data_relations import relations
from selfeval_xl.forms.base_data_table import BaseData
from selfeval_xl.forms.fields import read_field
from selfeval_xl.forms.form import Field, Form, Head, Measure
from selfeval_xl.forms.heading import read_head, title_of
from selfeval_xl.records import Fact, FundLine
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, half_up
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

KIND = "department_base_data"
TITLE = "部门整体支出绩效评价基础数据表"
_SOURCE = "湖南省部门整体支出绩效评价基础数据表"

RULES: tuple[Rule, ...] = (
    Rule(
        code="B201",
        name="在职人员控制率",
        form=KIND,
        level=Level.ERROR,
        truth="控制率 = 实际在职人数 ÷ 编制数",
        why="控制率是部门整体支出评价的打分依据，超过 100% 即为超编。",
        source=_SOURCE,
        safe=True,
        wrong="编制 30 人，在职 33 人，控制率填 100%",
        right="编制 30 人，在职 33 人，控制率填 110%",
    ),
    Rule(
        code="B202",
        name="“三公”经费合计",
        form=KIND,
        level=Level.ERROR,
        truth="“三公”经费 = 公务用车购置和维护经费 + 出国经费 + 公务接待",
        why="“三公”经费须公开，三项之和与总数必须一致；上年决算、本年预算、本年决算各列分别核对。",
        source=_SOURCE,
        safe=True,
        wrong="公务用车 2，出国 0，公务接待 1.79，“三公”经费填 1.79",
        right="公务用车 2，出国 0，公务接待 1.79，“三公”经费填 3.79",
    ),
    Rule(
        code="B203",
        name="公务用车经费",
        form=KIND,
        level=Level.ERROR,
        truth="公务用车购置和维护经费 = 公车购置 + 公车运行维护",
        why="购置与运行维护分别受控，合计不符时无法判断哪一项超支。",
        source=_SOURCE,
        safe=True,
        wrong="购置 18，运行维护 2.5，合计填 18",
        right="购置 18，运行维护 2.5，合计填 20.5",
    ),
    Rule(
        code="B204",
        name="县级专项资金合计",
        form=KIND,
        level=Level.ERROR,
        truth="县级专项资金 = 所列各专项之和（一个专项一行）",
        why="各专项要与各自的项目自评表核对，合计与明细不符时表间无法勾稽。",
        source=_SOURCE,
        safe=True,
        wrong="两个专项 154、67，县级专项资金填 154",
        right="两个专项 154、67，县级专项资金填 221",
    ),
    Rule(
        code="B205",
        name="项目支出合计",
        form=KIND,
        level=Level.ERROR,
        truth="项目支出 = 业务工作经费 + 运行维护经费 + 县级专项资金",
        why="项目支出是基本支出以外的全部支出，要与部门整体支出自评表一致；整行未填时视为标题，不补算。",
        source=_SOURCE,
        safe=True,
        wrong="业务工作 50，专项资金 221，项目支出填 221",
        right="业务工作 50，专项资金 221，项目支出填 271",
    ),
    Rule(
        code="B206",
        name="楼堂馆所规模控制率",
        form=KIND,
        level=Level.ERROR,
        truth="规模控制率 = 实际规模 ÷ 批复规模",
        why="超过批复规模即为超标准建设；没有完工项目时各栏填 0 或留空。",
        source=_SOURCE,
        safe=True,
        wrong="批复 1000 m²，实际 1100 m²，规模控制率填 100%",
        right="批复 1000 m²，实际 1100 m²，规模控制率填 110%",
    ),
    Rule(
        code="B207",
        name="投资概算控制率",
        form=KIND,
        level=Level.ERROR,
        truth="投资概算控制率 = 实际投资 ÷ 预算投资",
        why="超过概算的投资须有调整批复；没有完工项目时各栏填 0 或留空。",
        source=_SOURCE,
        safe=True,
        wrong="预算投资 200，实际投资 190，控制率填 105%",
        right="预算投资 200，实际投资 190，控制率填 95%",
    ),
)


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the base data forms of a sheet, found by their 三公经费 and 公用经费 rows."""
    forms = []
    above = 0
    for found in find_base_data(sheet):
        if isinstance(found, str):
            forms.append(_failed(sheet, above, found))
            continue
        forms.append(_form(found, above))
        above = found.last + 1
    return forms


def _failed(sheet: Sheet, above: int, reason: str) -> Form:
    return Form(
        kind=KIND,
        sheet=sheet,
        region=(above, 0, sheet.height - 1, max(sheet.width - 1, 0)),
        title=TITLE,
        head=Head(),
        confidence=0.3,
        evidence=("有“三公”经费、公用经费等行",),
        failure=reason,
    )


def _form(data: BaseData, above: int) -> Form:
    sheet = data.sheet
    head = read_head(sheet, above, data.top)
    if head.year is None and data.year is not None:
        head = replace(head, year=data.year, sources={**head.sources, "year": "表头"})
    if not head.amount_unit and data.amount_unit:
        head = replace(head, amount_unit=data.amount_unit)
    fields = _fields(data, head)
    form = Form(
        kind=KIND,
        sheet=sheet,
        region=(data.top, data.left, data.last, max(sheet.width - 1, data.left)),
        title=title_of(sheet, above, data.top) or TITLE,
        head=head,
        fields=fields,
        body=data,
        confidence=0.95,
        evidence=_evidence(data),
    )
    form.relations = relations(data, fields)
    form.figures = _figures(data, fields)
    return form


def _evidence(data: BaseData) -> tuple[str, ...]:
    found = [
        f"第 {row.index + 1} 行为{row.label}"
        for item in (Item.THREE_PUBLIC, Item.PUBLIC)
        if (row := data.row(item)) is not None
    ]
    columns = "、".join(column.label for column in data.columns)
    return (*found, f"数据列：{columns}")


def _fields(data: BaseData, head: Head) -> dict[Cell, Field]:
    fields: dict[Cell, Field] = {}
    unit = head.amount_unit
    for place, column in enumerate(data.columns):
        own = [
            read_field(
                data.sheet,
                row.cells[place],
                f"{row.label}/{column.label}",
                Measure.AMOUNT,
                unit=unit,
            )
            for row in data.rows
        ]
        decimals = _decimals(own)
        for found in own:
            found.decimals = decimals
            fields[found.cell] = found
    for single, label, measure in _single(data):
        if single is not None:
            unit = head.amount_unit if measure is Measure.AMOUNT else ""
            rate = measure is Measure.RATE
            decimals = 4 if rate else 0 if measure is Measure.COUNT else 2
            fields[single] = read_field(
                data.sheet,
                single,
                label,
                measure,
                unit=unit,
                decimals=decimals,
                percent_heading=rate,
            )
    return fields


def _single(data: BaseData) -> Iterator[tuple[Cell | None, str, Measure]]:
    """Yield the cells of the staff and building blocks with their names."""
    for staff in data.staff:
        yield staff.quota, "编制数", Measure.COUNT
        yield staff.actual, "实际在职人数", Measure.COUNT
        yield staff.rate, "控制率", Measure.RATE
    for building in data.buildings:
        approved, actual, rate = building.size
        yield approved, "批复规模", Measure.NUMBER
        yield actual, "实际规模", Measure.NUMBER
        yield rate, "规模控制率", Measure.RATE
        approved, actual, rate = building.investment
        yield approved, "预算投资", Measure.AMOUNT
        yield actual, "实际投资", Measure.AMOUNT
        yield rate, "投资概算控制率", Measure.RATE


def _decimals(fields: list[Field]) -> int:
    """Return the most decimals any figure of a column has: what a blank total is filled with."""
    used = [found.stated.shortest for found in fields if isinstance(found.stated, Quantity)]
    return max(used, default=2)


def _figures(data: BaseData, fields: dict[Cell, Field]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    if data.staff:
        staff = data.staff[0]
        cells = {
            "staff_quota": staff.quota,
            "staff_actual": staff.actual,
            "control_rate": staff.rate,
        }
        found.update({name: cell for name, cell in cells.items() if cell is not None})
    final = data.final
    if final is None:
        return found
    for name, item in (
        ("three_public", Item.THREE_PUBLIC),
        ("project_spending", Item.PROJECTS),
        ("special_funds", Item.SPECIAL),
        ("public_spending", Item.PUBLIC),
    ):
        row = data.row(item)
        if row is not None and fields[row.cells[final]].stated is not None:
            found[name] = row.cells[final]
    return found


def record(judgement: Judgement) -> dict[str, object]:
    """Return the form's filled lines and what other forms of the unit are compared with."""
    data = judgement.form.body
    if not isinstance(data, BaseData):
        return {"funds": (), "facts": ()}
    lines = []
    for row in data.rows:
        figures = tuple(
            [
                (column.label, judgement.shown(cell))
                for column, cell in zip(data.columns, row.cells, strict=True)
            ]
        )
        if any(value is not None for _, value in figures):
            total = row.item in (Item.THREE_PUBLIC, Item.PROJECTS, Item.SPECIAL, Item.PUBLIC)
            lines.append(FundLine(row.label, figures, total))
    return {"funds": tuple(lines), "facts": tuple(_facts(judgement, data))}


def _facts(judgement: Judgement, data: BaseData) -> Iterator[Fact]:
    """Yield 项目支出 and every special fund of 本年决算 with their cells."""
    place = data.final
    if place is None:
        return
    column = data.columns[place].label
    cells = [c for c in data.project_spending(place) if judgement.expected.get(c) is not None]
    if cells:
        total = sum((judgement.expected[cell] for cell in cells), Fraction())
        own = data.row(Item.PROJECTS)
        target = own.cells[place] if own is not None else cells[0]
        stated = [judgement.form.fields[cell].stated for cell in cells]
        decimals = max((s.shortest for s in stated if isinstance(s, Quantity)), default=2)
        written = judgement.stated(target) if cells == [target] else None
        yield Fact(
            "project_spending",
            f"项目支出/{column}",
            a1(target),
            half_up(total, decimals),
            stated=None if written is None else half_up(written, decimals),
            blank=written is None,
        )
    for name, cell in data.special_funds:
        shown = None if cell is None else judgement.shown(cell)
        if cell is not None and shown is not None:
            yield Fact("special_fund", name, a1(cell), shown)
