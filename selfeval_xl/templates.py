"""The three blank template workbooks, generated from the forms' own declarations.

The layout of a sheet says where its boxes stand; what a derived box computes is not said again
here: the sheet, filled with examples, is given to the form's recogniser, and the relations it
finds there become the live formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from selfeval_xl.outputs import write_atomically
from selfeval_xl.relations import Relation
from selfeval_xl.templating import guide as guides
from selfeval_xl.templating.base_data import department_base_data, fund_detail
from selfeval_xl.templating.derived import numbers, results
from selfeval_xl.templating.guide import Guide
from selfeval_xl.templating.indicator_scores import indicator_scores
from selfeval_xl.templating.layout import Entry, Layout, Role
from selfeval_xl.templating.questionnaire import questionnaire
from selfeval_xl.templating.self_evaluation import (
    department_self_evaluation,
    project_self_evaluation,
)
from selfeval_xl.workbooks.sheet import Cell, a1, parse_a1


@dataclass(frozen=True, slots=True)
class Template:
    """A template workbook: its file name, its sheets and its guide."""

    name: str
    layouts: tuple[Callable[[], Layout], ...]
    guide: Guide


TEMPLATES = (
    Template("基础数据表.xlsx", (department_base_data, fund_detail), guides.BASE_DATA),
    Template(
        "绩效自评表.xlsx",
        (project_self_evaluation, department_self_evaluation, indicator_scores),
        guides.SELF_EVALUATION,
    ),
    Template("问卷统计表.xlsx", (questionnaire,), guides.QUESTIONNAIRE),
)


def sheet_relations(layout: Layout) -> dict[Cell, Relation]:
    """Return what the form's declaration says of the derived cells of a layout.

    Raises LookupError when a derived cell without a formula of its own has no relation.
    """
    from selfeval_xl.forms import recognise  # noqa: PLC0415 - forms are slow to import
    from selfeval_xl.settings import DEFAULT  # noqa: PLC0415  (forms are slow to load)

    derived = {box.cell: box for box in layout.by_role(Role.DERIVED)}
    examples = layout.contents(examples=True)
    found: dict[Cell, Relation] = {}
    shown: dict[Cell, float] = {}
    known = -1
    # A form declares some figures only where their operands are filled: fill them and look again.
    while len(found) > known:
        known = len(found)
        for form in recognise(layout.sheet({**examples, **shown}), DEFAULT):
            for relation in form.relations:
                if relation.target in derived and not derived[relation.target].link:
                    found.setdefault(relation.target, relation)
        computed = results(layout, found, numbers(examples))
        shown = {cell: float(computed.get(cell, 1)) for cell in derived}
    missing = [a1(cell) for cell, box in derived.items() if cell not in found and not box.link]
    if missing:
        raise LookupError(f"{layout.name}: no relation for {', '.join(missing)}")
    return found


def build_template(name: str, entries: Mapping[str, Mapping[str, Entry]] | None = None) -> bytes:
    """Return a template's package; ``entries`` fills it: sheet name → address → content.

    Sheets that are not named in ``entries`` stay blank. Raises KeyError for an unknown template
    and ValueError for an entry outside the input boxes.
    """
    from selfeval_xl.templating.writing import write_workbook  # noqa: PLC0415  (forms are slow to load)

    template = {template.name: template for template in TEMPLATES}[name]
    layouts = [make() for make in template.layouts]
    filled: dict[str, dict[Cell, Entry]] = {}
    for sheet, contents in (entries or {}).items():
        layout = {layout.name: layout for layout in layouts}[sheet]
        inputs = {box.cell for box in layout.by_role(Role.INPUT)}
        filled[sheet] = {parse_a1(address): value for address, value in contents.items()}
        outside = [a1(cell) for cell in filled[sheet] if cell not in inputs]
        if outside:
            raise ValueError(f"{sheet}: not for typing: {', '.join(outside)}")
    relations = [sheet_relations(layout) for layout in layouts]
    return write_workbook(layouts, relations, template.guide, filled)


def write_templates(directory: Path) -> list[Path]:
    """Write the three blank templates into a directory and return their paths.

    A file of that name that is there may be filled in: it stays, and the blank one gets a number.
    Raises OutputError.
    """
    return [
        write_atomically(
            directory / template.name, build_template(template.name), replaceable=lambda _: False
        )
        for template in TEMPLATES
    ]
