"""The XML of a sheet that is put before the workbook's own."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache

from selfeval_xl.workbooks.changes import NEW_SHEET_PART, NewRow, NewSheet
from selfeval_xl.workbooks.editing.cell_content import number_text
from selfeval_xl.workbooks.editing.markup import (
    cell_markup,
    looks_like_formula,
    markup_text,
    office_relations,
)
from selfeval_xl.workbooks.editing.opc import free_name
from selfeval_xl.workbooks.editing.styles import Look, Styles
from selfeval_xl.workbooks.editing.workbook_part import WorkbookPart
from selfeval_xl.workbooks.sheet import Range, a1, column_letters

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LONGEST_CHOICE = 255  # characters Excel allows in a list of options


def check_choices(sheet: NewSheet) -> None:
    """Raise ValueError when the options of a drop-down cannot be written as a list."""
    for choice in sheet.choices:
        too_long = len(",".join(choice.options)) > _LONGEST_CHOICE
        if too_long or any("," in option for option in choice.options):
            raise ValueError(f"options cannot be written as a list: {choice.options!r}")


def add_sheet(workbook: WorkbookPart, styles: Styles, sheet: NewSheet, position: int) -> str:
    """Put a sheet at a position of the workbook and return the name it got.

    The sheet at position 0 is the one that is open.
    """
    name = workbook.free_sheet_name(sheet.name)
    pattern = f"{workbook.folder}/worksheets/{NEW_SHEET_PART}{{}}.xml".lstrip("/")
    part = free_name(workbook.package, pattern)
    workbook.package.write(
        part, _sheet_xml(sheet, styles, workbook.main, selected=position == 0).encode()
    )
    workbook.insert_sheet(name, part, CONTENT_TYPE, position)
    quoted = "'" + name.replace("'", "''") + "'"
    if sheet.filtered:
        text = f"{quoted}!{_absolute(sheet.filtered)}"
        workbook.add_name("_xlnm._FilterDatabase", text, position, hidden=True)
    if sheet.repeated:
        first, last = sheet.repeated
        text = f"{quoted}!${first + 1}:${last + 1}"
        workbook.add_name("_xlnm.Print_Titles", text, position)
    return name


def _area(area: Range) -> str:
    first, last = a1(area[:2]), a1(area[2:])
    return first if first == last else f"{first}:{last}"


def _absolute(area: Range) -> str:
    top, left, bottom, right = area
    return f"${column_letters(left)}${top + 1}:${column_letters(right)}${bottom + 1}"


def _sheet_xml(sheet: NewSheet, styles: Styles, main: str, *, selected: bool) -> str:
    """Return the worksheet part, its elements in schema order."""
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
            f'<worksheet xmlns="{main}" xmlns:r="{office_relations(main)}">',
            _properties(sheet),
            _view(sheet, selected=selected),
            _format(sheet),
            _columns(sheet),
            "<sheetData>",
            *(_row(number, row, styles) for number, row in enumerate(sheet.rows)),
            "</sheetData>",
            f'<autoFilter ref="{_area(sheet.filtered)}"/>' if sheet.filtered else "",
            _merges(sheet),
            _choices(sheet),
            _links(sheet),
            '<printOptions horizontalCentered="1"/>'
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.55" header="0.3" '
            'footer="0.25"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter>"
            "</worksheet>",
        )
    )


def _properties(sheet: NewSheet) -> str:
    colour = f'<tabColor rgb="{sheet.tab_colour}"/>' if sheet.tab_colour else ""
    return f'<sheetPr>{colour}<outlinePr summaryBelow="0"/><pageSetUpPr fitToPage="1"/></sheetPr>'


def _view(sheet: NewSheet, *, selected: bool) -> str:
    pane = ""
    if sheet.frozen and sheet.frozen != (0, 0):
        row, column = sheet.frozen
        place = "bottomRight" if row and column else "bottomLeft" if row else "topRight"
        split = (f' xSplit="{column}"' if column else "") + (f' ySplit="{row}"' if row else "")
        pane = (
            f'<pane{split} topLeftCell="{a1(sheet.frozen)}" activePane="{place}" state="frozen"/>'
            f'<selection pane="{place}"/>'
        )
    mark = ' tabSelected="1"' if selected else ""
    return (
        f'<sheetViews><sheetView showGridLines="0"{mark} workbookViewId="0">{pane}</sheetView>'
        "</sheetViews>"
    )


def _format(sheet: NewSheet) -> str:
    depth = max((row.outline for row in sheet.rows), default=0)
    levels = f' outlineLevelRow="{depth}"' if depth else ""
    return f'<sheetFormatPr defaultRowHeight="16.5"{levels}/>'


def _columns(sheet: NewSheet) -> str:
    if not sheet.widths:
        return ""
    items = (
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(sheet.widths, 1)
    )
    return f"<cols>{''.join(items)}</cols>"


def _row(number: int, row: NewRow, styles: Styles) -> str:
    formats = tuple(map(styles.styled, _looks(row)))
    return str(number + 1).join(_row_pieces(row, formats))


@lru_cache(maxsize=512)
def _looks(row: NewRow) -> dict[Look, list[int]]:
    """Return the looks of a row's cells in their order, each with the columns that have it."""
    looks: dict[Look, list[int]] = {}
    for column, cell in enumerate(row.cells):
        if cell is not None:
            quoted = isinstance(cell.value, str) and looks_like_formula(cell.value)
            looks.setdefault(Look(cell.style, quoted), []).append(column)
    return looks


@lru_cache(maxsize=1024)
def _row_pieces(row: NewRow, formats: tuple[int, ...]) -> list[str]:
    """Return what stands between the places of a row's number in its markup.

    ``formats`` are those of the row's looks.
    """
    height = f' ht="{row.height:g}" customHeight="1"' if row.height is not None else ""
    outline = f' outlineLevel="{row.outline}"' if row.outline else ""
    numbers = {
        column: number
        for number, columns in zip(formats, _looks(row).values(), strict=True)
        for column in columns
    }
    pieces = ['<row r="', f'"{height}{outline}>']
    for column, cell in enumerate(row.cells):
        if cell is not None:
            pieces[-1] += f'<c r="{_letters(column)}'
            pieces.append(_rest_of_cell(cell.value, numbers[column]))
    pieces[-1] += "</row>"
    return pieces


_letters = cache(column_letters)


def _rest_of_cell(value: str | Decimal | int | None, style: int) -> str:
    """Return a cell's markup from the end of its address on."""
    if value is None:
        return f'" s="{style}"/>'
    if isinstance(value, str):
        text = cell_markup(value)
        return f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    number = number_text(value) if isinstance(value, Decimal) else str(int(value))
    return f'" s="{style}"><v>{number}</v></c>'


def _merges(sheet: NewSheet) -> str:
    if not sheet.merges:
        return ""
    items = "".join(f'<mergeCell ref="{_area(area)}"/>' for area in sheet.merges)
    return f'<mergeCells count="{len(sheet.merges)}">{items}</mergeCells>'


def _choices(sheet: NewSheet) -> str:
    items = []
    for choice in sheet.choices:
        quoted = markup_text('"' + ",".join(choice.options).replace('"', '""') + '"')
        items.append(
            '<dataValidation type="list" allowBlank="1" showInputMessage="1" '
            f'showErrorMessage="1" sqref="{_area(choice.cells)}"><formula1>{quoted}</formula1>'
            "</dataValidation>"
        )
    if not items:
        return ""
    return f'<dataValidations count="{len(items)}">{"".join(items)}</dataValidations>'


def _links(sheet: NewSheet) -> str:
    items = [
        f'<hyperlink ref="{a1((number, column))}" location="{markup_text(cell.link)}"/>'
        for number, row in enumerate(sheet.rows)
        for column, cell in enumerate(row.cells)
        if cell is not None and cell.link
    ]
    return f"<hyperlinks>{''.join(items)}</hyperlinks>" if items else ""
