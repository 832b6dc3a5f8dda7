"""What ``check`` and ``rules`` show: the results of a few files, the rule catalogue."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

from selfeval_xl.discovery import Dropped, common_root, discover
from selfeval_xl.findings import Finding, Kind, Level
from selfeval_xl.pool import Lost, Pool, PoolError
from selfeval_xl.records import FileRecord, FormRecord, ProjectRecord, Status
from selfeval_xl.result_names import RESULTS_FOLDER, printable
from selfeval_xl.results.grouping import grouped
from selfeval_xl.results.marks import explanation, verdict
from selfeval_xl.results.review_scope import unchecked
from selfeval_xl.results.tally import tally, verdict_line
from selfeval_xl.rules import page
from selfeval_xl.settings import Settings
from selfeval_xl.working import examined_apart, examined_here, get_ready, lost_text

_NOWHERE = Path(RESULTS_FOLDER)


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a few files, and the projects they make up."""

    files: tuple[FileRecord, ...]
    projects: tuple[ProjectRecord, ...]

    @property
    def errors(self) -> bool:
        """Whether any finding is at level 错误."""
        return any(f.level is Level.ERROR for file in self.files for f in file.findings)

    @property
    def unreadable(self) -> bool:
        """Whether any file could not be read."""
        return any(file.status is Status.UNREADABLE for file in self.files)


def examine_files(inputs: Sequence[Path], settings: Settings) -> Report:
    """Judge files, and folders of them, and compare them with each other; writes nothing."""
    from selfeval_xl.projects import group_projects  # noqa: PLC0415  (needed at the end only)

    root = common_root(inputs)
    records = _records(discover(inputs, root, root / _NOWHERE), settings)
    projects, cross = group_projects(records, settings)
    for index, findings in cross.items():
        records[index] = replace(records[index], findings=(*records[index].findings, *findings))
    return Report(tuple(records), tuple(projects))


def _records(files: Sequence[Dropped], settings: Settings) -> list[FileRecord]:
    """Judge the files; those that might hold this process up or end it in one of their own."""
    here = [examined_here(file, settings) for file in files]
    apart = _apart([file for file, record in zip(files, here, strict=True) if not record], settings)
    return [record or next(apart) for record in here]


def _apart(files: Sequence[Dropped], settings: Settings) -> Iterator[FileRecord]:
    """Yield what each file was judged to be in a process of its own, in their order."""
    function = partial(examined_apart, settings=settings)
    records: dict[int, FileRecord] = {}
    with (
        contextlib.suppress(PoolError),  # this machine starts no processes: all are judged here
        Pool(function, 1, settings.time_limit, get_ready) as pool,
    ):
        for index, found in pool.spread(enumerate(files)):
            records[index] = (
                FileRecord(
                    printable(files[index].name), Status.UNREADABLE, lost_text(found, settings)
                )
                if isinstance(found, Lost)
                else found
            )
    for index, file in enumerate(files):
        yield records[index] if index in records else function(file)


def write_json(report: Report, stream: IO[str]) -> None:
    """Write the report as findings.json, in UTF-8 whatever the console's encoding."""
    from selfeval_xl.results.findings_json import write_records  # noqa: PLC0415  (needed at the end only)

    buffer = io.StringIO()
    write_records(buffer, report.files, report.projects)
    binary = getattr(stream, "buffer", None)
    if binary is None:
        stream.write(buffer.getvalue())
        return
    stream.flush()
    binary.write(buffer.getvalue().encode())
    binary.flush()


def text_lines(report: Report, *, verbose: bool) -> Iterator[str]:
    """Yield the report line by line, file by file, each root with its consequences."""
    for file in report.files:
        if file.status is not Status.CHECKED:
            yield f"{file.path}：{_FATES[file.status]}。{file.message}"
            continue
        yield f"{file.path}：{verdict_line(tally(file.findings))}{file.message}"
        if verbose:
            for form in file.forms:
                yield from _recognition(form)
            if others := unchecked(file):
                yield f"  未核对的工作表：{others}"
        for group in grouped(file.findings):
            for finding in group.members:
                yield _line(finding)


_FATES = {
    Status.UNRECOGNISED: "未识别",
    Status.UNREADABLE: "未能读取",
    Status.SKIPPED: "已跳过",
}


def _line(finding: Finding) -> str:
    consequence = finding.kind is Kind.CONSEQUENCE
    place = f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet
    label = "连带" if consequence else finding.level.label
    field = f"{finding.field}：" if finding.field else ""
    indent = "      " if consequence else "  "
    text = f"{field}{explanation(finding)}（{finding.rule} {verdict(finding)}）"
    return f"{indent}[{label}] {place} {text}"


def _recognition(form: FormRecord) -> Iterator[str]:
    sources = "，".join(f"{_SOURCES.get(name, name)}取自{place}" for name, place in form.sources)
    kind = _titles()[form.form]
    title = f"，表名“{form.title}”" if form.title not in ("", kind) else ""
    yield f"  工作表“{form.sheet}”识别为{kind}{title}，把握 {form.confidence:.0%}"
    yield (
        f"    项目：{form.project or '（未写）'}，年度：{form.year or '（未写）'}，"
        f"单位：{form.organisation or '（未写）'}{f'；{sources}' if sources else ''}"
    )
    if form.failure:
        yield f"    未能核对：{form.failure}"
    for line in form.evidence:
        yield f"    依据：{_COLUMNS.sub(_in_chinese, line)}"


def _titles() -> dict[str, str]:
    """Return the names of the forms by their ids."""
    from selfeval_xl.forms import FORMS  # noqa: PLC0415  (forms are slow to load)

    return {form.KIND: form.TITLE for form in FORMS}


_COLUMN_NAMES = {
    "level1": "一级指标",
    "level2": "二级指标",
    "level3": "三级指标",
    "sign": "符号",
    "target": "年度指标值",
    "unit": "计量单位",
    "actual": "实际完成值",
    "completion": "完成率",
    "points": "分值",
    "score": "得分",
    "reason": "偏差原因",
}
"""The columns of indicator tables, by the names forms have for them, in their usual order."""
_COLUMNS = re.compile(r"(?<=（)[a-z0-9_]+(?:、[a-z0-9_]+)*(?=）)")


def _in_chinese(columns: re.Match[str]) -> str:
    order = list(_COLUMN_NAMES)
    names = sorted(
        columns[0].split("、"), key=lambda name: order.index(name) if name in order else len(order)
    )
    return "、".join(_COLUMN_NAMES.get(name, name) for name in names)


_SOURCES = {"project": "项目", "year": "年度", "organisation": "单位", "department": "主管部门"}


def rule_lines(code: str | None) -> list[str] | None:
    """Return the catalogue, or one rule in full; None when there is no such rule."""
    try:
        return page.listed() if code is None else page.explained(code.strip().upper())
    except KeyError:
        return None
