"""The department's base data as it stands on a sheet: staff, spending rows, buildings."""

from __future__ import annotations

from dataclasses import dataclass, field

from selfeval_xl.forms.base_data_items import Item
from selfeval_xl.workbooks.sheet import Cell, Sheet


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
        filled = [row for row in self.of(Item.SPECIAL) if self.sheet.text(row.cells[place])]
        rows += filled or self.of(Item.SPECIAL_FUND)
        return tuple(row.cells[place] for row in rows)
