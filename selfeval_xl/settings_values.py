"""What may stand in 设置.toml: each entry's name, and what its value must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from selfeval_xl.settings import DEFAULT

_MOST_DECIMALS = 30
OPTIONS = len(DEFAULT.coefficients)
"""Options a question usually has."""


class WrongValueError(ValueError):
    """A value that cannot be; the text is Chinese."""


def _number(value: Any, low: int, high: int) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WrongValueError(f"“{value}”应为数字")
    if isinstance(value, Decimal) and not value.is_finite():
        raise WrongValueError(f"“{value}”应为数字")
    # Before it is made a fraction: 1e999999999 would be one of very many digits.
    if not low <= value <= high:
        raise WrongValueError(f"{value} 超出了可用范围，应为 {low} 至 {high}")
    if isinstance(value, Decimal) and value and value.adjusted() < -_MOST_DECIMALS:
        raise WrongValueError(f"{value} 的小数位太多")
    return Fraction(value)


def _points(value: Any) -> Fraction:
    return _number(value, 0, 10_000)


def _full_score(value: Any) -> Fraction:
    if not (points := _points(value)):
        raise WrongValueError("满分应大于 0")
    return points


def _part(value: Any) -> Fraction:
    return _number(value, 0, 1)


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value:
        raise WrongValueError("应写成“名称 = 数字”，每行一项")
    return value


def _list(value: Any, example: str) -> list[Any]:
    if not isinstance(value, list):
        raise WrongValueError(f"应写成方括号里的一组值，如 {example}")
    return value


def _coefficients(value: Any) -> tuple[Fraction, ...]:
    found = [_part(item) for item in _list(value, "[1.0, 0.8, 0.6, 0.2, 0]")]
    if len(found) < 2 or found != sorted(found, reverse=True):
        raise WrongValueError("选项系数至少两个，并按从好到差、由大到小排列")
    if found[-1] == 0:  # nothing else can follow a zero
        found += [Fraction(0)] * (OPTIONS - len(found))
    return tuple(found)


def _grades(value: Any) -> tuple[tuple[str, Fraction], ...]:
    found = tuple((name, _points(low)) for name, low in _table(value).items())
    lows = [low for _, low in found]
    if lows != sorted(set(lows), reverse=True) or lows[-1] != 0:
        raise WrongValueError("等级按从高到低写各级最低分，最后一级写 0")
    return found


def _weights(value: Any) -> tuple[tuple[str, Fraction], ...]:
    return tuple((name, _points(points)) for name, points in _table(value).items())


def _bands(value: Any) -> tuple[Fraction, Fraction]:
    found = [_part(item) for item in _list(value, "[0.8, 0.6]")]
    if len(found) != 2 or found[0] <= found[1]:
        raise WrongValueError("定性分档写两个下限，由高到低，如 [0.8, 0.6]")
    return found[0], found[1]


_FORMULAS = {"比例": "ratio", "超出": "excess", "均可": "either"}


def _formula(value: Any) -> str:
    if value not in _FORMULAS:
        raise WrongValueError(f"“{value}”不是可选的算法，请写 {'、'.join(_FORMULAS)} 之一")
    return _FORMULAS[value]


def _rules(value: Any) -> frozenset[str]:
    codes = frozenset(str(item).strip().upper() for item in _list(value, '["S309"]'))
    from selfeval_xl.rules.catalogue import catalogue  # noqa: PLC0415  (loads every form)

    if unknown := sorted(codes - set(catalogue())):
        raise WrongValueError(f"没有编号为 {'、'.join(unknown)} 的规则，编号见 selfeval-xl rules")
    return codes


def _multiple(value: Any) -> Fraction:
    return _number(value, 1, 100)


def _seconds(value: Any) -> float:
    return float(_number(value, 1, 86_400))


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
            raise WrongValueError(f"没有“{key}”这一项限制，可用：{'、'.join(names)}")
        limits[name] = int(_number(number, 1, 10**12))
    return limits


def _caps(value: Any) -> tuple[tuple[Fraction, Fraction], ...]:
    pairs = [_list(item, "[0.8, 89]") for item in _list(value, "[[0.8, 89], [0.7, 79]]")]
    found = [(_part(rate), _points(score)) for rate, score in pairs]
    if found != sorted(found, reverse=True) or len(dict(found)) < len(found):
        raise WrongValueError("每组写执行率和总分上限，从高到低，如 [[0.8, 89], [0.7, 79]]")
    return tuple(found)


SWITCH_ON = "启用规则"

ENTRIES: dict[str, tuple[str, Callable[[Any], object]]] = {
    "满分": ("full_score", _full_score),
    "选项系数": ("coefficients", _coefficients),
    "等级": ("grades", _grades),
    "超额完成倍数": ("over_completion", _multiple),
    "反向指标算法": ("negative_formula", _formula),
    "定性分档": ("qualitative_bands", _bands),
    "停用规则": ("disabled_rules", _rules),
    SWITCH_ON: ("disabled_rules", _rules),
    "执行率分值": ("execution_weight", _points),
    "一级指标分值": ("level_weights", _weights),
    "执行率说明线": ("execution_explained_below", _part),
    "执行率封顶": ("execution_caps", _caps),
    "指标偏离扣分": ("deviation_penalty", _points),
    "单个文件时限": ("time_limit", _seconds),
    "文件限制": ("limits", _limits),
}
"""The name of each entry of the file, the field of the settings it sets, and how it is read."""
