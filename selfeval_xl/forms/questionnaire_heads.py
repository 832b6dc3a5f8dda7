"""The figures around a questionnaire: questionnaires issued, returned, valid; coefficient rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selfeval_xl.forms.questionnaire_labels import COEFFICIENTS, name_of, option_of
from selfeval_xl.forms.questionnaire_places import Layout, has_figure, has_figures
from selfeval_xl.labels import squash
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

NAMES = {"issued": "发放问卷数", "returned": "回收问卷数", "valid": "有效问卷数"}
RATES = {"return_rate": "回收率", "valid_rate": "有效率"}
_PATTERNS = {
    "valid": re.compile(r"有效[^率\d,，。;；、]{0,10}?(\d+)"),
    "returned": re.compile(r"(?:回收|收回)(?!率|的?有效)[^率\d,，。;；、效]{0,10}?(\d+)"),
    "issued": re.compile(r"(?:发放|发出|派发)(?!率)[^率\d,，。;；、效]{0,10}?(\d+)"),
}
_HINT = re.compile(r"发放|发出|派发|回\s*收|收回|有\s*效")


@dataclass(frozen=True, slots=True)
class HeadFigure:
    """A figure beside a label; ``inside`` tells that label and number share one cell."""

    cell: Cell
    stated: Quantity
    inside: bool = False


def find_heads(sheet: Sheet, first_row: int, layout: Layout, end: int) -> dict[str, HeadFigure]:
    """Return the figures about the questionnaires above and below the table, by name."""
    found: dict[str, HeadFigure] = {}
    rows = [*range(first_row, layout.header_row), *range(layout.last_row + 1, end)]
    for row in rows:
        for column, value in enumerate(sheet.rows[row]):
            if type(value) is str and len(value) < 200 and _HINT.search(value):
                _take(sheet, (row, column), value, found)
    return found


def _take(sheet: Sheet, cell: Cell, value: str, found: dict[str, HeadFigure]) -> None:
    text = squash(value)
    inside = False
    for name, pattern in _PATTERNS.items():
        match = pattern.search(text)
        if match:
            inside = True
            digits = int(match[1])
            quantity = read_quantity(digits)
            if isinstance(quantity, Quantity):
                found.setdefault(name, HeadFigure(cell, quantity, True))
    if inside or len(text) > 24:
        return
    label = _meaning(text)
    place = _value_beside(sheet, cell) if label else None
    if place is not None and label:
        stated = read_quantity(sheet.value(place), sheet.number_formats.get(place, "General"))
        if isinstance(stated, Quantity):
            found.setdefault(label, HeadFigure(place, stated))


def _meaning(text: str) -> str:
    if "率" in text:
        if "回收" in text:
            return "return_rate"
        return "valid_rate" if "有效" in text else ""
    if "有效" in text:
        return "valid"
    if "回收" in text or "收回" in text:
        return "returned"
    return "issued"


def _value_beside(sheet: Sheet, cell: Cell) -> Cell | None:
    """Return the figure right of a label, else under it."""
    row, column = cell
    right = sheet.merge(cell)[3] + 1
    for place in range(right, min(right + 3, sheet.width)):
        value = sheet.value((row, place))
        if value is None:
            continue
        if has_figure(value):
            return row, place
        break
    below = (sheet.merge(cell)[2] + 1, column)
    return below if has_figure(sheet.value(below)) else None


def coefficient_cells(
    sheet: Sheet, first_row: int, layout: Layout
) -> dict[int, tuple[Cell, Quantity]]:
    """Return the stated coefficients by option: from the row in the table, else from above it."""
    if layout.coefficients:
        return _stated(sheet, enumerate(layout.coefficients))
    columns = {option.column: place for place, option in enumerate(layout.options)}
    if layout.coefficient_row is not None:
        return _at_columns(sheet, layout.coefficient_row, columns)
    for row in range(layout.header_row - 1, first_row - 1, -1):
        cells = sheet.rows[row]
        if not any(type(v) is str and len(v) < 20 and name_of(v) in COEFFICIENTS for v in cells):
            continue
        headed = _headed_above(sheet, row, layout)
        if len(headed) >= 2 and has_figures(sheet, row, list(headed)):
            return _at_columns(sheet, row, headed)
        if has_figures(sheet, row, list(columns)):
            return _at_columns(sheet, row, columns)
    return {}


def _at_columns(
    sheet: Sheet, row: int, columns: dict[int, int]
) -> dict[int, tuple[Cell, Quantity]]:
    return _stated(sheet, ((place, (row, column)) for column, place in columns.items()))


def _stated(sheet: Sheet, cells: Iterable[tuple[int, Cell]]) -> dict[int, tuple[Cell, Quantity]]:
    """Return the cells that hold a number, with it."""
    found = {}
    for place, cell in cells:
        stated = read_quantity(sheet.value(cell), sheet.number_formats.get(cell, "General"))
        if isinstance(stated, Quantity):
            found[place] = (cell, stated)
    return found


def _headed_above(sheet: Sheet, row: int, layout: Layout) -> dict[int, int]:
    """Return the columns of a coefficient row that has the options written above it."""
    letters = {option.letter: place for place, option in enumerate(layout.options) if option.letter}
    ranks = {
        option.rank: place for place, option in enumerate(layout.options) if option.rank is not None
    }
    found = {}
    for column, value in enumerate(sheet.rows[row - 1] if row else []):
        named = option_of(value) if type(value) is str else None
        if named is None:
            continue
        place = letters.get(named[0])
        if place is None and named[1] is not None:
            place = ranks.get(named[1])
        if place is not None:
            found[column] = place
    return found
