"""What tells a department's self-evaluation from a project's."""

from __future__ import annotations

from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Sheet

_DEPARTMENT = ("按收入性质分", "按支出性质分", "部门整体", "单位整体", "整体支出", "预算部门名称")
_PROJECT = ("项目名称", "项目支出名称", "专项名称")


def is_department(sheet: Sheet, first: int, header: int) -> bool:
    """Tell whether the rows above an indicator table are those of a department form."""
    for row in range(max(first, 0), min(header, sheet.height)):
        for value in sheet.rows[row]:
            if isinstance(value, str) and any(word in squash(value) for word in _DEPARTMENT):
                return True
            if isinstance(value, str) and squash(value).startswith(_PROJECT):
                return False
    return False
