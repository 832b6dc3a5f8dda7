"""The 填表说明 sheets: who fills a form, how, and the errors most often found in it."""

# ruff: noqa: E501 - one line of the sheet is one line here

from __future__ import annotations

from dataclasses import dataclass

from selfeval_xl.templating.layout import Role
from selfeval_xl.templating.measure import text_height


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a guide; ``sample`` gives its name the look of a role (the colour legend)."""

    name: str
    text: str
    sample: Role | None = None

    def height(self, width: int) -> float:
        """Return the row height that shows the text in a column of ``width`` characters."""
        return text_height(self.text, width)


@dataclass(frozen=True, slots=True)
class Section:
    """A headed group of lines."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide sheet."""

    title: str
    sections: tuple[Section, ...]


def _general(numbers: str = "") -> Section:
    """Return what holds for every table; ``numbers`` says where not only a number is typed."""
    return Section("一、颜色和通用要求", (
        Line("浅黄色格", "由单位填写。选中单元格后会出现填写提示；输入不符合要求时会提示原因。", Role.INPUT),
        Line("灰色斜体格", "由公式自动计算，请勿填写。误填后可从相邻行复制公式恢复。", Role.DERIVED),
        Line("增减行", "右键插入整行或删除整行即可，表格没有加锁；合计公式会自动跟随。插入的行请从上一行复制格式和公式。"),
        Line("数字", f"只填数字，单位看表头{numbers}；没有发生的填 0 或留空，不要填“无”“/”“—”。百分比填 95% 或 0.95。"),
        Line("表头", "项目名称、评价年度、实施单位在各表中要写得完全一致，核对时据此把同一项目的表归在一起。"),
        Line("报送", "三个工作簿放在以项目名称命名的同一文件夹内报送；打印纸张已设为 A4。"),
    ))  # fmt: skip


BASE_DATA = Guide(
    "基础数据表填表说明",
    (
        _general(),
        Section(
            "二、部门整体支出绩效评价基础数据表（由部门财务人员填写，每个部门每年一份）",
            (
                Line("填报依据", "上年决算数、本年预算数、本年决算数分别取自部门决算报表和预算批复。"),
                Line("“三公”经费", "＝公务用车购置和维护＋出国＋公务接待，自动计算，只填明细。"),
                Line("项目支出", "指基本支出以外的全部支出；县级专项资金一个专项一行，行数可增减。"),
                Line("公用经费", "指基本支出中的一般商品和服务支出，应不小于所列其中项之和。"),
                Line("楼堂馆所", "只填本年完工的项目；没有的留空。"),
                Line("常见差错", "其中项合计大于公用经费；专项决算数与该项目自评表的全年执行数不一致；项目支出与部门自评表不一致。"),
            ),
        ),
        Section(
            "三、资金使用明细表（由项目实施单位填写，每个项目一份）",
            (
                Line("明细项目", "一行填一个县市区、单位或支出内容，不要重复。"),
                Line("补助人（户）数", "补助的人数、户数或机构数，全列用同一单位；没有数量的项目整列留空。"),
                Line("结余经费", "＝下达金额－使用经费，自动计算；使用经费大于下达金额的，请在备注说明资金来源。"),
                Line("任务完成率", "＝补助人（户）数合计÷全年预计补助人（户）数，自动计算。"),
                Line("常见差错", "合计漏加新增的行；金额误按“元”填入“万元”表；使用经费合计与自评表的全年执行数不一致。"),
            ),
        ),
    ),
)  # fmt: skip

SELF_EVALUATION = Guide(
    "绩效自评表填表说明",
    (
        _general("（年度指标值、实际完成值除外）"),
        Section(
            "二、项目支出绩效自评表（由项目实施单位填写，每个项目一份）",
            (
                Line("项目资金", "填年初预算数、调整后的全年预算数和全年执行数；年度资金总额自动合计。"),
                Line("执行率", "＝全年执行数÷全年预算数；得分＝分值×执行率，最高不超过分值。"),
                Line("分值", "各三级指标分值之和等于所属一级指标的分值；连同预算执行 10 分，全表合计 100 分。"),
                Line("年度指标值", "定量指标写明符号和单位，如“≥95%”“≥30人”；定性指标写预期效果。"),
                Line("实际完成值", "填实际完成的数字和单位，如“96.5%”，不要照抄带“≥”的指标值。"),
                Line("得分", "定量指标完成的得满分，未完成的按完成比例计分；定性指标分三档：100%～80%（含）、80%～60%（含）、60%～0%。"),
                Line("偏差原因", "得分低于分值、未完成或超额完成 30% 以上的，必须说明原因和改进措施。"),
                Line("自评等级", "90 分（含）以上为优，80 分（含）以上为良，60 分（含）以上为中，60 分以下为差。"),
                Line("常见差错", "分值合计不是 100；总分漏加预算执行得分；“其中”行又填了得分；指标值与完成值错位一列。"),
            ),
        ),
        Section(
            "三、部门整体支出绩效自评表（由部门填写，每个部门每年一份）",
            (
                Line("年度资金总额", "按收入性质分各项之和、按支出性质分各项之和应与年度资金总额一致（同为预算数或同为执行数）。"),
                Line("其他栏目", "填法与项目支出绩效自评表相同。项目支出应与基础数据表一致。"),
            ),
        ),
        Section(
            "四、指标体系评分表（由项目实施单位填写，每个项目一份）",
            (
                Line("权重", "决策、管理、绩效三个一级指标的权重一般为 20、20、60，合计 100。"),
                Line("得分、扣分", "得分填到四级指标；扣分＝权重－得分，自动计算；有扣分的必须写明扣分原因。"),
                Line("一级指标得分", "表下的“一级指标得分情况”自动汇总，不需填写。"),
                Line("常见差错", "权重合计不是 100；增加指标后上级指标的权重没有调整；总分与自评表不一致。"),
            ),
        ),
    ),
)  # fmt: skip

QUESTIONNAIRE = Guide(
    "问卷统计表填表说明",
    (
        _general(),
        Section(
            "二、社会公众满意度调查问卷统计表（由项目实施单位填写，每个项目一份）",
            (
                Line("问卷份数", "发放问卷数不小于有效问卷数；每一题五个选项的人数之和都应等于有效问卷数。"),
                Line("只填人数", "每题只填“人数”一行的五个数字，没有人选的填 0；占比、分数、合计和最终得分自动计算。"),
                Line("选项系数", "A 1、B 0.8、C 0.6、D 0.2、E 0。本级另有规定的，在“选项系数”一行修改，全表自动重算。"),
                Line("占比", "＝选项人数÷合计人数，各选项占比之和为 100%。"),
                Line("分数", "＝占比×选项系数×每题满分；每题满分＝100÷题目数，十题时为 10 分。"),
                Line("增减题目", "选中一道题的三行，整行复制后在两题之间插入，或整组删除；合计会自动跟随。"),
                Line("最终得分", "＝各题得分之和，填入自评表“服务对象满意度”的实际完成值。"),
                Line("常见差错", "把左侧选项的占比复制到人数为 0 的选项；占比之和不是 100%；各题合计人数不一致。"),
            ),
        ),
    ),
)  # fmt: skip
