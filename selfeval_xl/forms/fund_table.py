"""A fund table as it stands on a sheet: columns, rows and what each row is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from selfeval_xl.forms.fund_headings import Heading, Role
from selfeval_xl.labels import squash
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
    parents: dict[int, int] = field(default_factory=dict)
    """The group each row was found to belong to, rows by their place on the sheet."""
    totals: dict[tuple[Cell, ...], Fraction] = field(default_factory=dict, repr=False)
    """Sums of stated cells already worked out."""

    @cached_property
    def by_index(self) -> dict[int, Row]:
        """The rows by their place on the sheet."""
        return {row.index: row for row in self.rows}

    @cached_property
    def figure_rows(self) -> list[Row]:
        """The rows that may hold figures of the table: not its tail, not a section heading."""
        return [row for row in self.rows if row.kind not in (RowKind.TAIL, RowKind.SECTION)]

    @cached_property
    def details(self) -> list[Row]:
        """The rows that list what is added up."""
        return [row for row in self.rows if row.kind is RowKind.DETAIL]

    @cached_property
    def merged(self) -> bool:
        """Whether any merge reaches into the rows."""
        return any(
            top <= self.last and bottom >= self.first for top, _, bottom, _ in self.sheet.merges
        )

    def owns(self, cell: Cell) -> bool:
        """Tell whether a cell of a row is not covered by a merge."""
        return not self.merged or self.sheet.anchor(cell) == cell

    def of_role(self, *roles: Role) -> list[Column]:
        """Return the columns of the given roles."""
        return [column for column in self.columns if column.heading.role in roles]

    @cached_property
    def alike(self) -> dict[Role, list[int]]:
        """The places of the columns that may be added up, by role, from left to right."""
        places: dict[Role, list[int]] = {}
        for column in self.columns:
            if column.summable:
                places.setdefault(column.heading.role, []).append(column.index)
        return {role: sorted(indices) for role, indices in places.items()}


Texts = list[tuple[int, str]]

Cells = list[tuple[int, object]]

Body = list[tuple[int, Cells]]


def contents(sheet: Sheet, row: int) -> Cells:
    """Return a row's non-blank cells, without those covered by a merge (not to be changed)."""
    return sheet.own_cells[row]


def texts_of(cells: Cells) -> Texts:
    """Return the squashed texts among a row's cells."""
    return [(column, squash(value)) for column, value in cells if isinstance(value, str)]


def is_number(value: object) -> bool:
    """Tell whether a cell holds a number, stored or typed."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and isinstance(read_quantity(value), Quantity)


_IN_WORDS = "[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正¥]*"
_TOTAL = re.compile(
    rf"^(.{{0,14}}?)(合计|总计|小计|共计|总合计|累计)(?:\(.{{0,8}}\))?(?::{_IN_WORDS})?$"
)

_TOTAL_SHORT = frozenset({"计", "总", "汇总"})
"""Every total word has 计 or 总."""


def total_label(text: str) -> str:
    """Return the total word of a row label, "" when the label names no total."""
    if "计" not in text and "总" not in text:
        return ""
    if text in _TOTAL_SHORT:
        return text
    found = _TOTAL.match(text)
    return found[2] if found else ""


def labels_total(cells: Cells) -> bool:
    """Tell whether a row is labelled 合计, 总计, 小计 …."""
    texts = [value for _, value in cells if isinstance(value, str)][:3]
    return any(total_label(squash(text)) for text in texts if "计" in text or len(text) <= 2)


def is_total(row: Row) -> bool:
    """Tell whether a row is a total or a subtotal."""
    return row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL)


def explicit_columns(table: FundTable) -> list[Column]:
    """Return the columns whose heading names money or a quantity and that hold figures."""
    return [
        column
        for column in table.of_role(Role.AMOUNT, Role.COUNT)
        if column.heading.explicit
        and any(row.quantity(column.index) is not None for row in table.rows)
    ]
