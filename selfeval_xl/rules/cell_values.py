"""Figures that cannot be read as they stand: malformed numbers, words, error values, units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from selfeval_xl.findings import Finding, Level
from selfeval_xl.foreign_units import foreign_unit
from selfeval_xl.forms.form import Field
from selfeval_xl.rules.reviewing import question
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.values import Unreadable

if TYPE_CHECKING:
    from selfeval_xl.judging import Judgement

_FORM = "all"


def review(judgement: Judgement, settings: Settings) -> Iterator[Finding]:
    """Yield a question for each figure that is no number or stands in another money unit."""
    form = judgement.form
    derived = {relation.target for relation in form.relations}
    for cell, found in form.fields.items():
        stated = found.stated
        if isinstance(stated, Unreadable):
            if cell not in derived:
                yield _unreadable(judgement, found, stated)
        elif unit := foreign_unit(found):
            yield question(
                form,
                cell,
                "V103",
                found.label,
                f"本栏单位为{found.unit}，此处写作“{form.sheet.text(cell)}”，单位为{unit}。",
                advice="请统一金额单位后重填；由本格计算的合计、比率未作更正。",
            )


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


RULES: tuple[Rule, ...] = (
    Rule(
        "V101", "数字写法", _FORM, Level.REVIEW, "数字栏应填规范的数字",
        "写法有误的数字无法参与计算，合计也就无从核对。", "已公开报表中的常见差错", False,
        "7,00.0,77", "700.077",
    ),
    Rule(
        "V102", "错误值", _FORM, Level.REVIEW, "数字栏不应显示 #REF!、#DIV/0! 等错误值",
        "错误值说明公式引用已失效。", "已公开报表中的常见差错", False, "#REF!", "105.20",
    ),
    Rule(
        "V103", "金额单位", _FORM, Level.REVIEW, "同一栏金额单位应一致",
        "万元表中混入元，合计会相差一万倍。", "已公开报表中的常见差错", False,
        "万元栏中写“620820元”", "万元栏中写“62.082”",
    ),
    Rule(
        "V201", "录入差错（推定）", _FORM, Level.REVIEW, "一处录入数据改动后，多处合计与比率同时相符",
        "多处独立的计算结果都指向同一个数时，最可能是原始数据录错；程序只建议，不改动。",
        "Fellegi–Holt 最少改动原则（统计部门数据审核）", False,
        "选项人数 6，而合计人数、占比、合计行都按 5 计算", "选项人数 5",
    ),
)  # fmt: skip
