"""What a template sheet looks like: boxes with a role, from which the workbook is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from selfeval_xl.workbooks.sheet import Cell, Range, Sheet


class Role(StrEnum):
    """What a box is for; it decides the look."""

    TITLE = "title"
    LABEL = "label"  # headings and names of figures
    GROUP = "group"  # names of indicators and items, which an office may reword
    INPUT = "input"  # typed by the unit
    DERIVED = "derived"  # computed by a live formula
    NOTE = "note"


class Check(StrEnum):
    """What may be typed into an input box; each has its validation, prompt and error message."""

    TEXT = "text"
    YEAR = "year"
    UNIT = "unit"
    AMOUNT = "amount"
    CHANGE = "change"  # an amount that may be negative
    COUNT = "count"
    AREA = "area"
    POINTS = "points"
    WEIGHT = "weight"
    SCORE = "score"  # between 0 and the points or weight left of it
    GRADE = "grade"
    COEFFICIENT = "coefficient"
    TARGET = "target"
    ACTUAL = "actual"
    REASON = "reason"


Entry = str | int | float | None
"""What an input box may hold."""

EXAMPLES: dict[Check, Entry] = {
    Check.TEXT: "示例",
    Check.YEAR: 2024,
    Check.UNIT: "万元",
    Check.AMOUNT: 10,
    Check.CHANGE: 10,
    Check.COUNT: 10,
    Check.AREA: 10,
    Check.POINTS: 5,
    Check.WEIGHT: 5,
    Check.SCORE: 5,
    Check.GRADE: "优",
    Check.COEFFICIENT: 1,
    Check.TARGET: "≥10人",
    Check.ACTUAL: "10人",
    Check.REASON: None,
}
"""A plausible content per check: recognising a sheet filled with it yields the relations."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cell or merged range of a template sheet.

    ``text`` is the fixed or preset content. ``decimals`` is the precision a derived figure is
    rounded to; None leaves it unrounded, because further figures are computed from it.
    """

    area: Range
    role: Role
    text: Entry = None
    check: Check | None = None
    number_format: str = ""
    left: bool = False
    decimals: int | None = None
    link: str = ""
    """A formula of the template's own for a derived box no relation speaks of; its result is
    ``text``."""

    @property
    def cell(self) -> Cell:
        """The top left cell, which holds the content."""
        return self.area[0], self.area[1]


@dataclass(slots=True)
class Layout:
    """A template sheet. ``form`` is the id of the form, "" for a sheet without one.

    ``widths`` are column widths in half-width characters, ``heights`` row heights in points where
    they differ from ``height``. ``repeated`` are the rows printed on every page. ``pinned`` are
    rows whose cells a copied formula must keep pointing to, ``constants`` numbers of the form
    that stand in a cell here (``*10`` → ``*$H$5``).
    """

    name: str
    form: str
    widths: tuple[float, ...]
    landscape: bool = False
    height: float = 21.0
    boxes: list[Box] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    frozen: Cell = (1, 0)
    repeated: tuple[int, int] = (0, 0)
    pinned: tuple[int, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)

    def put(
        self, role: Role, row: int, column: int, text: Entry = None, *, rows: int = 1,
        columns: int = 1, check: Check | None = None, number_format: str = "", left: bool = False,
    ) -> None:  # fmt: skip
        """Add a box of ``rows`` × ``columns`` cells."""
        area = row, column, row + rows - 1, column + columns - 1
        self.boxes.append(Box(area, role, text, check, number_format, left))

    def title(self, text: str) -> None:
        """Add the title over all columns in the first row."""
        self.put(Role.TITLE, 0, 0, text, columns=len(self.widths))
        self.heights[0] = 40.0

    def labels(self, row: int, column: int, *texts: str) -> None:
        """Add headings side by side; an empty text leaves its column out."""
        for offset, text in enumerate(texts):
            if text:
                self.put(Role.LABEL, row, column + offset, text)

    def head(self, row: int, *pairs: tuple[str, Check, Entry, int, int]) -> None:
        """Add a row of the head block: (label, check, preset, label columns, value columns)."""
        column = 0
        for label, check, preset, label_columns, value_columns in pairs:
            self.put(Role.LABEL, row, column, label, columns=label_columns)
            self.entry(row, column + label_columns, check, preset, columns=value_columns)
            column += label_columns + value_columns

    def entry(
        self, row: int, column: int, check: Check = Check.TEXT, text: Entry = None, *,
        rows: int = 1, columns: int = 1,
    ) -> None:  # fmt: skip
        """Add an input box."""
        self.put(
            Role.INPUT, row, column, text, rows=rows, columns=columns, check=check,
            number_format=_INPUT_FORMATS.get(check, ""), left=check in _LEFT,
        )  # fmt: skip

    def derived(
        self, row: int, column: int, number_format: str, *, columns: int = 1, rows: int = 1,
        exact: bool = False, link: str = "", result: Entry = None,
    ) -> None:  # fmt: skip
        """Add a box computed by a live formula, rounded as it is shown unless ``exact``."""
        area = row, column, row + rows - 1, column + columns - 1
        decimals = None if exact else _DECIMALS[number_format]
        box = Box(
            area, Role.DERIVED, result, number_format=number_format, decimals=decimals, link=link
        )
        self.boxes.append(box)

    def closing(self, row: int, note: str) -> None:
        """Add the note and the signature line under the table."""
        self.put(Role.NOTE, row, 0, note, columns=len(self.widths), left=True)
        self.put(Role.NOTE, row + 1, 0, SIGNATURES, columns=len(self.widths), left=True)
        self.heights[row + 1] = 28.0

    def box_at(self, cell: Cell) -> Box | None:
        """Return the box whose content stands in ``cell``."""
        return next((box for box in self.boxes if box.cell == cell), None)

    def by_role(self, role: Role) -> Iterator[Box]:
        """Yield the boxes of a role in their order."""
        return (box for box in self.boxes if box.role is role)

    def contents(self, *, examples: bool = False) -> dict[Cell, Entry]:
        """Return the preset contents by cell, the other inputs filled with examples if asked."""
        found: dict[Cell, Entry] = {}
        for box in self.boxes:
            example = EXAMPLES[box.check] if examples and box.check is not None else None
            found[box.cell] = example if box.text is None else box.text
        return {cell: value for cell, value in found.items() if value is not None}

    def sheet(self, contents: Mapping[Cell, object]) -> Sheet:
        """Return the sheet as a reader would see it with these contents."""
        height = max(box.area[2] for box in self.boxes) + 1
        rows: list[list[object]] = [[None] * len(self.widths) for _ in range(height)]
        for (row, column), value in contents.items():
            rows[row][column] = value
        merges = tuple(box.area for box in self.boxes if box.area[:2] != box.area[2:])
        return Sheet(self.name, rows, merges)


AMOUNT = "#,##0.00####"
COUNT = "#,##0"
RATE = "0.00%"
SCORE = "0.00"
PLAIN = "General"
FULL_MARK = '"每题"General"分"'

_DECIMALS = {AMOUNT: 6, COUNT: 0, RATE: 4, SCORE: 2, PLAIN: 2, FULL_MARK: 6}

_INPUT_FORMATS = {
    Check.YEAR: "0",
    Check.AMOUNT: AMOUNT,
    Check.CHANGE: AMOUNT,
    Check.COUNT: COUNT,
    Check.AREA: "#,##0.##",
    Check.POINTS: PLAIN,
    Check.WEIGHT: PLAIN,
    Check.SCORE: PLAIN,
    Check.COEFFICIENT: "0.0#",
}
_LEFT = frozenset({Check.REASON})

SIGNATURES = (
    "填表人：　　　　　　　审核人：　　　　　　　单位负责人（签章）：　　　　　　　"
    "填报日期：　　　　年　　月　　日"
)
