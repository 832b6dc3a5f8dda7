"""What indicator score tables state: their figures as read, filled into the fields declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from selfeval_xl.forms.form import Field, Form, Measure
from selfeval_xl.forms.indicator_scores_ledger import (
    UNREADABLE,
    Facts,
    Kind,
    PlannedField,
    PlannedRelation,
    cells_of,
    rows_of,
)
from selfeval_xl.forms.indicator_scores_table import Table
from selfeval_xl.relations import Expression, Relation
from selfeval_xl.rounding import plain
from selfeval_xl.settings import Settings
from selfeval_xl.values import Quantity, Stated, Unreadable, agrees, read_quantity
from selfeval_xl.workbooks.sheet import Cell, Sheet


class Reading:
    """Reads the cells of a form's tables once."""

    def __init__(self, sheet: Sheet, tables: tuple[Table, ...], settings: Settings) -> None:
        self.tables = tables
        self.settings = settings
        self.raw: dict[Cell, Stated] = {}
        self._read(sheet)
        rates = [
            stated
            for table in tables
            for figures in rows_of(table)
            if figures.rate is not None
            and isinstance(stated := self.raw[figures.rate], Quantity)
            and not stated.percent
        ]
        self.scaled = any(stated.value > Fraction(3, 2) for stated in rates)
        """Whether rates are written without a percent sign (87.5 for 87.5 %)."""

    def _read(self, sheet: Sheet) -> None:
        """Read what the cells state; an error value such as #REF! cannot be read."""
        rows, formats, errors = sheet.rows, sheet.number_formats, sheet.errors
        for cell, _ in cells_of(self.tables):
            row, column = cell
            values = rows[row]
            if errors and (error := errors.get(cell)):
                self.raw[cell] = Unreadable(error, f"单元格为错误值 {error}")
                continue
            value = values[column] if column < len(values) else None
            self.raw[cell] = read_quantity(value, formats.get(cell, "General"))

    # --- what the figures tell ----------------------------------------------------------------

    def facts(self) -> Facts:
        """Return what the form's fields and relations depend on."""
        raw, tables = self.raw, self.tables
        return Facts(
            tables,
            tuple([_kind(raw[cell], points) for cell, points in cells_of(tables)]),
            self._decimals(),
            any(
                figures.deduction is not None and self.number(figures.deduction)
                for table in tables
                for figures in rows_of(table)
            ),
            tuple(map(self._full_levels, tables)),
            self.settings.full_score,
            self.settings.disabled_rules,
        )

    def _decimals(self) -> int:
        """Return the most decimals of the scores that people typed."""
        scores: Counter[int] = Counter()
        for table in self.tables:
            for figures in rows_of(table):
                for cell in figures.scores:
                    stated = self.raw[cell]
                    if isinstance(stated, Quantity) and not stated.computed:
                        scores[stated.decimals] += 1
        return max(scores, default=2)

    def _full_levels(self, table: Table) -> frozenset[int]:
        """Return the levels whose own points make up the full score."""
        found = set()
        for place in range(len(table.columns.levels) - 1 if table.all_groups else 0):
            cells = [g.points for g in table.all_groups if g.place == place]
            values = [v for c in cells if c is not None and (v := self.number(c)) is not None]
            if len(values) == len(cells) and sum(values) == self.settings.full_score:
                found.add(place)
        return frozenset(found)

    def number(self, cell: Cell) -> Fraction | None:
        """Return the number a cell states, None for anything else."""
        stated = self.raw.get(cell)
        return stated.value if isinstance(stated, Quantity) else None

    # --- filling the form ---------------------------------------------------------------------

    def fill(
        self, form: Form, fields: Sequence[PlannedField], relations: Sequence[PlannedRelation]
    ) -> None:
        """Add the fields and relations to the form, with what is stated."""
        raw = self.raw
        for cell, label, measure, given, decimals in fields:
            stated = raw.get(cell) if given is None else given
            scale = 1
            if measure is Measure.RATE:
                if self.scaled and not (isinstance(stated, Quantity) and stated.percent):
                    scale, stated = 100, _shifted(stated, -2)
            elif isinstance(stated, Quantity) and stated.percent:
                stated = _shifted(stated, 2)
            raw[cell] = stated
            form.fields[cell] = Field(cell, label, measure, stated, "", decimals, scale)
        form.relations = [
            self._settled(relation, questioned) if questioned or relation.alternatives else relation
            for relation, questioned in relations
        ]

    def _settled(self, relation: Relation, questioned: bool) -> Relation:
        """Put the calculations first that the stated figure agrees with; doubt where needed."""
        stated = self.raw[relation.target]
        if not isinstance(stated, Quantity):
            return relation
        ways = (relation.equals, *relation.alternatives)
        if questioned:
            doubt, options = self._points_doubt(stated, ways)
            if doubt:
                relation = replace(relation, doubt=doubt, options=options)
        first, *others = sorted(ways, key=lambda way: not self._agrees(way, stated))
        if first is ways[0] and others == list(ways[1:]):
            return relation
        return replace(relation, equals=first, alternatives=tuple(others))

    def _agrees(self, expression: Expression, stated: Quantity) -> bool:
        value = expression.value(self.number)
        return value is not None and agrees(stated, value)

    def _points_doubt(
        self, stated: Quantity, sums: tuple[Expression, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """Doubt a points total of exactly the full score that the points do not make up."""
        full = self.settings.full_score
        if stated.value != full:
            return "", ()
        values = [value for one in sums if (value := one.value(self.number)) is not None]
        if not values or any(value == full for value in values):
            return "", ()
        found = plain(values[0])
        return (
            f"各项权重之和为 {found}，合计栏填报满分 {plain(full)}，可能是某项权重填错",
            (
                f"如各项权重无误，合计应为 {found}",
                f"如合计无误，应有权重项相差 {plain(full - values[0])}",
            ),
        )


def _kind(stated: Stated, points: bool) -> Kind:
    if stated is None:
        return None
    if isinstance(stated, Unreadable):
        return UNREADABLE
    if not points:
        return 0
    return stated.decimals - 2 if stated.percent else stated.decimals


def _shifted(stated: Stated, places: int) -> Stated:
    """Move the decimal point: 87.5 (of 87.5 %) → 0.875, a weight of 20% → 20."""
    if not isinstance(stated, Quantity):
        return stated
    return replace(
        stated,
        value=stated.value * Fraction(10) ** places,
        decimals=stated.decimals - places,
        shortest=max(stated.shortest - places, 0) if stated.value else 0,
        percent=False,
        unit="",
    )
