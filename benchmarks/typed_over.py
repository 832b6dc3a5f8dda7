"""Derived cells of a filled template typed over with wrong figures.

The program an office types into computes what reads a cell as soon as that cell changes. So do
these workbooks: the results beside the formulas are those of the wrong figures.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache

from raw_zip import replaced

from selfeval_xl.relations import Relation
from selfeval_xl.templates import TEMPLATES, sheet_relations
from selfeval_xl.templating.derived import numbers, results
from selfeval_xl.templating.layout import Entry, Layout
from selfeval_xl.workbooks.sheet import Cell, parse_a1

_COMPUTED = re.compile(
    r'<c r="([A-Z]+\d+)"( s="\d+")?(?: t="str")?><f>([^<]*)</f><v>([^<]*)</v></c>'
)
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?")


def with_errors(
    package: bytes,
    name: str,
    entries: Mapping[str, Mapping[str, Entry]],
    rng: random.Random,
    count: int,
) -> bytes:
    """Return a filled template with up to ``count`` of its derived cells typed over.

    ``name`` is the template's file name, ``entries`` what it was filled with: sheet → address →
    content.
    """
    pages = _pages(name)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        texts = {part: archive.read(part).decode("utf-8") for part in pages}
    # A cell without a relation holds a constant of the form: what follows from it is not known.
    places = [
        (part, parse_a1(found[1]), found[4])
        for part, (_, relations) in pages.items()
        for found in _COMPUTED.finditer(texts[part])
        if _FIGURE.fullmatch(found[4]) and parse_a1(found[1]) in relations
    ]
    typed: dict[str, dict[Cell, str]] = {}
    for part, cell, figure in rng.sample(places, min(count, len(places))):
        neighbour = rng.choice([other for page, _, other in places if page == part])
        typed.setdefault(part, {})[cell] = _wrong(figure, neighbour, rng)
    changed = {}
    for part, figures in typed.items():
        layout, relations = pages[part]
        contents = {parse_a1(at): value for at, value in entries.get(layout.name, {}).items()}
        followed = _followed(layout, relations, {**layout.contents(), **contents}, figures)
        changed[part] = _COMPUTED.sub(_rewritten(figures, followed), texts[part]).encode("utf-8")
    return replaced(package, changed)


@cache
def _pages(name: str) -> dict[str, tuple[Layout, Mapping[Cell, Relation]]]:
    """Return a template's layouts and what they declare, by the worksheet parts they fill."""
    template = next(template for template in TEMPLATES if template.name == name)
    layouts = [make() for make in template.layouts]
    return {
        f"xl/worksheets/sheet{number}.xml": (layout, sheet_relations(layout))
        for number, layout in enumerate(layouts, start=1)
    }


def _followed(
    layout: Layout,
    relations: Mapping[Cell, Relation],
    contents: Mapping[Cell, Entry],
    typed: Mapping[Cell, str],
) -> dict[Cell, Fraction | None]:
    """Return the results that change with the figures typed over; None for a cell left blank."""
    known = numbers(contents)
    wrong = {cell: Fraction(figure) for cell, figure in typed.items()}
    before, after = results(layout, relations, known), results(layout, relations, known | wrong)
    return {cell: after.get(cell) for cell in before | after if before.get(cell) != after.get(cell)}


def _rewritten(
    typed: Mapping[Cell, str], followed: Mapping[Cell, Fraction | None]
) -> Callable[[re.Match[str]], str]:
    def cell_text(found: re.Match[str]) -> str:
        cell, start = parse_a1(found[1]), f'<c r="{found[1]}"{found[2] or ""}'
        if cell in typed:
            return f"{start}><v>{typed[cell]}</v></c>"
        if cell not in followed:
            return found[0]
        value, formula = followed[cell], f"<f>{found[3]}</f>"
        if value is None:
            return f'{start} t="str">{formula}<v></v></c>'
        return f"{start}>{formula}<v>{float(value):.16G}</v></c>"

    return cell_text


def _wrong(text: str, neighbour: str, rng: random.Random) -> str:
    figure = Decimal(text)
    whole = text.replace(".", "").lstrip("-0")
    kind = rng.randrange(4)
    if kind == 0 and len(whole) > 1 and whole[0] != whole[1]:
        place = text.index(whole[0])
        other = place + (2 if text[place + 1] == "." else 1)
        digits = list(text)
        digits[place], digits[other] = digits[other], digits[place]
        return "".join(digits)
    if kind == 1 and figure:
        return str(figure.scaleb(rng.choice((-1, 1))))
    if kind == 2 and Decimal(neighbour) != figure:
        return neighbour
    return str(figure + rng.choice((-2, -1, 1, 2)) * (1 if abs(figure) > 2 else Decimal("0.01")))
