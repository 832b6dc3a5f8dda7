"""Where tables of indicator scores stand on a sheet."""

from __future__ import annotations

import re
from functools import lru_cache

from selfeval_xl.forms.indicator_scores_columns import Columns, read_labels, roles
from selfeval_xl.forms.indicator_scores_labels import (
    FOREIGN,
    GRADES,
    LEVEL,
    LONGEST_HEADING,
    NAMES,
    POINTS,
    SCORES,
    starts_like_number,
)
from selfeval_xl.forms.indicator_scores_rows import (
    GRADE_BELOW,
    beside,
    body_end,
    read_body,
)
from selfeval_xl.forms.indicator_scores_table import Table
from selfeval_xl.forms.row_texts import row_texts
from selfeval_xl.forms.shapes import ByShape, shape_of, without_names
from selfeval_xl.labels import key
from selfeval_xl.workbooks.sheet import Cell, Sheet

_HINT = re.compile("[级标目容度素型别]")


def find_tables(sheet: Sheet) -> list[Table]:
    """Return the tables of indicator scores of a sheet from top to bottom."""
    tables: list[Table] = []
    texts = row_texts(sheet)
    row = 0
    while row < sheet.height:
        table = _table(sheet, row) if _may_be_header(texts[row], sheet.rows[row]) else None
        if table is not None:
            tables.append(table)
            row = table.last_row
        row += 1
    return tables


def _may_be_header(text: str, cells: list[object]) -> bool:
    """Tell, cheaply, whether a row has a heading of an indicator column; ``text`` is its texts."""
    return _HINT.search(text) is not None and any(
        _names_level(value)
        for value in cells
        if type(value) is str and len(value) <= LONGEST_HEADING
    )


@lru_cache(maxsize=8192)
def _names_level(text: str) -> bool:
    if not _HINT.search(text):
        return False
    name = key(text)
    return name in NAMES or LEVEL.fullmatch(name) is not None


def _table(sheet: Sheet, row: int) -> Table | None:
    labels, body = read_labels(sheet, row)
    columns = roles(labels)
    names = set(labels.values())
    if columns is None or not columns.levels or _foreign(names):
        return None
    marked = not (columns.deduction is None and columns.rate is None and columns.reason is None)
    strong = len(columns.levels) > 1 or any(LEVEL.fullmatch(name) for name in names)
    if columns.points is None or not columns.scores:
        missing = "权重（分值）" if columns.scores else "得分"
        table = _headed(sheet, row, body, labels, columns)
        table.failure, table.last_row = f"找不到“{missing}”列", body
        return table if strong and marked else None
    table = _KNOWN.get(
        _shape(sheet, row, body, labels, columns),
        lambda: read_body(sheet, _headed(sheet, row, body, labels, columns)),
    )
    if not _has_points(sheet, table) and (table.total is None or not marked):
        return None
    plain = table.total is not None and len(columns.scores) == 1 and _plain(names)
    return table if table.leaves and (strong or marked or plain) else None


def _headed(sheet: Sheet, row: int, body: int, labels: dict[int, str], columns: Columns) -> Table:
    """Return a table of which nothing but the header is read."""
    right = max(sheet.merge((row, column))[3] for column in labels)
    return Table(row, body, row, columns, (min(labels), right))


_KNOWN: ByShape[Table] = ByShape(64)


def _shape(
    sheet: Sheet, row: int, body: int, labels: dict[int, str], columns: Columns
) -> bytes | None:
    """Return what decides how a table is read: all but the numbers in its columns of figures."""
    levels = columns.levels
    own = [column for level in levels for column in (level.points, level.score)]
    figures = without_names(
        (columns.points, *columns.scores, columns.deduction, columns.rate, *own),
        [level.column for level in levels],
        sheet.merges,
        row,
    )
    header, end = sheet.rows[row], body_end(sheet, row, body)
    again = [place for place in range(body, end) if sheet.rows[place] == header]
    # The grade may stand below, where the figures of another table do not matter.
    below = shape_of(sheet, end, end + GRADE_BELOW, range(sheet.width))
    if below is None:
        return None
    return shape_of(sheet, row, end, figures, (), body, list(labels.items()), again, below)


def _foreign(names: set[str]) -> bool:
    """Tell whether a heading belongs to another form: targets, amounts, execution, head counts."""
    known = POINTS | SCORES | NAMES
    return any(FOREIGN.search(name) for name in names - known if len(name) <= 12)


def _plain(names: set[str]) -> bool:
    """Tell whether a one-level table without 扣分 or 得分率 is headed as indicators."""
    return any("指标" in name for name in names)


def _has_points(sheet: Sheet, table: Table) -> bool:
    return any(
        leaf.figures.points is not None and starts_like_number(sheet.value(leaf.figures.points))
        for leaf in table.leaves
    )


def grade_above(sheet: Sheet, first: int, header: int) -> Cell | None:
    """Return the grade given in the head block above a table."""
    for row in range(first, header):
        for column, value in enumerate(sheet.rows[row]):
            if type(value) is str and len(value) <= LONGEST_HEADING and key(value) in GRADES:
                return beside(sheet, row, column)
    return None
