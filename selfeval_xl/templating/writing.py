"""Write template sheets with xlsxwriter: looks, validation, print set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from selfeval_xl.relations import Relation
from selfeval_xl.templating.checks import validation
from selfeval_xl.templating.derived import live_formula, numbers, results
from selfeval_xl.templating.guide import Guide
from selfeval_xl.templating.layout import Box, Check, Entry, Layout, Role
from selfeval_xl.templating.measure import text_height
from selfeval_xl.workbooks.sheet import Cell, Range, a1

_CREATED = datetime(2024, 1, 1)  # fixed: the same program must write the same bytes
_SONG, _HEI, _FANG = "宋体", "黑体", "仿宋"
_LINE = "#7F7F7F"
_LOOKS: dict[Role, dict[str, object]] = {
    Role.TITLE: {"font_name": _SONG, "font_size": 20, "bold": True, "align": "center"},
    Role.LABEL: {
        "font_name": _HEI,
        "font_size": 10.5,
        "align": "center",
        "border": 1,
        "border_color": _LINE,
        "bg_color": "#EEF2F7",
    },
    Role.GROUP: {
        "font_name": _SONG,
        "font_size": 10.5,
        "align": "center",
        "border": 1,
        "border_color": _LINE,
    },
    Role.INPUT: {
        "font_name": _FANG,
        "font_size": 10.5,
        "align": "center",
        "border": 1,
        "border_color": _LINE,
        "bg_color": "#FFFBE6",
    },
    Role.DERIVED: {
        "font_name": _FANG,
        "font_size": 10.5,
        "italic": True,
        "font_color": "#595959",
        "align": "center",
        "border": 1,
        "border_color": _LINE,
        "bg_color": "#E7E6E6",
    },
    Role.NOTE: {"font_name": _SONG, "font_size": 9, "font_color": "#404040"},
}
_A4 = 9


def write_workbook(
    layouts: Sequence[Layout],
    relations: Sequence[Mapping[Cell, Relation]],
    guide: Guide,
    entries: Mapping[str, Mapping[Cell, Entry]],
) -> bytes:
    """Return the package of a template workbook.

    ``relations`` are those of each layout, ``entries`` what is filled in by sheet name; sheets
    without entries stay blank.
    """
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    workbook.set_properties({"title": guide.title, "created": _CREATED})
    workbook.set_calc_mode("auto")
    looks = _Looks(workbook)
    for layout, derived in zip(layouts, relations, strict=True):
        _write_sheet(
            workbook.add_worksheet(layout.name), layout, derived, looks,
            entries.get(layout.name, {}),
        )  # fmt: skip
    _write_guide(workbook.add_worksheet("填表说明"), guide, looks)
    workbook.close()
    return buffer.getvalue()


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(
                {"valign": "vcenter", "text_wrap": True, **properties}
            )
        return self._made[key]

    def of(self, box: Box) -> Format:
        """Return the format of a box."""
        look = dict(_LOOKS[box.role])
        if box.left:
            look |= {"align": "left", "indent": 1}
        if box.number_format:
            look["num_format"] = box.number_format
        return self(**look)


def _write_sheet(
    sheet: Worksheet,
    layout: Layout,
    relations: Mapping[Cell, Relation],
    looks: _Looks,
    entries: Mapping[Cell, Entry],
) -> None:
    contents = {**layout.contents(), **entries}
    shown = results(layout, relations, numbers(contents))
    for column, width in enumerate(layout.widths):
        sheet.set_column(column, column, width)
    for row in range(max(box.area[2] for box in layout.boxes) + 1):
        sheet.set_row(row, _height(layout, row, entries))
    for box in layout.boxes:
        style = looks.of(box)
        if box.area[:2] != box.area[2:]:
            sheet.merge_range(*box.area, "", style)
        if box.role is Role.DERIVED:
            relation = relations.get(box.cell)
            formula = live_formula(relation, box, layout) if relation else box.link
            cached = _cached(shown.get(box.cell)) if relation else box.text
            sheet.write_formula(*box.cell, f"={formula}", style, cached)
        else:
            _write_content(sheet, box.cell, contents.get(box.cell), style)
    _add_validations(sheet, layout)
    _set_up_page(sheet, layout.landscape)
    sheet.freeze_panes(*layout.frozen)
    sheet.repeat_rows(*layout.repeated)


def _height(layout: Layout, row: int, entries: Mapping[Cell, Entry]) -> float:
    """The row's height, more where a longer text is filled in."""
    height = layout.heights.get(row, layout.height)
    for box in layout.by_role(Role.INPUT):
        text = entries.get(box.cell)
        top, left, bottom, right = box.area
        if top == row and isinstance(text, str):
            needed = text_height(text, sum(layout.widths[left : right + 1]) - 2)
            height = max(height, needed / (bottom - top + 1))
    return height


def _cached(value: Fraction | None) -> float | int | str:
    if value is None:
        return ""
    return value.numerator if value.denominator == 1 else float(value)


def _write_content(sheet: Worksheet, cell: Cell, value: Entry, style: Format) -> None:
    if value is None:
        sheet.write_blank(*cell, None, style)
    elif isinstance(value, str):
        sheet.write_string(*cell, value, style)
    else:
        sheet.write_number(*cell, value, style)


def _add_validations(sheet: Worksheet, layout: Layout) -> None:
    for check, area in _checked_areas(layout):
        options = validation(check, a1((area[0], _points_column(layout, area))))
        if options:
            sheet.data_validation(*area, options)


def _points_column(layout: Layout, area: Range) -> int:
    """The column of the points a score in ``area`` is held against: the nearest one left."""
    columns = [
        box.area[1]
        for box in layout.boxes
        if box.check in (Check.POINTS, Check.WEIGHT)
        and box.area[0] == area[0]
        and box.area[1] < area[1]
    ]
    return max(columns, default=max(area[1] - 1, 0))


def _checked_areas(layout: Layout) -> list[tuple[Check, Range]]:
    """Join the input boxes of one check that stand under each other."""
    areas: list[tuple[Check, Range]] = []
    inputs = [(box.check, box.area) for box in layout.by_role(Role.INPUT) if box.check]
    for check, area in sorted(inputs, key=lambda item: (item[1][1], item[1][0])):
        top, left, bottom, right = area
        if areas:
            last_check, (first, last_left, last, last_right) = areas[-1]
            if (last_check, last_left, last_right, last + 1) == (check, left, right, top):
                areas[-1] = check, (first, left, bottom, right)
                continue
        areas.append((check, area))
    return areas


def _set_up_page(sheet: Worksheet, landscape: bool) -> None:
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.55, right=0.55, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&9第 &P 页，共 &N 页")
    sheet.hide_gridlines(2)


def _write_guide(sheet: Worksheet, guide: Guide, looks: _Looks) -> None:
    """Write the 填表说明 sheet: sections of numbered lines in one wide column."""
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 84)
    sheet.merge_range(0, 0, 0, 1, "", looks(**_LOOKS[Role.TITLE]))
    sheet.write_string(0, 0, guide.title, looks(**_LOOKS[Role.TITLE]))
    sheet.set_row(0, 40)
    body = {"font_name": _SONG, "font_size": 10.5, "border": 1, "border_color": _LINE}
    row = 1
    for section in guide.sections:
        heading = looks(**{**_LOOKS[Role.LABEL], "align": "left", "indent": 1, "bold": True})
        sheet.merge_range(row, 0, row, 1, "", heading)
        sheet.write_string(row, 0, section.heading, heading)
        sheet.set_row(row, 24)
        row += 1
        for line in section.lines:
            name = looks(**{**body, "font_name": _HEI, "align": "center", **_sample(line.sample)})
            sheet.write_string(row, 0, line.name, name)
            sheet.write_string(row, 1, line.text, looks(**body, indent=1, align="left"))
            sheet.set_row(row, line.height(82))
            row += 1
    _set_up_page(sheet, landscape=False)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0, 0)


def _sample(role: Role | None) -> dict[str, object]:
    """The look of a role, for the colour legend."""
    if role is None:
        return {}
    return {
        key: value
        for key, value in _LOOKS[role].items()
        if key in ("bg_color", "italic", "font_color")
    }
