"""How help pages stand on the screen: a Chinese character takes the room of two letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from selfeval_xl.templating.measure import text_width

_PIECE = re.compile(r"[\x21-\x7e]+|.", re.DOTALL)
_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_NEVER_FIRST = frozenset("，。、；：？！）》」”’…%")
_OF_A_MARK = 2
"""Room kept at a line's end for a mark that may not begin the next."""
_AS_IT_IS = "\b\n"
"""Click's mark before a paragraph whose lines stay as they are."""


class ChineseHelp(click.HelpFormatter):
    """A help page laid out by the width of its characters, with a Chinese colon."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        margin = " " * self.current_indent
        written = []
        for paragraph in text.split("\n\n"):
            kept = paragraph.startswith(_AS_IT_IS)
            lines = paragraph.splitlines()[1:] if kept else self._wrapped(paragraph, len(margin))
            written.append("".join(f"{margin}{line}\n" for line in lines))
        self.write("\n".join(written))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        widest = max((text_width(term) for term, _ in rows), default=0)
        column = self.current_indent + min(widest, col_max) + col_spacing
        for term, text in rows:
            start = f"{'':{self.current_indent}}{term}"
            if column - text_width(start) < col_spacing:
                self.write(f"{start}\n")
                start = ""
            for line in self._wrapped(text, column):
                self.write(f"{start}{'':{column - text_width(start)}}{line}\n")
                start = ""

    def _wrapped(self, text: str, margin: int) -> list[str]:
        whole = _BETWEEN_CHINESE.sub("", " ".join(text.split()))
        return list(_lines(whole, max(self.width - margin, 20)))


def _lines(text: str, width: int) -> Iterator[str]:
    """Yield a text in lines ``width`` letters wide, no word broken, no comma at a beginning."""
    line, room = "", width - _OF_A_MARK
    for piece in _PIECE.findall(text):
        if line and piece not in _NEVER_FIRST and text_width(line + piece) > room:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line


class ChineseContext(click.Context):
    """A context whose help pages are laid out here."""

    formatter_class = ChineseHelp
