"""Every rule code of the program, gathered from the forms and the review rules."""

from __future__ import annotations

from functools import cache

from selfeval_xl.forms import FORMS
from selfeval_xl.rules.bundles import BUNDLES
from selfeval_xl.rules.rule import SCOPES, Rule


@cache
def catalogue() -> dict[str, Rule]:
    """Return all rules by code, form by form; aliases are not listed."""
    rules = [entry for module in (*FORMS, *BUNDLES) for entry in module.RULES]
    scopes = list(SCOPES)
    rules.sort(key=lambda entry: (scopes.index(entry.form), entry.code))
    return {entry.code: entry for entry in rules}


@cache
def rule(code: str) -> Rule:
    """Return the rule of a code or of one of its former codes; KeyError when there is none."""
    for entry in catalogue().values():
        if code == entry.code or code in entry.aliases:
            return entry
    raise KeyError(code)
