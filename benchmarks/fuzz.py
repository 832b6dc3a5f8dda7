"""Fuzz guard, reader, patcher and the whole way of a file with damaged real files.

    python benchmarks/fuzz.py --seconds 600            random mutations of all targets
    python benchmarks/fuzz.py --engine atheris --seconds 600

Inputs run in child processes with limited memory; a child that dies or hangs costs one input and
is counted. With --engine atheris (pip install atheris) mutations are guided by the coverage they
reach. Failing inputs are kept in the folder named by --keep. Ends with 1 when there are any.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import faulthandler
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_inputs import mutated, seeds
from fuzz_targets import TARGETS

MEMORY = 2 << 30
HANG = 20.0  # seconds; a run gives each file 60
ROUND = 2000  # inputs of one child


def made(number: int, seed: int) -> tuple[str, bytes]:
    """Return the name of the seed file and the mutated bytes of an input."""
    chance = random.Random(f"{seed}/{number}")
    name = chance.choice(sorted(seeds()))
    data = mutated(seeds()[name], chance)
    while chance.random() < 0.2:
        data = mutated(data, chance)
    return name, data


def target_of(number: int, wanted: str) -> str:
    """Return which target an input is for."""
    return wanted if wanted in TARGETS else list(TARGETS)[number % len(TARGETS)]


def limit_memory() -> None:
    """Let this process have so much memory and no more, where the system can do that."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  (not on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def child(first: int, seed: int, wanted: str) -> None:
    """Try inputs from ``first`` on, telling each one's beginning and end."""
    limit_memory()
    faulthandler.enable()
    for number in range(first, first + ROUND):
        name, data = made(number, seed)
        target = target_of(number, wanted)
        print(f"begin\t{number}", flush=True)
        start = time.perf_counter()
        try:
            outcome = TARGETS[target](data, number)
        except Exception:
            text = traceback.format_exc().replace("\n", "\\n")
            print(f"broken\t{number}\t{target}\t{name}\t{text}", flush=True)
        else:
            print(
                f"end\t{number}\t{time.perf_counter() - start:.3f}\t{target}: {outcome}", flush=True
            )


class Tally:
    """The figures of a run."""

    def __init__(self, keep: Path, seed: int) -> None:
        self.keep, self.seed = keep, seed
        self.tried = 0
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.broken: collections.Counter[str] = collections.Counter()
        self.died = self.hung = 0
        self.slowest: tuple[float, int] = (0.0, -1)

    def take(self, fields: list[str]) -> None:
        """Count one input that ended."""
        self.tried += 1
        if fields[0] == "end":
            self.outcomes[fields[3]] += 1
            self.slowest = max(self.slowest, (float(fields[2]), int(fields[1])))
            return
        last = [line for line in fields[4].split("\\n") if line.strip()]
        where = [line.strip() for line in last if line.strip().startswith("File")]
        key = f"{fields[2]}: {last[-1]} | {where[-1] if where else ''}"
        self.broken[key] += 1
        if self.broken[key] <= 3:
            self.save(int(fields[1]), "broken")
            if self.broken[key] == 1:
                print(f"\n#{fields[1]} ({fields[3]})\n" + "\n".join(last[-12:]), flush=True)

    def lost(self, number: int, *, hung: bool) -> None:
        """Count an input that took its process along."""
        self.tried += 1
        self.hung += hung
        self.died += not hung
        self.save(number, "hung" if hung else "died")

    def save(self, number: int, why: str) -> None:
        """Keep a failing input."""
        self.keep.mkdir(parents=True, exist_ok=True)
        name, data = made(number, self.seed)
        (self.keep / f"{why}-{number}{Path(name).suffix}").write_bytes(data)
        print(f"{why}: input {number} from {name}", flush=True)

    def report(self) -> int:
        """Print the figures; return the exit code."""
        for outcome, count in self.outcomes.most_common():
            print(f"{count:8}  {outcome}")
        for what, count in self.broken.most_common():
            print(f"{count:8}  BROKEN {what}")
        print(
            f"inputs tried {self.tried}, crashes {self.died}, hangs {self.hung}, "
            f"broken promises {sum(self.broken.values())}, "
            f"slowest {self.slowest[0]:.2f} s (#{self.slowest[1]}), seed {self.seed}"
        )
        return int(bool(self.broken or self.died or self.hung))


def drive(options: argparse.Namespace) -> int:
    """Keep a child busy until the time is up."""
    tally = Tally(options.keep, options.seed)
    end = time.monotonic() + options.seconds
    number = options.first
    while time.monotonic() < end:
        following = _one_child(number, tally, options, end)
        if following == number and time.monotonic() < end:
            print("the child process does not start")
            return 1
        number = following
    return tally.report()


def _one_child(number: int, tally: Tally, options: argparse.Namespace, end: float) -> int:
    """Run a child from an input on; return the input the next one begins with."""
    command = [sys.executable, __file__, "--child", str(number), "--seed", str(options.seed)]
    process = subprocess.Popen(
        [*command, "--target", options.target],
        stdout=subprocess.PIPE,
        stderr=None if options.loud else subprocess.DEVNULL,
        text=True,
    )
    lines: Queue[str | None] = Queue()
    Thread(target=_pump, args=(process, lines), daemon=True).start()
    current: int | None = None
    following = number
    try:
        while time.monotonic() < end:
            try:
                line = lines.get(timeout=HANG if current is not None else 120)
            except Empty:
                if current is not None:
                    tally.lost(current, hung=True)
                return following
            if line is None:
                if current is not None:
                    tally.lost(current, hung=False)
                return following
            fields = line.rstrip("\n").split("\t")
            if fields[0] == "begin":
                current = int(fields[1])
                following = current + 1
            elif fields[0] in ("end", "broken"):
                tally.take(fields)
                current = None
    finally:
        process.kill()
        process.wait()
    return following


def _pump(process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def guided(options: argparse.Namespace) -> int:
    """Let atheris choose the mutations by the coverage they reach."""
    try:
        import atheris  # noqa: F401, PLC0415  (only whether it is there)
    except ImportError:
        print("atheris is not installed: random mutations instead")
        return drive(options)
    command = [sys.executable, __file__, "--guided-child", "--seed", str(options.seed)]
    with tempfile.TemporaryDirectory() as corpus:
        for place, data in enumerate(seeds().values()):
            (Path(corpus) / f"seed{place}").write_bytes(data)
        options.keep.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [
                *(*command, "--target", options.target, corpus),
                f"-max_total_time={int(options.seconds)}",
                f"-timeout={int(HANG)}",
                f"-rss_limit_mb={MEMORY >> 20}",
                f"-artifact_prefix={options.keep}/",
                "-max_len=200000",
                "-len_control=0",
                "-print_final_stats=1",
            ],
            check=False,
            stderr=subprocess.PIPE,
            text=True,
        )
    print("\n".join(done.stderr.splitlines()[-40:]))
    return int(done.returncode != 0)


def guided_child(wanted: str, rest: list[str]) -> None:
    """Run libFuzzer over the instrumented package. Ends the process."""
    import atheris  # noqa: PLC0415  (an option)

    for name in [name for name in sys.modules if name.startswith(("selfeval_xl", "fuzz_targets"))]:
        del sys.modules[name]
    with atheris.instrument_imports(include=["selfeval_xl"], enable_loader_override=False):
        targets: dict[str, Any] = import_module("fuzz_targets").TARGETS
        for part in ("legacy", "patching", "editing.worksheet"):
            import_module(f"selfeval_xl.workbooks.{part}")

    def one(data: bytes) -> None:
        seed = len(data) + sum(data[:64])
        targets[target_of(seed, wanted)](data, seed)

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        changed = mutated(bytes(data), random.Random(seed))
        return changed if len(changed) <= most else bytes(data)[:most]

    atheris.Setup([sys.argv[0], *rest], one, custom_mutator=mutator)
    atheris.Fuzz()


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Fuzz the reading, marking and judging of files.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="first input, to repeat one")
    parser.add_argument("--target", choices=["all", *TARGETS], default="all")
    parser.add_argument("--engine", choices=["random", "atheris"], default="random")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-kept")
    parser.add_argument("--loud", action="store_true", help="show what children say")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--guided-child", action="store_true", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.child is not None:
        child(options.child, options.seed, options.target)
        return 0
    if options.guided_child:
        guided_child(options.target, rest)
    return guided(options) if options.engine == "atheris" else drive(options)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
