"""Which kind of text a file is that is no workbook: a table in another format, a page, a list.

Only the beginning of a file is looked at.
"""

from __future__ import annotations

import re

from selfeval_xl.workbooks.workbook import WorkbookProblem

SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重新放入。"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 8192  # bytes
_MARKS = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_END_OF_TEXT = b"\x1a"  # Ctrl-Z, which old programs write behind a text

_SPREADSHEET_ML = "urn:schemas-microsoft-com:office:spreadsheet"
_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument"
_UOF = "schemas.uof.org"
_PROLOGUE = re.compile(r"(?>(?:\s|<\?[^>]*>|<!--.*?-->)*)", re.DOTALL)
_ROOT = re.compile(r"<(?:!doctype\s+)?([a-z][\w.:-]*)", re.IGNORECASE)
_HTML = re.compile(
    r"html|head|meta|body|style|script|table|caption|colgroup|thead|tbody|tfoot|tr|td|th|div|span"
    r"|p|br|hr|font|center|h[1-6]|pre|img|frameset",
    re.IGNORECASE,
)
_MOST_HEADERS = 60
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_OF_MAIL = frozenset({"received", "to", "message-id", "return-path", "delivered-to"})
# What tables written as UTF-16 consist of; a table without one blank, tab or digit is none.
_USUAL = re.compile(
    "[\t\n\r -~\u00a0-\u00ff\u2010-\u203f\u2100-\u22ff\u2460-\u25ff\u3000-\u303f\u3200-\u33ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\U00020000-\U0003ffff]*"
)
_PLAIN = re.compile("[\t\n\r -~]")


def is_blank(data: bytes) -> bool:
    """Tell whether a file holds nothing but blanks, line ends and the marks of an encoding."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "ignore")
            return not text.strip(" \t\r\n\v\f\0\x1a\u3000\ufeff")
    return not data.strip(b" \t\r\n\v\f\0" + _END_OF_TEXT)


def text_problem(data: bytes) -> WorkbookProblem | None:
    """Return the problem of a text file, None when the bytes are no text."""
    text = _decoded(data[:_SAMPLE])
    return None if text is None else _markup(text) or _message(text) or _plain()


def uof() -> WorkbookProblem:
    """Return the problem of a document in China's own office format."""
    return WorkbookProblem(
        "uof",
        "这是标文通（UOF）格式的文件，无法直接读取。"
        "如果是表格，请用 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重新放入。",
    )


def _plain() -> WorkbookProblem:
    return WorkbookProblem(
        "text", f"这是文本或 CSV 文件，没有表格的格式与合并单元格，无法核对。{SAVE_AS}"
    )


def _markup(text: str) -> WorkbookProblem | None:
    """Return the problem of HTML or XML."""
    if _SPREADSHEET_ML in text:
        return WorkbookProblem("spreadsheetml", f"这是“XML 表格 2003”格式，无法直接读取。{SAVE_AS}")
    start = _PROLOGUE.match(text)
    root = _ROOT.match(text, start.end() if start else 0)
    if root and _HTML.fullmatch(root[1]):
        return _page("HTML")
    if not text.lstrip().startswith("<"):
        return None
    if _UOF in text:
        return uof()
    if _OPEN_DOCUMENT in text:
        return WorkbookProblem(
            "xml",
            "这是 OpenDocument 的 XML 文件（如 .fods），无法直接读取。"
            "请用 LibreOffice 打开，另存为 .ods 或 .xlsx 后重新放入。",
        )
    return WorkbookProblem("xml", f"这是 XML 文件，不是可以直接读取的表格。{SAVE_AS}")


def _page(what: str) -> WorkbookProblem:
    return WorkbookProblem(
        "html",
        f"这是网页（{what}）内容，不是真正的表格文件，常见于从系统中导出的文件，"
        f"无法直接读取。{SAVE_AS}",
    )


def _message(text: str) -> WorkbookProblem | None:
    """Return the problem of a page saved with its pictures (MHT), or of a mail: both have heads."""
    head = _headers(text.lstrip())
    if head.keys() & _OF_MAIL and head.keys() & {"subject", "from", "mime-version"}:
        return WorkbookProblem(
            "mail",
            "这是邮件，不是表格文件，未读取。如果表格是它的附件，请先把附件另存出来，再放入。",
        )
    saved = head.get("from", "").startswith("<saved by")
    related = head.get("content-type", "").startswith("multipart/related")
    return _page("MHT") if "mime-version" in head or saved or related else None


def _headers(text: str) -> dict[str, str]:
    """Return the lines ``name: value`` a text begins with, up to a blank line, in small letters.

    Empty when another line stands among them.
    """
    found: dict[str, str] = {}
    for line in text.split("\n", _MOST_HEADERS)[:_MOST_HEADERS]:
        name, colon, value = line.partition(":")
        if not line.strip():
            break
        if line[0] in " \t":  # goes on with the line before
            continue
        if not colon or not _HEADER.fullmatch(name):
            return {}
        found[name.lower()] = value.strip().lower()
    return found


def _decoded(head: bytes) -> str | None:
    """Return the beginning of a text file, None when the bytes are no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "ignore").strip("\ufeff\0\x1a")
            return None if CONTROL.search(text) else text
    body, _, rest = head.partition(_END_OF_TEXT)
    plain = _eight_bit(head if rest.strip(b"\0\r\n" + _END_OF_TEXT) else body)
    return _utf_16(head) if plain is None else plain


def _eight_bit(head: bytes) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = head.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:  # else a character cut off at the end of the sample
                continue
            text = head.decode(encoding, "ignore")
        return None if CONTROL.search(text) else text
    return None


def _utf_16(head: bytes) -> str | None:
    """Return a text in UTF-16 without the mark that says so, told by what it consists of."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head[: len(head) // 2 * 2].decode(encoding, "replace").rstrip("\ufffd\x1a\0")
        if _PLAIN.search(text) and _USUAL.fullmatch(text):
            return text
    return None
