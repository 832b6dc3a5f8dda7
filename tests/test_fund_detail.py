"""Fund tables in the layouts people use: what is found, what it adds up to, what is asked."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_cases import Case, cases, outcome, planted, wanted

from selfeval_xl.examining import examine
from selfeval_xl.findings import Kind, Level
from selfeval_xl.forms import department_base_data, fund_detail
from selfeval_xl.recording import form_record
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet, a1, parse_range


@pytest.mark.parametrize("case", cases("fund_detail"), ids=lambda case: case.name)
def test_case(case: Case) -> None:
    forms = fund_detail.recognise(case.sheet, DEFAULT)
    assert [form.region for form in forms] == [expected.region for expected in case.forms]
    for form, expected in zip(forms, case.forms, strict=True):
        if expected.failure:
            assert expected.failure in form.failure
            assert not form.relations
            continue
        assert not form.failure
        judgement = examine(form, DEFAULT)
        assert outcome(form, judgement, expected) == wanted(expected)


_AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=2)
_ROWS = st.lists(st.tuples(_AMOUNTS, _AMOUNTS, st.integers(0, 500)), min_size=3, max_size=12)


def _table(rows: list[tuple[Decimal, Decimal, int]], typed: bool, top: bool) -> Sheet:
    """Return a table of income, spending, balance and households with right totals."""

    def cell(value: Decimal | int) -> object:
        if typed:
            return str(value)
        return float(value) if isinstance(value, Decimal) else value

    lines = [
        [n + 1, f"第{n}村", cell(given), cell(used), cell(given - used), cell(count)]
        for n, (given, used, count) in enumerate(rows)
    ]
    given, used = (sum((row[n] for row in rows), Decimal(0)) for n in (0, 1))
    count = sum(row[2] for row in rows)
    total = ["合计", None, cell(given), cell(used), cell(given - used), cell(count)]
    header = ["序号", "村名", "到位资金", "支出资金", "结余资金", "补助户数"]
    lines = [total, *lines] if top else [*lines, total]
    return Sheet("明细", [[*header], *[list(line) for line in lines]])


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.booleans(), st.booleans())
def test_right_tables_are_silent(
    rows: list[tuple[Decimal, Decimal, int]], typed: bool, top: bool
) -> None:
    (form,) = fund_detail.recognise(_table(rows, typed, top), DEFAULT)
    findings = examine(form, DEFAULT).findings
    # Spending beyond income is a fact of the figures, not of the sums.
    assert [f for f in findings if f.rule != "F301"] == []


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.booleans(), st.integers(2, 5), st.integers(1, 10**6))
def test_a_wrong_total_is_found(
    rows: list[tuple[Decimal, Decimal, int]], top: bool, column: int, error: int
) -> None:
    sheet = _table(rows, False, top)
    row = 1 if top else len(rows) + 1
    right = sheet.rows[row][column]
    assert isinstance(right, int | float)
    sheet.rows[row][column] = right + error
    (form,) = fund_detail.recognise(sheet, DEFAULT)
    findings = [f for f in examine(form, DEFAULT).findings if f.level is Level.ERROR]
    assert [(f.rule, f.cell) for f in findings] == [("F201", a1((row, column)))]
    assert findings[0].expected == Decimal(str(right)).quantize(Decimal("0.01"))


_WORDS = (
    *(
        "合计",
        "小计",
        "其中：",
        "资金（万元）",
        "支出",
        "结余",
        "单位：万元",
        "“三公”经费",
        "公用经费",
    ),
    *(
        "编制数",
        "实际在职",
        "控制率",
        "预算数",
        "2023年决算数",
        "县级专项资金",
        "项目支出",
        "……",
        "—",
    ),
    *("执行率", "备注", "1.5", "100%", "一、甲", "1.1", "明细表", "业务工作经费", "#REF!", "7,0.0"),
)
_VALUES = st.one_of(
    st.none(), st.integers(-5, 3000), st.floats(), st.booleans(), st.sampled_from(_WORDS)
)
_RANGES = st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)).map(
    lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3])
)


_SHEETS = [
    case.sheet for folder in ("fund_detail", "department_base_data") for case in cases(folder)
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(_SHEETS),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 7), _VALUES), max_size=6),
    st.lists(st.integers(0, 30), max_size=3),
    st.lists(_RANGES, max_size=2),
)
def test_nothing_on_a_sheet_stops_the_recognition(
    sheet: Sheet,
    overwritten: list[tuple[int, int, object]],
    deleted: list[int],
    merges: list[tuple[int, int, int, int]],
) -> None:
    rows = [list(row) for n, row in enumerate(sheet.rows) if n not in deleted]
    for row, column, value in overwritten:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = value
    damaged = Sheet("表", rows, (*sheet.merges, *merges), sheet.number_formats)
    for module in (fund_detail, department_base_data):
        for form in module.recognise(damaged, DEFAULT):
            if not form.failure:
                judgement = examine(form, DEFAULT)
                assert {r.target for r in form.relations} <= form.fields.keys()
                assert form_record(judgement).form == module.KIND


_DATA = Path(__file__).parents[1] / "samples" / "data"

_PUBLISHED: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    (
        "02-创业就业扶持明细表",
        {"C19": "191", "D19": "94.97", "E19": "111.28", "F19": "75.02"},
        {"budget": "D19", "executed": "E19"},
    ),
    (
        "05-项目支出明细表",
        {"C5": "33.5", "D5": "33.5", "E5": "0", "E2": "0", "E3": "0", "E4": "0"},
        {"budget": "C5", "executed": "D5"},
    ),
    ("08-机构名单和补助经费表", {"F14": "12", "G14": "24"}, {"amount_total": "G14"}),
    (
        "11-补助经费使用情况表",
        {"C11": "317.395", "D11": "23186", "D12": "1.1593"},
        {"budget": "C11", "amount_total": "C11"},
    ),
)


@pytest.mark.parametrize(("name", "derived", "figures"), _PUBLISHED, ids=lambda v: str(v)[:2])
def test_published_tables(name: str, derived: dict[str, str], figures: dict[str, str]) -> None:
    """The published sums are right: no error, no rounding note, nothing filled."""
    sheet = published(name)
    (form,) = fund_detail.recognise(sheet, DEFAULT)
    judgement = examine(form, DEFAULT)
    found = {a1(r.target): r.equals.value(judgement.expected.get) for r in form.relations}
    assert found == {cell: Fraction(value) for cell, value in derived.items()}
    assert {name: a1(cell) for name, cell in form.figures.items()} == figures
    assert {f.level for f in judgement.findings} <= {Level.REVIEW}
    # Only table 02 spends more than arrived, in seven rows: one question.
    rules = [f.rule for f in judgement.findings]
    assert rules == (["F301"] if name.startswith("02") else [])


def published(name: str) -> Sheet:
    """Return a published table as it is printed."""
    data = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    return Sheet(data["sheet"], data["grid"], tuple(map(parse_range, data["merges"])))


@pytest.mark.parametrize(
    "number", ["01", "03", "04", "06", "07", "09", "10", "12", "13", "14", "15"]
)
def test_other_forms_are_left_alone(number: str) -> None:
    (path,) = _DATA.glob(f"{number}-*.json")
    assert fund_detail.recognise(published(path.stem), DEFAULT) == []


def test_lines_for_the_summary() -> None:
    (form,) = fund_detail.recognise(published("08-机构名单和补助经费表"), DEFAULT)
    lines = form_record(examine(form, DEFAULT)).funds
    assert len(lines) == 13
    assert lines[0].item == "昆明市五华区康洁按摩店"
    assert lines[0].figures == (("县区机构数", Decimal(2)), ("县区资金合计", Decimal(4)))
    assert lines[-1].item == "合计"
    assert lines[-1].total


# Rows that can be read in two ways, or figures that cannot be added: questions, not errors.
_AMBIGUOUS = ("06", "13", "19", "34", "35", "38")


@pytest.mark.parametrize("case", cases("fund_detail"), ids=lambda case: case.name)
def test_a_wrong_derived_figure_is_the_only_root(case: Case) -> None:
    """Every derived figure of a right form, made wrong, is found there and nowhere else."""
    if case.name.startswith(_AMBIGUOUS):
        return
    for place, form in enumerate(fund_detail.recognise(case.sheet, DEFAULT)):
        clean = examine(form, DEFAULT)
        if form.failure or any(f.level is Level.ERROR for f in clean.findings):
            continue
        for relation in form.relations:
            sheet = planted(case.sheet, relation.target)
            exact = relation.equals.value(clean.expected.get)
            if sheet is None or exact is None:
                continue
            again = fund_detail.recognise(sheet, DEFAULT)[place]
            roots = [f for f in examine(again, DEFAULT).findings if f.kind is Kind.ROOT]
            assert [(f.rule, f.cell) for f in roots] == [(relation.rule, a1(relation.target))]
            assert abs(Fraction(str(roots[0].expected)) - exact) <= Fraction(1, 10000)


def test_two_of_three_rows_prove_no_row_total_that_the_header_does_not_group() -> None:
    lines = [
        ["序号", "明细项目", "合计支出", "市级支出", "县级支出"],
        [1, "东镇", 9, 5, 3],
        [2, "西镇", 11, 5, 6],
        [3, "南镇", 12, 6, 6],
        ["合计", None, 32, 16, 15],
    ]
    (form,) = fund_detail.recognise(Sheet("明细", lines), DEFAULT)
    assert "F204" not in {relation.rule for relation in form.relations}
    assert examine(form, DEFAULT).findings == []
