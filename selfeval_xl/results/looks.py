"""The looks of the summary's cells, numbered alike in every process that renders rows."""

from __future__ import annotations

from typing import Any

from selfeval_xl.results import style

Look = dict[str, Any]

_LINE: Look = {"border": 1, "border_color": style.rgb(style.LINE)}
COLUMN_LOOKS: dict[str, Look] = {
    "text": {"align": "left"},
    "wrap": {"align": "left", "text_wrap": True},
    "centre": {"align": "center"},
    "amount": {"align": "right", "num_format": "#,##0.00####_ "},
    "rate": {"align": "right", "num_format": "0.00%_ "},
    "score": {"align": "right", "num_format": "0.00##_ "},
    "mean": {"align": "right", "num_format": "0.00_ "},
    "count": {"align": "center", "num_format": '0;-0;"–"'},
    "number": {"align": "right", "num_format": "General"},
    "figure": {"align": "right", "text_wrap": True},
    "link": {
        "align": "left",
        "font_color": style.rgb(style.LINK),
        "underline": 1,
        "text_wrap": True,
    },
}
"""What a column of a table may look like; a ``figure`` is one as it reads in a form, a text."""

HEADING: Look = {"bold": True, "bg_color": style.rgb(style.TOTAL_FILL)}
TOTAL: Look = {"bold": True, "bg_color": style.rgb(style.BAND_FILL)}
_EMPHASES: dict[str, Look] = {"heading": HEADING, "total": TOTAL}
_MOST_PLACES = 15  # a cell holds no more digits


def filled(argb: str) -> str:
    """Return the name of the centred look with a fill."""
    return f"centre on {argb}"


def difference(number_format: str) -> str:
    """Return the name of the look of a difference shown in a number format."""
    return number_format if number_format in LOOKS else "number"


def emphasised(column: str, emphasis: str) -> str:
    """Return the name of a column's look in a row that is a ``heading`` or a ``total``."""
    return f"{column} {emphasis}" if emphasis else column


def signed(places: int, percent: bool) -> str:
    """Return the number format of a difference with so many decimals."""
    number = ("0." + "0" * places if places else "0") + ("%" if percent else "")
    return f"+{number}_ ;-{number}_ ;0_ "


def _all() -> dict[str, Look]:
    looks = {name: _LINE | look for name, look in COLUMN_LOOKS.items()}
    for emphasis, added in _EMPHASES.items():
        for name in ("wrap", "centre", "number"):
            wrapped = {"text_wrap": True} if name != "number" else {}
            looks[emphasised(name, emphasis)] = looks[name] | wrapped | added
    fills = [shade.fill for shade in style.LEGEND if shade.fill]
    for fill in dict.fromkeys([*fills, style.GOOD_FILL, style.BAND_FILL]):
        looks[filled(fill)] = looks["centre"] | {"bg_color": style.rgb(fill)}
    for percent in (False, True):
        for places in range(_MOST_PLACES + 1):
            shown = signed(places, percent)
            looks[shown] = looks["number"] | {"num_format": shown}
    return looks


LOOKS: dict[str, Look] = _all()
"""Every look of the tables that go file by file, by name."""
NUMBERS: dict[str, int] = {name: number for number, name in enumerate(LOOKS, start=1)}
"""The number of each in the workbook's list of formats; 0 is the format of cells without one."""
