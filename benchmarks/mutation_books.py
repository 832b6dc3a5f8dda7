"""The clean tables that errors are planted in: the error-free samples and invented ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import mutation_truths as truths
from mutation_tables import AMOUNT, COUNT, Table, as_table, plain, printed, read

from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import parse_range

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "data"
FILLED = SAMPLES.parent / "待核对" / "社区居家养老服务补贴项目"


def sample(number: int) -> Table:
    """Return a published table of the samples as printed."""
    path = next(SAMPLES.glob(f"{number:02d}-*.json"))
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Table(
        f"样例{number:02d}",
        raw["form"],
        [list(row) for row in raw["grid"]],
        [parse_range(address) for address in raw["merges"]],
    )


def samples() -> Iterator[Table]:
    """Yield the samples without an error, and two questionnaires with their figures corrected."""
    for number, rate in ((1, True), (7, False), (10, True)):
        table = sample(number)
        truths.score_rows(table, (1, 2, 3), 4, rate=rate)
        yield table
    table = sample(2)
    amounts = dict.fromkeys((3, 4, 5), (AMOUNT, 2))
    truths.columns_summed(table, range(2, 18), 18, {2: (COUNT, 0), **amounts})
    yield table
    yield _questionnaire_sample(3)
    for number in (6, 9):
        yield _questionnaire_sample(number, corrected=True)
    table = sample(5)
    truths.columns_summed(table, (1, 2, 3), 4, {2: (AMOUNT, 2), 3: (AMOUNT, 2)})
    truths.balances(table, (1, 2, 3), 4, 2, 3, 4)
    yield table
    table = sample(8)
    truths.columns_summed(table, (1, 3, 6, 8, 12), 13, {5: (COUNT, 0), 6: (AMOUNT, 2)})
    yield table
    table = sample(11)
    truths.columns_summed(table, range(1, 10), 10, {2: (AMOUNT, 3), 3: (COUNT, 0)})
    table.given((11, 1), COUNT)
    table.ratio((11, 3), (10, 3), (11, 1))
    yield table


def _questionnaire_sample(number: int, corrected: bool = False) -> Table:
    table = sample(number)
    if corrected:
        table.name += "更正"
        for row in range(1, 34):
            for column in range(2, 8):
                if (row - 1) % 3 or row > 30 or column == 7:
                    table.grid[row][column] = None
        table.grid[34][7] = None
    truths.questionnaire(table, 1, 10)
    return table


def filled() -> Iterator[Table]:
    """Yield the sheets of the error-free project filled into the blank templates."""
    places = {
        "社会公众满意度调查问卷统计表": "questionnaire", "资金使用明细表": "fund_detail",
        "项目支出绩效自评表": "project_self_evaluation", "指标体系评分表": "indicator_scores",
        "部门整体支出绩效自评表": "department_self_evaluation",
        "部门整体支出绩效评价基础数据表": "department_base_data",
    }  # fmt: skip
    for path in sorted(FILLED.glob("*.xlsx")):
        for sheet in read_workbook(path.read_bytes(), path.name).sheets:
            if (form := places.get(sheet.name)) is not None:
                yield _filled(as_table(sheet, f"模板·{sheet.name}", form))


def _filled(table: Table) -> Table:
    """Say what follows from what on a sheet of the templates."""
    if table.form == "questionnaire":
        truths.questionnaire(table, 6, 10)
    elif table.form == "fund_detail":
        rows = range(5, 15)
        sorts = {2: (COUNT, 0), 3: (AMOUNT, 2), 4: (AMOUNT, 2)}
        truths.columns_summed(table, rows, 17, sorts)
        truths.balances(table, rows, 17, 3, 4, 5)
        table.given((18, 2), COUNT)
        table.ratio((18, 4), (17, 2), (18, 2))
    elif table.form == "project_self_evaluation":
        truths.self_evaluation(table, 5, range(12, 29), 29, parts=(6, 7, 8))
    elif table.form == "department_self_evaluation":
        truths.self_evaluation(table, 4, range(13, 30), 30)
    elif table.form == "indicator_scores":
        truths.indicator_system(table, range(5, 24), 24)
        levels = {28: range(5, 11), 29: range(11, 16), 30: range(16, 24)}
        truths.level_summary(table, levels, 31)
    else:
        names = (
            "public", "vehicles", "purchase", "running", "abroad", "reception", "projects", "business",
            "operation", "special",
        )  # fmt: skip
        row_of = {"staff": 4} | {name: row for row, name in enumerate(names, start=6)}
        truths.base_data(table, row_of, (16, 17, 18))
    return table


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
        table.put((row, 0), f"{number + 1}.您对本项目{_TOPICS[number]}的评价是：")
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
_TOPICS = (
    "总体效果", "政策宣传", "申报手续", "审核公示", "资金发放", "服务态度", "专业水平", "设施建设",
    "信息公开", "投诉处理",
)  # fmt: skip


def _answers(rng: random.Random, people: int) -> list[int]:
    best = rng.randint(people // 2, people * 9 // 10)
    rest = people - best
    second = rng.randint(rest // 2, rest)
    third = rng.randint((rest - second) // 2, rest - second)
    fourth = rng.randint(0, rest - second - third)
    return [best, second, third, fourth, people - best - second - third - fourth]


def _money(rng: random.Random, low: float, high: float) -> Fraction:
    """An amount in 万元 as offices have them: whole, with one or with two decimals."""
    decimals = rng.choice((0, 1, 1, 2, 2, 2))
    return Fraction(rng.randint(int(low * 10**decimals), int(high * 10**decimals)), 10**decimals)


_PLACES = (
    "春和街道", "清溪街道", "东风街道", "望江街道", "南苑街道", "双桥镇", "石门镇", "柳林镇", "白云镇",
    "河口镇", "长岭乡", "青龙乡", "大坪乡", "安平镇",
)  # fmt: skip


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
        given = _money(rng, 3, 90)
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
            plain(_money(rng, 3, 90)),
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
    row, tops, each = 1, [], _money(rng, 1, 6)
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


def _split(rng: random.Random, total: int, parts: int) -> list[int]:
    """Split whole points into positive parts."""
    cuts = sorted(rng.sample(range(1, total), parts - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


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
        for number, part in enumerate(_split(rng, points, rng.randint(3, 6)), start=1):
            letter = name[0]
            texts = (
                name if number == 1 else "", f"{letter}{number}二级", f"{letter}{number}1三级",
                f"{letter}{number}11{_TOPICS[number]}的落实情况", str(part), "按要求完成得满分",
            )  # fmt: skip
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

_FUND_HEADING = ("", "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
_LEVELS = (
    ("产出指标", 30, (("数量指标", "人"), ("数量指标", "件"), ("质量指标", "%"), ("时效指标", "%"), ("数量指标", "户"))),
    ("效益指标", 30, (("经济效益指标", "元"), ("社会效益指标", "明显改善"), ("生态效益指标", "明显改善"), ("可持续影响指标", "健全"))),
    ("满意度指标", 10, (("服务对象满意度指标", "%"),)),
    ("成本指标", 20, (("经济成本指标", "≤"), ("社会成本指标", "明显改善"), ("生态环境成本指标", "≥"))),
)  # fmt: skip


def _project(rng: random.Random) -> Table:
    table = Table("编制·项目自评", "project_self_evaluation", [])
    _put_row(table, 0, {0: "项目支出名称", 2: "村级公益事业补助项目"}, [(0, 1), (2, 8)])
    heads = {0: "主管部门", 2: "青禾区财政局", 5: "实施单位", 6: "青禾区农业服务中心"}
    _put_row(table, 1, heads, [(0, 1), (2, 4), (6, 8)])
    _funds_heading(table, 2, "项目资金（万元）")
    names = ("年度资金总额", "其中：当年财政拨款", "　　　上年结转资金", "　　　其他资金")
    budget, carried = _money(rng, 60, 300), _money(rng, 2, 20)
    done = rounded_down(budget * rng.randint(91, 100) / 100)
    for offset, name in enumerate(names):
        _put_row(table, 3 + offset, {1: name}, [(1, 2)])
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


def _department(rng: random.Random) -> Table:
    table = Table("编制·部门自评", "department_self_evaluation", [])
    _put_row(table, 0, {0: "预算部门名称", 2: "青禾区农业农村局"}, [(0, 1), (2, 8)])
    _funds_heading(table, 1, "年度预算申请（万元）")
    _put_row(table, 2, {1: "年度资金总额"}, [(1, 2)])
    initial, general, special = _money(rng, 800, 1500), _money(rng, 700, 1400), _money(rng, 0, 90)
    done = general + special
    budget = done + Fraction(rng.randint(0, 2500), 100)
    basic = rounded_down(done * rng.randint(40, 70) / 100)
    for column, amount in ((3, initial), (4, budget), (5, done)):
        table.put((2, column), plain(amount))
    table.put((2, 6), "10")
    left = {
        3: ("按收入性质分：", done), 4: ("其中：一般公共预算：", general), 5: ("　　　政府性基金拨款：", special),
    }  # fmt: skip
    right = {
        3: ("按支出性质分：", done), 4: ("其中：基本支出：", basic), 5: ("　　　项目支出：", done - basic),
    }  # fmt: skip
    for row in (3, 4, 5):
        texts = {1: left[row][0], 3: plain(left[row][1]), 4: right[row][0], 6: plain(right[row][1])}
        _put_row(table, row, texts, [(1, 2), (4, 5)])
    _put_row(table, 6, {1: "　　　其他资金："}, [(1, 2)])
    table.merges.append((1, 0, 6, 0))
    rows, total = _indicators(table, rng, 7)
    truths.self_evaluation(table, 2, rows, total)
    return table


def _put_row(
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
    _put_row(table, row, texts, [(1, 2)])


def rounded_down(value: Fraction) -> Fraction:
    """Cut an amount to two decimals."""
    return Fraction(int(value * 100), 100)


def _indicators(table: Table, rng: random.Random, first: int) -> tuple[list[int], int]:
    heading = (
        "绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分",
        "偏差原因分析及改进措施",
    )  # fmt: skip
    _put_row(table, first, dict(enumerate(heading)))
    row = first + 1
    for name, points, kinds in _LEVELS:
        top = row
        for number, ((second, unit), part) in enumerate(
            zip(kinds, _split(rng, points, len(kinds)) if len(kinds) > 1 else [points], strict=True)
        ):
            target, actual, score, reason = _indicator(rng, unit, part)
            texts = {
                2: second, 3: f"{name[:2]}{_TOPICS[number]}{number + 1}", 4: target, 5: actual,
                6: str(part), 7: plain(score),
            }  # fmt: skip
            if number == 0:
                texts[1] = f"{name}（{points}分）"
            if reason:
                texts[8] = reason
            _put_row(table, row, texts)
            row += 1
        if row - top > 1:
            table.merges.append((top, 1, row - 1, 1))
    _put_row(table, row, {0: "总分"}, [(0, 5)])
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
        score = truths_rounded(Fraction(points * actual, target))
        return f"≥{target}{unit}", f"{actual}{unit}", score, "年末个别任务结转下年实施"
    return f"≥{target}{unit}", f"{target + target // 12}{unit}", Fraction(points), ""


def truths_rounded(value: Fraction) -> Fraction:
    """Round to two decimals, half up."""
    return Fraction(int(value * 100 + Fraction(1, 2)), 100)


def _base(rng: random.Random) -> Table:
    table = Table("编制·基础数据", "department_base_data", [])
    quota = rng.randint(18, 120)
    wide = [(1, 2), (3, 4), (5, 6)]
    _put_row(
        table,
        0,
        {0: "财政供养人员情况（人）", 1: "编制数", 3: "2023年实际在职人数", 5: "控制率"},
        wide,
    )
    _put_row(table, 1, {1: str(quota), 3: str(quota - rng.randint(0, 6))}, wide)
    heading = {0: "经费控制情况（万元）", 1: "2022年决算数", 3: "2023年预算数", 5: "2023年决算数"}
    _put_row(table, 2, heading, wide)
    row_of = {"staff": 1}
    funds = rng.randint(2, 5)
    names = [
        ("public", "“三公”经费"), ("vehicles", "1、公务用车购置和维护经费"), ("purchase", "其中：公车购置"),
        ("running", "公车运行维护"), ("abroad", "2、出国经费"), ("reception", "3、公务接待"),
        ("projects", "项目支出："), ("business", "1、业务工作经费"), ("operation", "2、运行维护经费"),
        ("special", "3、县级专项资金（一个专项一行）"), *((f"fund{n}", _FUNDS[n]) for n in range(funds)),
        ("public_use", "公用经费"), ("office", "其中：办公经费"), ("water", "水费、电费、差旅费"),
        ("meeting", "会议费、培训费"), ("purchases", "政府采购金额"), ("", "部门基本支出预算调整"),
    ]  # fmt: skip
    sizes = {
        "purchase": (0, 20), "running": (2, 12), "abroad": (0, 4), "reception": (0, 6),
        "business": (30, 200), "operation": (10, 60), "office": (5, 20), "water": (5, 20),
        "meeting": (1, 8), "purchases": (10, 60),
    }  # fmt: skip
    for row, (name, label) in enumerate(names, start=3):
        row_of[name] = row
        low, high = (20, 260) if name.startswith("fund") else sizes.get(name, (0, 0))
        amounts = {c: plain(_money(rng, low, high)) for c in (1, 3, 5)} if high else {}
        _put_row(table, row, {0: label, **amounts}, wide)
    for column in (1, 3, 5):
        parts = [read(table.text((row_of[n], column))) for n in ("office", "water", "meeting")]
        whole = sum((p for p in parts if p is not None), Fraction()) + _money(rng, 1, 9)
        table.put((row_of["public_use"], column), plain(whole))
    row_of["building"] = len(names) + 4
    _buildings(table, rng, len(names) + 3)
    special = [row_of[f"fund{n}"] for n in range(funds)]
    truths.base_data(table, row_of, special)
    return table


_FUNDS = ("养老服务补贴项目", "两项补贴项目", "临时救助项目", "农田水利项目", "文化惠民项目")


def _buildings(table: Table, rng: random.Random, row: int) -> None:
    heading = (
        "楼堂馆所控制情况（2023年完工项目）", "批复规模（m²）", "实际规模（m²）", "规模控制率", "预算投资（万元）",
        "实际投资（万元）", "投资概算控制率",
    )  # fmt: skip
    _put_row(table, row, dict(enumerate(heading)))
    size, cost = rng.randint(300, 5000), rng.randint(100, 2000)
    texts = {1: size, 2: size - rng.randint(0, 40), 4: cost, 5: cost - rng.randint(0, 60)}
    _put_row(table, row + 1, {column: str(figure) for column, figure in texts.items()})
    table.merges.append((row, 0, row + 1, 0))


_BUILDERS: tuple[Callable[[random.Random], Table], ...] = (
    _questionnaire, _detail, _tasks, _groups, _score_summary, _score_system, _project, _department,
    _base,
)  # fmt: skip
