"""How a wrong figure most likely came about.

Every cause is reported only when it explains the stated figure exactly at its own precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from math import lcm

from selfeval_xl import digits, exact
from selfeval_xl.rounding import decimals_of, directed, half_unit, half_up, last_places

_MOST_SHOWN = 2
_MOST_DECIMALS = 9  # beyond these a figure was computed, not typed
_MOST_PARTS_FOR_PAIRS = 40
_MOST_NAMES = 3
_USUAL_DECIMALS = 2

Named = tuple[str, Fraction]


@dataclass(slots=True)
class Context:
    """A wrong figure and what may have led to it.

    ``stated`` and ``expected`` are plain numbers (0.0541), ``decimals`` those of the stated plain
    number; ``percent`` says that a person sees it as a percentage. ``neighbours`` are the figures
    it may have been copied from, nearest first, by the name a person finds them by (“左侧 C 列”).
    ``parts`` are the operands of a sum from top to bottom (“D5 东川区”), ``other_parts`` those of
    other sums that give the same figure (a grand total adds across or down); ``merged`` those of
    them that are one figure merged over several rows, with the number of rows. ``amount`` says that
    the figure is money, so that a factor of 10,000 means 元 for 万元. ``calculations`` are other
    ways people wrongly compute such a figure, with the result (“全年执行数 ÷ 年初预算数”).
    """

    stated: Fraction
    expected: Fraction
    decimals: int
    percent: bool = False
    neighbours: tuple[Named, ...] = ()
    parts: tuple[Named, ...] = ()
    other_parts: tuple[tuple[Named, ...], ...] = ()
    merged: tuple[tuple[str, Fraction, int], ...] = ()
    amount: bool = True
    calculations: tuple[Named, ...] = ()
    places: int = field(init=False)
    """The decimals at which figures are compared."""
    _stated_digits: int = field(init=False)

    def __post_init__(self) -> None:
        self.places = min(self.decimals, _MOST_DECIMALS)
        self._stated_digits = last_places(self.stated, self.places)

    def is_stated(self, value: Fraction) -> bool:
        """Tell whether a value, rounded like the stated figure, is the stated figure."""
        return last_places(value, self.places) == self._stated_digits

    def is_near(self, value: Fraction) -> bool:
        """Tell whether a value, rounded like the stated figure, is the expected figure."""
        return last_places(value, self.places) == last_places(self.expected, self.places)

    def show(self, value: Fraction) -> str:
        """Return a figure as a person sees it, rounded like the stated one: “59.62%”."""
        text = digits.shown(value, self.places, self.percent)
        if self.decimals > self.places and "." in text:
            text = text.rstrip("0").rstrip(".")
        return f"{text}%" if self.percent else text


def likely_causes(context: Context) -> list[str]:
    """Return at most two likely causes in Chinese, the most specific first; often none.

    Tried in this order: copied, another calculation, an addend left out or counted
    twice, digits swapped, one digit mistyped, decimal point or unit, sign, fewer decimals, merged
    group.
    """
    if context.is_stated(context.expected):
        return []
    found: list[str] = []
    for explain in _EXPLANATIONS:
        found.extend(explain(context))
        if len(found) >= _MOST_SHOWN:
            break
    return found[:_MOST_SHOWN]


def _copied(context: Context) -> Iterator[str]:
    if not context.stated:
        return
    names = [name for name, value in context.neighbours if value and context.is_stated(value)]
    if names:
        yield f"疑似照抄{'或'.join(names[:_MOST_SHOWN])}"


def _other_calculation(context: Context) -> Iterator[str]:
    for name, value in context.calculations:
        if value and context.is_stated(value):
            yield f"疑似按“{name}”计算"
            return


def _addends(context: Context) -> Iterator[str]:
    """A sum with an addend, the last ones or two of them left out, or one counted twice."""
    sums = [
        (replace(context, parts=parts), total)
        for parts in (context.parts, *context.other_parts)
        if len(parts) > 1 and context.is_near(total := exact.total(value for _, value in parts))
    ]
    for explain in (_left_out, _counted_twice, _tail_left_out, _subtracted, _pair_left_out):
        for one, total in sums:
            if text := explain(one, total):
                yield text
                return


def _left_out(context: Context, total: Fraction) -> str:
    less = exact.difference
    missing = [p for p in context.parts if p[1] and context.is_stated(less(total, p[1]))]
    missing = [p for p in missing if less(total, p[1]) == context.stated] or missing
    if not missing:
        return ""
    text = f"疑似漏加 {_names(context, missing)}"
    return f"{text}（最后一行，合计可能未随新增行更新）" if missing == [context.parts[-1]] else text


def _counted_twice(context: Context, total: Fraction) -> str:
    if total and context.is_stated(2 * total):
        return "疑似各项都加了两次（或把合计行也加了进去）"
    more = exact.total
    twice = [p for p in context.parts if p[1] and context.is_stated(more((total, p[1])))]
    twice = [p for p in twice if more((total, p[1])) == context.stated] or twice
    merged = {name for name, _, _ in context.merged}
    twice = [part for part in twice if part[0] not in merged]
    return f"疑似重复计入 {_names(context, twice)}" if twice else ""


def _subtracted(context: Context, total: Fraction) -> str:
    less = exact.difference
    wrong = [p for p in context.parts if p[1] and context.is_stated(less(less(total, p[1]), p[1]))]
    return f"疑似加减号有误：{_names(context, wrong)} 被当作减项" if wrong else ""


def _tail_left_out(context: Context, total: Fraction) -> str:
    """Find a total from before the last rows were added."""
    rest = total
    for count, (_, value) in enumerate(reversed(context.parts[2:]), start=1):
        rest -= value
        if 2 * count > len(context.parts):
            return ""
        if count > 1 and value and context.is_stated(rest):
            return f"疑似合计未更新：漏加最后 {count} 行"
    return ""


def _pair_left_out(context: Context, total: Fraction) -> str:
    parts = [part for part in context.parts if part[1]]
    if not 3 <= len(parts) <= _MOST_PARTS_FOR_PAIRS:
        return ""
    difference = total - context.stated
    if abs(difference) >= abs(total) or not difference:
        return ""
    pairs = [
        pair
        for pair in _pairs_adding_to(parts, difference, half_unit(context.places))
        if context.is_stated(total - pair[0][1] - pair[1][1])
    ]
    if len(pairs) != 1:
        return ""
    return "疑似漏加 " + " 和 ".join(_named(context, part) for part in pairs[0])


def _pairs_adding_to(
    parts: list[Named], wanted: Fraction, slack: Fraction
) -> Iterator[tuple[Named, Named]]:
    """Yield the pairs that add to ``wanted`` within ``slack``, compared in whole numbers."""
    size = lcm(wanted.denominator, slack.denominator, *(v.denominator for _, v in parts))
    target, width = int(wanted * size), int(slack * size)
    whole = [int(value * size) for _, value in parts]
    for one, other in combinations(range(len(parts)), 2):
        if abs(whole[one] + whole[other] - target) <= width:
            yield parts[one], parts[other]


def _names(context: Context, parts: list[Named]) -> str:
    """Name one addend, or several of the same value of which it is one."""
    if len(parts) == 1:
        return _named(context, parts[0])
    names = "、".join(name for name, _ in parts[:_MOST_NAMES])
    more = "等" if len(parts) > _MOST_NAMES else ""
    return f"{names}{more} 之一（{_amount(context, parts[0][1])}）"


def _named(context: Context, part: Named) -> str:
    return f"{part[0]} {_amount(context, part[1])}"


def _amount(context: Context, value: Fraction) -> str:
    """Return an addend in full, as long as it has no more decimals than figures usually have."""
    own = decimals_of(value)
    if own is not None and context.places < own <= _USUAL_DECIMALS:
        return digits.shown(value, own)
    return context.show(value)


def _typing(context: Context) -> Iterator[str]:
    """Digits swapped, one digit mistyped, one too many or too few."""
    if not context.expected or not context.stated:
        return
    right, wrong = context.show(context.expected), context.show(context.stated)
    if swap := _swap(context):
        yield f"疑似数字颠倒：把 {swap[0]} 写成 {swap[1]}"
    elif digits.mistyped(right, wrong) and not any(_coarser(context)):
        yield f"疑似输错一位数字：把 {right} 写成 {wrong}"
    elif digits.slipped(right, wrong) and not _shift(context):
        verb = "多输" if len(wrong) > len(right) else "漏输"
        yield f"疑似{verb}一位数字：把 {right} 写成 {wrong}"


def _swap(context: Context) -> tuple[str, str] | None:
    """Return the right and the wrong figure as written when two digits changed places.

    A stored number has lost its trailing zeros: 15.7 in place of 15.07 was typed as 15.70.
    """
    usual = max(context.places, _USUAL_DECIMALS + (2 if context.percent else 0))
    for places in dict.fromkeys((context.places, usual)):
        full = replace(context, decimals=places)
        right, wrong = full.show(context.expected), full.show(context.stated)
        if digits.swapped(right, wrong):
            return right, wrong
    return None


_USUAL_DECIMALS = 2


def _shift(context: Context) -> int:
    stated = Fraction(half_up(context.stated, context.places))
    return digits.shift(context.expected, stated, context.places)


def _shifted(context: Context) -> Iterator[str]:
    power = _shift(context)
    if not power:
        return
    size = f"{'大' if power > 0 else '小'}了 {10 ** abs(power)} 倍"
    if abs(power) == 4 and context.amount and not context.percent:
        written, wanted = ("元", "万元") if power > 0 else ("万元", "元")
        yield f"疑似单位弄错：应以{wanted}填报，填成了{written}（{size}）"
    elif abs(power) == 2 and context.percent:
        yield f"疑似百分数与小数混淆（{size}）"
    else:
        yield f"疑似小数点错位（{size}）"


def _sign(context: Context) -> Iterator[str]:
    if context.stated and context.is_stated(-context.expected):
        yield "疑似正负号写反"


def _coarser(context: Context) -> Iterator[str]:
    """The expected figure, rounded or cut to fewer decimals than the cell shows."""
    if not context.stated:
        return
    hidden, own = 2 if context.percent else 0, decimals_of(context.stated)
    if own is None:
        return
    for places in range(context.places, max(hidden, own) - 1, -1):
        fewer = "整数" if places == hidden else f" {places - hidden} 位小数"
        if Fraction(half_up(context.expected, places)) == context.stated:
            yield f"疑似只四舍五入到{fewer}"
            return
        down, up = directed(context.expected, places)
        if Fraction(down) == context.stated:
            yield f"疑似截断到{fewer}（未四舍五入）"
            return
        if Fraction(up) == context.stated:
            yield f"疑似进位到{fewer}（未四舍五入）"
            return


def _merged(context: Context) -> Iterator[str]:
    for name, value, rows in context.merged:
        if value and context.is_stated(context.expected + value * (rows - 1)):
            yield f"疑似合并单元格 {name} 按 {rows} 行重复计入"
            return
        if value and context.is_stated(context.expected - value + value / rows):
            yield f"疑似合并单元格 {name} 只计入了其中一行"
            return


_EXPLANATIONS: tuple[Callable[[Context], Iterator[str]], ...] = (
    _copied,
    _other_calculation,
    _addends,
    _typing,
    _shifted,
    _sign,
    _coarser,
    _merged,
)
