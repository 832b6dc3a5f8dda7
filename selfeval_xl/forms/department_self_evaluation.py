"""部门整体支出绩效自评表: a department's yearly funds by source and use, targets and scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selfeval_xl.findings import Level
from selfeval_xl.forms.department_marks import is_department
from selfeval_xl.forms.department_split import Split, read_splits
from selfeval_xl.forms.fields import number_in, total_in
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.self_evaluation import add_relations, find_tables, read_form
from selfeval_xl.forms.self_evaluation_body import SelfEvaluation
from selfeval_xl.forms.self_evaluation_record import record
from selfeval_xl.relations import At, Relation, Sum
from selfeval_xl.rules.rule import Rule
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.sheet import Sheet

KIND = "department_self_evaluation"
TITLE = "部门整体支出绩效自评表"


@dataclass(slots=True)
class DepartmentSelfEvaluation(SelfEvaluation):
    """A self-evaluation with its two breakdowns of the yearly funds."""

    income: Split | None = None
    expenditure: Split | None = None


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return the department self-evaluations on a sheet, judged by headings only."""
    forms = []
    for first, table in find_tables(sheet):
        if not table.indicators or not is_department(sheet, first, table.header):
            continue
        form = read_form(sheet, KIND, first, table)
        common = form.body
        assert isinstance(common, SelfEvaluation)
        body = DepartmentSelfEvaluation(
            **{name: getattr(common, name) for name in SelfEvaluation.__slots__}
        )
        start = common.funds.header + 1 if common.funds else first
        body.income, body.expenditure = read_splits(form, start, table.header)
        form.body = body
        add_relations(form, settings)
        form.relations.extend(_split_relations(form, body))
        forms.append(form)
    return forms


def _split_relations(form: Form, body: DepartmentSelfEvaluation) -> Iterator[Relation]:
    """A breakdown's own total = Σ of its parts.

    Which of them is wrong is certain only when the parts make the yearly funds.
    """
    yearly = [number_in(form.fields[cell]) for cell in (body.budget, body.executed) if cell]
    for code, split in (("D201", body.income), ("D202", body.expenditure)):
        if split is None or split.total is None:
            continue
        amount = total_in(form.fields, split.parts)
        if amount is not None:
            parts = Sum(tuple(At(cell) for cell in split.parts))
            in_label = isinstance(form.sheet.value(split.total), str)
            sure = amount in yearly and not in_label
            yield Relation(code, split.total, parts, correctable=sure)


RULES: tuple[Rule, ...] = (
    Rule(
        "D201",
        "按收入性质分",
        KIND,
        Level.ERROR,
        "按收入性质分 = 一般公共预算 + 政府性基金 + 专户非税收入 + 其他资金",
        "收入构成之和应等于其合计，并等于年度资金总额（预算数或执行数）。"
        "各项之和等于年度资金总额时更正合计，否则只提示核实。",
        "湖南省部门整体支出绩效自评表",
        True,
        "按收入性质分 600，其中一般公共预算 500、其他资金 50",
        "按收入性质分 550，其中一般公共预算 500、其他资金 50",
    ),
    Rule(
        "D202",
        "按支出性质分",
        KIND,
        Level.ERROR,
        "按支出性质分 = 基本支出 + 项目支出",
        "支出构成之和应等于其合计，并等于年度资金总额（预算数或执行数）。"
        "各项之和等于年度资金总额时更正合计，否则只提示核实。",
        "湖南省部门整体支出绩效自评表",
        True,
        "按支出性质分 1005，其中基本支出 353、项目支出 600",
        "按支出性质分 953，其中基本支出 353、项目支出 600",
    ),
)

__all__ = ["KIND", "RULES", "TITLE", "recognise", "record"]
