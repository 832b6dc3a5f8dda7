"""How far a long run is, in one line of the screen."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from selfeval_xl.templating.measure import text_width

if TYPE_CHECKING:
    from selfeval_xl.records import Counts


_BAR = 20


class ProgressLine:
    """One line that says how far a long run is, how fast and what was found so far."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.stream = stream or sys.stderr
        self.began = time.monotonic()
        self.shown = self.began
        self.width = 0
        self.live = self.stream.isatty()

    def __call__(self, done: int, total: int, counts: Counts) -> None:
        """Show the state, at most five times a second and only after the first second."""
        now = time.monotonic()
        if not self.live or now - self.began < 1 or (now - self.shown < 0.2 and done < total):
            return
        self.shown = now
        rate = done / (now - self.began)
        rest = _duration((total - done) / rate)
        text = (
            f" {done}/{total}  {rate:.0f} 个/秒  剩余 {rest}"
            f"  错误 {counts.root} 处  核实 {counts.review} 处"
        )
        # A line that goes on below is never written over: each state would stand there for good.
        room = shutil.get_terminal_size().columns - 1 - text_width(text)
        self._put(_bar(done, total, min(room - 2, _BAR)) + text if room > 2 else text)

    def clear(self) -> None:
        """Take the line away."""
        if self.width:
            self._put("")
            self.stream.write("\r")
            self.stream.flush()

    def _put(self, text: str) -> None:
        width = text_width(text)
        self.stream.write("\r" + text + " " * max(self.width - width, 0))
        self.stream.flush()
        self.width = width


def _bar(done: int, total: int, width: int) -> str:
    full = done * width // max(total, 1)
    return "[" + "#" * full + "." * (width - full) + "]"


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"


@contextlib.contextmanager
def progress_line() -> Iterator[ProgressLine]:
    """Give a progress line that is gone afterwards."""
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()
