"""Several forms on one sheet: each is read as if it stood alone."""

from __future__ import annotations

from itertools import permutations

import pytest
from text_tables import table

from selfeval_xl.forms import recognise
from selfeval_xl.judging import judge
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet


def stacked(numbers: tuple[str, ...], titles: dict[str, str], gap: int) -> Sheet:
    """Put tables below each other, each under its title, ``gap`` empty rows between."""
    rows: list[list[object]] = []
    merges = []
    for number in numbers:
        rows += [[] for _ in range(gap if rows else 0)]
        if number in titles:
            rows.append([titles[number]])
        sheet, top = table(number), len(rows)
        rows += [list(row) for row in sheet.rows]
        merges += [(a + top, b, c + top, d) for a, b, c, d in sheet.merges]
    return Sheet("合并", rows, tuple(merges))


def abreast(numbers: tuple[str, ...], gap: int) -> Sheet:
    """Put tables side by side with ``gap`` empty columns between."""
    tables = [table(number) for number in numbers]
    rows: list[list[object]] = [[] for _ in range(max(sheet.height for sheet in tables))]
    merges = []
    left = 0
    for sheet in tables:
        for place in range(len(rows)):
            own = sheet.rows[place] if place < sheet.height else []
            rows[place] += [*[None] * (left - len(rows[place])), *own]
        merges += [(a, b + left, c, d + left) for a, b, c, d in sheet.merges]
        left += sheet.width + gap
    return Sheet("并排", rows, tuple(merges))


def found(sheet: Sheet) -> list[tuple[str, int, int]]:
    """Return kind, number of derived cells and number of findings of each form of a sheet."""
    forms = recognise(sheet, DEFAULT)
    return sorted((f.kind, len(f.relations), len(judge(f, DEFAULT).findings)) for f in forms)


def alone(numbers: tuple[str, ...]) -> list[tuple[str, int, int]]:
    return sorted(one for number in numbers for one in found(table(number)))


TITLES = {
    "01": "指标体系得分情况表",
    "02": "创业就业扶持明细表",
    "03": "问卷统计表",
    "13": "部门整体支出绩效评价基础数据表",
    "14": "部门整体支出绩效自评表",
    "15": "项目支出绩效自评表",
}


@pytest.mark.parametrize("gap", [1, 2])
@pytest.mark.parametrize("titled", [True, False])
@pytest.mark.parametrize(
    "numbers",
    [*permutations(("13", "14")), *permutations(("13", "15")), *permutations(("02", "15")),
     *permutations(("03", "15")), *permutations(("01", "15")), *permutations(("01", "02", "03"))],
)  # fmt: skip
def test_below_each_other(numbers: tuple[str, ...], titled: bool, gap: int) -> None:
    sheet = stacked(numbers, TITLES if titled else {}, gap)
    assert found(sheet) == alone(numbers)


@pytest.mark.parametrize("gap", [1, 2])
@pytest.mark.parametrize(
    "numbers",
    [*permutations(("01", "03")), *permutations(("02", "03")), *permutations(("01", "02")),
     *permutations(("13", "01"))],
)  # fmt: skip
def test_side_by_side(numbers: tuple[str, ...], gap: int) -> None:
    assert found(abreast(numbers, gap)) == alone(numbers)
