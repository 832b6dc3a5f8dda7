"""The looks of the sheets of .xls, .et, .ods and .xlsb files, for their rebuilt copy."""

from __future__ import annotations

from selfeval_xl.workbooks.compound_guard import workbook_stream
from selfeval_xl.workbooks.guard import open_container
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.looks import SheetLooks


def read_looks(data: bytes, name: str, limits: Limits) -> dict[str, SheetLooks]:
    """Return how the sheets of a legacy file look, by sheet name.

    Empty where nothing is known. Never raises for what is in the file: that it can be read was
    found out before, and a look is not worth a copy.
    """
    try:
        form, container = open_container(data, name, limits)
        if container is None:
            from selfeval_xl.workbooks import biff_looks  # noqa: PLC0415  (few runs need it)

            return biff_looks.looks(workbook_stream(data))
        if form == "ods":
            from selfeval_xl.workbooks import open_document_looks  # noqa: PLC0415  (few runs need it)

            return open_document_looks.looks(container, limits)
        if form == "xlsb":
            from selfeval_xl.workbooks import xlsb_looks  # noqa: PLC0415  (few runs need it)

            return xlsb_looks.looks(container)
    except Exception:
        return {}
    return {}
