"""The identities of a fund table as people look them up."""

from __future__ import annotations

from selfeval_xl.findings import Level
from selfeval_xl.rules.rule import Rule

_FORM = "fund_detail"

RULES: tuple[Rule, ...] = (
    Rule(
        code="F201",
        name="明细合计",
        form=_FORM,
        level=Level.ERROR,
        truth="合计 = 本列各明细行之和",
        why="合计数会写进自评报告和汇总表；有一行漏加、重加，全年资金就对不上。分组小计、合并单元格只加一次，“其中”行不重复加。",
        source="已公开自评报告所附资金使用明细表",
        safe=True,
        wrong="各行 10.5、11、12，合计填 35.3",
        right="各行 10.5、11、12，合计填 33.5",
    ),
    Rule(
        code="F202",
        name="结余",
        form=_FORM,
        level=Level.ERROR,
        truth="结余 = 下达（到位）金额 − 使用（支出）金额",
        why="结余数决定资金是收回还是结转，必须与下达数、支出数一致；表内有上年结转列并与数据相符时一并计入。",
        source="已公开自评报告所附项目支出明细表（结余经费 = 下达金额 − 使用经费）",
        safe=True,
        wrong="下达 12，使用 10.5，结余填 2.5",
        right="下达 12，使用 10.5，结余填 1.5",
    ),
    Rule(
        code="F203",
        name="完成率、执行率",
        form=_FORM,
        level=Level.ERROR,
        truth="完成率（执行率）= 完成数（支出数）÷ 计划数（预算数）",
        why="比率是自评打分的直接依据；可大于 100%，由人说明原因，但必须算对。",
        source="已公开自评报告所附补助经费使用情况表（任务完成率 = 合计人数 ÷ 全年预计补助人数）",
        safe=True,
        wrong="23186 人 ÷ 20000 人，任务完成率填 116.93%",
        right="23186 人 ÷ 20000 人，任务完成率填 115.93%",
    ),
    Rule(
        code="F204",
        name="行合计",
        form=_FORM,
        level=Level.ERROR,
        truth="合计（小计）列 = 同一行各分项列之和",
        why="分资金来源填列时，每行的合计须等于中央、省、市、县等各列之和；只有三分之二以上的行（含合计行；表头把合计与分项并列在一个栏目下的，可只数明细行）都符合时才核对。",
        source="资金明细表的两行表头（合计｜中央｜省级｜市级）的填列口径",
        safe=True,
        wrong="市级 5、县级 3，合计列填 9",
        right="市级 5、县级 3，合计列填 8",
    ),
)
