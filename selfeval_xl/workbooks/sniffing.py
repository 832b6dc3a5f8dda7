"""What a file is by its first bytes and its name, when it is no workbook: the message to give.

Zip and OLE2 containers are told apart by their inside (``guard``); everything else is decided here.
"""

from __future__ import annotations

import re

from selfeval_xl.workbooks.workbook import WorkbookProblem

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重新放入。"
_NOT_A_TABLE = "不是表格文件，未读取。请放入表格文件（.xlsx、.xls、.et、.ods）。"

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "pdf", "PDF 文件"),
    (b"\x89PNG\r\n", "picture", "图片"),
    (b"\xff\xd8\xff", "picture", "图片"),
    (b"GIF8", "picture", "图片"),
    (b"BM", "picture", "图片"),
    (b"II*\0", "picture", "图片"),
    (b"MM\0*", "picture", "图片"),
    (b"RIFF", "picture", "图片或音像文件"),
    (b"{\\rtf", "word", "文档（RTF）"),
    (b"MZ", "program", "程序"),
)
_ARCHIVES: tuple[tuple[bytes, str], ...] = (
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|meta|body|table|style|div|script|center|font)\b",
    re.IGNORECASE | re.DOTALL,
)
_SPREADSHEET_ML = "urn:schemas-microsoft-com:office:spreadsheet"
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OLD_EXCEL = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_SYSTEM_FILES = ("desktop.ini", "thumbs.db", ".ds_store")


def base_name(name: str) -> str:
    """Return the last part of a path written with either kind of slash."""
    return name.replace("\\", "/").rpartition("/")[2]


def skip_by_name(name: str) -> None:
    """Raise WorkbookProblem (skipped) for names office programs and systems use for themselves."""
    base = base_name(name)
    if base.startswith(("~$", ".~")):
        raise WorkbookProblem(
            "lock_file",
            "这是表格打开期间自动产生的临时文件，不是报送的表格，已跳过。"
            "如该表格仍在 Excel 或 WPS 中打开，请先保存并关闭。",
            skipped=True,
        )
    if base.lower() in _SYSTEM_FILES or base.startswith("._"):
        raise WorkbookProblem("system_file", "这是系统自动产生的文件，已跳过。", skipped=True)


def not_a_workbook(data: bytes, name: str) -> WorkbookProblem:
    """Return the problem of a file that is neither a zip nor an OLE2 container."""
    return (
        _blank(data)
        or _shortcut(data, name)
        or _binary(data)
        or _text(data)
        or WorkbookProblem(
            "unknown",
            "无法识别的文件，不是表格文件或内容已损坏，未读取。"
            "如果它本来是表格，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新放入。",
        )
    )


def _blank(data: bytes) -> WorkbookProblem | None:
    if not data:
        return WorkbookProblem(
            "empty", "文件是空的（0 字节），可能没有复制或下载成功。请重新复制或向报送单位索取。"
        )
    if not data.strip(b"\0"):
        return WorkbookProblem(
            "empty",
            "文件内容全部是空字节，没有真正写入磁盘（常见于断电或复制中断）。请向报送单位重新索取。",
        )
    return None


def _shortcut(data: bytes, name: str) -> WorkbookProblem | None:
    lnk = data.startswith(b"\x4c\0\0\0\x01\x14\x02\0")
    url = data.lstrip().startswith(b"[InternetShortcut]")
    if lnk or url or base_name(name).lower().endswith(".lnk"):
        return WorkbookProblem(
            "shortcut",
            "这是快捷方式，不是表格本身，已跳过。请把它指向的表格文件复制进来。",
            skipped=True,
        )
    return None


def _binary(data: bytes) -> WorkbookProblem | None:
    for signature, kind, what in _SIGNATURES:
        if data.startswith(signature) and (len(signature) > 2 or _CONTROL.search(data[:64])):
            return WorkbookProblem(kind, f"这是{what}，{_NOT_A_TABLE}")
    for signature, what in _ARCHIVES:
        if data.startswith(signature):
            return WorkbookProblem(
                "archive", f"这是 {what} 压缩包，不是表格文件。请先解压，再把其中的表格放入。"
            )
    if data.startswith(_OLD_EXCEL) and data[2:4] in (b"\x06\0", b"\x04\0", b"\x08\0", b"\x10\0"):
        return WorkbookProblem("old_excel", f"这是很早版本的 Excel 文件，无法直接读取。{_SAVE_AS}")
    return None


def _text(data: bytes) -> WorkbookProblem | None:
    text = _decoded(data)
    if text is None:
        return None
    if _SPREADSHEET_ML in text:
        return WorkbookProblem(
            "spreadsheetml", f"这是“XML 表格 2003”格式，无法直接读取。{_SAVE_AS}"
        )
    if _HTML.match(text) or text.lstrip().lower().startswith(("mime-version:", "from: <")):
        return WorkbookProblem(
            "html",
            "这是网页（HTML）内容，只是用了表格的扩展名，常见于从系统中导出的文件，"
            f"无法直接读取。{_SAVE_AS}",
        )
    if text.lstrip().startswith("<?xml") or text.lstrip().startswith("<"):
        return WorkbookProblem("xml", f"这是 XML 文件，不是可以直接读取的表格。{_SAVE_AS}")
    return WorkbookProblem(
        "text", f"这是文本或 CSV 文件，没有表格的格式与合并单元格，无法核对。{_SAVE_AS}"
    )


def _decoded(data: bytes) -> str | None:
    """Return the beginning of a text file, None when the bytes are no text."""
    head = data[:8192]
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").lstrip("\ufeff")
    if _CONTROL.search(head):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return head.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 4:  # a character cut off at the end of the sample
                return head.decode(encoding, "ignore")
    return None
