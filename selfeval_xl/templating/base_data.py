"""Layouts of 部门整体支出绩效评价基础数据表 and 资金使用明细表."""

from __future__ import annotations

from selfeval_xl.templating.layout import AMOUNT, COUNT, RATE, Check, Layout, Role

SPECIAL_FUNDS = 3
DETAIL_ROWS = 12
_ADJUSTMENT = "部门基本支出预算调整"
_BASE_NOTE = (
    "注：浅黄色格由单位填写；灰色斜体格由公式自动计算，请勿填写。“项目支出”指基本支出以外的全部支出，"
    "“公用经费”指基本支出中的一般商品和服务支出，不小于其中各项之和。县级专项资金一个专项一行，可插入整行。"
)
_DETAIL_NOTE = (
    "注：浅黄色格由单位填写；灰色斜体格由公式自动计算，请勿填写。明细项目填县市区、单位或支出内容；"
    "行数不够时插入整行并向下复制公式，多余的整行删除，合计会自动跟随。"
)


def department_base_data() -> Layout:
    """Return the layout of 部门整体支出绩效评价基础数据表: three columns of two cells each."""
    page = Layout(
        "部门整体支出绩效评价基础数据表",
        "department_base_data",
        (32.0, 12.0, 12.0, 12.0, 12.0, 12.0, 14.0),
        frozen=(3, 0),
        height=28.0,
    )
    page.title("部门整体支出绩效评价基础数据表")
    page.head(1, ("预算部门", Check.TEXT, None, 1, 4), ("评价年度", Check.YEAR, None, 1, 1))
    page.head(2, ("金额单位", Check.UNIT, "万元", 1, 6))
    page.put(Role.LABEL, 3, 0, "财政供养人员情况（人）", rows=2)
    _three(page, 3, "编制数", "本年实际在职人数", "控制率")
    for column in (1, 3):
        page.entry(4, column, Check.COUNT, columns=2)
    page.derived(4, 5, RATE, columns=2)
    page.put(Role.LABEL, 5, 0, "经费控制情况（万元）")
    _three(page, 5, "上年决算数", "本年预算数", "本年决算数")
    lines = (
        ("“三公”经费", True),
        ("1、公务用车购置和维护经费", True),
        ("其中：公车购置", False),
        ("　　　公车运行维护", False),
        ("2、出国经费", False),
        ("3、公务接待", False),
        ("项目支出：", True),
        ("1、业务工作经费", False),
        ("2、运行维护经费", False),
        ("3、县级专项资金（一个专项一行）", True),
        *((f"（专项{number}）", False) for number in "一二三"[:SPECIAL_FUNDS]),
        ("公用经费", False),
        ("其中：办公经费", False),
        ("　　　水费、电费、差旅费", False),
        ("　　　会议费、培训费", False),
        ("政府采购金额", False),
        (_ADJUSTMENT, False),
    )
    row = 6
    for label, is_sum in lines:
        if label.startswith("（专项"):
            page.entry(row, 0, Check.REASON, label)
        else:
            page.put(Role.GROUP, row, 0, label, left=True)
        for column in (1, 3, 5):
            if is_sum:
                page.derived(row, column, AMOUNT, columns=2)
            else:
                check = Check.CHANGE if label == _ADJUSTMENT else Check.AMOUNT
                page.entry(row, column, check, columns=2)
        row += 1
    page.put(Role.LABEL, row, 0, "楼堂馆所控制情况\n（本年完工项目）", rows=2)
    page.labels(
        row, 1, "批复规模\n（m²）", "实际规模\n（m²）", "规模控制率", "预算投资\n（万元）",
        "实际投资\n（万元）", "投资概算\n控制率",
    )  # fmt: skip
    page.heights[row] = 38.0
    for column, check in ((1, Check.AREA), (2, Check.AREA), (4, Check.AMOUNT), (5, Check.AMOUNT)):
        page.entry(row + 1, column, check)
    for column in (3, 6):
        page.derived(row + 1, column, RATE)
    page.put(Role.LABEL, row + 2, 0, "厉行节约保障措施")
    page.entry(row + 2, 1, Check.REASON, columns=6)
    page.heights[row + 2] = 90.0
    page.closing(row + 3, _BASE_NOTE)
    page.heights[row + 3] = 34.0
    return page


def _three(page: Layout, row: int, *texts: str) -> None:
    for column, text in zip((1, 3, 5), texts, strict=True):
        page.put(Role.LABEL, row, column, text, columns=2)


def fund_detail() -> Layout:
    """Return the layout of 资金使用明细表: a line per place, unit or kind of spending."""
    page = Layout(
        "资金使用明细表",
        "fund_detail",
        (11.0, 36.0, 17.0, 17.0, 17.0, 17.0, 22.0),
        landscape=True,
        height=25.0,
        frozen=(5, 2),
        repeated=(4, 4),
    )
    page.title("资金使用明细表")
    page.put(Role.LABEL, 1, 0, "项目名称")
    page.entry(1, 1, Check.TEXT, columns=3)
    page.put(Role.LABEL, 1, 4, "评价年度")
    page.entry(1, 5, Check.YEAR, columns=2)
    page.put(Role.LABEL, 2, 0, "主管部门")
    page.entry(2, 1, Check.TEXT, columns=3)
    page.put(Role.LABEL, 2, 4, "实施单位")
    page.entry(2, 5, Check.TEXT, columns=2)
    page.put(Role.LABEL, 3, 0, "金额单位")
    page.entry(3, 1, Check.UNIT, "万元", columns=6)
    page.labels(
        4, 0, "序号", "明细项目", "补助人（户）数", "下达金额", "使用经费", "结余经费", "备注"
    )  # fmt: skip
    page.heights[4] = 26.0
    for row in range(5, 5 + DETAIL_ROWS):
        page.put(Role.GROUP, row, 0, row - 4)
        page.entry(row, 1, Check.REASON)
        page.entry(row, 2, Check.COUNT)
        page.entry(row, 3, Check.AMOUNT)
        page.entry(row, 4, Check.AMOUNT)
        page.derived(row, 5, AMOUNT)
        page.entry(row, 6, Check.REASON)
    row = 5 + DETAIL_ROWS
    page.put(Role.LABEL, row, 0, "合计", columns=2)
    page.derived(row, 2, COUNT)
    for column in (3, 4, 5):
        page.derived(row, column, AMOUNT)
    page.put(Role.LABEL, row, 6)
    page.put(Role.LABEL, row + 1, 0, "全年预计补助人（户）数", columns=2)
    page.entry(row + 1, 2, Check.COUNT)
    page.put(Role.LABEL, row + 1, 3, "任务完成率")
    page.derived(row + 1, 4, RATE)
    page.put(Role.LABEL, row + 1, 5, columns=2)
    page.closing(row + 2, _DETAIL_NOTE)
    page.heights[row + 2] = 34.0
    return page
