"""Kill runs at random moments and look at what they leave.

    python benchmarks/stress_kill.py --rounds 60

Each round starts ``selfeval-xl run`` over generated workbooks, kills it (with its workers or
without) after a random time and checks that every output is absent, as of the run before or
whole. A copy may still lack what the comparison with other files would have added; findings.json
and the summary may not. Every few rounds a run is left undisturbed and must give exactly the bytes
of a first, undisturbed run, and leave no temporary file. Between rounds inputs change, so that old
and new outputs differ. Ends with 1 when anything was half written.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "samples" / "待核对" / "社区居家养老服务补贴项目"
WORKBOOKS = 40
UNDISTURBED_EVERY = 10


def generated(inbox: Path, version: int) -> None:
    """Fill an inbox with workbooks in nested folders; each version has other figures."""
    chance = random.Random(version)
    shutil.rmtree(inbox, ignore_errors=True)
    sources = sorted(TEMPLATE.glob("*.xlsx"))
    for number in range(WORKBOOKS):
        source = sources[number % len(sources)]
        book = openpyxl.load_workbook(source)
        for sheet in book:
            numeric = [c for row in sheet.iter_rows() for c in row if type(c.value) in (int, float)]
            for cell in chance.sample(numeric, min(2, len(numeric))):
                cell.value = round(float(cell.value) * chance.uniform(0.5, 2), 2)
        book.properties.modified = book.properties.created
        folder = inbox / f"项目{number // 6}" / f"第{number % 2}批"
        folder.mkdir(parents=True, exist_ok=True)
        stream = io.BytesIO()
        book.save(stream)
        (folder / f"{number}-{source.name}").write_bytes(stream.getvalue())


def command(inbox: Path, out: Path, jobs: int) -> list[str]:
    """Return the command line of a run."""
    run = [sys.executable, "-m", "selfeval_xl", "run", str(inbox), "-o", str(out)]
    return [*run, "-j", str(jobs)]


def tree(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder, temporary ones included."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def undisturbed(inbox: Path, out: Path) -> dict[str, str]:
    """Run to the end and return the outputs."""
    subprocess.run(command(inbox, out, 2), check=True, capture_output=True)
    return tree(out)


def killed(inbox: Path, out: Path, after: float, jobs: int, *, family: bool) -> bool:
    """Start a run and kill it after so many seconds; tell whether it was still alive."""
    with subprocess.Popen(
        command(inbox, out, jobs),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        time.sleep(after)
        alive = process.poll() is None
        if alive and family:
            os.killpg(process.pid, signal.SIGKILL)
        elif alive:
            process.kill()  # the workers find out by themselves
    if alive and not family:
        time.sleep(0.3)
    return alive


def faults(out: Path, known: set[str]) -> list[str]:
    """Return what is wrong with the outputs: half files, results of no undisturbed run."""
    found = []
    for path in sorted(out.rglob("*")) if out.exists() else ():
        inside = path.relative_to(out)
        if not path.is_file() or any(part.startswith(".") for part in inside.parts):
            continue  # temporary, with its folder; the next run sweeps it away
        name = inside.as_posix()
        content = path.read_bytes()
        over_all = path.parent == out and not path.stem.endswith("_已核对")
        if over_all and hashlib.sha256(content).hexdigest() not in known:
            found.append(f"{name}: no undisturbed run gives this content")
        try:
            if path.suffix == ".json":
                json.loads(content)
            else:
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    assert archive.testzip() is None
                openpyxl.load_workbook(io.BytesIO(content), read_only=True).close()
        except Exception as error:
            found.append(f"{name}: {type(error).__name__} {error}")
    return found


def temporary(out: Path) -> list[str]:
    """Return the temporary files below a folder."""
    return [path.name for path in out.rglob(".~*")] if out.exists() else []


def main() -> int:
    """Run the rounds and print the figures."""
    parser = argparse.ArgumentParser(description="Kill runs at random moments.")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        inbox, out = base / "待核对", base / "核对结果"
        expected: list[dict[str, str]] = []
        for version in (0, 1):
            generated(base / f"版{version}", version)
            shutil.rmtree(inbox, ignore_errors=True)
            shutil.copytree(base / f"版{version}", inbox)
            begun = time.perf_counter()
            expected.append(undisturbed(inbox, base / f"应为{version}"))
            length = time.perf_counter() - begun
        known = {digest for outputs in expected for digest in outputs.values()}
        wrong: list[str] = []
        kills = leftovers = clean = 0
        for number in range(1, options.rounds + 1):
            version = chance.randrange(2)
            shutil.rmtree(inbox)
            shutil.copytree(base / f"版{version}", inbox)
            if chance.random() < 0.3:
                shutil.rmtree(out, ignore_errors=True)
            after, jobs = chance.uniform(0.1, 1.1) * length, chance.choice((1, 2))
            kills += killed(inbox, out, after, jobs, family=chance.random() < 0.5)
            leftovers += bool(temporary(out))
            wrong += [f"round {number}: {fault}" for fault in faults(out, known)]
            if number % UNDISTURBED_EVERY == 0 or number == options.rounds:
                got = undisturbed(inbox, out)
                clean += 1
                if got != expected[version]:
                    different = sorted(set(got.items()) ^ set(expected[version].items()))
                    wrong.append(f"round {number}: the next run differs: {different[:4]}")
                wrong += [f"round {number}: {left.name} is left" for left in out.rglob(".*")]
        for fault in wrong[:20]:
            print(fault)
        print(
            f"rounds {options.rounds}, runs killed {kills}, with leftovers for the next run "
            f"{leftovers}, undisturbed runs compared {clean}, faults {len(wrong)}, "
            f"one run takes {length:.1f} s, seed {options.seed}"
        )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
