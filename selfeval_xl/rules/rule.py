"""One entry of the rule catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from selfeval_xl.findings import Level


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as people look it up: ``selfeval-xl rules CODE`` and the 规则统计 sheet print it.

    ``code`` is stable for ever; a renamed rule keeps its old code in ``aliases``. ``truth`` is
    the rule in one line, ``why`` why it matters, ``source`` where it was laid down or seen,
    ``safe`` whether its correction may be written without a person, ``wrong`` and ``right`` one
    example each.
    """

    code: str
    name: str
    form: str
    level: Level
    truth: str
    why: str
    source: str
    safe: bool
    wrong: str
    right: str
    aliases: tuple[str, ...] = ()
