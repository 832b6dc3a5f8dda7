"""The zip container of a workbook: its parts, read within limits and checked against its directory.

The standard library's ``zipfile`` reads the directory only. Parts are inflated here, because a part
must never grow beyond the size the directory states, whatever the compressed bytes hold.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import lru_cache
from typing import Protocol

from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.recurring import LONGEST
from selfeval_xl.workbooks.workbook import WorkbookProblem

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1

TRUNCATED = (
    "文件不完整：缺少末尾部分，可能没有下载或复制完。"
    "请向报送单位重新索取，或重新复制、下载后再放入。"
)
DAMAGED = (
    "文件内部已损坏，无法读取。请用 Excel 或 WPS 打开并另存为 .xlsx（能修复时会提示）后重新放入。"
)


def encrypted() -> WorkbookProblem:
    """Return the problem of a workbook that opens with a password only."""
    return WorkbookProblem(
        "encrypted",
        "文件有打开密码，无法读取。请在 Excel 或 WPS 中打开，另存为无密码的 .xlsx 后重新放入。",
    )


def damaged(detail: str = "") -> WorkbookProblem:
    """Return the problem of a file whose inside contradicts itself."""
    return WorkbookProblem("damaged", DAMAGED + (f"（{detail}）" if detail else ""))


def too_large(what: str) -> WorkbookProblem:
    """Return the problem of a file beyond a limit; ``what`` says which, in Chinese."""
    return WorkbookProblem(
        "too_large",
        f"{what}，超出允许的范围，未读取。请只保留需要核对的表格，另存为新的 .xlsx 后重新放入。",
    )


def part_key(name: str) -> str:
    """Return a part's name as compared: without regard to case, ``\\`` meaning ``/``."""
    return name.replace("\\", "/").lstrip("/").lower()


class Parts(Protocol):
    """The parts of a package by name, compared as ``part_key`` has them."""

    def __contains__(self, name: str) -> bool: ...

    def read(self, name: str) -> bytes:
        """Return a part's content."""


class Container:
    """The parts of a zip file held in memory.

    Part names are looked up without regard to case, and never touch the file system. Raises
    WorkbookProblem when the directory is damaged, lists a part twice, holds encrypted parts or
    goes beyond the limits.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self._parts = _directory(data, limits)
        self._read: dict[str, bytes] = {}

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._parts

    @property
    def names(self) -> list[str]:
        """Comparison names of all parts, in directory order."""
        return list(self._parts)

    def size(self, name: str) -> int:
        """Return a part's unpacked size in bytes."""
        return self._parts[part_key(name)].file_size

    def read(self, name: str) -> bytes:
        """Return a part's content.

        Raises KeyError when there is no such part, WorkbookProblem when it does not unpack to
        what the directory says.
        """
        key = part_key(name)
        content = self._read.get(key)
        if content is None:
            content = self._read[key] = _inflate(self.data, self._parts[key])
        return content


def _directory(data: bytes, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return the checked directory by comparison name, folders left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise WorkbookProblem("truncated", TRUNCATED) from error
    except Exception as error:  # the library's parser is not made for hostile directories
        raise damaged("压缩包目录") from error
    if len(entries) > limits.parts:
        raise too_large(f"压缩包内有 {len(entries)} 个文件")
    parts: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for entry in entries:
        key = part_key(entry.filename)
        if key.endswith("/") or not key:
            continue
        if entry.flag_bits & _ENCRYPTED:
            raise WorkbookProblem(
                "encrypted",
                "压缩包内容有密码，无法读取。请解除密码，将其中的表格另存为 .xlsx 后重新放入。",
            )
        if key in parts:
            raise damaged("压缩包内有重名的部件")
        parts[key] = entry
        total += entry.file_size
        _check_size(entry, limits)
    if total > limits.total_bytes:
        raise too_large(f"解压后共 {total / 1e6:.0f} MB")
    return parts


def _check_size(entry: zipfile.ZipInfo, limits: Limits) -> None:
    size = entry.file_size
    if size > limits.part_bytes:
        raise too_large(f"内部部件解压后达 {size / 1e6:.0f} MB")
    if size > limits.ratio_floor and size > limits.ratio * max(entry.compress_size, 1):
        raise too_large(f"内部部件的压缩率异常（解压后 {size / 1e6:.0f} MB）")


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Return the content of an entry of a zip file."""
    start = entry.header_offset
    header = data[start : start + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or header[:4] != _LOCAL_SIGNATURE:
        raise damaged("压缩包部件的位置")
    fields = _LOCAL_HEADER.unpack(header)
    start += _LOCAL_HEADER.size + fields[9] + fields[10]
    packed = data[start : start + entry.compress_size]
    return unpacked(packed, entry.compress_type, entry.file_size, entry.CRC)


def unpacked(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """Return a part's content, at most one byte more than ``size`` ever being unpacked.

    Raises WorkbookProblem unless size and checksum are those stated. Themes, styles and the like
    come again with every workbook of a template: short contents are kept and given once more.
    """
    unpack = _unpacked_once if size <= LONGEST and len(packed) <= LONGEST else _unpacked
    return unpack(packed, method, size, checksum)


def _unpacked(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        content = packed
    elif method == zipfile.ZIP_DEFLATED:
        try:
            content = zlib.decompressobj(-15).decompress(packed, size + 1)
        except zlib.error as error:
            raise damaged("压缩数据") from error
    else:
        raise damaged("压缩方式不是表格文件所用的")
    if len(content) != size or zlib.crc32(content) != checksum:
        raise damaged("压缩数据校验不符")
    return content


_unpacked_once = lru_cache(maxsize=128)(_unpacked)
