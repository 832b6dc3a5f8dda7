"""Which headline figures of a file's forms their own findings leave open."""

from __future__ import annotations

from selfeval_xl.findings import Finding, Kind, Level
from selfeval_xl.records import FileRecord

_ACROSS = "X"
"""How the codes of comparisons between forms begin; these leave each form's own sums standing."""


def open_questions(file: FileRecord) -> tuple[Finding, ...]:
    """Return the findings about the cell of a headline figure that cannot be settled.

    There are few of them, so they may be kept where a file's findings are let go.
    """
    asked = [finding for finding in file.findings if _is_open(finding)]
    if not asked:
        return ()
    cells = {
        (form.form, form.sheet, figure.cell)
        for form in file.forms
        for figure in form.figures.values()
    }
    return tuple(f for f in asked if (f.form, f.sheet, f.cell) in cells)


def _is_open(finding: Finding) -> bool:
    """Tell whether a person is asked about a figure that contradicts others of its own form."""
    if finding.level is not Level.REVIEW or finding.rule.startswith(_ACROSS):
        return False
    return finding.kind is Kind.UNSETTLED or bool(finding.difference)
