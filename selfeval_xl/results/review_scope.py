"""The head and the foot of the review sheet: verdict, legend, what was checked and how."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from selfeval_xl.findings import is_error_value
from selfeval_xl.records import NOT_FILLED_IN, Counts, FileRecord, FormRecord
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.tally import by_kind, verdict_line
from selfeval_xl.workbooks.changes import NewCell, NewRow, Style
from selfeval_xl.workbooks.sheet import Range

WIDTHS: tuple[float, ...] = (6, 7, 12, 8, 24, 11, 11, 11, 34, 24, 17, 7, 10, 13)
"""Column widths of the review sheet in characters."""

FORM_TITLES = {
    "department_base_data": "部门整体支出绩效评价基础数据表",
    "fund_detail": "资金使用明细表",
    "project_self_evaluation": "项目支出绩效自评表",
    "department_self_evaluation": "部门整体支出绩效自评表",
    "indicator_scores": "指标体系评分表",
    "questionnaire": "社会公众满意度调查问卷统计表",
}
"""Form ids and their names."""

SHORT_TITLES = {
    "department_base_data": "基础数据表",
    "fund_detail": "资金明细表",
    "project_self_evaluation": "项目自评表",
    "department_self_evaluation": "部门自评表",
    "indicator_scores": "指标评分表",
    "questionnaire": "问卷统计表",
}
"""Form ids and their names where room is short."""

_FIGURES = (
    ("score", "总分"),
    ("grade", "等级"),
    ("satisfaction", "满意度"),
    ("execution_rate", "执行率"),
)
_SOURCES = {"project": "项目", "year": "年度", "organisation": "单位", "department": "主管部门"}
_ALL = sum(WIDTHS)
_LAST = len(WIDTHS) - 1

_EXCEPT = "（“处理”写明“未改动”的除外）"
_LEFT = "“处理”写明“未改动”的差错，副本未能更正，原因和办法见该栏，请在原表中更正后重新核对。"

# A block's heading stands beside its first row, so no page can end with a heading alone.
_HEADING = Style(
    bold=True,
    size=10,
    colour=style.TITLE,
    fill=style.TOTAL_FILL,
    border=True,
    horizontal="center",
    vertical="top",
)
_LABEL = Style(bold=True, size=10, border=True, wrap=True, horizontal="left")
_TEXT = Style(size=10, border=True, wrap=True, horizontal="left")
_SIGNED = Style(size=10, horizontal="left")
_TITLE = Style(bold=True, size=16, colour=style.TITLE, horizontal="left")
_TITLE_ROW = NewRow((NewCell("预算绩效自评核对结果", _TITLE),), height=30)
_BLANK_ROW = NewRow((), height=12)


def headline(record: FileRecord, counts: Counts, profile: str) -> list[NewRow]:
    """Return the title row and the verdict row."""
    if counts.error:
        look = style.CONSEQUENCE.fill, style.ROOT.ink
    elif counts.review or counts.rounding or not _judged(record):
        look = "FFFFF3D1", style.REVIEW.ink
    else:
        look = style.GOOD_FILL, style.GOOD_INK
    band = _band(*look)
    text = "".join((_verdict(record, counts), *_headline_figures(record)))
    text += f"（已核对 {len(_judged(record))} 张表，规则口径：{profile}；核对范围和颜色含义见表末）"
    return [
        _TITLE_ROW,
        NewRow(
            (NewCell(text, band), *[NewCell(None, band)] * _LAST),
            height=row_height([(text, _ALL * 0.85)], 26),
        ),
    ]


@lru_cache(maxsize=8)
def _band(fill: str, ink: str) -> Style:
    return Style(bold=True, size=11, colour=ink, fill=fill, wrap=True, horizontal="left")


@lru_cache(maxsize=256)
def legend_strip(counts: Counts) -> tuple[NewRow, tuple[Range, ...]]:
    """Return the row of coloured counts above the table, and its merges."""
    numbers = by_kind(counts)
    spans = ((2, 3), (4, 4), (5, 6), (7, 7), (8, 8), (9, 9))
    cells = [NewCell(None, Style(size=10))] * len(WIDTHS)
    cells[0] = NewCell("图例", Style(bold=True, size=10, colour=style.TITLE, horizontal="center"))
    labels = ("独立错误", "连带错误", "核实", "尾差", "补算", "提示")
    for mark, label, number, (first, last) in zip(
        style.LEGEND, labels, numbers, spans, strict=True
    ):
        look = Style(bold=bool(number), size=10, fill=mark.fill, border=True, horizontal="center")
        for column in range(first, last + 1):
            cells[column] = NewCell(None, look)
        cells[first] = NewCell(f"{label} {number}", look)
    merged = [(2, first, 2, last) for first, last in spans if last > first]
    return NewRow(tuple(cells), height=24), ((2, 0, 2, 1), *merged)


def scope_rows(
    record: FileRecord, profile: str, notices: Sequence[str], first: int, *, left: bool = False
) -> tuple[list[NewRow], list[Range]]:
    """Return the rows under the table, which begin at row ``first``, and their merges.

    ``left``: there are errors that could not be corrected in the copy.
    """
    section = _Section(first)
    section.blank()
    section.begin("核对范围")
    section.line("文件", record.path)
    section.line("规则口径", f"{profile}（分值、等级、问卷系数等按此口径；可在设置中更换）")
    for form in record.forms:
        section.line(_form_title(form), _form_text(form))
    if not record.forms:
        section.line("识别结果", record.message or "没有找到可以核对的自评表格")
    if others := unchecked(record):
        section.line("未核对的工作表", others)
    section.end()
    section.begin("颜色含义")
    for mark in style.LEGEND:
        corrected = mark in (style.ROOT, style.CONSEQUENCE)
        section.line(mark.label, mark.meaning + _EXCEPT * (left and corrected), mark.fill)
    section.end()
    section.begin("使用说明")
    for text in (*_INSTRUCTIONS, *((_LEFT,) if left else ()), *notices):
        section.sentence(text)
    section.end()
    section.rows.append(_SIGNATURE_ROW)
    return section.rows, section.merges


_MOST_NAMED = 8


def unchecked(record: FileRecord) -> str:
    """Return which worksheets beside the forms were not checked, "" when all were."""
    names = record.unchecked if record.forms else ()
    if not names:
        return ""
    more = f"等 {len(names)} 张" if len(names) > _MOST_NAMED else ""
    return f"{'、'.join(names[:_MOST_NAMED])}{more}（没有识别出填好的自评表，未核对）"


_INSTRUCTIONS = (
    "点击“单元格”一列可直接跳到该处；左侧的加减号可展开、收起连带错误。",
    "请在“复核意见”一列选择：采纳＝同意更正；保留原值＝以原填报数为准；退回＝退填报单位重报。"
    "核实项：采纳＝确有问题，须补正；保留原值＝经核实无误。",
    "“差额”＝填报值－核算值；原文件没有改动，本文件为核对后的副本。",
)
_SIGNATURE = "复核人：＿＿＿＿＿＿＿＿　　　　复核日期：＿＿＿＿年＿＿月＿＿日"
_SIGNATURE_ROW = NewRow((NewCell(_SIGNATURE, _SIGNED),), height=20)
_LABEL_AT, _TEXT_AT = 2, 4
"""Columns where a row's label and its text begin; the heading is left of them."""


class _Section:
    """Blocks of rows over the whole width, each with its heading at the left."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[NewRow] = []
        self.merges: list[Range] = []
        self._begun = 0
        self._title = ""

    def blank(self) -> None:
        self.rows.append(_BLANK_ROW)

    def begin(self, title: str) -> None:
        self._begun, self._title = self.first + len(self.rows), title

    def end(self) -> None:
        last = self.first + len(self.rows) - 1
        self.merges.append((self._begun, 0, last, _LABEL_AT - 1))
        self.blank()

    def line(self, label: str, text: str, fill: str = "") -> None:
        self._merge(_LABEL_AT, _TEXT_AT - 1)
        self._merge(_TEXT_AT, _LAST)
        self.rows.append(_line_row(self._heading(), label, text, fill))

    def sentence(self, text: str) -> None:
        self._merge(_LABEL_AT, _LAST)
        self.rows.append(_sentence_row(self._heading(), text))

    def _heading(self) -> str:
        return self._title if self.first + len(self.rows) == self._begun else ""

    def _merge(self, left: int, right: int) -> None:
        row = self.first + len(self.rows)
        self.merges.append((row, left, row, right))


# Most of these rows stand in every review sheet, so each is made once.


@lru_cache(maxsize=256)
def _line_row(heading: str, label: str, text: str, fill: str) -> NewRow:
    head = _LABEL._replace(fill=fill or style.BAND_FILL)
    cells = [*_beside(heading), NewCell(label, head), NewCell(None, head)]
    cells += [NewCell(text, _TEXT), *[NewCell(None, _TEXT)] * (_LAST - _TEXT_AT)]
    widths = sum(WIDTHS[_LABEL_AT:_TEXT_AT]), sum(WIDTHS[_TEXT_AT:])
    return NewRow(tuple(cells), height=row_height([(label, widths[0]), (text, widths[1])]))


@lru_cache(maxsize=64)
def _sentence_row(heading: str, text: str) -> NewRow:
    cells = [*_beside(heading), NewCell(text, _TEXT)]
    cells += [NewCell(None, _TEXT)] * (_LAST - _LABEL_AT)
    return NewRow(tuple(cells), height=row_height([(text, sum(WIDTHS[_LABEL_AT:]))]))


def _beside(heading: str) -> tuple[NewCell, NewCell]:
    return NewCell(heading or None, _HEADING), NewCell(None, _HEADING)


def _judged(record: FileRecord) -> list[FormRecord]:
    return [form for form in record.forms if not form.failure]


def _verdict(record: FileRecord, counts: Counts) -> str:
    if not record.forms:
        return "未识别到可核对的自评表格。"
    failures = [form.failure for form in record.forms if form.failure]
    blank = failures.count(NOT_FILLED_IN)
    failed = len(failures) - blank
    text = verdict_line(counts) if len(failures) < len(record.forms) or counts != Counts() else ""
    text += f"有 {failed} 张表无法核对。" if failed else ""
    return text + (f"有 {blank} 张表没有填写。" if blank else "")


def _headline_figures(record: FileRecord) -> list[str]:
    """Return 总分 96.49 → 95.30 for every headline figure that changes."""
    texts = []
    for form in _judged(record):
        for key, label in _FIGURES:
            figure = form.figures.get(key)
            if figure is None or figure.expected is None or figure.stated == figure.expected:
                continue
            stated, expected = (_shown(key, v) for v in (figure.stated, figure.expected))
            texts.append(f"{label}填报 {stated or '空白'}，核算 {expected}。")
    return texts[:4]


def _shown(key: str, value: Decimal | str | None) -> str:
    if value is None or isinstance(value, str):
        text = value or ""
        return f"错误值 {text}" if is_error_value(text) else text
    return f"{value.scaleb(2):f}%" if key == "execution_rate" else f"{value:f}"


def _form_title(form: FormRecord) -> str:
    return form.title or FORM_TITLES.get(form.form, form.form)


def _form_text(form: FormRecord) -> str:
    parts = [f"工作表“{form.sheet}”"]
    if form.project:
        parts.append(f"项目：{form.project}")
    if form.year:
        parts.append(f"年度：{form.year}")
    if form.organisation:
        parts.append(f"单位：{form.organisation}")
    if form.amount_unit:
        parts.append(f"金额单位：{form.amount_unit}")
    sources = [f"{_SOURCES.get(key, key)}取自{place}" for key, place in form.sources]
    if sources:
        parts.append(f"（{'，'.join(sources)}）")
    text = "　".join(parts)
    return f"{text}　未能核对：{form.failure}" if form.failure else text
