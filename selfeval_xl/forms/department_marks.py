"""What tells a department's self-evaluation from a project's."""

from __future__ import annotations

from selfeval_xl.labels import remembered, squash
from selfeval_xl.workbooks.sheet import Sheet

_DEPARTMENT = ("按收入性质分", "按支出性质分", "部门整体", "单位整体", "整体支出", "预算部门名称")
_PROJECT = ("项目名称", "项目支出名称", "专项名称")


def is_department(sheet: Sheet, first: int, header: int) -> bool:
    """Tell whether the rows above an indicator table are those of a department form."""
    for row in range(max(first, 0), min(header, sheet.height)):
        for value in sheet.rows[row]:
            marked = _mark(value) if isinstance(value, str) else None
            if marked is not None:
                return marked
    return False


@remembered(4096)
def _mark(text: str) -> bool | None:
    """Tell whether a text marks a department's form (True) or a project's (False)."""
    plain = squash(text)
    if any(word in plain for word in _DEPARTMENT):
        return True
    return False if plain.startswith(_PROJECT) else None
