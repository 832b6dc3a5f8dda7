"""The sheet 规则统计: how often each rule was broken and what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from selfeval_xl.findings import Level
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book, Table
from selfeval_xl.results.table_rows import Column, Value
from selfeval_xl.rules.rule import Rule

_COLUMNS = (
    Column("规则", 9, "centre"),
    Column("名称", 18, "wrap"),
    Column("适用的表", 24, "wrap"),
    Column("错误", 8, "count", "次数"),
    Column("核实", 8, "count", "次数"),
    Column("尾差", 8, "count", "次数"),
    Column("提示", 8, "count", "次数"),
    Column("合计", 8, "count", "次数"),
    Column("规则内容", 34, "wrap"),
    Column("为什么", 36, "wrap"),
    Column("出处", 20, "wrap"),
    Column("错误示例", 26, "wrap"),
    Column("正确示例", 26, "wrap"),
    Column("自动更正", 10, "centre"),
)
_LEVELS = (Level.ERROR, Level.REVIEW, Level.ROUNDING, Level.INFO)


class RuleCounts:
    """Findings by rule and level, counted as the files pass."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, Level]] = Counter()

    def add(self, counted: Iterable[tuple[str, Level, int]]) -> None:
        """Add the counts of one file."""
        for rule, level, number in counted:
            self.counts[rule, level] += number

    def totals(self) -> list[tuple[str, int]]:
        """Return each code used and its findings, the most frequent first."""
        sums: Counter[str] = Counter()
        for (code, _), number in self.counts.items():
            sums[code] += number
        return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def write_rules(
    book: Book, sheet: Any, counted: RuleCounts, rules: Mapping[str, Rule], remark: str
) -> None:
    """Fill the sheet: the codes used, the most frequent first."""
    table = Table(book, "规则统计", "规则统计表", _COLUMNS, remark=remark, frozen=2, sheet=sheet)
    for code, number in counted.totals():
        rule = rules.get(code)
        levels = [counted.counts[code, level] for level in _LEVELS]
        texts: list[Value] = ["", "", "（规则目录中没有此代码）", "", "", "", "", ""]
        if rule:
            safe = "是" if rule.safe else "否，须人工"
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
        values: list[Value] = [code, *texts[:2], *levels, number, *texts[2:]]
        wrapped = [
            (str(value), column.width)
            for value, column in zip(values, _COLUMNS, strict=True)
            if column.look == "wrap" and value
        ]
        table.row(values, height=row_height(wrapped))
    table.finish("未发现差异，没有用到规则")
