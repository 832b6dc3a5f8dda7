"""Where a questionnaire stands on a sheet: its options, questions, totals and final score.

Every accepted layout (three rows per question, one row per question, shares beside the counts)
is brought into the same shape, a list of ``Block``; nothing after this module knows the layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selfeval_xl.forms.questionnaire_labels import (
    COEFFICIENTS,
    COUNT_COLUMNS,
    FINAL,
    MEASURES,
    QUESTION_COLUMN,
    RATE_COLUMNS,
    SCORE_COLUMNS,
    TOTALS,
    Row,
    name_of,
    option_of,
)
from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

_LARGEST_GAP = 3
_HINTS = ("满意", "A", "Ａ", "a", "一般")
_ASKING = re.compile(r"问卷|满意|题目|您|[?？]|如何|怎么样|调查")


@dataclass(frozen=True, slots=True)
class Option:
    """An answer: how it is headed, its letter and rank, and the column of its figures."""

    label: str
    letter: str
    rank: int | None
    column: int
    share_column: int | None = None
    score_column: int | None = None


@dataclass(slots=True)
class Block:
    """A question, or the totals of all; cells are None where the form has no place for them."""

    text: str
    number: int = 0
    counts: list[Cell | None] = field(default_factory=list)
    shares: list[Cell | None] = field(default_factory=list)
    scores: list[Cell | None] = field(default_factory=list)
    total: Cell | None = None
    share_total: Cell | None = None
    score_total: Cell | None = None
    rate: Cell | None = None


@dataclass(slots=True)
class Layout:
    """A questionnaire's places. ``last_row`` is the last row that belongs to the table."""

    header_row: int
    first_body_row: int
    last_row: int
    options: list[Option]
    questions: list[Block] = field(default_factory=list)
    totals: Block | None = None
    final: Cell | None = None
    final_label: str = ""
    coefficient_row: int | None = None
    columns: tuple[int, int] = (0, 0)
    """First and last column of the table."""
    failure: str = ""


@dataclass(slots=True)
class _Columns:
    """The roles of the columns besides the options."""

    total: int | None = None
    score: int | None = None
    rate: int | None = None
    measure: int | None = None
    labels: list[int] = field(default_factory=list)
    question: int = 0


def find_layouts(sheet: Sheet) -> list[Layout]:
    """Return the questionnaires of a sheet from top to bottom."""
    headers = [
        (row, options)
        for row, cells in enumerate(sheet.rows)
        if (options := _options(cells)) is not None
    ]
    layouts: list[Layout] = []
    for place, (row, options) in enumerate(headers):
        if layouts and row <= layouts[-1].last_row:
            continue
        end = _end(sheet, headers[place + 1 :], options)
        layout = _layout(sheet, row, options, end)
        if layout is not None:
            layouts.append(layout)
    return layouts


def _options(cells: list[object]) -> list[Option] | None:
    """Return the options a header row names, None when it is no header row."""
    texts = [value for value in cells if type(value) is str and len(value) < 40]
    if len(texts) < 3:
        return None
    joined = "\t".join(texts)
    if not any(hint in joined for hint in _HINTS) and "好" not in joined:
        return None
    options = [
        Option(" ".join(value.split()), *found, column)
        for column, value in enumerate(cells)
        if type(value) is str and len(value) < 40 and (found := option_of(value)) is not None
    ]
    if len(options) < 2:
        return None
    lettered = [option for option in options if option.letter]
    if len(lettered) >= 2 and {option.letter for option in lettered} >= {"A", "B"}:
        return lettered
    worded = [option for option in options if not option.letter]
    if len(worded) < 2 or len({option.rank for option in worded}) < len(worded):
        return None
    return worded if len(worded) > 2 or "满意" in "".join(o.label for o in worded) else None


def _end(sheet: Sheet, later: list[tuple[int, list[Option]]], options: list[Option]) -> int:
    """Return the row where the next questionnaire starts; a repeated header does not end one."""
    labels = [(option.label, option.column) for option in options]
    for row, other in later:
        if [(option.label, option.column) for option in other] != labels:
            return row
        above = sheet.rows[row - 1] if row else []
        if not _measure_in(above):
            return row
    return sheet.height


def _measure_in(cells: list[object]) -> bool:
    return any(type(value) is str and name_of(value) in MEASURES for value in cells)


def _layout(sheet: Sheet, row: int, options: list[Option], end: int) -> Layout | None:
    options, body = _with_sub_columns(sheet, row, options)
    columns = _columns(sheet, row, body, end, options)
    layout = Layout(row, body, row, options, columns=_extent(sheet, row, body))
    letters = [option.letter for option in options if option.letter]
    repeated = next((letter for letter in letters if letters.count(letter) > 1), "")
    if repeated:
        if not _has_measures(sheet, body, end):
            return None
        layout.failure = f"选项“{repeated}”出现不止一次，无法确定各列的含义"
        layout.last_row = end - 1
        return layout
    if columns.measure is not None:
        _read_measured(sheet, layout, columns, end)
    elif (
        any(option.share_column is not None for option in options)
        or columns.total is not None
        or columns.score is not None
        or columns.rate is not None
    ):
        _read_rows(sheet, layout, columns, end)
    if not layout.questions or not _about_satisfaction(sheet, row, layout):
        return None
    _number(layout)
    if not any(any(block.counts) for block in layout.questions):
        layout.failure = "找不到“人数”行（或各选项人数栏），无法复算占比和分数"
    return layout


def _extent(sheet: Sheet, row: int, body: int) -> tuple[int, int]:
    """Return the first and last column that the header rows use."""
    used = [
        sheet.merge((place, column))
        for place in range(row, body)
        for column, value in enumerate(sheet.rows[place])
        if value not in (None, "")
    ]
    return min(merge[1] for merge in used), max(merge[3] for merge in used)


def _about_satisfaction(sheet: Sheet, row: int, layout: Layout) -> bool:
    """Tell whether the table asks people: lists of graded units or exam results do not."""
    if any("满意" in option.label for option in layout.options):
        return True
    near = [value for cells in sheet.rows[max(row - 4, 0) : row + 1] for value in cells]
    texts = [value for value in near if type(value) is str]
    texts += [block.text for block in layout.questions]
    return any(_ASKING.search(squash(text)) for text in texts)


def _has_measures(sheet: Sheet, first: int, end: int) -> bool:
    return any(_measure_in(cells) for cells in sheet.rows[first : min(end, first + 6)])


def _with_sub_columns(sheet: Sheet, row: int, options: list[Option]) -> tuple[list[Option], int]:
    """Read a second header row of 人数/占比/分数 under the options; return the first body row."""
    below = sheet.rows[row + 1] if row + 1 < sheet.height else []
    kinds = {
        column: MEASURES[name]
        for column, value in enumerate(below)
        if type(value) is str and (name := name_of(value)) in MEASURES
    }
    starts = sorted(option.column for option in options)
    if sum(column in kinds for column in starts) < 2:
        return options, max(sheet.merge((row, start))[2] for start in starts) + 1
    found = []
    for option in options:
        later = [start for start in starts if start > option.column]
        until = later[0] if later else sheet.merge((row, option.column))[3] + 1
        own = {
            kinds[column]: column
            for column in range(option.column, max(until, option.column + 1))
            if column in kinds
        }
        found.append(
            Option(
                option.label, option.letter, option.rank,
                own.get(Row.COUNT, option.column), own.get(Row.SHARE), own.get(Row.SCORE),
            )
        )  # fmt: skip
    return found, row + 2


def _columns(sheet: Sheet, row: int, body: int, end: int, options: list[Option]) -> _Columns:
    taken = {option.column for option in options}
    taken |= {option.share_column for option in options if option.share_column is not None}
    taken |= {option.score_column for option in options if option.score_column is not None}
    columns = _Columns()
    for column in range(sheet.width):
        if column in taken:
            continue
        name = _heading(sheet, row, body, column)
        if name in COUNT_COLUMNS and columns.total is None and name != "人数":
            columns.total = column
        elif name in SCORE_COLUMNS and columns.score is None:
            columns.score = column
        elif name in RATE_COLUMNS and columns.rate is None:
            columns.rate = column
        else:
            columns.labels.append(column)
    columns.measure = _measure_column(sheet, body, end, columns.labels)
    first = min(taken)
    if columns.measure is not None:
        columns.labels.remove(columns.measure)
    columns.question = _question_column(sheet, (row, body, end), columns.labels, first)
    return columns


def _heading(sheet: Sheet, row: int, body: int, column: int) -> str:
    """Return what a column is headed, over one or two header rows."""
    for place in (*range(row, body), row - 1):
        value = sheet.value(sheet.anchor((place, column)))
        if type(value) is str and place >= 0:
            name = name_of(value)
            if place >= row or name in COUNT_COLUMNS | SCORE_COLUMNS | RATE_COLUMNS:
                return name
    return ""


def _measure_column(sheet: Sheet, body: int, end: int, columns: list[int]) -> int | None:
    """Return the column that says 人数, 占比, 分数 row by row."""
    best, most = None, 0
    rows = sheet.rows[body : min(end, body + 9)]
    for column in columns:
        hits = {
            MEASURES[name]
            for cells in rows
            if column < len(cells)
            and type(value := cells[column]) is str
            and len(value) < 12
            and (name := name_of(value)) in MEASURES
        }
        if len(hits) > most:
            best, most = column, len(hits)
    return best


def _question_column(
    sheet: Sheet, span: tuple[int, int, int], columns: list[int], first: int
) -> int:
    """Return the column of the question texts: the one with the most text, headings counting.

    ``span`` are the header row, the first body row and the end; ``first`` is the first option's
    column.
    """
    row, body, end = span

    def weight(column: int) -> tuple[bool, int, int]:
        texts = [
            len(value)
            for cells in sheet.rows[body:end]
            if column < len(cells) and type(value := cells[column]) is str
        ]
        named = QUESTION_COLUMN.search(_heading(sheet, row, body, column)) is not None
        return named and sum(texts) > 0, column < first and sum(texts) > 0, sum(texts)

    return max(columns, key=weight, default=0)


def _row_label(sheet: Sheet, row: int, columns: _Columns) -> str:
    """Return the row's own label text: the question column's, else the first label column's."""
    for column in (columns.question, *columns.labels):
        value = sheet.value((row, column))
        if type(value) is str and (text := value.strip()) and not text.isdigit():
            return text
    return ""


def _read_measured(sheet: Sheet, layout: Layout, columns: _Columns, end: int) -> None:
    """Read the layout with a row per measure."""
    block: Block | None = None
    gap = 0
    measure_column = columns.measure
    assert measure_column is not None
    for row in range(layout.first_body_row, end):
        label = _row_label(sheet, row, columns)
        raw = sheet.value((row, measure_column))
        measure = MEASURES.get(name_of(raw)) if type(raw) is str else None
        if label and _is_final(label) and layout.questions:
            _take_final(sheet, layout, columns, row, label)
            gap = 0
            continue
        if _is_coefficients(sheet, layout, row, label, raw):
            layout.coefficient_row = row
            continue
        if measure is None:
            gap += 1
            if gap > _LARGEST_GAP:
                break
            continue
        gap = 0
        if block is None or _starts(block, label, measure):
            block = _new_block(layout, label)
        _take_measure(sheet, layout, columns, block, (row, measure))
        layout.last_row = row


def _is_final(label: str) -> bool:
    name = name_of(label)
    if FINAL.fullmatch(name) is not None:
        return True
    head, colon, _ = squash(label).partition(":")
    return bool(colon) and FINAL.fullmatch(name_of(head)) is not None


def _is_coefficients(sheet: Sheet, layout: Layout, row: int, label: str, measure: object) -> bool:
    """Tell whether a row gives the options' coefficients."""
    names = {name_of(text) for text in (label, measure) if isinstance(text, str)}
    if not names & COEFFICIENTS or (layout.questions and not names & (COEFFICIENTS - {"分值"})):
        return False
    if name_of(label) not in COEFFICIENTS and isinstance(measure, str) and label:
        return False
    return has_figures(sheet, row, [option.column for option in layout.options])


def has_figures(sheet: Sheet, row: int, columns: list[int]) -> bool:
    """Tell whether at least two of the cells of a row hold something that starts like a number."""
    figures = 0
    for column in columns:
        if has_figure(sheet.value((row, column))):
            figures += 1
    return figures >= 2


def _starts(block: Block, label: str, measure: Row) -> bool:
    if label and squash(label) != squash(block.text):
        return True
    return bool(
        {Row.COUNT: block.counts, Row.SHARE: block.shares, Row.SCORE: block.scores}[measure]
    )


def _new_block(layout: Layout, label: str) -> Block:
    block = Block(" ".join(label.split()))
    if name_of(label) in TOTALS:
        if layout.totals is None:
            layout.totals = block
    else:
        layout.questions.append(block)
    return block


def _take_measure(
    sheet: Sheet, layout: Layout, columns: _Columns, block: Block, place: tuple[int, Row]
) -> None:
    """Take a row of head counts, shares or scores; ``place`` is the row and what it holds."""
    row, measure = place
    own = [_own(sheet, row, option.column) for option in layout.options]
    total = _own(sheet, row, columns.total)
    if measure is Row.COUNT:
        block.counts, block.total = own, total
    elif measure is Row.SHARE:
        block.shares, block.share_total = own, total
    else:
        block.scores, block.score_total = own, total or block.score_total
    score, rate = _own(sheet, row, columns.score), _own(sheet, row, columns.rate)
    if score is not None and (sheet.text(score) or measure is Row.SCORE):
        block.score_total = score
    if rate is not None and (sheet.text(rate) or block.rate is None):
        block.rate = rate


def _own(sheet: Sheet, row: int, column: int | None) -> Cell | None:
    """Return a row's own cell in a column; None below a merge that starts further up."""
    if column is None:
        return None
    cell = sheet.anchor((row, column))
    return cell if cell[0] == row else None


def _read_rows(sheet: Sheet, layout: Layout, columns: _Columns, end: int) -> None:
    """Read the layout with one row per question."""
    gap = 0
    option_columns = [option.column for option in layout.options]
    for row in range(layout.first_body_row, end):
        label = _row_label(sheet, row, columns)
        if label and _is_final(label) and layout.questions:
            _take_final(sheet, layout, columns, row, label)
            continue
        if name_of(label) in COEFFICIENTS and has_figures(sheet, row, option_columns):
            layout.coefficient_row = row
            continue
        if not label or not has_figures(sheet, row, option_columns):
            gap += 1
            if gap > _LARGEST_GAP:
                break
            continue
        gap = 0
        block = _new_block(layout, label)
        _take_row(sheet, layout, columns, block, row)
        layout.last_row = row


def _take_row(sheet: Sheet, layout: Layout, columns: _Columns, block: Block, row: int) -> None:
    def own(column: int | None) -> Cell | None:
        return _own(sheet, row, column)

    figures = [own(option.column) for option in layout.options]
    texts = [sheet.text(cell) for cell in figures if cell is not None]
    if sum("%" in text or "％" in text for text in texts) > len(texts) / 2:
        block.shares = figures
    else:
        block.counts = figures
    if any(option.share_column is not None for option in layout.options):
        block.shares = [own(option.share_column) for option in layout.options]
    if any(option.score_column is not None for option in layout.options):
        block.scores = [own(option.score_column) for option in layout.options]
    block.total, block.score_total = own(columns.total), own(columns.score)
    block.rate = own(columns.rate)


def _take_final(sheet: Sheet, layout: Layout, columns: _Columns, row: int, label: str) -> None:
    """Take the final score's cell: in the total or score column, else the row's only figure."""
    taken = [
        column for column in (columns.total, columns.score, columns.rate) if column is not None
    ]
    figures = [
        (row, column)
        for column in range(len(sheet.rows[row]))
        if column not in columns.labels
        and sheet.value((row, column)) is not None
        and has_figure(sheet.value((row, column)))
    ]
    preferred = [cell for cell in figures if cell[1] in taken]
    chosen = (preferred or figures[:1] or [sheet.anchor((row, column)) for column in taken])[:1]
    if chosen and chosen[0][0] == row:
        layout.final, layout.final_label = chosen[0], " ".join(label.split())
        layout.last_row = max(layout.last_row, row)


def has_figure(value: object) -> bool:
    """Tell whether a value is a number or starts like one."""
    if isinstance(value, str):
        return value.strip()[:1].isdigit()
    return isinstance(value, int | float)


def _number(layout: Layout) -> None:
    for number, block in enumerate(layout.questions, 1):
        block.number = number
        if not block.text:
            block.text = f"第{number}题"


def cells_of(block: Block) -> Iterator[Cell]:
    """Yield every cell of a block."""
    for row in (block.counts, block.shares, block.scores):
        yield from (cell for cell in row if cell is not None)
    for cell in (block.total, block.share_total, block.score_total, block.rate):
        if cell is not None:
            yield cell
