"""Which forms belong together, what a project's figures are, and what is compared across forms."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.gathering import comparable
from selfeval_xl.projects import group_projects
from selfeval_xl.records import Fact, Figure, FileRecord, FormRecord, Status
from selfeval_xl.settings import DEFAULT, Settings
from selfeval_xl.working import outline

D = Decimal


def figure(value: str, expected: str | None = None, cell: str = "F4") -> Figure:
    return Figure(cell, D(value), D(expected or value))


def evaluation(project: str = "就业服务补助", **figures: Figure) -> FormRecord:
    return FormRecord(
        "project_self_evaluation",
        "自评表",
        project,
        2022,
        "甲单位",
        amount_unit="万元",
        figures=figures,
    )


def questionnaire(
    project: str = "就业服务补助", stated: str = "96.49", expected: str = "95.30"
) -> FormRecord:
    return FormRecord(
        "questionnaire", "问卷", project, 2022, "甲单位",
        figures={"satisfaction": figure(stated, expected, "H35")},
    )  # fmt: skip


def files(*forms: FormRecord, folder: str = "甲") -> list[FileRecord]:
    return [
        FileRecord(f"{folder}/{number}.xlsx", Status.CHECKED, forms=(form,))
        for number, form in enumerate(forms)
    ]


def cross(records: list[FileRecord], settings: Settings = DEFAULT) -> list[tuple[int, Finding]]:
    _, found = group_projects(records, settings)
    return [(file, finding) for file in sorted(found) for finding in found[file]]


def test_names_are_compared_without_spaces_width_and_leading_year() -> None:
    assert comparable("2022年度 就业（对下）补助") == comparable("就业(对下) 补助")


def test_forms_of_one_project_are_one_row() -> None:
    records = files(
        evaluation(score=figure("96", "95"), budget=figure("50"), executed=figure("40")),
        questionnaire(),
    )
    projects, _ = group_projects(records, DEFAULT)
    (project,) = projects
    assert (project.project, project.year, project.organisation) == ("就业服务补助", 2022, "甲单位")
    assert (project.score_stated, project.score_expected) == (D(96), D(95))
    assert (project.budget, project.executed, project.execution_rate) == (D(50), D(40), D("0.8000"))
    assert (project.satisfaction_stated, project.satisfaction_expected) == (D("96.49"), D("95.30"))
    assert project.files == (0, 1)


def test_a_form_without_year_and_unit_joins_the_only_project_of_its_name() -> None:
    silent = FormRecord("fund_detail", "明细", "2022年就业服务补助", None, "")
    projects, _ = group_projects(files(evaluation(), silent), DEFAULT)
    assert len(projects) == 1


def test_other_names_are_never_merged() -> None:
    projects, _ = group_projects(files(evaluation(), evaluation("创业扶持补助")), DEFAULT)
    assert len(projects) == 2


def test_departments_are_their_own_row() -> None:
    department = FormRecord("department_self_evaluation", "整体", "", 2022, "甲单位")
    projects, _ = group_projects(files(evaluation(), department), DEFAULT)
    assert [(p.project, p.organisation) for p in projects] == [
        ("就业服务补助", "甲单位"),
        ("", "甲单位"),
    ]


def test_report_satisfaction_against_the_recomputed_questionnaire() -> None:
    """The goal table of report 2 says 96.47 %, the questionnaire 96.49, recomputed 95.30."""
    goal = evaluation()
    goal = FormRecord(
        goal.form, goal.sheet, goal.project, 2022, "甲单位",
        facts=(Fact("satisfaction", "参与人员满意度", "F20", D("96.47")),),
    )  # fmt: skip
    found = cross(files(goal, questionnaire()))
    assert [(file, f.rule, f.cell) for file, f in found] == [(0, "X202", "F20"), (1, "X202", "H35")]
    first = found[0][1]
    assert (first.stated, first.expected) == (D("0.9647"), D("0.9530"))
    assert (first.stated_text, first.expected_text, first.difference) == (
        "96.47%",
        "95.3%",
        D("0.0117"),
    )
    second = found[1][1]
    assert (second.stated, second.expected) == (D("96.49"), D("96.47")), "the score is no share"
    assert "95.3" in first.message and "H35" in first.message
    assert "96.47" in found[1][1].message


def test_satisfaction_agrees_at_the_coarser_precision() -> None:
    goal = FormRecord(
        "project_self_evaluation", "自评表", "就业服务补助", 2022, "甲单位",
        facts=(Fact("satisfaction", "满意度", "F20", D("95.3")),),
    )  # fmt: skip
    assert cross(files(goal, questionnaire("就业服务补助", "95.30", "95.30"))) == []


def base_data(fund: str, spending: str) -> FormRecord:
    return FormRecord(
        "department_base_data", "基础数据", "", 2023, "汨罗市残疾人联合会", amount_unit="万元",
        facts=(
            Fact("special_fund", "残疾人就业保障金", "F14", D(fund)),
            Fact("project_spending", "项目支出", "F10", D(spending)),
        ),
    )  # fmt: skip


def test_special_fund_against_its_project() -> None:
    """Tables 13 and 15: 决算 221 against 全年执行数 154, another unit name in the same folder."""
    project = FormRecord(
        "project_self_evaluation", "自评表", "残疾人就业保障金", None, "汨罗市残联",
        figures={"executed": figure("154")},
    )  # fmt: skip
    found = cross(files(base_data("221", "271"), project))
    assert [(file, f.rule, f.cell, f.stated, f.expected) for file, f in found] == [
        (0, "X205", "F14", D(221), D(154)),
        (1, "X205", "F4", D(154), D(221)),
    ]


def test_department_project_spending() -> None:
    """Tables 13 and 14: 50 + 221 = 271 against 652.59."""
    department = FormRecord(
        "department_self_evaluation", "整体", "", 2023, "汨罗市残疾人联合会", amount_unit="万元",
        facts=(Fact("project_spending", "按支出性质分/项目支出", "E6", D("652.59")),),
    )  # fmt: skip
    found = cross(files(base_data("221", "271"), department))
    assert [(file, f.rule, f.cell, f.difference) for file, f in found] == [
        (0, "X204", "F10", D("-381.59")),
        (1, "X204", "E6", D("381.59")),
    ]


def test_executed_against_details_knows_units() -> None:
    details = FormRecord(
        "fund_detail", "明细", "就业服务补助", 2022, "甲单位", amount_unit="元",
        figures={"executed": figure("335000", cell="D9")},
    )  # fmt: skip
    same = evaluation(executed=figure("33.5"))
    assert [f.rule for _, f in cross(files(same, details))] == ["X206"]
    other = evaluation(executed=figure("35.3"))
    rules = [
        (file, f.rule, f.stated, f.expected)
        for file, f in cross(files(other, details))
        if f.rule == "X201"
    ]
    assert rules == [(0, "X201", D("35.3"), D("33.5")), (1, "X201", D(335000), D(353000))]


def test_amounts_of_two_units_are_said_in_both() -> None:
    details = FormRecord(
        "fund_detail", "明细", "就业服务补助", 2022, "甲单位", amount_unit="元",
        figures={"executed": figure("32", cell="C8")},
    )  # fmt: skip
    said = {
        file: f.message
        for file, f in cross(files(evaluation(executed=figure("95")), details))
        if f.rule == "X201"
    }
    assert said[0].startswith(
        "全年执行数 95 万元，《1.xlsx》工作表“明细”C8 支出合计为 32 元（0.0032 万元），"
        "相差 +94.9968 万元。"
    )
    assert said[1].startswith(
        "支出合计 32 元，《0.xlsx》工作表“自评表”F4 全年执行数为 95 万元（950000 元），"
        "相差 −949968 元。"
    )


def test_an_amount_without_a_unit_says_how_it_was_taken() -> None:
    details = FormRecord(
        "fund_detail", "明细", "就业服务补助", 2022, "甲单位",
        figures={"executed": figure("32", cell="C8")},
    )  # fmt: skip
    said = [f.message for _, f in cross(files(evaluation(executed=figure("95")), details))]
    assert "为 32（未写单位，按万元计），相差 +63 万元。" in said[0]
    assert said[1].startswith("支出合计 32（未写单位，按万元计），")


def test_a_wrong_or_blank_total_is_not_said_to_be_stated() -> None:
    details = FormRecord(
        "fund_detail", "明细", "就业服务补助", 2022, "甲单位", amount_unit="万元",
        figures={"executed": figure("23", "32", cell="C8")},
    )  # fmt: skip
    found = [f for _, f in cross(files(evaluation(executed=figure("95")), details))]
    assert "支出合计核算为 32 万元（填报 23），" in found[0].message
    assert (found[1].stated, found[1].expected, found[1].difference) == (D(23), D(95), None)
    details.figures["executed"] = Figure("C8", None, D(32))
    found = [f for _, f in cross(files(evaluation(executed=figure("95")), details))]
    assert found[1].message.startswith("支出合计未填，按表内数据核算为 32 万元，")
    assert (found[1].stated, found[1].stated_text) == (None, "")


def test_blank_project_spending_is_the_sum_of_what_is_listed() -> None:
    base = base_data("221", "271")
    base.facts[1].blank = True
    department = FormRecord(
        "department_self_evaluation", "整体", "", 2023, "汨罗市残疾人联合会", amount_unit="万元",
        facts=(Fact("project_spending", "按支出性质分/项目支出", "E6", D("652.59")),),
    )  # fmt: skip
    (_, mine), (_, theirs) = cross(files(base, department))
    assert mine.message.startswith("项目支出未填，所列各项合计为 271 万元，")
    assert "相差 −381.59 万元" in mine.message
    assert (mine.stated, mine.stated_text, mine.expected) == (None, "", D("652.59"))
    assert "F10 项目支出未填，所列各项合计为 271 万元，" in theirs.message


@pytest.mark.parametrize(
    ("paths", "named"),
    [
        (("甲/自评.xlsx", "甲/明细.xlsx"), "《明细.xlsx》工作表“明细”"),
        (("甲/自评.xlsx", "乙/自评.xlsx"), "《乙/自评.xlsx》工作表“明细”"),
        (("一/甲/自评.xlsx", "二/甲/自评.xlsx"), "《二/甲/自评.xlsx》工作表“明细”"),
        (("甲/自评.xlsx", "自评.xlsx"), "最外层文件夹的《自评.xlsx》工作表“明细”"),
        (("自评.xlsx", "甲/自评.xlsx"), "《甲/自评.xlsx》工作表“明细”"),
    ],
)
def test_a_file_of_the_same_name_is_named_with_its_folder(
    paths: tuple[str, str], named: str
) -> None:
    details = FormRecord(
        "fund_detail", "明细", "就业服务补助", 2022, "甲单位", amount_unit="万元",
        figures={"executed": figure("32")},
    )  # fmt: skip
    forms = (evaluation(executed=figure("95")), details)
    records = [FileRecord(p, Status.CHECKED, forms=(f,)) for p, f in zip(paths, forms, strict=True)]
    assert f"全年执行数 95 万元，{named}" in cross(records)[0][1].message


def test_a_form_in_the_same_file_is_named_by_its_sheet() -> None:
    details = FormRecord(
        "fund_detail", "明细", "就业服务补助", 2022, "甲单位", amount_unit="万元",
        figures={"executed": figure("32")},
    )  # fmt: skip
    book = FileRecord("甲.xlsx", Status.CHECKED, forms=(evaluation(executed=figure("95")), details))
    assert "，本文件工作表“明细”F4 支出合计为 32 万元" in cross([book])[0][1].message


def test_a_form_on_the_same_sheet_is_named_by_its_cell() -> None:
    details = FormRecord(
        "fund_detail", "自评表", "就业服务补助", 2022, "甲单位", amount_unit="万元",
        figures={"executed": figure("32", cell="F30")},
    )  # fmt: skip
    book = FileRecord("甲.xlsx", Status.CHECKED, forms=(evaluation(executed=figure("95")), details))
    assert "，本工作表 F30 支出合计为 32 万元" in cross([book])[0][1].message


def test_satisfaction_says_percent_and_points() -> None:
    goal = evaluation()
    goal.facts = (Fact("satisfaction", "满意度", "F20", D("96")),)
    first, second = (f.message for _, f in cross(files(goal, questionnaire())))
    assert first.startswith("满意度/实际完成值 96%，")
    assert "最终得分核算为 95.3 分（填报 96.49），相差 +0.7 个百分点。" in first
    assert "满意度/实际完成值为 96%，相差 −0.7 分。" in second


def test_a_final_score_in_percent_is_compared_as_one() -> None:
    goal = evaluation()
    goal.facts = (Fact("satisfaction", "满意度", "F20", D("95.30")),)
    assert cross(files(goal, questionnaire("就业服务补助", "0.9530", "0.9530"))) == []
    found = cross(files(goal, questionnaire("就业服务补助", "0.9030", "0.9030")))
    assert "最终得分为 90.3%，相差 +5 个百分点。" in found[0][1].message


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("#REF!", "总分显示错误值 #REF!，按表内数据核算为 93 分"),
        ("九十三", "总分填报“九十三”，按表内"),
    ],
)
def test_what_is_no_number_is_not_called_blank(stated: str, said: str) -> None:
    total = evaluation(score=Figure("H31", stated, D("93")))
    scores = FormRecord(
        "indicator_scores", "指标体系", "就业服务补助", 2022, "甲单位",
        figures={"score": figure("95", cell="C5")},
    )  # fmt: skip
    first = cross(files(total, scores))[0][1]
    assert first.message.startswith(said)
    assert (first.stated, first.stated_text, first.difference) == (stated, stated, None)


def test_a_correction_that_another_form_speaks_against_is_doubted() -> None:
    """The total was put right from 114 to 116, the self-evaluation has 1 140 000 yuan."""
    own = replace(evaluation(executed=figure("1140000")), amount_unit="元")
    details = replace(evaluation(executed=figure("114", "116", "F9")), form="fund_detail")
    first, second = (f for _, f in cross(files(own, details)) if f.rule == "X201")
    assert first.message.endswith("另一表填报的数与本格一致，请核对另一表的更正是否恰当。")
    assert second.message.endswith("本格填报的数与另一表一致，请核对本格的更正是否恰当。")
    for found in (first, second):
        assert "未作更正" not in found.message
        assert found.message.endswith(found.advice)
    for stated, right in (("113", "116"), ("114.004", "114.004")):  # wrong otherwise; not wrong
        apart = replace(evaluation(executed=figure(stated, right, "F9")), form="fund_detail")
        assert "请核对两表" in cross(files(own, apart))[0][1].message


def test_scores_of_two_forms() -> None:
    scores = FormRecord(
        "indicator_scores", "指标体系", "就业服务补助", 2022, "甲单位",
        figures={"score": figure("93.00", cell="C5")},
    )  # fmt: skip
    assert cross(files(evaluation(score=figure("93")), scores)) == []
    assert [f.rule for _, f in cross(files(evaluation(score=figure("95")), scores))] == [
        "X203",
        "X203",
    ]


def test_double_submission_names_the_other_file() -> None:
    found = cross(files(evaluation(score=figure("95")), evaluation(score=figure("98"))))
    assert [(file, f.rule) for file, f in found] == [(0, "X207"), (1, "X207")]
    assert "1.xlsx" in found[0][1].message and "本表 95，另一份 98" in found[0][1].message
    assert "0.xlsx" in found[1][1].message and "本表 98，另一份 95" in found[1][1].message


def test_double_submissions_of_one_amount_in_two_units_are_alike() -> None:
    one = evaluation(budget=figure("120"), score=figure("95"))
    other = replace(evaluation(budget=figure("1200000"), score=figure("95")), amount_unit="元")
    first = cross(files(one, other))[0][1].message
    assert "工作表“自评表”，预算数、总分相同。请确认以哪一份为准。" in first
    more = replace(evaluation(budget=figure("1250000"), score=figure("95")), amount_unit="元")
    first = cross(files(one, more))[0][1].message
    assert "预算数：本表 120 万元，另一份 1250000 元。" in first


def test_double_submissions_of_blank_totals_are_not_called_alike() -> None:
    blank = evaluation(score=Figure("F4", None, None))
    assert "相同" not in cross(files(blank, blank))[0][1].message.removeprefix("同一项目")


def test_near_names_are_asked_about_but_series_are_not() -> None:
    near = files(evaluation("残疾人就业创业补助项目"), evaluation("残疾人就业创业补贴项目"))
    assert [f.rule for _, f in cross(near)] == ["X208", "X208"]
    series = files(evaluation("第一批就业创业补助项目"), evaluation("第二批就业创业补助项目"))
    assert cross(series) == []


def test_equal_names_of_two_units_are_not_called_near() -> None:
    other = replace(evaluation(), organisation="乙单位")
    first = cross(files(evaluation(), other))[0][1]
    assert first.rule == "X208"
    assert "“就业服务补助”（乙单位）名称相同、单位不同，" in first.message
    near = files(evaluation("残疾人就业创业补助项目"), evaluation("残疾人就业创业补贴项目"))
    assert "名称相近，" in cross(near)[0][1].message


def test_switched_off_rules_are_silent() -> None:
    doubled = files(evaluation(score=figure("95")), evaluation(score=figure("98")))
    assert cross(doubled, Settings(disabled_rules=frozenset({"X207"}))) == []


def named(form: str, project: str, source: str, sheet: str = "表") -> FormRecord:
    return FormRecord(form, sheet, project, None, "", sources=(("project", source),))


def test_a_name_from_the_file_gives_way_to_the_one_stated_in_the_workbook() -> None:
    book = FileRecord(
        "甲/就业服务补助自评.xlsx",
        Status.CHECKED,
        forms=(
            named("project_self_evaluation", "就业服务补助（对下）", "表头", "自评"),
            named("questionnaire", "就业服务补助", "文件名", "问卷"),
        ),
    )
    projects, _ = group_projects([book], DEFAULT)
    assert [project.project for project in projects] == ["就业服务补助（对下）"]


def test_a_nameless_form_joins_the_only_project_of_its_folder_and_no_department() -> None:
    department = FormRecord("department_self_evaluation", "整体", "", 2022, "甲单位")
    nameless = FormRecord("questionnaire", "问卷", "", None, "")
    projects, _ = group_projects(files(department, evaluation(), nameless), DEFAULT)
    assert [(p.project, p.files) for p in projects] == [("", (0,)), ("就业服务补助", (1, 2))]


def test_nameless_forms_of_different_files_stay_apart() -> None:
    nameless = FormRecord("questionnaire", "问卷", "", None, "")
    projects, _ = group_projects(files(nameless, nameless), DEFAULT)
    assert [project.files for project in projects] == [(0,), (1,)]


def test_cross_form_findings_count_for_the_project() -> None:
    projects, _ = group_projects(
        files(evaluation(score=figure("95")), evaluation(score=figure("98"))), DEFAULT
    )
    assert projects[0].counts.review == 2


def test_a_series_of_like_names_is_not_asked_about() -> None:
    towns = ["春和", "清溪", "东风", "望江", "南苑", "双桥", "石门", "柳林"]
    series = files(*(evaluation(f"{town}街道居家养老服务补贴项目") for town in towns))
    assert cross(series) == []


@pytest.mark.parametrize(
    ("unit", "asked"),
    [("某市残疾人联合会", True), ("某市残联", True), ("某市城建局", False), ("他市残联", False)],
)
def test_a_special_fund_meets_the_project_of_a_shortened_unit(unit: str, asked: bool) -> None:
    base = FormRecord(
        "department_base_data", "基础数据", "", 2023, "某市残疾人联合会", amount_unit="万元",
        facts=(Fact("special_fund", "残疾人就业保障金", "F14", D(221)),),
    )  # fmt: skip
    project = FormRecord(
        "project_self_evaluation", "自评表", "残疾人就业保障金", None, unit, amount_unit="万元",
        figures={"executed": figure("154")},
    )  # fmt: skip
    records = [
        FileRecord("部门/基础数据.xlsx", Status.CHECKED, forms=(base,)),
        FileRecord("项目/自评.xlsx", Status.CHECKED, forms=(project,)),
    ]
    assert [f.rule for _, f in cross(records)] == (["X205", "X205"] if asked else [])


def asked(cell: str, form: str, kind: Kind = Kind.UNSETTLED, rule: str = "S205") -> Finding:
    return Finding(
        "自评表", cell, form, "就业服务补助", rule, Level.REVIEW, kind, Action.LEFT, "总分",
        stated=D(98), expected=D(102), difference=D(-4) if kind is Kind.UNSETTLED else None,
    )  # fmt: skip


@pytest.mark.parametrize("kept", [False, True], ids=["record", "outline"])
@pytest.mark.parametrize(
    ("finding", "undecided"),
    [
        (asked("H31", "project_self_evaluation"), True),
        (asked("H31", "project_self_evaluation", Kind.REVIEW), False),
        (asked("G31", "project_self_evaluation"), False),
        (asked("H31", "indicator_scores"), False),
        (asked("H31", "project_self_evaluation", rule="X203"), False),
    ],
)
def test_a_total_its_own_form_contradicts_is_undecided(
    finding: Finding, undecided: bool, kept: bool
) -> None:
    """What is kept of a file while others are judged still says so."""
    form = evaluation(score=figure("98", cell="H31"), budget=figure("50"))
    file = FileRecord("甲/自评.xlsx", Status.CHECKED, forms=(form,), findings=(finding,))
    (project,), _ = group_projects([outline(file) if kept else file], DEFAULT)
    assert project.undecided == ({"score", "grade"} if undecided else frozenset())
    assert project.score_stated == 98
    assert project.score_expected == (None if undecided else 98)
    assert project.grade_expected == (None if undecided else "优")
    assert project.budget == 50


def test_an_undecided_satisfaction_leaves_the_score_alone() -> None:
    form = questionnaire("就业服务补助", "96.49", "96.49")
    doubt = Finding(
        "问卷", "H35", "questionnaire", "", "Q209", Level.REVIEW, Kind.UNSETTLED, Action.LEFT, ""
    )  # fmt: skip
    first, second = files(evaluation(score=figure("96")), form)
    (project,), _ = group_projects([first, replace(second, findings=(doubt,))], DEFAULT)
    assert project.undecided == {"satisfaction"}
    assert (project.satisfaction_stated, project.satisfaction_expected) == (D("96.49"), None)
    assert (project.score_expected, project.grade_expected) == (96, "优")


def test_what_is_kept_of_a_file_is_small() -> None:
    findings = tuple(asked(f"H{row}", "project_self_evaluation", Kind.REVIEW) for row in range(99))
    form = evaluation(score=figure("98", cell="H31"))
    file = FileRecord("甲/自评.xlsx", Status.CHECKED, forms=(form,), findings=findings)
    assert outline(file).findings == ()


def test_only_departments_are_departmental() -> None:
    department = FormRecord("department_self_evaluation", "整体", "", 2022, "甲单位")
    nameless = FormRecord("questionnaire", "问卷", "", None, "")
    projects, _ = group_projects(files(department) + files(nameless, folder="乙"), DEFAULT)
    assert [(p.project, p.departmental) for p in projects] == [("", True), ("", False)]
