"""Layout of 指标体系评分表: indicators of four levels and the first-level summary under them."""

from __future__ import annotations

from selfeval_xl.templating.layout import PLAIN, RATE, SCORE, Check, Layout, Role

# First level → second → third → number of fourth-level rows, as the published reports have them.
_SYSTEM: tuple[tuple[str, tuple[tuple[str, tuple[tuple[str, int], ...]], ...]], ...] = (
    (
        "A项目决策",
        (
            ("A1项目立项", (("A11立项依据充分性", 1), ("A12立项程序规范性", 1))),
            ("A2绩效目标", (("A21绩效目标合理性", 1), ("A22绩效指标明确性", 1))),
            ("A3资金投入", (("A31预算编制科学性", 1), ("A32资金分配合理性", 1))),
        ),
    ),
    (
        "B项目管理",
        (
            ("B1资金管理", (("B11资金到位率", 1), ("B12预算执行率", 1), ("B13资金使用合规性", 1))),
            ("B2组织实施", (("B21管理制度健全性", 1), ("B22制度执行有效性", 1))),
        ),
    ),
    (
        "C项目绩效",
        (
            (
                "C1项目产出",
                (("C11产出数量", 2), ("C12产出质量", 1), ("C13产出时效", 1), ("C14产出成本", 1)),
            ),
            ("C2项目效益", (("C21社会效益", 1), ("C22可持续影响", 1))),
            ("C3满意度", (("C31服务对象满意度", 1),)),
        ),
    ),
)  # fmt: skip
_NOTE = (
    "注：浅黄色格由单位填写；灰色斜体格由公式自动计算，请勿填写。权重合计应为 100。"
    "四级指标可在本组中间插入整行，多余的整行删除，合计会自动跟随。"
)


def indicator_scores() -> Layout:
    """Return the layout; the summary's weights and scores add up the rows of their indicator."""
    page = Layout(
        "指标体系评分表",
        "indicator_scores",
        (11.0, 13.0, 18.0, 22.0, 9.0, 24.0, 9.0, 9.0, 18.0),
        frozen=(5, 0),
        repeated=(4, 4),
        height=24.0,
    )
    page.title("指标体系评分表")
    page.head(1, ("项目名称", Check.TEXT, None, 1, 4), ("评价年度", Check.YEAR, None, 1, 3))
    page.head(2, ("主管部门", Check.TEXT, None, 1, 4), ("实施单位", Check.TEXT, None, 1, 3))
    page.head(3, ("自评等级", Check.GRADE, None, 1, 4))
    page.put(Role.LABEL, 3, 5, columns=4)
    page.labels(
        4, 0, "一级指标", "二级指标", "三级指标", "四级指标", "权重", "评分标准", "得分", "扣分",
        "扣分原因",
    )  # fmt: skip
    page.heights[4] = 28.0
    row = 5
    for level1, seconds in _SYSTEM:
        first = row
        for level2, thirds in seconds:
            start = row
            for level3, count in thirds:
                page.put(Role.GROUP, row, 2, level3, rows=count, left=True)
                for _ in range(count):
                    _line(page, row)
                    row += 1
            page.put(Role.GROUP, start, 1, level2, rows=row - start)
        page.put(Role.GROUP, first, 0, level1, rows=row - first)
    page.put(Role.LABEL, row, 0, "合计", columns=4)
    page.derived(row, 4, PLAIN)
    page.put(Role.LABEL, row, 5)
    page.derived(row, 6, SCORE)
    page.derived(row, 7, SCORE)
    page.put(Role.LABEL, row, 8)
    _summary(page, row + 2, [level1 for level1, _ in _SYSTEM])
    return page


def _line(page: Layout, row: int) -> None:
    page.entry(row, 3, Check.REASON)
    page.entry(row, 4, Check.WEIGHT)
    page.entry(row, 5, Check.REASON)
    page.entry(row, 6, Check.SCORE)
    page.derived(row, 7, SCORE)
    page.entry(row, 8, Check.REASON)
    page.heights[row] = 32.0


def _summary(page: Layout, row: int, names: list[str]) -> None:
    page.put(Role.LABEL, row, 0, "一级指标得分情况", columns=5)
    page.heights[row] = 26.0
    page.labels(row + 1, 0, "一级指标", "权重分", "得分", "扣分", "得分率")
    page.heights[row + 1] = 24.0
    line = row + 2
    for level1 in names:
        page.put(Role.GROUP, line, 0, level1)
        page.derived(line, 1, PLAIN)
        page.derived(line, 2, SCORE)
        page.derived(line, 3, SCORE)
        page.derived(line, 4, RATE)
        line += 1
    page.put(Role.LABEL, line, 0, "合计")
    page.derived(line, 1, PLAIN)
    for column in (2, 3):
        page.derived(line, column, SCORE)
    page.derived(line, 4, RATE)
    page.closing(line + 1, _NOTE)
    page.heights[line + 1] = 34.0
