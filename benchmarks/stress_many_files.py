"""A folder of very many workbooks: time, exit code and peak memory of the run's processes.

    python benchmarks/stress_many_files.py 20000

The filled templates in about fifty variants, some with errors, lie in a folder per project. With
--linked the variants are hard links: the same few projects handed in thousands of times. Ends with
1 when the parent needs more than its 400 MiB or the run fails.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILLED = ROOT / "samples" / "待核对" / "社区居家养老服务补贴项目"
VARIANTS = 51
PER_PROJECT = 3
MOST = 400  # MiB
_NAMES = (("社区居家养老", "第{}项养老"), ("青禾区", "第{}区"))
_FIGURE = re.compile(rb"<v>(\d+\.\d+)</v>")


def variants() -> list[list[tuple[str, bytes]]]:
    """Return the parts of the variants; every third has a wrong figure or two."""
    chance = random.Random(1)
    sources = sorted(FILLED.glob("*.xlsx"))
    made = []
    for number in range(VARIANTS):
        with zipfile.ZipFile(sources[number % len(sources)]) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
        made.append([(n, _spoilt(c, chance)) if number % 9 < 3 else (n, c) for n, c in parts])
    return made


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    """Change a figure of a sheet; its formulas keep their results, as pasted values would."""
    figures = list(_FIGURE.finditer(content))
    if not figures:
        return content
    figure = chance.choice(figures)
    return content[: figure.start(1)] + b"7" + content[figure.start(1) :]


def fill(inbox: Path, count: int, *, linked: bool) -> None:
    """Put so many workbooks into the inbox, a folder per project; linked ones repeat a few."""
    made = variants()
    sources: dict[int, Path] = {}
    for number in range(count):
        project, kind = number // PER_PROJECT, number % len(made)
        folder = inbox / f"{project // 1000}" / f"第{project}号"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"表{kind}.xlsx"
        if linked and kind in sources:
            os.link(sources[kind], path)
        else:
            sources[kind] = path
            path.write_bytes(_named(made[kind], project))


def _named(parts: list[tuple[str, bytes]], number: int) -> bytes:
    """Return the workbook with another project's and unit's name in all its texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, original in parts:
            content = original
            for word, other in _NAMES:
                content = content.replace(word.encode(), other.format(number).encode())
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def watched(command: list[str]) -> tuple[int, float, int, str]:
    """Run a command; return exit code, seconds, the parent's peak KiB and what it said."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)  # of this process alone, not of its workers
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.perf_counter() - begun, usage.ru_maxrss, said


def main() -> int:
    """Make the folder, run and print the figures."""
    parser = argparse.ArgumentParser(description="A run over very many workbooks.")
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("-j", "--jobs", type=int)
    parser.add_argument(
        "--linked", action="store_true", help="the same 17 projects again and again"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        fill(base / "待核对", options.count, linked=options.linked)
        command = [sys.executable, "-m", "selfeval_xl", "run", str(base / "待核对")]
        if options.jobs:
            command += ["-j", str(options.jobs)]
        code, seconds, peak, said = watched(command)
        out = base / "核对结果"
        results = json.loads((out / "findings.json").read_bytes()) if code == 0 else {}
        checked = sum(file["status"] == "checked" for file in results.get("files", ()))
        sizes = {
            n: (out / n).stat().st_size >> 20 for n in ("findings.json", "汇总表.xlsx") if results
        }
        print(said.strip().splitlines()[-1] if said.strip() else "")
        found = {kind: len(results.get(kind, ())) for kind in ("projects", "findings")}
        print(
            f"files {options.count}, checked {checked}, projects {found['projects']}, "
            f"findings {found['findings']}, exit code {code}, {seconds:.1f} s "
            f"({options.count / seconds:.0f} files/s), parent's peak {peak >> 10} MiB, "
            f"{', '.join(f'{name} {size} MiB' for name, size in sizes.items())}"
        )
    return int(code != 0 or checked != options.count or peak >> 10 > MOST)


if __name__ == "__main__":
    sys.exit(main())
