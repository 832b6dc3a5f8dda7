"""Date and time formats of .ods files as Excel's codes: ``yyyy"年"m"月"``, ``[h]:mm``."""

from __future__ import annotations

from lxml import etree

from selfeval_xl.workbooks.open_document_values import attributes
from selfeval_xl.workbooks.xml_parts import local

_SHORT_LONG = {
    "year": ("yy", "yyyy"),
    "month": ("m", "mm"),
    "day": ("d", "dd"),
    "hours": ("h", "hh"),
    "minutes": ("m", "mm"),
    "seconds": ("s", "ss"),
}
_NAMED_MONTH = ("mmm", "mmmm")
_WEEKDAY = {"zh": ("aaa", "aaaa"), "en": ("ddd", "dddd")}
_CLOCK = ("hours", "minutes", "seconds")
_NO_PART = ("text-properties", "map", "text", "text-content")
_MOST_DECIMALS = 3  # Excel's own limit
_BARE = "-/:. "
_CHINESE = "[$-804]"


def date_code(style: etree._Element) -> str | None:
    """Return the code of a date or time style, None when it is not certain."""
    told = attributes(style)
    kinds = [local(part) for part in style if local(part) not in _NO_PART]
    if not _are_months_told_from_minutes(kinds, told):
        return None
    pieces: list[str] = []
    elapsed = _is_elapsed(told)
    language = told.get("language", "")
    for part in style:
        if local(part) == "text":
            pieces.append(_literal(part.text or ""))
        elif local(part) not in _NO_PART:
            code = _unit(part, language)
            if not code:
                return None
            if elapsed and local(part) in _CLOCK:
                code, elapsed = f"[{code}]", False
            pieces.append(code)
    named = any("textual" in attributes(part) for part in style)
    return (_CHINESE if named and language == "zh" else "") + "".join(pieces)


def _is_elapsed(told: dict[str, str]) -> bool:
    """Tell whether hours go on beyond the day."""
    return told.get("truncate-on-overflow") == "false"


def _are_months_told_from_minutes(kinds: list[str], told: dict[str, str]) -> bool:
    """Tell whether Excel takes each ``m`` for what it is: minutes follow hours or precede seconds.

    Durations in minutes are ``[m]``, which is no month.
    """
    for place, kind in enumerate(kinds):
        by_clock = kinds[place - 1 : place] == ["hours"] or kinds[place + 1 : place + 2] == [
            "seconds"
        ]
        elapsed = _is_elapsed(told) and not set(kinds[:place]) & set(_CLOCK)
        if kind == "minutes" and not (by_clock or elapsed):
            return False
        if kind == "month" and by_clock:
            return False
    return True


def _unit(part: etree._Element, language: str) -> str:
    """Return the code of one unit, "" when it is not certain."""
    told = attributes(part)
    is_long = told.get("style") == "long"
    kind = local(part)
    if told.get("calendar", "gregorian") != "gregorian":
        return ""
    if kind == "am-pm":
        return "AM/PM"
    if kind == "day-of-week":
        return _WEEKDAY.get(language, ("", ""))[is_long]
    if kind == "month" and told.get("textual") == "true":
        return _NAMED_MONTH[is_long]
    code = _SHORT_LONG.get(kind, ("", ""))[is_long]
    return code + _decimals(told) if kind == "seconds" else code


def _decimals(told: dict[str, str]) -> str:
    text = told.get("decimal-places", "0")
    count = int(text) if text.isdecimal() and len(text) < 10 else 0
    return "." + "0" * min(count, _MOST_DECIMALS) if count else ""


def _literal(text: str) -> str:
    return text if text.strip(_BARE) == "" else '"{}"'.format(text.replace('"', ""))
