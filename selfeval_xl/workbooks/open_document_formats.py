"""Number formats of .ods files: styles of cells to format codes as Excel writes them."""

from __future__ import annotations

from lxml import etree

_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_KINDS = ("number-style", "percentage-style", "currency-style")
_MOST_DECIMALS = 30


def format_codes(content: etree._Element) -> dict[str, str]:
    """Return the number format codes of cell styles by their names; General is left out."""
    kinds = [f"{_NUMBER}{kind}" for kind in _KINDS]
    codes = {style.get(f"{_STYLE}name"): _code(style) for style in content.iter(*kinds)}
    found: dict[str, str] = {}
    for style in content.iter(f"{_STYLE}style"):
        code = codes.get(style.get(f"{_STYLE}data-style-name"), "")
        if code and style.get(f"{_STYLE}family") == "table-cell":
            found[style.get(f"{_STYLE}name") or ""] = code
    return found


def _code(style: etree._Element) -> str:
    """Return the code of a data style with one plain number and texts around it, else ""."""
    parts = []
    for part in style:
        if part.tag == f"{_NUMBER}number":
            parts.append(_digits(part))
        elif part.tag in (f"{_NUMBER}text", f"{_NUMBER}currency-symbol"):
            parts.append(_literal(part.text or ""))
        elif part.tag in (f"{_NUMBER}fraction", f"{_NUMBER}scientific-number"):
            return ""
    numbers = sum(part.tag == f"{_NUMBER}number" for part in style)
    return "".join(parts) if numbers == 1 and all(parts) else ""


def _digits(number: etree._Element) -> str:
    """Return a number's digits: ``#,##0.00``; "" when they are left to the program."""
    most = _count(number, "decimal-places", -1)
    if most < 0:
        return ""
    least = min(_count(number, "min-decimal-places", most), most)
    whole = "#,##0" if number.get(f"{_NUMBER}grouping") == "true" else "0"
    return whole + ("." if most else "") + "0" * least + "#" * (most - least)


def _literal(text: str) -> str:
    return text if text.strip("%-+() ") == "" else '"{}"'.format(text.replace('"', ""))


def _count(element: etree._Element, name: str, default: int) -> int:
    text = element.get(_NUMBER + name) or ""
    return min(int(text), _MOST_DECIMALS) if text.isdecimal() and len(text) < 10 else default


def column_styles(table: etree._Element) -> list[tuple[int, str]]:
    """Return where the columns' default styles end, from left to right, with their names."""
    ends, column = [], 0
    for element in table.iter(f"{_TABLE}table-column"):
        repeated = element.get(f"{_TABLE}number-columns-repeated") or "1"
        column += int(repeated) if repeated.isdecimal() and len(repeated) < 10 else 1
        ends.append((column, element.get(f"{_TABLE}default-cell-style-name") or ""))
    return ends
