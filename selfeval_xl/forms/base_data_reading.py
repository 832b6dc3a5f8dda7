"""Finding the base data on a sheet and reading its spending block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from selfeval_xl.forms.base_data_blocks import (
    STAFF_ACTUAL,
    STAFF_QUOTA,
    find_row,
    read_buildings,
    read_staff,
)
from selfeval_xl.forms.base_data_items import Item, SpendingBlock, item_of, named, plain
from selfeval_xl.forms.base_data_table import BaseData, BaseRow, ValueColumn
from selfeval_xl.forms.fund_headings import split_unit
from selfeval_xl.forms.row_texts import row_texts
from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

_END = re.compile(r"^(?:楼堂馆所|厉行节约|说明|注$|备注|填表|填报|单位负责人)")

_PLACEHOLDER = re.compile(r"^[.。…·*×xX—_-]*$")

_VALUE_HEADING = re.compile(r"决算|预算|执行|支出数|实际数")

_NOT_VALUE = re.compile(r"率|增减|差额|备注|说明|原因|比")

_YEAR = re.compile(r"(20\d\d)")

_LONGEST_HEADING = 24

_HEADER_ROWS = 3

_NEAR_THE_LEFT = 6


def find_base_data(sheet: Sheet) -> Iterator[BaseData | str]:
    """Yield the base data forms of a sheet; a text says why one cannot be read."""
    text = "".join("|".join(row_texts(sheet)).split())
    if "三公" not in text or not ("公用" in text or "编制" in text):
        return
    above = 0
    for row in range(sheet.height):
        if row < above:
            continue
        cell = _three_public(sheet, row)
        if cell is None:
            continue
        found = _read(sheet, cell, above)
        if found is not None:
            yield found
            above = found.last + 1 if isinstance(found, BaseData) else sheet.height


def _three_public(sheet: Sheet, row: int) -> Cell | None:
    for column, value in enumerate(sheet.rows[row]):
        if isinstance(value, str) and "三" in value and item_of(value) is Item.THREE_PUBLIC:
            near = column < _leftmost(sheet, row) + _NEAR_THE_LEFT
            return (row, column) if near else None
    return None


def _read(sheet: Sheet, start: Cell, above: int) -> BaseData | str | None:
    """Read the form around its 三公经费 label; None when too little of the form is there."""
    columns, header = _value_columns(sheet, start, above)
    labels = _labels_below(sheet, start, columns)
    items = {item_of(text) for _, text in labels}
    staff_header = find_row(sheet, above, start[0], STAFF_QUOTA, STAFF_ACTUAL)
    telling = {Item.PROJECTS, Item.PROCUREMENT, Item.BUSINESS, Item.ADJUSTMENT}
    known = Item.PUBLIC in items and (items & telling or staff_header is not None)
    if not known and not (staff_header is not None and items & telling):
        return None
    if not columns:
        rows = [sheet.rows[row] for row, _ in labels]
        if not any(isinstance(value, int | float) for row in rows for value in row):
            return None  # a guide to the form names its lines too
        return (
            "看起来是部门整体支出绩效评价基础数据表，但找不到“上年决算数、本年预算数、本年决算数”列"
        )
    top = header if staff_header is None else min(header, staff_header)
    found = BaseData(sheet, top, labels[-1][0], min(start[1], _leftmost(sheet, top)), columns)
    found.amount_unit = _amount_unit(sheet, header, start[0])
    found.rows = _rows(sheet, labels, columns)
    if staff_header is not None:
        found.staff = list(read_staff(sheet, staff_header, header))
    read_buildings(sheet, found)
    if plain(sheet.text((found.last + 1, found.left))).startswith("厉行节约"):
        found.last += 1
    return found


def _leftmost(sheet: Sheet, row: int) -> int:
    return next((c for c in range(len(sheet.rows[row])) if sheet.text((row, c))), 0)


def _value_columns(sheet: Sheet, start: Cell, above: int) -> tuple[tuple[ValueColumn, ...], int]:
    """Return the value columns right of the labels and the first row of their header."""
    row = start[0] - 1
    lowest = max(above, start[0] - _HEADER_ROWS - 1)
    while row >= lowest and not _has_value_heading(sheet, row, start[1]):
        row -= 1
    if row < lowest:
        return (), start[0]
    header = row
    while header > lowest and _is_upper_header(sheet, header - 1, start[1]):
        header -= 1
    columns = []
    for column in range(start[1] + 1, len(sheet.rows[row])):
        if sheet.anchor((row, column)) != (row, column) or not sheet.text((row, column)):
            continue
        texts = [_shown(sheet, (line, column), header) for line in range(header, row + 1)]
        label = "".join(dict.fromkeys(text for text in texts if text))
        name, _ = split_unit(label)
        if _VALUE_HEADING.search(name) and not _NOT_VALUE.search(name):
            columns.append(_value_column(column, name))
    return tuple(columns), header


def _has_value_heading(sheet: Sheet, row: int, left: int) -> bool:
    return any(
        isinstance(value, str)
        and len(text := squash(value)) <= _LONGEST_HEADING
        and _VALUE_HEADING.search(text)
        for value in sheet.rows[row][left + 1 :]
    )


def _is_upper_header(sheet: Sheet, row: int, left: int) -> bool:
    """Tell whether a row above the value headings groups them by year."""
    texts = [squash(v) for v in sheet.rows[row][left + 1 :] if isinstance(v, str) and v.strip()]
    return bool(texts) and all(
        re.fullmatch(r"(?:20\d\d年?度?|上年度?|本年度?)(?:情况)?", text) for text in texts
    )


def _shown(sheet: Sheet, cell: Cell, top: int) -> str:
    anchor = sheet.anchor(cell)
    return squash(sheet.text(anchor)) if anchor[0] >= top else ""


@lru_cache(maxsize=256)
def _value_column(index: int, label: str) -> ValueColumn:
    year = _YEAR.search(label)
    offset = -1 if re.search(r"上年|上一年|去年", label) else 0
    final = "预算" not in label or "决算" in label
    return ValueColumn(index, label, int(year[1]) if year else None, offset, final)


def _labels_below(
    sheet: Sheet, start: Cell, columns: tuple[ValueColumn, ...]
) -> list[tuple[int, str]]:
    """Return row and label of each line of the spending block, to its end."""
    first_value = columns[0].index if columns else start[1] + 1
    found: list[tuple[int, str]] = []
    blanks = 0
    for row in range(start[0], sheet.height):
        label = _label(sheet, row, start, first_value)
        if _END.match(plain(label)) or (row > start[0] and item_of(label) is Item.THREE_PUBLIC):
            break
        if not label and not any(sheet.text((row, column.index)) for column in columns):
            blanks += 1
            if blanks > 2:
                break
            continue
        blanks = 0
        found.append((row, label))
    return found


def _label(sheet: Sheet, row: int, start: Cell, first_value: int) -> str:
    """Return a row's label: the text nearest to the values, its group's where that says 小计."""
    texts = []
    for column in range(min(start[1], first_value - 1), first_value):
        anchor = sheet.anchor((row, column))
        text = squash(sheet.text(anchor))
        if text and (anchor[0] == row or column == start[1]):
            texts.append((anchor, text))
    own = [text for anchor, text in texts if anchor[0] == row]
    if not own:
        return ""
    if own[-1] in ("小计", "合计") and len(texts) > 1:
        return texts[-2][1]
    return own[-1]


def _amount_unit(sheet: Sheet, header: int, row: int) -> str:
    for line in range(header, row):
        for value in sheet.rows[line]:
            if isinstance(value, str):
                unit = re.search(r"(亿元|万元|千元|元)", squash(value))
                if unit:
                    return unit[1]
    return ""


def _rows(
    sheet: Sheet, labels: list[tuple[int, str]], columns: tuple[ValueColumn, ...]
) -> list[BaseRow]:
    rows: list[BaseRow] = []
    block = SpendingBlock()
    for index, label in labels:
        cells = tuple(sheet.anchor((index, column.index)) for column in columns)
        if any(cell[0] != index for cell in cells):
            continue
        item = block.item(label)
        if item is None:
            continue
        if _PLACEHOLDER.match(label) and not any(sheet.text(cell) for cell in cells):
            continue
        name = named(label) or "（未填名称）"
        rows.append(BaseRow(index, item, name, cells))
    return rows
