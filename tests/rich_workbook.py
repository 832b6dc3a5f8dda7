"""A workbook with everything a sender may have put in, built by script.

What XlsxWriter can write comes from it; parts no library writes (form controls, WPS cell pictures,
threaded comments, slicers, pivot caches …) are added by hand in the form Excel and WPS give them.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from datetime import datetime
from typing import Any

import xlsxwriter

MAIN_SHEET = "自评表"
DETAIL_SHEET = "明细 '24"
SHEETS = (MAIN_SHEET, DETAIL_SHEET, "隐藏", "深藏")
VBA_BYTES = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"dummy macro project" * 20
SIGNATURE = b"<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/>"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
_PERSON = "{5D1E0C8A-2F34-4B6E-9A10-7C3B5E8D2F01}"
_THREAD = "{C4A7B9E2-61D8-4F0B-8E35-2A9D7F1C6B04}"


def tiny_png(colour: tuple[int, int, int] = (200, 60, 60), size: int = 24) -> bytes:
    """Return a one-colour picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    lines = (b"\0" + bytes(colour) * size) * size
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def rich_workbook(*, macros: bool = False, strict: bool = False, signed: bool = False) -> bytes:
    """Return the rich workbook, on demand as .xlsm, in strict namespaces or signed."""
    package = _Zip(_by_library(macros=macros))
    _edit_main_sheet(package)
    _add_threaded_comment(package)
    _add_form_control(package)
    _add_cell_pictures(package)
    _add_workbook_parts(package)
    if signed:
        _sign(package)
    if strict:
        _make_strict(package)
    return package.to_bytes()


class _Zip:
    """Parts by name, as text where they are XML."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.parts[name].decode()
        assert old in text, f"{name}: no {old!r}"
        self.parts[name] = text.replace(old, new, 1).encode()

    def relate(self, part: str, kind: str, target: str, mode: str = "") -> str:
        """Add a relationship; ``kind`` is a full type or a word of the standard types."""
        folder, _, name = part.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels".lstrip("/")
        number = len(re.findall(b"<Relationship ", self.parts[rels])) + 1
        full = kind if "/" in kind else f"{RELATIONS}/{kind}"
        external = f' TargetMode="{mode}"' if mode else ""
        self.replace(
            rels,
            "</Relationships>",
            f'<Relationship Id="rId{number}" Type="{full}" Target="{target}"{external}/>'
            "</Relationships>",
        )
        return f"rId{number}"

    def declare(self, part: str, content_type: str) -> None:
        self.replace(
            "[Content_Types].xml",
            "</Types>",
            f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>',
        )

    def to_bytes(self) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for number, (name, content) in enumerate(self.parts.items()):
                item = zipfile.ZipInfo(name, (2023, 11, 5, 10, number % 60, 0))
                item.external_attr = 0o600 << 16
                packed = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
                archive.writestr(item, content, packed)
        return target.getvalue()


def _by_library(*, macros: bool) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": datetime(2023, 11, 5), "title": "绩效自评"})
    if macros:
        book.add_vba_project(io.BytesIO(VBA_BYTES), True)
    pages = [book.add_worksheet(name) for name in SHEETS]
    pages[2].hide()
    pages[3].very_hidden()
    _fill_main(book, pages[0])
    _fill_detail(book, pages[1])
    for page in pages[2:]:
        page.write("A1", f"{page.name}的内容")
        page.write_formula("B1", f"={MAIN_SHEET}!C4*2", None, 200)
    book.define_name("预算数", f"={MAIN_SHEET}!$C$4")
    book.define_name("明细合计", "=SUM('明细 ''24'!$C$2:$C$6)")
    book.define_name("'隐藏'!局部", "='隐藏'!$A$1")
    pages[0].activate()
    pages[1].select()
    book.close()
    return target.getvalue()


def _fill_main(book: Any, page: Any) -> None:
    """A 自评表 with a fund block, three indicators, totals and all kinds of objects."""
    border = book.add_format({"border": 1, "align": "center", "valign": "vcenter"})
    money = book.add_format({"border": 1, "num_format": "#,##0.00_ "})
    rate = book.add_format({"border": 2, "num_format": "0.00%", "locked": True, "bold": True})
    day = book.add_format({"border": 1, "num_format": 'yyyy"年"m"月"d"日"'})
    weekday = book.add_format({"num_format": "[$-804]aaaa"})
    red = book.add_format({"font_color": "red", "bold": True})
    page.merge_range("A1:H1", "项目支出绩效自评表（2023年度）", border)
    page.write_rich_string("A2", "项目名称：", red, "困难残疾人", "补贴项目", border)
    page.write_row("A3", ["指标", "年初", "预算", "执行", "执行率", "分值", "得分", "扣分"], border)
    page.write_row("A4", ["年度资金", 90, 100, 49.88], money)
    page.write_formula("E4", "=D4/C4", rate, 0.4988)
    page.write_row("F4", [10, 4.99], money)
    page.write_formula("H4", "=F4-G4", money, 5.01)
    for row in range(5, 8):
        page.write(row - 1, 0, f"指标{row - 4}：受益≥{row}0人", border)
        page.write_row(row - 1, 5, [30, 29 + row / 10], money)
        page.write_formula(row - 1, 7, f"=F{row}-G{row}", money, 1 - row / 10)
    page.write("A8", "总分", border)
    page.write_formula("F8", "=SUM(F4:F7)", money, 100)
    page.write_formula("G8", "=SUM(G4:G7)", money, 93.79)
    page.write_formula("H8", '=IF(G8>=90,"优","良")', border, "优")
    page.write_array_formula("J4:J6", "{=F4:F6*2}", money, 20)
    page.write_dynamic_array_formula("K4", "=_xlfn.UNIQUE(F4:F7)", money, 10)
    page.write_formula("J8", '=_xlfn.DISPIMG("ID_0A1B",1)', border, '=DISPIMG("ID_0A1B",1)')
    page.write_datetime("A9", datetime(2023, 12, 31), day)
    page.write_datetime("B9", datetime(2023, 12, 31), weekday)
    page.write_string("C9", "=不是公式", border)
    page.insert_checkbox("D9", True)
    page.merge_range("A10:A12", "经验与问题", border)
    page.write_formula("B10", "=预算数*2", money, 200)
    page.write_formula("B11", '=INDIRECT("C4")', money, 100)
    page.write_formula("B12", "='明细 ''24'!C7+1", money, 16)
    page.write_formula("C12", "=TODAY()-TODAY()+1", money, 1)
    _add_objects(book, page, rate=rate, red=red, money=money)


def _add_objects(book: Any, page: Any, *, rate: Any, red: Any, money: Any) -> None:
    """Notes, pictures, chart, text box, sparkline, conditional formats and print set-up."""
    page.write_comment("G4", "原有批注：由财务填报", {"author": "填报人"})
    page.write_comment(
        "G5", "[Threaded comment]\n\n这是会话批注的副本", {"author": f"tc={_THREAD}"}
    )
    page.insert_image("J10", "章.png", {"image_data": io.BytesIO(tiny_png())})
    page.set_header("&L&G&C绩效自评", {"image_left": "头.png", **_header_picture()})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={MAIN_SHEET}!$F$4:$F$7", "name": "分值"})
    page.insert_chart("J14", chart, {"x_scale": 0.5, "y_scale": 0.5})
    page.insert_textbox("B14", "审核意见：同意", {"width": 160, "height": 40})
    page.add_sparkline("I4", {"range": f"{MAIN_SHEET}!B4:D4"})
    page.conditional_format("F4:F7", {"type": "data_bar", "data_bar_2010": True})
    page.conditional_format("G4:G7", {"type": "cell", "criteria": ">", "value": 30, "format": red})
    page.data_validation("H8", {"validate": "list", "source": ["优", "良", "中", "差"]})
    page.protect("", {"format_cells": True})
    page.set_landscape()
    page.set_paper(9)
    page.repeat_rows(0, 2)
    page.freeze_panes(3, 1)
    page.set_column("A:A", 26)
    page.set_column("M:N", 12, rate)
    page.set_row(12, 30, money)


def _header_picture() -> dict[str, Any]:
    return {"image_data_left": io.BytesIO(tiny_png((40, 90, 200)))}


def _fill_detail(book: Any, page: Any) -> None:
    page.add_table(
        "A1:C6",
        {
            "name": "明细表",
            "columns": [{"header": "序号"}, {"header": "事项"}, {"header": "金额"}],
            "data": [[number, f"事项{number}", number] for number in range(1, 6)],
        },
    )
    page.write_formula("C7", "=SUM(C2:C6)", None, 15)
    page.write_formula("D7", "=SUM(明细表[金额])", None, 15)
    page.write_formula("E7", f"={MAIN_SHEET}!E4", None, 0.4988)
    page.write_url("A9", f"internal:{MAIN_SHEET}!A1", string="返回")


_SHEET = "xl/worksheets/sheet1.xml"
_HEADER_PICTURE = '<legacyDrawingHF r:id="rId3"/>'


def _edit_main_sheet(package: _Zip) -> None:
    """Shared formulas, a revision identifier, an unknown attribute, printer settings."""
    for row in range(4, 8):
        shared = ' t="shared" ref="H4:H7" si="0">F4-G4</f>' if row == 4 else ' t="shared" si="0"/>'
        package.replace(_SHEET, f"<f>F{row}-G{row}</f>", f"<f{shared}")
    text = package.parts[_SHEET].decode()
    root = re.search(r"<worksheet[^>]*>", text)
    assert root is not None
    opened = root[0]
    if "mc:Ignorable" in opened:
        opened = re.sub(r'mc:Ignorable="([^"]*)"', r'mc:Ignorable="\1 xr wps"', opened)
    else:
        opened = opened[:-1] + (
            ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
            ' mc:Ignorable="xr wps">'
        )
    opened = opened[:-1] + (
        f' xmlns:xr="{MICROSOFT}/spreadsheetml/2014/revision" xmlns:wps="http://www.wps.cn/x"'
        ' xr:uid="{0A1B2C3D-0000-0000-0000-000000000001}" wps:kept="是">'
    )
    package.parts[_SHEET] = text.replace(root[0], opened, 1).encode()
    package.replace(_SHEET, '<c r="G6" ', '<c wps:flag="1" r="G6" ')
    settings = "xl/printerSettings/printerSettings1.bin"
    package.parts[settings] = bytes(range(256)) * 4
    identifier = package.relate(
        _SHEET, "printerSettings", "../printerSettings/printerSettings1.bin"
    )
    package.replace(_SHEET, "<pageSetup ", f'<pageSetup r:id="{identifier}" ')
    package.declare(
        settings, "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    )
    _extend_lists(package)


def _extend_lists(package: _Zip) -> None:
    """An x14 validation over another sheet and a slicer, in the sheet's extension list."""
    slicer = package.relate(
        _SHEET, f"{MICROSOFT}/2007/relationships/slicer", "../slicers/slicer1.xml"
    )
    package.parts["xl/slicers/slicer1.xml"] = (
        f'<slicers xmlns="{MICROSOFT}/spreadsheetml/2009/9/main"><slicer name="事项" '
        'cache="切片器_事项" caption="事项" rowHeight="241300"/></slicers>'
    ).encode()
    package.declare("xl/slicers/slicer1.xml", "application/vnd.ms-excel.slicer+xml")
    package.replace(
        _SHEET,
        "</extLst></worksheet>",
        f'<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{MICROSOFT}/spreadsheetml'
        f'/2009/9/main"><x14:dataValidations count="1" xmlns:xm="{MICROSOFT}/excel/2006/main">'
        '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>隐藏!$A$1:$A$3</xm:f>'
        "</x14:formula1><xm:sqref>B5:B7</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
        f'<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x14="{MICROSOFT}/spreadsheetml'
        f'/2009/9/main"><x14:slicerList><x14:slicer r:id="{slicer}"/></x14:slicerList></ext>'
        "</extLst></worksheet>",
    )


def _add_threaded_comment(package: _Zip) -> None:
    package.parts["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{MICROSOFT}/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="G5" dT="2023-11-05T02:00:00.00" '
        f'personId="{_PERSON}" id="{_THREAD}">'
        "<text>这是会话批注</text></threadedComment></ThreadedComments>"
    ).encode()
    package.parts["xl/persons/person.xml"] = (
        f'<personList xmlns="{MICROSOFT}/spreadsheetml/2018/threadedcomments"><person '
        f'displayName="填报人" id="{_PERSON}" userId="填报人" providerId="None"/></personList>'
    ).encode()
    kinds = f"{MICROSOFT}/2017/10/relationships"
    package.relate(_SHEET, f"{kinds}/threadedComment", "../threadedComments/threadedComment1.xml")
    package.relate("xl/workbook.xml", f"{kinds}/person", "persons/person.xml")
    package.declare(
        "xl/threadedComments/threadedComment1.xml",
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    package.declare("xl/persons/person.xml", "application/vnd.ms-excel.person+xml")


def _add_form_control(package: _Zip) -> None:
    """A check box of the form controls: VML with Excel's unclosed ``<br>``, and its properties."""
    package.replace(
        "xl/drawings/vmlDrawing1.vml",
        "</xml>",
        '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" '
        'path="m,l,21600r21600,l21600,xe"><v:path shadowok="f" o:connecttype="rect"/>'
        '</v:shapetype><v:shape id="_x0000_s1100" type="#_x0000_t201" style="position:absolute;'
        'margin-left:10pt;margin-top:200pt;width:80pt;height:18pt;z-index:9" filled="f" '
        'stroked="f" o:insetmode="auto"><v:textbox style="mso-direction-alt:auto" '
        'o:singleclick="f"><div style="text-align:left"><font face="宋体" size="180" '
        'color="auto">是否<br>达标</font></div></v:textbox><x:ClientData ObjectType="Checkbox">'
        "<x:SizeWithCells/><x:Anchor>0, 10, 13, 4, 1, 20, 14, 2</x:Anchor><x:AutoFill>False"
        "</x:AutoFill><x:Checked>1</x:Checked></x:ClientData></v:shape></xml>",
    )
    package.parts["xl/ctrlProps/ctrlProp1.xml"] = (
        f'<formControlPr xmlns="{MICROSOFT}/spreadsheetml/2009/9/main" objectType="CheckBox" '
        'checked="Checked" lockText="1" noThreeD="1"/>'
    ).encode()
    package.declare("xl/ctrlProps/ctrlProp1.xml", "application/vnd.ms-excel.controlproperties+xml")
    identifier = package.relate(_SHEET, "ctrlProp", "../ctrlProps/ctrlProp1.xml")
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    package.replace(
        _SHEET,
        _HEADER_PICTURE + "<extLst>",
        _HEADER_PICTURE + "<mc:AlternateContent xmlns:mc="
        '"http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice xmlns:x14="{MICROSOFT}/spreadsheetml/2009/9/main" Requires="x14"><controls>'
        f'<mc:AlternateContent><mc:Choice Requires="x14"><control shapeId="1100" '
        f'r:id="{identifier}" name="复选框 1"><controlPr defaultSize="0" autoFill="0" '
        f'autoLine="0" autoPict="0"><anchor moveWithCells="1"><from xmlns:xdr="{drawing}">'
        "<xdr:col>0</xdr:col><xdr:colOff>95250</xdr:colOff><xdr:row>13</xdr:row>"
        f'<xdr:rowOff>38100</xdr:rowOff></from><to xmlns:xdr="{drawing}"><xdr:col>1</xdr:col>'
        "<xdr:colOff>190500</xdr:colOff><xdr:row>14</xdr:row><xdr:rowOff>19050</xdr:rowOff></to>"
        "</anchor></controlPr></control></mc:Choice></mc:AlternateContent></controls></mc:Choice>"
        "</mc:AlternateContent><extLst>",
    )


def _add_cell_pictures(package: _Zip) -> None:
    """WPS pictures in cells: ``xl/cellimages.xml`` and the DISPIMG formula that shows one."""
    package.parts["xl/media/wps1.png"] = tiny_png((30, 160, 80))
    package.parts["xl/cellimages.xml"] = (
        '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
        'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:r="{RELATIONS}"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" '
        'name="ID_0A1B"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/>'
        "</xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>"
    ).encode()
    package.parts["xl/_rels/cellimages.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/image" Target="media/wps1.png"/>'
        "</Relationships>"
    ).encode()
    package.relate(
        "xl/workbook.xml",
        "http://www.wps.cn/officeDocument/2020/cellImage",
        "cellimages.xml",
    )
    package.declare("xl/cellimages.xml", "application/vnd.wps-officedocument.cellimage+xml")


def _add_workbook_parts(package: _Zip) -> None:
    """Pivot cache, slicer cache, external link, custom XML, calculation chain, protection."""
    book = "xl/workbook.xml"
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    package.parts["xl/pivotCache/pivotCacheDefinition1.xml"] = (
        f'<pivotCacheDefinition xmlns="{spreadsheet}" refreshOnLoad="0" recordCount="0">'
        '<cacheSource type="worksheet"><worksheetSource name="明细表"/></cacheSource>'
        '<cacheFields count="1"><cacheField name="事项" numFmtId="0"><sharedItems/></cacheField>'
        "</cacheFields></pivotCacheDefinition>"
    ).encode()
    package.declare("xl/pivotCache/pivotCacheDefinition1.xml", f"{types}.pivotCacheDefinition+xml")
    pivot = package.relate(book, "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    package.parts["xl/slicerCaches/slicerCache1.xml"] = (
        f'<slicerCacheDefinition xmlns="{MICROSOFT}/spreadsheetml/2009/9/main" '
        'name="切片器_事项" sourceName="事项"/>'
    ).encode()
    package.declare("xl/slicerCaches/slicerCache1.xml", "application/vnd.ms-excel.slicerCache+xml")
    cache = package.relate(
        book, f"{MICROSOFT}/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"
    )
    package.parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{spreadsheet}"><externalBook xmlns:r="{RELATIONS}" r:id="rId1">'
        '<sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>'
    ).encode()
    package.parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/externalLinkPath" Target="去年.xlsx" '
        'TargetMode="External"/></Relationships>'
    ).encode()
    package.declare("xl/externalLinks/externalLink1.xml", f"{types}.externalLink+xml")
    link = package.relate(book, "externalLink", "externalLinks/externalLink1.xml")
    package.parts["customXml/item1.xml"] = "<b:项目 xmlns:b='urn:x'>编号</b:项目>".encode()
    package.relate(book, "customXml", "../customXml/item1.xml")
    package.parts["xl/calcChain.xml"] = (
        f'<calcChain xmlns="{spreadsheet}"><c r="E4" i="1"/><c r="H4" i="1" s="1"/></calcChain>'
    ).encode()
    package.declare("xl/calcChain.xml", f"{types}.calcChain+xml")
    package.relate(book, "calcChain", "calcChain.xml")
    package.replace(book, "<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>')
    package.replace(
        book,
        "</sheets>",
        f'</sheets><externalReferences><externalReference r:id="{link}"/></externalReferences>',
    )
    package.replace(
        book,
        "</workbook>",
        f'<pivotCaches><pivotCache cacheId="7" r:id="{pivot}"/></pivotCaches><extLst><ext '
        f'uri="{{BBE1A952-AA13-448e-AADC-164F8A28A991}}" xmlns:x14="{MICROSOFT}/spreadsheetml/2009'
        f'/9/main"><x14:slicerCaches><x14:slicerCache r:id="{cache}"/></x14:slicerCaches></ext>'
        "</extLst></workbook>",
    )


def _sign(package: _Zip) -> None:
    kinds = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature"
    package.parts["_xmlsignatures/origin.sigs"] = b""
    package.parts["_xmlsignatures/sig1.xml"] = SIGNATURE
    package.parts["_xmlsignatures/_rels/origin.sigs.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kinds}/signature" Target="sig1.xml"/></Relationships>'
    ).encode()
    text = package.parts["_rels/.rels"].decode()
    package.parts["_rels/.rels"] = text.replace(
        "</Relationships>",
        f'<Relationship Id="rIdS" Type="{kinds}/origin" Target="_xmlsignatures/origin.sigs"/>'
        "</Relationships>",
    ).encode()
    package.replace(
        "[Content_Types].xml",
        "<Default ",
        '<Default Extension="sigs" ContentType="application/vnd.openxmlformats-package.'
        'digital-signature-origin"/><Default ',
    )
    package.declare(
        "_xmlsignatures/sig1.xml",
        "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml",
    )


_STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    ),
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    b"http://schemas.openxmlformats.org/drawingml/2006/": b"http://purl.oclc.org/ooxml/drawingml/",
}


def _make_strict(package: _Zip) -> None:
    """Write the parts in the namespaces of strict OOXML, as "严格 Open XML 电子表格" does."""
    for name, content in package.parts.items():
        if name.endswith((".xml", ".rels")):
            text = content
            for old, new in _STRICT.items():
                text = text.replace(old, new)
            package.parts[name] = text
