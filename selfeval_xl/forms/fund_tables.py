"""Finding fund tables on a sheet, and leaving alone what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selfeval_xl.forms.fund_header import (
    DEEPEST_HEADER,
    LONGEST_HEADING,
    OWN_TITLE,
    STRONG_TITLE,
    depth_of,
    is_column_line,
    is_header,
    is_title,
    read_headings,
    titles,
    unit_line,
)
from selfeval_xl.forms.fund_headings import FOREIGN_WORDS, QUANTITY_WORDS, Heading, Role
from selfeval_xl.forms.fund_rows import (
    body_lines,
    find_name_column,
    name_rows,
    read_columns,
    read_row,
    settle_kinds,
)
from selfeval_xl.forms.fund_table import (
    Body,
    FundTable,
    contents,
    explicit_columns,
    is_number,
    is_total,
    labels_total,
    total_label,
)
from selfeval_xl.forms.row_texts import row_texts
from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Sheet

_FOREIGN_LINE = re.compile(
    r"绩效指标|[一二三]级指标|年度资金总额|总体目标|指标值|“三公”|三公经费|编制数|预算执行情况"
)

_TITLE_ROWS = 8
_MOST_HEAD = 40
"""Rows without figures that may be a form's head block; a header further down is not looked for."""
_LOOSE = ("备注", "说明")
_SUMMED = (Role.AMOUNT, Role.COUNT)


def find_tables(sheet: Sheet) -> Iterator[FundTable]:
    """Yield the fund tables of a sheet from top to bottom."""
    lines = ["".join(text.split()) for text in row_texts(sheet)]
    if not _may_hold_table("\n".join(lines)):
        return
    row, above = 0, 0
    while row < sheet.height - 1:
        table = _table_at(sheet, lines, row, above) if _may_be_header(lines, row) else None
        if table is None:
            row += 1
            continue
        table = _clearer_below(sheet, lines, table, above)
        yield table
        row = above = table.last + 1


def _clearer_below(sheet: Sheet, lines: list[str], table: FundTable, above: int) -> FundTable:
    """Return the table again with a lower header when the rows found are but its head block."""
    figures = [row.index for row in table.rows if row.figures]
    best, score = table, len(explicit_columns(table))
    end = min(figures, default=table.first)
    for row in range(table.first, min(end, table.first + _MOST_HEAD)):
        if not _may_be_header(lines, row):
            continue
        other = _table_at(sheet, lines, row, above)
        if other is not None and len(explicit_columns(other)) > score:
            best, score = other, len(explicit_columns(other))
    return best


def _may_hold_table(text: str) -> bool:
    """Reject most other sheets at once: no money word or neither a total nor a table title."""
    return QUANTITY_WORDS.search(text) is not None and (
        "计" in text or STRONG_TITLE.search(text) is not None
    )


def _may_be_header(lines: list[str], row: int) -> bool:
    """Tell from the rows' bare texts whether a header may begin in a row."""
    line = lines[row]
    if "|" not in line or FOREIGN_WORDS.search(line):
        return False
    if len(line) > LONGEST_HEADING and max(map(len, line.split("|"))) > LONGEST_HEADING:
        return False
    return any(map(QUANTITY_WORDS.search, lines[row : row + DEEPEST_HEADER]))


def _table_at(sheet: Sheet, lines: list[str], row: int, above: int) -> FundTable | None:
    cells = contents(sheet, row)
    if not is_header(cells) or is_title(sheet, row, cells):
        return None
    depth = depth_of(sheet, row)
    texts = "|".join(squash(str(v)) for r in range(row, row + depth) for _, v in contents(sheet, r))
    if not QUANTITY_WORDS.search(texts) or FOREIGN_WORDS.search(texts):
        return None
    headings = read_headings(sheet, row, depth)
    if sum(1 for found in headings.values() if found.path) < 2:
        return None
    named = sum(found.explicit and found.role in _SUMMED for found in headings.values())
    if not named:
        return None  # no column could hold the figures that ``_holds`` wants
    first = row + depth
    while first < sheet.height and is_column_line(contents(sheet, first)):
        first += 1
    end = first
    while end < sheet.height and not _FOREIGN_LINE.search(lines[end]):
        end += 1
    body = list(body_lines(sheet, row, first, end))
    if named < 2 and not _has_figures(body):
        return None  # neither a table nor a template: most rows of a sheet of explanations
    return _read_body(sheet, above, row, body, headings)


def _read_body(
    sheet: Sheet, above: int, header: int, lines: Body, headings: dict[int, Heading]
) -> FundTable | None:
    if not lines:
        return None
    title, foreign = titles(sheet, above, header)
    if not title and (foreign or not _has_figures(lines)):
        return None
    columns = read_columns(lines, headings)
    figures = {column.index for column in columns if column.heading.role is not Role.TEXT}
    rows = [read_row(sheet, line, cells, figures) for line, cells in lines]
    settle_kinds(rows, columns)
    table = FundTable(
        sheet=sheet,
        header=header,
        first=lines[0][0],
        last=lines[-1][0],
        columns=tuple(columns),
        name_column=find_name_column(rows, columns),
        rows=rows,
        title=title,
        amount_unit=unit_line(sheet, above, header),
    )
    if not _holds(table) or _two_sided(table):
        return None
    name_rows(table)
    return table


def _has_figures(lines: Body) -> bool:
    """Tell whether rows hold figures at all: two, as ``_holds`` wants of a filled table."""
    numbers = (value for _, cells in lines for _, value in cells if is_number(value))
    return next(numbers, None) is not None and next(numbers, None) is not None


def _holds(table: FundTable) -> bool:
    """Tell whether this is a fund table: money or quantity columns of figures, and a total."""
    explicit = [
        column
        for column in table.columns
        if column.heading.explicit and column.heading.role in _SUMMED
    ]
    details = table.details
    figures = sum(1 for row in details for c in explicit if row.quantity(c.index) is not None)
    total = any(is_total(row) for row in table.rows)
    if total and table.title and len(explicit) > 1 and not figures:
        return True  # a template not yet filled
    return figures > 1 and (total or (bool(table.title) and len(details) > 1))


def _two_sided(table: FundTable) -> bool:
    """Tell whether two lists with totals of their own stand side by side: 收入 and 支出."""
    figures = [column.index for column in table.columns if column.summable]
    for row in table.rows:
        if not is_total(row):
            continue
        places = [column for column, text in row.texts if total_label(text)]
        if any(places[0] < index < places[-1] for index in figures):
            return not (side_by_side(table) and OWN_TITLE.search(table.title))
    return False


def looks_unreadable(sheet: Sheet) -> bool:
    """Tell whether a sheet without a readable table calls itself a fund table and has a total.

    A table that also gives points or answers has its headings: it is a form of another kind.
    """
    if not any(map(_is_own_title, sheet.rows[:_TITLE_ROWS])):
        return False
    if any(isinstance(v, str) and FOREIGN_WORDS.search(v) for row in sheet.rows for v in row):
        return False
    total = False
    numeric = 0
    for row in range(sheet.height):
        cells = contents(sheet, row)
        numbers = sum(1 for _, value in cells if is_number(value))
        numeric += numbers >= 2
        total = total or (numbers > 0 and labels_total(cells))
    return total and numeric >= 3


def _is_own_title(values: list[object]) -> bool:
    """Tell whether a row holds nothing but the title of a fund table."""
    texts = [value for value in values if value is not None and value != ""]
    if len(texts) != 1 or not isinstance(texts[0], str) or len(texts[0]) > 80:
        return False
    text = squash(texts[0])
    return OWN_TITLE.search(text) is not None and QUANTITY_WORDS.search(text) is not None


def side_by_side(table: FundTable) -> bool:
    """Tell whether the same headings stand twice, two halves of one list beside each other."""
    labels = [column.heading.label for column in table.columns if column.heading.path]
    amounts = [column.heading.label for column in explicit_columns(table)]
    twice = {label for label in labels if labels.count(label) == 2}
    return (
        len(twice) >= 2
        and any(label in twice for label in amounts)
        and len(twice) * 2 >= len([label for label in labels if label not in _LOOSE])
    )
