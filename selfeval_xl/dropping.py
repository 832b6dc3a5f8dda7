"""What was dropped on run.bat, read from the raw command line that Windows made of it.

Explorer puts quotes only around paths with spaces, so for a path such as ``C:\\a&b.xlsx`` the
batch file's own arguments end at the ``&``. The command line itself is still whole.
"""

from __future__ import annotations

import re

VARIABLE = "SELFEVAL_XL_COMMAND_LINE"
_PIECE = re.compile(r'"([^"]*)"|(\S+)')


def dropped_paths(command_line: str, script: str = "run.bat") -> list[str]:
    """Return the paths after the script's name; none when the script was not started by a drop.

    A drop looks like ``cmd.exe /c ""C:\\x\\run.bat" "C:\\a b.xlsx" C:\\c&d.xlsx"``: the whole is
    wrapped in one more pair of quotes.
    """
    found = re.search(rf'/c\s+""[^"]*{re.escape(script)}"', command_line, re.IGNORECASE)
    if found is None:
        return []
    rest = command_line[found.end() :].rstrip()
    rest = rest.removesuffix('"')
    return [quoted or plain for quoted, plain in _PIECE.findall(rest)]
