"""The six forms, each in its own module, and how they are found on a sheet."""

from __future__ import annotations

from types import ModuleType

from selfeval_xl.forms import (
    department_base_data,
    department_self_evaluation,
    fund_detail,
    indicator_scores,
    project_self_evaluation,
    questionnaire,
)
from selfeval_xl.forms.form import Form
from selfeval_xl.forms.formless import FormlessSheets
from selfeval_xl.forms.side_by_side import parts
from selfeval_xl.settings import Settings
from selfeval_xl.workbooks.sheet import Sheet

FORMS: tuple[ModuleType, ...] = (
    project_self_evaluation,
    department_self_evaluation,
    questionnaire,
    indicator_scores,
    department_base_data,
    fund_detail,
)
"""Most specific first: a form found later may not lie on rows an earlier one has taken."""

_FORMLESS = FormlessSheets()
"""Settings say how a form is judged, never whether it is one: they are no part of what is known."""


def recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    """Return every form on a sheet in the order of its rows.

    Forms side by side are read apart when each part of the sheet holds one.
    """
    if _FORMLESS.has(sheet):
        return []
    found = _search(sheet, settings)
    if not found:
        _FORMLESS.add(sheet)
    return found


def _search(sheet: Sheet, settings: Settings) -> list[Form]:
    separate = parts(sheet)
    if len(separate) > 1:
        apart = [_recognise(part, settings) for part in separate]
        if sum(any(not form.failure for form in forms) for forms in apart) > 1:
            return sorted((form for forms in apart for form in forms), key=lambda f: f.region)
    return _recognise(sheet, settings)


def _recognise(sheet: Sheet, settings: Settings) -> list[Form]:
    found: list[Form] = []
    for module in FORMS:
        if found and not _rows_left(sheet, found):
            break
        for form in module.recognise(sheet, settings):
            if not any(_overlap(form, other) for other in found):
                found.append(form)
    return sorted(found, key=lambda form: form.region)


def _rows_left(sheet: Sheet, found: list[Form]) -> bool:
    """Tell whether rows between the forms found could still hold the smallest of tables."""
    taken = {row for form in found for row in range(form.region[0], form.region[2] + 1)}
    filled = 0
    for row, cells in enumerate(sheet.rows):
        if row in taken:
            filled = 0
        elif len(cells) - cells.count(None) >= _FEWEST_COLUMNS:
            filled += 1
            if filled == _FEWEST_ROWS:
                return True
    return False


_FEWEST_ROWS = 3
_FEWEST_COLUMNS = 2
"""A header, a line and a total with a name and a figure each: less is no table."""


def _overlap(one: Form, other: Form) -> bool:
    top, left, bottom, right = one.region
    return (
        top <= other.region[2]
        and other.region[0] <= bottom
        and left <= other.region[3]
        and other.region[1] <= right
    )
