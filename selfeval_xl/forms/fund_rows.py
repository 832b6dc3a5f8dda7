"""The body of a fund table: its rows to the end, their kinds and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selfeval_xl.forms.fund_header import is_header
from selfeval_xl.forms.fund_headings import QUANTITY_WORDS, Heading, Role
from selfeval_xl.forms.fund_levels import (
    PART,
    level_of,
    part_level,
    settle_codes,
    settle_numbered_totals,
)
from selfeval_xl.forms.fund_table import (
    Body,
    Cells,
    Column,
    FundTable,
    Row,
    RowKind,
    Texts,
    contents,
    is_number,
    is_total,
    labels_total,
    texts_of,
    total_label,
)
from selfeval_xl.labels import squash
from selfeval_xl.values import Quantity, Stated, Unreadable, read_quantity
from selfeval_xl.workbooks.sheet import Sheet

_STATISTIC = re.compile(r"^(?:平均|均值|最[高低大小]|占比|比重|同比|环比)")

_NOTE = re.compile(
    r"^(?:备注|注|说明|填表|制表|审核|单位负责人|负责人|联系|数据来源|填报|经办|分管|财务|\*|※)"
)

_BLANK_ROWS = 4

_PAIR_LABEL = re.compile(r"率$|预计|计划|全年|目标|任务")

_NAMING = re.compile(
    r"名称|县|区|项目|机构|姓名|单位|乡|街道|村|内容|事项|用途|学校|企业|地区|科目"
)

_NOT_NAMING = re.compile(r"备注|说明|电话|手机|联系|负责人|账号|日期|时间|文号|证号|性质|类别|原因")


def body_lines(sheet: Sheet, header: int, first: int, end: int) -> Iterator[tuple[int, Cells]]:
    """Yield the body's rows; it ends at a run of blanks, another header or another title."""
    heads = {squash(str(value)) for _, value in contents(sheet, header)}
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
        if blanks and not total_seen and is_header(cells):
            return
        if total_seen and (_starts_table(sheet, line, cells) or (len(cells) == 1 and not texts)):
            return  # a figure all alone is somebody's reckoning
        blanks = 0
        total_seen = total_seen or (line > first and labels_total(cells))
        yield line, cells


def _starts_table(sheet: Sheet, line: int, cells: Cells) -> bool:
    """Tell whether a row below a total is the title or the header of what comes next."""
    texts = texts_of(cells)
    if len(cells) == 1 and texts:
        text = texts[0][1]
        return text.endswith("表") and len(text) <= 40 and not _NOTE.match(text)
    return (
        len(cells) >= 3
        and is_header(cells)
        and QUANTITY_WORDS.search("|".join(text for _, text in texts)) is not None
        and not _NOTE.match(texts[0][1])
        and line + 1 < sheet.height
        and any(is_number(value) for _, value in contents(sheet, line + 1))
    )


def read_columns(lines: Body, headings: dict[int, Heading]) -> list[Column]:
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
    for last in range(len(lines) - 1, 0, -1):
        if labels_total(lines[last][1]):
            return lines[: last + 1]
    return lines


def _by_content(found: Heading, values: list[object]) -> Heading:
    if found.role is Role.TEXT:
        return found
    if not found.path or not _mostly_numbers(values):
        summed = found.explicit and any(is_number(value) for value in values)
        return found if summed or (found.explicit and not values) else _as_text(found)
    if found.role in (Role.AMOUNT, Role.COUNT, Role.NUMBER) and _looks_like_names(values, found):
        return _as_text(found)
    return found


def _mostly_numbers(values: list[object]) -> bool:
    numbers = sum(map(is_number, values))
    return numbers * 2 >= len(values) and numbers > 0


def _looks_like_names(values: list[object], found: Heading) -> bool:
    """Tell whether numbers are none to add: phone and identity numbers, years, 1 2 3 …"""
    if found.role is Role.AMOUNT and found.explicit:
        return False
    texts = [str(value).strip().removesuffix(".0") for value in values]
    digits = [text for text in texts if text.isdigit()]
    if len(digits) < len(texts) / 2:
        return False
    if all(len(text) in (11, 15, 18) or (text[0] == "0" and len(text) > 6) for text in digits):
        return True
    if found.role is not Role.NUMBER:
        return False
    numbers = list(map(int, digits))
    years = all(1950 <= number <= 2100 for number in numbers)
    counted = len(numbers) > 2 and numbers[:-1] == list(range(1, len(numbers)))
    return years or counted or numbers == list(range(1, len(numbers) + 1))


def _as_text(found: Heading) -> Heading:
    return Heading(found.path, Role.TEXT, found.flow, found.unit, False)


def read_row(sheet: Sheet, line: int, cells: Cells, figure_columns: set[int]) -> Row:
    """Read a row of the body: its texts, and what its figure cells state."""
    formats = sheet.number_formats
    stated: dict[int, Stated] = {}
    figures: dict[int, Quantity] = {}
    texts: Texts = []
    for column, value in cells:
        if column not in figure_columns:
            texts.append((column, squash(str(value).removesuffix(".0"))))
            continue
        found = stated[column] = read_quantity(value, formats.get((line, column), "General"))
        if isinstance(found, Quantity):
            figures[column] = found
        elif isinstance(value, str):
            texts.append((column, squash(value)))
    if sheet.errors:  # an error cell has no value, but it is no blank: sums over it are not known
        for column in sorted(figure_columns):
            if error := sheet.errors.get((line, column)):
                stated[column] = Unreadable(error, f"单元格为错误值 {error}")
    return Row(line, RowKind.DETAIL, "", tuple(texts), stated, figures=figures)


def settle_kinds(rows: list[Row], columns: list[Column]) -> None:
    """Tell the rows' kinds: totals by their label, the tail as all below the last total."""
    for row in rows:
        labels = [text for _, text in row.texts[:3]]
        words = [word for text in labels if (word := total_label(text))]
        if labels and _STATISTIC.match(labels[0]):
            row.kind = RowKind.TAIL
        elif words:
            row.kind = RowKind.SUBTOTAL if words[0] == "小计" else RowKind.TOTAL
            row.name = next(text for text in labels if total_label(text))
        elif any(map(PART.match, labels[:2])):
            row.kind = RowKind.PART
            row.level = part_level(labels[:2])
        elif not row.figures:
            note = labels and _NOTE.match(labels[0])
            single = len(row.texts) == 1
            row.kind = RowKind.TAIL if note else RowKind.SECTION if single else RowKind.DETAIL
        if row.kind is not RowKind.PART:
            row.level = level_of(row)
    settle_numbered_totals(rows)
    _settle_carried(rows)
    settle_codes(rows)
    _settle_tail(rows, columns)
    _demote_totals(rows)


def _settle_tail(rows: list[Row], columns: list[Column]) -> None:
    """Mark what stands below the last total as tail unless it is further detail."""
    last = max((n for n, row in enumerate(rows) if is_total(row)), default=-1)
    if last <= 0:
        return
    summable = {column.index for column in columns if column.summable}
    below = rows[last + 1 :]
    shown_again = bool(below) and below[0].kind is RowKind.PART
    for row in below:
        misplaced = any(
            text and not text.isdigit() for column, text in row.texts if column in summable
        )
        numbers = any(row.quantity(column) for column in summable)
        if shown_again or not numbers or misplaced or row.kind is RowKind.TAIL or _is_pair_row(row):
            row.kind = RowKind.TAIL


def _is_pair_row(row: Row) -> bool:
    """Tell whether a row is label, value, label, value: 全年预计人数 20000 任务完成率 115.93%."""
    return any(_PAIR_LABEL.search(text) for _, text in row.texts[:3])


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


def _settle_carried(rows: list[Row]) -> None:
    """Leave out 本年累计 beside 本月合计: it repeats the months before."""
    totals = [row for row in rows if row.kind is RowKind.TOTAL]
    carried = [row for row in totals if row.name.startswith(("本年累计", "累计"))]
    if len(carried) < len(totals):
        for row in carried:
            row.kind = RowKind.PART


def find_name_column(rows: list[Row], columns: list[Column]) -> int | None:
    """Return the text column that names the rows: 项目名称, 县区, 机构名称 …"""
    texts = [column for column in columns if column.heading.role is Role.TEXT]
    best: tuple[float, int] | None = None
    details = [dict(row.texts) for row in rows if row.kind is RowKind.DETAIL]
    for place, column in enumerate(texts):
        filled = [row.get(column.index, "") for row in details]
        named = [text for text in filled if text and not text.isdigit()]
        if not named or column.heading.leaf in ("序号", "编号"):
            continue
        score = len(set(named)) / max(len(details), 1) - place * 0.05
        score += 0.3 if _NAMING.search(column.heading.leaf) else 0
        score -= 0.6 if _NOT_NAMING.search(column.heading.leaf) else 0
        if best is None or score > best[0]:
            best = score, column.index
    return best[1] if best else None


def name_rows(table: FundTable) -> None:
    """Give every row its name from the naming column, totals their label."""
    sheet = table.sheet
    for row in table.rows:
        if row.name:
            continue
        name = ""
        if table.name_column is not None:
            anchor = sheet.anchor((row.index, table.name_column))
            name = squash(sheet.text(anchor)) if anchor[0] >= table.first else ""
        row.name = (
            name
            or next((t for _, t in row.texts if not t.isdigit()), "")
            or (f"第{row.index + 1}行")
        )
