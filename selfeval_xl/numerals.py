"""Numbers written in Chinese numerals, ordinary (三十二) and financial (壹佰伍拾肆万元整).

Written by hand because it must be exact, refuse what is not well formed and cost nothing at
start-up: cn2an returns binary floats, does not read 零伍分, 一点八万 or 肆角 and takes 0.15 s to
import.
"""

from __future__ import annotations

from fractions import Fraction

_DIGITS = {
    character: value
    for value, characters in enumerate(
        ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"亿": 10**8, "万": 10**4}
_VARIANTS = str.maketrans(
    {
        "廿": "二十",
        "卅": "三十",
        "萬": "万",
        "億": "亿",
        "點": "点",
        "圆": "元",
        "貳": "贰",
        "陸": "陆",
    }
)
NUMERAL_CHARACTERS = "".join([*_DIGITS, *_PLACES, *_MYRIADS, "廿卅萬億點点圆貳陸元角分整正"])
"""Every character a numeral may contain after an optional 负."""

_TOP = 10**4


def read_numeral(text: str) -> tuple[Fraction | None, bool]:
    """Return the number a Chinese numeral states and whether it is an amount in 元.

    Reads 三十二, 二〇二二, 一点五, 一点八万, 负三, 三万五 (35000) and amounts in 元, 角, 分 with
    整 or 正 at the end. The number is None when the numeral is not well formed: places must
    descend (三百二十, not 二十三百).
    """
    text = text.translate(_VARIANTS)
    negative = text.startswith("负")
    text = text.removeprefix("负")
    amount = any(unit in text for unit in "元角分整正")
    value = _amount(text.rstrip("整正")) if amount else _number(text)
    if value is not None and negative:
        value = -value
    return value, amount


def _amount(text: str) -> Fraction | None:
    """Read …元…角…分; without any of them (伍万整) the number itself."""
    if not any(unit in text for unit in "元角分"):
        return _number(text)
    total = Fraction()
    for unit, size in (("元", 1), ("角", 10), ("分", 100)):
        head, mark, rest = text.partition(unit)
        if not mark:
            continue
        value = _number(head) if unit == "元" else _one_digit(head)
        if value is None:
            return None
        total, text = total + value / size, rest
    return None if text else total


def _one_digit(text: str) -> Fraction | None:
    digit = text[1:] if text.startswith("零") and len(text) > 1 else text
    return Fraction(_DIGITS[digit]) if digit in _DIGITS else None


def _number(text: str) -> Fraction | None:
    """Read a number with an optional 点 and 万 or 亿 behind the decimals."""
    head, mark, part = text.partition("点")
    if not mark:
        return _whole(text)
    size = 1
    while part and part[-1] in _MYRIADS:
        size, part = size * _MYRIADS[part[-1]], part[:-1]
    whole = _whole(head)
    if whole is None or not part or any(character not in _DIGITS for character in part):
        return None
    return (whole + Fraction(_plain_digits(part), 10 ** len(part))) * size


def _plain_digits(text: str) -> int:
    return int("".join(str(_DIGITS[character]) for character in text))


def _whole(text: str) -> Fraction | None:
    if text and all(character in _DIGITS for character in text):
        return Fraction(_plain_digits(text))
    value = _sections(text) if text else None
    return None if value is None else Fraction(value)


def _sections(text: str) -> int | None:
    """Read a number with 亿 and 万: the last highest mark splits it."""
    for mark, size in _MYRIADS.items():
        head, found, rest = text.rpartition(mark)
        if found:
            high = _sections(head) if head else None
            low = _low(rest, size)
            if not high or low is None or low >= size:
                return None
            return high * size + low
    return _section(text)


def _low(text: str, size: int) -> int | None:
    """Read what follows 万 or 亿; a lone digit is short for the next place (三万五 → 35000)."""
    if not text:
        return 0
    if len(text) == 1 and _DIGITS.get(text):
        return _DIGITS[text] * size // 10
    return _sections(text)


def _section(text: str) -> int | None:
    """Read a number below 10000: digits and places in descending order, 零 between them."""
    total, digit, last, zero = 0, 0, _TOP, False
    for character in text:
        if character in _PLACES:
            place = _PLACES[character]
            if not digit and place == 10 and last == _TOP and not zero:
                digit = 1  # 十二
            if not digit or place >= last:
                return None
            total, digit, last, zero = total + digit * place, 0, place, False
        elif character not in _DIGITS or digit:
            return None
        elif _DIGITS[character]:
            digit = _DIGITS[character]
        else:
            zero = True
    if digit and not zero and 10 < last < _TOP:
        return total + digit * last // 10  # 一百五 is 150
    return total + digit if total or digit else None
