"""The rules that compare forms with each other; ``selfeval_xl.cross_form`` applies them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "cross_form"
_SOURCE = "各地自评工作通知关于表间一致性的要求；已公开自评报告中的差错"
_HUNAN = "湖南省部门整体支出绩效评价表格"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """A single form says nothing about the others."""
    return iter(())


def _rule(
    code: str,
    name: str,
    truth: str,
    why: str,
    source: str,
    wrong: str,
    right: str,
    level: Level = Level.REVIEW,
) -> Rule:
    return Rule(code, name, _FORM, level, truth, why, source, False, wrong, right)


RULES: tuple[Rule, ...] = (
    _rule(
        "X201",
        "执行数与资金明细",
        "自评表全年执行数应与资金使用明细表支出合计一致（有几张明细表的，与其中一张或各张之和一致）",
        "同一项目的支出在两张表中应是同一个数。",
        _SOURCE,
        "自评表全年执行数 154 万元，明细表支出合计 221 万元",
        "自评表全年执行数 221 万元，明细表支出合计 221 万元",
    ),
    _rule(
        "X202",
        "满意度与问卷",
        "满意度指标的实际完成值应与问卷最终得分一致",
        "满意度来自问卷，问卷更正后自评表也要更正。",
        _SOURCE,
        "满意度 96.47%，问卷最终得分 95.30 分",
        "满意度 95.30%，问卷最终得分 95.30 分",
    ),
    _rule(
        "X203",
        "总分与指标体系",
        "自评表总分应与指标体系评分表合计一致",
        "同一项目只能有一个自评得分。",
        _SOURCE,
        "自评表总分 98 分，指标体系合计 94.5 分",
        "自评表总分 94.5 分，指标体系合计 94.5 分",
    ),
    _rule(
        "X204",
        "部门项目支出",
        "部门自评表项目支出应与基础数据表项目支出本年决算数一致",
        "两张表反映同一部门同一年度的项目支出。",
        _HUNAN,
        "自评表项目支出 652.59 万元，基础数据表 271 万元",
        "自评表项目支出 271 万元，基础数据表 271 万元",
    ),
    _rule(
        "X205",
        "专项决算与项目执行数",
        "基础数据表中专项的本年决算数应与该项目自评表全年执行数一致",
        "同一专项的支出在两张表中应是同一个数。",
        _HUNAN,
        "专项决算数 221 万元，自评表全年执行数 154 万元",
        "专项决算数 221 万元，自评表全年执行数 221 万元",
    ),
    _rule(
        "X206",
        "金额单位不同",
        "同一项目各表的金额单位应一致",
        "单位不同容易造成一万倍的差错。",
        _SOURCE,
        "一张表用元，一张表用万元",
        "各表都用万元",
        Level.INFO,
    ),
    _rule(
        "X207",
        "重复报送",
        "同一项目的同一张表只应报送一份",
        "数据不同的两份表，无法判断以哪一份为准。",
        _SOURCE,
        "同一项目报送两份自评表，总分 95 和 98",
        "同一项目报送一份自评表",
    ),
    _rule(
        "X208",
        "名称相近",
        "同一项目在各表中的名称应一致",
        "名称相差一两个字时，程序不会当作同一项目，也就不作表间核对。",
        _SOURCE,
        "“就业补助项目”与“就业补贴项目”",
        "各表都写“就业补助项目”",
        Level.INFO,
    ),
    _rule(
        "X209",
        "年度不一致",
        "同一项目同一套表的评价年度应一致",
        "套用上年表格时常忘记改年度；年度不同的表不作表间核对。",
        _SOURCE,
        "自评表为 2022 年，同一项目的问卷统计表为 2021 年",
        "自评表、问卷统计表都为 2022 年",
    ),
    _rule(
        "X210",
        "在职人员控制率",
        "部门自评表中在职人员控制率的实际完成值应与基础数据表一致",
        "指标得分按控制率计算，两张表应是同一个数。",
        _HUNAN,
        "自评表填 100%，基础数据表为 96%",
        "自评表填 96%，基础数据表为 96%",
    ),
    _rule(
        "X211",
        "满意度单位",
        "满意度指标的实际完成值应写明单位",
        "没有单位的数可能是百分比，也可能是评分，无法与问卷最终得分比较。",
        _SOURCE,
        "目标“群众满意”，实际完成值填 96，问卷最终得分 99.00",
        "实际完成值填 96% 或 96分",
        Level.INFO,
    ),
)
