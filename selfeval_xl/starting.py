"""The work folder of an office: inbox, blank templates, settings and a page of instructions."""

from __future__ import annotations

from pathlib import Path

from selfeval_xl.settings import INBOX, SETTINGS_FILE
from selfeval_xl.settings_file import TEMPLATE
from selfeval_xl.workplace import TEMPLATES

GUIDE = "使用说明.txt"
NEXT = "把填好的工作簿放进“待核对”，再把“待核对”文件夹拖到程序文件夹的 run.bat 上。"
"""What to do with a new work folder."""

_GUIDE = """\
预算绩效自评表核对 使用说明

一、怎样用
1. 把各单位交来的工作簿（.xlsx、.xls、.et 等）放进“待核对”文件夹，可以分子文件夹存放。
2. 把本文件夹里的“待核对”文件夹拖到程序文件夹的 run.bat 上。只拖其中的一部分也可以，
   这一部分的汇总表另写为“汇总表（部分）.xlsx”。
   麒麟、统信系统：打开终端，输入 bash 和一个空格，把 run.sh 拖进终端窗口，空一格，
   再把“待核对”文件夹拖进去，按回车。
   不要双击 run.bat：那样核对的是程序文件夹里的“待核对”，不是本文件夹的。
3. 完成后自动打开“核对结果”文件夹里的汇总表。每个工作簿另有一份“…_已核对”的标注副本。

二、颜色含义
红    错误：与重算结果不符，本格自己有误，已更正。
浅红  连带：因引用的单元格有误而有误，已随之更正。
黄    核实：需要人工核对或补充说明，没有改动。
蓝    尾差：四舍五入、截断、进位造成的末位差别。
绿    补算：原来空白，已算出填入。
不涂色  提示：值得留意，不影响结论，只加批注。
每处标注都有批注，写明填报数、应为数、计算过程和可能原因。

三、请放心
原文件只读取，不修改、不改名。程序不连接网络，数据不会离开本机。

四、设置
“设置.toml”里可以选择评分口径、等级分数线、问卷系数等，用记事本打开修改，直接保存（不要另存，不要改名），
再核对一次即可。运行时会显示采用了哪个设置文件。
"""


def lay_out(folder: Path) -> list[Path]:
    """Make what is missing of a work folder and return it; existing files are left alone."""
    from selfeval_xl.templates import write_templates  # noqa: PLC0415  (forms are slow to load)

    made = []
    for directory in (folder / INBOX, folder / TEMPLATES):
        if not directory.is_dir():
            directory.mkdir(parents=True)
            made.append(directory)
    if not any((folder / TEMPLATES).iterdir()):
        made += write_templates(folder / TEMPLATES)
    for name, text in ((SETTINGS_FILE, TEMPLATE), (GUIDE, _GUIDE)):
        path = folder / name
        if not path.exists():
            # With its mark, Windows' editor of old shows Chinese rightly.
            path.write_text(text, encoding="utf-8-sig", newline="\r\n")
            made.append(path)
    return made
