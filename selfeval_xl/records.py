"""What is kept of a checked file and of a project once its workbook has been let go.

Nothing changes a record once it is made. They are not frozen, for speed alone: filling a frozen
one costs three times as much, and passing it between processes half as much again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from selfeval_xl.findings import Finding


class Status(StrEnum):
    """A dropped file's fate; the values are those of findings.json."""

    CHECKED = "checked"
    UNRECOGNISED = "unrecognised"
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"


@dataclass(slots=True, unsafe_hash=True)
class Figure:
    """A headline figure of a form: what is stated and what it should be (grades are text)."""

    cell: str
    stated: Decimal | str | None
    expected: Decimal | str | None


@dataclass(slots=True, unsafe_hash=True)
class LevelScore:
    """A first-level indicator's points and score, recomputed."""

    name: str
    points: Decimal | None
    score: Decimal | None


@dataclass(slots=True, unsafe_hash=True)
class QuestionScore:
    """A question's score as stated and recomputed, full mark ``full``."""

    number: int
    text: str
    respondents: Decimal | None
    stated: Decimal | None
    expected: Decimal | None
    full: Decimal


@dataclass(slots=True, unsafe_hash=True)
class FundLine:
    """A line of a fund or base-data table: its item and its figures by column heading."""

    item: str
    figures: tuple[tuple[str, Decimal | str | None], ...]
    total: bool = False


@dataclass(slots=True, unsafe_hash=True)
class Fact:
    """A figure that must agree with one in another form of the project.

    ``kind`` says which comparison it takes part in: ``satisfaction`` (an indicator's actual, in
    percent points, or in ``unit`` 分), ``satisfaction_without_unit`` (one that may be either),
    ``project_spending`` (a department's), ``special_fund`` (``label`` names it), ``control_rate``
    (of staff, in percent points). ``stated`` is the number in the cell where it is wrong and
    ``value`` the right one; a ``blank`` cell states none, ``value`` is then the sum of what is
    listed.
    """

    kind: str
    label: str
    cell: str
    value: Decimal
    unit: str = ""
    stated: Decimal | None = None
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings by level, and the kinds the verdict line names."""

    error: int = 0
    review: int = 0
    rounding: int = 0
    info: int = 0
    root: int = 0
    consequence: int = 0
    filled: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))


NOT_FILLED_IN = "没有填写"
"""The failure of a blank form."""


@dataclass(slots=True, unsafe_hash=True)
class FormRecord:
    """A recognised form, its headline figures and what the summary shows of it.

    ``failure`` says why a sheet that looks like this form could not be judged, or that nobody
    filled it in (``NOT_FILLED_IN``).
    """

    form: str
    sheet: str
    project: str
    year: int | None
    organisation: str
    department: str = ""
    amount_unit: str = ""
    title: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    levels: tuple[LevelScore, ...] = ()
    questions: tuple[QuestionScore, ...] = ()
    funds: tuple[FundLine, ...] = ()
    facts: tuple[Fact, ...] = ()
    counts: Counts = Counts()
    sources: tuple[tuple[str, str], ...] = ()
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()
    failure: str = ""

    @property
    def not_judged(self) -> str:
        """Why the form was not judged and what to do, as a sentence; "" when it was."""
        if not self.failure:
            return ""
        if self.failure == NOT_FILLED_IN:
            return f"工作表“{self.sheet}”没有填写，未核对。请确认是否应填报。"
        return f"工作表“{self.sheet}”像是一张自评表，但无法核对：{self.failure.rstrip('。')}。"


@dataclass(slots=True, unsafe_hash=True)
class FileRecord:
    """A dropped file: ``path`` relative to the input folder, ``corrected`` to the output folder.

    ``unchecked`` are the worksheets with content on which no form was recognised.
    """

    path: str
    status: Status
    message: str = ""
    corrected: str = ""
    forms: tuple[FormRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class ProjectRecord:
    """A project (or a department's whole year) over all its forms and files.

    ``files`` are the indices of its files in the run; ``levels``, ``questions`` and ``funds``
    come from its forms. ``departmental`` tells a department's whole year from a project that
    does not say its name. ``undecided`` names those of score, grade and satisfaction whose form
    contradicts itself there: what should stand there is None.
    """

    project: str
    year: int | None
    organisation: str
    department: str = ""
    budget: Decimal | None = None
    executed: Decimal | None = None
    execution_rate: Decimal | None = None
    score_stated: Decimal | None = None
    score_expected: Decimal | None = None
    grade_stated: str | None = None
    grade_expected: str | None = None
    satisfaction_stated: Decimal | None = None
    satisfaction_expected: Decimal | None = None
    counts: Counts = Counts()
    amount_unit: str = ""
    files: tuple[int, ...] = ()
    levels: tuple[LevelScore, ...] = ()
    departmental: bool = False
    undecided: frozenset[str] = frozenset()
