"""What is asked of indicator scores besides their sums: weights, limits, reasons, the grade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl import exact
from selfeval_xl.findings import Finding, Level
from selfeval_xl.forms.form import Measure
from selfeval_xl.forms.indicator_scores import IndicatorScores
from selfeval_xl.forms.indicator_scores_table import Leaf, Table
from selfeval_xl.grades import grade_in, grade_of
from selfeval_xl.labels import key, squash
from selfeval_xl.rounding import plain, signed
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "indicator_scores"
_NO_REASON = frozenset(("", "无", "—", "-", "/", "--", "——", "\\", "0"))


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield the questions judged indicator scores raise; nothing for any other form."""
    body = judgement.form.body
    if not isinstance(body, IndicatorScores):
        return
    yield from _weights(judgement, body, settings)
    yield from _grade(judgement, body, settings)
    for table in body.tables:
        criteria = _criteria_column(judgement.form.sheet, table)
        for leaf in table.leaves:
            asked = (
                _limits(judgement, leaf),
                _reason(judgement, table, leaf),
                None if criteria is None else _criterion(judgement, criteria, leaf),
            )
            yield from (finding for finding in asked if finding is not None)


def _weights(judgement: Judgement, body: IndicatorScores, settings: Settings) -> Iterator[Finding]:
    """I205: the weights add to the full score, unless a points finding explains it already."""
    table = body.tables[-1]
    cells = [leaf.figures.points for leaf in table.leaves]
    values = [judgement.expected.get(cell) for cell in cells if cell is not None]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return
    total = exact.total(known)
    if total == settings.full_score or _explained(judgement, body):
        return
    main = body.main
    cell = main.total.points if main.total is not None else None
    cell = cell or next(cell for cell in reversed(cells) if cell is not None)
    yield question(
        judgement.form,
        cell,
        "I205",
        "权重合计",
        f"各项权重之和为 {plain(total)}，不等于 {plain(settings.full_score)}，"
        f"相差 {signed(total - settings.full_score)}。",
        calculation=_addition(known, total),
        advice="请核对各指标权重；如为部分指标的得分表，请注明。",
    )


def _explained(judgement: Judgement, body: IndicatorScores) -> bool:
    """Tell whether a finding at a points cell already questions the weights."""
    points = {a1(c) for c, f in judgement.form.fields.items() if f.measure is Measure.POINTS}
    return any(finding.cell in points for finding in judgement.findings)


def _addition(values: list[Fraction], total: Fraction) -> str:
    texts = [plain(value) for value in values]
    if len(texts) > 8:
        texts = [*texts[:3], "…", texts[-1]]
    return f"{' + '.join(texts)} = {plain(total)}"


def _grade(judgement: Judgement, body: IndicatorScores, settings: Settings) -> Iterator[Finding]:
    """I206: the grade fits the recomputed total score."""
    form = judgement.form
    cell, score_cell = form.figures.get("grade"), form.figures.get("score")
    score = judgement.expected.get(score_cell) if score_cell is not None else None
    if cell is None or score is None:
        return
    given = grade_in(form.sheet.text(cell), settings.grade_names)
    expected = grade_of(score, settings)
    if given is None or given == expected:
        return
    yield question(
        form,
        cell,
        "I206",
        "等级",
        f"等级填“{form.sheet.text(cell)}”，总分 {plain(score)} 对应“{expected}”。",
        expected=expected,
        calculation=_limits_of(settings),
        advice="请更正等级，或说明所用的划分标准。",
    )


def _limits_of(settings: Settings) -> str:
    parts = [f"{name} ≥ {plain(least)}" for name, least in settings.grades[:-1]]
    last, least = settings.grades[-1][0], settings.grades[-2][1]
    return "，".join([*parts, f"{last} < {plain(least)}"])


def _limits(judgement: Judgement, leaf: Leaf) -> Finding | None:
    """I301: 0 ≤ 得分 ≤ 权重."""
    points = _value(judgement, leaf.figures.points)
    cells = [*leaf.figures.scores[:1], *leaf.more_scores]
    values = [value for cell in cells if (value := _value(judgement, cell)) is not None]
    if not values:
        return None
    score, name = values[0] if len(values) == 1 else exact.total(values), squash(leaf.name)
    if any(value.numerator < 0 for value in values):
        message = f"“{name}”得分为负数（{plain(min(values))}）。"
    elif points is not None and exact.compare(score, points) > 0:
        message = f"“{name}”得分 {plain(score)} 超过权重 {plain(points)}。"
    else:
        return None
    return question(
        judgement.form,
        cells[0],
        "I301",
        f"{name}/得分",
        message,
        advice="请核对得分或权重。",
    )


def _reason(judgement: Judgement, table: Table, leaf: Leaf) -> Finding | None:
    """I302: points were taken off, the reason column is there and is blank."""
    form = judgement.form
    cell = leaf.figures.reason
    if table.columns.reason is None or cell is None:
        return None
    points, score = _value(judgement, leaf.figures.points), None
    if leaf.figures.scores:
        score = _value(judgement, leaf.figures.scores[0])
    if points is None or score is None or leaf.more_scores:
        return None
    if exact.compare(score, points) >= 0 or score.numerator < 0:
        return None
    if squash(form.sheet.text(cell)) not in _NO_REASON:
        return None
    name = squash(leaf.name)
    return question(
        form,
        cell,
        "I302",
        f"{name}/扣分原因",
        f"“{name}”权重 {plain(points)}，得分 {plain(score)}，扣 {plain(points - score)} 分，"
        "未填扣分原因。",
        advice="请补填扣分原因。",
    )


# “计8分”, “满分10分”, “得3分”, but no limits such as “得90分以上” and no deductions.
_MARK = re.compile(r"(?:计|得|满分为?)(\d+(?:\.\d+)?)分(?!以上|以下|及|之|制|[~\-—至])")
_CRITERIA = re.compile(r"^(?:评分|计分|评价|打分)(?:标准|细则|办法|方法|规则)$")


def _criteria_column(sheet: Sheet, table: Table) -> int | None:
    for column in range(*table.extent):
        if _CRITERIA.match(key(sheet.text(sheet.anchor((table.header_row, column))))):
            return column
    return None


def _criterion(judgement: Judgement, column: int, leaf: Leaf) -> Finding | None:
    """I303: the criterion gives more points than the indicator has: copied from another form."""
    sheet, points_cell = judgement.form.sheet, leaf.figures.points
    points = _value(judgement, points_cell)
    if points_cell is None or not points:
        return None
    cell = sheet.anchor((points_cell[0], column))
    if cell[0] != points_cell[0] or sheet.merge(cell)[2] > points_cell[0]:
        return None  # one criterion over several indicators
    marks = [Fraction(found) for found in _MARK.findall(squash(sheet.text(cell)))]
    if not marks or max(marks) <= points:
        return None
    name = squash(leaf.name)
    return question(
        judgement.form,
        cell,
        "I303",
        f"{name}/评分标准",
        f"“{name}”权重 {plain(points)}，评分标准中最高计 {plain(max(marks))} 分。",
        level=Level.INFO,
        advice="请核对评分标准是否套用了其他表格。",
    )


def _value(judgement: Judgement, cell: Cell | None) -> Fraction | None:
    return None if cell is None else judgement.expected.get(cell)


RULES: tuple[Rule, ...] = (
    Rule(
        code="I205",
        name="权重合计",
        form=_FORM,
        level=Level.REVIEW,
        truth="各项权重之和应为 100",
        why="权重不足或超过 100，总分就不是百分制，等级也无从判定。",
        source="预算绩效管理信息系统指标分值校验",
        safe=False,
        wrong="决策 20、管理 20、绩效 58，合计 98",
        right="决策 20、管理 20、绩效 60，合计 100",
    ),
    Rule(
        code="I206",
        name="评价等级",
        form=_FORM,
        level=Level.REVIEW,
        truth="等级应与总分对应",
        why="等级用于结果应用；总分改动后等级往往忘记随之更改。",
        source="财政部预算绩效评价等级划分：优 90 分以上，良 80 分以上，中 60 分以上，差 60 分以下",
        safe=False,
        wrong="总分 88.50，等级填“优”",
        right="总分 88.50，等级为“良”",
    ),
    Rule(
        code="I301",
        name="得分范围",
        form=_FORM,
        level=Level.REVIEW,
        truth="0 ≤ 得分 ≤ 权重",
        why="得分最高不能超过该指标的分值上限，也不应为负数。",
        source="项目支出绩效自评表填表说明：得分最高不能超过该指标分值上限",
        safe=False,
        wrong="权重 5，得分 6",
        right="权重 5，得分 5",
    ),
    Rule(
        code="I302",
        name="扣分原因",
        form=_FORM,
        level=Level.REVIEW,
        truth="有扣分的指标应填写扣分原因",
        why="没有原因的扣分无法整改，也无法复核。",
        source="预算绩效管理信息系统：得分低于分值须填写理由及依据",
        safe=False,
        wrong="权重 4，得分 2.5，扣分原因空白",
        right="权重 4，得分 2.5，扣分原因：绩效目标未细化量化",
    ),
    Rule(
        code="I303",
        name="评分标准满分",
        form=_FORM,
        level=Level.INFO,
        truth="评分标准中的最高分不应大于该指标的权重",
        why="评分标准多由其他表格套用而来，权重改了而标准没有改，打分就没有依据。",
        source="湖南省部门整体支出绩效评价指标表（已公开表格中的常见差错）",
        safe=False,
        wrong="权重 5，评分标准“控制率 ≤100% 的，计8分”",
        right="权重 5，评分标准“控制率 ≤100% 的，计5分”",
    ),
)
