"""Tables as HTML; all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dateline.rendering.header import Header
from dateline.rendering.pages import page, page_environment
from dateline.rendering.tables import Table

_PACKAGE = "dateline.rendering"


def html_page(
    title: str, header: Header, lead: Sequence[str], tables: Iterable[Table], signature: str = ""
) -> str:
    """A self-contained page with a title, paragraphs, tables, and a signature to cite."""
    return page(
        _PACKAGE,
        "tables_page.html.j2",
        header,
        title=title,
        lead=lead,
        tables=list(tables),
        signature=signature,
    )


def html_tables(lead: Sequence[str], tables: Iterable[Table]) -> str:
    """Paragraphs and tables as a fragment of a page, such as a notebook's output."""
    template = page_environment(_PACKAGE).get_template("tables.html.j2")
    return template.render(lead=lead, tables=list(tables), header=Header(""))
