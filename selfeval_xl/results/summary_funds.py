"""The sheet 资金: the lines of every fund and base-data table, form after form."""

from __future__ import annotations

from collections.abc import Sequence
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
    Column("文件", 20, "link"),
    Column("明细项目", 34, "wrap"),
)
_LINK = 5
_COLUMNS = (
    *_HEAD,
    *(Column(f"栏目{n + 1}", 13, "number", "数值（栏目名称见各表首行）") for n in range(_FIGURES)),
)
_HEADING = {"bold": True, "bg_color": style.rgb(style.TOTAL_FILL)}
_PLAIN: dict[str, Any] = {}
_TOTAL = {"bold": True, "bg_color": style.rgb(style.BAND_FILL)}


class FundsTable:
    """The sheet, filled file by file."""

    def __init__(self, book: Book, sheet: Any, remark: str) -> None:
        self.book = book
        self.looks: dict[int, tuple[dict[int, Any], Any]] = {}
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
            link,
        ]
        self._line(key, "明细项目", headings, _HEADING)
        for line in form.funds:
            figures = dict(line.figures)
            cells = [figures.get(name) for name in headings]
            self._line(key, line.item, cells, _TOTAL if line.total else _PLAIN)

    def _line(
        self,
        key: list[Value | Linked],
        item: str,
        cells: Sequence[Value],
        emphasis: dict[str, Any],
    ) -> None:
        """Write a line; a table wider than the sheet foresees goes on to the right."""
        padding = [None] * (_FIGURES - len(cells))
        own, text_look = self._looks(emphasis)
        looks = dict(own)
        for at, cell in enumerate(cells, start=len(_HEAD)):
            if isinstance(cell, str):
                looks[at] = text_look
        texts = [(str(key[at] or ""), _HEAD[at].width) for at in (0, 2, 3)]
        texts += [(item, _HEAD[-1].width)]
        texts += [(cell, 13.0) for cell in cells if isinstance(cell, str)]
        self.table.row([*key, item, *cells, *padding], height=row_height(texts, 18), looks=looks)

    def _looks(self, emphasis: dict[str, Any]) -> tuple[dict[int, Any], Any]:
        """Return the looks of a line's columns and of texts among its figures, worked out once."""
        known = self.looks.get(id(emphasis))
        if known is None:
            heading = emphasis is _HEADING
            looks: dict[int, Any] = {}
            if emphasis:
                for at in range(len(_COLUMNS)):
                    look = "centre" if heading and at >= len(_HEAD) else _COLUMNS[at].look
                    looks[at] = self.book.cell(look, **emphasis)
                looks[_LINK] = self.book.cell("link")
            text = "centre" if heading else "wrap"
            text_look = self.book.cell(text, **({"text_wrap": True} | emphasis))
            known = self.looks[id(emphasis)] = looks, text_look
        return known

    def finish(self) -> None:
        """End the sheet."""
        self.table.finish("没有识别到资金明细表或基础数据表")
