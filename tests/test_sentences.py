"""How findings read: nothing twice, one minus sign, lists named before the request."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
import result_records as records
from rule_cases import RuleCase, run

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.relations import At, Sum
from selfeval_xl.results.marks import explanation
from selfeval_xl.results.review_scope import headline
from selfeval_xl.results.review_sheet import shown_difference, working
from selfeval_xl.results.tally import tally
from selfeval_xl.rounding import plain, signed, with_minus


def said(case: RuleCase) -> list[str]:
    return [explanation(finding) for _, finding in run(case).findings]


def case(base: str, *edits: tuple[str, str]) -> RuleCase:
    return RuleCase(
        "", "", True, books={"表.xlsx": base}, edits=[("表.xlsx", *edit) for edit in edits]
    )


def asked(message: str, advice: str, **more: object) -> Finding:
    return records.finding(
        "E27",
        "",
        "",
        level=Level.REVIEW,
        kind=Kind.REVIEW,
        action=Action.LEFT,
        message=message + advice,
        advice=advice,
        **more,
    )


# --- one minus sign ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("相差 -3", "相差 −3"),
        ("12 − -1.5 = 13.5", "12 − −1.5 = 13.5"),
        ("人数填为负数（-38）", "人数填为负数（−38）"),
        ("-5%", "−5%"),
        ("2024-05-01、GB-2012、表-1、1-3月", "2024-05-01、GB-2012、表-1、1-3月"),
        ("（甲）-2", "（甲）-2"),
    ],
)
def test_hyphens_before_figures_are_minus_signs(text: str, written: str) -> None:
    assert with_minus(text) == written


def test_figures_of_sentences_have_one_minus_sign() -> None:
    assert (plain(Fraction(-5, 2)), signed(Fraction(-5, 2))) == ("−2.5", "−2.5")
    assert signed(Fraction(3)) == "+3"


def test_calculations_have_the_same_minus_sign() -> None:
    (text,) = said(case("funds", ("F8", "23"), ("G8", "-4"), ("H8", "115.00%"), ("F9", "118"),
                        ("G9", "2"), ("H9", "98.33%")))[:1]  # fmt: skip
    assert text.startswith("填报 −4，应为 −3：20 − 23 = −3。")


# --- nothing twice -------------------------------------------------------------------------------


def test_a_point_the_message_holds_is_not_said_again() -> None:
    finding = asked(
        "得分 9 低于分值 10；年度指标值疑似错列。",
        "请补正。",
        points=("【S303】得分 9 低于分值 10",),
    )
    assert explanation(finding) == "得分 9 低于分值 10；年度指标值疑似错列。请补正。"


def test_what_is_asked_comes_behind_all_points() -> None:
    finding = asked("甲大于乙。", "请补正。", points=("【S303】另一处",))
    assert explanation(finding) == "甲大于乙。【S303】另一处。请补正。"


def test_questions_on_one_row_are_said_once() -> None:
    (text,) = said(case("project", ("F13", "60公里")))
    assert text.count("未达到目标") == 1
    assert text.endswith("未填偏差原因及改进措施。请补正或说明。")


def test_an_error_value_is_no_blank() -> None:
    (text,) = said(case("project", ("F6", "#REF!")))[:1]
    assert text == "本格为错误值 #REF!，核算为 114.00：94 + 20 = 114.00。请改填数字。"


def test_findings_json_and_the_column_name_the_error_value() -> None:
    (finding,) = [found for _, found in run(case("project", ("F6", "#REF!"))).findings]
    assert finding.message.startswith("本格为错误值 #REF!，按公式为 114.00。")
    assert "未填" not in finding.message
    assert (finding.stated, finding.stated_text, finding.cause) == ("#REF!", "#REF!", "")


def test_a_division_by_nothing_asks_for_the_divisor() -> None:
    """Nothing was granted to the first row, so there is no rate that could be filled in."""
    blanks = [(f"{column}5", "") for column in "CDEFG"]
    sums = [("C9", "80"), ("D9", "48"), ("E9", "32"), ("F9", "76"), ("G9", "4")]
    texts = said(case("funds", *blanks, *sums, ("H5", "#DIV/0!")))
    assert "本格为错误值 #DIV/0!" in texts[0]
    assert texts[0].endswith("分母为 0 或未填，无法计算。请补填分母，或删去本格数值。")


def test_the_headline_says_what_stands_in_a_total_that_is_no_number() -> None:
    for written, named in (("#REF!", "错误值 #REF!"), ("见附件", "见附件"), ("", "空白")):
        (checked,) = run(case("project", ("H18", written))).checked.values()
        row = headline(checked.record, tally(checked.record.findings), "财政部")[1]
        assert f"总分填报 {named}，核算 97.50。" in str(row.cells[0].value)


def test_a_question_mark_ends_a_sentence_and_an_error_value_does_not() -> None:
    assert explanation(asked("是否满意？", "请补正。")) == "是否满意？请补正。"
    assert explanation(asked("显示 错误值 #NAME?。", "请补正。")) == "显示 错误值 #NAME?。请补正。"


def test_a_cause_with_a_column_of_its_own_is_not_said_in_the_calculation_too() -> None:
    found = [one for _, one in run(case("base_data", ("D18", "51"))).findings]
    (finding,) = [one for one in found if one.rule == "B302"]
    assert finding.cause == "差额等于会议费、培训费"
    assert working(finding) == (
        "2023年决算数：公用经费 51，其中各项之和 37，多 14；2022年决算数、2023年预算数两者相符。"
    )
    assert explanation(finding).count(finding.cause) == 1


def test_what_is_the_cause_alone_stays() -> None:
    assert working(asked("疑似照抄。", "请补正。", cause="疑似照抄")) == "疑似照抄。"


# --- lists ---------------------------------------------------------------------------------------


def overspent(rows: int) -> RuleCase:
    """Return a table whose rows each spend 1 more than was granted."""
    edits = []
    for place in range(rows):
        row = 5 + place
        line = (str(place + 1), f"第{row}所", "10", "6", "4", "11", "-1", "110.00%")
        edits += [(f"{column}{row}", text) for column, text in zip("ABCDEFGH", line, strict=True)]
    row = 5 + rows
    sums = ("合计", "", *(str(rows * n) for n in (10, 6, 4, 11, -1)), "110.00%")
    edits += [(f"{column}{row}", text) for column, text in zip("ABCDEFGH", sums, strict=True)]
    return case("funds_head", *edits)


def test_all_rows_are_named_before_the_request() -> None:
    (text,) = [t for t in said(overspent(7)) if "大于" in t]
    names = "；".join(f"第{row}所 11 > 10" for row in range(5, 12))
    assert text == (
        f"“支出资金”大于“下达资金/合计”：{names}，7 行共超出 7。"
        "请核对是否动用上年结余或填错栏目，并在备注中说明。"
    )


def test_a_long_list_is_cut_and_what_is_left_out_comes_before_the_request() -> None:
    (text,) = [t for t in said(overspent(13)) if "大于" in t]
    assert "；第10所 11 > 10 等 13 行，共超出 13。其余各行：第11所 11 > 10；" in text
    assert text.endswith("第17所 11 > 10。请核对是否动用上年结余或填错栏目，并在备注中说明。")


def test_only_what_all_other_questions_have_is_called_theirs() -> None:
    """Of four questions two were answered by 21, one by 20, one by 19."""
    edits = [("H3", ""), ("G3", ""), ("C7", "16"), ("H7", "21"), ("C10", "15"), ("H10", "21")]
    texts = said(case("questionnaire", *edits, ("C16", "9"), ("H16", "19")))
    asked = [text for text in texts if text.startswith("本题合计人数")]
    assert [text.partition("，相差")[0] for text in asked] == [
        "本题合计人数为 20，与另外 2 题的 21 不一致",
        "本题合计人数为 19，与另外 2 题的 21 不一致",
    ]
    alone = said(case("questionnaire", ("H3", ""), ("G3", ""), ("C16", "9"), ("H16", "19")))
    assert [text for text in alone if text.startswith("本题合计人数为 19，与其余各题的 20 不一致")]


# --- percent points without a sign ---------------------------------------------------------------

_POINTS = [("H5", "90.5"), ("H6", "100"), ("H7", "90"), ("H8", "95"), ("H9", "95")]


def test_percent_points_are_named_as_they_stand_in_their_cell() -> None:
    """38 of 40 are 95 %; the cell holds the number 90.5 and gets the number 95."""
    (finding,) = [found for _, found in run(case("funds", *_POINTS)).findings]
    assert explanation(finding).startswith("填报 90.5，应为 95.0：38 ÷ 40 = 95.0%。")
    assert (finding.stated, finding.expected, finding.written) == (
        Decimal("0.905"),
        Decimal("0.950"),
        Decimal("95.0"),
    )
    assert shown_difference(finding)[0] == Decimal("-4.5")


def test_the_difference_from_nothing_is_in_percent_points_too() -> None:
    edits = [("F5", "0"), ("G5", "40"), ("F9", "76"), ("G9", "44"), ("H9", "63.33")]
    (finding,) = [found for _, found in run(case("funds", *_POINTS, *edits)).findings]
    assert (finding.cell, finding.stated_text, finding.expected_text) == ("H5", "90.5", "0.0")
    assert shown_difference(finding) == (Decimal("90.5"), "+0.0_ ;-0.0_ ;0_ ")


# --- calculations --------------------------------------------------------------------------------


def test_a_figure_that_repeats_another_cell_names_it() -> None:
    (text,) = said(case("questionnaire", ("H22", "91")))
    assert text.startswith("填报 91，应为 90.25：合计行分数 H21（90.25） = 90.25。")


def test_only_a_named_cell_is_called_by_its_name_and_a_blank_says_nothing() -> None:
    named = At((0, 0), "总分")
    assert named.sentence(lambda _: "5") == "总分 A1（5）"
    assert named.sentence(lambda _: "") == ""
    assert Sum((At((0, 0)), At((1, 0)))).sentence(lambda _: "5") == "5 + 5"
    assert At((0, 0)) == named  # a name changes nothing of what is calculated


def test_a_sum_with_one_figure_to_add_names_its_cell() -> None:
    texts = said(case("project", ("F6", ""), ("F8", ""), ("H6", ""), ("I6", "")))
    assert "未填，核算为 94.00：F7（94） = 94.00。" in texts
