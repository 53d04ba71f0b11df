"""Tables as an HTML page that stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from dateline.benchmark.shown import Table


def page(title: str, lead: Sequence[str], tables: Iterable[Table]) -> str:
    """A page with a title, some paragraphs and tables; all text is escaped."""
    made = Environment(
        loader=PackageLoader("dateline.benchmark", package_path=""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("page.html.j2").render(title=title, lead=lead, tables=list(tables))
