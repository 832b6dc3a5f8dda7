"""The person at the screen: Chinese help and errors, any console encoding."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

import click

from selfeval_xl.help_layout import ChineseContext

_PLAIN = str.maketrans({"−": "-", "–": "-", "≧": "≥", "≦": "≤", "•": "·", "\u00a0": " "})


def prepare_console() -> None:
    """Make printing safe: what a console cannot show is written plainly, never an error."""
    with contextlib.suppress(LookupError):
        codecs.lookup_error("plainly")
        return
    codecs.register_error("plainly", _plainly)


def _safe(stream: IO[str]) -> None:
    """Let a text stream replace what its encoding lacks."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and getattr(stream, "errors", "") in ("strict", "surrogateescape"):
        with contextlib.suppress(ValueError, OSError):
            reconfigure(errors="plainly")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    out = ""
    for character in error.object[error.start : error.end]:
        plain = character.translate(_PLAIN)
        try:
            plain.encode(error.encoding)
        except UnicodeEncodeError:
            plain = "?"
        out += plain
    return out, error.end


class _Chinese(click.Command):
    """A command whose help is Chinese throughout."""

    context_class = ChineseContext

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[选项]")
        super().__init__(*args, **kwargs)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [
            record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助。"
        return option


class ChineseCommand(_Chinese):
    """A subcommand with Chinese help."""


class ChineseGroup(_Chinese, click.Group):
    """A group with Chinese help whose errors are told in Chinese; exit codes as documented."""

    command_class = ChineseCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, subcommand_metavar="命令 [参数]…", **kwargs)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (name, command.get_short_help_str(60))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("命令"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        prepare_console()
        for stream in (sys.stdout, sys.stderr):
            _safe(stream)
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        sys.exit(self._answer(args, prog_name, complete_var, extra))

    def _answer(
        self,
        args: Sequence[str] | None,
        prog_name: str | None,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        """Run the command line and return its exit code."""
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            _tell(error)
            return 2
        except click.ClickException as error:
            click.echo(f"出错：{error.format_message()}", err=True)
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            click.echo("已停止。", err=True)
            return 3
        except BrokenPipeError:  # the reader of our output has gone
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 3
        return code if isinstance(code, int) else 0


def _tell(error: click.UsageError) -> None:
    if error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        click.echo(f"输入 {error.ctx.command_path} --help 查看说明。\n", err=True)
    click.echo(f"出错：{_in_chinese(error)}", err=True)


def _in_chinese(error: click.UsageError) -> str:
    """Return a usage error in Chinese; our own messages are Chinese already."""
    if isinstance(error, click.NoSuchOption):
        near = (
            f"，您要用的是不是 {'、'.join(error.possibilities)}？" if error.possibilities else "。"
        )
        return f"没有 {error.option_name} 这个选项{near}"
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
        return f"缺少参数 {name}。"
    message = error.message
    for english, chinese in _MESSAGES:
        found = english.match(message)
        if found:
            return chinese.format(*found.groups())
    if isinstance(error, click.BadParameter) and error.param is not None and error.ctx is not None:
        return f"参数 {error.param.get_error_hint(error.ctx)} 的值不对：{message}"
    return message


_MESSAGES = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"No such command '(.*?)'", "没有 {} 这个命令。"),
        (r"Missing command", "请写明要用的命令。"),
        (r"Got unexpected extra arguments? \((.*)\)", "多出的参数：{}。"),
        (r"Option '(.*?)' requires an argument", "选项 {} 后面要跟一个值。"),
        (r"Option '(.*?)' does not take a value", "选项 {} 后面不跟值。"),
    )
)


class Whole(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A whole number of at least one."""

    name = "数字"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = 0
        if not 1 <= number <= 61:  # the most processes Windows can wait for
            self.fail(f"“{value}”应为 1 到 61 之间的整数。", param, ctx)
        return number


class Place(click.Path):
    """A file or folder; an empty name, which would stand for the current folder, is none."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)  # what cannot be read is told later

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not os.fspath(value):
            self.fail("名称是空的，请写明文件或文件夹。", param, ctx)
        return super().convert(value, param, ctx)


class OneOf(click.Choice[str]):
    """A choice told in Chinese."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            self.fail(f"“{value}”不在可选范围内，可选：{'、'.join(self.choices)}。", param, ctx)
        return str(value)


def refuse(message: str, code: int) -> NoReturn:
    """Tell what is wrong and end with an exit code."""
    click.echo(message, err=True)
    raise click.exceptions.Exit(code)


WINDOW = "SELFEVAL_XL_WINDOW"
"""Set where the window closes when this program ends."""


def hold_window() -> None:
    """Wait for a key where the window would close over what was just said."""
    if os.environ.get(WINDOW):
        click.pause("按任意键关闭窗口。")


def open_file(path: Path) -> bool:
    """Open a file with the program the system has for it; tell whether one was found."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            quiet = subprocess.DEVNULL
            # In a session of its own it outlives the window that closes when this program ends.
            subprocess.Popen(
                [opener, str(path)], stdout=quiet, stderr=quiet, start_new_session=True
            )
    except OSError:
        return False
    return True
