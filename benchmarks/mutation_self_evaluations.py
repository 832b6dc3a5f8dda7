"""Invented self-evaluations without an error, and what the invented tables share."""

from __future__ import annotations

import random
from fractions import Fraction

import mutation_truths as truths
from mutation_tables import Table, plain

TOPICS = (
    "总体效果",
    "政策宣传",
    "申报手续",
    "审核公示",
    "资金发放",
    "服务态度",
    "专业水平",
    "设施建设",
    "信息公开",
    "投诉处理",
)


def money(rng: random.Random, low: float, high: float) -> Fraction:
    """An amount in 万元 as offices have them: whole, with one or with two decimals."""
    decimals = rng.choice((0, 1, 1, 2, 2, 2))
    return Fraction(rng.randint(int(low * 10**decimals), int(high * 10**decimals)), 10**decimals)


def split_points(rng: random.Random, total: int, parts: int) -> list[int]:
    """Split whole points into positive parts."""
    cuts = sorted(rng.sample(range(1, total), parts - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


_FUND_HEADING = ("", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
_LEVELS = (
    (
        "产出指标",
        30,
        (
            ("数量指标", "人"),
            ("数量指标", "件"),
            ("质量指标", "%"),
            ("时效指标", "%"),
            ("数量指标", "户"),
        ),
    ),
    (
        "效益指标",
        30,
        (
            ("经济效益指标", "元"),
            ("社会效益指标", "明显改善"),
            ("生态效益指标", "明显改善"),
            ("可持续影响指标", "健全"),
        ),
    ),
    ("满意度指标", 10, (("服务对象满意度指标", "%"),)),
    (
        "成本指标",
        20,
        (("经济成本指标", "≤"), ("社会成本指标", "明显改善"), ("生态环境成本指标", "≥")),
    ),
)


def project(rng: random.Random) -> Table:
    table = Table("编制·项目自评", "project_self_evaluation", [])
    put_row(table, 0, {0: "项目支出名称", 2: "村级公益事业补助项目"}, [(0, 1), (2, 8)])
    heads = {0: "主管部门", 2: "青禾区财政局", 5: "实施单位", 6: "青禾区农业服务中心"}
    put_row(table, 1, heads, [(0, 1), (2, 4), (6, 8)])
    _funds_heading(table, 2, "项目资金（万元）")
    names = ("年度资金总额", "其中：当年财政拨款", "　　　上年结转资金", "　　　其他资金")
    budget, carried = money(rng, 60, 300), money(rng, 2, 20)
    done = rounded_down(budget * rng.randint(91, 100) / 100)
    for offset, name in enumerate(names):
        put_row(table, 3 + offset, {1: name}, [(1, 2)])
    for column, amount, rest in (
        (3, budget, Fraction(0)),
        (4, budget, carried),
        (5, done, carried),
    ):
        table.put((4, column), plain(amount))
        table.put((5, column), plain(rest))
    table.put((3, 6), "10")
    table.merges.append((2, 0, 6, 0))
    rows, total = _indicators(table, rng, 7)
    truths.self_evaluation(table, 3, rows, total, parts=(4, 5, 6))
    return table


def department(rng: random.Random) -> Table:
    table = Table("编制·部门自评", "department_self_evaluation", [])
    put_row(table, 0, {0: "预算部门名称", 2: "青禾区农业农村局"}, [(0, 1), (2, 8)])
    _funds_heading(table, 1, "年度预算申请（万元）")
    put_row(table, 2, {1: "年度资金总额"}, [(1, 2)])
    initial, general, special = money(rng, 800, 1500), money(rng, 700, 1400), money(rng, 0, 90)
    done = general + special
    budget = done + Fraction(rng.randint(0, 2500), 100)
    basic = rounded_down(done * rng.randint(40, 70) / 100)
    for column, amount in ((3, initial), (4, budget), (5, done)):
        table.put((2, column), plain(amount))
    table.put((2, 6), "10")
    left = {
        3: ("按收入性质分：", done),
        4: ("其中：一般公共预算：", general),
        5: ("　　　政府性基金拨款：", special),
    }
    right = {
        3: ("按支出性质分：", done),
        4: ("其中：基本支出：", basic),
        5: ("　　　项目支出：", done - basic),
    }
    for row in (3, 4, 5):
        texts = {1: left[row][0], 3: plain(left[row][1]), 4: right[row][0], 6: plain(right[row][1])}
        put_row(table, row, texts, [(1, 2), (4, 5)])
    put_row(table, 6, {1: "　　　其他资金："}, [(1, 2)])
    table.merges.append((1, 0, 6, 0))
    rows, total = _indicators(table, rng, 7)
    truths.self_evaluation(table, 2, rows, total)
    return table


def put_row(
    table: Table, row: int, texts: dict[int, str], merged: list[tuple[int, int]] | None = None
) -> None:
    for column, text in texts.items():
        table.put((row, column), text)
    for first, last in merged or ():
        table.put((row, last), table.text((row, last)))
        table.merges.append((row, first, row, last))
    table.grid[row] = [text or None for text in table.grid[row]]


def _funds_heading(table: Table, row: int, title: str) -> None:
    texts = {0: title, **{column + 1: text for column, text in enumerate(_FUND_HEADING) if text}}
    put_row(table, row, texts, [(1, 2)])


def rounded_down(value: Fraction) -> Fraction:
    """Cut an amount to two decimals."""
    return Fraction(int(value * 100), 100)


def _indicators(table: Table, rng: random.Random, first: int) -> tuple[list[int], int]:
    heading = (
        "绩效指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    )
    put_row(table, first, dict(enumerate(heading)))
    row = first + 1
    for name, points, kinds in _LEVELS:
        top = row
        for number, ((second, unit), part) in enumerate(
            zip(
                kinds,
                split_points(rng, points, len(kinds)) if len(kinds) > 1 else [points],
                strict=True,
            )
        ):
            target, actual, score, reason = _indicator(rng, unit, part)
            texts = {
                2: second,
                3: f"{name[:2]}{TOPICS[number]}{number + 1}",
                4: target,
                5: actual,
                6: str(part),
                7: plain(score),
            }
            if number == 0:
                texts[1] = f"{name}（{points}分）"
            if reason:
                texts[8] = reason
            put_row(table, row, texts)
            row += 1
        if row - top > 1:
            table.merges.append((top, 1, row - 1, 1))
    put_row(table, row, {0: "总分"}, [(0, 5)])
    table.merges.append((first, 0, row - 1, 0))
    return list(range(first + 1, row)), row


def _indicator(rng: random.Random, unit: str, points: int) -> tuple[str, str, Fraction, str]:
    """Return target, actual, score and reason of one indicator."""
    if unit in ("明显改善", "健全"):
        return unit, unit, Fraction(points), ""
    if unit == "%":
        return "≥90%", f"{rng.randint(900, 999) / 10}%", Fraction(points), ""
    if unit in ("≤", "≥"):
        target = rng.randint(50, 900)
        actual = target + rng.randint(0, target // 8) * (-1 if unit == "≤" else 1)
        return f"{unit}{target}元", f"{actual}元", Fraction(points), ""
    target = rng.randint(40, 2000)
    if points > 2 and rng.random() < 0.35:
        actual = target * rng.randint(82, 97) // 100
        score = to_two_decimals(Fraction(points * actual, target))
        return f"≥{target}{unit}", f"{actual}{unit}", score, "年末个别任务结转下年实施"
    return f"≥{target}{unit}", f"{target + target // 12}{unit}", Fraction(points), ""


def to_two_decimals(value: Fraction) -> Fraction:
    """Round to two decimals, half up."""
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)
