"""The parts of an .xlsx or .xlsm package: which sheets there are, their texts and formats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from selfeval_xl.workbooks.container import Container, Parts, damaged, too_large
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.number_formats import BUILT_IN, GENERAL, is_date
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.xml_parts import attribute, local, parse, plain_text, unescape

_ITEM = re.compile(r"<si\b[^>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
_PLAIN_ITEM = re.compile(r'<si><t(?>(?: xml:space="preserve")?)>([^<]*+)</t></si>')
_PHONETIC = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)
_TEXT = re.compile(r"<t(?:\s[^>]*?)?(?:/>|>([^<]*)</t>)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL_FORMATS = re.compile(r"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(r"<xf\b([^>]*)>")
_LONGEST_NUMBER = 12  # digits of the number of a shared text
_FORMAT_ID = re.compile(r'\bnumFmtId\s*=\s*["\'](\d+)["\']')
_CUSTOM_FORMAT = re.compile(r"<numFmt\b([^>]*)>")
_FORMAT_CODE = re.compile(r'\bformatCode\s*=\s*(["\'])(.*?)\1', re.DOTALL)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet of the workbook: its name, the part that holds it, whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Package:
    """What the sheets of a package share.

    ``formats`` are, by cell style index as text, the number format code and whether it shows a
    date, for styles whose format is not General; ``strings`` are the shared texts and ``usual``
    those of them that are neither blank nor too long, by their number as text. ``as_shown`` is
    whether the workbook calculates with figures as shown (以显示精度为准).
    """

    sheets: tuple[SheetPart, ...]
    strings: list[str]
    usual: dict[str, str]
    formats: dict[str, tuple[str, bool]]
    date_1904: bool
    as_shown: bool

    def shared(self, number: str) -> str | None:
        """Return a shared text by its number as a cell writes it, None when there is none."""
        text = self.usual.get(number)
        if text is None and number.isdecimal() and len(number) < _LONGEST_NUMBER:
            index = int(number)
            text = self.strings[index] if index < len(self.strings) else None
        return text


def workbook_part(container: Parts) -> str:
    """Return the workbook part's name as the package's relationships give it, "" when none."""
    if "_rels/.rels" in container:
        for kind, target, _ in relationships(container, "").values():
            if kind == "officeDocument" and target in container:
                return target
    return "xl/workbook.xml" if "xl/workbook.xml" in container else ""


def relationships(container: Parts, part: str) -> dict[str, tuple[str, str, bool]]:
    """Return a part's relationships by id: kind, target part and whether it lies outside.

    The kind is the last word of the relationship type (``worksheet``, ``styles`` …), the same in
    the transitional and the strict format.
    """
    folder = dirname(part)
    name = join(folder, "_rels", part.rpartition("/")[2] + ".rels")
    if name not in container:
        return {}
    return _relationships(container.read(name), folder)


@recurring(128)
def _relationships(data: bytes, folder: str) -> dict[str, tuple[str, str, bool]]:
    """Return what a relationships part says."""
    found: dict[str, tuple[str, str, bool]] = {}
    for element in parse(data):
        if local(element) != "Relationship":
            continue
        kind = attribute(element, "Type").rpartition("/")[2]
        external = attribute(element, "TargetMode") == "External"
        target = attribute(element, "Target").replace("\\", "/")
        if not external:
            target = normpath(join("/", folder, target)).lstrip("/")
        found[attribute(element, "Id")] = (kind, target, external)
    return found


def open_package(container: Container, limits: Limits) -> Package:
    """Return the worksheets of a package and what they share.

    Chart, dialogue and macro sheets are left out. Raises WorkbookProblem when the workbook part or
    a worksheet is missing, or a limit is exceeded.
    """
    part = workbook_part(container)
    if not part:
        raise damaged("缺少工作簿部件")
    listed, date_1904, as_shown = _workbook(container.read(part), limits.depth)
    links = relationships(container, part)
    strings: list[str] = []
    formats: dict[str, tuple[str, bool]] = {}
    for kind, target, external in links.values():
        if external or target not in container:
            continue
        if kind == "sharedStrings":
            strings = shared_strings(container.read(target))
        elif kind == "styles":
            formats = cell_formats(container.read(target))
    sheets: list[SheetPart] = []
    for name, link, hidden in listed:
        kind, target, external = links.get(link, ("", "", False))
        if kind != "worksheet" or external:
            if kind:
                continue
            raise damaged("工作表的关系")
        if target not in container:
            raise damaged(f"缺少工作表“{name}”的内容")
        sheets.append(SheetPart(name, target, hidden))
    if len(sheets) > limits.sheets:
        raise too_large(f"工作簿有 {len(sheets)} 张工作表")
    usual = {
        str(number): text
        for number, text in enumerate(strings)
        if len(text) <= limits.text_length and text.strip()
    }
    return Package(tuple(sheets), strings, usual, formats, date_1904, as_shown)


@recurring(64)
def _workbook(data: bytes, depth: int) -> tuple[tuple[tuple[str, str, bool], ...], bool, bool]:
    """Return the sheets a workbook part lists, whether its days are counted from 1904, and
    whether it calculates with figures as shown.

    Of each sheet: its name, the id of its relationship and whether it is hidden.
    """
    listed: list[tuple[str, str, bool]] = []
    date_1904 = as_shown = False
    for element in parse(data, depth).iter("{*}workbookPr", "{*}calcPr", "{*}sheet"):
        if local(element) == "workbookPr":
            date_1904 = attribute(element, "date1904") in ("1", "true")
            continue
        if local(element) == "calcPr":
            as_shown = attribute(element, "fullPrecision") in ("0", "false")
            continue
        parent = element.getparent()
        if parent is not None and local(parent) == "sheets":
            hidden = attribute(element, "state") in ("hidden", "veryHidden")
            listed.append((attribute(element, "name"), element_link(element), hidden))
    return tuple(listed), date_1904, as_shown


def element_link(element: object) -> str:
    """Return the relationship id of an element (``r:id`` in either namespace)."""
    for key, value in element.items():  # type: ignore[attr-defined]
        if key.endswith("}id"):
            return str(value)
    return ""


def shared_strings(data: bytes) -> list[str]:
    """Return the shared texts in their order, rich text joined, phonetic runs left out."""
    markup = plain_text(data)
    texts: list[str] = _PLAIN_ITEM.findall(markup)
    if len(texts) < markup.count("<si"):
        return [rich_text(content) for content in _ITEM.findall(markup)]
    return [decode(text) for text in texts] if "&" in markup or "_x" in markup else texts


def rich_text(markup: str) -> str:
    """Return the text of a string item: its runs joined, without phonetic runs."""
    if "<rPh" in markup:
        markup = _PHONETIC.sub("", markup)
    return decode("".join(_TEXT.findall(markup)))


def decode(text: str) -> str:
    """Return the characters of a stored text: XML references and ``_x000D_`` escapes resolved."""
    text = unescape(text)
    if "_x" in text:
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text


@recurring(64)
def cell_formats(data: bytes) -> dict[str, tuple[str, bool]]:
    """Return the number formats of cell styles (cellXfs) as ``Package.formats`` holds them."""
    text = plain_text(data)
    codes: Mapping[int, str] = {**BUILT_IN, **_custom_formats(text)}
    section = _CELL_FORMATS.search(text)
    formats = {}
    for index, attributes in enumerate(_CELL_FORMAT.findall(section[0]) if section else ()):
        number = _FORMAT_ID.search(attributes)
        code = codes.get(int(number[1]), GENERAL) if number else GENERAL
        if code != GENERAL:
            formats[str(index)] = (code, is_date(code))
    return formats


def _custom_formats(text: str) -> dict[int, str]:
    custom = {}
    for attributes in _CUSTOM_FORMAT.findall(text.partition("<cellXfs")[0]):
        number = _FORMAT_ID.search(attributes)
        code = _FORMAT_CODE.search(attributes)
        if number and code:
            text_code = unescape(code[2])
            custom[int(number[1])] = GENERAL if text_code in ("", GENERAL) else text_code
    return custom
