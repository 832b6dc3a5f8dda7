"""Findings in the order people work through them: each root with its consequences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from selfeval_xl.findings import Finding, Kind
from selfeval_xl.results.marks import cell_of
from selfeval_xl.results.style import weight


@dataclass(frozen=True, slots=True)
class Group:
    """A finding and those that are wrong only because of it."""

    head: Finding
    consequences: tuple[Finding, ...] = ()

    @property
    def members(self) -> tuple[Finding, ...]:
        """The head and its consequences."""
        return (self.head, *self.consequences)


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return the findings as groups, the heaviest first, then by sheet and place;
    among the questions those that the form itself cannot settle come first.

    A consequence that names another consequence joins that one's root; one whose root is not
    among the findings stands alone. A root weighs as much as the heaviest of its consequences.
    """
    everything = list(findings)
    sheets = {sheet: at for at, sheet in enumerate(dict.fromkeys(f.sheet for f in everything))}
    heads = {f.place: f for f in reversed(everything) if f.kind is not Kind.CONSEQUENCE}
    parents = {f.place: f.root for f in everything if f.kind is Kind.CONSEQUENCE}
    members: dict[str, list[Finding]] = {}
    tops: list[Finding] = []
    for finding in everything:
        root = _top(finding, parents) if finding.kind is Kind.CONSEQUENCE else ""
        if root in heads:
            members.setdefault(root, []).append(finding)
        else:
            tops.append(finding)

    def place(finding: Finding) -> tuple[int, tuple[int, int]]:
        return sheets[finding.sheet], cell_of(finding) or (-1, -1)

    groups = []
    for finding in tops:
        mine = members.get(finding.place, []) if heads.get(finding.place) is finding else []
        groups.append(Group(finding, tuple(sorted(mine, key=place))))
    return sorted(
        groups, key=lambda g: (min(map(weight, g.members)), _asked(g.head), *place(g.head))
    )


def _asked(finding: Finding) -> bool:
    """Contradictions within the form and their proposals come before questions on single rows."""
    return finding.kind not in (Kind.UNSETTLED, Kind.SUGGESTION)


def _top(finding: Finding, parents: dict[str, str]) -> str:
    """Follow the named roots upward to the first that is no consequence itself."""
    seen = {finding.place}
    root = finding.root
    while root in parents and root not in seen:
        seen.add(root)
        root = parents[root]
    return root
