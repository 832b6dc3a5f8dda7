"""What a cell of an .ods file holds: its value, its error, its text, its note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from math import isfinite

from lxml import etree

from selfeval_xl.workbooks.open_document_values import attributes
from selfeval_xl.workbooks.xml_parts import local

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

NUMERIC = ("float", "percentage", "currency")
_NUMBER = re.compile(r"[-+]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][-+]?\d{1,4})?")
_DATE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?Z?", re.ASCII
)
_DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:[.,]\d{0,12})?)S)?)?",
    re.ASCII,
)
_SHOWN_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)|(?:Err|错误)[:：]\d{3}")
_LONGEST_ERROR = 40
_MARKS = {"tab": "\t", "line-break": "\n"}
_EXACT_INTEGER = 2**53
_DAY_NOUGHT, _FIRST_DAY = datetime(1899, 12, 30), datetime(1900, 1, 1)


def cell_error(cell: etree._Element) -> str:
    """Return the error a cell shows, such as ``#DIV/0!`` or ``Err:502``; "" when it has none."""
    told = cell.get(f"{_CALC}value-type") == "error"
    if not told and not cell.get(f"{_TABLE}formula"):
        return ""
    shown = cell_text(cell, _LONGEST_ERROR).strip()
    if told:
        return shown[:_LONGEST_ERROR] or "#VALUE!"
    return shown if _SHOWN_ERROR.fullmatch(shown) else ""


def cell_value(cell: etree._Element, most: int) -> object:
    """Return a cell's value as sheets hold it: None for blank, whole numbers as int.

    Times are the fraction of a day, durations of days and more a number above 1. A value that
    cannot be one of Excel's (a day before 1900, the 30 February) is the text shown. Texts may be
    cut soon after ``most`` characters.
    """
    kind = cell.get(f"{_OFFICE}value-type") or ""
    if kind in NUMERIC:
        value = _number(cell.get(f"{_OFFICE}value") or "")
    elif kind == "date":
        value = _moment(cell.get(f"{_OFFICE}date-value") or "")
    elif kind == "time":
        value = _days(cell.get(f"{_OFFICE}time-value") or "")
    elif kind == "boolean":
        told = cell.get(f"{_OFFICE}boolean-value")
        value = told == "true" if told in ("true", "false") else None
    else:
        value = cell.get(f"{_OFFICE}string-value") or None
    return value if value is not None else cell_text(cell, most) or None


def _number(text: str) -> object:
    text = text.strip()
    return plain_number(float(text)) if _NUMBER.fullmatch(text) else None


def plain_number(number: float) -> int | float | None:
    """Return a number as sheets hold it: whole ones as int, None when it is not finite."""
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _EXACT_INTEGER else number


def _moment(text: str) -> object:
    """Return a date, with a time of day where there is one; None when it is none of Excel's.

    What lies on day 0 of the calendar is a time alone, or a nought that is shown as a date.
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    thousandths = round(int((match[7] or "0").ljust(12, "0")) / 10**9)
    try:
        moment = datetime(year, month, day, hour, minute, second)
        moment += timedelta(milliseconds=thousandths)
    except (ValueError, OverflowError):
        return None
    if moment < _FIRST_DAY:
        since = moment - _DAY_NOUGHT
        return plain_number(since / timedelta(days=1)) if since.days == 0 else None
    return moment if moment.time() != time() else moment.date()


def _days(text: str) -> object:
    """Return a duration like ``PT36H00M00S`` in days, None when it is none."""
    match = _DURATION.fullmatch(text.strip())
    if not match or not any(match.groups()[1:]):
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups()[1:4])
    seconds = float((match[5] or "0").replace(",", "."))
    total = (days * 86_400 + hours * 3_600 + minutes * 60 + seconds) / 86_400
    return plain_number(-total if match[1] else total)


def cell_text(cell: etree._Element, most: int) -> str:
    """Return the text a cell shows, its paragraphs as lines.

    It may be cut soon after ``most`` characters.
    """
    return _paragraphs(cell, most)


def note_text(cell: etree._Element, most: int) -> str:
    """Return the text of a cell's note, "" when it has none; at most ``most`` characters."""
    for note in cell.iterchildren(f"{_OFFICE}annotation"):
        return _paragraphs(note, most)[:most]
    return ""


def _paragraphs(element: etree._Element, most: int) -> str:
    pieces: list[str] = []
    length = 0
    for number, paragraph in enumerate(element.iterchildren(f"{_TEXT}p")):
        if number:
            pieces.append("\n")
            length += 1
        for piece in _pieces(paragraph, most):
            pieces.append(piece)
            length += len(piece)
            if length > most:
                return "".join(pieces)
    return "".join(pieces)


def _pieces(element: etree._Element, most: int) -> Iterator[str]:
    """Yield what an element shows, piece by piece; each of at most ``most`` spaces and one more."""
    yield element.text or ""
    for child in element:  # no deeper than the parser lets elements nest
        name = local(child) if str(child.tag).startswith(_TEXT) else ""
        if name == "s":
            count = attributes(child).get("c", "1")
            yield " " * min(int(count) if count.isdecimal() and len(count) < 10 else 1, most + 1)
        elif name in _MARKS:
            yield _MARKS[name]
        elif name and name != "ruby-text":
            yield from _pieces(child, most)
        yield child.tail or ""
