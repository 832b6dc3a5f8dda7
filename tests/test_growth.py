"""The work grows with the sheet and no faster: steps are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from workbook_bytes import simple

from selfeval_xl.checking import check, mark
from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.forms.form import Form
from selfeval_xl.projects import group_projects
from selfeval_xl.records import FileRecord, FormRecord, Status
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet, a1

TIMES = 4
Row = list[object]


def wide_funds(size: int) -> list[Row]:
    """A fund table with a column a kind of money, every column's total wrong."""
    head: Row = ["序号", "县市区", *(f"资金{n}（万元）" for n in range(size))]
    body: list[Row] = [[n, f"{n}县", *(n * m % 7 + 1 for m in range(size))] for n in range(1, 7)]
    return [head, *body, ["合计", None, *(4 for _ in range(size))]]


def wide_balances(size: int) -> list[Row]:
    """The same where each column may be a balance of others."""
    first, *rest = wide_funds(size)
    return [[*first[:2], *(f"{name}累计" for name in first[2:])], *rest]


def long_funds(size: int) -> list[Row]:
    """Many groups in a fund table, their totals wrong."""
    rows: list[Row] = [["序号", "项目", "预算数（万元）", "执行数（万元）", "执行率"]]
    for group in range(size):
        rows += [[f"{n + 1}", f"项目{group}-{n}", 5 + n, 4 + n, "85%"] for n in range(4)]
        rows.append([None, "小计", 27, 23, "83%"])
    return [*rows, ["合计", None, 27 * size, 25 * size, "83%"]]


def questions(size: int) -> list[Row]:
    """Questions each with a wrong total and shares worked out from it."""
    rows: list[Row] = [["问卷问题", "选项", "很满意", "满意", "一般", "不满意", "很不满意", "合计"]]
    for number in range(size):
        rows += [
            [f"{number + 1}.您认为", "人数", 17, 7, 3, 0, 0, 28],
            [None, "占比", "62.96%", "25.93%", "11.11%", "11.11%", "0%", "111%"],
            [None, "分数", "6.30", "2.07", "0.67", "0.22", "0", "9.26"],
        ]
    return rows


def indicators(size: int) -> list[Row]:
    """Indicators whose losses are wrong, each by itself."""
    rows: list[Row] = [["一级指标", "二级指标", "权重分", "得分", "扣分"]]
    rows += [[f"一级{n // 5}", f"指标{n}", 2, 1.5, 1] for n in range(size)]
    return [*rows, ["合计", None, 2 * size, size, 0]]


def chained_totals(size: int) -> list[Row]:
    """Totals of which each might count the one before."""
    rows: list[Row] = [["序号", "项目", "预算数（万元）", "执行数（万元）"]]
    for group in range(size):
        rows += [[f"{n + 1}", f"项目{group}-{n}", 5 + n, 4 + n] for n in range(2)]
        rows.append(["合计", None, 11, 9 + group % 2])
    return rows


def pages(size: int) -> list[Row]:
    """An indicator table whose header is printed again and again."""
    head: Row = [
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因",
    ]
    rows: list[Row] = [["项目支出绩效自评表"]]
    for number in range(size):
        rows += [head, ["产出指标", "数量指标", f"指标{number}", "≥1个", "1个", 2, 1, ""]]
    return rows


def steps(rows: list[Row]) -> int:
    """Return the lines of the program that run to judge a sheet; one form at least."""
    forms: list[Form] = []

    def judged() -> None:
        forms.extend(recognise(Sheet("表", rows), DEFAULT))
        for form in forms:
            examine(form, DEFAULT)

    count = lines_run(judged)
    assert forms
    return count


def lines_run(work: Callable[[], object]) -> int:
    """Return the lines of the program that run; what one line of it does at once is not seen."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> Callable[..., object]:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    ("table", "size"),
    [
        (wide_funds, 60),
        (wide_balances, 60),
        (long_funds, 60),
        (chained_totals, 60),
        (questions, 60),
        (indicators, 100),
        (pages, 60),
    ],
)
def test_work_grows_with_the_sheet(table: Callable[[int], list[Row]], size: int) -> None:
    steps(table(4))  # loads what is loaded once
    assert steps(table(size * TIMES)) < 1.3 * TIMES * steps(table(size))


def beside(size: int, formula: str, attributes: str) -> bytes:
    """A table whose total, in C4, is wrong, and many formulas below it."""
    table = [
        ["序号", "项目", "预算数（万元）"],
        [1, "项目甲", 5],
        [2, "项目乙", 6],
        ["合计", None, 12],
    ]
    rows = [
        f'<row r="{number}">{"".join(_cell(a1((number - 1, at)), v) for at, v in enumerate(row))}'
        "</row>"
        for number, row in enumerate(table, start=1)
    ]
    rows += [
        f'<row r="{row}"><c r="A{row}"><f{attributes.format(row)}>{formula.format(row - 1)}</f>'
        f'<v>1</v></c><c r="B{row}"><v>1</v></c></row>'
        for row in range(10 * size, 11 * size)  # none met before
    ]
    return simple("".join(rows))


def _cell(place: str, value: object) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return "" if value is None else f'<c r="{place}"><v>{value}</v></c>'


@pytest.mark.parametrize(
    ("formula", "attributes"),
    [
        ("C4", ' t="array" ref="A{0}:B{0}"'),
        ("SUM(C2:H9)", ""),
        ("SUM(C2:H9)+A{0}", ""),
        ("SUM(C4,A{0})", ""),
    ],
)
def test_work_grows_with_the_formulas(formula: str, attributes: str) -> None:
    def marked(size: int) -> int:
        data = beside(size, formula, attributes)
        return lines_run(lambda: _marked(data))

    marked(4)
    assert marked(400 * TIMES) < 1.3 * TIMES * marked(400)


def _marked(data: bytes) -> None:
    checked = check(data, "资金明细表.xlsx", DEFAULT)
    assert [finding.cell for finding in checked.record.findings] == ["C4"]
    mark(data, checked.record, checked.facts(), DEFAULT)


def unnamed(number: int) -> list[FormRecord]:
    """A department's figures without its name, a project's without its name."""
    return [_form("department_base_data"), _form("fund_detail")]


def named(number: int) -> list[FormRecord]:
    """A department of its own and a project of its own."""
    unit = f"第{number}局"
    return [
        _form("department_base_data", organisation=unit),
        _form("department_self_evaluation", organisation=unit),
        _form("project_self_evaluation", project=f"项目{number * 7919}", organisation=unit),
    ]


def half_named(number: int) -> list[FormRecord]:
    """The same where the base data leave out whose they are."""
    return [_form("department_base_data"), *named(number)[1:]]


def _form(kind: str, project: str = "", organisation: str = "") -> FormRecord:
    return FormRecord(kind, "表", project, 2023, organisation, amount_unit="万元")


@pytest.mark.parametrize("forms", [unnamed, named, half_named])
def test_work_grows_with_the_files_of_a_folder(forms: Callable[[int], list[FormRecord]]) -> None:
    def gathered(size: int) -> int:
        files = [
            FileRecord(f"{n}.xlsx", Status.CHECKED, forms=tuple(forms(n))) for n in range(size)
        ]
        return lines_run(lambda: group_projects(files, DEFAULT))

    gathered(4)
    assert gathered(100 * TIMES) < 1.4 * TIMES * gathered(100)
