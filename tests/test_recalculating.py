"""Results beside the formulas of a corrected sheet: those a spreadsheet program would compute."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import xlsxwriter
from formula_engine import Book
from template_books import FILLED, SHEETS
from workbook_bytes import opened, simple, unpacked, zipped

from selfeval_xl.checking import check, mark
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.forms.form import Field, Form, Head, Measure
from selfeval_xl.judgement import Judgement
from selfeval_xl.recalculating import recalculated
from selfeval_xl.relations import At, Expression, Ratio, Relation, Sum
from selfeval_xl.settings import DEFAULT
from selfeval_xl.values import read_quantity
from selfeval_xl.workbooks.sheet import Block, Bond, Sheet, a1, parse_a1

_CELL = re.compile(r'<c r="([A-Z]+\d+)"( s="\d+")?><f>([^<]*)</f><v>(-?[\d.]+)</v></c>')


def typed_over(data: bytes, chance: random.Random, *, followed: bool) -> bytes:
    """The workbook with a wrong figure instead of one formula.

    ``followed``: the other results are those of the wrong figure, as a program would compute them.
    """
    parts = unpacked(data)
    places = [
        (name, found)
        for name, content in parts.items()
        if name.startswith("xl/worksheets/sheet")
        for found in _CELL.finditer(content.decode())
    ]
    name, found = chance.choice(places)
    figure = f"{float(found[4]) * 1.5 + 3:g}"
    return zipped(replaced(parts, name, found, figure, followed=followed))


def replaced(
    parts: dict[str, bytes], name: str, found: re.Match[str], figure: str, *, followed: bool
) -> dict[str, bytes]:
    wrong = f'<c r="{found[1]}"{found[2] or ""}><v>{figure}</v></c>'
    text = parts[name].decode().replace(found[0], wrong)
    if followed:
        sheets = opened(zipped({**parts, name: text.encode()}), values=False)
        number = int(name.removeprefix("xl/worksheets/sheet").removesuffix(".xml"))
        computed = Book(list(sheets.values())[number - 1])
        text = _CELL.sub(lambda cell: _with_result(cell, computed), text)
    return {**parts, name: text.encode()}


def _with_result(cell: re.Match[str], computed: Book) -> str:
    value = computed.at(cell[1])
    shown = "" if value == "" else repr(float(value))
    return f'<c r="{cell[1]}"{cell[2] or ""}><f>{cell[3]}</f><v>{shown}</v></c>'


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("name", list(SHEETS))
def test_results_are_right_or_absent(name: str, followed: bool) -> None:
    present = absent = corrected = 0
    for seed in range(20):
        chance = random.Random(seed)
        data = typed_over((FILLED / name).read_bytes(), chance, followed=followed)
        checked = check(data, name, DEFAULT)
        changed = [f for f in checked.record.findings if f.action is not Action.LEFT]
        corrected += bool(changed)
        copy, *_ = mark(data, checked.record, checked.facts(), DEFAULT)
        formulas, values = opened(copy, values=False), opened(copy, values=True)
        for sheet in {finding.sheet for finding in changed}:
            computed = Book(formulas[sheet])
            for cell, text in formulas[sheet].items():
                if not str(text).startswith("="):
                    continue
                shown, wanted = values[sheet].get(cell), computed.value(cell)
                if shown is None or shown == "":
                    absent += wanted != ""
                    continue
                present += 1
                assert isinstance(wanted, Fraction), (sheet, cell, text)
                assert shown == pytest.approx(float(wanted), rel=1e-12, abs=1e-12), (seed, cell)
    assert corrected >= 12
    assert present >= 100
    assert absent <= (0 if followed else present // 20)


def test_a_corrected_share_counts_as_it_is_written() -> None:
    """The score beside a share typed over is share × points as the sheet will compute it."""
    name = "问卷统计表.xlsx"
    parts = unpacked((FILLED / name).read_bytes())
    part = next(part for part, content in parts.items() if b"COUNTIFS" in content)
    share = next(found for found in _CELL.finditer(parts[part].decode()) if found[1] == "C8")
    data = zipped(replaced(parts, part, share, "0.5", followed=True))
    checked = check(data, name, DEFAULT)
    copy, *_ = mark(data, checked.record, checked.facts(), DEFAULT)
    cells = next(cells for sheet, cells in opened(copy, values=True).items() if "问卷" in sheet)
    written = cells[8, 3]
    assert len(str(written)) <= len("0.7011")
    assert cells[9, 3] == pytest.approx(written * 10, abs=1e-12)
    before, after = opened(data, values=False), opened(copy, values=False)
    sheet = next(sheet for sheet in before if "问卷" in sheet)
    different = [cell for cell, text in before[sheet].items() if after[sheet][cell] != text]
    assert different == [(8, 3)], "formulas wrong only because of it are the sender's and stay"


def scores(share: str, shown: str) -> bytes:
    """Scores that add up to 85 of 90, their sum typed as 45; ``share`` stands beside it as 50 %."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet("得分")
    sheet.write_row("A1", ["项目支出绩效评价一级指标得分情况表"])
    rows = [("决策", 20, 20), ("过程", 20, 15), ("产出", 30, 30), ("效益", 20, 20)]
    sheet.write_row("A2", ["一级指标", "分值", "得分", "得分率"])
    for number, row in enumerate(rows, start=3):
        sheet.write_row(f"A{number}", [*row, row[2] / row[1]])
    sheet.write_row("A7", ["合计", 90, 45])
    sheet.write_formula("D7", share, book.add_format({"num_format": shown}), 0.5)
    book.close()
    return data.getvalue()


@pytest.mark.parametrize(
    ("precision", "shown", "right"),
    [
        ("", "0.00%", 85 / 90),
        (' fullPrecision="1"', "0.00%", 85 / 90),
        (' fullPrecision="0"', "0.00%", 0.9444),
        (' fullPrecision="0"', '0%_ ;[Red]-0%" "', 0.94),
        (' fullPrecision="false"', "General", 85 / 90),
    ],
)
def test_results_of_workbooks_that_calculate_with_figures_as_shown(
    precision: str, shown: str, right: float
) -> None:
    parts = unpacked(scores("C7/B7", shown))
    workbook = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = workbook.replace("<calcPr ", f"<calcPr{precision} ").encode()
    checked = check(zipped(parts), "得分.xlsx", DEFAULT)
    copy, *_ = mark(zipped(parts), checked.record, checked.facts(), DEFAULT)
    values, formulas = opened(copy, values=True)["得分"], opened(copy, values=False)["得分"]
    assert (values[7, 3], formulas[7, 4]) == (85, "=C7/B7")
    assert values[7, 4] == pytest.approx(right, abs=1e-12)


VARIANTS = {
    "C7/B7": True,
    "(C7/B7)": True,
    "IF(B7=0,0,C7/B7)": True,
    "IFERROR(C7/B7,0)": True,
    "C7/90": True,
    "C7/B7+C4*0": True,
    # Present results that are right by chance: the copy must not say that they come right.
    "ROUND(C7/B7,1)": False,
    "B7/180": False,
    "IF(C7>=80,1,C7/B7)": False,
    "ROUNDDOWN(C7/B7,2)": False,
    "INT(C7/B7*10)/10": False,
    "VLOOKUP(C7,C7:D8,1)/B7": False,  # right, but not known to be
}


@pytest.mark.parametrize("formula", VARIANTS)
def test_a_formula_stays_only_where_it_gives_the_right_figure(formula: str) -> None:
    """85 of 90 is right where 45 stood; the share beside it showed 50 %."""
    data = scores(formula, "0.00%")
    checked = check(data, "得分.xlsx", DEFAULT)
    copy = mark(data, checked.record, checked.facts(), DEFAULT).content
    values, formulas = opened(copy, values=True)["得分"], opened(copy, values=False)["得分"]
    assert (formulas[7, 4] == f"={formula}") is VARIANTS[formula]
    assert values[7, 4] == pytest.approx(85 / 90, abs=5e-5)
    cells = {cell: value for cell, value in formulas.items() if cell[0] > 2 and cell[1] > 1}
    if "IFERROR" not in formula or not VARIANTS[formula]:  # the reader of the tests has no such
        assert float(Book(cells).value((7, 4))) == pytest.approx(85 / 90, abs=5e-5)


def test_formulas_filled_down_are_followed() -> None:
    """Excel writes the text of such formulas once, for all cells that share it."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>指标{row}</t></is></c>'
        f'<c r="B{row}"><v>10</v></c><c r="C{row}"><v>{score}</v></c>{share}</row>'
        for row, score, share in (
            (3, 8, '<c r="D3"><f t="shared" ref="D3:D7" si="0">C3/B3</f><v>0.8</v></c>'),
            (4, 9, '<c r="D4"><f t="shared" si="0"/><v>0.9</v></c>'),
            (5, 7, '<c r="D5"><f t="shared" si="0"/><v>0.7</v></c>'),
            (6, 6, '<c r="D6"><f t="shared" si="0"/><v>0.6</v></c>'),
        )
    )
    head = "".join(
        f'<c r="{column}2" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABCD", ("一级指标", "分值", "得分", "得分率"), strict=True)
    )
    title = '<c r="A1" t="inlineStr"><is><t>项目支出绩效评价一级指标得分情况表</t></is></c>'
    total = (
        '<c r="A7" t="inlineStr"><is><t>合计</t></is></c><c r="B7"><v>40</v></c>'
        '<c r="C7"><v>36</v></c><c r="D7"><f t="shared" si="0"/><v>0.9</v></c>'
    )
    data = simple(f'<row r="1">{title}</row><row r="2">{head}</row>{rows}<row r="7">{total}</row>')
    checked = check(data, "得分.xlsx", DEFAULT)
    copy = mark(data, checked.record, checked.facts(), DEFAULT).content
    values, formulas = opened(copy, values=True)["表"], opened(copy, values=False)["表"]
    # openpyxl gives followers the text as it is written for the first cell's group.
    assert (values[7, 3], values[7, 4]) == (30, 0.75)
    assert str(formulas[7, 4]).startswith("=")
    assert "ROUND" not in str(formulas[7, 4])


def added(*cells: str) -> Expression:
    return Sum(tuple(At(parse_a1(cell)) for cell in cells))


def results(
    values: dict[str, object],
    formulas: dict[str, tuple[str, Expression]],
    formats: str = "",
    around: Mapping[str, Any] | None = None,
    scale: int = 1,
    follows: Mapping[str, str | None] | None = None,
    exact: str = "",
    **written: str,
) -> dict[str, str]:
    """Return the results on a sheet once the cells ``written`` hold what is right.

    ``formulas`` are the texts of formulas with what they should give; without a text a figure is
    typed. The sheet calculates with figures as shown where it has a format for all of them.
    ``around`` is what the sheet has besides. The cells ``written`` hold so many times their rates;
    ``follows`` are the right figures of cells that are wrong only because of others, ``exact`` what
    is right before it is rounded as it is written.
    """
    cells = {parse_a1(cell): value for cell, value in values.items()}
    rows: list[list[object]] = [[cells.get((row, at)) for at in range(6)] for row in range(3)]
    sheet = Sheet(
        "Sheet1",
        rows,
        formulas={parse_a1(cell): text for cell, (text, _) in formulas.items() if text},
        number_formats=dict.fromkeys(cells, formats) if formats else {},
        as_shown=bool(formats),
        **(around or {}),
    )
    form = Form(
        "试",
        sheet,
        (0, 0, 2, 5),
        "",
        Head(),
        {
            cell: Field(
                cell,
                "数",
                Measure.NUMBER,
                None if value is None else read_quantity(value),
                scale=scale if a1(cell) in written else 1,
            )
            for cell, value in cells.items()
            if cell[0] < 2
        },
        [Relation("T", parse_a1(cell), equals) for cell, (_, equals) in formulas.items()],
    )
    corrected: list[tuple[str, Kind, str | None]]
    corrected = [(cell, Kind.ROOT, number) for cell, number in written.items()]
    corrected += [(cell, Kind.CONSEQUENCE, number) for cell, number in (follows or {}).items()]
    findings = [
        Finding(
            "SHEET1", cell, "试", "", "T", Level.ERROR, kind, Action.CORRECTED, "数",
            written=None if number is None else Decimal(number),
        )
        for cell, kind, number in corrected
    ]  # fmt: skip
    left = Finding("Sheet1", "A2", "试", "", "T", Level.ERROR, Kind.ROOT, Action.LEFT, "数")
    findings.append(replace(left, written=Decimal(99)))
    right = {cell: Fraction(str(cells[cell])) for cell in form.fields if cells[cell] is not None}
    right |= {parse_a1(cell): Fraction(exact or number) / scale for cell, number in written.items()}
    found = recalculated(findings, [Judgement(form, DEFAULT, right)])
    return {a1(cell): str(number) for cell, number in found.get("Sheet1", {}).items()}


FIRST = ("A1+A2", added("A1", "A2"))
THIRD = Ratio(At((0, 0)), At((1, 0)))


@pytest.mark.parametrize(
    ("values", "formulas", "formats", "expected"),
    [
        ({"B1": 8}, {"B1": FIRST}, "", {"B1": "10"}),
        # sums of sums, whichever the form names first
        (
            {"B1": 8, "C1": 11},
            {"C1": ("B1+A2", added("B1", "A2")), "B1": FIRST},
            "",
            {"B1": "10", "C1": "13"},
        ),
        # what reads nothing corrected stays as it is, and needs no result
        ({"B1": 6}, {"B1": ("A2+A2", added("A2", "A2"))}, "", {}),
        ({"B1": 6}, {"B1": ("INDEX(A:A,ROW()+1)*2", added("A2", "A2"))}, "", {}),
        # unless it might read more
        ({"B1": 6}, {"B1": ("INDEX(A:A,A2-1)*2", added("A2", "A2"))}, "", {"B1": "6"}),
        *(
            ({"B1": 6}, {"B1": (f"{name}(A:A,2)*2", added("A2", "A2"))}, "", {})
            for name in ("offset", "INDIRECT")
        ),
        # of one that shows another figure than it gives, nobody knows what it will show
        ({"B1": 7}, {"B1": ("INDEX(A:A,2)*2", added("A2", "A2"))}, "", {}),
        # nor of those that read it
        ({"B1": 9, "C1": 12}, {"B1": FIRST, "C1": ("B1+A2", added("B1", "A2"))}, "", {}),
        (
            {"B3": 99, "C1": 104},
            {"B3": ("A2+A2", added("A2", "A2")), "C1": ("A1+B3", added("A1", "B3"))},
            "",
            {},
        ),
        (
            {"B3": 99, "C1": 107},
            {"B3": ("A2+A2", added("A2", "A2")), "C1": ("SUM(A1:B3)", added("A1", "A2"))},
            "",
            {},
        ),
        (
            {"B3": 99, "C1": 107, "D1": 99},
            {
                "B3": ("A2+A2", added("A2", "A2")),
                "C1": ("SUM(A1:B3)", added("A1", "A2")),
                "D1": ("SUM(A1:B3)-A1-A2", added("A1", "A2")),
            },
            "",
            {},
        ),
        (
            {"B1": 99, "C1": 104},
            {"B1": ("A2+A2", added("A2", "A2")), "C1": ("A1+B1", added("A1", "B1"))},
            "",
            {},
        ),
        # in an area, what shows just the figure its form expects, here 99, is taken at its word
        (
            {"B1": 99, "C1": 104},
            {"B1": ("A2+A2", added("A2", "A2")), "C1": ("SUM(A1:B1)", added("A1", "B1"))},
            "",
            {"C1": "106"},
        ),
        # but what is typed stays what it is
        (
            {"B1": 9, "C1": 14},
            {"B1": ("", added("A1", "A2")), "C1": ("A1+B1", added("A1", "B1"))},
            "",
            {"C1": "16"},
        ),
        # a result from before A1 was typed over
        ({"B1": 10}, {"B1": FIRST}, "", {"B1": "10"}),
        # no result, or none that can be computed
        ({"B1": None}, {"B1": FIRST}, "", {}),
        ({"B1": 5}, {"B1": ("A1/A3", Ratio(At((0, 0)), At((2, 0))))}, "", {}),
        # rounded by the formula, by the format, by both
        ({"B1": 1.7}, {"B1": ("ROUND(A1/A2,1)", THIRD)}, "", {"B1": "2.3"}),
        ({"B1": 1.67}, {"B1": ("A1/A2", THIRD)}, "0.00", {"B1": "2.33"}),
        ({"B1": 1.7}, {"B1": ("ROUND(A1/A2,1)", THIRD)}, "0.00", {"B1": "2.3"}),
        ({"B1": 1.67}, {"B1": ("ROUND(A1/A2,2)", THIRD)}, "0.00", {"B1": "2.33"}),
        ({"B1": 1.7}, {"B1": ("ROUND(A1/A2,2)", THIRD)}, "0.0", {"B1": "2.3"}),
        ({"A2": 2, "B1": 2.5}, {"B1": ("ROUND(A1/A2,2)", THIRD)}, "0.0", {"B1": "3.5"}),
        ({"B1": 1.7}, {"B1": ("ROUND(A1/A2,1)", THIRD)}, "# ?/?", {}),
        # changes at the corners of what is read, and areas that differ by one side
        ({"B1": 8}, {"B1": ("SUM(A1:A3)", added("A1", "A2"))}, "", {"B1": "10"}),
        (
            {"B2": 8, "C1": 16},
            {"B2": FIRST, "C1": ("SUM(A1:B2)", added("A1", "A2", "B2"))},
            "",
            {"B2": "10", "C1": "20"},
        ),
        (
            {"B1": 8, "C1": 8},
            {
                "B1": ("SUM(A1:A3)", added("A1", "A2")),
                "C1": ("SUM(A2:A3)+A1", added("A1", "A2")),
            },
            "",
            {"B1": "10", "C1": "10"},
        ),
        # what nobody filled in is nothing where it is typed, an empty text where a formula gives it
        ({"B1": 5}, {"B1": ("A1+C2", added("A1"))}, "", {"B1": "7"}),
        ({"B1": 5, "C2": None}, {"B1": ("A1+C2", added("A1")), "C2": ('""', At((0, 0)))}, "", {}),
        # doubles are the same as what they stand for
        ({"B1": 1.6666666666666667}, {"B1": ("A1/A2", THIRD)}, "", {"B1": "2.3333333333333335"}),
        ({"B1": 8.000000002}, {"B1": FIRST}, "", {"B1": "10"}),
        ({"B1": 8.00000002}, {"B1": FIRST}, "", {}),
        # a formula that is not understood, and reads nothing corrected, is believed
        (
            {"B1": 8, "C3": 3},
            {
                "B1": ("A1+C3", added("A1", "A2")),
                "C3": ("VLOOKUP(A2,A2:A3,1)", At((1, 0))),
            },
            "",
            {"B1": "10"},
        ),
        # a text that its formula does not give any more
        (
            {"B1": 8, "C3": "b"},
            {
                "B1": ('IF(C3="b",A1+A2,0)', added("A1", "A2")),
                "C3": ('IF(A2=3,"a","b")', At((0, 0))),
            },
            "",
            {},
        ),
        # a text it does not give before the correction either
        (
            {"B1": 0, "C3": "x"},
            {
                "B1": ('IF(C3="b",A1+A2,0)', added("A1", "A2")),
                "C3": ('IF(A1>6,"b","a")', At((0, 0))),
            },
            "",
            {},
        ),
        # figures beside the form count, too
        ({"A3": 4, "B1": 14}, {"B1": ("A1+A2+A3", added("A1", "A2"))}, "", {"B1": "14"}),
        ({"A3": 4, "B1": 12}, {"B1": ("A1+A2+A3", added("A1", "A2"))}, "", {"B1": "14"}),
    ],
)  # fmt: skip
def test_results_that_are_known(
    values: dict[str, object],
    formulas: dict[str, tuple[str, Expression]],
    formats: str,
    expected: dict[str, str],
) -> None:
    """A1 holds 5 and should hold 7, A2 holds 3."""
    assert results({"A1": 5, "A2": 3, **values}, formulas, formats, A1="7") == expected


SECOND = ("B1+A2", added("B1", "A2"))


@pytest.mark.parametrize(
    ("values", "formulas", "follows", "expected"),
    [
        ({"B1": 8}, {"B1": FIRST}, {"B1": "10"}, {"B1": "10"}),
        # a formula that does not give the right figure makes room for it
        (
            {"B1": 9, "C1": 12},
            {"B1": ("A1+A2+1", added("A1", "A2")), "C1": SECOND},
            {"B1": "10"},
            {"C1": "13"},
        ),
        (
            {"B1": 6, "C1": 9},
            {"B1": ("A2+A2", added("A1", "A2")), "C1": SECOND},
            {"B1": "10"},
            {"C1": "13"},
        ),
        # it gives what the form shows at its decimals
        (
            {"B1": 1.67},
            {"B1": ("A1/A2", THIRD)},
            {"B1": "2.33"},
            {"B1": "2.3333333333333335"},
        ),
        ({"B1": 1.67}, {"B1": ("A1/A2", THIRD)}, {"B1": "2.34"}, {}),
        # a figure that cannot be told
        (
            {"B1": 9, "C1": 12},
            {"B1": ("A1+A2+1", added("A1", "A2")), "C1": SECOND},
            {"B1": None},
            {},
        ),
        # a figure that was typed
        ({"B1": 8, "C1": 11}, {"B1": ("", FIRST[1]), "C1": SECOND}, {"B1": "10"}, {"C1": "13"}),
    ],
)
def test_results_beside_what_is_wrong_because_of_others(
    values: dict[str, object],
    formulas: dict[str, tuple[str, Expression]],
    follows: dict[str, str | None],
    expected: dict[str, str],
) -> None:
    """A1 holds 5 and should hold 7, A2 holds 3."""
    assert results({"A1": 5, "A2": 3, **values}, formulas, follows=follows, A1="7") == expected


def test_a_result_that_is_an_error_stays_one() -> None:
    formulas = {"C3": FIRST}
    around = {"errors": {(2, 2): "#N/A"}}
    assert results({"A1": 5, "A2": 3, "C3": None}, formulas, around=around, A1="7") == {}


def test_what_a_data_table_will_show_is_not_known() -> None:
    values = {"A1": 5, "A2": 3, "B1": 6, "C1": 11}
    formulas = {"B1": ("A2+A2", added("A2", "A2")), "C1": ("A1+B1", added("A1", "B1"))}
    around = {"blocks": (Block(Bond.DATA_TABLE, (0, 1, 0, 1)),)}
    assert results(values, formulas, A1="7") == {"C1": "13"}
    assert results(values, formulas, around=around, A1="7") == {}


@pytest.mark.parametrize("scale", [1, 100])
@pytest.mark.parametrize(("left", "expected"), [(10.004, {"B1": "10"}), (10.005, {})])
def test_results_from_before_a_figure_was_typed_over(
    scale: int, left: float, expected: dict[str, str]
) -> None:
    """It was 7.004 and is written as 7; a rate of 7 % may be written so, too."""
    values = {"A1": 5, "A2": 3, "B1": left}
    assert results(values, {"B1": FIRST}, scale=scale, exact="7.004", A1="7") == expected


@pytest.mark.parametrize(
    ("formula", "around", "expected"),
    [
        ("A1+A2+C3*0", {"errors": {(2, 2): "#N/A"}}, {}),
        ("A1+A2+C3*0", {}, {"B1": "10"}),
        ("SHEET1!A1+Sheet1!A2", {}, {"B1": "10"}),
        ("Sheet2!A1*0+A1+A2", {}, {}),
        ("IF(A1>6,1E308*9,8)", {}, {}),  # more than any program keeps
        ("A1+A2", {"blocks": (Block(Bond.ARRAY, (0, 1, 0, 1)),)}, {"B1": "10"}),
        ("SUM(A1:INDEX(A:A,ROW()+1))", {}, {"B1": "10"}),
        (
            "SUM(A1:INDEX(A:A,ROW()+1))",
            {"blocks": (Block(Bond.TABLE_TOTALS, (0, 1, 0, 3)),)},
            {"B1": "10"},
        ),
        ("A1+A2", {"blocks": (Block(Bond.DATA_TABLE, (0, 1, 0, 3)),)}, {}),
    ],
)
def test_results_beside_what_else_a_sheet_has(
    formula: str, around: dict[str, Any], expected: dict[str, str]
) -> None:
    values = {"A1": 5, "A2": 3, "B1": 8}
    formulas = {"B1": (formula, added("A1", "A2"))}
    assert results(values, formulas, around=around, A1="7") == expected
