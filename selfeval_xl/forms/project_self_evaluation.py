"""项目支出绩效自评表: funds, targets and scores of one project."""

from __future__ import annotations

from selfeval_xl.findings import Level
from selfeval_xl.forms.department_marks import is_department
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.self_evaluation import add_relations, find_tables, read_form
from selfeval_xl.forms.self_evaluation_record import record
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.sheet import Sheet

KIND = "project_self_evaluation"
TITLE = "项目支出绩效自评表"


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the project self-evaluations on a sheet, judged by headings only."""
    forms = []
    for first, table in find_tables(sheet):
        if not table.indicators or is_department(sheet, first, table.header):
            continue
        form = read_form(sheet, KIND, first, table)
        add_relations(form, settings)
        forms.append(form)
    return forms


_BOTH = "self_evaluation"
"""These rules hold for the department's form as well."""

RULES: tuple[Rule, ...] = (
    Rule(
        "S201",
        "预算执行率",
        _BOTH,
        Level.ERROR,
        "执行率 = 全年执行数 ÷ 全年预算数（调整后）",
        "执行率是预算执行得分的依据，须用调整后的全年预算数，而不是年初预算数。",
        "财预〔2020〕10号所附自评表；四川省、江西省上饶市自评表填表说明",
        True,
        "全年预算数 100，全年执行数 95，执行率填 90%",
        "全年预算数 100，全年执行数 95，执行率填 95%",
    ),
    Rule(
        "S202",
        "预算执行率得分",
        _BOTH,
        Level.ERROR,
        "执行率得分 = 分值 × 执行率，最高不超过分值",
        "超预算执行也不能得到高于分值的分数；按表列执行率或按精确执行率计算均可。",
        "财预〔2020〕10号所附自评表说明；北京市海淀区自评表的得分计算方法",
        True,
        "分值 10，执行率 172.86%，得分填 17.29",
        "分值 10，执行率 172.86%，得分填 10",
    ),
    Rule(
        "S203",
        "年度资金总额",
        _BOTH,
        Level.ERROR,
        "年度资金总额 = 当年财政拨款 + 上年结转资金 + 其他资金",
        "各列（年初预算、全年预算、全年执行）都应等于其组成部分之和。",
        "财预〔2020〕10号所附自评表",
        True,
        "当年财政拨款 80，上年结转资金 20，总额填 110",
        "当年财政拨款 80，上年结转资金 20，总额填 100",
    ),
    Rule(
        "S204",
        "分值合计",
        _BOTH,
        Level.ERROR,
        "总分行分值 = 各三级指标分值与预算执行率分值之和，应为 100",
        "分值不足或超过 100 时，得分与等级都失去意义。",
        "财预〔2020〕10号；预算管理一体化系统分值审核",
        True,
        "各行分值合计 100，总分行填 90",
        "各行分值合计 100，总分行填 100",
    ),
    Rule(
        "S205",
        "总分",
        _BOTH,
        Level.ERROR,
        "总分 = 各三级指标得分与预算执行率得分之和",
        "最常见的差错是漏加预算执行率得分。",
        "财预〔2020〕10号；预算管理一体化系统得分审核",
        True,
        "各行得分合计 88、执行率得分 10，总分填 88",
        "各行得分合计 88、执行率得分 10，总分填 98",
    ),
    Rule(
        "S206",
        "一级指标分值",
        _BOTH,
        Level.REVIEW,
        "一级（二级）指标名称中写明的分值 = 所属三级指标分值之和",
        "标签与明细不一致时，无法判断是标签还是某一行填错。",
        "财预〔2020〕10号所附自评表；预算管理一体化系统权重审核",
        False,
        "“效益指标（30分）”下各行分值合计 23",
        "“效益指标（30分）”下各行分值合计 30",
    ),
)

__all__ = ["KIND", "RULES", "TITLE", "recognise", "record"]
