"""Invented tables without an error, one builder for each layout, with random figures."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction

import mutation_truths as truths
from mutation_self_evaluations import (
    TOPICS,
    department,
    money,
    project,
    put_row,
    split_points,
)
from mutation_tables import AMOUNT, COUNT, Table, plain, printed, read


def invented(rng: random.Random) -> Iterator[Table]:
    """Yield one invented table of each layout."""
    for build in _BUILDERS:
        yield build(rng)


def _questionnaire(rng: random.Random) -> Table:
    table = Table("编制·问卷", "questionnaire", [])
    questions, people = rng.choice((5, 8, 10)), rng.randint(18, 320)
    heading = [
        "问卷题目及选项",
        "项目",
        *(f"{c}（{w}）" for c, w in zip("ABCDE", _OPTIONS, strict=True)),
    ]
    for column, text in enumerate([*heading, "合计人数"]):
        table.put((0, column), text)
    for number in range(questions):
        row = 1 + 3 * number
        table.put((row, 0), f"{number + 1}.您对本项目{TOPICS[number]}的评价是：")
        for offset, word in enumerate(("人数", "占比", "分数")):
            table.put((row + offset, 1), word)
        for column, count in enumerate(_answers(rng, people), start=2):
            table.put((row, column), str(count))
        table.merges.append((row, 0, row + 2, 0))
    end = 1 + 3 * questions
    table.put((end, 0), "合计")
    for offset, word in enumerate(("人数", "占比", "分数")):
        table.put((end + offset, 1), word)
    table.put((end + 3, 0), "最终得分")
    table.put((end + 3, 1), "权重")
    table.merges.append((end + 3, 1, end + 3, 6))
    truths.questionnaire(table, 1, questions)
    return table


_OPTIONS = ("非常满意", "满意", "一般", "不满意", "很不满意")


def _answers(rng: random.Random, people: int) -> list[int]:
    best = rng.randint(people // 2, people * 9 // 10)
    rest = people - best
    second = rng.randint(rest // 2, rest)
    third = rng.randint((rest - second) // 2, rest - second)
    fourth = rng.randint(0, rest - second - third)
    return [best, second, third, fourth, people - best - second - third - fourth]


_PLACES = (
    "春和街道",
    "清溪街道",
    "东风街道",
    "望江街道",
    "南苑街道",
    "双桥镇",
    "石门镇",
    "柳林镇",
    "白云镇",
    "河口镇",
    "长岭乡",
    "青龙乡",
    "大坪乡",
    "安平镇",
)


def _detail(rng: random.Random) -> Table:
    """序号, 县市区, 人数, 下达, 使用, 结余 with a total row."""
    table = Table("编制·资金明细", "fund_detail", [])
    heading = (
        "序号",
        "县（市）区",
        "补助人数（人）",
        "下达金额（万元）",
        "使用经费（万元）",
        "结余经费（万元）",
        "备注",
    )
    for column, text in enumerate(heading):
        table.put((0, column), text)
    count = rng.randint(5, 14)
    for row in range(1, count + 1):
        given = money(rng, 3, 90)
        used = given - Fraction(rng.randint(0, 90), 100) * rng.choice((0, 1, 1))
        figures = (str(row), _PLACES[row - 1], str(rng.randint(20, 900)), plain(given), plain(used))
        for column, text in enumerate(figures):
            table.put((row, column), text)
    table.put((count + 1, 0), "合计")
    rows = range(1, count + 1)
    truths.columns_summed(table, rows, count + 1, {2: (COUNT, 0), 3: (AMOUNT, 2), 4: (AMOUNT, 2)})
    truths.balances(table, rows, count + 1, 3, 4, 5)
    return table


def _tasks(rng: random.Random) -> Table:
    """序号, 县市区, 资金, 人数 with a total row and the share of a yearly plan."""
    table = Table("编制·任务完成", "fund_detail", [])
    for column, text in enumerate(
        ("序号", "县（市）区", "下拨资金（万元）", "实际补助人数（人）", "备注")
    ):
        table.put((0, column), text)
    count = rng.randint(5, 12)
    for row in range(1, count + 1):
        figures = (
            str(row),
            _PLACES[row - 1],
            plain(money(rng, 3, 90)),
            str(rng.randint(80, 5000)),
        )
        for column, text in enumerate(figures):
            table.put((row, column), text)
    total = count + 1
    table.put((total, 0), "合计")
    rows = range(1, total)
    truths.columns_summed(table, rows, total, {2: (AMOUNT, 2), 3: (COUNT, 0)})
    people = table.exact[total, 3]
    table.put((total + 1, 0), "全年预计补助人数（人）")
    table.put((total + 1, 1), str(int(people * rng.randint(80, 110) / 100)))
    table.put((total + 1, 2), "任务完成率")
    table.given((total + 1, 1), COUNT)
    table.ratio((total + 1, 3), (total, 3), (total + 1, 1))
    return table


def _groups(rng: random.Random) -> Table:
    """Institutions with one merged subtotal for each county."""
    table = Table("编制·机构名单", "fund_detail", [])
    for column, text in enumerate(
        ("序号", "机构名称", "所属县区", "县区机构数（家）", "县区资金合计（万元）")
    ):
        table.put((0, column), text)
    row, tops, each = 1, [], money(rng, 1, 6)
    for place in _PLACES[: rng.randint(4, 8)]:
        size = rng.randint(1, 5)
        for number in range(size):
            for column, text in enumerate((str(row), f"{place}第{number + 1}服务站", place)):
                table.put((row, column), text)
            if number == 0:
                tops.append(row)
                table.put((row, 3), str(size))
                table.put((row, 4), plain(each * size))
            row += 1
        if size > 1:
            table.merges += [(row - size, 3, row - 1, 3), (row - size, 4, row - 1, 4)]
    table.put((row, 0), "合计")
    table.merges.append((row, 0, row, 2))
    truths.columns_summed(table, tops, row, {3: (COUNT, 0), 4: (AMOUNT, 2)})
    return table


def _lost(rng: random.Random, points: int) -> Fraction:
    """Return a score: mostly full, sometimes less."""
    if points > 1 and rng.random() < 0.25:
        return points - Fraction(rng.randint(1, 8), 10)
    return Fraction(points)


def _score_summary(rng: random.Random) -> Table:
    table = Table("编制·指标得分汇总", "indicator_scores", [])
    for column, text in enumerate(("一级指标", "权重分", "得分", "扣分", "得分率")):
        table.put((0, column), text)
    for row, (name, points) in enumerate(
        (("A项目决策", 20), ("B项目管理", 20), ("C项目绩效", 60)), start=1
    ):
        score = points - Fraction(rng.randint(0, 30), 10)
        for column, text in enumerate((name, str(points), printed(score, 2))):
            table.put((row, column), text)
    table.put((4, 0), "合计")
    truths.score_rows(table, (1, 2, 3), 4)
    return table


def _score_system(rng: random.Random) -> Table:
    table = Table("编制·指标体系", "indicator_scores", [])
    for column, text in enumerate(_SYSTEM_HEADING):
        table.put((0, column), text)
    row, levels = 1, {}
    for name, points in (("A项目决策", 20), ("B项目管理", 20), ("C项目绩效", 60)):
        first = row
        for number, part in enumerate(split_points(rng, points, rng.randint(3, 6)), start=1):
            letter = name[0]
            texts = (
                name if number == 1 else "",
                f"{letter}{number}二级",
                f"{letter}{number}1三级",
                f"{letter}{number}11{TOPICS[number]}的落实情况",
                str(part),
                "按要求完成得满分",
            )
            for column, text in enumerate(texts):
                if text:
                    table.put((row, column), text)
            score = _lost(rng, part)
            table.put((row, 6), plain(score))
            if score < part:
                table.put((row, 8), "个别环节资料归集不及时")
            row += 1
        if row - first > 1:
            table.merges.append((first, 0, row - 1, 0))
        levels[name] = range(first, row)
    table.put((row, 0), "合计")
    truths.indicator_system(table, range(1, row), row)
    table.put((row + 2, 0), "一级指标得分情况")
    for column, text in enumerate(("一级指标", "权重分", "得分", "扣分", "得分率")):
        table.put((row + 3, column), text)
    summary = {}
    for offset, (name, rows) in enumerate(levels.items(), start=4):
        table.put((row + offset, 0), name)
        summary[row + offset] = rows
    table.put((row + 7, 0), "合计")
    truths.level_summary(table, summary, row + 7)
    return table


_SYSTEM_HEADING = (
    "一级指标",
    "二级指标",
    "三级指标",
    "四级指标",
    "权重",
    "评分标准",
    "得分",
    "扣分",
    "扣分原因",
)


def _base(rng: random.Random) -> Table:
    table = Table("编制·基础数据", "department_base_data", [])
    quota = rng.randint(18, 120)
    wide = [(1, 2), (3, 4), (5, 6)]
    put_row(
        table,
        0,
        {0: "财政供养人员情况（人）", 1: "编制数", 3: "2023年实际在职人数", 5: "控制率"},
        wide,
    )
    put_row(table, 1, {1: str(quota), 3: str(quota - rng.randint(0, 6))}, wide)
    heading = {0: "经费控制情况（万元）", 1: "2022年决算数", 3: "2023年预算数", 5: "2023年决算数"}
    put_row(table, 2, heading, wide)
    row_of = {"staff": 1}
    funds = rng.randint(2, 5)
    names = [
        ("public", "“三公”经费"),
        ("vehicles", "1、公务用车购置和维护经费"),
        ("purchase", "其中：公车购置"),
        ("running", "公车运行维护"),
        ("abroad", "2、出国经费"),
        ("reception", "3、公务接待"),
        ("projects", "项目支出："),
        ("business", "1、业务工作经费"),
        ("operation", "2、运行维护经费"),
        ("special", "3、县级专项资金（一个专项一行）"),
        *((f"fund{n}", _FUNDS[n]) for n in range(funds)),
        ("public_use", "公用经费"),
        ("office", "其中：办公经费"),
        ("water", "水费、电费、差旅费"),
        ("meeting", "会议费、培训费"),
        ("purchases", "政府采购金额"),
        ("", "部门基本支出预算调整"),
    ]
    sizes = {
        "purchase": (0, 20),
        "running": (2, 12),
        "abroad": (0, 4),
        "reception": (0, 6),
        "business": (30, 200),
        "operation": (10, 60),
        "office": (5, 20),
        "water": (5, 20),
        "meeting": (1, 8),
        "purchases": (10, 60),
    }
    for row, (name, label) in enumerate(names, start=3):
        row_of[name] = row
        low, high = (20, 260) if name.startswith("fund") else sizes.get(name, (0, 0))
        amounts = {c: plain(money(rng, low, high)) for c in (1, 3, 5)} if high else {}
        put_row(table, row, {0: label, **amounts}, wide)
    for column in (1, 3, 5):
        parts = [read(table.text((row_of[n], column))) for n in ("office", "water", "meeting")]
        whole = sum((p for p in parts if p is not None), Fraction()) + money(rng, 1, 9)
        table.put((row_of["public_use"], column), plain(whole))
    row_of["building"] = len(names) + 4
    _buildings(table, rng, len(names) + 3)
    special = [row_of[f"fund{n}"] for n in range(funds)]
    truths.base_data(table, row_of, special)
    return table


_FUNDS = ("养老服务补贴项目", "两项补贴项目", "临时救助项目", "农田水利项目", "文化惠民项目")


def _buildings(table: Table, rng: random.Random, row: int) -> None:
    heading = (
        "楼堂馆所控制情况（2023年完工项目）",
        "批复规模（m²）",
        "实际规模（m²）",
        "规模控制率",
        "预算投资（万元）",
        "实际投资（万元）",
        "投资概算控制率",
    )
    put_row(table, row, dict(enumerate(heading)))
    size, cost = rng.randint(300, 5000), rng.randint(100, 2000)
    texts = {1: size, 2: size - rng.randint(0, 40), 4: cost, 5: cost - rng.randint(0, 60)}
    put_row(table, row + 1, {column: str(figure) for column, figure in texts.items()})
    table.merges.append((row, 0, row + 1, 0))


_BUILDERS: tuple[Callable[[random.Random], Table], ...] = (
    _questionnaire,
    _detail,
    _tasks,
    _groups,
    _score_summary,
    _score_system,
    project,
    department,
    _base,
)
