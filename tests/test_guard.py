"""What a file is by content, and what is refused before anything reads it."""

from __future__ import annotations

import io
import re
import struct
import zipfile

import pytest
import xlwt
from binary_workbook import binary_package
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import P
from workbook_bytes import (
    MACRO_TYPE,
    compound,
    package_parts,
    sheet_xml,
    simple,
    zipped,
)

from selfeval_xl.workbooks.guard import inspect
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.workbook import WorkbookProblem

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'


def content_types(kind: str) -> bytes:
    return zipped({"[Content_Types].xml": f'<Types><Override ContentType="{kind}"/></Types>'})


def xls() -> bytes:
    workbook = xlwt.Workbook()
    workbook.add_sheet("表").write(0, 0, 1)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def ods(document: object = None) -> bytes:
    document = document or OpenDocumentSpreadsheet()
    buffer = io.BytesIO()
    document.write(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


PROTECTED_XLS = compound(
    {"Workbook": record(0x809, b"\0\6\5\0" + bytes(12)) + record(0x2F, b"\1\0" + bytes(52))}
)
HTML = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>1</td></tr></table>"
MHT_FROM = (
    "From: <由 WPS 保存>\r\nSubject: 表\r\n\tof 2\r\nMIME-Version: 1.0\r\n"
    f"Content-Type: multipart/related\r\n\r\n--x\r\n\r\n{HTML}"
)
MHT_TYPE = "Content-Type: multipart/related; boundary=x\nMIME-Version: 1.0\n\n--x"
MAIL = "Received: by x\r\nMIME-Version: 1.0\r\nTo: 财政局\r\nSubject: 报表\r\n\r\n正文"
UOF = '<?xml version="1.0"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"/>'
FLAT_ODS = (
    '<?xml version="1.0"?><office:document '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
)
SPREADSHEET_ML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (simple(ROWS), "表.xlsx", "xlsx"),
        (simple(ROWS), "名不符实.xls", "xlsx"),
        (simple(ROWS, content_type=MACRO_TYPE), "表.xlsx", "xlsm"),
        (xls(), "表.et", "xls"),
        (xls(), "其实是旧版.xlsx", "xls"),
        (ods(), "表.xls", "ods"),
    ],
)
def test_format_by_content(data: bytes, name: str, form: str) -> None:
    assert inspect(data, name) == form


@pytest.mark.parametrize(
    ("data", "name", "kind", "skipped", "word"),
    [
        (b"", "空.xlsx", "empty", False, "文件是空的（0 字节）"),
        (bytes(5000), "零.xlsx", "empty", False, "空字节"),
        (b"\xef\xbb\xbf", "空.xlsx", "empty", False, "只有空白字符"),
        (b"\xff\xfe", "空.csv", "empty", False, "只有空白字符"),
        (b"\xfe\xff\0\r\0\n\x30\0", "空.csv", "empty", False, "只有空白字符"),
        (b"\r\n \t\r\n", "空.csv", "empty", False, "只有空白字符"),
        (b" " * 10_000 + b"\x1a", "空.csv", "empty", False, "只有空白字符"),
        (b"PK", "半.xlsx", "empty", False, "文件几乎没有内容（只有 2 字节）"),
        (b"\xd0\xcf\x11\xe0", "半.xls", "empty", False, "文件几乎没有内容（只有 4 字节）"),
        (b"\x0dabc" + bytes(161), "~$表.xlsx", "lock_file", True, "临时文件"),
        (b"anything", "子目录\\.~表.et", "lock_file", True, "临时文件"),
        (b"anything", "Thumbs.db", "system_file", True, "系统"),
        (b"\x4c\0\0\0\x01\x14\x02\0" + bytes(60), "表.xlsx.lnk", "shortcut", True, "快捷方式"),
        (b"[InternetShortcut]\r\nURL=x", "表.url", "shortcut", True, "快捷方式"),
        (HTML.encode("gb18030"), "导出.xls", "html", False, "网页"),
        (("\ufeff" + HTML).encode("utf-16"), "导出.xls", "html", False, "网页"),
        (b"MIME-Version: 1.0\r\nContent-Type: x", "导出.xls", "html", False, "网页"),
        (SPREADSHEET_ML.encode(), "导出.xls", "spreadsheetml", False, "XML 表格 2003"),
        (b"<tr><td>1</td></tr>", "导出.xls", "html", False, "网页（HTML）"),
        (b"<TABLE border=1><tr>", "导出.xls", "html", False, "网页（HTML）"),
        (b"\r\n<!-- x --><div>\n", "导出.xls", "html", False, "网页（HTML）"),
        (b"<!DOCTYPE html PUBLIC 'x'>", "导出.xls", "html", False, "网页（HTML）"),
        (b"<?xml version='1.0'?><!-- x -->\n<html>", "导出.xls", "html", False, "网页（HTML）"),
        (HTML.encode("utf-16-be"), "导出.xls", "html", False, "网页（HTML）"),
        (b"<!---->" * 1000 + b"<x>", "表.xls", "xml", False, "XML"),
        (MHT_FROM.encode(), "导出.mht", "html", False, "网页（MHT）"),
        (MHT_TYPE.encode(), "导出.xls", "html", False, "网页（MHT）"),
        (MAIL.encode(), "表.xls", "mail", False, "附件"),
        (b"MIME-Version\tx\n1\t2", "表.xls", "text", False, "CSV"),
        (b"<?xml version='1.0'?><a/>", "表.xlsx", "xml", False, "XML"),
        (UOF.encode(), "表.uos", "uof", False, "标文通（UOF）"),
        (zipped({"uof.xml": "x", "content.xml": "x"}), "表.uos", "uof", False, "请用 WPS"),
        (FLAT_ODS.encode(), "表.fods", "xml", False, "LibreOffice"),
        ("项目,得分\n甲,9.5\n".encode("gb18030"), "表.csv", "text", False, "CSV"),
        ("项目,得分\n".encode(), "表.xlsx", "text", False, "另存为"),
        (("项目" * 5000).encode(), "表.txt", "text", False, "文本"),
        ("序号,金额\r\n1,2\r\n\x1a".encode("gb18030"), "表.csv", "text", False, "CSV"),
        (b"a,b\r\n1,2\r\n\x1a\x1a\0\0", "表.csv", "text", False, "CSV"),
        ("序号\t金额".encode("utf-16-le"), "表.xls", "text", False, "CSV"),
        ("序号,𠮷野\r\n1,￥2.50".encode("utf-16-be"), "表.csv", "text", False, "CSV"),
        (("序号\t金额\r\n" * 2000).encode("utf-16-le") + b"1", "表", "text", False, "CSV"),
        (b"\xef\xbb\xbf" + xls(), "表.xls", "unknown", False, "无法识别"),
        ("a\ue000\u0c85".encode("utf-16-le"), "表.xls", "unknown", False, "无法识别"),
        ("一二三".encode("utf-16-le"), "表.xls", "unknown", False, "无法识别"),
        (b"%PDF-1.7\n", "表.xlsx", "pdf", False, "PDF"),
        (zipped({"OFD.xml": "x"}), "表.xlsx", "pdf", False, "OFD"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "表.xlsx", "picture", False, "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "表.jpg", "picture", False, "图片"),
        (b"Rar!\x1a\x07\0" + bytes(20), "表.rar", "archive", False, "解压"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "表.7z", "archive", False, "解压"),
        (b"a.xlsx".ljust(257, b"\0") + b"ustar\x0000", "表.tar", "archive", False, "tar 压缩包"),
        (b"BZh91AY&SY" + bytes(9), "表.bz2", "archive", False, "bzip2 压缩包"),
        (b"\xfd7zXZ\0" + bytes(9), "表.xz", "archive", False, "xz 压缩包"),
        (b"MSCF\0\0\0\0" + bytes(9), "表.cab", "archive", False, "CAB 压缩包"),
        (b"\x04\x22\x4d\x18" + bytes(9), "表.lz4", "archive", False, "LZ4 压缩包"),
        (b"\x28\xb5\x2f\xfd" + bytes(9), "表.zst", "archive", False, "Zstandard 压缩包"),
        (zipped({"Index/Document.iwa": b"x"}), "表.numbers", "iwork", False, "导出为"),
        (zipped({"index.apxl": b"x"}), "稿.key", "iwork", False, "Keynote"),
        (zipped({"mimetype": "application/epub+zip"}), "书.epub", "book", False, "电子书"),
        (b"\0\0\0\x18ftypheic" + bytes(9), "表.xlsx", "picture", False, "图片"),
        (zipped({"一.xlsx": b"x"}), "表.zip", "archive", False, "这是压缩包，不是表格文件"),
        (zipped({}), "表.zip", "archive", False, "空的压缩包"),
        (content_types("application/x.wordprocessingml.document"), "a.xlsx", "word", False, "Word"),
        (content_types("x.presentationml.x"), "a.xlsx", "presentation", False, "演示文稿"),
        (ods(OpenDocumentText()), "表.ods", "word", False, "文字"),
        (compound({"WordDocument": b"x"}), "表.xls", "word", False, "文字文档"),
        (compound({"PowerPoint Document": b"x"}), "表.xls", "presentation", False, "演示"),
        (compound({"别的": b"x"}), "表.xls", "unknown", False, "旧格式"),
        (compound({"EncryptedPackage": b"x"}), "表.xlsx", "encrypted", False, "打开密码"),
        (PROTECTED_XLS, "表.xls", "encrypted", False, "打开密码"),
        (PROTECTED_XLS, "表.xls", "encrypted", False, "保护工作簿"),
        (b"\x09\x08\x08\0\0\5\5\0" + bytes(20), "表.xls", "old_excel", False, "很早"),
        (b"\x09\0\x04\0\2\0\x10\0" + bytes(20), "表.xls", "old_excel", False, "很早"),
        (bytes(range(256)) * 4, "表.xlsx", "unknown", False, "无法识别"),
        (simple(ROWS)[:-30], "表.xlsx", "truncated", False, "不完整"),
        (xls()[:700], "表.xls", "truncated", False, "不完整"),
        (xls()[:100], "表.xls", "truncated", False, "不完整"),
    ],
)
def test_what_is_no_readable_workbook(
    data: bytes, name: str, kind: str, skipped: bool, word: str
) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(data, name)
    assert (caught.value.kind, caught.value.skipped) == (kind, skipped)
    assert word in caught.value.message
    assert skipped or "请" in caught.value.message
    # A space stands between Chinese and Latin letters, and nowhere else.
    assert not re.search(
        "[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", caught.value.message
    )
    assert not re.search("[\u4e00-\u9fff] [\u4e00-\u9fff]|  ", caught.value.message)


BINARY = bytes(20)


@pytest.mark.parametrize(
    ("data", "kind", "word"),
    [
        (b"GIF89a" + BINARY, "picture", "图片"),
        (b"BM\x36\0\0\0" + BINARY, "picture", "图片"),
        (b"II*\0\x08\0\0\0" + BINARY, "picture", "图片"),
        (b"MM\0*\0\0\0\x08" + BINARY, "picture", "图片"),
        (b"RIFF\x24\0\0\0WAVEfmt " + BINARY, "picture", "音像"),
        (b"ID3\x03\0" + BINARY, "picture", "音像"),
        (b"{\\rtf1\\ansi x}", "word", "RTF"),
        (b"MZ\x90\0" + BINARY, "program", "程序"),
        (b"\x1f\x8b\x08\0" + BINARY, "archive", "gzip"),
        (b"\x09\0\x04\0\2\0\x10\0" + BINARY, "old_excel", "很早"),
        (b"\x09\2\x06\0\0\0\x10\0" + BINARY, "old_excel", "很早"),
        (b"\x09\4\x06\0\0\0\x10\0" + BINARY, "old_excel", "很早"),
        (compound({"VisioDocument": b"x"}), "drawing", "Visio"),
        (compound({"__properties_version1.0": b"x"}), "mail", "邮件"),
        # texts that begin with the same letters
        ("BM,金额\n甲,1\n".encode(), "text", "CSV"),
        (b"MZ;1;2\n", "text", "CSV"),
        (b"ID3,x\n", "text", "CSV"),
    ],
)
def test_other_files_by_their_first_bytes(data: bytes, kind: str, word: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(data, "表.xls")
    assert caught.value.kind == kind
    assert word in caught.value.message


@pytest.mark.parametrize(
    "name",
    [
        *("html", "head", "meta", "body", "style", "script", "table", "caption", "colgroup"),
        *("thead", "tbody", "tfoot", "tr", "td", "th", "div", "span", "p", "br", "hr", "font"),
        *("center", "h1", "H6", "pre", "img", "frameset"),
    ],
)
def test_pages_may_begin_anywhere(name: str) -> None:
    """Systems export pieces of pages under the names of tables."""
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(f"<{name} class='x'>1</{name}>".encode(), "导出.xls")
    assert caught.value.kind == "html"
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(f"<{name}x>1</{name}x>".encode(), "导出.xls")
    assert caught.value.kind == "xml"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Return-Path: x\nFrom: y", "mail"),
        ("Delivered-To: x\nSubject: y", "mail"),
        ("Message-ID: x\nMIME-Version: 1.0", "mail"),
        ("To: x\nFrom: y", "mail"),
        ("Subject: x\n continued\nReceived: y", "mail"),
        ("Content-Type: multipart/related; x", "html"),
        ("From: <Saved by WPS>", "html"),
        ("To: x", "text"),
        ("Subject: x\nFrom: y", "text"),
        ("From: x\n\nTo: y", "text"),
        ("From: x\n合计 5\nTo: y", "text"),
        ("X-" + "x: 1\nX-".join(["y"] * 70) + ": 1\nFrom: x\nTo: y", "text"),
    ],
)
def test_heads_of_mails_and_saved_pages(head: str, kind: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(f"{head}\n\n正文".encode(), "导出.xls")
    assert caught.value.kind == kind


DTD = '<!DOCTYPE worksheet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sheets/s1.xml", "xl/styles.xml", "_rels/.rels"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_is_refused(part: str, encoding: str) -> None:
    parts = package_parts({"表": sheet_xml(ROWS)}, styles="<cellXfs/>")
    markup = str(parts[part])
    markup = markup[markup.index("?>") + 2 :] if markup.startswith("<?xml") else markup
    parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{DTD}{markup}'.encode(encoding)
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(zipped(parts), "表.xlsx")
    assert caught.value.kind == "hostile"


def with_flag(data: bytes) -> bytes:
    """Set the encryption flag of the first entry in the directory."""
    changed = bytearray(data)
    start = data.index(b"PK\x01\x02")
    changed[start + 8] |= 1
    return bytes(changed)


def twice(second: str) -> bytes:
    buffer = io.BytesIO(simple(ROWS))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(second, sheet_xml('<row r="1"><c r="A1"><v>2</v></c></row>'))
    return buffer.getvalue()


def lying_size() -> bytes:
    """Return a package whose directory understates a part's size."""
    big = sheet_xml(ROWS + " " * 5_000_000)
    data = zipped(package_parts({"表": big}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/sheets/s1.xml").file_size
    return data.replace(struct.pack("<I", size), struct.pack("<I", 1000))


def deep() -> str:
    return f"<x:a xmlns:x='x'>{'<x:a>' * 200}{'</x:a>' * 200}</x:a>"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (with_flag(simple(ROWS)), "encrypted"),
        (twice("XL/sheets/S1.xml"), "damaged"),
        (twice("xl\\sheets\\s1.xml"), "damaged"),
        (lying_size(), "damaged"),
        (simple(ROWS)[:9] + simple(ROWS)[9:].replace(b"PK\x03\x04", b"PK\x03\x05"), "damaged"),
        (zipped(package_parts({"表": sheet_xml("<row><c r='A1'>")})), "damaged"),
        (zipped(package_parts({"表": "<worksheet/>" + deep()})), "damaged"),
        (zipped(package_parts({"表": f"<!---->{deep()}"})), "hostile"),
        (zipped({k: v for k, v in package_parts({"表": sheet_xml(ROWS)}).items() if "s1" not in k}),
         "damaged"),
        (simple('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), "damaged"),
        (simple('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), "damaged"),
        (simple('<row r="0"><c r="A0"><v>1</v></c></row>'), "damaged"),
        (simple('<row r="1"><c r="1A"><v>1</v></c></row>'), "damaged"),
    ],
)  # fmt: skip
def test_contradictions_inside(data: bytes, kind: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(data, "表.xlsx")
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("data", "limits", "words"),
    [
        (simple(ROWS), Limits(file_bytes=100), "MB"),
        (simple(ROWS), Limits(parts=3), "个文件"),
        (simple(ROWS), Limits(part_bytes=50), "部件"),
        (simple(ROWS), Limits(total_bytes=500), "解压后共"),
        (simple(ROWS + " " * 9_000_000), Limits(), "压缩率"),
        (zipped(package_parts(dict.fromkeys("甲乙丙丁", sheet_xml("")))), Limits(sheets=3), "4 张"),
        (simple('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), Limits(), "XFD1048576"),
        (simple('<row r="9"><c r="ZZ9" t="str"><v>x</v></c></row>'), Limits(columns=100), "ZZ9"),
        (simple('<row r="9"><c r="J9"><v>1</v></c></row>'), Limits(area=80), "表"),
        (simple('<row r="1"><c r="A1" t="str"><v>长长</v></c></row>'), Limits(text_length=1), "A1"),
        (simple(ROWS + '<row r="2"><c r="B2"><v>1</v></c></row>'), Limits(cells=2), "2 个"),
        (simple('<row r="9"><c r="J9"><v>1</v></c></row>',
                "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 3 + "</mergeCells>"),
         Limits(area=200), "合并单元格"),
    ],
)  # fmt: skip
def test_limits(data: bytes, limits: Limits, words: str) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(data, "表.xlsx", limits)
    assert caught.value.kind == "too_large"
    assert words in caught.value.message
    assert "请" in caught.value.message


def far_xls() -> bytes:
    workbook = xlwt.Workbook()
    workbook.add_sheet("远").write(65535, 255, 1)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def far_ods(rows: int, columns: int) -> bytes:
    document = OpenDocumentSpreadsheet()
    table, row = Table(name="远"), TableRow(numberrowsrepeated=rows)
    cell = TableCell(valuetype="float", value="5", numbercolumnsrepeated=columns)
    cell.addElement(P(text="5"))
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    return ods(document)


@pytest.mark.parametrize("data", [far_xls(), far_ods(1048576, 1), far_ods(1, 16384)])
def test_far_content_of_other_formats(data: bytes) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(data, "表")
    assert caught.value.kind == "too_large"
    assert "“远”" in caught.value.message


def test_far_content_of_xlsb() -> None:
    with pytest.raises(WorkbookProblem) as caught:
        read_workbook(binary_package(1048575, 16383, 1.0), "表")
    assert caught.value.kind == "too_large"
    assert "XFD1048576" in caught.value.message
