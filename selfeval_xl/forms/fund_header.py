"""The header of a fund table: one to three rows, groups, units, and the title above."""

from __future__ import annotations

import re

from selfeval_xl.forms.fund_headings import Heading, heading, split_unit
from selfeval_xl.forms.fund_table import Cells, contents, is_number, texts_of
from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Sheet

_COLUMN_LINE = re.compile(r"^(?:栏次|行次|列次|栏目)$")

_HEAVENLY_STEMS = ("甲", "乙", "丙", "丁", "戊", "A", "B", "C")

DEEPEST_HEADER = 3

LONGEST_HEADING = 40

_NARROWEST_TITLE = 3  # columns

STRONG_TITLE = re.compile(
    r"明细表?|使用情况|支出情况|支出表|(?:补助|资金|经费|补贴|拨款|拨付|下达|分配).{0,12}(?:表|情况|一览|汇总|统计)"
)

OWN_TITLE = re.compile(
    r"(?:资金|经费|支出|补助|补贴|拨付|发放|下达|分配).{0,8}(?:明细|使用情况|支出情况|分配|拨付|发放)"
    r"(?:情况)?(?:汇总|统计|一览|登记)?表$|明细表$"
)

_FOREIGN_TITLE = re.compile(
    r"自评|评分|指标|问卷|满意度|绩效目标|申报表|审批表|基础数据|调查|评价表|通讯录|花名册|考核"
)

_UNIT_LINE = re.compile(r"单位[:]?\(?(亿元|万元|千元|百元|元)")


def is_header(cells: Cells) -> bool:
    """Tell whether a row may be the upper row of a header: short texts, no figures but years."""
    if len(cells) < 2:
        return False
    for _, value in cells:
        if isinstance(value, str):
            if len(value) > LONGEST_HEADING or is_number(value):
                return False
        elif not (isinstance(value, int | float) and 1990 <= value <= 2100):
            return False
    first = next((value for _, value in cells if isinstance(value, str)), "")
    return not squash(first).endswith((":", "："))


def is_title(sheet: Sheet, row: int, cells: Cells) -> bool:
    """Tell whether a row is a table's title with a remark beside it (附件3, 已复核)."""
    column, value = cells[0]
    text = squash(str(value))
    _, left, _, right = sheet.merge((row, column))
    wide = right - left >= _NARROWEST_TITLE - 1
    return OWN_TITLE.search(text) is not None or (wide and STRONG_TITLE.search(text) is not None)


def depth_of(sheet: Sheet, row: int) -> int:
    """Return how many rows the header beginning in a row has."""
    depth = 1
    while depth < DEEPEST_HEADER and row + depth < sheet.height - 1:
        if not _is_sub_header(sheet, row, row + depth):
            break
        depth += 1
    return depth


def _is_sub_header(sheet: Sheet, top: int, row: int) -> bool:
    """Tell whether a row continues the header above it: only texts, each under a group."""
    cells = contents(sheet, row)
    upper = {column for column, _ in contents(sheet, top)}
    leftmost = min(upper, default=0)
    left = sheet.merge(sheet.anchor((top, leftmost)))
    if left[3] == left[1] and any(column == leftmost for column, _ in cells):
        return False
    if not cells or not all(isinstance(value, str) for _, value in cells):
        return False
    if any(len(str(value)) > LONGEST_HEADING or is_number(value) for _, value in cells):
        return False
    for column, value in cells:
        anchor = sheet.anchor((row - 1, column))
        merge = sheet.merge(anchor)
        grouped = merge[3] > merge[1] or column not in upper or anchor != (row - 1, column)
        opens_group = _opens_group(sheet, row, column)
        if not grouped and not opens_group and not _is_unit(str(value)):
            return False
    return True


def _opens_group(sheet: Sheet, row: int, column: int) -> bool:
    """Tell whether the header cell above stands over several cells without being merged."""
    right = (row - 1, column + 1)
    return (
        sheet.anchor(right) == right
        and sheet.value(right) in (None, "")
        and sheet.value((row, column + 1)) not in (None, "")
    )


def _is_unit(text: str) -> bool:
    name, unit = split_unit(squash(text))
    return bool(unit) and not name


def is_column_line(cells: Cells) -> bool:
    """Tell whether a row numbers the columns: 栏次 1 2 3, 甲 乙 1 2 3=1-2."""
    if len(cells) < 3:
        return False
    if _COLUMN_LINE.match(squash(str(cells[0][1]))):
        return True
    marks = [squash(str(value)).removesuffix(".0").partition("=")[0] for _, value in cells]
    while marks and (marks[0] in _HEAVENLY_STEMS or not marks[0].strip("*-—/")):
        marks.pop(0)
    counted = marks == [str(n + 1) for n in range(len(marks))]
    return counted and len(marks) >= (4 if len(marks) == len(cells) else 2)


def read_headings(sheet: Sheet, row: int, depth: int) -> dict[int, Heading]:
    """Return the heading of every column the header covers."""
    found: dict[int, Heading] = {}
    width = max((len(sheet.rows[r]) for r in range(row, row + depth)), default=0)
    for column in range(width):
        texts = []
        for level in range(row, row + depth):
            text = _header_text(sheet, level, column, row)
            if not text and level < row + depth - 1:
                text = _group_text(sheet, level, column, row)
            if text:
                texts.append(text)
        found[column] = heading(tuple(texts))
    return found


def _header_text(sheet: Sheet, row: int, column: int, top: int) -> str:
    anchor = sheet.anchor((row, column))
    if anchor[0] < top:
        return ""
    value = sheet.value(anchor)
    return "" if value is None else squash(str(value).removesuffix(".0"))


def _group_text(sheet: Sheet, row: int, column: int, top: int) -> str:
    """Return the group heading left of a blank header cell, where groups are not merged."""
    below = (row + 1, column)
    if sheet.anchor(below) != below or not sheet.text(below):
        return ""
    for left in range(column - 1, -1, -1):
        text = _header_text(sheet, row, left, top)
        if text:
            anchor = sheet.anchor((row, left))
            merge = sheet.merge(anchor)
            under = (row + 1, left)
            own = sheet.anchor(under) == under and bool(sheet.text(under))
            return text if merge[2] == row and merge[3] == merge[1] and own else ""
    return ""


def titles(sheet: Sheet, above: int, row: int) -> tuple[str, bool]:
    """Return the title of a fund table above a header, and whether another form's stands there.

    The lowest title counts: a fund table may follow another form on the same sheet.
    """
    title, foreign = "", False
    for line in range(max(above, row - 8), row):
        for _, text in texts_of(contents(sheet, line)):
            if not 4 <= len(text) <= 80 or ":" in text:
                continue
            if OWN_TITLE.search(text) or (
                STRONG_TITLE.search(text) and not _FOREIGN_TITLE.search(text)
            ):
                title, foreign = text, False
            elif _FOREIGN_TITLE.search(text) and text.rstrip(")").endswith("表"):
                title, foreign = "", True
    return title, foreign


def unit_line(sheet: Sheet, above: int, row: int) -> str:
    """Return the unit stated above a header (“单位：万元”), also split over two cells."""
    for line in range(row - 1, max(above, row - 8) - 1, -1):
        text = "".join(text for _, text in texts_of(contents(sheet, line)))
        found = _UNIT_LINE.search(text)
        if found:
            return found[1]
    return ""
