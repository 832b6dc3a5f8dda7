"""Notes (批注): the comments part with their text and the VML part that draws their boxes.

Excel writes VML that is no XML (unclosed ``<br>``), so an existing VML part is edited as text.
Threaded comments keep a copy of their text in a note tied to them by an identifier; such a note
belongs to the thread and is never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache

from lxml import etree

from selfeval_xl.workbooks.editing import vml
from selfeval_xl.workbooks.editing.markup import (
    MOST_TEXT,
    Element,
    local,
    namespace,
    new_root,
    office_relations,
    parse,
    plain_text,
    serialise,
)
from selfeval_xl.workbooks.editing.opc import Relationships, free_name
from selfeval_xl.workbooks.editing.workbook_part import WorkbookPart
from selfeval_xl.workbooks.editing.worksheet import WorksheetPart
from selfeval_xl.workbooks.sheet import Cell, a1

AUTHOR = "自动核对"
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"


def add_notes(workbook: WorkbookPart, sheet: WorksheetPart, notes: Mapping[Cell, str]) -> None:
    """Add notes to cells of a sheet; existing notes are kept with the new text below theirs.

    A cell with a threaded comment gets no note: its thread would break.
    """
    relations = Relationships(workbook.package, sheet.part)
    threaded = _threaded_cells(workbook, relations)
    wanted = {cell: plain_text(text) for cell, text in notes.items() if a1(cell) not in threaded}
    if not wanted:
        return
    part, root = _comments(workbook, sheet, relations)
    boxed, boxes = _write(root, wanted)
    workbook.package.write(part, serialise(root))
    _draw(workbook, sheet, relations, boxed, boxes)
    relations.save()


def _threaded_cells(workbook: WorkbookPart, relations: Relationships) -> set[str]:
    cells = set()
    for part in relations.of_kind("threadedComment"):
        if part in workbook.package:
            root = parse(workbook.package.read(part), part)
            cells |= {item.get("ref", "") for item in root if local(item) == "threadedComment"}
    return cells


def _comments(
    workbook: WorkbookPart, sheet: WorksheetPart, relations: Relationships
) -> tuple[str, Element]:
    """Return the comments part and its root, made and related when the sheet has none."""
    for part in relations.of_kind("comments"):
        if part in workbook.package:
            return part, parse(workbook.package.read(part), part)
    part = free_name(workbook.package, "xl/comments{}.xml")
    workbook.types.add(part, COMMENTS_TYPE)
    relations.remove_kind("comments")  # to parts that are gone
    relations.add(f"{office_relations(sheet.main)}/comments", part)
    root = new_root(sheet.main, "comments")
    etree.SubElement(root, sheet.tag("authors"))
    etree.SubElement(root, sheet.tag("commentList"))
    return part, root


def _write(root: Element, notes: Mapping[Cell, str]) -> tuple[dict[Cell, str], dict[Cell, str]]:
    """Write the notes' text; return the full text of extended notes and of new ones."""
    main = namespace(root)
    authors = root.find(f"{{{main}}}authors")
    if authors is None:
        authors = etree.Element(f"{{{main}}}authors")
        root.insert(0, authors)
    listed = root.find(f"{{{main}}}commentList")
    if listed is None:
        listed = etree.Element(f"{{{main}}}commentList")
        authors.addnext(listed)
    existing = {item.get("ref", ""): item for item in listed if local(item) == "comment"}
    author = _author(authors, main)
    extended: dict[Cell, str] = {}
    new: dict[Cell, str] = {}
    for cell, text in notes.items():
        comment = existing.get(a1(cell))
        if comment is None:
            comment = etree.SubElement(listed, f"{{{main}}}comment")
            comment.set("ref", a1(cell))
            comment.set("authorId", str(author))
            body = etree.SubElement(comment, f"{{{main}}}text")
            _append_run(body, main, text)
            new[cell] = text
        else:
            extended[cell] = _extend(comment, main, text)
    return extended, new


def _author(authors: Element, main: str) -> int:
    names = [item for item in authors if local(item) == "author"]
    for position, item in enumerate(names):
        if item.text == AUTHOR:
            return position
    etree.SubElement(authors, f"{{{main}}}author").text = AUTHOR
    return len(names)


def _extend(comment: Element, main: str, text: str) -> str:
    """Put text under a note's own; return the whole."""
    body = comment.find(f"{{{main}}}text")
    if body is None:
        body = etree.Element(f"{{{main}}}text")
        comment.insert(0, body)
    plain = body.find(f"{{{main}}}t")
    if plain is not None:
        # Text beside runs is not shown by every program, so plain text becomes a run.
        run = etree.Element(f"{{{main}}}r")
        plain.addprevious(run)
        plain.tail = None
        run.append(plain)
    before = "".join(item.text or "" for item in body.iterfind(f"{{{main}}}r/{{{main}}}t"))
    added = (f"\n{text}" if before else text)[: max(MOST_TEXT - len(before), 0)]
    _append_run(body, main, added)
    return before + added


@cache
def _run(main: str) -> Element:
    """Return the pattern of a run of note text."""
    return etree.fromstring(
        f'<r xmlns="{main}"><rPr><sz val="9"/><color indexed="81"/><rFont val="宋体"/>'
        '<family val="3"/><charset val="134"/></rPr><t xml:space="preserve"/></r>'
    )


def _append_run(body: Element, main: str, text: str) -> None:
    run = deepcopy(_run(main))
    run[-1].text = text
    runs = [child for child in body if local(child) == "r"]
    if runs:
        runs[-1].addnext(run)
    else:
        body.insert(0, run)


def _draw(
    workbook: WorkbookPart,
    sheet: WorksheetPart,
    relations: Relationships,
    extended: Mapping[Cell, str],
    new: Mapping[Cell, str],
) -> None:
    """Draw boxes for new notes and make those of extended notes tall enough."""
    package = workbook.package
    part = _legacy_drawing(sheet, relations)
    if part and part in package:
        drawing = vml.Drawing.read(package.read(part), _number(part))
    else:
        related = bool(part)  # to a part that is gone
        part = part or free_name(package, "xl/drawings/vmlDrawing{}.vml")
        drawing = vml.Drawing.empty(_number(part))
        workbook.types.add_default("vml", VML_TYPE)
        if not related:
            identifier = relations.add(f"{office_relations(sheet.main)}/vmlDrawing", part)
            sheet.set_legacy_drawing(identifier)
    grid = vml.Grid.of(sheet)
    for cell, text in extended.items():
        drawing.enlarge(cell, text, grid)
    for cell, text in new.items():
        drawing.add(cell, text, grid)
    package.write(part, drawing.to_bytes())


def _legacy_drawing(sheet: WorksheetPart, relations: Relationships) -> str:
    return relations.targets().get(sheet.legacy_drawing, "")


def _number(part: str) -> int:
    return int("".join(filter(str.isdigit, part.rpartition("/")[2])) or "1")
