"""The physical floor: calamine reads every sheet, the copy has one sheet recompressed.

    python benchmarks/floor.py INBOX OUT MARKS [--limit N]

Nothing is recognised, judged, changed or synchronised to the disk.
"""

from __future__ import annotations

import io
import sys
import time
import zipfile
from pathlib import Path

from baselines import marks_by_file, parse, report
from python_calamine import CalamineWorkbook
from raw_zip import replaced

_SHEET = "xl/worksheets/sheet1.xml"


def treat(source: Path, target: Path) -> int:
    """Read a workbook, write its copy, return the number of rows read."""
    data = source.read_bytes()
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(_SHEET)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(replaced(data, {_SHEET: content}, level=1))
    return rows


def main() -> None:
    options = parse(__doc__)
    files, _ = marks_by_file(options)
    started, spent = time.perf_counter(), time.process_time()
    for name in files:
        treat(options.inbox / name, options.out / name)
    report(len(files), time.perf_counter() - started, time.process_time() - spent)


if __name__ == "__main__":
    sys.exit(main())
