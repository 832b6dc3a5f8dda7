"""The words around a number: units, comparison signs, fillers and marks for “nothing”."""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_BLANKS = """
- -- --- — —— ——— – − － ― ─ ── ー / // \\ 无 … …… ... ...... 、 . * ** *** N/A n/a NA 空
"""
BLANKS = frozenset(_BLANKS.split()) | {"", " "}
"""What people write into a cell to say that there is nothing."""

_COUNTED = """
人次 人/次 人 名 户次 户 家 个 件次 件 套 台次 台 辆次 辆 架 艘 次 例 场次 场 期 班次 班 批次 批 项
条 处 座 栋 幢 间 所 座次 块 片 株 棵 亩次 亩 公顷 平方米 平方公里 平方千米 平米 平方 立方米 立方 方
公里 千米 米 厘米 毫米 延米 里 公斤 千克 克 毫克 斤 吨 升 毫升 千瓦时 千瓦 度 天 日 工作日 小时 分钟
秒 个月 月 周 季度 季 年 岁 篇 份 本 册 张 幅 部 支 根 颗 头 只 羽 尾 匹 箱 袋 包 瓶 盒 桶 组 队
支队 课时 学时 人天 人日 人月 床位 床 学位 学生 村 社区 乡镇 镇 乡 县 市 区 单位 企业 机构 学校
对 双 副 笔 宗 起 类 种 级 层 页 字 词 席 桌 顿 餐 剂 针 针次 管 眼 口 孔 盏 面 位 门 节 届 遍 趟
车 车次 航次 站 站点 点 网点 户数 人数 倍 分 分贝 毫克/升 mg/L m² m2 ㎡ ㎥ m³ m3 m km km² km2 cm mm
个工作日 个小时 个人 kg g t L ml mL kW kWh KW KWH MW ℃ °C d h min
"""
COUNTED = frozenset(_COUNTED.split())
"""Units of what is counted or measured; 万 and 亿 in front of them are multiplied in."""

MONEY_BASE = {
    **dict.fromkeys(("元", "圆", "块", "块钱", "元整", "圆整", "元正", "圆正", "元人民币"), "元"),
    **{word: word for word in ("美元", "欧元", "港元", "日元")},
}
"""Units of money as written and as kept; a multiplier in front stays part of the unit."""

MULTIPLIERS = {
    **{"百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12},
}
"""Multipliers written before a unit and their powers of ten."""

MONEY = frozenset(more + unit for unit in MONEY_BASE.values() for more in ("", *MULTIPLIERS))

PERCENTS = {"%": "%", "百分比": "%", "个百分点": "个百分点", "百分点": "个百分点", "pct": "%"}

_COMPARATOR_WORDS = {
    "≥": "≥ ≧ ⩾ ≥= >= => >/= 大于等于 大于或等于 大于/等于 不少于 不低于 不小于 不得少于 不得低于 "
    "至少 最少 最低",
    "≤": "≤ ≦ ⩽ ≤= <= =< 小于等于 小于或等于 不超过 不高于 不大于 不多于 不得超过 不得高于 最多 "
    "最高 至多 控制在 未超过 未超",
    ">": "> 大于 高于 多于 超过 超",
    "<": "< 小于 低于 少于 不足 不到",
    "=": "= == ═ 等于",
}
COMPARATORS = {word: sign for sign, words in _COMPARATOR_WORDS.items() for word in words.split()}
"""Comparison signs and words before a number."""

AFTERWORDS = {
    **dict.fromkeys(("及以上", "或以上", "(含)以上", "以上(含)", "以上", "及其以上"), "≥"),
    **dict.fromkeys(("以内", "之内", "及以内", "内", "(含)以内"), "≤"),
    **dict.fromkeys(("及以下", "或以下", "(含)以下", "以下(含)", "以下"), "≤"),
}
"""Comparison words behind a number and its unit."""

_FILLER_WORDS = """
实际完成 已完成 完成 达标 共计 总计 合计 共 达到 达 实现 年均 人均 日均 月均 平均 约为 约 近 大约
将近 人民币 RMB CNY 左右 上下 余 多 整
"""
FILLERS = frozenset(_FILLER_WORDS.split())
"""Words around a number that leave it as it is (an approximate number counts as stated)."""

_SAME = {
    **dict.fromkeys(("㎡", "m²", "m2", "平米", "平方"), "平方米"),
    **dict.fromkeys(("㎥", "m³", "m3", "立方", "方"), "立方米"),
    **dict.fromkeys(("km²", "km2", "平方千米"), "平方公里"),
    **dict.fromkeys(("km", "千米"), "公里"),
    **dict.fromkeys(("kg", "千克"), "公斤"),
    **{
        "m": "米",
        "t": "吨",
        "g": "克",
        "L": "升",
        "h": "小时",
        "d": "天",
        "日": "天",
        "min": "分钟",
    },
    **{
        "人/次": "人次",
        "名": "人",
        "个百分点": "%",
        "个月": "月",
        "个人": "人",
        "个工作日": "工作日",
        "个小时": "小时",
        "家": "个",
        "万": "万元",
        "亿": "亿元",
    },
}


def unit_key(unit: str) -> str:
    """Return one spelling for units that mean the same, to compare units: ㎡ and m2 → 平方米."""
    return _SAME.get(unit, unit)


def money_scale(unit: str) -> int | None:
    """Return how many 元 one of the unit is (万元 and a bare 万 → 10000), None if not money."""
    for more in (unit.removesuffix("元"), unit):
        if more in MULTIPLIERS:
            return int(10 ** MULTIPLIERS[more])
    return 1 if unit == "元" else None


USUAL_MONEY = "万元"
"""The money unit the forms prescribe, taken where a form states none."""


@lru_cache(maxsize=256)
def money_ratio(unit: str, other: str) -> Fraction:
    """Return how many of the other money unit one of a unit is; what is none counts as 万元."""
    usual = 10 ** MULTIPLIERS["万"]
    return Fraction(money_scale(unit) or usual, money_scale(other) or usual)


def in_unit(amount: Decimal, unit: str, other: str) -> Decimal:
    """Return an amount in another money unit; where a unit is none 万元 is taken."""
    numerator, denominator = money_ratio(unit, other).as_integer_ratio()
    return amount if numerator == denominator else amount * numerator / denominator


_LONGEST_WORD = 8


def leading_word(text: str, words: Container[str]) -> str:
    """Return the longest of ``words`` that ``text`` starts with, "" when it starts with none."""
    for length in range(min(_LONGEST_WORD, len(text)), 0, -1):
        if text[:length] in words:
            return text[:length]
    return ""


def trailing_word(text: str, words: Container[str]) -> str:
    """Return the longest of ``words`` that ``text`` ends with, "" when it ends with none."""
    for length in range(min(_LONGEST_WORD, len(text)), 0, -1):
        if text[-length:] in words:
            return text[-length:]
    return ""
