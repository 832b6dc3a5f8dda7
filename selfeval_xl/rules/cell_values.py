"""Figures that cannot be read as they stand: malformed numbers, words, error values, units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.foreign_units import foreign_units
from selfeval_xl.forms.form import Field, Form
from selfeval_xl.forms.heading import year_in
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Unreadable

if TYPE_CHECKING:
    from selfeval_xl.judgement import Judgement

_FORM = "all"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield a question for each figure that is no number or stands in another money unit."""
    form = judgement.form
    yield from _title_year(form)
    odd = [
        found
        for found in form.fields.values()
        if (stated := found.stated) is not None and (isinstance(stated, Unreadable) or stated.unit)
    ]
    units = foreign_units(odd)
    if not units and not any(isinstance(found.stated, Unreadable) for found in odd):
        return
    derived = {relation.target for relation in form.relations}
    for found in odd:
        cell, stated = found.cell, found.stated
        if isinstance(stated, Unreadable):
            if cell not in derived:
                yield _unreadable(judgement, found, stated)
        elif cell in units:
            yield question(
                form,
                cell,
                "V103",
                found.label,
                f"本栏单位为{found.unit}，此处写作“{form.sheet.text(cell)}”，单位为{units[cell]}。",
                advice="请统一金额单位后重填；由本格计算的合计、比率未作更正。",
            )


def _title_year(form: Form) -> Iterator[Finding]:
    """V104: the title names another year than the head block."""
    head, title = form.head, form.title
    year = year_in(title) if head.sources.get("year") == "表头" else None
    if year is None or year == head.year:
        return
    top, left, bottom, _ = form.region
    for row in range(max(top - _ROWS_ABOVE, 0), bottom):
        for column in range(left, len(form.sheet.rows[row])):
            if " ".join(form.sheet.text((row, column)).split()) == title:
                yield question(
                    form,
                    (row, column),
                    "V104",
                    "标题年度",
                    f"标题写的是 {year} 年，表头的年度为 {head.year} 年。",
                    level=Level.INFO,
                    advice="请确认是否套用了其他年度的表格；核对按表头的年度进行。",
                )
                return


_ROWS_ABOVE = 8


def _unreadable(judgement: Judgement, found: Field, stated: Unreadable) -> Finding:
    form = judgement.form
    if found.cell in form.sheet.errors:
        return question(
            form,
            found.cell,
            "V102",
            found.label,
            f"单元格显示错误值 {stated.text}，无法读取数值。",
            stated=stated.text,
            advice="请修复公式或改填数字。",
        )
    return question(
        form,
        found.cell,
        "V101",
        found.label,
        f"“{stated.text}”不能作为数字读取：{stated.reason}。",
        advice="请改填规范的数字；含本格的合计未作判断。",
    )


_SEEN = "已公开报表中的常见差错"

RULES: tuple[Rule, ...] = (
    Rule(
        code="V101",
        name="数字写法",
        form=_FORM,
        level=Level.REVIEW,
        truth="数字栏应填规范的数字",
        why="写法有误的数字无法参与计算，含有它的合计也就无从核对。",
        source=_SEEN,
        safe=False,
        wrong="“7,00.0,77”",
        right="“700.077”",
    ),
    Rule(
        code="V102",
        name="错误值",
        form=_FORM,
        level=Level.REVIEW,
        truth="数字栏不应显示 #REF!、#DIV/0! 等错误值",
        why="错误值说明公式引用的单元格已被删除或除数为 0，引用它的数也都不可信。",
        source=_SEEN,
        safe=False,
        wrong="“#REF!”",
        right="“105.20”",
    ),
    Rule(
        code="V103",
        name="金额单位",
        form=_FORM,
        level=Level.REVIEW,
        truth="同一栏的金额单位应一致",
        why="万元栏中混入以元计的数，合计会相差一万倍；数字与单位哪个有误，须由填报人确认。",
        source=_SEEN,
        safe=False,
        wrong="万元栏中填“620820元”",
        right="万元栏中填“62.082”",
    ),
    Rule(
        code="V104",
        name="标题年度",
        form=_FORM,
        level=Level.INFO,
        truth="标题中的年度应与表头的年度一致",
        why="套用上年表格时常忘记改年度，年度有误的表无法与其他表核对。",
        source=_SEEN,
        safe=False,
        wrong="标题“2021年度……自评表”，表头年度 2022",
        right="标题“2022年度……自评表”，表头年度 2022",
    ),
    Rule(
        code="V201",
        name="录入差错（推定）",
        form=_FORM,
        level=Level.REVIEW,
        truth="一处录入数据改动后，由它计算的多处合计、比率同时相符",
        why="几处互不相干的计算都指向同一个数时，最可能是原始数据录错；程序只提建议，不作更正。",
        source="统计部门数据审核通行的最少改动原则（Fellegi–Holt）",
        safe=False,
        wrong="选项人数填 6，而合计人数、占比、合计行都按 5 计算",
        right="选项人数填 5",
    ),
)
