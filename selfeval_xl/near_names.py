"""Names and years that nearly agree: what may be one project but is not taken for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import PurePosixPath

from selfeval_xl.cross_findings import Marked, cross_finding, where
from selfeval_xl.findings import Level
from selfeval_xl.gathering import Project, comparable

_NEAR = 0.85
"""Names at least this alike (difflib ratio) are asked about."""


def near_names(projects: Sequence[Project]) -> Iterator[Marked]:
    """Names that differ by a character or two, of the same unit or folder and year.

    Where many names of one place are alike they are a series (one per town, one per batch), not
    slips, and nothing is asked.
    """
    buckets: dict[tuple[int | None, str, str], list[Project]] = {}
    for project in projects:
        name = comparable(project.name)
        for house in _houses(project) if name else ():
            buckets.setdefault((project.year, house, name[:2]), []).append(project)
            buckets.setdefault((project.year, house, "…" + name[-2:]), []).append(project)
    asked: set[tuple[int, int]] = set()
    for bucket in buckets.values():
        if len(bucket) > _LARGEST_BUCKET:
            continue
        pairs = [pair for pair in combinations(bucket, 2) if _near(*pair)]
        for one, other in pairs if len(pairs) <= _MOST_NEAR_NAMES else ():
            if (id(one), id(other)) not in asked:
                asked.add((id(one), id(other)))
                yield from _ask_names(one, other)


_LARGEST_BUCKET = 40
_MOST_NEAR_NAMES = 5


def _houses(project: Project) -> set[str]:
    """Return where a project belongs: its folders and its unit."""
    houses = {str(PurePosixPath(entry.path).parent) for entry in project.entries}
    unit = comparable(project.organisation)
    return houses | {f"单位 {unit}"} if unit else houses


def _near(one: Project, other: Project) -> bool:
    left, right = comparable(one.name), comparable(other.name)
    if left == right:
        return comparable(one.organisation) != comparable(other.organisation)
    if abs(len(left) - len(right)) > 2 or _numbered(left, right):
        return False
    return SequenceMatcher(None, left, right).ratio() >= _NEAR


def _numbered(left: str, right: str) -> bool:
    """Tell whether names differ in their digits alone (第一批 / 第二批 are different projects)."""
    return left.translate(_WITHOUT_NUMBERS) == right.translate(_WITHOUT_NUMBERS)


_WITHOUT_NUMBERS = str.maketrans("", "", "0123456789一二三四五六七八九十甲乙丙丁东南西北上下")


def _ask_names(one: Project, other: Project) -> Iterator[Marked]:
    same = comparable(one.name) == comparable(other.name)
    likeness = "名称相同、单位不同" if same else "名称相近"
    for mine, theirs in ((one, other), (other, one)):
        entry = mine.entries[0]
        text = (
            f"项目“{mine.name}”（{mine.organisation or '单位未填'}）与“{theirs.name}”"
            f"（{theirs.organisation or '单位未填'}）{likeness}，"
            f"另一项目见{where(theirs.entries[0], entry)}。"
        )
        advice = "如为同一项目，请统一名称和单位后重新核对。"
        yield (
            entry.file,
            cross_finding("X208", entry, "", "项目名称", text, advice, level=Level.INFO),
        )


def other_years(projects: Sequence[Project]) -> Iterator[Marked]:
    """Forms of one project and folder that name different years though each form is there once."""
    named: dict[str, list[Project]] = {}
    for project in projects:
        if project.name and project.year:
            named.setdefault(comparable(project.name), []).append(project)
    for same in named.values():
        for place, one in enumerate(same[:_LARGEST_BUCKET]):
            for other in same[place + 1 : _LARGEST_BUCKET]:
                if one.year != other.year and _one_set(one, other):
                    yield from _ask_year(one, other)


def _one_set(one: Project, other: Project) -> bool:
    """Tell whether two projects look like one whose forms name different years."""
    kinds = [{entry.form.form for entry in project.entries} for project in (one, other)]
    folders = [{PurePosixPath(e.path).parent for e in project.entries} for project in (one, other)]
    return not kinds[0] & kinds[1] and bool(folders[0] & folders[1])


def _ask_year(one: Project, other: Project) -> Iterator[Marked]:
    for mine, theirs in ((one, other), (other, one)):
        entry = mine.entries[0]
        text = (
            f"本表年度为 {mine.year} 年，同一项目的{where(theirs.entries[0], entry)}为 "
            f"{theirs.year} 年，因此未作表间核对。"
        )
        advice = "请确认年度是否填错，更正后重新核对。"
        yield entry.file, cross_finding("X209", entry, "", "评价年度", text, advice)
