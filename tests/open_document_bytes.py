"""Files of .ods written by hand: markup as programs write it that no library writes."""

from __future__ import annotations

from workbook_bytes import zipped

KIND = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = {
    "office": "office",
    "table": "table",
    "style": "style",
    "text": "text",
    "fo": "xsl-fo-compatible",
    "config": "config",
    "number": "datastyle",
    "draw": "drawing",
}
SPACES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in _NAMES.items()
) + (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def raw(body: str, styles: str = "", **parts: str) -> bytes:
    """Return a file of raw markup: its tables, its automatic styles, its other parts.

    Of those a name has ``_`` for ``.``, and ``{spaces}`` stands for the namespaces.
    """
    content = (
        f"<office:document-content{SPACES}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    others = {name.replace("_", "."): text.format(spaces=SPACES) for name, text in parts.items()}
    return zipped({"mimetype": KIND, "content.xml": content, **others})


def common_styles(styles: str) -> str:
    """Return a part with styles that stand beside the content, for ``raw``."""
    return (
        "<office:document-styles{spaces}><office:styles>"
        + styles
        + "</office:styles></office:document-styles>"
    )


def table(rows: str, name: str = "表") -> str:
    """Return a table of row elements."""
    return f'<table:table table:name="{name}">{rows}</table:table>'


def row(*cells: str) -> str:
    """Return a row of cell elements."""
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(kind: str, value: object = "", shown: str = "", **more: str) -> str:
    """Return a cell; ``shown`` is the markup inside, ``more`` are attributes of tables."""
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(
        kind, "string-value" if kind == "string" else "value"
    )
    told = f' office:{name}="{value}"' if value != "" else ""
    others = "".join(f' table:{key.replace("_", "-")}="{text}"' for key, text in more.items())
    return f'<table:table-cell office:value-type="{kind}"{told}{others}>{shown}</table:table-cell>'
