"""Settings: the shipped profiles and the office's own file over them."""

from __future__ import annotations

import contextlib
import time
from fractions import Fraction
from pathlib import Path

import pytest

from selfeval_xl.settings import DEFAULT, PROFILES
from selfeval_xl.settings_file import TEMPLATE, SettingsError, caution, load


def _file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "设置.toml"
    path.write_bytes(text.encode(encoding))
    return path


def test_default_profile_is_the_ministrys() -> None:
    assert load() == DEFAULT
    assert DEFAULT.profile == "财政部"
    assert list(PROFILES) == ["财政部", "湖南", "湖北", "四川", "云南昆明"]


@pytest.mark.parametrize("name", list(PROFILES))
def test_first_level_points_and_execution_make_100(name: str) -> None:
    settings = load(name)
    points = sum(points for _, points in settings.level_weights)
    assert points in {100 - settings.execution_weight, Fraction(100)}
    assert settings.profile == name


def test_a_missing_file_changes_nothing(tmp_path: Path) -> None:
    assert load(None, tmp_path / "设置.toml") == DEFAULT


def test_the_template_is_the_default(tmp_path: Path) -> None:
    assert load(None, _file(tmp_path, TEMPLATE)) == DEFAULT


def test_every_line_of_the_template_works_when_switched_on(tmp_path: Path) -> None:
    lines = [
        line.removeprefix("# ")
        if line.startswith("# ") and (" = " in line or "[" in line)
        else line
        for line in TEMPLATE.splitlines()
        if not line.startswith(("# 停用规则", "# 启用规则"))
    ]
    kept = [line for line in lines if not line or line[0] in "#[" or " = " in line]
    assert load(None, _file(tmp_path, "\n".join(kept))) == DEFAULT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_chinese_keys_in_any_encoding(tmp_path: Path, encoding: str, newline: str) -> None:
    text = newline.join(
        [
            '口径 = "湖南"',
            "执行率分值 = 20",
            "选项系数 = [1, 0.9, 0.6]",
            "[等级]",
            "优 = 80",
            "差 = 0",
        ]
    )
    settings = load(None, _file(tmp_path, text, encoding))
    assert settings.profile == "湖南（按设置.toml调整）"
    assert settings.execution_weight == 20
    assert settings.coefficients == (Fraction(1), Fraction(9, 10), Fraction(3, 5))
    assert settings.grades == (("优", Fraction(80)), ("差", Fraction(0)))


def test_full_width_blanks_around_keys(tmp_path: Path) -> None:
    settings = load(None, _file(tmp_path, '　口径　= "湖北"\n\n　[　等级　]\n优　= 90\n差 = 0\n'))
    assert settings.profile.startswith("湖北")
    assert settings.grades == (("优", 90), ("差", 0))


@pytest.mark.parametrize("piece", ["字", "[字", "\n", " \n", "字 "])
def test_no_text_takes_long(tmp_path: Path, piece: str) -> None:
    """Whatever else somebody gave the name of the settings file."""
    file = _file(tmp_path, piece * 50_000 + "#")
    started = time.process_time()
    with contextlib.suppress(SettingsError):
        load(None, file)
    assert time.process_time() - started < 2


def test_the_command_lines_profile_comes_first(tmp_path: Path) -> None:
    path = _file(tmp_path, '口径 = "湖南"\n')
    assert load("云南昆明", path).profile == "云南昆明"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('口径 = "火星"', "火星"),
        ("口径 = 财政部", "第 1 行"),
        ("满分数 = 100", "满分"),
        ("满分 = 0", "大于 0"),
        ("满分 = nan", "数字"),
        ("满分 = 1e999999999", "超出了可用范围"),
        ("满分 = 1e-999999999", "小数位太多"),
        ("满分 = " + "9" * 5000, "写法有误"),
        ("满分 = " + "[" * 5000, "写法有误"),
        ('满分 = "一百"', "数字"),
        ("选项系数 = [0.6, 1.0]", "由大到小"),
        ("选项系数 = 1", "方括号"),
        ("定性分档 = [0.6, 0.8]", "由高到低"),
        ('反向指标算法 = "随便"', "均可"),
        ("[等级]\n优 = 90\n差 = 10", "最后一级写 0"),
        ("等级 = 3", "每行一项"),
        ("超额完成倍数 = 0.5", "范围，应为 1 至 100"),
        ("满分 = -1", "-1 超出了可用范围，应为 0 至 10000"),
        ('停用规则 = "S309"', r'如 \["S309"\]'),
        ("执行率封顶 = 0.8", r"如 \[\[0.8, 89\], \[0.7, 79\]\]"),
        ('口经 = "湖南"', "是不是“口径”"),
        ("颜色 = 1", "可用的项目：口径、满分、"),
        ('口径 = ["湖南"]', "可选：财政部"),
        ("单个文件时限 = true", "数字"),
    ],
)
def test_bad_settings_say_what_to_correct(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(None, _file(tmp_path, text))


@pytest.mark.parametrize(
    "data", ["满分 = 100\n".encode("utf-16-le"), "满分 = 100\n".encode("utf-16") + b"\n"]
)
def test_an_encoding_that_cannot_be_read_is_named(tmp_path: Path, data: bytes) -> None:
    """UTF-16 without its mark, and UTF-16 that breaks off within a character."""
    path = tmp_path / "设置.toml"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match="编码选 UTF-8"):
        load(None, path)


@pytest.mark.parametrize(
    ("written", "held", "warned"),
    [
        ("[1, 0.9]", [1, 0.9], True),
        ("[1, 0.8, 0.6]", [1, 0.8, 0.6], True),
        ("[1, 0.6, 0]", [1, 0.6, 0, 0, 0], False),  # behind a 0 there is only 0
        ("[1, 0.9, 0.6, 0.3, 0.1]", [1, 0.9, 0.6, 0.3, 0.1], False),
        ("[1, 0.9, 0.8, 0.6, 0.2, 0]", [1, 0.9, 0.8, 0.6, 0.2, 0], False),
    ],
)
def test_options_left_without_a_coefficient_are_told(
    tmp_path: Path, written: str, held: list[float], warned: bool
) -> None:
    settings = load(None, _file(tmp_path, f"选项系数 = {written}"))
    assert settings.coefficients == tuple(Fraction(str(number)) for number in held)
    assert ("没有系数" in caution(settings)) is warned
    assert caution(DEFAULT) == ""
