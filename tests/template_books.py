"""The templates as the tests look at them: layouts, relations, openpyxl sheets, formulas."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
from formula_engine import Book
from openpyxl.worksheet.worksheet import Worksheet

from selfeval_xl.relations import Relation
from selfeval_xl.templates import TEMPLATES, build_template, sheet_relations
from selfeval_xl.templating.layout import Layout

ROOT = Path(__file__).resolve().parent.parent
COMMITTED = ROOT / "workbook_templates"
FILLED = ROOT / "samples" / "待核对" / "社区居家养老服务补贴项目"
NAMES = [template.name for template in TEMPLATES]
GUIDE = "填表说明"
SHEETS = {
    "基础数据表.xlsx": ["部门整体支出绩效评价基础数据表", "资金使用明细表"],
    "绩效自评表.xlsx": ["项目支出绩效自评表", "部门整体支出绩效自评表", "指标体系评分表"],
    "问卷统计表.xlsx": ["社会公众满意度调查问卷统计表"],
}
WHERE = {sheet: name for name, sheets in SHEETS.items() for sheet in sheets}


@cache
def layouts() -> dict[str, Layout]:
    return {made.name: made for template in TEMPLATES for made in (m() for m in template.layouts)}


@cache
def relations(sheet: str) -> dict[tuple[int, int], Relation]:
    return sheet_relations(layouts()[sheet])


@cache
def blank(name: str) -> bytes:
    return build_template(name)


@cache
def opened(name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(blank(name)))


def page(sheet: str) -> Worksheet:
    found = opened(WHERE[sheet])[sheet]
    assert isinstance(found, Worksheet)
    return found


def book(sheet: str, *, filled: bool = True) -> Book:
    """The sheet for the formula engine, blank or as filled in the sample project."""
    source = openpyxl.load_workbook(FILLED / WHERE[sheet])[sheet] if filled else page(sheet)
    return Book(
        {
            (cell.row, cell.column): cell.value
            for row in source.iter_rows()
            for cell in row
            if cell.value is not None
        }
    )
