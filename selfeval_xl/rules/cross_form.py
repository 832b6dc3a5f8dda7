"""The rules that compare forms with each other; ``selfeval_xl.cross_form`` applies them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings

if TYPE_CHECKING:
    from selfeval_xl.judging import Judgement

_FORM = "cross_form"
_SOURCE = "各地自评工作通知关于表间一致性的要求；已公开报告中的差错"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """A single form says nothing about the others."""
    return iter(())


RULES: tuple[Rule, ...] = (
    Rule(
        "X201", "执行数与明细", _FORM, Level.REVIEW, "自评表全年执行数应与资金使用明细表支出合计一致",
        "同一项目的支出在两张表中应是同一个数。", _SOURCE, False,
        "自评表执行数 154，明细合计 221", "自评表执行数 221，明细合计 221",
    ),
    Rule(
        "X202", "满意度与问卷", _FORM, Level.REVIEW, "满意度指标实际完成值应与问卷最终得分一致",
        "满意度来自问卷，问卷改正后自评表也要改。", _SOURCE, False,
        "满意度 96.47%，问卷最终得分 95.30", "满意度 95.30%，问卷最终得分 95.30",
    ),
    Rule(
        "X203", "总分与指标体系", _FORM, Level.REVIEW, "自评表总分应与指标体系评分表合计一致",
        "同一项目只能有一个自评得分。", _SOURCE, False,
        "自评表总分 98，指标体系合计 94.5", "自评表总分 94.5，指标体系合计 94.5",
    ),
    Rule(
        "X204", "部门项目支出", _FORM, Level.REVIEW, "自评表项目支出应与基础数据表项目支出本年决算数一致",
        "两张表反映同一部门同一年度的项目支出。", "湖南省部门整体支出绩效评价表格", False,
        "自评表 652.59，基础数据表 271", "自评表 271，基础数据表 271",
    ),
    Rule(
        "X205", "专项决算与项目执行数", _FORM, Level.REVIEW,
        "基础数据表中专项的决算数应与该项目自评表全年执行数一致",
        "同一专项的支出在两张表中应是同一个数。", "湖南省部门整体支出绩效评价表格", False,
        "专项决算 221，自评表执行数 154", "专项决算 221，自评表执行数 221",
    ),
    Rule(
        "X206", "金额单位不同", _FORM, Level.INFO, "同一项目各表金额单位应一致",
        "单位不同容易造成一万倍的差错。", _SOURCE, False, "一表用元，一表用万元", "各表都用万元",
    ),
    Rule(
        "X207", "重复报送", _FORM, Level.REVIEW, "同一项目的同一张表只应报送一份",
        "两份数据不同的表无法判断以哪份为准。", _SOURCE, False,
        "同一项目两份自评表，总分 95 和 98", "同一项目一份自评表",
    ),
    Rule(
        "X208", "名称相近", _FORM, Level.INFO, "同一项目在各表中的名称应一致",
        "名称差一两个字时，程序不会把它们当作同一项目。", _SOURCE, False,
        "“就业补助项目”与“就业补贴项目”", "各表都写“就业补助项目”",
    ),
)  # fmt: skip
