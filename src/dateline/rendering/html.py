"""Tables as HTML; all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dateline.rendering.tables import Table


def html_page(title: str, lead: Sequence[str], tables: Iterable[Table], signature: str = "") -> str:
    """A self-contained page with a title, paragraphs, tables, and a signature to cite."""
    template = _environment().get_template("tables_page.html.j2")
    return template.render(title=title, lead=lead, tables=list(tables), signature=signature)


def html_tables(lead: Sequence[str], tables: Iterable[Table]) -> str:
    """Paragraphs and tables as a fragment of a page, such as a notebook's output."""
    template = _environment().get_template("tables.html.j2")
    return template.render(lead=lead, tables=list(tables))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("dateline.rendering", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
