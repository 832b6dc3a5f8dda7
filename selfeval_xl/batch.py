"""A folder of workbooks to marked copies, findings.json and the summary.

Files are judged and marked one by one (in this process, or in several when there are many);
then their forms are put together into projects, files that differ from others are marked once
more with what was found, and the summary is written last.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

from selfeval_xl.discovery import Dropped, common_root, discover, printable
from selfeval_xl.findings import Finding
from selfeval_xl.locking import only_run
from selfeval_xl.outputs import (
    OutputError,
    Pending,
    long_path,
    scratch_folder,
    sweep,
    whole_file,
)
from selfeval_xl.pool import Lost, Pool, PoolError, start_method
from selfeval_xl.records import Counts, FileRecord, ProjectRecord, Status
from selfeval_xl.results.extract import Extract, with_findings
from selfeval_xl.results.tally import tally
from selfeval_xl.settings import Settings
from selfeval_xl.snapshots import is_risky
from selfeval_xl.spool import Spool
from selfeval_xl.working import (
    Done,
    Job,
    finished,
    get_ready,
    load,
    lost_text,
    work,
    work_packed,
)

SUMMARY = "汇总表.xlsx"
FINDINGS = "findings.json"

BREAK_EVEN = 60
"""Files from which starting worker processes pays: fresh ones need 0.3 s to start, a file 12 ms."""
_MOST_JOBS = 16

_UNMARKED = "核对期间文件被修改或移走，标注副本里缺少表间核对的结果。"

Progress = Callable[[int, int, Counts], None]
"""Called with the number of files done, of all files, and the findings so far."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    ``files`` counts the dropped files by their fate. ``failed`` are those that could not be read
    or whose copy could not be written, with the reason; ``remarks`` what else a person should
    know. ``missing`` says what is missing when the run was broken off, else "".
    """

    out: Path
    summary: Path | None
    files: Mapping[Status, int]
    projects: int
    counts: Counts
    failed: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    missing: str = ""


def run(
    inputs: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Outcome:
    """Check all files under the inputs and write the results to ``out``.

    ``jobs`` is the number of processes, None for one or as many as there are processors,
    whichever is faster. ``waiting`` is called when another run holds the output folder. Raises
    OutputError when the results cannot be written; what is written by then is whole. Without
    any file nothing is written and the outcome has no summary.
    """
    root = common_root(inputs)
    with only_run(out, waiting=waiting) as alone:
        files = discover(inputs, root, out)
        if alone:
            sweep(out)
        if not files:
            return Outcome(out, None, dict.fromkeys(Status, 0), 0, Counts())
        with _Run(files, out, settings, jobs, progress) as batch:
            return batch.run()


class _Run:
    """The state of one run."""

    def __init__(
        self,
        files: list[Dropped],
        out: Path,
        settings: Settings,
        jobs: int | None,
        progress: Progress | None,
    ) -> None:
        self.files = files
        self.out = out
        self.settings = settings
        self.jobs = _jobs(jobs, len(files))
        self.progress = progress
        function = partial(work_packed, out=str(out), settings=settings)
        self.pool = Pool(function, self.jobs, settings.time_limit, get_ready)
        self.extracts: Spool[Extract] = Spool(out, len(files))
        self.outlines: list[FileRecord | None] = [None] * len(files)
        self.failures: dict[int, str] = {}
        self.remarks: dict[int, str] = {}
        self.digests = [b""] * len(files)
        self.counts = Counts()
        self.missing = ""
        self.written_elsewhere: list[str] = []

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.close()
        self.extracts.close()

    def run(self) -> Outcome:
        try:
            self._first_pass()
        except KeyboardInterrupt:
            self._give_up()
        projects = self._projects()
        self.pool.close()
        summary = self._write(projects)
        names = [printable(file.name) for file in self.files]
        fates = [outline.status for outline in self._outlines()]
        return Outcome(
            out=self.out,
            summary=summary,
            files={status: fates.count(status) for status in Status},
            projects=len(projects),
            counts=self.counts,
            failed=tuple((names[at], text) for at, text in sorted(self.failures.items())),
            remarks=(
                *(f"{names[at]}：{text}" for at, text in sorted(self.remarks.items())),
                *self.written_elsewhere,
            ),
            missing=self.missing,
        )

    def _first_pass(self) -> None:
        """Check every file on its own."""
        if self.jobs > 1:
            copies = start_method() == "fork"
            if copies:
                load()  # once for all workers
            with suppress(PoolError):  # met again where it can be helped
                self.pool.start()
            if not copies:
                _load_writers()  # while the workers load the forms
        everything = range(len(self.files))
        results = self._results(everything, self._first, ahead=3)
        for number, (index, done) in enumerate(results, start=1):
            if isinstance(done, Done):
                self._take(index, done)
                self.counts = self.counts + done.counts
            else:
                self._lost(index, done)
            if self.progress:
                self.progress(number, len(everything), self.counts)
            if number == 1 and self.jobs > 1:
                _load_writers()  # while the workers are busy

    def _second_pass(self, cross: Mapping[int, tuple[Finding, ...]]) -> None:
        """Mark the files again that differ from others, with what was found."""
        for findings in cross.values():
            self.counts = self.counts + tally(findings)
        marked = [index for index in cross if self.digests[index]]
        unmarked = dict(cross)

        def again(index: int) -> Job:
            return Job(self.files[index], cross[index], self.digests[index])

        try:
            for index, done in self._results(marked, again, ahead=1):
                if isinstance(done, Done) and done.status is Status.CHECKED:
                    self._take(index, done)
                    del unmarked[index]
                else:
                    self.remarks[index] = _UNMARKED
        finally:  # an interrupted run says all that was found
            for index, findings in unmarked.items():
                self.extracts.put(index, with_findings(self.extracts[index], findings))

    def _first(self, index: int) -> Job:
        return Job(self.files[index])

    def _results(
        self, indices: Sequence[int], job: Callable[[int], Job], ahead: int
    ) -> Iterator[tuple[int, Done | Lost]]:
        """Do the jobs here or in workers; what might take the process down never here."""
        distant = [index for index in indices if self.jobs > 1 or is_risky(self.files[index])]
        waiting = set(distant)
        for index in indices:
            if index not in waiting:
                yield index, work(job(index), str(self.out), self.settings)
        try:
            for index, result in self.pool.spread(((at, job(at)) for at in distant), ahead):
                waiting.discard(index)
                yield index, result
        except PoolError:  # this machine starts no processes
            for index in sorted(waiting):
                yield index, work(job(index), str(self.out), self.settings)

    def _take(self, index: int, done: Done) -> None:
        if done.fatal:
            raise OutputError(done.fatal)
        self._keep(index, done)
        self.digests[index] = done.digest
        if done.failed:
            self.failures[index] = done.remark or done.outline.message
        elif done.remark:
            self.remarks[index] = done.remark

    def _keep(self, index: int, done: Done) -> None:
        self.extracts.put(index, done.extract)
        self.outlines[index] = done.outline

    def _lost(self, index: int, why: Lost) -> None:
        """Record a file that cost a worker its life."""
        text = lost_text(why, self.settings)
        self._refuse(index, Status.UNREADABLE, text)
        self.failures[index] = text

    def _refuse(self, index: int, status: Status, text: str) -> None:
        self._keep(index, finished(FileRecord(printable(self.files[index].name), status, text)))

    def _give_up(self) -> None:
        """Record the files that an interrupted run did not come to."""
        self.pool.close()  # what its workers were on is not wanted any more
        rest = [index for index, fate in enumerate(self.outlines) if fate is None]
        for index in rest:
            self._refuse(index, Status.SKIPPED, "本次运行中途停止，未核对。")
        self.missing = f"本次运行中途停止，还有 {len(rest)} 个文件没有核对。"

    def _projects(self) -> list[ProjectRecord]:
        """Put the forms together into projects and mark what contradicts other forms."""
        from selfeval_xl.projects import group_projects  # noqa: PLC0415  (needed at the end only)

        projects, cross = group_projects(self._outlines(), self.settings)
        wanted = {
            index: found
            for index, findings in sorted(cross.items())
            if (found := tuple(f for f in findings if f.rule not in self.settings.disabled_rules))
        }
        try:
            self._second_pass(wanted)
        except KeyboardInterrupt:
            self.missing = self.missing or "本次运行中途停止，部分标注副本缺少表间核对的结果。"
        return projects

    def _outlines(self) -> list[FileRecord]:
        """Return every file's record; called once all have a fate."""
        return [outline for outline in self.outlines if outline is not None]

    def _write(self, projects: list[ProjectRecord]) -> Path:
        """Write findings.json, then the summary; return where the summary is."""
        from selfeval_xl.results.findings_json import write_findings  # noqa: PLC0415  (needed at the end only)
        from selfeval_xl.results.summary import write_summary  # noqa: PLC0415  (needed at the end only)
        from selfeval_xl.rules.catalogue import catalogue  # noqa: PLC0415  (needed at the end only)

        with whole_file(self.out / FINDINGS) as pending:
            target = long_path(pending.temporary)
            with open(target, "x", encoding="utf-8", newline="\n") as file:  # noqa: PTH123  (a long path is text)
                write_findings(
                    file,
                    (known.file_json for known in self.extracts),
                    projects,
                    (entry for known in self.extracts for entry in known.findings_json),
                )
        self._settle(pending, FINDINGS)
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415  (needed at the end only)

        with scratch_folder(self.out) as scratch, whole_file(self.out / SUMMARY) as pending:
            try:
                write_summary(
                    long_path(pending.temporary),
                    self.extracts,
                    projects,
                    profile=self.settings.profile,
                    rules=catalogue(),
                    incomplete=self.missing,
                    scratch=long_path(scratch),
                )
            except FileCreateError as error:  # wraps what the system said
                raise error.args[0] if error.args else OSError(str(error)) from error
        self._settle(pending, SUMMARY)
        return pending.path

    def _settle(self, pending: Pending, name: str) -> None:
        if pending.path.name != name:
            self.written_elsewhere.append(
                f"“{name}”正被其他程序打开，本次结果另存为“{pending.path.name}”。"
            )


def _load_writers() -> None:
    """Load what is needed once all files are done."""
    for module in ("projects", "results.findings_json", "results.summary", "rules.catalogue"):
        import_module(f"selfeval_xl.{module}")


def _jobs(wanted: int | None, files: int) -> int:
    """Return the number of processes for so many files."""
    if wanted is not None:
        return max(1, min(wanted, files))
    if files < BREAK_EVEN:
        return 1
    return min(_processors(), _MOST_JOBS)


def _processors() -> int:
    """Return the number of processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
