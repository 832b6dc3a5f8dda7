"""The command line: 预算绩效自评核对. Each command only gathers its input and shows results."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selfeval_xl import __version__
from selfeval_xl.console import (
    ChineseGroup,
    OneOf,
    Place,
    Whole,
    hold_window,
    open_file,
    refuse,
)
from selfeval_xl.dropping import VARIABLE, dropped_paths
from selfeval_xl.progress import progress_line
from selfeval_xl.settings import DEFAULT, INBOX, PROFILES, SETTINGS_FILE, Settings
from selfeval_xl.system_errors import reason

if TYPE_CHECKING:
    from selfeval_xl.workplace import Workplace

FAILED = 3
_MOST_LINES = 20
_NOTHING = "没有核对任何文件，原因见汇总表的“文件清单”。"
_RESULTS = "“{}”里是以前核对的结果，没有再核对。请放入“待核对”文件夹，或其中的工作簿。"
_MISSING = "找不到：{}。请检查名称和位置。"


@click.group(cls=ChineseGroup, invoke_without_command=True)
@click.version_option(__version__, message="%(prog)s %(version)s", help="显示版本号。")
@click.pass_context
def main(context: click.Context) -> None:
    """预算绩效自评表核对：逐份重算合计、比率和得分，标注差异，汇总全部项目。

    原文件只读不改；结果写在“核对结果”文件夹里。
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


_PATH = Place()
_OTHERS = [name for name in PROFILES if name != DEFAULT.profile]
_PROFILE_HELP = f"评分口径：{DEFAULT.profile}（默认）、{'、'.join(_OTHERS)}。"


@main.command(short_help="核对一个文件夹（或几个文件），生成标注副本和汇总表。")
@click.argument("inbox", nargs=-1, type=_PATH, metavar="[待核对的文件夹或文件]…")
@click.option("-o", "--out", type=_PATH, metavar="文件夹", help="结果放在哪里；默认为“核对结果”。")
@click.option("-j", "--jobs", type=Whole(), metavar="N", help="同时用几个进程；默认自动选择。")
@click.option("--profile", metavar="名称", help=_PROFILE_HELP)
@click.option("--settings", "settings_file", type=_PATH, metavar="文件", help="设置文件。")
@click.option("--open", "opened", is_flag=True, help="完成后打开汇总表。")
def run(
    inbox: tuple[Path, ...],
    *,
    out: Path | None,
    jobs: int | None,
    profile: str | None,
    settings_file: Path | None,
    opened: bool,
) -> None:
    """核对文件夹里的全部工作簿（含子文件夹）。

    不写文件夹时核对当前位置的“待核对”，结果放在旁边的“核对结果”。
    “待核对”旁边的“设置.toml”自动采用；只核对“待核对”里的一部分时也是。

    \b
    退出码：
      0  已核对（无论有无差异）
      2  用法有误
      3  有文件未能读取，或结果未能写入
    """
    from selfeval_xl import batch  # noqa: PLC0415  (--help and --version start at once)
    from selfeval_xl.outputs import OutputError  # noqa: PLC0415  (--help and --version start at once)
    from selfeval_xl.working import collect_seldom  # noqa: PLC0415  (--help and --version start at once)

    place = _workplace(_inputs(inbox), settings_file)
    if out is None and place.takes_results:
        refuse(_RESULTS.format(place.results.name), 2)
    target = (out or place.results).absolute()
    for said in place.scope:
        click.echo(said)
    settings, notes = _settings(profile, place)
    collect_seldom()
    try:
        with progress_line() as line:
            outcome = batch.run(
                place.inputs,
                target,
                settings,
                part=place.partial,
                jobs=jobs,
                progress=line,
                waiting=lambda: click.echo("另一个核对正在进行，等待它结束……", err=True),
            )
    except OutputError as error:
        refuse(error.message, FAILED)
    _report(outcome, place, settings.profile)
    unopened = opened and outcome.summary and not open_file(outcome.summary)
    if unopened:
        click.echo(f"请自行打开汇总表：{outcome.summary}", err=True)
    if outcome.failed or outcome.missing:
        raise click.exceptions.Exit(FAILED)
    if notes or outcome.remarks or unopened:
        hold_window()


def _inputs(inbox: tuple[Path, ...]) -> list[Path]:
    """Return what is to be checked; the default inbox is laid when there is none."""
    dropped = [Path(path) for path in dropped_paths(os.environ.get(VARIABLE, ""))]
    if dropped and not _missing(dropped):
        return dropped
    if not inbox:
        default = Path(INBOX)
        if _missing([default]):
            try:
                default.mkdir()
            except OSError:
                refuse(f"找不到“{INBOX}”文件夹，请写明要核对的文件夹。", 2)
            refuse(f"已建立“{INBOX}”文件夹，请把填好的工作簿放进去，再运行一次。", 2)
        return [default]
    _refuse_missing(inbox)
    return list(inbox)


def _missing(paths: Sequence[Path]) -> list[str]:
    """Return those that are not there, or cannot be looked for."""
    return [str(path) for path in paths if not os.path.exists(path)]  # noqa: PTH110  (never raises)


def _refuse_missing(paths: Sequence[Path]) -> None:
    if missing := _missing(paths):
        refuse(_MISSING.format("、".join(missing)), 2)


def _workplace(
    dropped: list[Path], chosen: Path | None, otherwise: Path | None = None
) -> Workplace:
    from selfeval_xl.workplace import workplace  # noqa: PLC0415  (--help and --version start at once)

    try:
        return workplace(dropped, chosen, otherwise)
    except ValueError:
        refuse("一次只能核对同一个磁盘上的文件，请分几次运行。", 2)


def _settings(
    profile: str | None, place: Workplace, *, silent: bool = False
) -> tuple[Settings, list[str]]:
    """Return the settings, and what a person should know of them, which is told.

    ``silent`` leaves unsaid which file they come from.
    """
    from selfeval_xl.settings_file import SettingsError, caution, load  # noqa: PLC0415  (--help and --version start at once)

    file = place.settings
    if file is not None and not os.path.isfile(file):  # noqa: PTH113  (never raises)
        refuse(f"找不到设置文件“{file}”。", 2)
    if file is not None and not silent:
        click.echo(f"采用设置文件：{file}")
    try:
        settings = load(profile, file)
    except SettingsError as error:
        refuse(str(error), 2)
    notes = [note for note in (*place.notes, caution(settings)) if note]
    for note in notes:
        click.echo(note, err=True)
    return settings, notes


def _report(outcome: object, place: Workplace, profile: str) -> None:
    """Say in one line what was found and where, then what went wrong."""
    from selfeval_xl.batch import Outcome  # noqa: PLC0415  (--help and --version start at once)
    from selfeval_xl.records import Status  # noqa: PLC0415  (--help and --version start at once)
    from selfeval_xl.results.tally import verdict_line  # noqa: PLC0415  (--help and --version start at once)

    assert isinstance(outcome, Outcome)
    if outcome.summary is None:
        refuse(f"“{place.root}”里没有可核对的文件，请把填好的工作簿放进去，再运行一次。", 2)
    others = "".join(
        f"，{label} {outcome.files[status]} 个"
        for status, label in (
            (Status.UNRECOGNISED, "未识别"),
            (Status.UNREADABLE, "未能读取"),
            (Status.SKIPPED, "跳过"),
        )
        if outcome.files[status]
    )
    checked = outcome.files[Status.CHECKED]
    verdict = verdict_line(outcome.counts) if checked else _NOTHING
    click.echo(
        f"已核对 {checked} 个文件{others}，{outcome.projects} 个项目。{verdict}"
        f"规则口径：{profile}。汇总表：{outcome.summary}"
    )
    if outcome.missing:
        click.echo(outcome.missing, err=True)
    for name, text in outcome.failed[:_MOST_LINES]:
        click.echo(f"  {name}：{text}", err=True)
    for text in outcome.remarks[:_MOST_LINES]:
        click.echo(f"  {text}", err=True)
    left = len(outcome.failed[_MOST_LINES:]) + len(outcome.remarks[_MOST_LINES:])
    if left:
        click.echo(f"  另有 {left} 条，见汇总表的“文件清单”。", err=True)


@main.command(short_help="在屏幕上报告几个文件的核对结果，不写任何文件。")
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="文件…")
@click.option("--format", "form", type=OneOf(["text", "json"]), default="text", help="报告格式。")
@click.option("--profile", metavar="名称", help=_PROFILE_HELP)
@click.option("--settings", "settings_file", type=_PATH, metavar="文件", help="设置文件。")
@click.option("--verbose", is_flag=True, help="同时说明每张表是怎样识别出来的。")
def check(
    files: tuple[Path, ...],
    *,
    form: str,
    profile: str | None,
    settings_file: Path | None,
    verbose: bool,
) -> None:
    """逐个核对文件，在屏幕上列出差异，不写任何文件。

    \b
    退出码：
      0  没有错误
      1  有错误
      2  用法有误
      3  有文件未能读取
    """
    from selfeval_xl import reporting  # noqa: PLC0415  (--help and --version start at once)

    _refuse_missing(files)
    place = _workplace(list(files), settings_file, Path(SETTINGS_FILE))
    settings, _ = _settings(profile, place, silent=form == "json")
    report = reporting.examine_files(place.inputs, settings)
    if form == "json":
        reporting.write_json(report, sys.stdout)
    else:
        click.echo(f"规则口径：{settings.profile}")
        for line in reporting.text_lines(report, verbose=verbose):
            click.echo(line)
    if report.unreadable:
        raise click.exceptions.Exit(FAILED)
    if report.errors:
        raise click.exceptions.Exit(1)


@main.command(short_help="把三份空白模板写到一个文件夹。")
@click.argument("folder", type=_PATH, metavar="文件夹")
def templates(folder: Path) -> None:
    """写出基础数据表、绩效自评表、问卷统计表的空白模板。"""
    from selfeval_xl.outputs import OutputError  # noqa: PLC0415  (--help and --version start at once)
    from selfeval_xl.templates import TEMPLATES, write_templates  # noqa: PLC0415  (--help and --version start at once)

    try:
        written = write_templates(folder)
    except OutputError as error:
        cause = error.__cause__
        why = f"（{reason(cause)}）" if isinstance(cause, OSError) else f"：{error.message}"
        refuse(f"模板无法写入“{folder}”{why.removesuffix('。')}。", FAILED)
    for path in written:
        click.echo(f"已写出 {path}")
    if {path.name for path in written} != {template.name for template in TEMPLATES}:
        click.echo("已有的同名文件可能已经填写，没有覆盖；空白模板另取了名称。")


@main.command(short_help="列出全部核对规则，或说明其中一条。")
@click.argument("code", required=False, metavar="[规则编号]")
@click.option(
    "--format", "form", type=OneOf(["text", "markdown"]), default="text", help="全部规则的格式。"
)
def rules(code: str | None, *, form: str) -> None:
    """列出全部核对规则；写明编号时详细说明该条。"""
    from selfeval_xl import reporting  # noqa: PLC0415  (--help and --version start at once)

    if form == "markdown" and code is None:
        from selfeval_xl.rules.page import page  # noqa: PLC0415  (--help and --version start at once)

        click.echo(page(), nl=False)
        return
    lines = reporting.rule_lines(code)
    if lines is None:
        refuse(f"没有编号为“{code}”的规则，全部编号见 selfeval-xl rules。", 2)
    for line in lines:
        click.echo(line)


@main.command(short_help="建立一个工作文件夹：待核对、模板、设置和使用说明。")
@click.argument("folder", type=_PATH, metavar="文件夹")
def init(folder: Path) -> None:
    """建立工作文件夹；已有的文件保持不动。"""
    from selfeval_xl.outputs import OutputError  # noqa: PLC0415  (--help and --version start at once)
    from selfeval_xl.starting import NEXT, lay_out  # noqa: PLC0415  (--help and --version start at once)

    try:
        made = lay_out(folder)
    except OutputError as error:
        refuse(error.message, FAILED)
    except OSError as error:
        refuse(f"无法建立“{folder}”（{reason(error)}）。", FAILED)
    for path in made:
        click.echo(f"已建立 {path}")
    click.echo(NEXT)
