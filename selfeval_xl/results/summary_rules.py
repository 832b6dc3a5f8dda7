"""The sheet 规则统计: how often each rule was broken and what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Table
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.results.tally import KINDS
from selfeval_xl.rules.rule import Rule

# The widths at which the rules' texts take the fewest lines on one page's width.
_COLUMNS = (
    Column("规则", 9, "centre"),
    Column("名称", 12, "wrap"),
    Column("适用的表", 14, "wrap"),
    *(Column(title, 6.5, "count", "次数") for title in (*KINDS, "合计")),
    Column("规则内容", 34, "wrap"),
    Column("为什么", 40, "wrap"),
    Column("出处", 32, "wrap"),
    Column("错误示例", 27, "wrap"),
    Column("正确示例", 25, "wrap"),
    Column("自动更正", 15, "centre"),
)


class RuleCounts:
    """Findings by rule and kind (see ``KINDS``), counted as the files pass."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, counted: Iterable[tuple[str, str, int]]) -> None:
        """Add the counts of one file."""
        for rule, kind, number in counted:
            self.counts[rule, kind] += number

    def totals(self) -> list[tuple[str, int]]:
        """Return each code used and its findings, the most frequent first."""
        return self._totals(KINDS)

    def differences(self) -> list[tuple[str, int]]:
        """Return the same without what was only left blank."""
        return self._totals([kind for kind in KINDS if kind != style.FILLED.label])

    def _totals(self, kinds: Collection[str]) -> list[tuple[str, int]]:
        sums: Counter[str] = Counter()
        for (code, kind), number in self.counts.items():
            if kind in kinds:
                sums[code] += number
        return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def write_rules(
    book: Book,
    sheet: Any,
    counted: RuleCounts,
    rules: Mapping[str, Rule],
    *,
    remark: str,
    nothing: str,
) -> None:
    """Fill the sheet: the codes used, the most frequent first; ``nothing`` is said of none."""
    table = Table(book, "规则统计", "规则统计表", _COLUMNS, remark=remark, frozen=2, sheet=sheet)
    for code, number in counted.totals():
        rule = rules.get(code)
        kinds = [counted.counts[code, kind] for kind in KINDS]
        texts: list[Value] = ["", "", "（规则目录中没有此代码）", "", "", "", "", ""]
        if rule:
            safe = "能确定时更正" if rule.safe else "否，须人工"
            texts = [
                rule.name,
                rule.scope,
                rule.truth,
                rule.why,
                rule.source,
                rule.wrong,
                rule.right,
                safe,
            ]
        values: list[Value] = [code, *texts[:2], *kinds, number, *texts[2:]]
        wrapped = [
            (str(value), column.width)
            for value, column in zip(values, _COLUMNS, strict=True)
            if column.look == "wrap" and value
        ]
        table.row(values, height=row_height(wrapped))
    table.finish(nothing)
