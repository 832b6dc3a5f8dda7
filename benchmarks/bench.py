"""How fast: stages, whole runs and start-up, against a colleague's script and the physical floor.

    python benchmarks/bench.py [--files 1000] [--big] [--rounds 3]

Everything is measured in one run, in rounds that take turns, so that a busy machine slows all
alike; medians of the rounds are printed. Runs are fresh processes and include their start-up (from
compiled modules, as every run but the first), the summary and every fsync; the baselines' imports
are not counted. ``--big`` adds 10,000 files.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from generate import generate
from stages import stage_table

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples" / "待核对"
BIG = 10_000
_COLLEAGUES = 60  # files of a round that the slow baseline treats
_FOLDERS = count(1)
_RUN = """
import sys
from selfeval_xl.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
except SystemExit:
    pass
with open("/proc/self/status") as status:
    print("PEAK", next(line for line in status if line.startswith("VmHWM")).split()[1])
"""


@dataclass(frozen=True)
class Run:
    """A process: files, wall and processor seconds (its children's included), peak MiB."""

    files: int
    seconds: float
    processor: float
    peak: float = 0.0

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.files / self.seconds

    @property
    def cost(self) -> float:
        """Processor milliseconds a file."""
        return self.processor / self.files * 1000


def fresh(work: Path) -> Path:
    """Return a folder that is not there yet.

    Nothing is deleted before the end: a file system that has just deleted many files takes longer
    to make new ones.
    """
    return work / f"out-{next(_FOLDERS)}"


def product(inbox: Path, out: Path, files: int, jobs: int) -> Run:
    """Run the program over a folder into an empty one."""
    command = [sys.executable, "-c", _RUN, "run", str(inbox), "-o", str(out), "-j", str(jobs)]
    before, started = _spent(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, spent = time.perf_counter() - started, _spent() - before
    if "PEAK" not in done.stdout:
        sys.exit(done.stdout + done.stderr)
    return Run(files, seconds, spent, int(done.stdout.split("PEAK")[1]) / 1024)


def _spent() -> float:
    """Return the processor seconds of all processes that were started here and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def two_at_once(inbox: Path, work: Path, files: int) -> Run:
    """Run the program twice at once, neither knowing of the other: all that two processors give."""
    before, started = _spent(), time.perf_counter()
    with ThreadPoolExecutor(2) as both:
        for run in [both.submit(product, inbox, fresh(work), files, 1) for _ in range(2)]:
            run.result()
    return Run(2 * files, time.perf_counter() - started, _spent() - before)


def baseline(script: str, inbox: Path, out: Path, marks: Path, limit: int = 0) -> Run:
    """Run one of the baselines; its own clock starts after its imports."""
    command = [sys.executable, HERE / script, inbox, out, marks, "--limit", str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Run(**json.loads(done.stdout))


def wall(*arguments: str, times: int = 7) -> float:
    """Return the median wall seconds of a command in a fresh process."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def compiled_once(work: Path) -> None:
    """Have the processes started from here keep what they compile, as they do on any desk."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(work / "compiled")


def start_up(work: Path) -> list[tuple[str, str]]:
    """Measure a process that does nothing, and the samples end to end."""

    def samples() -> float:
        return product(SAMPLES, fresh(work), 18, 1).seconds

    return [
        ("python -c pass", f"{wall('-c', 'pass') * 1000:.0f} ms"),
        ("selfeval-xl --version", f"{wall('-m', 'selfeval_xl', '--version') * 1000:.0f} ms"),
        ("run samples/待核对, one process", f"{median(samples() for _ in range(7)):.2f} s"),
    ]


def throughput(work: Path, files: int, rounds: int) -> list[tuple[str, str]]:
    """Measure whole runs and both baselines in turns."""
    inbox, out = work / f"inbox-{files}", fresh(work)
    generate(inbox, files)
    marks = work / "marks.json"
    product(inbox, out, files, 2)  # also brings every file into the cache
    shutil.copy(out / "findings.json", marks)
    found: dict[str, list[Run]] = {}
    for _ in range(rounds):
        turns = {
            "one": product(inbox, fresh(work), files, 1),
            "two": product(inbox, fresh(work), files, 2),
            "apart": two_at_once(inbox, work, files),
            "colleague": baseline("colleague.py", inbox, fresh(work), marks, _COLLEAGUES),
            "floor": baseline("floor.py", inbox, fresh(work), marks),
        }
        for name, run in turns.items():
            found.setdefault(name, []).append(run)
    return _compared(files, found)


def _compared(files: int, found: dict[str, list[Run]]) -> list[tuple[str, str]]:
    def line(name: str) -> str:
        rate, cost = (
            median(getattr(run, what) for run in found[name]) for what in ("rate", "cost")
        )
        return f"{rate:.0f} files/s, {1000 / rate:.2f} ms wall, {cost:.2f} ms processor a file"

    def ratio(one: str, other: str, what: str = "rate") -> float:
        pairs = zip(found[one], found[other], strict=True)
        return median(getattr(a, what) / getattr(b, what) for a, b in pairs)

    peak = max(run.peak for name in ("one", "two") for run in found[name])
    return [
        (f"{files} files, one process", line("one")),
        (f"{files} files, two processes", line("two")),
        ("a colleague's script", line("colleague")),
        ("physical floor", line("floor")),
        (
            "one process against the colleague",
            f"{ratio('one', 'colleague'):.1f} × as fast "
            f"(processor {ratio('colleague', 'one', 'cost'):.1f} ×)",
        ),
        (
            "floor against one process",
            f"{ratio('floor', 'one'):.1f} × as fast "
            f"(processor {ratio('one', 'floor', 'cost'):.1f} ×)",
        ),
        ("two processes against one", f"{ratio('two', 'one'):.2f} ×"),
        ("two independent runs at once against one", f"{ratio('apart', 'one'):.2f} ×"),
        ("peak memory of the parent", f"{peak:.0f} MiB"),
    ]


def show(title: str, rows: list[tuple[str, str]]) -> None:
    """Print a table in Markdown."""
    print(f"\n| {title} | |\n|---|---|")
    for name, figure in rows:
        print(f"| {name} | {figure} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--big", action="store_true", help="10,000 files as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="selfeval-bench-") as folder:
        work = Path(folder)
        compiled_once(work)
        show("start-up", start_up(work))
        generate(work / "stages", 180, seed=7)
        show("one workbook by stage, medians", stage_table(work / "stages"))
        show("throughput", throughput(work, options.files, options.rounds))
        if options.big:
            show("throughput", throughput(work, BIG, 1))


if __name__ == "__main__":
    main()
