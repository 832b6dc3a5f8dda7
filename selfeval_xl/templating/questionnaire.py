"""Layout of 社会公众满意度调查问卷统计表."""

from __future__ import annotations

from selfeval_xl.templating.layout import COUNT, FULL_MARK, RATE, SCORE, Check, Layout, Role

QUESTIONS = 10
_OPTIONS = ("A（非常满意）", "B（满意）", "C（一般）", "D（不满意）", "E（很不满意）")
_COEFFICIENTS = (1, 0.8, 0.6, 0.2, 0)
_NOTE = (
    "注：浅黄色格由单位填写；灰色斜体格由公式自动计算，请勿填写。占比＝选项人数÷合计人数；"
    "分数＝占比×选项系数×每题满分；每题满分＝100÷题目数。增减题目时请整组（三行）复制插入或删除。"
)


def questionnaire() -> Layout:
    """Return the layout: three rows for each question, then the totals and the final score."""
    page = Layout(
        "社会公众满意度调查问卷统计表",
        "questionnaire",
        (38.0, 9.0, 14.5, 14.5, 14.5, 14.5, 15.0, 13.0),
        height=23.0,
        frozen=(6, 2),
        repeated=(5, 5),
    )
    page.title("社会公众满意度调查问卷统计表")
    page.head(1, ("项目名称", Check.TEXT, None, 1, 4), ("评价年度", Check.YEAR, None, 1, 2))
    page.head(2, ("预算部门", Check.TEXT, None, 1, 4), ("实施单位", Check.TEXT, None, 1, 2))
    page.head(3, ("发放问卷数", Check.COUNT, None, 1, 4), ("有效问卷数", Check.COUNT, None, 1, 2))
    page.put(Role.LABEL, 4, 0, "选项系数")
    page.put(Role.LABEL, 4, 1, "系数")
    for offset, coefficient in enumerate(_COEFFICIENTS):
        page.entry(4, 2 + offset, Check.COEFFICIENT, coefficient)
    total = 6 + 3 * QUESTIONS
    questions = f'COUNTIF(B6:INDEX(B:B,ROW(B{total + 1})-1),"人数")'
    page.derived(
        4, 7, FULL_MARK, link=f"IF({questions}=0,0,100/{questions})", result=100 // QUESTIONS
    )
    page.pinned = (4,)
    page.constants = {f"*{100 // QUESTIONS}": "*$H$5"}
    page.labels(5, 0, "问卷题目及选项", "项目", *_OPTIONS, "合计人数")
    for row in (1, 2, 3, 4, 5):
        page.heights[row] = 25.0
    row = 6
    for number in range(1, QUESTIONS + 1):
        page.entry(row, 0, Check.REASON, f"{number}.", rows=3)
        _group(page, row)
        for column in range(2, 7):
            page.entry(row, column, Check.COUNT)
        row += 3
    page.put(Role.LABEL, row, 0, "合计", rows=3)
    _group(page, row)
    for column in range(2, 7):
        page.derived(row, column, COUNT)
    page.labels(row + 3, 0, "最终得分", "权重")
    page.put(Role.LABEL, row + 3, 2, columns=5)
    page.derived(row + 3, 7, SCORE)
    page.closing(row + 4, _NOTE)
    page.heights[row + 4] = 34.0
    return page


def _group(page: Layout, row: int) -> None:
    """Add the derived figures of a question or of the totals; its shares stay exact."""
    page.labels(row, 1, "人数")
    page.labels(row + 1, 1, "占比")
    page.labels(row + 2, 1, "分数")
    page.derived(row, 7, COUNT)
    for column in range(2, 7):
        page.derived(row + 1, column, RATE, exact=True)
        page.derived(row + 2, column, SCORE, exact=True)
    page.derived(row + 1, 7, RATE)
    page.derived(row + 2, 7, SCORE, exact=True)
