"""The command line as people meet it: exit codes, Chinese throughout, any console, run files."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest
import xlwt
from click.testing import CliRunner, Result

from selfeval_xl import __version__
from selfeval_xl.cli import main
from selfeval_xl.dropping import dropped_paths
from selfeval_xl.forms.form import Head
from selfeval_xl.placing import complete_head
from selfeval_xl.progress import ProgressLine
from selfeval_xl.records import Counts
from tests.test_batch import CLEAN, WRONG

TOP = Path(__file__).parents[1]


def invoke(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], env=environment)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "待核对"
    folder.mkdir()
    (folder / "甲.xlsx").write_bytes(CLEAN)
    (folder / "乙.xlsx").write_bytes(WRONG)
    return folder


def test_run_says_in_one_line_what_was_found_and_where(inbox: Path) -> None:
    result = invoke("run", inbox)
    assert result.exit_code == 0
    summary = inbox.parent / "核对结果" / "汇总表.xlsx"
    assert summary.is_file()
    (line,) = result.stdout.splitlines()
    assert line.startswith("已核对 2 个文件")
    assert "1 处独立错误" in line
    assert line.endswith(f"汇总表：{summary}")


def test_the_default_folders(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(inbox.parent)
    assert invoke("run").exit_code == 0
    assert (inbox.parent / "核对结果" / "findings.json").is_file()


def test_the_inbox_is_laid_when_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = invoke("run"), invoke("run")
    assert (first.exit_code, second.exit_code) == (2, 2)
    assert "已建立“待核对”" in first.stderr
    assert "没有可核对的文件" in second.stderr
    assert not (tmp_path / "核对结果" / "汇总表.xlsx").exists()


def test_single_files(inbox: Path) -> None:
    single = inbox.rename(inbox.with_name("资料")) / "乙.xlsx"
    assert invoke("run", single).exit_code == 0
    results = single.parent / "核对结果"
    assert [path.name for path in results.glob("*_已核对.xlsx")] == ["乙_已核对.xlsx"]


def test_an_unreadable_file_is_exit_code_3(inbox: Path) -> None:
    (inbox / "丙.xlsx").write_bytes(b"")
    result = invoke("run", inbox)
    assert result.exit_code == 3
    assert "丙.xlsx：" in result.stderr
    assert "未能读取 1 个" in result.stdout


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_exit_code_3(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "只读").mkdir(mode=0o555)
    result = invoke("run", inbox, "-o", tmp_path / "只读" / "结果")
    assert result.exit_code == 3
    assert "权限" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_full_disk_is_exit_code_3(inbox: Path) -> None:
    code = (
        "import resource, sys; from selfeval_xl.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "main(['run', sys.argv[1]])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(inbox)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 3
    (line,) = result.stderr.splitlines()
    assert "磁盘空间不足" in line
    left = [path.name for path in inbox.parent.rglob("*") if path.name.startswith(".")]
    assert left == []


USAGE = {
    ("--foo",): "没有 --foo 这个选项",
    ("rnu",): "没有 rnu 这个命令",
    ("check",): "缺少参数 文件…",
    ("check", "--format", "xml", "x"): "可选：text、json",
    ("run", "-j", "x"): "1 到 61",
    ("run", "-j", "0"): "1 到 61",
    ("run", "-o"): "选项 -o 后面要跟一个值",
    ("run", "没有这个文件夹"): "找不到：没有这个文件夹",
    ("check", "没有这个文件"): "找不到：没有这个文件",
    ("rules", "X999"): "没有编号为“X999”的规则",
    ("rules", "a", "b"): "多出的参数：b",
    ("run", "--profile", "火星", "."): "可选：财政部、湖南",
    ("run", "--settings", "没有.toml", "."): "找不到设置文件",
}


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_misuse_is_exit_code_2_and_told_in_chinese(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert USAGE[arguments] in result.stderr
    assert not re.search(r"Usage|Error|Try|No such|Missing|Invalid", result.output)


@pytest.mark.parametrize(
    "command", [[], ["run"], ["check"], ["templates"], ["rules"], ["init"]], ids=" ".join
)
def test_help_is_chinese(command: list[str]) -> None:
    result = invoke(*command, "--help")
    assert result.exit_code == 0
    assert "用法：" in result.output
    assert "显示本帮助" in result.output
    assert not re.search(r"Usage|Options|Commands|OPTIONS|Show", result.output)


@pytest.mark.parametrize("command", [[], ["run"], ["check"], ["rules"]], ids=" ".join)
def test_help_stands_in_columns(command: list[str]) -> None:
    """What options and commands are for begins in one column; Chinese is two letters wide."""
    pages = [
        CliRunner().invoke(main, [*command, "--help"], terminal_width=width).output
        for width in (80, 50)
    ]
    assert "选项：\n" in pages[0]
    assert "选项:" not in pages[0]
    for page in pages:
        for section in re.findall(r"(?:选项|命令)：\n((?:  .*\n)+)", page):
            rows = re.findall(r"^(  \S.*?  +)(?=\S)", section, re.MULTILINE)
            wide = [sum(2 if ord(c) > 0x2E7F else 1 for c in row) for row in rows]
            assert len(set(wide)) == 1, section
    lines = pages[1].splitlines()
    assert max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in lines) <= 50
    assert not any(line.strip()[:1] in tuple("，。；：、）”") for line in lines if line.strip())


def test_no_command_shows_the_help() -> None:
    assert invoke().output == invoke("--help").output
    assert __version__ in invoke("--version").output


def test_check_text(inbox: Path) -> None:
    clean, wrong = invoke("check", inbox / "甲.xlsx"), invoke("check", inbox / "乙.xlsx")
    assert (clean.exit_code, wrong.exit_code) == (0, 1)
    assert "未发现差异" in clean.stdout
    assert "I6" in wrong.stdout
    assert "92" in wrong.stdout
    assert not (inbox / "核对结果").exists()


def test_only_a_run_speaks_of_the_copy_it_makes(tmp_path: Path) -> None:
    """What the copy of an old file leaves out stands in the results, not on the screen."""
    source = openpyxl.load_workbook(io.BytesIO(CLEAN)).active
    book = xlwt.Workbook()
    sheet = book.add_sheet("问卷")
    for row in source.iter_rows():
        for cell in row:
            sheet.write(cell.row - 1, cell.column - 1, cell.value)
    (tmp_path / "待核对").mkdir()
    book.save(str(tmp_path / "待核对" / "问卷.xls"))
    checked = invoke("check", tmp_path / "待核对" / "问卷.xls")
    assert "问卷.xls：未发现差异。\n" in checked.stdout
    assert "副本" not in checked.output
    assert invoke("run", tmp_path / "待核对").exit_code == 0
    content = json.loads((tmp_path / "核对结果" / "findings.json").read_text("utf-8"))
    (file,) = content["files"]
    assert file["message"].startswith(
        "原文件是旧版表格（.xls 或 .et），标注副本为重新生成的 .xlsx："
    )
    assert "超链接、下拉选项、条件格式" in file["message"]
    summary = openpyxl.load_workbook(tmp_path / "核对结果" / "汇总表.xlsx")
    assert file["message"] in {cell.value for row in summary["文件清单"] for cell in row}
    copy = openpyxl.load_workbook(tmp_path / "核对结果" / file["corrected"])
    assert file["message"] in {cell.value for row in copy["核对结果"] for cell in row}


def test_a_run_that_could_check_nothing_does_not_say_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "待核对").mkdir()
    (tmp_path / "待核对" / "坏.xlsx").write_bytes(b"nothing")
    result = invoke("run", tmp_path / "待核对")
    assert result.exit_code == 3
    assert "没有核对任何文件" in result.output
    assert "未发现差异" not in result.output


def test_check_json_is_findings_json(inbox: Path) -> None:
    result = invoke("check", "--format", "json", inbox / "甲.xlsx", inbox / "乙.xlsx")
    content = json.loads(result.stdout)
    assert content["version"] == 1
    assert [entry["path"] for entry in content["files"]] == ["乙.xlsx", "甲.xlsx"]
    assert {f["file"] for f in content["findings"] if f["level"] == "error"} == {"乙.xlsx"}


def test_check_verbose_says_what_was_recognised(inbox: Path) -> None:
    result = invoke("check", "--verbose", inbox / "甲.xlsx")
    assert "识别为社会公众满意度调查问卷统计表" in result.stdout
    assert "依据：" in result.stdout


@pytest.mark.parametrize("form", ["项目支出绩效自评表", "部门整体支出绩效自评表"])
def test_what_was_recognised_is_told_in_chinese(form: str) -> None:
    folder = TOP / "samples" / "待核对" / "汨罗市残疾人联合会"
    told = invoke("check", "--verbose", folder / f"{form}.xlsx").stdout.splitlines()
    (kind,) = (line for line in told if "识别为" in line)
    assert kind.endswith(f"识别为{form}，把握 100%")
    columns = "一级指标、二级指标、三级指标、年度指标值、实际完成值、分值、得分、偏差原因"
    assert any(f"指标表表头（{columns}）" in line for line in told)
    assert not re.search("[a-z]{3}", "".join(line for line in told if "依据：" in line))


def test_check_of_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    result = invoke("check", tmp_path / "a.xlsx")
    assert result.exit_code == 3
    assert "未能读取" in result.stdout


def test_rules_are_listed_and_explained() -> None:
    listed = invoke("rules").stdout.splitlines()
    assert listed
    code = listed[0].split()[0]
    explained = invoke("rules", code.lower()).stdout
    assert explained.startswith(code)
    assert "正确示例：" in explained


def test_init_lays_a_work_folder_and_keeps_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "工作"
    assert invoke("init", folder).exit_code == 0
    assert (folder / "待核对").is_dir()
    assert len(list((folder / "模板").glob("*.xlsx"))) == 3
    settings = folder / "设置.toml"
    settings.write_text('口径 = "湖南"\n', encoding="utf-8")
    assert invoke("init", folder).exit_code == 0
    assert settings.read_text("utf-8") == '口径 = "湖南"\n'
    assert (folder / "使用说明.txt").read_bytes().startswith(b"\xef\xbb\xbf")


def test_templates(tmp_path: Path) -> None:
    result = invoke("templates", tmp_path / "模板")
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "模板").iterdir()} == {
        "基础数据表.xlsx",
        "绩效自评表.xlsx",
        "问卷统计表.xlsx",
    }
    assert "没有覆盖" not in result.stdout
    (tmp_path / "模板" / "问卷统计表.xlsx").write_bytes(WRONG)
    result = invoke("templates", tmp_path / "模板")
    assert result.exit_code == 0
    assert f"已写出 {tmp_path / '模板' / '问卷统计表(2).xlsx'}\n" in result.stdout
    assert "没有覆盖" in result.stdout
    result = invoke("templates", tmp_path / "模板" / "问卷统计表.xlsx")
    assert result.exit_code == 3
    assert "问卷统计表.xlsx”（路径中有一处不是文件夹）。" in result.stderr


def test_the_settings_file_beside_the_inbox_counts(inbox: Path) -> None:
    (inbox.parent / "设置.toml").write_text("满分数 = 3\n", encoding="utf-8")
    result = invoke("run", inbox)
    assert result.exit_code == 2
    assert "满分" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", ""],
        ["run", "{inbox}", ""],
        ["run", "{inbox}", "-o", ""],
        ["run", "{inbox}", "--settings", ""],
        ["check", ""],
        ["templates", ""],
        ["init", ""],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_not_the_current_folder(
    arguments: list[str], inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script whose variable is not set must not check, or write to, wherever it stands."""
    monkeypatch.chdir(inbox)
    before = sorted(inbox.parent.rglob("*"))
    result = invoke(*(argument.format(inbox=inbox) for argument in arguments))
    assert result.exit_code == 2
    assert "名称是空的，请写明文件或文件夹。" in result.stderr
    assert sorted(inbox.parent.rglob("*")) == before


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_any_console_encoding(inbox: Path, encoding: str, command: str) -> None:
    (inbox / "🈶 名称−.xlsx").write_bytes(WRONG)
    (inbox / "坏🈚.xlsx").write_bytes(b"")
    result = subprocess.run(
        [sys.executable, "-m", "selfeval_xl", command, str(inbox)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        cwd=TOP,
    )
    assert result.returncode == 3
    assert b"Traceback" not in result.stderr
    if encoding in ("gbk", "utf-8"):
        assert "错误" in result.stdout.decode(encoding)


def test_the_progress_line() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    line = ProgressLine(Terminal())
    line.began -= 10
    line.shown -= 10
    line(50, 100, Counts(root=3, review=4))
    text = line.stream.getvalue()  # type: ignore[attr-defined]
    assert "50/100  5 个/秒  剩余 10 秒  错误 3 处  核实 4 处" in text
    assert "[##########..........] 50/100" in text


@pytest.mark.parametrize("columns", [200, 90, 80, 70, 63])
def test_the_progress_line_is_one_line(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    line = ProgressLine(Terminal())
    line.began -= 100
    line.shown -= 10
    line(1200, 3600, Counts(root=33, review=44))
    text = line.stream.getvalue()  # type: ignore[attr-defined]
    assert "1200/3600  12 个/秒  剩余 3 分 20 秒  错误 33 处  核实 44 处" in text
    wide = sum(2 if character > "\x7f" else 1 for character in text.strip("\r"))
    assert wide < columns
    assert text.count("#") == (6 if columns >= 90 else text.count(".") // 2)


OPENING = """
import sys
from pathlib import Path
from selfeval_xl.console import open_file
assert open_file(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="terminals of Linux")
def test_what_was_opened_outlives_the_window(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415  (POSIX only)

    opener, opened = tmp_path / "xdg-open", tmp_path / "opened"
    opener.write_text(
        '#!/bin/sh\nsleep 0.5\nprintf %s "$1" > "$0.new"; mv "$0.new" "${0%/*}/opened"\n'
    )
    opener.chmod(0o755)
    window, terminal = pty.fork()
    if not window:
        os.execve(
            sys.executable,
            [sys.executable, "-c", OPENING, "汇总表.xlsx"],
            {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(TOP)},
        )
    assert os.waitpid(window, 0)[1] == 0
    os.close(terminal)
    deadline = time.monotonic() + 10
    while not opened.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert opened.read_text("utf-8") == "汇总表.xlsx"


@pytest.mark.parametrize(
    ("command_line", "paths"),
    [
        (r'C:\W\cmd.exe /c ""C:\a b\run.bat" "', []),
        (r'C:\W\cmd.exe /c ""C:\x\run.bat" "C:\表 1.xlsx""', [r"C:\表 1.xlsx"]),
        (
            r'cmd /c ""C:\x\run.bat" C:\a&b.xlsx "C:\(c) !d^%e%.xls""',
            [r"C:\a&b.xlsx", r"C:\(c) !d^%e%.xls"],
        ),
        (r'"C:\W\cmd.exe"', []),
        (r"cmd /c run.bat C:\a.xlsx", []),
        ("", []),
    ],
)
def test_what_was_dropped_on_run_bat(command_line: str, paths: list[str]) -> None:
    assert dropped_paths(command_line) == paths


def test_run_bat_is_ascii_crlf_without_bom() -> None:
    content = (TOP / "run.bat").read_bytes()
    assert content.isascii()
    assert content.startswith(b"@echo off\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    labels = set(re.findall(rb"^:(\w+)", content, re.MULTILINE))
    jumps = set(re.findall(rb"(?:goto|call) :?(\w+)", content)) - {b"itself"}
    assert jumps <= labels


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_run_sh_passes_its_arguments_on(tmp_path: Path) -> None:
    folder = tmp_path / "程 序"
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(TOP / "run.sh", folder)
    (folder / "setup.cfg").write_text("[metadata]")
    (folder / ".venv" / "installed.cfg").write_text("[metadata]")
    python = folder / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$PYTHONPATH" "$@"\nexit 3\n')
    python.chmod(0o755)
    for arguments, place in ((["a&b (1).xlsx", "!^%"], tmp_path), ([], folder)):
        result = subprocess.run(
            ["bash", str(folder / "run.sh"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
        )
        assert result.returncode == 3
        expected = [str(place), str(folder), "-m", "selfeval_xl", "run", "--open", *arguments]
        assert result.stdout.splitlines() == expected


def test_run_bat_sets_up_anew_when_its_python_is_gone() -> None:
    """The launcher in an environment ends with 103 then. Not seen on Windows."""
    lines = (TOP / "run.bat").read_text("ascii").splitlines()
    again = next(line for line in lines if '"103"' in line)
    assert again.endswith('endlocal & set "AGAIN=1" & goto setup')  # as it stood before :ready
    assert "if not defined AGAIN " in again  # once only
    assert lines.index('set "AGAIN="') < lines.index(":setup") < lines.index(again)
    assert lines.index('set "CODE=!ERRORLEVEL!"') < lines.index(again) < lines.index("pause >nul")


def test_what_run_bat_has_python_say_is_chinese() -> None:
    """The text stands in the file as escapes, so that no code page can spoil it."""
    script = (TOP / "run.bat").read_text("ascii")
    said = re.findall(r"print\('(.*?)'\)", script)
    assert len(said) == 4
    for escaped in said:
        text = escaped.encode().decode("unicode_escape")
        assert re.search("[\u4e00-\u9fff]{4}", text)
        assert not set(text) & set("%!&|<>^\"'"), text  # cmd and Python read the line, too


def _in_own_window(folder: Path, code: int) -> tuple[str, int]:
    """Run run.sh as the only process of a terminal; press Enter once; what it showed, its code."""
    import pty  # noqa: PLC0415  (not on Windows)

    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho "window: $SELFEVAL_XL_WINDOW"\nexit {code}\n')
    python.chmod(0o755)
    process, terminal = pty.fork()
    if not process:
        os.execvp("bash", ["bash", str(folder / "run.sh")])
    shown = b""
    try:
        while True:
            shown += os.read(terminal, 1024)
            if "关闭窗口".encode() in shown:
                os.write(terminal, b"\n")
    except OSError:  # the terminal is closed
        pass
    finally:
        os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


@pytest.mark.skipif(
    sys.platform == "win32" or not all(map(shutil.which, ("bash", "ps"))), reason="no bash"
)
def test_run_sh_keeps_its_window_open_over_an_error(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(TOP / "run.sh", tmp_path)
    (tmp_path / "setup.cfg").write_text("[metadata]")
    (tmp_path / ".venv" / "installed.cfg").write_text("[metadata]")
    shown, code = _in_own_window(tmp_path, 3)
    assert "window: 1" in shown
    assert "按回车键关闭窗口" in shown
    assert code == 3
    shown, code = _in_own_window(tmp_path, 0)
    assert "window: 1" in shown
    assert "按回车键关闭窗口" not in shown
    assert code == 0


def test_remarks_are_held_in_a_window_that_closes(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    monkeypatch.setattr("selfeval_xl.console.click.pause", held.append)
    assert invoke("run", inbox, SELFEVAL_XL_WINDOW="1").exit_code == 0
    assert held == []  # nothing but the one line: the summary says the rest
    (inbox.parent / "核对结果" / "汇总表.xlsx").write_bytes(b"somebody's own")
    result = invoke("run", inbox, SELFEVAL_XL_WINDOW="1")
    assert result.exit_code == 0
    assert "汇总表(2).xlsx" in result.stderr
    assert held == ["按任意键关闭窗口。"]
    (inbox.parent / "核对结果" / "汇总表.xlsx").unlink()
    (inbox.parent / "设置.toml.txt").write_bytes(b"")
    invoke("run", inbox, SELFEVAL_XL_WINDOW="1")
    assert len(held) == 2
    assert invoke("run", inbox).exit_code == 0
    assert len(held) == 2


def test_ci_uses_the_readmes_test_command() -> None:
    script = (TOP / ".ci" / "run").read_text("utf-8")
    (command,) = re.findall(r"^python -m pip install.*", script, re.MULTILINE)
    readme = (TOP / "README.md").read_text("utf-8")
    assert command.replace(" --quiet", "") in readme


PLACES = {
    "三、四级残疾人社会养老保险补助项目/问卷统计表.xlsx": (
        "三、四级残疾人社会养老保险补助项目",
        None,
        "",
    ),
    "某某市残疾人联合会/项目支出绩效自评表.xlsx": ("", None, "某某市残疾人联合会"),
    "2022年度/市教育局-学前教育资助项目-绩效自评表(1).xlsx": (
        "学前教育资助项目",
        2022,
        "市教育局",
    ),
    "附件3 乡村道路养护工程绩效自评表.xlsx": ("乡村道路养护工程", None, ""),
    "学前教育资助2023年绩效自评表.xls": ("学前教育资助", 2023, ""),
    "5、农村饮水安全工程.xlsx": ("农村饮水安全工程", None, ""),
    "新建文件夹/绩效自评表 - 副本.xlsx": ("", None, ""),
    "第一批交来的/绩效自评表.xlsx": ("", None, ""),
    "a.xlsx": ("", None, ""),
}


@pytest.mark.parametrize("path", PLACES)
def test_names_from_file_and_folder(path: str) -> None:
    head = complete_head(Head(), path, departmental=False)
    assert (head.project, head.year, head.organisation) == PLACES[path]
    known = Head(project="甲", year=2020, organisation="乙", sources={"project": "表头"})
    assert complete_head(known, path, departmental=False) == known
    assert complete_head(Head(), path, departmental=True).project == ""
