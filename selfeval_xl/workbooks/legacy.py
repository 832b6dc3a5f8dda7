"""Workbooks in other formats than .xlsx: .xls and .et, .ods, .xlsb.

They cannot be patched; their marked copy is rebuilt as .xlsx.
"""

from __future__ import annotations

from python_calamine import PasswordError

from selfeval_xl.workbooks import biff, biff_formulas, open_document, xlsb, xlsb_formulas
from selfeval_xl.workbooks.calamine_sheets import calamine_sheets
from selfeval_xl.workbooks.compound_guard import workbook_stream
from selfeval_xl.workbooks.container import Container, damaged, encrypted
from selfeval_xl.workbooks.limits import Limits
from selfeval_xl.workbooks.ole import wrapped
from selfeval_xl.workbooks.sheet import Sheet
from selfeval_xl.workbooks.sniffing import behind
from selfeval_xl.workbooks.workbook import Workbook, WorkbookProblem

_NAMES = {"xls": "旧版表格（.xls 或 .et）", "ods": "ODS 表格", "xlsb": "二进制工作簿（.xlsb）"}


def read_legacy(data: bytes, form: str, container: Container | None, limits: Limits) -> Workbook:
    """Return the workbook of an .xls, .ods or .xlsb file.

    Raises WorkbookProblem when it is damaged, protected or reaches beyond the limits.
    """
    try:
        sheets = _sheets(data, form, container, limits)
    except (WorkbookProblem, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as error:
        raise encrypted() from error
    except BaseException as error:  # a panic inside calamine is no Exception
        raise damaged("内容无法解析") from error
    return Workbook(
        sheets,
        form,
        patchable=False,
        notices=(
            f"{behind('原文件是', _NAMES[form])}，标注副本为重新生成的 .xlsx："
            "数值和合并单元格照原样，公式、批注、数字格式、字体、底色、边框和行高列宽尽可能保留"
            "（无法识别的公式改为计算结果）；"
            "图片、图表、超链接、下拉选项、条件格式、打印区域、宏等没有带入，请看原文件。",
        ),
    )


def _sheets(
    data: bytes, form: str, container: Container | None, limits: Limits
) -> tuple[Sheet, ...]:
    if container is None:
        stream = workbook_stream(data)
        surveyed = biff.survey(stream, limits)
        biff_formulas.tell(stream, surveyed)
        whole = wrapped("Workbook", biff.prepared(stream))
        return calamine_sheets(whole, surveyed, biff.text_encoding(stream), limits)
    if form == "ods":
        return open_document.read_sheets(container, limits)
    surveyed = xlsb.survey(container, limits)
    xlsb_formulas.tell(container, surveyed)
    return calamine_sheets(data, surveyed, "", limits)
