"""Records as the outputs receive them: the differences of three published tables, as data."""

from __future__ import annotations

from decimal import Decimal

from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.records import (
    Counts,
    Figure,
    FileRecord,
    FormRecord,
    FundLine,
    LevelScore,
    ProjectRecord,
    QuestionScore,
    Status,
)
from selfeval_xl.rules.rule import Rule

QUESTIONNAIRE = "问卷"
PROJECT = "残疾人就业服务（对下）补助经费"
UNIT = "某某县残疾人联合会"

# cell, field, stated, expected, calculation, cause or root; the D shares copy the C shares.
_SHARES = """
F6  | 第2题 占比 D（不满意） | 5.41%  | 0 ÷ 37 = 0.00% | 2
F15 | 第5题 占比 D（不满意） | 8.11%  | 0 ÷ 37 = 0.00% | 3
F18 | 第6题 占比 D（不满意） | 8.11%  | 0 ÷ 37 = 0.00% | 3
F21 | 第7题 占比 D（不满意） | 8.11%  | 0 ÷ 37 = 0.00% | 3
F24 | 第8题 占比 D（不满意） | 8.11%  | 0 ÷ 37 = 0.00% | 3
F27 | 第9题 占比 D（不满意） | 10.81% | 0 ÷ 37 = 0.00% | 4
F30 | 第10题 占比 D（不满意） | 10.81% | 0 ÷ 37 = 0.00% | 4
"""
# root row: (share total stated, D score stated, question score stated, question score expected)
_FOLLOWING = {
    6: ("105%", "0.11", "9.57", "9.46"),
    15: ("108%", "0.16", "9.78", "9.62"),
    18: ("108%", "0.16", "9.62", "9.46"),
    21: ("108%", "0.16", "9.62", "9.46"),
    24: ("108%", "0.16", "9.78", "9.62"),
    27: ("111%", "0.22", "9.78", "9.57"),
    30: ("111%", "0.22", "9.57", "9.35"),
}


def number(text: str) -> Decimal:
    """Read 5.41% or 9.57."""
    return Decimal(text.rstrip("%")).scaleb(-2 if text.endswith("%") else 0)


def finding(cell: str, stated: str, expected: str, /, **other: object) -> Finding:
    """Make a questionnaire finding with sensible defaults."""
    facts: dict[str, object] = {
        "sheet": QUESTIONNAIRE,
        "cell": cell,
        "form": "questionnaire",
        "project": PROJECT,
        "rule": "Q203",
        "level": Level.ERROR,
        "kind": Kind.ROOT,
        "action": Action.CORRECTED,
        "field": "",
        "stated": number(stated) if stated else None,
        "expected": number(expected) if expected else None,
        "stated_text": stated,
        "expected_text": expected,
        "written": number(expected) if expected else None,
    }
    if stated and expected:
        facts["difference"] = number(stated) - number(expected)
    return Finding(**(facts | other))  # type: ignore[arg-type]


def questionnaire_findings() -> tuple[Finding, ...]:
    """The differences of a questionnaire in which seven D shares were copied from C."""
    found = [
        finding(
            "F3",
            "",
            "0.00%",
            rule="Q202",
            level=Level.INFO,
            kind=Kind.FILLED,
            action=Action.FILLED,
            field="第1题 占比 D（不满意）",
            calculation="0 ÷ 37 = 0.00%",
            formula="ROUND(F2/H2,4)",
            number_format="0.00%",
        )
    ]
    for line in _SHARES.strip().splitlines():
        cell, field, stated, calculation, people = (part.strip() for part in line.split("|"))
        row = int(cell[1:])
        found.append(
            finding(
                cell,
                stated,
                "0.00%",
                rule="Q202",
                field=field,
                calculation=calculation,
                cause=f"与左侧 E{row} 相同，疑似照抄 C（一般）列（{people} 人）",
                formula=f"ROUND(F{row - 1}/H{row - 1},4)",
                number_format="0.00%",
            )
        )
        found += _consequences(row)
    root = f"{QUESTIONNAIRE}!F6"
    found += [
        finding(
            "F34",
            "1.19",
            "0.00",
            kind=Kind.CONSEQUENCE,
            root=root,
            field="合计 分数 D（不满意）",
            calculation="0.00 + 0.00 + 0.00 + … + 0.00 = 0.00",
        ),
        finding(
            "H34",
            "96.49",
            "95.30",
            kind=Kind.CONSEQUENCE,
            root=f"{QUESTIONNAIRE}!F34",
            field="合计 分数 合计",
            calculation="84.05 + 6.70 + 4.54 + 0.00 + 0.00 = 95.30",
        ),
        finding(
            "H35",
            "96.49",
            "95.30",
            rule="Q209",
            kind=Kind.CONSEQUENCE,
            root=root,
            field="最终得分",
            calculation="9.62 + 9.46 + 9.51 + … + 9.35 = 95.30",
        ),
    ]
    return tuple(found)


def _consequences(row: int) -> list[Finding]:
    share, points, stated, expected = _FOLLOWING[row]
    root = f"{QUESTIONNAIRE}!F{row}"
    cause = f"由 F{row} 的差错引起，更正该处后本格随之更正"
    common = {"kind": Kind.CONSEQUENCE, "root": root, "cause": cause}
    return [
        finding(
            f"H{row}",
            share,
            "100%",
            rule="Q204",
            field=f"第{(row) // 3}题 占比 合计",
            calculation="89.19% + 2.70% + 8.11% + 0.00% + 0.00% = 100%",
            **common,
        ),
        finding(
            f"F{row + 1}",
            points,
            "0.00",
            field=f"第{row // 3}题 分数 D（不满意）",
            calculation="0.00% × 0.2 × 10 = 0.00",
            **common,
        ),
        finding(
            f"H{row + 1}",
            stated,
            expected,
            rule="Q205",
            field=f"第{row // 3}题 得分",
            calculation="8.92 + 0.22 + 0.49 + 0.00 + 0.00 = " + expected,
            **common,
        ),
    ]


def department_findings() -> tuple[Finding, ...]:
    """The differences and questions of a department's self-evaluation."""
    common = {"sheet": "部门整体 '23", "form": "department_self_evaluation", "project": ""}
    review = {"level": Level.REVIEW, "kind": Kind.REVIEW, "action": Action.LEFT}
    return (
        finding(
            "H3",
            "172.85%",
            "172.86%",
            rule="S102",
            level=Level.ROUNDING,
            kind=Kind.ROUNDING,
            field="年度资金总额 执行率",
            calculation="1005.67 ÷ 581.79 = 172.86%",
            cause="末位未按四舍五入取值（截断、进位或少取小数位）",
            **common,
        ),
        finding(
            "I3",
            "",
            "10",
            rule="S103",
            level=Level.INFO,
            kind=Kind.FILLED,
            action=Action.FILLED,
            field="年度资金总额 得分",
            calculation="10 × 172.86%，最高 10 = 10",
            **common,
        ),
        finding(
            "F3",
            "",
            "",
            rule="S110",
            field="年度资金总额 全年执行数",
            stated=Decimal("1005.67"),
            stated_text="1005.67",
            message="全年执行数 1005.67 万元超过全年预算数 581.79 万元（执行率 172.86%），"
            "请说明原因，并核对预算数是否已作调整。",
            advice="请补充说明或更正",
            **common,
            **review,
        ),
        finding(
            "B12",
            "30",
            "36",
            rule="S120",
            field="产出指标 分值",
            calculation="6 + 3 + 3 + … + 3 = 36",
            message="产出指标各三级指标分值合计 36，一级指标名称中写 30。",
            **common,
            **(review | {"kind": Kind.UNSETTLED}),
        ),
        finding(
            "H31",
            "98",
            "102",
            rule="S131",
            field="总分 得分",
            calculation="92 + 10 = 102",
            cause="分值合计 106，不等于 100，总分无法据以重算",
            advice="本表无法判断何者有误，未作更正，请对照原始资料核实",
            points=("各项得分之和（不含执行率）92", "各项得分之和（含执行率）102", "填报总分 98"),
            **common,
            **(review | {"kind": Kind.UNSETTLED}),
        ),
        finding(
            "D17",
            "",
            "",
            rule="S150",
            field="三级指标 6、困难残疾人家庭无障碍改造",
            message="与第 1 项“残疾人无障碍改造”内容相同，年度指标值同为 150户。",
            level=Level.INFO,
            kind=Kind.NOTE,
            action=Action.LEFT,
            **common,
        ),
    )


def project_findings() -> tuple[Finding, ...]:
    """Questions on a project's self-evaluation, one of them across forms."""
    common = {
        "sheet": "Sheet1",
        "form": "project_self_evaluation",
        "project": "残疾人就业保障金",
        "level": Level.REVIEW,
        "kind": Kind.REVIEW,
        "action": Action.LEFT,
    }
    return (
        finding(
            "F4",
            "154",
            "221",
            rule="X101",
            field="年度资金总额 全年执行数",
            message="自评表全年执行数 154 万元，基础数据表（部门整体.xlsx，工作表“基础数据”"
            "，D14）本年决算 221 万元，相差 67 万元。",
            **common,
        ),
        finding(
            "H31",
            "98",
            "91",
            rule="S131",
            field="总分 得分",
            calculation="10 + 81 = 91",
            cause="分值合计 93，不等于 100",
            points=("建议：可持续影响指标 2/2 → 9/9，则分值合计 100、得分合计 98，三处同时相符",),
            advice="请对照原始资料核实",
            **(common | {"kind": Kind.UNSETTLED}),
        ),
        finding(
            "F11",
            "",
            "",
            rule="S140",
            field="残疾人创业扶持 实际完成值",
            stated="≥30人",
            stated_text="≥30人",
            message="实际完成值“≥30人”照抄年度指标值，应填实际完成的人数。",
            **common,
        ),
    )


def rules() -> dict[str, Rule]:
    """A catalogue for the codes used here."""
    names = {
        "Q202": ("占比", "占比 = 人数 ÷ 合计人数", Level.ERROR),
        "Q203": ("选项分数", "分数 = 占比 × 系数 × 每题满分", Level.ERROR),
        "Q204": ("占比合计", "各选项占比合计 = 100%", Level.ERROR),
        "Q205": ("题目得分", "题目得分 = 各选项分数之和", Level.ERROR),
        "Q209": ("最终得分", "最终得分 = 各题得分之和", Level.ERROR),
        "S102": ("执行率", "执行率 = 全年执行数 ÷ 全年预算数", Level.ERROR),
    }
    return {
        code: Rule(
            code=code,
            name=name,
            form="questionnaire",
            level=level,
            truth=truth,
            why="占比、得分逐级汇总为最终得分，一处有误会影响结论。",
            source="财预〔2020〕10号",
            safe=True,
            wrong="人数 0，占比 5.41%",
            right="人数 0，占比 0.00%",
        )
        for code, (name, truth, level) in names.items()
    }


def questionnaire_file() -> FileRecord:
    """A questionnaire workbook with its differences."""
    questions = tuple(
        QuestionScore(
            at,
            f"{at}.您认为该项目在资金使用的规范性方面做得如何：",
            Decimal(37),
            Decimal(stated),
            Decimal(expected),
            Decimal(10),
        )
        for at, (stated, expected) in enumerate(
            zip(
                ["9.62", "9.57", "9.51", "9.62", "9.78", "9.62", "9.62", "9.78", "9.78", "9.57"],
                ["9.62", "9.46", "9.51", "9.62", "9.62", "9.46", "9.46", "9.62", "9.57", "9.35"],
                strict=True,
            ),
            start=1,
        )
    )
    form = FormRecord(
        "questionnaire",
        QUESTIONNAIRE,
        PROJECT,
        2022,
        UNIT,
        figures={"satisfaction": Figure("H35", Decimal("96.49"), Decimal("95.30"))},
        questions=questions,
        sources=(("project", "文件名"), ("year", "文件夹"), ("organisation", "文件夹")),
    )
    return FileRecord(
        "就业服务/问卷 统计表#1.xlsx",
        Status.CHECKED,
        corrected="就业服务/问卷 统计表#1_已核对.xlsx",
        forms=(form,),
        findings=questionnaire_findings(),
    )


def department_file() -> FileRecord:
    """A department's self-evaluation with everything but plain errors."""
    form = FormRecord(
        "department_self_evaluation",
        "部门整体 '23",
        "",
        2023,
        "某某市残疾人联合会",
        department="某某市人民政府",
        amount_unit="万元",
        figures={"score": Figure("H31", Decimal(98), None)},
        levels=(LevelScore("产出指标", Decimal(36), Decimal(36)),),
        funds=(
            FundLine("一般公共预算", (("预算数", Decimal("581.79")), ("执行数", None))),
            FundLine("合计", (("预算数", Decimal("581.79")), ("执行数", Decimal("1005.67"))), True),
        ),
        sources=(("organisation", "表头"), ("year", "文件夹")),
    )
    return FileRecord(
        "部门整体.xlsx",
        Status.CHECKED,
        corrected="部门整体_已核对.xlsx",
        forms=(form,),
        findings=department_findings(),
    )


def project_file() -> FileRecord:
    """A project's self-evaluation with three questions."""
    form = FormRecord(
        "project_self_evaluation",
        "Sheet1",
        "残疾人就业保障金",
        2023,
        "某某市残疾人联合会",
        department="某某市人民政府",
        amount_unit="万元",
        figures={
            "budget": Figure("E4", Decimal(154), Decimal(154)),
            "score": Figure("H31", Decimal(98), None),
        },
    )
    return FileRecord(
        "项目自评.xlsx",
        Status.CHECKED,
        corrected="项目自评_已核对.xlsx",
        forms=(form,),
        findings=project_findings(),
    )


def files() -> list[FileRecord]:
    """A small run: three checked workbooks and one of every other fate."""
    return [
        questionnaire_file(),
        department_file(),
        project_file(),
        FileRecord("会议通知.xlsx", Status.UNRECOGNISED, "没有找到自评表格，请确认是否放错文件"),
        FileRecord("旧表.xls", Status.UNREADABLE, "文件设有密码，请取消密码后重新放入"),
        FileRecord("~$问卷.xlsx", Status.SKIPPED, "Excel 打开文件时的临时文件，已跳过"),
    ]


def projects() -> list[ProjectRecord]:
    """The projects of that run."""
    levels = (
        LevelScore("产出指标", Decimal(30), Decimal(30)),
        LevelScore("效益指标", Decimal(23), Decimal(23)),
        LevelScore("满意度指标", Decimal(10), Decimal(9)),
        LevelScore("成本指标", Decimal(20), Decimal(19)),
    )
    return [
        ProjectRecord(
            PROJECT,
            2022,
            UNIT,
            budget=Decimal("1910000"),
            executed=Decimal("1814000"),
            execution_rate=Decimal("0.9497"),
            amount_unit="元",
            score_stated=Decimal("96.50"),
            score_expected=Decimal("96.50"),
            grade_stated="优",
            grade_expected="优",
            satisfaction_stated=Decimal("96.49"),
            satisfaction_expected=Decimal("95.30"),
            counts=Counts(error=31, info=1, root=7, consequence=24, filled=1),
            files=(0,),
            levels=(
                LevelScore("A项目决策", Decimal(20), Decimal("19.5")),
                LevelScore("B项目管理", Decimal(20), Decimal("18")),
                LevelScore("C项目绩效", Decimal(60), Decimal("59")),
            ),
        ),
        ProjectRecord(
            "",
            2023,
            "某某市残疾人联合会",
            department="某某市人民政府",
            budget=Decimal("581.79"),
            executed=Decimal("1005.67"),
            execution_rate=Decimal("1.7286"),
            amount_unit="万元",
            score_stated=Decimal(98),
            counts=Counts(review=3, rounding=1, info=2, filled=1),
            files=(1,),
            departmental=True,
            undecided=frozenset({"score", "grade"}),
        ),
        ProjectRecord(
            "残疾人就业保障金",
            2023,
            "某某市残疾人联合会",
            department="某某市人民政府",
            budget=Decimal(154),
            executed=Decimal(154),
            execution_rate=Decimal(1),
            amount_unit="万元",
            score_stated=Decimal(98),
            score_expected=Decimal(91),
            grade_stated="优",
            grade_expected="优",
            counts=Counts(review=3),
            files=(2, 1),
            levels=levels,
        ),
    ]
