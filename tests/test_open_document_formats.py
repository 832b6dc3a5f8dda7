"""Number formats of .ods files as Excel's codes: what LibreOffice, Excel and WPS write."""

from __future__ import annotations

import io
import time

import openpyxl
import pytest
from open_document_bytes import cell, common_styles, raw, row, table

from selfeval_xl.workbooks.reading import read_workbook
from selfeval_xl.workbooks.rebuilding import rebuild

TWO = '<number:number number:decimal-places="2" number:min-integer-digits="1"/>'
GROUPED = (
    '<number:number number:decimal-places="2" number:min-decimal-places="2"'
    ' number:min-integer-digits="1" number:grouping="true"/>'
)
RED = '<style:text-properties fo:color="#ff0000"/>'
YUAN = "<number:currency-symbol>￥</number:currency-symbol>"
YEAR, LONG_YEAR = "<number:year/>", '<number:year number:style="long"/>'
MONTH, LONG_MONTH = "<number:month/>", '<number:month number:style="long"/>'
DAY, LONG_DAY = "<number:day/>", '<number:day number:style="long"/>'
HOURS, LONG_HOURS = "<number:hours/>", '<number:hours number:style="long"/>'
MINUTES = '<number:minutes number:style="long"/>'
SECONDS = '<number:seconds number:style="long"/>'


def text(content: str) -> str:
    return f"<number:text>{content}</number:text>"


def whole(digits: int) -> str:
    return f'<number:number number:decimal-places="0" number:min-integer-digits="{digits}"/>'


def mapped(condition: str, name: str) -> str:
    escaped = condition.replace("<", "&lt;").replace(">", "&gt;")
    return f'<style:map style:condition="value(){escaped}" style:apply-style-name="{name}"/>'


def data(name: str, inside: str, kind: str = "number", **more: str) -> str:
    told = "".join(f' number:{key.replace("_", "-")}="{value}"' for key, value in more.items())
    return f'<number:{kind}-style style:name="{name}"{told}>{inside}</number:{kind}-style>'


def styled(name: str = "N", style: str = "ce", **more: str) -> str:
    told = "".join(f' style:{key.replace("_", "-")}="{value}"' for key, value in more.items())
    number = f' style:data-style-name="{name}"' if name else ""
    return f'<style:style style:name="{style}" style:family="table-cell"{number}{told}/>'


def code(styles: str, kind: str = "float", value: object = "1", **parts: str) -> str:
    """Return the code of a cell of the style ce, "" for none."""
    body = table(row(cell(kind, value, style_name="ce")))
    (sheet,) = read_workbook(raw(body, styles, **parts), "表.ods").sheets
    assert set(sheet.number_formats) <= {(0, 0)}
    assert kind != "float" or sheet.value((0, 0)) == 1, "no date is made of it"
    return sheet.number_formats.get((0, 0), "")


@pytest.mark.parametrize(
    ("styles", "expected"),
    [
        # #,##0.00_);(#,##0.00)
        (
            data("P0", GROUPED + text(" "))
            + data("N", text("(") + GROUPED + text(")") + mapped(">=0", "P0")),
            "#,##0.00_ ;(#,##0.00)",
        ),
        # LibreOffice's own currency
        (
            data("P0", YUAN + GROUPED, "currency")
            + data("N", RED + text("-") + YUAN + GROUPED + mapped(">=0", "P0"), "currency"),
            '"￥"#,##0.00;[Red]-"￥"#,##0.00',
        ),
        # the negative section is the mapped one
        (
            data("P0", text("-") + TWO) + data("N", TWO + mapped("<0", "P0")),
            "0.00;-0.00",
        ),
        # three sections, the last of them of noughts
        (
            data("P0", TWO)
            + data("P1", RED + text("-") + TWO)
            + data("N", text("无") + mapped(">0", "P0") + mapped("<0", "P1")),
            '0.00;[Red]-0.00;"无"',
        ),
        # the accounting format has a fourth section of texts, which numbers never show
        (
            data("P0", "<number:fill-character> </number:fill-character>" + GROUPED)
            + data("P1", text("-") + GROUPED)
            + data("P2", text("-"))
            + data(
                "N",
                "<number:text-content/>"
                + mapped(">0", "P0")
                + mapped("<0", "P1")
                + mapped("=0", "P2"),
                "text",
            ),
            "* #,##0.00;-#,##0.00;-",
        ),
        # noughts that are not shown
        (
            data("P0", TWO)
            + data("P1", text("-") + TWO)
            + data("N", "<number:text/>" + mapped(">0", "P0") + mapped("<0", "P1")),
            "0.00;-0.00;",
        ),
        # one section of numbers beside one of texts
        (
            data("P0", TWO)
            + data("N", "<number:text-content/>" + mapped("<=1.7976931348623157E+308", "P0")),
            "0.00",
        ),
        # what no code says for certain: marks, signs that may or may not be shown, lost styles
        (data("P0", text("优")) + data("N", text("差") + mapped(">=90", "P0")), ""),
        (data("P0", text("零")) + data("N", TWO + mapped("=0", "P0")), ""),
        (data("P0", TWO) + data("N", TWO + mapped(">0", "P0")), ""),
        (data("P0", text("-") + TWO) + data("N", TWO + mapped("<=0", "P0")), ""),
        (data("P0", text("-") + TWO) + data("N", TWO + mapped("!=0", "P0")), ""),
        (data("P0", TWO) + data("N", TWO + '<style:map style:apply-style-name="P0"/>'), ""),
        (data("N", TWO + mapped(">=0", "P0")), ""),
        (data("P0", TWO) + data("N", TWO + mapped("is-true-formula(1)", "P0")), ""),
        (data("P0", "<number:fraction/>") + data("N", TWO + mapped(">=0", "P0")), ""),
    ],
)  # fmt: skip
def test_sections(styles: str, expected: str) -> None:
    assert code(styles + styled()) == expected


@pytest.mark.parametrize(
    ("inside", "kind", "expected"),
    [
        (whole(1), "number", "0"),
        (whole(3), "number", "000"),
        (whole(0), "number", "#"),
        (
            '<number:number number:decimal-places="0" number:min-integer-digits="0"'
            ' number:grouping="true"/>', "number", "#,###",
        ),
        (
            '<number:number number:decimal-places="6" number:min-decimal-places="2"'
            ' number:decimal-replacement="" number:grouping="true"/>', "number", "#,##0.00####",
        ),
        (
            '<number:number number:decimal-places="2" number:display-factor="1000"/>'
            + text("千元"), "number", '0.00,"千元"',
        ),
        ('<number:number number:decimal-places="2" number:display-factor="7"/>', "number", ""),
        ('<number:number number:decimal-places="2" number:decimal-replacement="-"/>', "number", ""),
        (  # decimals that leave their places blank
            '<number:number number:decimal-places="2" number:min-decimal-places="0"'
            ' number:decimal-replacement=" "/>', "number", "0.##",
        ),
        (
            '<number:number number:decimal-places="1"><number:embedded-text number:position="0">!'
            "</number:embedded-text></number:number>", "number", "",
        ),
        (
            '<number:scientific-number number:decimal-places="2" number:min-integer-digits="1"'
            ' number:min-exponent-digits="2"/>', "number", "0.00E+00",
        ),
        ('<number:number number:min-integer-digits="1"/>', "number", ""),
        ('<number:number number:min-integer-digits="1"/>' + text("人"), "number", 'General"人"'),
        (TWO + text("%"), "percentage", "0.00%"),
        (TWO + text("%)"), "percentage", "0.00%)"),
        (TWO, "percentage", ""),
        # a sign in a text is no share
        (TWO + text("%"), "number", '0.00"%"'),
        (text("约") + TWO + text(" 万元"), "number", '"约"0.00" 万元"'),
        (text('"') + TWO, "number", '""0.00'),
        (TWO + TWO, "number", ""),
        (RED + TWO, "number", "[Red]0.00"),
        ('<style:text-properties fo:color="#123456"/>' + TWO, "number", "0.00"),
        ("<number:text-content/>", "text", "@"),
        (TWO + text("元" * 260), "number", ""),
        (TWO + text("\u3000万元\u00a0"), "number", '0.00"\u3000万元\u00a0"'),
    ],
)  # fmt: skip
def test_numbers(inside: str, kind: str, expected: str) -> None:
    assert code(data("N", inside, kind) + styled()) == expected


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#000000", "Black"),
        ("#0000FF", "Blue"),
        ("#00FFFF", "Cyan"),
        ("#00ff00", "Green"),
        ("#ff00ff", "Magenta"),
        ("#ffffff", "White"),
        ("#FFFF00", "Yellow"),
    ],
)
def test_colours_excel_has_a_name_for(colour: str, name: str) -> None:
    styles = data("N", f'<style:text-properties fo:color="{colour}"/>{TWO}') + styled()
    assert code(styles) == f"[{name}]0.00"


@pytest.mark.parametrize(
    ("inside", "more", "expected"),
    [
        (LONG_YEAR + text("年") + MONTH + text("月"), {}, 'yyyy"年"m"月"'),
        (LONG_YEAR + text("-") + LONG_MONTH + text("-") + LONG_DAY, {}, "yyyy-mm-dd"),
        (LONG_YEAR + text(".") + LONG_MONTH, {}, "yyyy.mm"),
        (YEAR + text("/") + MONTH + text("/") + DAY, {}, "yy/m/d"),
        (
            LONG_YEAR + text("-") + LONG_MONTH + text("-") + LONG_DAY + text(" ")
            + LONG_HOURS + text(":") + MINUTES, {}, "yyyy-mm-dd hh:mm",
        ),
        (RED + LONG_YEAR + text("年") + mapped(">=0", "N"), {}, '[Red]yyyy"年"'),
        (DAY + text("-") + '<number:month number:textual="true"/>', {}, "d-mmm"),
        (
            '<number:month number:style="long" number:textual="true"/>', {"language": "zh"},
            "[$-804]mmmm",
        ),
        ('<number:day-of-week number:style="long"/>', {"language": "zh"}, "aaaa"),
        ("<number:day-of-week/>", {"language": "en"}, "ddd"),
        # what Excel would show in another language, calendar, or as the minutes
        ('<number:day-of-week number:style="long"/>', {}, ""),
        ('<number:year number:calendar="jewish"/>', {}, ""),
        ("<number:quarter/>" + LONG_YEAR, {}, ""),
        (HOURS + text(" ") + MONTH, {}, ""),
    ],
)  # fmt: skip
def test_dates(inside: str, more: dict[str, str], expected: str) -> None:
    styles = data("N", inside, "date", **more) + styled()
    assert code(styles, "date", "2022-11-30") == expected


@pytest.mark.parametrize(
    ("inside", "more", "expected"),
    [
        (HOURS + text(":") + MINUTES, {}, "h:mm"),
        (HOURS + text("时") + MINUTES + text("分"), {}, 'h"时"mm"分"'),
        (LONG_HOURS + text(":") + MINUTES + text(" ") + "<number:am-pm/>", {}, "hh:mm AM/PM"),
        (HOURS + text(":") + MINUTES, {"truncate_on_overflow": "false"}, "[h]:mm"),
        (MINUTES + text(":") + SECONDS, {"truncate_on_overflow": "false"}, "[mm]:ss"),
        (MINUTES, {"truncate_on_overflow": "false"}, "[mm]"),
        (
            MINUTES + text(":") + '<number:seconds number:style="long" number:decimal-places="9"/>',
            {}, "mm:ss.000",
        ),
        # behind the seconds, and
        (SECONDS + text(":") + MINUTES, {"truncate_on_overflow": "false"}, "hh:mm:ss"),
        # minutes alone Excel takes for months; the time is shown as it is without a format
        (MINUTES, {}, "hh:mm:ss"),
    ],
)  # fmt: skip
def test_times(inside: str, more: dict[str, str], expected: str) -> None:
    styles = data("N", inside, "time", **more) + styled()
    assert code(styles, "time", "PT09H30M00S") == expected


def test_a_date_beside_a_section_of_texts() -> None:
    styles = (
        data("P0", LONG_YEAR + text("年"), "date")
        + data("N", "<number:text-content/>" + mapped("<=1.7976931348623157E+308", "P0"), "text")
        + styled()
    )
    assert code(styles, "date", "2022-11-30") == 'yyyy"年"'


def test_styles_beside_the_content_and_those_of_parents() -> None:
    number = data("N", TWO)
    shared = common_styles(number)
    assert code(styled(), styles_xml=shared) == "0.00"
    parent = common_styles(number + styled(style="父"))
    assert code(styled("", parent_style_name="父"), styles_xml=parent) == "0.00"
    grandparent = common_styles(
        number + styled(style="祖") + styled("", "父", parent_style_name="祖")
    )
    assert code(styled("", parent_style_name="父"), styles_xml=grandparent) == "0.00"
    named = common_styles(number + styled())
    assert code("", styles_xml=named) == "0.00"
    # the nearest is meant
    own = data("M", text("约") + TWO) + styled("M", parent_style_name="父")
    assert code(own, styles_xml=parent) == '"约"0.00'
    # a style that names itself
    assert code(styled("", parent_style_name="ce")) == ""
    # a damaged part does not cost the content
    assert code(number + styled(), styles_xml="<office") == "0.00"


def test_the_usual_style_is_that_of_cells_without() -> None:
    shared = common_styles(data("N", TWO) + styled(style="Default"))
    body = table(row(cell("float", 1)))
    (sheet,) = read_workbook(raw(body, styles_xml=shared), "表.ods").sheets
    assert sheet.number_formats == {(0, 0): "0.00"}


def test_what_is_shown_without_a_format() -> None:
    """LibreOffice shows shares with two decimals, times with seconds."""
    body = table(
        row(
            cell("percentage", "0.786"),
            cell("currency", "5"),
            cell("time", "PT09H30M00S"),
            cell("time", "PT36H00M00S"),
            cell("date", "2022-11-30"),
            cell("string", "0.5", style_name="ce"),
            cell("boolean", "true", style_name="ce"),
        )
    )
    (sheet,) = read_workbook(raw(body, data("N", TWO) + styled()), "表.ods").sheets
    assert sheet.number_formats == {(0, 0): "0.00%", (0, 2): "hh:mm:ss", (0, 3): "[h]:mm:ss"}


def test_a_number_shown_as_a_date_is_one() -> None:
    styles = data("N", LONG_YEAR + text("年"), "date") + styled()
    body = table(row(cell("float", "44895", style_name="ce")))
    (sheet,) = read_workbook(raw(body, styles), "表.ods").sheets
    assert str(sheet.value((0, 0))) == "2022-11-30"


def test_the_copy_shows_what_is_above_nought_without_a_sign() -> None:
    styles = (
        data("P0", GROUPED)
        + data("N", text("-") + GROUPED + mapped(">=0", "P0"))
        + styled()
    )  # fmt: skip
    workbook = read_workbook(raw(table(row(cell("float", 5, style_name="ce"))), styles), "表.ods")
    copy = openpyxl.load_workbook(io.BytesIO(rebuild(workbook, {}, []))).active["A1"]
    assert (copy.value, copy.number_format) == (5, "#,##0.00;-#,##0.00")


def test_many_styles_and_conditions_take_little_time() -> None:
    """A large data style is looked at once, however many lead to it."""
    large = data("P0", TWO + "".join(text("元") for _ in range(20_000)))
    many = "".join(
        data(f"N{number}", TWO + mapped(">=0", "P0")) + styled(f"N{number}", f"c{number}")
        for number in range(2_000)
    )
    conditions = data("M", TWO + mapped("<-1e301", "P0") * 20_000) + styled("M", "ce")
    cells = [cell("float", 1, style_name=f"c{number}") for number in range(1_900)]
    body = table(row(*cells, cell("float", 1, style_name="ce")))
    start = time.perf_counter()
    (sheet,) = read_workbook(raw(body, large + many + conditions), "表.ods").sheets
    assert time.perf_counter() - start < 8
    assert sheet.number_formats == {(0, 1_900): "0.00"}
