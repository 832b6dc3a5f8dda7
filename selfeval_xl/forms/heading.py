"""The lines above a form: its title and the head block (项目名称, 实施单位, 评价年度 …)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from selfeval_xl.forms.form import Head
from selfeval_xl.labels import key, names, remembered, squash
from selfeval_xl.workbooks.sheet import Sheet

PROJECT = names(
    """
    项目名称 项目支出名称 专项名称 项目专项名称 自评项目名称 评价项目名称
    """
)
ORGANISATION = names(
    """
    实施单位 项目实施单位 项目单位 填报单位 单位名称 预算单位 预算单位名称 部门名称 预算部门名称
    部门单位名称 评价单位 填表单位 编制单位 使用单位 资金使用单位 项目承担单位 部门预算单位 单位
    """
)
DEPARTMENT = names(
    """
    主管部门 预算部门 主管单位 主管部门及代码 一级预算部门 预算主管部门 项目主管部门
    主管预算部门 部门
    """
)
YEAR = names(
    """
    评价年度 年度 预算年度 自评年度 项目年度 评价年份 年份 绩效年度
    """
)
UNIT = names(
    """
    金额单位 单位 计量单位 资金单位 货币单位
    """
)
_LABELS = PROJECT | ORGANISATION | DEPARTMENT | YEAR | UNIT
_MONEY = re.compile(r"(亿元|万元|千元|百元|元)")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=年|[^\d]|$)")
_CHINESE_YEAR = re.compile(r"二[〇零○O0][〇零○O0一二三四五六七八九]{2}(?=年)")
_CHINESE_DIGITS = str.maketrans("〇零○O0一二三四五六七八九", "00000123456789")
_TITLE = re.compile(
    r"^(?P<name>.*?)"
    r"(?:部门|单位)?(?:预算)?(?:项目(?=支出))?(?:支出|(?<!专项)(?<!补助)资金|使用|资金使用)?(?:区域)?(?:整体支出)?"
    r"(?:绩效)?(?:目标)?(?:自评|评价|自我评价|指标体系|满意度|明细|使用情况|社会公众)"
)
_UP_TO_YEAR = re.compile(r"^(?:附件?表?\d*[::]?)?(?:.*?20\d{2}年度?)?")
_PROJECT_IN_TITLE = re.compile(r"^.{2,}项目(?!支出|库|预算|资金)")
"""The name ends with its own 项目; what follows is the table's: 某某项目机构名单和补助经费表."""
_GENERIC = re.compile(
    r"^(?:市级?|县级?|省级?|区级?|本级|专项|使用|部门|单位|预算|财政|项目|支出|资金|整体|年度?|绩效|自评|[()（）:：、\d\s])*$"
)


@remembered(4096)
def year_in(text: str) -> int | None:
    """Return the year a text names (2022年度, 二〇二二年, 2022-…), None when it names none."""
    text = unicodedata.normalize("NFKC", text)
    found = _YEAR.search(text)
    if found:
        return int(found.group(1))
    written = _CHINESE_YEAR.search(text)
    return int(written.group().translate(_CHINESE_DIGITS)) if written else None


@remembered(4096)
def project_in_title(title: str) -> str:
    """Return the project a title names in front of the form's own name, "" when none."""
    text = "".join(title.split())
    plain = squash(title)
    if len(plain) != len(text):
        text = plain  # else the name keeps the brackets it is written with
    start = _UP_TO_YEAR.match(plain)
    skipped = start.end() if start else 0
    rest = plain[skipped:]
    named = _TITLE.match(rest)
    whole = None if "自评" in rest or "自我评价" in rest else _PROJECT_IN_TITLE.match(rest)
    end = whole.end() if whole else named.end("name") if named else 0
    name = rest[:end]
    if len(name) < 4 or _GENERIC.match(name):
        return ""
    return text[skipped : skipped + end].strip("“”\"'—-")


@dataclass(slots=True)
class _Found:
    title: str = ""
    title_year: int | None = None
    values: dict[str, str] = field(default_factory=dict)


def read_head(sheet: Sheet, first_row: int, header_row: int) -> Head:
    """Read the title and head block from the rows between ``first_row`` and ``header_row``.

    The rows below the header row are never read. A value stands right of its label or behind a
    colon in the same cell; labels without a value are skipped.
    """
    found = _read_rows(sheet, first_row, header_row)
    values = found.values
    year = year_in(values.get("year", ""))
    sources = {
        name: "表头" for name in ("project", "organisation", "department") if values.get(name)
    }
    if year is not None:
        sources["year"] = "表头"
    elif found.title_year is not None:
        year = found.title_year
        sources["year"] = "标题"
    project = values.get("project", "")
    if not project and (project := project_in_title(found.title)):
        sources["project"] = "标题"
    return Head(
        project=project,
        year=year,
        organisation=values.get("organisation", ""),
        department=values.get("department", ""),
        amount_unit=values.get("unit", ""),
        sources=sources,
    )


def title_of(sheet: Sheet, first_row: int, header_row: int) -> str:
    """Return the text of the title row above a form, "" when there is none."""
    return _read_rows(sheet, first_row, header_row).title


@lru_cache(maxsize=1)  # a form's head and its title are asked for one after the other
def _read_rows(sheet: Sheet, first_row: int, header_row: int) -> _Found:
    found = _Found()
    for row in range(max(first_row, 0), min(header_row, sheet.height)):
        _read_row(sheet.rows[row], found)
    return found


def _read_row(cells: list[object], found: _Found) -> None:
    texts = [text for value in cells if value is not None and (text := _text(value))]
    for place, text in enumerate(texts):
        name, value = _labelled(text)
        if name is None:
            _read_title(text, found)
            continue
        if not value and place + 1 < len(texts):
            following = texts[place + 1]
            value = "" if _labelled(following)[0] else following
        if name == "unit" or (name == "organisation" and _MONEY.fullmatch(squash(value))):
            amount = _MONEY.search(squash(value))
            if amount:
                found.values.setdefault("unit", amount.group(1))
        elif value:
            found.values.setdefault(name, " ".join(value.split()).strip(" 　"))


def _text(value: object) -> str:
    """Return a text or a number as text, "" for anything else."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, (int, float)) else ""


def _read_title(text: str, found: _Found) -> None:
    plain = squash(text)
    if found.title_year is None and len(plain) <= 60:
        found.title_year = year_in(plain)
    if not found.title and len(plain) >= 4 and plain.rstrip(")）").endswith(("表", "情况")):
        found.title = " ".join(text.split())


@remembered(8192)
def _labelled(text: str) -> tuple[str | None, str]:
    """Return which head value a cell names and what stands behind the colon: “项目名称：某某”."""
    label, inside = _split(text)
    return _meaning(label, inside), inside


def _split(text: str) -> tuple[str, str]:
    """Split “项目名称：某某” into label and value."""
    for colon in ("：", ":"):
        if colon in text:
            label, _, value = text.partition(colon)
            return label, value.strip()
    return text, ""


def _meaning(label: str, inside: str) -> str | None:
    """Return which head value a label names: project, organisation, department, year, unit."""
    name = key(label)
    if name not in _LABELS:
        return None
    if name in PROJECT:
        return "project"
    if name in YEAR:
        return "year"
    if name in UNIT and (name != "单位" or _MONEY.search(squash(inside))):
        return "unit"
    if name in ORGANISATION:
        return "organisation"
    return "department" if name in DEPARTMENT else None
