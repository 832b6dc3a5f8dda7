"""Labels as people type them: what they say, apart from numbering, brackets and white space."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache

from selfeval_xl.values import Quantity

_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_BRACKETS = str.maketrans("〔〕【】［］｛｝<>《》", "()()()()()()")
_BRACKETED = re.compile(r"\([^()]*\)")
_OPEN = re.compile(r"\([^()]*$")
_TAIL_POINTS = re.compile(r"(?:权重)?\d+(?:\.\d+)?分?\)$|(?<=\D)\d+(?:\.\d+)?分$")
_NUMBERING = re.compile(
    r"^(?:[★☆*●◆■▲※#·]|(?:指标|目标|问题)\d{1,2}[:.、]|\(?\d{1,2}\)[.、:]?|\d{1,2}[.、:](?!\d)|"
    r"\([一二三四五六七八九十]{1,3}\)[、.:]?|[一二三四五六七八九十]{1,3}[、.:]|"
    r"第[一二三四五六七八九十\d]{1,2}[题项][:.、]?|Q\d{1,2}[:.、]?|[A-Ea-e][.、:])"
)
_CIRCLED = re.compile("^[①-⑳⑴-⒇⒈-⒛㈠-㈩]+[、.:：]?")
_ENDS = ":;,。、.*★-_—…=()"


@lru_cache(maxsize=16384)
def squash(text: str) -> str:
    """Return the text after NFKC without any white space: “年初 预算数” → “年初预算数”."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=16384)
def key(text: str) -> str:
    """Return what a label says, for comparing labels.

    Squashed, without numbering in front (1：, 指标1:, ①, 一、), bracketed remarks (also with one
    bracket missing), points behind it, marks such as ★ and trailing colons. A label that consists
    of nothing else keeps its squashed form. Letters that belong to the name stay (A项目决策).
    """
    plain = squash(_CIRCLED.sub("", text.strip())).translate(_BRACKETS)
    label = plain
    while (shorter := _NUMBERING.sub("", label)) != label:
        label = shorter
    while (shorter := _BRACKETED.sub("", label)) != label:
        label = shorter
    label = _TAIL_POINTS.sub("", _OPEN.sub("", label))
    label = label.strip(_ENDS)
    return label or plain


def matches(text: str, names: frozenset[str]) -> bool:
    """Tell whether a label is one of ``names``, which are given as ``key`` returns them."""
    return key(text) in names


_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_POINTS = (
    re.compile(rf"\((?:权重|分值|满分|标准分|共|计|合计)?[:=]?{_NUMBER}分?\)?$"),
    re.compile(rf"(?:^|[^\d.]){_NUMBER}分?\)$"),
    re.compile(rf"(?:^|[^\d.第]){_NUMBER}分$"),
)


@lru_cache(maxsize=4096)
def label_points(text: str) -> Quantity | None:
    """Return the points a label carries: 30 in “产出指标（30分)”, “效益指标 30分)”, “成本指标50分”.

    None when it carries none; years, units and other bracketed remarks are no points.
    """
    label = squash(text).translate(_BRACKETS).rstrip(":;,。")
    for pattern in _POINTS:
        match = pattern.search(label)
        if match:
            whole, _, part = match[1].partition(".")
            value = Fraction(int(whole + part), 10 ** len(part))
            shortest = len(part.rstrip("0"))
            return Quantity(value, len(part), shortest, "分", "", False, False, True)
    return None
