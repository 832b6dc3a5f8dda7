"""Data validation of the input boxes: what may be typed, the prompt and the error message."""

# ruff: noqa: E501 - one line of the sheet is one line here

from __future__ import annotations

from selfeval_xl.templating.layout import Check

_NUMBER_HINT = "只填数字，不要带单位、空格；除千位逗号外不要带符号。"
_STOP = "输入内容不符合要求"
_LARGEST = 10**12

_AMOUNT = {
    "validate": "decimal",
    "criteria": ">=",
    "value": 0,
    "input_title": "金额",
    "input_message": f"按表内注明的金额单位填写。{_NUMBER_HINT}没有发生的留空或填 0。",
    "error_title": _STOP,
    "error_message": "金额应为不小于 0 的数字，请按表内的金额单位填写，不要带“万元”“元”等文字。",
}
_VALIDATIONS: dict[Check, dict[str, object]] = {
    Check.YEAR: {
        "validate": "integer",
        "criteria": "between",
        "minimum": 2000,
        "maximum": 2099,
        "input_title": "评价年度",
        "input_message": "填四位年份，如 2024。",
        "error_title": _STOP,
        "error_message": "评价年度应为 2000 至 2099 之间的四位年份，如 2024。",
    },
    Check.UNIT: {
        "validate": "list",
        "source": ["万元", "元"],
        "input_title": "金额单位",
        "input_message": "从下拉列表选择。全表金额用同一单位。",
        "error_title": _STOP,
        "error_message": "请从下拉列表中选择“万元”或“元”。",
    },
    Check.AMOUNT: _AMOUNT,
    Check.CHANGE: {
        "validate": "decimal",
        "criteria": "between",
        "minimum": -_LARGEST,
        "maximum": _LARGEST,
        "input_title": "调整金额",
        "input_message": "调增填正数，调减填负数，如 -12.5。按表内注明的金额单位填写，不要带单位、空格。没有调整的留空或填 0。",
        "error_title": _STOP,
        "error_message": "调整金额应为数字，调减填负数，如 -12.5，不要带“万元”“元”等文字。",
    },
    Check.AREA: {
        **_AMOUNT,
        "input_title": "面积",
        "input_message": f"单位：平方米。{_NUMBER_HINT}没有完工项目的留空。",
        "error_message": "面积应为不小于 0 的数字。",
    },
    Check.COUNT: {
        "validate": "integer",
        "criteria": ">=",
        "value": 0,
        "input_title": "数量",
        "input_message": "填整数，没有的填 0。不要带“人”“户”“份”等文字。",
        "error_title": _STOP,
        "error_message": "数量应为不小于 0 的整数，不要带“人”“户”“份”等文字。",
    },
    Check.POINTS: {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 100,
        "input_title": "分值",
        "input_message": "填 0 至 100 的数字。同一一级指标各行分值之和应等于该指标的分值，全表合计 100。",
        "error_title": _STOP,
        "error_message": "分值应为 0 至 100 之间的数字。",
    },
    Check.WEIGHT: {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 100,
        "input_title": "权重",
        "input_message": "填 0 至 100 的数字。各行权重之和等于所属一级指标的权重（一般为 20、20、60），全表合计 100。",
        "error_title": _STOP,
        "error_message": "权重应为 0 至 100 之间的数字。",
    },
    Check.GRADE: {
        "validate": "list",
        "source": ["优", "良", "中", "差"],
        "input_title": "自评等级",
        "input_message": "总分 90 分（含）以上为优，80 分（含）以上为良，60 分（含）以上为中，60 分以下为差。",
        "error_title": _STOP,
        "error_message": "请从下拉列表中选择优、良、中、差。",
    },
    Check.COEFFICIENT: {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 1,
        "input_title": "选项系数",
        "input_message": "已按常用标准填好（1、0.8、0.6、0.2、0）。本级另有规定的，在此修改，全表自动重算。",
        "error_title": _STOP,
        "error_message": "选项系数应为 0 至 1 之间的数字。",
    },
    Check.TARGET: {
        "validate": "any",
        "input_title": "年度指标值",
        "input_message": "定量指标写明符号和单位，如“≥95%”“≥30人”“=150户”；定性指标写预期效果，如“明显改善”。",
    },
    Check.ACTUAL: {
        "validate": "any",
        "input_title": "实际完成值",
        "input_message": "填实际完成的数字和单位，如“96.5%”“32人”，不要照抄带“≥”的指标值。",
    },
}


def validation(check: Check, points_cell: str = "") -> dict[str, object] | None:
    """Return the xlsxwriter options of a check, None where anything may be typed.

    ``points_cell`` is the address of the points a score may not exceed; it is relative to the
    first cell of the range the options are applied to.
    """
    if check is not Check.SCORE:
        return _VALIDATIONS.get(check)
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": f"={points_cell}",
        "input_title": "得分",
        "input_message": "不小于 0、不超过本行的分值（权重），请先填分值。低于分值的须说明原因。",
        "error_title": _STOP,
        "error_message": "得分应为不小于 0、不超过本行分值（权重）的数字；分值未填时请先填分值。",
    }
