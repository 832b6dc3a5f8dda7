"""What the total rows of 汇总 and 部门汇总 leave out, said below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfeval_xl.records import ProjectRecord
from selfeval_xl.results import style
from selfeval_xl.results.measure import row_height
from selfeval_xl.results.summary_book import Book
from selfeval_xl.results.summary_figures import in_wan, rate_pairs


def left_out(projects: Sequence[ProjectRecord]) -> list[str]:
    """Return in sentences what sums of money, the overall rate and means leave out."""
    counted = [project for project in projects if not project.departmental]
    sentences = []
    if len(counted) < len(projects):
        sentences.append("资金、平均数不含部门整体，因为部门的资金已包括各项目")
    if len(rate_pairs(counted)) < sum(map(_has_money, counted)):
        sentences.append("执行率只计预算数、执行数齐全的项目，所以与执行数合计÷预算数合计可能不同")
    scored = [project for project in counted if has_means(project)]
    if scored:
        sentences.append("平均数按预算数加权" + _unweighted(scored))
    undecided = sum(bool(project.undecided) for project in scored)
    if undecided:
        sentences.append(f"核算数待核实的 {undecided} 个项目不计入核算平均")
    return sentences


def has_means(project: ProjectRecord) -> bool:
    """Tell whether a project has a figure that means are taken of."""
    figures = (
        project.score_stated,
        project.score_expected,
        project.satisfaction_stated,
        project.satisfaction_expected,
    )
    return any(figure is not None for figure in figures)


def _unweighted(scored: Sequence[ProjectRecord]) -> str:
    number = sum(not in_wan(project.budget, project.amount_unit) for project in scored)
    return f"，没有预算数的 {number} 个项目不计入" if number else ""


def _has_money(project: ProjectRecord) -> bool:
    figures = (project.budget, project.executed)
    return any(in_wan(figure, project.amount_unit) is not None for figure in figures)


def write_remark(
    book: Book, sheet: Any, row: int, widths: Sequence[float], sentences: Sequence[str]
) -> None:
    """Write sentences in one line over columns of these widths; nothing when there are none."""
    if not sentences:
        return
    text = f"注：{'；'.join(sentences)}。"
    look = book.format(text_wrap=True, font_color=style.rgb(style.MUTED))
    sheet.set_row(row, row_height([(text, sum(widths))], 20))
    sheet.merge_range(row, 0, row, len(widths) - 1, text, look)
