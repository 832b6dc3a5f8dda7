"""What a file's name and folder say of its forms when the sheet itself is silent.

The order is fixed (head block, title, file name, folder); each value taken here says so in the
head's ``sources``, so that the report can tell a person where a name came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath

from selfeval_xl.forms.form import Head
from selfeval_xl.forms.heading import year_in
from selfeval_xl.labels import squash

_FORM_WORDS = re.compile(
    r"(部门|单位)?(预算)?(项目)?(整体)?(支出)?(绩效)?(目标)?"
    r"(自评价?|评价|自我评价)(情况)?(报告|结果)?(基础数据|汇总|评分)?表?"
    r"|(部门整体支出)?(绩效评价)?基础数据表?|(社会公众)?(满意度)?(调查)?问卷(调查)?(统计)?表?"
    r"|(资金|经费|支出|补助)?(使用)?(明细|情况)表|(绩效)?指标(体系)?(评分|得分)?(情况)?表?|满意度(调查)?表?"
)
_NOISE = re.compile(
    r"^附件?表?\d*|[(\[【]\d+[)\]】]$|副本|最终版?|定稿|终稿|修改版?|上报版?|盖章版?|已?核对|模板|(19|20)\d{2}[年度.-]*\d*"
)
_SEPARATORS = re.compile(r"[-_—–+;；:：|\s]+")
_UNDERTAKING = re.compile(
    r"项目|工程|资金|补助|补贴|专项|经费|建设|改造|维护|维修|运维|服务|活动|采购|购置|培训|扶持|保障|救助|资助|奖励|修缮"
    r"|治理|整治|规划|普查|创建|养护|保护|开发|试点|计划|行动|示范|推广|防控|监测|供养|保险|饮水|扶贫|振兴"
)
"""What a folder's name must speak of to be a project's: “第一批交来的” is none."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ORGANISATION = re.compile(
    r"(局|委|委员会|办|办公室|厅|部|院|校|学校|大学|学院|幼儿园|中学|小学|中心|站|所|馆|队|总队|支队|大队"
    r"|联合会|协会|学会|总会|工会|公司|集团|政府|街道|街道办事处|乡|镇|社区|村委会|银行|医院|残联|妇联|团委)$"
)
_GENERIC = re.compile(
    r"^(待核对|核对|资料|材料|报送|上报|汇总|收集|提交|新建文件夹|文件夹|项目|部门|单位|预算|财政|绩效|自评|支出|专项"
    r"|资金|年度?|第.批|[\d()]*|[a-z]*)+$",
    re.IGNORECASE,
)


def complete_head(head: Head, path: str, *, departmental: bool) -> Head:
    """Return the head with what is missing taken from the file's name, then from its folders.

    ``path`` is relative to the inbox, with forward slashes. A departmental form has no project
    of its own, so none is looked for.
    """
    if head.year is not None and head.organisation and (head.project or departmental):
        return head
    place = PurePosixPath(path)
    sources = dict(head.sources)
    project, year, organisation = head.project, head.year, head.organisation
    for source, text in (("文件名", place.stem), *(("文件夹", f) for f in _folders(place))):
        named_project, named_year, named_organisation = _named(text)
        if year is None and named_year is not None:
            year, sources["year"] = named_year, source
        if not organisation and named_organisation:
            organisation, sources["organisation"] = named_organisation, source
        if source == "文件夹" and not _UNDERTAKING.search(named_project):
            named_project = ""
        if not project and not departmental and named_project:
            project, sources["project"] = named_project, source
    return replace(head, project=project, year=year, organisation=organisation, sources=sources)


def _folders(place: PurePosixPath) -> Iterable[str]:
    """Yield the folder names, the nearest first."""
    return reversed(place.parts[:-1])


@lru_cache(maxsize=4096)
def _named(text: str) -> tuple[str, int | None, str]:
    """Return the project, year and organisation a file's or folder's name gives, "" for none.

    A list number in front (“3、…”) is dropped, “三、四级…” is kept: it belongs to the name.
    """
    year = year_in(text)
    plain = _NOISE.sub("", re.sub(r"^\d+[.、)）-]\s*", "", text.strip())).strip()
    pieces = [plain]
    if _FORM_WORDS.search(plain) or _SEPARATORS.search(plain):
        pieces = _pieces(_FORM_WORDS.sub("-", plain))
    names = [piece for piece in pieces if _is_name(squash(piece))]
    organisation = next((name for name in names if _ORGANISATION.search(name)), "")
    project = next((name for name in names if not _ORGANISATION.search(name)), "")
    return project, year, organisation


def _pieces(text: str) -> list[str]:
    """Split at separators; “、” and “，” belong to a name unless they stand at its end."""
    return [part.strip("、，,.·()") for part in _SEPARATORS.split(text) if part]


def _is_name(text: str) -> bool:
    return len(text) >= 4 and len(_CHINESE.findall(text)) >= 3 and not _GENERIC.match(text)
