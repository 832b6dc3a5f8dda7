"""Where tables of indicator scores stand on a sheet: their levels, leaves, subtotals and totals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from selfeval_xl.forms.questionnaire_labels import words
from selfeval_xl.labels import key, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

POINTS = words(
    "权重 权重分 权重分值 标准分 标准分值 分值 满分 满分值 基准分 应得分 指标分值 指标权重 总分值 分数 配分 参考分值 设定分值 权重% 分值权重 "
    "标准分数 额定分 基础分 目标分 权数 赋分 分配分值"
)  # fmt: skip
SCORES = words(
    "得分 评分 评价得分 自评得分 自评分 实际得分 评定得分 评审得分 实得分 考核得分 最终得分 评估得分 复评得分 审核得分 评价分值 评分结果 "
    "单位自评分 自评分值 得分值 评价分 打分 实得分值 评价评分 自评评分 指标得分 得分情况 得分分值 绩效得分 单位自评得分 部门评价得分 财政评价得分"
)
DEDUCTIONS = words("扣分 扣分值 扣减分 失分 减分 扣除分 扣分分值 扣减分值 扣减 失分值 扣分数 丢分")
RATES = words("得分率 得分比率 得分率% 得分比例 指标得分率 评价得分率")
REASONS = re.compile(r"(?:扣分|失分|扣减|丢分|减分).*(?:原因|说明|理由|依据|情况|问题|事项)")
GRADES = words(
    "等级 评价等级 评定等级 绩效等级 自评等级 评价结果等级 绩效评价等级 考核等级 综合等级 评价级别"
)
TOTALS = words(
    "合计 总计 总分 总得分 合计得分 总评分 综合得分 共计 总合计 最终得分 总分合计 评价总分"
)
SUBTOTAL = re.compile(r"(?:^|.)(?:小计|分项合计)$")
_LEVEL = re.compile(
    r"(?:第?([一二三四五1-5])级)(?:评价|绩效|考核)?(?:指标|项目|内容)?(?:名称|体系)?"
)
_NAMES = words(
    "指标 项目 评价指标 指标名称 评价内容 考核内容 评价项目 考核指标 评分项目 指标项目 评价维度 绩效指标 考核项目 指标类别 评分指标 指标内容 "
    "评价类别 一级 评价要素 维度 指标类型 评分内容"
)
_FOREIGN = re.compile(
    r"指标值|完成值|目标值|预算数|执行数|执行率|决算|金额|资金|偏差|万元|人数|占比|完成情况|经费|题目|支出"
)
REMARK = re.compile(r"备注|注[:：]|说明[:：]|填表|填报|评价组|评价人|负责人|联系")
_HINT = re.compile("[级标目容度素型别]")
_NUMERALS = "一二三四五"
_LARGEST_GAP = 2


@dataclass(slots=True)
class LevelColumn:
    """An indicator level: its depth (1 …), its column and its own points and score columns."""

    depth: int
    column: int
    points: int | None = None
    score: int | None = None


@dataclass(slots=True)
class Columns:
    """The roles of a table's columns. The last level's points and scores are the leaves'."""

    levels: list[LevelColumn] = field(default_factory=list)
    points: int | None = None
    scores: list[int] = field(default_factory=list)
    deduction: int | None = None
    rate: int | None = None
    reason: int | None = None
    grade: int | None = None
    first_figure: int = 0


@dataclass(slots=True)
class Figures:
    """The figure cells of a row; None where it has no cell of its own (below a merge)."""

    points: Cell | None = None
    scores: list[Cell] = field(default_factory=list)
    deduction: Cell | None = None
    rate: Cell | None = None
    reason: Cell | None = None
    own: dict[int, tuple[Cell | None, Cell | None]] = field(default_factory=dict)
    """Points and score cells of the levels that have columns of their own, by level place."""


@dataclass(slots=True)
class Leaf:
    """A scored row, or several that share one merged points cell."""

    row: int
    name: str
    cell: Cell | None
    figures: Figures
    more_scores: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """An indicator above the leaves, with everything below it."""

    place: int
    name: str
    cell: Cell
    points: Cell | None = None
    score: Cell | None = None
    leaves: list[Leaf] = field(default_factory=list)
    children: list[Group] = field(default_factory=list)
    subtotal: Figures | None = None


@dataclass(slots=True)
class Table:
    """A table of indicator scores. ``groups`` holds the outermost level when there are several."""

    header_row: int
    first_body_row: int
    last_row: int
    columns: Columns
    extent: tuple[int, int]
    """First and last column of the table."""
    groups: list[Group] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    total: Figures | None = None
    grade: Cell | None = None
    failure: str = ""

    @property
    def detailed(self) -> bool:
        """Tell whether the table has more than one level."""
        return len(self.columns.levels) > 1


def find_tables(sheet: Sheet) -> list[Table]:
    """Return the tables of indicator scores of a sheet from top to bottom."""
    tables: list[Table] = []
    row = 0
    while row < sheet.height:
        table = _table(sheet, row) if _may_be_header(sheet.rows[row]) else None
        if table is not None:
            tables.append(table)
            row = table.last_row
        row += 1
    return tables


def _may_be_header(cells: list[object]) -> bool:
    """Tell, cheaply, whether a row has a heading of an indicator column."""
    return any(
        type(value) is str and len(value) < 16 and _HINT.search(value) and _names_level(value)
        for value in cells
    )


@lru_cache(maxsize=8192)
def _names_level(text: str) -> bool:
    name = _heading(text)
    return name in _NAMES or _LEVEL.fullmatch(name) is not None


def _table(sheet: Sheet, row: int) -> Table | None:
    labels, body = _labels(sheet, row)
    columns = _roles(labels)
    if columns is None or not columns.levels:
        return None
    names = set(labels.values())
    if any(_FOREIGN.search(name) for name in names if len(name) <= 12):
        return None
    marked = columns.deduction is not None or columns.rate is not None
    marked = marked or columns.reason is not None
    strong = len(columns.levels) > 1 or any(_LEVEL.fullmatch(name) for name in names)
    right = max(sheet.merge((row, column))[3] for column in labels)
    table = Table(row, body, row, columns, (min(labels), right))
    if columns.points is None or not columns.scores:
        if not (strong and marked):
            return None
        missing = "得分" if not columns.scores else "权重（分值）"
        table.failure = f"找不到“{missing}”列"
        table.last_row = body
        return table
    _read_body(sheet, table)
    if not table.leaves:
        return None
    if not _has_points(sheet, table) and (table.total is None or not marked):
        return None
    if strong or marked:
        return table
    return table if table.total is not None and len(columns.scores) == 1 and _plain(names) else None


def _plain(names: set[str]) -> bool:
    """Tell whether a one-level table without 扣分 or 得分率 is headed as indicators all the same."""
    return any("指标" in name for name in names)


def _has_points(sheet: Sheet, table: Table) -> bool:
    return any(
        leaf.figures.points is not None and starts_like_number(sheet.value(leaf.figures.points))
        for leaf in table.leaves
    )


# --- header -----------------------------------------------------------------------------------


def _labels(sheet: Sheet, row: int) -> tuple[dict[int, str], int]:
    """Return the headings by column, over one or two header rows, and the first body row."""
    two = _second_row(sheet, row)
    labels: dict[int, str] = {}
    for column in range(sheet.width):
        for place in (row + 1, row) if two else (row, row - 1):
            if place < 0:
                continue
            anchor = sheet.anchor((place, column))
            value = sheet.value(anchor)
            if type(value) is not str or not value.strip():
                continue
            if place == row - 1 and (anchor[0] != row - 1 or sheet.merge(anchor)[2] < row):
                continue
            if anchor[1] == column:
                labels[column] = _heading(value)
            break
    deepest = max((sheet.merge((row, column))[2] for column in labels), default=row)
    return labels, max(row + 2 if two else row + 1, deepest + 1)


def _second_row(sheet: Sheet, row: int) -> bool:
    """Tell whether the row below continues the header: it holds headings and no figures."""
    if row + 1 >= sheet.height:
        return False
    below = sheet.rows[row + 1]
    names = [_heading(value) for value in below if type(value) is str and len(value) < 24]
    if any(isinstance(value, int | float) or starts_like_number(value) for value in below):
        return False
    known = sum(
        name in POINTS
        or name in SCORES
        or name in DEDUCTIONS
        or name in RATES
        or _LEVEL.fullmatch(name) is not None
        for name in names
    )
    return known >= 1


@lru_cache(maxsize=8192)
def _heading(text: str) -> str:
    return key(text)


def _roles(labels: dict[int, str]) -> Columns | None:
    """Return the columns' roles, None when points, scores or levels are not to be seen at all."""
    columns = Columns()
    points: list[int] = []
    scores: list[int] = []
    weak: list[int] = []
    for column, name in labels.items():
        level = _LEVEL.fullmatch(name)
        if level:
            depth = _NUMERALS.find(level[1]) + 1 or int(level[1])
            columns.levels.append(LevelColumn(depth, column))
        elif name in POINTS:
            points.append(column)
        elif name in SCORES:
            scores.append(column)
        elif name in DEDUCTIONS and columns.deduction is None:
            columns.deduction = column
        elif name in RATES and columns.rate is None:
            columns.rate = column
        elif REASONS.fullmatch(name) and columns.reason is None:
            columns.reason = column
        elif name in GRADES:
            columns.grade = column
        elif name in _NAMES:
            weak.append(column)
    if not points and not scores:
        return None
    if not columns.levels and weak:
        columns.levels = [LevelColumn(1, weak[0])]
    columns.levels.sort(key=lambda level: level.depth)
    _own_columns(columns, points, scores)
    figures = [*points, *scores, columns.deduction, columns.rate]
    columns.first_figure = min(column for column in figures if column is not None)
    return columns


def _own_columns(columns: Columns, points: list[int], scores: list[int]) -> None:
    """Give each points and score column to the level left of it; the last level's are the leaves'."""
    if not columns.levels:
        return
    deepest = max(level.column for level in columns.levels)
    for column in points:
        owner = _owner(columns.levels, column)
        if (
            owner is None
            or owner.column == deepest
            or (len(points) == 1 and not _between(columns.levels, column))
        ):
            columns.points = column if columns.points is None else columns.points
        elif owner.points is None:
            owner.points = column
    for column in scores:
        owner = _owner(columns.levels, column)
        if owner is None or owner.column == deepest:
            columns.scores.append(column)
        elif owner.score is None:
            owner.score = column


def _owner(levels: list[LevelColumn], column: int) -> LevelColumn | None:
    left = [level for level in levels if level.column < column]
    return max(left, key=lambda level: level.column, default=None)


def _between(levels: list[LevelColumn], column: int) -> bool:
    return any(level.column > column for level in levels)


# --- body -------------------------------------------------------------------------------------


def _read_body(sheet: Sheet, table: Table) -> None:
    """Read groups, leaves, subtotals and the total down to the first row that is none of them."""
    open_groups: list[Group] = []
    gap = 0
    header = sheet.rows[table.header_row]
    total_row = _total_row(sheet, table)
    for row in range(table.first_body_row, sheet.height):
        if sheet.rows[row] == header:
            continue
        if _new_header(sheet, table, row):
            break
        figures = _figures(sheet, table, row)
        kind, column = _kind(sheet, table, open_groups, row)
        if kind == "grade":
            table.grade = table.grade or _beside(sheet, row, column)
            table.last_row = row
        elif kind == "total":
            table.total, table.last_row = figures, row
            if table.columns.grade is not None:
                table.grade = sheet.anchor((row, table.columns.grade))
            _grade_below(sheet, table)
            return
        elif kind == "subtotal":
            _close(table, open_groups, figures, column)
            table.last_row = row
        elif _has_figures(sheet, figures) or (
            row < total_row and _named_leaf(sheet, table, row, figures)
        ):
            gap = 0
            _take(sheet, table, open_groups, row, figures)
            table.last_row = row
        elif REMARK.match(_first_text(sheet, row)) and table.leaves:
            break
        else:
            _open(sheet, table, open_groups, row)
            gap += 1
            if gap > _LARGEST_GAP and row > total_row:
                break
    _grade_below(sheet, table)


def _new_header(sheet: Sheet, table: Table, row: int) -> bool:
    """Tell whether another table starts at a row."""
    cells = sheet.rows[row]
    names = [_heading(value) for value in cells if type(value) is str and len(value) < 16]
    levels = sum(_LEVEL.fullmatch(name) is not None for name in names)
    scored = any(name in SCORES for name in names)
    return (levels > 0 or scored) and any(name in POINTS or name in SCORES for name in names)


def _first_text(sheet: Sheet, row: int) -> str:
    """Return a row's first text, squashed."""
    texts = (value for value in sheet.rows[row] if type(value) is str and value.strip())
    return squash(next(texts, ""))


def _kind(sheet: Sheet, table: Table, open_groups: list[Group], row: int) -> tuple[str, int]:
    """Tell whether a row is the total, a subtotal, the grade or an ordinary one, and where it says so."""
    columns = table.columns
    outermost = columns.levels[0].column
    for column, value in enumerate(sheet.rows[row]):
        if type(value) is not str or len(value) > 30 or starts_like_number(value):
            continue
        name = _heading(value)
        if name in GRADES:
            return "grade", column
        if SUBTOTAL.search(name):
            return "subtotal", column
        if name in TOTALS:
            inside = column > outermost and table.detailed and bool(open_groups)
            if inside and column < columns.first_figure:
                return "subtotal", column
            return "total", column
        if name.endswith("合计") and open_groups and key(open_groups[0].name) in name:
            return "subtotal", column
        if column >= columns.levels[-1].column:
            break
    return "", 0


def _figures(sheet: Sheet, table: Table, row: int) -> Figures:
    columns = table.columns

    def own(column: int | None) -> Cell | None:
        if column is None:
            return None
        cell = sheet.anchor((row, column))
        return cell if cell == (row, column) else None

    scores = [cell for column in columns.scores if (cell := own(column)) is not None]
    figures = Figures(
        own(columns.points), scores, own(columns.deduction), own(columns.rate), own(columns.reason)
    )
    for place, level in enumerate(columns.levels):
        if level.points is not None or level.score is not None:
            figures.own[place] = own(level.points), own(level.score)
    return figures


def _has_figures(sheet: Sheet, figures: Figures) -> bool:
    cells = [figures.points, figures.deduction, *figures.scores]
    cells += [cell for pair in figures.own.values() for cell in pair]
    return any(cell is not None and sheet.value(cell) not in (None, "") for cell in cells)


def _named_leaf(sheet: Sheet, table: Table, row: int, figures: Figures) -> bool:
    """Tell whether a row without figures is a leaf still to be scored, as in a blank template."""
    if figures.points is None or not figures.scores:
        return False
    for level in table.columns.levels[-2:]:
        top, left, bottom, right = sheet.merge((row, level.column))
        if left == right and sheet.text((top, left)) and (top == row or bottom >= row):
            return True
    return False


def _total_row(sheet: Sheet, table: Table) -> int:
    """Return the row of the table's total, -1 when there is none before another table starts."""
    outermost = table.columns.levels[0].column
    for row in range(table.first_body_row, sheet.height):
        cells = sheet.rows[row]
        if cells != sheet.rows[table.header_row] and _new_header(sheet, table, row):
            break
        for value in cells[: outermost + 1]:
            if type(value) is str and len(value) < 16 and _heading(value) in TOTALS:
                return row
    return -1


def starts_like_number(value: object) -> bool:
    """Tell whether a value is a number or a text that is one but for a unit."""
    if isinstance(value, str):
        return re.match(r"\s*-?[\d０-９][\d.,，％%]*\s*[分%％]?\s*$", value) is not None
    return isinstance(value, int | float)


def _open(sheet: Sheet, table: Table, open_groups: list[Group], row: int) -> None:
    """Open the groups named in a row; those below a newly named one are closed."""
    levels = table.columns.levels
    for place, level in enumerate(levels[:-1]):
        anchor = sheet.anchor((row, level.column))
        text = sheet.text(anchor)
        if not text or anchor[1] != level.column:
            continue
        current = open_groups[place] if place < len(open_groups) else None
        if current is not None and (
            current.cell == anchor or (squash(current.name) == squash(text) and anchor[0] == row)
        ):
            continue
        del open_groups[place:]
        while len(open_groups) < place:
            filler = Group(len(open_groups), "", anchor)
            _attach(table, open_groups, filler)
        _attach(table, open_groups, Group(place, text, anchor))


def _attach(table: Table, open_groups: list[Group], group: Group) -> None:
    (open_groups[-1].children if open_groups else table.groups).append(group)
    open_groups.append(group)


def _take(sheet: Sheet, table: Table, open_groups: list[Group], row: int, figures: Figures) -> None:
    """Take a scored row: a leaf of its own, or more scores for the merged points above it."""
    _open(sheet, table, open_groups, row)
    for place, (points, score) in figures.own.items():
        if place < len(open_groups):
            group = open_groups[place]
            group.points = _first_filled(sheet, group.points, points)
            group.score = _first_filled(sheet, group.score, score)
    levels = table.columns.levels
    if figures.points is None and table.leaves and table.columns.points is not None:
        anchor = sheet.anchor((row, table.columns.points))
        last = table.leaves[-1]
        if last.figures.points == anchor:
            last.more_scores.extend(figures.scores)
            return
    anchor = sheet.anchor((row, levels[-1].column))
    leaf = Leaf(row, sheet.text(anchor), anchor if anchor[0] == row else None, figures)
    if not leaf.name and open_groups:
        leaf.name = open_groups[-1].name
    table.leaves.append(leaf)
    for group in open_groups:
        group.leaves.append(leaf)


def _first_filled(sheet: Sheet, known: Cell | None, cell: Cell | None) -> Cell | None:
    """Keep a group's first cell; a later one only when the first is blank and it is not."""
    if known is None or (cell is not None and not sheet.text(known) and sheet.text(cell)):
        return cell if cell is not None else known
    return known


def _close(table: Table, open_groups: list[Group], figures: Figures, column: int) -> None:
    """Give a subtotal row to the group it closes: the one left of its label."""
    levels = table.columns.levels
    place = sum(level.column < column for level in levels) - 1
    place = min(max(place, 0), len(open_groups) - 1)
    if place >= 0:
        open_groups[place].subtotal = figures
        del open_groups[place + 1 :]


def _beside(sheet: Sheet, row: int, column: int) -> Cell | None:
    """Return the text cell right of a label."""
    for place in range(sheet.merge((row, column))[3] + 1, len(sheet.rows[row])):
        if sheet.text((row, place)):
            return row, place
    return None


def _grade_below(sheet: Sheet, table: Table) -> None:
    """Look for the grade in the rows under the table."""
    if table.grade is not None:
        return
    for row in range(table.last_row + 1, min(table.last_row + 4, sheet.height)):
        for column, value in enumerate(sheet.rows[row]):
            if type(value) is str and len(value) < 16 and _heading(value) in GRADES:
                table.grade = _beside(sheet, row, column)
                if table.grade is not None:
                    table.last_row = row
                    return


def grade_above(sheet: Sheet, first: int, header: int) -> Cell | None:
    """Return the grade given in the head block above a table."""
    for row in range(first, header):
        for column, value in enumerate(sheet.rows[row]):
            if type(value) is str and len(value) < 16 and _heading(value) in GRADES:
                return _beside(sheet, row, column)
    return None


def all_groups(groups: list[Group]) -> Iterator[Group]:
    """Yield groups with everything below them, outermost first."""
    for group in groups:
        yield group
        yield from all_groups(group.children)
