"""The first look at a file: what it is by content, and whether it is safe to read.

Nothing here trusts a file's name. Anything that is no readable workbook ends in a WorkbookProblem
whose message says what the file is and what to do.
"""

from __future__ import annotations

import re

from selfeval_xl.workbooks import sniffing
from selfeval_xl.workbooks.container import Container, damaged, encrypted, too_large
from selfeval_xl.workbooks.limits import DEFAULT, Limits
from selfeval_xl.workbooks.package import workbook_part
from selfeval_xl.workbooks.recurring import recurring
from selfeval_xl.workbooks.text_files import uof
from selfeval_xl.workbooks.workbook import WorkbookProblem
from selfeval_xl.workbooks.xml_parts import refuse_doctype

__all__ = ["Limits", "inspect", "open_container"]

_CONTENT_TYPES: tuple[tuple[str, str], ...] = (
    ("spreadsheetml.sheet.main+xml", "xlsx"),
    ("spreadsheetml.template.main+xml", "xlsx"),
    ("ms-excel.sheet.macroenabled.main+xml", "xlsm"),
    ("ms-excel.template.macroenabled.main+xml", "xlsm"),
    ("ms-excel.sheet.binary.macroenabled.main", "xlsb"),
)
_OVERRIDE = re.compile(r"ContentType\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_OTHER_CONTENT: tuple[tuple[str, str, str], ...] = (
    ("wordprocessingml", "word", "Word 文档"),
    ("ms-word", "word", "Word 文档"),
    ("presentationml", "presentation", "演示文稿"),
    ("ms-powerpoint", "presentation", "演示文稿"),
    ("visio", "drawing", "Visio 绘图"),
    ("ms-excel.addin", "addin", "Excel 加载宏"),
    ("opendocument.text", "word", "文字文档"),
    ("opendocument.presentation", "presentation", "演示文稿"),
    ("opendocument", "drawing", "其他办公文档"),
    ("epub+zip", "book", "电子书"),
)
_IWORK = ("index.apxl", "buildversionhistory.plist", "metadata/buildversionhistory.plist")
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


def inspect(data: bytes, name: str, limits: Limits = DEFAULT) -> str:
    """Return the format of a workbook's bytes: ``xlsx``, ``xlsm``, ``xlsb``, ``ods`` or ``xls``.

    ``name`` is used for lock files and shortcuts only. Raises WorkbookProblem when the file is no
    workbook, is protected by a password, is damaged or goes beyond the limits.
    """
    return open_container(data, name, limits)[0]


def open_container(data: bytes, name: str, limits: Limits) -> tuple[str, Container | None]:
    """Return a workbook's format and, when it is a zip file, its container (else None)."""
    sniffing.skip_by_name(name)
    if len(data) > limits.file_bytes:
        raise too_large(f"文件有 {len(data) / 1e6:.0f} MB")
    if data.startswith(sniffing.OLE2):
        from selfeval_xl.workbooks.compound_guard import check_compound  # noqa: PLC0415  (few files need it)

        check_compound(data)
        return "xls", None
    if not data.startswith(sniffing.ZIP):
        raise sniffing.not_a_workbook(data, name)
    container = Container(data, limits)
    form = _zip_format(container)
    _check_markup(container, form)
    return form, container


def _zip_format(container: Container) -> str:
    """Return which kind of workbook a zip file is."""
    if "[content_types].xml" in container:
        declared = _declared_types(container.read("[content_types].xml"))
        for word, form in _CONTENT_TYPES:
            if word in declared:
                return form
        problem = _other_document(declared)
    elif "mimetype" in container or "meta-inf/manifest.xml" in container:
        part = "mimetype" if "mimetype" in container else "meta-inf/manifest.xml"
        declared = _text(container.read(part)).lower()
        if _ODS in declared:
            return _ods(container)
        problem = _other_document(declared)
    else:
        problem = None
    if problem is None and workbook_part(container):
        return "xlsx"  # content types damaged or missing, the workbook itself is there
    raise problem or _plain_archive(container)


@recurring(64)
def _declared_types(data: bytes) -> str:
    """Return the content types of all parts in small letters."""
    return " ".join(_OVERRIDE.findall(_text(data))).lower()


def _text(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def _ods(container: Container) -> str:
    # Content that is encrypted as a whole has no part of its own.
    if "meta-inf/manifest.xml" in container and "encryption-data" in _text(
        container.read("meta-inf/manifest.xml")
    ):
        raise encrypted()
    if "content.xml" not in container:
        raise damaged("缺少 content.xml")
    return "ods"


def _other_document(declared: str) -> WorkbookProblem | None:
    for word, kind, what in _OTHER_CONTENT:
        if word in declared:
            return sniffing.not_a_table(kind, what)
    return None


def _plain_archive(container: Container) -> WorkbookProblem:
    if "ofd.xml" in container:
        return WorkbookProblem("pdf", "这是 OFD 版式文件，不是表格文件，未读取。请放入原表格文件。")
    if "uof.xml" in container:
        return uof()
    names = container.names
    if any(name.endswith(".iwa") for name in names) or any(map(container.__contains__, _IWORK)):
        return _iwork()
    if not names:
        return WorkbookProblem("archive", "这是空的压缩包，里面没有表格，未读取。请放入表格文件。")
    if any(name.startswith("xl/") for name in names):
        return damaged("缺少工作簿部件")
    return WorkbookProblem(
        "archive", "这是压缩包，不是表格文件，未读取。请先解压，再把其中的表格放入。"
    )


def _iwork() -> WorkbookProblem:
    return WorkbookProblem(
        "iwork",
        "这是苹果电脑的 Numbers、Pages 或 Keynote 文件，无法直接读取。如果是 Numbers 表格，"
        "请在 Numbers 中选“文件”→“导出为”→“Excel”，存为 .xlsx 后重新放入。",
    )


def _check_markup(container: Container, form: str) -> None:
    """Read every XML part once: sizes and checksums are verified, document types refused.

    Custom XML items are left alone: nobody reads them.
    """
    for name in container.names:
        if name.endswith((".xml", ".rels", ".vml")) and not name.startswith("customxml/"):
            refuse_doctype(container.read(name))
        elif name.endswith(".bin") and form == "xlsb":
            container.read(name)
