"""Mutation bench: errors of every kind planted in clean tables, and what the program says.

    python benchmarks/mutations.py [--seed N] [--each N] [--misses]

Prints a line per kind of error: how often the planted cell is found, the expected figure right,
the planted cell the only root, the cause named, and which share of the marks is due to the plant;
then where wrong inputs are found, and the same per form.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from mutation_books import filled, samples
from mutation_invented import invented
from mutation_plants import (
    BLANK,
    DERIVED,
    MALFORMED,
    TYPED,
    UNIT,
    WIDE,
    Mutant,
    plant,
    plant_several,
)
from mutation_scores import LOUD, Outcome, Scorer, findings_of
from mutation_tables import Table, as_sheet, styles

from selfeval_xl.workbooks.sheet import a1

SEVERAL = "二至三处错"
DERIVED_ROWS = (*DERIVED, BLANK, MALFORMED, UNIT, WIDE, SEVERAL)
INPUT_ROWS = (*TYPED, BLANK, MALFORMED, UNIT, WIDE)
PLACES = ("建议值对", "本格核实", "合计错误", "合计核实", "未发现")

Key = tuple[bool, str]
"""Whether a derived figure was hit, and the kind of error."""


def tables(seed: int, rounds: int) -> list[Table]:
    """Return the clean tables: samples, filled templates and ``rounds`` invented ones of each."""
    found = [*samples(), *filled()]
    for number in range(rounds):
        found += invented(random.Random(f"{seed}-{number}"))
    return found


def mutants(books: Sequence[Table], seed: int, each: int) -> Iterator[tuple[Key, Mutant]]:
    """Yield ``each`` mutants of every kind, spread over the forms and their tables."""
    forms: dict[str, list[Table]] = {}
    for table in books:
        forms.setdefault(table.form, []).append(table)
    for derived, kinds in ((True, DERIVED_ROWS), (False, INPUT_ROWS)):
        for kind in kinds:
            rng = random.Random(f"{seed}{derived}{kind}")
            for number in range(each):
                form = list(forms.values())[number % len(forms)]
                table = rng.choice(form)
                made = _one(table, rng.choice(styles(table)), kind, rng, derived)
                if made is not None:
                    yield (derived, kind), made


def _one(table: Table, style: str, kind: str, rng: random.Random, derived: bool) -> Mutant | None:
    if kind == SEVERAL:
        return plant_several(table, style, rng)
    return plant(table, style, kind, rng, derived)


def noise(books: Sequence[Table]) -> list[str]:
    """Return what is wrongly said of clean tables, at level 错误, 核实 or 尾差."""
    said = []
    for table in books:
        for style in styles(table):
            said += [
                f"{table.name} {style} {f.cell} {f.rule} {f.level.label} {f.message}"
                for f in findings_of(as_sheet(table, style))
                if f.level in LOUD and not (table.name == "样例02" and f.rule == "F301")
            ]
    return said


def run(seed: int, each: int, rounds: int) -> tuple[list[Table], dict[Key, list[Outcome]]]:
    """Judge all mutants; the outcomes by what was hit and by kind."""
    books, scorer = tables(seed, rounds), Scorer()
    outcomes: dict[Key, list[Outcome]] = {}
    for key, mutant in mutants(books, seed, each):
        outcomes.setdefault(key, []).append(scorer.score(mutant))
    return books, outcomes


def share(answers: Iterable[bool | None]) -> str:
    """Return the share of yes among the answers that arise, as text."""
    known = [answer for answer in answers if answer is not None]
    return f"{100 * sum(known) / len(known):.1f}%" if known else "–"


def summary(title: str, groups: Iterable[tuple[str, Sequence[Outcome]]]) -> str:
    """Return the main table over groups of outcomes."""
    lines = [[title, "例数", "找到", "应填数", "根源", "成因", "标注准确"]]
    for name, group in groups:
        marks = sum(one.marks for one in group)
        right = sum(one.right_marks for one in group)
        lines.append(
            [
                name,
                str(len(group)),
                share(one.found for one in group),
                share(one.expected for one in group),
                share(one.root for one in group),
                share(one.cause for one in group),
                f"{100 * right / marks:.1f}%" if marks else "–",
            ]
        )
    return aligned(lines)


def input_places(title: str, groups: Iterable[tuple[str, Sequence[Outcome]]]) -> str:
    """Return where wrong inputs are found."""
    lines = [[title, "例数", *PLACES]]
    for name, group in groups:
        placed = Counter(one.where for one in group if one.where)
        total = sum(placed.values())
        if total:
            lines.append([name, str(total), *(f"{100 * placed[p] / total:.1f}%" for p in PLACES)])
    return aligned(lines)


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Align columns of text, a Chinese character two wide."""
    widths = [max(_width(line[n]) for line in lines) for n in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            text + " " * (width - _width(text)) if n == 0 else " " * (width - _width(text)) + text
            for n, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def by(
    outcomes: dict[Key, list[Outcome]], derived: bool, of: Callable[[Key, Outcome], str]
) -> list[tuple[str, list[Outcome]]]:
    """Group outcomes of derived figures or inputs by a name."""
    groups: dict[str, list[Outcome]] = {}
    for key, found in outcomes.items():
        for one in found if key[0] is derived else ():
            groups.setdefault(of(key, one), []).append(one)
    return list(groups.items())


def misses(outcomes: dict[Key, list[Outcome]]) -> Iterator[str]:
    """Yield each mutant that was not judged as it should be, with what was said."""
    for (derived, kind), found in outcomes.items():
        for one in found:
            told = not derived and one.where == "建议值对" and one.marks == one.right_marks
            if one.good or told:
                continue
            planted = "，".join(f"{a1(p.cell)} {p.before}→{p.text}" for p in one.mutant.plants)
            flags = f"found={one.found} expected={one.expected} root={one.root} cause={one.cause}"
            yield (
                f"[{'算' if derived else '录'}·{kind}] {one.mutant.table.name}/{one.mutant.style}: "
                f"{planted} | {flags} {one.where} marks {one.right_marks}/{one.marks}"
            )
            for f in one.findings:
                if f.level in LOUD:
                    said = f"{f.rule} {f.level.label} {f.kind.label} 应 {f.expected} {f.cause}"
                    yield f"      {f.cell} {said}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench and print its tables."""
    parser = argparse.ArgumentParser(description="埋错检验：在无误的表中埋入差错，统计核对结果")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=120, help="每类差错的份数")
    parser.add_argument("--rounds", type=int, default=6, help="每种表式编制几份")
    parser.add_argument("--misses", action="store_true", help="逐一列出未判对的")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    books, outcomes = run(options.seed, options.each, options.rounds)
    said = noise(books)
    count = sum(len(styles(table)) for table in books)
    print(f"无误表 {count} 份，误报 {len(said)} 处", *said, sep="\n")
    print("\n" + summary("计算格", by(outcomes, True, lambda key, _: key[1])))
    print("\n" + summary("计算格·按表", by(outcomes, True, lambda _, one: one.mutant.table.form)))
    print("\n" + summary("录入格", by(outcomes, False, lambda key, _: key[1])))
    print("\n" + input_places("录入格·在何处发现", by(outcomes, False, lambda key, _: key[1])))
    forms = by(outcomes, False, lambda _, one: one.mutant.table.form)
    print("\n" + input_places("录入格·按表", forms))
    if options.misses:
        print("\n" + "\n".join(misses(outcomes)))
    total = sum(map(len, outcomes.values()))
    print(f"\n共 {total} 份埋错表，{time.perf_counter() - start:.1f} 秒")
    return 0


if __name__ == "__main__":
    sys.exit(main())
