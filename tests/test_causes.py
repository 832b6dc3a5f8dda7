"""Likely causes: each named when it explains the difference exactly, and not otherwise."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selfeval_xl import digits
from selfeval_xl.causes import Context, likely_causes
from selfeval_xl.values import half_up


def fractions(*texts: str) -> tuple[tuple[str, Fraction], ...]:
    return tuple((f"D{row}", Fraction(text)) for row, text in enumerate(texts, start=5))


COLUMN = fractions("24.67", "31.50", "12.08", "7.25", "40.11")  # 115.61

CASES = {
    "copied column": (
        Context(Fraction("0.0541"), Fraction(0), 4, True, (("左侧 C 列", Fraction("0.0541")),)),
        ["疑似照抄左侧 C 列"],
    ),
    "copied from either": (
        Context(
            Fraction(7),
            Fraction(5),
            0,
            False,
            (("左侧 C 列", Fraction(7)), ("上方 D4", Fraction(7))),
        ),
        ["疑似照抄左侧 C 列或上方 D4"],
    ),
    "nothing copied from nothing": (
        Context(Fraction(0), Fraction(5), 0, False, (("左侧 C 列", Fraction(0)),)),
        [],
    ),
    "addend left out": (
        Context(Fraction("84.11"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似漏加 D6 31.50"],
    ),
    "stale total": (
        Context(Fraction("75.50"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似漏加 D9 40.11（最后一行，合计可能未随新增行更新）"],
    ),
    "stale by two rows": (
        Context(Fraction("68.25"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似合计未更新：漏加最后 2 行"],
    ),
    "two left out": (
        Context(Fraction("59.44"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似漏加 D5 24.67 和 D6 31.50"],
    ),
    "counted twice": (
        Context(Fraction("127.69"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似重复计入 D7 12.08"],
    ),
    "all counted twice": (
        Context(Fraction("231.22"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似各项都加了两次（或把合计行也加了进去）"],
    ),
    "taken away": (
        Context(Fraction("101.11"), Fraction("115.61"), 2, parts=COLUMN),
        ["疑似加减号有误：D8 7.25 被当作减项"],
    ),
    "one of equal addends": (
        Context(Fraction(6), Fraction(9), 0, parts=fractions("3", "3", "2", "1")),
        ["疑似漏加 D5、D6 之一（3）"],
    ),
    "the addend that fits to the last digit": (
        Context(Fraction(80), Fraction("89.5"), 0, parts=fractions("9.5", "10", "10", "60")),
        ["疑似漏加 D5 9.5"],
    ),
    "counted twice to the last digit": (
        Context(Fraction(99), Fraction("89.5"), 0, parts=fractions("9.5", "9.4", "10", "60.6")),
        ["疑似重复计入 D5 9.5"],
    ),
    "not a sum of these": (Context(Fraction("84.11"), Fraction("99"), 2, parts=COLUMN), []),
    "swapped": (
        Context(Fraction("95.62"), Fraction("59.62"), 2),
        ["疑似数字颠倒：把 59.62 写成 95.62"],
    ),
    "swapped percent": (
        Context(Fraction("0.5896"), Fraction("0.5986"), 4, True),
        ["疑似数字颠倒：把 59.86% 写成 58.96%"],
    ),
    "swapped, trailing zero lost": (
        Context(Fraction("15.7"), Fraction("15.07"), 1),
        ["疑似数字颠倒：把 15.07 写成 15.70"],
    ),
    "wrong denominator": (
        Context(
            Fraction("1.7286"),
            Fraction("0.5"),
            4,
            True,
            calculations=(("全年执行数 ÷ 年初预算数", Fraction(100567, 58179)),),
        ),
        ["疑似按“全年执行数 ÷ 年初预算数”计算"],
    ),
    "mistyped": (
        Context(Fraction("59.82"), Fraction("59.62"), 2),
        ["疑似输错一位数字：把 59.62 写成 59.82"],
    ),
    "one of two digits proves nothing": (Context(Fraction(24), Fraction(94), 0), []),
    "typed twice": (
        Context(Fraction(19979), Fraction(1979), 0),
        ["疑似多输一位数字：把 1979 写成 19979"],
    ),
    "typed too few": (
        Context(Fraction(1452), Fraction(14352), 0),
        ["疑似漏输一位数字：把 14352 写成 1452"],
    ),
    "point shifted": (
        Context(Fraction("154.2"), Fraction("15.42"), 1),
        ["疑似小数点错位（大了 10 倍）"],
    ),
    "yuan": (
        Context(Fraction(1540000), Fraction(154), 0),
        ["疑似单位弄错：应以万元填报，填成了元（大了 10000 倍）"],
    ),
    "people are not money": (
        Context(Fraction(1540000), Fraction(154), 0, amount=False),
        ["疑似小数点错位（大了 10000 倍）"],
    ),
    "percent as number": (
        Context(Fraction("87.5"), Fraction("0.875"), 3, True),
        ["疑似百分数与小数混淆（大了 100 倍）"],
    ),
    "shifted after rounding": (
        Context(Fraction("1.786"), Fraction(5, 28), 4, True),
        ["疑似小数点错位（大了 10 倍）"],
    ),
    "sign": (Context(Fraction("-3.5"), Fraction("3.5"), 1), ["疑似正负号写反"]),
    "whole percent": (
        Context(Fraction("0.18"), Fraction(5, 28), 4, True),
        ["疑似只四舍五入到整数"],
    ),
    "cut": (
        Context(Fraction("17.8"), Fraction("17.862"), 2),
        ["疑似截断到 1 位小数（未四舍五入）"],
    ),
    "carried": (
        Context(Fraction("17.84"), Fraction("17.832"), 2),
        ["疑似进位到 2 位小数（未四舍五入）"],
    ),
    "merged": (
        Context(
            Fraction(44),
            Fraction(24),
            0,
            parts=fractions("10", "14"),
            merged=(("D5", Fraction(10), 3),),
        ),
        ["疑似合并单元格 D5 按 3 行重复计入"],
    ),
    "unexplained": (Context(Fraction("37.4"), Fraction("59.62"), 1), []),
    "no difference": (Context(Fraction("17.86"), Fraction("17.862"), 2), []),
}


@pytest.mark.parametrize("name", CASES)
def test_cause(name: str) -> None:
    context, expected = CASES[name]
    assert likely_causes(context) == expected


def test_computed_figures_are_compared_as_computed() -> None:
    copied = Fraction(repr(5 / 28))
    context = Context(copied, Fraction(1, 4), 17, True, (("左侧 C 列", Fraction(5, 28)),))
    assert likely_causes(context) == ["疑似照抄左侧 C 列"]


VALUES = st.integers(1000, 10**7).map(lambda number: Fraction(number, 100))


@settings(deadline=None)
@given(VALUES, st.data())
def test_planted_swaps_are_named(value: Fraction, data: st.DataObject) -> None:
    right = digits.shown(value, 2)
    places = [place for place, character in enumerate(right) if character.isdigit()]
    one, other = data.draw(st.lists(st.sampled_from(places), min_size=2, max_size=2, unique=True))
    letters = list(right)
    letters[one], letters[other] = letters[other], letters[one]
    wrong = "".join(letters)
    assume(wrong != right and Fraction(wrong) != 0 and wrong[0] != "0")
    assert (Fraction(wrong) - value) * 100 % 9 == 0
    assert any("数字颠倒" in text for text in likely_causes(Context(Fraction(wrong), value, 2)))


@settings(deadline=None)
@given(VALUES, st.integers(-3, 6).filter(bool))
def test_planted_shifts_are_named(value: Fraction, power: int) -> None:
    wrong = value * Fraction(10) ** power
    causes = likely_causes(Context(wrong, value, max(0, 2 - power)))
    assert any("错位" in text or "单位" in text for text in causes)


@settings(deadline=None)
@given(st.lists(VALUES, min_size=3, max_size=12, unique=True), st.data())
def test_planted_omissions_are_named(values: list[Fraction], data: st.DataObject) -> None:
    parts = tuple((f"D{row}", value) for row, value in enumerate(values))
    omitted = data.draw(st.sampled_from(parts))
    total = sum(values)
    causes = likely_causes(Context(Fraction(total - omitted[1]), Fraction(total), 2, parts=parts))
    assert any(text.startswith(f"疑似漏加 {omitted[0]} ") for text in causes)


@settings(deadline=None)
@given(
    st.fractions(-1000, 1000, max_denominator=1000),
    st.fractions(-1000, 1000, max_denominator=1000),
    st.integers(-2, 17),
    st.booleans(),
    st.lists(st.fractions(-100, 100, max_denominator=100), max_size=8),
)
def test_never_more_than_two_and_never_raises(
    stated: Fraction, expected: Fraction, decimals: int, percent: bool, others: list[Fraction]
) -> None:
    stated = Fraction(half_up(stated, decimals))
    named = tuple((f"D{row}", value) for row, value in enumerate(others))
    causes = likely_causes(Context(stated, expected, decimals, percent, named, named))
    assert len(causes) <= 2
    if half_up(expected, min(decimals, 9)) == half_up(stated, min(decimals, 9)):
        assert not causes
