"""The sheet 资金: the lines of every fund and base-data table, form after form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from selfeval_xl.gathering import is_departmental
from selfeval_xl.records import FileRecord, FormRecord
from selfeval_xl.results.links import short_path
from selfeval_xl.results.looks import NUMBERS, emphasised
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.review_scope import FORM_TITLES
from selfeval_xl.results.summary_figures import NAMELESS, whole_year
from selfeval_xl.results.table_rows import Column, Value, cells, row_of

if TYPE_CHECKING:
    from selfeval_xl.results.summary_book import Book, Table

_FIGURES = 8
_FIGURE_WIDTH = 13.0
_HEAD = (
    Column("项目名称", 24, "wrap"),
    Column("年度", 7, "centre"),
    Column("单位", 18, "wrap"),
    Column("表", 20, "wrap"),
    Column("金额单位", 9, "centre"),
    Column("文件", 28, "link"),
    Column("明细项目", 30, "wrap"),
)
_LINK, _ITEM = 5, 6
_EMPHASES = ("heading", "", "total")
_COLUMNS = (
    *_HEAD,
    *(
        Column(f"栏目{n + 1}", _FIGURE_WIDTH, "number", "数值（栏目名称见各表首行）")
        for n in range(_FIGURES)
    ),
)


def funds_table(book: Book, sheet: Any, remark: str) -> Table:
    """Begin the table on its sheet."""
    return book.table(sheet, "资金明细和基础数据", _COLUMNS, remark=remark, frozen=1, link=_LINK)


def fund_rows(file: FileRecord) -> tuple[str, ...]:
    """Return the lines of one file's forms, each form under a row with its own headings."""
    name = short_path(file.path)
    return tuple(row for form in file.forms if form.funds for row in _form(form, name))


def _form(form: FormRecord, name: str) -> Iterator[str]:
    headings = list(dict.fromkeys(name for line in form.funds for name, _ in line.figures))
    title = form.title or FORM_TITLES.get(form.form, form.form)
    project = whole_year(form) if is_departmental(form) else form.project or NAMELESS
    key = (project, form.year, form.organisation, title, form.amount_unit, name)
    widths = tuple(column.width for column in _HEAD)
    texts = [(project, widths[0]), (form.organisation, widths[2]), (title, widths[3])]
    texts.append((name, widths[_LINK]))
    least = row_height(texts, 18)
    begun = {emphasis: cells(key, _looks(emphasis)[0], _LINK) for emphasis in _EMPHASES}
    yield _line(begun, least, "明细项目", headings, "heading")
    for line in form.funds:
        figures = dict(line.figures)
        values = [figures.get(name) for name in headings]
        yield _line(begun, least, line.item, values, "total" if line.total else "")


def _line(
    begun: Mapping[str, str], least: float, item: str, values: Sequence[Value], emphasis: str
) -> str:
    """Return a line; a table wider than the sheet foresees goes on to the right."""
    _, name, figure, text = _looks(emphasis)
    texts = [(item, _HEAD[-1].width)]
    looks = [name]
    for value in values:
        if isinstance(value, str):
            looks.append(text)
            texts.append((value, _FIGURE_WIDTH))
        else:
            looks.append(figure)
    own = cells([item, *values], looks, first=_ITEM)
    return row_of(begun[emphasis] + own + _padding(emphasis, len(values)), row_height(texts, least))


@cache
def _padding(emphasis: str, figures: int) -> str:
    """Return the blank cells behind a line's figures."""
    blank = max(_FIGURES - figures, 0)
    look = _looks(emphasis)[2]
    return cells([None] * blank, [look] * blank, first=_ITEM + 1 + figures)


@cache
def _looks(emphasis: str) -> tuple[tuple[int, ...], int, int, int]:
    """Return the looks of a line's first columns, its item, its figures and texts among them."""
    *keys, item = (
        NUMBERS["link" if column.look == "link" else emphasised(column.look, emphasis)]
        for column in _HEAD
    )
    heading = emphasis == "heading"
    figure, text = ("centre", "centre") if heading else ("number", "wrap")
    numbers = NUMBERS[emphasised(figure, emphasis)], NUMBERS[emphasised(text, emphasis)]
    return tuple(keys), item, *numbers
