"""Make the README's pictures anew from the samples: ``python docs/images/make_images.py``.

Needs LibreOffice, poppler's pdftoppm and pdftotext, fonts with Chinese characters, and Pillow.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image, ImageChops

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
COPY = "残疾人就业服务（对下）补助项目/问卷统计表_已核对.xlsx"
NOTE = (5, 5)  # the row and column, from 0, of the cell whose note is shown
_GAP, _MARGIN = 28, 14


def main() -> None:
    """Check the samples and write both pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = folder / "核对结果"
        command = [sys.executable, "-m", "selfeval_xl", "run", "samples/待核对", "-o", results]
        subprocess.run(command, cwd=TOP, check=True)
        show_note(results / COPY, folder / "copy.xlsx")
        shutil.copy(results / "汇总表.xlsx", folder / "summary.xlsx")
        copy = Pages(folder / "copy.xlsx", resolution=104)
        form = cut(copy.showing("问卷题目及选项"), 0.36)
        save([form, cut(copy.showing("预算绩效自评核对结果"), 0.66)], HERE / "marked-copy.png")
        summary = Pages(folder / "summary.xlsx", resolution=150)
        table = cut(summary.showing("预算绩效自评核对汇总表"), 1)
        save([table, cut(summary.showing("图表"), 1)], HERE / "summary.png")


def show_note(source: Path, target: Path) -> None:
    """Copy a workbook and have one note shown, as it is where the mouse rests on its cell."""
    row, column = NOTE
    cell = f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".vml"):
                shapes = re.split("(?=<v:shape )", part.decode())
                part = "".join(
                    shape.replace("visibility:hidden", "visibility:visible").replace(
                        cell, f"{cell}<x:Visible/>"
                    )
                    if cell in shape
                    else shape
                    for shape in shapes
                ).encode()
            new.writestr(name, part)


class Pages:
    """The printed pages of a workbook."""

    def __init__(self, workbook: Path, resolution: int) -> None:
        folder = workbook.parent
        profile = f"-env:UserInstallation=file://{folder / 'office'}"
        office = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder]
        subprocess.run([*office, workbook], check=True, stdout=subprocess.DEVNULL)
        self.pdf = workbook.with_suffix(".pdf")
        self.resolution = resolution
        text = subprocess.run(["pdftotext", self.pdf, "-"], check=True, capture_output=True)
        self.texts = text.stdout.decode().split("\f")

    def showing(self, text: str) -> Image.Image:
        """Return the first page that begins with a text."""
        number = str(1 + next(at for at, page in enumerate(self.texts) if page.startswith(text)))
        target = self.pdf.with_name("page")
        size = ["-r", str(self.resolution), "-f", number, "-l", number]
        subprocess.run(["pdftoppm", "-png", "-singlefile", *size, self.pdf, target], check=True)
        return Image.open(target.with_suffix(".png")).convert("RGB")


def cut(page: Image.Image, part: float) -> Image.Image:
    """Return a page's upper part, to a rule of its table, without foot and white margins."""
    page = page.crop((0, 0, page.width, int(page.height * 0.93)))
    page = page.crop(_content(page))
    bottom = page.height
    if part < 1:
        dark = page.convert("L").point(lambda shade: 255 if shade < 230 else 0)
        rows = dark.resize((1, page.height), Image.Resampling.BOX).tobytes()
        bottom = 2 + max(at for at in range(int(page.height * part)) if rows[at] > 0.8 * 255)
    return page.crop((0, 0, page.width, bottom))


def _content(page: Image.Image) -> tuple[int, int, int, int]:
    white = Image.new("RGB", page.size, "white")
    return ImageChops.difference(page, white).getbbox() or (0, 0, *page.size)


def save(parts: list[Image.Image], target: Path) -> None:
    """Write pictures under each other, in their full colours."""
    width = max(part.width for part in parts) + 2 * _MARGIN
    height = sum(part.height for part in parts) + _GAP * (len(parts) - 1) + 2 * _MARGIN
    whole = Image.new("RGB", (width, height), "white")
    top = _MARGIN
    for part in parts:
        whole.paste(part, (_MARGIN, top))
        top += part.height + _GAP
    whole.save(target, optimize=True)


if __name__ == "__main__":
    main()
