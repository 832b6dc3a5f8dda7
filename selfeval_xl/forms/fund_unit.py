"""The money unit a self-evaluation writes into the headings of its fund rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selfeval_xl.labels import squash
from selfeval_xl.workbooks.sheet import Sheet

_UNIT = re.compile(r"[(（:：](万元|亿元|千元|百元|元)")


def amount_unit(sheet: Sheet, rows: Iterable[int]) -> str:
    """Return the unit in 项目资金（万元） or 年度资金总额：（元） of these rows, "" when none."""
    for row in rows:
        for value in sheet.rows[row]:
            if isinstance(value, str) and (found := _UNIT.search(squash(value))):
                return found[1]
    return ""
