"""Questionnaires: published tables, the layouts seen, what must not be taken for one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from form_checks import cells, check_case, planted
from hypothesis import given
from hypothesis import strategies as st
from text_tables import Case, cases, table

from selfeval_xl.findings import Finding, Kind
from selfeval_xl.forms import questionnaire
from selfeval_xl.forms.questionnaire_labels import coefficient_in, option_of
from selfeval_xl.judging import judge
from selfeval_xl.rules import questionnaires
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Sheet

OTHER_TABLES = ("01", "02", "04", "05", "07", "08", "10", "11", "13", "14", "15")


def findings(sheet: Sheet) -> list[Finding]:
    (form,) = questionnaire.recognise(sheet, DEFAULT)
    judgement = judge(form, DEFAULT)
    return [*judgement.findings, *questionnaires.review(judgement, DEFAULT)]


@pytest.mark.parametrize("case", cases("questionnaire"), ids=lambda case: case.name)
def test_layout(case: Case) -> None:
    check_case(case, questionnaire, questionnaires)


@pytest.mark.parametrize("case", cases("not_questionnaire"), ids=lambda case: case.name)
def test_not_claimed(case: Case) -> None:
    assert questionnaire.recognise(case.sheet, DEFAULT) == []


@pytest.mark.parametrize("case", cases("indicator_scores"), ids=lambda case: case.name)
def test_indicator_scores_are_not_claimed(case: Case) -> None:
    assert questionnaire.recognise(case.sheet, DEFAULT) == []


@pytest.mark.parametrize("number", OTHER_TABLES)
def test_other_published_tables_are_not_claimed(number: str) -> None:
    assert questionnaire.recognise(table(number), DEFAULT) == []


def test_published_table_without_difference() -> None:
    assert findings(table("03")) == []


def test_copied_shares_are_the_roots() -> None:
    found = findings(table("06"))
    assert cells(found, Kind.ROOT) == ["F15", "F18", "F21", "F24", "F27", "F30", "F6"]
    assert len(cells(found, Kind.CONSEQUENCE)) == 24
    assert cells(found, Kind.FILLED) == ["F3"]
    assert len(found) == 32
    final = next(finding for finding in found if finding.cell == "H35")
    assert (final.stated, final.expected) == (Decimal("96.49"), Decimal("95.30"))


def test_copied_shares_of_the_third_report() -> None:
    found = findings(table("09"))
    assert cells(found, Kind.ROOT) == ["F15", "F18", "F21", "F24", "F27", "F30"]
    assert {finding.kind for finding in found} == {Kind.ROOT, Kind.CONSEQUENCE}
    final = next(finding for finding in found if finding.cell == "H35")
    assert (final.stated, final.expected) == (Decimal("93.78"), Decimal("92.52"))


def test_other_coefficient_is_one_question() -> None:
    (found,) = findings(table("12"))
    assert found.rule == "Q303"
    for figure in ("0.9", "0.8", "98.00", "96.00", "B（满意）"):
        assert figure in found.message


@pytest.mark.parametrize("number", ["03", "12"])
def test_every_planted_error_is_the_only_finding(number: str) -> None:
    assert planted(table(number), questionnaire) == []


@pytest.mark.parametrize(
    "name",
    [
        "averaged",
        "coefficients_above",
        "three_rows_merged",
        "answers_all_right",
        "survey_all_right",
    ],
)
def test_planted_errors_in_other_layouts(name: str) -> None:
    sheet = next(case.sheet for case in cases("questionnaire") if case.name == name)
    assert planted(sheet, questionnaire) == []


def test_record_gives_stated_and_recomputed_scores() -> None:
    (form,) = questionnaire.recognise(table("06"), DEFAULT)
    questions = questionnaire.record(judge(form, DEFAULT))["questions"]
    assert [question.number for question in questions] == list(range(1, 11))
    second = questions[1]
    assert second.text.startswith("您认为该项目在提高残疾人参加招聘会")
    assert (second.respondents, second.full) == (Decimal(37), Decimal("10.00"))
    assert (second.stated, second.expected) == (Decimal("9.57"), Decimal("9.46"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A（非常满意）", ("A", 0)),
        ("Ａ、非常 满意", ("A", 0)),
        ("B", ("B", None)),
        ("选项C", ("C", None)),
        ("很满意", ("", 0)),
        ("非常不满意（人）", ("", 60)),
        ("满意人数", ("", 10)),
        ("不了解", ("", 99)),
        ("A项目决策", None),
        ("服务对象满意度指标", None),
        ("总体满意度", None),
    ],
)
def test_option_headings(text: str, expected: tuple[str, int | None] | None) -> None:
    assert option_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("满意（80分）", Fraction(4, 5)),
        ("B（满意，0.8）", Fraction(4, 5)),
        ("满意（80%）", Fraction(4, 5)),
        ("满意", None),
        ("B（满意）", None),
    ],
)
def test_coefficients_in_headings(text: str, expected: Fraction | None) -> None:
    assert coefficient_in(text) == expected


def _printed(value: Fraction, decimals: int) -> str:
    """Round half up by the standard library's decimal module, not the package's own rounding."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


@given(
    st.lists(
        st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(lambda row: sum(row) > 0),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([(1, 2, 3), (3, 1, 2), (2, 3, 1)]),
    st.integers(0, 3),
    st.integers(0, 2),
)
def test_right_tables_stay_silent(
    answers: list[list[int]], order: tuple[int, int, int], blank_rows: int, blank_columns: int
) -> None:
    """Any right table, worked out here by hand, has no wrong cell."""
    marks = [Fraction(10), Fraction(8), Fraction(6), Fraction(2), Fraction(0)]
    full = Fraction(100, len(answers))
    head = [
        "题目",
        "项目",
        "A（非常满意）",
        "B（满意）",
        "C（一般）",
        "D（不满意）",
        "E（很不满意）",
    ]
    rows: list[list[object]] = [[] for _ in range(blank_rows)]
    rows.append([None] * blank_columns + [*head, "合计人数"])
    final = Fraction()
    for number, counts in enumerate(answers, 1):
        total = sum(counts)
        scores = [
            Fraction(count, total) * mark / 10 * full
            for count, mark in zip(counts, marks, strict=True)
        ]
        final += sum(scores)
        lines = {
            1: ["人数", *map(str, counts), str(total)],
            2: ["占比", *[f"{_printed(Fraction(c * 100, total), 2)}%" for c in counts], "100%"],
            3: ["分数", *[_printed(s, 2) for s in scores], _printed(sum(scores, Fraction()), 2)],
        }
        for place, line in enumerate(order):
            text = f"{number}.您对第{number}项工作的评价" if place == 0 else None
            rows.append([None] * blank_columns + [text, *lines[line]])
    rows.append([None] * blank_columns + ["最终得分", *[None] * 6, _printed(final, 2)])
    (form,) = questionnaire.recognise(Sheet("表", rows), DEFAULT)
    judgement = judge(form, DEFAULT)
    assert judgement.findings == []
    assert {f.rule for f in questionnaires.review(judgement, DEFAULT)} <= {"Q301"}


@given(
    st.lists(
        st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(lambda row: sum(row) > 0),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
    st.booleans(),
)
def test_right_lists_of_answers_stay_silent(
    answers: list[list[int]], closed: bool, apart: bool
) -> None:
    """Any right list, the questions in a column or above a table of their own, has no error."""
    options = ["非常满意", "满意", "一般", "不满意"]
    rows: list[list[object]] = [["满意度调查结果"], []]
    header = ["选项", "人数", "占比"] if apart else ["题目", "选项", "人数", "占比"]
    rows += [] if apart else [list(header)]
    for number, counts in enumerate(answers, 1):
        text = f"{number}.您对第{number}项工作的评价"
        rows += [[text], list(header)] if apart else []
        for place, (option, count) in enumerate(zip(options, counts, strict=True)):
            share = f"{_printed(Fraction(count * 100, sum(counts)), 1)}%"
            before = [] if apart else [text if place == 0 else None]
            rows.append([*before, option, count, share])
        if closed:
            rows.append([*([] if apart else [None]), "小计", sum(counts), "100%"])
        rows += [[]] if apart else []
    (form,) = questionnaire.recognise(Sheet("表", rows), DEFAULT)
    assert len(form.body.layout.questions) == len(answers)
    judgement = judge(form, DEFAULT)
    assert judgement.findings == []
    assert {f.rule for f in questionnaires.review(judgement, DEFAULT)} <= {"Q301"}


def test_a_share_printed_as_nothing_beside_a_count_is_read() -> None:
    """One answer in 30,000 is 0.00 % as printed."""
    rows: list[list[object]] = [
        ["问卷题目及选项", "项目", "A（非常满意）", "B（满意）", "合计人数"],
        ["1.总体评价", "人数", 29999, 1, 30000],
        [None, "占比", "100.00%", "0.00%", "100%"],
        [None, "分数", "100.00", "0.00", "100.00"],
    ]
    assert questionnaire.recognise(Sheet("表", rows), DEFAULT)
