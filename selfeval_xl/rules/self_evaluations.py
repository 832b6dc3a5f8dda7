"""Review rules of both self-evaluation forms, one finding for each indicator row."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.score_totals import points_doubt
from selfeval_xl.forms.self_evaluation import SelfEvaluation
from selfeval_xl.labels import key
from selfeval_xl.rules.indicator_rows import CHECKS, Point, read_row
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import Cell

if TYPE_CHECKING:
    from selfeval_xl.judging import Judgement

_ADVICE = "请核实后补正或说明。"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions a self-evaluation raises; nothing for other forms."""
    body = judgement.form.body
    if not isinstance(body, SelfEvaluation):
        return
    yield from _rows(judgement, body, settings)
    yield from _repeated(judgement, body)
    yield from _execution(judgement, body)
    yield from _points(judgement, body, settings)
    yield from _grade(judgement, body, settings)


def _rows(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    form = judgement.form
    names = frozenset(
        name
        for row in body.table.indicators
        for text in (row.name, row.level2, row.level1)
        if (name := key(text).removesuffix("指标")) and len(name) >= 4
    )
    for indicator in body.table.indicators:
        row = read_row(form, indicator, names, settings)
        points = [point for check in CHECKS for point in check(row)]
        points = [point for point in points if point.rule not in settings.disabled_rules]
        if points:
            first = points[0]
            yield question(
                form,
                first.cell,
                first.rule,
                indicator.name or f"第{indicator.row + 1}行",
                _joined(points),
                advice=_ADVICE,
                points=tuple(f"【{point.rule}】{point.text}" for point in points[1:]),
            )


def _joined(points: list[Point]) -> str:
    return "；".join(point.text for point in points) + "。"


def _repeated(judgement: Judgement, body: SelfEvaluation) -> Iterator[Finding]:
    """Two indicators with the same content: same name, or one name within the other."""
    seen: dict[str, tuple[str, Cell, int]] = {}
    for indicator in body.table.indicators:
        name = key(indicator.name)
        target = judgement.form.sheet.text(indicator.target) if indicator.target else ""
        if len(name) < 4:
            continue
        for other, (text, _, row) in seen.items():
            same = name == other and target == text
            contained = target and target == text and (_within(name, other) or _within(other, name))
            if same or contained:
                yield question(
                    judgement.form,
                    indicator.cell,
                    "S309",
                    indicator.name,
                    f"与第 {row + 1} 行“{other}”内容相同，疑似重复计分。",
                    level=Level.INFO,
                    advice="请确认是否重复设置。",
                )
                break
        seen.setdefault(name, (target, indicator.cell, indicator.row))


def _within(short: str, long: str) -> bool:
    """Tell whether a name is another one with words left out: 无障碍改造 in 家庭无障碍改造."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _execution(judgement: Judgement, body: SelfEvaluation) -> Iterator[Finding]:
    if body.budget is None or body.executed is None:
        return
    budget, executed = judgement.expected.get(body.budget), judgement.expected.get(body.executed)
    if not budget or executed is None or executed <= budget:
        return
    rate = half_up(executed / budget * 100, 2)
    yield question(
        judgement.form,
        body.executed,
        "S311",
        "年度资金总额/全年执行数",
        f"全年执行数 {_plain(executed)} 超过全年预算数 {_plain(budget)}，执行率 {rate}%。",
        calculation=f"{_plain(executed)} ÷ {_plain(budget)} = {rate}%",
        advice="请说明超预算原因，或核对预算数是否为调整后数。",
    )


def _points(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    """Points that do not add to 100 where no total row says so already."""
    form = judgement.form
    doubt = points_doubt(form, body, settings)
    reported = {finding.rule for finding in judgement.findings}
    if not doubt or {"S204", "S206", "S320", "V201"} & reported or len(body.points) < 2:
        return  # the contradiction, or the figure to blame for it, is named already
    cell = body.total_points or body.points[-1]
    yield question(form, cell, "S314", "分值合计", f"{doubt}。", advice="请核对各指标分值。")


def _grade(judgement: Judgement, body: SelfEvaluation, settings: Settings) -> Iterator[Finding]:
    if body.grade is None or body.total_score is None:
        return
    form = judgement.form
    stated = form.sheet.text(body.grade)
    score = judgement.expected.get(body.total_score)
    if score is None or stated[:1] not in {name for name, _ in settings.grades}:
        return
    grade = grade_of(score, settings)
    if not stated.startswith(grade):
        yield question(
            form,
            body.grade,
            "S312",
            "等级",
            f"等级填“{stated}”，总分 {_plain(score)} 对应“{grade}”。",
            expected=grade,
            advice="请更正等级或说明所用划分标准。",
        )


def grade_of(score: Fraction, settings: Settings) -> str:
    """Return the grade of a score by the profile's limits."""
    return next(name for name, least in settings.grades if score >= least or least == 0)


def _plain(value: Fraction) -> str:
    return format(half_up(value, 4).normalize(), "f")


_FORM = "self_evaluation"


def _rule(code: str, name: str, truth: str, why: str, source: str, wrong: str, right: str,
          level: Level = Level.REVIEW) -> Rule:  # fmt: skip
    return Rule(code, name, _FORM, level, truth, why, source, False, wrong, right)


RULES: tuple[Rule, ...] = (
    _rule("S301", "得分不超过分值", "0≤得分≤分值", "得分最高不得超过该指标分值。",
          "自评表填报说明；预算管理一体化系统得分审核", "分值 5，得分 6", "分值 5，得分 5"),
    _rule("S302", "定量指标得分", "未达目标的定量指标按完成比例计分",
          "正向指标得分＝分值×实际÷目标；反向指标按比例或按超出幅度扣减；逾期不得满分。",
          "湖北自评表说明；预算管理一体化系统自动计分规则", "目标≥100人、实际 80人、分值 10，得分 10",
          "目标≥100人、实际 80人、分值 10，得分 8"),
    _rule("S303", "偏差原因", "扣分或未达目标的指标应说明偏差原因及改进措施",
          "没有原因的扣分无法据以改进。", "预算管理一体化系统保存审核", "得分 8、分值 10，偏差原因空白",
          "得分 8、分值 10，偏差原因“受疫情影响少办一期”"),
    _rule("S304", "超额完成", "实际完成值达到目标值 130% 及以上应说明原因",
          "超额过多往往是目标定得过低。", "广西预算管理一体化系统保存审核", "目标 100人、实际 150人，无说明",
          "目标 100人、实际 150人，说明“政策扩面”"),
    _rule("S305", "照抄目标值", "实际完成值应填实际数，不带≥、≤等符号", "照抄目标值等于没有填报。",
          "已公开自评表中的常见差错", "目标≥30人，实际“≥30人”", "目标≥30人，实际“32人”"),
    _rule("S306", "实际完成值空白", "有得分的指标应填实际完成值", "没有实际完成值的得分没有依据。",
          "已公开自评表中的常见差错", "实际完成值空白，得满分", "实际完成值“96%”，得满分"),
    _rule("S307", "填错列", "年度指标值、实际完成值不应是指标名称", "整行错开一列时，目标与实际都失去意义。",
          "已公开自评表中的常见差错", "年度指标值填“服务对象满意度”", "年度指标值填“≥95%”"),
    _rule("S308", "单位不一致", "实际完成值与年度指标值单位应一致", "单位不同无法比较。",
          "已公开自评表中的常见差错", "目标 150户、实际 100%", "目标 150户、实际 150户"),
    _rule("S309", "重复指标", "同一内容不应设两个指标", "重复指标会重复计分。",
          "已公开自评表中的常见差错", "两行都是“无障碍改造 150户”", "两行内容不同", Level.INFO),
    _rule("S310", "年度指标值空白", "有分值的指标应填年度指标值", "没有目标无法评价完成情况。",
          "已公开自评表中的常见差错", "分值 5，年度指标值空白", "分值 5，年度指标值“≥95%”"),
    _rule("S311", "超预算执行", "全年执行数不应超过全年预算数", "超过时应核对预算是否调整，并说明原因。",
          "自评表填报说明", "预算 581.79、执行 1005.67", "预算 1005.67、执行 1005.67"),
    _rule("S312", "等级", "等级与总分对应（优≥90，良≥80，中≥60，差<60，可设置）", "等级必须与总分一致。",
          "财政部预算司等级划分", "总分 85，等级“优”", "总分 85，等级“良”"),
    _rule("S314", "分值总和", "全部分值之和应为 100", "分值不足或超过 100 时，得分失去意义。",
          "财预〔2020〕10号", "分值合计 93", "分值合计 100"),
    _rule("S315", "定性指标档次", "达成 100–80%（含）、部分达成 80–60%（含）、未达成 60–0%",
          "定性指标按三档计分，得分应落在对应档次。", "财预〔2020〕10号；各地自评表说明",
          "“部分达成…”分值 10，得分 10", "“部分达成…”分值 10，得分 7"),
    _rule("S320", "分值得分修改建议", "改动最少的录入数据，使标签分值、分值合计与总分同时成立",
          "多处不符往往出自一处录错；程序只提出改动最少的改法。", "Fellegi–Holt 最少改动原则（统计部门数据审核）",
          "效益指标各行分值合计 23、总分差 7 分", "其中一行分值、得分由 2 改为 9 后各处相符"),
    _rule("S321", "得分录入差错（推定）", "唯一异常的一行得分改动后，总分相符",
          "总分与各行得分不符，而只有一行得分无故偏低或高于分值时，最可能是该行录错。",
          "Fellegi–Holt 最少改动原则（统计部门数据审核）",
          "分值 9、得分 6，未填原因，总分恰好少 3 分", "分值 9、得分 9"),
    _rule("S317", "定量指标填文字", "定量指标的实际完成值应填数字", "没有数字无法核算得分。",
          "已公开自评表中的常见差错", "目标≥95%，实际“完成”", "目标≥95%，实际“97%”"),
)  # fmt: skip
