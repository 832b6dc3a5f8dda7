"""How many findings of which weight, and the verdict line that says so."""

from __future__ import annotations

from collections.abc import Collection

from selfeval_xl.findings import Finding, Kind, Level
from selfeval_xl.records import Counts
from selfeval_xl.results import style

KINDS = ("独立错误", "连带", "核实", "尾差", "补算", "提示")
"""What the tables count, in the order of :func:`by_kind` and of the legend's marks."""
_KIND_OF_MARK = {mark.label: kind for mark, kind in zip(style.LEGEND, KINDS, strict=True)}


def kind_of(finding: Finding) -> str:
    """Return which of ``KINDS`` a finding counts as."""
    return _KIND_OF_MARK[style.shade(finding).label]


def tally(findings: Collection[Finding]) -> Counts:
    """Count findings by level and by the kinds the verdict line names.

    ``info`` holds filled cells and notes alike, as in findings.json.
    """
    levels = [finding.level for finding in findings]
    if not levels:
        return Counts()
    kinds = [finding.kind for finding in findings]
    error, consequence = levels.count(Level.ERROR), kinds.count(Kind.CONSEQUENCE)
    return Counts(
        error=error,
        review=levels.count(Level.REVIEW),
        rounding=levels.count(Level.ROUNDING),
        info=levels.count(Level.INFO),
        root=error - consequence,
        consequence=consequence,
        filled=kinds.count(Kind.FILLED),
    )


def notes(counts: Counts) -> int:
    """Return the number of findings that only inform."""
    return counts.info - counts.filled


def by_kind(counts: Counts) -> tuple[int, ...]:
    """Return what the tables show: the numbers of ``KINDS``, in this order."""
    return (
        counts.root,
        counts.consequence,
        counts.review,
        counts.rounding,
        counts.filled,
        notes(counts),
    )


def verdict_line(counts: Counts) -> str:
    """Return the result in one sentence, errors first; 未发现差异 when there is nothing."""
    others = [
        f"{label} {number} 处"
        for label, number in (
            ("需核实", counts.review),
            ("尾差", counts.rounding),
            ("补算", counts.filled),
            ("提示", notes(counts)),
        )
        if number
    ]
    if counts.error:
        parts = [f"共发现 {counts.root} 处独立错误"]
        if counts.consequence:
            parts.append(f"连带 {counts.consequence} 处")
        return "，".join([*parts, *others]) + "。"
    if counts.review or counts.rounding:
        return "未发现错误，" + "，".join(others) + "。"
    if others:
        return "未发现差异（" + "，".join(others) + "）。"
    return "未发现差异。"
