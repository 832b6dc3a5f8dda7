"""Smallest repairs: the textbook example, table 15, planted errors, and brute force."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfeval_xl.repairs import Constraint, Repairs, smallest_repairs

F = Fraction


def total(parts: list[str], whole: str, **given: Fraction) -> Constraint[str]:
    """Σ parts = whole."""
    return Constraint((*((part, F(1)) for part in parts), (whole, F(-1))), **given)


def adds_to(parts: list[str], number: int) -> Constraint[str]:
    """Σ parts = a number that stands elsewhere."""
    return Constraint(tuple((part, F(1)) for part in parts), F(-number))


RECORD = {
    f"x{place}": F(value)
    for place, value in enumerate(
        (1452, 116, 1568, 161, 323, 76, 12, 411, 19979, 1842, 137), start=1
    )
}
IDENTITIES = [
    total(["x1", "x2"], "x3"),
    total(["x2"], "x4"),
    total(["x5", "x6", "x7"], "x8"),
    total(["x3", "x8"], "x9"),
    Constraint((("x9", F(1)), ("x10", F(-1)), ("x11", F(-1)))),
]


def after(repairs: Repairs[str]) -> list[dict[str, int]]:
    return [{c.variable: int(c.after) for c in one.changes} for one in repairs.solutions]


def test_the_example_of_statistical_offices() -> None:
    repairs = smallest_repairs(RECORD, IDENTITIES, decimals=dict.fromkeys(RECORD, 0))
    assert repairs.complete
    assert after(repairs) == [{"x4": 116, "x9": 1979}]
    assert repairs.solutions[0].text == (
        "161 → 116：疑似两位数字颠倒；19979 → 1979：疑似多输一位数字"
    )


TABLE_15 = {
    "产出": [3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 3, 2],
    "效益": [7, 7, 7, 2],
    "满意": [10],
    "成本": [8, 8, 4],
}
SCORES_15 = {**TABLE_15, "满意": [9], "成本": [7, 8, 4]}
POINTS_OF_LABEL = {"产出": 30, "效益": 30, "满意": 10, "成本": 20}


def table_15() -> tuple[dict[str, Fraction], list[Constraint[str]], list[tuple[str, str]]]:
    values, constraints, groups = {}, [], []
    points: dict[str, list[str]] = {}
    for name, numbers in TABLE_15.items():
        for row, number in enumerate(numbers):
            values[f"p{name}{row}"] = F(number)
            values[f"s{name}{row}"] = F(SCORES_15[name][row])
            groups.append((f"p{name}{row}", f"s{name}{row}"))
            points.setdefault(name, []).append(f"p{name}{row}")
        constraints.append(adds_to(points[name], POINTS_OF_LABEL[name]))
    everything = [name for names in points.values() for name in names]
    constraints.append(adds_to(everything, 90))
    constraints.append(adds_to(["s" + name[1:] for name in everything], 88))
    return values, constraints, groups


def test_table_15_has_one_repair_that_looks_like_a_typing_error() -> None:
    values, constraints, groups = table_15()
    repairs = smallest_repairs(
        values, constraints, groups=groups, decimals=dict.fromkeys(values, 0)
    )
    assert repairs.complete
    assert len(repairs.solutions) == 4  # any of the four rows could carry the missing 7
    assert [one.variables for one in repairs.proposals] == [{"p效益3", "s效益3"}]
    assert [change.after for change in repairs.proposals[0].changes] == [9, 9]


def test_nothing_broken_nothing_to_do() -> None:
    sound = {**RECORD, "x4": F(116), "x9": F(1979)}
    assert smallest_repairs(sound, IDENTITIES) == Repairs()


def test_fixed_figures_are_left_alone() -> None:
    repairs = smallest_repairs(RECORD, IDENTITIES, fixed={"x4"})
    assert repairs.solutions
    assert all("x4" not in one.variables for one in repairs.solutions)


def test_no_repair_of_the_allowed_size() -> None:
    repairs = smallest_repairs(RECORD, IDENTITIES, largest=1)
    assert repairs == Repairs((), complete=True)


def test_gives_up_and_says_so() -> None:
    repairs = smallest_repairs(RECORD, IDENTITIES, budget=5)
    assert not repairs.complete


def test_score_never_above_points() -> None:
    values = {"p": F(5), "s": F(4), "q": F(5), "t": F(5)}
    constraints = [adds_to(["p", "q"], 10), adds_to(["s", "t"], 10)]
    repairs = smallest_repairs(values, constraints, groups=[("p", "s"), ("q", "t")])
    assert after(repairs) == [{"s": 5}]


def test_never_negative_and_never_finer_than_allowed() -> None:
    values = {"a": F(2), "b": F(9), "c": F(5)}
    repairs = smallest_repairs(values, [total(["a", "b"], "c")])
    assert after(repairs) == [{"b": 3}, {"c": 11}]  # a would have to be -4
    shares = Constraint((("a", F(3)), ("c", F(-1))))
    repairs = smallest_repairs(values, [shares], decimals={"a": 1, "c": 1})
    assert after(repairs) == [{"c": 6}]


def test_tolerance() -> None:
    values = {"a": F("0.333"), "b": F("0.333"), "c": F(1)}
    within = total(["a", "b", "b"], "c", tolerance=F("0.0015"))
    assert smallest_repairs(values, [within]) == Repairs()
    assert smallest_repairs({**values, "c": F(2)}, [within], decimals={"c": 0}).solutions


def test_copied_figures_are_preferred() -> None:
    values = {"a": F(24), "b": F(31), "c": F(47), "d": F(95)}
    neighbours = {"b": [("上方 D5", F(31))]}
    repairs = smallest_repairs(values, [total(["a", "b", "c"], "d")], neighbours=neighbours)
    assert repairs.proposals[0].text == "31 → 24：疑似照抄上方 D5"


def test_unknown_variables_are_ignored() -> None:
    assert smallest_repairs({"a": F(1)}, [total(["a"], "b")]) == Repairs()


# --- planted errors ---------------------------------------------------------------------------

Case = tuple[dict[str, Fraction], list[Constraint[str]]]


@st.composite
def consistent(draw: st.DrawFn) -> Case:
    """A tree of sums with consistent figures."""
    values: dict[str, Fraction] = {}
    constraints = []
    tops = []
    for branch in range(draw(st.integers(1, 3))):
        parts = []
        for leaf in range(draw(st.integers(1, 4))):
            parts.append(f"{branch}{leaf}")
            values[parts[-1]] = F(draw(st.integers(0, 999)))
        tops.append(f"T{branch}")
        values[tops[-1]] = sum((values[part] for part in parts), F())
        constraints.append(total(parts, tops[-1]))
    values["total"] = sum((values[top] for top in tops), F())
    constraints.append(total(tops, "total"))
    if draw(st.booleans()):
        values["half"] = values["total"] / 2
        constraints.append(Constraint((("half", F(2)), ("total", F(-1)))))
    return values, constraints


def holds(values: Mapping[str, Fraction], constraints: list[Constraint[str]]) -> bool:
    return all(
        sum((factor * values[v] for v, factor in one.terms), one.constant) == 0
        for one in constraints
    )


def brute_force(values: dict[str, Fraction], constraints: list[Constraint[str]]) -> set[object]:
    """Return all smallest determined repairs of up to three figures.

    A figure that would have to be negative could be saved by changing one more: nothing larger
    than that is a smallest repair.
    """
    last = 3
    for size in range(4):
        if size > last:
            break
        found = set()
        for chosen in combinations(values, size):
            solution = only_solution(values, constraints, chosen)
            if solution is None or any(solution[v] == values[v] for v in chosen):
                continue
            if any(value < 0 for value in solution.values()):
                last = min(last, size + 1)
            else:
                found.add(frozenset(solution.items()))
        if found:
            return found
    return set()


def only_solution(
    values: dict[str, Fraction], constraints: list[Constraint[str]], chosen: tuple[str, ...]
) -> dict[str, Fraction] | None:
    """Gauss–Jordan on the dense matrix of the chosen figures."""
    matrix = []
    for one in constraints:
        factors = dict(one.terms)
        right = -one.constant - sum(
            (factor * values[v] for v, factor in one.terms if v not in chosen), F()
        )
        matrix.append([factors.get(v, F()) for v in chosen] + [right])
    place = 0
    for column in range(len(chosen)):
        pivot = next((r for r in range(place, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            return None
        matrix[place], matrix[pivot] = matrix[pivot], matrix[place]
        lead = matrix[place][column]
        matrix[place] = [number / lead for number in matrix[place]]
        for r in range(len(matrix)):
            if r != place and matrix[r][column]:
                factor = matrix[r][column]
                matrix[r] = [a - factor * b for a, b in zip(matrix[r], matrix[place], strict=True)]
        place += 1
    if any(line[-1] for line in matrix[place:]):
        return None
    return {v: matrix[row][-1] for row, v in enumerate(chosen)}


@settings(max_examples=150, deadline=None)
@given(consistent(), st.data())
def test_planted_errors_are_within_reach(case: Case, data: st.DataObject) -> None:
    values, constraints = case
    wrong = dict(values)
    hit = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=2, unique=True))
    for variable in hit:
        wrong[variable] = F(data.draw(st.integers(0, 2000)))
    repairs = smallest_repairs(wrong, constraints)
    assert repairs.complete
    if holds(wrong, constraints):
        assert not repairs.solutions
        return
    for one in repairs.solutions:
        assert len(one.changes) <= len(hit)
        assert holds({**wrong, **{c.variable: c.after for c in one.changes}}, constraints)
    ours = {frozenset((c.variable, c.after) for c in one.changes) for one in repairs.solutions}
    assert ours == brute_force(wrong, constraints)
    assert len(ours) == len(repairs.solutions)


@settings(max_examples=60, deadline=None)
@given(consistent(), st.data())
def test_groups_count_as_one(case: Case, data: st.DataObject) -> None:
    """Two systems side by side, one for points and one for scores, hit in the same row."""
    values, constraints = case
    points = {f"p{name}": value for name, value in values.items()}
    scores = {f"s{name}": value for name, value in values.items()}
    both = [
        Constraint(tuple((prefix + v, factor) for v, factor in one.terms), one.constant)
        for prefix in "ps"
        for one in constraints
    ]
    hit = data.draw(st.sampled_from(sorted(values)))
    wrong = {**points, **scores}
    for prefix in "ps":
        wrong[prefix + hit] += data.draw(st.integers(1, 500))
    wrong["s" + hit] = min(wrong["s" + hit], wrong["p" + hit])
    groups = [("p" + name, "s" + name) for name in values]
    repairs = smallest_repairs(wrong, both, groups=groups)
    if holds(wrong, both):
        assert not repairs.solutions
        return
    assert repairs.complete
    expected = {name for name in ("p" + hit, "s" + hit) if wrong[name] != values[hit]}
    assert any(one.variables == expected for one in repairs.solutions)
    for one in repairs.solutions:
        repaired = {**wrong, **{c.variable: c.after for c in one.changes}}
        assert holds(repaired, both)
        assert len({c.variable[1:] for c in one.changes}) == 1


@pytest.mark.parametrize("budget", [0, 1, 10, 100, 1000])
def test_any_budget_ends(budget: int) -> None:
    values = {f"v{place}": F(place) for place in range(60)}
    constraints = [
        total([f"v{place}" for place in range(start, 60, step)], f"v{start}")
        for start, step in ((0, 1), (1, 2), (2, 3), (3, 5), (4, 7))
    ]
    repairs = smallest_repairs(values, constraints, budget=budget)
    assert not repairs.complete or repairs.solutions
