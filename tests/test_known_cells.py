"""Parts vouched for by their pieces are those that the parser accepts as a whole."""

from __future__ import annotations

import random
import re
import time
from xml.parsers import expat

import pytest

from selfeval_xl.workbooks.known_cells import TooDeepError, has_unusual_tags, well_formed
from selfeval_xl.workbooks.workbook import WorkbookProblem
from selfeval_xl.workbooks.xml_parts import plain_text

DESCENT = b'<row x14ac:dyDescent="0.2" '
HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="urn:main" xmlns:x14ac="urn:ac">'
    b'<dimension ref="A1:C3"/><sheetData>'
)
ROWS = (
    b'<row r="1" spans="1:3"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"/><c r="C1"><f>A1+1</f>'
    b'<v>12.5</v></c></row><row r="2"/><row r="3"><c r="A3"/></row>'
    b'<row r="4"><c r="A4" t="str"><f>"a"</f><v>\xe5\x8d\x95</v></c><c r="B4"/></row>'
)
TAIL = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
BITS = [
    *(b"<", b">", b'"', b"/", b"&", b"&lt;", b"&#65;", b"&#x1A;", b"1", b"0", b"\xff", b"\x00"),
    *(b"<c>", b"</c>", b"<c/>", b"<row>", b"</row>", b"<v>", b"</v>", b"</c></row><row><c>"),
    *(b"<x1>", b"</x1>", b"</x2>", b"<1a>", b"</1a>", b"<a>", b"</a>", b' a1="" a2=""'),
    *(b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?p ", b"?>", b"<!DOCTYPE a>"),
    *(b"<p:q/>", b' p:a="1"', b' xmlns:p="u"', b' r="1" r="2"', b' x14ac:dyDescent="0.2"'),
    *(b"<sheetData>", b"</sheetData>", b"<selfeval-piece>", b"</selfeval-piece>"),
]


def accepted(data: bytes) -> bool:
    try:
        expat.ParserCreate("utf-8", " ").Parse(data, True)
    except expat.ExpatError:
        return False
    return True


def test_ordinary_sheets_are_known() -> None:
    assert well_formed(HEAD + ROWS + TAIL)
    assert well_formed(HEAD + ROWS.replace(b"12.5", b"99.7") + TAIL)
    assert well_formed(HEAD + ROWS.replace(b"<row ", DESCENT) + TAIL)


@pytest.mark.parametrize(
    "rows",
    [
        b"<row><c></row></c>",
        b"<row><x1></x2></row>",
        b"<row><c><v>&#1;</v></c></row>",
        b'<row xr2:uid="1"/>',
        b"<row><c></c></row></sheetData><sheetData>",
        b"<row><v><c></c></row><row><c></c></v></row>",
        b"</selfeval-piece><selfeval-piece>",
        b'<row><c t="inlineStr"><is><t>rarely alike</t></is></c></row>',
    ],
)
def test_what_only_looks_alike_is_not(rows: bytes) -> None:
    assert well_formed(HEAD + ROWS + TAIL)
    assert not well_formed(HEAD + rows + TAIL)


@pytest.mark.parametrize("end", [b"sheetData", b"row", b"c", b"v", b"mergeCells", b"worksheet"])
def test_space_in_end_tags_is_out_of_the_ordinary(end: bytes) -> None:
    part = HEAD + ROWS + TAIL
    spaced = part.replace(b"</%b>" % end, b"</%b\n>" % end)
    assert accepted(spaced)
    assert well_formed(part)
    assert not well_formed(spaced)


@pytest.mark.parametrize(
    "name", [b"worksheet", b"sheetData", b"row", b"c", b"f", b"v", b"mergeCell"]
)
@pytest.mark.parametrize("value", [b'">"', b"'/>'", b"'a\">'"])
def test_ends_of_tags_in_values_are_out_of_the_ordinary(name: bytes, value: bytes) -> None:
    part = HEAD + ROWS + TAIL
    marked = re.sub(rb"<(%b)(?=[ />])" % name, rb"<\1 a='\"' b=%b" % value, part)
    assert accepted(marked)
    assert well_formed(part)
    assert not well_formed(marked)
    assert has_unusual_tags(marked)


@pytest.mark.parametrize("text", [b">", b'a="1">', b"'>'", b'>"', b"]>"])
def test_ends_of_tags_in_texts_are_nothing_unusual(text: bytes) -> None:
    part = HEAD + ROWS.replace(b"A1+1", text) + TAIL
    assert accepted(part)
    assert well_formed(part)
    assert not has_unusual_tags(part)


@pytest.mark.parametrize(
    "bit", [b"</", b"</x ", b"</0", b"<c/></", b"<a '", b'<a b="', b'<a b="" ']
)
def test_no_part_takes_long(bit: bytes) -> None:
    started = time.process_time()
    for part in (HEAD + b"<row>" + bit * 25_000 + TAIL, bit * 500_000 + HEAD + ROWS + TAIL):
        assert not well_formed(part)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "part",
    [
        b"<a><!--<sheetData>" + ROWS + b"--><b></sheetData>--></a>",
        b"<?p <sheetData>" + ROWS + b"?><b></sheetData>?><a/>",
        b'<a b="<sheetData>' + ROWS + b'</sheetData>"/>',
        b"<a><sheetData>" + ROWS.replace(b"<row ", DESCENT) + TAIL[:12] + b"</a>",
        (HEAD + ROWS + TAIL)[:-3],
    ],
)  # fmt: skip
def test_rows_stand_in_a_sheet(part: bytes) -> None:
    assert not well_formed(part)


def test_nothing_is_known_that_the_parser_refuses() -> None:
    source = random.Random(11)
    known = 0
    for _ in range(3000):
        data = HEAD + ROWS + TAIL
        for _ in range(source.choice((1, 1, 2, 3))):
            at = source.randrange(len(data))
            if source.random() < 0.5:
                at = data.find(b">", at) + 1
            data = data[:at] + source.choice(BITS) + data[at + source.choice((0, 0, 1, 4)) :]
        if well_formed(data):
            known += 1
            assert accepted(data), data
    assert known > 100


@pytest.mark.parametrize(
    ("rows", "tail"),
    [
        (b"<row><c>" + b"<a>" * 40 + b"</a>" * 40 + b"</c></row>", TAIL),
        (ROWS, TAIL.replace(b"<mergeCells", b"<a>" * 40 + b"</a>" * 40 + b"<mergeCells")),
    ],
)
def test_deep_nesting_is_refused(rows: bytes, tail: bytes) -> None:
    part = HEAD + rows + tail
    assert well_formed(part, 60)
    with pytest.raises(TooDeepError):
        well_formed(part.replace(b"<a>", b"<b>").replace(b"</a>", b"</b>"), 30)
    with pytest.raises(WorkbookProblem, match="嵌套过深"):
        plain_text(part.replace(b"<a>", b"<b>").replace(b"</a>", b"</b>"), 30)
