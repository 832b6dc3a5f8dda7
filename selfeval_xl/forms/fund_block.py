"""The fund rows of a self-evaluation: 年度资金总额 and what it consists of, column by column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selfeval_xl.forms.indicator_table import POINTS, SCORE
from selfeval_xl.labels import key, names, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

INITIAL = names(
    """
    年初预算数 年初预算 年初预算安排 年初预算金额 预算安排数
    """
)
BUDGET = names(
    """
    全年预算数 调整后预算数 全年预算 预算数 调整预算数 全年预算金额 调整后预算 全年调整预算数
    预算金额 调整后全年预算数 预算总额 年度预算数 调整后的预算数
    """
)
EXECUTED = names(
    """
    全年执行数 预算执行数 执行数 全年执行 实际执行数 全年支出数 实际支出数 支出数 全年实际支出数
    执行金额 全年执行金额 年度执行数 实际支出 全年执行数(支出数) 全年实际执行数
    """
)
RATE = names(
    """
    执行率 预算执行率 执行率% 执行率(%) 预算执行率% 资金执行率
    """
)
_COLUMNS = {
    "initial": INITIAL,
    "budget": BUDGET,
    "executed": EXECUTED,
    "points": POINTS,
    "rate": RATE,
    "score": SCORE,
}
AMOUNT_COLUMNS = ("initial", "budget", "executed")
_TOTAL_WORDS = names(
    """
    资金总额 资金合计 总额 预算资金总额 项目资金总额 合计 总计 资金总计
    """
)
_PART_WORDS = names(
    """
    财政拨款 一般公共预算 上年结转 结转资金 其他资金 财政资金 专户 单位资金 政府性基金 国有资本
    自筹资金 上级资金 中央资金 省级资金 市级资金 县级资金 本级资金 事业收入 经营收入 社会资金
    债券资金 往年结转 中央补助 省级补助 中央财政 省级财政 市级财政 县级财政 区级财政 地方财政
    地方资金 结余资金 区级资金 上级补助 本级财政
    """
)
_TOP_LEVEL = names(
    """
    财政拨款 一般公共预算拨款 上年结转 结转资金 其他资金 单位资金 专户管理资金 政府性基金
    国有资本
    """
)
_END_WORDS = names(
    """
    年度总体目标 总体目标 预期目标 一级指标 绩效指标 年度目标 资金管理 年度绩效目标 按收入性质
    按支出性质
    """
)


@dataclass(frozen=True, slots=True)
class FundRow:
    """A row of the block; ``part`` is ``total``, ``part``, ``detail`` or ``other``."""

    row: int
    label: str
    part: str


@dataclass(slots=True)
class FundBlock:
    """The header row, the column of each figure and the rows, total first."""

    header: int
    last: int
    columns: dict[str, int]
    rows: list[FundRow] = field(default_factory=list)

    def total(self) -> FundRow | None:
        """Return the row of 年度资金总额, None when there is none."""
        return next((row for row in self.rows if row.part == "total"), None)

    def cell(self, sheet: Sheet, row: int, column: str) -> Cell | None:
        """Return the (merge anchor) cell of a row's figure, None without such a column."""
        return sheet.anchor((row, self.columns[column])) if column in self.columns else None


_UNIT = re.compile(r"[(（:：](万元|亿元|千元|百元|元)")


def amount_unit(sheet: Sheet, block: FundBlock) -> str:
    """Return the money unit written in the block's headings (项目资金（万元）), "" when none is."""
    for row in (block.header, *(row.row for row in block.rows if row.part == "total")):
        for value in sheet.rows[row]:
            if isinstance(value, str) and (found := _UNIT.search(squash(value))):
                return found[1]
    return ""


def find_block(sheet: Sheet, first: int, stop: int) -> FundBlock | None:
    """Find the fund block between two rows; None when there is none."""
    for row in range(max(first, 0), min(stop, sheet.height)):
        columns = _columns(sheet, row)
        if "executed" in columns and ("budget" in columns or "initial" in columns):
            if "budget" not in columns:
                columns["budget"] = columns.pop("initial")
            return _read_rows(sheet, row, columns, stop)
    return None


def _columns(sheet: Sheet, row: int) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, value in enumerate(sheet.rows[row]):
        if not isinstance(value, str):
            continue
        name = key(value)
        for part, labels in _COLUMNS.items():
            if name in labels:
                columns.setdefault(part, column)
    return columns


def _read_rows(sheet: Sheet, header: int, columns: dict[str, int], stop: int) -> FundBlock:
    block = FundBlock(header, header, columns)
    left = min(columns[name] for name in AMOUNT_COLUMNS if name in columns)
    first = sheet.merge((header, left))[2] + 1
    for row in range(first, min(stop, sheet.height)):
        label = _label(sheet, row, left)
        name = key(label)
        if any(word in name for word in _END_WORDS):
            break
        if not name and not any(
            sheet.text((row, columns[part])) for part in AMOUNT_COLUMNS if part in columns
        ):
            continue
        block.rows.append(FundRow(row, label, _part(name, block)))
        block.last = row
    _settle_details(block)
    return block


def _label(sheet: Sheet, row: int, left: int) -> str:
    """Return the row's own label: the nearest text left of the figures that starts in this row."""
    for column in range(left - 1, -1, -1):
        text = sheet.text((row, column))
        if text:
            return text
    return ""


def _part(name: str, block: FundBlock) -> str:
    if any(word in name for word in _TOTAL_WORDS) and "其中" not in name and block.total() is None:
        return "total"
    return "part" if any(word in name for word in _PART_WORDS) else "other"


def _settle_details(block: FundBlock) -> None:
    """With rows of the standard form present, rows of other words are their details (其中)."""
    names = [row.label for row in block.rows if row.part == "part"]
    standard = [name for name in names if any(word in key(name) for word in _TOP_LEVEL)]
    if len(standard) < 2:
        return
    block.rows = [
        FundRow(row.row, row.label, "detail")
        if row.part == "part" and not any(word in key(row.label) for word in _TOP_LEVEL)
        else row
        for row in block.rows
    ]
