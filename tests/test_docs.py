"""The pages for people: what they name is there, and every module of the package's top is named."""

from __future__ import annotations

import colorsys
import re
from pathlib import Path

import pytest

from selfeval_xl import starting
from selfeval_xl.results import style

TOP = Path(__file__).resolve().parents[1]
PACKAGE = TOP / "selfeval_xl"
PAGES = ("README.md", "docs/architecture.md", "benchmarks/README.md", "samples/README.md")
_QUOTED = re.compile(r"`([^`\n]+)`")
_MODULE = re.compile(r"[\w/*]+\.py|[\w]+/(?:[\w]+/)*|[a-z_]+\*")


def quoted(page: str) -> set[str]:
    text = (TOP / page).read_text(encoding="utf-8")
    return {part for code in _QUOTED.findall(text) for part in code.split()}


@pytest.mark.parametrize("page", PAGES)
def test_every_module_and_folder_a_page_names_is_there(page: str) -> None:
    folders = [path for path in PACKAGE.rglob("*") if path.is_dir()]
    places = (TOP, (TOP / page).parent, PACKAGE, *folders)
    named = [name for name in quoted(page) if _MODULE.fullmatch(name)]
    assert named
    missing = [name for name in named if not any(any(place.glob(name)) for place in places)]
    assert missing == []


def test_every_module_of_the_package_s_top_is_on_the_map() -> None:
    there = {path.name for path in PACKAGE.glob("[a-z]*.py")}
    assert there - quoted("docs/architecture.md") == set()


def test_a_form_s_parts_begin_and_end_as_the_map_says() -> None:
    text = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
    begins = [name.rstrip("*") for name in _QUOTED.findall(text) if name.endswith("*")]
    named = quoted("docs/architecture.md")
    for path in (PACKAGE / "forms").glob("[a-z]*.py"):
        assert path.name in named or path.name.startswith(tuple(begins)), path.name


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    text = (TOP / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert ((TOP / page).parent / target).exists(), target


def _colour(fill: str) -> str:
    """The everyday name of a fill (ARGB), by its hue; a pale red is 浅红."""
    if not fill:
        return "不涂色"
    red, green, blue = (int(fill[at : at + 2], 16) / 255 for at in (2, 4, 6))
    hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
    for most, name in ((20, "红"), (40, "橙"), (70, "黄"), (170, "绿"), (260, "蓝")):
        if hue * 360 < most:
            return "浅红" if name == "红" and lightness > 0.85 else name
    return ""


def test_pages_for_people_name_the_colours_that_are_used() -> None:
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    guide = starting._GUIDE
    for shade in style.LEGEND:
        colour = _colour(shade.fill)
        assert re.search(rf"^{colour} +{shade.label}：", guide, re.MULTILINE), shade.label
        if shade is style.CONSEQUENCE:
            assert f"连带的错误用{colour}" in readme
        else:
            assert f"\n| {colour} | {shade.label} |" in readme
