"""A fund table as it stands on a sheet: header, columns, rows and what each row is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from selfeval_xl.forms.fund_headings import (
    FOREIGN_WORDS,
    QUANTITY_WORDS,
    Heading,
    Role,
    clean,
    heading,
    split_unit,
)
from selfeval_xl.values import Quantity, Stated, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet


class RowKind(StrEnum):
    """What a row of the body is."""

    DETAIL = "detail"
    TOTAL = "total"  # 合计, 总计
    SUBTOTAL = "subtotal"  # 小计, 五华区合计
    PART = "part"  # 其中: shown again, never added
    SECTION = "section"  # a heading among the rows
    TAIL = "tail"  # below the total: pairs of label and value, remarks


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table."""

    index: int
    heading: Heading

    @property
    def summable(self) -> bool:
        """Whether its figures may be added up."""
        return self.heading.role in (Role.AMOUNT, Role.COUNT, Role.NUMBER)


@dataclass(slots=True)
class Row:
    """A row of the body with its name and what its figure cells state, by column.

    ``level`` is the depth of the row's numbering (一、 → 0, 1. → 1 …), None without numbering.
    """

    index: int
    kind: RowKind
    name: str
    texts: tuple[tuple[int, str], ...]
    stated: dict[int, Stated] = field(default_factory=dict)
    level: int | None = None
    figures: dict[int, Quantity] = field(default_factory=dict)

    def quantity(self, column: int) -> Quantity | None:
        """Return the figure stated in a column, None when there is none."""
        return self.figures.get(column)

    def cell(self, column: int) -> Cell:
        """Return the address of the row's cell in a column."""
        return self.index, column


@dataclass
class FundTable:
    """A table found: rows and columns of the sheet, counted from zero."""

    sheet: Sheet
    header: int
    first: int
    last: int
    columns: tuple[Column, ...]
    name_column: int | None
    rows: list[Row]
    title: str = ""
    amount_unit: str = ""

    @cached_property
    def by_index(self) -> dict[int, Row]:
        """The rows by their place on the sheet."""
        return {row.index: row for row in self.rows}

    @cached_property
    def figure_rows(self) -> list[Row]:
        """The rows that may hold figures of the table: not its tail, not a section heading."""
        return [row for row in self.rows if row.kind not in (RowKind.TAIL, RowKind.SECTION)]

    def of_role(self, *roles: Role) -> list[Column]:
        """Return the columns of the given roles."""
        return [column for column in self.columns if column.heading.role in roles]


Texts = list[tuple[int, str]]
Cells = list[tuple[int, object]]
Body = list[tuple[int, Cells]]

_STRONG_TITLE = re.compile(
    r"明细表?|使用情况|支出情况|支出表|(?:补助|资金|经费|补贴|拨款|拨付|下达|分配).{0,12}(?:表|情况|一览|汇总|统计)"
)
_FOREIGN_TITLE = re.compile(
    r"自评|评分|指标|问卷|满意度|绩效目标|申报表|审批表|基础数据|调查|评价表|通讯录|花名册|考核"
)
_FOREIGN_LINE = re.compile(
    r"绩效指标|[一二三]级指标|年度资金总额|总体目标|指标值|“三公”|三公经费|编制数|预算执行情况"
)
_TOTAL = re.compile(r"^(.{0,14}?)(合计|总计|小计|共计|总合计|累计)(?:\(.{0,8}\))?[:]?$")
_TOTAL_SHORT = frozenset({"计", "总", "汇总"})
_PART = re.compile(r"^[-—·]?其中(?:[:：,]|.{0,20}$)")
_NOTE = re.compile(
    r"^(?:备注|注|说明|填表|制表|审核|单位负责人|负责人|联系|数据来源|填报|经办|分管|财务|\*|※)"
)
_COLUMN_LINE = re.compile(r"^(?:栏次|行次|列次|栏目)$")
_HEAVENLY_STEMS = ("甲", "乙", "丙", "丁", "戊", "A", "B", "C")
_BLANK_ROWS = 4
_DEEPEST_HEADER = 3
_LONGEST_HEADING = 40
_ROMAN_LEVEL = (
    (re.compile(r"^[一二三四五六七八九十]{1,3}(?:[、.．,]|$)"), 0),
    (re.compile(r"^\([一二三四五六七八九十]{1,3}\)"), 1),
    (re.compile(r"^\d{1,3}(?:[、.．](?!\d)|$)"), 2),
    (re.compile(r"^\(\d{1,3}\)"), 3),
    (re.compile(r"^[①-⑳]"), 4),
)
_DOTTED = re.compile(r"^\d{1,3}(?:\.\d{1,3})+(?:[、.．]|$)?")


def find_tables(sheet: Sheet) -> Iterator[FundTable]:
    """Yield the fund tables of a sheet from top to bottom."""
    lines = ["".join("|".join([v for v in r if isinstance(v, str)]).split()) for r in sheet.rows]
    if not _may_hold_table("\n".join(lines)):
        return
    row, above = 0, 0
    while row < sheet.height - 1:
        table = _table_at(sheet, lines, row, above) if _may_be_header(lines, row) else None
        if table is None:
            row += 1
            continue
        table = _clearer_below(sheet, lines, table, above)
        yield table
        row = above = table.last + 1


def _clearer_below(sheet: Sheet, lines: list[str], table: FundTable, above: int) -> FundTable:
    """Return the table again with a lower header when the rows found are but its head block."""
    figures = [row.index for row in table.rows if row.figures]
    best, score = table, len(_explicit(table))
    for row in range(table.first, min(figures, default=table.first)):
        if not _may_be_header(lines, row):
            continue
        other = _table_at(sheet, lines, row, above)
        if other is not None and len(_explicit(other)) > score:
            best, score = other, len(_explicit(other))
    return best


def _explicit(table: FundTable) -> list[Column]:
    """Return the columns whose heading names money or a quantity and that hold figures."""
    return [
        column
        for column in table.of_role(Role.AMOUNT, Role.COUNT)
        if column.heading.explicit
        and any(row.quantity(column.index) is not None for row in table.rows)
    ]


def _may_hold_table(text: str) -> bool:
    """Reject most other sheets at once: no money word or neither a total nor a table title."""
    return QUANTITY_WORDS.search(text) is not None and (
        "计" in text or _STRONG_TITLE.search(text) is not None
    )


def _may_be_header(lines: list[str], row: int) -> bool:
    """Tell from the rows' bare texts whether a header may begin in a row."""
    line = lines[row]
    if "|" not in line or FOREIGN_WORDS.search(line):
        return False
    return any(map(QUANTITY_WORDS.search, lines[row : row + _DEEPEST_HEADER]))


def contents(sheet: Sheet, row: int) -> Cells:
    """Return a row's non-blank cells, without those covered by a merge."""
    found = [
        (column, value)
        for column, value in enumerate(sheet.rows[row])
        if value is not None and not (isinstance(value, str) and not value.strip())
    ]
    if not sheet.merges:
        return found
    return [(column, value) for column, value in found if is_own(sheet, (row, column))]


def is_own(sheet: Sheet, cell: Cell) -> bool:
    """Tell whether a cell is not covered by a merge."""
    return not sheet.merges or sheet.anchor(cell) == cell


def texts_of(cells: Cells) -> Texts:
    """Return the squashed texts among a row's cells."""
    return [(column, clean(value)) for column, value in cells if isinstance(value, str)]


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and isinstance(read_quantity(value), Quantity)


# --- header ------------------------------------------------------------------------------------


def _table_at(sheet: Sheet, lines: list[str], row: int, above: int) -> FundTable | None:
    cells = contents(sheet, row)
    if not _is_header(cells):
        return None
    depth = _depth(sheet, row)
    texts = "|".join(clean(str(v)) for r in range(row, row + depth) for _, v in contents(sheet, r))
    if not QUANTITY_WORDS.search(texts) or FOREIGN_WORDS.search(texts):
        return None
    headings = _headings(sheet, row, depth)
    if sum(1 for found in headings.values() if found.path) < 2:
        return None
    first = row + depth
    while first < sheet.height and _is_column_line(contents(sheet, first)):
        first += 1
    end = first
    while end < sheet.height and not _FOREIGN_LINE.search(lines[end]):
        end += 1
    body = list(_body_lines(sheet, row, first, end))
    return _read_body(sheet, above, row, body, headings)


def _is_header(cells: Cells) -> bool:
    """Tell whether a row may be the upper row of a header: short texts, no figures but years."""
    if len(cells) < 2:
        return False
    for _, value in cells:
        if isinstance(value, str):
            if len(value) > _LONGEST_HEADING or _is_number(value):
                return False
        elif not (isinstance(value, int | float) and 1990 <= value <= 2100):
            return False
    return not any(text.endswith((":", "：")) for _, text in texts_of(cells)[:1])


def _depth(sheet: Sheet, row: int) -> int:
    depth = 1
    while depth < _DEEPEST_HEADER and row + depth < sheet.height - 1:
        if not _is_sub_header(sheet, row, row + depth):
            break
        depth += 1
    return depth


def _is_sub_header(sheet: Sheet, top: int, row: int) -> bool:
    """Tell whether a row continues the header above it: only texts, each under a group."""
    cells = contents(sheet, row)
    if not cells or any(not isinstance(value, str) or _is_number(value) for _, value in cells):
        return False
    if any(len(str(value)) > _LONGEST_HEADING for _, value in cells):
        return False
    upper = {column for column, _ in contents(sheet, top)}
    for column, value in cells:
        anchor = sheet.anchor((row - 1, column))
        merge = sheet.merge(anchor)
        grouped = merge[3] > merge[1] or column not in upper or anchor != (row - 1, column)
        opens_group = _opens_group(sheet, row, column)
        if not grouped and not opens_group and not _is_unit(str(value)):
            return False
    leftmost = min(upper, default=0)
    left = sheet.merge(sheet.anchor((top, leftmost)))
    return left[3] > left[1] or all(column != leftmost for column, _ in cells)


def _opens_group(sheet: Sheet, row: int, column: int) -> bool:
    """Tell whether the header cell above stands over several cells without being merged."""
    right = (row - 1, column + 1)
    return (
        sheet.anchor(right) == right
        and sheet.value(right) in (None, "")
        and sheet.value((row, column + 1)) not in (None, "")
    )


def _is_unit(text: str) -> bool:
    name, unit = split_unit(clean(text))
    return bool(unit) and not name


def _is_column_line(cells: Cells) -> bool:
    """Tell whether a row numbers the columns: 栏次 1 2 3, 甲 乙 1 2 3=1-2."""
    if len(cells) < 3:
        return False
    if _COLUMN_LINE.match(clean(str(cells[0][1]))):
        return True
    marks = [clean(str(value)).removesuffix(".0").partition("=")[0] for _, value in cells]
    while marks and marks[0] in _HEAVENLY_STEMS:
        marks.pop(0)
    counted = marks == [str(n + 1) for n in range(len(marks))]
    return counted and len(marks) >= (4 if len(marks) == len(cells) else 2)


def _headings(sheet: Sheet, row: int, depth: int) -> dict[int, Heading]:
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
    return "" if value is None else clean(str(value).removesuffix(".0"))


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


def _title(sheet: Sheet, above: int, row: int) -> str:
    """Return the title above a header: the lowest single text that names a fund table."""
    title = ""
    for line in range(max(above, row - 8), row):
        for _, text in texts_of(contents(sheet, line)):
            if 4 <= len(text) <= 80 and _STRONG_TITLE.search(text) and ":" not in text:
                title = text
    return title


_UNIT_LINE = re.compile(r"单位[:]?\(?(亿元|万元|千元|百元|元)")


def _unit_line(sheet: Sheet, above: int, row: int) -> str:
    """Return the unit stated above a header (“单位：万元”), also split over two cells."""
    for line in range(row - 1, max(above, row - 8) - 1, -1):
        text = "".join(text for _, text in texts_of(contents(sheet, line)))
        found = _UNIT_LINE.search(text)
        if found:
            return found[1]
    return ""


# --- body --------------------------------------------------------------------------------------


def _read_body(
    sheet: Sheet, above: int, header: int, lines: Body, headings: dict[int, Heading]
) -> FundTable | None:
    title = _title(sheet, above, header)
    if not lines or _FOREIGN_TITLE.search(title):
        return None
    columns = _columns(lines, headings)
    rows = [_row(sheet, line, cells, columns) for line, cells in lines]
    _settle_kinds(rows, columns)
    table = FundTable(
        sheet=sheet,
        header=header,
        first=lines[0][0],
        last=lines[-1][0],
        columns=tuple(columns),
        name_column=_name_column(rows, columns),
        rows=rows,
        title=title,
        amount_unit=_unit_line(sheet, above, header),
    )
    if not _holds(table):
        return None
    _name_rows(table)
    return table


def _body_lines(sheet: Sheet, header: int, first: int, end: int) -> Iterator[tuple[int, Cells]]:
    """Yield the body's rows; it ends at a run of blanks, another header or another title."""
    heads = {clean(str(value)) for _, value in contents(sheet, header)}
    blanks = 0
    total_seen = False
    for line in range(first, end):
        cells = contents(sheet, line)
        if not cells:
            blanks += 1
            if total_seen or blanks > _BLANK_ROWS:
                return
            continue
        texts = texts_of(cells)
        words = {text for _, text in texts}
        if len(cells) >= 2 and len(words & heads) >= max(2, len(heads) - 1):
            if line > first and total_seen:
                return
            continue  # the header repeated for another printed page
        if blanks and not total_seen and _is_header(cells):
            return
        if total_seen and _starts_table(sheet, line, cells):
            return
        blanks = 0
        total_seen = total_seen or (line > first and _labels_total(cells))
        yield line, cells


def _starts_table(sheet: Sheet, line: int, cells: Cells) -> bool:
    """Tell whether a row below a total is the title or the header of what comes next."""
    texts = texts_of(cells)
    if len(cells) == 1 and texts:
        text = texts[0][1]
        return text.endswith("表") and len(text) <= 40 and not _NOTE.match(text)
    return (
        len(cells) >= 3
        and _is_header(cells)
        and QUANTITY_WORDS.search("|".join(text for _, text in texts)) is not None
        and not _NOTE.match(texts[0][1])
        and line + 1 < sheet.height
        and any(_is_number(value) for _, value in contents(sheet, line + 1))
    )


def _columns(lines: Body, headings: dict[int, Heading]) -> list[Column]:
    """Return the table's columns; figures under an unclear heading are taken by their content."""
    by_column: dict[int, list[object]] = {}
    for _, cells in _above_tail(lines):
        for column, value in cells:
            by_column.setdefault(column, []).append(value)
    columns = []
    for index, found in sorted(headings.items()):
        values = by_column.get(index, [])
        if not found.path and not values:
            continue
        columns.append(Column(index, _by_content(found, values)))
    return columns


def _above_tail(lines: Body) -> Body:
    """Return the rows to the last total, all rows when the table has none at its end."""
    totals = [n for n, (_, cells) in enumerate(lines) if _labels_total(cells)]
    last = totals[-1] + 1 if totals and totals[-1] > 0 else len(lines)
    return lines[:last]


def _labels_total(cells: Cells) -> bool:
    texts = [value for _, value in cells if isinstance(value, str)][:3]
    return any(_total_label(clean(text)) for text in texts if "计" in text or len(text) <= 2)


def _by_content(found: Heading, values: list[object]) -> Heading:
    if found.role is Role.TEXT:
        return found
    if not found.path or not _mostly_numbers(values):
        summed = found.explicit and any(_is_number(value) for value in values)
        return found if summed or (found.explicit and not values) else _as_text(found)
    if found.role in (Role.AMOUNT, Role.COUNT, Role.NUMBER) and _looks_like_names(values, found):
        return _as_text(found)
    return found


def _mostly_numbers(values: list[object]) -> bool:
    numbers = sum(map(_is_number, values))
    return numbers * 2 >= len(values) and numbers > 0


def _looks_like_names(values: list[object], found: Heading) -> bool:
    """Tell whether numbers are none to add: phone and identity numbers, years, 1 2 3 …"""
    texts = [str(value).strip().removesuffix(".0") for value in values]
    digits = [text for text in texts if text.isdigit()]
    if len(digits) < len(texts) / 2:
        return False
    if all(len(text) in (11, 15, 18) or (text[0] == "0" and len(text) > 6) for text in digits):
        return found.role is not Role.AMOUNT or not found.explicit
    if found.role is not Role.NUMBER:
        return False
    numbers = list(map(int, digits))
    years = all(1950 <= number <= 2100 for number in numbers)
    counted = len(numbers) > 2 and numbers[:-1] == list(range(1, len(numbers)))
    return years or counted or numbers == list(range(1, len(numbers) + 1))


def _as_text(found: Heading) -> Heading:
    return Heading(found.path, Role.TEXT, found.flow, found.unit, False)


def _row(sheet: Sheet, line: int, cells: Cells, columns: list[Column]) -> Row:
    roles = {column.index: column.heading.role for column in columns}
    stated: dict[int, Stated] = {}
    texts: Texts = []
    for column, value in cells:
        role = roles.get(column, Role.TEXT)
        if role is Role.TEXT:
            texts.append((column, clean(str(value).removesuffix(".0"))))
        else:
            code = sheet.number_formats.get((line, column), "General")
            stated[column] = read_quantity(value, code)
            if isinstance(value, str) and not isinstance(stated[column], Quantity):
                texts.append((column, clean(value)))
    texts.sort()
    figures = {c: value for c, value in stated.items() if isinstance(value, Quantity)}
    return Row(line, RowKind.DETAIL, "", tuple(texts), stated, figures=figures)


def _total_label(text: str) -> str:
    """Return the total word of a row label, "" when the label names no total."""
    if text in _TOTAL_SHORT:
        return text
    found = _TOTAL.match(text)
    return found[2] if found else ""


def _settle_kinds(rows: list[Row], columns: list[Column]) -> None:
    """Tell the rows' kinds: totals by their label, the tail as all below the last total."""
    for row in rows:
        labels = [text for _, text in row.texts[:3]]
        words = [word for text in labels if (word := _total_label(text))]
        if words:
            row.kind = RowKind.SUBTOTAL if words[0] == "小计" else RowKind.TOTAL
            row.name = next(text for text in labels if _total_label(text))
        elif any(map(_PART.match, labels[:2])):
            row.kind = RowKind.PART
        elif not row.figures:
            note = labels and _NOTE.match(labels[0])
            single = len(row.texts) == 1
            row.kind = RowKind.TAIL if note else RowKind.SECTION if single else RowKind.DETAIL
        row.level = _level(row)
    _settle_tail(rows, columns)
    _demote_totals(rows)


def _settle_tail(rows: list[Row], columns: list[Column]) -> None:
    """Mark what stands below the last total as tail unless it is further detail."""
    last = max((n for n, row in enumerate(rows) if _is_total(row)), default=-1)
    if last <= 0:
        return
    summable = {column.index for column in columns if column.summable}
    for row in rows[last + 1 :]:
        misplaced = any(
            text and not text.isdigit() for column, text in row.texts if column in summable
        )
        numbers = any(row.quantity(column) for column in summable)
        if not numbers or misplaced or row.kind is RowKind.TAIL or _is_pair_row(row):
            row.kind = RowKind.TAIL


_PAIR_LABEL = re.compile(r"率$|预计|计划|全年|目标|任务")


def _is_pair_row(row: Row) -> bool:
    """Tell whether a row is label, value, label, value: 全年预计人数 20000 任务完成率 115.93%."""
    return any(_PAIR_LABEL.search(text) for _, text in row.texts[:3])


def _is_total(row: Row) -> bool:
    return row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL)


def _demote_totals(rows: list[Row]) -> None:
    """Of several totals keep the overall one; the others are subtotals."""
    totals = [n for n, row in enumerate(rows) if row.kind is RowKind.TOTAL]
    if len(totals) < 2:
        return
    plain = [n for n in totals if rows[n].name.rstrip(":") in ("总计", "总合计", "共计")]
    if len(plain) != 1:
        plain = [n for n in totals if rows[n].name.rstrip(":") in ("合计", "总计", "共计", "累计")]
    grand = plain[0] if len(plain) == 1 else None
    if grand is None:
        between = rows[totals[-2] + 1 : totals[-1]]
        if not any(row.kind is RowKind.DETAIL for row in between):
            grand = totals[-1]
    for n in totals:
        if grand is not None and n != grand:
            rows[n].kind = RowKind.SUBTOTAL


def _level(row: Row) -> int | None:
    for _, text in row.texts[:2]:
        dotted = _DOTTED.match(text)
        if dotted:
            return 2 + dotted[0].count(".")
        for pattern, level in _ROMAN_LEVEL:
            if pattern.match(text):
                return level
    return None


def _name_column(rows: list[Row], columns: list[Column]) -> int | None:
    """Return the text column that names the rows: 项目名称, 县区, 机构名称 …"""
    texts = [column for column in columns if column.heading.role is Role.TEXT]
    best: tuple[float, int] | None = None
    details = [row for row in rows if row.kind is RowKind.DETAIL]
    for place, column in enumerate(texts):
        filled = [dict(row.texts).get(column.index, "") for row in details]
        named = [text for text in filled if text and not text.isdigit()]
        if not named or column.heading.leaf in ("序号", "编号"):
            continue
        score = len(set(named)) / max(len(details), 1) - place * 0.05
        score += 0.3 if _NAMING.search(column.heading.leaf) else 0
        score -= 0.6 if _NOT_NAMING.search(column.heading.leaf) else 0
        if best is None or score > best[0]:
            best = score, column.index
    return best[1] if best else None


_NAMING = re.compile(
    r"名称|县|区|项目|机构|姓名|单位|乡|街道|村|内容|事项|用途|学校|企业|地区|科目"
)
_NOT_NAMING = re.compile(r"备注|说明|电话|手机|联系|负责人|账号|日期|时间|文号|证号|性质|类别|原因")


def _name_rows(table: FundTable) -> None:
    sheet = table.sheet
    for row in table.rows:
        if row.name:
            continue
        name = ""
        if table.name_column is not None:
            anchor = sheet.anchor((row.index, table.name_column))
            name = clean(sheet.text(anchor)) if anchor[0] >= table.first else ""
        row.name = (
            name
            or next((t for _, t in row.texts if not t.isdigit()), "")
            or (f"第{row.index + 1}行")
        )


def _holds(table: FundTable) -> bool:
    """Tell whether this is a fund table: money or quantity columns of figures, and a total."""
    explicit = [
        column
        for column in table.columns
        if column.heading.explicit and column.heading.role in (Role.AMOUNT, Role.COUNT)
    ]
    details = [row for row in table.rows if row.kind is RowKind.DETAIL]
    figures = sum(1 for row in details for c in explicit if row.quantity(c.index) is not None)
    if not explicit or figures < 2:
        return False
    total = any(_is_total(row) for row in table.rows)
    return total or (bool(table.title) and len(details) >= 2)
