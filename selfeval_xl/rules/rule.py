"""One entry of the rule catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from selfeval_xl.findings import Level


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as people look it up: ``selfeval-xl rules CODE`` and the 规则统计 sheet print it.

    ``code`` is stable for ever; a renamed rule keeps its old code in ``aliases``. ``truth`` is
    the rule in one line, ``why`` why it matters, ``source`` where it was laid down or seen,
    ``safe`` whether its correction may be written without a person, ``wrong`` and ``right`` one
    example each.
    """

    code: str
    name: str
    form: str
    level: Level
    truth: str
    why: str
    source: str
    safe: bool
    wrong: str
    right: str
    aliases: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        """The forms the rule is about, as their users call them."""
        return SCOPES[self.form]


SCOPES = {
    "self_evaluation": "项目、部门支出绩效自评表",
    "department_self_evaluation": "部门整体支出绩效自评表",
    "questionnaire": "满意度调查问卷统计表",
    "indicator_scores": "指标体系评分表",
    "department_base_data": "部门整体支出绩效评价基础数据表",
    "fund_detail": "资金使用明细表",
    "all": "各表通用",
    "cross_form": "表间核对",
}
"""What a rule's ``form`` may be, in the order people look the rules up."""
