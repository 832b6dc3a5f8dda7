"""Reading the indicator table of a self-evaluation row by row."""

from __future__ import annotations

from dataclasses import replace

from selfeval_xl.forms.indicator_header import Header
from selfeval_xl.forms.indicator_row_kinds import goes_on, row_kind, total_below
from selfeval_xl.forms.indicator_table import Group, Indicator, IndicatorTable
from selfeval_xl.forms.indicator_table_totals import read_below_total, read_subtotal, read_total
from selfeval_xl.forms.shapes import ByShape, shape_of, without_names
from selfeval_xl.labels import label_points, squash
from selfeval_xl.workbooks.sheet import Cell, Sheet

_MOST_BLANKS = 3


def read_table(sheet: Sheet, head: Header, stop: int) -> IndicatorTable:
    """Read the rows under a header until the total row, a foot note or ``stop``."""
    known = _KNOWN.get(_shape(sheet, head, stop), lambda: _read_rows(sheet, head, stop))
    return replace(known, head=head, further_scores=list(known.further_scores))


_KNOWN: ByShape[IndicatorTable] = ByShape(64)
_FIGURES = ("target", "actual", "completion", "points", "score")


def _shape(sheet: Sheet, head: Header, stop: int) -> bytes | None:
    """Return what decides how a table is read: all but the figures in columns that name nothing.

    A header repeated in the last row may go on in the next, so the row at ``stop`` counts, too.
    """
    columns = head.columns
    figures = without_names(
        (*map(columns.get, _FIGURES), *head.other_targets),
        [column for part, column in columns.items() if part.startswith("level")],
        sheet.merges,
        head.row,
    )
    details = (
        head.last, stop, list(columns.items()), head.other_targets, head.other_reasons,
        list(head.level_points.items()),
    )  # fmt: skip
    return shape_of(sheet, head.row, stop + 1, figures, figures, *details)


def _read_rows(sheet: Sheet, head: Header, stop: int) -> IndicatorTable:
    table = IndicatorTable(head.row, head.last + 1, head.last, head.columns, head)
    blanks = 0
    for row in range(table.first, min(stop, sheet.height)):
        kind = row_kind(sheet, row, table)
        if kind == "total" and goes_on(sheet, row, table, stop):
            kind = "subtotal"
        if kind == "end":
            if total_below(sheet, row, table, stop):
                continue
            break
        blanks = blanks + 1 if kind == "blank" else 0
        if blanks > _MOST_BLANKS:
            break
        if kind == "blank":
            continue
        table.last = row
        if kind == "total":
            read_total(sheet, row, table)
            break
        if kind == "subtotal":
            read_subtotal(sheet, row, table)
        elif kind == "indicator":
            table.indicators.append(_indicator(sheet, row, table))
    read_below_total(sheet, table, stop)
    _read_groups(sheet, table)
    return table


def _indicator(sheet: Sheet, row: int, table: IndicatorTable) -> Indicator:
    columns, head = table.columns, table.head
    cell = (row, table.name_column)
    anchor = sheet.anchor(cell)
    own = sheet.text(anchor)
    at = {part: sheet.anchor((row, column)) for part, column in columns.items()}
    target, actual = _filled(sheet, row, at.get("target"), head.other_targets), at.get("actual")
    merged = target is not None and target == actual
    points = at.get("points")
    if points is None and label_points(own) is not None:
        points = anchor
    first, level1 = _group(sheet, at.get("level1"), columns.get("level1", 0))
    second, level2 = _group(sheet, at.get("level2"), columns.get("level2", 0))
    return Indicator(
        row=row,
        name=" ".join(own.split()),
        cell=cell,
        groups=(first, second),
        level1=level1,
        level2=level2,
        target=target,
        actual=None if merged else actual,
        points=points,
        score=at.get("score"),
        reason=_filled(sheet, row, at.get("reason"), head.other_reasons),
        sign=at.get("sign"),
        unit=at.get("unit"),
        merged_actual=merged,
    )


def _filled(sheet: Sheet, row: int, cell: Cell | None, others: tuple[int, ...]) -> Cell | None:
    """Return a part's own cell, or the first of the other columns' when only that has content."""
    if not others or (cell is not None and sheet.text(cell)):
        return cell
    cells = (sheet.anchor((row, column)) for column in others)
    return next((other for other in cells if sheet.text(other)), cell)


def _group(sheet: Sheet, cell: Cell | None, column: int) -> tuple[Cell | None, str]:
    """Return the cell that names the group of a row's ``cell``, and the name.

    It is that cell itself or, where it is blank, the last one named above it.
    """
    if cell is None:
        return None, ""
    text = sheet.text(cell)
    while not text and cell[0] > 0:
        cell = sheet.anchor((cell[0] - 1, column))
        text = sheet.text(cell)
    return cell, squash(text)


def _read_groups(sheet: Sheet, table: IndicatorTable) -> None:
    for place, part in enumerate(("level1", "level2")):
        rows: dict[Cell, list[int]] = {}
        for indicator in table.indicators:
            cell = indicator.groups[place]
            if cell is not None and cell[0] >= table.first:
                rows.setdefault(cell, []).append(indicator.row)
        own = table.head.level_points.get(part)
        for cell, members in rows.items():
            points = None if own is None else sheet.anchor((cell[0], own))
            name = squash(sheet.text(cell))
            table.groups.append(Group(cell, name, place + 1, tuple(members), points))
