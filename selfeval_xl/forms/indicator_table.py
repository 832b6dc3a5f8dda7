"""The indicator table of a self-evaluation: targets, actuals, points and scores row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selfeval_xl.labels import key, names, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

LEVEL_1 = frozenset({"一级指标"})
LEVEL_2 = frozenset({"二级指标", "二级"})
LEVEL_3 = names(
    """
    三级指标 指标名称 绩效指标名称 四级指标 三级指标名称 具体指标 指标内容
    """
)
TARGET = names(
    """
    年度指标值 指标值 年度目标值 目标值 预期指标值 计划指标值 年初指标值 年初目标值
    年度预期指标值 年度预期值 预期目标值 年度绩效指标值 年初设定指标值 年度指标目标值 预期值
    计划值 全年目标值 年度预期目标值 绩效指标值 指标目标值 设定指标值 年度指标 年初绩效指标值
    预设指标值 年初预期目标值 年度指标值(目标值) 全年指标值 年度计划值
    """
)
ACTUAL = names(
    """
    实际完成值 全年实际值 全年完成值 实际值 完成值 实际完成情况 完成情况 年度完成值
    实际完成指标值 实际完成 全年实际完成值 年度实际完成值 指标完成值 完成指标值 实际完成数
    全年实际完成情况 实际完成结果 年度指标完成值 指标实际完成值 年末完成值 全年完成情况
    指标完成情况 实际指标值 年度实际值 业绩值 完成结果
    """
)
POINTS = names(
    """
    分值 权重 权重分 标准分 指标分值 满分 分值权重 权重分值 指标权重 标准分值 分值或权重
    权重或分值 赋分 设定分值 权重% 参考分值 分数 指标分 分值(权重) 分
    """
)
SCORE = names(
    """
    得分 自评得分 评分 实际得分 自评分 自评分值 单位自评得分 评价得分 自评分数 指标得分
    部门自评得分 本次得分 得分情况 自评评分 单位自评分 得分值 项目得分
    """
)
SIGN = names(
    """
    指标性质 性质 计算符号 运算符号 符号 指标方向 绩效指标性质 比较符号
    """
)
UNIT = names(
    """
    度量单位 计量单位 单位 绩效度量单位 指标单位 指标值单位
    """
)
TOTAL = names(
    """
    总分 合计 总计 总得分 自评总分 合计得分 总分合计 自评得分合计 合计总分 得分合计 自评总得分
    综合得分 总分值
    """
)
_REASON_WORDS = names(
    """
    偏差 原因 改进措施 未完成
    """
)
_GRADES = names(
    """
    优 良 中 差 优秀 良好 合格 不合格 中等 较差
    """
)
_END_WORDS = names(
    """
    填表人 联系电话 联系人 单位负责人 填报人 注 说明 备注 填表说明 其他需要说明
    """
)

COLUMNS: dict[str, frozenset[str]] = {
    "level1": LEVEL_1,
    "level2": LEVEL_2,
    "level3": LEVEL_3,
    "target": TARGET,
    "actual": ACTUAL,
    "points": POINTS,
    "score": SCORE,
    "sign": SIGN,
    "unit": UNIT,
}


@dataclass(frozen=True, slots=True)
class Group:
    """A first- or second-level indicator: the cell of its name and its rows in the table."""

    cell: Cell
    name: str
    level: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the table. Cells are merge anchors; None where the table has no such column."""

    row: int
    name: str
    cell: Cell
    level1: str
    level2: str
    target: Cell | None
    actual: Cell | None
    points: Cell | None
    score: Cell | None
    reason: Cell | None
    sign: Cell | None = None
    unit: Cell | None = None
    merged_actual: bool = False
    """The actual shares one merged cell with the target."""


@dataclass(slots=True)
class IndicatorTable:
    """The rows from the header to the total row."""

    header: int
    first: int
    last: int
    columns: dict[str, int]
    indicators: list[Indicator] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    total_row: int | None = None
    total_points: Cell | None = None
    total_score: Cell | None = None
    grade: Cell | None = None


def find_headers(sheet: Sheet) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield the rows that head an indicator table, with the column of each part."""
    for row, cells in enumerate(sheet.rows):
        if not any(
            (isinstance(value, str) and "值" in value)
            or (isinstance(value, str) and "完成" in value)
            for value in cells
        ):
            continue
        columns = header_columns(sheet, row)
        if "target" in columns and "actual" in columns and {"level1", "level3"} & columns.keys():
            yield row, columns


def header_columns(sheet: Sheet, row: int) -> dict[str, int]:
    """Return the columns named in a header row and, where it is split, in the row below it."""
    columns: dict[str, int] = {}
    for column, value in enumerate(sheet.rows[row]):
        if isinstance(value, str) and (name := _column_name(value)):
            columns.setdefault(name, column)
    _split_target(sheet, row, columns)
    return columns


def _column_name(text: str) -> str | None:
    name = key(text)
    if not name or len(name) > 24:
        return None
    for column, labels in COLUMNS.items():
        if name in labels:
            return column
    if any(word in name for word in _REASON_WORDS):
        return "reason"
    return None


def _split_target(sheet: Sheet, row: int, columns: dict[str, int]) -> None:
    """A target merged over 性质 / 指标值 / 单位 has its value under 指标值 in the row below."""
    if "target" not in columns or row + 1 >= sheet.height:
        return
    merge = sheet.merge((row, columns["target"]))
    if merge[3] == merge[1]:
        return
    for column in range(merge[1], merge[3] + 1):
        name = _column_name(sheet.text((merge[2] + 1, column)))
        if name in ("sign", "unit", "target"):
            columns[name] = column


def read_table(sheet: Sheet, header: int, columns: dict[str, int], stop: int) -> IndicatorTable:
    """Read the rows under a header until the total row, a foot note or ``stop``."""
    table = IndicatorTable(header, _first_row(sheet, header, columns), header, columns)
    left = min(columns[name] for name in ("level1", "level2", "level3") if name in columns)
    name_column = columns.get("level3", columns.get("level2", columns.get("level1", left)))
    blanks = 0
    for row in range(table.first, min(stop, sheet.height)):
        kind = _row_kind(sheet, row, left, name_column, columns)
        if kind == "end":
            break
        if kind == "total":
            _read_total(sheet, row, table)
            table.last = row
            break
        if kind == "header":
            table.last = row
            continue
        if kind == "blank":
            blanks += 1
            if blanks > 3:
                break
            continue
        blanks = 0
        table.last = row
        table.indicators.append(_indicator(sheet, row, name_column, columns))
    _read_groups(sheet, table)
    return table


def _first_row(sheet: Sheet, header: int, columns: dict[str, int]) -> int:
    row = header + 1
    lowest = max(sheet.merge((header, column))[2] for column in columns.values())
    if lowest > header:
        return lowest + 1
    below = {_column_name(sheet.text((row, column))) for column in range(sheet.width)}
    return row + 1 if below & {"target", "sign"} and "actual" not in below else row


def _row_kind(sheet: Sheet, row: int, left: int, name_column: int, columns: dict[str, int]) -> str:
    if _column_name(sheet.text((row, columns["target"]))) == "target":
        return "header"
    texts = [sheet.text((row, column)) for column in range(0, name_column + 1)]
    for text in texts:
        name = key(text)
        if name in TOTAL or (name.startswith(("总分", "合计", "总计")) and len(name) <= 12):
            return "total"
        if name.startswith(tuple(_END_WORDS)) and texts and not _has_figures(sheet, row, columns):
            return "end"
    if _has_figures(sheet, row, columns) or (
        sheet.text(sheet.anchor((row, name_column)))
        and any(
            sheet.text((row, columns[part]))
            for part in ("target", "actual", "level3")
            if part in columns
        )
    ):
        return "indicator"
    return "blank"


def _has_figures(sheet: Sheet, row: int, columns: dict[str, int]) -> bool:
    return any(
        sheet.value((row, columns[part])) not in (None, "")
        for part in ("points", "score")
        if part in columns
    )


def _indicator(sheet: Sheet, row: int, name_column: int, columns: dict[str, int]) -> Indicator:
    def at(part: str) -> Cell | None:
        return sheet.anchor((row, columns[part])) if part in columns else None

    def name(part: str) -> str:
        return squash(_inherited(sheet, row, columns[part])) if part in columns else ""

    target, actual = at("target"), at("actual")
    merged = target is not None and target == actual
    return Indicator(
        row=row,
        name=" ".join(sheet.text(sheet.anchor((row, name_column))).split()),
        cell=(row, name_column),
        level1=name("level1"),
        level2=name("level2"),
        target=target,
        actual=None if merged else actual,
        points=at("points"),
        score=at("score"),
        reason=at("reason"),
        sign=at("sign"),
        unit=at("unit"),
        merged_actual=merged,
    )


def _inherited(sheet: Sheet, row: int, column: int) -> str:
    """Return a group name: of the merge, or of the nearest row above when left blank."""
    cell = group_cell(sheet, row, column)
    return sheet.text(cell)


def group_cell(sheet: Sheet, row: int, column: int) -> Cell:
    """Return the cell that names the group a row belongs to: its merge, or the last one named."""
    while row > 0 and not sheet.text(sheet.anchor((row, column))):
        row -= 1
    return sheet.anchor((row, column))


def _read_groups(sheet: Sheet, table: IndicatorTable) -> None:
    for level, part in ((1, "level1"), (2, "level2")):
        if part not in table.columns:
            continue
        rows: dict[Cell, list[int]] = {}
        for indicator in table.indicators:
            cell = group_cell(sheet, indicator.row, table.columns[part])
            if cell[0] >= table.first:
                rows.setdefault(cell, []).append(indicator.row)
        for cell, members in rows.items():
            table.groups.append(Group(cell, squash(sheet.text(cell)), level, tuple(members)))


def _read_total(sheet: Sheet, row: int, table: IndicatorTable) -> None:
    table.total_row = row
    columns = table.columns
    if "points" in columns:
        table.total_points = sheet.anchor((row, columns["points"]))
    if "score" in columns:
        table.total_score = sheet.anchor((row, columns["score"]))
    if table.total_points == table.total_score and "score" in columns:
        table.total_points = None
    for column in range(len(sheet.rows[row])):
        if sheet.text((row, column)) in _GRADES:
            table.grade = (row, column)
