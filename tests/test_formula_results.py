"""What formulas give: figures worked out by hand, in part shown by LibreOffice, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval_xl.workbooks.formula_results import areas_read, result
from selfeval_xl.workbooks.formula_values import Area, UnknownError, Value
from selfeval_xl.workbooks.sheet import Cell, parse_range

#   A      B       C      D
ROWS: list[list[object]] = [
    ["项目", "人数", "占比", True],
    ["甲", 3, "0.25", None],
    ["乙", 9, "0.75", "5"],
    ["丙", None, "-1.5", "x"],
    ["人数", 4, "2.675", None],
    ["指标1", None, None, "1/2"],
]
OTHERS: dict[str, Value] = {"另 表": Fraction(7), "长": "字" * 32_767}


class Table:
    """The rows above as cells; a text with a point is a number, other sheets have one cell."""

    def value(self, sheet: str | None, cell: Cell) -> Value:
        if sheet is not None:
            if sheet not in OTHERS:
                raise UnknownError
            return OTHERS[sheet]
        row, column = cell
        if row >= len(ROWS) or column >= len(ROWS[row]):
            return None
        value = ROWS[row][column]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int) or "." in str(value):
            return Fraction(str(value))
        return str(value)

    def values(self, area: Area) -> Sequence[Value]:
        return [
            self.value(area.sheet, (row, column))
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        ]

    def extent(self, sheet: str | None) -> tuple[int, int]:
        return len(ROWS), 4


NUMBERS = {
    "1+2*3": "7",
    "(1+2)*3": "9",
    "-2^2": "4",
    "2^-1": "0.5",
    "2^3^2": "64",
    "10%": "0.1",
    "50%%": "0.005",
    "--3": "3",
    "1.5E2": "150",
    "B2/B5": "0.75",
    "$B$2+b3": "12",
    "A9+1": "1",
    "D1+1": "2",
    "SUM(B1:B5)": "16",
    "SUM(B:B)": "16",
    "SUM(2:2)": "3.25",
    "SUM($B:$B)": "16",
    "SUM($2:2)": "3.25",
    "XFD1048576+1": "1",
    "IF(true,1,2)": "1",
    "SUM(B2,B3,1,TRUE)": "14",
    "SUM(B5:B2)": "16",
    "SUM(D2:D4)": "0",
    "SUM('另 表'!A1,1)": "8",
    "PRODUCT(B2:B4)": "27",
    "AVERAGE(B2:B4)": "6",
    "SUMIF(A1:A5,\"甲\",B1:B5)": "3",
    "MIN(C2:C5,0)": "-1.5",
    "MAX(B2:B5)": "9",
    "MAX(A1:A2)": "0",
    "COUNT(A1:C5)": "7",
    "COUNT(B2,B4)": "1",
    "COUNT(1,TRUE,B2>2)": "3",
    "ROUND(C5,2)": "2.68",
    "ROUND(C4,0)": "-2",
    "ROUND(149.5,-2)": "100",
    "ROUNDDOWN(C5,2)": "2.67",
    "ROUNDDOWN(C4,0)": "-1",
    "ROUNDUP(C2,1)": "0.3",
    "ROUNDUP(C4,0)": "-2",
    "TRUNC(C5)": "2",
    "INT(C4)": "-2",
    "ABS(C4)": "1.5",
    "IF(B2>2,B3,B4)": "9",
    "IF(B2<=2,B3,10)": "10",
    "IF(A2=\"甲\",1,2)": "1",
    "IF(A2<>\"甲\",1,2)": "2",
    "IF(B4=\"\",1,2)": "1",
    "IF(B4=0,1,2)": "1",
    "IF(AND(B2>0,B3>0),1,2)": "1",
    "IF(OR(B4>0,NOT(TRUE)),1,2)": "2",
    "IFERROR(B2/B4,0)": "0",
    "IFERROR(B2/B5,0)": "0.75",
    "ROW()": "4",
    "COLUMN()": "3",
    "ROW(B2)": "2",
    "INDEX(B1:B5,3)": "9",
    "INDEX(B:B,ROW()-1)": "9",
    "INDEX(A1:C5,2,3)": "0.25",
    "INDEX(A2:C2,2)": "3",
    "SUM(B2:INDEX(B:B,ROW()-1))": "12",
    "SUM(INDEX(B:B,2):INDEX(B:B,3))": "12",
    "SUMPRODUCT(B2:B3,C2:C3)": "7.5",
    "COUNTIF(A1:A5,\"人数\")": "1",
    "COUNTIF(A:A,A2)": "1",
    "COUNTIF(B1:B5,9)": "1",
    "COUNTIF(B2:B5,\">=4\")": "2",
    "COUNTIFS(A2:A5,\"乙\",B2:B5,\">3\")": "1",
    "SUMIF(A2:A5,\"人数\",B2:B5)": "4",
    "SUMIF(B2:B5,\">3\")": "13",
    "SUMIFS(B2:B5,A2:A5,\"乙\")": "9",
    "IF(ISNUMBER(B4),1,2)": "2",
    "IF(1=1,B4)": "0",
    # the order of operations
    "-B2^2": "9",
    "2^-B2": "0.125",
    "B3-B2-1": "5",
    "B3/B2/2": "1.5",
    "B3-(B2-1)": "7",
    "B3%*100": "9",
    "2^200%": "4",
    "+B2": "3",
    "-+-B2": "3",
    "(1<2)+(2>=3)": "1",
    # blanks and values of other kinds compared
    "IF(B4=FALSE,1,2)": "1",
    "IF(FALSE=B4,1,2)": "1",
    "IF(0=B4,1,2)": "1",
    "IF(1=B4,1,2)": "2",
    "IF(\"\"=B4,1,2)": "1",
    "IF(\"x\"=B4,1,2)": "2",
    "IF(B4=D2,1,2)": "1",
    "IF(D3=5,1,2)": "2",
    "IF(D3<>5,1,2)": "1",
    "IF(TRUE=\"TRUE\",1,2)": "2",
    "IF(5=D3,1,2)": "2",
    "B4^1": "0",
    "IF(TRUE<>FALSE,1,2)": "1",
    "IF(\"Ab\"=\"aB\",1,2)": "1",
    # functions at the limits of what they take
    "MIN(A1:A2)": "0",
    "IF(AND(B2>0,B3<0),1,2)": "2",
    "IF(AND(B2<0,B3>0,TRUE),1,2)": "2",
    "IF(OR(B2>0,B3<0),1,2)": "1",
    "IF(OR(B2<0,B3<0),1,2)": "2",
    "IF(NOT(B2),1,2)": "2",
    "IF(B4,1,2)": "2",
    "IF(IF(B2>5,3)=FALSE,1,2)": "1",
    "ROUNDDOWN(C2,1)": "0.2",
    "ROUNDDOWN(-C2,1)": "-0.2",
    "ROUNDUP(-C2,1)": "-0.3",
    "TRUNC(C5,1)": "2.6",
    "TRUNC(C4)": "-1",
    "ROUND(-B2/2,0)": "-2",
    "ROUNDUP(C4,-1)": "-10",
    "ROUNDDOWN(149,-2)": "100",
    "INT(-3)": "-3",
    "PRODUCT(B4)": "0",
    "ROW(A3:C3)": "3",
    "COLUMN(B1:B9)": "2",
    "COUNTIF(A2:A5,\"人数\")": "1",
    "COUNTIF(A1:A5,\"=甲\")": "1",
    "COUNTIF(B2:B5,\">3\")": "2",
    "COUNTIF(B2:B5,\"<4\")": "1",
    "COUNTIF(B2:B5,\"<=4\")": "2",
    "COUNTIF(B2:B5,0)": "0",
    "COUNTIF(D1:D5,\"X\")": "1",
    "COUNTIF(A1:A6,\"指标1\")": "1",
    "COUNTIF(A1:A6,A6)": "1",
    "SUMIF(A2:A3,\"乙\",B4:B5)": "4",
    "SUMPRODUCT(B2:B3,C4:C5)": "19.575",
    "SUMPRODUCT(B:B,C:C)": "18.2",
    "SUMPRODUCT(A2:A3,B2:B3)": "0",
    f"SUM({','.join('1' * 255)})": "255",
    "+".join(["(1)"] * 60): "60",
    "SUMIFS(C2:C5,A2:A5,\"丙\",B2:B5,0)": "0",
    "IF(IFERROR(B2>B4,FALSE),1,2)": "1",
}  # fmt: skip
TEXTS = {
    '"甲"&"乙"': "甲乙",
    'A2&"："&B2': "甲：3",
    '""': "",
    '"a""b"': 'a"b',
    'IF(B4=0,"","x")': "",
    "B2&B4&B3": "39",
    "7&1-1": "70",
    "-3&2^3": "-38",
    'IF(1&2="12","是","否")': "是",
    "+A2": "甲",
    "长!A1&B4": "字" * 32_767,
    "1E14&B4": "100000000000000",
    "999999999999999&B4": "999999999999999",
}
UNKNOWN = [
    "",
    "1+",
    "(1",
    "1)",
    "1 2",
    "A1+1",  # a text in a sum
    "SUM(D1:D4)",  # a truth value in an area: programs differ
    "SUMPRODUCT(B1:B2,D1:D2)",
    "COUNTIF(D1:D2,1)",
    "COUNT(1,\"2\")",
    "SUMIF(A1:B5,\"乙\",D1:E5)",  # reaches beyond the cells there are
    "D3+1",
    "B2/B4",
    "INDEX(B2:B3,9)",
    "B2:B3+1",  # an array's
    "B2:B3",
    "未知名称",
    "VLOOKUP(A2,A1:B5,2,0)",
    "SUM(未知!A1)",
    "SUM(表1:表2!A1)",
    "SUBTOTAL(9,B2:B5)",  # leaves out what is filtered
    "INDIRECT(\"B2\")",
    "COUNTIF(A1:A5,\"*数\")",
    "COUNTIF(D1:D5,5)",  # a text of digits counts as a number there
    "COUNTIF(A1:A5,\"\")",
    "SUMPRODUCT(B2:B5,C2:C4)",
    "SUMPRODUCT((B2:B5>3)*1)",
    "SUM(\"3\")",
    "ROUND(B2)",
    "ROUND(B2,1,2)",
    "ROUND(B2,0.5)",
    "IF(A2,1,2)",
    "IF(\"乙\">\"甲\",1,2)",
    "0^0",
    "2^999",
    "1&0.5",
    "SUM(A1:XFE1)",
    "SUM(A:XFE)",
    "SUM(0:5)",
    "SUM(5:1048577)",
    "A1048577+1",
    "A0+1",
    "#REF!+1",
    "SUM((B2,B3))",
    "12345678901234567",
    "(" * 60 + "1" + ")" * 60,
    "1" + "+1" * 3000,
    "B2" + "+B2" * 1300,  # not that many steps either
    # numbers and texts no program keeps
    "B2*1E307*1E307",
    "1E-307/1E307",
    "B2^64^64^64^64^64^64",
    "长!A1&1",
    "1E15&B4",  # would be written 1E+15
    "SUM(A1:长!A1)",
    "(3):B2",
    "PRODUCT(1E307,1E307)",
    "SUM(1E308,1E308)",
    "SUMPRODUCT(B2:B3)*1E308",
    # errors that these leave out, so that there is none to replace
    "COUNT(1/0)",
    "IFERROR(COUNT(1/0),5)",
    "IFERROR(ISNUMBER(1/B4),5)",
    "IFERROR(COUNTIF(A1:A5,1/0),5)",
    # a blank is left out there, or an empty text
    "IF(AND(B4,TRUE),1,2)",
    "IF(OR(B4,FALSE),1,2)",
    "IFERROR(B4,1)",
    "IFERROR(1/0,B4)",
    "AND(B2:B3)",
    "AND(A2)",
    # several rows or columns, one after the other
    "ROW(B2:B3)",
    "COLUMN(2:2)",
    "ROW(1)",
    # criteria that are no plain texts: dates, fractions, truth values, errors, any other figure
    *(
        f'COUNTIF(A1:A5,"{criterion}")'
        for criterion in (
            "1e3", "1/2", "5月1日", "二〇二四年", "2:30", "50%", "１", "true", "#N/A", "人?", "~*",
            "=", ">", "<>3", "<>甲", ">甲", "1234567890123456",
        )
    ),
    "COUNTIF(A1:A5,TRUE)",
    "COUNTIF(A1:A5,B4)",
    "COUNTIF(3,3)",
    "COUNTIFS(A1:A5,\"甲\",B1:B4,3)",
    "COUNTIFS(A1:A6,\"甲\",B1:B9,3)",  # as much holds anything, but Excel refuses other shapes
    "COUNTIFS(A1:A5,\"甲\",B1:B5)",
    "COUNTIFS(A1:A5,A2,B1:B5)",
    "COUNTIF(D6:D6,0.5)",
    "COUNTIF(A6:A6,1)",
    "SUMPRODUCT(B2:B3,B2:C2)",
    "SUMPRODUCT(B2:B3,2)",
    "SUMPRODUCT(B4:B6,B5:B7)",  # of one shape, but one reaches beyond what there is
    f"SUM({','.join('1' * 256)})",
    "SUMIF(A1:A5,\"项目\",D1:D5)",  # a truth value
    "SUMIF(A1:A5,\"甲\",3)",
    "INDEX(A1:C5,2)",
    "INDEX(B1:B5,0)",
    "INDEX(B1:B5,1.5)",
    "INDEX(3,1)",
    "INDEX(A2:C2,4)",
    "IF(TRUE>0,1,2)",
    "IF(TRUE=1,1,2)",  # not to Excel, but to LibreOffice
    "IF(1=TRUE,1,2)",
    "IF(\"2\">1,1,2)",
    "2^0.5",
    "0^-1",
    "\"x\"^2",
    "B2:3",
    "COLUMN(A2)(",
]  # fmt: skip


@pytest.mark.parametrize("formula", NUMBERS)
def test_numbers(formula: str) -> None:
    found = result(formula, (3, 2), Table())
    assert type(found) is Fraction
    assert found == Fraction(NUMBERS[formula])


def test_an_array_of_one_cell_knows_its_row() -> None:
    assert result("ROW()*2", (3, 2), Table(), (3, 2, 3, 2)) == 8


TAKEN = {
    **dict.fromkeys(("SUM", "PRODUCT", "MIN", "MAX", "AVERAGE", "COUNT", "AND", "OR"), (1, 255)),
    **dict.fromkeys(("NOT", "ABS", "INT", "ISNUMBER"), (1, 1)),
    **dict.fromkeys(("ROUND", "ROUNDUP", "ROUNDDOWN", "IFERROR", "COUNTIF"), (2, 2)),
    "IF": (2, 3),
    "TRUNC": (1, 2),
    "ROW": (0, 1),
    "COLUMN": (0, 1),
    "INDEX": (2, 3),
    "SUMIF": (2, 3),
    "SUMPRODUCT": (1, 255),
    "COUNTIFS": (2, 254),
    "SUMIFS": (3, 255),
}
"""Fewest and most arguments as the programs' help tells them."""


@pytest.mark.parametrize("name", TAKEN)
def test_functions_take_so_many_arguments(name: str) -> None:
    fewest, most = TAKEN[name]
    first = "D1" if name in ("AND", "OR") else "B2"
    other = "1" if name == "INDEX" else first

    def called(arguments: int) -> Value:
        taken = ",".join([first, *[other] * 256][:arguments])
        return result(f"{name}({taken})", (3, 2), Table())

    called(fewest)
    called(most)
    for count in {max(fewest - 1, 0), most + 1, most + 2} - {fewest}:
        with pytest.raises(UnknownError):
            called(count)


@pytest.mark.parametrize("formula", TEXTS)
def test_texts(formula: str) -> None:
    assert result(formula, (3, 2), Table()) == TEXTS[formula]


@pytest.mark.parametrize("formula", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_is_not_certain_gives_nothing(formula: str) -> None:
    with pytest.raises(UnknownError):
        result(formula, (3, 2), Table())


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("B2:B3*C2:C3", "6.75"),
        ("IF(B2:B3>5,B2:B3,0)", "9"),
        ("ROUND(B2:B3/4,0)+SUM(B2:B3)", "14"),
        ("B2:B4*2", None),  # of another shape than the block
        ("SUM(B2:B3*C2:C3)", None),
        ("ABS(B2:B3)", "9"),
        ("INT(B2:B3/2)", "4"),
        ("TRUNC(B2:B3/2)", "4"),
        ("ROUNDDOWN(B2:B3/2,0)", "4"),
        ("ROUNDUP(B2:B3/2,0)", "5"),
        ("IF(NOT(B2:B3>5),1,2)", "2"),
        ("IFERROR(B2:B3/(B2:B3-9),7)", "7"),
        ("COUNTIF(B1:B5,B2:B3)", None),
        ("ROW(B3)*2", "6"),
        ("SUM(ROW())", None),  # 8 and 9 together
        ("column( )", None),
    ],
)
def test_cells_of_an_array(formula: str, expected: str | None) -> None:
    """The formula fills E8:E9; this is its second cell."""
    try:
        found = result(formula, (8, 4), Table(), (7, 4, 8, 4))
    except UnknownError:
        found = None
    assert found == (None if expected is None else Fraction(expected))


@pytest.mark.parametrize(
    ("formula", "areas"),
    [
        ("1+2", []),
        ("ROW(F13)", []),
        ("B2", ["B2"]),
        ("另表!B2+1", ["另表!B2"]),
        ("IF(A1>1,B2,C3)*D4", ["A1", "B2", "C3", "D4"]),
        ("SUM(B2:INDEX(B:B,ROW()-1))", ["B2:B3"]),
        ("SUM(INDEX(B:B,ROW()-2):INDEX(B:B,ROW()-1),D1)", ["B2:B3", "D1"]),
        ("INDEX(A1:B9,2,ROW()-2)&A9", ["B2", "A9"]),
        ("INDEX(A1:A9,B1)", ["A1:A9", "B1"]),
        ("SUM(B3:A1)", ["A1:B3"]),
        ("SUM(B2:D4:C3)", ["B2:D4"]),
        ("SUM(XFD:$B)", ["B1:XFD1048576"]),
        ("SUM(1048576:$2)", ["A2:XFD1048576"]),
        ("A2:INDEX(A:A,B1)", None),  # what lies between is read, too
        ("C1+SUM(A2:INDEX(A:A,B1))", None),
        ("SUM(A2:INDEX(A:A,B1))+C1", None),
        ("VLOOKUP(A1,B1:C9,2,0)", None),
        ("IF(1>2,A1,B1)", ["B1"]),
    ],
)
def test_what_a_formula_in_c4_may_read(formula: str, areas: list[str] | None) -> None:
    found = areas_read(formula, (3, 2))
    wanted = None if areas is None else [place(name) for name in areas]
    assert (found if found is None else list(found)) == wanted


def place(name: str) -> Area:
    sheet, _, address = name.rpartition("!")
    return Area(sheet or None, *parse_range(address))


@given(st.text("AB12+-*/^&=<>%(),:\"!$. 'SUMIFROUND甲", max_size=30))
def test_any_text_gives_a_value_or_nothing(formula: str) -> None:
    try:
        found = result(formula, (3, 2), Table())
    except UnknownError:
        return
    assert found is not None


@given(
    st.lists(st.decimals(-1000, 1000, places=2), min_size=3, max_size=3),
    st.sampled_from("+-*"),
    st.sampled_from("+-*"),
)
def test_arithmetic_is_exact(numbers: list[Decimal], first: str, second: str) -> None:
    one, other, last = (f"({number})" for number in numbers)
    exact = eval(  # the formula's own signs, with exact numbers for the figures
        f"a{first}b{second}c", {}, dict(zip("abc", map(Fraction, numbers), strict=True))
    )
    assert result(f"{one}{first}{other}{second}{last}", (0, 0), Table()) == exact
