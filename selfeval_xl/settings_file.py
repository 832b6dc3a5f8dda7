"""Reading 设置.toml: an office's own values over a shipped profile, with Chinese keys."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from selfeval_xl.settings import DEFAULT, PROFILES, SETTINGS_FILE, Settings
from selfeval_xl.settings_values import ENTRIES, OPTIONS, SWITCH_ON, WrongValueError
from selfeval_xl.system_errors import reason

_PROFILE = "口径"


class SettingsError(Exception):
    """Settings that cannot be used; the text is Chinese and says what to correct."""


def load(profile: str | None = None, path: Path | None = None) -> Settings:
    """Return the settings of a profile, changed by the settings file at ``path`` when there is one.

    ``profile`` comes before the profile named in the file; without either the default profile is
    taken. A missing file is no problem. Raises SettingsError for an unknown profile, a file
    that is no TOML, an unknown key or an impossible value.
    """
    content = _read(path) if path is not None and path.is_file() else {}
    named = content.pop(_PROFILE, None)
    name = profile or named or DEFAULT.profile
    if not isinstance(name, str) or name not in PROFILES:
        raise SettingsError(f"没有名为“{name}”的口径，可选：{'、'.join(PROFILES)}。")
    settings = PROFILES[name]
    for key, value in content.items():
        settings = _set(settings, key, value, path)
    if settings != PROFILES[name]:
        settings = replace(settings, profile=f"{name}（按{SETTINGS_FILE}调整）")
    return settings


def caution(settings: Settings) -> str:
    """Return what a person should know of settings that can be used, "" when there is nothing."""
    given = len(settings.coefficients)
    if given >= OPTIONS:
        return ""
    return (
        f"“选项系数”只写了 {given} 个：问卷若有更多选项，多出的选项没有系数，其得分无法核对。"
        "请把各选项的系数写全。"
    )


def _read(path: Path) -> dict[str, Any]:
    """Parse the file forgivingly: in any encoding editors offer, Chinese keys unquoted."""
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"设置文件“{path.name}”打不开：{reason(error)}。") from error
    if text is None:
        raise SettingsError(
            f"设置文件“{path.name}”的编码无法识别。"
            "请用记事本打开，选“另存为”，编码选 UTF-8，保存后重新运行。"
        )
    try:
        return tomllib.loads(_quote_keys(text), parse_float=Decimal)
    except (ValueError, RecursionError) as error:  # whatever it is, it is no TOML
        found = re.search(r"at line (\d+)", str(error))
        place = f"第 {found[1]} 行" if found else "某一行"
        raise SettingsError(
            f"设置文件“{path.name}”{place}写法有误，请对照“键 = 值”的格式修改"
            "（文字要加英文双引号，数字之间用英文逗号）；改不好时可删除该文件，程序会使用默认设置。"
        ) from error


def _decoded(data: bytes) -> str | None:
    """Return the text of UTF-8 or GBK, or of UTF-16 with its mark; None for anything else."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            return None
        text = data.decode("gb18030", errors="replace")
    return None if "\0" in text else text


# TOML allows only ASCII in bare keys; people write 满分 = 100 all the same.
# Blanks before and after them may be full-width ones.
_BLANKS = r"[^\S\n]*+"
_NAME = r"""(?=[^\s"'#=\[\]{},.]*[^\x00-\x7f])([^\s"'#=\[\]{},.]++)"""
_BARE_KEY = re.compile(rf"^{_BLANKS}{_NAME}{_BLANKS}=", re.M)
_BARE_TABLE = re.compile(rf"^{_BLANKS}\[{_BLANKS}{_NAME}{_BLANKS}\]", re.M)


def _quote_keys(text: str) -> str:
    return _BARE_TABLE.sub(r'["\1"]', _BARE_KEY.sub(r'"\1" =', text.replace("\r\n", "\n")))


def _set(settings: Settings, key: str, value: Any, path: Path | None) -> Settings:
    """Return the settings with one entry of the file applied."""
    entry = ENTRIES.get(key)
    if entry is None:
        known = (_PROFILE, *ENTRIES)
        near = difflib.get_close_matches(key, known, 1, 0.5)
        hint = f"您要写的是不是“{near[0]}”？" if near else f"可用的项目：{'、'.join(known)}。"
        raise SettingsError(f"设置文件里没有“{key}”这一项。{hint}")
    name, read = entry
    try:
        found = read(value)
        if name == "disabled_rules":
            codes = cast("frozenset[str]", found)
            off = settings.disabled_rules
            found = off - codes if key == SWITCH_ON else off | codes
        changed: dict[str, Any] = {name: found}
        return replace(settings, **changed)
    except (ValueError, TypeError, KeyError) as error:
        why = str(error) if isinstance(error, WrongValueError) else "内容不对"
        where = f"“{path.name}”" if path else ""
        raise SettingsError(f"设置文件{where}中“{key}”的值有误：{why}。") from error


TEMPLATE = """\
# 核对设置：放在“待核对”文件夹旁边即可生效；删除本文件则使用默认设置。
# 文件名须是“设置.toml”，用记事本保存时不要变成“设置.toml.txt”。
# 行首带 # 的是说明或未启用的设置，去掉 # 并修改数值即可启用。改完后请保存再运行。

# 评分口径。可选："财政部"（默认）、"湖南"、"湖北"、"四川"、"云南昆明"。
口径 = "财政部"

# 自评表满分。
# 满分 = 100

# 问卷各选项的系数，从最好的选项写起（A、B、C、D、E）。工作簿里写有系数时以工作簿为准。
# 问卷有几个选项就写几个系数：没有系数的选项，得分无法核对。
# 选项系数 = [1.0, 0.8, 0.6, 0.2, 0]

# 完成值达到目标值多少倍时须说明原因（1.3 即超出 30%）。
# 超额完成倍数 = 1.3

# 反向指标（≤）未达标时的计分办法：
#   "比例" 分值×目标÷完成；"超出" 分值×(1−超出部分÷目标)；"均可" 两种都认可。
# 反向指标算法 = "均可"

# 定性指标分档下限，占分值的比例（有的省为 [0.8, 0.5]）。
# 定性分档 = [0.8, 0.6]

# 预算执行率的分值（有的省为 20）。
# 执行率分值 = 10

# 不想检查的规则编号，编号见“selfeval-xl rules”。
# 停用规则 = ["S309"]

# 只有部分地区采用、默认不检查的规则，需要时在这里启用：
#   S313 执行率偏低须说明；S316 年中调整预算须说明；S318 总分按执行率封顶；S322 指标偏离扣分。
# 启用规则 = ["S313", "S318"]
# 执行率低于多少须说明（S313）。
# 执行率说明线 = 0.9
# 执行率低于前一个数时，总分最高为后一个数（S318）。
# 执行率封顶 = [[0.8, 89], [0.7, 79], [0.6, 69], [0.5, 59]]
# 完成值达到目标值“超额完成倍数”时该指标扣几分（S322）。
# 指标偏离扣分 = 2

# 单个文件最多处理多少秒，超过即放弃该文件。
# 单个文件时限 = 60

# 各等级的最低分，从高到低，最后一级写 0。
# [等级]
# 优 = 90
# 良 = 80
# 中 = 60
# 差 = 0

# 一级指标的分值；表内标明分值（如“产出指标(50分)”）时以表内为准。
# [一级指标分值]
# 产出 = 50
# 效益 = 30
# 满意度 = 10
"""
"""The commented settings file that ``init`` lays beside the inbox."""

__all__ = ["SETTINGS_FILE", "TEMPLATE", "SettingsError", "load"]
