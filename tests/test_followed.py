"""A bounded run of the bench in which figures follow an error: put right, or asked about."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(BENCH))

from followed import (  # noqa: E402  (after the path is set)
    ASKED,
    BY_FORMULA,
    BY_HAND,
    FALSE,
    RIGHT,
    TAIL,
    UNSAID,
    WRONG,
    Outcome,
    run,
)

ROUNDS = 12
FEWEST = {"基础数据表.xlsx": 25, "绩效自评表.xlsx": 30, "问卷统计表.xlsx": 80}


@cache
def outcomes() -> dict[tuple[str, str], Outcome]:
    """Judge the workbooks once for all tests."""
    return run(seed=20240102, rounds=ROUNDS, errors=3)


@pytest.mark.parametrize("way", [BY_FORMULA, BY_HAND])
@pytest.mark.parametrize("name", FEWEST)
def test_nothing_wrong_is_written_and_nothing_right_is_touched(name: str, way: str) -> None:
    found = outcomes()[name, way]
    assert found.changed >= FEWEST[name]
    assert found.verdicts[WRONG] == found.verdicts[FALSE] == 0, "\n".join(found.misses)


@pytest.mark.parametrize("name", FEWEST)
def test_what_formulas_work_out_is_put_right(name: str) -> None:
    found = outcomes()[name, BY_FORMULA]
    settled = found.verdicts[RIGHT] + found.verdicts[TAIL]
    assert found.verdicts[ASKED] == 0, "\n".join(found.misses)
    assert settled >= 0.98 * found.changed, "\n".join(found.misses)


@pytest.mark.parametrize("name", FEWEST)
def test_what_was_worked_out_by_hand_is_mostly_put_right(name: str) -> None:
    found = outcomes()[name, BY_HAND]
    settled = found.verdicts[RIGHT] + found.verdicts[TAIL]
    assert settled >= 0.9 * found.changed, "\n".join(found.misses)
    assert found.verdicts[UNSAID] <= 0.05 * found.changed, "\n".join(found.misses)
