"""Formulas of .ods files as Excel writes them: by hand, and whatever else may stand in a file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from selfeval_xl.workbooks.open_document_formulas import formula_text, usable_functions

SHEETS = ("表", "第一 季", "甲'乙", "Sheet1", "A.B")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        # operators and numbers
        ("1+2-3*4/5^6", "1+2-3*4/5^6"),
        ("-[.A1]", "-A1"),
        ("+[.A1]--2", "+A1--2"),
        ("[.A1]=[.B1]", "A1=B1"),
        ("[.A1]<>[.B1]", "A1<>B1"),
        ("[.A1]<=1", "A1<=1"),
        ("[.A1]>=1", "A1>=1"),
        ("[.A1]<1", "A1<1"),
        ("[.A1]>1", "A1>1"),
        ("[.A1]&[.B1]", "A1&B1"),
        ("[.A1]*50%", "A1*50%"),
        ("(1+2)*3", "(1+2)*3"),
        ("1.5e-3+2E5", "1.5E-3+2E5"),
        (" [.A1] + 1 ", "A1+1"),
        # texts
        ('"说明"', '"说明"'),
        ('"他说""好"""&[.A1]', '"他说""好"""&A1'),
        ('"[.A1];("', '"[.A1];("'),
        ('IF([.A1]="";"";1)', 'IF(A1="","",1)'),
        # references
        ("[.$A$1]", "$A$1"),
        ("[.A$1]+[.$B2]", "A$1+$B2"),
        ("SUM([.A1:.B2])", "SUM(A1:B2)"),
        ("[.XFD1048576]", "XFD1048576"),
        ("SUM([.A:.A])", "SUM(A:A)"),
        ("SUM([.$A:.$C])", "SUM($A:$C)"),
        ("[$表.A1]", "'表'!A1"),
        ("[表.A1]", "'表'!A1"),
        ("[$Sheet1.$B$2:.$C$3]", "'Sheet1'!$B$2:$C$3"),
        ("[$'第一 季'.A1]", "'第一 季'!A1"),
        ("[$'甲''乙'.A1]", "'甲''乙'!A1"),
        ("[$'A.B'.A1]", "'A.B'!A1"),
        ("SUM([.A1]:[.B2])", "SUM(A1:B2)"),
        ("SUM(INDEX([.A1:.A9];1):INDEX([.A1:.A9];3))", "SUM(INDEX(A1:A9,1):INDEX(A1:A9,3))"),
        ("SUM([.A1]:OFFSET([.A1];2;0))", "SUM(A1:OFFSET(A1,2,0))"),
        # functions
        ("SUM([.A1:.B2];3)", "SUM(A1:B2,3)"),
        ("ROUND([.A1]/[.B1];2)", "ROUND(A1/B1,2)"),
        ("IF([.A1];;2)", "IF(A1,,2)"),
        ("IF([.A1];1;)", "IF(A1,1,)"),
        ("TODAY()", "TODAY()"),
        ("PI( )", "PI()"),
        ("SUM ([.A1])", "SUM(A1)"),
        ("IFERROR([.A1];0)", "IFERROR(A1,0)"),
        ("SUMIFS([.A1:.A9];[.B1:.B9];\"是\")", 'SUMIFS(A1:A9,B1:B9,"是")'),
        ("IF(AND([.A1]>0;NOT(ISBLANK([.B1])));1;0)", "IF(AND(A1>0,NOT(ISBLANK(B1))),1,0)"),
    ],
)  # fmt: skip
def test_what_is_understood(formula: str, expected: str) -> None:
    assert formula_text(f"of:={formula}", SHEETS) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "of:=",
        "of:= ",
        "=1",
        "1",
        "oooc:=[.A1]",
        "msoxl:=A1",
        "of:==1",
        # sheets of other files, unknown ones, what was deleted
        "of:=[$缺.A1]",
        "of:=['file:///c:/x.xls'#Sheet1.A1]",
        "of:=['file:///c:/x.xls'#$Sheet1.A1]",
        "of:=[.#REF!]",
        "of:=[#REF!.A1]",
        "of:=[.A1:$表.B2]",
        "of:=[$表.A1:$Sheet1.B2]",
        "of:=[.1:.3]",
        "of:=[]",
        "of:=[A1]",
        "of:=A1",
        "of:=[.A1:.B]",
        "of:=合计",
        # beyond Excel's sheets
        "of:=[.XFE1]",
        "of:=[.A1048577]",
        "of:=[.A0]",
        "of:=[.AAAA1]",
        "of:=[.A:.XFE]",
        "of:=[.A99999999]",
        # unbalanced
        "of:=(1",
        "of:=1)",
        "of:=SUM([.A1]",
        "of:=SUM([.A1]))",
        "of:=SUM(([.A1])",
        "of:=()",
        'of:="说',
        "of:=[.A1",
        "of:=SUM(1;(2;3))",
        # wrong places
        "of:=1 2",
        "of:=[.A1] [.B1]",
        "of:=1+",
        "of:=*1",
        "of:=1*/2",
        "of:=%",
        "of:=;",
        "of:=1;2",
        "of:=SUM(1+)",
        "of:=[.A1]:",
        "of:=:[.A1]",
        "of:=[.A1]:1",
        "of:=1:[.A1]",
        "of:=[.A1]:SUM([.B1])",
        "of:=SUM([.A1]):[.B1]",
        "of:=[.A1]%:[.B1]",
        "of:=[.A1]:([.B1])",
        "of:=[.A1]:-[.B1]",
        'of:="甲"(1)',
        # what Excel writes otherwise, or not at all
        "of:={1;2|3;4}",
        "of:=[.A1]![.B1]",
        "of:=[.A1]~[.B1]",
        "of:=SUM([.A1]~[.B1])",
        "of:=1!",
        # functions: unknown, in small letters, too few or too many arguments
        "of:=ORG.OPENOFFICE.EASTERSUNDAY(2024)",
        "of:=UNBEKANNT(1)",
        "of:=sum(1)",
        "of:=ROUND(1)",
        "of:=ROUND(1;2;3)",
        "of:=TODAY(1)",
        "of:=SUM()",
        "of:=IF()",
        "of:=SUM",
        "of:=SUM(" + ";".join("1" * 31) + ")",
        # characters that cannot stand in a cell
        "of:=1\n+2",
        'of:="\x01"',
    ],
)
def test_what_is_not(formula: str) -> None:
    assert formula_text(formula, SHEETS) == ""


def test_nesting() -> None:
    for opened in ("(", "ABS("):
        assert formula_text("of:=" + opened * 60 + "1" + ")" * 60, SHEETS)
        assert formula_text("of:=" + opened * 61 + "1" + ")" * 61, SHEETS) == ""
    # one after the other they may be many
    assert formula_text("of:=" + "+".join(["(1)"] * 500), SHEETS) == "+".join(["(1)"] * 500)


def test_lengths() -> None:
    """Excel takes 255 characters of a text; those that stand for quotes are counted here."""
    assert formula_text(f'of:="{"文" * 253}"', SHEETS) == f'"{"文" * 253}"'
    assert formula_text(f'of:="{"文" * 256}"', SHEETS) == ""
    digits = "1" * 15
    longest = "+".join([digits] * 511)
    assert formula_text(f"of:={longest}", SHEETS) == longest
    assert formula_text(f"of:={longest}+{longest}", SHEETS) == ""


def test_sheets_are_those_of_the_workbook() -> None:
    assert formula_text("of:=[$Sheet1.A1]", ("Sheet1",)) == "'Sheet1'!A1"
    assert formula_text("of:=[$Sheet1.A1]", ()) == ""


NUMBERS = "1 2.5 1e5 % ( ) ; : + - * / ^ & = <> <= >= < > ! ~ { } |"
NAMES = "[.A1] [.A1:.B2] [.A:.B] [$表.A1] [$缺.A1] [.#REF!] SUM( IF( ROUND( INDEX( TODAY() X( SUM"
TEXTS = '"" "a""b" "( " \' 表 A1 $'
PIECES = st.sampled_from([*" ".join((NUMBERS, NAMES, TEXTS)).split(), " "])


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=20))
def test_any_text_gives_a_formula_or_nothing(formula: str) -> None:
    text = formula_text(f"of:={formula}", SHEETS)
    if not text:
        return
    tokens = Tokenizer(f"={text}").items
    opened = 0
    for token in tokens:
        opened += (token.subtype == Token.OPEN) - (token.subtype == Token.CLOSE)
        assert opened >= 0
    assert opened == 0
    assert "".join(token.value for token in tokens) == text
    assert {token.type for token in tokens} <= {
        Token.OPERAND,
        Token.FUNC,
        Token.PAREN,
        Token.SEP,
        Token.OP_PRE,
        Token.OP_IN,
        Token.OP_POST,
    }
    quoted = {token.subtype for token in tokens if token.type == Token.OPERAND}
    assert quoted <= {Token.TEXT, Token.NUMBER, Token.RANGE}


SEARCHING = "COUNTIF COUNTIFS SUMIF SUMIFS AVERAGEIF AVERAGEIFS MATCH LOOKUP VLOOKUP HLOOKUP SEARCH"


def test_all_functions_that_search() -> None:
    alike, other = etree.Element("alike"), etree.Element("other")
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    etree.SubElement(alike, f"{table}calculation-settings", {f"{table}use-wildcards": "true"})
    searching = set(usable_functions(alike)) - set(usable_functions(other))
    assert searching == set(SEARCHING.split())


@pytest.mark.parametrize(
    ("told", "known", "unknown"),
    [
        ({"use-wildcards": "true"}, ["SUM", "COUNTIF"], ["INDIRECT", "ADDRESS"]),
        ({"use-wildcards": "true", "search-criteria-must-apply-to-whole-cell": "false"},
         ["SUM"], ["COUNTIF", "VLOOKUP"]),
        ({"use-regular-expressions": "true"}, ["SUM", "ROUND"], ["MATCH", "SUMIFS"]),
        ({}, ["SUM"], ["COUNTIF"]),
        (None, ["SUM"], ["COUNTIF", "INDIRECT"]),
        ({"precision-as-shown": "true", "use-wildcards": "true"}, [], ["SUM"]),
    ],
)  # fmt: skip
def test_functions_that_depend_on_the_document(
    told: dict[str, str] | None, known: list[str], unknown: list[str]
) -> None:
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    content = etree.Element("content")
    if told is not None:
        etree.SubElement(
            content,
            f"{{{table}}}calculation-settings",
            {f"{{{table}}}{name}": value for name, value in told.items()},
        )
    functions = usable_functions(content)
    assert set(known) <= set(functions)
    assert not set(unknown) & set(functions)
    assert formula_text("of:=SUM([.A1])", set(), functions) == ("SUM(A1)" if known else "")
    assert formula_text("of:=COUNTIF([.A1:.A3];3)", set(), functions) == (
        "COUNTIF(A1:A3,3)" if "COUNTIF" in known else ""
    )
