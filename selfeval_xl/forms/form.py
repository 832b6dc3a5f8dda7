"""What every recognised form has: where it stands, its head, its figures and its relations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from selfeval_xl.relations import Relation
from selfeval_xl.values import Quantity, Unreadable
from selfeval_xl.workbooks.sheet import Cell, Range, Sheet


class Measure(StrEnum):
    """What a figure measures; it decides how a stated figure may have been rounded."""

    COUNT = "count"  # 人数, 户数: whole and exact
    AMOUNT = "amount"  # 资金
    RATE = "rate"  # 占比, 执行率, 得分率: held as a fraction
    POINTS = "points"  # 分值, 权重: exact
    SCORE = "score"  # 得分
    NUMBER = "number"


@dataclass(slots=True, unsafe_hash=True)  # not frozen for speed, see relations.At
class Field:
    """One figure of a form: its cell, what it is called there and what is stated.

    ``stated`` is None for a blank. A rate written without a percent sign under a percent heading
    (87.5 for 87.5 %) is held as a fraction like every rate; ``scale`` is then 100, the factor
    between the fraction and the figure in the cell.
    """

    cell: Cell
    label: str
    measure: Measure
    stated: Quantity | Unreadable | None
    unit: str = ""
    decimals: int = 2
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Head:
    """What a form says of itself; each value comes with the place it was taken from."""

    project: str = ""
    year: int | None = None
    organisation: str = ""
    department: str = ""
    amount_unit: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    """``project``, ``year``, ``organisation`` → the first of 表头, 标题, 文件名, 文件夹 with it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What changes on a form because its formulas read figures that are corrected elsewhere.

    ``sent`` is the sheet as the file has it; the form's own holds what such inputs will show.
    ``before`` are these inputs as the file states them. ``after`` is what derived cells will show;
    their fields hold the figures that the file states.
    """

    sent: Sheet
    before: Mapping[Cell, Field] = field(default_factory=dict)
    after: Mapping[Cell, Quantity] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """A form found on a sheet.

    ``figures`` names the cells other parts of the program look for (``budget``, ``executed``,
    ``execution_rate``, ``score``, ``grade``, ``satisfaction`` …); ``same`` are groups of cells that
    should all state one figure (the respondents of every question); ``body`` is the form's own
    reading, for its review rules and for the summary. ``evidence`` says what was matched, for
    ``check --verbose``; ``confidence`` lies between 0 and 1. ``failure`` is set when the sheet
    looks like this form but cannot be read safely; nothing is judged then. ``linked`` is set when
    corrections outside the form change what its formulas show, see ``selfeval_xl.linked_sheets``.
    """

    kind: str
    sheet: Sheet
    region: Range
    title: str
    head: Head
    fields: dict[Cell, Field] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    figures: dict[str, Cell] = field(default_factory=dict)
    same: tuple[frozenset[Cell], ...] = ()
    body: object = None
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()
    failure: str = ""
    linked: Linked | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nobody has filled it in: no figure in it but results of formulas.

        The options' coefficients of a questionnaire come with the blank form. Formulas may take
        their figures from other sheets: what is no sum or rate of this one counts, unless it is 0.
        """
        given = Measure.POINTS if self.kind == "questionnaire" else None
        results: list[Cell] = []
        for cell, field_ in self.fields.items():
            if field_.stated is None or field_.measure is given:
                continue
            if cell not in self.sheet.formulas:
                return False
            if not (isinstance(field_.stated, Quantity) and field_.stated.value == 0):
                results.append(cell)
        return {relation.target for relation in self.relations}.issuperset(results)


Recogniser = Callable[[Sheet], list[Form]]
