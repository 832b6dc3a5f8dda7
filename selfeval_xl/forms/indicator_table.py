"""The indicator table of a self-evaluation: targets, actuals, points and scores row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from selfeval_xl.forms.indicator_header import Header, read_header
from selfeval_xl.forms.shapes import ByShape, shape_of, without_names
from selfeval_xl.labels import key, label_points, squash
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

_TOTAL = re.compile(
    r"(?:自评|绩效|综合|合计|项目)?(?:总得?分|总分值|合计|总计|得分合计|合计得分|合计总分|总分合计|综合得分)"
    r"(?:值|\d+分?|分数?|得分|[(:].*)?|(?:单位)?自评(?:得分|总分|总得分)(?:合计)?"
)
_SUBTOTAL = re.compile(r".{0,12}小计\d*分?")
_CLOSING = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|其他需要?说明(?:的?(?:事项|问题|情况))?)(?:$|[:：\d一].*)"
    r"|(?:填[表报]人|填报?单位|联系电话|联系人|(?:单位|项目|财务|部门)?负责人|审核人|填表日期|填报日期)(?:$|[:：(].*)"
    r"|.{0,6}(?:评价|自评)结论.*|.{0,8}存在(?:的)?问题.*|.{0,4}改进措施.*|(?:偏差大|目标未完成).*"
)
_GRADE_LABEL = re.compile(r".{0,6}(?:等级|等次|结论|级别|档次)")
_GRADE = re.compile(r"(?:\(?.{0,4}等级\)?:?)?(优秀?|良好?|中等?|差|较差|合格|不合格)")
_LONGEST = 200  # longer texts are prose, not worth remembering
_MOST_BLANKS = 3
_MOST_AFTER = 5


@dataclass(slots=True)
class Group:
    """A first- or second-level indicator: the cell of its name and its rows in the table.

    ``points`` is the cell that states its points where the level has a column of its own.
    """

    cell: Cell
    name: str
    level: int
    rows: tuple[int, ...]
    points: Cell | None = None


@dataclass(slots=True)
class Indicator:
    """One row of the table. Cells are merge anchors; None where the table has no such column.

    ``groups`` are the cells that name its first- and second-level indicator. Without a column of
    points, ``points`` is the cell of the name when the name carries them.
    """

    row: int
    name: str
    cell: Cell
    groups: tuple[Cell | None, Cell | None]
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


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A row named 小计 or 合计 amid the table, and the indicator rows it sums."""

    row: int
    name: str
    points: Cell | None
    score: Cell | None
    rows: tuple[int, ...]


@dataclass(slots=True)
class IndicatorTable:
    """The rows from the header to the total row and what is stated right under it."""

    header: int
    first: int
    last: int
    columns: dict[str, int]
    head: Header
    indicators: list[Indicator] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    subtotals: list[Subtotal] = field(default_factory=list)
    total_row: int | None = None
    total_points: Cell | None = None
    total_score: Cell | None = None
    further_scores: list[Cell] = field(default_factory=list)
    """Cells under the total that state the total score again."""
    grade: Cell | None = None


def read_table(sheet: Sheet, head: Header, stop: int) -> IndicatorTable:
    """Read the rows under a header until the total row, a foot note or ``stop``."""
    known = _KNOWN.get(_shape(sheet, head, stop), lambda: _read_rows(sheet, head, stop))
    return replace(known, head=head, further_scores=list(known.further_scores))


_KNOWN: ByShape[IndicatorTable] = ByShape(64)
_FIGURES = ("target", "actual", "completion", "points", "score")


def _shape(sheet: Sheet, head: Header, stop: int) -> bytes | None:
    """Return what decides how a table is read: all but the figures in columns that name nothing.

    A header repeated in the last row may go on in the next, so the row at ``stop`` counts, too.
    """
    columns = head.columns
    figures = without_names(
        (*map(columns.get, _FIGURES), *head.other_targets),
        [column for part, column in columns.items() if part.startswith("level")],
        sheet.merges,
        head.row,
    )
    details = (
        head.last, stop, list(columns.items()), head.other_targets, head.other_reasons,
        list(head.level_points.items()),
    )  # fmt: skip
    return shape_of(sheet, head.row, stop + 1, figures, figures, *details)


def _read_rows(sheet: Sheet, head: Header, stop: int) -> IndicatorTable:
    table = IndicatorTable(head.row, head.last + 1, head.last, head.columns, head)
    blanks = 0
    for row in range(table.first, min(stop, sheet.height)):
        kind = _row_kind(sheet, row, table)
        if kind == "total" and _goes_on(sheet, row, table, stop):
            kind = "subtotal"
        if kind == "end":
            if _total_below(sheet, row, table, stop):
                continue
            break
        blanks = blanks + 1 if kind == "blank" else 0
        if blanks > _MOST_BLANKS:
            break
        if kind == "blank":
            continue
        table.last = row
        if kind == "total":
            _read_total(sheet, row, table)
            break
        if kind == "subtotal":
            _read_subtotal(sheet, row, table)
        elif kind == "indicator":
            table.indicators.append(_indicator(sheet, row, table))
    _read_after(sheet, table, stop)
    _read_groups(sheet, table)
    return table


def _name_column(columns: dict[str, int]) -> int:
    return columns.get("level3", columns.get("level2", columns.get("level1", 0)))


def _row_kind(sheet: Sheet, row: int, table: IndicatorTable) -> str:
    columns = table.columns
    again = read_header(sheet, row)
    if again is not None and again.columns == columns:
        return "header"
    name_column = _name_column(columns)
    figures = _has_figures(sheet, row, columns)
    for value in sheet.rows[row][: name_column + 1]:
        for kind in _label_kinds(value) if isinstance(value, str) else ():
            if (
                kind == "subtotal"
                or (kind == "total" and not _own_words(sheet, row, columns))
                or (kind == "end" and not figures)
            ):
                return kind
    if figures or (
        sheet.text(sheet.anchor((row, name_column)))
        and any(
            sheet.text((row, columns[part]))
            for part in ("target", "actual", "level3")
            if part in columns
        )
    ):
        return "indicator"
    return "blank"


_KINDS = (("subtotal", _SUBTOTAL), ("total", _TOTAL), ("end", _CLOSING))


def _label_kinds(text: str) -> tuple[str, ...]:
    """Return the rows other than an indicator's that a label may stand for."""
    return _read_kinds(text) if len(text) <= _LONGEST else _read_kinds.__wrapped__(text)


@lru_cache(maxsize=8192)
def _read_kinds(text: str) -> tuple[str, ...]:
    name = key(text)
    return tuple(kind for kind, pattern in _KINDS if pattern.fullmatch(name))


def _own_words(sheet: Sheet, row: int, columns: dict[str, int]) -> bool:
    """Tell whether a row has a target of its own, as no total has: it is an indicator."""
    cell = sheet.anchor((row, columns["target"]))
    return cell == (row, columns["target"]) and bool(sheet.text(cell)) and not _number(sheet, cell)


def _has_figures(sheet: Sheet, row: int, columns: dict[str, int]) -> bool:
    return any(
        sheet.value((row, columns[part])) not in (None, "")
        for part in ("points", "score")
        if part in columns
    )


def _number(sheet: Sheet, cell: Cell) -> bool:
    format_code = sheet.number_formats.get(cell, "General")
    return isinstance(read_quantity(sheet.value(cell), format_code), Quantity)


def _goes_on(sheet: Sheet, row: int, table: IndicatorTable, stop: int) -> bool:
    """Tell whether the row after a total is an indicator with points and a score of its own."""
    below, columns = row + 1, table.columns
    if below >= min(stop, sheet.height) or _row_kind(sheet, below, table) != "indicator":
        return False
    parts = [part for part in ("points", "score") if part in columns]
    return bool(
        sheet.text(sheet.anchor((below, _name_column(columns))))
        and sheet.text((below, columns["target"]))
        and parts
        and all(_number(sheet, (below, columns[part])) for part in parts)
    )


def _total_below(sheet: Sheet, row: int, table: IndicatorTable, stop: int) -> bool:
    """Tell whether a row of remarks stands between the indicators and their total."""
    kinds = (
        _row_kind(sheet, below, table) for below in range(row + 1, min(row + 3, stop, sheet.height))
    )
    return bool(table.indicators) and "total" in kinds


def _indicator(sheet: Sheet, row: int, table: IndicatorTable) -> Indicator:
    columns, head = table.columns, table.head
    cell = (row, _name_column(columns))
    anchor = sheet.anchor(cell)
    own = sheet.text(anchor)
    at = {part: sheet.anchor((row, column)) for part, column in columns.items()}
    target, actual = _filled(sheet, row, at.get("target"), head.other_targets), at.get("actual")
    merged = target is not None and target == actual
    points = at.get("points")
    if points is None and label_points(own) is not None:
        points = anchor
    first, level1 = _group(sheet, at.get("level1"), columns.get("level1", 0))
    second, level2 = _group(sheet, at.get("level2"), columns.get("level2", 0))
    return Indicator(
        row=row,
        name=" ".join(own.split()),
        cell=cell,
        groups=(first, second),
        level1=level1,
        level2=level2,
        target=target,
        actual=None if merged else actual,
        points=points,
        score=at.get("score"),
        reason=_filled(sheet, row, at.get("reason"), head.other_reasons),
        sign=at.get("sign"),
        unit=at.get("unit"),
        merged_actual=merged,
    )


def _filled(sheet: Sheet, row: int, cell: Cell | None, others: tuple[int, ...]) -> Cell | None:
    """Return a part's own cell, or the first of the other columns' when only that has content."""
    if not others or (cell is not None and sheet.text(cell)):
        return cell
    cells = (sheet.anchor((row, column)) for column in others)
    return next((other for other in cells if sheet.text(other)), cell)


def _group(sheet: Sheet, cell: Cell | None, column: int) -> tuple[Cell | None, str]:
    """Return the cell that names the group of a row's ``cell``, and the name.

    It is that cell itself or, where it is blank, the last one named above it.
    """
    if cell is None:
        return None, ""
    text = sheet.text(cell)
    while not text and cell[0] > 0:
        cell = sheet.anchor((cell[0] - 1, column))
        text = sheet.text(cell)
    return cell, squash(text)


def _read_groups(sheet: Sheet, table: IndicatorTable) -> None:
    for place, part in enumerate(("level1", "level2")):
        rows: dict[Cell, list[int]] = {}
        for indicator in table.indicators:
            cell = indicator.groups[place]
            if cell is not None and cell[0] >= table.first:
                rows.setdefault(cell, []).append(indicator.row)
        own = table.head.level_points.get(part)
        for cell, members in rows.items():
            points = None if own is None else sheet.anchor((cell[0], own))
            name = squash(sheet.text(cell))
            table.groups.append(Group(cell, name, place + 1, tuple(members), points))


def _read_subtotal(sheet: Sheet, row: int, table: IndicatorTable) -> None:
    columns = table.columns
    after = table.subtotals[-1].row if table.subtotals else table.first - 1
    table.subtotals.append(
        Subtotal(
            row,
            key(next((t for c in range(len(sheet.rows[row])) if (t := sheet.text((row, c)))), "")),
            _figure(sheet, row, columns.get("points")),
            _figure(sheet, row, columns.get("score")),
            tuple(one.row for one in table.indicators if one.row > after),
        )
    )


def _figure(sheet: Sheet, row: int, column: int | None) -> Cell | None:
    """Return the cell of a figure in a total row, None where the label covers it."""
    if column is None:
        return None
    cell = sheet.anchor((row, column))
    text = sheet.text(cell)
    return cell if not text or cell[1] == column or _number(sheet, cell) else None


def _read_total(sheet: Sheet, row: int, table: IndicatorTable) -> None:
    table.total_row = row
    columns = table.columns
    points = _figure(sheet, row, columns.get("points"))
    score = _figure(sheet, row, columns.get("score"))
    if points == score and score is not None:
        points = None
    table.total_points, table.total_score = points, score
    table.grade = _grade(sheet, row)


def _grade(sheet: Sheet, row: int) -> Cell | None:
    for column in range(len(sheet.rows[row])):
        if _GRADE.fullmatch(squash(sheet.text((row, column)))):
            return row, column
    return None


def _read_after(sheet: Sheet, table: IndicatorTable, stop: int) -> None:
    """Read the rows under the total that state the score again or give the grade."""
    if table.total_row is None:
        return
    for row in range(table.total_row + 1, min(table.total_row + _MOST_AFTER, stop, sheet.height)):
        cells = [(c, t) for c in range(len(sheet.rows[row])) if (t := sheet.text((row, c)))]
        if not cells:
            return
        label = key(cells[0][1])
        if _TOTAL.fullmatch(label):
            numbers = [(row, c) for c, _ in cells[1:] if _number(sheet, (row, c))]
            if len(numbers) == 1:
                if table.total_score is None or not sheet.text(table.total_score):
                    table.total_score = numbers[0]
                else:
                    table.further_scores.append(numbers[0])
                table.last = row
        elif not _GRADE_LABEL.fullmatch(label):
            return
        if table.grade is None and (grade := _grade(sheet, row)):
            table.grade = grade
            table.last = row
