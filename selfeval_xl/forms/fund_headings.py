"""What the headings of a fund table mean: money, counts, rates, text, and the way money flows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from selfeval_xl.forms.form import Measure
from selfeval_xl.labels import remembered


class Role(StrEnum):
    """What a column holds."""

    AMOUNT = "amount"  # 资金, 金额
    COUNT = "count"  # 人数, 户数, 数量
    NUMBER = "number"  # numbers whose heading names neither
    RATE = "rate"  # 执行率, 占比: never summed
    PRICE = "price"  # 单价, 补助标准, 平均: never summed
    TEXT = "text"  # names, phones, dates, remarks, 序号: never summed


class Flow(StrEnum):
    """Where the money (or the work) of a column stands between plan and balance."""

    IN = "in"  # 预算, 下达, 到位
    OUT = "out"  # 使用, 支出, 执行
    REST = "rest"  # 结余, 结转
    PRIOR = "prior"  # 上年结转
    PLAN = "plan"  # 计划数, 任务数
    DONE = "done"  # 完成数
    SUM = "sum"  # 合计, 小计 over part columns
    NONE = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading read from top to bottom.

    ``path`` are the cleaned texts of its header rows, outermost first, without units; ``unit`` is
    the unit written in the heading ("" when none). ``explicit`` tells that the heading itself
    names money or a quantity.
    """

    path: tuple[str, ...]
    role: Role
    flow: Flow
    unit: str = ""
    explicit: bool = False

    @property
    def label(self) -> str:
        """The heading as people name it: 实际支出情况/市级."""
        return "/".join(self.path)

    @property
    def leaf(self) -> str:
        """The heading's lowest text."""
        return self.path[-1] if self.path else ""

    @property
    def group(self) -> tuple[str, ...]:
        """The headings above the lowest one."""
        return self.path[:-1]

    @property
    def measure(self) -> Measure:
        """How figures of this column are judged."""
        return _MEASURES.get(self.role, Measure.NUMBER)


_MEASURES = {Role.AMOUNT: Measure.AMOUNT, Role.COUNT: Measure.COUNT, Role.RATE: Measure.RATE}

MONEY_UNITS = ("亿元", "万元", "千元", "百万元", "百元", "元")
_COUNT_UNITS = (
    *(
        "人次",
        "人",
        "名",
        "户次",
        "户",
        "家",
        "个",
        "件次",
        "件",
        "套",
        "台次",
        "台",
        "辆",
        "次",
        "例",
    ),
    *(
        "场次",
        "场",
        "期",
        "批次",
        "项",
        "处",
        "座",
        "栋",
        "间",
        "所",
        "块",
        "株",
        "亩次",
        "亩",
        "公顷",
    ),
    *(
        "平方米",
        "㎡",
        "m2",
        "米",
        "公里",
        "千米",
        "吨",
        "公斤",
        "份",
        "册",
        "位",
        "张",
        "人数",
        "户数",
    ),
)
_PIECES = "把副组批条片本根只支瓶盒箱袋包卷幅面棵头羽担斤克升桶扇具节班天月年"
MEASURE_UNITS = frozenset((*MONEY_UNITS, *_COUNT_UNITS, *_PIECES, "课时", "学时", "人天", "台套"))
"""What a column headed 计量单位 may hold."""

_UNIT_WORDS = "|".join(sorted((*MONEY_UNITS, *_COUNT_UNITS, "%", "‰"), key=len, reverse=True))
_BRACKET_UNIT = re.compile(
    rf"\((?:单位:?|金额单位:?)?({_UNIT_WORDS})\)?$|\(?单位:?({_UNIT_WORDS})\)?$"
)
_INNER_UNIT = re.compile(rf"\((?:单位:?)?({_UNIT_WORDS})\)")
_TAIL_UNIT = re.compile(r"[:/、,]?(亿元|万元|千元|百元)$|[:/](元|人|户|家|个|%)$")
_PER_UNIT = re.compile(r"元/|/[人户家月年天亩]|每[人户家个月年天亩]")
_FORMULA = re.compile(r"\(?[A-Za-z0-9①-⑳][=＝][^()]*\)?$|\([A-Za-z①-⑳]\)$|\([A-Z][-+/÷][A-Z]\)$")

_TEXT_END = re.compile(
    r"(?:序号?|编号|编码|代码|代号|电话|手机|手机号|联系人|联系方式|号码|姓名|身份证.{0,3}|证号|账号|账户|帐号|"
    r"卡号|开户行|银行|年度|年份|年月|月份|日期|时间|期限|年限|邮编|地址|备注|说明|原因|负责人|经办人|领导|文号|"
    r"批次|性别|民族|户名|类别|级别|等级|类型|性质|用途|名称|内容|地点|来源|依据|凭证号|科目|事项|"
    r"情况说明|签字|盖章|进展|状态|是否.*|单位)$"
)
_CODE_GROUP = re.compile(r"编码$|代码$|编号$|^科目$")
_YEAR_HEADING = re.compile(r"(?:19|20)\d\d年")
_RATE = re.compile(r"率$|率[(:/]|占比|比重|比例|百分比|进度|增幅|涨幅|增长|%")
_PRICE = re.compile(
    r"单价|标准(?!化)|均价|人均|户均|平均|定额|系数|年龄|价格|月数|天数|排名|名次|成绩|评分|得分|分数|倍数"
)
_COUNT = re.compile(
    r"人数|户数|人次|数量|个数|家数|件数|套数|台数|次数|名额|场次|机构数|对象数|批数|车辆数|床位|"
    r"^男性?$|^女性?$"
)
_MONEY = re.compile(
    r"资金|金额|经费|支出|拨款|下达|下拨|拨付|到位|结余|结转|剩余|余额|预算|决算|自筹|投资|总额|收入|"
    r"已用|开支|报销|拨入|原值|净值|折旧|救助金|奖金|津贴|工资|慰问金|补偿|款$|费$|费用|造价|价款|元$"
)
_WORK = re.compile(r"任务数?$|完成数?$|计划数?$|目标数?$")
_GIVEN = re.compile(r"补助|补贴|使用|执行")
_WEAK = re.compile(
    r"^(?:其中)?(?:中央|省级?|市级?|州级?|县级?|区级?|县区|乡镇|本级|上级|财政|合计|小计|总计|总数|其他|其它)"
    r"(?:财政|配套|投入|部分|补助|资金)?$|配套$"
)
_SOURCE = re.compile(r"^(?:中央|省级|市级|州级|县级|区级|乡镇|本级)(?:财政)?$")
_GENERIC_COUNT = re.compile(r"数$")
_ROLES = (
    (_COUNT, Role.COUNT),
    (_MONEY, Role.AMOUNT),
    (_WORK, Role.COUNT),
    (_GIVEN, Role.AMOUNT),
    (_GENERIC_COUNT, Role.COUNT),
)
_SUM = re.compile(r"合计|小计|总计|共计|总额$|^总数$|^计$")
_PRIOR = re.compile(r"上年|年初|期初|以前年度|往年|历年")
_REST = re.compile(r"结余|结转|剩余|余额|未使用|未支出|未执行")
_OUT = re.compile(r"使用|支出|执行|已用|开支|报销|决算|发放|支付|列支|兑付")
_IN = re.compile(r"下达|到位|下拨|拨付|拨入|预算|安排|拨款|收入|分配|指标数|划拨")
_PLAN = re.compile(r"计划|预计|应")
_DONE = re.compile(r"完成|实际|已")
_TASK = re.compile(r"任务|目标")

QUANTITY_WORDS = re.compile(
    r"资金|金额|经费|支出|拨款|下达|下拨|拨付|补助|补贴|到位|结余|人数|户数|数量|预算|决算|投资|费用|个数|"
    r"人次|家数|机构数|配套|万元|[(（]元[)）]|中央\||省级\||市级\||县级\|"
)
"""A header row without any of these is no header of a fund table."""

FOREIGN_WORDS = re.compile(
    r"分值|得分|权重|扣分|评分|满意|指标值|完成值|一级指标|二级指标|三级指标|四级指标|题目|选项|问题|分数|"
    r"绩效目标|编制数|控制率|批复规模|评价标准"
)
"""Header words of the other forms; a table with one of them is not a fund table."""


@lru_cache(maxsize=4096)
def heading(texts: tuple[str, ...]) -> Heading:
    """Read a column's heading from its squashed header texts, outermost first."""
    path: list[str] = []
    unit = ""
    per_unit = False
    for text in texts:
        clean, found = split_unit(text)
        unit = found or unit
        per_unit = per_unit or _PER_UNIT.search(text) is not None
        if clean and (not path or path[-1] != clean):
            path.append(clean)
    leaf, group = (path[-1], path[:-1]) if path else ("", [])
    role, explicit = _role(leaf, tuple(group), unit, per_unit)
    flow = _flow(leaf, tuple(group), role)
    return Heading(tuple(path), role, flow, unit, explicit)


@remembered(4096)
def split_unit(text: str) -> tuple[str, str]:
    """Return a squashed heading without its unit, and the unit: 下拨资金(万元) → 下拨资金, 万元."""
    text = _FORMULA.sub("", text)
    for pattern in (_BRACKET_UNIT, _INNER_UNIT, _TAIL_UNIT):
        found = pattern.search(text)
        if found:
            rest = (text[: found.start()] + text[found.end() :]).strip(":,、/()")
            unit = next(group for group in found.groups() if group)
            return rest, unit
    if text in MONEY_UNITS:
        return "", text
    return text.strip(":,、"), ""


def _role(leaf: str, group: tuple[str, ...], unit: str, per_unit: bool) -> tuple[Role, bool]:
    """Return a column's role and whether its own words name a quantity."""
    if _TEXT_END.search(leaf) and not unit and not _YEAR_HEADING.match(leaf):
        return Role.TEXT, False
    if group and not unit and _CODE_GROUP.search(group[-1]) and len(leaf) <= 2:
        return Role.TEXT, False
    if _RATE.search(leaf) or unit in ("%", "‰"):
        return Role.RATE, False
    if per_unit or _PRICE.search(leaf):
        return Role.PRICE, False
    if unit:
        return (Role.AMOUNT if unit in MONEY_UNITS else Role.COUNT), True
    texts = (*reversed(group), leaf) if _WEAK.search(leaf) else (leaf, *reversed(group))
    named = (role for text in texts for pattern, role in _ROLES if pattern.search(text))
    weak = _WEAK.search(leaf) or _SUM.search(leaf)
    found = next(named, None)
    told = found is not None or _SOURCE.search(leaf) is not None
    return found or (Role.AMOUNT if weak else Role.NUMBER), told


def _flow(leaf: str, group: tuple[str, ...], role: Role) -> Flow:
    if role is Role.AMOUNT:
        own = _amount_flow(leaf)
        if own is not Flow.NONE:
            return own
        if _SUM.search(leaf) and not group:
            return Flow.SUM
        above = [flow for text in reversed(group) if (flow := _amount_flow(text))]
        return above[0] if above else Flow.SUM if _SUM.search(leaf) else Flow.NONE
    if role is Role.COUNT:
        for text in (leaf, *reversed(group)):
            for pattern, flow in ((_PLAN, Flow.PLAN), (_DONE, Flow.DONE), (_TASK, Flow.PLAN)):
                if pattern.search(text):
                    return flow
    return Flow.NONE


def _amount_flow(text: str) -> Flow:
    """Return the flow an amount heading names; the last word of the heading decides."""
    if _REST.search(text):
        return Flow.PRIOR if _PRIOR.search(text) else Flow.REST
    last_out = max((found.start() for found in _OUT.finditer(text)), default=-1)
    last_in = max((found.start() for found in _IN.finditer(text)), default=-1)
    if last_out < 0 and last_in < 0:
        return Flow.NONE
    return Flow.OUT if last_out > last_in else Flow.IN


def is_sum(text: str) -> bool:
    """Tell whether a heading says it is the sum of other columns."""
    return _SUM.search(text) is not None
