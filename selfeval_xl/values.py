"""What a cell states: a number with its precision, unit and comparison sign, or why it is none."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.numerals import read_numeral


@dataclass(frozen=True, slots=True)
class Quantity:
    """A stated number.

    ``value`` is the plain number (5.41% → 0.0541, 1.82万人 → 18200). ``decimals`` are the decimals
    stated of that plain number (5.41% → 4, 87.50% → 4, 1.82万 → -2), ``shortest`` the same without
    trailing zeros (87.50% → 3). ``unit`` is the unit as written (人, 万元 …, without 万 when it was
    multiplied in for anything but money), ``comparator`` one of "", "=", "≥", ">", "≤", "<".
    ``computed`` is True for a stored number with more than 9 significant decimals, which Excel
    computed and which is compared at 1e-9 relative. ``typed`` is True when the cell holds text.
    """

    value: Fraction
    decimals: int
    shortest: int
    unit: str = ""
    comparator: str = ""
    percent: bool = False
    computed: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Content that should be a number and is none; ``reason`` is Chinese."""

    text: str
    reason: str


MALFORMED = "数字写法有误"
IS_DATE = "是日期，不是数字"
IS_TEXT = "是文字，不是数字"
IS_RANGE = "是区间，不是单个数字"
IS_BOOL = "是逻辑值，不是数字"
NOT_FINITE = "不是有限的数字"
SEVERAL = "含有多个数字"
UNKNOWN_UNIT = "数字后有无法识别的文字"

Stated = Quantity | Unreadable | None


def read_quantity(raw: object, number_format: str = "General") -> Stated:
    """Read what a cell states (DOMAIN §2, §3); never raises.

    ``raw`` is the cell's value (None, str, int, float, bool, date …) and ``number_format`` the
    Excel format code of a stored number: its displayed decimals count as stated, ``%`` makes a
    rate. Returns None for a blank (also —, -, /, 无), an ``Unreadable`` with a Chinese reason for
    anything that is no single number. The unit is "%" for every rate. 万 and 亿 are multiplied in
    for countable things (1.82万人 → 18200 人) but stay in the unit of money and of a bare 万
    (10万元 → 10 万元, 10万 → 10 万), since the amount's own column has a unit to compare with.
    """
    if raw is None:
        return None
    kind = type(raw)
    if kind is str:
        return _read_text(raw)  # type: ignore[arg-type]
    if kind is float or kind is int:
        return _read_number(raw, number_format)  # type: ignore[arg-type]
    return _read_other(raw, number_format)


def _read_other(raw: object, number_format: str) -> Stated:
    if isinstance(raw, bool):
        return Unreadable("TRUE" if raw else "FALSE", IS_BOOL)
    if isinstance(raw, str):
        return _read_text(str(raw))
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        return Unreadable(str(raw), IS_DATE)
    try:
        return _read_number(float(raw), number_format)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return Unreadable(str(raw), IS_TEXT)


# --- stored numbers ---------------------------------------------------------------------------

_COMPUTED_DECIMALS = 9
_TYPED_DIGITS = 15  # Excel keeps no more significant digits of what a person types


@lru_cache(maxsize=16384)
def _read_number(number: float, number_format: str) -> Stated:
    if isinstance(number, int):
        digits, shortest, computed = number, 0, False
    else:
        if not math.isfinite(number):
            return Unreadable(str(number), NOT_FINITE)
        digits, shortest, computed = _shortest(number)
    percent, shown, unit = _format_facts(number_format)
    decimals = max(shortest, shown)
    return Quantity(
        Fraction(digits, 10**shortest), decimals, shortest, unit, "", percent, computed, False
    )


def _shortest(number: float) -> tuple[int, int, bool]:
    """Return the digits, decimals and computed flag of a double's shortest decimal."""
    text = repr(number)
    if "e" in text:
        text = format(Decimal(text), "f")
    whole, _, part = text.partition(".")
    if part in ("", "0"):
        return int(whole), 0, False
    digits = int(whole + part)
    significant = len(part.lstrip("0")) if whole in ("0", "-0") else len(part)
    computed = significant > _COMPUTED_DECIMALS or len(str(abs(digits))) > _TYPED_DIGITS
    return digits, len(part), computed


_FORMAT_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_FORMAT_NOISE = re.compile(r"\[[^\]]*\]|[_*].")


@lru_cache(maxsize=512)
def _format_facts(code: str) -> tuple[bool, int, str]:
    """Return whether a format shows a percentage, the plain number's shown decimals, its unit."""
    if code == "General":
        return False, 0, ""
    section = code.split(";", 1)[0]
    literals = "".join(a or b for a, b in _FORMAT_LITERAL.findall(section))
    bare = _FORMAT_NOISE.sub("", _FORMAT_LITERAL.sub("", section))
    percent = "%" in bare
    match = re.search(r"[0#?]\.([0#?]+)", bare)
    shown = len(match[1].rstrip("#")) if match else 0
    scaled = re.search(r"[0#?],+(?![0#?,])", bare) is not None
    if scaled or "e" in bare.lower() or not re.search("[0#?]", bare):
        shown = 0
    if percent:
        return True, shown + 2, "%"
    unit = literals.strip()
    return False, shown, unit if unit in _UNITS or unit in _MONEY else ""


# --- text -------------------------------------------------------------------------------------

_BLANKS = frozenset(
    ["", "-", "--", "---", "—", "——", "———", "–", "−", "－", "―", "─", "──", "ー", "/", "//", "\\"]
    + ["无", "…", "……", "...", "......", "、", ".", "*", "**", "***", "N/A", "n/a", "NA", "空"]
)

# Units of what people count; 万 and 亿 in front of them are multiplied in.
_COUNTED = (
    "人次 人/次 人 名 户次 户 家 个 件次 件 套 台次 台 辆次 辆 架 艘 次 例 场次 场 期 班次 班 批次 批 项 "
    "条 处 座 栋 幢 间 所 座次 块 片 株 棵 亩次 亩 公顷 平方米 平方公里 平方千米 平米 平方 立方米 立方 方 "
    "公里 千米 米 厘米 毫米 延米 里 公斤 千克 克 毫克 斤 吨 升 毫升 千瓦时 千瓦 度 天 日 小时 分钟 秒 "
    "个月 月 周 季度 季 年 岁 篇 份 本 册 张 幅 部 支 根 颗 头 只 羽 尾 匹 箱 袋 包 瓶 盒 桶 组 队 "
    "支队 课时 学时 人天 人日 人月 床位 床 学位 学生 村 社区 乡镇 镇 乡 县 市 区 单位 企业 机构 学校 "
    "对 双 副 笔 宗 起 件套 批件 类 种 级 层 页 字 词 号 席 桌 顿 餐 剂 针 针次 管 眼 口 孔 盏 面 "
    "位 门 节 届 遍 趟 车 车次 航次 站 站点 点 网点 户数 人数 倍 成员 分 分贝 毫克/升 mg/L m² m2 ㎡ "
    "㎥ m³ m3 m km km² km2 cm mm kg g t L ml mL kW kWh KW KWH MW ℃ °C d h"
).split()
_MONEY_BASE = ("元", "圆", "块钱", "元整", "圆整", "美元", "欧元", "港元")
_MONEY = frozenset(
    prefix + base for base in _MONEY_BASE for prefix in ("", "百", "千", "万", "百万", "千万", "亿")
) | frozenset(("万", "亿", "万亿", "万亿元"))
_UNITS = frozenset(_COUNTED)
_PERCENTS = ("%", "个百分点", "百分点", "百分比", "pct")
_MULTIPLIERS = {"百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}

_COMPARATOR_OF = {
    "≥": "≥ ≧ ⩾ >= => 大于等于 大于或等于 不少于 不低于 不小于 至少 最少 最低 不得少于 不得低于",
    "≤": "≤ ≦ ⩽ <= =< 小于等于 小于或等于 不超过 不高于 不大于 不多于 最多 最高 至多 不得超过 "
    "不得高于 控制在 未超过",
    ">": "> 大于 高于 多于 超过 超",
    "<": "< 小于 低于 少于 不足 不到",
    "=": "= ═ == 等于",
}
_COMPARATORS = {word: sign for sign, words in _COMPARATOR_OF.items() for word in words.split()}
_AFTER = {
    **dict.fromkeys(("及以上", "或以上", "(含)以上", "以上(含)", "以上", "及其以上"), "≥"),
    **dict.fromkeys(
        ("以内", "之内", "及以内", "及以下", "或以下", "(含)以下", "以下(含)", "以下", "内"), "≤"
    ),
}


def _either(words: object) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))  # type: ignore[call-overload]


_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"
_UNIT = _either([*_COUNTED, *_MONEY_BASE])
_FAST = re.compile(r"([≥≤=<>]?)(-?)(\d+)(?:\.(\d+))?(%|[^\W\d_]{0,3})")
_SLOW = re.compile(
    rf"(?P<before>(?:{_either(_COMPARATORS)})?)"
    r"(?:实际完成|已完成|完成|共计|共|总计|合计|达到|达|实现|每年|年均|约为|约|近|大约|将近|人民币|RMB|CNY)*"
    rf"(?P<inside>(?:{_either(_COMPARATORS)})?)"
    r"(?P<currency>[¥$€]?)(?P<sign>[+-]?)(?P<currency2>[¥$€]?)"
    rf"(?P<number>{_DIGITS})(?P<exponent>[eE][+-]?\d{{1,3}})?"
    r"[余多]?"
    r"(?:(?P<percent>%|个?百分点|百分比|pct)|(?P<permille>‰)|"
    rf"(?P<multiplier>(?:{_either(_MULTIPLIERS)})?)[余多]?"
    rf"(?P<unit>(?:(?:{_UNIT})(?:[/·](?:{_UNIT}))*(?:、(?:{_UNIT}))*)?))"
    rf"(?P<after>(?:{_either(_AFTER)})?)"
    r"(?P<tail>[^\W\d_]{0,8}?)(?P<after2>(?:以上|以内|以下)?)[。;,.]?"
)
_NEGATIVE = re.compile(r"\((?P<inner>[¥$]?[\d,. ]+%?[^\W\d_]{0,3})\)")
_DATE_LIKE = re.compile(
    r"(?:19|20)\d\d ?(?:年|[-./](?:0?[1-9]|1[0-2])(?:[-./](?:0?[1-9]|[12]\d|3[01]))?$)|"
    r"\d{1,2}月(?:\d{1,2}[日号]|[份底初末]|[上中下]旬|$|前)|\d{1,2}月\d"
)
_RANGE = re.compile(
    r"[\d%人户件次个元](?:-|~|—|–|至|到)+[≥≤<>]?\d[\d.,]*",
)
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "‐": "-", "‑": "-", "₋": "-", "¥": "¥"})
_SPACES = re.compile(r"\s+")
_SPACE_OUTSIDE = re.compile(r"(?<!\d) | (?!\d)")
_FIGURES_ONLY = re.compile(r"[\d.,'’ oOlI+-]+")


@lru_cache(maxsize=32768)
def _read_text(raw: str) -> Stated:
    if raw in _BLANKS:
        return None
    match = _FAST.fullmatch(raw)
    if match and (quantity := _fast(match)) is not None:
        return quantity
    text = unicodedata.normalize("NFKC", raw).translate(_MINUS).strip()
    text = _SPACE_OUTSIDE.sub("", _SPACES.sub(" ", text))
    if text in _BLANKS or text.strip("-—–─. /…_*") == "":
        return None
    return _slow(raw, text)


def _fast(match: re.Match[str]) -> Quantity | None:
    """Read the plain cases: 150户, ≥95%, 18200, 9.62; None when it takes a closer look."""
    comparator, sign, whole, part, unit = match.groups()
    if not (whole + (part or "")).isascii():
        return None
    percent = unit == "%"
    if unit and not percent and unit not in _UNITS and unit not in _MONEY:
        return None
    if unit == "年" and len(whole) == 4:
        return None
    return _quantity(sign, whole, part or "", 2 if percent else 0, unit, comparator, percent)


def _quantity(
    sign: str,
    whole: str,
    part: str,
    shift: int,
    unit: str,
    comparator: str,
    percent: bool,
) -> Quantity:
    """Build a typed number: ``shift`` decimal places are added (2 for %), -4 for 万."""
    digits = int(sign + whole + part)
    decimals = shortest = len(part) + shift
    value = Fraction(digits, 10**decimals) if decimals > 0 else Fraction(digits * 10**-decimals)
    while shortest > 0 and digits % 10 == 0:
        digits //= 10
        shortest -= 1
        if not digits:
            shortest = 0
    return Quantity(value, decimals, shortest, unit, comparator, percent, False, True)


def _slow(raw: str, text: str) -> Stated:
    if len(text) > _LONGEST:
        return Unreadable(raw, IS_TEXT)
    if _DATE_LIKE.match(text):
        return Unreadable(raw, IS_DATE)
    negative = _NEGATIVE.fullmatch(text)
    match = _SLOW.fullmatch(f"-{negative['inner']}" if negative else text)
    if match:
        return _matched(match)
    if (numeral := _chinese(text)) is not None:
        return numeral
    return Unreadable(raw, _why(text))


_LONGEST = 64


def _matched(match: re.Match[str]) -> Quantity:
    found = match.groupdict("")
    comparator = _COMPARATORS.get(found["before"]) or _COMPARATORS.get(found["inside"], "")
    after = _AFTER.get(found["after"]) or _AFTER.get(found["after2"], "")
    if after and comparator in ("", "="):
        comparator = after
    whole, _, part = found["number"].replace(",", "").replace(" ", "").partition(".")
    shift = -int(found["exponent"][1:]) if found["exponent"] else 0
    unit = found["unit"]
    if not unit and found["tail"] and not found["percent"] and not found["permille"]:
        unit = found["tail"]
    if found["percent"]:
        shift += 2
        unit = found["percent"].replace("百分比", "%").replace("pct", "%")
    elif found["permille"]:
        shift += 3
        unit = "‰"
    elif found["multiplier"]:
        if unit and unit not in _MONEY:
            shift -= _MULTIPLIERS[found["multiplier"]]
        else:
            unit = found["multiplier"] + unit
    if not unit and (found["currency"] or found["currency2"]):
        unit = {"¥": "元", "$": "美元", "€": "欧元"}[found["currency"] or found["currency2"]]
    sign = "-" if found["sign"] == "-" else ""
    return _quantity(sign, whole or "0", part, shift, unit, comparator, bool(found["percent"]))


_NUMERAL_CHARS = (
    "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億點点负圆元角分整正廿卅"
)
_CHINESE = re.compile(
    rf"(?P<before>(?:{_either(_COMPARATORS)})?)(?:人民币|合计|共计|共|约|近|完成|大写[:：]?)*"
    rf"(?P<rate>百分之)?(?P<number>[{_NUMERAL_CHARS}]+?)[余多]?"
    rf"(?P<unit>(?:{_UNIT})?)(?P<after>(?:{_either(_AFTER)})?)"
)


def _chinese(text: str) -> Quantity | None:
    """Read a number in Chinese numerals, financial capitals included."""
    match = _CHINESE.fullmatch(text)
    if not match:
        return None
    found = match.groupdict("")
    numeral, unit = found["number"], found["unit"]
    if numeral[-1] in "元圆角分整正":
        unit = "元"
    elif unit in ("元整", "圆整", "圆"):
        unit = "元"
    value = read_numeral(numeral)
    if value is None:
        return None
    comparator = _COMPARATORS.get(found["before"], "") or _AFTER.get(found["after"], "")
    percent = bool(found["rate"])
    if percent:
        value, unit = value / 100, "%"
    decimals = _decimals_of(value)
    return Quantity(value, decimals, decimals, unit, comparator, percent, False, True)


def _decimals_of(value: Fraction) -> int:
    decimals, rest = 0, value.denominator
    while rest % 10 == 0:
        rest //= 10
        decimals += 1
    while rest > 1:
        rest = rest // 5 if rest % 5 == 0 else rest // 2
        decimals += 1
    return decimals


def _why(text: str) -> str:
    """Say why a text is no number."""
    if not any(character.isdigit() for character in text):
        return IS_TEXT
    if _RANGE.search(text):
        return IS_RANGE
    if _FIGURES_ONLY.fullmatch(text.strip("≥≤<>=%")):
        return MALFORMED
    numbers = re.findall(r"\d+(?:[.,]+\d+)*", text)
    if len(numbers) > 1:
        return SEVERAL
    if re.search(r"\d+(?:[.,]\d*){2,}|,\d{1,2}(?!\d)|,\d{4,}", text):
        return MALFORMED
    return UNKNOWN_UNIT if text[0].isdigit() else IS_TEXT


# --- dates ------------------------------------------------------------------------------------

_DATE = re.compile(
    r"(?:\D{0,6}?)(?P<year>(?:19|20)\d\d)"
    r"(?:(?:年|[-./])(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?:月|[-./])(?P<day>3[01]|[12]\d|0?[1-9])(?:日|号)?|月)?"
    r"|(?P<month2>1[0-2]|0[1-9])(?P<day2>3[01]|[12]\d|0[1-9])|年)"
    r"(?:[0-2]?\d:[0-5]\d(?::[0-5]\d)?)?"
    r"(?:[^\W\d]|[()。.])*"
)


def read_date(raw: object) -> dt.date | None:
    """Return the day a cell states, None when it states none; never raises.

    Reads 2022年11月30日(前), 2022.11.30, 2022-11-30, 2022/11/30, 20221130 and stored dates. A
    month or year alone stands for its last day, as a deadline “2021年12月” does.
    """
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if not isinstance(raw, str) or len(raw) > _LONGEST:
        return None
    text = _SPACES.sub("", unicodedata.normalize("NFKC", raw)).translate(_MINUS)
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year = int(match["year"])
    month = int(match["month"] or match["month2"] or 12)
    day = int(match["day"] or match["day2"] or monthrange(year, month)[1])
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


# --- precision --------------------------------------------------------------------------------


def _decimal(digits: int, decimals: int) -> Decimal:
    """Return digits × 10^-decimals exactly, without an exponent above zero."""
    if decimals <= 0:
        return Decimal(digits * 10**-decimals)
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -decimals))


def _scaled(value: Fraction, decimals: int) -> tuple[int, int]:
    """Return numerator and denominator of |value| × 10^decimals."""
    numerator, denominator = abs(value.numerator), value.denominator
    if decimals >= 0:
        return numerator * 10**decimals, denominator
    return numerator, denominator * 10**-decimals


def half_up(value: Fraction, decimals: int) -> Decimal:
    """Round to ``decimals`` places (negative: tens, hundreds …), halves away from zero."""
    numerator, denominator = _scaled(value, decimals)
    digits = (2 * numerator + denominator) // (2 * denominator)
    return _decimal(-digits if value.numerator < 0 else digits, decimals)


def directed(value: Fraction, decimals: int) -> tuple[Decimal, Decimal]:
    """Return the value cut off (截断, towards zero) and carried up (进位, away from zero)."""
    numerator, denominator = _scaled(value, decimals)
    down, up = numerator // denominator, -(-numerator // denominator)
    if value.numerator < 0:
        down, up = -down, -up
    return _decimal(down, decimals), _decimal(up, decimals)


def half_unit(decimals: int) -> Fraction:
    """Return half a unit of the last place: 2 → 1/200."""
    return Fraction(1, 2 * 10**decimals) if decimals >= 0 else Fraction(10**-decimals, 2)


_COMPUTED_TOLERANCE = Fraction(1, 10**9)


def agrees(stated: Quantity, exact: Fraction) -> bool:
    """Tell whether a stated value is ``exact`` rounded half up to the stated decimals.

    A computed number is compared at 1e-9 relative (absolute next to zero).
    """
    if stated.value == exact:
        return True
    if stated.computed:
        scale = abs(exact) or 1
        return abs(stated.value - exact) <= _COMPUTED_TOLERANCE * scale
    numerator, denominator = _scaled(exact, stated.decimals)
    digits = (2 * numerator + denominator) // (2 * denominator)
    shown, unit = _scaled(stated.value, stated.decimals)
    if digits * unit != shown:
        return False
    return digits == 0 or (exact.numerator < 0) == (stated.value.numerator < 0)


def format_like(value: Decimal | Fraction, like: Quantity) -> str:
    """Write a plain number as a person would in that cell: 0.0541 → “5.41%”, 9.62, “150户”.

    Rounded half up to the decimals of ``like``; a computed cell shows at most four decimals of
    the figure a person sees, without trailing zeros.
    """
    shift = 2 if like.percent else 3 if like.unit == "‰" else 0
    decimals = like.decimals
    if like.computed:
        decimals = min(decimals, _SHOWN_OF_COMPUTED + shift)
    number = half_up(Fraction(value) * 10**shift, decimals - shift)
    text = format(number, "f")
    if like.computed and "." in text:
        text = text.rstrip("0").rstrip(".")
    unit = "%" if like.percent and not like.unit else like.unit
    return text + unit


_SHOWN_OF_COMPUTED = 4
