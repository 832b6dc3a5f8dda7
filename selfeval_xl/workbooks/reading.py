"""Reading a workbook: bytes in, sheets with values, merges, formats and formulas out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from selfeval_xl.workbooks.blocks import of_table
from selfeval_xl.workbooks.container import Container, damaged
from selfeval_xl.workbooks.extent import too_many_cells
from selfeval_xl.workbooks.guard import open_container
from selfeval_xl.workbooks.known_sheets import known_sheet
from selfeval_xl.workbooks.limits import DEFAULT, Limits
from selfeval_xl.workbooks.package import open_package, relationships
from selfeval_xl.workbooks.sheet import Block, Sheet
from selfeval_xl.workbooks.uncalculated import calculated
from selfeval_xl.workbooks.workbook import Workbook, WorkbookProblem
from selfeval_xl.workbooks.xml_parts import parse


def read_workbook(data: bytes, name: str, limits: Limits = DEFAULT) -> Workbook:
    """Return all worksheets of a file given as bytes; ``name`` is its file name.

    Values are as stored: numbers as int (whole) or float, dates where the number format shows one,
    the cached result of formulas (None when there is none; worked out where nobody has calculated
    the workbook), None for blank and error cells. Chart,
    dialogue and macro sheets are left out, hidden sheets are marked. Raises WorkbookProblem, and
    nothing else, for anything that cannot be read.
    """
    try:
        form, container = open_container(data, name, limits)
        if container is not None and form in ("xlsx", "xlsm"):
            sheets, notices = calculated(_sheets(container, limits)), _notices(container)
            workbook = Workbook(sheets, form, patchable=True, notices=notices)
        else:
            from selfeval_xl.workbooks.legacy import read_legacy  # noqa: PLC0415 (starts calamine)

            workbook = read_legacy(data, form, container, limits)
    except WorkbookProblem:
        raise
    except MemoryError as error:
        raise WorkbookProblem(
            "too_large", "读取该文件所需的内存超出本机可用内存，未读取。请删减内容后重新放入。"
        ) from error
    except Exception as error:  # whatever a hostile file provokes must cost this file only
        raise damaged(type(error).__name__) from error
    # Marks find their sheet by its name.
    if len({sheet.name.casefold() for sheet in workbook.sheets}) < len(workbook.sheets):
        raise damaged("两张工作表同名")
    return workbook


def _sheets(container: Container, limits: Limits) -> tuple[Sheet, ...]:
    package = open_package(container, limits)
    sheets = []
    cells = 0
    for part in package.sheets:
        data = container.read(part.part)
        sheet = known_sheet(data, part, package, limits)
        if _may_have_tables(data) and (rows := _table_rows(container, part.part)):
            sheet = replace(sheet, blocks=(*sheet.blocks, *rows))
        cells += sum(map(len, sheet.rows))
        if cells > limits.cells:
            raise too_many_cells(sheet.name, limits)
        sheets.append(sheet)
    return tuple(sheets)


def _may_have_tables(data: bytes) -> bool:
    """Tell whether a worksheet part may list tables, which it does after its rows."""
    end = data.rfind(b"sheetData")
    return end < 0 or data.find(b"tablePart", end) >= 0  # < 0: another encoding


def _table_rows(container: Container, part: str) -> list[Block]:
    """Return the rows of a sheet's tables that cannot be changed by themselves."""
    rows: list[Block] = []
    for kind, target, external in relationships(container, part).values():
        if kind == "table" and not external and target in container:
            with suppress(ValueError, WorkbookProblem):  # such a package is not patched
                rows += of_table(parse(container.read(target)))
    return rows


_SIGNED = (
    "原件带有数字签名：标注副本改动了内容，签名随之失效，已从副本中去掉；原件及其签名不受影响。"
)
_THREADED = "有会话批注（可以回复的批注）的单元格不另加批注，核对说明请看“核对结果”工作表。"


def _notices(container: Container) -> tuple[str, ...]:
    """Return what a person should know of what the marked copy cannot keep or add."""
    kinds = {kind for kind, _, _ in relationships(container, "").values()}
    notices = [_SIGNED] if "origin" in kinds else []
    if any("/threadedcomments/" in name.casefold() for name in container.names):
        notices.append(_THREADED)
    return tuple(notices)
