"""A part mistyped below a sum that was typed in by hand and is right: what is said of the two?

    python benchmarks/forced_sums.py [--rounds 100] [--seed 4]

The other side of ``followed.py``, where only computed figures are wrong. In filled templates one
part of a sum is changed, the sum holds its true figure instead of its formula, and all else follows
by formula. Prints how often the part is named, the sum questioned, or the sum corrected though it
was right, and how often nothing is said of either.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import zipfile
from collections import Counter
from fractions import Fraction

import typed_over
from generate import Variant, variant
from raw_zip import replaced

from selfeval_xl.checking import check
from selfeval_xl.findings import Action
from selfeval_xl.relations import Sum
from selfeval_xl.settings import DEFAULT
from selfeval_xl.templating.derived import numbers, results
from selfeval_xl.workbooks.sheet import a1, parse_a1

NAMED, ASKED, WRONG, SILENT = "指出该项", "核实合计", "误改合计", "未发现"


def run(seed: int, rounds: int) -> Counter[str]:
    """Return how often each thing was said, one workbook of each template a round."""
    rng, said = random.Random(seed), Counter[str]()
    for _ in range(rounds):
        project = variant(rng)
        said.update(filter(None, [_said(project, name, rng) for name in project.packages]))
    return said


def _said(project: Variant, name: str, rng: random.Random) -> str:
    """Plant an error in a workbook and return what is said, "" when it has no place for one."""
    package, pages = project.packages[name], typed_over._pages(name)
    part = rng.choice(list(pages))
    layout, relations = pages[part]
    filled = {parse_a1(at): value for at, value in project.entries[name][layout.name].items()}
    known = numbers({**layout.contents(), **filled})
    before = results(layout, relations, known)
    places = [
        (target, cells)
        for target, relation in relations.items()
        if isinstance(relation.equals, Sum) and before.get(target) is not None
        for cells in [[c for c in relation.equals.cells() if c not in relations and known.get(c)]]
        if len(cells) > 1
    ]
    if not places:
        return ""
    target, cells = rng.choice(places)
    wrong = rng.choice(cells)
    true, value = before[target], _mistyped(known[wrong], rng)
    after = results(layout, relations, {**known, wrong: value, target: true})
    follow = {c: after.get(c) for c in before if after.get(c) != before[c] and c != target}
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        text = archive.read(part).decode("utf-8")
    text = typed_over._COMPUTED.sub(
        typed_over._rewritten({target: f"{float(true):.16G}"}, follow), text
    )
    cell = re.compile(rf'(<c r="{a1(wrong)}"[^>]*><v>)[^<]*(</v>)')
    text, changed = cell.subn(rf"\g<1>{float(value):.16G}\g<2>", text)
    if not changed:
        return ""
    record = check(replaced(package, {part: text.encode()}), name, DEFAULT).record
    found = {f.cell: f for f in record.findings if f.sheet == layout.name}
    if a1(wrong) in found:
        return NAMED
    total = found.get(a1(target))
    if total is None:
        return SILENT
    return ASKED if total.action is Action.LEFT else WRONG


def _mistyped(value: Fraction, rng: random.Random) -> Fraction:
    """Return a figure with the decimal point shifted, or some units more."""
    if rng.random() < 0.5:
        shifted = value * rng.choice((Fraction(10), Fraction(1, 10)))
        if value.denominator > 1 or shifted.denominator == 1:
            return shifted
    return value + rng.choice((7, 13, 90))


def main() -> None:
    parser = argparse.ArgumentParser(description="改写检验：某项填错，合计手填且无误，统计核对结果")
    parser.add_argument("--rounds", type=int, default=100, help="每个模板填几份")
    parser.add_argument("--seed", type=int, default=4)
    options = parser.parse_args()
    said = run(options.seed, options.rounds)
    for what in (NAMED, ASKED, WRONG, SILENT):
        print(f"{what} {said[what]}/{said.total()}")


if __name__ == "__main__":
    sys.exit(main())
