"""Binary workbooks (.xlsb, [MS-XLSB]) written by hand: nothing on this side of Excel writes them.

Every function returns the bytes of one record or of a part. What they write was opened with
another program than the one under test, and what that understood compared.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from workbook_bytes import RELATIONS, relations_part, zipped

from selfeval_xl.workbooks.sheet import Cell, Sheet
from selfeval_xl.workbooks.survey import ERRORS

BINARY_TYPE = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
AUTOMATIC = bytes(8)
NO_EDGE = (0, AUTOMATIC)
_PARTS = {
    "worksheet": "application/vnd.ms-excel.worksheet",
    "styles": "application/vnd.ms-excel.styles",
    "sharedStrings": "application/vnd.ms-excel.sharedStrings",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}


def record(kind: int, content: bytes = b"") -> bytes:
    """Return a record: type and length in groups of seven bits, then the content."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    while length > 127:
        head += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + bytes([length]) + content


def wide(text: str) -> bytes:
    """Return a text with its number of characters before it."""
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


# Parts of the package


def package_parts(
    sheets: Mapping[str, bytes],
    *,
    styles: bytes = b"",
    texts: Sequence[str] = (),
    theme: str = "",
    date_1904: bool = False,
    states: Mapping[str, int] | None = None,
    elsewhere: bytes = b"",
) -> dict[str, str | bytes]:
    """Return the parts of a package; ``sheets`` maps names to what ``sheet`` returned.

    ``states`` are 1 for hidden, 2 for very hidden sheets, ``elsewhere`` is what ``references``
    returned.
    """
    parts: dict[str, str | bytes] = {}
    links: list[tuple[str, str]] = []
    bundles = b""
    for number, (name, content) in enumerate(sheets.items(), 1):
        links.append(("worksheet", f"worksheets/sheet{number}.bin"))
        parts[f"xl/worksheets/sheet{number}.bin"] = content
        state = (states or {}).get(name, 0)
        bundle = struct.pack("<2I", state, number) + wide(f"rId{number}") + wide(name)
        bundles += record(156, bundle)
    others: list[tuple[str, str, str | bytes]] = [
        ("styles", "styles.bin", styles),
        ("sharedStrings", "sharedStrings.bin", _shared(texts) if texts else b""),
        ("theme", "theme/theme1.xml", theme),
    ]
    for kind, target, part in others:
        if part:
            links.append((kind, target))
            parts[f"xl/{target}"] = part
    properties = struct.pack("<3I", int(date_1904), 0, 0)
    window = record(158, struct.pack("<4i3IB", 0, 0, 20_000, 10_000, 600, 0, 0, 0x78))
    parts["xl/workbook.bin"] = b"".join(
        (
            record(131),
            record(153, properties),
            record(135) + window + record(136),
            record(143) + bundles + record(144),
            elsewhere,
            record(132),
        )
    )
    parts["xl/_rels/workbook.bin.rels"] = _relations(links)
    parts["_rels/.rels"] = _relations([("officeDocument", "xl/workbook.bin")])
    declared = "".join(
        f'<Override PartName="/xl/{target}" ContentType="{_PARTS[kind]}"/>'
        for kind, target in links
    )
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="bin" ContentType="{BINARY_TYPE}"/>{declared}</Types>'
    )
    return parts


def _relations(links: list[tuple[str, str]]) -> str:
    return relations_part(
        [
            (f"rId{number}", f"{RELATIONS}/{kind}", target)
            for number, (kind, target) in enumerate(links, 1)
        ]
    )


def _shared(texts: Sequence[str]) -> bytes:
    items = b"".join(record(19, b"\0" + wide(text)) for text in texts)
    return record(159, struct.pack("<2I", len(texts), len(texts))) + items + record(160)


def binary_package(
    row_number: int, column: int, value: float, claimed: tuple[int, int] | None = None
) -> bytes:
    """Return an .xlsb package with one number on its only sheet 二进制.

    ``claimed`` is the last row and column the sheet says it reaches.
    """
    only = sheet(row(row_number) + number(column, value), reaches=claimed or (row_number, column))
    return zipped(package_parts({"二进制": only}))


def references(*sheets: tuple[int, int, int], books: Sequence[int] = (357,)) -> bytes:
    """Return what formulas mean by the numbers of other sheets: book, first and last sheet of each.

    ``books`` are the kinds of the records of the books; 357 is the workbook itself.
    """
    listed = b"".join(struct.pack("<I2i", *sheet) for sheet in sheets)
    named = b"".join(record(kind) for kind in books)
    return record(353) + named + record(362, struct.pack("<I", len(sheets)) + listed) + record(354)


# A sheet and its rows


def sheet(
    rows: bytes,
    *,
    reaches: tuple[int, int] = (99, 25),
    before: bytes = b"",
    columns: Iterable[bytes] = (),
    merges: Iterable[tuple[int, int, int, int]] = (),
    after: bytes = b"",
    flags: int = 0x04C9,
) -> bytes:
    """Return a worksheet part.

    ``before`` holds what comes before the columns (``view``, ``usual_sizes``), ``after`` what
    comes after the merged ranges (``page_setup``), ``flags`` are those of the sheet's properties.
    """
    properties = struct.pack("<HB", flags, 2) + AUTOMATIC + b"\xff" * 8 + wide("")
    listed = b"".join(columns)
    ranges = [record(176, struct.pack("<4I", top, bottom, left, right))
              for top, left, bottom, right in merges]  # fmt: skip
    return b"".join(
        (
            record(129),
            record(147, properties),
            record(148, struct.pack("<4I", 0, reaches[0], 0, reaches[1])),
            before,
            record(390) + listed + record(391) if listed else b"",
            record(145),
            rows,
            record(146),
            record(177, struct.pack("<I", len(ranges))) + b"".join(ranges) + record(178)
            if ranges
            else b"",
            after,
            record(130),
        )
    )


def view(*, gridlines: bool = True, frozen: tuple[int, int] | None = None) -> bytes:
    """Return the views of a sheet: one; ``frozen`` are the rows and columns that stay."""
    flags = 0x03D8 | (4 if gridlines else 0)
    head = struct.pack("<H3I4B4HI", flags, 0, 0, 0, 64, 0, 0, 0, 100, 100, 0, 0, 0)
    pane = b""
    if frozen:
        high, wide_ = frozen
        active = 0 if high and wide_ else 2 if high else 1
        pane = record(151, struct.pack("<2d3IB", wide_, high, high, wide_, active, 3))
    return record(133) + record(137, head) + pane + record(138) + record(134)


def usual_sizes(*, width: int = 0xFFFFFFFF, digits: int = 8, twips: int = 300) -> bytes:
    """Return the usual width, in 256ths of a digit or in digits, and height, of a sheet."""
    return record(485, struct.pack("<I3H2B", width, digits, twips, 0, 0, 0))


def column_span(
    first: int, last: int, width: int, style: int = 0, *, hidden: bool = False
) -> bytes:
    """Return what columns have in common; ``width`` is in 256ths of a digit."""
    return record(60, struct.pack("<4IH", first, last, width, style, 2 | hidden))


def page_setup(
    *,
    paper: int = 0,
    scale: int = 100,
    fit: tuple[int, int] = (1, 1),
    landscape: bool = False,
    flags: int = 0,
) -> bytes:
    """Return margins and page set-up; ``flags`` is added to that of the orientation."""
    margins = record(476, struct.pack("<6d", 0.7, 0.7, 0.75, 0.75, 0.3, 0.3))
    numbers = struct.pack("<5Ii2I", paper, scale, 600, 600, 1, 1, *fit)
    content = numbers + struct.pack("<HI", flags | landscape << 1, 0xFFFFFFFF)
    return margins + record(478, content)


def row(
    number: int, *, style: int | None = None, twips: int | None = None, hidden: bool = False
) -> bytes:
    """Return the head of a row; ``twips`` is the height a person set."""
    flags = hidden << 12 | (twips is not None) << 13 | (style is not None) << 14
    height = 300 if twips is None else twips
    return record(0, struct.pack("<2I2HBI", number, style or 0, height, flags, 0, 0))


# Cells


def _cell(kind: int, column: int, style: int, content: bytes = b"") -> bytes:
    return record(kind, struct.pack("<2I", column, style) + content)


def _result(
    kind: int, column: int, style: int, content: bytes, tokens: bytes, more: bytes = b""
) -> bytes:
    """Return a formula cell: its last result, then its tokens and what belongs to them."""
    return _cell(kind, column, style, content + b"\0\0" + _sized(tokens) + _sized(more))


def _sized(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


def shared_formula(area: tuple[int, int, int, int], tokens: bytes) -> bytes:
    """Return what the formula cell before shares with others of an area."""
    top, left, bottom, right = area
    content = struct.pack("<4I", top, bottom, left, right) + _sized(tokens) + _sized(b"")
    return record(427, content)


def blank(column: int, style: int) -> bytes:
    """Return a cell that holds a format only."""
    return _cell(1, column, style)


def whole(column: int, value: int, style: int = 0) -> bytes:
    """Return a whole number stored short."""
    return _cell(2, column, style, struct.pack("<i", value << 2 | 2))


def error(column: int, code: int, style: int = 0) -> bytes:
    """Return an error value."""
    return _cell(3, column, style, bytes([code]))


def truth(column: int, value: bool, style: int = 0) -> bytes:
    """Return a truth value."""
    return _cell(4, column, style, bytes([value]))


def number(column: int, value: float, style: int = 0) -> bytes:
    """Return a number."""
    return _cell(5, column, style, struct.pack("<d", value))


def text(column: int, content: str, style: int = 0) -> bytes:
    """Return a text stored in the cell."""
    return _cell(6, column, style, wide(content))


def shared_text(column: int, index: int, style: int = 0) -> bytes:
    """Return a text stored among the shared ones."""
    return _cell(7, column, style, struct.pack("<I", index))


# Formula cells: without tokens given, the formula is the constant that came out.


def text_result(column: int, content: str, style: int = 0, tokens: bytes = b"") -> bytes:
    """Return a formula of which a text came out."""
    encoded = content.encode("utf-16-le")
    constant = b"\x17" + struct.pack("<H", len(encoded) // 2) + encoded
    return _result(8, column, style, wide(content), tokens or constant)


def number_result(
    column: int, value: float, style: int = 0, tokens: bytes = b"", more: bytes = b""
) -> bytes:
    """Return a formula of which a number came out."""
    packed = struct.pack("<d", value)
    return _result(9, column, style, packed, tokens or b"\x1f" + packed, more)


def truth_result(column: int, value: bool, style: int = 0, tokens: bytes = b"") -> bytes:
    """Return a formula of which a truth value came out."""
    return _result(10, column, style, bytes([value]), tokens or b"\x1d" + bytes([value]))


def error_result(column: int, code: int, style: int = 0, tokens: bytes = b"") -> bytes:
    """Return a formula of which an error came out."""
    return _result(11, column, style, bytes([code]), tokens or b"\x1c" + bytes([code]))


# Styles


def styles(
    *,
    fonts: Sequence[bytes],
    fills: Sequence[bytes] = (),
    borders: Sequence[bytes] = (),
    formats: Sequence[bytes],
    codes: Mapping[int, str] | None = None,
    palette: Sequence[str] = (),
) -> bytes:
    """Return a styles part; ``formats`` are the cell formats, ``palette`` own colours in order."""
    named = [record(44, struct.pack("<H", key) + wide(code)) for key, code in (codes or {}).items()]
    parent = cell_format(parent=0xFFFF)
    normal = record(48, struct.pack("<IHBB", 0, 1, 0, 255) + wide("Normal"))
    colours = b"".join(record(475, bytes.fromhex(colour) + b"\0") for colour in palette)
    return b"".join(
        (
            record(278),
            _collection(615, 616, named) if named else b"",
            _collection(611, 612, fonts),
            _collection(603, 604, fills or (fill(),)),
            _collection(613, 614, borders or (border(),)),
            _collection(626, 627, (parent,)),
            _collection(617, 618, formats),
            _collection(619, 620, (normal,)),
            record(473) + record(565) + colours + record(566) + record(474) if palette else b"",
            record(279),
        )
    )


def _collection(begin: int, end: int, items: Sequence[bytes]) -> bytes:
    return record(begin, struct.pack("<I", len(items))) + b"".join(items) + record(end)


def indexed(index: int, tint: int = 0) -> bytes:
    """Return a colour of the palette; ``tint`` is a share of 32,767."""
    return struct.pack("<2Bh4B", 1 << 1, index, tint, 0, 0, 0, 255)


def rgb(colour: str, tint: int = 0) -> bytes:
    """Return a colour by its parts, RRGGBB."""
    return struct.pack("<2Bh", 2 << 1 | 1, 255, tint) + bytes.fromhex(colour) + b"\xff"


def themed(index: int, tint: int = 0, colour: str = "") -> bytes:
    """Return a colour of the theme; ``colour`` is what it was when the file was written."""
    parts = bytes.fromhex(colour or "000000") + b"\xff"
    return struct.pack("<2Bh", 3 << 1 | bool(colour), index, tint) + parts


def font(
    name: str,
    twips: int,
    *,
    flags: int = 0,
    weight: int = 400,
    underline: int = 0,
    colour: bytes = AUTOMATIC,
) -> bytes:
    """Return a font; flags are 2 for italic, 8 for struck through."""
    head = struct.pack("<4H4B", twips, flags, weight, 0, underline, 0, 134, 0)
    return record(43, head + colour + b"\0" + wide(name))


def fill(pattern: int = 0, front: bytes = AUTOMATIC, behind: bytes = AUTOMATIC) -> bytes:
    """Return a fill by its pattern and two colours."""
    return record(45, struct.pack("<I", pattern) + front + behind + bytes(48))


def border(
    *,
    top: tuple[int, bytes] = NO_EDGE,
    bottom: tuple[int, bytes] = NO_EDGE,
    left: tuple[int, bytes] = NO_EDGE,
    right: tuple[int, bytes] = NO_EDGE,
) -> bytes:
    """Return a border; each edge by its line's number and colour."""
    edges = (top, bottom, left, right, NO_EDGE)
    return record(46, b"\0" + b"".join(struct.pack("<2B", line, 0) + c for line, c in edges))


def cell_format(
    *,
    code: int = 0,
    font_number: int = 0,
    fill_number: int = 0,
    border_number: int = 0,
    turned: int = 0,
    inward: int = 0,
    across: int = 0,
    upright: int = 2,
    wrapped: bool = False,
    shrunk: bool = False,
    parent: int = 0,
) -> bytes:
    """Return a cell format; ``across`` and ``upright`` are the numbers of the alignments."""
    flags = across | upright << 3 | wrapped << 6 | shrunk << 8 | 1 << 12
    own = 0 if parent else 0x3F
    numbers = (parent, code, font_number, fill_number, border_number)
    return record(47, struct.pack("<5H2B2H", *numbers, turned, inward, flags, own))


# A workbook that was read from another format


def as_binary(sheets: Iterable[Sheet], *, formatted: bool = True) -> bytes:
    """Return the .xlsb of sheets: values, formulas with these as results, errors and merges.

    Numbers are shown as the sheets say, or with ``formatted`` off as General.
    """
    codes: dict[str, int] = {}
    written = {one.name: _sheet_of(one, codes) for one in sheets}
    named = {164 + style: code for code, style in codes.items()}
    formats = [cell_format()] + [cell_format(code=key if formatted else 0) for key in named]
    made = styles(fonts=[font("宋体", 220)], formats=formats, codes=named)
    return zipped(package_parts(written, styles=made))


def _sheet_of(source: Sheet, codes: dict[str, int]) -> bytes:
    rows = b""
    for at, values in enumerate(source.rows):
        rows += row(at)
        for column, value in enumerate(values):
            cell = (at, column)
            code = source.number_formats.get(cell, "General")
            style = codes.setdefault(code, len(codes) + 1)
            rows += _written(source, cell, value, style)
    return sheet(rows, reaches=(source.height, source.width), merges=source.merges)


def _written(source: Sheet, cell: Cell, value: object, style: int) -> bytes:
    column, formula = cell[1], cell in source.formulas
    if cell in source.errors:
        code = next(key for key, name in ERRORS.items() if name == source.errors[cell])
        return (error_result if formula else error)(column, code, style)
    if isinstance(value, str) or (value is None and formula):
        return (text_result if formula else text)(column, str(value or ""), style)
    if isinstance(value, bool):
        return (truth_result if formula else truth)(column, value, style)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        value = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    if isinstance(value, int | float):
        return (number_result if formula else number)(column, float(value), style)
    return b""
