"""Layouts of 项目支出绩效自评表 and 部门整体支出绩效自评表."""

from __future__ import annotations

from selfeval_xl.templating.layout import AMOUNT, PLAIN, RATE, SCORE, Check, Layout, Role

_NOTE = (
    "注：浅黄色格由单位填写；灰色斜体格由公式自动计算，请勿填写。各一级指标的分值可按本级财政部门规定调整"
    "（改括号内的数字）；三级指标不够时请在本组中间插入整行，多余的整行删除。"
)
_INDICATOR_HEADINGS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
)
Groups = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
_GROUPS: Groups = (
    ("产出指标\n（30分）", (("数量指标", 4), ("质量指标", 2), ("时效指标", 2))),
    (
        "效益指标\n（30分）",
        (
            ("经济效益指标", 1),
            ("社会效益指标", 2),
            ("生态效益指标", 1),
            ("可持续影响指标", 1),
        ),
    ),
    ("满意度指标\n（10分）", (("服务对象满意度指标", 1),)),
    (
        "成本指标\n（20分）",
        (("经济成本指标", 1), ("社会成本指标", 1), ("生态环境成本指标", 1)),
    ),
)
_WIDTHS = (9.0, 12.0, 15.0, 23.0, 15.5, 15.5, 8.0, 9.5, 20.0)


def project_self_evaluation() -> Layout:
    """Return the layout of 项目支出绩效自评表 (the layout of the published table with a head)."""
    page = Layout(
        "项目支出绩效自评表", "project_self_evaluation", _WIDTHS, height=26.0, frozen=(3, 0)
    )
    page.title("项目支出绩效自评表")
    page.head(1, ("评价年度", Check.YEAR, None, 2, 3), ("金额单位", Check.UNIT, "万元", 1, 3))
    page.head(2, ("项目名称", Check.TEXT, None, 2, 7))
    page.head(3, ("主管部门", Check.TEXT, None, 2, 3), ("实施单位", Check.TEXT, None, 1, 3))
    page.put(Role.LABEL, 4, 0, "项目资金\n（万元）", rows=5)
    page.put(Role.LABEL, 4, 1, columns=2)
    page.labels(4, 3, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    rows = ("年度资金总额", "其中：当年财政拨款", "　　　上年结转资金", "　　　其他资金")
    for row, label in enumerate(rows, start=5):
        page.put(Role.GROUP, row, 1, label, columns=2, left=row > 5)
    for column in (3, 4, 5):
        page.derived(5, column, AMOUNT)
        for row in (6, 7, 8):
            page.entry(row, column, Check.AMOUNT)
    _execution(page, 5)
    for row in (6, 7, 8):
        for column in (6, 7, 8):
            page.put(Role.LABEL, row, column, "—")
    _goals(page, 9)
    _indicators(page, 11)
    return page


def department_self_evaluation() -> Layout:
    """Return the layout of 部门整体支出绩效自评表; each part of the funds has its own cell."""
    page = Layout(
        "部门整体支出绩效自评表",
        "department_self_evaluation",
        _WIDTHS,
        height=26.0,
        frozen=(3, 0),
    )
    page.title("部门整体支出绩效自评表")
    page.head(1, ("评价年度", Check.YEAR, None, 2, 3), ("金额单位", Check.UNIT, "万元", 1, 3))
    page.head(2, ("预算部门名称", Check.TEXT, None, 2, 7))
    page.put(Role.LABEL, 3, 0, "年度预算\n申请\n（万元）", rows=7)
    page.put(Role.LABEL, 3, 1, columns=2)
    page.labels(3, 3, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    page.put(Role.GROUP, 4, 1, "年度资金总额", columns=2)
    for column in (3, 4, 5):
        page.entry(4, column, Check.AMOUNT)
    _execution(page, 4)
    income = (
        "按收入性质分：",
        "其中：一般公共预算：",
        "　　　政府性基金拨款：",
        "　　　纳入专户管理的非税收入拨款：",
        "　　　其他资金：",
    )
    spending = ("按支出性质分：", "其中：基本支出：", "　　　项目支出：")
    for row, label in enumerate(income, start=5):
        page.put(Role.GROUP, row, 1, label, columns=2, left=True)
        _part(page, row, 3, 1, first=row == 5)
    for row, label in enumerate(spending, start=5):
        page.put(Role.GROUP, row, 4, label, columns=2, left=True)
        _part(page, row, 6, 3, first=row == 5)
    for row in (8, 9):
        page.put(Role.LABEL, row, 4, columns=5)
    for row in range(5, 10):
        page.heights[row] = 32.0
    _goals(page, 10)
    _indicators(page, 12)
    return page


def _part(page: Layout, row: int, column: int, columns: int, *, first: bool) -> None:
    if first:
        page.derived(row, column, AMOUNT, columns=columns)
    else:
        page.entry(row, column, Check.AMOUNT, columns=columns)


def _execution(page: Layout, row: int) -> None:
    page.entry(row, 6, Check.POINTS, 10)
    page.derived(row, 7, RATE)
    page.derived(row, 8, SCORE)


def _goals(page: Layout, row: int) -> None:
    page.put(Role.LABEL, row, 0, "年度\n总体目标", rows=2)
    page.put(Role.LABEL, row, 1, "预期目标", columns=4)
    page.put(Role.LABEL, row, 5, "实际完成情况", columns=4)
    for column in (1, 5):
        page.entry(row + 1, column, Check.REASON, columns=4)
    page.heights[row + 1] = 120.0


def _indicators(page: Layout, row: int) -> None:
    first = row
    page.repeated = (row, row)
    page.labels(row, 1, *_INDICATOR_HEADINGS)
    page.heights[row] = 32.0
    row += 1
    for level1, groups in _GROUPS:
        page.put(Role.GROUP, row, 1, level1, rows=sum(count for _, count in groups))
        for level2, count in groups:
            page.put(Role.GROUP, row, 2, level2, rows=count)
            for _ in range(count):
                page.entry(row, 3, Check.REASON)
                for column, check in enumerate(
                    (Check.TARGET, Check.ACTUAL, Check.POINTS, Check.SCORE, Check.REASON), start=4
                ):
                    page.entry(row, column, check)
                page.heights[row] = 40.0 if len(groups) == 1 and count == 1 else 34.0
                row += 1
    page.put(Role.LABEL, first, 0, "绩效\n指标", rows=row - first)
    page.put(Role.LABEL, row, 0, "总分", columns=6)
    page.derived(row, 6, PLAIN)
    page.derived(row, 7, SCORE)
    page.put(Role.LABEL, row, 8)
    page.put(Role.LABEL, row + 1, 0, "自评等级", columns=6)
    page.entry(row + 1, 6, Check.GRADE, columns=3)
    page.closing(row + 2, _NOTE)
    page.heights[row + 2] = 34.0
