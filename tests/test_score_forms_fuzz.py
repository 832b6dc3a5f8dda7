"""Whatever stands on a sheet, questionnaires and indicator scores are read without a crash."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfeval_xl.forms import indicator_scores, questionnaire
from selfeval_xl.judging import judge
from selfeval_xl.rules import indicator_scores as score_rules
from selfeval_xl.rules import questionnaires
from selfeval_xl.settings import DEFAULT
from selfeval_xl.workbooks.sheet import Range, Sheet

WORDS = """
题目 项目 A（非常满意） B（满意） 满意（60分） 不满意 C 合计 合计人数 人数 占比 分数 得分 满意率
最终得分 综合满意度 选项系数 发放问卷数 有效问卷数 回收率 1.您认为 一级指标 二级指标 三级指标
四级指标 权重 分值 扣分 扣分原因 得分率 小计 总分 等级 优 A项目决策（20分） B项目管理 备注 平均
"""
VALUES = st.one_of(
    st.none(),
    st.sampled_from(WORDS.split()),
    st.sampled_from(["", "—", "100%", "-1", "0", "20", "abc", "1,0,0", "28人", "0.8"]),
    st.integers(-2, 100),
    st.floats(0, 100),
    st.booleans(),
)
HEADERS = st.sampled_from(
    [
        ["题目", "项目", "A（非常满意）", "B（满意）", "C（一般）", "合计人数", "得分"],
        ["题目", "非常满意", "满意", "不满意", "合计", "得分", "满意率"],
        ["一级指标", "权重", "得分", "扣分", "得分率", "扣分原因", "等级"],
        ["一级指标", "分值", "二级指标", "分值", "得分", "扣分", "扣分原因"],
        ["一级指标", "二级指标", "三级指标", "四级指标", "权重", "得分", "扣分"],
    ]
)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Draw a header, rows of plausible and implausible content, and merges over them."""
    above = draw(st.lists(st.lists(VALUES, max_size=7), max_size=3))
    body = draw(st.lists(st.lists(VALUES, max_size=8), max_size=9))
    rows = [*above, draw(HEADERS), *body]
    merges: list[Range] = []
    for _ in range(draw(st.integers(0, 3))):
        top, left = draw(st.integers(0, 9)), draw(st.integers(0, 6))
        merges.append((top, left, top + draw(st.integers(0, 3)), left + draw(st.integers(0, 2))))
    return Sheet("表", rows, tuple(merges))


@pytest.mark.parametrize(
    ("module", "bundle"), [(questionnaire, questionnaires), (indicator_scores, score_rules)]
)
@settings(max_examples=250, deadline=None)
@given(sheet=sheets())
def test_no_sheet_crashes(module: ModuleType, bundle: ModuleType, sheet: Sheet) -> None:
    for form in module.recognise(sheet, DEFAULT):
        assert all(relation.target in form.fields for relation in form.relations)
        assert len({relation.target for relation in form.relations}) == len(form.relations)
        judgement = judge(form, DEFAULT)
        list(bundle.review(judgement, DEFAULT))
        module.record(judgement)
