"""Worksheet parts edited as text: what stands around a changed cell stays as it was written."""

from __future__ import annotations

import re
import time
import zipfile
from decimal import Decimal
from io import BytesIO
from typing import NamedTuple
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from workbook_bytes import MAIN, RELATIONS, STRICT_MAIN, package_parts, sheet_xml, zipped

from selfeval_xl.workbooks.changes import CellChange, SheetChanges
from selfeval_xl.workbooks.editing.lexing import (
    Splice,
    attribute,
    elements,
    masked,
    spliced,
    text_of,
    with_attribute,
    without_attribute,
)
from selfeval_xl.workbooks.editing.sheet_text import SheetText
from selfeval_xl.workbooks.patching import patch
from selfeval_xl.workbooks.sheet import parse_a1
from selfeval_xl.workbooks.workbook import WorkbookProblem

PART = "xl/sheets/s1.xml"


def edited(part: str | bytes, **values: Decimal | str) -> bytes:
    """Return a worksheet part after cells got values; a value with "=" in front is a formula."""
    package = zipped({**package_parts({"表": ""}), PART: part})
    cells = [
        CellChange(parse_a1(address), formula=value[1:])
        if isinstance(value, str) and value.startswith("=")
        else CellChange(parse_a1(address), value=value)
        for address, value in values.items()
    ]
    copy = patch(package, {"表": SheetChanges(tuple(cells))}, ())
    with zipfile.ZipFile(BytesIO(copy)) as archive:
        return archive.read(PART)


class Case(NamedTuple):
    """Rows as a program may write them, changes, and the rows that must come out."""

    name: str
    rows: str
    changes: dict[str, str]
    expected: str


SEVEN = {"B1": "7"}
CASES = [
    Case(
        "only the changed cell is another",
        '<row r="1"><c r="A1" ><v></v></c><c r="B1" s="2"><v>1</v></c><c  r=\'C1\'></c></row>',
        SEVEN,
        '<row r="1"><c r="A1" ><v></v></c><c r="B1" s="2"><v>7</v></c><c  r=\'C1\'></c></row>',
    ),
    Case(
        "signs in attribute values",
        '<row r="1" a="/>"><c r="A1" b="<row>"/><c c=\'"/>\' r="B1" d="a>b"/></row>'.replace(
            "<row>", "&lt;row>"
        ),
        SEVEN,
        '<row r="1" a="/>"><c r="A1" b="&lt;row>"/><c c=\'"/>\' r="B1" d="a>b"><v>7</v></c></row>',
    ),
    Case(
        "an address within another attribute",
        '<row r="1"><c x=" r=\'C1\'" r="B1"/></row>',
        SEVEN,
        '<row r="1"><c x=" r=\'C1\'" r="B1"><v>7</v></c></row>',
    ),
    Case(
        "character references",
        '<row r="&#49;"><c r="A1" t="str"><v>a&#10;b&#x4E00;</v></c><c r="B&#x31;"/></row>',
        SEVEN,
        '<row r="&#49;"><c r="A1" t="str"><v>a&#10;b&#x4E00;</v></c>'
        '<c r="B&#x31;"><v>7</v></c></row>',
    ),
    Case(
        "text whose space counts",
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> a\t</t></is></c>'
        '<c r="B1" t="inlineStr"><is><r><t xml:space="preserve"> b </t></r></is></c></row>',
        SEVEN,
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> a\t</t></is></c>'
        '<c r="B1"><v>7</v></c></row>',
    ),
    Case(
        "comments and instructions",
        '<!-- <row r="1"><c r="B1"/></row> --><row r="1"><!--x--><c r="A1"/><?p <c r="B1"/>?>'
        '<c r="B1"><!-- <v>2</v> --><v>1</v></c></row><!-- </sheetData> -->',
        SEVEN,
        '<!-- <row r="1"><c r="B1"/></row> --><row r="1"><!--x--><c r="A1"/><?p <c r="B1"/>?>'
        '<c r="B1"><!-- <v>2</v> --><v>7</v></c></row><!-- </sheetData> -->',
    ),
    Case(
        "a formula in CDATA whose result is gone",
        '<row r="1"><c r="A1"><f><![CDATA[IF(B1<2,"</f>",B1)]]></f><v>1</v></c><c r="B1"/></row>',
        SEVEN,
        '<row r="1"><c r="A1"><f><![CDATA[IF(B1<2,"</f>",B1)]]></f></c>'
        '<c r="B1"><v>7</v></c></row>',
    ),
    Case(
        "a formula that only looks as if it read the cell",
        '<row r="1"><c r="A1"><f>C1&amp;"B1"<!-- B1 --></f><v>1</v></c><c r="B1"/></row>',
        SEVEN,
        '<row r="1"><c r="A1"><f>C1&amp;"B1"<!-- B1 --></f><v>1</v></c>'
        '<c r="B1"><v>7</v></c></row>',
    ),
    Case(
        "rows and cells without addresses",
        "<row><c><v>1</v></c><c/><c><f>A1</f><v>2</v></c></row><row><c><f>B1</f><v>3</v></c></row>",
        SEVEN,
        "<row><c><v>1</v></c><c><v>7</v></c><c><f>A1</f><v>2</v></c></row>"
        "<row><c><f>B1</f></c></row>",
    ),
    Case("no rows", "", SEVEN, '<row r="1"><c r="B1"><v>7</v></c></row>'),
    Case(
        "a row of one tag",
        '<row r="1" spans="3:4" /><row r="3"/>',
        {"B1": "7", "A1": "8", "C2": "9"},
        '<row r="1" spans="1:4"><c r="A1"><v>8</v></c><c r="B1"><v>7</v></c></row>'
        '<row r="2"><c r="C2"><v>9</v></c></row><row r="3"/>',
    ),
    Case(
        "cells inserted in order, before a row's extensions",
        '<row r="2"><c r="B2"/><c r="D2"/><extLst><ext uri="u"/></extLst></row>',
        {"E2": "5", "A2": "1", "C2": "3", "F2": "6", "A1": "0"},
        '<row r="1"><c r="A1"><v>0</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"/><c r="C2"><v>3</v></c><c r="D2"/>'
        '<c r="E2"><v>5</v></c><c r="F2"><v>6</v></c><extLst><ext uri="u"/></extLst></row>',
    ),
    Case(
        "lines and indents",
        '\r\n  <row r="1">\r\n    <c r="A1"/>\r\n    <c r="B1">\r\n      <v>1</v>\r\n    </c>'
        "\r\n  </row>\r\n",
        SEVEN,
        '\r\n  <row r="1">\r\n    <c r="A1"/>\r\n    <c r="B1">\r\n      <v>7</v></c>'
        "\r\n  </row>\r\n",
    ),
    Case(
        "alternative content is passed by",
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><row r="1"><c r="B1"><f>A1</f></c></row>'
        '</mc:Choice></mc:AlternateContent><row r="1"><c r="A1"/><mc:AlternateContent '
        'xmlns:mc="urn:mc"><c r="B1"/></mc:AlternateContent><c r="B1"/></row>',
        SEVEN,
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice><row r="1"><c r="B1"><f>A1</f></c></row>'
        '</mc:Choice></mc:AlternateContent><row r="1"><c r="A1"/><mc:AlternateContent '
        'xmlns:mc="urn:mc"><c r="B1"/></mc:AlternateContent><c r="B1"><v>7</v></c></row>',
    ),
    Case(
        "extensions and unknown attributes of the cell",
        '<row r="1"><c r="B1" s="1" t="s" cm="1" vm="2" ph="1" o:x="y" xmlns:o="urn:o"><v>0</v>'
        '<extLst><ext uri="u"><c r="B1"><v>1</v></c></ext></extLst></c></row>',
        SEVEN,
        '<row r="1"><c r="B1" s="1" cm="1" ph="1" o:x="y" xmlns:o="urn:o"><v>7</v>'
        '<extLst><ext uri="u"><c r="B1"><v>1</v></c></ext></extLst></c></row>',
    ),
    Case(
        "a live formula",
        '<row r="1"><c r="B1" t="str"><v>x</v><extLst/></c></row>',
        {"B1": "=IF(A1<1,\"a&b\",'表'!A1)"},
        '<row r="1"><c r="B1"><f>IF(A1&lt;1,"a&amp;b",\'表\'!A1)</f><extLst/></c></row>',
    ),
    Case(
        "text is escaped",
        '<row r="1"><c r="B1"/></row>',
        {"B1": "<v>&]]>\x01"},
        '<row r="1"><c r="B1" t="inlineStr"><is><t xml:space="preserve">'
        "&lt;v&gt;&amp;]]&gt;_x0001_</t></is></c></row>",
    ),
    Case(
        "a shared formula whose text is a CDATA section is handed on",
        "<row r=\"1\"><c r=\"B1\"><f si='3' ref='B1:B3' t='shared'><![CDATA[A1&\"<\"]]></f></c>"
        '</row><row r="2"><c r="B2"><f t="shared" si="3"/></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="3"></f></c></row>',
        SEVEN,
        '<row r="1"><c r="B1"><v>7</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="3" ref="B2:B3">A2&amp;"&lt;"</f></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="3"></f></c></row>',
    ),
    Case(
        "cells of an array formula and of a data table stay",
        '<row r="1"><c r="A1"><f t="array" ref="A1:B1">C1:D1</f><v>1</v></c><c r="B1"><v>2</v></c>'
        '</row><row r="2"><c r="A2"><f t=\'dataTable\' ref="A2:B2" dt2D="0"/><v>1</v></c></row>',
        {"B1": "7", "B2": "8", "C3": "9"},
        '<row r="1"><c r="A1"><f t="array" ref="A1:B1">C1:D1</f><v>1</v></c><c r="B1"><v>2</v></c>'
        '</row><row r="2"><c r="A2"><f t=\'dataTable\' ref="A2:B2" dt2D="0"/></c></row>'
        '<row r="3"><c r="C3"><v>9</v></c></row>',
    ),
    Case(
        "of two rows with one number the last",
        '<row r="1"><c r="B1"/></row><row r="1"><c r="B1"/></row>',
        SEVEN,
        '<row r="1"><c r="B1"/></row><row r="1"><c r="B1"><v>7</v></c></row>',
    ),
    Case(
        "a row given twice with other cells",
        '<row r="1"><c r="B1"><v>1</v></c></row><row r="1"><c r="D1"><v>2</v></c></row>'
        '<row r="3"><c r="B3"/></row><row r="3"/>',
        {"B1": "7", "C1": "8", "D1": "9", "A2": "5", "B3": "6"},
        '<row r="1"><c r="B1"><v>7</v></c></row><row r="1"><c r="C1"><v>8</v></c>'
        '<c r="D1"><v>9</v></c></row><row r="2"><c r="A2"><v>5</v></c></row>'
        '<row r="3"><c r="B3"><v>6</v></c></row><row r="3"/>',
    ),
    Case(
        "a row given twice where formulas and other elements stand among the rows",
        '<row r="1"><c r="A1"><f>B1</f><v>1</v></c></row><x:y xmlns:x="urn:x"/>'
        '<row r="1"><c r="C1"><f>B1</f><v>1</v></c></row>',
        {"B1": "7"},
        '<row r="1"><c r="A1"><f>B1</f></c></row><x:y xmlns:x="urn:x"/>'
        '<row r="1"><c r="B1"><v>7</v></c><c r="C1"><f>B1</f></c></row>',
    ),
]


def _values(changes: dict[str, str]) -> dict[str, Decimal | str]:
    return {
        address: Decimal(value) if value.isdecimal() else value
        for address, value in changes.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_the_changed_cells_are_written_anew(case: Case) -> None:
    part = edited(sheet_xml(case.rows), **_values(case.changes))
    assert part.decode() == sheet_xml(case.expected)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_prefixed_names(case: Case) -> None:
    def prefixed(text: str) -> str:
        # What is no SpreadsheetML in the cases, or no markup, keeps its name.
        pattern = r"<(/?)(worksheet|sheetData|row|c|f|v|is|t|r|extLst|ext)(?=[\s/>])"
        pieces = re.split(r"(<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>)", text)
        pieces[::2] = [re.sub(pattern, r"<\1x.y:\2", piece) for piece in pieces[::2]]
        return "".join(pieces).replace(' xmlns="', ' xmlns:x.y="', 1)

    part = edited(prefixed(sheet_xml(case.rows)), **_values(case.changes))
    assert part.decode() == prefixed(sheet_xml(case.expected))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_parts_in_another_encoding_come_out_as_utf8(case: Case) -> None:
    text = sheet_xml(case.rows).replace("UTF-8", "UTF-16")
    part = edited(text.encode("utf-16"), **_values(case.changes))
    assert part.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    expected = etree.fromstring(sheet_xml(case.expected).encode())
    assert etree.tostring(etree.fromstring(part), method="c14n") == etree.tostring(
        expected, method="c14n"
    )


ROW = '<row r="1"><c r="B1"><v>7</v></c></row>'
R = f'xmlns:r="{RELATIONS}"'
PARTS = [
    # name, part, part with B1 = 7
    ("a byte order mark", f"\ufeff{sheet_xml('')}", f"\ufeff{sheet_xml(ROW)}"),
    ("strict names", sheet_xml("", "", STRICT_MAIN), sheet_xml(ROW, "", STRICT_MAIN)),
    (
        "no declaration, line ends of Windows",
        f'<worksheet\r\n  xmlns="{MAIN}"\r\n>\r\n<sheetData/>\r\n</worksheet>\r\n',
        f'<worksheet\r\n  xmlns="{MAIN}"\r\n>\r\n<sheetData>{ROW}</sheetData>\r\n</worksheet>\r\n',
    ),
    (
        "comments about",
        f'<!-- <w> --><?p?><worksheet xmlns="{MAIN}"><!-- <sheetData> --><sheetData a=">"/>'
        "<!-- </worksheet> --></worksheet><!-- </x> -->",
        f'<!-- <w> --><?p?><worksheet xmlns="{MAIN}"><!-- <sheetData> --><sheetData a=">">'
        f"{ROW}</sheetData><!-- </worksheet> --></worksheet><!-- </x> -->",
    ),
    (
        "no element for rows",
        f'<worksheet xmlns="{MAIN}"><sheetPr/><cols><col min="1" max="2"/></cols><drawing/>'
        "</worksheet>",
        f'<worksheet xmlns="{MAIN}"><sheetPr/><cols><col min="1" max="2"/></cols>'
        f"<sheetData>{ROW}</sheetData><drawing/></worksheet>",
    ),
    (
        "nothing at all",
        f"<worksheet xmlns='{MAIN}' />",
        f"<worksheet xmlns='{MAIN}' ><sheetData>{ROW}</sheetData></worksheet>",
    ),
    (
        "a dimension, wider now",
        f'<worksheet xmlns="{MAIN}"><dimension a="1" ref=\'A2:A3\'/><sheetData/></worksheet>',
        f'<worksheet xmlns="{MAIN}"><dimension a="1" ref="A1:B3"/><sheetData>{ROW}</sheetData>'
        "</worksheet>",
    ),
    (
        "two prefixes for one namespace, one used",
        f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}"><sheetData/></worksheet>',
        f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}"><sheetData>{ROW}</sheetData></worksheet>',
    ),
    (
        "a document type, its entities",
        f"""<!DOCTYPE w [<!ENTITY a "]>'"><!-- " --><!ENTITY b '"'>]>\n<worksheet xmlns="{MAIN}">"""
        "<sheetData/>&a;&b;</worksheet>",
        f"""<!DOCTYPE w [<!ENTITY a "]>'"><!-- " --><!ENTITY b '"'>]>\n<worksheet xmlns="{MAIN}">"""
        f"<sheetData>{ROW}</sheetData>&a;&b;</worksheet>",
    ),
]


@pytest.mark.parametrize(
    ("part", "expected"), [item[1:] for item in PARTS], ids=[p[0] for p in PARTS]
)
def test_what_stands_around_the_rows_stays(part: str, expected: str) -> None:
    assert edited(part, B1=Decimal(7)).decode() == expected


@pytest.mark.parametrize(
    "part",
    [
        "",
        "<worksheet",
        sheet_xml("<row>"),
        sheet_xml('<row r="1" r="2"/>'),
        sheet_xml('<row o:r="1"/>'),  # a prefix that stands for nothing
        sheet_xml("<row>&b;</row>"),
        sheet_xml("<row>\x01</row>"),
        sheet_xml('<row r="x"/>'),
        sheet_xml('<row r="1"><c r="1A"/></row>'),
        sheet_xml("<row/>").replace("UTF-8", "latin9"),
        sheet_xml("").encode() + b"\xff",
        # Names of two prefixes cannot be told apart as text.
        f'<worksheet xmlns="{MAIN}" xmlns:x="{MAIN}"><x:sheetData/></worksheet>',
        f'<x:worksheet xmlns:x="{MAIN}"><sheetData xmlns="{MAIN}"/></x:worksheet>',
    ],
)
def test_parts_that_cannot_be_edited_are_a_problem(part: str | bytes) -> None:
    with pytest.raises(WorkbookProblem) as caught:
        edited(part, B1=Decimal(7))
    assert caught.value.kind == "damaged"


def test_a_formula_xml_cannot_carry_is_a_problem() -> None:
    with pytest.raises(WorkbookProblem):
        edited(sheet_xml(""), B1="=A1&\x01")


# Lexing ----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["r", "s", "t", "spans", "o:x", "名"])
VALUES = st.text(alphabet="ab1 <>&/\"'=表\n", max_size=5)
SPACES = st.sampled_from(["", "", "", " ", "\n", "\r\n  "])
NOISE = st.sampled_from(
    ["", "", "", "", "<!-- <row><c r='A1'> -->", "<?p <c/>?>", "<![CDATA[ <c></row> ]]>", "表 > "]
)


def _quoted(value: str) -> str:
    value = value.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"'{value}'"
        if '"' in value and "'" not in value
        else f'"{value.replace(chr(34), "&quot;")}"'
    )


@st.composite
def tags(draw: st.DrawFn, name: str, content: str) -> str:
    """An element with some attributes, its content and, if it is empty, one tag or two."""
    attributes = draw(st.dictionaries(NAMES.filter(lambda key: key != "r"), VALUES, max_size=3))
    written = "".join(
        f"{draw(SPACES) or ' '}{key}{draw(SPACES)}={draw(SPACES)}{_quoted(value)}"
        for key, value in attributes.items()
    )
    if not content and draw(st.booleans()):
        return f"<{name}{written}{draw(SPACES)}/>"
    return f"<{name}{written}{draw(SPACES)}>{content}</{name}{draw(SPACES)}>"


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """The content of a sheet's data: rows and cells, other elements, comments and text."""

    def cell() -> str:
        inner = "".join(
            draw(NOISE) + draw(tags(draw(st.sampled_from(["f", "v", "is", "extLst"])), content))
            for content in draw(st.lists(VALUES.map(escape), max_size=2))
        )
        return draw(tags("c", inner))

    def other(content: str) -> str:
        return draw(tags(draw(st.sampled_from(["o:AlternateContent", "extLst"])), content))

    def row(depth: int) -> str:
        items = [cell() for _ in range(draw(st.integers(0, 3)))]
        if depth and draw(st.integers(0, 5)) == 0:
            items.append(other(cell() + row(0)))
        return draw(tags("row", "".join(draw(SPACES) + draw(NOISE) + item for item in items)))

    rows = [row(1) for _ in range(draw(st.integers(0, 4)))]
    if draw(st.integers(0, 5)) == 0:
        rows.insert(draw(st.integers(0, len(rows))), other(row(0)))
    return "".join(draw(SPACES) + draw(NOISE) + item for item in rows)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", with_tail=False)


@given(sheets())
@settings(max_examples=120, deadline=None)
def test_every_cell_is_found_where_it_stands(rows: str) -> None:
    part = (
        f'<worksheet xmlns="{MAIN}" xmlns:o="urn:o"><sheetData>{rows}</sheetData></worksheet>'
    ).replace("\r\n", "\n")
    sheet = SheetText(part.encode(), "表")
    tree = etree.fromstring(part)
    found: list[Splice] = []
    data = tree.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    for number, row in enumerate(data.iterchildren(f"{{{MAIN}}}row")):
        cells = sheet.cells(number)
        expected = list(row.iterchildren(f"{{{MAIN}}}c"))
        assert list(cells) == list(range(len(expected)))
        for element, cell in zip(expected, cells.values(), strict=True):
            text = sheet.text[cell.start : cell.end]
            again = etree.fromstring(f'<x xmlns="{MAIN}" xmlns:o="urn:o">{text}</x>')[0]
            assert _canonical(again) == _canonical(element)
            found.append(Splice(cell.start, cell.end, text))
    assert spliced(sheet.text, found) == sheet.text == part
    formulas = [item for item in sheet.formulas() if item[0] is not None]
    direct = data.iterfind(f"{{{MAIN}}}row/{{{MAIN}}}c/{{{MAIN}}}f")
    texts = {"".join(item.itertext()) for item in direct}
    assert {text_of(content) for _, _, content in formulas} <= texts | {""}


@given(sheets())
@settings(max_examples=60, deadline=None)
def test_elements_tile_the_text(rows: str) -> None:
    text = masked(rows)
    assert len(text) == len(rows)
    place = 0
    for element in elements(text, 0, len(text)):
        assert "<" not in text[place : element.start]
        assert text[element.start : element.inside].endswith(">")
        assert text.startswith(f"<{element.name}{element.attributes}", element.start)
        assert element.single or text[element.close : element.end].startswith("</")
        place = element.end
    assert "<" not in text[place:]


@given(st.dictionaries(NAMES, VALUES, max_size=4), NAMES, VALUES, SPACES)
def test_attributes(present: dict[str, str], name: str, value: str, space: str) -> None:
    text = "".join(f" {key}{space}={space}{_quoted(item)}" for key, item in present.items()) + space
    for key in (*present, name):
        assert attribute(text, key) == present.get(key)
    changed = with_attribute(text, name, value)
    element = etree.fromstring(f'<c xmlns:o="urn:o"{changed}/>')
    normal = value.replace("\n", " ")
    assert attribute(changed, name) == value
    assert element.get(name.replace("o:", "{urn:o}")) in (value, normal)
    assert attribute(without_attribute(changed, name), name) is None
    for key in present.keys() - {name}:
        assert attribute(changed, key) == attribute(without_attribute(changed, name), key)
        assert attribute(changed, key) == present[key]


def test_blank_rows_by_the_hundred_thousand_take_no_time() -> None:
    blank = "".join(
        f'<row r="{row}" spans="1:3"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>'
        for row in range(1, 100_001)
    )
    part = sheet_xml(blank).encode()
    started = time.process_time()
    copy = edited(part, B1=Decimal(7), A100001=Decimal(8))
    assert time.process_time() - started < 3
    assert len(copy) == len(part) + len("<v>7</v></c>/") - 2 + len(
        '<row r="100001"><c r="A100001"><v>8</v></c></row>'
    )


LONG = " " * 300_000


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{LONG}</row>',
        f'<row r="1"{LONG}/>{LONG}',
        f'<row{LONG}r="1"><c{LONG}r="A1"{LONG}>{LONG}<f{LONG}>{LONG}</f{LONG}></c></row>',
        f'<row r="1"><c r="B1" t="{LONG}">{LONG}<v>{LONG}</v></c></row{LONG}>',
        f'<row r="1"><extLst>{"<c/>" * 50_000}</extLst></row>',
        f'<row r="1">{"<o>" * 200}{"</o>" * 200}</row>' + "<row><c/></row>" * 20_000,
        "<!---->" * 50_000,
        "<![CDATA[<]]>" * 50_000 + f"<!--{'-> ' * 100_000}-->",
        f'<row r="1" x="{">" * 300_000}"><c r="B1"><f>{">" * 300_000}</f></c></row>',
        f'<row r="1">{"<c><c/></c>" * 20_000}</row>',
    ],
    ids=range(10),
)
def test_no_text_takes_long(rows: str) -> None:
    started = time.process_time()
    edited(sheet_xml(rows), B1=Decimal(7), C3="文")
    assert time.process_time() - started < 2


def test_a_blank_cell_that_is_nowhere_gets_no_content() -> None:
    """Readers pass over a blank E0; with content in it nobody could read the copy."""
    row = '<row r="6"><c r="D6"><v>1</v></c><c r="E0"/></row>'
    with pytest.raises(WorkbookProblem) as caught:
        edited(sheet_xml(row), E6=Decimal(2))
    assert caught.value.kind == "damaged"
