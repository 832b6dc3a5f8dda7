"""Damaged real files, bounded: every input ends in a workbook, a clear problem or a whole copy.

Longer runs, with processes that are allowed to die, are in benchmarks/fuzz.py.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from binary_workbook import binary_package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbook_bytes import MAIN, SHEET_TYPE, zipped

from selfeval_xl.workbooks import sniffing
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.workbook import WorkbookProblem

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from fuzz_inputs import mutated, seeds
from fuzz_targets import TARGETS

CALM = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("target", sorted(TARGETS))
@CALM
@given(number=st.integers(0, 2**32))
def test_damaged_files(target: str, number: int) -> None:
    chance = random.Random(number)
    data = seeds()[chance.choice(sorted(seeds()))]
    for _ in range(chance.choice((1, 1, 2))):
        data = mutated(data, chance)
    assert TARGETS[target](data, number)


@pytest.mark.parametrize("name", sorted(seeds()))
def test_undamaged_seeds_are_read_and_copied(name: str) -> None:
    """The seeds themselves go all the way, or the fuzz runs would try nothing."""
    assert TARGETS["read"](seeds()[name], 0) in ("xlsx", "xlsm", "xls", "xlsb", "ods")
    assert TARGETS["patch"](seeds()[name], 0) == "copied"


@CALM
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", sniffing.OLE2, b"<?xml ", b"%PDF"]),
    rest=st.binary(max_size=3000),
)
def test_bytes_that_are_nothing(start: bytes, rest: bytes) -> None:
    assert TARGETS["read"](start + rest, 0)


@CALM
@given(part=st.binary(max_size=400))
def test_a_sheet_of_any_bytes(part: bytes) -> None:
    """A right container around a sheet of noise."""
    head = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    data = zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'content-types"><Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}"/>'
            "</Types>",
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
            f'2006/main" xmlns:r="{relations}"><sheets><sheet name="a" sheetId="1" r:id="r"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
            f'package/2006/relationships"><Relationship Id="r" Type="{relations}/worksheet" '
            'Target="s.xml"/></Relationships>',
            "xl/s.xml": head + part,
        }
    )
    for target in TARGETS.values():
        assert target(data, len(part))


@pytest.mark.parametrize("length", [0, 5, 7])
def test_short_binary_records(length: int) -> None:
    """The reader underneath went on reading in the record before, and made room for its row."""
    cell = struct.pack("<2Id", 2, 0, 12.5)
    data = binary_package(3, 2, 12.5)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.bin"
    sheet = parts[name]
    assert isinstance(sheet, bytes)
    whole = bytes([5, 16]) + cell
    assert whole in sheet
    parts[name] = sheet.replace(whole, whole + bytes([5, length]) + cell[:length])
    with pytest.raises(WorkbookProblem):
        read_workbook(zipped(parts), "a.xlsb")
