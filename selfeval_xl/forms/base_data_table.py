"""The department's base data as it stands on a sheet: staff, spending rows by column, buildings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from selfeval_xl.forms.fund_headings import split_unit
from selfeval_xl.labels import key, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet


class Item(StrEnum):
    """What a row of the spending block is."""

    THREE_PUBLIC = "three_public"
    VEHICLES = "vehicles"
    VEHICLE_PURCHASE = "vehicle_purchase"
    VEHICLE_RUNNING = "vehicle_running"
    ABROAD = "abroad"
    RECEPTION = "reception"
    PROJECTS = "projects"
    BUSINESS = "business"
    OPERATION = "operation"
    SPECIAL = "special"
    SPECIAL_FUND = "special_fund"  # one row for each special fund
    OTHER_PROJECT = "other_project"  # a further numbered item of 项目支出
    PUBLIC = "public"  # 公用经费
    PUBLIC_PART = "public_part"  # its 其中 rows
    PROCUREMENT = "procurement"
    ADJUSTMENT = "adjustment"
    OTHER = "other"


_ITEMS: tuple[tuple[re.Pattern[str], Item], ...] = tuple(
    (re.compile(pattern), item)
    for pattern, item in (
        (r"^三公(?:经费)?(?:支出|合计|总额|小计|情况)?$", Item.THREE_PUBLIC),
        (r"(?:公务用车|公车|车辆).*购置.*(?:运行|维护)", Item.VEHICLES),
        (r"^公务用车(?:经费|费|费用|支出)?$", Item.VEHICLES),
        (r"(?:公务用车|公车|车辆).*购置", Item.VEHICLE_PURCHASE),
        (r"(?:公务用车|公车|车辆).*(?:运行|维护)", Item.VEHICLE_RUNNING),
        (r"^(?:因公)?出国", Item.ABROAD),
        (r"^公务接待", Item.RECEPTION),
        (r"^项目支出", Item.PROJECTS),
        (r"^业务(?:工作)?(?:经费|专项|费)", Item.BUSINESS),
        (r"^(?:专项)?运行维护", Item.OPERATION),
        (
            r"^(?:[省市县区州本](?:\(?市区\)?)?级)?专项(?:资金|经费|支出)?(?:合计|小计)?$",
            Item.SPECIAL,
        ),
        (r"^公用(?:经费|支出)", Item.PUBLIC),
        (r"^政府采购", Item.PROCUREMENT),
        (r"基本支出预算调整", Item.ADJUSTMENT),
    )
)
_END = re.compile(r"^(?:楼堂馆所|厉行节约|说明|注$|备注|填表|填报|单位负责人)")
_PLACEHOLDER = re.compile(r"^[.。…·*×xX—_-]*$")
_VALUE_HEADING = re.compile(r"决算|预算|执行|支出数|实际数")
_NOT_VALUE = re.compile(r"率|增减|差额|备注|说明|原因|比")
_YEAR = re.compile(r"(20\d\d)")
_NUMBER = re.compile(r"^(\d{1,2})[、.．:]")
_QUOTES = str.maketrans("", "", "“”\"'‘’＂")
_AMONG = re.compile(r"^其中[:,、]?")
_LONGEST_HEADING = 24
_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of the spending block: 2022年决算数 …; ``final`` tells 决算 from 预算."""

    index: int
    label: str
    year: int | None
    offset: int
    final: bool


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A row of the spending block with its cell in each value column."""

    index: int
    item: Item
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """Posts, people in them and their quotient; a cell is None when the column is missing."""

    quota: Cell | None
    actual: Cell | None
    rate: Cell | None


@dataclass(frozen=True, slots=True)
class Building:
    """Approved and actual size and investment of a building, and their quotients."""

    size: tuple[Cell | None, Cell | None, Cell | None]
    investment: tuple[Cell | None, Cell | None, Cell | None]


@dataclass(slots=True)
class BaseData:
    """The whole form. ``amount_unit`` is the unit written in the block's label."""

    sheet: Sheet
    top: int
    last: int
    left: int
    columns: tuple[ValueColumn, ...] = ()
    rows: list[BaseRow] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    amount_unit: str = ""

    def of(self, *items: Item) -> list[BaseRow]:
        """Return the rows of the given items in their order."""
        return [row for row in self.rows if row.item in items]

    def row(self, item: Item) -> BaseRow | None:
        """Return the first row of an item, None when the form has none."""
        return next((row for row in self.rows if row.item is item), None)

    @property
    def final(self) -> int | None:
        """Place of 本年决算 among the columns, None when the form has no such column."""
        finals = [place for place, column in enumerate(self.columns) if column.final]
        if not finals:
            return None
        return max(finals, key=lambda n: (self.columns[n].year or 0, self.columns[n].offset))

    @property
    def year(self) -> int | None:
        """The year the form reports on: the latest one among its columns."""
        return max((c.year for c in self.columns if c.year is not None), default=None)

    @property
    def special_funds(self) -> list[tuple[str, Cell | None]]:
        """Name and 本年决算 cell of every special fund, for comparison with its own forms."""
        final = self.final
        return [
            (row.label, None if final is None else row.cells[final])
            for row in self.of(Item.SPECIAL_FUND)
        ]

    def project_spending(self, place: int) -> tuple[Cell, ...]:
        """Return the cells that add up to 项目支出 in a column: its own when it is filled."""
        total = self.row(Item.PROJECTS)
        if total is not None and self.sheet.text(total.cells[place]):
            return (total.cells[place],)
        rows = self.of(Item.BUSINESS, Item.OPERATION, Item.OTHER_PROJECT)
        special = self.row(Item.SPECIAL)
        if special is not None and self.sheet.text(special.cells[place]):
            rows.append(special)
        else:
            rows += self.of(Item.SPECIAL_FUND)
        return tuple(row.cells[place] for row in rows)


@lru_cache(maxsize=4096)
def item_of(label: str) -> Item | None:
    """Return the item a row label names, None when it names none of the form's own."""
    name = plain(label)
    return next((item for pattern, item in _ITEMS if pattern.search(name)), None)


@lru_cache(maxsize=4096)
def plain(label: str) -> str:
    """Return a row label without quotes, numbering, remarks and 其中."""
    return _named(label.translate(_QUOTES))


def find_base_data(sheet: Sheet) -> Iterator[BaseData | str]:
    """Yield the base data forms of a sheet; a text says why one cannot be read."""
    text = "".join("|".join(v for row in sheet.rows for v in row if isinstance(v, str)).split())
    if "三公" not in text or not ("公用" in text or "编制" in text):
        return
    above = 0
    for row in range(sheet.height):
        if row < above:
            continue
        cell = _three_public(sheet, row)
        if cell is None:
            continue
        found = _read(sheet, cell, above)
        if found is not None:
            yield found
            above = found.last + 1 if isinstance(found, BaseData) else sheet.height


def _three_public(sheet: Sheet, row: int) -> Cell | None:
    for column, value in enumerate(sheet.rows[row][:6]):
        if isinstance(value, str) and "三" in value and item_of(value) is Item.THREE_PUBLIC:
            return row, column
    return None


def _read(sheet: Sheet, start: Cell, above: int) -> BaseData | str | None:
    """Read the form around its 三公经费 label; None when too little of the form is there."""
    columns, header = _value_columns(sheet, start, above)
    labels = _labels_below(sheet, start, columns)
    items = {item_of(text) for _, text in labels}
    staff_header = _find_row(sheet, above, start[0], _STAFF_QUOTA, _STAFF_ACTUAL)
    telling = {Item.PROJECTS, Item.PROCUREMENT, Item.BUSINESS, Item.ADJUSTMENT}
    known = Item.PUBLIC in items and (items & telling or staff_header is not None)
    if not known and not (staff_header is not None and items & telling):
        return None
    if not columns:
        rows = [sheet.rows[row] for row, _ in labels]
        if not any(isinstance(value, int | float) for row in rows for value in row):
            return None  # a guide to the form names its lines too
        return (
            "看起来是部门整体支出绩效评价基础数据表，但找不到“上年决算数、本年预算数、本年决算数”列"
        )
    top = header if staff_header is None else min(header, staff_header)
    found = BaseData(sheet, top, labels[-1][0], min(start[1], _leftmost(sheet, top)), columns)
    found.amount_unit = _amount_unit(sheet, header, start[0])
    found.rows = _rows(sheet, labels, columns)
    if staff_header is not None:
        found.staff = list(_staff(sheet, staff_header, header))
    _read_buildings(sheet, found)
    if plain(sheet.text((found.last + 1, found.left))).startswith("厉行节约"):
        found.last += 1
    return found


def _leftmost(sheet: Sheet, row: int) -> int:
    return next((c for c in range(len(sheet.rows[row])) if sheet.text((row, c))), 0)


# --- spending block ----------------------------------------------------------------------------


def _value_columns(sheet: Sheet, start: Cell, above: int) -> tuple[tuple[ValueColumn, ...], int]:
    """Return the value columns right of the labels and the first row of their header."""
    row = start[0] - 1
    lowest = max(above, start[0] - _HEADER_ROWS - 1)
    while row >= lowest and not _has_value_heading(sheet, row, start[1]):
        row -= 1
    if row < lowest:
        return (), start[0]
    header = row
    while header > lowest and _is_upper_header(sheet, header - 1, start[1]):
        header -= 1
    columns = []
    for column in range(start[1] + 1, len(sheet.rows[row])):
        if sheet.anchor((row, column)) != (row, column) or not sheet.text((row, column)):
            continue
        texts = [_shown(sheet, (line, column), header) for line in range(header, row + 1)]
        label = "".join(dict.fromkeys(text for text in texts if text))
        name, _ = split_unit(label)
        if _VALUE_HEADING.search(name) and not _NOT_VALUE.search(name):
            columns.append(_value_column(column, name))
    return tuple(columns), header


def _has_value_heading(sheet: Sheet, row: int, left: int) -> bool:
    return any(
        isinstance(value, str)
        and len(text := squash(value)) <= _LONGEST_HEADING
        and _VALUE_HEADING.search(text)
        for value in sheet.rows[row][left + 1 :]
    )


def _is_upper_header(sheet: Sheet, row: int, left: int) -> bool:
    """Tell whether a row above the value headings groups them by year."""
    texts = [squash(v) for v in sheet.rows[row][left + 1 :] if isinstance(v, str) and v.strip()]
    return bool(texts) and all(
        re.fullmatch(r"(?:20\d\d年?度?|上年度?|本年度?)(?:情况)?", text) for text in texts
    )


def _shown(sheet: Sheet, cell: Cell, top: int) -> str:
    anchor = sheet.anchor(cell)
    return squash(sheet.text(anchor)) if anchor[0] >= top else ""


def _value_column(index: int, label: str) -> ValueColumn:
    year = _YEAR.search(label)
    offset = -1 if re.search(r"上年|上一年|去年", label) else 0
    final = "预算" not in label or "决算" in label
    return ValueColumn(index, label, int(year[1]) if year else None, offset, final)


def _labels_below(
    sheet: Sheet, start: Cell, columns: tuple[ValueColumn, ...]
) -> list[tuple[int, str]]:
    """Return row and label of each line of the spending block, to its end."""
    first_value = columns[0].index if columns else start[1] + 1
    found: list[tuple[int, str]] = []
    blanks = 0
    for row in range(start[0], sheet.height):
        label = _label(sheet, row, start, first_value)
        if _END.match(plain(label)) or (row > start[0] and item_of(label) is Item.THREE_PUBLIC):
            break
        filled = any(sheet.text((row, column.index)) for column in columns)
        if not label and not filled:
            blanks += 1
            if blanks > 2:
                break
            continue
        blanks = 0
        found.append((row, label))
    return found


def _label(sheet: Sheet, row: int, start: Cell, first_value: int) -> str:
    """Return a row's label: the text nearest to the values, its group's where that says 小计."""
    texts = []
    for column in range(min(start[1], first_value - 1), first_value):
        anchor = sheet.anchor((row, column))
        text = squash(sheet.text(anchor))
        if text and (anchor[0] == row or column == start[1]):
            texts.append((anchor, text))
    own = [text for anchor, text in texts if anchor[0] == row]
    if not own:
        return ""
    if own[-1] in ("小计", "合计") and len(texts) > 1:
        return texts[-2][1]
    return own[-1]


def _amount_unit(sheet: Sheet, header: int, row: int) -> str:
    for line in range(header, row):
        for value in sheet.rows[line]:
            if isinstance(value, str):
                unit = re.search(r"(亿元|万元|千元|元)", squash(value))
                if unit:
                    return unit[1]
    return ""


def _rows(
    sheet: Sheet, labels: list[tuple[int, str]], columns: tuple[ValueColumn, ...]
) -> list[BaseRow]:
    rows: list[BaseRow] = []
    block = _Block()
    for index, label in labels:
        cells = tuple(sheet.anchor((index, column.index)) for column in columns)
        if any(cell[0] != index for cell in cells):
            continue
        filled = any(sheet.text(cell) for cell in cells)
        item = block.item(label)
        if item is None or (_PLACEHOLDER.match(label) and not filled):
            continue
        name = _named(label) or "（未填名称）"
        rows.append(BaseRow(index, item, name, cells))
    return rows


def _named(label: str) -> str:
    """Return a row's label as people call it: without numbering, remarks and 其中."""
    return key(_AMONG.sub("", key(label)))


class _Block:
    """Knows in which part of the spending block the next row stands."""

    def __init__(self) -> None:
        self.inside = Item.OTHER
        self.special_number = 0
        self.last_number = 0

    def item(self, label: str) -> Item | None:
        """Return the item of the next row, None for rows that are shown but never added."""
        item = item_of(label)
        number = _number(label)
        if self.inside is Item.SPECIAL and item not in _AFTER_SPECIAL:
            return self._below_special(label, number)
        if self.inside is Item.PUBLIC and item not in (Item.PROCUREMENT, Item.ADJUSTMENT):
            ends = item in (Item.PROJECTS, Item.THREE_PUBLIC) or "基本支出" in label
            if not ends:
                return Item.PUBLIC_PART
        if item is not None:
            self.inside = item
            if item is Item.SPECIAL:
                self.special_number, self.last_number = number, 0
            return item
        return Item.OTHER

    def _below_special(self, label: str, number: int) -> Item | None:
        """Return a special fund, or a further item when the numbering goes on from 专项资金."""
        if label.startswith("其中"):
            return None
        follows = number and number == self.special_number + 1 and self.last_number != number - 1
        if follows:
            self.special_number = number
            return Item.OTHER_PROJECT
        self.last_number = number
        return Item.SPECIAL_FUND


_AFTER_SPECIAL = (Item.PUBLIC, Item.PROCUREMENT, Item.ADJUSTMENT, Item.THREE_PUBLIC, Item.PROJECTS)


def _number(label: str) -> int:
    found = _NUMBER.match(label)
    return int(found[1]) if found else 0


# --- staff and buildings -----------------------------------------------------------------------

_STAFF_QUOTA = re.compile(r"^(?:人员)?编制(?:数|人数)?$|核定编制数?$")
_STAFF_ACTUAL = re.compile(r"实际在职|在职人数|^在职$|实有人数")
_STAFF_RATE = re.compile(r"^(?:在职人员|人员)?控制率$")
_SIZE = (
    re.compile(r"批复(?:规模|面积)"),
    re.compile(r"实际(?:规模|面积)"),
    re.compile(r"(?:规模|面积)控制率"),
)
_INVESTMENT = (
    re.compile(r"(?:预算|概算|批复)投资|投资[预概]算(?!控制率)"),
    re.compile(r"实际投资"),
    re.compile(r"(?:投资|概算).*控制率"),
)


def _find_row(sheet: Sheet, first: int, last: int, *patterns: re.Pattern[str]) -> int | None:
    """Return the first row that has a cell for each of the patterns."""
    for row in range(first, min(last, sheet.height)):
        names = [key(v) for v in sheet.rows[row] if isinstance(v, str) and v.strip()]
        if all(any(pattern.search(name) for name in names) for pattern in patterns):
            return row
    return None


def _columns_of(sheet: Sheet, row: int, patterns: tuple[re.Pattern[str], ...]) -> list[int | None]:
    found: list[int | None] = []
    for pattern in patterns:
        place = None
        for column, value in enumerate(sheet.rows[row]):
            if isinstance(value, str) and pattern.search(key(value)):
                place = column
                break
        found.append(place)
    return found


def _value_rows(sheet: Sheet, row: int, columns: list[int | None], end: int) -> Iterator[int]:
    """Yield the rows of figures below a header row, to the next row of texts."""
    for line in range(row + 1, min(end, sheet.height)):
        values = [sheet.value(sheet.anchor((line, c))) for c in columns if c is not None]
        if any(isinstance(v, str) and key(v) and not re.search(r"\d|[—/-]", v) for v in values):
            return
        if any(value not in (None, "") for value in values):
            yield line


def _cell(sheet: Sheet, row: int, column: int | None) -> Cell | None:
    return None if column is None else sheet.anchor((row, column))


def _staff(sheet: Sheet, row: int, end: int) -> Iterator[Staff]:
    columns = _columns_of(sheet, row, (_STAFF_QUOTA, _STAFF_ACTUAL, _STAFF_RATE))
    quota = columns[0]
    beside = None if quota is None else (row, sheet.merge((row, quota))[3] + 1)
    if beside is not None and re.fullmatch(r"\d+(?:\.0)?[人名]?", sheet.text(beside)):
        cells = [
            None if c is None else sheet.anchor((row, sheet.merge((row, c))[3] + 1))
            for c in columns
        ]
        yield Staff(*cells)
        return
    for line in _value_rows(sheet, row, columns, end):
        yield Staff(*(_cell(sheet, line, column) for column in columns))


def _read_buildings(sheet: Sheet, found: BaseData) -> None:
    row = _find_row(sheet, found.last + 1, found.last + 6, _SIZE[0], _SIZE[1])
    if row is None:
        row = _find_row(sheet, found.last + 1, found.last + 6, _INVESTMENT[0], _INVESTMENT[1])
    if row is None:
        return
    size = _columns_of(sheet, row, _SIZE)
    investment = _columns_of(sheet, row, _INVESTMENT)
    found.last = row
    for line in _value_rows(sheet, row, [*size, *investment], row + 8):
        cells = [_cell(sheet, line, column) for column in (*size, *investment)]
        found.buildings.append(
            Building((cells[0], cells[1], cells[2]), (cells[3], cells[4], cells[5]))
        )
        found.last = line
