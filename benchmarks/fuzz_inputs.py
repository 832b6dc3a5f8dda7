"""Inputs of the fuzz runs: real files of every format, and ways to damage them.

Random bytes never get past the zip directory, so most mutations open the container, damage one
part and close it again with right sizes and checksums; the rest damages the file as it lies.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from binary_workbook import as_binary, binary_package  # noqa: E402  (after the path is set)
from rich_workbook import rich_workbook  # noqa: E402  (after the path is set)
from workbook_bytes import compound  # noqa: E402  (after the path is set)

from selfeval_xl.workbooks.compound_guard import workbook_stream  # noqa: E402  (after the path is set)
from selfeval_xl.workbooks.reading import read_workbook  # noqa: E402  (after the path is set)

_NASTY = (
    b"",
    b"0",
    b"-1",
    b"1e999",
    b"-0.0",
    b"nan",
    b"4294967295",
    b"99999999999999999999",
    b"\xff\xfe",
    b"\x00",
    b"&#0;",
    b"&amp;",
    b"&x;",
    b"]]>",
    b"<!--",
    b"<c",
    b"</row>",
    b"XFD1048576",
    b"A0",
    b"A1:XFD1048576",
    b"B9:A1",
    b"_x000D_",
    b"=cmd|' /C calc'!A0",
    b"#REF!",
    "１２．３".encode(),
    "壹佰".encode(),
    "≥9,99.9%".encode(),
    b"../../../etc/passwd",
    b"file:///dev/zero",
    b"x" * 40_000,
)
_TOKEN = re.compile(rb'"[^"<>]{0,60}"|>[^<>]{1,60}<|<[A-Za-z/][^<>]{0,120}>')
_PLAIN_LENGTH = 40


@cache
def seeds() -> dict[str, bytes]:
    """Return real files by name: samples, templates, rich workbooks and the other formats."""
    found = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for folder in ("samples/待核对", "workbook_templates")
        for path in sorted((ROOT / folder).rglob("*.xlsx"))
    }
    found["rich.xlsx"] = rich_workbook()
    found["rich.xlsm"] = rich_workbook(macros=True)
    found["strict.xlsx"] = rich_workbook(strict=True)
    found["signed.xlsx"] = rich_workbook(signed=True)
    grid = _grid(found)
    found["binary.xlsb"] = binary_package(3, 2, 12.5)
    found["form.xlsb"] = as_binary(read_workbook(_form(found), "a.xlsx").sheets)
    found["old.xls"] = _xls(grid)
    found["open.ods"] = _ods(grid)
    return found


def _form(found: Mapping[str, bytes]) -> bytes:
    return next(found[name] for name in found if "问卷" in name)


def _grid(found: Mapping[str, bytes]) -> list[list[object]]:
    return read_workbook(_form(found), "a.xlsx").sheets[0].rows


def _xls(grid: list[list[object]]) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("问卷")
    boxed = xlwt.easyxf(
        "font: name 黑体, bold on; borders: left thin, bottom double;"
        "pattern: pattern solid, fore_colour yellow; align: wrap on, rotation 45"
    )
    for row, values in enumerate(grid):
        for column, value in enumerate(values):
            if value is not None or row == 3:
                sheet.write(row, column, value, boxed)
    sheet.col(0).width, sheet.col(1).hidden = 9000, True
    sheet.set_portrait(False)
    sheet.panes_frozen, sheet.horz_split_pos = True, 1
    sheet.write_merge(len(grid), len(grid), 0, 2, "合并", boxed)
    for number, formula in enumerate(("SUM(A1:B9)", 'IF(A1="",ROUND(B2/3,2),-C3%)')):
        sheet.write(len(grid) + 1 + number, 0, xlwt.Formula(formula))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _ods(grid: list[list[object]]) -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="问卷")
    for values in grid:
        row = TableRow()
        for value in values:
            if isinstance(value, int | float):
                row.addElement(TableCell(valuetype="float", value=value))
            else:
                cell = TableCell(valuetype="string") if value else TableCell()
                if value:
                    cell.addElement(P(text=str(value)))
                row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a damaged file: mostly inside the container, sometimes the file as it lies."""
    with contextlib.suppress(Exception):  # too damaged to be opened: damage it as it lies
        if data[:2] == b"PK" and chance.random() < 0.85:
            return _inside_zip(data, chance)
        if data[:4] == b"\xd0\xcf\x11\xe0" and chance.random() < 0.7:
            return compound({"Workbook": _damaged(workbook_stream(data), chance, _BYTES)})
    return _damaged(data, chance, _BYTES)


def _inside_zip(data: bytes, chance: random.Random) -> bytes:
    """Damage one to three parts; markup in most cases token by token."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
        if not parts:
            break
        place = _weighted(parts, chance)
        name, content = parts[place]
        if chance.random() < 0.04:
            parts[place : place + 1] = chance.choice(
                (
                    [],
                    [(name, content), (name + "x", content)],
                    [(name.upper(), content)],
                    [(name, b"")],
                )
            )
        else:
            ways = _BYTES if name.endswith((".bin", ".png")) or chance.random() < 0.2 else _TOKENS
            parts[place] = name, _damaged(content, chance, ways)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _weighted(parts: list[tuple[str, bytes]], chance: random.Random) -> int:
    """Return a part's number; sheets and the parts that tie them together come up most."""
    weights = [
        6 if "sheet" in name.lower() or name == "content.xml" else 3 if ".rels" in name else 1
        for name, _ in parts
    ]
    return chance.choices(range(len(parts)), weights)[0]


def _damaged(
    content: bytes,
    chance: random.Random,
    ways: tuple[Callable[[bytearray, random.Random], None], ...],
) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 6))):
        chance.choice(ways)(changed, chance)
    return bytes(changed)


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _overwrite(data: bytearray, chance: random.Random) -> None:
    if data:
        at = chance.randrange(len(data))
        data[at : at + 4] = chance.choice(
            (b"\xff" * 4, b"\0" * 4, b"\x7f\xff", chance.randbytes(4))
        )


def _cut(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.choice((1, 4, _PLAIN_LENGTH, len(data)))]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice((1, 8, _PLAIN_LENGTH, 400))]
    data[at:at] = piece * chance.choice((1, 1, 2, 50))


def _insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(_NASTY)


_BYTES = (_flip, _flip, _overwrite, _cut, _repeat, _insert)


def _token(data: bytearray, chance: random.Random) -> tuple[int, int] | None:
    """Return a piece of markup near a random place: a tag, a text or a quoted attribute."""
    found = _TOKEN.search(data, chance.randrange(len(data) + 1)) or _TOKEN.search(data)
    return found.span() if found else None


def _change_token(data: bytearray, chance: random.Random) -> None:
    span = _token(data, chance)
    if span:
        quoted = data[span[0]] in b'">'
        inner = (span[0] + 1, span[1] - 1) if quoted else span
        data[inner[0] : inner[1]] = chance.choice(_NASTY)


def _drop_token(data: bytearray, chance: random.Random) -> None:
    span = _token(data, chance)
    if span and (data[span[1] - 2 : span[1]] == b"/>" or chance.random() < 0.2):
        del data[span[0] : span[1]]
    elif span:
        inner = span[0] + (data[span[0]] in b'">')
        del data[inner : max(span[1] - 1, inner)]


def _move_token(data: bytearray, chance: random.Random) -> None:
    one, other = _token(data, chance), _token(data, chance)
    if one and other and data[one[0]] == data[other[0]]:
        piece = bytes(data[other[0] : other[1]])
        if data[one[0]] != ord("<") or chance.random() < 0.3:
            data[one[0] : one[1]] = piece


def _double_token(data: bytearray, chance: random.Random) -> None:
    span = _token(data, chance)
    if span and data[span[1] - 2 : span[1]] == b"/>":
        data[span[0] : span[0]] = data[span[0] : span[1]] * chance.choice((1, 2, 300))


def _shift_number(data: bytearray, chance: random.Random) -> None:
    """Change a digit: another row, another style, another count."""
    numbers = [found.start() for found in re.finditer(rb"\d", data)]
    if numbers:
        data[chance.choice(numbers)] = chance.choice(b"0123456789")


_TOKENS = (
    _change_token,
    _change_token,
    _drop_token,
    _move_token,
    _move_token,
    _double_token,
    _shift_number,
    _shift_number,
    _flip,
)
