"""A cell as text: its format, and the number, text or formula with cached result it holds."""

from __future__ import annotations

from decimal import Decimal

from selfeval_xl.workbooks.editing.lexing import (
    Element,
    attribute,
    elements,
    local_name,
    masked,
    text_of,
    with_attribute,
    without_attribute,
)
from selfeval_xl.workbooks.editing.markup import cell_markup, formula_markup


def number_text(value: Decimal) -> str:
    """Return a number as a cell stores it: 95.30 → 95.3."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class CellText:
    """A cell while it is edited: what its opening tag says and what stands between its tags.

    ``prefix`` is that of SpreadsheetML names. What is not edited stays as it was written.
    """

    __slots__ = ("_before", "_seen", "attributes", "content", "prefix")

    def __init__(self, prefix: str, attributes: str, content: str = "") -> None:
        self.prefix = prefix
        self.attributes = attributes
        self.content = content
        self._before = attributes, content
        self._seen: tuple[str | None, list[Element]] = None, []

    @property
    def changed(self) -> bool:
        """Whether anything of it is different now."""
        return (self.attributes, self.content) != self._before

    def markup(self) -> str:
        """Return the whole element."""
        name = f"{self.prefix}c"
        if not self.content:
            return f"<{name}{self.attributes}/>"
        return f"<{name}{self.attributes}>{self.content}</{name}>"

    def get(self, name: str) -> str | None:
        """Return an attribute, None when it is not there."""
        return attribute(self.attributes, name)

    def set(self, name: str, value: str) -> None:
        """Give an attribute a value."""
        self.attributes = with_attribute(self.attributes, name, value)

    # Children -----------------------------------------------------------------------------

    def _children(self) -> list[Element]:
        content, children = self._seen
        if content is not self.content:
            content = self.content
            children = list(elements(masked(content), 0, len(content)))
            self._seen = content, children
        return children

    def _child(self, name: str) -> Element | None:
        return next((item for item in self._children() if item.name == self.prefix + name), None)

    def _remove(self, child: Element) -> None:
        """Take a child out with the space behind it."""
        following = self.content.find("<", child.end)
        rest = self.content[following:] if following >= 0 else ""
        self.content = self.content[: child.start] + rest

    def _replace(self, child: Element, markup: str) -> None:
        self.content = self.content[: child.start] + markup + self.content[child.end :]

    def _add(self, name: str, markup: str, attributes: str = "") -> None:
        """Add an element: after the formula, before extensions."""
        place = next(
            (item.start for item in self._children() if local_name(item.name) == "extLst"),
            len(self.content),
        )
        added = self._element(name, markup, attributes)
        self.content = self.content[:place] + added + self.content[place:]

    def _element(self, name: str, markup: str, attributes: str = "") -> str:
        name = self.prefix + name
        return f"<{name}{attributes}>{markup}</{name}>" if markup else f"<{name}{attributes}/>"

    # Values -------------------------------------------------------------------------------

    def clear(self) -> None:
        """Take out the value; formula, format and extensions stay."""
        for child in reversed(self._children()):
            if local_name(child.name) in ("v", "is"):
                self._remove(child)
        # Value metadata describes the old value (a picture or a record in the cell).
        for name in ("t", "vm"):
            self.attributes = without_attribute(self.attributes, name)

    def has_result(self) -> bool:
        """Tell whether the cell holds a value, a formula's result it may be."""
        return self._child("v") is not None

    def shows(self, value: Decimal) -> bool:
        """Tell whether its present result is that number already, however it is written."""
        result = self._child("v")
        if result is None or self.get("t") not in (None, "n"):
            return False
        try:
            return float(self._text(result)) == float(value)
        except ValueError:
            return False

    def write_result(self, value: Decimal | str) -> None:
        """Write a number, or the cached result of the formula, into the cleared cell."""
        if isinstance(value, str):
            self.set("t", "str")
            self._add("v", cell_markup(value))
        else:
            self._add("v", number_text(value))

    def write_text(self, text: str) -> None:
        """Write text into the cleared cell; it stands in the cell itself and is no formula."""
        self.set("t", "inlineStr")
        self._add("is", self._element("t", cell_markup(text), ' xml:space="preserve"'))

    # Formulas -----------------------------------------------------------------------------

    def _text(self, child: Element) -> str:
        return text_of(self.content[child.inside : child.close])

    def formula(self) -> tuple[str, str] | None:
        """Return the attributes and the text of its formula, None when it has none."""
        found = self._child("f")
        return None if found is None else (found.attributes, self._text(found))

    def write_formula(self, formula: str, attributes: str = "") -> None:
        """Give the cell a formula in the place of the one it has."""
        found = self._child("f")
        markup = formula_markup(formula)
        if found is None:
            self._add("f", markup, attributes)
        else:
            self._replace(found, self._element("f", markup, attributes))

    def drop_formula(self) -> None:
        """Take out the formula; its result stays."""
        found = self._child("f")
        if found is not None:
            self._remove(found)
            # Cell metadata says that the formula is a dynamic array.
            self.attributes = without_attribute(self.attributes, "cm")
