"""What a file is by its first bytes and its name, when it is no workbook: the message to give.

Zip and OLE2 containers are told apart by their inside (``guard``); everything else is decided here.
"""

from __future__ import annotations

from selfeval_xl.workbooks.text_files import CONTROL, SAVE_AS, is_blank, text_problem
from selfeval_xl.workbooks.workbook import WorkbookProblem

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF", "pdf", "PDF 文件"),
    (0, b"\x89PNG\r\n", "picture", "图片"),
    (0, b"\xff\xd8\xff", "picture", "图片"),
    (0, b"GIF8", "picture", "图片"),
    (0, b"BM", "picture", "图片"),
    (0, b"II*\0", "picture", "图片"),
    (0, b"MM\0*", "picture", "图片"),
    (0, b"RIFF", "picture", "图片或音像文件"),
    (4, b"ftyp", "picture", "图片或音像文件"),
    (0, b"ID3", "picture", "音像文件"),
    (0, b"{\\rtf", "word", "文档（RTF）"),
    (0, b"MZ", "program", "程序"),
)
"""Where a signature stands, the signature, and what it is the signature of."""
_ARCHIVES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "gzip"),
    (4, b"1AY&SY", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"MSCF\0\0\0\0", "CAB"),
    (0, b"\x04\x22\x4d\x18", "LZ4"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (257, b"ustar", "tar"),
)
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


def behind(text: str, what: str) -> str:
    """Return Chinese text with more behind it, after a space when that begins in Latin letters."""
    return f"{text} {what}" if what[:1].isascii() else text + what


def not_a_table(kind: str, what: str) -> WorkbookProblem:
    """Return the problem of a file that is something else altogether."""
    return WorkbookProblem(
        kind,
        f"{behind('这是', what)}，不是表格文件，未读取。请放入表格文件（.xlsx、.xls、.et、.ods）。",
    )


def not_a_workbook(data: bytes, name: str) -> WorkbookProblem:
    """Return the problem of a file that is neither a zip nor an OLE2 container."""
    return (
        _blank(data)
        or _shortcut(data, name)
        or _binary(data)
        or text_problem(data)
        or WorkbookProblem(
            "unknown",
            "无法识别的文件，不是表格文件或内容已损坏，未读取。"
            "如果它本来是表格，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新放入。",
        )
    )


def _blank(data: bytes) -> WorkbookProblem | None:
    if data and not data.strip(b"\0"):
        return WorkbookProblem(
            "empty",
            "文件内容全部是空字节，没有真正写入磁盘（常见于断电或复制中断）。请向报送单位重新索取。",
        )
    if not data:
        held = "文件是空的（0 字节）"
    elif any(signature.startswith(data) for signature in (*ZIP, OLE2)):
        held = f"文件几乎没有内容（只有 {len(data)} 字节）"
    elif is_blank(data):
        held = "文件是空的（只有空白字符）"
    else:
        return None
    return WorkbookProblem(
        "empty",
        f"{held}，可能没有复制或下载成功。请重新复制或向报送单位索取。",
    )


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
    start = data[:64].decode("latin-1")
    for place, signature, kind, what in _SIGNATURES:
        if data.startswith(signature, place) and (len(signature) > 3 or CONTROL.search(start)):
            return not_a_table(kind, what)
    for place, signature, what in _ARCHIVES:
        if data.startswith(signature, place):
            return WorkbookProblem(
                "archive",
                f"{behind('这是', what)} 压缩包，不是表格文件。请先解压，再把其中的表格放入。",
            )
    if data.startswith(_OLD_EXCEL) and data[2:4] in (b"\x06\0", b"\x04\0", b"\x08\0", b"\x10\0"):
        return WorkbookProblem("old_excel", f"这是很早版本的 Excel 文件，无法直接读取。{SAVE_AS}")
    return None
