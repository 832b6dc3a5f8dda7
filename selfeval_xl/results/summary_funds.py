"""The sheet 资金: the lines of every fund and base-data table, form after form."""

from __future__ import annotations

from typing import Any

from selfeval_xl.records import FileRecord, FormRecord
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.review_scope import FORM_TITLES
from selfeval_xl.results.summary_book import Book, Column, Linked, Table, Value, file_name

_FIGURES = 8
_HEAD = (
    Column("项目名称", 24, "wrap"),
    Column("年度", 7, "centre"),
    Column("单位", 20, "wrap"),
    Column("表", 22, "wrap"),
    Column("金额单位", 9, "centre"),
    Column("明细项目", 34, "wrap"),
)
_COLUMNS = (
    *_HEAD,
    *(Column(f"栏目{n + 1}", 13, "number", "数值（栏目名称见各表首行）") for n in range(_FIGURES)),
    Column("文件", 28, "link"),
)


class FundsTable:
    """The sheet, filled file by file."""

    def __init__(self, book: Book, sheet: Any, remark: str) -> None:
        self.book = book
        self.table = Table(
            book, "资金", "资金明细和基础数据", _COLUMNS, remark=remark, frozen=1, sheet=sheet
        )

    def add(self, file: FileRecord, copy: str) -> None:
        """Write the lines of one file's forms, each form under a row with its own headings."""
        link = Linked(file_name(file.path), copy) if copy else file_name(file.path)
        for form in file.forms:
            if form.funds:
                self._form(form, link)

    def _form(self, form: FormRecord, link: Linked | str) -> None:
        headings = list(dict.fromkeys(name for line in form.funds for name, _ in line.figures))
        key: list[Value | Linked] = [
            form.project,
            form.year,
            form.organisation,
            form.title or FORM_TITLES.get(form.form, form.form),
            form.amount_unit,
        ]
        width = max(_FIGURES, len(headings))
        self._headings(key, headings, width, link)
        for line in form.funds:
            figures = dict(line.figures)
            cells = [figures.get(name) for name in headings]
            values = [*key, line.item, *_padded(cells, _FIGURES), *_rest(cells, link)]
            looks = self._looks(cells, line.total)
            texts = [(str(key[at] or ""), _HEAD[at].width) for at in (0, 2, 3)]
            texts += [(line.item, 34.0)]
            texts += [(cell, 13.0) for cell in cells if isinstance(cell, str)]
            self.table.row(values, height=row_height(texts, 18), looks=looks)

    def _headings(
        self, key: list[Value | Linked], names: list[str], width: int, link: Linked | str
    ) -> None:
        look = self.book.cell(
            "centre", text_wrap=True, bold=True, bg_color=style.rgb(style.TOTAL_FILL)
        )
        values = [*key, "明细项目", *_padded(list(names), _FIGURES), *_rest(list(names), link)]
        linked = {len(_HEAD) + _FIGURES}
        looks = {at: look for at in range(len(values)) if at not in linked}
        texts = [(name, 13.0) for name in names]
        texts += [(str(key[at] or ""), _HEAD[at].width) for at in (0, 2, 3)]
        self.table.row(values, height=row_height(texts, 20), looks=looks)

    def _looks(self, cells: list[Any], total: bool) -> dict[int, Any]:
        looks: dict[int, Any] = {}
        bold = {"bold": True, "bg_color": style.rgb(style.BAND_FILL)} if total else {}
        if total:
            looks = {at: self.book.cell("wrap", **bold) for at in range(len(_HEAD))}
            looks |= {
                at: self.book.cell("number", **bold)
                for at in range(len(_HEAD), len(_HEAD) + _FIGURES)
            }
        for at, cell in enumerate(cells[:_FIGURES], start=len(_HEAD)):
            if isinstance(cell, str):
                looks[at] = self.book.cell("wrap", **bold)
        return looks

    def finish(self) -> None:
        """End the sheet."""
        self.table.finish("没有识别到资金明细表或基础数据表")


def _padded(cells: list[Any], width: int) -> list[Any]:
    return [*cells[:width], *[None] * (width - len(cells))]


def _rest(cells: list[Any], link: Linked | str) -> list[Any]:
    """Return the link and, beyond it, figures of a table wider than the sheet foresees."""
    return [link, *cells[_FIGURES:]]
