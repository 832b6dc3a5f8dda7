"""Reading quantities and dates, rounding, agreeing and writing back."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from selfeval_xl.numerals import read_numeral
from selfeval_xl.units import money_scale, unit_key
from selfeval_xl.values import (
    Quantity,
    Unreadable,
    agrees,
    directed,
    format_like,
    half_unit,
    half_up,
    read_date,
    read_quantity,
)

# text, value, decimals, unit, comparator
TYPED = [
    ("150户", "150", 0, "户", ""),
    (" 150 户 ", "150", 0, "户", ""),
    ("１５０户", "150", 0, "户", ""),
    ("18200", "18200", 0, "", ""),
    ("9.62", "9.62", 2, "", ""),
    ("87.50%", "0.875", 4, "%", ""),
    ("100%", "1", 2, "%", ""),
    ("７８．５％", "0.785", 3, "%", ""),
    ("≥95%", "0.95", 2, "%", "≥"),
    ("≧ 95 %", "0.95", 2, "%", "≥"),
    (">=95%", "0.95", 2, "%", "≥"),
    ("＞=95%", "0.95", 2, "%", "≥"),
    (">5", "5", 0, "", ">"),
    ("≦3次", "3", 0, "次", "≤"),
    ("<=3次", "3", 0, "次", "≤"),
    ("<3", "3", 0, "", "<"),
    ("=3", "3", 0, "", "="),
    ("＝3", "3", 0, "", "="),
    ("﹦3", "3", 0, "", "="),
    ("═3", "3", 0, "", "="),
    ("不少于30人", "30", 0, "人", "≥"),
    ("不低于90%", "0.9", 2, "%", "≥"),
    ("不小于5", "5", 0, "", "≥"),
    ("至少3次", "3", 0, "次", "≥"),
    ("大于等于30人", "30", 0, "人", "≥"),
    ("大于30人", "30", 0, "人", ">"),
    ("不超过5天", "5", 0, "天", "≤"),
    ("不高于5%", "0.05", 2, "%", "≤"),
    ("不大于5", "5", 0, "", "≤"),
    ("最多5个", "5", 0, "个", "≤"),
    ("小于等于5", "5", 0, "", "≤"),
    ("小于5", "5", 0, "", "<"),
    ("控制在5%以内", "0.05", 2, "%", "≤"),
    ("30人以上", "30", 0, "人", "≥"),
    ("30人及以上", "30", 0, "人", "≥"),
    ("95%（含）以上", "0.95", 2, "%", "≥"),
    ("5%以内", "0.05", 2, "%", "≤"),
    ("5以下", "5", 0, "", "≤"),
    ("1,234.50", "1234.5", 2, "", ""),
    ("1，234，567", "1234567", 0, "", ""),
    ("1 234.5", "1234.5", 1, "", ""),
    ("￥1,234.5", "1234.5", 1, "元", ""),
    ("¥-5", "-5", 0, "元", ""),
    ("人民币5元", "5", 0, "元", ""),
    ("1.82万人", "18200", -2, "人", ""),
    ("1.8万余人", "18000", -3, "人", ""),
    ("1.2万亩", "12000", -3, "亩", ""),
    ("3千人", "3000", -3, "人", ""),
    ("3千克", "3", 0, "千克", ""),
    ("10万", "10", 0, "万", ""),
    ("10万元", "10", 0, "万元", ""),
    ("620.82万元", "620.82", 2, "万元", ""),
    ("2.6亿元", "2.6", 1, "亿元", ""),
    ("100万元整", "100", 0, "万元", ""),
    ("400余件", "400", 0, "件", ""),
    ("30多人", "30", 0, "人", ""),
    ("约400件", "400", 0, "件", ""),
    ("近400人", "400", 0, "人", ""),
    ("达95%", "0.95", 2, "%", ""),
    ("3.5左右", "3.5", 1, "", ""),
    ("(3.5)", "-3.5", 1, "", ""),
    ("（1,003.5）", "-1003.5", 1, "", ""),
    ("−3", "-3", 0, "", ""),
    ("–3", "-3", 0, "", ""),
    ("－3.20", "-3.2", 2, "", ""),
    ("+3", "3", 0, "", ""),
    ("100百分比", "1", 2, "%", ""),
    ("50个百分点", "0.5", 2, "个百分点", ""),
    ("0.5‰", "0.0005", 4, "‰", ""),
    ("400元/人、天", "400", 0, "元/人、天", ""),
    ("350人/次", "350", 0, "人/次", ""),
    ("200m2", "200", 0, "m2", ""),
    ("50㎡", "50", 0, "m2", ""),
    ("20个乡镇", "20", 0, "个", ""),
    ("150户（其中低保30户）", "150", 0, "户", ""),
    ("3年", "3", 0, "年", ""),
    ("12个月", "12", 0, "个月", ""),
    ("1.5E+03", "1500", -2, "", ""),
    (".5", "0.5", 1, "", ""),
    ("5.", "5", 0, "", ""),
    ("壹佰伍拾肆万元整", "1540000", 0, "元", ""),
    ("人民币壹仟贰佰叁拾肆元伍角陆分", "1234.56", 2, "元", ""),
    ("三十二", "32", 0, "", ""),
    ("二〇二二", "2022", 0, "", ""),
    ("不少于三十人", "30", 0, "人", "≥"),
    ("百分之九十五以上", "0.95", 2, "%", "≥"),
    ("百分之百", "1", 2, "%", ""),
    ("百分百", "1", 2, "%", ""),
    ("0起", "0", 0, "起", ""),
    ("30个工作日内", "30", 0, "个工作日", "≤"),
    ("验收合格率100%", "1", 2, "%", ""),
    ("培训人数≥100人", "100", 0, "人", "≥"),
    ("满意度达到95%以上", "0.95", 2, "%", "≥"),
    ("每亩300元", "300", 0, "元/亩", ""),
    ("人均500元", "500", 0, "元", ""),
    ("合计：191", "191", 0, "", ""),
    (" 2022.11 ", "2022.11", 2, "", ""),
]


@pytest.mark.parametrize(("text", "value", "decimals", "unit", "comparator"), TYPED)
def test_typed(text: str, value: str, decimals: int, unit: str, comparator: str) -> None:
    read = read_quantity(text)
    assert isinstance(read, Quantity)
    assert (read.value, read.decimals) == (Fraction(value), decimals)
    assert (read.unit, read.comparator, read.typed) == (unit, comparator, True)
    assert read.percent == (unit in ("%", "个百分点"))
    assert read.shortest <= max(read.decimals, 0)
    assert read.shortest <= 0 or (read.value * 10 ** (read.shortest - 1)).denominator > 1


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        " ",
        "\u3000",
        "\n",
        "—",
        "-",
        "–",
        "/",
        "\\",
        "无",
        "——",
        "－",
        "…",
        "……",
        " — ",
        "--",
    ],
)
def test_blank(raw: object) -> None:
    assert read_quantity(raw) is None


UNREADABLE = [
    ("7,00.0,77", "数字写法有误"),
    ("1,5", "数字写法有误"),
    ("12,345,67", "数字写法有误"),
    ("1,2345", "数字写法有误"),
    ("3.5.2", "数字写法有误"),
    ("12 34", "数字写法有误"),
    ("1O0", "数字写法有误"),
    ("达成预期指标", "是文字，不是数字"),
    ("明显改善", "是文字，不是数字"),
    ("全体残疾朋友", "是文字，不是数字"),
    ("已完成", "是文字，不是数字"),
    ("全天候", "是文字，不是数字"),
    ("一般", "是文字，不是数字"),
    ("一", "是文字，不是数字"),
    ("一级", "是文字，不是数字"),
    ("—500", "数字写法有误"),
    ("一次性补助", "是文字，不是数字"),
    ("≥**人", "是文字，不是数字"),
    ("2022年11月30日前", "是日期，不是数字"),
    ("2021年12月", "是日期，不是数字"),
    ("11月底前", "是日期，不是数字"),
    ("2022-11-30", "是日期，不是数字"),
    ("2022年", "是日期，不是数字"),
    (dt.date(2022, 11, 30), "是日期，不是数字"),
    (dt.datetime(2022, 11, 30), "是日期，不是数字"),
    ("80-90", "是区间，不是单个数字"),
    ("3~5人", "是区间，不是单个数字"),
    ("2%至5%", "是区间，不是单个数字"),
    ("2小时30分", "含有多个数字"),
    ("1：1", "含有多个数字"),
    ("#DIV/0!", "是公式错误值"),
    (True, "是逻辑值，不是数字"),
    (float("nan"), "不是有限的数字"),
    (float("inf"), "不是有限的数字"),
    ("投诉率下降5%", "是文字，不是数字"),
    ("未达到95%", "是文字，不是数字"),
    ("第3", "是文字，不是数字"),
    ("编号15", "是文字，不是数字"),
    ("2022.11.30", "是日期，不是数字"),
    ("2022/11", "是日期，不是数字"),
    ("1、业务工作经费支出及其他各项经费支出合计", "是文字，不是数字"),
    ("95%未完成", "数字后有无法识别的文字"),
    ("9" * 70, "是文字，不是数字"),
]


@pytest.mark.parametrize(("raw", "reason"), UNREADABLE)
def test_unreadable(raw: object, reason: str) -> None:
    read = read_quantity(raw)
    assert isinstance(read, Unreadable)
    assert read.reason == reason


# number, format, value, decimals, shortest, percent, unit
STORED = [
    (0.7857, "0.00%", "0.7857", 4, 4, True, "%"),
    (1, "0%", "1", 2, 0, True, "%"),
    (1.0, "0.00%;[Red]-0.00%", "1", 4, 0, True, "%"),
    (154.0, "General", "154", 0, 0, False, ""),
    (154, "0.00_ ", "154", 2, 0, False, ""),
    (154.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "154.5", 2, 1, False, ""),
    (12.345, "0.00", "12.345", 3, 3, False, ""),
    (2.5, "G/通用格式", "2.5", 1, 1, False, ""),
    (0.5, "0.0#%", "0.5", 3, 1, True, "%"),
    (3, '0"人"', "3", 0, 0, False, "人"),
    (3.5, "#,##0.00万元", "3.5", 2, 1, False, "万元"),
    (3.5, '#,##0.00"元；非"', "3.5", 2, 1, False, ""),
    (1e-05, "General", "0.00001", 5, 5, False, ""),
    (-0.0, "General", "0", 0, 0, False, ""),
    (15400.0, "0.00,", "15400", 0, 0, False, ""),
]


@pytest.mark.parametrize(
    ("number", "code", "value", "decimals", "shortest", "percent", "unit"), STORED
)
def test_stored(
    number: float, code: str, value: str, decimals: int, shortest: int, percent: bool, unit: str
) -> None:
    assert read_quantity(number, code) == Quantity(
        Fraction(value), decimals, shortest, unit, "", percent, False, False
    )


def test_computed() -> None:
    for number in (5 / 28, 0.1 + 0.2, 154.00000000000003, 1 / 3):
        read = read_quantity(number)
        assert isinstance(read, Quantity)
        assert read.computed
    exported = read_quantity("0.178571428571429")
    assert isinstance(exported, Quantity)
    assert exported.computed
    assert agrees(exported, Fraction(5, 28))
    for number in (0.178571429, 12345678.12, 0.000012345, 99.999999999):
        read = read_quantity(number)
        assert isinstance(read, Quantity)
        assert not read.computed
    share = read_quantity(5 / 28, "0.00%")
    assert isinstance(share, Quantity)
    assert agrees(share, Fraction(5, 28))
    assert not agrees(share, Fraction(1786, 10000))
    assert format_like(share.value, share) == "17.8571%"


NUMBERS = st.decimals(
    min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False
)


@settings(deadline=None)
@given(NUMBERS, st.integers(0, 4))
def test_typed_text_is_read_exactly(number: Decimal, places: int) -> None:
    number = round(number, places)
    for text in (f"{number:f}", f"{number:,f}", f"{number:f}元"):
        read = read_quantity(text)
        assert isinstance(read, Quantity)
        assert (read.value, read.decimals) == (Fraction(number), places)
    rate = read_quantity(f"{number:f}%")
    assert isinstance(rate, Quantity)
    assert (rate.value, rate.decimals, rate.percent) == (Fraction(number) / 100, places + 2, True)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_stored_number_is_its_shortest_decimal(number: float) -> None:
    read = read_quantity(number)
    assert isinstance(read, Quantity)
    assert read.value == Fraction(repr(number))
    assert float(read.value) == number


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=80), st.text("0123456789.,%≥<万元人年月日-—（）()~ 一二十百", max_size=12)
    )
)
@example("年１２")
@example("²")
@example("٣人")
@example("½")
def test_reading_never_raises(text: str) -> None:
    read = read_quantity(text)
    assert read is None or isinstance(read, Quantity | Unreadable)
    read_date(text)


# --- numerals ---------------------------------------------------------------------------------

NUMERALS = [
    ("十", "10"),
    ("十二", "12"),
    ("三百二十", "320"),
    ("一百零五", "105"),
    ("一百五", "150"),
    ("两千零二十二", "2022"),
    ("一万两千", "12000"),
    ("三万五", "35000"),
    ("一亿零三百", "100000300"),
    ("一点八万", "18000"),
    ("廿五", "25"),
    ("负三", "-3"),
    ("贰拾万零伍佰元整", "200500"),
    ("壹佰元零伍分", "100.05"),
    ("肆角伍分", "0.45"),
    ("伍万圆正", "50000"),
    ("玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分", "999999999999.99"),
    ("二十三百", None),
    ("三二十", None),
    ("一百一百", None),
    ("百", None),
    ("万", None),
    ("点", None),
    ("元", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "value"), NUMERALS)
def test_numerals(text: str, value: str | None) -> None:
    assert read_numeral(text)[0] == (Fraction(value) if value else None)


def written(number: int) -> str:
    """Write a number below 10^12 the way a school book does (independent of the reader)."""
    digits, places = "零一二三四五六七八九", ("", "十", "百", "千")
    text = ""
    for index, size in ((2, 10**8), (1, 10**4), (0, 1)):
        section = number // size % 10**4
        part = ""
        for place in (3, 2, 1, 0):
            digit = section // 10**place % 10
            if digit:
                part += digits[digit] + places[place]
            elif part and not part.endswith("零") and section % 10**place:
                part += "零"
        if section:
            gap = text and section < 1000
            text += ("零" if gap else "") + part + ("", "万", "亿")[index]
    return text or "零"


@settings(deadline=None)
@given(st.integers(0, 10**12 - 1))
def test_numerals_round_trip(number: int) -> None:
    assert read_numeral(written(number)) == (number, False)
    financial = written(number).translate(
        str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
    )
    assert read_numeral(f"{financial}元整") == (number, True)


@settings(deadline=None)
@given(st.text("零一二三十百千万亿点元角分整负", max_size=8))
def test_numerals_never_raise(text: str) -> None:
    value, _ = read_numeral(text)
    assert value is None or isinstance(value, Fraction)


# --- dates ------------------------------------------------------------------------------------

DATES = [
    ("2022年11月30日前", (2022, 11, 30)),
    ("2022年11月30日", (2022, 11, 30)),
    ("２０２２年１１月３０日", (2022, 11, 30)),
    ("2021年12月", (2021, 12, 31)),
    ("2021年2月底前", (2021, 2, 28)),
    ("2022.11.30", (2022, 11, 30)),
    ("2022-11-30", (2022, 11, 30)),
    ("2022/1/5", (2022, 1, 5)),
    ("2022-11-30 08:00:00", (2022, 11, 30)),
    ("20221130", (2022, 11, 30)),
    ("2022年底前", (2022, 12, 31)),
    ("2022年上半年", (2022, 6, 30)),
    ("2022年第三季度", (2022, 9, 30)),
    ("截至2022年11月30日", (2022, 11, 30)),
    (dt.date(2022, 1, 2), (2022, 1, 2)),
    (dt.datetime(2022, 1, 2, 3), (2022, 1, 2)),
    ("2022年2月30日", None),
    ("150户", None),
    ("202211", None),
    ("已完成", None),
    ("", None),
    (None, None),
    (20221130, None),
]


@pytest.mark.parametrize(("raw", "day"), DATES)
def test_read_date(raw: object, day: tuple[int, int, int] | None) -> None:
    assert read_date(raw) == (dt.date(*day) if day else None)


# --- rounding ---------------------------------------------------------------------------------

FRACTIONS = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=10**6)
DECIMALS = st.integers(-3, 8)


def quantum(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


@settings(deadline=None)
@given(FRACTIONS, st.integers(0, 8))
def test_half_up_of_decimals_is_the_decimal_modules(value: Fraction, decimals: int) -> None:
    number = Decimal(value.numerator % 10**9).scaleb(-6)
    assert half_up(Fraction(number), decimals) == number.quantize(quantum(decimals), ROUND_HALF_UP)
    down, up = directed(Fraction(number), decimals)
    assert down == number.quantize(quantum(decimals), ROUND_DOWN)
    assert up == number.quantize(quantum(decimals), ROUND_UP)
    assert up == number.quantize(quantum(decimals), ROUND_CEILING)


@settings(deadline=None)
@given(FRACTIONS, DECIMALS)
@example(Fraction(-1, 200), 2)
@example(Fraction(50), -2)
def test_half_up_is_nearest_and_symmetric(value: Fraction, decimals: int) -> None:
    rounded = Fraction(half_up(value, decimals))
    assert abs(rounded - value) <= half_unit(decimals)
    assert (rounded * Fraction(10) ** decimals).denominator == 1
    assert half_up(-value, decimals) == -half_up(value, decimals)
    if abs(rounded - value) == half_unit(decimals):
        assert abs(rounded) > abs(value)
    low, high = sorted(map(Fraction, directed(value, decimals)))
    assert low <= value <= high
    assert rounded in (low, high)


def test_half_up_keeps_the_decimals() -> None:
    assert str(half_up(Fraction(5, 28) * 100, 2)) == "17.86"
    assert str(half_up(Fraction(1), 2)) == "1.00"
    assert str(half_up(Fraction(18249), -2)) == "18200"
    assert str(half_up(Fraction(-1, 1000), 2)) == "0.00"


@settings(deadline=None)
@given(FRACTIONS, st.integers(-2, 6))
def test_agrees_exactly_with_the_rounded_value(value: Fraction, decimals: int) -> None:
    rounded = Fraction(half_up(value, decimals))
    unit = Fraction(1, 10**decimals) if decimals >= 0 else Fraction(10**-decimals)
    assert agrees(Quantity(rounded, decimals, decimals), value)
    assert not agrees(Quantity(rounded + unit, decimals, decimals), value)
    assert not agrees(Quantity(rounded - unit, decimals, decimals), value)
    if rounded:
        assert not agrees(Quantity(-rounded, decimals, decimals), value)


@settings(deadline=None)
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_quotient_computed_by_excel_agrees(part: int, whole: int) -> None:
    read = read_quantity(part / whole)
    assert isinstance(read, Quantity)
    assert agrees(read, Fraction(part, whole))


WRITTEN = [
    ("5.41%", Fraction(0), "0.00%"),
    ("17.8%", Fraction(5, 28), "17.9%"),
    ("9.1", Fraction("9.62"), "9.6"),
    ("9.10", Fraction("9.62"), "9.62"),
    ("150户", Fraction(151), "151户"),
    ("1.82万人", Fraction(18349), "18300人"),
    ("620.82万元", Fraction("1.005"), "1.01万元"),
    ("0.5‰", Fraction(1, 1000), "1.0‰"),
    ("￥3.50", Fraction(4), "4.00元"),
]


@pytest.mark.parametrize(("like", "value", "text"), WRITTEN)
def test_format_like(like: str, value: Fraction, text: str) -> None:
    quantity = read_quantity(like)
    assert isinstance(quantity, Quantity)
    assert format_like(value, quantity) == text


def test_units() -> None:
    assert unit_key("㎡") == unit_key("m2") == unit_key("平方米")
    assert unit_key("人") != unit_key("户")
    assert [money_scale(unit) for unit in ("元", "万元", "万", "亿元", "人", "")] == [
        1, 10**4, 10**4, 10**8, None, None
    ]  # fmt: skip
