"""The workbook 汇总表.xlsx over a whole run, written while the files pass by once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from selfeval_xl.records import ProjectRecord, Status
from selfeval_xl.results import style
from selfeval_xl.results.extract import Extract
from selfeval_xl.results.links import file_name, relative
from selfeval_xl.results.summary_book import Book, Linked
from selfeval_xl.results.summary_charts import write_charts
from selfeval_xl.results.summary_departments import write_departments
from selfeval_xl.results.summary_figures import overview
from selfeval_xl.results.summary_files import STATUS, FilesTable
from selfeval_xl.results.summary_findings import findings_table
from selfeval_xl.results.summary_funds import funds_table
from selfeval_xl.results.summary_projects import write_projects
from selfeval_xl.results.summary_questionnaires import finish_questions, questions_table
from selfeval_xl.results.summary_rules import RuleCounts, write_rules
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import DEFAULT

SHEETS = ("汇总", "部门汇总", "差异明细", "问卷", "资金", "图表", "规则统计", "文件清单")
"""The sheets in their order; a table past the row limit goes on in 差异明细(2) … at the end."""


def write_summary(
    target: str | Path | BinaryIO,
    files: Iterable[Extract],
    projects: Sequence[ProjectRecord],
    *,
    profile: str,
    rules: Mapping[str, Rule],
    grades: Sequence[str] = DEFAULT.grade_names,
    corrected_folder: str = "",
    created: date | None = None,
    incomplete: str = "",
    scratch: str | None = None,
) -> None:
    """Write the summary of a run.

    ``files`` is gone through once and may be a generator: no row is kept. ``projects`` name
    their files by position in it. Links to the marked copies are relative: the copy's path below
    ``corrected_folder``, itself relative to the summary ("" when the copies lie beside it).
    ``grades`` are the profile's, best first. ``created`` is the date in the document's properties;
    without it a fixed date is written, so the same input always gives the same bytes.
    ``incomplete`` says in Chinese what is missing when the run was broken off. ``scratch`` is a
    folder for intermediate files, by default the system's. Raises OSError when the target cannot
    be written.
    """
    book = Book(target, created, scratch)
    sheets = {name: book.sheet(name, _COLOURS.get(name, style.TITLE)) for name in SHEETS}
    remark = f"规则口径：{profile}"
    if created:
        remark += f"　编制日期：{created.year}年{created.month}月{created.day}日"
    findings = findings_table(book, sheets["差异明细"], remark)
    questions = questions_table(book, sheets["问卷"], remark)
    funds = funds_table(book, sheets["资金"], remark)
    listed = FilesTable(book, sheets["文件清单"], remark)
    counted = RuleCounts()
    copies: list[tuple[str, str]] = []
    for file in files:
        copy = relative(file.corrected, corrected_folder) if file.corrected else ""
        link = Linked(file_name(file.path), copy) if copy else None
        findings.place(file.findings, link)
        questions.place(file.questions, link)
        funds.place(file.funds, link)
        listed.add(file, link)
        counted.add(file.rules)
        copies.append((file.path, copy))
    some = listed.statuses[STATUS[Status.CHECKED][0]]
    findings.finish("未发现差异" if some else _NOTHING_CHECKED)
    finish_questions(book, questions)
    funds.finish("没有识别到资金明细表或基础数据表")
    listed.finish()
    remark += f"　{overview(projects, listed.statuses)}"
    totals = write_projects(
        book, sheets["汇总"], projects, copies, remark=remark, incomplete=incomplete
    )
    write_departments(book, sheets["部门汇总"], projects, grades, remark=remark, totals=totals)
    write_charts(book, sheets["图表"], projects, grades, counted.differences(), rules)
    nothing = "未发现差异，没有用到规则" if some else _NOTHING_CHECKED
    write_rules(book, sheets["规则统计"], counted, rules, remark=remark, nothing=nothing)
    book.close()


_NOTHING_CHECKED = "没有核对任何文件，原因见“文件清单”"
_COLOURS = {"差异明细": style.ROOT.ink, "规则统计": style.MUTED, "文件清单": style.MUTED}
