"""Numbers typed as text: “≥1.82万人”, “壹佰伍拾肆万元整”, “7,00.0,77”."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.dates import looks_like_date
from selfeval_xl.numerals import NUMERAL_CHARACTERS, read_numeral
from selfeval_xl.quantities import (
    COMPUTED_DECIMALS,
    IS_DATE,
    IS_ERROR,
    IS_RANGE,
    IS_TEXT,
    MALFORMED,
    SEVERAL,
    UNKNOWN_UNIT,
    Quantity,
    Stated,
    Unreadable,
)
from selfeval_xl.rounding import decimals_of
from selfeval_xl.units import (
    AFTERWORDS,
    BLANKS,
    COMPARATORS,
    COUNTED,
    FILLERS,
    MONEY,
    MONEY_BASE,
    MULTIPLIERS,
    PERCENTS,
    leading_word,
    trailing_word,
)

LONGEST = 64
"""Longer texts state no number, and are not worth remembering."""

_FAST = re.compile(r"([≥≤=<>]?)(-?)([0-9]+)(?:\.([0-9]+))?(%|[^\W\d_]{0,3})")
_SPLIT = re.compile(
    r"(?P<before>[^\d¥$€.+-]*)(?P<currency>[¥$€]?)(?P<sign>[+-]?)(?P<currency2>[¥$€]?)"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]*)?"
    r"|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?"
    r"(?P<after>(?:[^\d]|(?<=m)[23])*)"
)
_NEGATIVE = re.compile(r"\(([¥$]?[0-9][0-9,. ]*%?[^\W\d_]{0,3})\)")
_REMARK = re.compile(r"(?<=[^(])\([^()]*[\u3400-\u9fff][^()]*\)?$")
_NORMAL = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "‒": "-", "﹣": "-"})
_HUNDRED_PERCENT = re.compile("百分之?百(?!分)")
_SPACE_OUTSIDE = re.compile(r"(?<!\d) | (?!\d)")
_CURRENCIES = {"¥": "元", "$": "美元", "€": "欧元", "": ""}
_PER = re.compile(r"每([\u4e00-\u9fff]{1,2})")
_DENIALS = re.compile("[未不没非无]")
_NUMERAL = re.compile(f"[{NUMERAL_CHARACTERS}]")
_WORDS = re.compile(r"[^\W\d_]*")
_LONGEST_UNKNOWN_UNIT = 2


@lru_cache(maxsize=32768)
def read_text(raw: str) -> Stated:
    if raw in BLANKS:
        return None
    match = _FAST.fullmatch(raw)
    if match and (quantity := _fast(match)) is not None:
        return quantity
    text = unicodedata.normalize("NFKC", raw).translate(_NORMAL)
    text = " ".join(_HUNDRED_PERCENT.sub("100%", text).split())
    text = _SPACE_OUTSIDE.sub("", text).lstrip("'")
    if not text.strip("-—―─ー/…_*. "):
        return None
    if not any(map(str.isdigit, text)) and not _NUMERAL.search(text) and text[0] != "#":
        return Unreadable(raw, IS_TEXT)  # words, as most texts are
    return _slow(text) or Unreadable(raw, _why(text))


def _fast(match: re.Match[str]) -> Quantity | None:
    """Read the plain cases: 150户, ≥95%, 18200, 9.62; None when it takes a closer look."""
    comparator, sign, whole, part, unit = match.groups()
    percent = unit == "%"
    if unit and not percent and unit not in COUNTED and unit not in MONEY:
        return None
    if unit in ("年", "月"):  # 2022年 is a date
        return None
    return _typed(sign, whole, part or "", 2 if percent else 0, unit, comparator)


def _typed(sign: str, whole: str, part: str, shift: int, unit: str, comparator: str) -> Quantity:
    """Build a typed number with ``shift`` more decimals: 2 for %, -4 for 万人."""
    digits = int(sign + whole + part)
    decimals = shortest = len(part) + shift
    value = Fraction(digits, 10**decimals) if decimals > 0 else Fraction(digits * 10**-decimals)
    while shortest > 0 and digits % 10 == 0:
        digits //= 10
        shortest -= 1
    percent = unit in ("%", "个百分点")
    computed = len(part) > COMPUTED_DECIMALS
    return Quantity(value, decimals, shortest, unit, comparator, percent, computed, True)


def _slow(text: str) -> Quantity | None:
    """Read a normalised text that is not plain; None when it is no single number."""
    if looks_like_date(text):
        return None
    negative = _NEGATIVE.fullmatch(text)
    text = f"-{negative[1]}" if negative else _REMARK.sub("", text)
    match = _SPLIT.fullmatch(text.rstrip("。;,、!:"))
    if not match:
        return _chinese(text)
    before, comparator = _before(match["before"])
    after = _after(match["after"])
    if after is None:
        return None
    shift, unit, limit = after
    if per := _PER.fullmatch(before):
        if per[1] not in COUNTED:
            return None
        unit = f"{unit}/{per[1]}"
    elif before and not _named(before, unit, comparator):
        return None
    if limit and comparator in ("", "="):
        comparator = limit
    unit = unit or _CURRENCIES[match["currency"] or match["currency2"]]
    shift -= int(match["exponent"] or 0)
    whole, _, part = match["number"].replace(",", "").replace(" ", "").partition(".")
    sign = match["sign"].replace("+", "")
    return _typed(sign, whole or "0", part, shift, unit, comparator)


def _before(text: str) -> tuple[str, str]:
    """Take comparison words and fillers off the text before a number; return rest and sign."""
    comparator = ""
    while text:
        if word := leading_word(text, COMPARATORS):
            comparator = comparator or COMPARATORS[word]
        elif not (word := leading_word(text, FILLERS)):
            break
        text = text[len(word) :].lstrip(":")
    while text:
        if word := trailing_word(text, COMPARATORS):
            comparator = comparator or COMPARATORS[word]
        elif not (word := trailing_word(text, FILLERS)):
            break
        text = text[: -len(word)].rstrip(":")
    return text, comparator


_NAME = re.compile(r"[\u4e00-\u9fff]{1,12}")
_TURNED = re.compile("[未不没非无降减负第前后]")  # words that turn a number into something else


def _named(text: str, unit: str, comparator: str) -> bool:
    """Tell whether the text before a number only names it: 验收合格率100%, 培训人数≥100人.

    A name alone proves little (第3, 编号15), so the number must have a sign or be a rate.
    """
    if not comparator and unit != "%":
        return False
    return _NAME.fullmatch(text) is not None and not _TURNED.search(text)


def _after(text: str, *, tail: bool = True) -> tuple[int, str, str] | None:
    """Read what follows a number: added decimals, unit, comparison sign; None if it is unclear.

    With ``tail`` the thing counted may follow its unit (20个乡镇); Chinese numerals also start
    ordinary words (一般, 一次性补助), so nothing may follow theirs.
    """
    text = _skip(text)
    shift, unit = 0, ""
    if word := leading_word(text, PERCENTS):
        shift, unit, text = 2, PERCENTS[word], text[len(word) :]
    elif text.startswith("‰"):
        shift, unit, text = 3, "‰", text[1:]
    else:
        shift, unit, text = _unit(text)
    text = _skip(text)
    limit = leading_word(text, AFTERWORDS)
    text = _skip(text[len(limit) :])
    if not text:
        return shift, unit, AFTERWORDS.get(limit, "")
    if not tail or len(text) > _LONGEST_TAIL or not _WORDS.fullmatch(text):
        return None
    if _DENIALS.search(text):
        return None
    if not unit and not limit:
        if len(text) > _LONGEST_UNKNOWN_UNIT:
            return None
        unit = text
    return shift, unit, AFTERWORDS.get(limit, "")


_LONGEST_TAIL = 8


def _skip(text: str) -> str:
    """Take fillers off the front: 余, 多, 左右."""
    while text and (word := leading_word(text, FILLERS)):
        text = text[len(word) :]
    return text


def _unit(text: str) -> tuple[int, str, str]:
    """Take multiplier and unit off the front; return added decimals, unit and the rest."""
    unit = leading_word(text, COUNTED)
    more = "" if unit else leading_word(text, MULTIPLIERS)
    text = text[len(unit or more) :]
    if more:
        text = _skip(text)
        unit = leading_word(text, COUNTED)
        text = text[len(unit) :]
    shift = -MULTIPLIERS[more] if more and unit else 0
    if not unit:
        money = leading_word(text, MONEY_BASE)
        unit, text = more + MONEY_BASE.get(money, ""), text[len(money) :]
    while unit and text[:1] in ("/", "·", "、", ".") and (part := _part(text[1:])):
        unit, text = unit + text[0] + part, text[1 + len(part) :]
    return shift, unit, text


def _part(text: str) -> str:
    """Return the next unit of a compound one: 天 of 元/人、天."""
    return leading_word(text, COUNTED) or leading_word(text, MONEY_BASE)


_CHINESE = re.compile(
    rf"(?P<before>[^{NUMERAL_CHARACTERS}]*)(?P<rate>百分之)?"
    rf"(?P<number>负?[{NUMERAL_CHARACTERS}]+)(?P<after>\D*)"
)


def _chinese(text: str) -> Quantity | None:
    """Read a number in Chinese numerals, financial capitals included (壹佰伍拾肆万元整)."""
    match = _CHINESE.fullmatch(text.removeprefix("大写").lstrip(":"))
    if not match or text in _DASH_LIKE:
        return None
    before, comparator = _before(match["before"])
    value, amount = read_numeral(match["number"])
    after = _after(match["after"], tail=False)
    if before or value is None or after is None or after[1] in _ORDINAL:
        return None
    unit, limit = ("元" if amount else after[1]), after[2]
    if match["rate"]:
        value, unit = value / 100, "%"
    decimals = decimals_of(value) or 0
    comparator = comparator or limit
    return Quantity(value, decimals, decimals, unit, comparator, bool(match["rate"]), False, True)


_ORDINAL = ("级", "类", "届", "等", "期", "层")  # 一级, 二类 are names, not numbers
_DASH_LIKE = ("一", "一一")  # a dash gone wrong as likely as a number

_RANGE = re.compile(r"\d[%‰]?[\u4e00-\u9fff]{0,2}(?:[-~—至到]|――)+[≥≤<>]?\d[\d.,]*")
_FIGURES_ONLY = re.compile(r"[\d.,'’ oOlI+—-]+")
_LONGEST_ODD = 16
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_BROKEN = re.compile(r"\d+(?:[.,]\d*){2,}|,\d{1,2}(?!\d)|,\d{4,}|\d[oOlI]\d")


def _why(text: str) -> str:
    """Say why a normalised text is no number."""
    checks = (
        (IS_ERROR, text[0] == "#" and text[-1] in "!?/A"),
        (IS_DATE, looks_like_date(text)),
        (IS_TEXT, not any(character.isdigit() for character in text)),
        (IS_RANGE, _RANGE.search(text)),
        (MALFORMED, _FIGURES_ONLY.fullmatch(text.strip("≥≤<>=%¥")) or _BROKEN.search(text)),
        (SEVERAL, len(_NUMBERS.findall(text)) > 1),
        (UNKNOWN_UNIT, text[0].isdigit() and len(text) <= _LONGEST_ODD),
    )
    return next((reason for reason, holds in checks if holds), IS_TEXT)
