"""Reading 设置.toml: an office's own values over a shipped profile, with Chinese keys."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from selfeval_xl.settings import DEFAULT, PROFILES, SETTINGS_FILE, Settings


class SettingsError(Exception):
    """Settings that cannot be used; the text is Chinese and says what to correct."""


def load(profile: str | None = None, path: Path | None = None) -> Settings:
    """Return the settings of a profile, changed by the settings file at ``path`` when there is one.

    ``profile`` comes before the profile named in the file; without either the default profile is
    taken. A missing file is no problem. Raises SettingsError for an unknown profile, a file
    that is no TOML, an unknown key or an impossible value.
    """
    content = _read(path) if path is not None and path.is_file() else {}
    name = profile or content.pop("口径", None) or DEFAULT.profile
    content.pop("口径", None)
    if name not in PROFILES:
        raise SettingsError(f"没有名为“{name}”的口径，可选：{'、'.join(PROFILES)}。")
    settings = PROFILES[name]
    for key, value in content.items():
        settings = _set(settings, key, value, path)
    if settings != PROFILES[name]:
        settings = replace(settings, profile=f"{name}（按{SETTINGS_FILE}调整）")
    return settings


def _read(path: Path) -> dict[str, Any]:
    """Parse the file forgivingly: UTF-8 with or without BOM or GBK, Chinese keys unquoted."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"设置文件“{path.name}”打不开：{error.strerror or error}。") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    try:
        return tomllib.loads(_quote_keys(text), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        place = f"第 {found[1]} 行" if found else "某一行"
        raise SettingsError(
            f"设置文件“{path.name}”{place}写法有误，请对照“键 = 值”的格式修改"
            "（文字要加英文双引号，数字之间用英文逗号）；改不好时可删除该文件，程序会使用默认设置。"
        ) from error


# TOML allows only ASCII in bare keys; people write 满分 = 100 all the same.
_BARE_KEY = re.compile(r"^(\s*)([^\s\"'#=\[\]{},.]*[^\x00-\x7f][^\s\"'#=\[\]{},.]*)(\s*)=", re.M)
_BARE_TABLE = re.compile(r"^(\s*\[)\s*([^\s\"'\[\],.]*[^\x00-\x7f][^\s\"'\[\],.]*)\s*\]", re.M)


def _quote_keys(text: str) -> str:
    return _BARE_TABLE.sub(r'\1"\2"]', _BARE_KEY.sub(r'\1"\2"\3=', text.replace("\r\n", "\n")))


def _set(settings: Settings, key: str, value: Any, path: Path | None) -> Settings:
    """Return the settings with one entry of the file applied."""
    entry = _ENTRIES.get(key)
    if entry is None:
        near = difflib.get_close_matches(key, _ENTRIES, 1, 0.5)
        hint = f"您要写的是不是“{near[0]}”？" if near else f"可用的项目：{'、'.join(_ENTRIES)}。"
        raise SettingsError(f"设置文件里没有“{key}”这一项。{hint}")
    name, read = entry
    try:
        found = read(value)
        if name == "disabled_rules":
            codes = cast("frozenset[str]", found)
            off = settings.disabled_rules
            found = off - codes if key == _SWITCH_ON else off | codes
        changed: dict[str, Any] = {name: found}
        return replace(settings, **changed)
    except (ValueError, TypeError, KeyError) as error:
        reason = str(error) if isinstance(error, _WrongValueError) else "内容不对"
        where = f"“{path.name}”" if path else ""
        raise SettingsError(f"设置文件{where}中“{key}”的值有误：{reason}。") from error


class _WrongValueError(ValueError):
    """A value that cannot be; the text is Chinese."""


def _number(value: Any, low: Fraction | None = None, high: Fraction | None = None) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _WrongValueError(f"“{value}”应为数字")
    if isinstance(value, Decimal) and not value.is_finite():
        raise _WrongValueError(f"“{value}”应为数字")
    number = Fraction(value)
    if (low is not None and number < low) or (high is not None and number > high):
        raise _WrongValueError(f"{value} 超出了可用范围")
    return number


def _points(value: Any) -> Fraction:
    return _number(value, Fraction(0), Fraction(10_000))


def _full_score(value: Any) -> Fraction:
    if not (points := _points(value)):
        raise _WrongValueError("满分应大于 0")
    return points


def _part(value: Any) -> Fraction:
    return _number(value, Fraction(0), Fraction(1))


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value:
        raise _WrongValueError("应写成“名称 = 数字”，每行一项")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _WrongValueError("应写成方括号里的一组值，如 [1.0, 0.8]")
    return value


def _coefficients(value: Any) -> tuple[Fraction, ...]:
    found = tuple(_part(item) for item in _list(value))
    if len(found) < 2 or list(found) != sorted(found, reverse=True):
        raise _WrongValueError("选项系数至少两个，并按从好到差、由大到小排列")
    return found


def _grades(value: Any) -> tuple[tuple[str, Fraction], ...]:
    found = tuple((name, _points(low)) for name, low in _table(value).items())
    lows = [low for _, low in found]
    if lows != sorted(set(lows), reverse=True) or lows[-1] != 0:
        raise _WrongValueError("等级按从高到低写各级最低分，最后一级写 0")
    return found


def _weights(value: Any) -> tuple[tuple[str, Fraction], ...]:
    return tuple((name, _points(points)) for name, points in _table(value).items())


def _bands(value: Any) -> tuple[Fraction, Fraction]:
    found = [_part(item) for item in _list(value)]
    if len(found) != 2 or found[0] <= found[1]:
        raise _WrongValueError("定性分档写两个下限，由高到低，如 [0.8, 0.6]")
    return found[0], found[1]


_FORMULAS = {"比例": "ratio", "超出": "excess", "均可": "either"}


def _formula(value: Any) -> str:
    if value not in _FORMULAS:
        raise _WrongValueError(f"“{value}”不是可选的算法，请写 {'、'.join(_FORMULAS)} 之一")
    return _FORMULAS[value]


def _rules(value: Any) -> frozenset[str]:
    codes = frozenset(str(item).strip().upper() for item in _list(value))
    from selfeval_xl.rules.catalogue import catalogue  # noqa: PLC0415  (loads every form)

    if unknown := sorted(codes - set(catalogue())):
        raise _WrongValueError(f"没有编号为 {'、'.join(unknown)} 的规则，编号见 selfeval-xl rules")
    return codes


def _multiple(value: Any) -> Fraction:
    return _number(value, Fraction(1), Fraction(100))


def _seconds(value: Any) -> float:
    return float(_number(value, Fraction(1), Fraction(86_400)))


_LIMITS = {
    "文件字节数": "file_bytes",
    "解压后字节数": "total_bytes",
    "压缩倍数": "ratio",
    "部件数": "parts",
    "工作表数": "sheets",
    "单元格数": "cells",
    "行数": "rows",
    "列数": "columns",
    "嵌套层数": "depth",
    "文字长度": "text_length",
}


def _limits(value: Any) -> dict[str, int]:
    from selfeval_xl.workbooks.guard import Limits  # noqa: PLC0415  (only when the file has it)

    known = {item.name for item in fields(Limits)}
    limits = {}
    for key, number in _table(value).items():
        name = _LIMITS.get(key, key)
        if name not in known:
            names = [label for label, name in _LIMITS.items() if name in known]
            raise _WrongValueError(f"没有“{key}”这一项限制，可用：{'、'.join(names)}")
        limits[name] = int(_number(number, Fraction(1), Fraction(10**12)))
    return limits


def _caps(value: Any) -> tuple[tuple[Fraction, Fraction], ...]:
    found = [(_part(rate), _points(score)) for rate, score in map(_list, _list(value))]
    if found != sorted(found, reverse=True) or len(dict(found)) < len(found):
        raise _WrongValueError("每组写执行率和总分上限，从高到低，如 [[0.8, 89], [0.7, 79]]")
    return tuple(found)


_SWITCH_ON = "启用规则"

_ENTRIES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "满分": ("full_score", _full_score),
    "选项系数": ("coefficients", _coefficients),
    "等级": ("grades", _grades),
    "超额完成倍数": ("over_completion", _multiple),
    "反向指标算法": ("negative_formula", _formula),
    "定性分档": ("qualitative_bands", _bands),
    "停用规则": ("disabled_rules", _rules),
    _SWITCH_ON: ("disabled_rules", _rules),
    "执行率分值": ("execution_weight", _points),
    "一级指标分值": ("level_weights", _weights),
    "执行率说明线": ("execution_explained_below", _part),
    "执行率封顶": ("execution_caps", _caps),
    "指标偏离扣分": ("deviation_penalty", _points),
    "单个文件时限": ("time_limit", _seconds),
    "文件限制": ("limits", _limits),
}

TEMPLATE = """\
# 核对设置：放在“待核对”文件夹旁边即可生效；删除本文件则使用默认设置。
# 行首带 # 的是说明或未启用的设置，去掉 # 并修改数值即可启用。改完后请保存再运行。

# 评分口径。可选："财政部"（默认）、"湖南"、"湖北"、"四川"、"云南昆明"。
口径 = "财政部"

# 自评表满分。
# 满分 = 100

# 问卷各选项的系数，从最好的选项写起（A、B、C、D、E）。工作簿里写有系数时以工作簿为准。
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
