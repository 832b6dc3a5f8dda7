"""What the headings of a self-evaluation's two tables mean, however an office words them.

Headings are composed of a few words (年度/全年/年初 + 指标/目标 + 值 …), so their meaning is read
from the words they are made of and not from a list of whole headings. The rank tells how good a
heading is for its part: 自评得分 before 得分 before 复核得分; the lowest wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from selfeval_xl.labels import INVISIBLE, key, remembered, squash

Meaning = tuple[str, int]
"""The part of the table a column holds and how well its heading names it (0 is best)."""

_LONGEST = 40
LONGEST = 2 * _LONGEST
"""Texts longer than this, white space included, head no column."""

_LEVELS = (
    ("level1", 0, re.compile(r"一级(?:绩效|评价)?(?:指标)?(?:名称)?")),
    ("level2", 0, re.compile(r"二级(?:绩效|评价)?(?:指标)?(?:名称)?")),
    ("level3", 0, re.compile(r"四级(?:绩效|评价)?(?:指标)?(?:名称)?")),
    ("level3", 1, re.compile(r"三级(?:绩效|评价)?(?:指标)?(?:名称|内容)?")),
    ("level3", 2, re.compile(r"(?:具体|绩效|评价|考核)?指标(?:名称|内容)|具体指标|指标")),
)
_REASON = re.compile(r"偏差|偏离|原因|改进措施|未完成")
_HOW = re.compile(r"方法|标准(?!分)|说明|依据|系数|计算|规则|细则|公式|解释|来源|要点|区间|办法")
_POINTS = re.compile(r"分值|权重|标准分|满分|[赋配]分|^分数?$|^参考分|指标分$|设定分")
_SCORE = re.compile(r"(?:得|评|自评)分(?:值|数|情况)?$")
_OTHERS_SCORE = re.compile(
    r"复[核评审]|财政|主管|审[核定]|上级|专家|第三方|抽查|部门评|评价组|终评|调整"
)
_RATE = re.compile(r"率$|程度$|比例$|完成比$|进度$")
_ACTUAL = re.compile(r"实际|完成|实现|达成|业绩")
ACTUAL_HINT = re.compile(
    "|".join(rf"{a}{INVISIBLE}*{b}" for a, b in ("实际", "完成", "实现", "达成", "业绩"))
)
"""Every heading of what was achieved has one of these words."""
_NO_ACTUAL = re.compile(r"预计|时[间限]|计划完成|预期|质量|是否|任务")
_VALUE = re.compile(r"[值数]$|情况$|结果$|^(?:全年|年度|年末|实际)*(?:实际)?(?:完成|实现)$|业绩$")
_TARGET = re.compile(
    r"(?:指标|目标|预期|计划|设定|年初|考核|绩效|标杆).*[值数]$"
    r"|^(?:年度|全年|年初|预期|本年|设定|预设|调整后?|当年|计划)+(?:绩效)?(?:指标|目标)$|^[指目]标值|^计划$"
)
_NO_TARGET = re.compile(r"上年|历史|往年|总体|实施期|中长期|行业|得分|预算|权重|指标数$")
_SIGN = re.compile(r"(?:性质|符号|方向性?)$")
_UNIT = re.compile(r"(?:绩效)?(?:指标)?(?:度量|计量|指标值?|数量)?单位")


@remembered(8192)
def indicator_column(text: str) -> Meaning | None:
    """Return what a heading of an indicator table stands for, None for anything else.

    Parts: ``level1`` ``level2`` ``level3`` ``target`` ``actual`` ``completion`` ``points``
    ``score`` ``reason`` ``sign`` ``unit``.
    """
    if len(text) > LONGEST or len(squash(text)) > _LONGEST:
        return None
    name = key(text)
    for part, rank, pattern in _LEVELS:
        if pattern.fullmatch(name):
            return part, rank
    if _REASON.search(name):
        return "reason", 0
    if len(name) > 20 or _HOW.search(name):
        return None
    for read in _READERS:
        if (found := read(name)) is not None:
            return found
    return None


def _score_or_points(name: str) -> Meaning | None:
    if _SCORE.search(name) and ("自评" in name or "分值" not in name):
        own = "自评" in name
        return "score", 0 if own else 3 if _OTHERS_SCORE.search(name) else 1
    if _POINTS.search(name) and "扣分" not in name and "得分率" not in name:
        return "points", 0 if "分值" in name else 1
    return None


def _actual(name: str) -> Meaning | None:
    if not _ACTUAL.search(name) or _NO_ACTUAL.search(name):
        return None
    if _RATE.search(name):
        return "completion", 0
    if not _VALUE.search(name):
        return None
    return "actual", 0 if "值" in name else 1


def _target(name: str) -> Meaning | None:
    if not _TARGET.search(name) or _NO_TARGET.search(name) or _ACTUAL.search(name):
        return None
    return "target", 0 if "调整" in name else 2 if "年初" in name else 1


def _sign_or_unit(name: str) -> Meaning | None:
    if _SIGN.search(name) and len(name) <= 8:
        return "sign", 0
    return ("unit", 0) if _UNIT.fullmatch(name) else None


_READERS: tuple[Callable[[str], Meaning | None], ...] = (
    _score_or_points,
    _actual,
    _target,
    _sign_or_unit,
)

_FUND_RATE = re.compile(r"执行(?:比)?率|[执支].{0,3}进度|支出率|预算完成率")
_EXECUTED = re.compile(
    r"执行[数额]|执行金额|支[出付](?:数|金额|资金|总额|额)|实际[支使执]|使用[数金]|决算数"
    r"|^(?:全年|累计|年度)?(?:执行|支出)$|^(?:资金|实际)(?:执行|支出|使用)(?:情况)?$"
)
_BUDGET = re.compile(
    r"预算(?:[数额]|金额|总额|安排|批复|资金|总数)|(?:全年|年度|本年|当年|后)预算$|^预算$"
    r"|计划(?:安排|下达)?(?:[数额]|资金|金额)|安排[数额]|批复[数额]|下达[数额]|下达资金"
)
_NO_MONEY = re.compile(r"目标|绩效|指标|得分|执行情况|编制|申请|单位|项目支出|基本支出")


@remembered(8192)
def fund_column(text: str) -> Meaning | None:
    """Return what a heading of the fund rows stands for, None for anything else.

    Parts: ``initial`` (年初预算) ``budget`` (全年预算) ``arrived`` (到位) ``executed`` ``rate``
    ``points`` ``score``.
    """
    if len(text) > LONGEST or len(squash(text)) > _LONGEST:
        return None
    name = key(text)
    if not 1 < len(name) <= 16:
        return None
    return _score_or_points(name) or _spent(name) or _planned(name, squash(text))


def _spent(name: str) -> Meaning | None:
    if _FUND_RATE.search(name):
        return "rate", 0
    if "到位" in name and "率" not in name:
        return "arrived", 0
    if _EXECUTED.search(name) and "到位" not in name:
        return "executed", 0 if "执行" in name else 1
    return None


def _planned(name: str, text: str) -> Meaning | None:
    if "到位" in name or _NO_MONEY.search(name):
        return None
    if "年初" in name and "调整" not in name and "全年" not in name:
        return ("initial", 0) if re.search(r"预算|安排|批复|[数额]$", name) else None
    if _BUDGET.search(name):
        return "budget", 0 if re.search(r"调整|全年", text) else 1
    return None
