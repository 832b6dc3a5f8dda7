"""What is kept of one table's layout must not be mistaken for another's.

Every sheet here is told apart from its neighbours by little: a text, a column, an option, a
weight. In one process, one after the other in either order, each must be judged as it is in a
process of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from selfeval_xl.examining import examine
from selfeval_xl.forms import recognise
from selfeval_xl.forms.shapes import ByShape, shape_of
from selfeval_xl.recording import form_record
from selfeval_xl.settings import DEFAULT, Settings
from selfeval_xl.workbooks.sheet import Sheet

Rows = list[list[object]]
OPTIONS = ("非常满意", "满意", "一般", "不满意")
QUESTIONS = ("您对服务态度是否满意？", "您对办事效率是否满意？", "您对环境卫生是否满意？")


def questionnaire(
    options: tuple[str, ...] = OPTIONS,
    questions: tuple[str, ...] = QUESTIONS,
    counts: tuple[int, ...] = (20, 5, 2, 1, 0),
    marks: tuple[float, ...] = (1, 0.8, 0.6, 0.2, 0),
) -> Sheet:
    """Return a questionnaire of three rows a question, its coefficients in a row above."""
    wide = len(options)
    rows: Rows = [["社会公众满意度调查问卷统计表", *[None] * (wide + 2)]]
    rows.append(["系数", None, *marks[:wide], None])
    rows.append(["题目", "统计", *options, "合计"])
    full = 100 / len(questions)
    for text in questions:
        own = counts[:wide]
        shares = [count / sum(own) for count in own]
        scores = [share * mark * full for share, mark in zip(shares, marks, strict=False)]
        rows.append([text, "人数", *own, sum(own)])
        rows.append([None, "占比", *shares, 1])
        rows.append([None, "分数", *scores, sum(scores)])
    return Sheet("问卷", rows)


SCORES: Rows = [
    ["指标体系评分表", None, None, None, None, None],
    ["一级指标", "二级指标", "权重", "得分", "扣分", "得分率"],
    ["项目决策", "项目立项", 10, 9, 1, 0.9],
    [None, "资金投入", 10, 10, 0, 1],
    ["项目产出", "产出数量", 40, 38, 2, 0.95],
    [None, "产出质量", 40, 36, 4, 0.9],
    ["合计", None, 100, 93, 7, 0.93],
]
EVALUATION: Rows = [
    ["项目支出绩效自评表", *[None] * 7],
    ["项目名称", "道路养护", *[None] * 6],
    ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"],
    ["产出指标（50分）", "数量指标", "养护里程", "100公里", "100公里", 30, 30, None],
    [None, "质量指标", "验收合格率", "95%", "96.5%", 20, 20, None],
    ["满意度指标（50分）", "满意度", "群众满意度", "90%", "95.12%", 50, 48, "略有不足"],
    ["总分", None, None, None, None, 100, 98, None],
]
FUNDS: Rows = [
    ["项目支出绩效自评表", *[None] * 7],
    ["项目资金（万元）", None, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"],
    ["年度资金总额", None, 100, 120, 114, 10, 0.95, 9.5],
    ["其中：当年财政拨款", None, 80, 100, 95, None, None, None],
    ["上年结转资金", None, 20, 20, 19, None, None, None],
    ["其他资金", *[None] * 7],
    *[list(cells) for cells in EVALUATION[2:]],
]


def _with(rows: Rows, *changes: tuple[int, int, object]) -> Rows:
    """Return the rows with some cells changed: row, column and what stands there now."""
    changed = [list(cells) for cells in rows]
    for row, column, value in changes:
        changed[row][column] = value
    return changed


def _moved(rows: Rows, one: int, other: int) -> Rows:
    """Return the rows with two columns in each other's place."""
    changed = [list(cells) for cells in rows]
    for cells in changed:
        cells[one], cells[other] = cells[other], cells[one]
    return changed


def _questionnaires() -> Iterator[Sheet]:
    base = questionnaire()
    yield base
    yield questionnaire(counts=(11, 9, 6, 4, 2))
    yield questionnaire(questions=(*QUESTIONS[:2], "您对公开程度是否满意？"))
    yield questionnaire(questions=QUESTIONS[:2])
    yield questionnaire(options=(*OPTIONS, "不了解"))
    yield questionnaire(options=("非常满意", "基本满意", "一般", "不满意"))
    yield questionnaire(options=OPTIONS[::-1], marks=(0.2, 0.6, 0.8, 1, 0))
    yield questionnaire(marks=(1, 0.7, 0.5, 0, 0))
    yield replace(base, rows=_with(base.rows, (3, 3, None)))
    yield replace(base, rows=_with(base.rows, (3, 3, None), (3, 6, 23)))
    yield replace(base, rows=_with(base.rows, (4, 3, "17.86%"), (5, 2, "24分")))
    yield replace(base, rows=_with(base.rows, (5, 6, 31.5), (8, 2, 22)))
    yield replace(base, rows=_with(base.rows, (3, 2, "二十")))
    yield replace(base, errors={(3, 2): "#REF!"}, rows=_with(base.rows, (3, 2, None)))
    yield replace(base, rows=[*base.rows, ["最终得分", None, 92.26, *[None] * 4]])
    yield replace(base, rows=[*base.rows, ["最终得分", None, 0.9226, *[None] * 4]])
    yield replace(base, merges=((3, 0, 5, 0), (3, 6, 5, 6)))


def _score_tables() -> Iterator[Sheet]:
    yield from (
        Sheet("评分", rows)
        for rows in (
            SCORES,
            _with(SCORES, (2, 3, 8), (2, 4, 2), (2, 5, 0.8), (6, 3, 92), (6, 4, 8), (6, 5, 0.92)),
            _with(SCORES, (3, 1, "资金到位")),
            _moved(SCORES, 2, 3),
            _moved(SCORES, 4, 5),
            _with(SCORES, (2, 2, 20), (4, 2, 30)),
            _with(SCORES, (2, 2, "10%"), (3, 2, "10%"), (4, 2, "40%"), (5, 2, "40%")),
            _with(SCORES, (2, 2, 9)),
            _with(SCORES, (2, 4, None), (3, 4, None), (4, 4, None), (5, 4, None), (6, 4, None)),
            _with(SCORES, (4, 0, "项目产出（80分）")),
            _with(SCORES, (4, 0, "项目产出（60分）")),
            _with(SCORES, (2, 3, 9.25), (6, 3, 93.25)),
            _with(SCORES, (2, 5, 90), (3, 5, 100), (4, 5, 95), (5, 5, 90), (6, 5, 93)),
            _with(SCORES, (2, 3, "待评")),
            _with(SCORES, (3, 1, 2)),
            _with(SCORES, (3, 1, 3)),
            [*SCORES[:5], *SCORES[6:]],
            [*SCORES, ["评价等级", "优", *[None] * 4]],
            [*SCORES, ["评价等级", "良", *[None] * 4]],
            [*SCORES, ["评价等级", "中", None, "得分", None, None]],  # another table's header
            [*SCORES, ["评价等级", None, "中", "得分", None, None]],
        )
    )
    yield Sheet("评分", SCORES, errors={(4, 3): "#DIV/0!"})
    yield Sheet("评分", SCORES, merges=((2, 0, 3, 0), (2, 2, 3, 2)))
    yield Sheet("评分", SCORES, merges=((2, 1, 3, 1),))


def _second_score(*scores: float) -> list[tuple[int, int, object]]:
    """Return the cells of a second column of scores; unclear which counts when they differ."""
    return [(2, 7, "得分"), *((row, 7, score) for row, score in enumerate(scores, 3))]


def _evaluations() -> Iterator[Sheet]:
    yield from (
        Sheet("自评", rows)
        for rows in (
            EVALUATION,
            _with(EVALUATION, (4, 4, "88.2%"), (5, 4, "97.3%"), (3, 6, 25), (6, 6, 93)),
            _with(EVALUATION, (3, 2, "修复里程")),
            _moved(EVALUATION, 5, 6),
            _moved(EVALUATION, 3, 4),
            _with(EVALUATION, (3, 5, 20), (4, 5, 30)),
            _with(EVALUATION, (3, 0, "产出指标（60分）")),
            _with(EVALUATION, (5, 4, None)),
            _with(EVALUATION, (5, 6, None)),
            _with(EVALUATION, (5, 2, 7)),
            _with(EVALUATION, (5, 2, 8)),
            _with(EVALUATION, (1, 2, "自评得分"), (1, 3, 98)),
            _with(EVALUATION, (1, 2, "自评得分"), (1, 3, 95)),
            _with(EVALUATION, *_second_score(30, 20, 48, 98)),
            _with(EVALUATION, *_second_score(30, 20, 45, 95)),
            [*EVALUATION[:4], *EVALUATION[5:]],
            [*EVALUATION, ["自评得分", None, None, None, None, None, 98, None]],
            [*EVALUATION, ["自评得分", None, None, None, None, None, 95, None]],
        )
    )
    yield Sheet("自评", EVALUATION, merges=((3, 0, 4, 0), (5, 3, 5, 4)))
    yield Sheet("自评", EVALUATION, merges=((3, 2, 4, 2),))


def _funds() -> Iterator[Sheet]:
    yield from (
        Sheet("资金", rows)
        for rows in (
            FUNDS,
            _with(FUNDS, (2, 2, 90.5), (2, 3, 90.5), (3, 2, 70.5), (3, 3, 70.5), (2, 6, 1.2597)),
            _with(FUNDS, (4, 0, "其他资金"), (5, 0, "上年结转资金")),
            _with(FUNDS, (4, 0, "结余")),
            _with(FUNDS, (4, 0, None)),
            _with(FUNDS, (3, 1, 1), (4, 1, 2)),
            _with(FUNDS, (3, 1, 1), (4, 1, 3)),
            _with(FUNDS, (3, 2, None)),
            _with(FUNDS, (3, 2, "80万元")),
            _with(FUNDS, (3, 2, "待定")),
            _with(FUNDS, (4, 2, None), (4, 3, None), (4, 4, None)),
            _with(FUNDS, (5, 2, 3), (5, 3, 3), (5, 4, 3)),
            _with(FUNDS, (1, 0, "项目资金（元）")),
            _with(FUNDS, (1, 2, None)),
            _with(FUNDS, (1, 3, "调整后预算数"), (1, 2, "全年预算数")),
            _with(FUNDS, (5, 0, "年度目标")),
            _moved(FUNDS, 3, 4),
            _moved(FUNDS, 1, 2),
            [*FUNDS[:5], *FUNDS[6:]],
            [*FUNDS[:5], FUNDS[4], *FUNDS[5:]],
        )
    )
    yield Sheet("资金", _with(FUNDS, (1, 3, None), (2, 2, None)), merges=((1, 2, 1, 3),))
    yield Sheet("资金", _with(FUNDS, (1, 3, None), (3, 2, None)), merges=((1, 2, 1, 3),))
    yield Sheet("资金", FUNDS, merges=((2, 3, 3, 3),))
    yield Sheet("资金", FUNDS, errors={(3, 4): "#REF!"})


SHEETS = {
    "questionnaires": list(_questionnaires()),
    "indicator_scores": list(_score_tables()),
    "self_evaluations": list(_evaluations()),
    "funds": list(_funds()),
}


def told(sheet: Sheet, settings: Settings = DEFAULT) -> list[str]:
    """Return all that is said of a sheet: its forms, fields, relations, findings and records."""
    said = []
    for form in recognise(replace(sheet), settings):
        said += [form.kind, repr(form.region), repr(form.figures), repr(form.evidence)]
        said += [*map(repr, form.fields.values()), *map(repr, form.relations), form.failure]
        if form.failure:
            continue
        judgement = examine(form, settings)
        said += [*map(repr, judgement.findings), repr(judgement.expected)]
        said.append(repr(form_record(judgement)))
    return said


def told_all(sheets: list[Sheet]) -> list[list[str]]:
    return [told(sheet) for sheet in sheets]


def told_apart(sheets: list[Sheet]) -> list[list[str]]:
    """Return what is said of each sheet by a process that has seen no other."""
    said: list[list[str]] = []
    for sheet in sheets:
        reading, writing = os.pipe()
        if os.fork() == 0:
            try:
                with os.fdopen(writing, "wb") as out:
                    pickle.dump(told(sheet), out)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as told_there:
            said.append(pickle.load(told_there))
        os.wait()
    return said


@pytest.fixture(scope="module", params=SHEETS)
def apart(request: pytest.FixtureRequest) -> tuple[list[Sheet], list[list[str]]]:
    """Sheets of one kind, and what is said of each in a process of its own."""
    if not hasattr(os, "fork"):
        pytest.skip("a process to itself for every sheet takes fork")
    sheets = SHEETS[request.param]
    with multiprocessing.get_context("spawn").Pool(1) as pool:  # it has seen nothing yet
        return sheets, pool.apply(told_apart, (sheets,))


def test_sheets_do_differ(apart: tuple[list[Sheet], list[list[str]]]) -> None:
    said = apart[1]
    assert all(said)
    assert len({repr(one) for one in said}) == len(said)


@pytest.mark.parametrize("backwards", [False, True])
def test_one_after_the_other(apart: tuple[list[Sheet], list[list[str]]], backwards: bool) -> None:
    sheets, said = apart
    step = -1 if backwards else 1
    assert told_all(sheets[::step]) == said[::step]
    assert told_all(sheets[::step]) == said[::step]  # now every layout is known


def test_every_neighbour_of_the_first(apart: tuple[list[Sheet], list[list[str]]]) -> None:
    sheets, said = apart
    for sheet, own in zip(sheets, said, strict=True):
        assert told(sheet) == own
        assert told(sheets[0]) == said[0]


def test_settings_are_no_part_of_a_layout() -> None:
    without = replace(DEFAULT, disabled_rules=DEFAULT.disabled_rules | {"Q204", "I204", "S205"})
    doubled = replace(DEFAULT, full_score=Fraction(200))
    asked = _with(questionnaire().rows, (5, 2, 9))
    for rows in (asked, _with(SCORES, (6, 3, 9)), _with(EVALUATION, (6, 6, 9))):
        sheet = Sheet("表", rows)
        usual = told(sheet)
        fewer, other = told(sheet, without), told(sheet, doubled)
        assert told(sheet) == usual
        assert told(sheet, without) == fewer != usual
        assert told(sheet, doubled) == other != usual


# --- shapes ---------------------------------------------------------------------------------------

ROWS: Rows = [["名称", "金额"], ["甲", 5], ["乙", 7.5], ["合计", 12.5]]
SHEET = Sheet("表", ROWS, merges=((0, 0, 0, 0),))


def _shape(sheet: Sheet, *more: object, first: int = 0) -> bytes | None:
    return shape_of(sheet, first, sheet.height, {1}, {1}, *more)


def test_numbers_of_any_size_have_one_shape() -> None:
    other = replace(SHEET, rows=_with(ROWS, (1, 1, 600), (3, 1, -0.25)))
    assert _shape(other) == _shape(SHEET) is not None
    typed = [replace(SHEET, rows=_with(ROWS, (1, 1, text))) for text in ("95%", "7.25%")]
    assert _shape(typed[0]) == _shape(typed[1]) != _shape(SHEET)


@pytest.mark.parametrize(
    "other",
    [
        replace(SHEET, rows=_with(ROWS, (1, 0, "丙"))),
        replace(SHEET, rows=_with(ROWS, (1, 1, None))),
        replace(SHEET, rows=_with(ROWS, (1, 1, ""))),
        replace(SHEET, rows=_with(ROWS, (1, 1, "5"))),
        replace(SHEET, rows=_with(ROWS, (1, 1, True))),
        replace(SHEET, rows=_with(ROWS, (1, 1, float("nan")))),
        replace(SHEET, rows=_with(ROWS, (1, 0, 1))),
        replace(SHEET, rows=_with(ROWS, (1, 0, "95%"))),
        replace(SHEET, rows=_moved(ROWS, 0, 1)),
        replace(SHEET, rows=[*ROWS, [None, None]]),
        replace(SHEET, rows=[[*cells, None] for cells in ROWS]),
        replace(SHEET, merges=((1, 0, 2, 0),)),
        replace(SHEET, merges=()),
    ],
)
def test_all_else_is_part_of_the_shape(other: Sheet) -> None:
    assert _shape(other) != _shape(SHEET)


def test_what_a_merge_shows_from_above_is_part_of_the_shape() -> None:
    merged = replace(SHEET, merges=((0, 0, 1, 0),))
    renamed = replace(merged, rows=_with(ROWS, (0, 0, "项目")))
    assert _shape(merged, first=1) != _shape(renamed, first=1)
    above = replace(SHEET, rows=_with(ROWS, (0, 0, "项目")))
    assert _shape(above, first=1) == _shape(SHEET, first=1)


def test_further_facts_are_part_of_the_shape() -> None:
    assert len({_shape(SHEET), _shape(SHEET, 1), _shape(SHEET, "1"), _shape(SHEET, [1])}) == 4


def test_large_tables_and_dates_have_no_shape() -> None:
    assert _shape(replace(SHEET, rows=ROWS * 100)) is None
    assert _shape(replace(SHEET, rows=[["甲"] * 100])) is None
    assert _shape(replace(SHEET, rows=[["甲" * 200_000]])) is None
    assert _shape(replace(SHEET, rows=_with(ROWS, (1, 0, Fraction(1))))) is None


def test_the_longest_unused_goes_first() -> None:
    known: ByShape[str] = ByShape(2)
    assert known.get(b"a", lambda: "A") == "A"
    assert known.get(b"b", lambda: "B") == "B"
    assert known.get(b"a", lambda: "?") == "A"
    assert known.get(b"c", lambda: "C") == "C"
    assert known.get(b"b", lambda: "again") == "again"
    assert known.get(None, lambda: "no shape") == "no shape"
    assert known.get(b"c", lambda: "?") == "C"
