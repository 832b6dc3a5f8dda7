"""The first look at a compound file: whether it is an .xls or .et workbook that may be read."""

from __future__ import annotations

from selfeval_xl.workbooks.biff import has_password
from selfeval_xl.workbooks.biff_encryption import decrypted, opens_by_itself
from selfeval_xl.workbooks.container import encrypted
from selfeval_xl.workbooks.ole import CompoundFile
from selfeval_xl.workbooks.sniffing import not_a_table
from selfeval_xl.workbooks.workbook import WorkbookProblem

_CONTENT: tuple[tuple[str, str, str], ...] = (
    ("WordDocument", "word", "Word 或 WPS 文字文档"),
    ("PowerPoint Document", "presentation", "演示文稿"),
    ("VisioDocument", "drawing", "Visio 绘图"),
    ("__properties_version1.0", "mail", "邮件"),
)


def check_compound(data: bytes) -> None:
    """Raise WorkbookProblem when a compound file has no workbook stream that can be read."""
    stream = _stored_stream(data)
    if has_password(stream) and not opens_by_itself(stream):
        raise _protected()


def workbook_stream(data: bytes) -> bytes:
    """Return the workbook stream of an .xls or .et file, in the clear.

    Raises WorkbookProblem when the compound file holds another document, is damaged or needs a
    password.
    """
    stream = _stored_stream(data)
    clear = decrypted(stream) if has_password(stream) else stream
    if clear is None:
        raise _protected()
    return clear


def _protected() -> WorkbookProblem:
    return WorkbookProblem(
        "encrypted",
        "文件已加密，无法读取：设有打开密码，或者设了“保护工作簿”（旧格式会随之加密，"
        "打开时不一定要求输入密码）。"
        "请在 Excel 或 WPS 中打开，撤销打开密码和“保护工作簿”，另存为 .xlsx 后重新放入。",
    )


def _stored_stream(data: bytes) -> bytes:
    compound = CompoundFile(data)
    if "EncryptedPackage" in compound.streams:
        raise encrypted()
    names = {name.lower(): name for name in compound.streams}
    for name in ("workbook", "book"):  # saved for Excel 5.0 too, a file holds both
        if name in names:
            return compound.read(names[name])
    for stream, kind, what in _CONTENT:
        if stream in compound.streams:
            raise not_a_table(kind, what)
    raise WorkbookProblem(
        "unknown",
        "文件是 Office 旧格式，但其中没有表格内容，或内容已损坏，未读取。"
        "如果它本来是表格，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新放入。",
    )
