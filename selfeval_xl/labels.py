"""Labels as people type them: what they say, apart from numbering, brackets and white space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from typing import TypeVar

from selfeval_xl.values import Quantity

_Meaning = TypeVar("_Meaning")
_LONGEST = 200

INVISIBLE = r"[\s\u200b-\u200f\u2060\ufeff\u00ad]"
"""A character that ``squash`` leaves out, as a pattern."""
_INVISIBLE = re.compile(f"{INVISIBLE}+")
_BRACKETS = str.maketrans("〔〕【】{}<>《》〈〉", "()()()()()()")
_BRACKETED = re.compile(r"\([^()]*\)")
_UNCLOSED = re.compile(r"\([^()]*$")
_UNOPENED = re.compile(r"\d+(?:\.\d+)?分?\)+$|\)+$")
_POINTS_BEHIND = re.compile(r"(?<=\D)(?<!第)\d{1,3}(?:\.\d+)?分$")
_NUMBERING = re.compile(
    r"(?:指标|目标|问题|任务)\d{1,2}[:.、]|\d{1,2}[:.、](?!\d)|\d{1,2}(?:\.\d{1,2}){1,3}(?=[^\d.%])"
    r"|\(?\d{1,2}\)[.、:]?|\(?[一二三四五六七八九十]{1,3}\)[、.:]?|[一二三四五六七八九十]{1,3}[、.:]"
    r"|\d{1,2}(?=[您请])|第[一二三四五六七八九十\d]{1,3}[题项条][:.、]?|[Qq]\d{1,2}[:.、]?|[A-Ea-e][.、:]|[★☆*●◆■▲※#·•√-]+"
)
_CIRCLED = re.compile("^[①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿]+[、.:：]?")
_ENDS = ":;,。、.*★☆_—…=()!?-"


def remembered(kept: int) -> Callable[[Callable[[str], _Meaning]], Callable[[str], _Meaning]]:
    """Keep what a function reads from a text: labels come again in sheet after sheet.

    Of the ``kept`` texts the half first read goes when there are more. Long texts are prose: read
    once and not kept, so that no file fills the memory.
    """

    def decorated(read: Callable[[str], _Meaning]) -> Callable[[str], _Meaning]:
        return _Readings(read, kept).__getitem__

    return decorated


class _Readings(dict[str, _Meaning]):
    """What was read from texts; a text is read when it is first looked up."""

    def __init__(self, read: Callable[[str], _Meaning], kept: int) -> None:
        self._read = read
        self._kept = kept

    def __missing__(self, text: str) -> _Meaning:
        meaning = self._read(text)
        if len(text) <= _LONGEST:
            self[text] = meaning
            if len(self) > self._kept:
                for old in list(islice(self, self._kept // 2)):
                    del self[old]
        return meaning


@remembered(16384)
def squash(text: str) -> str:
    """Return the text after NFKC without any white space: “年初 预算数” → “年初预算数”."""
    if text.isascii() and text.isalnum():
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@remembered(16384)
def key(text: str) -> str:
    """Return what a label says, for comparing labels.

    Squashed, without numbering in front (1：, 指标1:, 1.2, (1), ①, 一、), bracketed remarks (also
    with one bracket missing), points behind it, marks such as ★ and trailing colons. Letters that
    belong to the name stay (A项目决策). A label of nothing but those is returned squashed.
    """
    plain = squash(_CIRCLED.sub("", text.strip())).translate(_BRACKETS)
    label = plain
    while (match := _NUMBERING.match(label)) and match.end() < len(label):
        label = label[match.end() :]
    while (shorter := _BRACKETED.sub("", label)) != label:
        label = shorter
    label = _UNOPENED.sub("", _UNCLOSED.sub("", label))
    label = _POINTS_BEHIND.sub("", label.strip(_ENDS)).strip(_ENDS)
    return label or plain


def matches(text: str, names: frozenset[str]) -> bool:
    """Tell whether a label is one of ``names``, which are given as ``key`` returns them."""
    return key(text) in names


_AMONG = re.compile(r"(?:其中|包括|其[:.])[:.,、]?")


def among(text: str) -> tuple[bool, str]:
    """Split 其中 off a label: “其中：办公经费” → (True, “办公经费”)."""
    label = key(text)
    match = _AMONG.match(label)
    if not match or match.end() == len(label):
        return match is not None, label
    return True, key(label[match.end() :])


_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_NAMED = "(?:权重|权重分|分值|分数|满分|标准分|总分|共|共计|合计|计)[:=为]?"
_POINTS = (
    re.compile(rf"\((?:{_NAMED})?{_NUMBER}分(?:\)|$)"),  # (30分)  (30分
    re.compile(rf"\((?:{_NAMED})?{_NUMBER}\)?$"),  # (30)  (30
    re.compile(rf"\(权重[:=]?{_NUMBER}%\)?$"),  # (权重30%)
    re.compile(rf"^[^()]*[^()\d.第~—/至到-]{_NUMBER}分?\)+$"),  # 30分)
    re.compile(rf"^[^()]*[^()\d.第~—/至到得扣-]{_NUMBER}分$"),  # 产出指标50分
)
_HIGHEST = 1000


@remembered(4096)
def label_points(text: str) -> Quantity | None:
    """Return the points a label carries: 30 in “产出指标（30分)”, “效益指标 30分)”, “成本指标50分”.

    None when it carries none; years, units and other bracketed remarks are no points.
    """
    if len(text) > _LONGEST:
        return None
    label = squash(text).translate(_BRACKETS).rstrip(":;,。")
    for pattern in _POINTS:
        if match := pattern.search(label):
            whole, _, part = match[1].partition(".")
            value = Fraction(int(whole + part), 10 ** len(part))
            if 0 < value <= _HIGHEST:
                shortest = len(part.rstrip("0"))
                return Quantity(value, len(part), shortest, "分", typed=True)
    return None


def names(text: str) -> frozenset[str]:
    """Return the labels of a list written with white space between them, as ``key`` gives them."""
    return frozenset(text.split())
