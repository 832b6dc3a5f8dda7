"""Whether a sheet's content lies within the limits."""

from __future__ import annotations

from selfeval_xl.workbooks.container import damaged
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.sheet import Cell, Sheet, a1
from selfeval_xl.workbooks.workbook import WorkbookProblem


def check_cell(name: str, cell: Cell, limits: Limits) -> None:
    """Raise WorkbookProblem when a cell with content lies too far out."""
    row, column = cell
    if row < 0:
        raise damaged(f"工作表“{name}”的单元格地址")
    if row >= limits.rows or column >= limits.columns or (row + 1) * (column + 1) > limits.area:
        raise far_content(name, cell, limits)


def check_sheet(sheet: Sheet, limits: Limits) -> None:
    """Raise WorkbookProblem when a sheet's used area or its merged ranges are too large."""
    height, width = sheet.height, sheet.width
    if width > limits.columns or height * width > limits.area:
        raise far_content(sheet.name, (height - 1, width - 1), limits)
    if len(sheet.merges) * height * width <= limits.area:
        return
    area = 0
    for top, left, bottom, right in sheet.merges:
        area += max(min(bottom + 1, height) - top, 0) * max(min(right + 1, width) - left, 0)
    if area > limits.area:
        raise too_many_merges(sheet.name)


def far_content(name: str, last: Cell, limits: Limits) -> WorkbookProblem:
    """Return the problem of a sheet whose content reaches too far out."""
    return WorkbookProblem(
        "too_large",
        f"工作表“{name}”的内容一直延伸到 {a1(last)}，超出允许的范围"
        f"（{limits.rows} 行、{limits.columns} 列、共 {limits.area} 格），未读取。"
        "请在该表按 Ctrl+End 找到表格以外的多余内容，整行、整列删除并保存后重新放入。",
    )


def too_many_merges(name: str) -> WorkbookProblem:
    """Return the problem of a sheet with too many merged ranges."""
    return WorkbookProblem(
        "too_large",
        f"工作表“{name}”的合并单元格互相重叠或过多，未读取。"
        "请取消多余的合并单元格并保存后重新放入。",
    )


def long_text(name: str, cell: Cell, length: int) -> WorkbookProblem:
    """Return the problem of a cell with more text than a cell may hold."""
    return WorkbookProblem(
        "too_large",
        f"工作表“{name}”的单元格 {a1(cell)} 有 {length} 个字符，超出允许的范围，未读取。"
        "请删减该单元格的内容并保存后重新放入。",
    )


def too_many_cells(name: str, limits: Limits) -> WorkbookProblem:
    """Return the problem of a workbook with too many cells; ``name`` is the sheet reached."""
    return WorkbookProblem(
        "too_large",
        f"读到工作表“{name}”时，有内容的单元格已超过 {limits.cells} 个，未读取。"
        "请只保留需要核对的表格，另存为新的 .xlsx 后重新放入。",
    )
