"""The fund rows of a self-evaluation: 年度资金总额 and what it consists of, column by column.

Three layouts are seen: a header row with the figures below it; labels each with its figure
beside it (“预算数：100 | 执行数：95”); and sources of money as columns with 预算数 and 执行数 as
rows. All are read into rows of cells by meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from selfeval_xl.forms.self_evaluation_columns import fund_column
from selfeval_xl.forms.shapes import ByShape, shape_of
from selfeval_xl.labels import key
from selfeval_xl.values import Quantity, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet

AMOUNT_COLUMNS = ("initial", "budget", "arrived", "executed")
TITLES = {
    "initial": "年初预算数",
    "budget": "全年预算数",
    "arrived": "到位数",
    "executed": "全年执行数",
}
_GATE = re.compile(r"执行|支|使用|决算")
_TOTAL = re.compile(r"总额|总金额|合计|总计|资金总数|总投资|总支出|支出总")
_PART = re.compile(
    r"财政|拨款|预算|结转|结余|其[他它]|资金|专户|基金|国有资本|自筹|收入|债券|补助|中央|省|市|[县区]级|本级|上级"
)
_STANDARD = re.compile(
    r"财政拨款|一般公共预算|上年结转|结转资金|其[他它]资金|单位资金|专户管理资金|政府性基金|国有资本|^(?:本年|当年)?财政(?:性)?资金$"
)
_AMONG = re.compile(r"^其中")
_END = re.compile(
    r"总体目标|预期目标|[一二三]级指标|绩效指标|年度目标|绩效目标|资金管理|按[收支][入出]性质|目标完成|基本情况|指标名称"
)
_MOST_ROWS = 14
_Headings = dict[str, list[tuple[int, int]]]
"""For each meaning the columns headed so, with the rank of their headings."""


@dataclass(frozen=True, slots=True, eq=False)
class FundRow:
    """A row of the block (a column, where sources stand side by side) and its cells by meaning.

    ``part`` is ``total``, ``part``, ``detail`` or ``other``.
    """

    label: str
    part: str
    cells: dict[str, Cell]


@dataclass(slots=True)
class FundBlock:
    """The header row, the rows with the total first, and where headings stand.

    ``missing`` names the column without which the block cannot be judged.
    """

    header: int
    last: int
    headings: dict[str, Cell] = field(default_factory=dict)
    rows: list[FundRow] = field(default_factory=list)
    missing: str = ""

    def total(self) -> FundRow | None:
        """Return the row of 年度资金总额, None when there is none."""
        return next((row for row in self.rows if row.part == "total"), None)


def find_block(sheet: Sheet, first: int, stop: int) -> FundBlock | None:
    """Find the fund block between two rows; None when there is none."""
    half = None
    for row in range(max(first, 0), min(stop, sheet.height)):
        found = _headings(sheet, row)
        if not found:
            continue
        money = "budget" in found or "initial" in found
        if money and "executed" in found:
            beside = _beside(sheet, row, found)
            return _read_pairs(sheet, row, beside, stop) if beside else _read_rows(
                sheet, row, found, stop
            )  # fmt: skip
        if money and (across := _read_across(sheet, row, found, stop)):
            return across
        scored = {"rate", "points", "score"} & found.keys()
        if half is None and scored and (money or "executed" in found):
            half = FundBlock(row, row, missing="全年执行数" if money else "全年预算数")
    return half


def _headings(sheet: Sheet, row: int) -> _Headings:
    """Return the columns of each meaning with the rank of their headings."""
    found: dict[str, list[tuple[int, int]]] = {}
    for column, value in enumerate(sheet.rows[row]):
        if isinstance(value, str) and (meaning := fund_column(value)) is not None:
            found.setdefault(meaning[0], []).append((column, meaning[1]))
    return found


def _is_number(sheet: Sheet, cell: Cell) -> bool:
    format_code = sheet.number_formats.get(cell, "General")
    return isinstance(read_quantity(sheet.value(cell), format_code), Quantity)


# --- figures below their headings ---------------------------------------------------------------


def _read_rows(sheet: Sheet, header: int, found: _Headings, stop: int) -> FundBlock:
    below = max(sheet.merge((header, places[0][0]))[2] for places in found.values()) + 1
    end = _end(sheet, below, stop)
    shape = shape_of(sheet, header, end, _never_labels(sheet, header, found), (), below)
    return _KNOWN.get(shape, lambda: _read_below(sheet, header, found, below, end))


_KNOWN: ByShape[FundBlock] = ByShape(64)


def _never_labels(sheet: Sheet, header: int, found: _Headings) -> range:
    """Return the columns whose numbers can be no row's label: the figures' own and those behind."""
    first = [
        max(sheet.merge((header, column))[3] for column, _ in places)
        for part, places in found.items()
        if part in AMOUNT_COLUMNS
    ]
    return range(min(first), sheet.width)


def _read_below(sheet: Sheet, header: int, found: _Headings, below: int, end: int) -> FundBlock:
    columns = {
        part: _best_column(sheet, header, places, below, end) for part, places in found.items()
    }
    if "budget" not in columns:
        columns["budget"] = columns.pop("initial")
    headings = {part: (header, min(p[0] for p in places)) for part, places in found.items()}
    block = FundBlock(header, header, headings)
    left = min(columns[part] for part in AMOUNT_COLUMNS if part in columns)
    for row in range(below, end):
        label = _label(sheet, row, left)
        cells = {part: sheet.anchor((row, column)) for part, column in columns.items()}
        if not key(label) and not any(sheet.text(cells[p]) for p in AMOUNT_COLUMNS if p in cells):
            continue
        block.rows.append(FundRow(label, "", cells))
        block.last = row
    _name_parts(block, sheet)
    return block


def _best_column(
    sheet: Sheet, header: int, places: list[tuple[int, int]], below: int, end: int
) -> int:
    """Return the column of a heading: with figures below it and the better words, then the left.

    A heading merged over labels and figures (“预算安排情况” over 预算数： | 360) has its figures in
    the column that holds numbers.
    """
    choices = []
    for column, rank in places:
        for inside in range(column, sheet.merge((header, column))[3] + 1):
            numbers = sum(_is_number(sheet, (row, inside)) for row in range(below, end))
            choices.append((not numbers, rank, inside))
    return min(choices)[2]


def _end(sheet: Sheet, first: int, stop: int) -> int:
    for row in range(first, min(stop, sheet.height, first + _MOST_ROWS)):
        for value in sheet.rows[row]:
            if isinstance(value, str) and len(value) < 40 and _END.search(key(value)):
                return row
    return min(stop, sheet.height, first + _MOST_ROWS)


def _label(sheet: Sheet, row: int, left: int) -> str:
    """Return the row's own label: the nearest text left of the figures that starts in this row."""
    for column in range(left - 1, -1, -1):
        text = sheet.text((row, column))
        if text:
            return text
    return ""


# --- figures beside their labels ----------------------------------------------------------------


def _beside(sheet: Sheet, row: int, found: _Headings) -> dict[str, int] | None:
    """Return the columns of the figures that stand right of the labels of a row."""
    columns: dict[str, int] = {}
    for part, places in found.items():
        for column, _ in sorted(places, key=lambda place: place[1]):
            right = sheet.merge((row, column))[3] + 1
            if _is_number(sheet, (row, right)):
                columns.setdefault(part, right)
    amounts = columns.keys() & {"budget", "initial"}
    return columns if amounts and "executed" in columns else None


def _read_pairs(sheet: Sheet, row: int, columns: dict[str, int], stop: int) -> FundBlock:
    above = _headings(sheet, row - 1) if row else {}
    for part in ("rate", "points", "score"):
        for column, _ in above.get(part, ()):
            if part not in columns and sheet.anchor((row, column))[0] >= row:
                columns[part] = column
    if "budget" not in columns:
        columns["budget"] = columns.pop("initial")
    block = FundBlock(row - 1 if above else row, row)
    for below in range(row, _end(sheet, row, stop)):
        cells = {part: sheet.anchor((below, column)) for part, column in columns.items()}
        if below > row and not any(
            _is_number(sheet, cells[p]) for p in AMOUNT_COLUMNS if p in cells
        ):
            break
        label = sheet.text((below, columns["budget"] - 1)) if below > row else "年度资金总额"
        block.rows.append(FundRow(label, "", cells))
        block.last = below
    _name_parts(block, sheet)
    return block


# --- sources of money side by side --------------------------------------------------------------


def _read_across(sheet: Sheet, row: int, found: _Headings, stop: int) -> FundBlock | None:
    """Read 预算数 and 执行数 as rows, with a row of sources and 合计 above them."""
    part = "budget" if "budget" in found else "initial"
    label = found[part][0][0]
    rows = {part: row}
    for below in range(row + 1, _end(sheet, row + 1, stop)):
        meaning = fund_column(sheet.text((below, label)))
        if meaning is not None:
            rows.setdefault(meaning[0], below)
    if "executed" not in rows or row == 0:
        return None
    if "budget" not in rows:
        rows["budget"] = rows.pop("initial")
    block = FundBlock(row - 1, max(rows.values()))
    for column in range(label + 1, len(sheet.rows[row])):
        name = sheet.text(sheet.anchor((row - 1, column)))
        cells = {meaning: sheet.anchor((line, column)) for meaning, line in rows.items()}
        if name and fund_column(name) is None and any(
            _is_number(sheet, cells[p]) for p in AMOUNT_COLUMNS if p in cells
        ):  # fmt: skip
            block.rows.append(FundRow(name, "", cells))
    _name_parts(block, sheet)
    return block if block.total() is not None else None


# --- what the rows are --------------------------------------------------------------------------


def _name_parts(block: FundBlock, sheet: Sheet) -> None:
    """Tell the total from its parts; rows without figures and known words are left as other."""
    total = next((i for i, row in enumerate(block.rows) if _is_total(row.label)), None)
    if total is None and len(list(_filled(block, sheet))) == 1:
        total = block.rows.index(next(_filled(block, sheet)))
    block.rows = [
        replace(row, part="total" if index == total else _part(key(row.label)))
        for index, row in enumerate(block.rows)
    ]
    named = [row for row in block.rows if row.part == "part"]
    standard = [row for row in named if _STANDARD.search(key(row.label))]
    if len(standard) >= 2:
        # With rows of the standard form present, rows of other words are their details (其中).
        block.rows = [
            replace(row, part="detail") if row in named and row not in standard else row
            for row in block.rows
        ]


def _is_total(label: str) -> bool:
    """Tell whether a label names the total: 年度资金总额, or 预算数 itself beside its figure."""
    name = key(label)
    if _TOTAL.search(name) and not _AMONG.search(name):
        return True
    meaning = fund_column(name)
    return meaning is not None and meaning[0] in AMOUNT_COLUMNS


def _filled(block: FundBlock, sheet: Sheet) -> Iterator[FundRow]:
    for row in block.rows:
        if any(_is_number(sheet, row.cells[p]) for p in AMOUNT_COLUMNS if p in row.cells):
            yield row


def _part(name: str) -> str:
    return "part" if _PART.search(_AMONG.sub("", name)) else "other"
