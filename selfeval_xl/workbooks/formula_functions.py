"""What a formula taken over from another format may hold, so that Excel accepts it.

The functions are those that forms may use, with the numbers that binary workbooks give them
([MS-XLS], Ftab); a formula with any other is kept as its result.
"""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    """A function's name, and how many arguments it takes at least and at most."""

    name: str
    least: int
    most: int


_ANY = 30  # written * in the table
_TABLE = """
0 COUNT 1 * | 1 IF 2 3 | 2 ISNA 1 1 | 3 ISERROR 1 1 | 4 SUM 1 * | 5 AVERAGE 1 * | 6 MIN 1 *
7 MAX 1 * | 8 ROW 0 1 | 9 COLUMN 0 1 | 10 NA 0 0 | 12 STDEV 1 * | 19 PI 0 0 | 20 SQRT 1 1
21 EXP 1 1 | 22 LN 1 1 | 23 LOG10 1 1 | 24 ABS 1 1 | 25 INT 1 1 | 26 SIGN 1 1 | 27 ROUND 2 2
28 LOOKUP 2 3 | 29 INDEX 2 4 | 30 REPT 2 2 | 31 MID 3 3 | 32 LEN 1 1 | 33 VALUE 1 1 | 34 TRUE 0 0
35 FALSE 0 0 | 36 AND 1 * | 37 OR 1 * | 38 NOT 1 1 | 39 MOD 2 2 | 46 VAR 1 * | 48 TEXT 2 2
64 MATCH 2 3 | 65 DATE 3 3 | 66 TIME 3 3 | 67 DAY 1 1 | 68 MONTH 1 1 | 69 YEAR 1 1
70 WEEKDAY 1 2 | 71 HOUR 1 1 | 72 MINUTE 1 1 | 73 SECOND 1 1 | 74 NOW 0 0 | 76 ROWS 1 1
77 COLUMNS 1 1 | 78 OFFSET 3 5 | 82 SEARCH 2 3 | 83 TRANSPOSE 1 1 | 86 TYPE 1 1 | 100 CHOOSE 2 *
101 HLOOKUP 3 4 | 102 VLOOKUP 3 4 | 105 ISREF 1 1 | 109 LOG 1 2 | 111 CHAR 1 1 | 112 LOWER 1 1
113 UPPER 1 1 | 115 LEFT 1 2 | 116 RIGHT 1 2 | 117 EXACT 2 2 | 118 TRIM 1 1 | 119 REPLACE 4 4
120 SUBSTITUTE 3 4 | 121 CODE 1 1 | 124 FIND 2 3 | 126 ISERR 1 1 | 127 ISTEXT 1 1
128 ISNUMBER 1 1 | 129 ISBLANK 1 1 | 130 T 1 1 | 131 N 1 1 | 140 DATEVALUE 1 1 | 148 INDIRECT 1 2
162 CLEAN 1 1 | 169 COUNTA 1 * | 183 PRODUCT 1 * | 190 ISNONTEXT 1 1 | 193 STDEVP 1 *
194 VARP 1 * | 197 TRUNC 1 2 | 198 ISLOGICAL 1 1 | 212 ROUNDUP 2 2 | 213 ROUNDDOWN 2 2
216 RANK 2 3 | 219 ADDRESS 2 5 | 220 DAYS360 2 3 | 221 TODAY 0 0 | 227 MEDIAN 1 *
228 SUMPRODUCT 1 * | 252 FREQUENCY 2 2 | 261 ERROR.TYPE 1 1 | 269 AVEDEV 1 * | 279 EVEN 1 1
285 FLOOR 2 2 | 288 CEILING 2 2 | 298 ODD 1 1 | 325 LARGE 2 2 | 326 SMALL 2 2 | 327 QUARTILE 2 2
328 PERCENTILE 2 2 | 329 PERCENTRANK 2 3 | 330 MODE 1 * | 336 CONCATENATE 1 * | 337 POWER 2 2
344 SUBTOTAL 2 * | 345 SUMIF 2 3 | 346 COUNTIF 2 2 | 347 COUNTBLANK 1 1 | 361 AVERAGEA 1 *
362 MAXA 1 * | 363 MINA 1 *
"""


def _read() -> dict[int, Function]:
    entries = (entry.split() for entry in _TABLE.strip().replace("\n", "|").split("|"))
    return {
        int(number): Function(name, int(least), _ANY if most == "*" else int(most))
        for number, name, least, most in entries
    }


FUNCTIONS = _read()
"""Functions by number."""

GIVING_REFERENCES = frozenset(("INDEX", "OFFSET", "INDIRECT"))
"""Functions whose result may stand on a side of ``:``."""

LONGEST, LONGEST_TEXT, MOST_NESTED = 8192, 255, 60
"""Characters of a formula and of a text within, and brackets within each other."""

USER_DEFINED = 255
"""The number of functions that are called by a name, their first argument."""

_NEWER = (
    Function("IFERROR", 2, 2),
    Function("COUNTIFS", 2, _ANY),
    Function("SUMIFS", 3, _ANY),
    Function("AVERAGEIF", 2, 3),
    Function("AVERAGEIFS", 3, _ANY),
)
NEWER = {f"_xlfn.{function.name}": function for function in _NEWER}
"""Functions of Excel 2007 by the names under which .xls files hold them."""

ALL_NUMBERED = FUNCTIONS | dict(enumerate(_NEWER, 480))
"""Functions by number in files that know those of Excel 2007 (.xlsb)."""

BY_NAME = {function.name: function for function in (*FUNCTIONS.values(), *_NEWER)}
"""All functions by name."""
