"""A bounded run of the mutation bench: planted errors are found where they are, and named."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(BENCH))

from mutation_plants import (  # noqa: E402  (after the path is set)
    BLANK,
    CARRIED,
    DERIVED,
    MALFORMED,
    NAMED,
    SHIFTED,
    SWAPPED,
    TYPED,
    UNIT,
    WIDE,
    WRONG,
)
from mutation_scores import Outcome  # noqa: E402  (after the path is set)
from mutation_tables import decimals_of, read, rounded  # noqa: E402  (after the path is set)
from mutations import SEVERAL, Key, misses, noise, run, tables  # noqa: E402  (after the path is set)

SEED, EACH, ROUNDS = 20240102, 40, 2


@cache
def outcomes() -> dict[Key, list[Outcome]]:
    """Judge the mutants once for all tests."""
    return run(SEED, EACH, ROUNDS)[1]


def of(derived: bool, kind: str) -> list[Outcome]:
    found = outcomes()[derived, kind]
    assert len(found) >= EACH // 2
    return found


def missed(derived: bool, kind: str) -> str:
    return "\n".join(misses({(derived, kind): of(derived, kind)}))


def test_clean_tables_add_up_by_the_bench_s_own_arithmetic() -> None:
    for table in tables(SEED, ROUNDS):
        assert table.derived, table.name
        for cell in table.figures:
            text = table.text(cell)
            assert read(text) == rounded(table.exact[cell], decimals_of(text)), (table.name, cell)


def test_clean_tables_stay_silent() -> None:
    assert noise(tables(SEED, ROUNDS)) == []


@pytest.mark.parametrize("kind", [kind for kind in DERIVED if kind != CARRIED])
def test_a_wrong_derived_figure_is_the_one_root_with_the_right_figure(kind: str) -> None:
    found = of(True, kind)
    assert all(one.found and one.expected and one.root for one in found), missed(True, kind)
    assert all(one.marks == one.right_marks for one in found), missed(True, kind)


def test_a_wrong_figure_carried_on_is_found_with_its_consequences() -> None:
    found = of(True, CARRIED)
    assert all(one.found and one.expected and one.root for one in found), missed(True, CARRIED)


@pytest.mark.parametrize("kind", NAMED)
def test_a_cause_that_is_determined_is_named(kind: str) -> None:
    found = of(True, kind)
    assert sum(one.cause is True for one in found) >= 0.95 * len(found), missed(True, kind)


def test_a_blank_derived_figure_is_filled() -> None:
    found = of(True, BLANK)
    assert all(one.found and one.expected and not one.marks for one in found), missed(True, BLANK)


@pytest.mark.parametrize("derived", [True, False])
@pytest.mark.parametrize("kind", [UNIT, WIDE])
def test_a_right_figure_in_other_writing_is_no_matter(derived: bool, kind: str) -> None:
    assert not any(one.marks for one in of(derived, kind)), missed(derived, kind)


def test_a_malformed_number_is_found() -> None:
    assert all(one.found for one in of(True, MALFORMED)), missed(True, MALFORMED)
    found = of(False, MALFORMED)
    assert sum(one.found for one in found) >= 0.97 * len(found), missed(False, MALFORMED)


@pytest.mark.parametrize("kind", (*TYPED, BLANK))
def test_a_wrong_input_never_passes(kind: str) -> None:
    assert all(one.found for one in of(False, kind)), missed(False, kind)


def test_wrong_inputs_are_proposed_where_the_table_tells() -> None:
    typed = [one for kind in (WRONG, SWAPPED, SHIFTED) for one in of(False, kind)]
    assert sum(one.where == "建议值对" for one in typed) >= 0.45 * len(typed)
    survey = [one for one in typed if one.mutant.table.form == "questionnaire"]
    assert all(one.where == "建议值对" for one in survey)


def test_several_errors_are_each_found() -> None:
    found = of(True, SEVERAL)
    assert sum(one.found for one in found) >= 0.97 * len(found), missed(True, SEVERAL)
    marks = sum(one.marks for one in found)
    assert sum(one.right_marks for one in found) >= 0.97 * marks, missed(True, SEVERAL)
