"""Encrypted .xls files that open without asking for a password, encrypted here by other code.

LibreOffice, given no password, opened what ``encrypted`` makes in the ways it knows: as Excel 97
has it, and with keys of 128 bits as of Excel 2007.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from workbook_bytes import compound

from selfeval_xl.workbooks import biff_encryption
from selfeval_xl.workbooks.biff_looks import looks
from selfeval_xl.workbooks.compound_guard import workbook_stream
from selfeval_xl.workbooks.guard import inspect
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.workbook import WorkbookProblem

KNOWN = "VelvetSweatshop"
SALT, VERIFIER = bytes(range(7, 23)), bytes(range(100, 116))
BY_LIBREOFFICE = {
    KNOWN: "010001000100f73fe030c3cc5c39a51fa4a7599cf28fd65c520a4b2e4f1561a4"
    "71d8575f4497f5addeea8711ce9f0e4a8d65a51ee8a1",
    "secret": "010001000100f990647bad6c94a5aa5e3b656c0106248a3896d4bc8f9b4e2653"
    "da0915fd3c31512e311ddaefffd0150155dc3f2bfde9",
}
"""FILEPASS records it wrote for these passwords."""


def rc4(key: bytes, content: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    out = []
    for byte in content:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def test_the_cipher() -> None:
    """Figures of RFC 6229 for the key of 40 bits, and a text often quoted."""
    assert rc4(bytes([1, 2, 3, 4, 5]), bytes(8)).hex() == "b2396305f03dc027"
    assert rc4(b"Key", b"Plaintext").hex() == "bbf316e8d940af0ad3"


def simple(password: str) -> tuple[bytes, Callable[[int], bytes]]:
    """The FILEPASS record and the keys of RC4 as Excel 97 has it."""
    start = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    middle = hashlib.md5((start + SALT) * 16).digest()[:5]

    def key(block: int) -> bytes:
        return hashlib.md5(middle + block.to_bytes(4, "little")).digest()

    told = rc4(key(0), VERIFIER + hashlib.md5(VERIFIER).digest())
    return struct.pack("<3H", 1, 1, 1) + SALT + told, key


def by_provider(
    password: str, bits: int, version: int = 2, cipher: int = 0x6801
) -> tuple[bytes, Callable[[int], bytes]]:
    """The FILEPASS record and the keys of RC4 as Excel 2003 and later have it."""
    start = hashlib.sha1(SALT + password.encode("utf-16-le")).digest()

    def key(block: int) -> bytes:
        own = hashlib.sha1(start + block.to_bytes(4, "little")).digest()
        return own[:5] + bytes(11) if bits in (0, 40) else own[: bits // 8]

    name = "Microsoft Enhanced Cryptographic Provider v1.0\0".encode("utf-16-le")
    header = struct.pack("<8I", 4, 0, cipher, 0x8004, bits, 1, 0, 0) + name
    told = rc4(key(0), VERIFIER + hashlib.sha1(VERIFIER).digest())
    record = struct.pack("<3H2I", 1, version, 2, 4, len(header)) + header
    record += struct.pack("<I", 16) + SALT + told[:16] + struct.pack("<I", 20) + told[16:]
    return record, key


def encrypted(stream: bytes, record: bytes, key: Callable[[int], bytes]) -> bytes:
    """A workbook stream with a FILEPASS record, encrypted record by record."""
    records = []
    position = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        records.append((kind, stream[position + 4 : position + 4 + length]))
        position += 4 + length
    records.insert(1, (0x2F, record))
    out = b""
    for number, (kind, content) in enumerate(records):
        if kind == 0x0085:  # the sheet begins further back now
            place = int.from_bytes(content[:4], "little") + 4 + len(record)
            head, rest = place.to_bytes(4, "little"), content[4:]
        else:
            is_plain = number < 2 or kind in NEVER_ENCRYPTED
            head, rest = (content, b"") if is_plain else (b"", content)
        out += struct.pack("<HH", kind, len(content)) + head
        for byte in rest:
            block, at = divmod(len(out), 1024)
            out += bytes([rc4_at(key(block), at) ^ byte])
    return out


NEVER_ENCRYPTED = (0x0809, 0x002F, 0x00E1, 0x0138, 0x0194, 0x0195, 0x0196)
"""BOF, FilePass, InterfaceHdr, RRDHead, UsrExcl, FileLock and RRDInfo ([MS-XLS] 2.2.10)."""

_STREAMS: dict[bytes, bytes] = {}


def rc4_at(key: bytes, at: int) -> int:
    if key not in _STREAMS:
        _STREAMS[key] = rc4(key, bytes(1024))
    return _STREAMS[key][at]


def written() -> bytes:
    """A workbook of two sheets that takes several blocks."""
    book = xlwt.Workbook()
    for name in ("基础数据", "说明"):
        sheet = book.add_sheet(name)
        for row in range(80):
            sheet.write(row, 0, f"{name}第{row}行")
            sheet.write(row, 1, row * 1.25, xlwt.easyxf("font: bold on", "0.00"))
        sheet.write_merge(90, 91, 0, 3, "合并")
        sheet.write(92, 1, xlwt.Formula("SUM(B1:B80)"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


PLAIN = written()
WAYS = {
    "simple": simple(KNOWN),
    "128": by_provider(KNOWN, 128),
    "128, Excel 2007": by_provider(KNOWN, 128, version=3),
    "128, Excel 2010": by_provider(KNOWN, 128, version=4),
    "56": by_provider(KNOWN, 56),
    "40": by_provider(KNOWN, 40),
    "none said": by_provider(KNOWN, 0),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_asks_for_no_password_is_read_as_if_plain(way: str) -> None:
    stream = encrypted(workbook_stream(PLAIN), *WAYS[way])
    assert "基础数据第1行".encode("utf-16-le") not in stream
    data = compound({"Workbook": stream})
    assert inspect(data, "表.xls") == "xls"
    workbook, plain = read_workbook(data, "表.xls"), read_workbook(PLAIN, "表.xls")
    assert [sheet.rows for sheet in workbook.sheets] == [sheet.rows for sheet in plain.sheets]
    assert workbook.sheets[0].rows[79] == ["基础数据第79行", 98.75]
    first = workbook.sheets[0]
    assert (first.merges, first.formulas) == (((90, 0, 91, 3),), {(92, 1): "SUM(B1:B80)"})
    assert first.number_formats[3, 1] == "0.00"
    assert looks(workbook_stream(data)) == looks(workbook_stream(PLAIN))


@pytest.mark.parametrize("way", WAYS)
def test_every_byte_is_as_it_was_but_the_record_that_told_of_it(way: str) -> None:
    record, key = WAYS[way]
    begin = struct.pack("<HH", 0x0809, 16) + bytes(16)
    rest = b"".join(
        struct.pack("<HH", kind, 40) + bytes([kind % 256]) * 40
        for kind in (*NEVER_ENCRYPTED[2:], 0x00FF, 0x003D) * 12  # several blocks
    )
    told = struct.pack("<HH", 0x005C, len(record)) + record
    data = encrypted(begin + rest, record, key)
    assert rest not in data
    assert biff_encryption.decrypted(data) == begin + told + rest


@pytest.mark.parametrize(
    ("record", "key"),
    [
        simple("secret"),
        by_provider("secret", 128),
        by_provider(KNOWN, 128, cipher=0x660E),
        by_provider(KNOWN, 128, version=5),
        (b"\0\0\x12\x34\x56\x78", WAYS["simple"][1]),  # what Excel 95 did
        (b"", WAYS["simple"][1]),
    ],
)
def test_other_passwords_and_ways_are_refused(record: bytes, key: Callable[[int], bytes]) -> None:
    data = compound({"Workbook": encrypted(workbook_stream(PLAIN), record, key)})
    for read in (inspect, read_workbook):
        with pytest.raises(WorkbookProblem) as caught:
            read(data, "表.xls")
        assert caught.value.kind == "encrypted"


@pytest.mark.parametrize(("password", "opens"), [(KNOWN, True), ("secret", False)])
def test_records_another_program_wrote(password: str, opens: bool) -> None:
    record = bytes.fromhex(BY_LIBREOFFICE[password])
    stream = struct.pack("<HH", 0x0809, 16) + bytes(16) + struct.pack("<HH", 0x2F, 54) + record
    assert biff_encryption.opens_by_itself(stream) is opens


@given(st.sampled_from([*WAYS]), st.integers(0, 250), st.binary(max_size=60))
def test_damaged_records_are_refused_or_read(way: str, cut: int, end: bytes) -> None:
    record = WAYS[way][0][:cut] + end
    stream = struct.pack("<HH", 0x2F, len(record)) + record
    clear = biff_encryption.decrypted(stream)
    assert clear is None or len(clear) == len(stream)
    assert (clear is not None) == biff_encryption.opens_by_itself(stream)
