"""Where questionnaires stand on a sheet."""

from __future__ import annotations

import re

from selfeval_xl.forms.questionnaire_answer_columns import ANSWER_WORDS
from selfeval_xl.forms.questionnaire_answers import read_answers
from selfeval_xl.forms.questionnaire_header import (
    OPTION_WORDS,
    columns_of,
    extent,
    heading_of,
    measure_in,
    options_in,
    with_sub_columns,
)
from selfeval_xl.forms.questionnaire_places import Layout, Option
from selfeval_xl.forms.questionnaire_rows import read_measured, read_rows
from selfeval_xl.forms.row_texts import row_texts
from selfeval_xl.forms.shapes import ByShape, shape_of
from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Sheet

_ASKING = re.compile(r"问卷|满意|题目|您|[?？]|如何|怎么样|调查")


_OWN_NUMBER = re.compile(r"[(（]?第?(\d{1,2})(?:题|[)）]|[、:：]|[.．](?!\d))")
_PLACES = re.compile(r"^(?:.{0,4}[县区市州乡镇村]|街道|社区|地区|单位|机构|部门|学校|.{0,4}名称)$")


def find_layouts(sheet: Sheet) -> list[Layout]:
    """Return the questionnaires of a sheet from top to bottom."""
    headers = [
        (row, options)
        for row, text in enumerate(row_texts(sheet))
        if OPTION_WORDS.search(text) and (options := options_in(sheet.rows[row])) is not None
    ]
    layouts: list[Layout] = []
    for place, (row, options) in enumerate(headers):
        if layouts and row <= layouts[-1].last_row:
            continue
        end = _end(sheet, headers[place + 1 :], options)
        layout = _layout(sheet, row, options, end)
        if layout is not None:
            layouts.append(layout)
    return layouts or _listed(sheet)


def _listed(sheet: Sheet) -> list[Layout]:
    """Return the questionnaire with a row per answer; all tables of a sheet are one."""
    for row, text in enumerate(row_texts(sheet)):
        if ANSWER_WORDS.search(text) and (layout := read_answers(sheet, row)) is not None:
            if not _about_satisfaction(sheet, row, layout):
                return []
            _finish(layout)
            return [layout]
    return []


def _end(sheet: Sheet, later: list[tuple[int, list[Option]]], options: list[Option]) -> int:
    """Return the row where the next questionnaire starts; a repeated header does not end one."""
    labels = [(option.label, option.column) for option in options]
    for row, other in later:
        if [(option.label, option.column) for option in other] != labels:
            return row
        above = sheet.rows[row - 1] if row else []
        if not measure_in(above):
            return row
    return sheet.height


def _layout(sheet: Sheet, row: int, options: list[Option], end: int) -> Layout | None:
    shape = shape_of(sheet, max(row - 1, 0), sheet.height, range(sheet.width), (), row, end)
    layout = _KNOWN.get(shape, lambda: _read(sheet, row, options, end))
    if layout is None or (layout.questions and not _about_satisfaction(sheet, row, layout)):
        return None
    return layout


_KNOWN: ByShape[Layout | None] = ByShape(64)


def _read(sheet: Sheet, row: int, options: list[Option], end: int) -> Layout | None:
    """Read the rows under a header, from the row above it; any number is as good as another."""
    options, body = with_sub_columns(sheet, row, options)
    columns = columns_of(sheet, row, body, end, options)
    of_places = _PLACES.search(heading_of(sheet, row, body, columns.question)) is not None
    layout = Layout(row, body, row, options, columns=extent(sheet, row, body), of_places=of_places)
    letters = [option.letter for option in options if option.letter]
    repeated = next((letter for letter in letters if letters.count(letter) > 1), "")
    if repeated:
        if not _has_measures(sheet, body, end):
            return None
        layout.failure = f"选项“{repeated}”出现不止一次，无法确定各列的含义"
        layout.last_row = end - 1
        return layout
    if columns.measure is not None:
        read_measured(sheet, layout, columns, end)
    elif (
        any(option.share_column is not None for option in options)
        or columns.total is not None
        or columns.score is not None
        or columns.rate is not None
    ):
        read_rows(sheet, layout, columns, end)
    if not layout.questions:
        return None
    _finish(layout)
    return layout


def _about_satisfaction(sheet: Sheet, row: int, layout: Layout) -> bool:
    """Tell whether the table asks people: lists of graded units or exam results do not."""
    if any("满意" in option.label for option in layout.options):
        return True
    near = [value for cells in sheet.rows[max(row - 4, 0) : row + 1] for value in cells]
    texts = [value for value in near if type(value) is str]
    texts += [block.text for block in layout.questions]
    return any(_ASKING.search(squash(text)) for text in texts)


def _has_measures(sheet: Sheet, first: int, end: int) -> bool:
    return any(measure_in(cells) for cells in sheet.rows[first : min(end, first + 6)])


def _finish(layout: Layout) -> None:
    """Number the questions, and say what is missing for working them out."""
    for number, block in enumerate(layout.questions, 1):
        block.text = block.text or f"第{number}题"
    own = [_OWN_NUMBER.match(squash(block.text)) for block in layout.questions]
    numbers = [int(found[1]) for found in own if found]
    if len(set(numbers)) < len(own):  # some have none, or one of a section
        numbers = list(range(1, len(own) + 1))
    for block, number in zip(layout.questions, numbers, strict=True):
        block.number = number
    if not any(any(block.counts) for block in layout.questions):
        layout.failure = "找不到“人数”行（或各选项人数栏），无法复算占比和分数"
