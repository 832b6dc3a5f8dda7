"""Number formats: the built-in codes and which codes show a number as a date."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

GENERAL = "General"

BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;[Red]"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""Format codes by id (ECMA-376 §18.8.30), the locale-dependent ones as Chinese Excel shows them."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DAY_OR_YEAR = re.compile(r"[ydeYDE]")
_MONTH = re.compile(r"[mM]")
_CLOCK = re.compile(r"[hsHS]")
_WORDS = re.compile(r"[\s+()$¥￥\u3400-\u9fff-]")
_DIGITS = re.compile(r"[0#?,]*[0#?](?:\.[0#?]*)?")
_PIECE = re.compile(rf"{_LITERAL.pattern}|{_DIGITS.pattern}|.", re.DOTALL)
_FIXED = re.compile(r"[0#?,]*[0#?](?:\.([0#?]*))?(%)?")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_NUMBER = re.compile(r"[0#?]")
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31


@lru_cache(maxsize=4096)
def is_date(code: str) -> bool:
    """Tell whether a format code shows a calendar date (not merely a clock time or duration)."""
    if _ELAPSED.search(code):
        return False
    section = _LITERAL.sub("", code.split(";", maxsplit=1)[0])
    section = re.sub("general", "", section, flags=re.IGNORECASE)
    if _NUMBER.search(section.replace("ss.0", "")):
        return False
    if _DAY_OR_YEAR.search(section):
        return True
    return bool(_MONTH.search(section)) and not _CLOCK.search(section)


@lru_cache(maxsize=512)
def shown_decimals(code: str) -> int | None:
    """Return to how many decimals of the plain number a format code shows it: 0.00% → 4.

    None when it shows all of them (General), and when that is not certain: sections that differ,
    fractions, powers of ten, thousands.
    """
    found = set()
    for section in _WORDS.sub("", _LITERAL.sub("", code)).split(";")[:2]:
        digits = _FIXED.fullmatch(section)
        found.add(len(digits[1] or "") + 2 * bool(digits[2]) if digits else None)
    return found.pop() if len(found) == 1 else None


def with_decimals(code: str, decimals: int) -> str:
    """Return a format code that shows at least so many decimals: ``#,##0`` → ``#,##0.0``.

    "" when it shows as many already, and when it is not certain how many it shows.
    """
    shown = shown_decimals(code)
    if shown is None or shown >= decimals or "%" in code:
        return ""
    sections, groups = 1, 0
    pieces: list[str] = []
    for piece in _PIECE.findall(code):
        sections += piece == ";"
        if sections <= 2 and _DIGITS.fullmatch(piece):
            groups += 1
            pieces.append(piece + "." * ("." not in piece) + "0" * (decimals - shown))
        else:
            pieces.append(piece)
    return "".join(pieces) if groups == min(sections, 2) else ""


def as_date(serial: float, date_1904: bool) -> date | datetime | None:
    """Return the date of a day serial, a datetime when it has a time of day.

    None when the number is no date of Excel's calendar (before day 1, after the year 9999). In
    the 1900 system the days before 1 March 1900 are one off, as Excel counts a 29 February 1900.
    """
    if not 1 <= serial < _LAST_SERIAL - (1462 if date_1904 else 0):
        return None
    day = int(serial)
    milliseconds = round((serial - day) * 86_400_000)
    base = datetime(1904, 1, 1) if date_1904 else datetime(1899, 12, 30 + (day < 60))
    try:
        moment = base + timedelta(days=day, milliseconds=milliseconds)
    except OverflowError:
        return None
    return moment if milliseconds else moment.date()
