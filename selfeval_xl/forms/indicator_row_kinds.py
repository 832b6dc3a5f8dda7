"""What a row of an indicator table is: an indicator, a total, a subtotal, or the table's end."""

from __future__ import annotations

import re

from selfeval_xl.forms.indicator_header import read_header
from selfeval_xl.forms.indicator_table import IndicatorTable
from selfeval_xl.labels import key, remembered
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

TOTAL = re.compile(
    r"(?:自评|绩效|综合|合计|项目)?(?:总得?分|总分值|合计|总计|得分合计|合计得分|合计总分|总分合计|综合得分)"
    r"(?:值|\d+分?|分数?|得分|[(:].*)?|(?:单位)?自评(?:得分|总分|总得分)(?:合计)?"
)
_SUBTOTAL = re.compile(r".{0,12}小计\d*分?")
_CLOSING = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|其他需要?说明(?:的?(?:事项|问题|情况))?)(?:$|[:：\d一].*)"
    r"|(?:填[表报]人|填报?单位|联系电话|联系人|(?:单位|项目|财务|部门)?负责人|审核人|填表日期|填报日期)(?:$|[:：(].*)"
    r"|.{0,6}(?:评价|自评)结论.*|.{0,8}存在(?:的)?问题.*|.{0,4}改进措施.*|(?:偏差大|目标未完成).*"
)
_KINDS = (("subtotal", _SUBTOTAL), ("total", TOTAL), ("end", _CLOSING))


def row_kind(sheet: Sheet, row: int, table: IndicatorTable) -> str:
    """Return “header” (repeated), “indicator”, “subtotal”, “total”, “end” or “blank”."""
    columns = table.columns
    again = read_header(sheet, row)
    if again is not None and again.columns == columns:
        return "header"
    figures = _has_figures(sheet, row, columns)
    for value in sheet.rows[row][: table.name_column + 1]:
        for kind in _label_kinds(value) if isinstance(value, str) else ():
            if (
                kind == "subtotal"
                or (kind == "total" and not _own_words(sheet, row, columns))
                or (kind == "end" and not figures)
            ):
                return kind
    if figures or (
        sheet.text(sheet.anchor((row, table.name_column)))
        and any(
            sheet.text((row, columns[part]))
            for part in ("target", "actual", "level3")
            if part in columns
        )
    ):
        return "indicator"
    return "blank"


@remembered(8192)
def _label_kinds(text: str) -> tuple[str, ...]:
    """Return the rows other than an indicator's that a label may stand for."""
    name = key(text)
    return tuple(kind for kind, pattern in _KINDS if pattern.fullmatch(name))


def _own_words(sheet: Sheet, row: int, columns: dict[str, int]) -> bool:
    """Tell whether a row has a target of its own, as no total has: it is an indicator."""
    cell = sheet.anchor((row, columns["target"]))
    own = cell == (row, columns["target"])
    return own and bool(sheet.text(cell)) and not is_number(sheet, cell)


def _has_figures(sheet: Sheet, row: int, columns: dict[str, int]) -> bool:
    return any(
        sheet.value((row, columns[part])) not in (None, "")
        for part in ("points", "score")
        if part in columns
    )


def goes_on(sheet: Sheet, row: int, table: IndicatorTable, stop: int) -> bool:
    """Tell whether the row after a total is an indicator with points and a score of its own."""
    below, columns = row + 1, table.columns
    if below >= min(stop, sheet.height) or row_kind(sheet, below, table) != "indicator":
        return False
    parts = [part for part in ("points", "score") if part in columns]
    return bool(
        sheet.text(sheet.anchor((below, table.name_column)))
        and sheet.text((below, columns["target"]))
        and parts
        and all(is_number(sheet, (below, columns[part])) for part in parts)
    )


def total_below(sheet: Sheet, row: int, table: IndicatorTable, stop: int) -> bool:
    """Tell whether a row of remarks stands between the indicators and their total."""
    kinds = (
        row_kind(sheet, below, table) for below in range(row + 1, min(row + 3, stop, sheet.height))
    )
    return bool(table.indicators) and "total" in kinds


def is_number(sheet: Sheet, cell: Cell) -> bool:
    """Tell whether a cell states a number."""
    format_code = sheet.number_formats.get(cell, "General")
    return isinstance(read_quantity(sheet.value(cell), format_code), Quantity)
