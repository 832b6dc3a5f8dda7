"""Where the changes of a worksheet part go in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from selfeval_xl.workbooks.editing.cell_content import CellText
from selfeval_xl.workbooks.editing.lexing import (
    Element,
    Splice,
    attribute,
    elements,
    local_name,
    with_attribute,
)
from selfeval_xl.workbooks.editing.markup import markup_text, office_relations
from selfeval_xl.workbooks.editing.sheet_frame import Frame
from selfeval_xl.workbooks.editing.sheet_text import SheetText
from selfeval_xl.workbooks.sheet import Cell, Range, a1

_LEGACY_DRAWING = "legacyDrawing"
_AFTER_LEGACY_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
)
_MAY_FOLLOW = re.compile(rf"<(?>(?:[^\s:/<>]++:)?)(?:{'|'.join(_AFTER_LEGACY_DRAWING)})[\s/>]")


def cell_splices(
    sheet: SheetText, cells: Mapping[Cell, CellText], inserted: Mapping[int, Sequence[int]]
) -> Iterator[Splice]:
    """Yield what replaces the changed ones of some cells; ``inserted`` are new columns by row."""
    for (number, column), cell in cells.items():
        element = sheet.cells(number).get(column) if cell.changed else None
        if element is not None:
            yield Splice(element.start, element.end, cell.markup())
    new: dict[int, str] = {}
    for number in sorted(inserted):
        added = {column: cells[number, column].markup() for column in sorted(inserted[number])}
        row_element = sheet.row(number)
        if row_element is None:
            new[number] = _tagged(
                f"{sheet.prefix}row", f' r="{number + 1}"', "".join(added.values())
            )
        else:
            yield from _into_row(row_element, sheet.cells(number), added)
    yield from _into_data(sheet, new)


def _tagged(name: str, attributes: str, content: str) -> str:
    return f"<{name}{attributes.rstrip()}>{content}</{name}>"


def _into_row(
    row: Element, present: Mapping[int, Element], added: Mapping[int, str]
) -> Iterator[Splice]:
    """Yield what puts cells between those of a row; both are given by column."""
    attributes = _spanning(row.attributes, added)
    if row.single:
        yield Splice(row.start, row.end, _tagged(row.name, attributes, "".join(added.values())))
        return
    if attributes != row.attributes:
        yield Splice(row.start, row.inside, f"<{row.name}{attributes}>")
    last = max((cell.end for cell in present.values()), default=row.inside)
    for column, markup in added.items():
        following = min((other for other in present if other > column), default=None)
        place = last if following is None else present[following].start
        yield Splice(place, place, markup)


def _spanning(attributes: str, columns: Mapping[int, str]) -> str:
    """Return a row's attributes with ``spans`` true for cells that are added."""
    spans = attribute(attributes, "spans") or ""
    first, _, last = spans.partition(":")
    if not (first.isdigit() and last.isdigit()):
        return attributes
    low, high = min(int(first), min(columns) + 1), max(int(last), max(columns) + 1)
    if (low, high) == (int(first), int(last)):
        return attributes
    return with_attribute(attributes, "spans", f"{low}:{high}")


def _into_data(sheet: SheetText, new: Mapping[int, str]) -> Iterator[Splice]:
    """Yield what puts rows, given by number in ascending order, between those of the sheet."""
    data = sheet.data
    if new and data.single:
        yield Splice(
            data.start, data.end, _tagged(data.name, data.attributes, "".join(new.values()))
        )
        return
    for number, markup in new.items():
        place = sheet.start_after(number)
        yield Splice(place, place, markup)


def dimension_splices(sheet: SheetText, area: Range) -> Iterator[Splice]:
    """Yield what makes the dimension, if the sheet has one, that area."""
    top, left, bottom, right = area
    for element in elements(sheet.plain, sheet.inside, sheet.data.start):
        if element.name == f"{sheet.prefix}dimension":
            reference = f"{a1((top, left))}:{a1((bottom, right))}"
            attributes = with_attribute(element.attributes, "ref", reference)
            place = element.start + 1 + len(element.name)
            yield Splice(place, place + len(element.attributes), attributes)


def legacy_drawing_splice(sheet: SheetText, frame: Frame, identifier: str) -> Splice:
    """Return what points to the VML part that draws the notes, where the schema wants it.

    What is there already, pointing to nothing, gives way.
    """
    prefix = frame.relations_prefix
    declared = "" if prefix else f' xmlns:r="{office_relations(frame.main)}"'
    item = (
        f"<{sheet.prefix}{_LEGACY_DRAWING}{declared} "
        f'{prefix or "r"}:id="{markup_text(identifier)}"/>'
    )
    place = sheet.close
    if frame.child(_LEGACY_DRAWING) is not None:
        for element in elements(sheet.plain, sheet.data.end, sheet.close):
            if local_name(element.name) == _LEGACY_DRAWING:
                return Splice(element.start, element.end, item)
    if _MAY_FOLLOW.search(sheet.plain, sheet.data.end):
        for element in elements(sheet.plain, sheet.data.end, sheet.close):
            if local_name(element.name) in _AFTER_LEGACY_DRAWING:
                place = element.start
                break
    return Splice(place, place, item)
