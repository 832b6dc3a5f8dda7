"""Finding the header of an indicator table and choosing a column for each part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selfeval_xl.forms.row_texts import row_texts
from selfeval_xl.forms.self_evaluation_columns import ACTUAL_HINT, LONGEST, indicator_column
from selfeval_xl.workbooks.sheet import Sheet

_TITLES = {"points": "分值", "score": "得分"}
_LEVELS = ("level1", "level2", "level3")
_Found = dict[str, list[tuple[int, int]]]
"""For each part its columns with the rank of their headings, from left to right."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an indicator table.

    ``columns`` gives the column of each part. ``other_targets`` and ``other_reasons`` are further
    columns of targets and reasons, to be read where the best is blank; ``level_points`` the
    columns of points of the levels above the last. ``unclear`` names the part two columns claim
    equally well, "" when there is none.
    """

    row: int
    last: int
    columns: dict[str, int] = field(compare=True)
    other_targets: tuple[int, ...] = ()
    other_reasons: tuple[int, ...] = ()
    level_points: dict[str, int] = field(default_factory=dict)
    unclear: str = ""


def find_headers(sheet: Sheet) -> Iterator[Header]:
    """Yield the headers of a sheet's indicator tables from top to bottom."""
    below = -1
    texts = row_texts(sheet)
    for row, text in enumerate(texts):
        if row <= below or not ("指标" in text or "完成" in text):
            continue  # no header goes without these words
        if not any(map(ACTUAL_HINT.search, texts[row : row + 2])):
            continue  # nor without a heading of what was achieved, in this row or in the next
        header = read_header(sheet, row)
        if header is not None:
            below = header.last
            yield header


def read_header(sheet: Sheet, row: int) -> Header | None:
    """Read a header of one row or of two; None when the row heads no indicator table."""
    found = _meanings(sheet.rows[row])
    if len(found) < 2:
        return None
    last = row
    if not _complete(found):
        further = _meanings(sheet.rows[row + 1]) if row + 1 < sheet.height else {}
        if not further or _complete(further):
            return None
        for part, columns in further.items():
            found[part] = sorted([*found.get(part, ()), *columns])
        last = row + 1
        if not _complete(found):
            return None
    return _settle(sheet, row, last, found)


def _meanings(cells: list[object]) -> _Found:
    found: _Found = {}
    for column, value in enumerate(cells):
        if not isinstance(value, str) or len(value) > LONGEST:
            continue
        meaning = indicator_column(value)
        if meaning is not None:
            part, rank = meaning
            found.setdefault(part, []).append((column, rank))
    if not found:
        return found
    levels = [place[0] for part in _LEVELS for place in found.get(part, ())]
    if not levels:
        return found
    # What stands left of the levels heads the table as a whole (年度绩效目标（80分）).
    right = {part: [p for p in places if p[0] >= min(levels)] for part, places in found.items()}
    return {part: places for part, places in right.items() if places}


def _complete(found: _Found) -> bool:
    return (
        "target" in found
        and ("actual" in found or "completion" in found)
        and ("level1" in found or "level3" in found)
    )


def _settle(sheet: Sheet, row: int, last: int, found: _Found) -> Header:
    columns = {part: min(places, key=lambda p: p[::-1])[0] for part, places in found.items()}
    levels = {part: columns[part] for part in _LEVELS if part in columns}
    name = max(levels.values())
    level_points: dict[str, int] = {}
    unclear = ""
    for part in ("points", "score"):
        right = [place for place in found.get(part, ()) if place[0] > name]
        if part == "points" and right:
            level_points = _level_points(found[part], levels, name)
        if not right:
            continue
        best = min(rank for _, rank in right)
        same = [column for column, rank in right if rank == best]
        columns[part] = same[0]
        if len(same) > 1:
            unclear = unclear or _unclear(sheet, last, part, same)
    targets = sorted(found["target"], key=lambda p: p[::-1])
    last = max([last, *(sheet.merge((row, column))[2] for column in columns.values())])
    last = max(last, _split_target(sheet, row, columns))
    return Header(
        row,
        last,
        columns,
        tuple(column for column, _ in targets[1:]),
        tuple(column for column, _ in found.get("reason", ()) if column != columns["reason"]),
        level_points,
        unclear,
    )


def _level_points(
    points: list[tuple[int, int]], levels: dict[str, int], name: int
) -> dict[str, int]:
    """Points left of the last level's names belong to the level named next on their left."""
    owned: dict[str, int] = {}
    for column, _ in points:
        left = [(place, part) for part, place in levels.items() if place < column < name]
        if left:
            owned.setdefault(max(left)[1], column)
    return owned


def _unclear(sheet: Sheet, last: int, part: str, columns: list[int]) -> str:
    """Two columns are unclear when both hold figures and the figures differ."""
    figures = []
    for column in columns:
        cells = [sheet.text((row, column)) for row in range(last + 1, min(last + 40, sheet.height))]
        figures.append([text for text in cells if text])
    filled = [texts for texts in figures if texts]
    return _TITLES[part] if len(filled) > 1 and any(f != filled[0] for f in filled[1:]) else ""


def _split_target(sheet: Sheet, row: int, columns: dict[str, int]) -> int:
    """A target merged over 性质 / 指标值 / 单位 has its value under 指标值 in the row below.

    Returns the last row of the header.
    """
    merge = sheet.merge((row, columns["target"]))
    below = merge[2] + 1
    if merge[3] == merge[1] or below >= sheet.height:
        return merge[2]
    split = False
    for column in range(merge[1], merge[3] + 1):
        meaning = indicator_column(sheet.text((below, column)))
        if meaning is not None and meaning[0] in ("sign", "unit", "target"):
            columns[meaning[0]] = column
            split = True
    return below if split else merge[2]
