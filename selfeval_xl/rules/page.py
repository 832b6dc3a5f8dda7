"""The catalogue as text: a list for the screen, one rule in full, and the page in docs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import groupby

from selfeval_xl.rounding import plain
from selfeval_xl.rules.catalogue import catalogue, rule
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import DEFAULT, PROFILES, REGIONAL_RULES, SETTINGS_FILE, Settings


def listed() -> list[str]:
    """Return one line for each rule: code, level, name and the rule itself."""
    return [
        f"{entry.code}  {entry.level.label}  {entry.name}：{entry.truth}"
        for entry in catalogue().values()
    ]


def explained(code: str) -> list[str]:
    """Return one rule in full; KeyError when there is none of this code."""
    entry = rule(code)
    lines = [f"{entry.code} {entry.name}（{entry.level.label}）"]
    lines += [f"{label}：{text}" for label, text in _parts(entry)]
    return lines


def _parts(entry: Rule) -> list[tuple[str, str]]:
    """Return the parts of a rule under the names the sheet 规则统计 uses as well."""
    parts = [
        ("规则内容", entry.truth),
        ("为什么", entry.why),
        ("适用的表", entry.scope),
        ("出处", entry.source),
        ("处理", _handling(entry)),
        ("错误示例", entry.wrong),
        ("正确示例", entry.right),
    ]
    if entry.aliases:
        parts.append(("旧编号", "、".join(entry.aliases)))
    return parts


def _handling(entry: Rule) -> str:
    if entry.safe:
        return "能确定的直接更正或补算；数据互相矛盾、不能确定的只标注"
    off = f"；默认停用，可在{SETTINGS_FILE}中启用" if entry.code in REGIONAL_RULES else ""
    return f"只标注，由人工判断{off}"


# --- the page ------------------------------------------------------------------------------------

_HEAD = """\
# 核对规则说明

本页由 `selfeval-xl rules --format markdown` 生成，与程序实际使用的规则一致，请勿手工修改。
单条规则也可以用 `selfeval-xl rules 编号` 查看。

## 怎样看结果

| 级别 | 含义 | 程序做了什么 |
|---|---|---|
| 错误 | 合计、比率、得分与表内数据不符 | 更正并列出计算过程；由它引起的差错列为“连带”，一并更正 |
| 核实 | 数据互相矛盾、缺少说明，或与其他表不一致 | 只标注，不改动；能推算的给出建议 |
| 尾差 | 四舍五入形成的差异，或末位取舍有误 | 说明；末位取舍有误的更正 |
| 提示 | 空白处按公式补算，或值得留意的情况 | 补算或说明 |

规则的级别是它通常报告的级别。级别为“错误”的规则，遇到空白时补算（提示），差异由四舍五入引起时列为尾差，
参与计算的数据互相矛盾、不能确定哪个有误时列为核实。
"""


def page() -> str:
    """Return the whole catalogue as a Markdown page."""
    parts = [_HEAD, *_profiles()]
    for scope, entries in groupby(catalogue().values(), key=lambda entry: entry.scope):
        parts.append(_section(scope, list(entries)))
    return "\n".join(parts)


def _section(scope: str, entries: list[Rule]) -> str:
    lines = [f"## {scope}", "", "| 编号 | 名称 | 级别 | 规则 |", "|---|---|---|---|"]
    lines += [
        f"| {entry.code} | {entry.name} | {entry.level.label} | {_cell(entry.truth)} |"
        for entry in entries
    ]
    for entry in entries:
        lines += ["", f"### {entry.code} {entry.name}", ""]
        lines += [f"- {label}：{text}" for label, text in _parts(entry)]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _profiles() -> Iterator[str]:
    """Yield the values of each profile side by side."""
    names = list(PROFILES)
    yield "## 口径\n"
    yield (
        "各地的分值、分档、等级和要求不同，由“口径”规定，运行时用 `--profile` 选择，"
        f"个别数值可在 `{SETTINGS_FILE}` 中更改。每份核对结果都写明所用口径。\n"
    )
    yield f"| 项目 | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    for label, shown in _VALUES:
        yield f"| {label} | {' | '.join(shown(PROFILES[name]) for name in names)} |"
    yield ""
    codes = "、".join(f"{code} {catalogue()[code].name}" for code in sorted(REGIONAL_RULES))
    yield f"只有部分地区采用、默认停用的规则：{codes}。\n"


def _pairs(pairs: tuple[tuple[str, Fraction], ...]) -> str:
    return "，".join(f"{name} {plain(value)}" for name, value in pairs)


def _switched_on(settings: Settings) -> str:
    return "、".join(sorted(DEFAULT.disabled_rules - settings.disabled_rules)) or "无"


_FORMULAS = {"ratio": "按比例", "excess": "按超出幅度", "either": "两种都认可"}

_VALUES: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("预算执行率分值", lambda s: plain(s.execution_weight)),
    ("一级指标分值", lambda s: _pairs(s.level_weights)),
    ("等级（最低分）", lambda s: _pairs(s.grades)),
    ("定性指标分档下限", lambda s: "、".join(f"{plain(b * 100)}%" for b in s.qualitative_bands)),
    ("反向指标算法", lambda s: _FORMULAS[s.negative_formula]),
    ("超额完成须说明", lambda s: f"{plain(s.over_completion * 100)}%"),
    ("问卷选项系数", lambda s: "、".join(map(plain, s.coefficients))),
    ("另外启用的规则", _switched_on),
)
