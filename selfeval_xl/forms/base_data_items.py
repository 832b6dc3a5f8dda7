"""What the row labels of the base data mean, also by where they stand."""

from __future__ import annotations

import re
from enum import StrEnum

from selfeval_xl.labels import key, remembered


class Item(StrEnum):
    """What a row of the spending block is."""

    THREE_PUBLIC = "three_public"
    VEHICLES = "vehicles"
    VEHICLE_PURCHASE = "vehicle_purchase"
    VEHICLE_RUNNING = "vehicle_running"
    ABROAD = "abroad"
    RECEPTION = "reception"
    PROJECTS = "projects"
    BUSINESS = "business"
    OPERATION = "operation"
    SPECIAL = "special"
    SPECIAL_FUND = "special_fund"  # one row for each special fund
    OTHER_PROJECT = "other_project"  # a further numbered item of 项目支出
    PUBLIC = "public"  # 公用经费
    PUBLIC_PART = "public_part"  # its 其中 rows
    PROCUREMENT = "procurement"
    ADJUSTMENT = "adjustment"
    OTHER = "other"


_ITEMS: tuple[tuple[re.Pattern[str], Item], ...] = tuple(
    (re.compile(pattern), item)
    for pattern, item in (
        (r"^三公(?:经费)?(?:支出|合计|总额|小计|情况)?$", Item.THREE_PUBLIC),
        (r"(?:公务用车|公车|车辆).*购置.*(?:运行|维护)", Item.VEHICLES),
        (r"^公务用车(?:经费|费|费用|支出)?$", Item.VEHICLES),
        (r"(?:公务用车|公车|车辆).*购置", Item.VEHICLE_PURCHASE),
        (r"(?:公务用车|公车|车辆).*(?:运行|维护)", Item.VEHICLE_RUNNING),
        (r"^(?:因公)?出国", Item.ABROAD),
        (r"^公务接待", Item.RECEPTION),
        (r"^项目支出", Item.PROJECTS),
        (r"^业务(?:工作)?(?:经费|专项|费)", Item.BUSINESS),
        (r"^(?:专项)?运行维护", Item.OPERATION),
        (
            r"^(?:[省市县区州本](?:\(?市区\)?)?级)?专项(?:资金|经费|支出)?(?:合计|小计)?$",
            Item.SPECIAL,
        ),
        (r"^公用(?:经费|支出)", Item.PUBLIC),
        (r"^政府采购", Item.PROCUREMENT),
        (r"基本支出预算调整", Item.ADJUSTMENT),
    )
)

_NUMBER = re.compile(r"^(\d{1,2})[、.．:]")

_QUOTES = str.maketrans("", "", "“”\"'‘’＂")

_AMONG = re.compile(r"^其中[:,、]?")


@remembered(4096)
def item_of(label: str) -> Item | None:
    """Return the item a row label names, None when it names none of the form's own."""
    name = plain(label)
    return next((item for pattern, item in _ITEMS if pattern.search(name)), None)


@remembered(4096)
def plain(label: str) -> str:
    """Return a row label without quotes, numbering, remarks and 其中."""
    return named(label.translate(_QUOTES))


def named(label: str) -> str:
    """Return a row's label as people call it: without numbering, remarks and 其中."""
    return key(_AMONG.sub("", key(label)))


class SpendingBlock:
    """Knows in which part of the spending block the next row stands."""

    def __init__(self) -> None:
        self.inside = Item.OTHER
        self.special_number = 0
        self.last_number = 0

    def item(self, label: str) -> Item | None:
        """Return the item of the next row, None for rows that are shown but never added."""
        item = item_of(label)
        number = _number(label)
        if self.inside is Item.SPECIAL and item not in _AFTER_SPECIAL:
            if item is Item.SPECIAL and number > self.special_number and not self.last_number:
                self.special_number = number
                return item
            return self._below_special(label, number)
        if self.inside is Item.PUBLIC and item not in (Item.PROCUREMENT, Item.ADJUSTMENT):
            ends = item in (Item.PROJECTS, Item.THREE_PUBLIC) or "基本支出" in label
            if not ends:
                return Item.PUBLIC_PART
        if item is not None:
            self.inside = item
            if item is Item.SPECIAL:
                self.special_number, self.last_number = number, 0
            return item
        return Item.OTHER

    def _below_special(self, label: str, number: int) -> Item | None:
        """Return a special fund, or a further item when the numbering goes on from 专项资金."""
        if label.startswith("其中"):
            return None
        follows = number and number == self.special_number + 1 and self.last_number != number - 1
        if follows:
            self.special_number = number
            return Item.OTHER_PROJECT
        self.last_number = number
        return Item.SPECIAL_FUND


_AFTER_SPECIAL = (Item.PUBLIC, Item.PROCUREMENT, Item.ADJUSTMENT, Item.THREE_PUBLIC, Item.PROJECTS)


def _number(label: str) -> int:
    found = _NUMBER.match(label)
    return int(found[1]) if found else 0
