"""Derived figures typed over, and what follows from them with them: what the program writes there.

    python benchmarks/followed.py [--rounds 40] [--errors 3] [--seed 1] [--misses]

The three templates are filled with random figures that hold together; up to ``--errors`` derived
cells of each are typed over, and all that is computed from them follows. What was there before is
what should be there. The same workbooks are judged once more without their formulas, as of an
office that works figures out by hand. Of all cells that changed, a line per template says how many
were put right, put wrong, questioned, left as a rounding difference or passed over, and how many
cells that had not changed were changed or questioned. Parts of sums are never wrong here, so that
correcting a sum is always right: ``forced_sums.py`` shows what that costs where a part is.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from generate import Variant, variant
from mutations import aligned
from raw_zip import replaced
from typed_over import with_errors

from selfeval_xl.checking import check
from selfeval_xl.findings import Action, Finding, Kind, Level
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.sheet import a1

RIGHT, WRONG, ASKED, TAIL, UNSAID, FALSE = "更正对", "更正错", "核实", "尾差", "未发现", "误标"
VERDICTS = (RIGHT, WRONG, ASKED, TAIL, UNSAID, FALSE)
BY_FORMULA, BY_HAND = "公式", "手算"

_FORMULA = re.compile(rb"<f>[^<]*</f>")
_SAME = 1e-9

Place = tuple[str, str]
"""Sheet and address."""


@dataclass
class Outcome:
    """What became of the cells of some workbooks: how many by verdict, and the misses in words."""

    verdicts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """Return how many cells had been changed."""
        return sum(number for verdict, number in self.verdicts.items() if verdict != FALSE)


def run(seed: int, rounds: int, errors: int) -> dict[tuple[str, str], Outcome]:
    """Return the outcomes by template and by how the figures after an error were worked out."""
    found: dict[tuple[str, str], Outcome] = {}
    rng = random.Random(seed)
    for _ in range(rounds):
        project = variant(rng)
        for name, wrong in _wrong(project, rng, errors):
            truth = _numbers(project.packages[name], name)
            for way, data in ((BY_FORMULA, wrong), (BY_HAND, without_formulas(wrong))):
                _compare(name, data, truth, found.setdefault((name, way), Outcome()))
    return found


def _wrong(project: Variant, rng: random.Random, errors: int) -> Iterator[tuple[str, bytes]]:
    for name, package in project.packages.items():
        yield name, with_errors(package, name, project.entries[name], rng, rng.randint(1, errors))


def without_formulas(package: bytes) -> bytes:
    """Return a workbook whose cells hold the results of their formulas only."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = [part for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        return replaced(package, {part: _FORMULA.sub(b"", archive.read(part)) for part in parts})


def _numbers(data: bytes, name: str) -> dict[Place, float]:
    return {
        (sheet.name, a1((row, column))): value
        for sheet in read_workbook(data, name).sheets
        for row, values in enumerate(sheet.rows)
        for column, value in enumerate(values)
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _compare(name: str, data: bytes, truth: Mapping[Place, float], outcome: Outcome) -> None:
    """Add what is said of a workbook's cells to the outcome."""
    stated = _numbers(data, name)
    changed = {
        place
        for place, value in truth.items()
        if place not in stated or abs(stated[place] - value) > _SAME * max(1, abs(value))
    }
    findings: dict[Place, Finding] = {}
    for finding in check(data, name, DEFAULT).record.findings:
        findings.setdefault((finding.sheet, finding.cell), finding)
    for place in sorted(changed | findings.keys()):
        found = findings.get(place)
        verdict = _verdict(found, truth.get(place), place in changed)
        if verdict:
            outcome.verdicts[verdict] += 1
        if verdict in (WRONG, ASKED, UNSAID, FALSE):
            figures = f"{stated.get(place)}，应为 {truth.get(place)}"
            said = found.message if found else ""
            outcome.misses.append(f"{verdict} {name}/{place[0]}!{place[1]} {figures}：{said}")


def _verdict(finding: Finding | None, truth: float | None, changed: bool) -> str:
    """Return what a finding is worth, "" for one that changes nothing and asks nothing."""
    if finding is None:
        return UNSAID
    written = finding.action is not Action.LEFT
    if written and (truth is None or not _agrees(finding.expected, truth)):
        return WRONG
    if not changed:
        asks = finding.level is Level.REVIEW and finding.kind is Kind.UNSETTLED
        return FALSE if written or asks else ""
    if written:
        return RIGHT
    return TAIL if finding.kind is Kind.ROUNDING else ASKED


def _agrees(expected: object, truth: float) -> bool:
    """Tell whether two figures are the same to the decimals that both have."""
    if not isinstance(expected, Decimal):
        return False
    right = Decimal(repr(truth))
    exponents = [int(number.as_tuple().exponent) for number in (expected, right)]
    return abs(expected - right) <= Decimal("0.5000001") * Decimal(1).scaleb(max(exponents))


def main() -> None:
    parser = argparse.ArgumentParser(
        description="改写检验：改写由公式计算的格，其后各格随之变动，统计核对结果"
    )
    parser.add_argument("--rounds", type=int, default=40, help="每个模板填几份")
    parser.add_argument("--errors", type=int, default=3, help="每份至多改写几格")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true", help="逐一列出未更正对的格")
    options = parser.parse_args()
    found = run(options.seed, options.rounds, options.errors)
    rows = [["模板", "其后各格", "变动格", *VERDICTS]]
    for (name, way), outcome in sorted(found.items()):
        counts = [str(outcome.verdicts[verdict]) for verdict in VERDICTS]
        rows.append([name.removesuffix(".xlsx"), way, str(outcome.changed), *counts])
    print(aligned(rows))
    if options.misses:
        print("\n".join(line for outcome in found.values() for line in outcome.misses))


if __name__ == "__main__":
    sys.exit(main())
