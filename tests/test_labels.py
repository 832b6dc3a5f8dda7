"""Labels: noise that must not matter, and points inside them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfeval_xl.forms.heading import project_in_title
from selfeval_xl.labels import among, key, label_points, matches, remembered, squash

KEYS = [
    ("年初 预算数", "年初预算数"),
    ("偏差原因 分析及\n改进措施", "偏差原因分析及改进措施"),
    ("预 算\u3000数", "预算数"),
    ("效益指标 30分)", "效益指标"),
    ("成本指标 （20分）", "成本指标"),
    ("产出指标（50", "产出指标"),
    ("产出指标(30分)", "产出指标"),
    ("产出指标【30分】", "产出指标"),
    ("产出指标50分", "产出指标"),
    ("绩效指标（90分）：", "绩效指标"),
    ("分值(10)", "分值"),
    ("项目资金 (万元)", "项目资金"),
    ("项目资金（万元", "项目资金"),
    ("全年预算数(A)", "全年预算数"),
    ("全年执行数（Ｂ）", "全年执行数"),
    ("1：残疾人无障碍改造", "残疾人无障碍改造"),
    ("5、残疾人困难救助", "残疾人困难救助"),
    ("指标1: 培训人数", "培训人数"),
    ("(1)培训人数", "培训人数"),
    ("（一）项目决策", "项目决策"),
    ("1)培训人数", "培训人数"),
    ("①培训人数", "培训人数"),
    ("⑴培训人数", "培训人数"),
    ("一、项目决策", "项目决策"),
    ("1.2 培训人数", "培训人数"),
    ("第3题：服务态度", "服务态度"),
    ("A.非常满意", "非常满意"),
    ("2您认为窗口服务如何：", "您认为窗口服务如何"),
    ("A项目决策", "A项目决策"),
    ("★培训人数", "培训人数"),
    ("*培训人数", "培训人数"),
    ("总分：", "总分"),
    ("2023年预算数", "2023年预算数"),
    ("100米跑道", "100米跑道"),
    ("12345热线", "12345热线"),
    ("“三公”经费", "“三公”经费"),
    ("一级指标", "一级指标"),
    ("十分满意", "十分满意"),
    ("三级指标", "三级指标"),
    ("(1)", "(1)"),
    ("3", "3"),
    ("", ""),
    ("得分", "得分"),
]


@pytest.mark.parametrize(("text", "expected"), KEYS)
def test_key(text: str, expected: str) -> None:
    assert key(text) == expected


@pytest.mark.parametrize("text", [text for text, _ in KEYS])
def test_key_is_stable(text: str) -> None:
    assert key(key(text)) == key(text)


POINTS = [
    ("产出指标(30分)", "30"),
    ("产出指标（30分)", "30"),
    ("产出指标 ( 30 分 )", "30"),
    ("效益指标 30分)", "30"),
    ("效益指标30)", "30"),
    ("成本指标 （20分）", "20"),
    ("产出指标（50", "50"),
    ("产出指标（50分", "50"),
    ("绩效指标（90分）", "90"),
    ("产出指标50分", "50"),
    ("产出指标50分：", "50"),
    ("分值(10)", "10"),
    ("总分(100分)", "100"),
    ("执行率（１０分）", "10"),
    ("过程（权重20%）", "20"),
    ("决策（权重：12.5分）", "12.5"),
    ("产出指标(30分)得分", "30"),
    ("评价年度(2023)", None),
    ("2023年", None),
    ("评价年度2023", None),
    ("项目资金(万元)", None),
    ("全年预算数(A)", None),
    ("全年预算数(A1)", None),
    ("附件(表2)", None),
    ("实际人数(100人)", None),
    ("满意率(95%)", None),
    ("评分（0-10分）", None),
    ("A.10-8分", None),
    ("第3分", None),
    ("指标得分", None),
    ("1：残疾人无障碍改造", None),
    ("(0分)", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), POINTS)
def test_label_points(text: str, expected: str | None) -> None:
    points = label_points(text)
    assert (points.value if points else None) == (Fraction(expected) if expected else None)


def test_among() -> None:
    assert among("其中：办公经费") == (True, "办公经费")
    assert among("其中:1.办公经费") == (True, "办公经费")
    assert among("其中") == (True, "其中")
    assert among("办公经费") == (False, "办公经费")


def test_matches() -> None:
    names = frozenset(["全年执行数", "预算执行数"])
    assert matches("全年 执行数（B）", names)
    assert not matches("全年预算数", names)


NAMES = st.text(st.sampled_from("产出效益成本满意度指标项目决策培训人数A"), min_size=2, max_size=8)
SPACES = st.sampled_from(["", " ", "\n", "\u3000", "\u00a0", "\t "])


@settings(deadline=None)
@given(
    NAMES,
    st.sampled_from(["", "1：", "12、", "指标3:", "(2)", "（2）", "①", "一、", "★", "（三）"]),
    st.sampled_from(
        ["", "（30分）", "(30分)", "（30分", "30分)", "（万元）", ":", "：", "*", "50分"]
    ),
    st.data(),
)
def test_noise_does_not_matter(name: str, front: str, back: str, data: st.DataObject) -> None:
    noisy = "".join(character + data.draw(SPACES) for character in name)
    assert key(front + noisy + data.draw(SPACES) + back) == key(name)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    assert not any(character.isspace() for character in squash(text))
    key(text), label_points(text), among(text)


@pytest.mark.parametrize(
    ("title", "project"),
    [
        ("2022年度就业（对下）补助项目指标体系得分情况", "就业（对下）补助项目"),
        ("2022年度就业（对下）补助项目 创业扶持明细表", "就业（对下）补助项目"),
        ("规范化建设评定项目机构名单和补助经费表", "规范化建设评定项目"),
        ("2023年度残疾人就业保障金项目支出绩效自评表", "残疾人就业保障金"),
        ("某县水务局2022年度农村饮水安全项目绩效自评表", "农村饮水安全项目"),
        ("残疾人就业保障专项资金自评表", "残疾人就业保障专项资金"),
        ("重大项目前期工作经费绩效自评表", "重大项目前期工作经费"),
        ("某某道路工程资金使用明细表", "某某道路工程"),
        ("2023年度部门预算项目支出绩效自评表", ""),
        ("附件2：2022年度县级专项资金绩效目标自评表", ""),
        ("某市残联2022年部门整体支出绩效自评表", ""),
        ("社会公众满意度调查问卷统计表", ""),
        ("部门整体支出绩效评价基础数据表", ""),
    ],
)
def test_the_project_in_a_title(title: str, project: str) -> None:
    assert project_in_title(title) == project


def test_what_was_read_is_kept_but_for_prose_and_the_older_half() -> None:
    read: list[str] = []

    @remembered(4)
    def length(text: str) -> int:
        read.append(text)
        return len(text)

    prose = "长" * 201
    assert [length(text) for text in ("甲", "甲", prose, prose)] == [1, 1, 201, 201]
    assert read == ["甲", prose, prose]
    read.clear()
    for text in ("乙", "丙", "丁", "戊", "戊", "丁", "丙", "甲"):
        length(text)
    assert read == ["乙", "丙", "丁", "戊", "甲"]
