"""Project folders full of filled templates, about a third of the workbooks with planted errors.

    python benchmarks/generate.py DIRECTORY [--files 1000] [--seed 1]

A hundred projects with random figures that hold together fill the three templates (three hundred
different workbooks); every project folder gets one of them under names of its own. In one
workbook of three, one to three derived figures are typed over: transposed digits, a shifted
decimal point, the neighbour's figure, or a little more or less. What is computed from a figure
typed over follows it, as in the program an office types into.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from raw_zip import replaced
from typed_over import with_errors

from selfeval_xl.templates import TEMPLATES, build_template
from selfeval_xl.templating.layout import Entry
from selfeval_xl.workbooks.sheet import a1, parse_a1

DATA = Path(__file__).resolve().parents[1] / "samples" / "data"
PATTERN = "社区居家养老服务补贴项目"
OFFICE = "青禾区民政局"
UNIT = "青禾区社会福利服务中心"
BASE, SELF, ASKED = (template.name for template in TEMPLATES)
PROJECT, DEPARTMENT, SYSTEM = "项目支出绩效自评表", "部门整体支出绩效自评表", "指标体系评分表"
DEPARTMENT_DATA, DETAIL = "部门整体支出绩效评价基础数据表", "资金使用明细表"
QUESTIONS = "社会公众满意度调查问卷统计表"

VARIANTS = 100
SHARE_WRONG = 1 / 3

Sheets = dict[str, dict[str, Entry]]

_FIRST = "青白金玉长安永新海平"
_SECOND = "禾水山溪宁阳河林丰川"
_THEMES = (
    "居家养老服务补贴", "残疾人康复服务", "农村饮水安全巩固", "义务教育营养改善", "文化场馆开放",
    "基层卫生能力提升", "高标准农田建设", "农村公路养护", "就业创业扶持", "城乡环境整治",
    "困难群众临时救助", "食品安全抽检", "森林防火能力建设", "科普示范基地", "退役军人帮扶",
    "义务植树造林", "村级公益事业奖补", "中小学校舍维修", "河道清淤治理", "社区矫正帮教",
    "疾病预防控制", "公共图书馆购书", "老旧小区改造", "动物疫病防控", "博物馆免费开放",
    "法律援助服务", "青少年体育活动", "供销服务网点", "水库移民扶持", "气象灾害预警",
    "电商进农村", "志愿服务平台", "地质灾害防治", "档案数字化", "旅游公共服务", "特殊教育补助",
)  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """The three workbooks of one project by file name, and what they were filled with."""

    packages: dict[str, bytes]
    entries: dict[str, Sheets]


def pattern() -> dict[str, Sheets]:
    """Return the entries of the error-free sample: workbook → sheet → address → content."""
    raw = json.loads(next(DATA.glob("16-*.json")).read_text(encoding="utf-8"))
    books: dict[str, Sheets] = {}
    for name, sheets in raw["workbooks"].items():
        books[name] = {sheet: dict(_typed(rows)) for sheet, rows in sheets.items()}
    return books


def _typed(rows: dict[str, list[Entry]]) -> Iterator[tuple[str, Entry]]:
    for address, values in rows.items():
        row, column = parse_a1(address)
        for offset, value in enumerate(values):
            if value is not None:
                yield a1((row, column + offset)), value


def variant(rng: random.Random) -> Variant:
    """Return one project with random figures in which all forms agree."""
    books = pattern()
    satisfaction = _questionnaire(books[ASKED][QUESTIONS], rng)
    given, used = _detail(books[BASE][DETAIL], rng)
    spending = _department_data(books[BASE][DEPARTMENT_DATA], rng, given, used)
    project = books[SELF][PROJECT]
    carried, left = Decimal(rng.randint(0, 650)) / 100, given - used
    project |= {
        "D7": float(given - carried), "E7": float(given - carried),
        "F7": float(used - carried + left),
        "E8": float(carried), "F8": float(carried - left), "F26": f"{satisfaction}%",
    }  # fmt: skip
    if carried < left:
        project |= {"F7": float(used - carried), "F8": float(carried)}
    score = _rounded(used / given * 10, 2)
    books[SELF][SYSTEM]["G13"] = float(score)
    _department(books[SELF][DEPARTMENT], rng, spending)
    return Variant({name: build_template(name, sheets) for name, sheets in books.items()}, books)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _questionnaire(sheet: dict[str, Entry], rng: random.Random) -> Decimal:
    """Fill in answers and return the final score as a percentage."""
    people = rng.randint(40, 400)
    sheet |= {"B4": people + rng.randint(0, 12), "G4": people}
    points = Decimal()
    for row in range(7, 35, 3):
        best = rng.randint(people * 7 // 10, people * 9 // 10)
        good = rng.randint((people - best) // 2, people - best)
        fair = rng.randint((people - best - good) // 2, people - best - good)
        poor = people - best - good - fair
        for column, count in zip("CDEFG", (best, good, fair, poor, 0), strict=True):
            sheet[f"{column}{row}"] = count
        points += Decimal(best * 10 + good * 8 + fair * 6 + poor * 2) / people
    return _rounded(points, 2)


def _detail(sheet: dict[str, Entry], rng: random.Random) -> tuple[Decimal, Decimal]:
    """Fill in the fund table and return what was given and used, in 万元."""
    given = used = Decimal()
    for row in range(6, 16):
        amount = Decimal(rng.randint(300, 6000)) / 100
        spent = amount - Decimal(rng.choice((0, 0, 15, 30, 55))) / 100
        sheet |= {
            f"C{row}": rng.randint(30, 900),
            f"D{row}": float(amount),
            f"E{row}": float(spent),
        }
        given, used = given + amount, used + spent
    sheet["C19"] = rng.randint(3000, 6000)
    return given, used


def _department_data(
    sheet: dict[str, Entry], rng: random.Random, given: Decimal, used: Decimal
) -> Decimal:
    """Scale the department's amounts and return its project spending of the year."""
    factor = Decimal(rng.randint(60, 240)) / 100
    for address, value in sheet.items():
        if address[0] in "BDF" and 9 <= int(address[1:]) <= 24 and isinstance(value, int | float):
            sheet[address] = float(_rounded(Decimal(str(value)) * factor, 2))
    sheet |= {"D17": float(given), "F17": float(used)}
    quota = rng.randint(20, 120)
    sheet |= {"B5": quota, "D5": quota - rng.randint(0, 5)}
    return sum((Decimal(str(sheet[f"F{row}"])) for row in (14, 15, 17, 18, 19)), Decimal())


def _department(sheet: dict[str, Entry], rng: random.Random, spending: Decimal) -> None:
    basic = Decimal(rng.randint(30_000, 90_000)) / 100
    public, other = Decimal(rng.randint(0, 4000)) / 100, Decimal(12)
    done = basic + spending
    budget = done + Decimal(rng.randint(0, 1500)) / 100
    sheet |= {
        "D5": float(budget - 20), "E5": float(budget), "F5": float(done),
        "D7": float(done - public - other), "D8": float(public), "D9": 0, "D10": float(other),
        "G7": float(basic), "G8": float(spending),
    }  # fmt: skip


def _named(package: bytes, names: dict[str, str]) -> bytes:
    """Return a workbook with the pattern's names replaced wherever they stand."""
    changed: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for part in archive.namelist():
            if not part.startswith(("xl/sharedStrings", "xl/worksheets/")):
                continue
            content = archive.read(part)
            new = content
            for old, name in names.items():
                new = new.replace(old.encode(), name.encode())
            if new != content:
                changed[part] = new
    return replaced(package, changed)


def generate(directory: Path, files: int, seed: int = 1) -> None:
    """Write so many workbooks into project folders below a directory."""
    rng = random.Random(seed)
    projects = -(-files // 3)
    variants = [variant(rng) for _ in range(min(projects, VARIANTS))]
    places = [f"{a}{b}区" for a in _FIRST for b in _SECOND]
    written = 0
    for number in range(projects):
        theme, place = _THEMES[number % len(_THEMES)], places[number // len(_THEMES) % len(places)]
        stage = f"{number // len(_THEMES) // len(places) + 1}期" if number >= 3600 else ""
        name = f"{place}{theme}{stage}项目"
        names = {
            PATTERN: name,
            OFFICE: f"{place}{theme}{stage}局",
            UNIT: f"{place}{theme}{stage}中心",
        }
        folder = directory / f"{place}" / name
        folder.mkdir(parents=True, exist_ok=True)
        project = variants[number % VARIANTS]
        for book, package in project.packages.items():
            if written == files:
                return
            filled = package
            if rng.random() < SHARE_WRONG:
                filled = with_errors(package, book, project.entries[book], rng, rng.randint(1, 3))
            (folder / book).write_bytes(_named(filled, names))
            written += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.directory, options.files, options.seed)


if __name__ == "__main__":
    main()
