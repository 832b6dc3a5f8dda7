"""What the formulas of a corrected workbook will show, so that no result has to go blank.

A cell with a formula keeps its last result. Those that read corrected cells get the result that
the spreadsheet program will compute from what the cells then hold: a corrected figure counts as
it is written there, not as it is exactly. That is known where the formula is understood, which is
seen from its giving what its form expects, or its present result from the present cells; where it
is not, the result is left to be dropped.

A formula that is wrong only because of what it reads is the sender's and right: when it gives the
right figure once the cause is corrected, it gets its new result and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from selfeval_xl.findings import Action, Finding, Kind
from selfeval_xl.recalculated_sheet import RecalculatedSheet
from selfeval_xl.rounding import half_up
from selfeval_xl.workbooks.dependents import Dependents, Place, SheetArea
from selfeval_xl.workbooks.formula_cells import cells_of, precedents_of
from selfeval_xl.workbooks.formula_values import Area, Cells, UnknownError, Value
from selfeval_xl.workbooks.sheet import Bond, Cell, Sheet, parse_a1

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_DOUBLE = 10**9
"""What of a number two programs that add doubles agree upon: one part in so many."""
_MOST_READINGS = 300_000
"""Cells read for one workbook; beyond that it would take longer than its results are worth."""
_DEEPEST = 40
"""Formulas one after the other that wait for each other."""


def recalculated(
    findings: Sequence[Finding], judgements: Sequence[Judgement], beside: Sequence[Sheet] = ()
) -> dict[str, dict[Cell, Decimal]]:
    """Return the results of the formulas that read corrected cells, by sheet and cell.

    ``beside`` are sheets without a form that such formulas read.
    """
    if not any(f.action is not Action.LEFT and f.kind is not Kind.CONSEQUENCE for f in findings):
        return {}
    sheets = {sheet.name.casefold(): RecalculatedSheet(sheet) for sheet in beside}
    for judgement in judgements:
        form = judgement.form
        own = form.linked.sent if form.linked else form.sheet
        sheets.setdefault(own.name.casefold(), RecalculatedSheet(own)).judgements.append(judgement)
    for finding in findings:
        at = sheets.get(finding.sheet.casefold())
        if at is not None and finding.action is not Action.LEFT and finding.cell:
            cell = parse_a1(finding.cell)
            follows = finding.kind is Kind.CONSEQUENCE and cell in at.own.formulas
            (at.following if follows else at.written)[cell] = finding.written
    if not any(sheet.written for sheet in sheets.values()):
        return {}
    work_out(sheets)
    return {sheet.own.name: sheet.shown for sheet in sheets.values() if sheet.shown}


def work_out(sheets: Mapping[str, RecalculatedSheet]) -> None:
    """Work out every formula that reads a changed cell of the sheets, by their casefolded name."""
    _Workbook(sheets).follow()


class _Workbook:
    """The sheets of a workbook as they will be once the corrections are in them."""

    def __init__(self, sheets: Mapping[str, RecalculatedSheet]) -> None:
        self.sheets = sheets
        self.readings = 0
        self.depth = 0

    def spend(self, readings: int) -> None:
        """Count cells that are read; raises UnknownError when they are too many."""
        self.readings += readings
        if self.readings > _MOST_READINGS:
            raise UnknownError

    def follow(self) -> None:
        """Work out every formula that reads a changed cell."""
        for sheet in self.sheets.values():
            for cell, number in sheet.written.items():
                sheet.held[cell] = UnknownError() if number is None else Fraction(number)
            sheet.touched.update(sheet.following)
            for block in sheet.own.blocks:
                if block.bond is Bond.DATA_TABLE:  # what it will show, only the program can tell
                    for cell in filter(block.holds, sheet.own.formulas):
                        sheet.touched.add(cell)
        self._touch()
        for sheet in self.sheets.values():
            for cell in sorted(sheet.touched):
                with suppress(UnknownError):
                    self.new(sheet, cell)

    def _touch(self) -> None:
        """Find the formulas that read what is changed, directly or by others."""
        sheets = list(self.sheets.values())
        numbers = {name: number for number, name in enumerate(self.sheets)}
        dependents = Dependents()
        changed: list[Place] = []
        for number, sheet in enumerate(sheets):
            settled = sheet.written.keys() | sheet.touched
            changed += ((number, *cell) for cell in settled)
            for cell in sheet.own.formulas:
                if cell not in settled:
                    dependents.add(number, (*cell, *cell), _areas(sheet.own, cell, number, numbers))
        for number, row, column in dependents.spread(changed, changed):
            sheets[number].touched.add((row, column))

    def new(self, sheet: RecalculatedSheet, cell: Cell) -> Value:
        """Return what a cell will hold; raises UnknownError."""
        if cell not in sheet.held:
            if cell not in sheet.touched:
                return self._kept(sheet, cell)
            sheet.held[cell] = UnknownError()  # what a circle is told
            sheet.held[cell] = self._followed(sheet, cell)
        value = sheet.held[cell]
        if isinstance(value, UnknownError):
            raise value
        return value

    def _kept(self, sheet: RecalculatedSheet, cell: Cell) -> Value:
        """Return what a cell holds that reads nothing changed.

        A formula that shows another figure than it gives will show what nobody knows.
        """
        if cell in sheet.own.formulas and cell not in sheet.current:
            sheet.current[cell] = self._is_current(sheet, cell)
        if not sheet.current.get(cell, True):
            raise UnknownError
        return sheet.stored(cell)

    def _is_current(self, sheet: RecalculatedSheet, cell: Cell) -> bool:
        """Tell whether a formula shows what it gives, as far as anybody can tell."""
        try:
            value = sheet.given(cell, _Reading(self, sheet, RecalculatedSheet.stored))
            return _same(value, sheet.stored(cell))
        except UnknownError:
            return True

    def _followed(self, sheet: RecalculatedSheet, cell: Cell) -> Value | UnknownError:
        """Return what a formula will give, or the figure that takes its place."""
        self.depth += 1
        value: Value | UnknownError
        try:
            value = self._computed(sheet, cell)
        except UnknownError as error:
            value = error
        self.depth -= 1
        sheet.gives[cell] = value
        if type(value) is Fraction:
            number = _decimal(value)
            if cell not in sheet.following or _is(number, sheet.following[cell]):
                sheet.shown[cell] = number
                return Fraction(number)
        if cell in sheet.following:
            figure = sheet.following[cell]
            return UnknownError() if figure is None else Fraction(figure)
        return value

    def _computed(self, sheet: RecalculatedSheet, cell: Cell) -> Value:
        if self.depth > _DEEPEST:
            raise UnknownError
        value = sheet.given(cell, _Reading(self, sheet, self.new))
        if not (_is_expected(sheet, cell, value) or self._is_understood(sheet, cell)):
            raise UnknownError
        return value

    def _is_understood(self, sheet: RecalculatedSheet, cell: Cell) -> bool:
        """Tell whether a formula gives its present result from the present figures.

        Or from the right ones: a result may be left from before a cell was typed over.
        """
        return any(
            _gives(sheet, cell, _Reading(self, sheet, at))
            for at in (RecalculatedSheet.stored, RecalculatedSheet.right)
        )


def _is_expected(sheet: RecalculatedSheet, cell: Cell, value: Value) -> bool:
    """Tell whether a formula was worked out to what its form says is right there."""
    if type(value) is not Fraction:
        return False
    if cell in sheet.following and _is(_decimal(value), sheet.following[cell]):
        return True
    with suppress(UnknownError):
        return _same(value, sheet.right(cell))
    return False


def _decimal(value: Fraction) -> Decimal:
    """Return a result as a program keeps it."""
    return Decimal(repr(float(value))).normalize() + 0


def _gives(sheet: RecalculatedSheet, cell: Cell, cells: Cells) -> bool:
    """Tell whether a formula gives its present result from some figures."""
    try:
        return _same(sheet.given(cell, cells), sheet.stored(cell))
    except UnknownError:
        return False


@dataclass(frozen=True, slots=True)
class _Reading:
    """The cells of a workbook as a formula of a sheet reads them, each by ``at``."""

    workbook: _Workbook
    home: RecalculatedSheet
    at: Callable[[RecalculatedSheet, Cell], Value]

    def value(self, sheet: str | None, cell: Cell) -> Value:
        self.workbook.spend(1)
        return self.at(self._sheet(sheet), cell)

    def values(self, area: Area) -> Sequence[Value]:
        own = self._sheet(area.sheet)
        self.workbook.spend(max(area.bottom - area.top + 1, 0) * max(area.right - area.left + 1, 0))
        known = own.all_stored(area)
        if self.at == RecalculatedSheet.stored:
            return known
        if self.at == self.workbook.new:
            changed = own.changed(area)
            self._look_at(own, area)
        else:
            changed = list(cells_of(area))
        if not changed:
            return known
        values = list(known)
        width = area.right - area.left + 1
        for row, column in changed:
            place = (row - area.top) * width + column - area.left
            values[place] = self.at(own, (row, column))
        return values

    def _look_at(self, own: RecalculatedSheet, area: Area) -> None:
        """Raise UnknownError when an area holds a formula that shows what it does not give.

        Of the many in an area, those that show exactly what their form expects are passed over.
        """
        if area[1:] not in own.current_areas:
            for cell in own.kept(area):
                expected = own.expected(cell)
                if expected is None or not _same(own.stored(cell), expected):
                    self.at(own, cell)
            own.current_areas.add(area[1:])

    def extent(self, sheet: str | None) -> tuple[int, int]:
        own = self._sheet(sheet).own
        return own.height, own.width

    def _sheet(self, name: str | None) -> RecalculatedSheet:
        if name is None:
            return self.home
        found = self.workbook.sheets.get(name.casefold())
        if found is None:
            raise UnknownError
        return found


def _areas(
    sheet: Sheet, cell: Cell, home: int, numbers: Mapping[str, int]
) -> list[SheetArea] | None:
    """Return what a formula of the sheet ``home`` reads, None when that cannot be told."""
    read = precedents_of(sheet, cell)
    if read is None or read.names or read.tables:
        return None
    return [
        (number, *area[1:])
        for area in read.areas
        if (number := home if area.sheet is None else numbers.get(area.sheet.casefold(), -1)) >= 0
    ]


def _is(shown: Decimal, right: Decimal | None) -> bool:
    """Tell whether a formula gives the right figure by itself."""
    if right is None:
        return False
    return half_up(Fraction(shown), max(-int(right.as_tuple().exponent), 0)) == right


def _same(one: Value, other: Value) -> bool:
    """Tell whether two values are the same to programs that add doubles."""
    if not (type(one) is Fraction and type(other) is Fraction):
        return type(one) is type(other) and one == other
    (above, below), (top, bottom) = one.as_integer_ratio(), other.as_integer_ratio()
    difference = abs(above * bottom - top * below)  # as the rest, in parts of below × bottom
    return difference * _DOUBLE <= below * max(abs(top), bottom)
