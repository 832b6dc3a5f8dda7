"""What makes a spreadsheet program offer to repair a workbook, or drop a part without a word.

Two judges that know nothing of the program under test: the checks below, of what must hold between
the parts of a package and between the elements of a sheet, and a validator of the format's schemas.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator, ValidationSeverity
from package_diff import parts

_SCHEMAS = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0)
_RELATION = re.compile(r"\{[^}]*/relationships\}(.+)")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")
_NOTES = re.compile(r"(?<!threaded)comments?\d*\.xml$", re.IGNORECASE)
_BOX = re.compile(
    r'ObjectType="Note".*?<x:Row>(\d+)</x:Row>.*?<x:Column>(\d+)</x:Column>', re.DOTALL
)
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_LIST = 31, 32_767, 255

Parts = dict[str, bytes]


def against_schemas(file: Path) -> Counter[str]:
    """Return in what a workbook breaks the schemas of its format, places within parts left out."""
    return Counter(
        re.sub("[0-9]+", "#", error.description)
        for error in _SCHEMAS.validate(file).errors
        if error.severity is ValidationSeverity.ERROR
    )


def inconsistencies(package: bytes) -> list[str]:
    """Return what does not fit together in a workbook, a sentence each."""
    files = parts(package)
    sheets = _sheets(files)
    return [
        *_relations(files),
        *_content_types(files),
        *_workbook(files, sheets),
        *_styles(files),
        *_calculation_chain(files, sheets),
        *(f"{name}: {line}" for name in sheets.values() for line in _sheet(files, name)),
    ]


def _tree(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(huge_tree=True))


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return cast("list[etree._Element]", element.findall(path.replace("/", "/{*}"), None))


def _targets(files: Parts, name: str) -> dict[str, str]:
    """Return where a part's relations lead, "" for what lies outside, by their names."""
    folder, _, file = name.rpartition("/")
    content = files.get(posixpath.join(folder, "_rels", f"{file}.rels"))
    if content is None:
        return {}
    return {
        relation.get("Id", ""): ""
        if relation.get("TargetMode") == "External"
        else posixpath.normpath(posixpath.join("/", folder, unquote(relation.get("Target", ""))))[
            1:
        ]
        for relation in _tree(content)
    }


def _relations(files: Parts) -> Iterator[str]:
    """Yield relations that lead nowhere, are told twice or are named but not there."""
    for name, content in files.items():
        if name.endswith(".rels"):
            names = [relation.get("Id") for relation in _tree(content)]
            if len(names) != len(set(names)):
                yield f"{name}: two relations of one name"
            continue
        targets = _targets(files, name)
        for key, target in targets.items():
            if target and target not in files:
                yield f"{name}: {key} leads to {target}, which is not there"
        if not name.endswith((".xml", ".vml")):
            continue
        if name.endswith(".vml"):  # HTML in it need not be well-formed
            used = set(re.findall(r'\bo:relid="([^"]+)"', content.decode("utf-8", "replace")))
        else:
            used = {
                str(value)
                for element in _tree(content).iter("{*}*")
                for key, value in element.attrib.items()
                if _RELATION.fullmatch(str(key))
            }
        for key in sorted(used - set(targets) - {""}):
            yield f"{name}: {key} is no relation"


def _content_types(files: Parts) -> Iterator[str]:
    """Yield parts without a kind and kinds of parts that are not there."""
    declared = _tree(files["[Content_Types].xml"])
    overrides = [str(element.get("PartName"))[1:] for element in _all(declared, "./Override")]
    defaults = [str(element.get("Extension")).lower() for element in _all(declared, "./Default")]
    for kind, names in (("part", overrides), ("extension", defaults)):
        for name, times in Counter(names).items():
            if times > 1:
                yield f"the kind of {kind} {name} is told {times} times"
    for name in set(overrides) - set(files):
        yield f"{name} has a kind but is not there"
    for name in set(files) - set(overrides) - {"[Content_Types].xml"}:
        if name.rpartition(".")[2].lower() not in defaults:
            yield f"{name} has no kind"


def _book(files: Parts) -> str:
    return next(
        target
        for target in _targets(files, "").values()
        if target.rpartition("/")[2].startswith("workbook")
    )


def _sheets(files: Parts) -> dict[str, str]:
    """Return the parts of the worksheets by the sheets' names."""
    book = _book(files)
    targets = _targets(files, book)
    found = {}
    for sheet in _all(_tree(files[book]), "./sheets/sheet"):
        key = next(str(v) for k, v in sheet.attrib.items() if _RELATION.fullmatch(str(k)))
        if _tree(files[targets[key]]).tag.endswith("}worksheet"):
            found[str(sheet.get("name"))] = targets[key]
    return found


def _workbook(files: Parts, sheets: dict[str, str]) -> Iterator[str]:
    root = _tree(files[_book(files)])
    listed = _all(root, "./sheets/sheet")
    for key in ("name", "sheetId"):
        values = Counter(str(sheet.get(key)).casefold() for sheet in listed)
        yield from (f"two sheets of the {key} {value}" for value, n in values.items() if n > 1)
    for sheet in listed:
        name = str(sheet.get("name"))
        if len(name) > _LONGEST_NAME or not name or _FORBIDDEN.search(name):
            yield f"no program allows a sheet to be called {name}"
    visible = [sheet.get("state", "visible") == "visible" for sheet in listed]
    for view in _all(root, "./bookViews/workbookView"):
        active = int(view.get("activeTab", "0"))
        if active >= len(listed) or not visible[active]:
            yield f"sheet {active}, the one to show, is hidden or not there"
    chosen = [
        name
        for name, part in sheets.items()
        if any(
            view.get("tabSelected") in ("1", "true")
            for view in _all(_tree(files[part]), "./sheetViews/sheetView")
        )
    ]
    if len(chosen) > 1:
        yield f"what is typed into one of these sheets goes into all: {chosen}"
    names = Counter()
    for defined in _all(root, "./definedNames/definedName"):
        local = defined.get("localSheetId")
        if local is not None and int(local) >= len(listed):
            yield f"the name {defined.get('name')} belongs to a sheet that is not there"
        names[(str(defined.get("name")).casefold(), local)] += 1
    yield from (f"the name {name} is defined {n} times" for name, n in names.items() if n > 1)


def _count(root: etree._Element, path: str) -> int:
    return sum(len(element) for element in _all(root, path))


def _formats(files: Parts) -> tuple[int, int]:
    """Return the numbers of cell formats and of the formats that conditions give."""
    styles = next((name for name in files if name.endswith("styles.xml")), None)
    if styles is None:
        return 1, 0
    root = _tree(files[styles])
    return _count(root, "./cellXfs"), _count(root, "./dxfs")


def _styles(files: Parts) -> Iterator[str]:
    for name in files:
        if not name.endswith("styles.xml"):
            continue
        root = _tree(files[name])
        for group in root:
            stated = group.get("count")
            if stated is not None and int(stated) != len(group):
                yield f"{name}: {etree.QName(group).localname} says {stated}, has {len(group)}"
        numbers = {int(f.get("numFmtId", "0")) for f in _all(root, "./numFmts/numFmt")}
        sizes = {
            key: _count(root, f"./{group}")
            for key, group in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"))
        }
        for look in (*_all(root, "./cellXfs/xf"), *_all(root, "./cellStyleXfs/xf")):
            for key, size in sizes.items():
                if int(look.get(key, "0")) >= size:
                    yield f"{name}: a cell format has {key} {look.get(key)} of {size}"
            number = int(look.get("numFmtId", "0"))
            if number >= 164 and number not in numbers:
                yield f"{name}: a cell format has the unknown number format {number}"


def _calculation_chain(files: Parts, sheets: dict[str, str]) -> Iterator[str]:
    """Yield cells to be calculated that hold no formula."""
    chain = next((name for name in files if name.endswith("calcChain.xml")), None)
    if chain is None:
        return
    listed = _all(_tree(files[_book(files)]), "./sheets/sheet")
    by_id = {int(sheet.get("sheetId", "0")): sheet.get("name") for sheet in listed}
    formulas = {
        (name, cell.get("r"))
        for name, part in sheets.items()
        for cell in _all(_tree(files[part]), "./sheetData/row/c")
        if _all(cell, "./f")
    }
    sheet = 0
    for entry in _tree(files[chain]):
        sheet = int(entry.get("i", sheet))
        if (by_id.get(sheet), entry.get("r")) not in formulas:
            yield f"{by_id.get(sheet)}!{entry.get('r')} is to be calculated but holds no formula"


def _sheet(files: Parts, name: str) -> Iterator[str]:
    root = _tree(files[name])
    yield from _cells(files, root)
    yield from _ranges(root)
    yield from _notes(files, name)
    _, conditional = _formats(files)
    for rule in _all(root, "./conditionalFormatting/cfRule"):
        if int(rule.get("dxfId", "-1")) >= conditional:
            yield f"a condition gives format {rule.get('dxfId')} of {conditional}"
    for choice in _all(root, "./dataValidations/dataValidation/formula1"):
        if len((choice.text or "").strip('"')) > _LONGEST_LIST:
            yield "a list to choose from is too long"


def _cells(files: Parts, root: etree._Element) -> Iterator[str]:
    """Yield rows and cells out of order, and what they hold that cannot be."""
    looks, _ = _formats(files)
    strings = next((_tree(files[n]) for n in files if n.endswith("sharedStrings.xml")), None)
    texts = len(_all(strings, "./si")) if strings is not None else 0
    last_row, masters, followers = 0, set(), set()
    for row in _all(root, "./sheetData/row"):
        number = int(row.get("r") or last_row + 1)
        if number <= last_row:
            yield f"row {number} comes after row {last_row}"
        last_row, last_column = number, 0
        for cell in _all(row, "./c"):
            found = _REFERENCE.fullmatch(cell.get("r") or f"A{number}")
            if found is None or int(found[2]) != number:
                yield f"row {number} has a cell {cell.get('r')}"
                continue
            column = _column(found[1]) if cell.get("r") else last_column + 1
            if column <= last_column:
                yield f"cell {found[0]} comes after one to its right"
            last_column = column
            if int(cell.get("s", "0")) >= looks:
                yield f"cell {found[0]} has look {cell.get('s')} of {looks}"
            value = next((v.text or "" for v in _all(cell, "./v")), "")
            if cell.get("t") == "s" and not (value.isdigit() and int(value) < texts):
                yield f"cell {found[0]} has text {value} of {texts}"
            if len("".join(map(str, cell.itertext()))) > _LONGEST_TEXT:
                yield f"cell {found[0]} holds too long a text"
            for formula in _all(cell, "./f"):
                if formula.get("t") == "shared":
                    (masters if formula.get("ref") else followers).add(formula.get("si"))
    yield from (f"shared formula {key} is nowhere" for key in followers - masters)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _area(reference: str) -> tuple[int, int, int, int]:
    ends = [_REFERENCE.fullmatch(end) for end in reference.replace("$", "").split(":")]
    assert ends[0] is not None
    assert ends[-1] is not None
    return int(ends[0][2]), _column(ends[0][1]), int(ends[-1][2]), _column(ends[-1][1])


def _ranges(root: etree._Element) -> Iterator[str]:
    """Yield merged cells and columns that overlap, and links to no cell."""
    covered: set[tuple[int, int]] = set()
    for merge in _all(root, "./mergeCells/mergeCell"):
        top, left, bottom, right = _area(str(merge.get("ref")))
        cells = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if cells & covered:
            yield f"merged cells {merge.get('ref')} overlap others"
        covered |= cells
    last = 0
    for columns in _all(root, "./cols/col"):
        if int(columns.get("min", "0")) <= last:
            yield f"column {columns.get('min')} is told twice"
        last = int(columns.get("max", "0"))
    for tag in ("drawing", "legacyDrawing", "legacyDrawingHF", "mergeCells", "hyperlinks", "cols"):
        if len(_all(root, f"./{tag}")) > 1:
            yield f"two elements {tag}"


def _notes(files: Parts, name: str) -> Iterator[str]:
    """Yield notes twice on one cell, by nobody, or without the box that shows them."""
    targets = [target for target in _targets(files, name).values() if target in files]
    drawings = {
        target: files[target].decode("utf-8", "replace")
        for target in targets
        if target.endswith(".vml")
    }
    for drawing, text in drawings.items():
        shapes = Counter(re.findall(r'<v:shape\s[^>]*?id="([^"]+)"', text))
        yield from (f"{drawing}: two shapes {shape}" for shape, n in shapes.items() if n > 1)
    boxes = Counter(place for text in drawings.values() for place in _BOX.findall(text))
    lists = [target for target in targets if _NOTES.search(target)]
    if len(lists) > 1:
        yield "two lists of notes"
    for part in lists:
        root = _tree(files[part])
        authors = _count(root, "./authors")
        notes = _all(root, "./commentList/comment")
        cells = Counter(str(note.get("ref")) for note in notes)
        yield from (f"{n} notes on {cell}" for cell, n in cells.items() if n > 1)
        for note in notes:
            if int(note.get("authorId", "0")) >= authors:
                yield f"the note on {note.get('ref')} has author {note.get('authorId')}"
        shown = {(str(row - 1), str(column - 1)) for row, column, *_ in map(_area, cells)}
        if boxes != Counter(shown):
            yield f"{len(shown)} notes, boxes for {len(boxes)}: {set(boxes) ^ shown}"
