"""A folder of workbooks to marked copies, findings.json and the summary.

Files are judged and marked one by one (in this process, or in several when there are many);
then their forms are put together into projects, and the results over all of them are written
while files that differ from others are marked once more with what was found.
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

from selfeval_xl.discovery import Dropped, common_root, discover
from selfeval_xl.findings import Finding
from selfeval_xl.locking import only_run
from selfeval_xl.outputs import OutputError, sweep
from selfeval_xl.own_results import written_elsewhere
from selfeval_xl.pool import Lost, Pool, PoolError, start_method
from selfeval_xl.records import Counts, FileRecord, ProjectRecord, Status
from selfeval_xl.result_names import overall_names, printable
from selfeval_xl.results.extract import Extract, with_findings
from selfeval_xl.results.tally import tally
from selfeval_xl.settings import Settings
from selfeval_xl.spool import Spool
from selfeval_xl.working import (
    Done,
    Job,
    finished,
    get_ready,
    load,
    lost_text,
    work,
    work_here,
    work_packed,
)

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
    part: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
    waiting: Callable[[], None] | None = None,
) -> Outcome:
    """Check all files under the inputs and write the results to ``out``.

    ``part`` says that the inputs are only a part of an inbox, the summary of which is to stay.
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
        names = overall_names(partial=part)
        with _Run(files, out, names, settings, jobs, progress) as batch:
            outcome = batch.run()
        if alone and batch.killed:
            sweep(out)  # what a worker was writing when it was ended
        return outcome


class _Run:
    """The state of one run."""

    def __init__(
        self,
        files: list[Dropped],
        out: Path,
        names: tuple[str, str],
        settings: Settings,
        jobs: int | None,
        progress: Progress | None,
    ) -> None:
        self.files = files
        self.out = out
        self.names = names
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
        self.unmarked: dict[int, tuple[Finding, ...]] = {}
        self.missing = ""
        self.killed = False
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
        summary = self._finish(projects)
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

    def _settled(self) -> Iterator[Extract]:
        """Yield what is said of each file, in their order, the second pass going on meanwhile."""
        marking = self._second_pass()
        next(marking, None)  # now the workers have something to do
        for index in range(len(self.files)):
            while self.unmarked and (index in self.unmarked or self.pool.heard()):
                next(marking)
            yield self.extracts[index]

    def _second_pass(self) -> Iterator[None]:
        """Mark the files again that differ from others, with what was found; yield after each."""
        marked = [index for index in self.unmarked if self.digests[index]]
        for index in set(self.unmarked).difference(marked):
            self._leave_unmarked(index)

        def again(index: int) -> Job:
            return Job(self.files[index], self.unmarked[index], self.digests[index])

        for index, done in self._results(marked, again, ahead=1):
            if isinstance(done, Done) and done.status is Status.CHECKED:
                self._take(index, done)
                del self.unmarked[index]
            else:
                self.remarks[index] = _UNMARKED
                self._leave_unmarked(index, _UNMARKED)
            yield
        self.pool.close()

    def _leave_unmarked(self, index: int, remark: str = "") -> None:
        """Say what was found of a file in the results alone, its copy stays as it is."""
        findings = self.unmarked.pop(index)
        outline = self.outlines[index]
        forms = outline.forms if outline else ()
        self.extracts.put(index, with_findings(self.extracts[index], forms, findings, remark))

    def _first(self, index: int) -> Job:
        return Job(self.files[index])

    def _results(
        self, indices: Sequence[int], job: Callable[[int], Job], ahead: int
    ) -> Iterator[tuple[int, Done | Lost]]:
        """Do the jobs here or in workers; what might hold the process up or end it never here."""
        distant = list(indices) if self.jobs > 1 else []
        for index in () if distant else indices:
            done = work_here(job(index), str(self.out), self.settings)
            if done is None:
                distant.append(index)
            else:
                yield index, done
        waiting = set(distant)
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
        self.killed = True
        text = lost_text(why, self.settings)
        self._refuse(index, Status.UNREADABLE, text)
        self.failures[index] = text

    def _refuse(self, index: int, status: Status, text: str) -> None:
        self._keep(index, finished(FileRecord(printable(self.files[index].name), status, text)))

    def _give_up(self) -> None:
        """Record the files that an interrupted run did not come to."""
        self.killed = True
        self.pool.close()  # what its workers were on is not wanted any more
        rest = [index for index, fate in enumerate(self.outlines) if fate is None]
        for index in rest:
            self._refuse(index, Status.SKIPPED, "本次运行中途停止，未核对。")
        self.missing = f"本次运行中途停止，还有 {len(rest)} 个文件没有核对。"

    def _projects(self) -> list[ProjectRecord]:
        """Put the forms together into projects and keep what contradicts other forms."""
        from selfeval_xl.projects import group_projects  # noqa: PLC0415  (needed at the end only)

        projects, cross = group_projects(self._outlines(), self.settings)
        for index, findings in sorted(cross.items()):
            self.unmarked[index] = tuple(findings)
            self.counts = self.counts + tally(findings)
        return projects

    def _outlines(self) -> list[FileRecord]:
        """Return every file's record; called once all have a fate."""
        return [outline for outline in self.outlines if outline is not None]

    def _finish(self, projects: list[ProjectRecord]) -> Path:
        """Write the results; return where the summary is.

        What breaks off the second pass costs only its marks: the results are begun anew without.
        """
        try:
            return self._write(projects)
        except KeyboardInterrupt:
            if not self.unmarked:
                raise
            self.killed = True
            self.pool.close()
            self.missing = self.missing or "本次运行中途停止，部分标注副本缺少表间核对的结果。"
            for index in list(self.unmarked):
                self._leave_unmarked(index)
            return self._write(projects)

    def _write(self, projects: list[ProjectRecord]) -> Path:
        from selfeval_xl.overall import write_overall  # noqa: PLC0415  (needed at the end only)

        paths = write_overall(
            self.out,
            self.names,
            self._settled(),
            projects,
            settings=self.settings,
            incomplete=self.missing,
        )
        for path, name in zip(paths, self.names, strict=True):
            if path.name != name:
                self.written_elsewhere.append(written_elsewhere(self.out / name, path))
        return paths[1]


def _load_writers() -> None:
    """Load what is needed once all files are done."""
    for module in ("projects", "overall"):
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
