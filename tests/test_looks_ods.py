"""How the sheets of .ods files look: what odfpy writes, read back, and files made to harm."""

from __future__ import annotations

import io
import time

import pytest
from odf.config import (
    ConfigItem,
    ConfigItemMapEntry,
    ConfigItemMapIndexed,
    ConfigItemMapNamed,
    ConfigItemSet,
)
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import (
    DefaultStyle,
    FontFace,
    MasterPage,
    PageLayout,
    PageLayoutProperties,
    ParagraphProperties,
    Style,
    TableCellProperties,
    TableColumnProperties,
    TableProperties,
    TableRowProperties,
    TextProperties,
)
from odf.table import (
    CoveredTableCell,
    Table,
    TableCell,
    TableColumn,
    TableColumnGroup,
    TableColumns,
    TableHeaderColumns,
    TableHeaderRows,
    TableRow,
    TableRowGroup,
)
from odf.text import P
from open_document_bytes import raw, table

from selfeval_xl.workbooks.guard import open_container
from selfeval_xl.workbooks.legacy_looks import read_looks
from selfeval_xl.workbooks.limits import DEFAULT, Limits
from selfeval_xl.workbooks.looks import MOST_STYLED, Columns, Edge, Look, Page, Row, SheetLooks
from selfeval_xl.workbooks.open_document_looks import looks
from selfeval_xl.workbooks.open_document_values import edge

THIN = Edge(1, "000000")


class Book:
    """A document with one sheet 表, styles added to it by name."""

    def __init__(self, **table: str) -> None:
        self.document = OpenDocumentSpreadsheet()
        self.table = Table(name="表", **table)
        self.document.spreadsheet.addElement(self.table)

    def style(
        self, name: str, family: str, *properties: Element, common: bool = False, **more: str
    ) -> None:
        style = Style(name=name, family=family, **more)
        for each in properties:
            style.addElement(each)
        (self.document.styles if common else self.document.automaticstyles).addElement(style)

    def row(self, *cells: Element, **more: object) -> None:
        self.table.addElement(row(*cells, **more))

    def read(self) -> SheetLooks:
        buffer = io.BytesIO()
        self.document.write(buffer)
        (sheet,) = read_looks(buffer.getvalue(), "表.ods", DEFAULT).values()
        return sheet


def row(*cells: Element, **more: object) -> Element:
    made = TableRow(**more)
    for each in cells:
        made.addElement(each)
    return made


def cell(text: str = "", style: str = "", **more: object) -> Element:
    if style:
        more["stylename"] = style
    made = TableCell(**({"valuetype": "string"} if text else {}), **more)
    if text:
        made.addElement(P(text=text))
    return made


def read_raw(data: bytes, limits: Limits = DEFAULT) -> dict[str, SheetLooks]:
    """Read without the door that hides errors."""
    _, container = open_container(data, "表.ods", limits)
    assert container is not None
    return looks(container, limits)


FILLED = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
BOXED = (
    '<style:style style:name="框" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.74pt solid #000000"/></style:style>'
)


def test_a_style_with_everything() -> None:
    book = Book()
    book.style(
        "全",
        "table-cell",
        TableCellProperties(
            backgroundcolor="#ffe699",
            borderleft="0.74pt solid #000000",
            borderright="1.76pt solid #ff0000",
            bordertop="none",
            borderbottom="2.49pt double #00ff00",
            verticalalign="middle",
            wrapoption="wrap",
            textalignsource="fix",
            shrinktofit="true",
            rotationangle="45",
        ),
        ParagraphProperties(textalign="end", marginleft="21pt"),
        TextProperties(
            fontname="宋体",
            fontnameasian="宋体",
            fontsize="10.5pt",
            fontsizeasian="10.5pt",
            fontweight="bold",
            fontweightasian="bold",
            fontstyle="italic",
            fontstyleasian="italic",
            textunderlinestyle="solid",
            textlinethroughstyle="solid",
            color="#1f4e79",
        ),
    )
    book.row(cell("评分", "全"))
    assert book.read().cells[0, 0] == Look(
        font="宋体",
        size=10.5,
        bold=True,
        italic=True,
        underline=True,
        struck=True,
        colour="1F4E79",
        fill="FFE699",
        left=Edge(1, "000000"),
        right=Edge(2, "FF0000"),
        top=Edge(),
        bottom=Edge(6, "00FF00"),
        horizontal="right",
        vertical="vcenter",
        wrapped=True,
        shrunk=True,
        indent=2,
        rotation=45,
    )


def test_parents_and_defaults_say_what_a_style_does_not() -> None:
    book = Book()
    default = DefaultStyle(family="table-cell")
    default.addElement(TextProperties(fontname="宋体", fontsize="12pt", color="#333333"))
    book.document.styles.addElement(default)
    book.style("Default", "table-cell", TextProperties(fontsize="11pt"), common=True)
    book.style(
        "表头",
        "table-cell",
        TableCellProperties(backgroundcolor="#dddddd", border="0.74pt solid #000000"),
        TextProperties(fontweight="bold"),
        common=True,
        parentstylename="Default",
    )
    book.style(
        "左开",
        "table-cell",
        TableCellProperties(borderleft="none"),
        TextProperties(usewindowfontcolor="true", fontweight="normal"),
        parentstylename="表头",
    )
    book.row(cell("一", "左开"), cell("二", "表头"), cell("三"), cell("四", "没有"))
    read = book.read().cells
    header = Look(
        font="宋体",
        size=11,
        bold=True,
        colour="333333",
        fill="DDDDDD",
        left=THIN,
        right=THIN,
        top=THIN,
        bottom=THIN,
    )
    assert read[0, 1] == header
    assert read[0, 0] == header._replace(left=Edge(), bold=False, colour="")
    # Cells of no style are shown in the style called Default, those of a lost one in the defaults.
    assert read[0, 2] == Look(font="宋体", size=11, colour="333333")
    assert read[0, 3] == Look(font="宋体", size=12, colour="333333")


@pytest.mark.parametrize(
    ("own", "parent", "text", "expected"),
    [
        # Both are told: the script of the text decides, digits going with Chinese.
        ({"fontname": "Arial", "fontnameasian": "黑体"}, {}, "预算数", "黑体"),
        ({"fontname": "Arial", "fontnameasian": "黑体"}, {}, "C3 预算数", "黑体"),
        ({"fontname": "Arial", "fontnameasian": "黑体"}, {}, "1,234.50", "黑体"),
        ({"fontname": "Arial", "fontnameasian": "黑体"}, {}, "Total", "Arial"),
        # One is told nearer: it was meant.
        ({"fontname": "仿宋"}, {"fontname": "Arial", "fontnameasian": "黑体"}, "预算数", "仿宋"),
        ({"fontnameasian": "楷体"}, {"fontname": "Arial"}, "Total", "楷体"),
        ({}, {"fontname": "Arial", "fontnameasian": "黑体"}, "Total", "Arial"),
        # Fonts may be given by family, quoted or in lists.
        ({"fontfamily": "'Noto Sans CJK SC', sans-serif"}, {}, "预算数", "Noto Sans CJK SC"),
        ({"fontname": "别名"}, {}, "预算数", "方正小标宋简体"),
    ],
)
def test_the_font_of_two(
    own: dict[str, str], parent: dict[str, str], text: str, expected: str
) -> None:
    book = Book()
    book.document.fontfacedecls.addElement(FontFace(name="别名", fontfamily="'方正小标宋简体'"))
    book.style("上级", "table-cell", TextProperties(**parent), common=True)
    book.style("本级", "table-cell", TextProperties(**own), parentstylename="上级")
    book.row(cell(text, "本级"))
    assert book.read().cells[0, 0].font == expected


def test_size_and_weight_follow_the_script_too() -> None:
    book = Book()
    book.style(
        "两样",
        "table-cell",
        TextProperties(
            fontsize="10pt", fontsizeasian="12pt", fontweight="normal", fontweightasian="700"
        ),
    )
    book.row(cell("合计", "两样"), cell("Total", "两样"))
    read = book.read().cells
    assert (read[0, 0].size, read[0, 0].bold) == (12, True)
    assert (read[0, 1].size, read[0, 1].bold) == (10, False)


@pytest.mark.parametrize(
    ("border", "expected"),
    [
        ("0.06pt solid #000000", Edge(7, "000000")),
        ("0.74pt solid #000000", Edge(1, "000000")),
        ("0.026cm solid #4472c4", Edge(1, "4472C4")),
        ("1.5pt solid #000000", Edge(1, "000000")),
        ("1.76pt solid #000000", Edge(2, "000000")),
        ("2.49pt solid #000000", Edge(5, "000000")),
        ("0.74pt fine-dashed #000000", Edge(3, "000000")),
        ("0.74pt dashed #000000", Edge(3, "000000")),
        ("0.74pt dotted #000000", Edge(4, "000000")),
        ("1.76pt double-thin #000000", Edge(6, "000000")),
        ("1.76pt dashed #000000", Edge(8, "000000")),
        ("0.74pt dash-dot #000000", Edge(9, "000000")),
        ("1.76pt dash-dot #000000", Edge(10, "000000")),
        ("0.74pt dash-dot-dot #000000", Edge(11, "000000")),
        ("1.76pt dash-dot-dot #000000", Edge(12, "000000")),
        ("1.76pt fine-dashed #000000", Edge(13, "000000")),
        # Excel writes words for widths.
        ("thin solid #000000", Edge(1, "000000")),
        ("medium solid #000000", Edge(2, "000000")),
        ("thick solid", Edge(5)),
        ("none", Edge()),
        ("hidden", Edge()),
        ("0.74pt none #000000", Edge()),
        ("0pt solid #000000", Edge()),
        ("solid", Edge()),
        ("0.74pt #000000", Edge()),
        ("", Edge()),
        ("1e9pt solid", Edge()),
        ("-3pt solid #000000", Edge()),
        ("0.74pt wavy #zzzzzz", Edge(1)),
    ],
)
def test_lines(border: str, expected: Edge) -> None:
    book = Book()
    book.style("线", "table-cell", TableCellProperties(border=border))
    book.row(cell("x", "线"))
    read = book.read().cells[0, 0]
    assert (read.left, read.right, read.top, read.bottom) == (expected,) * 4


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("solid", (7, 1, 2, 5)),
        ("dotted", (4, 4, 13, 13)),
        ("dashed", (4, 3, 8, 8)),
        ("fine-dashed", (3, 3, 13, 13)),
        ("dash-dot", (3, 9, 10, 10)),
        ("dash-dot-dot", (3, 11, 12, 12)),
        ("double", (6, 6, 6, 6)),
        ("double-thin", (6, 6, 6, 6)),
        ("none", (0, 0, 0, 0)),
        ("hidden", (0, 0, 0, 0)),
    ],
)
def test_lines_of_all_widths(kind: str, expected: tuple[int, ...]) -> None:
    """As LibreOffice writes them to .xlsx, but a line called double is one."""
    widths = ("0.3pt", "0.74pt", "1.76pt", "2.49pt")
    assert tuple(edge(f"{width} {kind} #000000").style for width in widths) == expected


@pytest.mark.parametrize(
    ("cells", "paragraph", "expected"),
    [
        ({}, {"textalign": "start"}, ("left", "", 0, 0)),
        ({}, {"textalign": "left"}, ("left", "", 0, 0)),
        ({}, {"textalign": "right"}, ("right", "", 0, 0)),
        ({}, {"textalign": "center"}, ("center", "", 0, 0)),
        ({}, {"textalign": "justify"}, ("justify", "", 0, 0)),
        # By the kind of the value: what is said of the text's alignment does not count.
        ({"textalignsource": "value-type"}, {"textalign": "end"}, ("", "", 0, 0)),
        ({"repeatcontent": "true"}, {"textalign": "start"}, ("fill", "", 0, 0)),
        ({"verticalalign": "top"}, {}, ("", "top", 0, 0)),
        ({"verticalalign": "bottom"}, {}, ("", "bottom", 0, 0)),
        ({"verticalalign": "automatic"}, {}, ("", "", 0, 0)),
        # Indents are of steps of about a character, and of texts at a side only.
        ({}, {"textalign": "start", "marginleft": "0.1457in"}, ("left", "", 1, 0)),
        ({}, {"textalign": "start", "marginleft": "1.111cm"}, ("left", "", 3, 0)),
        ({}, {"textalign": "start", "marginleft": "9999in"}, ("left", "", 250, 0)),
        ({}, {"textalign": "center", "marginleft": "1in"}, ("center", "", 0, 0)),
        ({"rotationangle": "90"}, {}, ("", "", 0, 90)),
        ({"rotationangle": "315deg"}, {}, ("", "", 0, -45)),
        ({"rotationangle": "270"}, {}, ("", "", 0, -90)),
        ({"rotationangle": "135"}, {}, ("", "", 0, -45)),
        ({"rotationangle": "405"}, {}, ("", "", 0, 45)),
        ({"rotationangle": "-45"}, {}, ("", "", 0, -45)),
        ({"rotationangle": "99999"}, {}, ("", "", 0, 0)),
        ({"direction": "ttb"}, {}, ("", "", 0, 270)),
    ],
)
def test_alignment(
    cells: dict[str, str], paragraph: dict[str, str], expected: tuple[str, str, int, int]
) -> None:
    book = Book()
    book.style("齐", "table-cell", TableCellProperties(**cells), ParagraphProperties(**paragraph))
    book.row(cell("x", "齐"))
    read = book.read().cells[0, 0]
    assert (read.horizontal, read.vertical, read.indent, read.rotation) == expected


def test_alignments_odfpy_cannot_write() -> None:
    style = (
        '<style:style style:name="匀" style:family="table-cell">'
        '<style:table-cell-properties style:vertical-align="justify"'
        ' l:vertical-justify="distribute" xmlns:l="urn:l"/>'
        '<style:paragraph-properties fo:text-align="justify"'
        ' c:text-justify="distribute" xmlns:c="urn:c"/></style:style>'
    )
    filled = FILLED.replace(" office", ' table:style-name="匀" office')
    data = raw(table(f"<table:table-row>{filled}</table:table-row>"), style)
    read = read_raw(data)["表"].cells[0, 0]
    assert (read.horizontal, read.vertical) == ("distributed", "vdistributed")


def test_columns() -> None:
    book = Book()
    for name, width in (("宽", " 2in"), ("窄", "1cm"), ("常", "0.889in"), ("坏", "很宽")):
        book.style(name, "table-column", TableColumnProperties(columnwidth=width))
    book.style("底", "table-cell", TableCellProperties(backgroundcolor="#eeeeee"))
    headers, group, inside = TableHeaderColumns(), TableColumnGroup(display="false"), TableColumns()
    headers.addElement(TableColumn(stylename="宽"))
    inside.addElement(TableColumn(stylename="窄", numbercolumnsrepeated=2))
    group.addElement(inside)
    for each in (
        headers,
        group,
        TableColumn(stylename="窄", visibility="collapse"),
        TableColumn(stylename="窄", visibility="filter"),
        TableColumn(stylename="宽", defaultcellstylename="底", numbercolumnsrepeated=3),
        TableColumn(stylename="坏"),
        TableColumn(stylename="常"),
        TableColumn(stylename="常", numbercolumnsrepeated=16374),
    ):
        book.table.addElement(each)
    book.row(cell("x"))
    read = book.read()
    assert read.usual_pixels == 85
    assert read.columns == [
        Columns(0, 0, 192),
        Columns(1, 2, 38, hidden=True),
        Columns(3, 3, 38, hidden=True),
        Columns(4, 4, 38, hidden=True),
        Columns(5, 7, 192, look=Look(fill="EEEEEE")),
        Columns(8, 8, None),
    ]


def test_columns_hidden_to_the_end() -> None:
    book = Book()
    book.table.addElement(TableColumn())
    book.table.addElement(TableColumn(visibility="collapse", numbercolumnsrepeated=99999))
    book.row(cell("x"))
    read = book.read()
    assert read.columns == [Columns(0, 0), Columns(1, 16383, hidden=True)]
    assert read.usual_pixels is None


def test_rows() -> None:
    book = Book()
    best, own = {"useoptimalrowheight": "true"}, {"useoptimalrowheight": "false"}
    book.style("高", "table-row", TableRowProperties(rowheight="1.058cm", **own))
    book.style("自", "table-row", TableRowProperties(rowheight="0.2083in", **best))
    book.style("淡", "table-cell", TableCellProperties(backgroundcolor="#eeeeee"))
    headers, group = TableHeaderRows(), TableRowGroup(display="false")
    headers.addElement(row(cell("x"), stylename="高"))
    group.addElement(row(cell(), stylename="自", numberrowsrepeated=2))
    book.table.addElement(headers)
    book.table.addElement(group)
    book.row(cell(), stylename="自", visibility="collapse")
    book.row(cell(), stylename="自", visibility="filter")
    book.row(cell(), stylename="自", defaultcellstylename="淡")
    book.row(cell(style="淡", numbercolumnsrepeated=16384), stylename="自")
    book.row(cell("y"), stylename="自")
    book.row(cell(numbercolumnsrepeated=16384), stylename="自", numberrowsrepeated=1048568)
    read = book.read()
    assert read.usual_points == 15
    # Heights found by the program are kept: Excel would not look at merged cells.
    assert read.rows == {
        0: Row(30),
        1: Row(15, hidden=True),
        2: Row(15, hidden=True),
        3: Row(15, hidden=True),
        4: Row(15, hidden=True),
        5: Row(15, look=Look(fill="EEEEEE")),
        6: Row(15, look=Look(fill="EEEEEE")),
        7: Row(15),
    }
    assert set(read.cells) == {(0, 0), (7, 0)}


def test_blanks_with_a_look_of_their_own() -> None:
    book = Book()
    book.style("框", "table-cell", TableCellProperties(border="0.74pt solid #000000"))
    book.style("底", "table-cell", TableCellProperties(backgroundcolor="#eeeeee"))
    book.style("素", "table-cell")
    book.table.addElement(TableColumn())
    book.table.addElement(TableColumn(defaultcellstylename="底"))
    book.row(cell("一"), cell("二"))
    book.row(cell(style="框"), cell(style="框"), cell(style="框", numbercolumnsrepeated=2))
    book.row(cell(style="素"), cell(style="底"), cell())
    book.row(cell(), cell(style="素"), defaultcellstylename="框", numberrowsrepeated=2)
    read = book.read()
    boxed, shaded = Look(left=THIN, right=THIN, top=THIN, bottom=THIN), Look(fill="EEEEEE")
    assert read.cells == {
        (0, 0): Look(),
        (0, 1): shaded,
        **{(1, column): boxed for column in range(4)},
        # What the column or the row gives its blanks is not said again.
        (3, 1): Look(),
        (4, 1): Look(),
    }
    assert {number: found.look for number, found in read.rows.items()} == {3: boxed, 4: boxed}


def test_a_merged_range_is_framed_by_its_first_cells_border() -> None:
    book = Book()
    book.style("框", "table-cell", TableCellProperties(border="0.74pt solid #000000"))
    book.style("粗", "table-cell", TableCellProperties(borderright="1.76pt solid #ff0000"))
    book.row(cell())
    first = cell("合并", "框", numbercolumnsspanned=3, numberrowsspanned=3)
    book.row(cell(), first, CoveredTableCell(), CoveredTableCell())
    book.row(cell(), CoveredTableCell(), CoveredTableCell(), CoveredTableCell(stylename="粗"))
    book.row(cell(), CoveredTableCell(numbercolumnsrepeated=3))
    assert book.read().cells == {
        (1, 1): Look(left=THIN, top=THIN, right=THIN, bottom=THIN),
        (1, 2): Look(top=THIN),
        (1, 3): Look(top=THIN, right=THIN),
        (2, 1): Look(left=THIN),
        (2, 3): Look(right=Edge(2, "FF0000")),
        (3, 1): Look(left=THIN, bottom=THIN),
        (3, 2): Look(bottom=THIN),
        (3, 3): Look(right=THIN, bottom=THIN),
    }


def test_a_frame_ends_with_its_range_and_leaves_the_look_of_the_column() -> None:
    book = Book()
    book.style("框", "table-cell", TableCellProperties(border="0.74pt solid #000000"))
    book.style("底", "table-cell", TableCellProperties(backgroundcolor="#eeeeee"))
    book.table.addElement(TableColumn())
    book.table.addElement(TableColumn(defaultcellstylename="底"))
    book.table.addElement(TableColumn(numbercolumnsrepeated=3))
    merged = cell("合并", "框", numbercolumnsspanned=2, numberrowsspanned=2)
    book.row(merged, CoveredTableCell(), cell(numbercolumnsrepeated=2), cell("右"))
    book.row(CoveredTableCell(), CoveredTableCell())
    book.row(cell(), numberrowsrepeated=2)
    book.row(cell("下"))
    assert book.read().cells == {
        (0, 0): Look(left=THIN, top=THIN, right=THIN, bottom=THIN),
        (0, 1): Look(fill="EEEEEE", top=THIN, right=THIN),
        (0, 4): Look(),
        (1, 0): Look(left=THIN, bottom=THIN),
        (1, 1): Look(fill="EEEEEE", right=THIN, bottom=THIN),
        (4, 0): Look(),
    }


def test_blanks_of_rows_and_columns_have_the_font_of_chinese_text() -> None:
    book = Book()
    fonts = TextProperties(fontname="Arial", fontnameasian="黑体")
    book.style("两样", "table-cell", fonts, TableCellProperties(backgroundcolor="#eeeeee"))
    book.table.addElement(TableColumn(defaultcellstylename="两样"))
    book.row(cell("x"), defaultcellstylename="两样")
    read = book.read()
    shown = Look(font="黑体", fill="EEEEEE")
    assert (read.columns[0].look, read.rows[0].look) == (shown, shown)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ({"pagewidth": "21.001cm", "pageheight": "29.7cm"}, Page(paper=9)),
        (
            {"pagewidth": "11.6929in", "pageheight": "8.2681in", "printorientation": "landscape"},
            Page(landscape=True, paper=9),
        ),
        ({"pagewidth": "420mm", "pageheight": "297mm"}, Page(landscape=True, paper=8)),
        ({"pagewidth": "8.5in", "pageheight": "11in"}, Page(paper=1)),
        ({"pagewidth": "8.5in", "pageheight": "14in"}, Page(paper=5)),
        ({"pagewidth": "148mm", "pageheight": "210mm"}, Page(paper=11)),
        ({"pagewidth": "257mm", "pageheight": "364mm"}, Page(paper=12)),
        ({"pagewidth": "182mm", "pageheight": "257mm"}, Page(paper=13)),
        ({"pagewidth": "190mm", "pageheight": "265mm"}, Page()),
        (
            {"pagewidth": "21cm", "pageheight": "29.7cm", "printorientation": "landscape"},
            Page(landscape=True, paper=9),
        ),
        ({"pagewidth": "297mm", "pageheight": "210mm"}, Page(landscape=True, paper=9)),
        ({"pagewidth": "1cm", "pageheight": "0cm"}, Page()),
        (
            {"margin": "1in", "marginleft": "0.5in", "tablecentering": "horizontal"},
            Page(margins=(0.5, 1.0, 1.0, 1.0), centred=True),
        ),
        ({"marginleft": "1cm"}, Page()),
        ({"scaleto": "85%"}, Page(scale=85)),
        ({"scaleto": " 85.5% "}, Page(scale=85)),
        ({"scaleto": "12345%"}, Page()),
        ({"scaleto": "999%"}, Page(scale=400)),
        ({"scaleto": "99999999999%"}, Page()),
        ({"scaleto": "1%"}, Page(scale=10)),
        ({"scaletopages": "3"}, Page(fit=(1, 3))),
        ({}, Page()),
    ],
)
def test_pages(layout: dict[str, str], expected: Page) -> None:
    book = Book(stylename="页")
    book.style("页", "table", TableProperties(display="true"), masterpagename="母版")
    made = PageLayout(name="版式")
    made.addElement(PageLayoutProperties(**layout))
    book.document.automaticstyles.addElement(made)
    book.document.masterstyles.addElement(MasterPage(name="母版", pagelayoutname="版式"))
    book.row(cell("x"))
    assert book.read().page == expected


@pytest.mark.parametrize(
    ("told", "fit"),
    [
        ('style:scale-to-X="1"', (1, 0)),
        ('style:scale-to-Y="2"', (0, 2)),
        ('style:scale-to-X="99999" style:scale-to-Y="99999"', (32_767, 32_767)),
        ('style:scale-to-X="1" style:scale-to-pages="3"', (1, 0)),
    ],
)
def test_pages_fitted_in_width_or_height(told: str, fit: tuple[int, int]) -> None:
    styles = (
        "<office:document-styles{spaces}><office:automatic-styles><style:page-layout"
        f' style:name="版式"><style:page-layout-properties {told}/>'
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="母版" style:page-layout-name="版式"/>'
        '<style:master-page style:name="空" style:page-layout-name="没有"/>'
        "</office:master-styles></office:document-styles>"
    )
    body = table(f"<table:table-row>{FILLED}</table:table-row>")
    style = '<style:style style:name="页" style:family="table" style:master-page-name="{}"/>'
    body = body.replace(" table:name", ' table:style-name="页" table:name')
    found = read_raw(raw(body, style.format("母版"), styles_xml=styles))
    assert found["表"].page == Page(fit=fit)
    assert read_raw(raw(body, style.format("空"), styles_xml=styles))["表"].page is None
    assert read_raw(raw(body, style.format("母版")))["表"].page is None


def shown(**items: str) -> SheetLooks:
    """Return a sheet whose window is described by the items; ShowGrid_ is that of all sheets."""
    book = Book()
    book.row(cell("x"))
    entry, tables, sheet = (
        ConfigItemMapEntry(),
        ConfigItemMapNamed(name="Tables"),
        ConfigItemMapEntry(name="表"),
    )
    for name, value in items.items():
        item = ConfigItem(name=name.rstrip("_"), type="string")
        item.addText(value)
        (entry if name.endswith("_") else sheet).addElement(item)
    views, whole = ConfigItemMapIndexed(name="Views"), ConfigItemSet(name="ooo:view-settings")
    for outer, inner in ((tables, sheet), (entry, tables), (views, entry), (whole, views)):
        outer.addElement(inner)
    book.document.settings.addElement(whole)
    return book.read()


@pytest.mark.parametrize(
    ("items", "frozen"),
    [
        (("2", "1", "2", "3"), (3, 1)),
        (("0", "1", "2", "3"), (3, 0)),
        (("2", "2", "1", "900"), (0, 2)),  # a split in points freezes nothing
        (("1", "500", "1", "900"), None),
        (("2", "16383", "2", "1048575"), (1_048_575, 16_383)),
        (("2", "16384", "2", "1"), None),
        (("2", "0", "2", "0"), None),
        (("2", "99999999", "2", "1"), None),
        (("2", "-1", "2", "一"), None),
    ],
)
def test_frozen_cells(items: tuple[str, ...], frozen: tuple[int, int] | None) -> None:
    names = (
        f"{way}Split{what}" for way in ("Horizontal", "Vertical") for what in ("Mode", "Position")
    )
    assert shown(**dict(zip(names, items, strict=True))).frozen == frozen


def test_grid_lines() -> None:
    assert not shown(ShowGrid="false").gridlines
    assert shown(ShowGrid="true", ShowGrid_="false").gridlines
    assert not shown(ShowGrid_="false").gridlines
    assert shown().gridlines


def test_parents_in_a_circle() -> None:
    style = '<style:style style:name="{}" style:family="{}" style:parent-style-name="{}"/>'
    styles = "".join(
        style.format(name, family, parent)
        for family in ("table-cell", "table-column", "table-row")
        for name, parent in (("甲", "乙"), ("乙", "甲"), ("丙", "丙"))
    )
    filled = FILLED.replace(" office", ' table:style-name="{}" office')
    cells = "".join(filled.format(name) for name in "甲乙丙")
    columns = "".join(f'<table:table-column table:style-name="{name}"/>' for name in "甲乙丙")
    rows = f'{columns}<table:table-row table:style-name="丙">{cells}</table:table-row>'
    read = read_raw(raw(table(rows), styles))["表"]
    assert read.cells == {(0, column): Look() for column in range(3)}
    assert read.columns == [Columns(column, column) for column in range(3)]


def test_a_long_line_of_parents_ends() -> None:
    style = '<style:style style:name="{}" style:family="table-cell" style:parent-style-name="{}"/>'
    styles = "".join(style.format(number, number + 1) for number in range(50_000))
    cells = "".join(
        FILLED.replace(" office", f' table:style-name="{number}" office') for number in range(50)
    )
    data = raw(table(f"<table:table-row>{cells}</table:table-row>"), styles)
    assert len(read_raw(data)["表"].cells) == 50


FAR_CELL = '<table:table-cell table:style-name="框" table:number-columns-repeated="16384"/>'
FAR_ROW = f'<table:table-row table:number-rows-repeated="1048576">{FAR_CELL}</table:table-row>'
BLANK_ROW = '<table:table-row table:number-rows-repeated="{}"><table:table-cell/></table:table-row>'


def test_blanks_far_from_the_content_are_left_out() -> None:
    boxed = '<table:table-cell table:style-name="框"/>'
    rows = (
        f"<table:table-row>{FILLED}{boxed}{FAR_CELL}</table:table-row>"
        f"<table:table-row>{boxed}</table:table-row>"
        f"{BLANK_ROW.format(2000)}<table:table-row>{boxed}</table:table-row>{FAR_ROW}"
    )
    read = read_raw(raw(table(rows), BOXED))["表"]
    look = Look(left=THIN, right=THIN, top=THIN, bottom=THIN)
    # The endless rest of the first row is what its blanks look like.
    assert read.rows == {0: Row(look=look)}
    assert read.cells == {(0, 0): Look(), (1, 0): look}


def test_blanks_near_the_widest_and_the_lowest_content_are_kept() -> None:
    boxed = '<table:table-cell table:style-name="框"/>'
    blanks = '<table:table-cell table:number-columns-repeated="{}"/>'
    rows = (
        f"<table:table-row>{blanks.format(150)}{FILLED}</table:table-row>"
        f"<table:table-row>{FILLED}{blanks.format(249)}{boxed}</table:table-row>"
        f"{BLANK_ROW.format(999)}<table:table-row>{boxed}</table:table-row>"
        f"<table:table-row>{boxed}</table:table-row><table:table-row>{boxed}</table:table-row>"
    )
    read = read_raw(raw(table(rows), BOXED))["表"]
    look = Look(left=THIN, right=THIN, top=THIN, bottom=THIN)
    # Up to a hundred columns and a thousand rows beyond.
    assert read.cells == {(0, 150): Look(), (1, 0): Look(), (1, 250): look, (1001, 0): look}


@pytest.mark.parametrize(
    ("rows", "styles"),
    [
        (FAR_ROW * 50, BOXED),
        # A range over everything, whose outline alone is a million cells.
        (
            '<table:table-row><table:table-cell table:style-name="框"'
            ' table:number-rows-spanned="999999999" table:number-columns-spanned="999999999"/>'
            "</table:table-row>" * 200 + FAR_ROW,
            BOXED,
        ),
        # Content at two corners, everything between them blank and framed.
        (
            f'<table:table-row><table:table-cell table:number-columns-repeated="1999"/>{FILLED}'
            "</table:table-row>"
            '<table:table-row table:number-rows-repeated="99000">'
            '<table:table-cell table:style-name="框" table:number-columns-repeated="2000"/>'
            f"</table:table-row><table:table-row>{FILLED}</table:table-row>",
            BOXED,
        ),
        # The same, row by row, nothing of it different from what the column says; what lies far
        # out must not count as less than nothing.
        (
            f'<table:table-row><table:table-cell table:number-columns-repeated="1999"/>{FILLED}'
            '<table:table-cell table:number-columns-repeated="999999999"/>'
            '<table:table-cell table:style-name="没有"/></table:table-row>'
            + (
                '<table:table-row><table:table-cell table:style-name="没有"'
                ' table:number-columns-repeated="2000"/></table:table-row>'
            )
            * 20_000
            + f"<table:table-row>{FILLED}</table:table-row>",
            BOXED,
        ),
        # As many merged ranges as cells, none of which shows anything.
        (
            '<table:table-row table:number-rows-repeated="99999">'
            + '<table:table-cell table:number-columns-spanned="2"/>' * 1_900
            + f"</table:table-row><table:table-row>{FILLED}</table:table-row>",
            BOXED,
        ),
        ('<table:table-column table:number-columns-repeated="999999999"/>' * 999, BOXED),
        (
            '<table:table-row table:number-rows-repeated="-5">'
            '<table:table-cell table:number-columns-repeated="1e9"/>'
            '<table:table-cell table:style-name="框" table:number-columns-repeated="九"/>'
            "</table:table-row>",
            BOXED,
        ),
    ],
)
def test_huge_repetitions_end_at_once(rows: str, styles: str) -> None:
    data = raw("".join(table(rows, f"表{number}") for number in range(5)), styles)
    started = time.perf_counter()
    found = read_raw(data)
    assert time.perf_counter() - started < 20
    assert len(found) == 5
    assert all(len(sheet.cells) <= MOST_STYLED + 1 for sheet in found.values())
    assert sum(len(sheet.cells) for sheet in found.values()) <= DEFAULT.cells
    assert sum(len(sheet.rows) for sheet in found.values()) <= DEFAULT.rows
    assert all(each.last < 16384 for sheet in found.values() for each in sheet.columns)


def test_blanks_take_no_room_from_content() -> None:
    blank = '<table:table-row table:number-rows-repeated="900">' + FAR_CELL.replace("16384", "90")
    content = f"<table:table-row>{FILLED * 3}</table:table-row>"
    sheets = (table(f"{blank}</table:table-row>{content}", f"表{number}") for number in range(4))
    found = read_raw(raw("".join(sheets), BOXED), Limits(cells=10))
    # 81,000 framed blanks each, as long as there is room for them in the file.
    counts = [len(sheet.cells) for sheet in found.values()]
    assert counts == [81_003, 81_003, MOST_STYLED - 162_000 + 3, 1]


def test_many_styles() -> None:
    style = BOXED.replace("框", "{}")
    filled = FILLED.replace(" office", ' table:style-name="{}" office')
    rows = "".join(
        "<table:table-row>{}</table:table-row>".format(
            "".join(filled.format(f"{row}-{number}") for number in range(1_900))
        )
        for row in range(10)
    )
    names = (f"{row}-{number}" for row in range(10) for number in range(1_900))
    read = read_raw(raw(table(rows), "".join(style.format(name) for name in names)))["表"]
    assert len(read.cells) == 19_000
    # Excel opens no file with more looks than about six times as many.
    assert read.cells[0, 0].left == THIN
    assert read.cells[9, 1_899] == Look()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"styles_xml": "<a", "settings_xml": "<b>"},
        {"styles_xml": "<a/>", "settings_xml": "<b/>"},
        {"settings_xml": '<config:config-item-map-named{spaces} config:name="Tables"/>'},
    ],
)
def test_missing_and_damaged_parts(parts: dict[str, str]) -> None:
    filled = FILLED.replace(" office", ' table:style-name="框" office')
    data = raw(table(f"<table:table-row>{filled}</table:table-row>"), BOXED, **parts)
    sheet = read_raw(data)["表"]
    assert sheet.cells[0, 0].left == THIN
    assert (sheet.page, sheet.frozen, sheet.gridlines) == (None, None, True)


@pytest.mark.parametrize(
    "length", ["", "in", "-1in", "1e400in", "NaNin", "9" * 400 + "in", "1", "很宽", "1 in", "0in"]
)
def test_nonsense_lengths(length: str) -> None:
    styles = (
        '<style:style style:name="列" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{length}"/></style:style>'
        '<style:style style:name="行" style:family="table-row">'
        f'<style:table-row-properties style:row-height="{length}"/></style:style>'
        '<style:style style:name="格" style:family="table-cell">'
        f'<style:text-properties fo:font-size="{length}"/></style:style>'
    )
    filled = FILLED.replace(" office", ' table:style-name="格" office')
    rows = (
        '<table:table-column table:style-name="列"/>'
        f'<table:table-row table:style-name="行">{filled}</table:table-row>'
    )
    read = read_raw(raw(table(rows), styles))["表"]
    zero = length == "0in"
    assert read.columns == [Columns(0, 0, 0 if zero else None)]
    assert read.rows == ({0: Row(0)} if zero else {})
    assert read.cells == {(0, 0): Look()}


def test_sizes_excel_does_not_allow_are_cut() -> None:
    styles = (
        '<style:style style:name="列" style:family="table-column">'
        '<style:table-column-properties style:column-width="5000in"/></style:style>'
        '<style:style style:name="行" style:family="table-row">'
        '<style:table-row-properties style:row-height="5000in"/></style:style>'
        '<style:style style:name="格" style:family="table-cell"><style:text-properties'
        f' fo:font-size="5000in" fo:font-family="{"长" * 99}"/></style:style>'
    )
    filled = FILLED.replace(" office", ' table:style-name="格" office')
    rows = (
        '<table:table-column table:style-name="列"/>'
        f'<table:table-row table:style-name="行">{filled}</table:table-row>'
    )
    read = read_raw(raw(table(rows), styles))["表"]
    assert read.columns == [Columns(0, 0, 2000)]
    assert read.rows == {0: Row(409.5)}
    assert read.cells[0, 0] == Look(font="长" * 31, size=409)
