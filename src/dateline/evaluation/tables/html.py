"""Tables as an HTML page that stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from dateline.evaluation.tables.scores import Table


def page(title: str, lead: Sequence[str], tables: Iterable[Table], signature: str = "") -> str:
    """A page with a title, some paragraphs, tables, and what to cite; all text is escaped."""
    made = Environment(
        loader=PackageLoader("dateline.evaluation.tables", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = made.get_template("page.html.j2")
    return template.render(title=title, lead=lead, tables=list(tables), signature=signature)
