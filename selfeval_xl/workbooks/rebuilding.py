"""The marked copy of a workbook whose file cannot be patched (.xls, .et, .ods, .xlsb).

A plain .xlsx is written from what was read — values, merges, number formats, hidden sheets, and
how the sheets look as far as that is known — and then marked exactly as any other workbook.
Formulas whose text is not known for certain become their results: one that Excel does not accept
would make the whole copy unreadable. What else the original holds (pictures, charts) is not carried
over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from types import MappingProxyType

from selfeval_xl.workbooks.changes import NewCell, NewSheet, SheetChanges
from selfeval_xl.workbooks.looks import SheetLooks
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.rebuilt_merges import rebuilt_merges
from selfeval_xl.workbooks.rebuilt_names import allowed_names
from selfeval_xl.workbooks.rebuilt_sheet import Formats, write_sheet
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.workbooks.workbook import Workbook

_CREATED = datetime(2000, 1, 1)  # a fixed date: the same input gives the same bytes


def rebuild(
    workbook: Workbook,
    changes: Mapping[str, SheetChanges],
    sheets: Sequence[NewSheet],
    looks: Mapping[str, SheetLooks] = MappingProxyType({}),
) -> bytes:
    """Return an .xlsx with the workbook's content, its marks and new sheets in front.

    ``changes`` and ``looks`` are given by sheet name as read. Names Excel does not allow are
    adapted, and links of the new sheets with them. The same input gives the same bytes.
    """
    names = allowed_names(sheet.name for sheet in workbook.sheets)
    plain = _plain(workbook, names, changes, looks)
    renamed = {names[name]: change for name, change in changes.items()}
    return patch(plain, renamed, [_relinked(sheet, names) for sheet in sheets])


def _with_safe_formulas(sheets: Sequence[Sheet], names: Mapping[str, str]) -> list[Sheet]:
    """Return the sheets without formulas that speak of a sheet by the name it does not keep."""
    if all(old == new for old, new in names.items()):
        return list(sheets)
    return [
        replace(
            sheet,
            formulas={cell: "" if "!" in text else text for cell, text in sheet.formulas.items()},
        )
        for sheet in sheets
    ]


def _relinked(sheet: NewSheet, names: Mapping[str, str]) -> NewSheet:
    """Point the links of a new sheet to the names the sheets got."""
    moved = {_quoted(old): _quoted(new) for old, new in names.items() if old != new}
    if not moved:
        return sheet

    def relinked(cell: NewCell | None) -> NewCell | None:
        if cell is None or not cell.link:
            return cell
        place, mark, address = cell.link.rpartition("!")
        return cell._replace(link=moved.get(place, place) + mark + address)

    rows = tuple(replace(row, cells=tuple(map(relinked, row.cells))) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _plain(
    workbook: Workbook,
    names: Mapping[str, str],
    changes: Mapping[str, SheetChanges],
    looks: Mapping[str, SheetLooks],
) -> bytes:
    """Write the content alone."""
    # Imported late: starting it takes longer than marking a workbook.
    import xlsxwriter  # noqa: PLC0415  (few runs need it)

    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    formats = Formats(book)
    merges = rebuilt_merges(workbook.sheets, looks)
    visible = False
    for sheet in _with_safe_formulas(workbook.sheets, names):
        page = book.add_worksheet(names[sheet.name])
        cached = changes[sheet.name].cached if sheet.name in changes else {}
        write_sheet(page, sheet, merges[sheet.name], looks.get(sheet.name), formats, cached)
        if sheet.hidden:
            page.hide()
        elif not visible:
            page.activate()
            page.set_first_sheet()
            visible = True
    if not visible:
        # A workbook must show a sheet.
        free = allowed_names((*names.values(), ""))[""]
        book.add_worksheet(free).activate()
    book.close()
    return target.getvalue()
