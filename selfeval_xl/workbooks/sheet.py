"""One worksheet as read: values, merges, number formats, formulas and error cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

Cell = tuple[int, int]
"""Row and column, both counted from zero."""

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, inclusive, counted from zero."""


def column_letters(column: int) -> str:
    """Return the Excel letters of a zero-based column: 0 → A, 27 → AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=16_384)
def a1(cell: Cell) -> str:
    """Return the A1 address of a cell: (2, 5) → F3."""
    return f"{column_letters(cell[1])}{cell[0] + 1}"


@lru_cache(maxsize=16_384)
def parse_a1(address: str) -> Cell:
    """Return the cell of an A1 address without sheet or dollar signs: F3 → (2, 5).

    Raises ValueError when the text is no address.
    """
    letters = address.rstrip("0123456789")
    digits = address[len(letters) :]
    if not letters or not digits or not letters.isascii() or not letters.isalpha():
        raise ValueError(f"not a cell address: {address!r}")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


@lru_cache(maxsize=16_384)
def parse_range(address: str) -> Range:
    """Return the range of an A1 address: A1:C3 → (0, 0, 2, 2); a single cell is a range of one."""
    first, _, last = address.partition(":")
    top, left = parse_a1(first)
    bottom, right = parse_a1(last or first)
    return top, left, bottom, right


class Bond(StrEnum):
    """What holds the cells of a block together."""

    ARRAY = "array"
    DATA_TABLE = "data table"
    TABLE_HEADINGS = "table headings"
    TABLE_TOTALS = "table totals"


class Block(NamedTuple):
    """Cells that cannot be changed one by one; see ``blocks``."""

    bond: Bond
    area: Range

    @property
    def height(self) -> int:
        """Number of its rows."""
        return self.area[2] - self.area[0] + 1

    def holds(self, cell: Cell) -> bool:
        """Tell whether a cell lies in it."""
        top, left, bottom, right = self.area
        return top <= cell[0] <= bottom and left <= cell[1] <= right


@dataclass(frozen=True)
class Sheet:
    """A worksheet's content, addressed from A1.

    ``rows`` holds plain values (None, str, int, float, bool, datetime); cells beyond its end are
    blank. ``number_formats`` has the format code of numeric cells that are not General,
    ``formulas`` the formula text of formula cells ("" for the followers of a shared formula, that
    of the whole array for each of its cells) and ``errors`` the error code of error cells such as
    ``#REF!``; an error cell's value is None. ``blocks`` are known of packages that are patched,
    ``serials``, the numbers of days stored in cells that are read as dates, of those that are not.
    ``shared`` are, of the followers of a shared formula, its text and the cell it is written for.
    ``as_shown`` is whether a patched workbook calculates with figures as shown (以显示精度为准).
    """

    name: str
    rows: list[list[object]]
    merges: tuple[Range, ...] = ()
    number_formats: Mapping[Cell, str] = field(default_factory=dict)
    formulas: Mapping[Cell, str] = field(default_factory=dict)
    errors: Mapping[Cell, str] = field(default_factory=dict)
    hidden: bool = False
    blocks: tuple[Block, ...] = ()
    serials: Mapping[Cell, float] = field(default_factory=dict)
    shared: Mapping[Cell, tuple[str, Cell]] = field(default_factory=dict)
    as_shown: bool = False

    __hash__ = object.__hash__  # a sheet is a cache key as the object it is

    @property
    def height(self) -> int:
        """Number of rows held."""
        return len(self.rows)

    @cached_property
    def width(self) -> int:
        """Largest number of columns of any row."""
        return max(map(len, self.rows), default=0)

    def value(self, cell: Cell) -> object:
        """Return the value of a cell, None when blank or beyond the end."""
        row, column = cell
        if 0 <= row < len(self.rows):
            cells = self.rows[row]
            if 0 <= column < len(cells):
                return cells[column]
        return None

    def text(self, cell: Cell) -> str:
        """Return the cell's value as stripped text, "" when blank."""
        value = self.value(cell)
        if isinstance(value, str):
            return value.strip()
        return "" if value is None else str(value).strip()

    @cached_property
    def _merge_of(self) -> Mapping[Cell, Range]:
        """Each cell under a merge (clipped to the used cells, anchors included) and its range."""
        small = len(self.merges) + self.height * self.width <= _SMALL
        return (_covered_once if small else _covered)(self.merges, self.height, self.width)

    @cached_property
    def own_cells(self) -> list[list[tuple[int, object]]]:
        """The non-blank cells of each row by column, without those covered by a merge."""
        merge_of = self._merge_of
        return [
            [
                (column, value)
                for column, value in enumerate(cells)
                if value is not None
                and not (isinstance(value, str) and not value.strip())
                and ((row, column) not in merge_of or merge_of[row, column][:2] == (row, column))
            ]
            for row, cells in enumerate(self.rows)
        ]

    def block(self, cell: Cell) -> Block | None:
        """Return the block a cell lies in, None when it can be changed by itself."""
        if not self.blocks:
            return None
        beside, tall = self._flat_blocks.get(cell[0], ()), self._tall_blocks
        return next((block for block in (*beside, *tall) if block.holds(cell)), None)

    @cached_property
    def _flat_blocks(self) -> Mapping[int, list[Block]]:
        """The blocks of a few rows by their rows: thousands of them are no rarity."""
        found: dict[int, list[Block]] = {}
        for block in self.blocks:
            if block.height <= _FLAT:
                for row in range(block.area[0], block.area[2] + 1):
                    found.setdefault(row, []).append(block)
        return found

    @cached_property
    def _tall_blocks(self) -> list[Block]:
        return [block for block in self.blocks if block.height > _FLAT]

    def merge(self, cell: Cell) -> Range:
        """Return the merged range a cell lies in, or the cell itself as a range of one."""
        return self._merge_of.get(cell) or (*cell, *cell)

    def anchor(self, cell: Cell) -> Cell:
        """Return the cell that holds the content shown at ``cell``: the merge's top left."""
        merge = self._merge_of.get(cell)
        return (merge[0], merge[1]) if merge else cell


def _covered(merges: tuple[Range, ...], height: int, width: int) -> dict[Cell, Range]:
    covered: dict[Cell, Range] = {}
    for merge in merges:
        top, left, bottom, right = merge
        for row in range(top, min(bottom, height - 1) + 1):
            for column in range(left, min(right, width - 1) + 1):
                covered[row, column] = merge
    return covered


_FLAT = 16  # rows of a block that is looked up by its rows
_SMALL = 4096  # merges and cells of a sheet whose merges are kept for the next like it
_covered_once = lru_cache(maxsize=64)(_covered)
