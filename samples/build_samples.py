"""Build the sample workbooks under ``samples/待核对`` from the files in ``samples/data``.

The fifteen published tables stand alone, without a head; each is kept as printed: ``grid`` row
by row (null is blank or covered by a merge), ``merges`` as A1 ranges and ``numbers``, the ranges
whose figures were typed as numbers; every other cell is text, as staff often type it. The
sixteenth file is an invented project filled into the blank templates: the address of a row's
first cell and what is typed from there on. The workbooks come out the same every time::

    python samples/build_samples.py [DIRECTORY]
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from selfeval_xl.templates import build_template
from selfeval_xl.templating.layout import Entry
from selfeval_xl.templating.measure import text_height, text_width
from selfeval_xl.workbooks.sheet import Cell, Range, a1, parse_a1, parse_range

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
INBOX = HERE / "待核对"

_FIGURE = re.compile(r"-?\d+(?:\.(\d+))?(%)?")
_CREATED = datetime(2024, 1, 2, 9, 0)  # fixed: the same data must give the same bytes
_SIZE = 10.5
_LEFT_FROM = 18
"""Texts longer than this many half-width characters stand left, shorter ones centred."""


@dataclass(frozen=True)
class Table:
    """One printed table and where its workbook goes."""

    number: int
    folder: str
    workbook: str
    sheet: str
    form: str
    orientation: str
    widths: tuple[float, ...]
    numbers: tuple[Range, ...]
    merges: tuple[Range, ...]
    grid: tuple[tuple[str | None, ...], ...]

    @property
    def path(self) -> str:
        """The workbook's place under the inbox."""
        return f"{self.folder}/{self.workbook}.xlsx"

    def content(self, row: int, column: int) -> tuple[str | float | None, str]:
        """Return what is stored in a cell, and its number format ("" for text and blanks)."""
        printed = self.grid[row][column]
        if printed is None or not any(
            top <= row <= bottom and left <= column <= right
            for top, left, bottom, right in self.numbers
        ):
            return printed, ""
        figure = _FIGURE.fullmatch(printed)
        if figure is None:
            return printed, ""
        decimals, percent = figure.group(1) or "", figure.group(2)
        if percent:
            shown = f"0.{'0' * len(decimals)}%" if decimals else "0%"
            # Rounded once more: 5.41 / 100 must be stored as 0.0541 and nothing else.
            return round(float(printed[:-1]) / 100, len(decimals) + 2), shown
        # Two and more decimals get a fixed format, so that 17.50 shows as printed.
        return float(printed), f"0.{'0' * len(decimals)}" if len(decimals) > 1 else "General"


def load_tables(directory: Path = DATA) -> list[Table]:
    """Read the published tables, in the order of their numbers."""
    tables = []
    for path in sorted(directory.glob("[0-9][0-9]-*.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        if "grid" not in raw:
            continue
        tables.append(
            Table(
                number=int(path.name[:2]),
                folder=raw["folder"],
                workbook=raw["workbook"],
                sheet=raw["sheet"],
                form=raw["form"],
                orientation=raw["orientation"],
                widths=tuple(raw["widths"]),
                numbers=tuple(parse_range(address) for address in raw["numbers"]),
                merges=tuple(parse_range(address) for address in raw["merges"]),
                grid=tuple(tuple(row) for row in raw["grid"]),
            )
        )
    return tables


def build_workbook(table: Table) -> bytes:
    """Return the workbook of one table, laid out like a filled form."""
    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": table.sheet, "created": _CREATED})
    sheet = workbook.add_worksheet(table.sheet)
    formats: dict[tuple[str, bool, bool], Format] = {}

    def look(number_format: str, head: bool, left: bool) -> Format:
        key = number_format, head, left
        if key not in formats:
            formats[key] = workbook.add_format(
                {
                    "font_name": "黑体" if head else "宋体",
                    "font_size": _SIZE,
                    "border": 1,
                    "text_wrap": True,
                    "valign": "vcenter",
                    "align": "left" if left else "center",
                    **({"num_format": number_format} if number_format else {}),
                }
            )
        return formats[key]

    for column, width in enumerate(table.widths):
        sheet.set_column(column, column, width)
    for row, height in enumerate(_row_heights(table)):
        sheet.set_row(row, height)
    merges = {(merge[0], merge[1]): merge for merge in table.merges}
    covered = {cell for merge in table.merges for cell in _cells(merge)}
    for row, line in enumerate(table.grid):
        for column in range(len(line)):
            value, number_format = table.content(row, column)
            merge = merges.get((row, column))
            if merge is None and (row, column) in covered:
                continue
            left = isinstance(value, str) and text_width(value) > _LEFT_FROM and row > 0
            style = look(number_format, row == 0, left)
            if merge is not None:
                sheet.merge_range(*merge, "", style)
            _write(sheet, row, column, value, style)
    _set_up_page(sheet, table)
    workbook.close()
    return buffer.getvalue()


def build_filled(directory: Path = DATA) -> dict[str, bytes]:
    """Return the workbooks of the projects filled into the blank templates, by path."""
    built: dict[str, bytes] = {}
    for path in sorted(directory.glob("[0-9][0-9]-*.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        for name, sheets in raw.get("workbooks", {}).items():
            entries = {sheet: dict(_typed(rows)) for sheet, rows in sheets.items()}
            built[f"{raw['folder']}/{name}"] = build_template(name, entries)
    return built


def _typed(rows: Mapping[str, list[Entry]]) -> Iterator[tuple[str, Entry]]:
    for address, values in rows.items():
        row, column = parse_a1(address)
        for offset, value in enumerate(values):
            if value is not None:
                yield a1((row, column + offset)), value


def build_all() -> Mapping[str, bytes]:
    """Return every sample workbook by its path under the inbox."""
    return {table.path: build_workbook(table) for table in load_tables()} | build_filled()


def _write(
    sheet: Worksheet, row: int, column: int, value: str | float | None, style: Format
) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def _set_up_page(sheet: Worksheet, table: Table) -> None:
    sheet.set_paper(9)
    if table.orientation == "landscape":
        sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _cells(merge: Range) -> Iterator[Cell]:
    top, left, bottom, right = merge
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield row, column


def _row_heights(table: Table) -> list[float]:
    """Heights that show every text in full; a merge's text is spread over its rows."""
    heights = [20.0] * len(table.grid)
    spans = {(merge[0], merge[1]): merge for merge in table.merges}
    tall: list[tuple[Range, float]] = []
    for row, line in enumerate(table.grid):
        for column, text in enumerate(line):
            if not text:
                continue
            span = spans.get((row, column), (row, column, row, column))
            needed = text_height(text, sum(table.widths[span[1] : span[3] + 1]))
            if span[0] == span[2]:
                heights[row] = max(heights[row], needed)
            else:
                tall.append((span, needed))
    for span, needed in tall:
        rows = range(span[0], span[2] + 1)
        missing = needed - sum(heights[row] for row in rows)
        for row in rows if missing > 0 else ():
            heights[row] += missing / len(rows)
    return [min(height, 400.0) for height in heights]


def main(arguments: list[str]) -> None:
    """Write the workbooks below the given directory, the repository's samples by default."""
    target = Path(arguments[0]) if arguments else INBOX
    for path, data in build_all().items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
