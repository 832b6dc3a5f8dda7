"""The identities of indicator score tables as people look them up."""

from __future__ import annotations

from selfeval_xl.findings import Level
from selfeval_xl.rules.rule import Rule

_FORM = "indicator_scores"
_REPORTS = "云南省昆明市已公开的四份绩效自评报告所附指标体系得分情况表"

RULES: tuple[Rule, ...] = (
    Rule(
        code="I201",
        name="扣分",
        form=_FORM,
        level=Level.ERROR,
        truth="扣分 = 权重 − 得分",
        why="扣分说明问题在哪里，必须与得分对应。",
        source=_REPORTS,
        safe=True,
        wrong="权重 20，得分 17.50，扣分填 1.50",
        right="20 − 17.50 = 2.50",
    ),
    Rule(
        code="I202",
        name="得分率",
        form=_FORM,
        level=Level.ERROR,
        truth="得分率 = 得分 ÷ 权重",
        why="得分率用来比较权重不同的指标；合计行的得分率用合计得分除以合计权重，不能取平均。",
        source=_REPORTS,
        safe=True,
        wrong="得分 55，权重 60，得分率填 91.76%",
        right="55.00 ÷ 60.00 = 91.67%",
    ),
    Rule(
        code="I203",
        name="上级指标等于下级之和",
        form=_FORM,
        level=Level.ERROR,
        truth="每级指标的权重（得分）= 其下一级指标权重（得分）之和",
        why="评分只在最末级进行，上级数字由下级汇总而来；指标名称中注明的分值也应与下级之和一致。",
        source="预算绩效管理信息系统指标分值校验；" + _REPORTS,
        safe=True,
        wrong="项目管理下级得分 6、7、5.20，小计填 18.00",
        right="6 + 7 + 5.20 = 18.20",
    ),
    Rule(
        code="I204",
        name="合计行",
        form=_FORM,
        level=Level.ERROR,
        truth="合计 = 各项之和（只加最末级，合并单元格只计一次）",
        why="合计得分就是评价总分，决定评价等级。",
        source=_REPORTS,
        safe=True,
        wrong="17.50、20.00、57.00，合计填 95.40",
        right="17.50 + 20.00 + 57.00 = 94.50",
    ),
)
