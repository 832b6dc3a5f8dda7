"""Whether a sheet's content lies within the limits."""

from __future__ import annotations

from collections.abc import Iterable

from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.sheet import Cell, Range, a1
from selfeval_xl.workbooks.workbook import WorkbookProblem


def check_extent(name: str, cells: Iterable[Cell], limits: Limits) -> tuple[int, int]:
    """Return the number of rows and columns up to the last cell with content.

    Raises WorkbookProblem naming the sheet and the outermost cell when that is too far out.
    """
    height = width = 0
    for row, column in cells:
        if row >= height:
            height = row + 1
        if column >= width:
            width = column + 1
    if height > limits.rows or width > limits.columns or height * width > limits.area:
        raise far_content(name, (height - 1, width - 1), limits)
    return height, width


def far_content(name: str, last: Cell, limits: Limits) -> WorkbookProblem:
    """Return the problem of a sheet whose content reaches too far out."""
    return WorkbookProblem(
        "too_large",
        f"工作表“{name}”的内容一直延伸到 {a1(last)}，超出允许的范围"
        f"（{limits.rows} 行、{limits.columns} 列、共 {limits.area} 格），未读取。"
        "请在该表按 Ctrl+End 找到表格以外的多余内容，整行、整列删除并保存后重新放入。",
    )


def check_merges(
    name: str, merges: Iterable[Range], height: int, width: int, limits: Limits
) -> None:
    """Raise WorkbookProblem when a sheet's merged ranges cover more cells than it may have."""
    area = 0
    for top, left, bottom, right in merges:
        area += max(min(bottom + 1, height) - top, 0) * max(min(right + 1, width) - left, 0)
    if area > limits.area:
        raise WorkbookProblem(
            "too_large",
            f"工作表“{name}”的合并单元格互相重叠或过多，未读取。"
            "请取消多余的合并单元格并保存后重新放入。",
        )


def check_text(name: str, cell: Cell, text: str, limits: Limits) -> None:
    """Raise WorkbookProblem when a cell's text is longer than any cell may hold."""
    if len(text) > limits.text_length:
        raise WorkbookProblem(
            "too_large",
            f"工作表“{name}”的单元格 {a1(cell)} 有 {len(text)} 个字符，超出允许的范围，未读取。"
            "请删减该单元格的内容并保存后重新放入。",
        )


def too_many_cells(name: str, limits: Limits) -> WorkbookProblem:
    """Return the problem of a workbook with too many cells; ``name`` is the sheet reached."""
    return WorkbookProblem(
        "too_large",
        f"读到工作表“{name}”时，有内容的单元格已超过 {limits.cells} 个，未读取。"
        "请只保留需要核对的表格，另存为新的 .xlsx 后重新放入。",
    )
