"""The words of a satisfaction questionnaire: options, measures, totals, heads."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.labels import key, squash


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set of labels."""
    return frozenset(text.split())


class Row(StrEnum):
    """What a row or column of a questionnaire holds."""

    COUNT = "人数"
    SHARE = "占比"
    SCORE = "分数"


MEASURES: dict[str, Row] = {
    **dict.fromkeys(
        words(
    "人数 票数 人次 份数 选择人数 投票数 数量 问卷数 频数 得票数 选项人数 答题人数 票 人 份"
),
        Row.COUNT,
    ),
    **dict.fromkeys(
        words(
    "占比 比例 比重 百分比 所占比例 占比率 比率 频率 所占比重 人数占比 比例% 占比% % 百分率"
),
        Row.SHARE,
    ),
    **dict.fromkeys(
        words(
    "分数 得分 分值 评分 加权得分 折算得分 计分 折算分 选项得分 得分值 评价得分"
),
        Row.SCORE,
    ),
}  # fmt: skip
TOTALS = words(
    "合计 总计 汇总 总体 总和 全部 合计数 题目合计 各题合计 问卷合计 总合计 合计栏 共计 累计"
)  # fmt: skip
AVERAGES = words("平均 平均值 平均数 均值 总平均 各题平均 题均 小计 平均人数")
"""Rows between or under the questions that are no questions."""
COUNT_COLUMNS = words(
    "合计人数 合计 总计 小计 总人数 人数合计 合计人次 参与人数 答题人数 有效人数 有效问卷数 "
    "样本数 总票数 票数合计 合计份数 有效问卷 调查人数 参评人数 填写人数 答卷人数 总数 合计票数 "
    "人数 总人次 总份数 合计数 参与调查人数 有效份数 受访人数 被调查人数 回收份数 有效答卷数 "
    "共计 总计人数"
)  # fmt: skip
SCORE_COLUMNS = words(
    "得分 分数 题目得分 单项得分 平均分 加权得分 满意度得分 各题得分 合计得分 综合得分 合计分数 "
    "评分 小计得分 分项得分 本题得分 加权平均分 平均得分 折算得分 得分合计 单题得分 总得分 总分 "
    "满意度分值"
)  # fmt: skip
RATE_COLUMNS = words("满意率 满意度 满意比例 满意占比 满意度% 满意率% 群众满意度 总体满意度")
COEFFICIENTS = words(
    "选项系数 权重系数 系数 分值系数 权重 选项权重 赋分系数 赋值 分值 选项分值 满意度系数 "
    "折算系数 评分系数 选项赋值 赋分 选项赋分 计分系数 得分系数 权数 分值权重 等级系数 "
    "选项分值系数"
)  # fmt: skip
ANSWERS = words(
    "选项 答案 评价 评价等级 评价选项 评价意见 评价结果 满意程度 满意度 满意度等级 满意等级 "
    "满意度选项 满意度评价 调查选项 选择项 选项内容 选项名称 答案选项 问题选项 题目选项 回答 等级 "
    "等次 程度 态度"
)  # fmt: skip
"""What a column is called that lists the options one under the other."""
FINAL = re.compile(
    r"(?:本项目|项目|问卷|调查|社会公众|服务对象|受益对象|群众|公众|最终|最后|综合|满意度|问卷调查|总体|总|"
    r"加权|合计|平均)*"
    r"(?:得分|评分|总分|满意度|满意率|平均分|分数|综合分)(?:合计|情况|结果)?"
)
QUESTION_COLUMN = re.compile(r"题|问卷|问题|内容|项目|指标|事项|调查")

_GREAT = ("非常", "很", "十分", "特别", "完全", "最", "极其", "高度")
_NAMED = {
    "优秀": 0, "优": 0, "很好": 0, "非常好": 0, "良好": 10, "良": 10, "好": 10, "较好": 20,
    "比较好": 20, "一般": 30, "普通": 30, "中立": 30, "中等": 30, "中": 30, "尚可": 30, "合格": 30,
    "及格": 30, "较差": 45, "比较差": 45, "不太好": 45, "差": 50, "不好": 50, "不合格": 50,
    "不及格": 50, "很差": 60, "非常差": 60, "极差": 60,
}  # fmt: skip
UNSCORED = 99
_UNSCORED = words(
    "不了解 不清楚 不知道 弃权 未填 未答 未作答 说不清 无效 不好说 未选 空白 没接触过 未评价 其他"
)


def _ranks() -> dict[str, int]:
    """Return each option word's place from best (0) to worst; words outside the scale are 99."""
    ranks = dict(_NAMED)
    for word in ("满意", "同意", "认可", "支持"):
        ranks[word] = 10
        for adverb in _GREAT:
            ranks[adverb + word] = 0
            ranks[f"{adverb}不{word}"] = 60
        ranks |= {f"{adverb}{word}": 20 for adverb in ("较", "比较", "较为", "相对")}
        ranks |= {f"{adverb}{word}": 25 for adverb in ("基本", "尚", "大致", "基本上")}
        ranks |= {
            f"{adverb}{word}": 40 for adverb in ("不太", "不够", "不大", "较不", "比较不", "欠")
        }
        ranks[f"不{word}"] = 50
        ranks |= {f"{adverb}不{word}": 60 for adverb in ("极", "极度", "极其")}
    ranks |= dict.fromkeys(_UNSCORED, UNSCORED)
    return ranks


RANKS = _ranks()
_LETTER = re.compile(r"(?:选项|答案)?([A-Ga-g])(?:项|级|选项)?(?=$|[^A-Za-z0-9])(.*)")
_COEFFICIENT = re.compile(
    r"[(（,，:：、](?:系数|权重|计|得|赋)?[:：]?(\d{1,3}(?:\.\d+)?)(%|分)?[)）]?$"
)
_BRACKETS = "()[]【】.、:,—-_;"
_SUFFIX = re.compile(r"(?:的)?(?:人数|人次|票数|份数|人|票|份|选项)$")


@lru_cache(maxsize=4096)
def option_of(text: str) -> tuple[str, int | None] | None:
    """Return an option heading's letter and rank: “A（非常满意）” → ("A", 0); None when it is none.

    The letter is "" for a bare word, the rank None for a bare letter.
    """
    label = squash(text)
    if not label or len(label) > 24:
        return None
    found = _LETTER.fullmatch(label)
    if not found:
        rank = _rank(label)
        return None if rank is None else ("", rank)
    rest = found[2].strip(_BRACKETS)
    rank = _rank(rest) if rest else None
    if rest and rank is None and found[2][0] not in _BRACKETS:
        return None
    return found[1].upper(), rank


def _rank(label: str) -> int | None:
    """Return the place of an option word, with bracketed remarks and 人数 behind it taken off."""
    for name in (label, key(label), _COEFFICIENT.sub("", label)):
        plain = name.strip(_BRACKETS)
        for word in (plain, _SUFFIX.sub("", plain)):
            if word in RANKS:
                return RANKS[word]
    return None


@lru_cache(maxsize=1024)
def coefficient_in(text: str) -> Fraction | None:
    """Return the coefficient an option heading carries: 0.8 in “满意（80分）”, “B（满意，0.8）”."""
    found = _COEFFICIENT.search(squash(text))
    if not found:
        return None
    whole, _, part = found[1].partition(".")
    value = Fraction(int(whole + part), 10 ** len(part))
    if found[2] or value > 1:
        value /= 100
    return value if 0 <= value <= 1 else None


@lru_cache(maxsize=8192)
def name_of(text: str) -> str:
    """Return a label for look-up: its key, without a unit or 行/列/栏 behind it."""
    return key(text).rstrip("行列栏")
