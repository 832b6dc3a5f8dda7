"""Which streams of a compound file are the workbook's own, and files that break off."""

from __future__ import annotations

import io
import struct

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from workbook_bytes import Streams, compound

from selfeval_xl.workbooks.compound_guard import workbook_stream
from selfeval_xl.workbooks.ole import CompoundFile
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.workbook import WorkbookProblem

_FIRST_ENTRY = 512 + 512  # behind the header and the allocation table
_LEFT, _RIGHT, _CHILD = 68, 72, 76


def xls(title: str, rows: int = 1) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for row in range(rows):
        sheet.write(row, 0, title)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def stream(title: str) -> bytes:
    return workbook_stream(xls(title))


OWN, EMBEDDED = stream("自己的"), stream("嵌入的")


@pytest.mark.parametrize(
    ("streams", "kind"),
    [
        ({"WordDocument": b"x", "ObjectPool": {"_1": {"Workbook": EMBEDDED}}}, "word"),
        ({"PowerPoint Document": b"x", "Obj": {"Workbook": EMBEDDED}}, "presentation"),
        ({"__properties_version1.0": b"x", "__attach": {"Book": EMBEDDED}}, "mail"),
        ({"别的": {"Workbook": EMBEDDED}}, "unknown"),
    ],
)
def test_embedded_tables_do_not_make_a_workbook(streams: Streams, kind: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(compound(streams), "报告.doc")
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "embedded",
    [
        {"Workbook": EMBEDDED},
        {"Book": EMBEDDED},
        {"EncryptedPackage": b"x"},
        {"WordDocument": b"x"},
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_workbook_is_read_from_its_own_stream(embedded: Streams, first: bool) -> None:
    own, other = {"Workbook": OWN}, {"MBD0001": embedded}
    data = compound({**other, **own} if first else {**own, **other})
    assert read_workbook(data, "表.xls").sheets[0].rows == [["自己的"]]


@pytest.mark.parametrize(
    "names", [("Workbook", "Book"), ("Book", "Workbook"), ("BOOK", "WORKBOOK")]
)
def test_of_two_versions_the_newer_is_read(names: tuple[str, str]) -> None:
    streams = {name: OWN if name.lower() == "workbook" else EMBEDDED for name in names}
    assert read_workbook(compound(streams), "表.xls").sheets[0].rows == [["自己的"]]


def test_both_sides_of_the_tree() -> None:
    data = bytearray(compound({"甲": b"1", "乙": b"2", "丙": b"3"}))
    # 丙 is the first entry, 甲 the third; 乙 becomes the top, with 甲 to its left
    assert CompoundFile(bytes(data)).streams.keys() == {"甲", "乙", "丙"}
    struct.pack_into("<I", data, _FIRST_ENTRY + _CHILD, 2)
    assert CompoundFile(bytes(data)).streams.keys() == {"乙", "丙"}
    struct.pack_into("<I", data, _FIRST_ENTRY + 2 * 128 + _LEFT, 3)
    assert CompoundFile(bytes(data)).streams.keys() == {"甲", "乙", "丙"}


def test_a_broken_tree() -> None:
    """Where nothing is embedded, all streams are the file's own."""
    for streams, names in (({"甲": b"1"}, {"甲"}), ({"甲": b"1", "乙": {"丁": b"2"}}, set())):
        data = bytearray(compound(streams))
        struct.pack_into("<I", data, _FIRST_ENTRY + _CHILD, 77)
        assert CompoundFile(bytes(data)).streams.keys() == names


@given(st.lists(st.integers(0, 8), min_size=12, max_size=12))
def test_any_links_come_to_an_end(links: list[int]) -> None:
    data = bytearray(compound({"甲": b"1", "乙": {"丁": b"2"}, "丙": b"3"}))
    for number, link in enumerate(links):
        at = _FIRST_ENTRY + number // 3 * 128 + (_LEFT, _RIGHT, _CHILD)[number % 3]
        struct.pack_into("<I", data, at, link)
    assert CompoundFile(bytes(data)).streams.keys() <= {"甲", "丁", "丙"}


@pytest.mark.parametrize("rows", [1, 3000])
def test_files_that_break_off(rows: int) -> None:
    """As long as the workbook is not all there, whatever else is, the file is incomplete."""
    data = xls("文字", rows)
    whole = read_workbook(data, "表.xls").sheets
    lengths = [*range(8, len(data), 97 if rows == 1 else 3001), len(data) - 1]
    told = []
    for length in lengths:
        try:
            assert read_workbook(data[:length], "表.xls").sheets == whole
        except WorkbookProblem as problem:
            told.append(problem.kind)
    assert set(told) == {"truncated"}
    assert len(told) >= len(lengths) - 1  # xlwt writes the allocation table last


def test_a_workbook_that_is_there_to_the_last_byte_is_read() -> None:
    data = compound({"Workbook": OWN.ljust(4096, b"\0"), "别的": bytes(9000)})
    streams = CompoundFile(data).streams
    assert streams["Workbook"].start > streams["别的"].start
    data = compound({"别的": bytes(9000), "Workbook": OWN})
    assert read_workbook(data[:-1000], "表.xls").sheets[0].rows == [["自己的"]]


def test_of_two_workbooks_in_a_file_the_newer_is_read() -> None:
    """Saved for Excel 5.0 too, a file holds both; names are in any case."""
    both = compound({"Book": b"old" * 2000, "WORKBOOK": b"new" * 2000})
    assert workbook_stream(both) == b"new" * 2000
    assert workbook_stream(compound({"book": b"old" * 2000})) == b"old" * 2000
