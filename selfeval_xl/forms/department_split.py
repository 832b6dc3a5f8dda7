"""按收入性质分 / 按支出性质分: the two breakdowns of a department's yearly funds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.labels import key, squash
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

INCOME = ("一般公共预算", "政府性基金", "专户", "非税收入", "其他资金", "国有资本", "单位资金")
EXPENDITURE = ("基本支出", "项目支出")


@dataclass(slots=True)
class Split:
    """One breakdown: the cell of its own total (if stated) and the cells of its parts."""

    name: str
    total: Cell | None = None
    parts: list[Cell] = field(default_factory=list)


def read_splits(form: Form, first: int, stop: int) -> tuple[Split, Split]:
    """Read both breakdowns from the rows between the fund block and the goals.

    A figure stands behind a colon in the label's own cell (“项目支出：652.59”) or in the cell to
    the right of it; cells without a figure are no parts.
    """
    income, expenditure = Split("按收入性质分"), Split("按支出性质分")
    for row in range(first, min(stop, form.sheet.height)):
        for column, value in enumerate(form.sheet.rows[row]):
            if isinstance(value, str):
                _read_text(form, (row, column), value, (income, expenditure))
    return income, expenditure


def _read_text(form: Form, cell: Cell, text: str, splits: tuple[Split, Split]) -> None:
    income, expenditure = splits
    label, found = _labelled(form.sheet, cell, squash(text))
    if "按收入性质" in label or "按支出性质" in label:
        split = income if "收入" in label else expenditure
        if found is not None:
            split.total = found.cell
            form.fields[found.cell] = replace(found, label=split.name)
        return
    for split, words in ((income, INCOME), (expenditure, EXPENDITURE)):
        if found is not None and any(word in label for word in words):
            split.parts.append(found.cell)
            form.fields[found.cell] = replace(found, label=f"{split.name}/{label}")
            return


def _labelled(sheet: Sheet, cell: Cell, text: str) -> tuple[str, Field | None]:
    """Return the label in a cell and its figure: behind the last colon, else to the right."""
    head, colon, tail = text.rpartition(":")
    if colon and tail:
        stated = read_quantity(tail)
        if isinstance(stated, Quantity):
            return key(head.removeprefix("其中:")), Field(cell, "", Measure.AMOUNT, stated)
    label = key(text.strip(":").removeprefix("其中:"))
    right = (cell[0], sheet.merge(cell)[3] + 1)
    stated = read_quantity(sheet.value(right), sheet.number_formats.get(right, "General"))
    if isinstance(stated, Quantity):
        return label, Field(right, "", Measure.AMOUNT, stated)
    return label, None
