"""Days written in cells: deadlines and completion dates."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_DATE = re.compile(
    r"\D{0,6}?(?P<year>(?:19|20)\d\d)"
    r"(?:(?:年度?|[-./])(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?:月份?|[-./])(?:(?P<day>3[01]|[12]\d|0?[1-9])[日号]?)?)?"
    r"|(?P<month2>1[0-2]|0[1-9])(?P<day2>3[01]|[12]\d|0[1-9])"
    r"|年度?(?P<half>上半年|第?[一二三四1-4]季度)?)"
    r"(?:T?[0-2]?\d:[0-5]\d(?::[0-5]\d)?)?"
    r"(?:[^\W\d]|[()。.,])*"
)
_DATE_LIKE = re.compile(
    r"(?:19|20)\d\d ?(?:年|[-/](?:0?[1-9]|1[0-2])$"
    r"|[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d))"
    r"|\d{1,2}月(?:\d{1,2}|[份底初末前中]|[上下]旬|$)"
)
_LONGEST = 64
_PART_ENDS = {"上半年": 6, "一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_DASHES = str.maketrans("−–‐‑", "----")


def looks_like_date(text: str) -> bool:
    """Tell whether a normalised text starts as a day, month or year does (2022年…, 11月30日)."""
    return _DATE_LIKE.match(text) is not None


def read_date(raw: object) -> dt.date | None:
    """Return the day a cell states, None when it states none; never raises.

    Reads 2022年11月30日(前), 2022.11.30, 2022-11-30, 2022/11/30, 20221130 and stored dates. A
    month, quarter, half-year or year alone stands for its last day, as the deadline “2021年12月”
    does.
    """
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if not isinstance(raw, str) or len(raw) > _LONGEST:
        return None
    text = "".join(unicodedata.normalize("NFKC", raw).translate(_DASHES).split())
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year = int(match["year"])
    month = int(match["month"] or match["month2"] or _last_month(match["half"]))
    return _day(year, month, match["day"] or match["day2"])


def _day(year: int, month: int, day: str | None) -> dt.date | None:
    """Return the day, the month's last without one; None when there is no such day."""
    if not day:
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    try:
        return dt.date(year, month, int(day))
    except ValueError:
        return None


def _last_month(part: str | None) -> int:
    if not part:
        return 12
    return _PART_ENDS.get(part) or _PART_ENDS[part.strip("第季度")]
