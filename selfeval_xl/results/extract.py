"""What the results over a whole run say of one file, rendered where the file was judged.

The texts are ready to be put in their place: the rows of the summary's long tables, the entries
of findings.json. The process that writes the results never opens a file's record again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from selfeval_xl.findings import Finding
from selfeval_xl.records import Counts, FileRecord, FormRecord, Status
from selfeval_xl.results.findings_json import file_entry, finding_entries, with_message
from selfeval_xl.results.review_scope import FORM_TITLES, unchecked
from selfeval_xl.results.summary_files import file_row
from selfeval_xl.results.summary_findings import finding_rows
from selfeval_xl.results.summary_funds import fund_rows
from selfeval_xl.results.summary_questionnaires import question_rows
from selfeval_xl.results.tally import kind_of, tally


@dataclass(frozen=True, slots=True)
class Extract:
    """A file's share of the summary and of findings.json.

    ``corrected`` is its copy's path below the output folder, ``forms`` and ``message`` are what
    the list of files says of it, ``rules`` how often each rule was found broken, and as what.
    ``listed`` is its row there, ``findings``, ``questions`` and ``funds`` are rows of these tables,
    ``file_json`` and ``findings_json`` the entries in findings.json.
    """

    path: str
    status: Status
    corrected: str
    forms: str
    message: str
    counts: Counts
    rules: tuple[tuple[str, str, int], ...]
    listed: str
    findings: tuple[str, ...]
    questions: tuple[str, ...]
    funds: tuple[str, ...]
    file_json: str
    findings_json: tuple[str, ...]


def extract(file: FileRecord) -> Extract:
    """Return what the results say of a file."""
    forms, message, counts = _forms(file), _message(file), tally(file.findings)
    return Extract(
        path=file.path,
        status=file.status,
        corrected=file.corrected,
        forms=forms,
        message=message,
        counts=counts,
        rules=_rules(file.findings),
        listed=file_row(file, forms, message, counts),
        findings=finding_rows(file),
        questions=question_rows(file),
        funds=fund_rows(file),
        file_json=file_entry(file),
        findings_json=finding_entries(file),
    )


def with_findings(
    known: Extract, forms: Sequence[FormRecord], findings: Sequence[Finding], remark: str = ""
) -> Extract:
    """Return the extract with findings that could not be put into the file's copy any more.

    ``forms`` are the file's; ``remark`` says why, for the list of files and findings.json.
    """
    message = "\n".join(text for text in (known.message, remark) if text)
    more = FileRecord(
        known.path,
        known.status,
        corrected=known.corrected,
        forms=tuple(forms),
        findings=tuple(findings),
    )
    counts = known.counts + tally(findings)
    return replace(
        known,
        counts=counts,
        rules=(*known.rules, *_rules(findings)),
        message=message,
        listed=file_row(more, known.forms, message, counts),
        file_json=with_message(known.file_json, remark),
        findings=known.findings + finding_rows(more),
        findings_json=known.findings_json + finding_entries(more),
    )


def _rules(findings: Sequence[Finding]) -> tuple[tuple[str, str, int], ...]:
    counted = Counter((finding.rule, kind_of(finding)) for finding in findings)
    return tuple((rule, kind, number) for (rule, kind), number in counted.items())


def _forms(file: FileRecord) -> str:
    return "\n".join(
        f"{FORM_TITLES.get(form.form, form.form)}（{form.sheet}）"
        for form in file.forms
        if not form.failure
    )


def _message(file: FileRecord) -> str:
    rest = [form.not_judged for form in file.forms if form.not_judged not in file.message]
    if others := unchecked(file):
        rest.append(f"未核对的工作表：{others}。")
    return "\n".join(filter(None, (file.message, *rest)))
