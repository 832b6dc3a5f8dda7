"""What a cell element holds: a number, text or a formula with its cached result."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from selfeval_xl.workbooks.editing.markup import (
    XML_SPACE,
    Element,
    cell_text,
    drop_attribute,
    insert_ordered,
    local,
    namespace,
)


def number_text(value: Decimal) -> str:
    """Return a number as a cell stores it: 95.30 → 95.3."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def clear(cell: Element) -> None:
    """Take out a cell's value; its formula, format and extensions stay."""
    for child in list(cell):
        if local(child) in ("v", "is"):
            cell.remove(child)
    drop_attribute(cell, "t")
    # Value metadata describes the old value (a picture or a record in the cell).
    drop_attribute(cell, "vm")


def _add(cell: Element, name: str, text: str = "") -> Element:
    """Add an element: after the formula, before extensions."""
    item = etree.Element(f"{{{namespace(cell)}}}{name}")
    if text:
        item.text = text
    insert_ordered(cell, item, ("extLst",))
    return item


def write_formula(cell: Element, formula: str) -> None:
    """Write a formula into a cleared cell."""
    _add(cell, "f", formula)


def shows(cell: Element, result: Element, value: Decimal) -> bool:
    """Tell whether a cell's present result is that number already, however it is written."""
    try:
        return cell.get("t", "n") == "n" and float(result.text or "") == float(value)
    except ValueError:
        return False


def write_result(cell: Element, value: Decimal | str) -> None:
    """Write a number, or the cached result of the cell's formula, into a cleared cell."""
    if isinstance(value, str):
        cell.set("t", "str")
        _add(cell, "v", cell_text(value))
    else:
        _add(cell, "v", number_text(value))


def write_text(cell: Element, text: str) -> None:
    """Write text into a cleared cell; it stands in the cell itself and is never a formula."""
    cell.set("t", "inlineStr")
    item = etree.SubElement(_add(cell, "is"), f"{{{namespace(cell)}}}t")
    item.text = cell_text(text)
    item.set(XML_SPACE, "preserve")
