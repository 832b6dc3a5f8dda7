"""Where results and settings belong, whatever of an inbox or a work folder is dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from selfeval_xl.cli import main
from tests.test_batch import CLEAN, WRONG

UNIT = "某某市民政局"


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work folder with an inbox of one unit, as ``init`` lays it, and settings of its own."""
    folder = tmp_path / "工作"
    assert invoke("init", folder).exit_code == 0
    (folder / "设置.toml").write_text('口径 = "湖南"\n', encoding="utf-8")
    unit = folder / "待核对" / UNIT
    unit.mkdir()
    (unit / "甲.xlsx").write_bytes(CLEAN)
    (unit / "乙.xlsx").write_bytes(WRONG)
    return folder


def names(work: Path, part: bool = False) -> set[str]:
    name = "findings（部分）.json" if part else "findings.json"
    content = json.loads((work / "核对结果" / name).read_text("utf-8"))
    return {file["path"] for file in content["files"]}


@pytest.mark.parametrize(
    ("dropped", "checked", "part"),
    [
        (["待核对"], {"甲", "乙"}, False),
        ([f"待核对/{UNIT}"], {"甲", "乙"}, False),  # all there is
        ([f"待核对/{UNIT}/甲.xlsx"], {"甲"}, True),
        ([f"待核对/{UNIT}/甲.xlsx", f"待核对/{UNIT}/乙.xlsx"], {"甲", "乙"}, True),
    ],
)
def test_settings_and_results_lie_beside_the_inbox(
    work: Path, dropped: list[str], checked: set[str], part: bool
) -> None:
    result = invoke("run", *(work / path for path in dropped))
    assert result.exit_code == 0, result.output
    assert f"采用设置文件：{work / '设置.toml'}\n" in result.stdout
    assert "规则口径：湖南。" in result.stdout
    assert names(work, part) == {f"{UNIT}/{name}.xlsx" for name in checked}
    for name in checked:
        assert (work / "核对结果" / UNIT / f"{name}_已核对.xlsx").is_file()
    assert not list((work / "待核对").rglob("核对结果"))
    assert ("名称后加“（部分）”" in result.stdout) is part
    summaries = {path.name for path in (work / "核对结果").iterdir() if path.is_file()}
    behind = "（部分）" if part else ""
    assert summaries == {f"findings{behind}.json", f"汇总表{behind}.xlsx"}


@pytest.mark.parametrize("others", [[], ["待核对"]])
def test_results_of_earlier_runs_are_no_inbox(work: Path, others: list[str]) -> None:
    assert invoke("run", work / "待核对").exit_code == 0
    results = work / "核对结果"
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    result = invoke("run", results, *(work / name for name in others))
    assert result.exit_code == 2
    assert "“核对结果”里是以前核对的结果，没有再核对。" in result.stderr
    now = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    assert now == before


def test_a_part_of_the_inbox_leaves_the_summary_of_all_of_it(work: Path) -> None:
    other = work / "待核对" / "另一单位"
    other.mkdir()
    (other / "丙.xlsx").write_bytes(CLEAN)
    assert invoke("run", work / "待核对").exit_code == 0
    results = work / "核对结果"
    whole = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    result = invoke("run", other)
    assert f"汇总表：{results / '汇总表（部分）.xlsx'}\n" in result.stdout
    assert names(work, part=True) == {"另一单位/丙.xlsx"}
    assert {path: path.read_bytes() for path in whole} == whole
    for unselected in (".DS_Store", "~$汇总.xlsx"):
        (work / "待核对" / unselected).write_bytes(b"")
    result = invoke("run", work / "待核对" / UNIT, other)  # both are all there is
    assert f"汇总表：{results / '汇总表.xlsx'}\n" in result.stdout
    assert {path: path.read_bytes() for path in whole} == whole


def test_check_finds_the_same_settings(work: Path) -> None:
    result = invoke("check", work / "待核对" / UNIT / "甲.xlsx")
    assert f"采用设置文件：{work / '设置.toml'}\n规则口径：湖南\n" in result.stdout


def test_check_takes_the_settings_at_hand_where_none_lie_beside(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = work.parent / "此处"
    here.mkdir()
    (here / "设置.toml").write_text('口径 = "四川"\n', encoding="utf-8")
    (here / "甲.xlsx").write_bytes(CLEAN)
    monkeypatch.chdir(here)
    (elsewhere := work.parent / "另一处").mkdir()
    (elsewhere / "甲.xlsx").write_bytes(CLEAN)
    for path in (elsewhere, here, Path("甲.xlsx")):
        result = invoke("check", path)
        assert "规则口径：四川\n" in result.stdout
        assert result.stderr == ""
    assert "规则口径：湖南\n" in invoke("check", work).stdout


def test_settings_that_were_chosen_count_without_a_word_of_others(work: Path) -> None:
    chosen = work.parent / "别的.toml"
    chosen.write_text('口径 = "四川"\n', encoding="utf-8")
    result = invoke("run", work / "待核对", "--settings", chosen)
    assert f"采用设置文件：{chosen}\n" in result.stdout
    assert "规则口径：四川。" in result.stdout
    assert result.stderr == ""
    checked = invoke("check", "--format", "json", work / "待核对", "--settings", chosen)
    assert json.loads(checked.stdout)["version"] == 1


def test_a_work_folder_stands_for_its_inbox(work: Path) -> None:
    result = invoke("run", work)
    assert result.exit_code == 0
    assert names(work) == {f"{UNIT}/甲.xlsx", f"{UNIT}/乙.xlsx"}
    assert "规则口径：湖南。" in result.stdout
    assert "只核对其中的“待核对”" in result.stdout
    assert not (work.parent / "核对结果").exists()


def test_a_folder_that_only_holds_one_called_so_is_checked_whole(tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    (folder / "待核对").mkdir(parents=True)
    (folder / "待核对" / "甲.xlsx").write_bytes(CLEAN)
    (folder / "乙.xlsx").write_bytes(WRONG)
    assert invoke("run", folder).exit_code == 0
    assert names(tmp_path) == {"乙.xlsx", "待核对/甲.xlsx"}


def test_without_an_inbox_settings_lie_beside_what_was_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    (folder / "甲.xlsx").write_bytes(CLEAN)
    (tmp_path / "设置.toml").write_text('口径 = "四川"\n', encoding="utf-8")
    assert "规则口径：四川。" in invoke("run", folder).stdout
    result = invoke("run", folder / "甲.xlsx")
    assert "规则口径：财政部。" in result.stdout
    assert "采用设置文件" not in result.stdout
    (folder / "设置.toml").write_text('口径 = "湖北"\n', encoding="utf-8")
    assert "规则口径：湖北。" in invoke("run", folder / "甲.xlsx").stdout


def test_settings_that_lie_elsewhere_are_told_of(work: Path) -> None:
    other = work.parent / "另一处"
    other.mkdir()
    (other / "甲.xlsx").write_bytes(CLEAN)
    (other / "设置.toml").write_text('口径 = "四川"\n', encoding="utf-8")
    result = invoke("run", other)
    assert "规则口径：财政部。" in result.stdout
    assert f"“{other / '设置.toml'}”未采用" in result.stderr
    result = invoke("run", other / "甲.xlsx", work / "待核对")
    assert "规则口径：财政部。" in result.stdout
    for place in (other, work):
        assert f"“{place / '设置.toml'}”未采用" in result.stderr


def test_a_settings_file_with_a_second_ending_is_told_of(work: Path) -> None:
    settings = work / "设置.toml"
    settings.rename(work / "设置.toml.txt")
    result = invoke("run", work / "待核对")
    assert "规则口径：财政部。" in result.stdout
    assert "找到“设置.toml.txt”，未采用：请把文件名改为“设置.toml”" in result.stderr
    settings.write_text('口径 = "湖南"\n', encoding="utf-8")
    result = invoke("run", work / "待核对")
    assert "规则口径：湖南。" in result.stdout
    assert "采用的是“设置.toml”" in result.stderr


def test_init_says_how_to_go_on(tmp_path: Path) -> None:
    said = "再把“待核对”文件夹拖到程序文件夹的 run.bat 上"
    assert said in invoke("init", tmp_path / "工作").stdout
    guide = (tmp_path / "工作" / "使用说明.txt").read_text("utf-8-sig")
    assert "“待核对”文件夹拖到程序文件夹的 run.bat 上" in guide
    assert "双击程序文件夹里的 run.bat" not in guide
