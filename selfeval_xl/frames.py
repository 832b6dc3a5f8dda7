"""A run's results as pandas tables, for those who want to go on working with them.

>>> projects = read_projects("核对结果/findings.json")
>>> projects.sort_values("score_expected").head()
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

_COUNTS = ("error", "review", "rounding", "info")
_AMOUNTS = (
    "budget",
    "executed",
    "execution_rate",
    "score_stated",
    "score_expected",
    "satisfaction_stated",
    "satisfaction_expected",
)


def read_findings(path: str | Path) -> pd.DataFrame:
    """Return the findings of a findings.json, one row each, in the file's order.

    ``difference`` holds Decimals or None; ``stated`` and ``expected`` stay as written, for they
    may be words. Raises OSError when the file cannot be read and ValueError when it is none.
    """
    table = pd.DataFrame(_load(path)["findings"])
    if not table.empty:
        table["difference"] = table["difference"].map(_decimal).astype(object)
    return table


def read_projects(path: str | Path) -> pd.DataFrame:
    """Return the projects of a findings.json, one row each, figures as Decimals or None.

    The counts of findings are columns of their own: ``error``, ``review``, ``rounding``, ``info``.
    """
    projects = _load(path)["projects"]
    table = pd.DataFrame([{**one, **one["counts"]} for one in projects])
    if table.empty:
        return table
    for column in _AMOUNTS:
        table[column] = table[column].map(_decimal).astype(object)
    return table.drop(columns="counts").astype(dict.fromkeys(_COUNTS, "int64"))


def _load(path: str | Path) -> dict[str, Any]:
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or content.get("version") != 1:
        raise ValueError(f"not a findings.json of version 1: {path}")
    return content


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
