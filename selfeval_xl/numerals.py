"""Numbers written in Chinese numerals, ordinary (三十二) and financial (壹佰伍拾肆万元整)."""

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
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_VARIANTS = str.maketrans(
    {"廿": "二十", "卅": "三十", "萬": "万", "億": "亿", "點": "点", "圆": "元"}
)


def read_numeral(text: str) -> Fraction | None:
    """Return the number a Chinese numeral states, None when it is not well formed.

    Reads 三十二, 二〇二二, 一点五, 负三, 一万两千 and amounts in 元, 角, 分 with 整 or 正 at the
    end; amounts are in 元. Places must descend (三百二十, not 二十三百).
    """
    text = text.translate(_VARIANTS)
    if text.startswith("负"):
        value = read_numeral(text[1:]) if not text.startswith("负负") else None
        return None if value is None else -value
    text = text.rstrip("整正")
    if any(unit in text for unit in "元角分"):
        return _amount(text)
    return _decimal(text)


def _amount(text: str) -> Fraction | None:
    total, seen = Fraction(), False
    for unit, size in (("元", Fraction(1)), ("角", Fraction(1, 10)), ("分", Fraction(1, 100))):
        head, mark, rest = text.partition(unit)
        if not mark:
            continue
        value = _decimal(head) if unit == "元" else _one_digit(head)
        if value is None:
            return None
        total, text, seen = total + value * size, rest, True
    return total if seen and not text else None


def _one_digit(text: str) -> Fraction | None:
    text = text.lstrip("零") or text
    return Fraction(_DIGITS[text]) if text in _DIGITS else None


def _decimal(text: str) -> Fraction | None:
    """Read a number with an optional 点 and an optional 万 or 亿 behind it (一点八万)."""
    head, mark, part = text.partition("点")
    if not mark:
        return _whole(text)
    scale = 1
    if part and part[-1] in _MYRIADS:
        scale, part = _MYRIADS[part[-1]], part[:-1]
    whole = _whole(head)
    if whole is None or not part or not all(character in _DIGITS for character in part):
        return None
    digits = int("".join(str(_DIGITS[character]) for character in part))
    return (whole + Fraction(digits, 10 ** len(part))) * scale


def _whole(text: str) -> Fraction | None:
    if not text:
        return None
    if all(character in _DIGITS for character in text):
        return Fraction(int("".join(str(_DIGITS[character]) for character in text)))
    value = _sections(text)
    return None if value is None else Fraction(value)


def _sections(text: str) -> int | None:
    """Read a number with 亿 and 万 sections: the highest mark splits it."""
    for mark, size in (("亿", 10**8), ("万", 10**4)):
        head, found, rest = text.rpartition(mark)
        if not found:
            continue
        high = _sections(head)
        low = _low(rest, size)
        if high is None or high == 0 or low is None or low >= size:
            return None
        return high * size + low
    return _section(text)


def _low(text: str, size: int) -> int | None:
    """Read what follows 万 or 亿; a lone digit is short for the next place (三万五 → 35000)."""
    if not text:
        return 0
    if len(text) == 1 and text in _DIGITS and _DIGITS[text]:
        return _DIGITS[text] * size // 10
    return _sections(text)


def _section(text: str) -> int | None:
    """Read a number below 10000."""
    total, digit, last, zero = 0, None, 10**4, False
    for character in text:
        if character in _PLACES:
            place = _PLACES[character]
            if digit is None and place == 10 and last == 10**4:
                digit = 1
            if not digit or place >= last:
                return None
            total, digit, last, zero = total + digit * place, None, place, False
        elif character not in _DIGITS or digit:
            return None
        else:
            zero = zero or _DIGITS[character] == 0
            digit = _DIGITS[character] or None
    if digit is None:
        return total
    if last in (100, 1000) and not zero:
        return total + digit * last // 10
    return total + digit
