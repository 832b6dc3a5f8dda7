"""The blocks of base data beside the spending: staff and buildings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selfeval_xl.forms.base_data_table import BaseData, Building, Staff
from selfeval_xl.labels import key
from selfeval_xl.workbooks.sheet import Cell, Sheet

STAFF_QUOTA = re.compile(r"^(?:人员)?编制(?:数|人数)?$|核定编制数?$")

STAFF_ACTUAL = re.compile(r"实际在职|在职人数|^在职$|实有人数")

_STAFF_RATE = re.compile(r"^(?:在职人员|人员)?控制率$")

_SIZE = (
    re.compile(r"批复(?:规模|面积)"),
    re.compile(r"实际(?:规模|面积)"),
    re.compile(r"(?:规模|面积)控制率"),
)

_INVESTMENT = (
    re.compile(r"(?:预算|概算|批复)投资|投资[预概]算(?!控制率)"),
    re.compile(r"实际投资"),
    re.compile(r"(?:投资|概算).*控制率"),
)


def find_row(sheet: Sheet, first: int, last: int, *patterns: re.Pattern[str]) -> int | None:
    """Return the first row that has a cell for each of the patterns."""
    for row in range(first, min(last, sheet.height)):
        names = [key(v) for v in sheet.rows[row] if isinstance(v, str) and v.strip()]
        if all(any(pattern.search(name) for name in names) for pattern in patterns):
            return row
    return None


def _columns_of(sheet: Sheet, row: int, patterns: tuple[re.Pattern[str], ...]) -> list[int | None]:
    found: list[int | None] = []
    for pattern in patterns:
        place = None
        for column, value in enumerate(sheet.rows[row]):
            if isinstance(value, str) and pattern.search(key(value)):
                place = column
                break
        found.append(place)
    return found


_REMARK = re.compile(r"[\u4e00-\u9fff]{2}")
"""How a text begins that is no figure with a word before it (约120)."""


def _value_rows(sheet: Sheet, row: int, columns: list[int | None], end: int) -> Iterator[int]:
    """Yield the rows of figures below a header row, to the next row of texts or a lone remark."""
    for line in range(row + 1, min(end, sheet.height)):
        values = [sheet.value(sheet.anchor((line, c))) for c in columns if c is not None]
        if any(isinstance(v, str) and key(v) and not re.search(r"\d|[—/-]", v) for v in values):
            return
        written = [value for value in values if value not in (None, "")]
        if len(written) == 1 and isinstance(written[0], str) and _REMARK.match(written[0].strip()):
            return
        if written:
            yield line


def _cell(sheet: Sheet, row: int, column: int | None) -> Cell | None:
    return None if column is None else sheet.anchor((row, column))


def read_staff(sheet: Sheet, row: int, end: int) -> Iterator[Staff]:
    """Yield the staff figures below (or beside) the headings of a row."""
    columns = _columns_of(sheet, row, (STAFF_QUOTA, STAFF_ACTUAL, _STAFF_RATE))
    quota = columns[0]
    beside = None if quota is None else (row, sheet.merge((row, quota))[3] + 1)
    if beside is not None and re.fullmatch(r"\d+(?:\.0)?[人名]?", sheet.text(beside)):
        cells = [
            None if c is None else sheet.anchor((row, sheet.merge((row, c))[3] + 1))
            for c in columns
        ]
        yield Staff(*cells)
        return
    for line in _value_rows(sheet, row, columns, end):
        yield Staff(*(_cell(sheet, line, column) for column in columns))


def read_buildings(sheet: Sheet, found: BaseData) -> None:
    """Add the building figures below the spending block to the form."""
    row = find_row(sheet, found.last + 1, found.last + 6, _SIZE[0], _SIZE[1])
    if row is None:
        row = find_row(sheet, found.last + 1, found.last + 6, _INVESTMENT[0], _INVESTMENT[1])
    if row is None:
        return
    size = _columns_of(sheet, row, _SIZE)
    investment = _columns_of(sheet, row, _INVESTMENT)
    found.last = row
    for line in _value_rows(sheet, row, [*size, *investment], row + 8):
        cells = [_cell(sheet, line, column) for column in (*size, *investment)]
        found.buildings.append(
            Building((cells[0], cells[1], cells[2]), (cells[3], cells[4], cells[5]))
        )
        found.last = line
