"""findings.json as pandas tables."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import result_records as records

from selfeval_xl.frames import read_findings, read_projects
from selfeval_xl.results.findings_json import write_records


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "findings.json"
    with path.open("w", encoding="utf-8") as target:
        write_records(target, records.files(), records.projects())
    return path


def test_findings_keep_their_order_and_exact_figures(written: Path) -> None:
    table = read_findings(written)
    raw = json.loads(written.read_text(encoding="utf-8"))["findings"]
    assert list(table["cell"]) == [finding["cell"] for finding in raw]
    first = next(i for i, finding in enumerate(raw) if finding["difference"])
    assert table["difference"][first] == Decimal(raw[first]["difference"])


def test_projects_have_their_counts_as_columns(written: Path) -> None:
    table = read_projects(written)
    raw = json.loads(written.read_text(encoding="utf-8"))["projects"]
    assert list(table["error"]) == [project["counts"]["error"] for project in raw]
    assert list(table["project"]) == [project["project"] for project in raw]


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text('{"version": 2}', encoding="utf-8")
    with pytest.raises(ValueError, match="version 1"):
        read_projects(path)
