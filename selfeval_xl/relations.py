"""The algebra of what must equal what: expressions over cells that carry their address.

A form declares once which cell equals which expression. From that one declaration come the exact
value, the interval that the stated operands allow, the sentence shown to people and the live
Excel formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from selfeval_xl.exact import difference, product, ratio, total
from selfeval_xl.values import half_up
from selfeval_xl.workbooks.sheet import Cell, a1

Values = Callable[[Cell], Fraction | None]
"""Gives a cell's exact value; None when it is blank or cannot be read."""

Bounds = tuple[Fraction, Fraction]
Intervals = Callable[[Cell], Bounds | None]
"""Gives the smallest and largest value a cell may stand for."""

Show = Callable[[Cell], str]
"""Gives a cell's value as text for a sentence."""


class Expression(Protocol):
    """A calculation over cells."""

    def cells(self) -> tuple[Cell, ...]:
        """Return every cell the calculation reads, in its order."""
        ...

    def value(self, at: Values) -> Fraction | None:
        """Return the exact result, or None when it cannot be computed."""
        ...

    def interval(self, at: Intervals) -> Bounds | None:
        """Return the smallest and largest possible result, or None."""
        ...

    def formula(self) -> str:
        """Return the calculation as Excel formula text without the leading "="."""
        ...

    def sentence(self, show: Show) -> str:
        """Return the calculation in figures: ``5 ÷ 28``."""
        ...


# None of these is frozen, for speed alone: a workbook has hundreds of them, and filling a frozen
# one costs three times as much. Nothing changes one once it is made.
@dataclass(slots=True, unsafe_hash=True)
class At:
    """The value of one cell; ``name`` is what a sentence calls it where it stands alone."""

    cell: Cell
    name: str = field(default="", compare=False)

    def cells(self) -> tuple[Cell, ...]:
        return (self.cell,)

    def value(self, at: Values) -> Fraction | None:
        return at(self.cell)

    def interval(self, at: Intervals) -> Bounds | None:
        return at(self.cell)

    def formula(self) -> str:
        return a1(self.cell)

    def sentence(self, show: Show) -> str:
        text = show(self.cell)
        return f"{self.name} {a1(self.cell)}（{text}）" if self.name and text else text


@dataclass(slots=True, unsafe_hash=True)
class Const:
    """A fixed number, such as a coefficient from the settings; ``text`` is how it is written."""

    number: Fraction
    text: str = ""

    def cells(self) -> tuple[Cell, ...]:
        return ()

    def value(self, at: Values) -> Fraction | None:
        return self.number

    def interval(self, at: Intervals) -> Bounds | None:
        return self.number, self.number

    def formula(self) -> str:
        text = _plain(self.number)
        return f"({text})" if "/" in text else text

    def sentence(self, show: Show) -> str:
        return self.text or _plain(self.number)


@dataclass(slots=True, unsafe_hash=True)
class Sum:
    """Σ of its parts; blank parts count as nothing, but not all parts may be blank."""

    parts: tuple[Expression, ...]
    _cells: tuple[Cell, ...] | None = field(init=False, repr=False, compare=False)
    """The cells of a sum over nothing but cells, which nearly all are."""

    def __post_init__(self) -> None:
        cells = [part.cell for part in self.parts if isinstance(part, At)]
        self._cells = tuple(cells) if len(cells) == len(self.parts) else None

    def cells(self) -> tuple[Cell, ...]:
        if self._cells is not None:
            return self._cells
        return tuple([cell for part in self.parts for cell in part.cells()])

    def value(self, at: Values) -> Fraction | None:
        if self._cells is not None:
            known = [value for value in map(at, self._cells) if value is not None]
        else:
            known = [value for part in self.parts if (value := part.value(at)) is not None]
        return total(known) if known else None

    def interval(self, at: Intervals) -> Bounds | None:
        bounds = [b for part in self.parts if (b := part.interval(at)) is not None]
        if not bounds:
            return None
        return total(low for low, _ in bounds), total(high for _, high in bounds)

    def formula(self) -> str:
        if self._cells is None:
            return "+".join(part.formula() for part in self.parts)
        return f"SUM({','.join(_runs(list(self._cells)))})"

    def sentence(self, show: Show) -> str:
        texts = [part.sentence(show) for part in self.parts]
        texts = [text for text in texts if text] or texts
        if len(texts) > _LONGEST_SUM:
            texts = [*texts[:3], "…", texts[-1]]
        return " + ".join(texts)


@dataclass(slots=True, unsafe_hash=True)
class Difference:
    """``left`` − ``right``; a blank ``right`` counts as nothing."""

    left: Expression
    right: Expression

    def cells(self) -> tuple[Cell, ...]:
        return self.left.cells() + self.right.cells()

    def value(self, at: Values) -> Fraction | None:
        left = self.left.value(at)
        if left is None:
            return None
        right = self.right.value(at)
        return left if right is None else difference(left, right)

    def interval(self, at: Intervals) -> Bounds | None:
        left = self.left.interval(at)
        if left is None:
            return None
        right = self.right.interval(at) or (Fraction(), Fraction())
        return left[0] - right[1], left[1] - right[0]

    def formula(self) -> str:
        return f"{self.left.formula()}-{_grouped(self.right)}"

    def sentence(self, show: Show) -> str:
        right = _bracketed(self.right, show, (Sum, Difference)) or "0"
        return _joined(self.left.sentence(show), "−", right)


@dataclass(slots=True, unsafe_hash=True)
class Product:
    """``left`` × ``right``."""

    left: Expression
    right: Expression

    def cells(self) -> tuple[Cell, ...]:
        return self.left.cells() + self.right.cells()

    def value(self, at: Values) -> Fraction | None:
        left, right = self.left.value(at), self.right.value(at)
        if left is None or right is None:
            return None
        return product(left, right)

    def interval(self, at: Intervals) -> Bounds | None:
        left, right = self.left.interval(at), self.right.interval(at)
        if left is None or right is None:
            return None
        corners = [a * b for a in left for b in right]
        return min(corners), max(corners)

    def formula(self) -> str:
        return f"{_grouped(self.left)}*{_grouped(self.right)}"

    def sentence(self, show: Show) -> str:
        left, right = (
            _bracketed(part, show, (Sum, Difference)) for part in (self.left, self.right)
        )
        return _joined(left, "×", right)


@dataclass(slots=True, unsafe_hash=True)
class Ratio:
    """``part`` ÷ ``whole``; None when the whole is zero (0/0 is judged by the rules, not here)."""

    part: Expression
    whole: Expression

    def cells(self) -> tuple[Cell, ...]:
        return self.part.cells() + self.whole.cells()

    def value(self, at: Values) -> Fraction | None:
        part, whole = self.part.value(at), self.whole.value(at)
        return ratio(part, whole) if part is not None and whole else None

    def interval(self, at: Intervals) -> Bounds | None:
        part, whole = self.part.interval(at), self.whole.interval(at)
        if part is None or whole is None or whole[0] <= 0 <= whole[1]:
            return None
        corners = [a / b for a in part for b in whole]
        return min(corners), max(corners)

    def formula(self) -> str:
        return f"{_grouped(self.part)}/{_grouped(self.whole)}"

    def sentence(self, show: Show) -> str:
        part = _bracketed(self.part, show, (Sum, Difference))
        whole = _bracketed(self.whole, show, (Sum, Difference, Product, Ratio))
        return _joined(part, "÷", whole)


@dataclass(slots=True, unsafe_hash=True)
class Capped:
    """``inner``, but at most ``limit``."""

    inner: Expression
    limit: Expression

    def cells(self) -> tuple[Cell, ...]:
        return self.inner.cells() + self.limit.cells()

    def value(self, at: Values) -> Fraction | None:
        inner, limit = self.inner.value(at), self.limit.value(at)
        return None if inner is None or limit is None else min(inner, limit)

    def interval(self, at: Intervals) -> Bounds | None:
        inner, limit = self.inner.interval(at), self.limit.interval(at)
        if inner is None or limit is None:
            return None
        return min(inner[0], limit[0]), min(inner[1], limit[1])

    def formula(self) -> str:
        return f"MIN({self.inner.formula()},{self.limit.formula()})"

    def sentence(self, show: Show) -> str:
        return f"{self.inner.sentence(show)}（最高按 {self.limit.sentence(show)} 计）"


@dataclass(slots=True, unsafe_hash=True)
class Rounded:
    """``inner`` rounded half up to ``decimals``: a figure worked out from a printed one."""

    inner: Expression
    decimals: int

    def cells(self) -> tuple[Cell, ...]:
        return self.inner.cells()

    def value(self, at: Values) -> Fraction | None:
        inner = self.inner.value(at)
        return None if inner is None else Fraction(half_up(inner, self.decimals))

    def interval(self, at: Intervals) -> Bounds | None:
        inner = self.inner.interval(at)
        if inner is None:
            return None
        low, high = (Fraction(half_up(bound, self.decimals)) for bound in inner)
        return low, high

    def formula(self) -> str:
        return f"ROUND({self.inner.formula()},{self.decimals})"

    def sentence(self, show: Show) -> str:
        return self.inner.sentence(show)


@dataclass(slots=True, unsafe_hash=True)
class Relation:
    """One cell that must equal one expression.

    ``alternatives`` are other accepted ways to compute the same figure. ``doubt`` says why the
    operands cannot be trusted; the cell is then questioned, never changed. ``correctable`` is
    False for cells that must not be rewritten even when the operands are sound (a number inside
    a label). ``fill`` is False where a blank is as good as the figure. ``decimals`` is the
    precision of the field, used when the cell is blank and in its live formula.
    """

    rule: str
    target: Cell
    equals: Expression
    alternatives: tuple[Expression, ...] = ()
    decimals: int = 2
    fill: bool = True
    correctable: bool = True
    doubt: str = ""
    options: tuple[str, ...] = field(default=())
    """With a doubt: the ways the contradiction could be settled, in figures."""
    mistaken: tuple[tuple[str, Expression], ...] = field(default=())
    """Wrong ways people compute this figure, by name: likely causes (全年执行数 ÷ 年初预算数)."""

    def formula(self) -> str:
        """Return the live formula, rounded to the field's decimals, without the leading "="."""
        return f"ROUND({self.equals.formula()},{self.decimals})"


_LONGEST_SUM = 12


def _grouped(expression: Expression) -> str:
    text = expression.formula()
    return (
        f"({text})"
        if isinstance(expression, (Difference, Ratio, Product))
        or (isinstance(expression, Sum) and expression._cells is None)
        else text
    )


def _bracketed(expression: Expression, show: Show, kinds: tuple[type, ...]) -> str:
    """Return a calculation in figures, in brackets when it is of these kinds."""
    text, bare = expression.sentence(show), expression
    while isinstance(bare, Rounded):
        bare = bare.inner
    return f"（{text}）" if isinstance(bare, kinds) and " " in text else text


def _joined(left: str, sign: str, right: str) -> str:
    """Put a sign between two calculations; a full-width bracket needs no space beside it."""
    before = "" if left.endswith("）") else " "
    after = "" if right.startswith("（") else " "
    return f"{left}{before}{sign}{after}{right}"


def _plain(number: Fraction) -> str:
    """Write a number without a fraction bar: 4/5 → 0.8; thirds stay a division."""
    denominator = number.denominator
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    if denominator != 1:
        return f"{number.numerator}/{number.denominator}"
    text = format(number.numerator / number.denominator, ".12f").rstrip("0").rstrip(".")
    return text or "0"


def _runs(cells: list[Cell]) -> list[str]:
    """Join neighbouring cells of one row or one column into A1 ranges, keeping their order."""
    runs: list[list[Cell]] = []
    for cell in cells:
        if runs and _continues(runs[-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [a1(run[0]) if len(run) == 1 else f"{a1(run[0])}:{a1(run[-1])}" for run in runs]


def _continues(run: list[Cell], cell: Cell) -> bool:
    step = cell[0] - run[-1][0], cell[1] - run[-1][1]
    if step not in ((0, 1), (1, 0)):
        return False
    return len(run) == 1 or step == (run[-1][0] - run[-2][0], run[-1][1] - run[-2][1])
