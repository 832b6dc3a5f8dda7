"""The words of indicator score tables: levels, points, scores, totals, grades."""

from __future__ import annotations

import re

from selfeval_xl.labels import key, names, remembered

POINTS = names(
    "权重 权重分 权重分值 标准分 标准分值 分值 满分 满分值 基准分 应得分 指标分值 指标权重 "
    "总分值 分数 配分 参考分值 设定分值 权重% 分值权重 标准分数 额定分 基础分 权数 赋分 "
    "分配分值"
)
SCORES = names(
    "得分 评分 评价得分 自评得分 自评分 实际得分 评定得分 评审得分 实得分 考核得分 最终得分 "
    "评估得分 复评得分 审核得分 评价分值 评分结果 单位自评分 自评分值 得分值 评价分 打分 "
    "实得分值 评价评分 自评评分 指标得分 得分情况 得分分值 绩效得分 单位自评得分 部门评价得分 "
    "财政评价得分"
)
WEIGHTED = names("加权得分 加权分 加权分值 加权后得分 折算得分 折算分 折合得分 权重得分 加权评分")
"""Scores already multiplied by the weight; beside them 评分 is out of 100."""
DEDUCTIONS = names("扣分 扣分值 扣减分 失分 减分 扣除分 扣分分值 扣减分值 扣减 失分值 扣分数 丢分")
RATES = names("得分率 得分比率 得分率% 得分比例 指标得分率 评价得分率")
REASONS = re.compile(r"(?:扣分|失分|扣减|丢分|减分).*(?:原因|说明|理由|依据|情况|问题|事项)")
GRADES = names(
    "等级 评价等级 评定等级 绩效等级 自评等级 评价结果等级 绩效评价等级 考核等级 综合等级 评价级别"
)
TOTALS = names(
    "合计 总计 总分 总得分 合计得分 总评分 综合得分 共计 总合计 最终得分 总分合计 评价总分"
)
SUBTOTAL = re.compile(r"(?:^|.)(?:小计|分项合计)$")
LEVEL = re.compile(
    r"(?:第?([一二三四五1-5])级)(?:评价|绩效|考核)?(?:指标|项目|内容)?(?:名称|体系)?"
)
NAMES = names(
    "指标 项目 评价指标 指标名称 评价内容 考核内容 评价项目 考核指标 评分项目 指标项目 评价维度 "
    "绩效指标 考核项目 指标类别 评分指标 指标内容 评价类别 一级 评价要素 维度 指标类型 评分内容"
)
FOREIGN = re.compile(
    r"目标|预期|实际|完成|计划|指标值|完成值|目标值|预算数|执行数|执行率|决算|金额|资金|偏差|万元|人数|占比|完成情况|经费|题目|支出"
)
REMARK = re.compile(r"备注|注[:：]|说明[:：]|填表|填报|评价组|评价人|负责人|联系")


LONGEST_HEADING = 15
LONGEST_NAME = 30


@remembered(8192)
def heading_word(text: str) -> str:
    """Return which column of a table a text heads: “level”, “points”, “scores”, else ""."""
    name = key(text)
    if name in POINTS:
        return "points"
    if name in SCORES:
        return "scores"
    return "level" if LEVEL.fullmatch(name) else ""


@remembered(8192)
def row_word(text: str) -> str:
    """Return what a text says of its row.

    “grade”, “subtotal” or “total”; “sum” for a name that ends in 合计; “number” for a figure;
    "" for any other name.
    """
    if starts_like_number(text):
        return "number"
    name = key(text)
    if name in GRADES:
        return "grade"
    if SUBTOTAL.search(name):
        return "subtotal"
    if name in TOTALS:
        return "total"
    return "sum" if name.endswith("合计") else ""


_LIKE_NUMBER = re.compile(r"\s*-?[\d０-９][\d.,，％%]*\s*[分%％]?\s*$")


def starts_like_number(value: object) -> bool:
    """Tell whether a value is a number or a text that is one but for a unit."""
    if isinstance(value, str):
        return _LIKE_NUMBER.match(value) is not None
    return isinstance(value, (int, float))


def plain_name(name: str) -> str:
    """Return an indicator's name without its letter or number and its points."""
    return key(name).lstrip("ABCDEFabcdef0123456789.、")
